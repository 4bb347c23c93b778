package outbox

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"
)

var (
	errClaimLost = errors.New("outbox: another worker may have what is being handled")
	errEndless   = errors.New("outbox: a handler went on for longer than all of its leases")
)

// maxLeases is for how many times its lease a handler can go on: one that never
// comes to an end becomes a dead letter like any other that fails.
const maxLeases = 60

// Going is what a handler with much to do calls between pieces of it, outside
// of a transaction: its lease counts from now again. After an error the handler
// must stop: others may do the same meanwhile, it has gone on for 60 leases, or
// the worker was told to stop and gives back what it was at, which does not count
// as a failure. Where no worker is waiting, as in a follower, Going does nothing.
func Going(ctx context.Context) error {
	if l, ok := ctx.Value(leaseKey{}).(*lease); ok {
		return l.renew(ctx)
	}
	return nil
}

type leaseKey struct{}

// lease is the context of a handler, whose deadline moves while it gets on.
type lease struct {
	context.Context // what the worker runs in, but for its end
	worker          *Worker
	stop            context.Context // ends when the worker is told to stop
	// last is when it can no longer be renewed.
	last  time.Time
	end   atomic.Pointer[time.Time]
	timer *time.Timer
	over  sync.Once
	done  chan struct{}
	err   error // once done is closed

	// renewing lets one goroutine of a handler renew at a time.
	renewing sync.Mutex
	held     []Delivery
}

// newLease makes the lease of what was claimed at an instant.
func newLease(ctx context.Context, w *Worker, begun time.Time) *lease {
	l := &lease{Context: context.WithoutCancel(ctx), worker: w, stop: ctx,
		last: begun.Add(maxLeases * w.settings.Lease), done: make(chan struct{})}
	end := begun.Add(w.settings.Lease)
	l.end.Store(&end)
	l.timer = time.AfterFunc(time.Until(end), func() { l.finish(context.DeadlineExceeded) })
	return l
}

// Deadline implements context.Context.
func (l *lease) Deadline() (time.Time, bool) { return *l.end.Load(), true }

// Done implements context.Context.
func (l *lease) Done() <-chan struct{} { return l.done }

// Err implements context.Context.
func (l *lease) Err() error {
	select {
	case <-l.done:
		return l.err
	default:
		return nil
	}
}

// Value implements context.Context.
func (l *lease) Value(key any) any {
	if key == (leaseKey{}) {
		return l
	}
	return l.Context.Value(key)
}

// stopped tells that the handler was stopped between two pieces of its work
// because the worker was.
func (l *lease) stopped() bool { return errors.Is(l.Err(), context.Canceled) }

// hold says what the lease is about from now on: what has ended of a claim
// cannot be renewed.
func (l *lease) hold(claimed []Delivery) {
	l.renewing.Lock()
	defer l.renewing.Unlock()
	l.held = claimed
}

// renew moves the end, in the store first: a handler must not go on where
// somebody else may begin.
func (l *lease) renew(ctx context.Context) error {
	l.renewing.Lock()
	defer l.renewing.Unlock()
	now := time.Now()
	switch {
	case l.Err() != nil:
		return l.Err()
	case l.stop.Err() != nil:
		l.finish(context.Canceled)
		return context.Canceled
	case now.After(l.last):
		l.finish(context.DeadlineExceeded)
		return errEndless
	}
	length := l.worker.settings.Lease
	n, err := l.worker.queue.Renew(ctx, l.held, l.worker.clock.Now().Add(length))
	if err != nil {
		return err
	}
	if n < len(l.held) {
		l.finish(context.DeadlineExceeded)
		return errClaimLost
	}
	if !l.timer.Stop() {
		return context.DeadlineExceeded // meanwhile
	}
	end := now.Add(length)
	l.end.Store(&end)
	l.timer.Reset(time.Until(end))
	return nil
}

// finish ends the context, for the first reason that there is.
func (l *lease) finish(why error) {
	l.over.Do(func() {
		l.err = why
		close(l.done)
	})
}

// close ends the context of a handler that has returned.
func (l *lease) close() {
	l.timer.Stop()
	l.finish(context.Canceled)
}
