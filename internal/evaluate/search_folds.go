package evaluate

import (
	"context"
	"errors"

	"chengqiao/internal/search/embedded"
)

// SearchFoldOptions say how search is measured on queries that taught it
// nothing.
type SearchFoldOptions struct {
	SearchOptions
	// Folds is into how many parts the queries are cut, 2 or more, and Seed
	// draws the parts.
	Folds int
	Seed  int64
}

// SearchTraining is what a search learns from judged queries, and its worth.
type SearchTraining struct {
	// HeldOut measures each query with weights learnt from the other parts.
	HeldOut Figures
	// Weights are learnt from all queries.
	Weights embedded.Weights
}

// TrainSearch learns what it weighs in the embedded search that a document is
// about what a short query names, cross-validated. There is no chance in it:
// the same files and seed teach the same.
func TrainSearch(ctx context.Context, o SearchFoldOptions) (t SearchTraining, err error) {
	if o.Folds < leastFolds {
		return t, errTooFewFolds
	}
	if o.Engine != Embedded && o.Engine != "" {
		return t, &InputError{errors.New("only the embedded search learns")}
	}
	set, err := load(o.Options)
	if err != nil {
		return t, err
	}
	ranker, err := openEmbedded(ctx, o.SearchOptions)
	if err != nil {
		return t, err
	}
	defer func() { err = errors.Join(err, ranker.Close()) }()
	if err := ranker.Index(ctx, set.docs); err != nil {
		return t, err
	}
	s := school{ranker: ranker, known: map[embedded.Weights][]Figures{}}
	for _, q := range set.queries {
		grades := set.gradesOf(q)
		if anyRelevant(grades) {
			s.queries, s.grades = append(s.queries, q), append(s.grades, grades)
		}
	}
	for fold := range o.Folds {
		in := func(q Query) bool { return foldOf(q.ID, o.Seed, o.Folds) == fold }
		weights, err := s.learn(ctx, func(q Query) bool { return !in(q) })
		if err == nil {
			err = s.measure(ctx, &t.HeldOut, weights, in)
		}
		if err != nil {
			return t, err
		}
	}
	t.HeldOut.mean()
	t.Weights, err = s.learn(ctx, func(Query) bool { return true })
	return t, err
}

// school asks the judged queries under one set of weights after the other.
type school struct {
	ranker  *searchRanker
	queries []Query
	grades  []map[string]int
	// known are the figures of each query under weights that were tried: parts
	// try the same ones.
	known map[embedded.Weights][]Figures
}

const (
	// mostRounds is how often each weight is looked at.
	mostRounds = 12
	// leastGain is what a move must bring: less is chance.
	leastGain = 2e-4
)

// steps are the weights that are tried.
var steps = []float64{0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.65, 0.8, 1}

// learn moves one weight after the other to where the first pages are best,
// until nothing moves. It begins with equal ones, and never with the shipped,
// which may have been learnt from the very queries that are held out.
func (s *school) learn(ctx context.Context, in func(Query) bool) (best embedded.Weights, err error) {
	const equal = 0.4
	best = embedded.Weights{Says: equal, Heads: equal, Alone: equal}
	worth, err := s.quality(ctx, best, in)
	if err != nil {
		return best, err
	}
	for range mostRounds {
		moved := false
		for _, place := range []func(*embedded.Weights) *float64{
			func(w *embedded.Weights) *float64 { return &w.Says },
			func(w *embedded.Weights) *float64 { return &w.Heads },
			func(w *embedded.Weights) *float64 { return &w.Alone },
		} {
			for _, v := range steps {
				w := best
				*place(&w) = v
				q, err := s.quality(ctx, w, in)
				if err != nil {
					return best, err
				}
				if q > worth+leastGain {
					best, worth, moved = w, q, true
				}
			}
		}
		if !moved {
			break
		}
	}
	return best, nil
}

// quality is what the weights are worth on some queries: nDCG@10, and
// Recall@20 by half.
func (s *school) quality(ctx context.Context, w embedded.Weights, in func(Query) bool) (float64, error) {
	const recall = 0.5
	figures, err := s.figures(ctx, w)
	if err != nil {
		return 0, err
	}
	sum, n := 0.0, 0.0
	for i, f := range figures {
		if in(s.queries[i]) {
			sum += f.NDCGAt10 + recall*f.RecallAt20
			n++
		}
	}
	return sum / max(n, 1), nil
}

// figures are those of each query's first page.
func (s *school) figures(ctx context.Context, w embedded.Weights) ([]Figures, error) {
	if f, ok := s.known[w]; ok {
		return f, nil
	}
	if err := s.ranker.weigh(w); err != nil {
		return nil, err
	}
	out := make([]Figures, len(s.queries))
	for i, q := range s.queries {
		ranking, err := s.ranker.Rank(ctx, q, page)
		if err != nil {
			return nil, err
		}
		out[i].count(heeding(q, ranking), s.grades[i])
	}
	s.known[w] = out
	return out, nil
}

// measure adds the figures of some queries under weights to the sums.
func (s *school) measure(ctx context.Context, f *Figures, w embedded.Weights, in func(Query) bool) error {
	if err := s.ranker.weigh(w); err != nil {
		return err
	}
	for i, q := range s.queries {
		if !in(q) {
			continue
		}
		if err := f.add(ctx, s.ranker, q, s.grades[i]); err != nil {
			return err
		}
	}
	return nil
}
