package match_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"chengqiao/internal/match"
)

// subjects are what the listings of a learnt market speak of, in the words of
// two languages.
var subjects = [][2][]string{
	{{"锂离子电池", "负极材料", "循环寿命", "电解液"}, {"lithium battery", "anode", "cycle life", "electrolyte"}},
	{{"玉米育种", "抗旱品种", "盐碱土壤", "杂交种子"}, {"maize breeding", "drought", "saline soil", "hybrid seed"}},
	{{"污水处理", "膜过滤装置", "氨氮去除", "活性污泥"}, {"sewage treatment", "membrane filter", "ammonia removal", "sludge"}},
	{{"激光焊接", "铝合金板", "气孔缺陷", "焊缝强度"}, {"laser welding", "aluminium sheet", "porosity", "weld strength"}},
	{{"基因编辑", "病毒载体", "细胞疗法", "免疫反应"}, {"gene editing", "viral vector", "cell therapy", "immune response"}},
}

// some is a text of two of a subject's expressions, chosen by n.
func some(expressions []string, n int) string {
	return expressions[n%len(expressions)] + " " + expressions[(n+1+n/len(expressions))%len(expressions)]
}

// learntMarket are results in both languages, and two in Chinese alone.
func learntMarket() []match.Listing {
	var out []match.Listing
	for n := range 100 {
		s := subjects[n%len(subjects)]
		v := view(some(s[0], n/5), some(s[0], n/5+2)+" "+some(s[1], n/7)+" "+some(s[1], n/7+1))
		out = append(out, open(match.Achievement, fmt.Sprintf("both-%03d", n), v))
	}
	return append(out,
		open(match.Achievement, "zh-weld", view("铝合金板的气孔缺陷", "焊缝强度")),
		open(match.Achievement, "zh-gene", view("病毒载体与免疫反应", "细胞疗法")))
}

func learningModel(t testing.TB) match.Model {
	m := match.ShippedModel(t)
	m.Terms.Space = match.SpaceModel{Dims: 5, PerDim: 5, Least: 50, Sample: 1000, Terms: 1000, Candidates: 20, Pairs: match.Contrast{Exponent: 1, Even: 1}}
	return m
}

func learnt(t testing.TB, m match.Model, listings ...match.Listing) *match.Index {
	t.Helper()
	x := match.NewIndex(analyse(), m.Terms)
	for _, l := range listings {
		x.Upsert(l)
	}
	if err := x.Learn(context.Background()); err != nil {
		t.Fatal(err)
	}
	return x
}

var porosity = match.Ask{View: view("Avoid porosity", "weld strength of aluminium sheet"), Of: match.Need, Tiers: anyone}

// inEnglish are so many results on subjects that nothing else in the tests speaks of.
func inEnglish(many int) []match.Listing {
	words := strings.Fields("glacier harbour violin pottery orchard lantern meadow saddle compass anchor quarry falcon")
	rng := rand.New(rand.NewPCG(7, 7))
	text := func() string {
		var out []string
		for range 6 {
			out = append(out, words[rng.IntN(len(words))])
		}
		return strings.Join(out, " ")
	}
	var out []match.Listing
	for n := range many {
		out = append(out, open(match.Achievement, fmt.Sprintf("en-%04d", n), view(text(), text())))
	}
	return out
}

// Two languages that share no words need each as many listings to be learnt from as
// either would alone: chosen by chance, one in seventy would be Chinese here.
func TestTheLanguageOfFewListingsIsLearntFromAllOfThem(t *testing.T) {
	m := learningModel(t)
	m.Terms.Space.Sample, m.Terms.Space.OfEach = 100, 50
	var market []match.Listing
	for n := range 60 {
		s := subjects[n%len(subjects)][0]
		market = append(market, open(match.Achievement, fmt.Sprintf("zh-%02d", n), view(some(s, n/5), some(s, n/5+2))))
	}
	x := learnt(t, m, slices.Concat(market, inEnglish(4_000), []match.Listing{
		open(match.Achievement, "said-otherwise", view("循环寿命", "循环寿命")),
	})...)
	got := x.Rank(m, match.Ask{View: view("负极材料", "负极材料"), Of: match.Need, Tiers: anyone})
	if !slices.Contains(refs(got), match.Ref{Kind: match.Achievement, ID: "said-otherwise"}) {
		t.Errorf("found %v", refs(got))
	}
}

func TestChineseTermsTellAsMuchHoweverManyListingsAreInEnglish(t *testing.T) {
	m := match.ShippedModel(t)
	ask := match.Ask{View: view("盐碱地玉米抗旱育种", "需要在盐碱土壤中出苗率高的玉米品种"), Of: match.Need, Tiers: anyone}
	market := []match.Listing{
		open(match.Achievement, "maize", view("玉米抗旱品种选育", "在盐碱土壤中出苗率高")),
		open(match.Achievement, "soil", view("盐碱土壤改良", "降低土壤含盐量")),
		open(match.Achievement, "weld", view("铝合金板焊接", "减少气孔")),
	}
	scores := func(x *match.Index) map[string]float64 {
		out := map[string]float64{}
		for _, each := range x.Rank(m, ask) {
			out[each.Ref.ID] = each.Score
		}
		return out
	}
	x := match.NewIndex(analyse(), m.Terms)
	for _, l := range market {
		x.Upsert(l)
	}
	before := scores(x)
	if len(before) < 2 {
		t.Fatalf("found %v", before)
	}
	for _, l := range inEnglish(2_000) {
		x.Upsert(l)
	}
	if after := scores(x); !reflect.DeepEqual(before, after) {
		t.Errorf("%v, and among listings in English %v", before, after)
	}
}

// What a Chinese need quotes in English is what many English texts are about: these lie
// no nearer to it for that.
func TestAForeignWordInANeedBringsNoTextsThatAreAboutItAlone(t *testing.T) {
	m := learningModel(t)
	m.Terms.Space.Dims = 20
	var market []match.Listing
	for n := range 100 {
		s := subjects[n%len(subjects)][0]
		market = append(market, open(match.Achievement, fmt.Sprintf("zh-%02d", n), view(some(s, n/5), some(s, n/5+2))))
	}
	for n := range 20 {
		market = append(market, open(match.Achievement, fmt.Sprintf("gps-%02d", n), view("GPS receiver", "GPS satellite receiver with antenna")))
	}
	x := learnt(t, m, slices.Concat(market, inEnglish(200))...)
	best := func(v *match.View) float64 {
		most := 0.0
		for _, each := range x.Rank(m, match.Ask{View: v, Of: match.Need, Tiers: anyone}) {
			if strings.HasPrefix(each.Ref.ID, "gps-") {
				most = max(most, each.Score)
			}
		}
		return most
	}
	quoting := best(view("污水处理", "膜过滤装置，GPS"))
	about := best(view("GPS receiver", "antenna"))
	if quoting > about/20 {
		t.Errorf("texts about GPS score %.3f for a need that quotes it, %.3f for one about it", quoting, about)
	}
}

func TestAnEnglishNeedFindsWhatIsSaidInChineseAlone(t *testing.T) {
	m := learningModel(t)
	zh := learntMarket()[100:]
	unlearnt := match.NewIndex(analyse(), m.Terms)
	for _, l := range zh {
		unlearnt.Upsert(l)
	}
	if got := unlearnt.Rank(m, porosity); len(got) != 0 {
		t.Fatalf("without learning it shares nothing with %v", refs(got))
	}
	unlearnt.Adopt(learnt(t, m, learntMarket()[:100]...))
	got := unlearnt.Rank(m, porosity)
	if len(got) == 0 || got[0].Ref.ID != "zh-weld" || got[0].Score <= 0 {
		t.Fatalf("%+v", got)
	}
}

func TestWhatIsLearntDoesNotDependOnHowListingsCame(t *testing.T) {
	m := learningModel(t)
	listings := learntMarket()
	want := learnt(t, m, listings...).Rank(m, porosity)
	mixed := slices.Clone(listings)
	rand.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
	x := match.NewIndex(analyse(), m.Terms)
	for i, l := range mixed {
		x.Upsert(open(match.Achievement, fmt.Sprint("gone-", i), view(fmt.Sprint("从前 ", i), "earlier content")))
		x.Upsert(l)
	}
	for i := range mixed {
		x.Delete(match.Ref{Kind: match.Achievement, ID: fmt.Sprint("gone-", i)})
	}
	if err := x.Learn(context.Background()); err != nil {
		t.Fatal(err)
	}
	if got := x.Rank(m, porosity); !alike(got, want) {
		t.Errorf("%+v, want %+v", got[:3], want[:3])
	}
}

func TestAListingThatComesAfterLearningLiesWhereItWouldHave(t *testing.T) {
	m := learningModel(t)
	listings := learntMarket()
	x := learnt(t, m, listings...)
	want := x.Rank(m, porosity)
	moved := listings[len(listings)-2]
	x.Delete(moved.Ref)
	if got := refs(x.Rank(m, porosity)); slices.Contains(got, moved.Ref) {
		t.Fatalf("%v holds what has left", got)
	}
	x.Upsert(moved)
	if got := x.Rank(m, porosity); !alike(got, want) {
		t.Errorf("%v, want %v", refs(got), refs(want))
	}
}

func TestASnapshotKeepsWhatWasLearnt(t *testing.T) {
	m := learningModel(t)
	x := learnt(t, m, learntMarket()...)
	path := filepath.Join(t.TempDir(), "match.snapshot")
	if err := x.Save(path, "test", 3); err != nil {
		t.Fatal(err)
	}
	loaded := match.NewIndex(analyse(), m.Terms)
	if _, err := loaded.Load(path, "test"); err != nil {
		t.Fatal(err)
	}
	if got, want := loaded.Rank(m, porosity), x.Rank(m, porosity); !alike(got, want) {
		t.Errorf("%v, want %v", refs(got), refs(want))
	}
	if loaded.Outgrown() {
		t.Error("what was just learnt is outgrown")
	}
}

func TestNothingIsLearntFromWhatMembersRead(t *testing.T) {
	m := learningModel(t)
	listings := learntMarket()
	want := learnt(t, m, listings...).Rank(m, porosity)
	secret := slices.Clone(listings)
	for i := range secret {
		secret[i].Members = view(subjects[0][0][0], "porosity 锂离子电池 weld strength 污水处理")
		secret[i].Full = secret[i].Members
	}
	if got := learnt(t, m, secret...).Rank(m, porosity); !reflect.DeepEqual(refs(got), refs(want)) {
		t.Errorf("the public gets %v, want %v", refs(got), refs(want))
	}
}

func TestASpaceIsOutgrownByAQuarter(t *testing.T) {
	m := learningModel(t)
	x := match.NewIndex(analyse(), m.Terms)
	for _, l := range learntMarket()[:49] {
		x.Upsert(l)
	}
	if x.Outgrown() {
		t.Error("too few listings are to be learnt from")
	}
	for _, l := range learntMarket()[49:60] {
		x.Upsert(l)
	}
	if !x.Outgrown() {
		t.Error("nothing is learnt, and it is not asked for")
	}
	if err := x.Learn(context.Background()); err != nil {
		t.Fatal(err)
	}
	for i, l := range learntMarket()[60:76] {
		if x.Outgrown() {
			t.Errorf("outgrown at %d of 60 more", i)
		}
		x.Upsert(l)
	}
	if !x.Outgrown() {
		t.Error("not outgrown by 16 of 60")
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if err := x.Learn(ended); !errors.Is(err, context.Canceled) {
		t.Errorf("learning that is broken off: %v", err)
	}
}

func TestASpaceIsOutgrownByALanguageThatItHardlyKnows(t *testing.T) {
	m := learningModel(t)
	x := learnt(t, m, inEnglish(200)...)
	n := 0
	for ; n < 50 && !x.Outgrown(); n++ {
		x.Upsert(open(match.Achievement, fmt.Sprintf("zh-%02d", n), view("锂离子电池负极材料", "循环寿命长")))
	}
	if n != 13 { // more than a quarter of the 50 that are learnt from at least
		t.Errorf("outgrown by %d in Chinese among 200 in English", n)
	}
}

func TestWordsSideBySideCountBesideWordsApart(t *testing.T) {
	m := match.ShippedModel(t)
	x := filled(t,
		open(match.Achievement, "apart", view("", "A beam of hope and control of a laser, with optics that adapt")),
		open(match.Achievement, "side", view("", "Hope of adaptive optics, with laser beam and with control")))
	got := x.Rank(m, match.Ask{View: view("", "adaptive optics for a laser beam"), Of: match.Need, Tiers: anyone})
	x.Upsert(open(match.Achievement, "odd", view("¾ ½", "a ½ inch tube, ℡ ㎡㎏ ﷺ ½½ 10㎡")))
	if len(got) != 2 || got[0].Ref.ID != "side" || got[0].Features()[match.BriefPhrases] <= got[1].Features()[match.BriefPhrases] {
		t.Fatalf("%+v", got)
	}
}

// Chinese texts quote words of other languages: a need in that language is not
// understood by them.
func TestForeignWordsInTextsTeachNothingOfTheirLanguage(t *testing.T) {
	m := learningModel(t)
	var market []match.Listing
	for n := range 100 {
		s := subjects[n%len(subjects)]
		market = append(market, open(match.Achievement, fmt.Sprintf("zh-%03d", n),
			view(some(s[0], n/5), some(s[0], n/5+2)+"的分析研究 "+s[1][n/5%len(s[1])])))
	}
	x := learnt(t, m, market...)
	known := func(v *match.View) float64 {
		ranked := x.Rank(m, match.Ask{View: v, Of: match.Need, Tiers: anyone})
		if len(ranked) == 0 {
			t.Fatal("nothing is found")
		}
		return ranked[0].Features()[match.Familiarity]
	}
	if got := known(view("Avoid porosity", "weld strength of aluminium sheet")); got != 0 {
		t.Errorf("of an English need %v is known", got)
	}
	if got := known(view("铝合金板的气孔缺陷", "焊缝强度 porosity")); got < 0.5 {
		t.Errorf("of a Chinese need only %v is known", got)
	}
}

func TestABriefNeedFindsFirstWhatSpeaksOfAllOfIt(t *testing.T) {
	m := match.ShippedModel(t)
	x := match.NewIndex(analyse(), m.Terms)
	x.Upsert(open(match.Achievement, "half", view("", strings.Repeat("laser welding of steel tubes. ", 8))))
	x.Upsert(open(match.Achievement, "all", view("", strings.Repeat("many other words stand around what is looked for. ", 8)+
		"laser welding seams are inspected by ultrasonic probes. "+strings.Repeat("other words follow after it. ", 8))))
	got := x.Rank(m, match.Ask{View: view("", "laser welding inspected by ultrasonic probes"), Of: match.Need, Tiers: anyone})
	if len(got) != 2 || got[0].Ref.ID != "all" {
		t.Errorf("%+v", got)
	}
}
