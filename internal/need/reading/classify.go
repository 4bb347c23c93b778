package reading

import (
	"regexp"
	"slices"
	"strings"
)

const (
	// leastCues is how much the words that tell of a field have to come to, where one in
	// the title counts twice; and twice as much as those of any other.
	leastCues = 3
	inTitle   = 2
	shownCues = 4
)

// readField proposes the technical field that the words tell of, without doubt.
func (d *draft) readField() {
	if d.has("technical_field") || d.unread["technical_field"] {
		return
	}
	title := strings.ToLower(d.out.Content.Title.Zh + " " + d.out.Content.Title.En)
	body := strings.ToLower(d.folded)
	best, second := 0, 0
	var code string
	var seen []stretch
	for _, field := range d.lexicon.fields {
		n := 0
		var at []stretch
		for _, word := range field.words {
			i := tells(body, word)
			if i < 0 {
				continue
			}
			n++
			if tells(title, word) >= 0 {
				n += inTitle - 1
			}
			if len(body) == len(d.folded) && len(at) < shownCues {
				at = append(at, stretch{i, i + len(word)})
			}
		}
		if n > best {
			best, second, code, seen = n, best, field.code, at
		} else {
			second = max(second, n)
		}
	}
	if best < leastCues || best < 2*second || len(seen) == 0 {
		return
	}
	slices.SortFunc(seen, func(a, b stretch) int { return a.start - b.start })
	d.out.Content.TechnicalField = code
	d.from("technical_field", "", seen...)
}

// companyIsRE is how a company begins to say what it does.
var companyIsRE = regexp.MustCompile(`(?i)(?:我公司|本公司|公司|我厂|我们|我司|我社|企业|集团)[^。;]{0,20}?(?:是一?家|是|为|主要从事|从事|主营|专业生产|主要生产)|\bwe (?:are|run|operate|make|produce)\b`)

// readIndustry proposes the industry that a company says it is in.
func (d *draft) readIndustry(sentences []sentence) {
	if d.has("industry") {
		return
	}
	code, from := "", stretch{}
	for _, s := range sentences {
		at := companyIsRE.FindStringIndex(d.of(s.stretch))
		if at == nil {
			continue
		}
		told := strings.ToLower(d.of(s.stretch)[at[0]:])
		for _, industry := range d.lexicon.industries {
			for _, word := range industry.words {
				i := tells(told, word)
				if i < 0 {
					continue
				}
				if code != "" && code != industry.code {
					return
				}
				code, from = industry.code, stretch{s.start + at[0] + i, s.start + at[0] + i + len(word)}
			}
		}
	}
	if code != "" {
		d.out.Content.Industry = code
		d.from("industry", "", from)
	}
}
