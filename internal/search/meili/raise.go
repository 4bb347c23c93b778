package meili

import (
	"cmp"
	"context"
	"slices"

	"chengqiao/internal/search"
	"chengqiao/internal/search/analysis"
)

// raised is how many of the first hits are put in another order by what is
// desired: Meilisearch ranks by what it requires alone, so that is done here. It is
// fixed, so that each page goes on where the one before it ends.
const raised = 100

// raising answers a query whose first hits are raised by how much they have of
// what is desired; what has equally much keeps its order.
func (e *asker) raising(ctx context.Context, q *search.Query, desired analysis.Plan) (search.Result, error) {
	if q.Sort != search.SortRelevance || q.Limit == 0 || q.Offset >= raised {
		return e.answer(ctx, q)
	}
	wide := *q
	wide.Offset, wide.Limit = 0, max(raised, q.Offset+q.Limit)
	result, err := e.answer(ctx, &wide)
	if err != nil || len(result.Hits) == 0 {
		return result, err
	}
	head := result.Hits[:min(raised, len(result.Hits))]
	had, err := e.had(ctx, q, desired, head)
	if err != nil {
		return search.Result{}, err
	}
	slices.SortStableFunc(head, func(a, b search.Hit) int { return cmp.Compare(had[key(b.ID)], had[key(a.ID)]) })
	result.Hits = result.Hits[min(q.Offset, len(result.Hits)):min(q.Offset+q.Limit, len(result.Hits))]
	return result, nil
}

// had is how much some hits have of what is desired, by key.
func (e *asker) had(ctx context.Context, q *search.Query, desired analysis.Plan, hits []search.Hit) (map[string]float64, error) {
	among := &search.Query{Reader: q.Reader}
	for _, h := range hits {
		among.Within = append(among.Within, h.ID)
	}
	units := desired.Units[:min(maxUnits, len(desired.Units))]
	answers, err := e.units(ctx, among, question{match: search.MatchAll}, units, len(hits))
	if err != nil {
		return nil, err
	}
	had := map[string]float64{}
	for i, a := range answers {
		for _, h := range a.hits {
			had[h.Key] += e.analyzer.Rarity(units[i].Term, a.total, len(hits)) * units[i].Emphasis()
		}
	}
	return had, nil
}
