// Package evaluate measures rankings against relevance judgments: documents,
// queries and graded judgments in files, nDCG@10, Recall@20, MRR and queries per
// second out. What ranks is a Ranker: a search engine, or the matching. It
// needs no running program and leaves nothing behind.
package evaluate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Options name the files and how they are used.
type Options struct {
	// Docs is JSON Lines, gzip'd if its name ends in .gz: objects with "id" and
	// the fields of KnownFields.
	Docs string
	// Queries is JSON Lines: {"qid", "query"} and optionally "title", the heading of
	// a need, and "exclude", a document that is left out of this query's ranking.
	Queries string
	// Around is JSON Lines of texts with {query} in them, "" for none: each query is
	// asked in each of them, as people ask who tell of themselves first.
	Around string
	// Qrels is TREC's text: qid, 0, document id, grade.
	Qrels string
	// Fields of the documents that are indexed; empty for all known ones.
	Fields []string
	// JudgedOnly ranks for each query only the documents judged for it.
	JudgedOnly bool
}

// Figures are the means over the queries that have a relevant document.
type Figures struct {
	// NDCGAt10 has gain 2^grade − 1.
	NDCGAt10   float64 `json:"ndcg_at_10"`
	RecallAt20 float64 `json:"recall_at_20"`
	// MRR is the mean of one over the rank of the first relevant document in the
	// whole ranking.
	MRR     float64 `json:"mrr"`
	Queries int     `json:"queries"`
	// QueriesPerSecond is over the calls for a first page, one after the other.
	QueriesPerSecond float64 `json:"queries_per_second"`

	// Documents indexed, the time that took, and the queries left out because
	// nothing is relevant to them.
	Documents  int           `json:"-"`
	IndexTime  time.Duration `json:"-"`
	Unjudged   int           `json:"-"`
	SearchTime time.Duration `json:"-"`
}

// Ranker ranks documents for a query.
type Ranker interface {
	// Index takes the documents; it is called once, before Rank.
	Index(ctx context.Context, docs []Doc) error
	// Rank gives ids, best first: at most limit, or the whole ranking if limit
	// is 0. It heeds q.Exclude and q.Only.
	Rank(ctx context.Context, q Query, limit int) ([]string, error)
	// Close releases what the ranker made.
	Close() error
}

// page is what a person sees first, and as deep as nDCG and recall look.
const (
	page  = 20
	depth = 10
)

// Rank evaluates a ranker, and closes it. Errors of the files name the file and
// line.
func Rank(ctx context.Context, o Options, ranker Ranker) (f Figures, err error) {
	defer func() { err = errors.Join(err, ranker.Close()) }()
	set, err := load(o)
	if err != nil {
		return f, err
	}
	began := time.Now()
	if err := ranker.Index(ctx, set.docs); err != nil {
		return f, fmt.Errorf("index: %w", err)
	}
	f.Documents, f.IndexTime = len(set.docs), time.Since(began)
	for _, q := range set.queries {
		grades := set.gradesOf(q)
		if !anyRelevant(grades) {
			f.Unjudged++
			continue
		}
		if o.JudgedOnly {
			q.Only = judged(grades)
		}
		if err := f.add(ctx, ranker, q, grades); err != nil {
			return f, fmt.Errorf("query %s: %w", q.ID, err)
		}
	}
	f.QueriesPerSecond = float64(f.Queries) / f.SearchTime.Seconds()
	f.mean()
	return f, nil
}

// count adds the figures of one ranking to the sums.
func (f *Figures) count(ranking []string, grades map[string]int) {
	f.Queries++
	f.NDCGAt10 += NDCG(ranking, grades, depth)
	f.RecallAt20 += Recall(ranking, grades, page)
	f.MRR += ReciprocalRank(ranking, grades)
}

// mean turns the sums into means.
func (f *Figures) mean() {
	if n := float64(f.Queries); n > 0 {
		f.NDCGAt10, f.RecallAt20, f.MRR = f.NDCGAt10/n, f.RecallAt20/n, f.MRR/n
	}
}

// add ranks for one query and adds its figures to the sums. Only the first page
// is timed: what lies deeper is asked for when the first relevant document does.
func (f *Figures) add(ctx context.Context, ranker Ranker, q Query, grades map[string]int) error {
	began := time.Now()
	ranking, err := ranker.Rank(ctx, q, page)
	f.SearchTime += time.Since(began)
	if err != nil {
		return err
	}
	ranking = heeding(q, ranking)
	f.count(ranking, grades)
	if ReciprocalRank(ranking, grades) > 0 {
		return nil
	}
	if ranking, err = ranker.Rank(ctx, q, 0); err != nil {
		return err
	}
	f.MRR += ReciprocalRank(heeding(q, ranking), grades)
	return nil
}

// heeding drops what a query leaves out, and repetitions: no ranker gains by
// them.
func heeding(q Query, ranking []string) []string {
	seen := map[string]bool{}
	return slices.DeleteFunc(slices.Clone(ranking), func(id string) bool {
		drop := id == q.Exclude || seen[id] || q.Only != nil && !slices.Contains(q.Only, id)
		seen[id] = true
		return drop
	})
}

func anyRelevant(grades map[string]int) bool {
	for _, g := range grades {
		if g > 0 {
			return true
		}
	}
	return false
}

func judged(grades map[string]int) []string {
	out := make([]string, 0, len(grades))
	for id := range grades {
		out = append(out, id)
	}
	slices.Sort(out)
	return out
}
