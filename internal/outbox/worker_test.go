package outbox_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"chengqiao/internal/errs"
	"chengqiao/internal/event"
	"chengqiao/internal/journal"
	"chengqiao/internal/outbox"
	"chengqiao/internal/policy"
	"chengqiao/internal/span"
)

var errAway = errors.New("index away")

func TestAnEventTellsInWhichTraceItHappened(t *testing.T) {
	forEachWorld(t, func(t *testing.T, w *world) {
		traced, recording := sdktrace.NewTracerProvider().Tracer(span.Scope).Start(context.Background(), "POST")
		defer recording.End()
		for _, ctx := range []context.Context{traced, context.Background()} {
			if err := w.db.InTx(ctx, func(ctx context.Context) error {
				return w.journal.WriteAll(ctx, []journal.Entry{w.entry("many")})
			}); err != nil {
				t.Fatal(err)
			}
			if err := w.db.InTx(ctx, func(ctx context.Context) error { return w.journal.Write(ctx, w.entry("one")) }); err != nil {
				t.Fatal(err)
			}
		}
		var in []bool
		w.drain(w.worker(func(_ context.Context, events []event.Event) error {
			for _, e := range events {
				from := span.At(e.Trace)
				in = append(in, from.TraceID() == recording.SpanContext().TraceID() && from.IsSampled())
			}
			return nil
		}, outbox.Consumer{Batch: 10}, outbox.Settings{}))
		if !slices.Equal(in, []bool{true, true, false, false}) {
			t.Errorf("in the trace are %v", in)
		}
	})
}

func TestWhatHappenedIsDeliveredOnce(t *testing.T) {
	forEachWorld(t, func(t *testing.T, w *world) {
		w.happen(subjects(7)...)
		var h heard
		worker := w.worker(h.handle, outbox.Consumer{Batch: 3}, outbox.Settings{})
		w.drain(worker)
		w.drain(worker)
		if got := h.list(); !slices.Equal(got, subjects(7)) {
			t.Fatalf("heard %v", got)
		}
		if b := w.backlog(); b.Pending != 0 || b.Dead != 0 {
			t.Fatalf("backlog %+v", b)
		}
	})
}

func TestAnEventArrivesAsItWasWritten(t *testing.T) {
	forEachWorld(t, func(t *testing.T, w *world) {
		w.happen("n1")
		var got event.Event
		w.drain(w.worker(func(_ context.Context, e []event.Event) error { got = e[0]; return nil }, outbox.Consumer{}, outbox.Settings{}))
		if got.Name != event.NeedChanged || got.Kind != "need" || got.Subject != "n1" || got.Version != 1 ||
			!got.At.Equal(noon) || got.Data["state"] != "draft" || got.ID == "" {
			t.Fatalf("got %+v", got)
		}
	})
}

func TestWhatWasRolledBackIsNeverTold(t *testing.T) {
	forEachWorld(t, func(t *testing.T, w *world) {
		_ = w.db.InTx(context.Background(), func(ctx context.Context) error {
			if err := w.journal.Write(ctx, w.entry("n1")); err != nil {
				t.Error(err)
			}
			return errAway
		})
		var h heard
		w.drain(w.worker(h.handle, outbox.Consumer{}, outbox.Settings{}))
		if got := h.list(); got != nil {
			t.Fatalf("heard %v", got)
		}
	})
}

func TestAHandlerKilledMidWayIsRedeliveredAfterItsLease(t *testing.T) {
	forEachWorld(t, func(t *testing.T, w *world) {
		w.happen("n1")
		// A process that claims and then dies leaves exactly this behind.
		lost, err := w.outbox.Claim(context.Background(), "search", w.clock.Now(), time.Minute, 10)
		if err != nil || len(lost) != 1 {
			t.Fatalf("claimed %d, %v", len(lost), err)
		}
		var h heard
		worker := w.worker(h.handle, outbox.Consumer{}, outbox.Settings{Lease: time.Minute})
		w.clock.Advance(59 * time.Second)
		w.drain(worker)
		if got := h.list(); got != nil {
			t.Fatalf("heard %v during the lease", got)
		}
		w.clock.Advance(time.Second)
		w.drain(worker)
		if got := h.list(); len(got) != 1 {
			t.Fatalf("heard %v after the lease", got)
		}
		// Were the dead one to wake up, its claim is worth nothing.
		if n, err := w.outbox.Complete(context.Background(), lost, w.clock.Now()); err != nil || n != 0 {
			t.Fatalf("the lost claim completed %d, %v", n, err)
		}
	})
}

func TestConcurrentWorkersNeverClaimTheSameDelivery(t *testing.T) {
	forEachWorld(t, func(t *testing.T, w *world) {
		want := subjects(120)
		w.happen(want...)
		var h heard
		var wg sync.WaitGroup
		for range 6 {
			wg.Go(func() {
				worker := w.worker(h.handle, outbox.Consumer{Batch: 7}, outbox.Settings{})
				for {
					n, err := worker.Turn(context.Background())
					if err != nil {
						t.Error(err)
						return
					}
					// Nothing claimed can mean that the others hold all that is left.
					if n == 0 {
						return
					}
				}
			})
		}
		wg.Wait()
		got := h.list()
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Fatalf("heard %d, wanted each of %d once", len(got), len(want))
		}
	})
}

func TestFailuresAreTriedAgainWithGrowingWaitsAndThenGivenUp(t *testing.T) {
	forEachWorld(t, func(t *testing.T, w *world) {
		w.happen("n1")
		calls := 0
		settings := outbox.Settings{FirstRetry: 10 * time.Second, MaxRetry: 25 * time.Second, MaxAttempts: 4}
		worker := w.worker(func(context.Context, []event.Event) error { calls++; return errAway }, outbox.Consumer{}, settings)
		for attempt, longest := range []time.Duration{10 * time.Second, 20 * time.Second, 25 * time.Second} {
			w.drain(worker)
			if calls != attempt+1 {
				t.Fatalf("%d calls, want %d", calls, attempt+1)
			}
			w.clock.Advance(longest/2 - time.Microsecond)
			w.drain(worker)
			if calls != attempt+1 {
				t.Fatalf("tried again before half of %s", longest)
			}
			w.clock.Advance(longest/2 + time.Microsecond)
		}
		w.drain(worker)
		w.clock.Advance(time.Hour)
		w.drain(worker)
		if b := w.backlog(); calls != 4 || b.Dead != 1 || b.Pending != 0 {
			t.Fatalf("%d calls, backlog %+v", calls, b)
		}
	})
}

var errOutage = errs.New(errs.Unavailable, "search_unavailable")

func TestAnOutageUsesUpNoAttempts(t *testing.T) {
	forEachWorld(t, func(t *testing.T, w *world) {
		want := subjects(8)
		w.happen(want...)
		var h heard
		calls, back := 0, noon.Add(26*time.Hour)
		worker := w.worker(func(ctx context.Context, events []event.Event) error {
			if calls++; w.clock.Now().Before(back) {
				return errOutage
			}
			return h.handle(ctx, events)
		}, outbox.Consumer{Batch: 10}, outbox.Settings{})
		w.drain(worker)
		if calls != 3 {
			t.Errorf("%d calls to find out that a server is away, want the batch and two of it", calls)
		}
		for w.clock.Now().Before(back) {
			w.drain(worker)
			w.clock.Advance(time.Minute)
		}
		if b := w.backlog(); b.Dead != 0 || b.Pending != 8 {
			t.Fatalf("after a day's outage: %+v", b)
		}
		w.clock.Advance(10 * time.Minute)
		w.drain(worker)
		got := h.list()
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Errorf("ten minutes after it heard %v", got)
		}
	})
}

func TestAnOutageThatNeverEndsIsGivenUp(t *testing.T) {
	forEachWorld(t, func(t *testing.T, w *world) {
		w.happen("n1")
		worker := w.worker(func(context.Context, []event.Event) error { return errOutage }, outbox.Consumer{}, outbox.Settings{Outage: time.Hour})
		for range 120 {
			w.drain(worker)
			w.clock.Advance(time.Minute)
		}
		if b := w.backlog(); b.Dead != 1 || b.Pending != 0 {
			t.Errorf("an hour after the longest outage: %+v", b)
		}
	})
}

// A letter to a mailbox that is full says the same as a mail server that is away.
func TestOneThatAloneFindsAServerAwayHoldsUpNoOther(t *testing.T) {
	forEachWorld(t, func(t *testing.T, w *world) {
		w.happen("full", "n1", "n2")
		var h heard
		worker := w.worker(func(ctx context.Context, events []event.Event) error {
			for _, e := range events {
				if e.Subject == "full" {
					return errOutage
				}
			}
			return h.handle(ctx, events)
		}, outbox.Consumer{Batch: 10}, outbox.Settings{})
		w.drain(worker)
		if got := h.list(); !slices.Equal(got, []string{"n1", "n2"}) {
			t.Errorf("heard %v", got)
		}
	})
}

func TestAPoisonousEventStandsAlone(t *testing.T) {
	forEachWorld(t, func(t *testing.T, w *world) {
		w.happen("n1", "poison", "n2")
		var h heard
		worker := w.worker(func(ctx context.Context, events []event.Event) error {
			for _, e := range events {
				if e.Subject == "poison" {
					panic("cannot digest \x00 this")
				}
			}
			return h.handle(ctx, events)
		}, outbox.Consumer{Batch: 10}, outbox.Settings{MaxAttempts: 1})
		w.drain(worker)
		if got := h.list(); !slices.Equal(got, []string{"n1", "n2"}) {
			t.Fatalf("heard %v", got)
		}
		letters, err := w.outbox.DeadLetters(context.Background(), outbox.Place{}, 10)
		if err != nil || len(letters) != 1 || letters[0].Event.Subject != "poison" || letters[0].LastError == "" {
			t.Fatalf("letters %+v, %v", letters, err)
		}
	})
}

func TestAProcessKillerIsGivenUpWithoutBeingCalledAgain(t *testing.T) {
	forEachWorld(t, func(t *testing.T, w *world) {
		w.happen("n1")
		settings := outbox.Settings{Lease: time.Minute, MaxAttempts: 3}
		for range settings.MaxAttempts {
			if d, err := w.outbox.Claim(context.Background(), "search", w.clock.Now(), settings.Lease, 1); err != nil || len(d) != 1 {
				t.Fatalf("claimed %d, %v", len(d), err)
			}
			w.clock.Advance(settings.Lease)
		}
		var h heard
		w.drain(w.worker(h.handle, outbox.Consumer{}, settings))
		if b := w.backlog(); b.Dead != 1 || len(h.list()) != 0 {
			t.Fatalf("backlog %+v, heard %v", b, h.list())
		}
	})
}

func TestRunWakesAtACommitAndStopsGracefully(t *testing.T) {
	forEachWorld(t, func(t *testing.T, w *world) {
		started, release := make(chan struct{}), make(chan struct{})
		var finished atomic.Bool
		worker := w.worker(func(ctx context.Context, _ []event.Event) error {
			close(started)
			<-release
			finished.Store(ctx.Err() == nil)
			return nil
		}, outbox.Consumer{Parallel: 2}, outbox.Settings{Poll: time.Hour})
		ctx, stop := context.WithCancel(context.Background())
		defer stop()
		done := make(chan struct{})
		go func() { worker.Run(ctx); close(done) }()

		w.happen("n1") // the poll is an hour away: the bell alone can wake it
		select {
		case <-started:
		case <-time.After(time.Minute):
			t.Fatal("the commit woke nobody")
		}
		stop()
		close(release)
		<-done
		if b := w.backlog(); !finished.Load() || b.Pending != 0 {
			t.Fatalf("finished %v, backlog %+v: what was begun must be ended", finished.Load(), b)
		}
	})
}

func TestWhatIsNotBegunAtTheStopIsGivenBack(t *testing.T) {
	forEachWorld(t, func(t *testing.T, w *world) {
		w.happen("n1", "n2", "n3")
		ctx, stop := context.WithCancel(context.Background())
		worker := w.worker(func(_ context.Context, events []event.Event) error {
			if len(events) == 1 {
				stop()
			}
			return errAway
		}, outbox.Consumer{Batch: 3}, outbox.Settings{FirstRetry: time.Hour})
		if _, err := worker.Turn(ctx); err != nil {
			t.Fatal(err)
		}
		var h heard
		w.drain(w.worker(h.handle, outbox.Consumer{}, outbox.Settings{}))
		if got := h.list(); len(got) != 2 {
			t.Fatalf("heard %v at once, the third waits for its retry", got)
		}
	})
}

func TestOperatorsSeeAndReviveDeadLetters(t *testing.T) {
	forEachWorld(t, func(t *testing.T, w *world) {
		w.happen(subjects(5)...)
		var h heard
		failing := true
		worker := w.worker(func(ctx context.Context, e []event.Event) error {
			if failing {
				return errAway
			}
			return h.handle(ctx, e)
		}, outbox.Consumer{}, outbox.Settings{MaxAttempts: 1})
		w.drain(worker)
		failing = false

		ctx := context.Background()
		operator := policy.Actor{AccountID: "a", OrgID: "p", OrgKind: policy.Platform, OrgVerified: true, Roles: []policy.Role{policy.Operator}}
		service := outbox.NewDeadLetters(w.db, w.outbox, w.journal, w.clock, &w.bell)
		first, err := service.List(ctx, operator, "", 3)
		if err != nil || len(first) != 3 {
			t.Fatalf("%d letters, %v", len(first), err)
		}
		rest, err := service.List(ctx, operator, first[2].Place().Cursor(), 3)
		if err != nil || len(rest) != 2 {
			t.Fatalf("%d letters on the second page, %v", len(rest), err)
		}
		seen := map[string]bool{}
		for _, l := range slices.Concat(first, rest) {
			seen[l.Event.Subject] = true
			if l.LastError != errAway.Error() || l.Attempts != 1 {
				t.Fatalf("letter %+v", l)
			}
		}
		if len(seen) != 5 {
			t.Fatalf("saw %v", seen)
		}
		if err := service.Retry(ctx, operator, rest[0].Event.ID, "search"); err != nil {
			t.Fatal(err)
		}
		if waiting, err := w.outbox.Backlogs(ctx); err != nil || len(waiting) != 1 || waiting[0].Dead != 4 || !waiting[0].OldestDue.Equal(w.clock.Now()) {
			t.Fatalf("one of five is due now: %+v, %v", waiting, err)
		}
		w.drain(worker)
		if got := h.list(); len(got) != 1 || got[0] != rest[0].Event.Subject {
			t.Fatalf("heard %v", got)
		}
		for name, c := range map[string]struct {
			err  error
			kind errs.Kind
		}{
			"revived before": {service.Retry(ctx, operator, rest[0].Event.ID, "search"), errs.NotFound},
			"an officer":     {service.Retry(ctx, policy.Actor{AccountID: "b", Roles: []policy.Role{policy.Officer}}, rest[1].Event.ID, "search"), errs.Forbidden},
			"a visitor":      {service.Retry(ctx, policy.Actor{}, rest[1].Event.ID, "search"), errs.Unauthenticated},
		} {
			if c.err == nil || errs.KindOf(c.err) != c.kind {
				t.Errorf("%s: %v", name, c.err)
			}
		}
	})
}

func TestOperatorsReviveAllThatDiedOfOneCause(t *testing.T) {
	forEachWorld(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		operator := policy.Actor{AccountID: "a", OrgID: "p", OrgKind: policy.Platform, OrgVerified: true, Roles: []policy.Role{policy.Operator}}
		service := outbox.NewDeadLetters(w.db, w.outbox, w.journal, w.clock, &w.bell)
		w.happen(subjects(5)...)
		for range 5 {
			claimed, err := w.outbox.Claim(ctx, "search", w.clock.Now(), time.Minute, 1)
			if err != nil || len(claimed) != 1 {
				t.Fatalf("claimed %d, %v", len(claimed), err)
			}
			if err := w.outbox.Bury(ctx, claimed[0], w.clock.Now(), errAway.Error()); err != nil {
				t.Fatal(err)
			}
			w.clock.Advance(time.Second)
		}

		if n, err := w.outbox.ReviveAll(ctx, "search", w.clock.Now(), 2); err != nil || n != 2 {
			t.Fatalf("of five two may come back: %d, %v", n, err)
		}
		left, err := service.List(ctx, operator, "", 10)
		if err != nil || len(left) != 3 || left[2].DiedAt.After(left[0].DiedAt) {
			t.Fatalf("those that died last stay: %+v, %v", left, err)
		}
		if n, err := service.RetryAll(ctx, operator, "search"); err != nil || n != 3 {
			t.Fatalf("%d came back, %v", n, err)
		}
		// A page that began before goes on where it was, though its last letter lives again.
		if after, err := service.List(ctx, operator, left[0].Place().Cursor(), 10); err != nil || len(after) != 0 {
			t.Fatalf("%+v, %v", after, err)
		}
		var h heard
		w.drain(w.worker(h.handle, outbox.Consumer{}, outbox.Settings{}))
		if got := h.list(); len(got) != 5 {
			t.Fatalf("heard %v", got)
		}
		for name, c := range map[string]struct {
			err  error
			code string
		}{
			"none left":       {second(service.RetryAll(ctx, operator, "search")), "not_found"},
			"nobody's":        {second(service.RetryAll(ctx, operator, "nobody")), "not_found"},
			"an officer":      {second(service.RetryAll(ctx, policy.Actor{AccountID: "b", Roles: []policy.Role{policy.Officer}}, "search")), "not_allowed"},
			"a torn cursor":   {second(service.List(ctx, operator, "2.x", 10)), "malformed_cursor"},
			"another's words": {second(service.List(ctx, operator, "zz."+strings.Repeat("a", 36)+".search", 10)), "malformed_cursor"},
		} {
			if errs.CodeOf(c.err) != c.code {
				t.Errorf("%s: %v", name, c.err)
			}
		}
	})
}

func second[T any](_ T, err error) error { return err }

func TestPruningKeepsWhatIsStillToBeTold(t *testing.T) {
	forEachWorld(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		w.happen("done", "dead")
		var h heard
		w.drain(w.worker(func(ctx context.Context, e []event.Event) error {
			if e[0].Subject == "dead" {
				return errAway
			}
			return h.handle(ctx, e)
		}, outbox.Consumer{}, outbox.Settings{MaxAttempts: 1}))
		w.clock.Advance(time.Hour)
		w.happen("pending")
		if _, err := w.outbox.Dispatch(ctx, 10); err != nil {
			t.Fatal(err)
		}
		n, err := w.outbox.Prune(ctx, w.clock.Now(), 100)
		if err != nil || n != 2 { // one delivery with its event
			t.Fatalf("pruned %d rows, %v", n, err)
		}
		left, err := w.outbox.After(ctx, 0, 10)
		if err != nil || len(left) != 2 || left[0].Event.Subject != "dead" || left[1].Event.Subject != "pending" {
			t.Fatalf("left %+v, %v", left, err)
		}
	})
}

func TestWhatAConsumerWasToldOfIsNotTakenForUntoldOncePruned(t *testing.T) {
	forEachWorld(t, func(t *testing.T, w *world) {
		ctx, begun := context.Background(), w.clock.Now()
		untold := func(consumer string, since time.Time) bool {
			t.Helper()
			found, err := w.outbox.Untold(ctx, consumer, []event.Name{event.NeedChanged}, 0, since)
			if err != nil {
				t.Fatal(err)
			}
			return found
		}
		w.happen("n1")
		if _, err := w.outbox.Dispatch(ctx, 10); err != nil {
			t.Fatal(err)
		}
		if untold("search", begun) || !untold("letters", begun) {
			t.Error("of what happened search has not been told, or letters have")
		}
		var h heard
		w.drain(w.worker(h.handle, outbox.Consumer{}, outbox.Settings{}))
		w.clock.Advance(time.Hour)
		// Its delivery goes before itself.
		if _, err := w.db.Exec(ctx, `DELETE FROM deliveries`); err != nil {
			t.Fatal(err)
		}
		if untold("search", w.clock.Now()) {
			t.Error("what was told so long ago that its delivery is gone counts as untold")
		}
	})
}
