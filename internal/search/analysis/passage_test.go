package analysis_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"chengqiao/internal/search/analysis"
)

// A passage is marked as the whole text is, and no other stretch of its length
// answers more.
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
		width := rapid.IntRange(1, 60).Draw(t, "width")
		marker := a.Marker(a.Plan(query), loose)
		whole, passage := marker.Marks(text, spelling), marker.Passage(text, spelling, width, 2)
		if len(whole) == 0 || passage.Worth == 0 {
			if len(whole) != len(passage.Marks) || passage.Worth != 0 {
				t.Fatalf("%q in %q: %+v, of the whole %v", query, text, passage, whole)
			}
			return
		}
		for i := range reach(text, passage.Start, width+2) {
			if inside(whole, i) != inside(passage.Marks, i) {
				t.Fatalf("%q in %q, byte %d: %+v, of the whole %v", query, text, i, passage, whole)
			}
		}
		for i, from := range whole {
			for _, to := range whole[i:] {
				stretch := text[from.Start:to.End]
				if analysis.Columns(stretch) <= width && marker.Passage(stretch, spelling, width, 2).Worth > passage.Worth {
					t.Fatalf("%q in %q: %q answers more than %+v", query, text, stretch, passage)
				}
			}
		}
	})
}

// reach is so many columns behind a place.
func reach(text string, at, width int) int {
	for _, r := range text[at:] {
		if width -= analysis.Columns(string(r)); width < 0 {
			break
		}
		at += len(string(r))
	}
	return at
}

func inside(marks []analysis.Range, i int) bool {
	for _, m := range marks {
		if m.Start <= i && i < m.End {
			return true
		}
	}
	return false
}
