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
	keys := appendKeys(nil, v, x.appendTold(nil, v))
	slices.Sort(keys)
	out := make([]probe, min(len(keys), x.model.MaxTerms))
	for i := range out {
		out[i] = probeOf(keys[len(keys)-1-i], v)
	}
	return out
}

// probeKey is a term's weight and its place in a vector, in one number: the greater
// tells more. Of terms that weigh the same the first is the greater. Numbers are
// put in order much faster than structs, and needs are weighed by the hundred.
type probeKey uint64

// appendKeys appends those of a vector's terms that tell something, by what they tell.
func appendKeys(keys []probeKey, v *vector, told []toldTerm) []probeKey {
	for i, e := range v.entries {
		// Positive floats are in the order of their bits.
		if w := float32(e.impact) / impactScale * float32(told[i].rarity); w > 0 {
			keys = append(keys, probeKey(math.Float32bits(w))<<32|probeKey(^uint32(i)))
		}
	}
	return keys
}

func probeOf(key probeKey, v *vector) probe {
	at := ^uint32(key)
	return probe{v.entries[at].id, at, math.Float32frombits(uint32(key >> 32))}
}

// greatestKey is the n-th greatest of keys, 0 where there are fewer. It puts them in
// another order (quickselect).
func greatestKey(keys []probeKey, n int) probeKey {
	if n > len(keys) || n < 1 {
		return 0
	}
	at := n - 1
	for from, to := 0, len(keys)-1; from < to; {
		pivot := keys[(from+to)/2]
		i, j := from, to
		for i <= j {
			for keys[i] > pivot {
				i++
			}
			for keys[j] < pivot {
				j--
			}
			if i <= j {
				keys[i], keys[j] = keys[j], keys[i]
				i, j = i+1, j-1
			}
		}
		switch {
		case at <= j:
			to = j
		case at >= i:
			from = i
		default:
			return keys[at]
		}
	}
	return keys[at]
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
	best := closestOf(limit, (len(p.outlined())-1)/2) // where half of the signs differ it lies on the other side
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
