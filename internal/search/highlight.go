package search

import (
	"slices"
	"unicode/utf8"

	"chengqiao/internal/search/analysis"
)

const (
	// passage is the length in characters of a highlight from a long text.
	passage = 120
	// lead is how much of it stands before the first mark.
	lead = 24
	// maxListed bounds the keywords, claims or names highlighted for one hit.
	maxListed = 3
)

// Highlighter makes the highlights of an answer. Engines hand it the texts a
// reader may read, and never do it themselves, so that a mark can neither leak
// nor break.
type Highlighter struct {
	wanted []Property
	marker *analysis.Marker
	// phrases are those to be marked, by the property that each stands in.
	phrases map[Property][]analysis.Phrase
}

// NewHighlighter prepares highlights of some properties for a plan and how it
// was matched, and for the phrases that were asked for.
func NewHighlighter(wanted []Property, a *analysis.Analyzer, p analysis.Plan, m Match, asked []Clause) *Highlighter {
	h := &Highlighter{wanted: wanted, marker: a.Marker(p, m == MatchClose), phrases: map[Property][]analysis.Phrase{}}
	for _, c := range asked {
		for _, property := range AllProperties {
			if c.In == "" || c.In == property {
				h.phrases[property] = append(h.phrases[property], c.Phrase)
			}
		}
	}
	return h
}

// Highlights are the passages of the texts with marks; parts without any are
// left out.
func (h *Highlighter) Highlights(texts []Text) []Highlight {
	var out []Highlight
	for _, t := range texts {
		add := func(p Property, text string, spelling bool) bool {
			if text == "" || !slices.Contains(h.wanted, p) {
				return false
			}
			reach := len(text)
			if p != PropertyTitle {
				reach = passage * utf8.UTFMax
			}
			marks := h.marker.Passage(text, spelling, reach, h.phrases[p]...)
			if len(marks) == 0 {
				return false
			}
			out = append(out, cut(text, marks, p, t.Language))
			return true
		}
		list := func(p Property, texts []string, spelling bool) {
			for i, n := 0, 0; i < len(texts) && n < maxListed; i++ {
				if add(p, texts[i], spelling) {
					n++
				}
			}
		}
		add(PropertyTitle, t.Title, true)
		add(PropertyValue, t.Value, false)
		add(PropertyAbstract, t.Abstract, false)
		list(PropertyKeyword, t.Keywords, true)
		list(PropertyClaim, t.Claims, false)
		list(PropertyOrganisation, t.Organisations, true)
	}
	return out
}

// cut takes the passage around the first mark; titles stay whole.
func cut(text string, marks []analysis.Range, p Property, language string) Highlight {
	from, to := 0, len(text)
	if p != PropertyTitle && utf8.RuneCountInString(text) > passage {
		from = back(text, marks[0].Start, lead)
		to = max(forward(text, from, passage), marks[0].End)
	}
	h := Highlight{Property: p, Language: language, Before: from > 0, After: to < len(text)}
	at := from
	for _, m := range marks {
		if m.Start >= to {
			break
		}
		end := min(m.End, to)
		h.part(text[at:m.Start], false)
		h.part(text[m.Start:end], true)
		at = end
	}
	h.part(text[at:to], false)
	return h
}

func (h *Highlight) part(text string, marked bool) {
	if text != "" {
		h.Parts = append(h.Parts, Part{Text: text, Marked: marked})
	}
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
