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

// unseen are the places of the findings that this model has not shown to the owner
// of a side; none where there is no side.
func (s *Service) unseen(ctx context.Context, found []finding, side Side) ([]int, error) {
	if side == "" {
		return nil, nil
	}
	var ids []string
	for _, f := range found {
		if f.match.ID != "" {
			ids = append(ids, f.match.ID)
		}
	}
	var known []string
	if len(ids) > 0 {
		var err error
		if known, err = s.store.ShownBy(ctx, s.model.Version, side, ids); err != nil {
			return nil, err
		}
	}
	var out []int
	for i, f := range found {
		if f.match.ID == "" || !slices.Contains(known, f.match.ID) {
			out = append(out, i)
		}
	}
	return out, nil
}

// show keeps what the owner of a side is shown of the findings at some places.
func (s *Service) show(ctx context.Context, found []finding, places []int, side Side) error {
	now := s.clock.Now()
	showings := make([]Showing, 0, len(places))
	for _, i := range places {
		m := found[i].match
		showings = append(showings, Showing{
			MatchID: m.ID, Side: side, Model: s.model.Version, Place: i + 1,
			Features: m.Features, Score: m.Score, Band: m.Band, At: now,
		})
	}
	return s.store.Show(ctx, showings)
}
