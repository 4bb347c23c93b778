package search

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"chengqiao/internal/search/analysis"
)

const (
	// passage is how many columns wide a highlight from a long text is: two lines of a
	// card, in Chinese as in English.
	passage = 240
	// lead is how much of it stands before the first mark, and longLead where the
	// mark's sentence begins there.
	lead     = 48
	longLead = 96
)

// Opening is the beginning of a text, as long as a passage, and whether the text goes
// on behind it.
func Opening(text string) (opening string, goesOn bool) {
	if analysis.Columns(text) <= passage {
		return text, false
	}
	return text[:passageEnd(text, 0, 0)], true
}

// around is the passage of a long text that holds some answers: from the beginning
// of their sentence or clause, or else of a word, to the end of a word.
func around(text string, answers analysis.Range) (from, to int) {
	from = passageBegin(text, answers)
	return from, passageEnd(text, from, answers.End)
}

// passageEnd is where a passage ends that begins somewhere and shows a text up to
// somewhere at least.
func passageEnd(text string, from, least int) int {
	full := forward(text, from, passage)
	to := full
	for to > max(least, from) && !parted(text, to) {
		to = before(text, to)
	}
	if to == from { // one endless word
		to = full
	}
	return max(len(strings.TrimRightFunc(text[:to], unicode.IsSpace)), least)
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
		near = next(text, near)
	}
	for near < answers.Start && strings.TrimLeftFunc(text[near:next(text, near)], unicode.IsSpace) == "" {
		near = next(text, near)
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
	for at := to; at >= from; at = before(text, at) {
		if at == 0 {
			return 0, true
		}
		first, _ := utf8.DecodeRuneInString(text[at:])
		if unicode.IsSpace(first) || strings.ContainsRune(closingSigns, first) {
			continue
		}
		said := strings.TrimRightFunc(text[:at], unicode.IsSpace)
		spaces := text[len(said):at]
		sign, _ := utf8.DecodeLastRuneInString(strings.TrimRight(said, closingSigns))
		if strings.Contains(spaces, "\n") || strings.ContainsRune(signs, sign) && (spaces != "" || sign >= utf8.RuneSelf) {
			return at, true
		}
	}
	return 0, false
}

// parted tells that a text can be cut at a place: not inside a word or a number,
// nor before what belongs to the character that it follows.
func parted(text string, at int) bool {
	last, _ := utf8.DecodeLastRuneInString(text[:at])
	first, _ := utf8.DecodeRuneInString(text[at:])
	switch {
	case at == 0 || at == len(text):
		return true
	case unicode.In(first, unicode.M, unicode.Cf, unicode.Sk) || unicode.Is(unicode.Cf, last):
		return false
	}
	return !inWord(last) || !inWord(first)
}

// inWord tells of characters that words and numbers are made of, in scripts that are
// written with spaces.
func inWord(r rune) bool {
	return !analysis.Ideograph(r) && (unicode.In(r, unicode.L, unicode.M, unicode.N) || strings.ContainsRune(".,-_/", r))
}

// before and next are the places of the characters beside one.
func before(text string, i int) int {
	_, size := utf8.DecodeLastRuneInString(text[:i])
	return i - size
}

func next(text string, i int) int {
	_, size := utf8.DecodeRuneInString(text[i:])
	return i + size
}

// back is the place n columns before i, or less where a character would be split.
func back(text string, i, n int) int {
	for i > 0 {
		at := before(text, i)
		if n -= analysis.Columns(text[at:i]); n < 0 {
			break
		}
		i = at
	}
	return i
}

// forward is the place n columns after i, or less.
func forward(text string, i, n int) int {
	for i < len(text) {
		at := next(text, i)
		if n -= analysis.Columns(text[i:at]); n < 0 {
			break
		}
		i = at
	}
	return i
}
