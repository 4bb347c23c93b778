package embedded

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/RoaringBitmap/roaring/v2"

	"chengqiao/internal/search"
	"chengqiao/internal/search/analysis"
)

// Search implements search.Searcher.
func (e *Engine) Search(ctx context.Context, q search.Query) (search.Result, error) {
	began := time.Now()
	if err := q.Validate(); err != nil {
		return search.Result{}, err
	}
	g, release, err := e.open()
	if err != nil {
		return search.Result{}, err
	}
	defer release()
	result, err := g.search(ctx, &q)
	if err != nil {
		return search.Result{}, fmt.Errorf("search: %w", err)
	}
	result.Took = time.Since(began)
	return result, nil
}

func (g *generation) search(ctx context.Context, q *search.Query) (search.Result, error) {
	g.mu.RLock()
	defer g.mu.RUnlock()
	s, err := g.open()
	if err != nil {
		return search.Result{}, err
	}
	defer s.Close()
	c := g.columns
	sight, choices := c.sight(q.Reader), c.choices(q)
	plan := g.analyzer.Plan(q.Text)
	if plan.Empty() {
		return g.answer(s, q, sight.visible, choices, plan, "", nil)
	}
	scratch := g.borrow()
	defer g.scratch.Put(scratch)
	levels := q.Levels(len(plan.Units))
	for i, match := range levels {
		r := &ranking{
			snapshot: s, columns: c, sight: sight, reader: q.Reader, match: match,
			scores: scratch.scores, answered: scratch.answered, last: scratch.last,
		}
		found, err := r.rank(ctx, plan)
		if err != nil {
			scratch.clear()
			return search.Result{}, err
		}
		if i+1 < len(levels) && found.IsEmpty() {
			scratch.clear()
			continue
		}
		result, err := g.answer(s, q, found, choices, plan, match, r.scores)
		result.AtLeast = r.partial
		scratch.clear()
		return result, err
	}
	return search.Result{}, nil
}

// answer makes the result from what was found before filtering.
func (g *generation) answer(s *snapshot, q *search.Query, found *roaring.Bitmap, choices map[search.Facet]*roaring.Bitmap,
	plan analysis.Plan, match search.Match, scores []float32,
) (search.Result, error) {
	c := g.columns
	set := restrict(found, choices, "")
	result := search.Result{
		Total: int(set.GetCardinality()), Match: match,
		Facets: c.facetCounts(q, found, choices),
	}
	if q.Limit == 0 || q.Offset >= result.Total {
		return result, nil
	}
	if q.Sort != search.SortRelevance {
		scores = nil
	}
	page := top(set.ToArray(), q.Offset+q.Limit, c.order(q.Sort, scores))[q.Offset:]
	highlighter := search.NewHighlighter(g.analyzer, plan, match)
	for _, o := range page {
		hit := search.Hit{ID: c.ids[o], Kind: c.kinds[o]}
		if scores != nil {
			hit.Score = float64(scores[o])
		}
		if q.Highlight && !plan.Empty() {
			d, err := s.stored(hit.ID)
			if err != nil {
				return search.Result{}, err
			}
			if d != nil {
				hit.Highlights = highlighter.Highlights(d.Readable(q.Reader))
			}
		}
		result.Hits = append(result.Hits, hit)
	}
	return result, nil
}

// order tells which of two documents comes first.
func (c *columns) order(sort search.Sort, scores []float32) func(a, b uint32) bool {
	newest := func(a, b uint32) bool {
		if c.published[a] != c.published[b] {
			return c.published[a] > c.published[b]
		}
		return c.ids[a] < c.ids[b]
	}
	if scores != nil {
		return func(a, b uint32) bool {
			if scores[a] != scores[b] {
				return scores[a] > scores[b]
			}
			return newest(a, b)
		}
	}
	number, descending := sort.Key()
	if number == "" || number == search.NumberPublished {
		return newest
	}
	column := c.numbers[slices.Index(search.AllNumbers, number)]
	return func(a, b uint32) bool {
		x, y := column[a], column[b]
		switch {
		case x == y:
			return newest(a, b)
		case x == absent || y == absent:
			return y == absent
		case descending:
			return x > y
		}
		return x < y
	}
}

// scratch are a search's working columns, kept for the next one.
type scratch struct {
	scores         []float32
	answered, last []uint16
}

func (g *generation) borrow() *scratch {
	s, ok := g.scratch.Get().(*scratch)
	if !ok {
		s = &scratch{}
	}
	if n := len(g.columns.ids); len(s.scores) < n {
		n += n / 8 // room for what comes, so that not every arrival makes new ones
		*s = scratch{scores: make([]float32, n), answered: make([]uint16, n), last: make([]uint16, n)}
	}
	return s
}

func (s *scratch) clear() {
	clear(s.scores)
	clear(s.answered)
	clear(s.last)
}
