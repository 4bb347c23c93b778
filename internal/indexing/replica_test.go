package indexing_test

import (
	"context"
	"testing"

	"chengqiao/internal/event"
	"chengqiao/internal/indexing"
	"chengqiao/internal/listing"
	"chengqiao/internal/search"
)

// late is an index on the way to which something happens before the first batch
// arrives.
type late struct {
	search.Indexer
	meanwhile func()
}

func (l *late) Apply(ctx context.Context, b search.Batch) error {
	if happen := l.meanwhile; happen != nil {
		l.meanwhile = nil
		happen()
	}
	return l.Indexer.Apply(ctx, b)
}

// A replica that has read a listing is overtaken by another, which has read and
// written what it says now.
func TestAReplicaThatIsOvertakenLeavesTheSharedIndexTrue(t *testing.T) {
	w := newWorld(t)
	engine := w.engine(t)
	quick := indexing.NewSearch(engine, w.listings, w.queue, quiet)
	about := func(id string, name event.Name) []event.Event {
		return []event.Event{{Name: name, Kind: "achievement", Subject: id}}
	}
	overtaken := func(id string, by func()) {
		t.Helper()
		slow := indexing.NewSearch(&late{engine, func() {
			by()
			if err := quick.Handle(t.Context(), about(id, event.AchievementHidden)); err != nil {
				t.Error(err)
			}
		}}, w.listings, w.queue, quiet)
		if err := slow.Handle(t.Context(), about(id, event.AchievementPublished)); err != nil {
			t.Fatal(err)
		}
	}

	hidden := w.publish(t, electrolyte())
	overtaken(hidden.ID, func() { hidden = w.step(t, hidden, officer, listing.Suspend) })
	if ids := found(t, engine, public, "低温电解液"); len(ids) != 0 {
		t.Errorf("what was suspended meanwhile is found: %v", ids)
	}

	resumed := w.step(t, w.publish(t, electrolyte()), officer, listing.Suspend)
	overtaken(resumed.ID, func() { resumed = w.step(t, resumed, officer, listing.Resume) })
	if ids := found(t, engine, public, "低温电解液"); len(ids) != 1 {
		t.Errorf("what was resumed meanwhile is not found: %v", ids)
	}
}
