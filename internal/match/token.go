package match

import (
	"strings"
	"unicode/utf8"

	"chengqiao/internal/search/analysis"
)

// Token is one term of a text with its place: a stem, two Han characters, one of
// them, or a group of synonyms.
type Token = analysis.Token

// Analyser cuts a text into terms, in reading order and behind those that are
// there already: stems of words, and of Han runs every pair of neighbours and
// every single character.
type Analyser func(behind []Token, text string) []Token

// AnalyserOf cuts texts as search does, and closes up words that spaces were put into.
func AnalyserOf(a *analysis.Analyzer) Analyser {
	return func(behind []Token, text string) []Token {
		closed, places, ok := closeUp(text)
		if !ok {
			return a.AppendTokens(behind, text)
		}
		out := a.AppendTokens(behind, closed)
		for i := len(behind); i < len(out); i++ {
			out[i].Start, out[i].End = places[out[i].Start], places[out[i].End-1]+1
		}
		return out
	}
}

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

	classes = iota // how many there are
)

// ofHan tells of a class that its terms are Chinese alone.
func (c class) ofHan() bool { return c == pair || c == singleChar }

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
