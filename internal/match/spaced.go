package match

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// leastApart is how many Han characters stand by themselves in a row where they are the
// letters of words that spaces were put into, and no list of names. Three that are all
// of a text are such too.
const (
	leastApart    = 5
	leastApartAll = 3
)

// closeUp takes the spaces out from between Han characters that all stand by themselves,
// as texts have them that were read from a picture or set wide: 液 压 支 架. places says
// for each byte where it was; ok is false where there are none.
func closeUp(text string) (closed string, places []int, ok bool) {
	gaps := gapsOf(text)
	if len(gaps) == 0 {
		return "", nil, false
	}
	var b strings.Builder
	b.Grow(len(text))
	places = make([]int, 0, len(text))
	from := 0
	keep := func(to int) {
		b.WriteString(text[from:to])
		for ; from < to; from++ {
			places = append(places, from)
		}
	}
	for _, gap := range gaps {
		keep(gap.start)
		from = gap.end
	}
	keep(len(text))
	return b.String(), places, true
}

// gapsOf are the spaces between Han characters that stand by themselves, in rows of
// leastApart or more. What is no Han character may stand in such a row, but no other
// word of several.
func gapsOf(text string) []extent {
	if !mayBeSpaced(text) {
		return nil
	}
	var gaps, row []extent
	alone, end := 0, -1 // of the row: how many, and where the last of them ends
	all := true
	finish := func() {
		if alone >= leastApart || all && alone >= leastApartAll {
			gaps = append(gaps, row...)
		}
		row, alone, end = row[:0:0], 0, -1
	}
	for at := 0; at < len(text); {
		first, size := utf8.DecodeRuneInString(text[at:])
		if unicode.IsSpace(first) {
			if at += size; first != ' ' && first != '\u3000' {
				end = -1 // another line
			}
			continue
		}
		start, letters, others := at, 0, 0
		var letter extent
		for at < len(text) {
			r, size := utf8.DecodeRuneInString(text[at:])
			if unicode.IsSpace(r) {
				break
			}
			switch {
			case unicode.Is(unicode.Han, r):
				letters, letter = letters+1, extent{at, at + size}
			case unicode.IsLetter(r), unicode.IsDigit(r):
				others++
			}
			at += size
		}
		switch {
		case letters > 1:
			all = false
			finish()
		case letters == 1 && others == 0: // perhaps with a sign before or behind it
			if alone++; end >= 0 && letter.start == start {
				row = append(row, extent{end, start})
			}
			if end = -1; letter.end == at {
				end = at
			}
		default:
			all, end = all && others == 0, -1
		}
	}
	finish()
	return gaps
}

// mayBeSpaced tells of most texts at a glance that there are no such rows in them.
func mayBeSpaced(text string) bool {
	const lead, bytes = 0xE3, 3 // of a usual Han character
	for at := strings.IndexByte(text, ' '); at >= 0 && at+bytes < len(text); {
		if behind := at + 1 + bytes; text[at+1] >= lead && (behind == len(text) || text[behind] == ' ') {
			return true
		}
		next := strings.IndexByte(text[at+1:], ' ')
		if next < 0 {
			break
		}
		at += 1 + next
	}
	return strings.Contains(text, "\u3000")
}

// withoutGaps is an expression as it is told: without spaces between Han characters.
func withoutGaps(s string) string {
	if !strings.ContainsAny(s, " \u3000") {
		return s
	}
	var b strings.Builder
	for i, r := range s {
		if r == ' ' || r == '\u3000' {
			before, _ := utf8.DecodeLastRuneInString(s[:i])
			behind, _ := utf8.DecodeRuneInString(strings.TrimLeft(s[i:], " \u3000"))
			if unicode.Is(unicode.Han, before) && unicode.Is(unicode.Han, behind) {
				continue
			}
		}
		b.WriteRune(r)
	}
	return b.String()
}
