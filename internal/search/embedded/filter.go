package embedded

import (
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"chengqiao/internal/policy"
	"chengqiao/internal/search"
)

// sight is what a reader may see.
type sight struct {
	// visible are the documents that the reader may find at all.
	visible *roaring.Bitmap
	// full are those read in every tier.
	full *roaring.Bitmap
	// audiences are those that the reader belongs to, by columns.audiences; all
	// tells that nothing is hidden.
	audiences [noAudience + 1]bool
	all       bool
}

func (c *columns) sight(r search.Reader) sight {
	if r.ReadsAll() {
		return sight{visible: c.live, full: c.live, all: true}
	}
	full := roaring.New()
	if owned := c.byOwner[r.Organisation]; owned != nil && r.Organisation != "" {
		full.Or(owned)
	}
	for _, id := range r.Grants() {
		if o, ok := c.byID[id]; ok && c.live.Contains(o) {
			full.Add(o)
		}
	}
	visible := full.Clone()
	s := sight{full: full, visible: visible}
	for i, tier := range policy.AllTiers {
		if r.Reads(tier) {
			visible.Or(c.audience[i])
			s.audiences[i] = true
		}
	}
	return s
}

// sees tells whether a slot's document is visible.
func (c *columns) sees(s sight, o uint32) bool {
	return c.alive[o] && (s.all || s.audiences[c.audiences[o]] || s.full.Contains(o))
}

// choices are the query's filters as sets, by the facet whose own choice each
// is; "" for those that no facet shows.
func (c *columns) choices(q *search.Query) map[search.Facet]*roaring.Bitmap {
	out := map[search.Facet]*roaring.Bitmap{}
	and := func(f search.Facet, set *roaring.Bitmap) {
		if have, ok := out[f]; ok {
			set.And(have)
		}
		out[f] = set
	}
	for i, f := range search.KeptFacets {
		values := q.Filters[f]
		if len(values) == 0 {
			continue
		}
		set := roaring.New()
		for _, v := range values {
			if n, ok := c.facets[i].number[v]; ok {
				set.Or(c.facets[i].holders[n])
			}
		}
		and(f, set)
	}
	for i, n := range search.KeptNumbers {
		if r, ok := q.Ranges[n]; ok {
			and(n.Facet(), c.inRange(c.numbers[i], r))
		}
	}
	if len(q.Within) > 0 {
		and("", c.set(q.Within))
	}
	if len(q.Without) > 0 {
		others := c.live.Clone()
		others.AndNot(c.set(q.Without))
		and("", others)
	}
	return out
}

func (c *columns) inRange(column []int64, r search.Range) *roaring.Bitmap {
	var inside []uint32
	for o, v := range column {
		if v != absent && r.Holds(v) {
			inside = append(inside, uint32(o))
		}
	}
	return roaring.BitmapOf(inside...)
}

func (c *columns) set(ids []string) *roaring.Bitmap {
	set := roaring.New()
	for _, id := range ids {
		if o, ok := c.byID[id]; ok {
			set.Add(o)
		}
	}
	return set
}

// these are the slots of documents in a set, in their order.
func (c *columns) these(ids []string, in *roaring.Bitmap) []uint32 {
	out := make([]uint32, 0, len(ids))
	for _, id := range ids {
		if o, ok := c.byID[id]; ok && in.Contains(o) && !slices.Contains(out, o) {
			out = append(out, o)
		}
	}
	return out
}

// restrict is a set cut down by all choices but one facet's own.
func restrict(set *roaring.Bitmap, choices map[search.Facet]*roaring.Bitmap, except search.Facet) *roaring.Bitmap {
	cut := false
	for f, choice := range choices {
		if f == except && f != "" {
			continue
		}
		if !cut {
			set, cut = set.Clone(), true
		}
		set.And(choice)
	}
	return set
}

// facets counts the wanted facets over what was found before filtering.
func (c *columns) facetCounts(q *search.Query, found *roaring.Bitmap, choices map[search.Facet]*roaring.Bitmap) map[search.Facet][]search.FacetCount {
	if len(q.Facets) == 0 {
		return nil
	}
	out := make(map[search.Facet][]search.FacetCount, len(q.Facets))
	all := c.among(restrict(found, choices, ""))
	for _, f := range q.Facets {
		counted := all
		if _, own := choices[f]; own {
			counted = c.among(restrict(found, choices, f))
		}
		out[f] = c.facets[slices.Index(search.KeptFacets, f)].counts(counted)
	}
	return out
}
