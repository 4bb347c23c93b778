package evaluate

import (
	"cmp"
	"math"
	"slices"
)

// NDCG is the normalised discounted cumulative gain of the first k of a
// ranking: gain 2^grade − 1, discount log2(rank + 1), over the best ranking that
// the grades allow. 0 if nothing is relevant.
func NDCG(ranking []string, grades map[string]int, k int) float64 {
	best := bestDCG(grades, k)
	if best == 0 {
		return 0
	}
	sum := 0.0
	for i, id := range ranking[:min(k, len(ranking))] {
		sum += gain(grades[id]) / discount(i)
	}
	return sum / best
}

// bestDCG is the discounted gain of the best ranking that the grades allow.
func bestDCG(grades map[string]int, k int) float64 {
	gains := make([]float64, 0, len(grades))
	for _, g := range grades {
		gains = append(gains, gain(g))
	}
	slices.SortFunc(gains, func(a, b float64) int { return -cmp.Compare(a, b) })
	best := 0.0
	for i, g := range gains[:min(k, len(gains))] {
		best += g / discount(i)
	}
	return best
}

func gain(grade int) float64 {
	if grade <= 0 {
		return 0
	}
	return math.Exp2(float64(grade)) - 1
}

// discount of a place counted from 0.
func discount(place int) float64 { return math.Log2(float64(place + 2)) }

// Recall is the part of the relevant documents that are among the first k. 0
// if nothing is relevant.
func Recall(ranking []string, grades map[string]int, k int) float64 {
	relevant, found := 0, 0
	for _, g := range grades {
		if g > 0 {
			relevant++
		}
	}
	for _, id := range ranking[:min(k, len(ranking))] {
		if grades[id] > 0 {
			found++
		}
	}
	if relevant == 0 {
		return 0
	}
	return float64(found) / float64(relevant)
}

// ReciprocalRank is one over the rank of the first relevant document; 0 if the
// ranking has none.
func ReciprocalRank(ranking []string, grades map[string]int) float64 {
	for i, id := range ranking {
		if grades[id] > 0 {
			return 1 / float64(i+1)
		}
	}
	return 0
}
