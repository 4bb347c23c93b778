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

// andCost is how many slots are visited in the time in which one value's
// holders are counted against a set, for each 65,536 slots (measured).
const andCost = 200

// counts are the facet's values among the documents of a set; rest are the
// others, or nil where those are not fewer.
func (f *facetColumn) counts(set, rest *roaring.Bitmap) []search.FacetCount {
	n := make([]int, len(f.values))
	blocks := len(f.first)/(1<<16) + 1
	among := set
	if rest != nil {
		among = rest
	}
	if len(f.values)*blocks*andCost < int(among.GetCardinality()) {
		for i, holders := range f.holders {
			n[i] = int(holders.AndCardinality(among))
		}
	} else {
		f.visit(among, n)
	}
	if rest != nil { // all who hold a value, but for those of the rest
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

// visit counts slot by slot.
func (f *facetColumn) visit(set *roaring.Bitmap, n []int) {
	var batch [1024]uint32
	it := set.ManyIterator()
	for {
		got := it.NextMany(batch[:])
		if got == 0 {
			return
		}
		for _, o := range batch[:got] {
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
}
