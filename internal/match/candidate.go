package match

import (
	"container/heap"
	"math"
	"slices"
)

// scored is a slot with its score.
type scored struct {
	slot  uint32
	score float32
}

// shortlist keeps the best slots of a half: a bounded heap whose root is the
// next to fall out.
type shortlist struct {
	slots []slot
	items []scored
}

func (l *shortlist) Len() int           { return len(l.items) }
func (l *shortlist) Less(i, j int) bool { return l.after(l.items[i], l.items[j]) }
func (l *shortlist) Swap(i, j int)      { l.items[i], l.items[j] = l.items[j], l.items[i] }
func (l *shortlist) Push(v any)         { l.items = append(l.items, v.(scored)) }
func (l *shortlist) Pop() any {
	last := l.items[len(l.items)-1]
	l.items = l.items[:len(l.items)-1]
	return last
}

// after tells whether a ranks behind b. Equal scores go by id and not by slot:
// the ranking does not depend on the order in which listings came.
func (l *shortlist) after(a, b scored) bool {
	if a.score != b.score {
		return a.score < b.score
	}
	return l.slots[a.slot].ref.ID > l.slots[b.slot].ref.ID
}

// probe is a term of the listing for which candidates are sought.
type probe struct {
	term   uint32
	weight float32
}

// probes are the terms that tell most about a vector, heaviest first, at most
// as many as the model allows.
func (x *Index) probes(v *vector) []probe {
	// Positive floats are in the order of their bits: numbers sort much faster
	// than structs do, and needs are weighed by the hundred.
	keys := make([]uint64, 0, len(v.entries))
	for _, e := range v.entries {
		w := float32(e.impact) / impactScale * float32(x.rarityIn(v, e.id))
		if w > 0 {
			keys = append(keys, uint64(math.Float32bits(w))<<32|uint64(^e.id))
		}
	}
	slices.Sort(keys)
	n := min(len(keys), x.model.MaxTerms)
	out := make([]probe, n)
	for i := range out {
		key := keys[len(keys)-1-i]
		out[i] = probe{^uint32(key), math.Float32frombits(uint32(key >> 32))}
	}
	return out
}

// nearest are the slots of a half, open to the reader, that lie nearest to a
// point, in no order; none where nothing is learnt. The caller holds the read
// lock.
func (x *Index) nearest(p point, s side, who readers, admit func(*slot) bool, limit int) []scored {
	if p == nil || limit == 0 {
		return nil
	}
	h := &x.halves[s]
	own := p.silhouette()
	best := &shortlist{slots: h.slots}
	for at := range h.silhouettes {
		differs := own.differs(&h.silhouettes[at])
		c := scored{uint32(at), -float32(differs)}
		full := len(best.items) == limit
		if 2*differs >= len(p) || full && !best.after(best.items[0], c) {
			continue // more than half of the signs differ: it lies on the other side
		}
		sl := &h.slots[at]
		if sl.readers&who == 0 || sl.point == nil || admit != nil && !admit(sl) {
			continue
		}
		if full {
			best.items[0] = c
			heap.Fix(best, 0)
		} else {
			heap.Push(best, c)
		}
	}
	return best.items
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
