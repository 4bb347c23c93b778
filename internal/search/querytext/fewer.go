package querytext

import (
	"maps"
	"slices"
	"strings"

	"chengqiao/internal/search"
	"chengqiao/internal/search/analysis"
)

// Fewer is a query of fewer parts.
type Fewer struct {
	Query Query
	// LeftOut are the others, as they are written.
	LeftOut string
}

// Fewer is the query without each of its words, conditions, alternatives and
// ranges in turn, and each of them alone; what asks for nothing is left out. Both
// are nil for a query of one part, or of more than so many.
func (q Query) Fewer(most int) (without, alone []Fewer) {
	parts := q.parts()
	if len(parts) < 2 || len(parts) > most {
		return nil, nil
	}
	for i, part := range parts {
		rest := together(slices.Delete(slices.Clone(parts), i, i+1))
		without = append(without, Fewer{rest, part.String()})
		alone = append(alone, Fewer{part, rest.String()})
	}
	silent := func(f Fewer) bool { return !f.Query.asks(f.Query.Words) }
	return slices.DeleteFunc(without, silent), slices.DeleteFunc(alone, silent)
}

// parts are the words, conditions, alternatives and ranges, each as a query of its
// own.
func (q Query) parts() []Query {
	var out []Query
	for _, word := range analysis.Spaced(q.Words) {
		out = append(out, Query{Words: word})
	}
	for _, c := range q.Conditions {
		out = append(out, Query{Conditions: []search.Condition{c}})
	}
	for _, among := range q.OneOf {
		out = append(out, Query{OneOf: []search.Alternatives{among}})
	}
	for _, n := range search.AllNumbers {
		if r, ok := q.Ranges[n]; ok {
			out = append(out, Query{Ranges: map[search.Number]search.Range{n: r}})
		}
	}
	return out
}

func together(parts []Query) Query {
	q := Query{Ranges: map[search.Number]search.Range{}}
	var words []string
	for _, p := range parts {
		if p.Words != "" {
			words = append(words, p.Words)
		}
		q.Conditions = append(q.Conditions, p.Conditions...)
		q.OneOf = append(q.OneOf, p.OneOf...)
		maps.Copy(q.Ranges, p.Ranges)
	}
	q.Words = strings.Join(words, " ")
	return q
}
