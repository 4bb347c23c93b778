package evaluate

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"

	"chengqiao/internal/match"
	"chengqiao/internal/search/analysis"
)

// TrainOptions say from what the weights of matching are learnt.
type TrainOptions struct {
	// Sets are judged queries with their documents; each counts the same,
	// however many queries it has.
	Sets []Options
	// Ledger is one more set, the last; nil for none.
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
	sets := make([][]lesson, len(o.Sets))
	for i, s := range o.Sets {
		set, err := load(s)
		if err != nil {
			return t, err
		}
		ranker := newMatchRanker(o.Analyzer, o.Model)
		if err := ranker.Index(ctx, set.docs); err != nil {
			return t, fmt.Errorf("index: %w", err)
		}
		if sets[i], err = ranker.lessons(ctx, set); err != nil {
			return t, err
		}
	}
	if o.Ledger != nil {
		judged, err := o.Ledger.lessons()
		if err != nil {
			return t, err
		}
		sets = append(sets, judged)
	}
	t.HeldOut, t.Before = make([]Figures, len(sets)), make([]Figures, len(sets))
	for fold := range o.Folds {
		weights := learnTexts(o.Model, gathered(sets, func(id string) bool { return foldOf(id, o.Seed, o.Folds) != fold }))
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
	t.Texts = learnTexts(o.Model, gathered(sets, func(string) bool { return true }))
	return t, nil
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

// gathered are the lessons of all sets that are in, each set with one weight.
func gathered(sets [][]lesson, in func(id string) bool) []lesson {
	var out []lesson
	for _, set := range sets {
		from := len(out)
		for _, s := range set {
			if in(s.id) {
				out = append(out, s)
			}
		}
		for i := from; i < len(out); i++ {
			out[i].weight = 1 / float64(len(out)-from)
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
		grades := maps.Clone(set.grades[q.ID])
		delete(grades, q.Exclude)
		if !anyRelevant(grades) {
			continue
		}
		s := lesson{id: q.ID, grades: grades}
		for _, c := range r.ranked(q, false) {
			s.candidates = append(s.candidates, candidate{id: c.Ref.ID, features: c.Features})
		}
		out = append(out, s)
	}
	return out, nil
}

// learnTexts learns both sets of weights and gives them scores of one size.
func learnTexts(m match.Model, lessons []lesson) match.TextWeights {
	alone := slices.DeleteFunc(match.TextFeatures(), func(f match.Feature) bool {
		return f == match.Nearness || f == match.BriefNearness
	})
	learnt := learner{match.TextFeatures()}.learn(lessons)
	plain := learner{alone}.learn(lessons)
	plain[match.Nearness], plain[match.BriefNearness] = 0, 0
	scale(plain, usual(lessons, plain), usual(lessons, m.Texts.Alone))
	scale(learnt, usual(lessons, learnt), usual(lessons, m.Texts.Alone))
	return match.TextWeights{Learnt: learnt, Alone: plain}
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
			for _, f := range match.TextFeatures() {
				scores[i] += weights[f] * c.features[f]
			}
		}
		slices.Sort(scores)
		list = append(list, scores[len(scores)-min(place, (len(scores)+1)/2)])
	}
	if len(list) == 0 {
		return 1
	}
	slices.Sort(list)
	return list[len(list)/2]
}

func scale(weights map[match.Feature]float64, from, to float64) {
	if from <= 0 || to <= 0 {
		return
	}
	for f := range weights {
		weights[f] *= to / from
	}
}
