package analysis_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"chengqiao/internal/search/analysis"
)

// A passage is marked as the whole text is, as far as it reaches.
func TestAPassageIsMarkedAsTheWholeTextIs(t *testing.T) {
	synonyms, err := analysis.ParseSynonyms([]byte("fields: {new_energy: [[锂电池, lithium ion battery]], agriculture: [[玉米, maize]]}"))
	if err != nil {
		t.Fatal(err)
	}
	a := analysis.New(synonyms)
	pieces := []string{"锂", "电池", "锂电池", "lithium ", "ion ", "battery ", "玉米", "maize", "，", "。", " ", "低温", "é", "Ⅳ", "dianchi", "x"}
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string, n int) string {
			return strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, n).Draw(t, name), "")
		}
		text, query := draw("text", 60), draw("query", 4)
		spelling, loose := rapid.Bool().Draw(t, "spelling"), rapid.Bool().Draw(t, "loose")
		reach := rapid.IntRange(0, 80).Draw(t, "reach")
		marker := a.Marker(a.Plan(query), loose)
		whole, passage := marker.Marks(text, spelling), marker.Passage(text, spelling, reach)
		if len(whole) == 0 || len(passage) == 0 {
			if len(whole) != len(passage) {
				t.Fatalf("%q in %q: %v, of the whole %v", query, text, passage, whole)
			}
			return
		}
		for i := range min(len(text), whole[0].Start+reach) {
			if inside(whole, i) != inside(passage, i) {
				t.Fatalf("%q in %q, byte %d: %v, of the whole %v", query, text, i, passage, whole)
			}
		}
	})
}

func inside(marks []analysis.Range, i int) bool {
	for _, m := range marks {
		if m.Start <= i && i < m.End {
			return true
		}
	}
	return false
}
