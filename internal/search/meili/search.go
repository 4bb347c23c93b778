package meili

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/meilisearch/meilisearch-go"

	"chengqiao/internal/policy"
	"chengqiao/internal/search"
	"chengqiao/internal/search/analysis"
)

// Search implements search.Searcher.
func (e *Engine) Search(ctx context.Context, q search.Query) (search.Result, error) {
	began := time.Now()
	if err := q.Validate(); err != nil {
		return search.Result{}, err
	}
	result, err := e.asking(ctx, func(a *asker) (search.Result, error) {
		own := q
		if a.current() {
			own = q.ForReader()
		}
		return a.search(ctx, &own)
	})
	if err != nil {
		return search.Result{}, err
	}
	result.Answered()
	result.Took = time.Since(began)
	return result, nil
}

// search answers a query; what is desired and not required is left to raising,
// but for alternatives where nothing else ranks.
func (e *asker) search(ctx context.Context, q *search.Query) (search.Result, error) {
	words := q.Analyzer(e.analyzer)
	desired := q.Desired()
	required := slices.ContainsFunc(q.Clauses(words), func(c search.Clause) bool { return !c.Not })
	if words.Plan(q.Text).Empty() && !required {
		desired = q.Wishes
	}
	if plan := words.Plan(desired); !plan.Empty() {
		return e.raising(ctx, q, plan)
	}
	return e.answer(ctx, q)
}

func (e *asker) answer(ctx context.Context, q *search.Query) (search.Result, error) {
	words := q.Analyzer(e.analyzer)
	plan, desired := words.Plan(q.Text), words.Plan(q.Desired())
	held, err := e.hold(ctx, q, plan)
	if err != nil {
		return search.Result{}, err
	}
	if plan.Empty() {
		t := question{desired: desired, held: held}
		if t.ranks() {
			t.match = search.MatchAll
		}
		if len(held.best) > 0 && !t.byText() {
			return e.best(ctx, q, t)
		}
		return e.ask(ctx, q, t)
	}
	levels := q.Levels(plan)
	for i, match := range levels {
		t := question{plan: match.Asks(plan), desired: desired, match: match, held: held}
		if match.ByParts(t.plan) {
			if t.plan, err = e.known(ctx, q, t.plan); err != nil {
				return search.Result{}, err
			}
		}
		result, err := e.match(ctx, q, t)
		if err != nil {
			return search.Result{}, err
		}
		if result.Total > 0 || i == len(levels)-1 {
			return result, nil
		}
		// Nothing is left: is it the text that finds nothing, or the choices?
		if filter(q) == "" {
			continue
		}
		unfiltered := search.Query{Reader: q.Reader, Text: q.Text, Match: match, Also: q.Also}
		if found, err := e.match(ctx, &unfiltered, t); err != nil || found.Total > 0 {
			return result, err
		}
	}
	return search.Result{}, nil
}

func (e *asker) match(ctx context.Context, q *search.Query, t question) (search.Result, error) {
	if t.match.Partly() && (len(t.plan.Units) > 1 || len(q.Also) > 0) {
		return e.some(ctx, q, t)
	}
	return e.ask(ctx, q, t)
}

// question is what is asked beside the query's own choices.
type question struct {
	plan  analysis.Plan
	match search.Match
	held  holding
	// desired are not asked for: whoever has them is raised.
	desired analysis.Plan
	// among restricts to documents found before; the text is not asked again.
	among string
}

// byText tells that Meilisearch ranks documents by words.
func (t question) byText() bool {
	return t.among == "" && (!t.plan.Empty() || len(t.held.must) > 0)
}

// ranks tells that there are words to rank by, whoever does it.
func (t question) ranks() bool {
	return !t.plan.Empty() || len(t.held.must) > 0 || !t.desired.Empty()
}

// worded tells that words are asked for at all, be it only against some.
func (t question) worded() bool { return t.byText() || len(t.held.mustNot) > 0 && t.among == "" }

// areas are those in which the words are looked for.
func (t question) areas() []search.Area {
	var out []search.Area
	for _, area := range search.AllAreas {
		if slices.ContainsFunc(t.plan.Units, func(u analysis.Unit) bool {
			return slices.Contains(search.Areas(u, t.match), area)
		}) || slices.Contains(t.held.areas(), area) {
			out = append(out, area)
		}
	}
	return out
}

// text writes the plan for Meilisearch, in the letters of a tier. A quoted word is
// matched as it is; only unquoted ones may be misspelled, and only the last of all
// is a beginning, unless a space follows.
func (t question) text(tier policy.Tier) string {
	var open, exact []string
	beginning := ""
	for _, u := range t.plan.Units {
		w := word(tier, u.Sought())
		switch {
		case t.match == search.MatchClose && u.Prefix:
			beginning = w
		case t.match == search.MatchClose && u.Typos > 0:
			open = append(open, w)
		default:
			exact = append(exact, `"`+w+`"`)
		}
	}
	return strings.Join(slices.Concat(open, exact, t.held.words(tier), []string{beginning}), " ")
}

// ask puts one question, with everything that the answer needs, in one request.
func (e *asker) ask(ctx context.Context, q *search.Query, t question) (search.Result, error) {
	parts := shares(q.Reader, t.worded())
	var requests []*meilisearch.SearchRequest
	var common, own []search.Facet
	for _, f := range q.Facets {
		if q.Own(f) {
			own = append(own, f)
		} else {
			common = append(common, f)
		}
	}
	paged := len(parts) == 1 && q.Limit > 0 && q.Offset%q.Limit == 0
	for _, s := range parts {
		hits := e.request(q, t, s)
		hits.Facets = facetAttributes(common)
		requests = append(requests, hits)
		if paged {
			page(hits, q.Limit, int64(q.Offset/q.Limit)+1)
		} else {
			page(hits, max(1, q.Offset+q.Limit), 1)
		}
		if q.Limit == 0 {
			hits.AttributesToRetrieve = []string{keyAttribute}
		}
		for _, f := range own {
			open := q.Open(f)
			count := e.request(&open, t, s)
			count.AttributesToRetrieve = []string{keyAttribute}
			count.Facets = facetAttributes([]search.Facet{f})
			page(count, 1, 1)
			requests = append(requests, count)
		}
	}
	answers, err := e.multi(ctx, requests)
	if err != nil {
		return search.Result{}, err
	}
	result := search.Result{Match: t.match, AtLeast: t.held.partial}
	counts := map[search.Facet]map[string]int{}
	var hits []hit
	for i := range parts {
		mine := answers[i*(1+len(own)) : (i+1)*(1+len(own))]
		result.Total += int(mine[0].TotalHits)
		if err := tally(counts, mine[0], common); err != nil {
			return search.Result{}, err
		}
		for j, f := range own {
			if err := tally(counts, mine[1+j], []search.Facet{f}); err != nil {
				return search.Result{}, err
			}
		}
		if q.Limit > 0 {
			from := len(hits)
			if hits, err = decode(hits, mine[0].Hits); err != nil {
				return search.Result{}, err
			}
			if err := sortedBy(q, hits[from:], mine[0].Hits); err != nil {
				return search.Result{}, err
			}
		}
	}
	if len(parts) > 1 {
		slices.SortStableFunc(hits, order(q, t.byText()))
	}
	if !paged {
		hits = hits[min(q.Offset, len(hits)):min(q.Offset+q.Limit, len(hits))]
	}
	result.Facets = facets(q.Facets, counts)
	result.Hits, err = e.hits(q, t, hits)
	return result, err
}

// request is the common part of all requests to one share.
func (e *asker) request(q *search.Query, t question, s share) *meilisearch.SearchRequest {
	r := &meilisearch.SearchRequest{
		IndexUID:             e.index,
		Filter:               and(s.filter, t.among, t.held.filter, filter(q)),
		MatchingStrategy:     meilisearch.All,
		AttributesToRetrieve: []string{keyAttribute, idAttribute, kindAttribute},
		Sort:                 sorts(q, t.byText()),
	}
	if r.Filter == "" {
		r.Filter = nil
	}
	if t.worded() {
		r.Query = t.text(s.tier)
		r.AttributesToSearchOn = attributes(t.areas(), s.tier)
		r.ShowRankingScore = t.byText()
	}
	r.AttributesToRetrieve = append(r.AttributesToRetrieve, numberAttribute(search.NumberPublished))
	if number, _ := q.SortKey(); number != "" && number != search.NumberPublished {
		r.AttributesToRetrieve = append(r.AttributesToRetrieve, numberAttribute(number))
	}
	if len(q.Highlight) > 0 && t.ranks() && t.among == "" {
		r.AttributesToRetrieve = append(r.AttributesToRetrieve, documentAttribute)
	}
	return r
}

// page asks by page, which makes Meilisearch count the total exactly.
func page(r *meilisearch.SearchRequest, size int, number int64) {
	n := int64(size)
	r.HitsPerPage, r.Page = &n, number
}

// sorts is the order asked for; by text nil, which is Meilisearch's ranking.
func sorts(q *search.Query, byText bool) []string {
	number, descending := q.SortKey()
	newest := []string{numberAttribute(search.NumberPublished) + ":desc", keyAttribute + ":asc"}
	switch {
	case number == "" && byText:
		return nil
	case number == "" || number == search.NumberPublished:
		return newest
	case descending:
		return append([]string{numberAttribute(number) + ":desc"}, newest...)
	}
	return append([]string{numberAttribute(number) + ":asc"}, newest...)
}

func facetAttributes(list []search.Facet) []string {
	var out []string
	for _, f := range list {
		out = append(out, facetAttribute(f))
	}
	return out
}

// multi puts requests in one, and asks last which version answered them.
func (e *asker) multi(ctx context.Context, requests []*meilisearch.SearchRequest) ([]meilisearch.SearchResponse, error) {
	ctx, cancel := context.WithTimeout(ctx, e.answerTime)
	defer cancel()
	all := append(slices.Clip(requests), e.whichVersion())
	answer, err := e.client.MultiSearchWithContext(ctx, &meilisearch.MultiSearchRequest{Queries: all})
	if err != nil {
		return nil, e.refused(ctx, problem("search", err))
	}
	if len(answer.Results) != len(all) {
		return nil, fmt.Errorf("meilisearch: %d answers to %d searches", len(answer.Results), len(all))
	}
	if err := e.same(answer.Results[len(requests)]); err != nil {
		return nil, err
	}
	return answer.Results[:len(requests)], nil
}

// hit is a document found, with what it is ordered by.
type hit struct {
	Key       string   `json:"key"`
	ID        string   `json:"id"`
	Kind      string   `json:"kind"`
	Document  string   `json:"document"`
	Published *float64 `json:"n_published_at"`
	// sorted is the number that hits of several shares are sorted by.
	sorted *float64
	Score  float64 `json:"_rankingScore"`
}

func decode(out []hit, hits meilisearch.Hits) ([]hit, error) {
	for _, h := range hits {
		var d hit
		if err := h.DecodeInto(&d); err != nil {
			return nil, fmt.Errorf("meilisearch: hit: %w", err)
		}
		out = append(out, d)
	}
	return out, nil
}

// sortedBy reads the numbers that hits are sorted by.
func sortedBy(q *search.Query, out []hit, hits meilisearch.Hits) error {
	number, _ := q.SortKey()
	if number == "" {
		return nil
	}
	for i, h := range hits {
		if raw, ok := h[numberAttribute(number)]; ok {
			if err := json.Unmarshal(raw, &out[i].sorted); err != nil {
				return fmt.Errorf("meilisearch: hit: %w", err)
			}
		}
	}
	return nil
}

// order puts the hits of several shares into one order, as Meilisearch would.
func order(q *search.Query, byText bool) func(a, b hit) int {
	newest := func(a, b hit) int {
		return cmp.Or(optional(a.Published, b.Published, true), strings.Compare(a.Key, b.Key))
	}
	number, descending := q.SortKey()
	return func(a, b hit) int {
		switch {
		case number == "" && byText:
			return cmp.Or(cmp.Compare(b.Score, a.Score), newest(a, b))
		case number == "":
			return newest(a, b)
		}
		return cmp.Or(optional(a.sorted, b.sorted, descending), newest(a, b))
	}
}

// optional compares numbers of which absent ones come last either way.
func optional(a, b *float64, descending bool) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return 1
	case b == nil:
		return -1
	case descending:
		return cmp.Compare(*b, *a)
	}
	return cmp.Compare(*a, *b)
}

// tally adds an answer's counts.
func tally(counts map[search.Facet]map[string]int, answer meilisearch.SearchResponse, list []search.Facet) error {
	if len(list) == 0 {
		return nil
	}
	var distribution map[string]map[string]int
	if err := json.Unmarshal(answer.FacetDistribution, &distribution); err != nil {
		return fmt.Errorf("meilisearch: facets: %w", err)
	}
	for _, f := range list {
		if counts[f] == nil {
			counts[f] = map[string]int{}
		}
		for value, n := range distribution[facetAttribute(f)] {
			counts[f][value] += n
		}
	}
	return nil
}

func facets(wanted []search.Facet, counts map[search.Facet]map[string]int) map[search.Facet][]search.FacetCount {
	if len(wanted) == 0 {
		return nil
	}
	out := map[search.Facet][]search.FacetCount{}
	for _, f := range wanted {
		var list []search.FacetCount
		for value, n := range counts[f] {
			if n > 0 {
				list = append(list, search.FacetCount{Value: value, Count: n})
			}
		}
		search.OrderFacets(list)
		out[f] = list
	}
	return out
}

// hits turns what was found into the answer's hits.
func (e *asker) hits(q *search.Query, t question, found []hit) ([]search.Hit, error) {
	marked, phrases := q.Marked(q.Analyzer(e.analyzer))
	highlighter := search.NewHighlighter(q.Highlight, e.analyzer, t.plan.And(marked), t.match, phrases)
	var out []search.Hit
	for _, h := range found {
		one := search.Hit{ID: h.ID, Kind: search.Kind(h.Kind)}
		if q.Sort == search.SortRelevance && t.ranks() {
			one.Score = h.Score
		}
		if h.Document != "" {
			var d search.Document
			if err := json.Unmarshal([]byte(h.Document), &d); err != nil {
				return nil, fmt.Errorf("meilisearch: document: %w", err)
			}
			one.Highlights = highlighter.Highlights(d.Readable(q.Reader), d.Source)
		}
		out = append(out, one)
	}
	return out, nil
}
