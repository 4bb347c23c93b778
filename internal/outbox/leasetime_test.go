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

// What depends on how long a handler takes is tested in the time of synctest: a
// real store takes as long as its disk likes, and could use up any lease short
// enough to be waited for.

// shelf is a queue in memory, with the rules of the store's.
type shelf struct {
	entries []*shelved
	renewed int
}

type shelved struct {
	outbox.Delivery
	due, heldUntil time.Time
	done           bool
	dead           string // why, of a dead letter
}

func newShelf(subjects ...string) *shelf {
	q := &shelf{}
	for _, s := range subjects {
		q.entries = append(q.entries, &shelved{Delivery: outbox.Delivery{Event: event.Event{ID: s, Subject: s, At: time.Now()}}})
	}
	return q
}

func (q *shelf) Claim(_ context.Context, _ string, now time.Time, lease time.Duration, limit int) ([]outbox.Delivery, error) {
	var out []outbox.Delivery
	for _, e := range q.entries {
		if len(out) == limit || e.done || e.dead != "" || e.due.After(now) || e.heldUntil.After(now) {
			continue
		}
		e.Attempts++
		e.heldUntil, e.Token = now.Add(lease), now.String()
		out = append(out, e.Delivery)
	}
	return out, nil
}

// of calls change with what is still of the claim, and says how many.
func (q *shelf) of(claimed []outbox.Delivery, change func(*shelved)) int {
	n := 0
	for _, e := range q.entries {
		if slices.ContainsFunc(claimed, func(d outbox.Delivery) bool { return d.Event.ID == e.Event.ID && d.Token == e.Token }) {
			n++
			change(e)
		}
	}
	return n
}

func (q *shelf) Renew(_ context.Context, claimed []outbox.Delivery, until time.Time) (int, error) {
	q.renewed++
	return q.of(claimed, func(e *shelved) { e.heldUntil = until }), nil
}

func (q *shelf) Complete(_ context.Context, claimed []outbox.Delivery, _ time.Time) (int, error) {
	return q.of(claimed, func(e *shelved) { e.done, e.Token = true, "" }), nil
}

func (q *shelf) Retry(_ context.Context, d outbox.Delivery, due time.Time, _ string) error {
	q.of([]outbox.Delivery{d}, func(e *shelved) { e.due, e.heldUntil, e.Token = due, time.Time{}, "" })
	return nil
}

func (q *shelf) Postpone(_ context.Context, claimed []outbox.Delivery, due time.Time, _ string) error {
	q.of(claimed, func(e *shelved) { e.due, e.heldUntil, e.Token, e.Attempts = due, time.Time{}, "", e.Attempts-1 })
	return nil
}

func (q *shelf) Bury(_ context.Context, d outbox.Delivery, _ time.Time, cause string) error {
	q.of([]outbox.Delivery{d}, func(e *shelved) { e.dead, e.Token = cause, "" })
	return nil
}

func (q *shelf) Release(_ context.Context, claimed []outbox.Delivery) error {
	q.of(claimed, func(e *shelved) { e.heldUntil, e.Token, e.Attempts = time.Time{}, "", e.Attempts-1 })
	return nil
}

// left are the subjects that are neither done nor given up.
func (q *shelf) left() []string {
	var out []string
	for _, e := range q.entries {
		if !e.done && e.dead == "" {
			out = append(out, e.Event.Subject)
		}
	}
	return out
}

func (q *shelf) worker(handle func(context.Context, []event.Event) error, batch int, settings outbox.Settings) *outbox.Worker {
	return outbox.NewWorker(q, outbox.Consumer{Name: "search", Handle: handle, Batch: batch}, clock.System{}, nil,
		settings, slog.New(slog.DiscardHandler))
}

// drain takes turns until nothing is due.
func (q *shelf) drain(t *testing.T, worker *outbox.Worker) {
	t.Helper()
	for {
		n, err := worker.Turn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			return
		}
	}
}

func TestAHandlerThatGetsOnKeepsItsLease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const lease, piece = time.Minute, 50 * time.Second
		q, calls := newShelf("n1"), 0
		q.drain(t, q.worker(func(ctx context.Context, _ []event.Event) error {
			calls++
			first, _ := ctx.Deadline()
			for range 5 {
				time.Sleep(piece)
				if other, err := q.Claim(ctx, "search", time.Now(), lease, 1); err != nil || len(other) != 0 {
					t.Errorf("another worker has %d of it, %v", len(other), err)
				}
				if err := outbox.Going(ctx); err != nil {
					return err
				}
			}
			if end, ok := ctx.Deadline(); !ok || end.Sub(first) != 5*piece {
				t.Errorf("the deadline is %v, at first it was %v", end, first)
			}
			return ctx.Err()
		}, 1, outbox.Settings{Lease: lease, MaxAttempts: 1}))
		if calls != 1 || !q.entries[0].done {
			t.Errorf("%d calls, left %v", calls, q.left())
		}
	})
}

func TestAHandlerThatIsStuckInAPieceLosesItsLease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q, calls := newShelf("n1"), 0
		q.drain(t, q.worker(func(ctx context.Context, _ []event.Event) error {
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
		}, 1, outbox.Settings{MaxAttempts: 1}))
		if calls != 1 || q.entries[0].dead == "" {
			t.Errorf("%d calls, left %v", calls, q.left())
		}
	})
}

func TestAHandlerThatGoesOnForeverIsEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q, begun := newShelf("n1"), time.Now()
		q.drain(t, q.worker(func(ctx context.Context, _ []event.Event) error {
			for {
				time.Sleep(50 * time.Second)
				if err := outbox.Going(ctx); err != nil {
					if ctx.Err() == nil {
						t.Error("its context has not ended")
					}
					return err
				}
			}
		}, 1, outbox.Settings{Lease: time.Minute, MaxAttempts: 1}))
		if took := time.Since(begun); q.renewed != 72 || took > time.Hour+time.Minute || q.entries[0].dead == "" {
			t.Errorf("ended after %v and %d renewals: %s", took, q.renewed, q.entries[0].dead)
		}
	})
}

func TestAConsumerTooSlowForItsBatchIsBroughtFewer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newShelf(subjects(8)...)
		var h heard
		var calls []int
		// So slow that it handles two within its lease, and no more.
		q.drain(t, q.worker(func(ctx context.Context, events []event.Event) error {
			calls = append(calls, len(events))
			for range events {
				select {
				case <-time.After(25 * time.Second):
				case <-ctx.Done():
					return ctx.Err()
				}
			}
			return h.handle(ctx, events)
		}, 8, outbox.Settings{Lease: time.Minute, MaxAttempts: 1, FirstRetry: time.Hour}))
		if got := h.list(); !slices.Equal(got, subjects(8)) {
			t.Errorf("heard %v", got)
		}
		// After two that went well it is brought more again.
		if want := []int{8, 4, 2, 4, 2, 4, 2, 2}; !slices.Equal(calls, want) {
			t.Errorf("calls with %v events, want %v", calls, want)
		}
	})
}

func TestWhatWasHandledAsTheLeaseEndedIsReported(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q, calls := newShelf("n1"), 0
		q.drain(t, q.worker(func(ctx context.Context, _ []event.Event) error {
			calls++
			<-ctx.Done()
			return nil
		}, 1, outbox.Settings{}))
		if calls != 1 || !q.entries[0].done {
			t.Errorf("%d calls, left %v", calls, q.left())
		}
	})
}

func TestWhatTheLeaseLeavesNoTimeForIsGivenBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newShelf("n1", "n2", "n3")
		var h heard
		worker := q.worker(func(ctx context.Context, events []event.Event) error {
			switch {
			case len(events) > 1:
				return errAway
			case events[0].Subject == "n1":
				<-ctx.Done()
				return ctx.Err()
			}
			return h.handle(ctx, events)
		}, 3, outbox.Settings{FirstRetry: time.Hour, MaxAttempts: 2})
		if _, err := worker.Turn(t.Context()); err != nil {
			t.Fatal(err)
		}
		q.drain(t, q.worker(h.handle, 1, outbox.Settings{MaxAttempts: 1}))
		if got := h.list(); !slices.Equal(got, []string{"n2", "n3"}) {
			t.Errorf("heard %v at once, the first alone waits for its retry", got)
		}
	})
}
