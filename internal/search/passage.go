package search

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"chengqiao/internal/search/analysis"
)

const (
	// passage is the length in characters of a highlight from a long text.
	passage = 120
	// lead is how much of it stands before the first mark, and longLead where the
	// mark's sentence begins there.
	lead     = 24
	longLead = 48
)

// around is the passage of a long text that holds some answers: from the beginning
// of their sentence or clause, or else of a word, to the end of a word.
func around(text string, answers analysis.Range) (from, to int) {
	from = passageBegin(text, answers)
	to = forward(text, from, passage)
	for to > answers.End && !parted(text, to) {
		to = back(text, to, 1)
	}
	return from, max(to, answers.End)
}

func passageBegin(text string, answers analysis.Range) int {
	far, near, until := back(text, answers.Start, longLead), back(text, answers.Start, lead), answers.Start
	if last := back(text, len(text), passage); last < near { // what comes behind is all shown
		far, near, until = last, last, min(until, forward(text, last, lead))
	}
	earliest := min(back(text, answers.End, passage), answers.Start)
	far, near, until = max(far, earliest), max(near, earliest), max(until, earliest)
	if at, ok := lastBegin(text, far, until, sentenceEnds); ok {
		return at
	}
	if at, ok := lastBegin(text, near, until, clauseEnds); ok {
		return at
	}
	for near < answers.Start && !parted(text, near) {
		near = forward(text, near, 1)
	}
	return near
}

// The signs that end sentences and clauses: of Chinese, and of other scripts, where a
// space follows.
const (
	sentenceEnds = "。！？；.!?;"
	clauseEnds   = sentenceEnds + "，、：,:"
	closingSigns = "”’」』》）\"')]"
)

// lastBegin is the last place of a stretch, its end included, at which something
// begins behind one of some signs, a line's end, or nothing.
func lastBegin(text string, from, to int, signs string) (place int, ok bool) {
	for at := to; at >= from; at = back(text, at, 1) {
		if at == 0 {
			return 0, true
		}
		next, _ := utf8.DecodeRuneInString(text[at:])
		if unicode.IsSpace(next) || strings.ContainsRune(closingSigns, next) {
			continue
		}
		before := strings.TrimRightFunc(text[:at], unicode.IsSpace)
		spaces := text[len(before):at]
		sign, _ := utf8.DecodeLastRuneInString(strings.TrimRight(before, closingSigns))
		if strings.Contains(spaces, "\n") || strings.ContainsRune(signs, sign) && (spaces != "" || sign >= utf8.RuneSelf) {
			return at, true
		}
	}
	return 0, false
}

// parted tells that a text can be cut at a place: not inside a word or a number,
// nor before what belongs to the character that it follows.
func parted(text string, at int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:at])
	after, _ := utf8.DecodeRuneInString(text[at:])
	switch {
	case at == 0 || at == len(text):
		return true
	case unicode.In(after, unicode.M, unicode.Cf, unicode.Sk) || unicode.Is(unicode.Cf, before):
		return false
	}
	return !inWord(before) || !inWord(after)
}

// inWord tells of characters that words and numbers are made of, in scripts that are
// written with spaces.
func inWord(r rune) bool {
	return !analysis.Ideograph(r) && (unicode.In(r, unicode.L, unicode.M, unicode.N) || strings.ContainsRune(".,-_/", r))
}

// back is the place n characters before i.
func back(text string, i, n int) int {
	for ; n > 0 && i > 0; n-- {
		_, size := utf8.DecodeLastRuneInString(text[:i])
		i -= size
	}
	return i
}

// forward is the place n characters after i.
func forward(text string, i, n int) int {
	for ; n > 0 && i < len(text); n-- {
		_, size := utf8.DecodeRuneInString(text[i:])
		i += size
	}
	return i
}
