package indexing

import (
	"context"
	"log/slog"
	"time"

	"chengqiao/internal/embedding"
	"chengqiao/internal/finding"
	"chengqiao/internal/kv"
	"chengqiao/internal/match"
	"chengqiao/internal/policy"
	"chengqiao/internal/search"
)

// Senses tells what people's searches mean, by an embedding service, and which
// listings lie near, by the matching index.
type Senses struct {
	Embedder embedding.Embedder
	Cache    kv.Cache
	Index    func() *match.Index
	Model    match.MeaningModel
	// Name is the embedding model's.
	Name string
	// Timeout is how long a search waits.
	Timeout time.Duration
	Log     *slog.Logger
}

var _ finding.Meanings = (*Senses)(nil)

// senseKept is how long an answer about a search is kept: what many look for
// is asked about once a day.
const senseKept = 24 * time.Hour

// Sense implements finding.Meanings.
func (s *Senses) Sense(ctx context.Context, text string) finding.Sense {
	key := "embedding/search/" + embedding.Hash(s.Name+"\n"+text)
	if kept, ok, err := s.Cache.Get(ctx, key); err == nil && ok {
		return &sense{s, match.Meaning(embedding.DirectionOf(kept))}
	}
	asked, cancel := context.WithTimeout(ctx, s.Timeout)
	defer cancel()
	vectors, err := s.Embedder.Embed(asked, []string{text})
	if err != nil {
		s.Log.DebugContext(ctx, "a search is answered by its words alone", "error", err)
		return nil
	}
	direction, ok := vectors[0].Direction()
	if !ok {
		return nil
	}
	if err := s.Cache.Set(ctx, key, direction.Bytes(), senseKept); err != nil {
		s.Log.DebugContext(ctx, "what a search means could not be kept", "error", err)
	}
	return &sense{s, match.Meaning(direction)}
}

// sense is where one search lies.
type sense struct {
	*Senses
	at match.Meaning
}

// Nearest implements finding.Sense.
func (s *sense) Nearest(tiers []policy.Tier, limit int) []string {
	var out []string
	for _, n := range s.Index().NearestTo(s.Model, s.at, tiers, limit) {
		if n.Near >= s.Model.Alike {
			out = append(out, n.Ref.ID)
		}
	}
	return out
}

// Of implements finding.Sense.
func (s *sense) Of(tiers []policy.Tier, hits []search.Hit) map[string]float64 {
	refs := make([]match.Ref, len(hits))
	for i, h := range hits {
		refs[i] = match.Ref{Kind: match.Kind(h.Kind), ID: h.ID}
	}
	out := make(map[string]float64, len(hits))
	for ref, near := range s.Index().NearnessOf(s.Model, s.at, tiers, refs) {
		out[ref.ID] = near
	}
	return out
}
