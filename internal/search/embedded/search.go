package embedded

import (
	"context"
	"fmt"
	"math"
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
	own := q.ForReader()
	result, err := g.search(ctx, &own)
	if err != nil {
		return search.Result{}, fmt.Errorf("search: %w", err)
	}
	result.Answered()
	result.Took = time.Since(began)
	return result, nil
}

func (g *generation) search(ctx context.Context, q *search.Query) (search.Result, error) {
	g.mu.RLock()
	defer g.mu.RUnlock()
	c := g.columns
	sight, choices := c.sight(q.Reader), c.choices(q)
	words := q.Analyzer(g.analyzer)
	a := asked{plan: words.Plan(q.Text), full: sight.full, match: search.MatchAll}
	a.marked, a.phrases = q.Marked(words)
	a.subject = newSubject(words, q.Text, a.plan)
	base, err := g.meeting(ctx, q.Clauses(words), q.Options(words), sight, q.Reader)
	if err != nil {
		return search.Result{}, err
	}
	wanted := words.Plan(q.Asked())
	if a.plan.Empty() && wanted.Empty() {
		a.match = ""
		return g.answer(q, base, choices, a, nil)
	}
	scratch := g.borrow()
	defer g.scratch.Put(scratch)
	levels := q.Levels(a.plan)
	if a.plan.Empty() {
		levels = []search.Match{search.MatchAll}
	}
	for i, match := range levels {
		r := &ranking{
			segments: g.segments, columns: c, analyzer: g.analyzer, sight: sight, reader: q.Reader, match: match, scratch: scratch,
		}
		plan := match.Asks(a.plan)
		if match.ByParts(plan) {
			plan = words.Known(plan, r.has)
		}
		found, err := r.meeting(ctx, plan, match.Asks(wanted), base)
		if err == nil && match.Partly() && !plan.Empty() {
			a.also = c.these(q.Also, base)
			found = roaring.Or(found, roaring.BitmapOf(a.also...))
		}
		if err != nil || i+1 < len(levels) && found.IsEmpty() {
			r.clear()
			if err != nil {
				return search.Result{}, err
			}
			continue
		}
		a.plan, a.match = plan, match
		result, err := g.answer(q, found, choices, a, r.marks)
		result.AtLeast = r.partial
		r.clear()
		return result, err
	}
	return search.Result{}, nil
}

// asked is what a query asks for, and how it was matched.
type asked struct {
	plan    analysis.Plan
	subject subject
	// marked and phrases are marked beside the plan (search.Query.Marked).
	marked  analysis.Plan
	phrases []search.Clause
	// also are the slots of the query's own documents, best first.
	also []uint32
	// full are the documents that the reader reads in every tier.
	full  *roaring.Bitmap
	match search.Match
}

// marks tells that there is something to mark.
func (a asked) marks() bool {
	return !a.plan.Empty() || !a.marked.Empty() || len(a.phrases) > 0
}

// answer makes the result from what was found before filtering.
func (g *generation) answer(q *search.Query, found *roaring.Bitmap, choices map[search.Facet]*roaring.Bitmap,
	a asked, scores []mark,
) (search.Result, error) {
	c := g.columns
	set := restrict(found, choices, "")
	result := search.Result{
		Total: int(set.GetCardinality()), Match: a.match,
		Facets: c.facetCounts(q, found, choices),
	}
	if q.Limit == 0 || q.Offset >= result.Total {
		return result, nil
	}
	if q.Sort != search.SortRelevance {
		scores = nil
	}
	page := g.first(set, q, a, scores)[q.Offset:]
	var highlighter *search.Highlighter // where there is something to mark
	if len(q.Highlight) > 0 && a.marks() {
		highlighter = search.NewHighlighter(q.Highlight, g.analyzer, a.plan.And(a.marked), a.match, a.phrases)
	}
	for _, o := range page {
		hit := search.Hit{ID: c.ids[o], Kind: search.Kind(c.kinds.at(o))}
		if scores != nil {
			hit.Score = float64(scores[o].score)
		}
		if highlighter != nil {
			d, err := g.document(c.places[o])
			if err != nil {
				return search.Result{}, err
			}
			hit.Highlights = highlighter.Highlights(d.Readable(q.Reader), d.Source)
		}
		result.Hits = append(result.Hits, hit)
	}
	return result, nil
}

// order is the order of the hits.
func (c *columns) order(q *search.Query, scores []mark) ranked {
	newest := func(a, b uint32) bool {
		if c.published[a] != c.published[b] {
			return c.published[a] > c.published[b]
		}
		return c.ids[a] < c.ids[b]
	}
	number, descending := q.SortKey()
	by := ranked{less: newest}
	switch {
	case scores != nil:
		// Scores are not negative, and so ordered like their bits.
		by.key = func(o uint32) int64 { return int64(math.Float32bits(scores[o].score)) }
	case number == "" || number == search.NumberPublished:
		by.key = func(o uint32) int64 { return c.published[o] }
		return by
	default:
		column := c.numbers[slices.Index(search.KeptNumbers, number)]
		by.key = func(o uint32) int64 {
			if v := column[o]; descending || v == absent {
				return v // absent is the least number there is
			}
			return -column[o]
		}
	}
	key := by.key
	by.less = func(a, b uint32) bool {
		if x, y := key(a), key(b); x != y {
			return x > y
		}
		return newest(a, b)
	}
	return by
}

// mark is what a search has found of a slot so far. It is kept in one piece,
// since a posting touches all of it.
type mark struct {
	score float32
	// answered is what the units that the document answers count; last is the unit
	// counted last, + 1.
	answered, last uint16
}

// scratch is what one search writes on, and the next one again.
type scratch struct {
	marks   []mark        // by slot
	touched []uint32      // the slots with marks
	lists   []postingList // of the term looked up last
	// told is how much the units that a document answers tell, by slot, for as many as
	// there were when that was last wanted.
	told []float32
}

// tellingOf makes room for what the documents of so many slots tell.
func (s *scratch) tellingOf(slots int) {
	if len(s.told) < slots {
		s.told = make([]float32, slots+slots/8)
	}
}

// borrow gives a clean scratch for all slots.
func (g *generation) borrow() *scratch {
	s, ok := g.scratch.Get().(*scratch)
	if !ok {
		s = &scratch{}
	}
	if n := len(g.columns.ids); len(s.marks) < n {
		s.marks = make([]mark, n+n/8) // room for what comes, so that not every arrival makes new ones
	}
	return s
}
