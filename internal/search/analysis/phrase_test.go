package analysis_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"chengqiao/internal/search/analysis"
)

func TestAPhraseIsWordsInARow(t *testing.T) {
	a := analysis.New(nil)
	for _, c := range []struct {
		phrase, text string
		want         bool
	}{
		{"动力电池", "高寒地区动力电池组", true},
		{"動力電池", "高寒地区动力电池组", true},
		{"动力电池", "动力，电池", false},
		{"动力 电池", "动力，电池", true},
		{"动力 电池", "动力电池", true},
		{"动力 电池", "动力锂电池", false},
		{"lithium ion", "Lithium-Ion Batteries", true},
		{"ion battery", "lithium ions, batteries", true},
		{"lithium", "lithiumion", false},
		{"ion", "lithium-ion", true},
		{"fe基", "Fe基合金", true},
		{"fe基", "Fe 基合金", true},
		{"基 fe", "基fe2", false},
		{"池", "水池", true},
		{"", "水池", false},
	} {
		p := a.Phrase(c.phrase)
		if got := p.In(c.text); got != c.want {
			t.Errorf("%q in %q: %v", c.phrase, c.text, got)
		}
		if got := p.InWording(a.AppendWording(nil, c.text)); got != c.want {
			t.Errorf("%q in the wording of %q: %v", c.phrase, c.text, got)
		}
	}
}

// TestAWordingHoldsWhatItsTextDoes: the form that is searched fast answers as
// the text itself, and what holds a phrase is indexed under its units.
func TestAWordingHoldsWhatItsTextDoes(t *testing.T) {
	a := analysis.New(nil)
	alphabet := rapid.SampledFrom([]rune("电池池ab12 ，-éЙ\u0301か"))
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(alphabet, 0, 30, -1).Draw(t, "text")
		phrase := rapid.StringOfN(alphabet, 0, 5, -1).Draw(t, "phrase")
		p := a.Phrase(phrase)
		wording := append([]byte{2, 1}, a.AppendWording(nil, text)...)
		held := p.In(text)
		if got := p.InWording(append(wording, 0)); got != held {
			t.Fatalf("%q in %q: %v in the text, %v in its wording", phrase, text, held, got)
		}
		terms := a.Terms(text)
		all := true
		for _, u := range p.Units() {
			list := slices.Concat(terms.Words, terms.Wholes)
			if u.Class == analysis.Single {
				list = terms.Singles
			}
			all = all && slices.Contains(list, u.Term)
		}
		if held && !all || p.Indexed() && held != all {
			t.Fatalf("%q in %q: %v, indexed under all of it: %v", phrase, text, held, all)
		}
	})
}
