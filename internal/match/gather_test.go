package match

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

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

func BenchmarkCandidates(b *testing.B) {
	x, _, text := market(b, 30_000)
	v := x.vectorOf(x.weigh(text(300), needs))
	probes := x.probes(v)
	for b.Loop() {
		x.candidates(probes, results, publicReader, nil, 300)
	}
}
