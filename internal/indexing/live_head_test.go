package indexing_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/indexing"
	"chengqiao/internal/listing"
	"chengqiao/internal/outbox"
	"chengqiao/internal/store"
)

// counted counts what the store is asked.
type counted struct {
	indexing.Heads
	asked int
}

func (c *counted) LiveHeads(ctx context.Context, ids []string) ([]listing.LiveHead, error) {
	c.asked += len(ids)
	return c.Heads.LiveHeads(ctx, ids)
}

func TestTheStoreIsAskedOnceForWhatDoesNotChange(t *testing.T) {
	w := newWorld(t)
	head, other := w.publish(t, electrolyte()), w.publish(t, electrolyte())
	asked := &counted{Heads: store.NewListings(w.db)}
	kept := indexing.NewKeptHeads(asked, w.queue, w.committed.Rung, w.clock)
	look := func(want int, wantAsked int) {
		t.Helper()
		asked.asked = 0
		got, err := kept.LiveHeads(t.Context(), []string{head.ID, other.ID, "unknown"})
		if err != nil || len(got) != want || asked.asked != wantAsked {
			t.Errorf("%d heads by asking for %d, %v; want %d by asking for %d", len(got), asked.asked, err, want, wantAsked)
		}
	}
	look(2, 3)
	look(2, 3) // their events wait: nothing is kept
	w.dispatched(t)
	w.clock.Advance(time.Second)
	look(2, 3)
	look(2, 1) // what is not live is asked for each time
	head = w.step(t, head, officer, listing.Suspend)
	look(1, 3)
	w.dispatched(t)
	w.clock.Advance(time.Second)
	look(1, 2) // the other one is still known
}

func TestAnotherProgramsChangeIsSeenWithinThePeriod(t *testing.T) {
	w := newWorld(t)
	head := w.publish(t, electrolyte())
	w.dispatched(t)
	if _, ok := w.card(t, manager, head.ID); !ok {
		t.Fatal("no card")
	}
	other, err := openWorld(t.Context(), w.dir)
	if err != nil {
		t.Fatal(err)
	}
	defer other.db.Close()
	other.step(t, head, officer, listing.Suspend)
	w.clock.Advance(time.Second)
	if card, ok := w.card(t, manager, head.ID); ok {
		t.Errorf("after another program suspended it: %+v", card)
	}
}

func TestAnotherProgramsChangeIsSeenWhenTheClockWasSetBack(t *testing.T) {
	w := newWorld(t)
	head := w.publish(t, electrolyte())
	w.dispatched(t)
	w.clock.Advance(time.Second)
	if _, ok := w.card(t, manager, head.ID); !ok {
		t.Fatal("no card")
	}
	other, err := openWorld(t.Context(), w.dir)
	if err != nil {
		t.Fatal(err)
	}
	defer other.db.Close()
	other.step(t, head, officer, listing.Suspend)
	other.dispatched(t)
	w.clock.Advance(-time.Hour)
	if card, ok := w.card(t, manager, head.ID); ok {
		t.Errorf("after another program suspended it: %+v", card)
	}
}

// What is kept is for cards: an index that took it for what the feed tells of
// would miss the change for ever.
func TestMatchingFollowsAnotherProgramAtOnce(t *testing.T) {
	w := newWorld(t)
	head := w.publish(t, electrolyte())
	matching := w.matching(t)
	position := w.caughtUp(t, 0, matching.Apply)
	if _, ok := w.card(t, manager, head.ID); !ok || matching.Index().Size() != 1 {
		t.Fatal("the listing is not there")
	}
	other, err := openWorld(t.Context(), w.dir)
	if err != nil {
		t.Fatal(err)
	}
	defer other.db.Close()
	other.step(t, head, officer, listing.Suspend)
	w.caughtUp(t, position, matching.Apply)
	if n := matching.Index().Size(); n != 0 {
		t.Errorf("%d listings after another program suspended the only one", n)
	}
}

// fakeStore is a store of versions with its feed, changed under a lock.
type fakeStore struct {
	mu     sync.Mutex
	number map[string]int64
	events []outbox.Positioned
	waits  []outbox.Positioned
	pruned int
	rung   int64
}

func (s *fakeStore) LiveHeads(_ context.Context, ids []string) ([]listing.LiveHead, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []listing.LiveHead
	for _, id := range ids {
		if n := s.number[id]; n > 0 {
			out = append(out, listing.LiveHead{ID: id, Number: n})
		}
	}
	return out, nil
}

func (s *fakeStore) Edge(context.Context) (outbox.Edge, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return outbox.Edge{Head: int64(len(s.events)), Waiting: len(s.waits) > 0}, nil
}

func (s *fakeStore) After(_ context.Context, position int64, limit int) ([]outbox.Positioned, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	from := max(int(position), s.pruned)
	return s.events[from:min(len(s.events), from+limit)], nil
}

func (s *fakeStore) rings() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.rung
}

// change commits the next version of a listing and tells it.
func (s *fakeStore) change(id string) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.number[id]++
	var e outbox.Positioned
	e.Event.Subject = id
	s.waits = append(s.waits, e)
	s.rung++
	return s.number[id]
}

// dispatch gives some of the waiting events their places, and sometimes prunes.
func (s *fakeStore) dispatch(n int, prune bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for range min(n, len(s.waits)) {
		e := s.waits[0]
		s.waits = s.waits[1:]
		e.Position = int64(len(s.events)) + 1
		s.events = append(s.events, e)
	}
	if prune {
		s.pruned = len(s.events)
	}
}

// Whatever interleaves: who looks after a change has been told of sees it, or a
// later one.
func TestHeadsAreNeverOlderThanTheLastToldChange(t *testing.T) {
	const listings, changes = 8, 3_000
	s := &fakeStore{number: map[string]int64{}}
	kept := indexing.NewKeptHeads(s, s, s.rings, clock.System{})
	done := make(chan struct{})
	var others sync.WaitGroup
	defer func() {
		close(done)
		others.Wait()
	}()
	for range 2 { // who reads meanwhile fills what is kept
		others.Go(func() {
			ids := []string{"0", "3", "5", "7"}
			for {
				select {
				case <-done:
					return
				default:
					_, _ = kept.LiveHeads(t.Context(), ids)
				}
			}
		})
	}
	others.Go(func() {
		for {
			select {
			case <-done:
				return
			default:
				s.dispatch(rand.IntN(3), rand.IntN(50) == 0)
			}
		}
	})
	for range changes {
		id := fmt.Sprint(rand.IntN(listings))
		number := s.change(id)
		for range 3 {
			got, err := kept.LiveHeads(t.Context(), []string{id})
			if err != nil || len(got) != 1 || got[0].Number < number {
				t.Fatalf("%v, %v after version %d", got, err, number)
			}
		}
	}
}
