package duplicate_test

import (
	"bufio"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"chengqiao/config"
	"chengqiao/internal/duplicate"
	"chengqiao/internal/duplicate/trial"
	"chengqiao/internal/text"
)

func model(t testing.TB) duplicate.Model {
	t.Helper()
	raw, err := config.Files.ReadFile(duplicate.ModelFile)
	if err != nil {
		t.Fatal(err)
	}
	m, err := duplicate.ParseModel(raw)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// records are results written for these tests in the manner of real ones.
func records(t testing.TB) []trial.Record {
	t.Helper()
	file, err := os.Open("testdata/records.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var out []trial.Record
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var r struct {
			ID       string
			TitleZh  string `json:"title_zh"`
			TitleEn  string `json:"title_en"`
			BodyZh   string `json:"body_zh"`
			BodyEn   string `json:"body_en"`
			Keywords []string
			Persons  []string
			Year     int
			Patents  []string
		}
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		v := duplicate.View{
			Title: text.Text{Zh: r.TitleZh, En: r.TitleEn}, Body: text.Text{Zh: r.BodyZh, En: r.BodyEn},
			Persons: r.Persons, Year: r.Year,
		}
		for _, p := range r.Patents {
			if id, ok := duplicate.Patent(p); ok {
				v.Identifiers = append(v.Identifiers, id)
			}
		}
		out = append(out, trial.Record{ID: r.ID, View: v, Keywords: r.Keywords})
	}
	return out
}

// The floors stand a little below what the shipped model reaches on these
// records; docs/evaluation.md has the figures on real ones.
func TestTheFinderKnowsAlteredRecordsAgainAndTellsSimilarOnesApart(t *testing.T) {
	figures := trial.Measure(duplicate.NewFinder(model(t)), records(t), trial.Options{Each: 20, Seed: 1})
	t.Logf("precision %.3f, recall %.3f, %.1f comparisons for each record", figures.Precision, figures.Recall, figures.Compared)
	if figures.Precision < 0.97 || figures.Recall < 0.97 {
		t.Errorf("precision %.3f and recall %.3f; 0.97 each is the floor", figures.Precision, figures.Recall)
	}
	for _, k := range figures.Kinds {
		switch {
		case k.Of < 3:
			t.Errorf("%s was tried on %d records: too few to say anything", k.Name, k.Of)
		case k.Same && k.Suspected*10 < k.Of*9:
			t.Errorf("%s: %d of %d were known again", k.Name, k.Suspected, k.Of)
		case !k.Same && k.Suspected*10 > k.Of:
			t.Errorf("%s: %d of %d were taken for the same", k.Name, k.Suspected, k.Of)
		}
	}
	if figures.Twins != 0 {
		t.Errorf("%d of the records are taken for others of them", figures.Twins)
	}
}

func TestTheSameSeedGivesTheSameFigures(t *testing.T) {
	f := duplicate.NewFinder(model(t))
	a, b := trial.Measure(f, records(t), trial.Options{Each: 5, Seed: 7}), trial.Measure(f, records(t), trial.Options{Each: 5, Seed: 7})
	if a.Precision != b.Precision || a.Recall != b.Recall || a.Compared != b.Compared {
		t.Errorf("%+v and %+v", a, b)
	}
}

// compared are the score and the reason codes of two views.
func compared(t *testing.T, a, b duplicate.View) (duplicate.Likeness, map[duplicate.Code]duplicate.Reason) {
	t.Helper()
	f := duplicate.NewFinder(model(t))
	like, back := f.Compare(f.Sketch(a), f.Sketch(b)), f.Compare(f.Sketch(b), f.Sketch(a))
	if like.Score != back.Score {
		t.Errorf("one way %f, the other way %f", like.Score, back.Score)
	}
	reasons := map[duplicate.Code]duplicate.Reason{}
	for _, r := range like.Reasons {
		reasons[r.Code] = r
	}
	return like, reasons
}

func TestAPatentIsTheSameInEveryWriting(t *testing.T) {
	number := func(s string) duplicate.View {
		id, ok := duplicate.Patent(s)
		if !ok {
			t.Fatalf("%q is no identifier", s)
		}
		return duplicate.View{Title: text.Zh("甲" + s[:2]), Identifiers: []duplicate.Identifier{id}}
	}
	for _, other := range []string{"201710601862.3", "zl 2017 1060 1862.3", "ＺＬ２０１７１０６０１８６２．３", "201710601862"} {
		like, reasons := compared(t, number("ZL201710601862.3"), number(other))
		if _, ok := reasons[duplicate.ReasonPatent]; !ok {
			t.Errorf("%q is not known again: %+v", other, like)
		}
	}
}

func TestARegistrationNumberAloneSuffices(t *testing.T) {
	registered := func(title string) duplicate.View {
		id, _ := duplicate.Registration("6502021y0123")
		return duplicate.View{Title: text.Zh(title), Identifiers: []duplicate.Identifier{id}}
	}
	like, reasons := compared(t, registered("棉花膜下滴灌技术"), registered("一种田间输水方法"))
	if like.Score < model(t).Possible || reasons[duplicate.ReasonRegistration].Params["number"] != "6502021Y0123" {
		t.Errorf("%+v", like)
	}
}

// A project ends in one report whatever number of results it has: the report
// finds the pair, and only together with their words makes it suspected.
func TestAReportNumberFindsWhatItsWordsThenDecide(t *testing.T) {
	reported := func(title, number string) duplicate.View {
		id, ok := duplicate.Report(number)
		if !ok {
			t.Fatalf("%q is no report number", number)
		}
		return duplicate.View{Title: text.Zh(title), Identifiers: []duplicate.Identifier{id}}
	}
	const number = "400017297--2021A0001/01"
	drip := reported("棉花膜下滴灌技术", number)
	again := reported("棉花滴灌技术体系", "４０００１７２９７—2021a0001/01")
	like, reasons := compared(t, drip, again)
	if like.Score < model(t).Possible || reasons[duplicate.ReasonReport].Params["number"] != "4000172972021A000101" {
		t.Errorf("%+v", like)
	}
	bare := again
	bare.Identifiers = nil
	if like, _ := compared(t, drip, bare); like.Score >= model(t).Possible {
		t.Errorf("the titles alone suffice, so nothing is said of the number: %+v", like)
	}
	if like, _ := compared(t, drip, reported("盐碱地土壤改良剂", number)); like.Score >= model(t).Possible {
		t.Errorf("two results of one project are taken for one: %+v", like)
	}
	f := duplicate.NewFinder(model(t))
	known := f.Keys("achievement", f.Sketch(drip))
	if !slices.ContainsFunc(f.Keys("achievement", f.Sketch(reported("盐碱地土壤改良剂", number))), func(key int64) bool { return slices.Contains(known, key) }) {
		t.Error("two listings with one report number are not brought together")
	}
	for _, said := range []string{"", "none", "unknown", "2021年度结题报告", "见附件技术报告原件", "R-12"} {
		if id, ok := duplicate.Report(said); ok {
			t.Errorf("%q is taken for the report number %s", said, id.Value)
		}
	}
}

func TestPartsOfASeriesAndOtherTemperaturesAreToldApart(t *testing.T) {
	body := records(t)[0].View.Body
	titled := func(title string) duplicate.View { return duplicate.View{Title: text.Zh(title), Body: body} }
	for _, pair := range [][2]string{
		{"棉花膜下滴灌技术研究（一期）", "棉花膜下滴灌技术研究（二期）"},
		{"棉花膜下滴灌技术研究 I", "棉花膜下滴灌技术研究 Ⅱ"},
		{"棉花膜下滴灌技术研究", "棉花膜下滴灌技术研究（第二部分）"},
		{"650℃下的热处理工艺", "700℃下的热处理工艺"},
		{"甲醇制烯烃A型催化剂", "甲醇制烯烃B型催化剂"},
	} {
		like, reasons := compared(t, titled(pair[0]), titled(pair[1]))
		if _, ok := reasons[duplicate.AgainstNumbers]; !ok || like.Score >= model(t).Possible {
			t.Errorf("%q and %q score %.2f: %+v", pair[0], pair[1], like.Score, like.Reasons)
		}
	}
	like, _ := compared(t, titled("棉花膜下滴灌技术研究（二期）"), titled("棉花膜下滴灌技术研究Ⅱ"))
	if like.Score < model(t).Likely {
		t.Errorf("二期 and Ⅱ are one number, and they score %.2f", like.Score)
	}
}

func TestTheSameSentencesAboutAnotherCropAreToldApart(t *testing.T) {
	wheat := duplicate.View{Title: text.Zh("小麦水肥一体化栽培技术"),
		Body: text.Zh("研究小麦各生育期需水规律，建立小麦灌溉制度。三年试验小麦增产明显，形成技术规程并示范推广，配套过滤与施肥装置各一套。")}
	maize := duplicate.View{
		Title: text.Zh(strings.ReplaceAll(wheat.Title.Zh, "小麦", "玉米")), Body: text.Zh(strings.ReplaceAll(wheat.Body.Zh, "小麦", "玉米"))}
	like, reasons := compared(t, wheat, maize)
	if against := reasons[duplicate.AgainstSubjects]; like.Score >= model(t).Possible || against.Params["first"] != "小麦" || against.Params["second"] != "玉米" {
		t.Errorf("%+v", like)
	}
}

func TestNothingIsLikeAnEmptyText(t *testing.T) {
	if like, _ := compared(t, duplicate.View{}, duplicate.View{}); like.Score >= model(t).Possible || len(like.Reasons) > 0 {
		t.Errorf("%+v", like)
	}
}

func TestAModelThatCannotBeIsRefused(t *testing.T) {
	raw, err := config.Files.ReadFile(duplicate.ModelFile)
	if err != nil {
		t.Fatal(err)
	}
	for was, becomes := range map[string]string{
		"possible: 0.5":        "possible: 0.9",
		"numbers_differ: -7":   "numbers_differ: 7",
		"  year: 0.3\n":        "",
		"title_keys: 5":        "title_keys: 0",
		"largest_bucket: 60":   "largest_bucket: 1",
		`version: "2026.11.2"`: `version: ""`,
		"reopen: 0.1":          "unknown: 1",
	} {
		changed := strings.Replace(string(raw), was, becomes, 1)
		if changed == string(raw) {
			t.Fatalf("the model does not say %q", was)
		}
		if _, err := duplicate.ParseModel([]byte(changed)); err == nil {
			t.Errorf("a model with %q was taken", becomes)
		}
	}
}

// FuzzCompare holds that no text breaks the finder, that everything is like
// itself, and that both ways give the same score.
func FuzzCompare(f *testing.F) {
	f.Add("棉花膜下滴灌", "节水百分之四十", "Ⅱ", "10.1234/x")
	f.Add("", "\x00\xff", "十十十", "ZL201710601862.3")
	m := model(f)
	finder := duplicate.NewFinder(m)
	f.Fuzz(func(t *testing.T, title, body, other, said string) {
		a := duplicate.View{Title: text.Zh(title), Body: text.En(body), Identifiers: append(duplicate.DOIs(said), duplicate.Funding(said)...)}
		b := duplicate.View{Title: text.Zh(other), Body: text.En(said)}
		x, y := finder.Sketch(a), finder.Sketch(b)
		if one, two := finder.Compare(x, y).Score, finder.Compare(y, x).Score; one != two || one < 0 || one > 1 {
			t.Errorf("%f and %f", one, two)
		}
		if finder.Compare(x, x).Score < finder.Compare(x, y).Score-1e-9 && title != "" {
			t.Errorf("%q is more like %q than like itself", title, other)
		}
		finder.Keys("achievement", x)
	})
}

// BenchmarkSketchAndKeys measures what each listing of a full pass costs before
// any comparison.
func BenchmarkSketchAndKeys(b *testing.B) {
	f, all := duplicate.NewFinder(model(b)), records(b)
	for i := 0; b.Loop(); i++ {
		s := f.Sketch(all[i%len(all)].View)
		f.Keys("achievement", s)
	}
}
