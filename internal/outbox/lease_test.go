package outbox_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/event"
	"chengqiao/internal/outbox"
)

// pause is what one piece of a long work takes: a few of them are more than
// the lease.
const (
	longLease = 2 * time.Second
	pause     = longLease / 4
)

func TestAHandlerThatGetsOnKeepsItsLease(t *testing.T) {
	forEachWorld(t, func(t *testing.T, w *world) {
		w.happen("n1")
		calls := 0
		worker := w.worker(func(ctx context.Context, _ []event.Event) error {
			calls++
			first, _ := ctx.Deadline()
			for range 5 {
				time.Sleep(pause)
				w.clock.Advance(longLease - time.Second)
				if other, err := w.outbox.Claim(ctx, "search", w.clock.Now(), longLease, 1); err != nil || len(other) != 0 {
					t.Errorf("another worker has %d of it, %v", len(other), err)
				}
				if err := outbox.Going(ctx); err != nil {
					return err
				}
			}
			if end, ok := ctx.Deadline(); !ok || end.Sub(first) < 5*pause {
				t.Errorf("the deadline is %v, at first it was %v", end, first)
			}
			return ctx.Err()
		}, outbox.Consumer{}, outbox.Settings{Lease: longLease, MaxAttempts: 1})
		w.drain(worker)
		if b := w.backlog(); calls != 1 || b.Pending != 0 || b.Dead != 0 {
			t.Errorf("%d calls, backlog %+v", calls, b)
		}
	})
}

func TestALostClaimStopsTheHandler(t *testing.T) {
	forEachWorld(t, func(t *testing.T, w *world) {
		w.happen("n1", "n2")
		var calls []int
		var others []outbox.Delivery
		worker := w.worker(func(ctx context.Context, events []event.Event) error {
			if calls = append(calls, len(events)); len(calls) > 1 {
				return nil
			}
			w.clock.Advance(time.Minute) // as for a machine that was asleep
			var err error
			if others, err = w.outbox.Claim(ctx, "search", w.clock.Now(), time.Minute, 1); err != nil || len(others) != 1 {
				t.Errorf("another worker claims %d, %v", len(others), err)
			}
			err = outbox.Going(ctx)
			if err == nil || ctx.Err() == nil {
				t.Errorf("the handler may go on: %v, %v", err, ctx.Err())
			}
			return err
		}, outbox.Consumer{Batch: 2}, outbox.Settings{MaxAttempts: 1})
		w.drain(worker)
		// The other has one still, this worker was given the rest anew.
		if !slices.Equal(calls, []int{2, 1}) {
			t.Errorf("calls with %v events", calls)
		}
		if n, err := w.outbox.Complete(context.Background(), others, w.clock.Now()); err != nil || n != 1 {
			t.Errorf("the other completes %d, %v", n, err)
		}
		if b := w.backlog(); b.Pending != 0 || b.Dead != 0 {
			t.Errorf("backlog %+v", b)
		}
	})
}

func TestAHandlerThatIsStuckInAPieceLosesItsLease(t *testing.T) {
	forEachWorld(t, func(t *testing.T, w *world) {
		w.happen("n1")
		calls := 0
		worker := w.worker(func(ctx context.Context, _ []event.Event) error {
			calls++
			if err := outbox.Going(ctx); err != nil {
				return err
			}
			query, cancel := context.WithTimeout(ctx, time.Hour)
			defer cancel()
			<-query.Done()
			if !errors.Is(query.Err(), context.DeadlineExceeded) || !errors.Is(ctx.Err(), context.DeadlineExceeded) {
				t.Errorf("what it waits for ends with %v, and the lease with %v", query.Err(), ctx.Err())
			}
			if err := outbox.Going(ctx); err == nil {
				t.Error("a lease that has ended is renewed")
			}
			return query.Err()
		}, outbox.Consumer{}, outbox.Settings{Lease: 500 * time.Millisecond, MaxAttempts: 1})
		w.drain(worker)
		if b := w.backlog(); calls != 1 || b.Dead != 1 {
			t.Errorf("%d calls, backlog %+v", calls, b)
		}
	})
}

func TestOneByOneTheLeaseIsOfWhatIsStillToDo(t *testing.T) {
	forEachWorld(t, func(t *testing.T, w *world) {
		w.happen("n1", "n2", "n3")
		var h heard
		worker := w.worker(func(ctx context.Context, events []event.Event) error {
			if len(events) > 1 {
				return errAway
			}
			w.clock.Advance(50 * time.Second)
			if err := outbox.Going(ctx); err != nil {
				return err
			}
			if other, err := w.outbox.Claim(ctx, "search", w.clock.Now(), time.Minute, 3); err != nil || len(other) != 0 {
				t.Errorf("another worker has %d of it, %v", len(other), err)
			}
			return h.handle(ctx, events)
		}, outbox.Consumer{Batch: 3}, outbox.Settings{Lease: time.Minute, MaxAttempts: 1})
		w.drain(worker)
		if b := w.backlog(); len(h.list()) != 3 || b.Dead != 0 {
			t.Errorf("heard %v, backlog %+v", h.list(), b)
		}
	})
}

func TestWhatIsStoppedBetweenTwoPiecesIsGivenBack(t *testing.T) {
	forEachWorld(t, func(t *testing.T, w *world) {
		w.happen("n1", "n2", "n3")
		for _, batch := range []int{1, 3} { // the many one by one
			ctx, stop := context.WithCancel(context.Background())
			worker := w.worker(func(ctx context.Context, events []event.Event) error {
				if len(events) > 1 {
					return errAway
				}
				stop()
				if ctx.Err() != nil {
					t.Error("a piece that was begun is not finished")
				}
				return outbox.Going(ctx)
			}, outbox.Consumer{Batch: batch}, outbox.Settings{MaxAttempts: 1})
			if _, err := worker.Turn(ctx); err != nil {
				t.Fatal(err)
			}
		}
		var h heard
		w.drain(w.worker(h.handle, outbox.Consumer{}, outbox.Settings{MaxAttempts: 1}))
		if b := w.backlog(); len(h.list()) != 3 || b.Dead != 0 {
			t.Errorf("heard %v at once, backlog %+v", h.list(), b)
		}
	})
}

// onlyOne is a queue of one delivery that nobody else wants.
type onlyOne struct {
	outbox.Queue
	renewed int
	buried  string
}

func (q *onlyOne) Claim(context.Context, string, time.Time, time.Duration, int) ([]outbox.Delivery, error) {
	return []outbox.Delivery{{Attempts: 1}}, nil
}

func (q *onlyOne) Renew(_ context.Context, claimed []outbox.Delivery, _ time.Time) (int, error) {
	q.renewed++
	return len(claimed), nil
}

func (q *onlyOne) Bury(_ context.Context, _ outbox.Delivery, _ time.Time, cause string) error {
	q.buried = cause
	return nil
}

func TestAHandlerThatGoesOnForeverIsEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		queue := &onlyOne{}
		handle := func(ctx context.Context, _ []event.Event) error {
			for {
				time.Sleep(50 * time.Second)
				if err := outbox.Going(ctx); err != nil {
					if ctx.Err() == nil {
						t.Error("its context has not ended")
					}
					return err
				}
			}
		}
		begun := time.Now()
		worker := outbox.NewWorker(queue, outbox.Consumer{Handle: handle}, clock.System{}, nil,
			outbox.Settings{Lease: time.Minute, MaxAttempts: 1}, slog.New(slog.DiscardHandler))
		if _, err := worker.Turn(t.Context()); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(begun); queue.renewed != 72 || took > time.Hour+time.Minute || queue.buried == "" {
			t.Errorf("ended after %v and %d renewals: %s", took, queue.renewed, queue.buried)
		}
	})
}

func TestWhereNoWorkerWaitsNothingIsRenewed(t *testing.T) {
	if err := outbox.Going(t.Context()); err != nil {
		t.Error(err)
	}
}
