package meili

import (
	"context"
	"maps"
	"slices"

	"github.com/meilisearch/meilisearch-go"

	"chengqiao/internal/search"
)

// maxAlternatives is how many keys are listed of the alternatives of one group
// together, at most maxListed of each.
const maxAlternatives = 3 * maxListed

// Meilisearch knows no alternatives. So what has each of them is listed here, and
// the main question is put with the keys of what has one; where nothing else ranks,
// those documents are put in order by how much they have of them.

// holdAlternatives adds the query's alternatives to how it is put.
func (e *asker) holdAlternatives(ctx context.Context, q *search.Query, h *holding) error {
	oneOf := q.Options(q.Analyzer(e.analyzer))
	if len(oneOf) == 0 {
		return nil
	}
	total, err := e.Count(ctx)
	if err != nil {
		return err
	}
	byKey := map[string]*candidate{}
	for _, options := range oneOf {
		found, partial, err := e.having(ctx, q, options)
		if err != nil {
			return err
		}
		h.partial = h.partial || partial
		any := map[string]hit{}
		for _, hits := range found {
			weight := e.analyzer.Rarity("", len(hits), total)
			for _, have := range hits {
				c := byKey[have.Key]
				if c == nil {
					c = &candidate{hit: hit{Key: have.Key}}
					byKey[have.Key] = c
				}
				c.Score += weight * have.Score
				any[have.Key] = have
			}
		}
		h.filter = and(h.filter, withKeys(slices.Collect(maps.Values(any))))
	}
	for _, c := range byKey {
		h.best = append(h.best, *c)
	}
	slices.SortFunc(h.best, byRank)
	return nil
}

// having finds what has each of some options, best first; partial tells that there
// is more.
func (e *asker) having(ctx context.Context, q *search.Query, options []search.Option) (found [][]hit, partial bool, err error) {
	plain := &search.Query{Reader: q.Reader, Within: q.Within, Without: q.Without}
	parts := shares(q.Reader, true)
	var requests []*meilisearch.SearchRequest
	for _, option := range options {
		if option.Words.Empty() {
			hits, more, err := e.read(ctx, q, option.Phrase.Phrase.Units(), []search.Clause{option.Phrase})
			if err != nil {
				return nil, false, err
			}
			found, partial = append(found, hits), partial || more
			continue
		}
		for _, s := range parts {
			r := e.request(plain, question{plan: option.Words, match: search.MatchAll}, s)
			r.AttributesToRetrieve = []string{keyAttribute}
			page(r, min(maxListed, maxAlternatives/len(options)), 1)
			requests = append(requests, r)
		}
	}
	if len(requests) == 0 {
		return found, partial, nil
	}
	answers, err := e.multi(ctx, requests)
	if err != nil {
		return nil, false, err
	}
	for answered := range slices.Chunk(answers, len(parts)) {
		var hits []hit
		for _, a := range answered {
			if hits, err = decode(hits, a.Hits); err != nil {
				return nil, false, err
			}
			partial = partial || int(a.TotalHits) > len(a.Hits)
		}
		found = append(found, hits)
	}
	return found, partial, nil
}

// best answers a question that nothing ranks but alternatives. Of many documents
// the best maxFound are put in order, and the newest come behind them.
func (e *asker) best(ctx context.Context, q *search.Query, t question) (search.Result, error) {
	if q.Sort != search.SortRelevance || q.Limit == 0 {
		return e.ask(ctx, q, t)
	}
	best := t.held.best[:min(maxFound, len(t.held.best))]
	among := t
	among.held.filter = and(t.held.filter, withKeys(hitsOf(best)))
	first, err := e.ordered(ctx, q, among, best)
	if err != nil || len(best) == len(t.held.best) {
		return first, err
	}
	counted := *q
	counted.Limit = 0
	result, err := e.ask(ctx, &counted, t)
	if err != nil {
		return search.Result{}, err
	}
	result.Hits = first.Hits
	missing := q.Limit - len(first.Hits)
	if missing == 0 {
		return result, nil
	}
	behind := t
	behind.held.filter = and(t.held.filter, "NOT "+withKeys(hitsOf(best)))
	rest := *q
	rest.Facets, rest.Offset, rest.Limit = nil, max(0, q.Offset-first.Total), missing
	others, err := e.ask(ctx, &rest, behind)
	result.Hits = append(result.Hits, others.Hits...)
	return result, err
}
