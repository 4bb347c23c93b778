package evaluate

import (
	"cmp"
	"context"
	"math"
	"slices"

	"chengqiao/internal/search/analysis"
)

// Plain measures the plain engine that others are held against: BM25 (k1 0.9,
// b 0.4) over all indexed text as one field, in Han pairs and stems of words,
// without synonyms, and nothing else.
func Plain(ctx context.Context, o Options) (Figures, error) {
	return Rank(ctx, o, &plainRanker{analyzer: analysis.New(nil), postings: map[string][]posting{}})
}

const (
	plainK1 = 0.9
	plainB  = 0.4
)

type posting struct {
	doc   int
	count float64
}

type plainRanker struct {
	analyzer *analysis.Analyzer
	ids      []string
	lengths  []float64
	mean     float64
	postings map[string][]posting
}

var _ Ranker = (*plainRanker)(nil)

// Index implements Ranker.
func (r *plainRanker) Index(ctx context.Context, docs []Doc) error {
	for _, d := range docs {
		if err := ctx.Err(); err != nil {
			return err
		}
		counts, length := map[string]float64{}, 0.0
		for _, texts := range d.Fields {
			for _, text := range texts {
				for _, term := range r.analyzer.Terms(text).Words {
					counts[term]++
					length++
				}
			}
		}
		for term, n := range counts {
			r.postings[term] = append(r.postings[term], posting{len(r.ids), n})
		}
		r.ids, r.lengths = append(r.ids, d.ID), append(r.lengths, length)
		r.mean += length
	}
	r.mean /= float64(len(r.ids))
	return nil
}

// Rank implements Ranker.
func (r *plainRanker) Rank(_ context.Context, q Query, limit int) ([]string, error) {
	times := map[string]float64{}
	for _, term := range r.analyzer.Terms(q.whole()).Words {
		times[term]++
	}
	terms := make([]string, 0, len(times))
	for term := range times {
		terms = append(terms, term)
	}
	slices.Sort(terms) // sums of floats depend on their order
	scores := make([]float64, len(r.ids))
	for _, term := range terms {
		list := r.postings[term]
		df := float64(len(list))
		rarity := math.Log(1 + (float64(len(r.ids))-df+0.5)/(df+0.5))
		for _, p := range list {
			norm := plainK1 * (1 - plainB + plainB*r.lengths[p.doc]/r.mean)
			scores[p.doc] += times[term] * rarity * p.count * (plainK1 + 1) / (p.count + norm)
		}
	}
	var found []int
	for doc, score := range scores {
		id := r.ids[doc]
		if score > 0 && id != q.Exclude && (q.Only == nil || slices.Contains(q.Only, id)) {
			found = append(found, doc)
		}
	}
	slices.SortFunc(found, func(a, b int) int {
		return cmp.Or(-cmp.Compare(scores[a], scores[b]), cmp.Compare(r.ids[a], r.ids[b]))
	})
	if limit > 0 {
		found = found[:min(len(found), limit)]
	}
	ids := make([]string, len(found))
	for i, doc := range found {
		ids[i] = r.ids[doc]
	}
	return ids, nil
}

// Close implements Ranker.
func (r *plainRanker) Close() error { return nil }
