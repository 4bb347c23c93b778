// Package kv owns the port to fast, forgettable shared state: a cache, rate
// limits, live events and short locks. Nothing here is a source of truth: all
// of it may vanish at any moment (a restart, a failed-over Redis) and the
// product must stay right, only slower or less live. Rows live in the store.
//
// memory serves one process, redis several replicas; conformance holds both to
// the same promises. When the server behind an adapter is away, every method
// gives an error of kind errs.Unavailable with code "kv_unavailable" after a
// bounded time. What to do then is the caller's, by concern:
//
//   - a cache that cannot be read is a miss, one that cannot be written is left;
//   - a rate limit that guards secrets (sign-in, reset, codes) refuses: it fails
//     closed. One that only spreads load goes through OpenLimiter and allows;
//   - an event that cannot be published is dropped after a log line, because
//     readers reload after a gap;
//   - work whose lock cannot be taken is left to the next turn.
package kv

import (
	"context"
	"time"

	"chengqiao/internal/errs"
)

// Cache keeps small values for a while. Forgetting and expiring are promised,
// keeping is not.
type Cache interface {
	// Get gives the value, or ok false when there is none (any more). The
	// caller may keep and change the slice.
	Get(ctx context.Context, key string) (value []byte, ok bool, err error)
	// Set keeps a copy of value for ttl, which is at least one millisecond.
	Set(ctx context.Context, key string, value []byte, ttl time.Duration) error
	// Fill keeps a copy of a value that was read from its source on a miss, for
	// ttl, unless the key has one meanwhile or its Drop still holds.
	Fill(ctx context.Context, key string, value []byte, ttl time.Duration) error
	// Drop forgets keys whose source has changed; absent ones are no error. For
	// hold, which is at least one millisecond and should outlast any reading of
	// the source, no Fill is taken: it may come from who has read before the change.
	Drop(ctx context.Context, hold time.Duration, keys ...string) error
}

// Limit allows Count actions at once and Count per Period over time; a spent
// allowance comes back evenly, not all at the period's end (GCRA). Both are
// positive, and the period is at least Count microseconds.
type Limit struct {
	Count  int
	Period time.Duration
}

// Decision is the answer to one attempt.
type Decision struct {
	Allowed bool
	// Remaining is how many more would be allowed right now.
	Remaining int
	// RetryAfter is the wait until one is allowed; zero when this one was.
	RetryAfter time.Duration
	// ResetAfter is the wait until the whole allowance is back.
	ResetAfter time.Duration
}

// Limiter counts attempts against a limit.
type Limiter interface {
	// Allow spends one of key's allowance, if there is one. A refused attempt
	// spends nothing.
	Allow(ctx context.Context, key string, limit Limit) (Decision, error)
	// Forget gives key its whole allowance back, as after a right password.
	Forget(ctx context.Context, key string) error
}

// Message is what a subscriber reads.
type Message struct {
	// Topic and Payload are empty in a notice that messages were missed.
	Topic   string
	Payload []byte
	// Missed says that messages were lost before this point: the reader was
	// too slow, or the connection broke. Whoever shows a state reloads it.
	Missed bool
}

// Bus carries live events to whoever is listening now, at most once. What must
// arrive goes through the outbox.
type Bus interface {
	// Publish sends payload to the present subscribers of topic, in every replica.
	Publish(ctx context.Context, topic string, payload []byte) error
	// Subscribe listens to topics: what is published after it has returned
	// arrives, in each publisher's order. It ends with ctx or with Close.
	Subscribe(ctx context.Context, topics ...string) (*Subscription, error)
}

// Locker gives short exclusive rights, to save double work. A holder that
// stalls longer than its time to live has lost the lock without knowing, so a
// lock alone must never guard a write: pass the fence, or rely on row versions.
type Locker interface {
	// TryLock takes the lock for ttl if nobody holds it; ok says whether it did.
	TryLock(ctx context.Context, key string, ttl time.Duration) (lock Lock, ok bool, err error)
}

// Lock is a held lock. Its methods may be called by several goroutines.
type Lock interface {
	// Fence grows with every taking of the same key, as long as the state
	// behind the port is not lost: a write that carries it can refuse a late holder.
	Fence() int64
	// Renew holds the lock for another ttl from now; ErrLockLost when it has
	// run out or somebody else has it.
	Renew(ctx context.Context, ttl time.Duration) error
	// Unlock gives the lock back; ErrLockLost when it was lost before.
	Unlock(ctx context.Context) error
}

// Backend is what an adapter offers; consumers take the small interfaces.
type Backend interface {
	Cache
	Limiter
	Bus
	Locker
	// Ping says whether the backend can be used, for readiness checks.
	Ping(ctx context.Context) error
	// Close ends all subscriptions and connections.
	Close() error
}

// Errors of this port; compare with errors.Is.
var (
	// ErrUnavailable: the server behind the port cannot be reached.
	ErrUnavailable = errs.New(errs.Unavailable, "kv_unavailable")
	// ErrLockLost: the lock ran out, or was taken over.
	ErrLockLost = errs.New(errs.Conflict, "lock_lost")
	// ErrClosed: the backend was closed by its owner.
	ErrClosed = errs.New(errs.Unavailable, "kv_closed")
)

// Unavailable wraps a cause so that it matches ErrUnavailable.
func Unavailable(cause error) error {
	return errs.Wrap(ErrUnavailable.Kind, ErrUnavailable.Code, cause)
}
