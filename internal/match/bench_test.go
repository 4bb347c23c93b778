package match

import (
	"fmt"
	"math/rand/v2"
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

// What a market learns from, of as many listings as are taken at most for one language.
func BenchmarkLearningFrom10000(b *testing.B) {
	random := rand.New(rand.NewPCG(1, 2))
	words := rand.NewZipf(random, 1.1, 8, 60_000)
	m := &material{all: 60_001, perDim: ShippedModel(b).Terms.Space.PerDim, rows: make([][]cell, 10_000)}
	for i := range m.rows {
		for range 110 {
			m.rows[i] = append(m.rows[i], cell{int32(words.Uint64()), 0.1})
		}
	}
	for i := range m.all {
		m.terms, m.seeds, m.rarity = append(m.terms, uint32(i)), append(m.seeds, uint64(i)), append(m.rarity, 1)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := m.learn(b.Context(), ShippedModel(b).Terms.Space.Dims); err != nil {
			b.Fatal(err)
		}
	}
}
