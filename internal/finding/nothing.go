package finding

import (
	"cmp"
	"context"
	"slices"

	"chengqiao/internal/policy"
	"chengqiao/internal/search"
	"chengqiao/internal/search/querytext"
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

// Fewer is what a search would find without one of its words or conditions, or
// by one alone.
type Fewer struct {
	// Text is that query, LeftOut what is left out of it.
	Text, LeftOut string
	Total         int
}

const (
	// maxParts is how many words and conditions a query may have to be tried
	// without each: who writes more describes something.
	maxParts = 8
	// maxFewer is how many of these are shown.
	maxFewer = 3
)

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
	if err := f.fewer(ctx, reader, r, out); err != nil {
		return err
	}
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

// fewer tries a request without each of its words and conditions; where one alone
// is not in the way, each by itself.
func (f *Finder) fewer(ctx context.Context, reader search.Reader, r Request, out *Answer) error {
	without, alone := r.reading().parsed.Fewer(maxParts)
	for _, tries := range [][]querytext.Fewer{without, alone} {
		found, err := f.finding(ctx, reader, r, tries)
		if err != nil || len(found) > 0 {
			out.Fewer = found[:min(maxFewer, len(found))]
			return err
		}
	}
	return nil
}

// finding are those of some texts for a request that find anything, what finds
// most first: the word in the way is most often one that nobody else writes.
func (f *Finder) finding(ctx context.Context, reader search.Reader, r Request, tries []querytext.Fewer) ([]Fewer, error) {
	var found []Fewer
	for _, less := range tries {
		r.Text = less.Query.String()
		q := r.reading().query
		q.Reader, q.Match = reader, search.MatchAll
		result, err := f.searcher.Search(ctx, q)
		if err != nil {
			return nil, err
		}
		if result.Total > 0 {
			found = append(found, Fewer{Text: r.Text, LeftOut: less.LeftOut, Total: result.Total})
		}
	}
	slices.SortStableFunc(found, func(a, b Fewer) int { return cmp.Compare(b.Total, a.Total) })
	return found, nil
}
