package meili

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/meilisearch/meilisearch-go"

	"chengqiao/internal/search"
)

// Correct implements search.Corrector.
func (e *Engine) Correct(ctx context.Context, q search.Query, r search.Result) (search.Correction, error) {
	return search.Correct(ctx, e, q, r)
}

// Read implements search.CorrectionSource.
func (e *Engine) Read(ctx context.Context, r search.Reader, ids []string) ([]search.Text, error) {
	var out []search.Text
	_, err := e.asking(ctx, func(a *asker) (search.Result, error) {
		var err error
		out, err = a.texts(ctx, r, ids)
		return search.Result{}, err
	})
	return out, err
}

func (e *asker) texts(ctx context.Context, r search.Reader, ids []string) ([]search.Text, error) {
	answers, err := e.multi(ctx, []*meilisearch.SearchRequest{{
		IndexUID: e.index, Filter: oneOf(keyAttribute, keys(ids)), Limit: int64(len(ids)), AttributesToRetrieve: []string{keyAttribute, documentAttribute},
	}})
	if err != nil {
		return nil, err
	}
	found, err := decode(nil, answers[0].Hits)
	if err != nil {
		return nil, err
	}
	var out []search.Text
	for _, h := range found {
		var d search.Document
		if err := json.Unmarshal([]byte(h.Document), &d); err != nil {
			return nil, fmt.Errorf("meilisearch: document: %w", err)
		}
		out = append(out, d.Readable(r)...)
	}
	return out, nil
}
