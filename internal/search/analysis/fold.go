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

// simplifiedHan are the simplified forms of the usual Han characters, by their
// code: a text is folded by thousands of them.
var simplifiedHan = sync.OnceValue(func() *[lastHan - firstHan + 1]rune {
	var all [lastHan - firstHan + 1]rune
	for i := range all {
		all[i] = firstHan + rune(i)
		if s, ok := simplified()[all[i]]; ok {
			all[i] = s
		}
	}
	return &all
})

// folded is one character of the folded text with the place of the original
// bytes that it came from.
type folded struct {
	r          rune
	start, end int
}

// folder reads a text as it is folded, character by character: NFKC, lower
// case, Latin letters without diacritics, е for ё, simplified characters, format
// characters (soft hyphen, zero-width space) dropped. Invalid UTF-8 becomes a
// separator.
type folder struct {
	text string
	at   int
	// segment are the characters of one normalisation segment that are still to
	// be given.
	segment []folded
}

// next gives one character; false at the end.
func (f *folder) next() (folded, bool) {
	for len(f.segment) == 0 {
		i := f.at
		if i >= len(f.text) {
			return folded{}, false
		}
		r, size := utf8.DecodeRuneInString(f.text[i:])
		next, nextSize := utf8.DecodeRuneInString(f.text[i+size:])
		switch {
		case r < utf8.RuneSelf && (next < utf8.RuneSelf || nextSize == 0):
			f.at++
			return folded{asciiLower(r), i, i + 1}, true
		case plainHan(r) && (alone(next) || nextSize == 0):
			f.at += size
			if r == body && isWare(f.text[:i], next) {
				return folded{ware, i, i + size}, true
			}
			return folded{simplifiedHan()[r-firstHan], i, i + size}, true
		case wide(r) && (alone(next) || nextSize == 0):
			if form := wideForms()[r]; form != 0 {
				f.at += size
				return folded{form, i, i + size}, true
			}
		}
		f.foldSegment()
	}
	first := f.segment[0]
	f.segment = f.segment[1:]
	return first, true
}

// In Taiwan software is 軟體 and hardware 硬體, where the mainland has 软件 and 硬件; 软体 is
// a soft body, of an animal or a robot.
const (
	body, ware = '體', '件'
	soft, hard = "軟", "硬"
	softBodied = "動機致驅爬"
)

// isWare tells that 體 behind a text and before a character means ware.
func isWare(before string, next rune) bool {
	return strings.HasSuffix(before, hard) || strings.HasSuffix(before, soft) && !strings.ContainsRune(softBodied, next)
}

// foldSegment folds the one normalisation segment that begins here: a
// character and its combining marks.
func (f *folder) foldSegment() {
	start := f.at
	length := norm.NFKC.NextBoundaryInString(f.text[start:], true)
	if length <= 0 {
		length = len(f.text) - start
	}
	f.at = start + length
	f.segment = f.segment[:0]
	latin := false
	for _, r := range norm.NFKC.String(f.text[start:f.at]) {
		if r == body && isWare(f.text[:start], firstRune(f.text[f.at:])) {
			r = ware
		} else if s, ok := simplified()[r]; ok {
			r = s
		}
		if r >= utf8.RuneSelf {
			r = latinBase(r)
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
		if r = unicode.ToLower(r); r == 'ё' {
			r = 'е' // Russian is mostly written so
		}
		f.segment = append(f.segment, folded{r, start, f.at})
	}
}

// latinBase strips the diacritics of a Latin letter: é → e. Other scripts
// keep theirs, where a mark makes another letter (й).
func latinBase(r rune) rune {
	if !unicode.Is(unicode.Latin, r) {
		return r
	}
	base, _ := utf8.DecodeRuneInString(norm.NFKD.String(string(r)))
	return base
}

// wide tells the punctuation of Chinese and the characters of ASCII in the width
// of Han.
func wide(r rune) bool { return r >= 0x3000 && r <= 0x3020 || r >= 0xFF01 && r <= 0xFF5E }

// alone tells characters that never change with the one before them.
func alone(r rune) bool { return r < utf8.RuneSelf || plainHan(r) || wide(r) }

// wideForms are what wide characters fold to where they stand for themselves;
// those that fold to several have none.
var wideForms = sync.OnceValue(func() map[rune]rune {
	forms := map[rune]rune{}
	for r := rune(0x3000); r <= 0xFF5E; r++ {
		if !wide(r) {
			continue
		}
		f := folder{text: string(r)}
		if f.foldSegment(); len(f.segment) == 1 {
			forms[r] = f.segment[0].r
		}
	}
	return forms
})

// The Han characters that NFKC leaves as they are.
const firstHan, lastHan = 0x4E00, 0x9FFF

func plainHan(r rune) bool { return r >= firstHan && r <= lastHan }

func asciiLower(r rune) rune {
	if r >= 'A' && r <= 'Z' {
		return r + 'a' - 'A'
	}
	return r
}
