package analysis_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"chengqiao/config"
	"chengqiao/internal/search/analysis"
)

func shipped(t *testing.T) *analysis.Analyzer {
	t.Helper()
	data, err := config.Files.ReadFile("synonyms.yaml")
	if err != nil {
		t.Fatal(err)
	}
	synonyms, err := analysis.ParseSynonyms(data)
	if err != nil {
		t.Fatal(err)
	}
	return analysis.New(synonyms)
}

// finds tells whether a plan's every unit is among a text's terms.
func finds(a *analysis.Analyzer, query, text string) bool {
	terms := a.Terms(text)
	pinyin, _ := a.Spellings(text)
	plan := a.Plan(query)
	for _, u := range plan.Units {
		in := slices.Concat(terms.Words, terms.Wholes)
		switch u.Class {
		case analysis.Single:
			in = terms.Singles
		case analysis.Word:
			in = append(slices.Clone(in), pinyin...)
		}
		if !slices.Contains(in, u.Term) {
			return false
		}
	}
	return !plan.Empty()
}

func TestWritingsOfOneThingFindEachOther(t *testing.T) {
	a := shipped(t)
	for _, c := range []struct {
		query, text string
		want        bool
	}{
		{"电池", "动力电池组的回收", true},
		{"池", "动力电池组的回收", true},
		{"電池", "动力电池组的回收", true},
		{"电池", "動力電池組的回收", true},
		{"軟體", "工业软件的国产化", true},
		{"軟體", "软体机器人", false},
		{"軟體機器人", "软体机器人", true},
		{"软件 硬件", "軟體與硬體", true},
		{"软体", "軟體動物", true},
		{"dianchi", "动力电池组的回收", true},
		{"DianChi", "动力电池组的回收", true},
		{"donglidianchi", "动力电池组", true},
		{"donglidianchizu", "动力电池组", true},
		{"donglidianchishe", "动力电池组", false},
		{"tielvdianchiduidegelizu", "铁铝电池堆的隔离组", true},
		{"maintenance", "Predictive maintenance of pumps", true},
		{"simulation", "Simulation of an aquifer", true},
		{"capacitance", "High-capacitance electrodes", true},
		{"chongqing", "重庆大学", true},
		{"nvxing", "女性健康", true},
		{"电池回收", "动力电池组的回收", true}, // 电池 is a group of its own
		{"组件回收", "组件的回收", false},
		{"回收的电池", "电池回收", true},
		{"电池的回收", "电池回收", true},
		{"ＬｉＦｅＰＯ４", "LiFePO4正极", true},
		{"LiFePO4 正极", "磷酸铁锂（LiFePO₄）正极材料", true},
		{"lifepo4正极", "LiFePO4 正极", true},
		{"batteries", "A battery for cold regions", true},
		{"battery", "低温电池", true},
		{"电池", "batteries in the cold", true},
		{"lithium-ion battery", "锂离子电池", true},
		{"锂电池回收", "退役锂离子电池的回收工艺", true},
		{"锂电池", "铅酸电池", false},
		{"苞谷", "玉米种植", true},
		{"cafe", "Café au lait", true},
		{"Аккумуляторы", "аккумуляторов", true},
		{"пшеницы", "小麦", true},
		{"Твердый сплав", "ТВЁРДЫЙ СПЛАВ", true},
		{"твёрдый сплав", "твердый сплав", true},
		{"the of", "the art of war", true},
		{"recovery of lithium", "Lithium recovery", true},
		{"بطارية", "بطارية جديدة", true},
		{"目的地", "目的地导航", true},
		{"目的地", "的地", false},
		{"2型糖尿病", "2型糖尿病患者", true},
		{"CO2", "二氧化碳", true},
		{"C++", "用C++编写的求解器", true},
		{"Ｃ＋＋", "a solver in c++17", true},
		{"C++", "Vitamin C + zinc", false},
		{"C++", "C+++", false},
		{"C", "C++", false},
		{"C#", "C#、Java 与 C++", true},
		{"C#", "C#3 in C major", false},
		{"C", "Carbon-carbon (C/C) composites", true},
		{"C/C++", "a C/C++ library", true},
		{"лазeр", "лазеры", true}, // a Latin e
		{"лазер", "лaзep", true},
		{"CO2", "выбросы СО2", true}, // in Cyrillic
		{"CO2", "выбросы CО2", true}, // in part
		{"Н2О", "H2O", true},
		{"сот", "cot", false},
		{"СO2", "carbon dioxide", true},
		{"Сu", "Cu alloys", true},
		{"лаzер", "лазер", false},
		{".NET", "基于ASP.NET的平台", true},
		{"．ＮＥＴ", "the .NET framework", true},
		{".NET", "a net of fibres", false},
		{"net", "a net. Nets", true},
		{"", "anything", false},
		{"，。!?", "anything", false},
	} {
		if got := finds(a, c.query, c.text); got != c.want {
			t.Errorf("%q finds %q: %v, want %v (plan %+v)", c.query, c.text, got, c.want, a.Plan(c.query))
		}
	}
}

func TestTolerancesFollowTheLengthOfATerm(t *testing.T) {
	a := analysis.New(nil)
	for query, want := range map[string]int{
		"beam": 0, "laser": 1, "graphene": 1, "polystyrene": 2, "电池组件": 0, "123456789": 0, "zl20191012": 0, "100kva": 0,
	} {
		if got := a.Plan(query).Units[0].Typos; got != want {
			t.Errorf("%s forgives %d typos, want %d", query, got, want)
		}
	}
}

func TestOnlyTheLastWordMayBeUnfinished(t *testing.T) {
	a := analysis.New(nil)
	units := a.Plan("solid batt").Units
	if units[0].Prefix || !units[1].Prefix {
		t.Errorf("%+v", units)
	}
	for _, u := range a.Plan("batt 电池").Units {
		if u.Prefix {
			t.Errorf("%+v is taken for unfinished before Han", u)
		}
	}
}

func TestAShortNumberIsWhole(t *testing.T) {
	a := analysis.New(nil)
	for query, want := range map[string]bool{"removal 95": false, "2019": false, "20191": true, "zl2019": true, "5g": true} {
		units := a.Plan(query).Units
		if got := units[len(units)-1].Prefix; got != want {
			t.Errorf("%q is taken for unfinished: %v", query, got)
		}
	}
}

func TestInitialsAreTypedAlone(t *testing.T) {
	a := analysis.New(nil)
	for query, want := range map[string]bool{"ldc": true, "PLC 控制": false, "plc drive": false, "c": false, "5g": false, "dianchi": false} {
		got := slices.ContainsFunc(a.Plan(query).Units, func(u analysis.Unit) bool { return u.Initials })
		if got != want {
			t.Errorf("%q is taken for initials: %v", query, got)
		}
	}
}

func TestEditsAreCounted(t *testing.T) {
	for _, c := range []struct {
		a, b string
		max  int
		want bool
	}{
		{"batteri", "batteri", 0, true},
		{"bateri", "batteri", 1, true},
		{"batteri", "bitteri", 1, true},
		{"batteri", "catteri", 1, false}, // the first letter counts twice
		{"polystyren", "bolystyren", 2, true},
		{"batteri", "bter", 2, false},
		{"", "a", 1, false},
	} {
		if got := analysis.Within(c.a, c.b, c.max); got != c.want {
			t.Errorf("%q within %d of %q: %v", c.a, c.max, c.b, got)
		}
	}
}

func marked(a *analysis.Analyzer, query, text string, loose bool) string {
	var b strings.Builder
	from := 0
	for _, r := range a.Marker(a.Plan(query), loose).Marks(text, true) {
		b.WriteString(text[from:r.Start] + "[" + text[r.Start:r.End] + "]")
		from = r.End
	}
	return b.String() + text[from:]
}

func TestMarksStandOnWhatWasFound(t *testing.T) {
	a := shipped(t)
	for _, c := range []struct {
		query, text string
		loose       bool
		want        string
	}{
		{"池", "电池与水池", false, "电[池]与水[池]"},
		{"电池", "固态電池", false, "固态[電池]"},
		{"电池", "Solid-state Batteries", false, "Solid-state [Batteries]"},
		{"dianchi", "固态电池", false, "固态[电池]"},
		{"dc", "固态电池", false, "固态电池"},
		{"dc", "固态电池", true, "固态[电池]"},
		{"batte", "Battery", false, "Battery"},
		{"batte", "Battery", true, "[Battery]"},
		{"bateries", "Battery", true, "[Battery]"},
		{"lifepo4", "ＬｉＦｅＰＯ４正极", false, "[ＬｉＦｅＰＯ４]正极"},
		{"cafe", "Café", false, "[Café]"},
		{"锂电池回收", "锂离子电池的回收", false, "[锂离子电池]的[回收]"},
		{"b", "a<b>c&d", false, "a<[b]>c&d"},
		{"hemoglobin", "Haemoglobin assay", false, "[Haemoglobin] assay"},
		{"edema", "pulmonary oedema", false, "pulmonary [oedema]"},
		{"goose", "Geese and mice", false, "[Geese] and mice"},
		{"C++", "用Ｃ＋＋、c++17 或 C 写成", false, "用[Ｃ＋＋]、[c++]17 或 C 写成"},
		{".net", "ASP.NET 与 net", false, "ASP[.NET] 与 net"},
	} {
		if got := marked(a, c.query, c.text, c.loose); got != c.want {
			t.Errorf("%q in %q marks %q, want %q", c.query, c.text, got, c.want)
		}
	}
}

func TestMarksAreOrderedWholeCharactersApart(t *testing.T) {
	a := shipped(t)
	alphabet := rapid.SampledFrom([]rune("电池電回收的与batteryBATTERYé́ﬁ①½ ,.《》<>&\u200b\u00ad\U00020000ａ１йи\u0306ü"))
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(alphabet, 0, 60, -1).Draw(t, "text")
		query := rapid.StringOfN(alphabet, 0, 20, -1).Draw(t, "query")
		loose := rapid.Bool().Draw(t, "loose")
		end := -1
		for _, r := range a.Marker(a.Plan(query), loose).Marks(text, true) {
			if r.Start <= end || r.End <= r.Start || r.End > len(text) {
				t.Fatalf("%v after %d in %q", r, end, text)
			}
			if !utf8.ValidString(text[r.Start:r.End]) {
				t.Fatalf("%v cuts a character of %q", r, text)
			}
			end = r.End
		}
	})
}

func TestATextIsFoundByEveryStretchOfIt(t *testing.T) {
	a := shipped(t)
	word := rapid.SampledFrom(strings.Fields("电池 回收 玉米 储能 电 Battery lithium-ion CO2 5G и датчики ９９"))
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(word, 1, 8).Draw(t, "words")
		from := rapid.IntRange(0, len(words)-1).Draw(t, "from")
		to := rapid.IntRange(from+1, len(words)).Draw(t, "to")
		text, query := strings.Join(words, " "), strings.Join(words[from:to], " ")
		if !finds(a, query, text) {
			t.Fatalf("%q does not find %q", query, text)
		}
	})
}

func TestAnyBytesAreAnalysed(t *testing.T) {
	a := shipped(t)
	rapid.Check(t, func(t *rapid.T) {
		text := string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes"))
		a.Terms(text)
		a.Spellings(text)
		a.Plan(text)
	})
}

func TestALongTextMakesABoundedPlan(t *testing.T) {
	var b strings.Builder
	for r := rune(0x4E00); r < 0x4E00+2000; r++ {
		b.WriteRune(r)
	}
	if n := len(analysis.New(nil).Plan(b.String()).Units); n != analysis.MaxUnits {
		t.Errorf("%d units", n)
	}
}

func TestSynonymsChangeTheVersion(t *testing.T) {
	one, err := analysis.ParseSynonyms([]byte("fields:\n  agriculture:\n  - [玉米, maize]"))
	if err != nil {
		t.Fatal(err)
	}
	if analysis.New(one).Version() == analysis.New(nil).Version() {
		t.Error("an index made without synonyms passes for one made with them")
	}
}

func TestGroupsThatBeginAlikeStayApart(t *testing.T) {
	synonyms, err := analysis.NewSynonyms([][]string{{"电池", "battery"}, {"电池", "电芯"}})
	if err != nil {
		t.Fatal(err)
	}
	a := analysis.New(synonyms)
	if !finds(a, "battery", "低温电池") || !finds(a, "电芯", "低温电池") {
		t.Error("what a group holds is not found by it")
	}
	if finds(a, "battery", "方形电芯") {
		t.Error("battery finds 电芯, which no group holds both of")
	}
}

func TestFaultySynonymsAreNamed(t *testing.T) {
	for _, c := range [][2]string{
		{"fields:\n  agriculture:\n  - [小麦, wheat]\n  - [玉米]", `agriculture, group 2: ["玉米"]`},
		{"fields:\n  agriculture:\n  - [玉米, '!!']", `agriculture, group 1: "!!"`},
		{"fields:\n  agriculture: 3", "line 2"},
		{"fields: 3", "line 1"},
		{"groups:\n- [玉米, maize]", "groups"},
	} {
		if _, err := analysis.ParseSynonyms([]byte(c[0])); err == nil || !strings.Contains(err.Error(), c[1]) {
			t.Errorf("%q: %v", c[0], err)
		}
	}
}
