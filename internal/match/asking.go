package match

import (
	"slices"

	"chengqiao/internal/search/analysis"
)

// asker cuts the texts of needs into what they seek.
type asker struct {
	analyse Analyser
	seeker  *analysis.Seeker
}

func newAsker(analyse Analyser, m TermModel) *asker {
	return &asker{analyse, analysis.NewSeeker(analyse, m.Asking, m.Common)}
}

// leastSought is how many words and pairs of Han characters say what is sought at least.
const leastSought = 3

// cutting is how the texts of a view are cut, by field: those of a need into what
// is sought. One that says hardly anything of it is taken by its word.
func (x *Index) cutting(v *View, of side) func(Field) Analyser {
	if of == needs && x.asker.finds(v) {
		return x.asker.cutting
	}
	return func(Field) Analyser { return x.analyse }
}

// cutting is how the texts of a field of a need are cut. Keywords are those of what
// is sought.
func (a *asker) cutting(f Field) Analyser {
	if f == Keywords {
		return a.analyse
	}
	return a.seeker.Cut
}

// finds tells whether a need says what it seeks. Mostly its title does.
func (a *asker) finds(v *View) bool {
	var said []string
	var tokens []Token
	for f := range fieldCount {
		for _, text := range v.Texts[f] {
			tokens = a.cutting(f)(tokens[:0], text)
			for _, t := range tokens {
				if t.Synonym || t.Single() || slices.Contains(said, t.Term) {
					continue
				}
				if said = append(said, t.Term); len(said) == leastSought {
					return true
				}
			}
		}
	}
	return false
}
