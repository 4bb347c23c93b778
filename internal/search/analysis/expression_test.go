package analysis_test

import (
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
			if !got[i].In(w) {
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
		a.Expressions(c.expression)[0].Sightings(a.AppendWording(nil, c.text), func(s analysis.Sighting) {
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
