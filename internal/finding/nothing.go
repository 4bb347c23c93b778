package finding

import (
	"cmp"
	"context"
	"slices"

	"golang.org/x/sync/errgroup"

	"chengqiao/internal/errs"
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
	if err := f.without(ctx, reader, r, out); err != nil {
		return err
	}
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

// without counts a request without each of its filters, and without all of them;
// what finds most comes first.
func (f *Finder) without(ctx context.Context, reader search.Reader, r Request, out *Answer) error {
	var names []string
	var queries []search.Query
	try := func(name string, filters search.Query) {
		r.Filters, r.Ranges = filters.Filters, filters.Ranges
		q := r.reading().query
		q.Reader = reader
		q.Also = f.described(q)
		names, queries = append(names, name), append(queries, q)
	}
	chosen := search.Query{Filters: r.Filters, Ranges: r.Ranges}
	for _, name := range search.AllFacets {
		if chosen.Own(name) {
			try(string(name), chosen.Open(name))
		}
	}
	if len(chosen.Filters)+len(chosen.Ranges) > 1 {
		try(AllFilters, search.Query{})
	}
	totals, err := f.totals(ctx, queries)
	if err != nil {
		return err
	}
	for i, total := range totals {
		if total > 0 {
			out.Without = append(out.Without, Without{names[i], total})
		}
	}
	slices.SortStableFunc(out.Without, func(a, b Without) int { return cmp.Compare(b.Total, a.Total) })
	return nil
}

// atOnce is how many searches of one request run at the same time: a server answers
// some side by side, and others wait for it too.
const atOnce = 4

// totals counts what each of some queries finds.
func (f *Finder) totals(ctx context.Context, queries []search.Query) ([]int, error) {
	totals := make([]int, len(queries))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	for i, q := range queries {
		group.Go(func() error {
			return errs.Caught(func() error {
				result, err := f.searcher.Search(ctx, q)
				totals[i] = result.Total
				return err
			})
		})
	}
	return totals, group.Wait()
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
	texts, queries := make([]string, len(tries)), make([]search.Query, len(tries))
	for i, less := range tries {
		r.Text = less.Query.String()
		q := r.reading().query
		q.Reader, q.Match = reader, search.MatchAll
		texts[i], queries[i] = r.Text, q
	}
	totals, err := f.totals(ctx, queries)
	if err != nil {
		return nil, err
	}
	var found []Fewer
	for i, total := range totals {
		if total > 0 {
			found = append(found, Fewer{Text: texts[i], LeftOut: tries[i].LeftOut, Total: total})
		}
	}
	slices.SortStableFunc(found, func(a, b Fewer) int { return cmp.Compare(b.Total, a.Total) })
	return found, nil
}
