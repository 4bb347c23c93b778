package embedded

import (
	"encoding/binary"
	"strings"

	"github.com/RoaringBitmap/roaring/v2"

	"chengqiao/internal/search"
)

// facetColumn holds the values of one facet. Documents hold them in few
// combinations (a province and a city, a field alone), so that a slot needs one
// number, and counting is adding one for each document.
type facetColumn struct {
	values  []string
	number  map[string]uint32
	holders []*roaring.Bitmap // by value
	// combinations are the values' numbers, in the order they were put.
	combinations [][]uint32
	combination  map[string]uint32 // by the bytes of those numbers
	// held is each slot's combination + 1, 0 for none.
	held []uint32
}

func newFacetColumn() *facetColumn {
	return &facetColumn{number: map[string]uint32{}, combination: map[string]uint32{}}
}

func (f *facetColumn) put(o uint32, values []string) {
	if len(values) == 0 {
		return
	}
	numbers := make([]uint32, len(values))
	for i, v := range values {
		n, ok := f.number[v]
		if !ok {
			v, n = strings.Clone(v), uint32(len(f.values))
			f.number[v] = n
			f.values = append(f.values, v)
			f.holders = append(f.holders, roaring.New())
		}
		f.holders[n].Add(o)
		numbers[i] = n
	}
	var room [64]byte
	key := combinationKey(room[:0], numbers)
	c, ok := f.combination[string(key)]
	if !ok {
		c = uint32(len(f.combinations))
		f.combination[string(key)] = c
		f.combinations = append(f.combinations, numbers)
	}
	f.held[o] = c + 1
}

func combinationKey(b []byte, numbers []uint32) []byte {
	for _, n := range numbers {
		b = binary.LittleEndian.AppendUint32(b, n)
	}
	return b
}

func (f *facetColumn) clear(o uint32) {
	for _, n := range f.numbers(o) {
		f.holders[n].Remove(o)
	}
	f.held[o] = 0
}

// numbers are those of a slot's values, in the order they were put.
func (f *facetColumn) numbers(o uint32) []uint32 {
	if c := f.held[o]; c > 0 {
		return f.combinations[c-1]
	}
	return nil
}

// of are a slot's values, in the order they were put.
func (f *facetColumn) of(o uint32) []string {
	var out []string
	for _, n := range f.numbers(o) {
		out = append(out, f.values[n])
	}
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
	blocks := len(f.held)/(1<<16) + 1
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

// visit counts slot by slot: by combination, unless there are more of those.
// Neighbours often hold the same: each second one is counted apart, so that neither
// waits for the other.
func (f *facetColumn) visit(slots []uint32, n []int) {
	if len(slots) < len(f.combinations) {
		for _, o := range slots {
			for _, v := range f.numbers(o) {
				n[v]++
			}
		}
		return
	}
	some := make([]uint32, 2*(len(f.combinations)+1))
	even, odd := some[:len(some)/2], some[len(some)/2:]
	for ; len(slots) > 1; slots = slots[2:] {
		even[f.held[slots[0]]]++
		odd[f.held[slots[1]]]++
	}
	if len(slots) > 0 {
		even[f.held[slots[0]]]++
	}
	for c, numbers := range f.combinations {
		if count := int(even[c+1] + odd[c+1]); count > 0 {
			for _, v := range numbers {
				n[v] += count
			}
		}
	}
}
