package analysis_test

import (
	"testing"

	"chengqiao/internal/search/analysis"
)

func TestSynonymNamesAreFoundAsIfEachWereLookedAt(t *testing.T) {
	groups := [][]string{
		{"锂离子电池", "锂电池", "lithium-ion battery", "Li-ion battery"},
		{"电池", "battery"},
		{"磷酸铁锂", "LFP", "lithium iron phosphate"},
		{"滴灌", "drip irrigation"},
		{"LITHIUM-ION battery", "锂离子蓄电池"},
	}
	synonyms, err := analysis.NewSynonyms(groups)
	if err != nil {
		t.Fatal(err)
	}
	analyzer := analysis.New(synonyms)
	for _, text := range []string{
		"l", "li", "lith", "lithium", "lithium ion", "ion", "battery", "bat", "phosphate lith", "lith phos", "bat lith",
		"锂", "电", "电池", "离子", "灌", "dianchi", "dc", "lidianchi", "ldc", "di", "diguan", "lin", "lsuan", "x", "zz", "irri dr",
	} {
		typed := analysis.NewTyped(text)
		want := map[string]analysis.Closeness{}
		for _, group := range groups {
			for _, expression := range group {
				if c := typed.Closeness(analysis.Key(expression)); c != analysis.Apart {
					want[expression] = c
				}
			}
		}
		analyzer.SynonymNames(typed, func(x analysis.SynonymName, c analysis.Closeness) {
			if w, ok := want[x.Text]; !ok || w != c {
				t.Errorf("%q: %q answers as %d once, want %d once", text, x.Text, c, w)
			}
			delete(want, x.Text)
		})
		for expression := range want {
			t.Errorf("%q: %q is missing", text, expression)
		}
	}
}
