package search

import (
	"maps"
	"slices"

	"chengqiao/internal/policy"
)

// ForReader is q as engines answer it: who reads what members read filters,
// counts and sorts by members' prices. Engines give the answer to Answered.
func (q Query) ForReader() Query {
	if !q.Reader.Reads(policy.TierMembers) {
		return q
	}
	if r, ok := q.Ranges[NumberPrice]; ok {
		q.Ranges = maps.Clone(q.Ranges)
		delete(q.Ranges, NumberPrice)
		q.Ranges[numberMembersPrice] = r
	}
	if values, ok := q.Filters[FacetPriceBand]; ok {
		q.Filters = maps.Clone(q.Filters)
		delete(q.Filters, FacetPriceBand)
		q.Filters[facetMembersPriceBand] = values
	}
	if i := slices.Index(q.Facets, FacetPriceBand); i >= 0 {
		q.Facets = slices.Clone(q.Facets)
		q.Facets[i] = facetMembersPriceBand
	}
	q.members = true
	return q
}

// Answered gives an answer to ForReader the names that were asked for.
func (r *Result) Answered() {
	if counts, ok := r.Facets[facetMembersPriceBand]; ok {
		delete(r.Facets, facetMembersPriceBand)
		r.Facets[FacetPriceBand] = counts
	}
}

// SortsByPrice tells whether the hits come in the order of their prices.
func (q *Query) SortsByPrice() bool {
	n, _ := q.Sort.key()
	return n == NumberPrice
}

// SortKey is the number that the hits are sorted by, and whether greater ones
// come first; "" for relevance.
func (q *Query) SortKey() (n Number, descending bool) {
	n, descending = q.Sort.key()
	if n == NumberPrice && q.members {
		n = numberMembersPrice
	}
	return n, descending
}
