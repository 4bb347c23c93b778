package analysis

// SynonymName is an expression of the synonym list.
type SynonymName struct {
	Text string // as it is written
	Key  string
}

// SynonymNames are all expressions of the synonym list; they are not to be changed.
func (a *Analyzer) SynonymNames() []SynonymName { return a.synonyms.expressions }
