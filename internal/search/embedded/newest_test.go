package embedded

import (
	"fmt"
	"slices"
	"testing"

	"github.com/RoaringBitmap/roaring/v2"
	"pgregory.net/rapid"

	"chengqiao/internal/search"
)

// Whatever order documents come in: the newest are those that sorting finds.
func TestTheNewestAreFoundPastWholeBlocks(t *testing.T) {
	const documents = 3*newestBlock + fewToOrder
	rapid.Check(t, func(t *rapid.T) {
		c := newColumns()
		step := rapid.Int64Range(-2, 3).Draw(t, "step")
		jumps := rapid.SliceOfN(rapid.Int64Range(0, 4000), 17, 17).Draw(t, "jumps")
		for i := range documents {
			r := &record{numbers: make([]int64, len(search.KeptNumbers)), lengths: make([]uint32, len(weighted))}
			r.published = step*int64(i) + jumps[i%len(jumps)]
			c.put(fmt.Sprintf("d%05d", (i*7919)%documents), r, place{})
		}
		set := roaring.New()
		every := rapid.IntRange(1, 3).Draw(t, "every")
		for o := 0; o < documents; o += every {
			set.Add(uint32(o))
		}
		limit := rapid.IntRange(1, 3000).Draw(t, "limit")
		want := set.ToArray()
		by := c.order(&search.Query{Sort: search.SortNewest}, nil)
		slices.SortFunc(want, func(a, b uint32) int {
			if by.less(a, b) {
				return -1
			}
			return 1
		})
		want = want[:min(limit, len(want))]
		if got := c.newest(set, limit); !slices.Equal(got, want) {
			t.Fatalf("got %v\nwant %v", got, want)
		}
	})
}

// What is counted by what is left out is what is counted one by one.
func TestFacetsAreCountedAlikeFromEitherSide(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 400).Draw(t, "documents")
		c := newColumns()
		for i := range n {
			r := &record{numbers: make([]int64, len(search.KeptNumbers)), lengths: make([]uint32, len(weighted))}
			r.facets = make([][]string, len(search.KeptFacets))
			for v := range rapid.IntRange(0, 3).Draw(t, "values") {
				r.facets[0] = append(r.facets[0], fmt.Sprint((i+v)%5))
			}
			c.put(fmt.Sprint(i), r, place{})
		}
		for i := range n { // the dead are no others
			if rapid.IntRange(0, 4).Draw(t, "gone") == 0 {
				c.remove(fmt.Sprint(i))
			}
		}
		set := c.live.Clone()
		for _, o := range c.live.ToArray() {
			if rapid.Bool().Draw(t, "out") {
				set.Remove(o)
			}
		}
		one, other := c.facets[0].counts(&among{set: set}), c.facets[0].counts(&among{set: roaring.AndNot(c.live, set), others: true})
		if !slices.Equal(one, other) {
			t.Fatalf("%v and %v", one, other)
		}
	})
}

// Where many documents are found, facets are counted by value; the counts are
// those of visiting each.
func TestFacetsAreCountedAlikeByValueAndByDocument(t *testing.T) {
	const documents = 3 * denseBlock
	c := newColumns()
	for i := range documents {
		r := &record{numbers: make([]int64, len(search.KeptNumbers)), lengths: make([]uint32, len(weighted)), facets: make([][]string, len(search.KeptFacets))}
		r.facets[0] = []string{fmt.Sprint(i % 3)}
		if i%5 == 0 {
			r.facets[0] = append(r.facets[0], "5")
		}
		c.put(fmt.Sprint(i), r, place{})
	}
	set := roaring.New()
	set.AddRange(100, 2*denseBlock)
	f := c.facets[0]
	if !f.countsByValue(int(set.GetCardinality())) || f.countsByValue(denseBlock-1) {
		t.Fatal("the way of counting is not the one meant")
	}
	n := make([]int, len(f.values))
	f.visit(set.ToArray(), n)
	for _, v := range f.counts(&among{set: set}) {
		if want := n[f.number[v.Value]]; v.Count != want || want == 0 {
			t.Errorf("%d with %s, want %d", v.Count, v.Value, want)
		}
	}
}
