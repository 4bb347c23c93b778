package evaluate

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"math"
	"slices"

	"chengqiao/internal/match"
	"chengqiao/internal/search/analysis"
)

// TrainOptions say from what the weights of matching are learnt.
type TrainOptions struct {
	// Sets are judged queries with their documents. Each counts as its weight
	// says, however many queries it has; without Weights each the same.
	Sets    []Options
	Weights []float64
	// Ledger is one more set, the last, of weight 1; nil for none.
	Ledger   *Ledger
	Analyzer *analysis.Analyzer
	// Model is the one whose weights of texts are learnt; all else stays.
	Model match.Model
	// Folds is into how many parts the queries are cut, 2 or more.
	Folds int
	// Seed draws the parts.
	Seed int64
}

// Training is what was learnt, with what it is worth.
type Training struct {
	// Texts are learnt from all queries.
	Texts match.TextWeights
	// Folds are by set and part: weights learnt from the other parts of all
	// sets, measured on those (Trained) and on the part itself (HeldOut).
	Folds []FoldFigures
	// HeldOut and Before are each set's means: of its queries each measured
	// with weights that were learnt without it, and with the model's own.
	HeldOut, Before []Figures
}

// FoldFigures are those of one part of a set.
type FoldFigures struct {
	Set, Fold        int
	Trained, HeldOut Figures
}

// Train learns the weights of the features of texts, cross-validated. Errors
// of the files are *InputError.
func Train(ctx context.Context, o TrainOptions) (Training, error) {
	var t Training
	if len(o.Sets) == 0 && o.Ledger == nil {
		return t, &InputError{errors.New("nothing to learn from")}
	}
	if o.Folds < leastFolds {
		return t, errTooFewFolds
	}
	if len(o.Weights) != 0 && len(o.Weights) != len(o.Sets) {
		return t, &InputError{errors.New("as many weights as sets are needed")}
	}
	if slices.ContainsFunc(o.Weights, func(w float64) bool { return !(w > 0) || math.IsInf(w, 1) }) {
		return t, &InputError{errors.New("a set counts by a weight above 0")}
	}
	sets, err := o.lessons(ctx)
	if err != nil {
		return t, err
	}
	return o.learnFrom(sets), nil
}

// lessons are those of each set, the ledger's last.
func (o TrainOptions) lessons(ctx context.Context) ([][]lesson, error) {
	sets := make([][]lesson, len(o.Sets))
	rankers := map[string]*matchRanker{} // by what they have indexed
	for i, s := range o.Sets {
		set, err := load(s)
		if err != nil {
			return nil, err
		}
		indexed := fmt.Sprintf("%s %q", s.Docs, s.Fields)
		if rankers[indexed] == nil {
			rankers[indexed] = newMatchRanker(o.Analyzer, o.Model)
			if err := rankers[indexed].Index(ctx, set.docs); err != nil {
				return nil, fmt.Errorf("index: %w", err)
			}
		}
		if sets[i], err = rankers[indexed].lessons(ctx, set); err != nil {
			return nil, err
		}
	}
	if o.Ledger != nil {
		judged, err := o.Ledger.lessons()
		if err != nil {
			return nil, err
		}
		sets = append(sets, judged)
	}
	return sets, nil
}

// learnFrom learns from all sets, and for each part of the queries without it.
func (o TrainOptions) learnFrom(sets [][]lesson) Training {
	var t Training
	t.HeldOut, t.Before = make([]Figures, len(sets)), make([]Figures, len(sets))
	for fold := range o.Folds {
		weights := learnTexts(o.Model, o.gathered(sets, func(id string) bool { return foldOf(id, o.Seed, o.Folds) != fold }))
		m := o.Model
		m.Texts = weights
		for i, set := range sets {
			f := FoldFigures{Set: i, Fold: fold}
			for _, s := range set {
				if foldOf(s.id, o.Seed, o.Folds) == fold {
					f.HeldOut.count(s.ranked(m.Score), s.grades)
					t.HeldOut[i].count(s.ranked(m.Score), s.grades)
					t.Before[i].count(s.ranked(o.Model.Score), s.grades)
				} else {
					f.Trained.count(s.ranked(m.Score), s.grades)
				}
			}
			f.Trained.mean()
			f.HeldOut.mean()
			t.Folds = append(t.Folds, f)
		}
	}
	for i := range sets {
		t.HeldOut[i].mean()
		t.Before[i].mean()
	}
	t.Texts = learnTexts(o.Model, o.gathered(sets, func(string) bool { return true }))
	return t
}

// foldOf is the part that a query belongs to. The name of the set is no part
// of it: one paper's title and need, which differ in their first letter alone,
// shall not be learnt from and measured with.
func foldOf(id string, seed int64, folds int) int {
	h := fnv.New64a()
	fmt.Fprintf(h, "%d %s", seed, source(id))
	return int(h.Sum64() >> 8 % uint64(folds))
}

// source is what follows the mark of the test in a query's id.
func source(id string) string {
	for i, r := range id {
		if r == '-' {
			return id[i+1:]
		}
	}
	return id
}

// gathered are the lessons of all sets that are in, each set with its weight.
func (o TrainOptions) gathered(sets [][]lesson, in func(id string) bool) []lesson {
	var out []lesson
	for at, set := range sets {
		weight := 1.0
		if at < len(o.Weights) {
			weight = o.Weights[at]
		}
		from := len(out)
		for _, s := range set {
			if in(s.id) {
				out = append(out, s)
			}
		}
		for i := from; i < len(out); i++ {
			out[i].weight = weight / float64(len(out)-from)
		}
	}
	return out
}

// lessons ranks for each query that has a relevant document.
func (r *matchRanker) lessons(ctx context.Context, set set) ([]lesson, error) {
	var out []lesson
	for _, q := range set.queries {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		grades := set.gradesOf(q)
		if !anyRelevant(grades) {
			continue
		}
		s := lesson{id: q.ID, grades: grades}
		for _, c := range r.ranked(q, false) {
			s.candidates = append(s.candidates, candidate{id: c.Ref.ID, features: c.Features()})
		}
		out = append(out, s)
	}
	return out, nil
}

// learnTexts learns both sets of weights: first those without a space, then,
// beside them, those with one, as far as it knows what each need speaks of. The
// scores get the size that those of the model have.
func learnTexts(m match.Model, lessons []lesson) match.TextWeights {
	inSpace := []match.Feature{match.LongNearness, match.BriefNearness}
	words := slices.DeleteFunc(match.TextFeatures(), func(f match.Feature) bool { return slices.Contains(inSpace, f) })
	alone := learner{features: words}.learn(lessons)
	for _, f := range inSpace {
		alone[f] = 0
	}
	learnt := learner{
		features: match.TextFeatures(),
		share:    func(f match.Features) float64 { return f[match.Familiarity] },
		base: func(f match.Features) float64 {
			return (1 - f[match.Familiarity]) * weighedSum(alone, f)
		},
	}.learn(lessons)
	size := usual(brief(lessons), m.Texts.Alone)
	if size == 0 {
		size = usual(lessons, m.Texts.Alone)
	}
	even(lessons, alone, size)
	even(lessons, learnt, size)
	return match.TextWeights{Learnt: learnt, Alone: alone}
}

// longFeatures are those of long needs, which no brief one has.
var longFeatures = []match.Feature{match.LongCoverage, match.LongPhrases, match.LongNearness}

// even gives scores one size, for long needs as for brief ones: what is learnt
// is only how the candidates of one need compare.
func even(lessons []lesson, weights map[match.Feature]float64, to float64) {
	ofBrief, ofLong := usual(brief(lessons), weights), usual(long(lessons), weights)
	if ofBrief == 0 || ofLong == 0 { // all needs are of one kind
		ofBrief = max(ofBrief, ofLong)
		ofLong = ofBrief
	}
	for f := range weights {
		from := ofBrief
		if slices.Contains(longFeatures, f) {
			from = ofLong
		}
		if from > 0 && to > 0 {
			weights[f] *= to / from
		}
	}
}

func brief(lessons []lesson) []lesson {
	return slices.DeleteFunc(slices.Clone(lessons), lesson.long)
}

func long(lessons []lesson) []lesson {
	return slices.DeleteFunc(slices.Clone(lessons), func(s lesson) bool { return !s.long() })
}

// long tells whether a lesson's need counts for a long one rather than a brief one.
func (s lesson) long() bool {
	var l, b float64
	for _, c := range s.candidates {
		l, b = l+c.features[match.LongCoverage], b+c.features[match.BriefMention]
	}
	return l > b
}

func weighedSum(weights map[match.Feature]float64, f match.Features) float64 {
	sum := 0.0
	for _, name := range match.TextFeatures() { // in one order: sums of floats depend on it
		sum += weights[name] * f[name]
	}
	return sum
}

// usual is a score that means the same under any weights: the middle one of
// what the tenth best candidates of the lessons have, or, where a lesson has
// only few that were judged, the middle one of these.
func usual(lessons []lesson, weights map[match.Feature]float64) float64 {
	const place = 10
	var list []float64
	for _, s := range lessons {
		if len(s.candidates) == 0 {
			continue
		}
		scores := make([]float64, len(s.candidates))
		for i, c := range s.candidates {
			scores[i] = weighedSum(weights, c.features)
		}
		slices.Sort(scores)
		list = append(list, scores[len(scores)-min(place, (len(scores)+1)/2)])
	}
	if len(list) == 0 {
		return 0
	}
	slices.Sort(list)
	return list[len(list)/2]
}
