package evaluate

import (
	"cmp"
	"math"
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
	features match.Features
}

// learner finds weights for features by which the judged candidates of the
// lessons are told from the others: a candidate's chance of being chosen is as
// the exponential of its score, and the judged ones shall have it (listwise
// regression). What is sought has one best answer, and there is no chance in
// finding it: the same lessons teach the same, and no model's weights come into
// it, which may have been learnt from the very queries that are held out.
//
// Weights are never negative: a text that fits more never scores less.
type learner struct {
	features []match.Feature
	// share is how far the weights count for a candidate, nil for fully, and
	// base what a candidate scores without them.
	share, base func(match.Features) float64
}

// Bounds of the regression.
const (
	// strides is how many steps the descent takes, and stride the greatest.
	strides, stride = 120, 0.12
	// modesty is what weights cost: of two features that tell the same both
	// count, and none more than what it tells.
	modesty = 1e-3
)

// rows are the candidates of a lesson as the regression sees them.
type rows struct {
	x      [][]float64
	base   []float64
	wanted []float64 // shares of the choice
	weight float64
}

// learn gives the weights.
func (l learner) learn(lessons []lesson) map[match.Feature]float64 {
	scales := l.scales(lessons)
	var all []rows
	total := 0.0
	for _, s := range lessons {
		if r := l.rows(s, scales); r.x != nil {
			all = append(all, r)
			total += r.weight
		}
	}
	weights := make([]float64, len(l.features))
	for j := range weights {
		weights[j] = 1 / float64(len(weights))
	}
	// Adam: each weight moves by its slope's mean over its usual size.
	const keepMean, keepSize = 0.9, 0.99
	means, sizes := make([]float64, len(weights)), make([]float64, len(weights))
	for step := 1; step <= strides; step++ {
		slope := make([]float64, len(weights))
		for i := range all {
			all[i].addSlope(weights, slope, all[i].weight/total)
		}
		length := stride * (1 - 0.9*float64(step)/strides)
		for j := range weights {
			g := slope[j] + modesty*weights[j]
			means[j] = keepMean*means[j] + (1-keepMean)*g
			sizes[j] = keepSize*sizes[j] + (1-keepSize)*g*g
			mean, size := means[j]/(1-math.Pow(keepMean, float64(step))), sizes[j]/(1-math.Pow(keepSize, float64(step)))
			weights[j] = max(weights[j]-length*mean/(math.Sqrt(size)+1e-9), 0)
		}
	}
	out := map[match.Feature]float64{}
	for j, f := range l.features {
		out[f] = weights[j] / scales[j]
	}
	return out
}

// scales are the usual differences of each feature within a lesson.
func (l learner) scales(lessons []lesson) []float64 {
	out := make([]float64, len(l.features))
	for j, f := range l.features {
		squares, n := 0.0, 0.0
		for _, s := range lessons {
			mean := 0.0
			for _, c := range s.candidates {
				mean += c.features[f] / float64(len(s.candidates))
			}
			for _, c := range s.candidates {
				d := c.features[f] - mean
				squares += s.weight * d * d
				n += s.weight
			}
		}
		if out[j] = math.Sqrt(squares / max(n, math.SmallestNonzeroFloat64)); out[j] < 1e-9 {
			out[j] = 1 // tells nothing
		}
	}
	return out
}

// rows are a lesson's candidates; none where no judged one was found. All take
// part: rivals picked by their features would hide what these features tell.
func (l learner) rows(s lesson, scales []float64) rows {
	out := rows{weight: s.weight}
	sum := 0.0
	for _, c := range s.candidates {
		share, base := 1.0, 0.0
		if l.share != nil {
			share, base = l.share(c.features), l.base(c.features)
		}
		x := make([]float64, len(l.features))
		for j, f := range l.features {
			x[j] = share * c.features[f] / scales[j]
		}
		g := gain(s.grades[c.id])
		sum += g
		out.x, out.base, out.wanted = append(out.x, x), append(out.base, base), append(out.wanted, g)
	}
	if sum == 0 {
		return rows{}
	}
	for i := range out.wanted {
		out.wanted[i] /= sum
	}
	return out
}

// addSlope adds by how much the loss grows with each weight.
func (r *rows) addSlope(weights, slope []float64, share float64) {
	chances, greatest, sum := slices.Clone(r.base), math.Inf(-1), 0.0
	for i, x := range r.x {
		for j, v := range x {
			chances[i] += weights[j] * v
		}
		greatest = max(greatest, chances[i])
	}
	for i := range chances {
		chances[i] = math.Exp(chances[i] - greatest)
		sum += chances[i]
	}
	for i, x := range r.x {
		d := share * (chances[i]/sum - r.wanted[i])
		for j, v := range x {
			slope[j] += d * v
		}
	}
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
