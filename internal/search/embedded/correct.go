package embedded

import (
	"context"
	"fmt"

	"chengqiao/internal/search"
)

// Correct implements search.Corrector.
func (e *Engine) Correct(ctx context.Context, q search.Query, r search.Result) (search.Correction, error) {
	return search.Correct(ctx, e, q, r)
}

// Read implements search.CorrectionSource.
func (e *Engine) Read(_ context.Context, r search.Reader, ids []string) ([]search.Text, error) {
	g, release, err := e.open()
	if err != nil {
		return nil, err
	}
	defer release()
	g.mu.RLock()
	defer g.mu.RUnlock()
	var out []search.Text
	for _, id := range ids {
		o, ok := g.columns.byID[id]
		if !ok {
			continue // it is gone since it was found
		}
		d, err := g.document(g.columns.places[o])
		if err != nil {
			return nil, fmt.Errorf("search: %w", err)
		}
		out = append(out, d.Readable(r)...)
	}
	return out, nil
}
