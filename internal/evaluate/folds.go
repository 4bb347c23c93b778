package evaluate

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// FoldOptions say how matching is measured on queries that taught it nothing.
type FoldOptions struct {
	MatchOptions
	// Folds is into how many parts the queries are cut, 2 or more, and Seed
	// draws the parts.
	Folds int
	Seed  int64
	// Learn are fields of the documents beside Fields from which the index
	// learns which words go together, and which are not indexed: those in
	// another language. Where a document is an answer to a query of the part
	// that is measured, they are left out.
	Learn []string
}

// MatchHeldOut measures the matching on each part of the queries with what was
// learnt without it: the weights, or, with Learn, the index's space, under the
// model's own weights. The figures are the means over all queries; trained are
// those of queries that the weights were learnt from, and none with Learn.
func MatchHeldOut(ctx context.Context, o FoldOptions) (heldOut, trained Figures, err error) {
	if o.Folds < leastFolds {
		return heldOut, trained, errTooFewFolds
	}
	if len(o.Learn) > 0 {
		heldOut, err = matchAcross(ctx, o)
		return heldOut, trained, err
	}
	t, err := Train(ctx, TrainOptions{
		Sets: []Options{o.Options}, Analyzer: o.Analyzer, Model: o.Model, Folds: o.Folds, Seed: o.Seed,
	})
	if err != nil {
		return heldOut, trained, err
	}
	for _, f := range t.Folds {
		trained.join(f.Trained)
	}
	trained.mean()
	return t.HeldOut[0], trained, nil
}

const leastFolds = 2

var errTooFewFolds = &InputError{errors.New("two folds or more are needed")}

// join adds means to the sums, by their queries.
func (f *Figures) join(g Figures) {
	n := float64(g.Queries)
	f.Queries += g.Queries
	f.NDCGAt10 += n * g.NDCGAt10
	f.RecallAt20 += n * g.RecallAt20
	f.MRR += n * g.MRR
}

// matchAcross measures each part with a space that was learnt without it.
func matchAcross(ctx context.Context, o FoldOptions) (Figures, error) {
	var f Figures
	indexed, err := load(o.Options)
	if err != nil {
		return f, err
	}
	wider := o.Options
	wider.Fields = slices.Concat(o.Fields, o.Learn)
	all, err := load(wider)
	if err != nil {
		return f, err
	}
	for fold := range o.Folds {
		in := func(q Query) bool { return foldOf(q.ID, o.Seed, o.Folds) == fold }
		ranker, err := acrossRanker(ctx, o, indexed, all, in)
		if err != nil {
			return f, err
		}
		for _, q := range indexed.queries {
			grades := indexed.gradesOf(q)
			if !in(q) || !anyRelevant(grades) {
				continue
			}
			ranking, err := ranker.Rank(ctx, q, 0)
			if err != nil {
				return f, err
			}
			f.count(ranking, grades)
		}
	}
	f.mean()
	return f, nil
}

// acrossRanker holds the indexed fields of the documents, and what was learnt
// from all fields of those that answer no query that is in.
func acrossRanker(ctx context.Context, o FoldOptions, indexed, all set, in func(Query) bool) (*matchRanker, error) {
	hidden := map[string]bool{}
	for _, q := range indexed.queries {
		if in(q) {
			for id, grade := range indexed.grades[q.ID] {
				if grade > 0 {
					hidden[id] = true
				}
			}
		}
	}
	material := slices.Clone(all.docs)
	for i, d := range material {
		if hidden[d.ID] {
			material[i] = indexed.docs[i]
		}
	}
	teacher, ranker := newMatchRanker(o.Analyzer, o.Model), newMatchRanker(o.Analyzer, o.Model)
	if err := teacher.Index(ctx, material); err != nil {
		return nil, fmt.Errorf("index: %w", err)
	}
	if err := ranker.fill(ctx, indexed.docs); err != nil {
		return nil, fmt.Errorf("index: %w", err)
	}
	ranker.index.Adopt(teacher.index)
	return ranker, nil
}
