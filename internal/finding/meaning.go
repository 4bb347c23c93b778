package finding

import (
	"cmp"
	"context"
	"slices"

	"chengqiao/internal/policy"
	"chengqiao/internal/search"
)

// Meanings finds listings by what a text means.
type Meanings interface {
	// Sense is what a text means; nil where that is not told in time, and then
	// the words alone are looked for.
	Sense(ctx context.Context, text string) Sense
}

// Sense is what one text means.
type Sense interface {
	// Nearest are the ids of listings that lie near, as readers of these tiers
	// have them, nearest first.
	Nearest(tiers []policy.Tier, limit int) []string
	// Of tells how near listings lie, by id; unknown ones are left out.
	Of(tiers []policy.Tier, hits []search.Hit) map[string]float64
}

// ByMeaning lets the finder look for meanings beside words.
func (f *Finder) ByMeaning(m Meanings) { f.meanings = m }

// ordered is how many of the first hits are put in order by meaning too: whole
// pages, and more than anybody reads.
const ordered = 100

// senseOf is what the words of a query mean, where it counts: for the order by
// relevance. What must stand there as it is written, or must not, is a condition
// on every hit and no matter of meaning.
func (f *Finder) senseOf(ctx context.Context, q search.Query) Sense {
	if f.meanings == nil || q.Text == "" || q.Sort != search.SortRelevance {
		return nil
	}
	return f.meanings.Sense(ctx, q.Text)
}

// search asks the engine. With a sense, the first hits are put in an order that
// heeds both words and meaning; which are found, how many, and their facets are
// told by the words alone.
func (f *Finder) search(ctx context.Context, q search.Query, sense Sense) (search.Result, error) {
	if sense == nil || q.Offset >= ordered {
		return f.searcher.Search(ctx, q)
	}
	wide := q
	wide.Offset, wide.Limit, wide.Highlight = 0, max(ordered, q.Offset+q.Limit), nil
	result, err := f.searcher.Search(ctx, wide)
	if err != nil {
		return result, err
	}
	head := result.Hits[:min(len(result.Hits), ordered)]
	fuse(head, sense.Of(q.Reader.Tiers, head))
	from := min(q.Offset, len(result.Hits))
	result.Hits = result.Hits[from:min(from+q.Limit, len(result.Hits))]
	return result, f.highlight(ctx, q, &result)
}

// fusion is how much the first ranks stand out (reciprocal rank fusion; Cormack
// and others, SIGIR 2009, found 60).
const fusion = 60

// fuse orders hits by their ranks in words and in meaning. Those of which no
// meaning is known keep what their words are worth.
func fuse(hits []search.Hit, near map[string]float64) {
	worth := make(map[string]float64, len(hits))
	byMeaning := make([]search.Hit, 0, len(near))
	for i, h := range hits {
		worth[h.ID] = 1 / float64(fusion+i+1)
		if near[h.ID] > 0 {
			byMeaning = append(byMeaning, h)
		}
	}
	slices.SortStableFunc(byMeaning, func(a, b search.Hit) int { return -cmp.Compare(near[a.ID], near[b.ID]) })
	for i, h := range byMeaning {
		worth[h.ID] += 1 / float64(fusion+i+1)
	}
	slices.SortStableFunc(hits, func(a, b search.Hit) int { return -cmp.Compare(worth[a.ID], worth[b.ID]) })
}

// highlight marks the words in the hits of a page.
func (f *Finder) highlight(ctx context.Context, q search.Query, result *search.Result) error {
	if len(q.Highlight) == 0 || len(result.Hits) == 0 {
		return nil
	}
	q.Within, q.Facets, q.Offset, q.Limit, q.Match = idsOf(result.Hits), nil, 0, len(result.Hits), result.Match
	marked, err := f.searcher.Search(ctx, q)
	if err != nil {
		return err
	}
	by := make(map[string][]search.Highlight, len(marked.Hits))
	for _, h := range marked.Hits {
		by[h.ID] = h.Highlights
	}
	for i := range result.Hits {
		result.Hits[i].Highlights = by[result.Hits[i].ID]
	}
	return nil
}

func idsOf(hits []search.Hit) []string {
	ids := make([]string, len(hits))
	for i, h := range hits {
		ids[i] = h.ID
	}
	return ids
}
