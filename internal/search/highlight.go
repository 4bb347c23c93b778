package search

import (
	"slices"

	"chengqiao/internal/search/analysis"
)

// maxListed bounds the keywords, claims or names highlighted for one hit.
const maxListed = 3

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
		for _, property := range append(AllProperties[:len(AllProperties):len(AllProperties)], PropertyOther) {
			if c.In == "" || c.In == property {
				h.phrases[property] = append(h.phrases[property], c.Phrase)
			}
		}
	}
	return h
}

// Highlights are the passages of the texts that answer best, with marks, and that of
// where a document comes from; parts without any are left out.
func (h *Highlighter) Highlights(texts []Text, source string) []Highlight {
	var out []Highlight
	for _, t := range append(texts[:len(texts):len(texts)], Text{Other: []string{source}}) {
		add := func(p Property, text string, spelling bool) {
			if text == "" || !slices.Contains(h.wanted, p) {
				return
			}
			width, more := passage-lead, lead
			if whole(p) {
				width = len(text)
			}
			if found := h.marker.Passage(text, spelling, width, more, h.phrases[p]...); found.Worth > 0 {
				out = append(out, cut(text, found, p, t.Language))
			}
		}
		list := func(p Property, texts []string, spelling bool) {
			first := len(out)
			for _, text := range texts {
				add(p, text, spelling)
			}
			out = out[:first+len(best(out[first:]))]
		}
		add(PropertyTitle, t.Title, true)
		add(PropertyValue, t.Value, false)
		add(PropertyAbstract, t.Abstract, false)
		list(PropertyKeyword, t.Keywords, true)
		list(PropertyClaim, t.Claims, false)
		list(PropertyOrganisation, t.Organisations, true)
		list(PropertyOther, t.Other, false)
	}
	return out
}

// best are those of a list that answer best, of equals the first.
func best(list []Highlight) []Highlight {
	slices.SortStableFunc(list, func(a, b Highlight) int { return b.Worth - a.Worth })
	return list[:min(len(list), maxListed)]
}

// whole tells what is shown from end to end.
func whole(p Property) bool { return p == PropertyTitle || p == PropertyValue }

// cut takes the passage around the answers.
func cut(text string, found analysis.Passage, p Property, language string) Highlight {
	from, to := 0, len(text)
	if !whole(p) && analysis.Columns(text) > passage {
		from, to = around(text, found.Range)
	}
	h := Highlight{Property: p, Language: language, Worth: found.Worth, Before: from > 0, After: to < len(text)}
	at := from
	for _, m := range found.Marks {
		if m.End <= from {
			continue
		}
		if m.Start >= to {
			break
		}
		start, end := max(m.Start, from), min(m.End, to)
		h.part(text[at:start], false)
		h.part(text[start:end], true)
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
