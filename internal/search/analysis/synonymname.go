package analysis

// SynonymName is an expression of the synonym list.
type SynonymName struct {
	Text string // as it is written
	Key  string
}

// SynonymNames visits the expressions of the synonym list that answer what was
// typed, each once.
func (a *Analyzer) SynonymNames(t Typed, visit func(x SynonymName, closeness Closeness)) {
	s := a.synonyms
	seen := map[uint32]bool{}
	look := func(name uint32) {
		if seen[name] {
			return
		}
		seen[name] = true
		for ; int(name) < len(s.expressions); name++ { // those of one key follow each other
			x := s.expressions[name]
			c := t.Closeness(x.Key)
			if c == Apart {
				return
			}
			visit(x, c)
			if int(name)+1 == len(s.expressions) || s.expressions[name+1].Key != x.Key {
				return
			}
		}
	}
	s.names.Answering(t, func(name uint32, _ Closeness) { look(name) })
	s.names.scattered(t, look)
}
