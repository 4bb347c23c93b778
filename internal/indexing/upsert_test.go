package indexing

import (
	"log/slog"
	"testing"

	"chengqiao/internal/match"
)

// stumblingIndex cannot read one listing.
type stumblingIndex struct{ over string }

func (s stumblingIndex) Upsert(l match.Listing) {
	if l.ID == s.over {
		panic("stumbled")
	}
}

func TestAListingThatMatchingCannotReadIsLeftOut(t *testing.T) {
	m := &Matching{log: slog.New(slog.DiscardHandler)}
	for id, want := range map[string]bool{"good": true, "poison": false} {
		l := match.Listing{Ref: match.Ref{Kind: match.Need, ID: id}}
		if got := m.upsert(t.Context(), stumblingIndex{"poison"}, l); got != want {
			t.Errorf("%s was put in: %v", id, got)
		}
	}
}
