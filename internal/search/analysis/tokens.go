package analysis

import (
	"slices"
	"sync"
	"unicode/utf8"
)

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

// Single tells whether the token is one Han character, which says little beside
// the pairs that it stands in.
func (t Token) Single() bool {
	if !t.Han {
		return false
	}
	_, size := utf8.DecodeRuneInString(t.Term)
	return size == len(t.Term)
}

// sequences are rooms for the atoms of a text, which are needed only as long as
// its tokens are made.
var sequences = sync.Pool{New: func() any { return new([]atom) }}

// AppendTokens cuts a text into what matching compares, behind the tokens that
// are there already: the stems, Han bigrams, single Han characters and synonym
// groups of Terms, with their places.
func (a *Analyzer) AppendTokens(out []Token, text string) []Token {
	room := sequences.Get().(*[]atom)
	defer sequences.Put(room)
	sequence := cutBehind((*room)[:0], text)
	*room = sequence
	count := len(sequence)
	for i := range sequence[:max(count-1, 0)] {
		if bigram(sequence[i:]) {
			count++
		}
	}
	out = slices.Grow(out, count)
	for i := range sequence {
		at := &sequence[i]
		out = append(out, Token{Term: at.term, Start: at.start, End: at.end, Han: at.han})
		if i+1 < len(sequence) && bigram(sequence[i:]) {
			next := &sequence[i+1]
			out = append(out, Token{Term: bigramOf(text, at, next), Start: at.start, End: next.end, Han: true})
		}
		a.synonyms.at(sequence, i, func(terms []string, n int) {
			for _, term := range terms {
				out = append(out, Token{Term: term, Start: at.start, End: sequence[i+n-1].end, Synonym: true})
			}
		})
	}
	return out
}

// bigramOf is the term of two Han characters: cut from the text, without a copy,
// where it is written as it is folded.
func bigramOf(text string, a, b *atom) string {
	if written := text[a.start:b.end]; len(written) == len(a.term)+len(b.term) && written[:len(a.term)] == a.term && written[len(a.term):] == b.term {
		return written
	}
	return a.term + b.term
}
