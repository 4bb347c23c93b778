package analysis

import (
	_ "embed"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

//go:embed simplified.txt
var simplifiedPairs string

// simplified maps a traditional character to its simplified form.
var simplified = sync.OnceValue(func() map[rune]rune {
	table := make(map[rune]rune, 3000)
	for line := range strings.Lines(simplifiedPairs) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		pairs := []rune(strings.TrimSpace(line))
		for i := 0; i+1 < len(pairs); i += 2 {
			table[pairs[i]] = pairs[i+1]
		}
	}
	return table
})

// folded is one character of the folded text with the place of the original
// bytes that it came from.
type folded struct {
	r          rune
	start, end int
}

// fold makes writings of one text equal: NFKC, lower case, Latin letters
// without diacritics, simplified characters, format characters (soft hyphen,
// zero-width space) dropped. Invalid UTF-8 becomes a separator.
func fold(text string) []folded {
	out := make([]folded, 0, len(text)/2)
	table := simplified()
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		next, nextSize := utf8.DecodeRuneInString(text[i+size:])
		switch {
		case r < utf8.RuneSelf && (next < utf8.RuneSelf || nextSize == 0):
			out = append(out, folded{asciiLower(r), i, i + 1})
			i++
		case plainHan(r) && !unicode.Is(unicode.Mn, next):
			if s, ok := table[r]; ok {
				r = s
			}
			out = append(out, folded{r, i, i + size})
			i += size
		default:
			i += foldSegment(text, i, &out)
		}
	}
	return out
}

// foldSegment folds the one normalisation segment that begins at start (a
// character and its combining marks) and returns its length in bytes.
func foldSegment(text string, start int, out *[]folded) int {
	length := norm.NFKC.NextBoundaryInString(text[start:], true)
	if length <= 0 {
		length = len(text) - start
	}
	end := start + length
	latin := false
	for _, r := range norm.NFKC.String(text[start:end]) {
		if s, ok := simplified()[r]; ok {
			r = s
		}
		if r > unicode.MaxLatin1 || r >= utf8.RuneSelf {
			if base, ok := latinBase(r); ok {
				r = base
			}
		}
		switch {
		case unicode.Is(unicode.Cf, r):
			continue
		case latin && unicode.Is(unicode.Mn, r):
			continue
		case r == utf8.RuneError:
			r = ' '
		}
		latin = unicode.Is(unicode.Latin, r)
		*out = append(*out, folded{unicode.ToLower(r), start, end})
	}
	return length
}

// latinBase strips the diacritics of a Latin letter: é → e. Other scripts
// keep theirs, where a mark makes another letter (й).
func latinBase(r rune) (rune, bool) {
	if !unicode.Is(unicode.Latin, r) {
		return r, false
	}
	base, _ := utf8.DecodeRuneInString(norm.NFKD.String(string(r)))
	return base, base != r
}

// The Han characters that NFKC leaves as they are.
const firstHan, lastHan = 0x4E00, 0x9FFF

func plainHan(r rune) bool { return r >= firstHan && r <= lastHan }

func asciiLower(r rune) rune {
	if r >= 'A' && r <= 'Z' {
		return r + 'a' - 'A'
	}
	return r
}
