package analysis

// Token is one term of a text with its place.
type Token struct {
	Term string
	// Start and End are byte offsets into the text, half-open.
	Start, End int
	// Han marks pairs of Han characters and single ones; a pair overlaps the next.
	Han bool
	// Synonym marks the group that an expression belongs to; the expression's
	// own terms stand beside it.
	Synonym bool
}

// Tokens cuts a text into what matching compares: the stems, Han bigrams,
// single Han characters and synonym groups of Terms, with their places.
func (a *Analyzer) Tokens(text string) []Token {
	sequence := atoms(text)
	out := make([]Token, 0, 2*len(sequence))
	for i, at := range sequence {
		out = append(out, Token{Term: at.term, Start: at.start, End: at.end, Han: at.han})
		if i+1 < len(sequence) && bigram(sequence[i:]) {
			next := sequence[i+1]
			out = append(out, Token{Term: at.term + next.term, Start: at.start, End: next.end, Han: true})
		}
		a.synonyms.at(sequence, i, func(terms []string, n int) {
			for _, term := range terms {
				out = append(out, Token{Term: term, Start: at.start, End: sequence[i+n-1].end, Synonym: true})
			}
		})
	}
	return out
}
