package outbox_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"chengqiao/internal/outbox"
	"chengqiao/internal/sqldb"
)

// index is what lives in one replica: it keeps its position with its content.
type index struct {
	mu       sync.Mutex
	position int64
	subjects []string
}

func (i *index) apply(_ context.Context, events []outbox.Positioned) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, e := range events {
		i.subjects = append(i.subjects, e.Event.Subject)
		i.position = e.Position
	}
	return nil
}

func (i *index) list() []string {
	i.mu.Lock()
	defer i.mu.Unlock()
	return slices.Clone(i.subjects)
}

func (w *world) dispatch() int {
	w.t.Helper()
	n, err := w.outbox.Dispatch(context.Background(), 1000)
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

func (w *world) follower(i *index, bell *outbox.Bell) *outbox.Follower {
	return outbox.NewFollower(w.outbox, i.apply, bell, time.Hour, slog.New(slog.DiscardHandler))
}

func (w *world) catchUp(i *index) error {
	w.t.Helper()
	f := w.follower(i, nil)
	for {
		before := i.position
		next, err := f.Turn(context.Background(), before)
		if err != nil || next == before {
			return err
		}
	}
}

func TestFollowersReadEverythingInOrder(t *testing.T) {
	forEachWorld(t, func(t *testing.T, w *world) {
		want := subjects(30)
		w.happen(want[:20]...)
		w.dispatch()
		var one, two index
		if err := w.catchUp(&one); err != nil {
			t.Fatal(err)
		}
		w.happen(want[20:]...)
		w.dispatch()
		for _, i := range []*index{&one, &two} {
			if err := w.catchUp(i); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(i.list(), want) || i.position != 30 {
				t.Fatalf("at %d: %v", i.position, i.list())
			}
		}
	})
}

func TestTheEdgeTellsWhatWaitsForItsPlace(t *testing.T) {
	forEachWorld(t, func(t *testing.T, w *world) {
		edge := func(want outbox.Edge) {
			t.Helper()
			if got, err := w.outbox.Edge(t.Context()); err != nil || got != want {
				t.Errorf("%+v, %v; want %+v", got, err, want)
			}
		}
		edge(outbox.Edge{})
		w.happen("a", "b")
		edge(outbox.Edge{Waiting: true})
		w.dispatch()
		edge(outbox.Edge{Head: 2})
		w.happen("c")
		edge(outbox.Edge{Head: 2, Waiting: true})
	})
}

// TestALateCommitIsNotPassedBy: the first transaction draws its event's id
// before the second, and commits after it. SQLite has one writer at a time, so
// this can happen on PostgreSQL alone.
func TestALateCommitIsNotPassedBy(t *testing.T) {
	forEachWorld(t, func(t *testing.T, w *world) {
		if w.db.Driver() == sqldb.SQLite {
			w.happen("early", "late")
			if n := w.dispatch(); n != 2 {
				t.Fatalf("%d dispatched", n)
			}
			return
		}
		written, commit, done := make(chan struct{}), make(chan struct{}), make(chan error)
		var once sync.Once
		go func() {
			done <- w.db.InTx(context.Background(), func(ctx context.Context) error {
				if err := w.journal.Write(ctx, w.entry("late")); err != nil {
					return err
				}
				once.Do(func() { close(written) })
				<-commit
				return nil
			})
		}()
		<-written
		w.happen("early")
		var i index
		if n := w.dispatch(); n != 1 {
			t.Fatalf("%d dispatched, one is committed", n)
		}
		if err := w.catchUp(&i); err != nil {
			t.Fatal(err)
		}
		close(commit)
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		w.dispatch()
		if err := w.catchUp(&i); err != nil {
			t.Fatal(err)
		}
		if got := i.list(); !slices.Equal(got, []string{"early", "late"}) {
			t.Fatalf("followed %v", got)
		}
	})
}

func TestManyDispatchersGiveEachPositionOnce(t *testing.T) {
	forEachWorld(t, func(t *testing.T, w *world) {
		var writers, dispatchers sync.WaitGroup
		stop := make(chan struct{})
		for range 3 {
			dispatchers.Go(func() {
				for {
					if _, err := w.outbox.Dispatch(context.Background(), 4); err != nil {
						t.Error(err)
						return
					}
					select {
					case <-stop:
						return
					default:
					}
				}
			})
		}
		for n := range 4 {
			writers.Go(func() { w.happen(subjects(40)[n*10 : n*10+10]...) })
		}
		writers.Wait()
		close(stop)
		dispatchers.Wait()
		for w.dispatch() > 0 {
		}
		var i index
		if err := w.catchUp(&i); err != nil {
			t.Fatal(err) // a position given twice or left out is a gap
		}
		got := i.list()
		slices.Sort(got)
		if !slices.Equal(got, subjects(40)) {
			t.Fatalf("followed %d events", len(got))
		}
	})
}

func TestAFollowerBehindThePrunedFeedIsToldToRebuild(t *testing.T) {
	forEachWorld(t, func(t *testing.T, w *world) {
		w.happen("n1", "n2", "n3")
		w.dispatch()
		var h heard
		w.drain(w.worker(h.handle, outbox.Consumer{}, outbox.Settings{}))
		w.clock.Advance(time.Hour)
		for range 2 { // by small pieces, as a busy store is pruned
			if n, err := w.outbox.Prune(context.Background(), w.clock.Now(), 2); err != nil || n == 0 {
				t.Fatalf("pruned %d, %v", n, err)
			}
		}
		if err := w.catchUp(&index{position: 3}); err != nil {
			t.Fatalf("nothing is missing behind the head: %v", err)
		}
		if err := w.catchUp(&index{position: 1}); !errors.Is(err, outbox.ErrFeedGap) {
			t.Fatalf("all pruned: %v", err)
		}
		w.happen("n4")
		w.dispatch()
		if err := w.catchUp(&index{position: 1}); !errors.Is(err, outbox.ErrFeedGap) {
			t.Fatalf("a hole before the next: %v", err)
		}
		if err := w.catchUp(&index{position: 9}); !errors.Is(err, outbox.ErrFeedGap) {
			t.Fatalf("ahead of the feed, as after a restore: %v", err)
		}
	})
}

func TestACommitReachesARunningFollowerAtOnce(t *testing.T) {
	forEachWorld(t, func(t *testing.T, w *world) {
		ctx, stop := context.WithCancel(context.Background())
		var dispatched outbox.Bell
		var i index
		var wg sync.WaitGroup
		log := slog.New(slog.DiscardHandler)
		wg.Go(func() { outbox.NewDispatcher(w.outbox, &w.bell, &dispatched, time.Hour, log).Run(ctx) })
		wg.Go(func() {
			if err := w.follower(&i, &dispatched).Run(ctx, 0); err != nil {
				t.Error(err)
			}
		})
		// Whether the first ring comes before or after the two listen, each
		// looks once when it starts; the second commit needs the bell.
		w.happen("n1")
		eventually(t, "the first event is followed", func() bool { return len(i.list()) == 1 })
		w.happen("n2")
		eventually(t, "the second event is followed", func() bool { return len(i.list()) == 2 })
		stop()
		wg.Wait()
	})
}

func TestAFailingIndexIsTriedAgainFromWhereItStood(t *testing.T) {
	forEachWorld(t, func(t *testing.T, w *world) {
		w.happen("n1", "n2")
		w.dispatch()
		var i index
		fail := true
		f := outbox.NewFollower(w.outbox, func(ctx context.Context, e []outbox.Positioned) error {
			if fail {
				fail = false
				return errAway
			}
			return i.apply(ctx, e)
		}, nil, time.Hour, slog.New(slog.DiscardHandler))
		if next, err := f.Turn(context.Background(), 0); !errors.Is(err, errAway) || next != 0 {
			t.Fatalf("reached %d, %v", next, err)
		}
		if next, err := f.Turn(context.Background(), 0); err != nil || next != 2 || len(i.list()) != 2 {
			t.Fatalf("reached %d, %v", next, err)
		}
	})
}
