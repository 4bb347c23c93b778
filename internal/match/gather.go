package match

import (
	"math/bits"
	"slices"
	"sync"
)

// candidates are the slots of a half, open to the reader, that share most of
// the probes' weight, best first; limit 0 means all that share anything.
// The caller holds the read lock.
//
// Postings give each slot an upper bound of what it shares. The heaviest terms
// are gathered first: when what is left cannot bring a slot that has none of
// them among the best, the long lists of common terms need not be read. Those
// slots that may be among the best are then weighed by their own vectors.
func (x *Index) candidates(probes []probe, s side, who readers, admit func(*slot) bool, limit int) []scored {
	h := &x.halves[s]
	sums := x.zeroed(len(h.slots))
	defer x.scratch.Put(sums)
	g := gathering{half: h, probes: probes, sums: *sums, limit: limit,
		open: func(at uint32) bool {
			sl := &h.slots[at]
			return sl.readers&who != 0 && (admit == nil || admit(sl))
		}}
	best := &shortlist{slots: h.slots, items: g.gather()}
	places := placesOf(probes)
	inHalves(len(best.items), func(from, to int) {
		own := places.fork()
		for i := from; i < to; i++ {
			best.items[i].score = own.share(h.slots[best.items[i].slot].vector)
		}
	})
	best.items = slices.DeleteFunc(best.items, func(c scored) bool { return c.score <= 0 })
	slices.SortFunc(best.items, func(a, b scored) int {
		if best.after(b, a) {
			return -1
		}
		return 1
	})
	if limit > 0 {
		best.items = best.items[:min(len(best.items), limit)]
	}
	return best.items
}

// gathering is the search for the slots that may share most of some probes'
// weight. Each half of the slots is gone through by itself.
type gathering struct {
	half   *half
	probes []probe
	// sums are upper bounds by slot of what the probes gathered so far share.
	sums  []float32
	limit int
	// open tells whether a slot may be among the candidates at all.
	open func(at uint32) bool
	// known: so many open slots as are wanted have at least this sum.
	known float32
}

const (
	// As long as more than this share of the weight is left, it is not looked
	// whether what was gathered is enough: too many slots may be among the best
	// then. It is looked again whenever half of that has been gathered.
	leftAtFirst = 1. / 64
	leftAtLast  = 1. / 1024
	// mayBe is how many slots are weighed for each that is wanted, at most, as
	// long as more postings could leave some of them out.
	mayBe = 3
	// rounding is the share by which sums of floats may be wrong, and more.
	rounding = 1e-4
)

// gather gives the slots that may be among the best.
func (g *gathering) gather() []scored {
	all := 0.0
	for _, p := range g.probes {
		all += float64(p.weight)
	}
	gathered, look, added := 0.0, leftAtFirst, 0
	for i, p := range g.probes {
		if left := all - gathered; g.limit > 0 && left <= look*all && look >= leftAtLast {
			g.add(g.probes[added:i])
			added = i
			if may, enough := g.enough(float32(gathered), float32(left)); enough {
				return may
			}
			look = min(look, left/all) / 2
		}
		gathered += float64(p.weight)
	}
	g.add(g.probes[added:])
	least := float32(0)
	if g.limit > 0 {
		least = g.threshold(float32(gathered))
	}
	may, _ := g.above(least, 0, len(g.sums))
	return may
}

// add adds what slots may share of some probes.
func (g *gathering) add(probes []probe) {
	inHalves(len(g.sums), func(from, to int) {
		for _, p := range probes {
			if int(p.term) >= len(g.half.postings) {
				continue
			}
			list := g.half.postings[p.term]
			first, _ := slices.BinarySearchFunc(list, uint32(from), bySlot)
			end, _ := slices.BinarySearchFunc(list, uint32(to), bySlot)
			w := p.weight / postingScale
			for _, e := range list[first:end] {
				g.sums[e.slot()] += w * float32(e.impact())
			}
		}
	})
}

// enough gives the slots that can be among the best, so much weight being
// gathered and so much left, if it is known that no others can, and if they are
// not too many.
func (g *gathering) enough(gathered, left float32) ([]scored, bool) {
	least := g.threshold(gathered)
	if least <= left {
		return nil, false // slots that are not known yet may be
	}
	return g.above(least, left, mayBe*g.limit)
}

// threshold is what a slot must share to be among the best, at least: so many
// open ones share as much already. 0 where there are not so many.
func (g *gathering) threshold(gathered float32) float32 {
	// A posting's impact is rounded up by less than a step.
	slack := gathered / postingScale
	var mu sync.Mutex
	var best []float32
	inHalves(len(g.sums), func(from, to int) {
		some := g.greatest(from, to, max(slack, g.known))
		mu.Lock()
		defer mu.Unlock()
		best = append(best, some...)
	})
	if len(best) < g.limit {
		return 0
	}
	slices.Sort(best)
	g.known = best[len(best)-g.limit] // sums only grow
	return (g.known - slack) * (1 - rounding)
}

// greatest are the greatest sums of open slots of a stretch, as many as are
// wanted, of those that come to the least.
func (g *gathering) greatest(from, to int, least float32) []float32 {
	best := make([]float32, 0, g.limit)
	for at := from; at < to; at++ {
		sum := g.sums[at]
		if sum < least || sum == 0 || !g.open(uint32(at)) {
			continue
		}
		if len(best) < g.limit {
			if best = append(best, sum); len(best) == g.limit {
				slices.Sort(best) // sorted is a heap
				least = max(least, best[0])
			}
			continue
		}
		best[0] = sum
		settle(best)
		least = best[0]
	}
	return best
}

// settle puts the root of a heap whose least is first where it belongs.
func settle(heap []float32) {
	i, v := 0, heap[0]
	for {
		child := 2*i + 1
		if child >= len(heap) {
			break
		}
		if child+1 < len(heap) && heap[child+1] < heap[child] {
			child++
		}
		if heap[child] >= v {
			break
		}
		heap[i] = heap[child]
		i = child
	}
	heap[i] = v
}

// above are the open slots that can come to the least, in no order, if so much
// weight is left to be gathered; false where they are more than most.
func (g *gathering) above(least, left float32, most int) ([]scored, bool) {
	var mu sync.Mutex
	var all []scored
	inHalves(len(g.sums), func(from, to int) {
		var out []scored
		for at := from; at < to && len(out) <= most; at++ {
			if sum := g.sums[at]; sum > 0 && sum+left >= least && g.open(uint32(at)) {
				out = append(out, scored{slot: uint32(at)})
			}
		}
		mu.Lock()
		defer mu.Unlock()
		all = append(all, out...)
	})
	return all, len(all) <= most
}

// probePlaces finds the probes by their terms.
type probePlaces struct {
	shift uint
	terms []uint32 // by hash, the term and one; 0 is free
	at    []uint16 // by hash, the probe
	// weights are those of the probes, and told what a vector shares of each.
	weights, told []float32
	marks         []uint64 // one bit each for the probes that are told of
}

func placesOf(probes []probe) *probePlaces {
	size := bits.Len(uint(4 * len(probes)))
	p := &probePlaces{
		shift: uint(32 - size), terms: make([]uint32, 1<<size), at: make([]uint16, 1<<size),
		weights: make([]float32, len(probes)), told: make([]float32, len(probes)), marks: make([]uint64, len(probes)/64+1),
	}
	for i, probe := range probes {
		at := p.hash(probe.term)
		for p.terms[at] != 0 {
			at = (at + 1) % uint32(len(p.terms))
		}
		p.terms[at], p.at[at] = probe.term+1, uint16(i)
		p.weights[i] = probe.weight / impactScale
	}
	return p
}

// fork finds the same probes, for another goroutine.
func (p *probePlaces) fork() *probePlaces {
	own := *p
	own.told, own.marks = make([]float32, len(p.told)), make([]uint64, len(p.marks))
	return &own
}

func (p *probePlaces) hash(term uint32) uint32 { return term * 0x9E3779B1 >> p.shift }

// share is how much of the probes' weight a vector shares, summed in their order.
func (p *probePlaces) share(vector packed) float32 {
	clear(p.marks)
	r := vector.reader()
	for e, ok := r.next(); ok; e, ok = r.next() {
		for at := p.hash(e.id); p.terms[at] != 0; at = (at + 1) % uint32(len(p.terms)) {
			if p.terms[at] == e.id+1 {
				i := p.at[at]
				p.told[i] = p.weights[i] * float32(e.impact)
				p.marks[i/64] |= 1 << (i % 64)
				break
			}
		}
	}
	sum := float32(0)
	for w, mark := range p.marks {
		for ; mark != 0; mark &= mark - 1 {
			sum += p.told[w*64+bits.TrailingZeros64(mark)]
		}
	}
	return sum
}
