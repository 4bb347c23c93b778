package analysis

import (
	"strings"
	"unicode/utf8"
)

// Piece is a word or a stretch of touching Han characters in a text.
type Piece struct {
	// Start and End are byte offsets into the text, half-open.
	Start, End int
	// Text is folded.
	Text string
	Han  bool
}

// Pieces cuts a text into words and Han stretches.
func Pieces(text string) []Piece {
	var out []Piece
	c := cut(text)
	c.unstemmed = true // pieces are what is written
	for at, ok := c.next(); ok; at, ok = c.next() {
		switch n := len(out) - 1; {
		case !at.han:
			out = append(out, Piece{Start: at.start, End: at.end, Text: at.word})
		case n >= 0 && at.joined && out[n].Han:
			out[n].Text += at.term
			out[n].End = at.end
		default:
			out = append(out, Piece{Start: at.start, End: at.end, Text: at.term, Han: true})
		}
	}
	return out
}

// Syllables is of how many syllables of pinyin a word consists; 0 if it is not
// pinyin through and through.
func Syllables(word string) int {
	if !isLetters(word) {
		return 0
	}
	return len(syllabify(word))
}

// Pinyin gives the spellings of a stretch of Han characters as a whole.
func Pinyin(stretch string) []string {
	spelled := []string{""}
	for _, r := range stretch {
		read := readings()[r]
		if len(read) == 0 {
			return nil
		}
		spelled = extend(spelled, read)
	}
	return spelled
}

// Spelled visits the stretches of a text's Han characters whose pinyin is a
// word, from end to end, and tells whether they stand there as words of their own.
func Spelled(text, word string, visit func(stretch string, at Sighting)) {
	for _, p := range Pieces(text) {
		if !p.Han {
			continue
		}
		for i := range p.Text {
			if end := i + soundsUntil(p.Text[i:], word, 0); end > i {
				before, _ := utf8.DecodeLastRuneInString(p.Text[:i])
				after, _ := utf8.DecodeRuneInString(p.Text[end:])
				visit(p.Text[i:end], Sighting{Begins: i == 0 || parts(before), Ends: end == len(p.Text) || parts(after)})
			}
		}
	}
}

// soundsUntil is the length of the beginning of s, two characters or more, that
// is spelled like a sound; 0 if none is.
func soundsUntil(s, sound string, characters int) int {
	if sound == "" {
		return 0
	}
	r, size := utf8.DecodeRuneInString(s)
	for _, reading := range readings()[r] {
		if !strings.HasPrefix(sound, reading) {
			continue
		}
		if rest := sound[len(reading):]; rest == "" && characters > 0 {
			return size
		} else if end := soundsUntil(s[size:], rest, characters+1); end > 0 {
			return size + end
		}
	}
	return 0
}

// Edits is how many edits lead from one word to another: a letter more, less or
// another, or two neighbours swapped. More than max gives max + 1.
func Edits(a, b string, max int) int {
	x, y := []rune(a), []rune(b)
	if len(x)-len(y) > max || len(y)-len(x) > max {
		return max + 1
	}
	return min(distance(x, y), max+1)
}

// MaxEdits is the tolerance for a misspelled word: 0 where another letter makes
// another word.
func MaxEdits(word string) int { return typos(word) }
