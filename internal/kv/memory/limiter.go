package memory

import (
	"context"
	"sync"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/kv"
)

// sweepFrom is how many keys the limiter holds before it first looks for ones
// to forget.
const sweepFrom = 10_000

// Limiter is the generic cell rate algorithm: per key one instant, at which
// the allowance is whole again.
type Limiter struct {
	clock clock.Clock

	mu      sync.Mutex
	whole   map[string]time.Time
	sweepAt int
}

var _ kv.Limiter = (*Limiter)(nil)

// NewLimiter starts with every allowance whole.
func NewLimiter(clk clock.Clock) *Limiter {
	return &Limiter{clock: clk, whole: map[string]time.Time{}, sweepAt: sweepFrom}
}

// Allow implements kv.Limiter.
func (l *Limiter) Allow(_ context.Context, key string, limit kv.Limit) (kv.Decision, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.clock.Now()
	interval := limit.Period / time.Duration(limit.Count) // one comes back in this time
	whole := l.whole[key]
	if whole.Before(now) {
		whole = now
	}
	// A clock that was set back must not let a key wait for longer than a period.
	if last := now.Add(interval * time.Duration(limit.Count)); whole.After(last) {
		whole = last
		l.whole[key] = last
	}
	next := whole.Add(interval)
	// What is spent never exceeds the period's worth.
	room := now.Add(interval * time.Duration(limit.Count)).Sub(next)
	if room < 0 {
		return kv.Decision{RetryAfter: -room, ResetAfter: whole.Sub(now)}, nil
	}
	l.whole[key] = next
	l.sweep(now)
	return kv.Decision{Allowed: true, Remaining: int(room / interval), ResetAfter: next.Sub(now)}, nil
}

// Forget implements kv.Limiter.
func (l *Limiter) Forget(_ context.Context, key string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.whole, key)
	return nil
}

// sweep forgets keys whose allowance is whole again, which changes no answer.
// It waits until the map has doubled, so that its cost per attempt is constant.
func (l *Limiter) sweep(now time.Time) {
	if len(l.whole) < l.sweepAt {
		return
	}
	for key, whole := range l.whole {
		if !whole.After(now) {
			delete(l.whole, key)
		}
	}
	l.sweepAt = max(sweepFrom, 2*len(l.whole))
}
