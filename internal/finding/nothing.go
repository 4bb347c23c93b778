package finding

import (
	"cmp"
	"context"
	"slices"

	"chengqiao/internal/policy"
	"chengqiao/internal/search"
)

// Without is what a search would find without one of its filters.
type Without struct {
	// Filter is the facet whose choice is left out, ranges included; AllFilters
	// for every filter at once.
	Filter string
	Total  int
}

// AllFilters names every filter of a search at once.
const AllFilters = "all"

// nearestHits is how many listings are shown in the place of none.
const nearestHits = 5

// help says what a search that finds nothing could find: without each of its
// filters, without all of them, and what answers some of its words.
func (f *Finder) help(ctx context.Context, actor policy.Actor, reader search.Reader, r Request, out *Answer) error {
	chosen := search.Query{Filters: r.Filters, Ranges: r.Ranges}
	for _, name := range search.AllFacets {
		if chosen.Own(name) {
			open := chosen.Open(name)
			if err := f.without(ctx, reader, string(name), r, open, out); err != nil {
				return err
			}
		}
	}
	if len(r.Filters)+len(r.Ranges) > 1 {
		if err := f.without(ctx, reader, AllFilters, r, search.Query{}, out); err != nil {
			return err
		}
	}
	slices.SortStableFunc(out.Without, func(a, b Without) int { return cmp.Compare(b.Total, a.Total) })
	q := r.reading().query
	if q.Text == "" {
		return nil
	}
	q.Reader, q.Limit, q.Match, q.Highlight = reader, nearestHits, search.MatchAny, marked
	result, err := f.searcher.Search(ctx, q)
	if err != nil {
		return err
	}
	out.Nearest, err = f.shown(ctx, actor, reader, result.Hits)
	return err
}

// without counts a request with other filters, and keeps what finds anything.
func (f *Finder) without(ctx context.Context, reader search.Reader, filter string, r Request, filters search.Query, out *Answer) error {
	r.Filters, r.Ranges = filters.Filters, filters.Ranges
	q := r.reading().query
	q.Reader = reader
	result, err := f.searcher.Search(ctx, q)
	if err == nil && result.Total > 0 {
		out.Without = append(out.Without, Without{filter, result.Total})
	}
	return err
}
