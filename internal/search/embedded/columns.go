package embedded

import (
	"github.com/RoaringBitmap/roaring/v2"

	"chengqiao/internal/policy"
	"chengqiao/internal/search"
)

// columns hold, by ordinal, what is filtered, sorted and counted. Ordinals are
// given in order of arrival and never to another document while the index is
// open, so that a search on an older snapshot cannot meet a stranger's values.
type columns struct {
	byID      map[string]uint32
	ids       []string
	kinds     []search.Kind
	owners    []string
	checksums []uint64
	published []int64
	numbers   [][]int64  // by the place in search.AllNumbers
	lengths   [][]uint32 // by the place in weighted
	// totals are the sums of lengths, and in how many documents they are not 0.
	totals, filled []int64

	live     *roaring.Bitmap
	audience map[policy.Tier]*roaring.Bitmap
	byOwner  map[string]*roaring.Bitmap
	facets   []*facetColumn // by the place in search.AllFacets
}

// facetColumn holds the values of one facet.
type facetColumn struct {
	values  []string
	number  map[string]uint32
	holders []*roaring.Bitmap // by value
	// first is each document's first value + 1, 0 for none; more are the others.
	first []uint32
	more  map[uint32][]uint32
}

func newColumns() *columns {
	c := &columns{
		byID:     map[string]uint32{},
		live:     roaring.New(),
		audience: map[policy.Tier]*roaring.Bitmap{},
		byOwner:  map[string]*roaring.Bitmap{},
		numbers:  make([][]int64, len(search.AllNumbers)),
		lengths:  make([][]uint32, len(weighted)),
		totals:   make([]int64, len(weighted)),
		filled:   make([]int64, len(weighted)),
	}
	for _, t := range policy.AllTiers {
		c.audience[t] = roaring.New()
	}
	for range search.AllFacets {
		c.facets = append(c.facets, &facetColumn{number: map[string]uint32{}, more: map[uint32][]uint32{}})
	}
	return c
}

// ordinal is the place of a document, made if it is new.
func (c *columns) ordinal(id string) uint32 {
	o, ok := c.byID[id]
	if ok {
		return o
	}
	o = uint32(len(c.ids))
	c.byID[id] = o
	c.ids = append(c.ids, id)
	c.kinds = append(c.kinds, "")
	c.owners = append(c.owners, "")
	c.checksums = append(c.checksums, 0)
	c.published = append(c.published, 0)
	for i := range c.numbers {
		c.numbers[i] = append(c.numbers[i], absent)
	}
	for i := range c.lengths {
		c.lengths[i] = append(c.lengths[i], 0)
	}
	for _, f := range c.facets {
		f.first = append(f.first, 0)
	}
	return o
}

// put sets a document's values in the place of what it had.
func (c *columns) put(id string, r *record) {
	o := c.ordinal(id)
	c.clear(o)
	c.kinds[o], c.owners[o], c.checksums[o] = search.Kind(r.kind), r.owner, r.checksum
	c.published[o] = r.published
	for i, n := range r.numbers {
		c.numbers[i][o] = n
	}
	for i, n := range r.lengths {
		c.lengths[i][o] = n
		c.totals[i] += int64(n)
		if n > 0 {
			c.filled[i]++
		}
	}
	c.live.Add(o)
	if c.audience[r.audience] == nil { // an unknown audience reaches nobody but the owner
		c.audience[r.audience] = roaring.New()
	}
	c.audience[r.audience].Add(o)
	if r.owner != "" {
		if c.byOwner[r.owner] == nil {
			c.byOwner[r.owner] = roaring.New()
		}
		c.byOwner[r.owner].Add(o)
	}
	for i, values := range r.facets {
		c.facets[i].put(o, values)
	}
}

// remove takes a document out; an unknown one is none.
func (c *columns) remove(id string) {
	if o, ok := c.byID[id]; ok {
		c.clear(o)
	}
}

func (c *columns) clear(o uint32) {
	if !c.live.Contains(o) {
		return
	}
	c.live.Remove(o)
	for _, b := range c.audience {
		b.Remove(o)
	}
	if owned := c.byOwner[c.owners[o]]; owned != nil {
		if owned.Remove(o); owned.IsEmpty() {
			delete(c.byOwner, c.owners[o])
		}
	}
	for i := range c.lengths {
		n := c.lengths[i][o]
		c.totals[i] -= int64(n)
		if n > 0 {
			c.filled[i]--
		}
	}
	for _, f := range c.facets {
		f.clear(o)
	}
}

func (f *facetColumn) put(o uint32, values []string) {
	for i, v := range values {
		n, ok := f.number[v]
		if !ok {
			n = uint32(len(f.values))
			f.number[v] = n
			f.values = append(f.values, v)
			f.holders = append(f.holders, roaring.New())
		}
		f.holders[n].Add(o)
		if i == 0 {
			f.first[o] = n + 1
		} else {
			f.more[o] = append(f.more[o], n)
		}
	}
}

func (f *facetColumn) clear(o uint32) {
	if f.first[o] == 0 {
		return
	}
	f.holders[f.first[o]-1].Remove(o)
	for _, n := range f.more[o] {
		f.holders[n].Remove(o)
	}
	f.first[o] = 0
	delete(f.more, o)
}

// counts are the facet's values among the documents of a set.
func (f *facetColumn) counts(set *roaring.Bitmap) []search.FacetCount {
	n := make([]int, len(f.values))
	if int(set.GetCardinality()) >= len(f.first)/2 {
		for i, holders := range f.holders {
			n[i] = int(holders.AndCardinality(set))
		}
	} else {
		for it := set.Iterator(); it.HasNext(); {
			o := it.Next()
			first := f.first[o]
			if first == 0 {
				continue
			}
			n[first-1]++
			if len(f.more) > 0 {
				for _, v := range f.more[o] {
					n[v]++
				}
			}
		}
	}
	var out []search.FacetCount
	for i, count := range n {
		if count > 0 {
			out = append(out, search.FacetCount{Value: f.values[i], Count: count})
		}
	}
	search.OrderFacets(out)
	return out
}
