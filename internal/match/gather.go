package match

import (
	"cmp"
	"math/bits"
	"slices"
	"sync"
)

// candidates are the slots of a half, open to the reader, that share most of
// the probes' weight, best first; limit 0 means all that share anything.
// The caller holds the read lock.
//
// Postings give each slot an upper bound of what it shares. Those slots that may
// be among the best by it are weighed by their own vectors, the most promising
// first, until those that are left can no longer be.
func (x *Index) candidates(probes []probe, s side, who readers, admit func(*slot) bool, limit int) []scored {
	h := &x.halves[s]
	g := gathering{half: h, probes: probes, limit: limit,
		open: func(at uint32) bool {
			sl := &h.slots[at]
			return sl.readers&who != 0 && (admit == nil || admit(sl))
		}}
	best := slices.DeleteFunc(byVectors(h, placesOf(probes), g.gather(), limit), func(c scored) bool { return c.score <= 0 })
	slices.SortFunc(best, h.order)
	if limit > 0 {
		best = best[:min(len(best), limit)]
	}
	return best
}

// rounding is the share by which sums of floats may be wrong, and more.
const rounding = 1e-4

// byVectors scores slots by their own vectors, those alone that may be among the
// best by the upper bounds with which they come.
func byVectors(h *half, places *probePlaces, may []scored, limit int) []scored {
	if limit == 0 {
		limit = len(may)
	}
	slices.SortFunc(may, func(a, b scored) int { return cmp.Compare(b.score, a.score) })
	best := greatest{wanted: limit}
	for at, some := 0, limit; at < len(may); some = 1 + limit/8 {
		part := may[at:min(at+some, len(may))]
		if part[0].score < best.least()*(1-rounding) {
			return may[:at]
		}
		inHalves(len(part), func(from, to int) {
			own := places.fork()
			for i := from; i < to; i++ {
				part[i].score = own.share(h.slots[part[i].slot].vector)
			}
		})
		for _, c := range part {
			best.add(c.score)
		}
		at += len(part)
	}
	return may
}

// gathering is the search for the slots that may share most of some probes'
// weight.
type gathering struct {
	half   *half
	probes []probe
	limit  int
	// open tells whether a slot may be among the candidates at all.
	open func(at uint32) bool
}

// stretch is how many slots are gathered at a time: so many sums stay close to
// the processor while the postings of all probes go past them.
const stretch = 1 << 13

// gather gives the slots that may be among the best, in no order, each with an
// upper bound of what it shares. The two halves of the slots are gone through at
// the same time.
func (g *gathering) gather() []scored {
	all := float32(0)
	for _, p := range g.probes {
		all += p.weight
	}
	// A posting's impact is rounded up by less than a step.
	slack := all / postingScale
	var mu sync.Mutex
	var may []scored
	best := greatest{wanted: g.limit}
	inHalves((len(g.half.slots)+stretch-1)/stretch, func(from, to int) {
		found, sums := g.through(from*stretch, min(to*stretch, len(g.half.slots)), slack)
		mu.Lock()
		defer mu.Unlock()
		may = append(may, found...)
		for _, sum := range sums {
			best.add(sum)
		}
	})
	least := (best.least() - slack) * (1 - rounding)
	return atLeast(may, least)
}

// atLeast keeps those that score so much.
func atLeast(some []scored, least float32) []scored {
	return slices.DeleteFunc(some, func(c scored) bool { return c.score < least })
}

// through goes through the slots of a part and gives those that may be among the
// best by what is known of the part, and the greatest of their sums.
func (g *gathering) through(from, to int, slack float32) ([]scored, []float32) {
	lists := make([][]posting, len(g.probes))
	for i, p := range g.probes {
		if int(p.term) < len(g.half.postings) {
			list := g.half.postings[p.term]
			at, _ := slices.BinarySearchFunc(list, uint32(from), bySlot)
			lists[i] = list[at:]
		}
	}
	may := make([]scored, 0, 4*g.limit)
	var sums [stretch]float32
	best := greatest{wanted: g.limit}
	for ; from < to; from += stretch {
		end := uint32(min(from+stretch, to))
		for i, list := range lists {
			weight := g.probes[i].weight / postingScale
			at := 0
			for ; at < len(list) && list[at].slot() < end; at++ {
				sums[list[at].slot()%stretch] += weight * float32(list[at].impact())
			}
			lists[i] = list[at:]
		}
		for at, sum := range sums {
			if sum == 0 || sum < (best.least()-slack)*(1-rounding) || !g.open(uint32(from+at)) {
				continue
			}
			if g.limit > 0 && len(may) == cap(may) { // what has fallen behind makes room
				may = atLeast(may, (best.least()-slack)*(1-rounding))
			}
			may = append(may, scored{uint32(from + at), sum})
			best.add(sum)
		}
		clear(sums[:])
	}
	return may, best.heap
}

// greatest keeps so many of the greatest numbers that it is given, none of them
// negative.
type greatest struct {
	wanted int
	// heap is one whose least is first as soon as there are as many as are wanted.
	heap []float32
}

// least is the least of the greatest, 0 as long as they are fewer than are wanted.
func (g *greatest) least() float32 {
	if len(g.heap) < g.wanted || g.wanted == 0 {
		return 0
	}
	return g.heap[0]
}

func (g *greatest) add(v float32) {
	switch {
	case len(g.heap) < g.wanted:
		if g.heap = append(g.heap, v); len(g.heap) == g.wanted {
			slices.Sort(g.heap) // sorted is a heap
		}
	case g.wanted > 0 && v > g.heap[0]:
		g.heap[0] = v
		settle(g.heap)
	}
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

// probePlaces finds the probes by their terms.
type probePlaces struct {
	shift uint
	terms []uint32 // by hash, the term and one; 0 is free
	at    []uint16 // by hash, the probe
	// weights are those of the probes, and told what a vector shares of each.
	weights, told []float32
	marks         []uint64 // one bit each for the probes that are told of
	room          []entry
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
	own.told, own.marks, own.room = make([]float32, len(p.told)), make([]uint64, len(p.marks)), nil
	return &own
}

func (p *probePlaces) hash(term uint32) uint32 { return term * 0x9E3779B1 >> p.shift }

// share is how much of the probes' weight a vector shares, summed in their order.
func (p *probePlaces) share(vector packed) float32 {
	clear(p.marks)
	p.room = vector.unpack(p.room)
	for _, e := range p.room {
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
