package outbox

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/complaint"
	"chengqiao/internal/errs"
	"chengqiao/internal/event"
)

// Consumer handles the events that it is subscribed to.
type Consumer struct {
	// Name is the one in the journal's subscriptions.
	Name string
	// Handle is called with up to Batch events; see the package for its
	// contract. When it fails for several events they are handled one by one,
	// so that a poisonous one stands alone. Where several take longer than the
	// lease, the next calls bring fewer.
	Handle func(ctx context.Context, events []event.Event) error
	// Batch is how many events one call may bring; 0 means 1.
	Batch int
	// Parallel is how many calls may run at once in this process; 0 means 1.
	Parallel int
}

// Settings are the worker's times and bounds; zero fields take the defaults.
type Settings struct {
	// Lease is how long a handler may take, or one piece of its work where it
	// calls Going (default 1 minute).
	Lease time.Duration
	// Poll is the longest wait before looking again (default 1 second).
	Poll time.Duration
	// FirstRetry is the wait after the first failure (default 1 second); each
	// further failure doubles it up to MaxRetry (default 10 minutes).
	FirstRetry time.Duration
	MaxRetry   time.Duration
	// MaxAttempts makes a dead letter of what fails that often (default 12,
	// some twenty minutes).
	MaxAttempts int64
	// Outage is for how long after an event an attempt does not count that failed
	// because a server is away (default 3 days: one that breaks on a Friday
	// evening loses nothing).
	Outage time.Duration
}

func (s Settings) withDefaults() Settings {
	if s.Lease <= 0 {
		s.Lease = time.Minute
	}
	if s.Poll <= 0 {
		s.Poll = time.Second
	}
	if s.FirstRetry <= 0 {
		s.FirstRetry = time.Second
	}
	if s.MaxRetry <= 0 {
		s.MaxRetry = 10 * time.Minute
	}
	if s.MaxAttempts <= 0 {
		s.MaxAttempts = 12
	}
	if s.Outage <= 0 {
		s.Outage = 72 * time.Hour
	}
	return s
}

// Worker hands deliveries to one consumer.
type Worker struct {
	queue    Queue
	consumer Consumer
	clock    clock.Clock
	bell     *Bell
	settings Settings
	log      *slog.Logger
	// batch is how many events the next call brings: no more than the consumer
	// takes, and fewer while that is more than it handles within its lease.
	batch atomic.Int64
	// trouble is with the store: what a handler fails at is told each time.
	trouble complaint.Lasting
}

// NewWorker makes a worker. bell may be nil.
func NewWorker(queue Queue, consumer Consumer, c clock.Clock, bell *Bell, settings Settings, log *slog.Logger) *Worker {
	consumer.Batch = max(consumer.Batch, 1)
	consumer.Parallel = max(consumer.Parallel, 1)
	w := &Worker{queue: queue, consumer: consumer, clock: c, bell: bell,
		settings: settings.withDefaults(), log: log.With("consumer", consumer.Name)}
	w.batch.Store(int64(consumer.Batch))
	return w
}

// Run works until ctx ends; then it claims no more, lets running handlers
// finish within their lease or up to their next call of Going, and returns.
func (w *Worker) Run(ctx context.Context) {
	var wg sync.WaitGroup
	for range w.consumer.Parallel {
		wg.Go(func() { w.loop(ctx) })
	}
	wg.Wait()
}

func (w *Worker) loop(ctx context.Context) {
	ring, stop := w.bell.listen()
	defer stop()
	for ctx.Err() == nil {
		n, err := w.Turn(ctx)
		switch {
		case err == nil:
			w.trouble.Over()
		case ctx.Err() == nil && w.trouble.Due():
			w.log.ErrorContext(ctx, "outbox turn failed", "error", err)
		}
		if n > 0 && err == nil {
			continue // there may be more
		}
		if !wait(ctx, ring, w.settings.Poll) {
			return
		}
	}
}

// Turn claims and handles one batch and says how many deliveries it claimed:
// for commands that work off what is due and then end.
func (w *Worker) Turn(ctx context.Context) (int, error) {
	begun := time.Now() // a running time, not a business instant
	claimed, err := w.queue.Claim(ctx, w.consumer.Name, w.clock.Now(), w.settings.Lease, int(w.batch.Load()))
	if err != nil || len(claimed) == 0 {
		return 0, err
	}
	n := len(claimed)
	// What is begun is finished although the worker is told to stop.
	work := newLease(ctx, w, begun)
	defer work.close()
	claimed, err = w.buryHopeless(work, claimed)
	if err != nil || len(claimed) == 0 {
		return n, err
	}
	work.hold(claimed)
	switch cause := w.handle(work, claimed); {
	case cause == nil:
		w.batch.Store(min(2*w.batch.Load(), int64(w.consumer.Batch)))
		return n, w.complete(work, claimed)
	case work.stopped():
		return n, w.release(work, claimed)
	case len(claimed) == 1:
		return n, w.failed(work, claimed[0], cause)
	case work.Err() != nil:
		// Too many, rather than too bad: they have not failed.
		fewer := int64(len(claimed) / 2)
		w.batch.Store(fewer)
		w.log.WarnContext(ctx, "outbox events took longer than their lease, fewer are tried", "events", len(claimed), "next", fewer, "error", cause)
		return n, w.release(work, claimed)
	default:
		return n, w.oneByOne(ctx, work, claimed)
	}
}

// buryHopeless ends deliveries that used up their attempts without ever
// reporting: their handler took the process down, or outlived its lease.
func (w *Worker) buryHopeless(ctx context.Context, claimed []Delivery) ([]Delivery, error) {
	alive := claimed[:0]
	for _, d := range claimed {
		if d.Attempts <= w.settings.MaxAttempts {
			alive = append(alive, d)
			continue
		}
		if err := w.bury(ctx, d, "the handler never reported back"); err != nil {
			return nil, err
		}
	}
	return alive, nil
}

// oneByOne handles deliveries whose batch has failed. When one by itself finds a
// server away after another has, the rest need not try.
func (w *Worker) oneByOne(stop context.Context, ctx *lease, claimed []Delivery) error {
	found := false // a server was found to be away
	for i, d := range claimed {
		if stop.Err() != nil || ctx.Err() != nil {
			return w.release(ctx, claimed[i:])
		}
		one := claimed[i : i+1]
		ctx.hold(claimed[i:])
		cause := w.handle(ctx, one)
		if cause == nil {
			if err := w.complete(ctx, one); err != nil {
				return err
			}
			found = false
			continue
		}
		if ctx.stopped() {
			return w.release(ctx, claimed[i:])
		}
		away := w.away(d, cause)
		if found && away {
			return w.postpone(ctx, claimed[i:], cause)
		}
		found = away
		if err := w.failed(ctx, d, cause); err != nil {
			return err
		}
	}
	return nil
}

// handle calls the consumer; a panic is a failure like any other.
func (w *Worker) handle(ctx context.Context, claimed []Delivery) error {
	events := make([]event.Event, len(claimed))
	for i, d := range claimed {
		events[i] = d.Event
	}
	return errs.Caught(func() error { return w.consumer.Handle(ctx, events) })
}

// reporting is for what became of deliveries: told also where the lease is what
// ended their handler.
func (w *Worker) reporting(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), w.settings.Lease)
}

func (w *Worker) release(ctx context.Context, claimed []Delivery) error {
	ctx, cancel := w.reporting(ctx)
	defer cancel()
	return w.queue.Release(ctx, claimed)
}

func (w *Worker) complete(ctx context.Context, claimed []Delivery) error {
	ctx, cancel := w.reporting(ctx)
	defer cancel()
	n, err := w.queue.Complete(ctx, claimed, w.clock.Now())
	if err == nil && n < len(claimed) {
		w.log.WarnContext(ctx, "outbox lease lost, events will be delivered again", "events", len(claimed)-n)
	}
	return err
}

// away tells that a delivery failed since a server is away that may be expected
// to come back.
func (w *Worker) away(d Delivery, cause error) bool {
	return errs.KindOf(cause) == errs.Unavailable && w.clock.Now().Sub(d.Event.At) < w.settings.Outage
}

// postpone gives deliveries back that a server's absence held up. They wait a
// quarter of the time that has passed since the first of them happened: what is
// fresh is tried again at once, and a server that was away for an hour is found to
// be back within minutes.
func (w *Worker) postpone(ctx context.Context, claimed []Delivery, cause error) error {
	ctx, cancel := w.reporting(ctx)
	defer cancel()
	now, first := w.clock.Now(), claimed[0]
	due := now.Add(jittered(min(max(now.Sub(first.Event.At)/4, w.settings.FirstRetry), w.settings.MaxRetry)))
	w.log.WarnContext(ctx, "outbox deliveries wait for a server that is away", "event", first.Event.ID, "name", first.Event.Name,
		"deliveries", len(claimed), "due", due, "error", cause)
	return w.queue.Postpone(ctx, claimed, due, shorten(cause.Error()))
}

func (w *Worker) failed(ctx context.Context, d Delivery, cause error) error {
	if w.away(d, cause) {
		return w.postpone(ctx, []Delivery{d}, cause)
	}
	ctx, cancel := w.reporting(ctx)
	defer cancel()
	if d.Attempts >= w.settings.MaxAttempts {
		return w.bury(ctx, d, cause.Error())
	}
	due := w.clock.Now().Add(w.retryAfter(d.Attempts))
	w.log.WarnContext(ctx, "outbox delivery failed", "event", d.Event.ID, "name", d.Event.Name,
		"subject", d.Event.Subject, "attempt", d.Attempts, "due", due, "error", cause)
	return w.queue.Retry(ctx, d, due, shorten(cause.Error()))
}

func (w *Worker) bury(ctx context.Context, d Delivery, cause string) error {
	w.log.ErrorContext(ctx, "outbox delivery given up", "event", d.Event.ID, "name", d.Event.Name,
		"subject", d.Event.Subject, "attempts", d.Attempts, "error", cause)
	return w.queue.Bury(ctx, d, w.clock.Now(), shorten(cause))
}

// retryAfter doubles with each attempt.
func (w *Worker) retryAfter(attempt int64) time.Duration {
	wait := w.settings.MaxRetry
	if shift := attempt - 1; shift < 30 {
		wait = min(w.settings.FirstRetry<<shift, w.settings.MaxRetry)
	}
	return jittered(wait)
}

// jittered leaves half of a wait to chance, so that what failed together does not
// come back together.
func jittered(wait time.Duration) time.Duration {
	return wait/2 + time.Duration(rand.Int64N(int64(wait/2)+1))
}

const maxCause = 500

// shorten keeps an error's beginning, in whole characters.
func shorten(s string) string {
	if r := []rune(s); len(r) > maxCause {
		return string(r[:maxCause]) + "…"
	}
	return s
}
