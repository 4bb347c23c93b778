package match

import (
	"context"
	"slices"
	"time"
)

// Side is one of the two of a match.
type Side string

// The sides.
const (
	NeedSide    Side = "need"
	SubjectSide Side = "subject"
)

// sideOfKind is the side on which listings of a kind stand.
func sideOfKind(k Kind) Side {
	if k == Need {
		return NeedSide
	}
	return SubjectSide
}

// Showing is that a model first showed a match to the owner of one side, and
// what it said of it then. A later change of either listing or of the model
// does not change it: what was judged is what was shown.
type Showing struct {
	MatchID string
	Side    Side
	Model   string
	// Place is where in the list it stood, from 1.
	Place    int
	Features Features
	Score    int64 // millionths
	Band     Band
	At       time.Time
}

// shown keeps what the owner of a listing is shown of its matches for the
// first time by this model.
func (s *Service) shown(ctx context.Context, side Side, found []finding) error {
	if len(found) == 0 {
		return nil
	}
	ids := make([]string, 0, len(found))
	for _, f := range found {
		ids = append(ids, f.match.ID)
	}
	known, err := s.store.ShownBy(ctx, s.model.Version, side, ids)
	if err != nil || len(known) == len(found) {
		return err
	}
	now := s.clock.Now()
	var fresh []Showing
	for i, f := range found {
		if !slices.Contains(known, f.match.ID) {
			fresh = append(fresh, Showing{
				MatchID: f.match.ID, Side: side, Model: s.model.Version, Place: i + 1,
				Features: f.match.Features, Score: f.match.Score, Band: f.match.Band, At: now,
			})
		}
	}
	return s.store.Show(ctx, fresh)
}
