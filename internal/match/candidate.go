package match

import (
	"cmp"
	"math"
	"slices"
)

// scored is a slot with its score.
type scored struct {
	slot  uint32
	score float32
}

// order puts the slots of a half best first. Equal scores go by id and not by
// slot: the ranking does not depend on the order in which listings came.
func (h *half) order(a, b scored) int {
	return cmp.Or(-cmp.Compare(a.score, b.score), cmp.Compare(h.slots[a.slot].ref.ID, h.slots[b.slot].ref.ID))
}

// probe is a term of the listing for which candidates are sought.
type probe struct {
	term   uint32
	at     uint32 // its place in the vector
	weight float32
}

// probes are the terms that tell most about a vector, heaviest first, at most
// as many as the model allows.
func (x *Index) probes(v *vector) []probe {
	return x.probesIn(v, x.appendRarities(nil, v), new(probing))
}

// probing is where probes are picked: they hold until others are picked there.
type probing struct {
	keys   []uint64
	probes []probe
}

// probesIn picks probes by the rarities of a vector's terms.
func (x *Index) probesIn(v *vector, rarities []float64, room *probing) []probe {
	// Positive floats are in the order of their bits: numbers sort much faster
	// than structs do, and needs are weighed by the hundred. Of terms that weigh
	// the same the first comes first.
	keys := room.keys[:0]
	for i, e := range v.entries {
		if w := float32(e.impact) / impactScale * float32(rarities[i]); w > 0 {
			keys = append(keys, uint64(math.Float32bits(w))<<32|uint64(^uint32(i)))
		}
	}
	slices.Sort(keys)
	out := roomFor(room.probes, min(len(keys), x.model.MaxTerms))
	room.keys, room.probes = keys, out
	for i := range out {
		key := keys[len(keys)-1-i]
		at := ^uint32(key)
		out[i] = probe{v.entries[at].id, at, math.Float32frombits(uint32(key >> 32))}
	}
	return out
}

// nearest are the slots of a half, open to the reader, that lie nearest to a
// point, nearest first; none where nothing is learnt. The caller holds the read
// lock.
func (x *Index) nearest(p point, s side, who readers, admit func(*slot) bool, limit int) []scored {
	if p == nil || limit == 0 {
		return nil
	}
	h := &x.halves[s]
	own := p.silhouette()
	best := closestOf(limit, (len(p)-1)/2) // where half of the signs differ it lies on the other side
	for at := range h.silhouettes {
		differs := own.differs(&h.silhouettes[at])
		if differs > best.most {
			continue
		}
		if sl := &h.slots[at]; sl.readers&who != 0 && sl.point != nil && (admit == nil || admit(sl)) {
			best.add(uint32(at), differs)
		}
	}
	return best.first(h)
}

// closest keeps the slots of whose silhouettes the fewest signs differ from
// another's. It is told of tens of thousands and keeps some hundreds: slots are
// put in order among those alone that differ as much as the last.
type closest struct {
	limit int
	// most is the greatest difference of what may still be among them.
	most int
	// counts says how many of the slots differ so much, and kept how many of
	// them differ by most at the most.
	counts []int
	kept   int
	slots  []scored // with the negative difference
}

// closestOf keeps so many, limit above 0, that differ by most signs at the most.
func closestOf(limit, most int) *closest {
	return &closest{limit: limit, most: most, counts: make([]int, most+1), slots: make([]scored, 0, 4*limit)}
}

// add takes in a slot that differs by most at the most.
func (c *closest) add(slot uint32, differs int) {
	if len(c.slots) == cap(c.slots) { // what differs too much by now makes room
		c.forget()
	}
	c.slots = append(c.slots, scored{slot, -float32(differs)})
	c.counts[differs]++
	c.kept++
	for c.kept-c.counts[c.most] >= c.limit {
		c.kept -= c.counts[c.most]
		c.most--
	}
}

// forget drops those that differ by more than the most.
func (c *closest) forget() {
	c.slots = slices.DeleteFunc(c.slots, func(s scored) bool { return -s.score > float32(c.most) })
}

// first are the closest of a half, in their order.
func (c *closest) first(h *half) []scored {
	c.forget()
	slices.SortFunc(c.slots, h.order)
	return c.slots[:min(len(c.slots), c.limit)]
}

func (x *Index) zeroed(n int) *[]float32 {
	if got, ok := x.scratch.Get().(*[]float32); ok && cap(*got) >= n {
		*got = (*got)[:n]
		clear(*got)
		return got
	}
	fresh := make([]float32, n)
	return &fresh
}
