package meili

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/meilisearch/meilisearch-go"

	"chengqiao/internal/policy"
	"chengqiao/internal/search"
	"chengqiao/internal/search/analysis"
)

// Meilisearch knows of a phrase that its words are in one attribute, not that
// they stand in a row in one piece of it. So it is asked for what has all the
// words, those documents are read here, and the main question is put with the
// keys of those that hold the phrase.
const (
	// maxRead documents are read for the phrases of a query. Of more the best
	// ranked count, and the answer says that there may be others.
	maxRead = 2_000
	// maxListed keys are listed where documents need not be read.
	maxListed = 20_000
	// maxWords is how many words of a query Meilisearch takes.
	maxWords = 10
)

// holding is how a query's conditions are put to Meilisearch.
type holding struct {
	// must and mustNot are words to be asked with the text, as they are. Those
	// that must be there rank too, and may be too many: filter is what decides.
	must, mustNot []analysis.Unit
	// filter is what the words do not settle.
	filter string
	// partial tells that more documents had the words than were read.
	partial bool
	// best are the documents that have one of each of the query's alternatives, by
	// how much of these they have.
	best []candidate
}

// hold finds out how the conditions and alternatives of a query are to be put.
func (e *asker) hold(ctx context.Context, q *search.Query, plan analysis.Plan) (holding, error) {
	h, err := e.holdConditions(ctx, q, plan)
	if err == nil {
		err = e.holdAlternatives(ctx, q, &h)
	}
	return h, err
}

func (e *asker) holdConditions(ctx context.Context, q *search.Query, plan analysis.Plan) (holding, error) {
	var h holding
	clauses := q.Clauses(q.Analyzer(e.analyzer))
	worded := slices.ContainsFunc(plan.Units, func(u analysis.Unit) bool { return u.Class == analysis.Word })
	settled := func(c search.Clause) bool {
		// A word that may be pinyin would be looked for in the pinyin too.
		return c.Phrase.Indexed() && c.In == "" && !(worded && c.Phrase.Sounds())
	}
	must := 0
	for must < len(clauses) && !clauses[must].Not {
		h.must = append(h.must, clauses[must].Phrase.Units()...)
		must++
	}
	room := max(0, maxWords-min(len(plan.Units), search.MaxAllUnits))
	if must > 0 && (len(h.must) > room || !all(clauses[:must], settled)) {
		// All conditions are tested on what is read, those against a phrase too.
		found, partial, err := e.read(ctx, q, h.must, clauses)
		h.must, h.partial = h.must[:min(room, len(h.must))], partial
		h.filter = withKeys(found)
		return h, err
	}
	for _, c := range clauses[must:] {
		units := c.Phrase.Units()
		if settled(c) && len(h.must)+len(h.mustNot) < room {
			h.mustNot = append(h.mustNot, units...)
			continue
		}
		holder := c
		holder.Not = false
		found, partial, err := e.read(ctx, q, units, []search.Clause{holder})
		if err != nil {
			return h, err
		}
		if partial {
			// What is not read is left out: an exclusion holds whatever it costs.
			h.partial = true
			h.mustNot = append(h.mustNot, units[:1]...)
		}
		h.filter = and(h.filter, "NOT "+withKeys(found))
	}
	return h, nil
}

func all(clauses []search.Clause, is func(search.Clause) bool) bool {
	return !slices.ContainsFunc(clauses, func(c search.Clause) bool { return !is(c) })
}

// words asks for units that a document must have, or must not, as they are. A
// quoted word is neither misspelled nor a beginning.
func (h holding) words(tier policy.Tier) []string {
	var out []string
	for _, u := range h.must {
		out = append(out, `"`+word(tier, u.Term)+`"`)
	}
	for _, u := range h.mustNot {
		out = append(out, `-"`+word(tier, u.Term)+`"`)
	}
	return out
}

// areas are those in which the words are looked for. A Han character by itself
// is in an area that no other word is in.
func (h holding) areas() []search.Area {
	if len(h.must)+len(h.mustNot) == 0 {
		return nil
	}
	return []search.Area{search.AreaTitle, search.AreaBody, search.AreaSingle}
}

// withKeys is a filter for what was found. Keys are made of letters and digits.
func withKeys(found []hit) string {
	keys := make([]string, len(found))
	for i, h := range found {
		keys[i] = h.Key
	}
	return "key IN [" + strings.Join(keys, ", ") + "]"
}

// read finds the documents that have the units and, where that does not settle
// it, meet the clauses as the reader reads them.
func (e *asker) read(ctx context.Context, q *search.Query, units []analysis.Unit, clauses []search.Clause) (found []hit, partial bool, err error) {
	one := len(clauses) == 1 && clauses[0].Phrase.Indexed()
	titled := one && clauses[0].In == search.PropertyTitle && units[0].Class != analysis.Single
	listed := titled || one && clauses[0].In == ""
	limit := maxRead
	if listed {
		limit = maxListed
	}
	areas := holding{must: units}.areas()
	if titled {
		areas = []search.Area{search.AreaTitle}
	}
	plain := &search.Query{Reader: q.Reader, Within: q.Within, Without: q.Without}
	t := question{held: holding{must: units[:min(len(units), maxWords)]}}
	var requests []*meilisearch.SearchRequest
	for _, s := range shares(q.Reader, true) {
		r := e.request(plain, t, s)
		r.AttributesToSearchOn = attributes(areas, s.tier)
		r.AttributesToRetrieve = []string{keyAttribute}
		if !listed {
			r.AttributesToRetrieve = append(r.AttributesToRetrieve, documentAttribute)
		}
		page(r, limit, 1)
		requests = append(requests, r)
	}
	answers, err := e.multi(ctx, requests)
	if err != nil {
		return nil, false, err
	}
	for _, a := range answers {
		hits, err := decode(nil, a.Hits)
		if err != nil {
			return nil, false, err
		}
		partial = partial || int(a.TotalHits) > len(hits)
		for _, h := range hits {
			var d search.Document
			if !listed {
				if err := json.Unmarshal([]byte(h.Document), &d); err != nil {
					return nil, false, fmt.Errorf("meilisearch: document: %w", err)
				}
			}
			if listed || all(clauses, func(c search.Clause) bool { return c.Met(&d, q.Reader) }) {
				h.Document = ""
				found = append(found, h)
			}
		}
	}
	return found, partial, nil
}
