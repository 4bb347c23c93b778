package match_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"chengqiao/internal/match"
	"chengqiao/internal/policy"
	"chengqiao/internal/search/analysis"
)

func TestANeedFindsTheResultThatSpeaksOfIt(t *testing.T) {
	x, m := filled(t, catalogue()...), match.ShippedModel(t)
	for _, c := range []struct{ need, want string }{
		{"低温下循环寿命长的动力电池负极材料", "battery"},
		{"盐碱地上种植的抗旱玉米", "corn"},
		{"村镇生活污水的低能耗处理", "water"},
		{"解决铝合金焊接的气孔问题", "weld"},
	} {
		got := x.Rank(m, match.Ask{View: view(c.need, ""), Of: match.Need, Tiers: anyone})
		if len(got) == 0 || got[0].Ref.ID != c.want {
			t.Errorf("%s: %v, want %s first", c.need, refs(got), c.want)
		}
	}
}

func TestAPairScoresTheSameInBothDirections(t *testing.T) {
	need := open(match.Need, "need", view("低温动力电池", "需要低温下循环寿命长的锂离子电池负极材料"))
	x, m := filled(t, append(catalogue(), need)...), match.ShippedModel(t)
	there := x.Rank(m, match.Ask{View: need.Public, Of: match.Need, Tiers: anyone})
	back := x.Rank(m, match.Ask{View: catalogue()[0].Public, Of: match.Achievement, Tiers: anyone})
	if len(there) == 0 || len(back) != 1 || there[0].Score != back[0].Score {
		t.Fatalf("%+v and back %+v", there, back)
	}
	if !reflect.DeepEqual(there[0].Features(), back[0].Features()) {
		t.Fatalf("features %v and back %v", there[0].Features(), back[0].Features())
	}
}

func TestAnOrganisationIsNotMatchedWithItself(t *testing.T) {
	x, m := filled(t, catalogue()...), match.ShippedModel(t)
	got := x.Rank(m, match.Ask{View: view("锂离子电池", ""), Of: match.Need, Tiers: anyone, ExceptOrg: "org-battery"})
	if slices.Contains(refs(got), match.Ref{Kind: match.Achievement, ID: "battery"}) {
		t.Fatalf("%v holds the organisation's own", refs(got))
	}
}

func TestWhatMembersReadMovesNoRankingOfThePublic(t *testing.T) {
	m := match.ShippedModel(t)
	public := view("一种新材料", "性能优异")
	inside := view("一种新材料", "性能优异。石墨烯气凝胶")
	secret := match.Listing{Ref: match.Ref{Kind: match.Achievement, ID: "secret"}, OrgID: "org-secret", Public: public, Members: inside, Full: inside}
	closed := match.Listing{Ref: match.Ref{Kind: match.Achievement, ID: "closed"}, OrgID: "o", Members: inside, Full: inside}
	ask := match.Ask{View: view("石墨烯气凝胶", ""), Of: match.Need, All: true}

	before := filled(t, append(catalogue(), open(match.Achievement, "secret", public))...)
	after := filled(t, append(catalogue(), secret, closed)...)
	ask.Tiers = anyone
	if got, want := after.Rank(m, ask), before.Rank(m, ask); !reflect.DeepEqual(refs(got), refs(want)) {
		t.Errorf("the public gets %v, want %v", refs(got), refs(want))
	}
	other := match.Ask{View: view("性能优异的锂离子电池材料", ""), Of: match.Need, Tiers: anyone, All: true}
	if got, want := after.Rank(m, other), before.Rank(m, other); !reflect.DeepEqual(got, want) {
		t.Errorf("scores of the public move: %v, want %v", got, want)
	}
	ask.Tiers = members
	found := refs(after.Rank(m, ask))
	for _, id := range []string{"secret", "closed"} {
		if !slices.Contains(found, match.Ref{Kind: match.Achievement, ID: id}) {
			t.Errorf("members do not find %s: %v", id, found)
		}
	}
}

func TestAListingThatNobodyMaySeeLeaves(t *testing.T) {
	x := filled(t, catalogue()...)
	ref := match.Ref{Kind: match.Achievement, ID: "corn"}
	x.Upsert(match.Listing{Ref: ref, Full: view("抗旱玉米", "")})
	if x.Has(ref) || x.Size() != len(catalogue())-1 {
		t.Fatalf("still there; size %d", x.Size())
	}
}

// vocabulary makes small texts that share words.
var vocabulary = []string{"电池", "玉米", "污水", "焊接", "材料", "寿命", "battery", "graphene", "welding", "water", "低温", "盐碱"}

func randomListing(t *rapid.T) match.Listing {
	words := func(label string) string {
		var s string
		for _, w := range rapid.SliceOfN(rapid.SampledFrom(vocabulary), 0, 6).Draw(t, label) {
			s += w + " "
		}
		return s
	}
	kind := rapid.SampledFrom([]match.Kind{match.Achievement, match.Package, match.Need}).Draw(t, "kind")
	l := open(kind, rapid.SampledFrom([]string{"a", "b", "c", "d", "e"}).Draw(t, "id"), view(words("title"), words("body"), words("keywords")))
	switch rapid.IntRange(0, 3).Draw(t, "tiers") {
	case 0:
		l.Public = nil
	case 1:
		l.Members = view(words("more"), words("inside"))
	}
	return l
}

// An index that lived through changes answers as one built from what is left,
// in whatever order.
func TestAnIndexIsWhatItHoldsAndNotHowItCameToIt(t *testing.T) {
	m := match.ShippedModel(t)
	rapid.Check(t, func(r *rapid.T) {
		lived := filled(t)
		truth := map[match.Ref]match.Listing{}
		for range rapid.IntRange(1, 20).Draw(r, "changes") {
			l := randomListing(r)
			if rapid.IntRange(0, 3).Draw(r, "delete") == 0 {
				lived.Delete(l.Ref)
				delete(truth, l.Ref)
				continue
			}
			lived.Upsert(l)
			truth[l.Ref] = l
		}
		var left []match.Listing
		for _, l := range truth {
			left = append(left, l)
		}
		rand.Shuffle(len(left), func(i, j int) { left[i], left[j] = left[j], left[i] })
		built := filled(t, left...)
		path := filepath.Join(os.TempDir(), fmt.Sprintf("match-%d.snapshot", rand.Uint64()))
		defer os.Remove(path)
		if err := lived.Save(path, "test", 7); err != nil {
			r.Fatal(err)
		}
		loaded := filled(t, catalogue()...) // what it held before is gone
		cursor, err := loaded.Load(path, "test")
		if err != nil || cursor != 7 {
			r.Fatalf("load: %v, cursor %d", err, cursor)
		}
		asked := randomListing(r)
		for _, kind := range []match.Kind{match.Need, match.Package} {
			for _, ask := range []match.Ask{
				{View: asked.Full, Of: kind, Tiers: anyone, All: true},
				{View: asked.Full, Of: kind, Tiers: members},
			} {
				want := built.Rank(m, ask)
				if got := lived.Rank(m, ask); !alike(got, want) {
					r.Fatalf("lived %v, built %v", got, want)
				}
				if got := loaded.Rank(m, ask); !alike(got, want) {
					r.Fatalf("loaded %v, built %v", got, want)
				}
			}
		}
		if lived.Size() != built.Size() || loaded.Size() != built.Size() {
			r.Fatalf("sizes %d, %d, %d", lived.Size(), loaded.Size(), built.Size())
		}
	})
}

// alike compares rankings up to the rounding of sums taken in another order.
func alike(a, b []match.Ranked) bool {
	const eps = 1e-6
	if len(a) != len(b) {
		return false
	}
	scores := map[match.Ref]float64{}
	for _, r := range b {
		scores[r.Ref] = r.Score
	}
	for i := range a {
		want, ok := scores[a[i].Ref]
		if !ok || a[i].Score-want > eps || want-a[i].Score > eps || a[i].Score-b[i].Score > eps {
			return false
		}
	}
	return true
}

func TestWhatAKilledProcessLeftBesideASnapshotIsRemoved(t *testing.T) {
	x := filled(t, catalogue()...)
	path := filepath.Join(t.TempDir(), "match.snapshot")
	for left, age := range map[string]time.Duration{path + ".1": 2 * time.Hour, path + ".2": time.Minute, path + "-wal": 2 * time.Hour} {
		if err := os.WriteFile(left, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(left, time.Time{}, time.Now().Add(-age)); err != nil {
			t.Fatal(err)
		}
	}
	if err := x.Save(path, "one", 1); err != nil {
		t.Fatal(err)
	}
	there, err := filepath.Glob(path + "*")
	if want := []string{path, path + "-wal", path + ".2"}; err != nil || !slices.Equal(there, want) {
		t.Errorf("there is %v, %v; want %v: what may still be written stays", there, err, want)
	}
}

func TestADamagedOrForeignSnapshotIsRefused(t *testing.T) {
	x, m := filled(t, catalogue()...), match.ShippedModel(t)
	path := filepath.Join(t.TempDir(), "match.snapshot")
	if err := x.Save(path, "one", 1); err != nil {
		t.Fatal(err)
	}
	if _, err := x.Load(path, "two"); !errors.Is(err, match.ErrSnapshot) {
		t.Errorf("another analysis: %v", err)
	}
	other := m.Terms
	other.Mention.Counts *= 2
	if _, err := match.NewIndex(analyse(), other).Load(path, "one"); !errors.Is(err, match.ErrSnapshot) {
		t.Errorf("another model: %v", err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []int{0, len(data) / 3, len(data) - 1} {
		broken := slices.Clone(data)
		broken[at] ^= 0x55
		if err := os.WriteFile(path, broken, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := x.Load(path, "one"); !errors.Is(err, match.ErrSnapshot) {
			t.Errorf("byte %d broken: %v", at, err)
		}
	}
	if err := os.WriteFile(path, data[:len(data)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := x.Load(path, "one"); !errors.Is(err, match.ErrSnapshot) {
		t.Errorf("cut short: %v", err)
	}
	if _, err := x.Load(path+".none", "one"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("absent: %v", err)
	}
	if x.Size() != len(catalogue()) {
		t.Errorf("the index lost its content: %d", x.Size())
	}
}

func TestReadersAndAWriterShareAnIndex(t *testing.T) {
	x, m := filled(t, catalogue()...), match.ShippedModel(t)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 200 {
				got := x.Rank(m, match.Ask{View: view("铝合金激光焊接", ""), Of: match.Need, Tiers: anyone})
				if len(got) == 0 || got[0].Ref.ID != "weld" {
					t.Errorf("lost: %v", refs(got))
					return
				}
			}
		})
	}
	for i := range 200 {
		x.Upsert(open(match.Achievement, "corn", view(fmt.Sprintf("玉米品种 %d", i), "抗旱")))
		x.Delete(match.Ref{Kind: match.Package, ID: "water"})
	}
	wg.Wait()
}

func TestANeedInTwoLanguagesIsCoveredInOne(t *testing.T) {
	x, m := filled(t, catalogue()...), match.ShippedModel(t)
	zh, en := "解决铝合金激光焊接的气孔问题", "Pores in laser welding of aluminium alloys must be avoided by better process parameters"
	score := func(texts ...string) float64 {
		got := x.Rank(m, match.Ask{View: &match.View{Texts: map[match.Field][]string{match.Body: texts}}, Of: match.Need, Tiers: anyone})
		if len(got) == 0 || got[0].Ref.ID != "weld" {
			t.Fatalf("%q finds %v", texts, refs(got))
		}
		return got[0].Score
	}
	alone, both := score(zh), score(zh, en)
	if both < 0.9*alone {
		t.Errorf("in two languages %v, in one %v", both, alone)
	}
	if mixed := score(zh + " YAG"); mixed > alone {
		t.Errorf("a foreign word that nothing answers raises the score from %v to %v", alone, mixed)
	}
}

// A result in another language cannot have the need's own words: what both call the
// thing tells more than words that it quotes.
func TestAcrossLanguagesWhatBothCallAThingTellsMoreThanAWordThatIsQuoted(t *testing.T) {
	synonyms, err := analysis.ParseSynonyms([]byte("fields: {environment: [[污水处理, sewage treatment]]}"))
	if err != nil {
		t.Fatal(err)
	}
	m := match.ShippedModel(t)
	x := match.NewIndex(match.AnalyserOf(analysis.New(synonyms)), m.Terms)
	quoting := open(match.Achievement, "quoting", view("车载终端 BOX 平台", "终端采用 module 与 device，平台记录 report 并推送 alarm。"))
	for _, l := range append(catalogue(), quoting) {
		x.Upsert(l)
	}
	need := &match.View{Texts: map[match.Field][]string{match.Body: {"A device or module for domestic sewage treatment with an alarm and a report"}}}
	got := x.Rank(m, match.Ask{View: need, Of: match.Need, Tiers: anyone})
	if len(got) < 2 || got[0].Ref.ID != "water" || got[1].Ref.ID != "quoting" {
		t.Errorf("it finds %v, want what treats sewage first", refs(got))
	}
}

// Facts that members alone are told count for them, and not for the public,
// also where the texts are the same.
func TestFactsCountForThoseWhoHaveThem(t *testing.T) {
	m := match.ShippedModel(t)
	public := view("硅碳负极锂离子电池", "循环寿命长的动力电池")
	inside := *public
	inside.PriceFen = 500_00
	priced := match.Listing{Ref: match.Ref{Kind: match.Achievement, ID: "priced"}, OrgID: "o", Public: public, Members: &inside, Full: &inside}
	x := filled(t, append(catalogue(), priced)...)
	need := view("动力电池负极", "硅碳负极，循环寿命长")
	need.PriceFen = 100_00
	path := filepath.Join(t.TempDir(), "match.snapshot")
	if err := x.Save(path, "test", 1); err != nil {
		t.Fatal(err)
	}
	loaded := filled(t)
	if _, err := loaded.Load(path, "test"); err != nil {
		t.Fatal(err)
	}
	for name, index := range map[string]*match.Index{"as it grew": x, "as it was saved": loaded} {
		for who, c := range map[string]struct {
			tiers  []policy.Tier
			priced bool
		}{"the public": {anyone, false}, "members": {members, true}} {
			for _, r := range index.Rank(m, match.Ask{View: need, Of: match.Need, Tiers: c.tiers}) {
				if _, ok := r.Features()[match.PriceFit]; r.Ref == priced.Ref && ok != c.priced {
					t.Errorf("%s: the price counts for %s: %v", name, who, ok)
				}
			}
		}
	}
	x.Delete(priced.Ref)
	if got := refs(x.Rank(m, match.Ask{View: need, Of: match.Need, Tiers: members})); slices.Contains(got, priced.Ref) {
		t.Errorf("still there for members: %v", got)
	}
}

// Needs are weighed once for many results, and anew when the index has changed.
func TestAResultIsRankedByTheNeedsAsTheyAreNow(t *testing.T) {
	m := match.ShippedModel(t)
	need := open(match.Need, "need", view("低温动力电池", "需要低温下循环寿命长的锂离子电池负极材料"))
	ask := match.Ask{View: catalogue()[0].Public, Of: match.Achievement, Tiers: members}
	x := filled(t, append(catalogue(), need)...)
	other := open(match.Need, "other", view("激光焊接", "铝合金焊接的动力电池外壳"))
	priced := need
	inside := *need.Public
	inside.PriceFen = 100_00
	priced.Members = &inside
	for name, step := range map[string]struct {
		change func(*match.Index)
		left   []match.Listing
	}{
		"nothing":         {func(*match.Index) {}, append(catalogue(), need)},
		"another result":  {func(x *match.Index) { x.Upsert(open(match.Achievement, "b2", need.Public)) }, append(catalogue(), need, open(match.Achievement, "b2", need.Public))},
		"another need":    {func(x *match.Index) { x.Upsert(other) }, append(catalogue(), need, other)},
		"a result left":   {func(x *match.Index) { x.Delete(match.Ref{Kind: match.Achievement, ID: "corn"}) }, append(catalogue()[:1:1], append(catalogue()[2:], need)...)},
		"the need's text": {func(x *match.Index) { x.Upsert(open(match.Need, "need", other.Public)) }, append(catalogue(), open(match.Need, "need", other.Public))},
		"its facts":       {func(x *match.Index) { x.Upsert(priced) }, append(catalogue(), priced)},
	} {
		for _, l := range append(catalogue(), need) {
			x.Upsert(l)
		}
		x.Rank(m, ask)
		step.change(x)
		got, want := x.Rank(m, ask), filled(t, step.left...).Rank(m, ask)
		if !alike(got, want) || len(want) == 0 {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
		x.Delete(match.Ref{Kind: match.Achievement, ID: "b2"})
		x.Delete(other.Ref)
	}
}

// A market of a handful of listings cannot know by itself that everybody speaks
// of systems and regions.
func TestAYoungMarketDoesNotTakeCommonWordsForASubject(t *testing.T) {
	m := match.ShippedModel(t)
	x := filled(t,
		open(match.Achievement, "desalination", view("苦咸水淡化装置", "适用于西北地区农村供水，系统运行稳定，能够有效降低成本。")),
		open(match.Achievement, "maize", view("玉米新品种选育", "适用于西北地区推广，系统研究表明能够有效提高产量，降低成本。")),
		open(match.Achievement, "laser", view("激光焊接", "铝合金薄板。")),
	)
	found := x.Rank(m, match.Ask{View: view("苦咸水水源改造", "西北地区县城，系统要求运行稳定，有效降低成本。"), Of: match.Need, Tiers: anyone})
	bands := map[string]match.Band{}
	for _, r := range found {
		bands[r.Ref.ID] = m.Bands.Of(r.Score)
	}
	if bands["desalination"] != match.Good || bands["maize"] != match.None {
		t.Errorf("%v", bands)
	}
}
