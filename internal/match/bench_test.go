package match

import (
	"fmt"
	"testing"
)

// A list explains twenty pairs of one need.
func BenchmarkExplanations(b *testing.B) {
	x, _, text := market(b, 500)
	need := text(300)
	var found [20]*View
	for i := range found {
		found[i] = text(200)
	}
	b.ReportAllocs()
	for b.Loop() {
		e := x.Explainer(need, Need)
		for _, v := range found {
			e.WithResult(v, nil)
		}
	}
}

// The ledger compares one result after the other with the same needs.
func BenchmarkResultsThatLookForNeeds(b *testing.B) {
	x, _, text := market(b, 100)
	for i := range 1_000 {
		v := text(200)
		x.Upsert(Listing{Ref: Ref{Need, fmt.Sprintf("n%06d", i)}, Public: v, Members: v, Full: v})
	}
	model := ShippedModel(b)
	result := text(200)
	b.ReportAllocs()
	for b.Loop() {
		x.Rank(model, Ask{View: result, Of: Achievement, Candidates: followed, Keep: true})
	}
}
