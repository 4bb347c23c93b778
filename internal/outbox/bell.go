package outbox

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// Bell wakes waiting workers of this process at once; without it, or from
// another replica, they find their work at the next poll. The zero Bell is
// ready, and a nil one never rings.
type Bell struct {
	rung    atomic.Int64
	mu      sync.Mutex
	waiting map[chan struct{}]struct{}
}

// Ring wakes everybody who listens. It never blocks.
func (b *Bell) Ring() {
	if b == nil {
		return
	}
	b.rung.Add(1)
	b.mu.Lock()
	defer b.mu.Unlock()
	for ch := range b.waiting {
		select {
		case ch <- struct{}{}:
		default: // it has not yet heard the last ring: one is enough
		}
	}
}

// Rung is how often the bell has rung.
func (b *Bell) Rung() int64 { return b.rung.Load() }

// listen gives a channel that receives after each ring, until stop is called.
func (b *Bell) listen() (ch chan struct{}, stop func()) {
	ch = make(chan struct{}, 1)
	if b == nil {
		return ch, func() {}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.waiting == nil {
		b.waiting = map[chan struct{}]struct{}{}
	}
	b.waiting[ch] = struct{}{}
	return ch, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.waiting, ch)
	}
}

// wait returns after a ring, after the poll interval, or when ctx ends; false
// for the last.
func wait(ctx context.Context, bell <-chan struct{}, poll time.Duration) bool {
	timer := time.NewTimer(poll)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-bell:
	case <-timer.C:
	}
	return ctx.Err() == nil
}
