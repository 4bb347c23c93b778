package memory

import (
	"context"
	"sync"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/kv"
)

// Locker gives locks to the goroutines of this process.
type Locker struct {
	clock clock.Clock

	mu    sync.Mutex
	held  map[string]holding
	fence int64
}

type holding struct {
	fence   int64
	expires time.Time
}

var _ kv.Locker = (*Locker)(nil)

// NewLocker holds no locks.
func NewLocker(clk clock.Clock) *Locker { return &Locker{clock: clk, held: map[string]holding{}} }

// TryLock implements kv.Locker.
func (l *Locker) TryLock(_ context.Context, key string, ttl time.Duration) (kv.Lock, bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.clock.Now()
	if h, ok := l.held[key]; ok && now.Before(h.expires) {
		return nil, false, nil
	}
	l.fence++
	l.held[key] = holding{fence: l.fence, expires: now.Add(ttl)}
	return &lock{locker: l, key: key, fence: l.fence}, true, nil
}

type lock struct {
	locker *Locker
	key    string
	fence  int64
}

var _ kv.Lock = (*lock)(nil)

// Fence implements kv.Lock.
func (k *lock) Fence() int64 { return k.fence }

// Renew implements kv.Lock.
func (k *lock) Renew(_ context.Context, ttl time.Duration) error {
	k.locker.mu.Lock()
	defer k.locker.mu.Unlock()
	if !k.stillHeld() {
		return kv.ErrLockLost
	}
	k.locker.held[k.key] = holding{fence: k.fence, expires: k.locker.clock.Now().Add(ttl)}
	return nil
}

// Unlock implements kv.Lock.
func (k *lock) Unlock(context.Context) error {
	k.locker.mu.Lock()
	defer k.locker.mu.Unlock()
	if !k.stillHeld() {
		return kv.ErrLockLost
	}
	delete(k.locker.held, k.key)
	return nil
}

func (k *lock) stillHeld() bool {
	h, ok := k.locker.held[k.key]
	return ok && h.fence == k.fence && k.locker.clock.Now().Before(h.expires)
}
