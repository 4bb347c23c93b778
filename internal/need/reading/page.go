package reading

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"chengqiao/internal/text"
)

// page is a text with its folded form, in which full width and compatibility characters
// are plain. Everything is found in the folded form, and taken from the text.
type page struct {
	raw    string
	folded string
	// at is where each byte of the folded form stands in the text, and its end.
	at      []int
	chinese bool
}

// stretch is a part of the folded form, in bytes.
type stretch struct{ start, end int }

func (s stretch) empty() bool { return s.start >= s.end }

func (s stretch) holds(other stretch) bool { return s.start <= other.start && other.end <= s.end }

func (s stretch) meets(other stretch) bool { return s.start < other.end && other.start < s.end }

func newPage(raw string) page {
	p := page{raw: raw}
	var b strings.Builder
	for at, r := range raw {
		plain := string(r)
		switch {
		case r == utf8.RuneError:
			plain = " "
		case r == '\u2028' || r == '\u2029' || r == '\v' || r == '\f' || r == '\r':
			plain = "\n"
		case r == '\u2212':
			plain = "-"
		case keptApart(r):
		default:
			plain = norm.NFKC.String(plain)
		}
		for range len(plain) {
			p.at = append(p.at, at)
		}
		b.WriteString(plain)
	}
	p.at = append(p.at, len(raw))
	p.folded = b.String()
	p.chinese = mostlyHan(p.folded)
	return p
}

// keptApart are characters whose plain form would be read with what stands beside them:
// raised and lowered numbers, those in circles, and degrees, whose sign begins a word.
func keptApart(r rune) bool {
	return unicode.Is(unicode.No, r) || r == '…' || r == '℃' || r == '℉'
}

// mostlyHan tells whether a text is Chinese: an English need may name a Chinese company.
func mostlyHan(s string) bool {
	han, latin := 0, 0
	for _, r := range s {
		switch {
		case unicode.Is(unicode.Han, r):
			han++
		case unicode.Is(unicode.Latin, r):
			latin++
		}
	}
	return han > 0 && han*8 >= latin
}

// of is a stretch of the folded form.
func (p *page) of(s stretch) string { return p.folded[s.start:s.end] }

// passage is where a stretch stands in the text, in whole characters.
func (p *page) passage(s stretch) Passage {
	end := s.end
	for end < len(p.at)-1 && end > s.start && p.at[end] == p.at[end-1] {
		end++
	}
	return Passage{Start: p.at[s.start], End: p.at[end]}
}

// said is what the text says in a stretch, as it was written.
func (p *page) said(s stretch) string {
	at := p.passage(s)
	return strings.ToValidUTF8(p.raw[at.Start:at.End], " ")
}

// trim is a stretch without space, and some further characters, at its ends.
func (p *page) trim(s stretch, further string) stretch {
	off := func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(further, r) }
	s.start = s.end - len(strings.TrimLeftFunc(p.of(s), off))
	s.end = s.start + len(strings.TrimRightFunc(p.of(s), off))
	return s
}

// inLanguage is a text in the language in which its line is written: that of its script,
// and a line of few letters, as a formula, in that of the page.
func (p *page) inLanguage(s string) text.Text {
	if text.Han(s) || p.chinese && len(strings.Fields(s)) < leastWords {
		return text.Zh(s)
	}
	return text.En(s)
}

// leastWords is how many words a line without a Han character has at least that is in
// English amid Chinese.
const leastWords = 8

// lines are the stretches between line breaks that have anything to read.
func (p *page) lines() []stretch {
	var out []stretch
	for start := 0; start < len(p.folded); {
		end := start + strings.IndexByte(p.folded[start:], '\n')
		if end < start {
			end = len(p.folded)
		}
		if line := p.trim(stretch{start, end}, ""); !line.empty() && !text.Blank(p.of(line)) {
			out = append(out, line)
		}
		start = end + 1
	}
	return out
}

// cut are the parts of a stretch between separators, which belong to neither.
func (p *page) cut(s stretch, separates func(before, at, behind rune) bool) []stretch {
	var out []stretch
	start := s.start
	before := ' '
	for i, r := range p.of(s) {
		at := s.start + i
		behind, _ := utf8.DecodeRuneInString(p.folded[min(at+utf8.RuneLen(r), s.end):s.end])
		if separates(before, r, behind) {
			if part := p.trim(stretch{start, at}, ""); !part.empty() {
				out = append(out, part)
			}
			start = at + utf8.RuneLen(r)
		}
		before = r
	}
	if part := p.trim(stretch{start, s.end}, ""); !part.empty() {
		out = append(out, part)
	}
	return out
}

// endsSentence tells whether a sentence ends with a character.
func endsSentence(_, r, behind rune) bool {
	switch r {
	case '。', ';', '!', '?', '\n', '…':
		return true
	case '.':
		return unicode.IsSpace(behind) || behind == utf8.RuneError
	}
	return false
}

// endsClause tells whether a clause ends with a character: a comma that sets no
// thousands apart.
func endsClause(before, r, behind rune) bool {
	return r == ',' && !(unicode.IsDigit(before) && unicode.IsDigit(behind)) || endsSentence(before, r, behind)
}
