package evaluate

import (
	"context"
	"errors"
	"fmt"
	"os"

	"chengqiao/internal/ident"
	"chengqiao/internal/match"
	"chengqiao/internal/meiliserver"
	"chengqiao/internal/policy"
	"chengqiao/internal/search"
	"chengqiao/internal/search/analysis"
	"chengqiao/internal/search/embedded"
	"chengqiao/internal/search/meili"
)

// The engines that Search knows.
const (
	Embedded    = "embedded"
	Meilisearch = "meilisearch"
)

// SearchOptions choose the engine that is evaluated.
type SearchOptions struct {
	Options
	// Engine is Embedded or Meilisearch; "" is Embedded.
	Engine   string
	Analyzer *analysis.Analyzer
	// Model is that of matching, which tells what a text describes; nil leaves the search
	// to the words.
	Model *match.Model
	// Asked asks as a person does, who first requires all words of a short text. Without
	// it any unit may answer, and the ranking is what is measured.
	Asked bool
	// MeilisearchURL and MeilisearchKey are a server that runs already. Without
	// them one is started from MeilisearchBinary, or from PATH, and ended
	// afterwards.
	MeilisearchURL, MeilisearchKey, MeilisearchBinary string
}

// Search evaluates the search of an engine, in an index of its own that it
// removes.
func Search(ctx context.Context, o SearchOptions) (Figures, error) {
	ranker, err := openSearch(ctx, o)
	if err != nil {
		return Figures{}, err
	}
	if ranker.asked = o.Asked; o.Model != nil {
		ranker.analyzer, ranker.topics = o.Analyzer, newMatchRanker(o.Analyzer, *o.Model)
	}
	return Rank(ctx, o.Options, ranker)
}

// searchRanker ranks by a search engine.
type searchRanker struct {
	engine search.Engine
	// weigh takes other weights for the embedded search.
	weigh func(embedded.Weights) error
	// topics tell what a text describes; nil: the words alone answer.
	topics   *matchRanker
	analyzer *analysis.Analyzer
	asked    bool
	// remove takes away what the engine leaves.
	remove func() error
}

func openSearch(ctx context.Context, o SearchOptions) (*searchRanker, error) {
	switch o.Engine {
	case Embedded, "":
		return openEmbedded(ctx, o)
	case Meilisearch:
		return openMeilisearch(ctx, o)
	}
	return nil, &InputError{fmt.Errorf("unknown engine %q: known are %s and %s", o.Engine, Embedded, Meilisearch)}
}

func openEmbedded(ctx context.Context, o SearchOptions) (*searchRanker, error) {
	dir, err := os.MkdirTemp("", "chengqiao-eval-")
	if err != nil {
		return nil, err
	}
	engine, err := embedded.Open(ctx, dir, o.Analyzer)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return &searchRanker{engine: engine, weigh: engine.Weigh, remove: func() error { return os.RemoveAll(dir) }}, nil
}

func openMeilisearch(ctx context.Context, o SearchOptions) (*searchRanker, error) {
	options := meili.Options{URL: o.MeilisearchURL, Key: o.MeilisearchKey, Index: "eval-" + ident.NewID()}
	if options.URL != "" {
		engine, err := meili.Open(ctx, options, o.Analyzer)
		if err != nil {
			return nil, err
		}
		return &searchRanker{engine: engine, remove: func() error {
			return engine.Drop(context.WithoutCancel(ctx)) // even if the evaluation was broken off
		}}, nil
	}
	server, err := meiliserver.Start(ctx, o.MeilisearchBinary)
	if err != nil {
		return nil, err
	}
	options.URL, options.Key = server.URL, server.Key
	engine, err := meili.Open(ctx, options, o.Analyzer)
	if err != nil {
		return nil, errors.Join(err, server.Stop())
	}
	return &searchRanker{engine: engine, remove: server.Stop}, nil
}

// batch is how many documents are indexed at a time.
const batch = 1_000

// Index implements Ranker.
func (r *searchRanker) Index(ctx context.Context, docs []Doc) error {
	for from := 0; from < len(docs); from += batch {
		part := docs[from:min(from+batch, len(docs))]
		b := search.Batch{Upsert: make([]search.Document, len(part))}
		for i := range part {
			b.Upsert[i] = document(&part[i])
		}
		if err := r.engine.Apply(ctx, b); err != nil {
			return err
		}
	}
	if r.topics != nil {
		return r.topics.Index(ctx, docs)
	}
	return nil
}

// document maps a record as the import does: what is in English beside a
// Chinese text becomes a text of its own.
func document(d *Doc) search.Document {
	main := search.Text{
		Tier: policy.TierPublic, Language: d.Language,
		Title: d.Text("title"), Abstract: d.Text("abstract"), Value: d.Text("description"),
		Keywords:      d.Fields["keywords"],
		Organisations: append(d.Fields["institution"], d.Fields["firm"]...),
		Other:         append(d.Fields["authors"], d.Fields["pi_name"]...),
	}
	english := search.Text{
		Tier: policy.TierPublic, Language: "en", Title: d.Text("title_en"), Abstract: d.Text("abstract_en"),
	}
	return search.Document{ID: d.ID, Kind: search.KindAchievement, Texts: []search.Text{main, english}}
}

// Rank implements Ranker.
func (r *searchRanker) Rank(ctx context.Context, q Query, limit int) ([]string, error) {
	query := search.Query{Text: cutTo(q.whole(), search.MaxText), Limit: limit, Within: q.Only}
	if !r.asked {
		query.Match = search.MatchAny
	}
	if r.topics != nil && r.analyzer.Plan(query.Text).Describes() {
		query.Also = r.topics.described(query.Text)
	}
	if q.Exclude != "" {
		query.Without = []string{q.Exclude}
	}
	whole := limit == 0
	if whole {
		query.Limit = search.MaxLimit
	}
	var ids []string
	for {
		result, err := r.engine.Search(ctx, query)
		if err != nil {
			return nil, err
		}
		for _, h := range result.Hits {
			ids = append(ids, h.ID)
		}
		query.Offset += query.Limit
		if !whole || query.Offset >= result.Total || query.Offset > search.MaxOffset {
			return ids, nil
		}
	}
}

func cutTo(text string, characters int) string {
	n := 0
	for i := range text {
		if n == characters {
			return text[:i]
		}
		n++
	}
	return text
}

// Close implements Ranker.
func (r *searchRanker) Close() error { return errors.Join(r.engine.Close(), r.remove()) }
