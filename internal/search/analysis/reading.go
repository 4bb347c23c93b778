package analysis

// Reading reads the texts of one document, each of them once, however often it is asked
// for and for what: a title is text as well, and all of it is indexed, spelled and kept
// as it is worded. It is for one goroutine.
type Reading struct {
	analyzer *Analyzer
	texts    map[string]*said
}

// Reading begins the reading of a document.
func (a *Analyzer) Reading() *Reading { return &Reading{analyzer: a, texts: map[string]*said{}} }

// Terms are what a text is indexed under; they are to be read alone.
func (r *Reading) Terms(text string) Terms {
	s := r.said(text)
	if s.terms == nil {
		t := r.analyzer.termsOf(s)
		s.terms = &t
	}
	return *s.terms
}

// AppendWording writes a text's wording behind b.
func (r *Reading) AppendWording(b []byte, text string) []byte { return r.said(text).appendWording(b) }

// Names begins the names of several words that the document has.
func (r *Reading) Names() *Names { return r.analyzer.Names() }

// Spellings are a text's pinyin; see Analyzer.Spellings.
func (r *Reading) Spellings(text string) (words, initials []string) {
	return spellings(r.said(text).atoms)
}

func (r *Reading) said(text string) *said {
	s := r.texts[text]
	if s == nil {
		s = read(text)
		r.texts[text] = s
	}
	return s
}

// said is what a text says.
type said struct {
	text  string
	atoms []atom
	// wholes are the stems of the compounds whose parts are among its words.
	wholes []string
	terms  *Terms // once they were asked for
}

func read(text string) *said {
	s := &said{text: text, atoms: atoms(text)}
	for i := range s.atoms {
		compounds(s.atoms[i:], false, func(whole string, _ int) { s.wholes = append(s.wholes, stem(whole)) })
	}
	return s
}
