package evaluate

import (
	"cmp"
	"slices"

	"chengqiao/internal/match"
)

// lesson is one query with the candidates that were scored for it.
type lesson struct {
	id         string
	grades     map[string]int
	candidates []candidate
	weight     float64 // how much the lesson counts
}

type candidate struct {
	id       string
	values   []float64 // by feature, in the learner's order
	features match.Features
}

// learner finds weights for features by coordinate ascent on what is measured:
// one weight after the other is moved to where the rankings of the lessons are
// best, until nothing moves. Weights are never negative: a text that fits more
// never scores less. There is no chance in it, the same lessons teach the same.
//
// It begins with equal weights, and with each that is not the first great or
// small, and keeps the best; never with those of a model, which may have been
// learnt from the very queries that are held out.
type learner struct {
	// features are those that are weighed; the first keeps weight 1.
	features []match.Feature
}

// Bounds of the ascent.
const (
	// mostRounds is how often each weight is looked at.
	mostRounds = 12
	// leastGain is what a move must bring: less is chance.
	leastGain = 2e-4
)

// strides are the factors by which a weight is moved, and entries the weights
// that one of zero is tried with.
var (
	strides = []float64{0, 0.4, 0.7, 0.85, 1.2, 1.4, 2.5}
	entries = []float64{0.02, 0.1, 0.4, 1.6}
)

// learn gives the weights.
func (l learner) learn(lessons []lesson) map[match.Feature]float64 {
	for i := range lessons {
		for k := range lessons[i].candidates {
			c := &lessons[i].candidates[k]
			c.values = make([]float64, len(l.features))
			for j, f := range l.features {
				c.values[j] = c.features[f]
			}
		}
	}
	weights, worth := l.ascend(lessons, -1)
	for great := range l.features {
		if w, q := l.ascend(lessons, great); q > worth+leastGain {
			weights, worth = w, q
		}
	}
	out := map[match.Feature]float64{}
	for j, f := range l.features {
		out[f] = weights[j]
	}
	return out
}

// ascend begins with equal weights, or with small ones beside the first and one
// great one, and gives what it comes to with its quality.
func (l learner) ascend(lessons []lesson, great int) (weights []float64, worth float64) {
	const small = 0.1
	weights = make([]float64, len(l.features))
	for j := range weights {
		weights[j] = 1
		if great >= 0 && j != great && j > 0 {
			weights[j] = small
		}
	}
	worth = quality(lessons, weights)
	for range mostRounds {
		moved := false
		for j := 1; j < len(weights); j++ {
			stood, best := weights[j], weights[j]
			for _, w := range around(stood) {
				weights[j] = w
				if q := quality(lessons, weights); q > worth+leastGain {
					worth, best, moved = q, w, true
				}
			}
			weights[j] = best
		}
		if !moved {
			break
		}
	}
	return weights, worth
}

// around are the weights that one is tried with.
func around(w float64) []float64 {
	if w == 0 {
		return entries
	}
	out := make([]float64, len(strides))
	for i, s := range strides {
		out[i] = w * s
	}
	return out
}

// quality is what the weights rank worth: nDCG@10, and Recall@20 by half.
func quality(lessons []lesson, weights []float64) float64 {
	const recall = 0.5
	sum, total := 0.0, 0.0
	for i := range lessons {
		first := lessons[i].first(weights)
		sum += lessons[i].weight * (NDCG(first, lessons[i].grades, depth) + recall*Recall(first, lessons[i].grades, page))
		total += lessons[i].weight
	}
	return sum / total
}

// first are the ids of the first page.
func (s *lesson) first(weights []float64) []string {
	var ids [page]string
	var scores [page]float64
	n := 0
	for i := range s.candidates {
		c := &s.candidates[i]
		score := 0.0
		for j, v := range c.values {
			score += weights[j] * v
		}
		if n == page && score <= scores[n-1] {
			continue
		}
		n = min(n+1, page)
		at := n - 1
		for ; at > 0 && scores[at-1] < score; at-- {
			ids[at], scores[at] = ids[at-1], scores[at-1]
		}
		ids[at], scores[at] = c.id, score
	}
	return ids[:n]
}

// ranked are the candidates' ids by a score, best first.
func (s *lesson) ranked(score func(match.Features) float64) []string {
	type scored struct {
		id    string
		score float64
	}
	list := make([]scored, len(s.candidates))
	for i, c := range s.candidates {
		list[i] = scored{c.id, score(c.features)}
	}
	slices.SortFunc(list, func(a, b scored) int {
		return cmp.Or(-cmp.Compare(a.score, b.score), cmp.Compare(a.id, b.id))
	})
	ids := make([]string, len(list))
	for i, x := range list {
		ids[i] = x.id
	}
	return ids
}
