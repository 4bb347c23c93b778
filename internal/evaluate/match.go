package evaluate

import (
	"context"
	"slices"

	"chengqiao/internal/match"
	"chengqiao/internal/policy"
	"chengqiao/internal/search/analysis"
)

// MatchOptions choose the ranking model that is evaluated.
type MatchOptions struct {
	Options
	Analyzer *analysis.Analyzer
	Model    match.Model
}

// Match evaluates the matching: each query is a need, each document a result.
func Match(ctx context.Context, o MatchOptions) (Figures, error) {
	return Rank(ctx, o.Options, newMatchRanker(o.Analyzer, o.Model))
}

func newMatchRanker(a *analysis.Analyzer, m match.Model) *matchRanker {
	return &matchRanker{index: match.NewIndex(match.AnalyserOf(a), m.Terms), model: m}
}

// matchRanker ranks by the matching index in memory.
type matchRanker struct {
	index *match.Index
	model match.Model
}

var _ Ranker = (*matchRanker)(nil)

// matchFields says in which field of matching a document's text stands. Names
// of people and organisations are no part of it.
var matchFields = map[string]match.Field{
	"title": match.Title, "title_en": match.Title, "keywords": match.Keywords,
	"abstract": match.Body, "abstract_en": match.Body, "description": match.Body,
}

// Index implements Ranker: it takes the documents for results and learns from
// them.
func (r *matchRanker) Index(ctx context.Context, docs []Doc) error {
	if err := r.fill(ctx, docs); err != nil {
		return err
	}
	return r.index.Learn(ctx)
}

// fill takes the documents for results.
func (r *matchRanker) fill(ctx context.Context, docs []Doc) error {
	for _, d := range docs {
		if err := ctx.Err(); err != nil {
			return err
		}
		view := &match.View{Texts: map[match.Field][]string{}}
		for name, texts := range d.Fields {
			if field, ok := matchFields[name]; ok {
				view.Texts[field] = append(view.Texts[field], texts...)
			}
		}
		r.index.Upsert(match.Listing{Ref: match.Ref{Kind: match.Achievement, ID: d.ID}, Public: view})
	}
	return nil
}

// ranked takes the query for a need and ranks the results for it.
func (r *matchRanker) ranked(q Query, all bool) []match.Ranked {
	view := &match.View{Texts: map[match.Field][]string{match.Body: {q.Text}}}
	if q.Title != "" {
		view.Texts[match.Title] = []string{q.Title}
	}
	return r.index.Rank(r.model, match.Ask{
		View: view,
		Of:   match.Need, Tiers: []policy.Tier{policy.TierPublic}, All: all,
		Admit: func(ref match.Ref) bool {
			return ref.ID != q.Exclude && (q.Only == nil || slices.Contains(q.Only, ref.ID))
		},
	})
}

// mostDescribed is how many results a text finds by what it describes, as in finding.
const mostDescribed = 100

// described are the results that a text describes.
func (r *matchRanker) described(text string) []string {
	refs := r.index.Described(r.model, text, nil, []policy.Tier{policy.TierPublic}, mostDescribed)
	ids := make([]string, len(refs))
	for i, ref := range refs {
		ids[i] = ref.ID
	}
	return ids
}

// Rank implements Ranker.
func (r *matchRanker) Rank(_ context.Context, q Query, limit int) ([]string, error) {
	found := r.ranked(q, limit == 0 || limit > r.model.Candidates)
	if limit > 0 {
		found = found[:min(len(found), limit)]
	}
	ids := make([]string, 0, len(found))
	for _, f := range found {
		ids = append(ids, f.Ref.ID)
	}
	return ids, nil
}

// Close implements Ranker.
func (r *matchRanker) Close() error { return nil }
