package match

import (
	"cmp"
	"math"
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
	g := newGathering(h, probes, limit, func(at uint32) bool {
		sl := &h.slots[at]
		return sl.readers&who != 0 && (admit == nil || admit(sl))
	})
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
	left := mostPromising(may)
	best := greatest[float32]{wanted: limit}
	var out []scored
	for some := limit; len(left) > 0; some = 1 + limit/8 {
		at := len(out)
		if out = left.take(out, some); out[at].score < best.least()*(1-rounding) {
			return out[:at]
		}
		part := out[at:]
		inHalves(len(part), func(from, to int) {
			own := places.fork()
			for i := from; i < to; i++ {
				part[i].score = own.share(h.slots[part[i].slot].vector)
			}
		})
		for _, c := range part {
			best.add(c.score)
		}
	}
	return out
}

// promising are slots with upper bounds of their scores, from which the greatest are
// taken first. Where a whole market shares one word they are the market, and few of
// them are taken: so they are a heap, and never sorted. A bound that is not negative
// has the order of its bits; turned over, the greatest is the least.
type promising []uint64

func mostPromising(slots []scored) promising {
	p := make(promising, len(slots))
	for i, s := range slots {
		p[i] = uint64(^math.Float32bits(s.score))<<32 | uint64(s.slot)
	}
	for i := len(p)/2 - 1; i >= 0; i-- {
		settle(p, i)
	}
	return p
}

// take appends so many of those that are left, or all, the most promising first.
func (p *promising) take(to []scored, some int) []scored {
	heap := *p
	for ; some > 0 && len(heap) > 0; some-- {
		to = append(to, scored{uint32(heap[0]), math.Float32frombits(^uint32(heap[0] >> 32))})
		last := len(heap) - 1
		heap[0] = heap[last]
		heap = heap[:last]
		settle(heap, 0)
	}
	*p = heap
	return to
}

// gathering is the search for the slots that may share most of some probes'
// weight. What a slot shares is summed in whole numbers, of which units make one.
type gathering struct {
	half   *half
	probes []probe
	// weights are those of the probes, rounded up.
	weights []uint32
	// beyond is by place, and for the end, what a slot shares at most of the probes
	// from there on.
	beyond []uint32
	units  float64
	// slack is more than what all that is rounded up comes to.
	slack uint32
	limit int
	// open tells whether a slot may be among the candidates at all.
	open func(at uint32) bool
}

// wholeWeight is what the probes weigh together, before they are rounded up. So many
// steps of impact leave room in 32 bits.
const wholeWeight = 1 << 23

func newGathering(h *half, probes []probe, limit int, open func(at uint32) bool) *gathering {
	all := 0.0
	for _, p := range probes {
		all += float64(p.weight)
	}
	g := &gathering{
		half: h, probes: probes, weights: make([]uint32, len(probes)), beyond: make([]uint32, len(probes)+1),
		units: wholeWeight / all * postingScale, limit: limit, open: open,
	}
	for i, p := range slices.Backward(probes) {
		g.weights[i] = uint32(math.Ceil(float64(p.weight) / all * wholeWeight))
		g.beyond[i] = g.beyond[i+1] + g.weights[i]*postingScale
		// A posting's impact is rounded up by less than a step, a weight by less than one.
		g.slack += g.weights[i] + postingScale
	}
	return g
}

// stretch is how many slots are gathered at a time: so many sums stay close to
// the processor while the postings of all probes go past them.
const stretch = 1 << 13

// gather gives the slots that may be among the best, in no order, each with an
// upper bound of what it shares.
//
// The lightest probes have most of the postings, and no slot is among the best by them
// alone. Who knows what the best share can leave most of these postings out; a sample
// tells it, and where that was too much it is done again with less.
func (g *gathering) gather() []scored {
	for least := g.usualLeast(); ; {
		may := g.atLeast(least)
		best := greatest[uint32]{wanted: g.limit}
		for _, s := range may {
			best.add(s.sum)
		}
		sure := g.lessRounding(best.least())
		if sure >= least || least == 0 {
			return g.scored(may, sure)
		}
		least = max(sure, least/2)
	}
}

// summed is a slot with the sum of what it shares, rounded up.
type summed struct{ slot, sum uint32 }

// scored are those whose sums are so much, with their sums as scores.
func (g *gathering) scored(some []summed, least uint32) []scored {
	out := make([]scored, 0, len(some))
	for _, s := range some {
		if s.sum >= least {
			out = append(out, scored{s.slot, float32(float64(s.sum) / g.units)})
		}
	}
	return out
}

// lessRounding is what a slot of such a sum shares at least.
func (g *gathering) lessRounding(sum uint32) uint32 {
	return uint32(float64(sum-min(sum, g.slack)) * (1 - rounding))
}

// A sample is an eighth of the slots, but no more than it takes to be rather sure. It
// is taken in windows all over the half: neighbours came together, and are of one sort.
const (
	windows      = 8
	sampledShare = 8
	mostSampled  = 1 << 12
)

// usualLeast is what about as many slots share as are wanted, or a few more, by a
// sample; 0 where hardly any share something.
func (g *gathering) usualLeast() uint32 {
	slots := len(g.half.slots)
	size := min(slots/sampledShare, mostSampled) / windows
	if g.limit == 0 || size == 0 {
		return 0
	}
	expected := float64(g.limit*windows*size) / float64(slots)
	best := greatest[uint32]{wanted: int(expected + 3*math.Sqrt(expected) + 3)} // by chance it is hardly ever more
	lists := g.postings(0)
	var sums [stretch]uint32
	for w := range windows {
		from := w * (slots / windows)
		g.sumUp(lists, from, from+size, &sums)
		for i, sum := range sums[:size] {
			if sum > best.least() && g.open(uint32(from+i)) {
				best.add(sum)
			}
		}
		clear(sums[:size])
	}
	return g.lessRounding(best.least())
}

// atLeast gives the slots that share something and whose sums are so much. The two
// halves of the slots are gone through at the same time.
func (g *gathering) atLeast(least uint32) []summed {
	var mu sync.Mutex
	var may []summed
	inHalves((len(g.half.slots)+stretch-1)/stretch, func(from, to int) {
		found := g.through(from*stretch, min(to*stretch, len(g.half.slots)), max(least, 1))
		mu.Lock()
		defer mu.Unlock()
		may = append(may, found...)
	})
	return may
}

// lightShare is the part of the least sum that a slot shares at most of the light
// probes, all together: those are looked up for the slots that the others leave.
const lightShare = 8

// through goes through the slots of a part and gives those whose sums are so much.
func (g *gathering) through(from, to int, least uint32) []summed {
	light := slices.IndexFunc(g.beyond, func(beyond uint32) bool { return beyond <= least/lightShare })
	lists := g.postings(from)
	var sums [stretch]uint32
	var may, here []summed
	for ; from < to; from += stretch {
		g.sumUp(lists[:light], from, min(from+stretch, to), &sums)
		here = here[:0]
		enough := max(least-g.beyond[light], 1)
		for i, sum := range sums {
			if sum >= enough {
				here = append(here, summed{uint32(from + i), sum})
			}
		}
		clear(sums[:])
		for i := light; i < len(lists); i++ {
			here = slices.DeleteFunc(here, func(s summed) bool { return s.sum+g.beyond[i] < least })
			lists[i] = lookUp(here, lists[i], g.weights[i])
		}
		for _, s := range here {
			if s.sum >= least && g.open(s.slot) {
				may = append(may, s)
			}
		}
	}
	return may
}

// postings are those of the probes, from a slot on.
func (g *gathering) postings(from int) [][]posting {
	lists := make([][]posting, len(g.probes))
	for i, p := range g.probes {
		if int(p.term) < len(g.half.postings) {
			list := g.half.postings[p.term]
			lists[i] = list[seek(list, uint32(from)):]
		}
	}
	return lists
}

// sumUp adds what slots share of the first probes to sums, which begin with the first
// of the slots. The lists are those from there on, and afterwards those behind.
func (g *gathering) sumUp(lists [][]posting, from, to int, sums *[stretch]uint32) {
	for i, list := range lists {
		list = list[seek(list, uint32(from)):]
		n, weight := seek(list, uint32(to)), g.weights[i]
		for _, p := range list[:n] {
			sums[(p.slot()-uint32(from))%stretch] += weight * p.impact()
		}
		lists[i] = list[n:]
	}
}

// lookUp adds to slots, in their order, what they share of a probe, and gives its
// postings from the last of them on.
func lookUp(slots []summed, list []posting, weight uint32) []posting {
	for i := range slots {
		s := &slots[i]
		list = list[seek(list, s.slot):]
		if len(list) > 0 && list[0].slot() == s.slot {
			s.sum += weight * list[0].impact()
		}
	}
	return list
}

// greatest keeps so many of the greatest numbers that it is given, none of them
// negative.
type greatest[N uint32 | float32] struct {
	wanted int
	// heap is one whose least is first as soon as there are as many as are wanted.
	heap []N
}

// least is the least of the greatest, 0 as long as they are fewer than are wanted.
func (g *greatest[N]) least() N {
	if len(g.heap) < g.wanted || g.wanted == 0 {
		return 0
	}
	return g.heap[0]
}

func (g *greatest[N]) add(v N) {
	switch {
	case len(g.heap) < g.wanted:
		if g.heap = append(g.heap, v); len(g.heap) == g.wanted {
			slices.Sort(g.heap) // sorted is a heap
		}
	case g.wanted > 0 && v > g.heap[0]:
		g.heap[0] = v
		settle(g.heap, 0)
	}
}

// settle puts what stands at a place of a heap whose least is first, above two heaps,
// where it belongs.
func settle[N cmp.Ordered](heap []N, i int) {
	if i >= len(heap) {
		return
	}
	v := heap[i]
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
