package analysis_test

import (
	"slices"
	"strings"
	"testing"

	"chengqiao/internal/search/analysis"
)

func TestAShortTextIsCutWhereItsExpressionsDoNotTouch(t *testing.T) {
	a := analysis.New(nil)
	for text, want := range map[string][]string{
		"锂电池":              {"锂电池"},
		"“一带一路”":           {"一带一路"},
		"铜 萃取":             {"铜", "萃取"},
		"玉米、小麦":            {"玉米", "小麦"},
		"K-means算法":        {"K-means算法"},
		"machine learning": {"machine learning"},
		"graphene 电池":      {"graphene", "电池"},
		"！！":               nil,
	} {
		got := a.Expressions(text)
		if len(got) != len(want) {
			t.Errorf("%q is cut into %d expressions, want %v", text, len(got), want)
			continue
		}
		for i, w := range want {
			if !got[i].Names[0].In(w) {
				t.Errorf("%q: expression %d is not %q", text, i, w)
			}
		}
	}
}

func TestAnExpressionIsAWordOfItsOwnOrAPartOfALongerOne(t *testing.T) {
	a := analysis.New(nil)
	for _, c := range []struct{ expression, text, want string }{
		{"抗氧化", "抗氧化的作用", "begins+ends"},
		{"抗氧化", "植物源性抗氧化剂", "-"},
		{"抗氧化", "抗氧化剂", "begins"},
		{"抗氧化", "总抗氧化，和抗氧化", "ends begins+ends"},
		{"抗氧化", "基于VC抗氧化 研究", "begins+ends"},
		{"抗氧化", "抗氧 化", ""},
		{"抗氧化", "没有它", ""},
		{"learning", "Deep learning; learnings 与learning", "begins+ends begins+ends begins+ends"},
		{"K-means算法", "改进K-means 算法的研究", "begins+ends"},
		{"k", "km k", "begins+ends"},
	} {
		var got []string
		a.Expressions(c.expression)[0].Names[0].Sightings(a.AppendWording(nil, c.text), func(s analysis.Sighting) {
			switch {
			case s.Begins && s.Ends:
				got = append(got, "begins+ends")
			case s.Begins:
				got = append(got, "begins")
			case s.Ends:
				got = append(got, "ends")
			default:
				got = append(got, "-")
			}
		})
		if strings.Join(got, " ") != c.want {
			t.Errorf("%q in %q: %q, want %q", c.expression, c.text, got, c.want)
		}
	}
}

func TestAnExpressionHasTheOtherNamesOfIt(t *testing.T) {
	synonyms, err := analysis.NewSynonyms([][]string{
		{"污水处理", "废水处理", "wastewater treatment", "sewage treatment"}, {"膜", "membrane"},
	})
	if err != nil {
		t.Fatal(err)
	}
	a := analysis.New(synonyms)
	type names struct{ own, foreign []string }
	for text, want := range map[string][]names{
		"污水处理 膜": {
			{[]string{"污水处理", "废水处理"}, []string{"wastewater treatment", "sewage treatment"}}, {[]string{"膜"}, []string{"membrane"}},
		},
		"廢水處理":                     {{[]string{"废水处理", "污水处理"}, []string{"wastewater treatment", "sewage treatment"}}},
		"Waste-water treatment":    {{[]string{"waste-water treatment", "wastewater treatment", "sewage treatment"}, []string{"污水处理", "废水处理"}}},
		"污水处理厂":                    {{[]string{"污水处理厂"}, nil}}, // more than the list has names of
		"membranes for wastewater": {{[]string{"membranes for wastewater"}, nil}},
	} {
		got := a.Expressions(text)
		for i, w := range want {
			if !slices.EqualFunc(got[i].Names, w.own, analysis.Phrase.In) || !slices.EqualFunc(got[i].Foreign, w.foreign, analysis.Phrase.In) {
				t.Errorf("%q: expression %d has %d names, and %d foreign ones, want %v", text, i, len(got[i].Names), len(got[i].Foreign), w)
			}
		}
	}
}
