package meili

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/meilisearch/meilisearch-go"

	"chengqiao/internal/search"
	"chengqiao/internal/search/analysis"
)

// Meilisearch has no search for some of many words: it drops words from one end
// until enough is found. So partial matches are put together here: each unit is
// a search of its own, all in one request, and a document's score is the sum of
// the rarities of the units that it answers. Of a match of some it is lowered by how little these tell.
const (
	// maxUnits are searched for, of more those that tell most.
	maxUnits = 24
	// maxPerUnit documents are taken of each unit, best first.
	maxPerUnit = 500
	// maxFound documents are carried on, best first.
	maxFound = 1_000
)

// candidate is a document that answers some of the units.
type candidate struct {
	hit
	answered int
	// told is how much the units that it answers tell.
	told float64
}

// some answers MatchSome and MatchAny.
func (e *asker) some(ctx context.Context, q *search.Query, t question) (search.Result, error) {
	found, partial, err := e.candidates(ctx, q, t)
	if err == nil {
		found, err = e.withAlso(ctx, q, t, found)
	}
	if err != nil {
		return search.Result{}, err
	}
	if len(found) > maxFound {
		found, partial = found[:maxFound], true
	}
	partial = partial || t.held.partial
	if len(found) == 0 {
		return search.Result{Match: t.match, AtLeast: t.held.partial, Facets: facets(q.Facets, nil)}, nil
	}
	t.held.filter = "" // held to already
	t.among = withKeys(hitsOf(found))
	result, err := e.ordered(ctx, q, t, found)
	result.AtLeast = partial
	return result, err
}

// withAlso puts those of the query's own documents that the reader sees, and that
// its conditions admit, before what was found by words.
func (e *asker) withAlso(ctx context.Context, q *search.Query, t question, found []candidate) ([]candidate, error) {
	within := slices.Clone(q.Also)
	if len(q.Within) > 0 {
		within = slices.DeleteFunc(within, func(id string) bool { return !slices.Contains(q.Within, id) })
	}
	if len(within) == 0 {
		return found, nil
	}
	plain, one := &search.Query{Reader: q.Reader, Within: within, Without: q.Without}, question{match: t.match, held: t.held}
	var requests []*meilisearch.SearchRequest
	for _, s := range shares(q.Reader, one.worded()) {
		r := e.request(plain, one, s)
		r.AttributesToRetrieve = []string{keyAttribute}
		page(r, len(within), 1)
		requests = append(requests, r)
	}
	answers, err := e.multi(ctx, requests)
	if err != nil {
		return nil, err
	}
	var hits []hit
	for _, a := range answers {
		if hits, err = decode(hits, a.Hits); err != nil {
			return nil, err
		}
	}
	place := make(map[string]int, len(within)) // from the end
	for i, id := range within {
		place[key(id)] = max(place[key(id)], len(within)-i)
	}
	best := 0.0
	for _, c := range found {
		best = max(best, c.Score)
	}
	var first []candidate
	for _, h := range hits {
		h.Score = best + float64(place[h.Key])
		first = append(first, candidate{hit: h})
	}
	slices.SortFunc(first, byRank)
	found = slices.DeleteFunc(found, func(c candidate) bool { return place[c.Key] > 0 })
	return append(first, found...), nil
}

func hitsOf(found []candidate) []hit {
	out := make([]hit, len(found))
	for i, c := range found {
		out[i] = c.hit
	}
	return out
}

// ordered answers a question that only some documents answer, at most maxFound,
// which come best first.
func (e *asker) ordered(ctx context.Context, q *search.Query, t question, found []candidate) (search.Result, error) {
	scores := make(map[string]float64, len(found))
	for _, c := range found {
		scores[c.Key] = c.Score
	}
	wide := *q
	wide.Highlight = nil
	byScore := q.Sort == search.SortRelevance
	if byScore && q.Limit > 0 { // all that survive the filters, to be ordered here
		wide.Offset, wide.Limit = 0, len(found)
	}
	if byScore && filter(q) == "" && len(q.Facets) == 0 && t.among != "" {
		return e.finish(ctx, q, t, found, search.Result{Total: len(found), Match: t.match})
	}
	result, err := e.ask(ctx, &wide, t)
	if err != nil {
		return search.Result{}, err
	}
	survivors := make([]candidate, len(result.Hits))
	for i, h := range result.Hits {
		survivors[i].hit = hit{Key: key(h.ID), Score: scores[key(h.ID)]}
	}
	if !byScore {
		// ask has paged already.
		all := *q
		all.Offset = 0
		return e.finish(ctx, &all, t, survivors, result)
	}
	slices.SortStableFunc(survivors, byRank)
	return e.finish(ctx, q, t, survivors, result)
}

// finish cuts the page out of ordered candidates and highlights it.
func (e *asker) finish(ctx context.Context, q *search.Query, t question, found []candidate, result search.Result) (search.Result, error) {
	found = found[min(q.Offset, len(found)):min(q.Offset+q.Limit, len(found))]
	page := hitsOf(found)
	if len(page) > 0 {
		if err := e.complete(ctx, q, page); err != nil {
			return search.Result{}, err
		}
		// What was removed between the two requests is gone.
		page = slices.DeleteFunc(page, func(h hit) bool { return h.ID == "" })
	}
	var err error
	result.Hits, err = e.hits(q, t, page)
	return result, err
}

// complete fetches what a page's hits lack: candidates carry their key alone.
func (e *asker) complete(ctx context.Context, q *search.Query, page []hit) error {
	list := make([]string, len(page))
	for i, h := range page {
		list[i] = h.Key
	}
	wanted := []string{keyAttribute, idAttribute, kindAttribute}
	if len(q.Highlight) > 0 {
		wanted = append(wanted, documentAttribute)
	}
	answers, err := e.multi(ctx, []*meilisearch.SearchRequest{{
		IndexUID: e.index, Filter: oneOf(keyAttribute, list), Limit: int64(len(list)), AttributesToRetrieve: wanted,
	}})
	if err != nil {
		return err
	}
	got, err := decode(nil, answers[0].Hits)
	if err != nil {
		return err
	}
	byKey := make(map[string]hit, len(got))
	for _, h := range got {
		byKey[h.Key] = h
	}
	for i := range page {
		h := byKey[page[i].Key]
		page[i].ID, page[i].Kind, page[i].Document = h.ID, h.Kind, h.Document
	}
	return nil
}

// unitAnswer is what one unit's search found.
type unitAnswer struct {
	total int
	hits  []hit
	// listed: the hits are all that can count, though more documents have the unit.
	listed bool
}

// candidates finds the documents that answer enough units, best first. partial
// tells that there may be more of them.
func (e *asker) candidates(ctx context.Context, q *search.Query, t question) (found []candidate, partial bool, err error) {
	total, err := e.Count(ctx)
	if err != nil {
		return nil, false, err
	}
	units := t.plan.Units
	least := t.match.Least(t.plan)
	if len(units) > maxUnits {
		counts, err := e.units(ctx, q, t, units, 1)
		if err != nil {
			return nil, false, err
		}
		answered := telling(e.analyzer, units, counts, total)
		if units = answered[:min(maxUnits, len(answered))]; len(units) < len(answered) {
			// Not all can be asked for: as great a part of those that are.
			partial = true
			least = (least*len(units) + len(answered) - 1) / len(answered)
		}
	}
	answers, err := e.units(ctx, q, t, units, maxPerUnit)
	if err != nil {
		return nil, false, err
	}
	if err := e.listed(ctx, q, t, units, answers, least); err != nil {
		return nil, false, err
	}
	byKey := map[string]*candidate{}
	for i, a := range answers {
		partial = partial || a.total > len(a.hits) && !a.listed
		rarity := e.analyzer.Rarity(units[i].Term, a.total, total)
		weight := rarity * units[i].Emphasis()
		for _, h := range a.hits {
			c := byKey[h.Key]
			if c == nil {
				c = &candidate{hit: h}
				c.Score = 0
				byKey[h.Key] = c
			}
			c.answered += t.match.Counts(units[i])
			c.told += rarity * units[i].Tells()
			c.Score += weight * h.Score
		}
	}
	most := 0.0
	for _, c := range byKey {
		most = max(most, c.told)
	}
	for _, c := range byKey {
		if t.match == search.MatchSome {
			c.Score *= search.Told(c.told, most)
		}
		if c.answered >= least {
			found = append(found, *c)
		}
	}
	slices.SortFunc(found, byRank)
	return found, partial, nil
}

// listed completes the answers of units that more documents have than are taken,
// where that can be done: what answers so much of a text answers one of the rarest
// units, without which the others are less, so that where all who have those are known,
// the others need to be asked for among these alone. Without that 吗啡检测 finds nothing, for the one
// document with 吗啡 is not among the best 500 with 检测.
func (e *asker) listed(ctx context.Context, q *search.Query, t question, units []analysis.Unit, answers []unitAnswer, least int) error {
	places, others := make([]int, len(units)), 0
	for i, u := range units {
		places[i] = i
		others += t.match.Counts(u)
	}
	if others < least {
		return nil
	}
	slices.SortStableFunc(places, func(a, b int) int { return cmp.Compare(answers[a].total, answers[b].total) })
	needed := 0
	for ; others >= least; needed++ {
		others -= t.match.Counts(units[places[needed]])
	}
	rarest := places[:needed]
	if last := answers[rarest[len(rarest)-1]]; last.total > len(last.hits) {
		return nil
	}
	var known []hit
	seen := map[string]bool{}
	for _, i := range rarest {
		for _, h := range answers[i].hits {
			if !seen[h.Key] {
				seen[h.Key] = true
				known = append(known, h)
			}
		}
	}
	var common []int
	var asked []analysis.Unit
	for _, i := range places[len(rarest):] {
		if answers[i].total > len(answers[i].hits) {
			common, asked = append(common, i), append(asked, units[i])
		}
	}
	if len(common) == 0 || len(known) == 0 {
		return nil
	}
	t.held.filter = and(t.held.filter, withKeys(known))
	among, err := e.units(ctx, q, t, asked, len(known))
	if err != nil {
		return err
	}
	for n, i := range common {
		answers[i].hits, answers[i].listed = among[n].hits, true
	}
	return nil
}

func byRank(a, b candidate) int {
	return cmp.Or(cmp.Compare(b.Score, a.Score), strings.Compare(a.Key, b.Key))
}

// known is a plan in which names that nobody whom the reader sees has are asked for by
// what they are made of.
func (e *asker) known(ctx context.Context, q *search.Query, plan analysis.Plan) (analysis.Plan, error) {
	has := map[string]bool{}
	for {
		var names []analysis.Unit
		known := q.Analyzer(e.analyzer).Known(plan, func(u analysis.Unit) bool {
			is, asked := has[u.Sought()]
			if !asked {
				names = append(names, u)
			}
			return is || !asked
		})
		if len(names) == 0 {
			return known, nil
		}
		answers, err := e.units(ctx, &search.Query{Reader: q.Reader}, question{match: search.MatchAll}, names, 1)
		if err != nil {
			return analysis.Plan{}, err
		}
		for i, a := range answers {
			has[names[i].Sought()] = a.total > 0
		}
	}
}

// units searches for each unit alone, over what the reader sees. Choices of
// documents by id count here; others are applied to what is found.
func (e *asker) units(ctx context.Context, q *search.Query, t question, units []analysis.Unit, limit int) ([]unitAnswer, error) {
	plain := &search.Query{Reader: q.Reader, Within: q.Within, Without: q.Without}
	parts := shares(q.Reader, true)
	var requests []*meilisearch.SearchRequest
	for _, u := range units {
		one := t
		one.plan = analysis.Plan{Units: []analysis.Unit{u}}
		for _, s := range parts {
			r := e.request(plain, one, s)
			r.AttributesToRetrieve = []string{keyAttribute}
			page(r, limit, 1)
			requests = append(requests, r)
		}
	}
	answers, err := e.multi(ctx, requests)
	if err != nil {
		return nil, err
	}
	out := make([]unitAnswer, len(units))
	for i, a := range answers {
		u := &out[i/len(parts)]
		u.total += int(a.TotalHits)
		if u.hits, err = decode(u.hits, a.Hits); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// telling orders units by how much they say, rare and repeated ones first, and
// drops those that no document answers.
func telling(analyzer *analysis.Analyzer, units []analysis.Unit, counts []unitAnswer, documents int) []analysis.Unit {
	places := make([]int, 0, len(units))
	worth := make([]float64, len(units))
	for i, c := range counts {
		if c.total > 0 {
			places = append(places, i)
			worth[i] = analyzer.Rarity(units[i].Term, c.total, documents) * units[i].Emphasis()
		}
	}
	slices.SortStableFunc(places, func(a, b int) int { return cmp.Compare(worth[b], worth[a]) })
	out := make([]analysis.Unit, len(places))
	for n, i := range places {
		out[n] = units[i]
	}
	return out
}
