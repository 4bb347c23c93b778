package analysis

// Terms are what one text is indexed under.
type Terms struct {
	// Words are stems and Han bigrams in reading order, then synonym groups and
	// values.
	Words []string
	// Wholes are the stems of compounds whose parts are among the words: the same
	// said again, which does not make a text longer.
	Wholes []string
	// Names are the terms of names of several words whose group is among the words; they
	// do not make a text longer either.
	Names []string
	// Singles are the Han characters, for queries of one character. They are
	// kept apart so that they do not weigh on the length of Words.
	Singles []string
}

// Terms cuts a text into what it is indexed under.
func (a *Analyzer) Terms(text string) Terms { return a.termsOf(read(text)) }

func (a *Analyzer) termsOf(s *said) Terms {
	sequence := s.atoms
	t := Terms{Words: make([]string, 0, len(sequence)), Wholes: s.wholes, Singles: make([]string, 0, len(sequence))}
	for i, at := range sequence {
		if !at.han {
			t.Words = append(t.Words, at.term)
			continue
		}
		t.Singles = append(t.Singles, at.term)
		if i+1 < len(sequence) && bigram(sequence[i:]) {
			t.Words = append(t.Words, at.term+sequence[i+1].term)
		}
	}
	for i := range sequence {
		a.synonyms.at(sequence, i, func(terms []string, _ int) {
			t.Words = append(t.Words, terms...)
			for _, group := range terms {
				t.Names = append(t.Names, a.synonyms.spaced.ofGroup[group]...)
			}
		})
		if term, n := value(s.text, sequence, i); n > 0 {
			t.Words = append(t.Words, term)
		}
	}
	return t
}

// Spellings gives the pinyin of a text's Han stretches, as words (电池 →
// dianchi) and by initials (dc). Meant for titles, keywords and names: in
// running text every English word would find a stretch that sounds like it.
func (a *Analyzer) Spellings(text string) (words, initials []string) {
	return spellings(atoms(text))
}

// bigram tells whether the first two atoms are Han characters that touch.
func bigram(sequence []atom) bool {
	return len(sequence) > 1 && sequence[0].han && sequence[1].han && sequence[1].joined
}
