package match

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// Whatever order they come in, and however many differ by as much as the last.
func TestTheClosestAreThoseThatDifferLeast(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		h := &half{slots: make([]slot, 1+random.IntN(300))}
		signs, limit := 1+random.IntN(60), 1+random.IntN(40)
		best := closestOf(limit, signs/2)
		var all []scored
		for at := range h.slots {
			h.slots[at].ref.ID = fmt.Sprintf("%03d", random.IntN(1_000))
			differs := random.IntN(signs + 1)
			if differs <= best.most {
				best.add(uint32(at), differs)
			}
			if differs <= signs/2 {
				all = append(all, scored{uint32(at), -float32(differs)})
			}
		}
		slices.SortStableFunc(all, h.order)
		want := all[:min(len(all), limit)]
		got := best.first(h)
		if !slices.EqualFunc(got, want, func(a, b scored) bool { return h.order(a, b) == 0 }) {
			t.Fatalf("of %d slots and %d signs, limit %d: %v, want %v", len(h.slots), signs, limit, got, want)
		}
	}
}
