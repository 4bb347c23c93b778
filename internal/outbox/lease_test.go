package outbox_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"chengqiao/internal/event"
	"chengqiao/internal/outbox"
)

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

func TestWhereNoWorkerWaitsNothingIsRenewed(t *testing.T) {
	if err := outbox.Going(t.Context()); err != nil {
		t.Error(err)
	}
}
