package match

import (
	"strings"
	"unicode/utf8"

	"chengqiao/internal/search/analysis"
)

// Token is one term of a text with its place.
type Token struct {
	// Term is the normalised form: a stem, two Han characters, or one.
	Term string
	// Start and End are the place in the text in bytes, half-open.
	Start, End int
	// Han marks a term of Chinese characters; such terms overlap.
	Han bool
	// Synonym marks a group of expressions that mean the same; the words of the
	// expression stand beside it as tokens of their own.
	Synonym bool
}

// Analyser cuts a text into terms, in reading order: stems of words, and of
// Han runs every pair of neighbours and every single character.
type Analyser func(text string) []Token

// single tells whether the token is one Han character, which says little
// beside the pairs it stands in.
func (t Token) single() bool { return t.Han && singleHan(t.Term) }

func singleHan(term string) bool {
	r, size := utf8.DecodeRuneInString(term)
	return size == len(term) && ideograph(r)
}

// ideograph tells whether a character is of a script that is cut into pairs.
func ideograph(r rune) bool { return r > 0x2E7F } // where the ideographic blocks begin

// class tells terms apart by what they are made of: they count differently,
// and each language is measured by itself.
type class uint8

const (
	word         class = iota
	pair               // two Han characters
	singleChar         // one Han character
	synonymGroup       // of no language
)

func classOf(term string) class {
	r, _ := utf8.DecodeRuneInString(term)
	switch {
	case strings.HasPrefix(term, analysis.SynonymMark):
		return synonymGroup
	case singleHan(term):
		return singleChar
	case ideograph(r):
		return pair
	}
	return word
}

// AnalyserOf cuts texts as search does.
func AnalyserOf(a *analysis.Analyzer) Analyser {
	return func(s string) []Token {
		tokens := a.Tokens(s)
		out := make([]Token, len(tokens))
		for i, t := range tokens {
			out[i] = Token(t)
		}
		return out
	}
}
