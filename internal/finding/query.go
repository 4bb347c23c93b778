package finding

import (
	"slices"
	"strconv"
	"unicode/utf8"

	"chengqiao/internal/search"
	"chengqiao/internal/search/querytext"
)

// read is a request as the engines are asked for it: its text read as the query
// language has it. Searches, alerts and feeds all read it here, so that a text
// means the same in each.
type read struct {
	query   search.Query
	parsed  querytext.Query
	misread []querytext.Misread
	// cut: the text was longer than MaxText.
	cut bool
}

// reading reads a request.
func (r Request) reading() read {
	text, cut := firstOf(r.Text)
	q := querytext.Parse(text)
	ranges := make(map[search.Number]search.Range, len(r.Ranges)+len(q.Ranges))
	for number, between := range r.Ranges {
		ranges[number] = between.Ordered() // as in the text, where 8..3 is what 3..8 is
	}
	for number, between := range q.Ranges {
		ranges[number] = ranges[number].And(between)
	}
	return read{
		query: search.Query{
			Text: q.Words, Wishes: q.Wishes, Conditions: q.Conditions, OneOf: q.OneOf, Filters: r.Filters, Ranges: ranges,
		},
		parsed:  q,
		misread: q.Misread, cut: cut,
	}
}

// asksOfText tells that the request asks for words of a text and for nothing else that
// was typed.
func (r read) asksOfText() bool {
	return r.query.Text != "" && len(r.query.Conditions) == 0 && len(r.query.OneOf) == 0 && len(r.parsed.Ranges) == 0
}

// reachable are the values of a facet that a text with ranges of the same number leaves
// anything of. A facet's counts leave its own choice out, and what is typed is no choice
// there that can be dropped.
func (r read) reachable(facet search.Facet, values []search.FacetCount) []search.FacetCount {
	for number, within := range r.parsed.Ranges {
		if number.Facet() != facet {
			continue
		}
		values = slices.DeleteFunc(slices.Clone(values), func(v search.FacetCount) bool {
			n, err := strconv.ParseInt(v.Value, 10, 64)
			return err == nil && !within.Holds(n) // what is no number, as a band of prices, may be in part
		})
	}
	return values
}

// meaning is the text with other words and the same conditions.
func (r read) meaning(words string) string {
	r.parsed.Words = words
	return r.parsed.String()
}

// firstOf is the part of a query that counts, and whether there was more.
func firstOf(s string) (string, bool) {
	if utf8.RuneCountInString(s) <= MaxText {
		return s, false
	}
	return string([]rune(s)[:MaxText]), true
}
