package match

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"chengqiao/internal/search/analysis"
)

// market is an index of so many made-up results whose words are as rare and as
// common as words are.
func market(t testing.TB, results int) (*Index, *rand.Rand, func(words int) *View) {
	t.Helper()
	model := ShippedModel(t)
	random := rand.New(rand.NewPCG(1, 2))
	words := rand.NewZipf(random, 1.1, 8, 20_000)
	text := func(n int) *View {
		var b strings.Builder
		for range n {
			fmt.Fprintf(&b, "w%dx ", words.Uint64())
		}
		return &View{Texts: map[Field][]string{Title: {"w1x"}, Body: {b.String()}}}
	}
	x := NewIndex(AnalyserOf(analysis.New(nil)), model.Terms)
	for i := range results {
		v := text(20 + random.IntN(200))
		x.Upsert(Listing{Ref: Ref{Achievement, fmt.Sprintf("r%06d", i)}, OrgID: fmt.Sprint(i % 7), Public: v, Members: v, Full: v})
	}
	return x, random, text
}

// What postings leave out would not have been among the best.
func TestTheCandidatesAreThoseThatShareMost(t *testing.T) {
	x, random, text := market(t, 3_000)
	for i := range 200 { // slots that were left and used again
		x.Delete(Ref{Achievement, fmt.Sprintf("r%06d", random.IntN(3_000))})
		v := text(50)
		x.Upsert(Listing{Ref: Ref{Achievement, fmt.Sprintf("s%06d", i)}, Public: v, Members: v, Full: v})
	}
	slots := x.halves[results].slots
	vectors := make([][]entry, len(slots))
	for at := range slots {
		vectors[at] = slots[at].vector.unpack(nil)
	}
	for range 40 {
		v := x.vectorOf(x.weigh(text(5+random.IntN(400)), needs))
		probes := x.probes(v)
		admit := func(s *slot) bool { return s.org != "3" }
		var all []scored
		for at := range slots {
			sum := float32(0)
			for _, p := range probes {
				if i, ok := slices.BinarySearchFunc(vectors[at], p.term, byID); ok {
					sum += p.weight / impactScale * float32(vectors[at][i].impact)
				}
			}
			if sum > 0 && admit(&slots[at]) {
				all = append(all, scored{uint32(at), sum})
			}
		}
		slices.SortFunc(all, x.halves[results].order)
		for _, limit := range []int{0, 1, 10, 300} {
			want := all
			if limit > 0 {
				want = all[:min(len(all), limit)]
			}
			if got := x.candidates(probes, results, publicReader, admit, limit); !slices.Equal(got, want) {
				t.Fatalf("%d probes, limit %d: %d candidates, want %d", len(probes), limit, len(got), len(want))
			}
		}
	}
}

// What is shared is summed, or where little is shared left out, as if each vector were
// looked at.
func TestSlotsThatShareSoMuchAreGathered(t *testing.T) {
	x, random, text := market(t, 3_000)
	h := &x.halves[results]
	vectors := make([][]entry, len(h.slots))
	for at := range h.slots {
		vectors[at] = h.slots[at].vector.unpack(nil)
	}
	for range 20 {
		probes := x.probes(x.vectorOf(x.weigh(text(5+random.IntN(400)), needs)))
		g := newGathering(h, probes, 300, func(uint32) bool { return true })
		sums := make([]summed, len(h.slots))
		for at := range sums {
			sums[at].slot = uint32(at)
			for i, p := range probes {
				if j, ok := slices.BinarySearchFunc(vectors[at], p.term, byID); ok {
					sums[at].sum += g.weights[i] * postingOf(0, vectors[at][j].impact).impact()
				}
			}
		}
		slices.SortFunc(sums, func(a, b summed) int { return cmp.Or(cmp.Compare(b.sum, a.sum), cmp.Compare(a.slot, b.slot)) })
		for _, least := range []uint32{1, 1_000, sums[2_000].sum, sums[300].sum, sums[10].sum, sums[0].sum + 1} {
			n := slices.IndexFunc(sums, func(s summed) bool { return s.sum < max(least, 1) })
			if n < 0 {
				n = len(sums)
			}
			got := g.atLeast(least)
			slices.SortFunc(got, func(a, b summed) int { return cmp.Or(cmp.Compare(b.sum, a.sum), cmp.Compare(a.slot, b.slot)) })
			if !slices.Equal(got, sums[:n]) {
				t.Fatalf("%d probes, from %d on: %d slots, want %d", len(probes), least, len(got), n)
			}
		}
	}
}

// The most promising come first, however many are taken at a time, and each once.
func TestThePromisingAreTakenInOrder(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for _, n := range []int{0, 1, 2, 3, 100, 1_000} {
		slots := make([]scored, n)
		for i := range slots {
			slots[i] = scored{uint32(i), float32(random.IntN(n/2+1)) / 7} // many alike, and nothing at all
		}
		want := slices.Clone(slots)
		slices.SortFunc(want, func(a, b scored) int { return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.slot, b.slot)) })
		var got []scored
		for left := mostPromising(slots); len(left) > 0; {
			got = left.take(got, 1+random.IntN(50))
		}
		if !slices.Equal(got, want) {
			t.Fatalf("of %d slots came %v, want %v", n, got, want)
		}
	}
}

// Where the sample has more of the best than there are elsewhere, the others are not
// left out.
func TestASampleThatMisleadsDoesNoHarm(t *testing.T) {
	const listings = 3_000
	size := listings / sampledShare / windows
	x, _, text := market(t, 0)
	asked := text(100)
	for i := range listings {
		v := text(100)
		if i%(listings/windows) < size/4 {
			v = asked
		}
		x.Upsert(Listing{Ref: Ref{Achievement, fmt.Sprintf("r%06d", i)}, Public: v, Members: v, Full: v})
	}
	h := &x.halves[results]
	probes := x.probes(x.vectorOf(x.weigh(asked, needs)))
	g := newGathering(h, probes, 300, func(uint32) bool { return true })
	if n := len(g.atLeast(g.usualLeast())); n >= 300 {
		t.Fatalf("the sample does not mislead: %d share what it says", n)
	}
	want := x.candidates(probes, results, publicReader, nil, 0)[:300]
	if got := x.candidates(probes, results, publicReader, nil, 300); !slices.Equal(got, want) {
		t.Errorf("%d candidates, and not those that share most", len(got))
	}
}

// A place in postings is found as by looking at each.
func TestPostingsAreFoundFromAnyPlace(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		slots := rapid.SliceOfNDistinct(rapid.Uint32Range(0, 200), 0, 60, rapid.ID[uint32]).Draw(t, "slots")
		slices.Sort(slots)
		list := make([]posting, len(slots))
		for i, s := range slots {
			list[i] = postingOf(s, uint16(rapid.IntRange(1, math.MaxUint16).Draw(t, "impact")))
		}
		slot := rapid.Uint32Range(0, 210).Draw(t, "slot")
		want, _ := slices.BinarySearch(slots, slot)
		if got := seek(list, slot); got != want {
			t.Fatalf("%d of %v is at %d, want %d", slot, slots, got, want)
		}
	})
}

func BenchmarkCandidates(b *testing.B) {
	x, _, text := market(b, 30_000)
	v := x.vectorOf(x.weigh(text(300), needs))
	probes := x.probes(v)
	for b.Loop() {
		x.candidates(probes, results, publicReader, nil, 300)
	}
}
