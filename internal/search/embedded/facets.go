package embedded

import (
	"github.com/RoaringBitmap/roaring/v2"

	"chengqiao/internal/search"
)

// facetColumn holds the values of one facet.
type facetColumn struct {
	values  []string
	number  map[string]uint32
	holders []*roaring.Bitmap // by value
	// first is each slot's first value + 1, with severalFlag if more holds
	// others; 0 for none.
	first []uint32
	more  map[uint32][]uint32
}

const severalFlag = 1 << 31

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
			f.first[o] |= severalFlag
			f.more[o] = append(f.more[o], n)
		}
	}
}

func (f *facetColumn) clear(o uint32) {
	f.each(o, func(n uint32) { f.holders[n].Remove(o) })
	f.first[o] = 0
	delete(f.more, o)
}

// each visits the numbers of a slot's values, in the order they were put.
func (f *facetColumn) each(o uint32, visit func(n uint32)) {
	first := f.first[o]
	if first == 0 {
		return
	}
	visit(first&^severalFlag - 1)
	if first&severalFlag != 0 {
		for _, n := range f.more[o] {
			visit(n)
		}
	}
}

// of are a slot's values, in the order they were put.
func (f *facetColumn) of(o uint32) []string {
	var out []string
	f.each(o, func(n uint32) { out = append(out, f.values[n]) })
	return out
}

const (
	// andCost is how many slots are visited in the time in which one value's
	// holders are counted against a set, for each 65,536 slots (measured): where
	// both are bitmaps of bits.
	andCost = 200
	// denseBlock is from how many of 65,536 slots on a set is such a bitmap.
	denseBlock = 4096
)

// among is a set of live documents, in which facets are counted.
type among struct {
	set *roaring.Bitmap
	// others: set holds those that are not counted in the place of those that are.
	others bool
	// listed are the documents of set, once they were asked for.
	listed []uint32
}

// among is that of a set, by whichever is less: it or the others.
func (c *columns) among(set *roaring.Bitmap) *among {
	if live := c.live.GetCardinality(); set.GetCardinality() < live-live/2 {
		return &among{set: set}
	}
	return &among{set: roaring.AndNot(c.live, set), others: true}
}

func (a *among) slots() []uint32 {
	if a.listed == nil {
		a.listed = a.set.ToArray()
	}
	return a.listed
}

// counts are the facet's values with in how many documents they are.
func (f *facetColumn) counts(a *among) []search.FacetCount {
	n := make([]int, len(f.values))
	if f.countsByValue(int(a.set.GetCardinality())) {
		for i, holders := range f.holders {
			n[i] = int(holders.AndCardinality(a.set))
		}
	} else {
		f.visit(a.slots(), n)
	}
	if a.others { // all who hold a value, but for those
		for i, holders := range f.holders {
			n[i] = int(holders.GetCardinality()) - n[i]
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

// countsByValue tells whether so many documents are counted sooner by going
// through the values than by visiting each.
func (f *facetColumn) countsByValue(documents int) bool {
	blocks := len(f.first)/(1<<16) + 1
	if documents < blocks*denseBlock {
		return false
	}
	cost := 0
	for _, holders := range f.holders {
		if cost += min(int(holders.GetCardinality()), blocks*andCost); cost > documents {
			return false
		}
	}
	return true
}

// visit counts slot by slot.
func (f *facetColumn) visit(slots []uint32, n []int) {
	for _, o := range slots {
		first := f.first[o]
		if first == 0 {
			continue
		}
		n[first&^severalFlag-1]++
		if first&severalFlag != 0 {
			for _, v := range f.more[o] {
				n[v]++
			}
		}
	}
}
