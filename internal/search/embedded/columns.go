package embedded

import (
	"strings"

	"github.com/RoaringBitmap/roaring/v2"

	"chengqiao/internal/policy"
	"chengqiao/internal/search"
)

// columns hold, by slot, what is filtered, sorted and counted.
type columns struct {
	byID      map[string]uint32 // the live slot of a document
	ids       []string
	kinds     *labels
	owners    *labels
	checksums []uint64
	published []int64
	// latest bounds published, by block of slots.
	latest  []int64
	places  []place
	numbers [][]int64  // by the place in search.KeptNumbers
	lengths [][]uint32 // by the place in weighted
	// totals are the sums of lengths, and in how many documents they are not 0.
	totals, filled []int64
	alive          []bool
	audiences      []uint8 // the place in policy.AllTiers; noAudience for an unknown one

	live     *roaring.Bitmap
	gone     *roaring.Bitmap   // the dead slots
	audience []*roaring.Bitmap // by the place in policy.AllTiers
	byOwner  map[string]*roaring.Bitmap
	facets   []*facetColumn // by the place in search.KeptFacets
}

// noAudience: the document reaches nobody but its owner.
const noAudience = 255

func newColumns() *columns {
	c := &columns{
		byID:    map[string]uint32{},
		live:    roaring.New(),
		gone:    roaring.New(),
		byOwner: map[string]*roaring.Bitmap{},
		kinds:   newLabels(),
		owners:  newLabels(),
		numbers: make([][]int64, len(search.KeptNumbers)),
		lengths: make([][]uint32, len(weighted)),
		totals:  make([]int64, len(weighted)),
		filled:  make([]int64, len(weighted)),
	}
	for range policy.AllTiers {
		c.audience = append(c.audience, roaring.New())
	}
	for range search.KeptFacets {
		c.facets = append(c.facets, newFacetColumn())
	}
	return c
}

// dead is the number of slots that no document is in any more.
func (c *columns) dead() int { return int(c.gone.GetCardinality()) }

// whole tells whether no slot from first to last is dead.
func (c *columns) whole(first, last uint32) bool {
	dead := c.gone.Rank(last)
	if first > 0 {
		dead -= c.gone.Rank(first - 1)
	}
	return dead == 0
}

// put gives a document the next slot, in the place of the one it had. What is kept
// of its texts is copied: they may be cut from the whole document.
func (c *columns) put(id string, r *record, at place) {
	id = strings.Clone(id)
	c.remove(id)
	o := c.slot(id, r, at)
	c.byID[id] = o
	for i, n := range r.lengths {
		c.totals[i] += int64(n)
		if n > 0 {
			c.filled[i]++
		}
	}
	c.live.Add(o)
	c.belongs(o)
	for i, values := range r.facets {
		c.facets[i].put(o, values)
	}
}

// belongs puts a slot among those of its audience and owner.
func (c *columns) belongs(o uint32) {
	if c.audiences[o] != noAudience {
		c.audience[c.audiences[o]].Add(o)
	}
	owner := c.owners.at(o)
	if owner == "" {
		return
	}
	owned, ok := c.byOwner[owner]
	if !ok {
		owned = roaring.New()
		c.byOwner[owner] = owned
	}
	owned.Add(o)
}

// slot appends a slot with a document's values.
func (c *columns) slot(id string, r *record, at place) uint32 {
	c.ids = append(c.ids, id)
	c.kinds.add(r.kind)
	c.owners.add(r.owner)
	c.checksums = append(c.checksums, r.checksum)
	c.latest = latestWith(c.latest, len(c.published), r.published)
	c.published = append(c.published, r.published)
	c.places = append(c.places, at)
	for i, n := range r.numbers {
		c.numbers[i] = append(c.numbers[i], n)
	}
	for i, n := range r.lengths {
		c.lengths[i] = append(c.lengths[i], n)
	}
	c.alive = append(c.alive, true)
	c.audiences = append(c.audiences, audienceNumber(r.audience))
	for _, f := range c.facets {
		f.held = append(f.held, 0)
	}
	return uint32(len(c.ids) - 1)
}

func audienceNumber(t policy.Tier) uint8 {
	for i, known := range policy.AllTiers {
		if t == known {
			return uint8(i)
		}
	}
	return noAudience
}

// remove takes a document out; an unknown one is none.
func (c *columns) remove(id string) {
	o, ok := c.byID[id]
	if !ok {
		return
	}
	delete(c.byID, id)
	c.ids[o] = ""
	c.alive[o] = false
	c.live.Remove(o)
	c.gone.Add(o)
	if c.audiences[o] != noAudience {
		c.audience[c.audiences[o]].Remove(o)
	}
	owner := c.owners.at(o)
	if owned := c.byOwner[owner]; owned != nil {
		if owned.Remove(o); owned.IsEmpty() {
			delete(c.byOwner, owner)
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

// record is a live slot's document as put was given it.
func (c *columns) record(o uint32) *record {
	r := &record{
		kind: c.kinds.at(o), owner: c.owners.at(o), checksum: c.checksums[o], published: c.published[o],
		facets: make([][]string, len(c.facets)), numbers: make([]int64, len(c.numbers)), lengths: make([]uint32, len(c.lengths)),
	}
	if n := c.audiences[o]; n != noAudience {
		r.audience = policy.AllTiers[n]
	}
	for i, f := range c.facets {
		r.facets[i] = f.of(o)
	}
	for i := range c.numbers {
		r.numbers[i] = c.numbers[i][o]
	}
	for i := range c.lengths {
		r.lengths[i] = c.lengths[i][o]
	}
	return r
}
