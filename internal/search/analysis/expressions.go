package analysis

// Expression is one of the synonym list's.
type Expression struct {
	Text string // as it is written
	Key  string
}

// Expressions are all of the synonym list's; they are not to be changed.
func (a *Analyzer) Expressions() []Expression { return a.synonyms.expressions }
