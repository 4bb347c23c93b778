// Package memory is the kv port inside one process. It owns bounded memory:
// the cache forgets the least recently used value beyond its capacity, and a
// reader that is too slow gets a notice instead of a backlog.
package memory

import (
	"context"
	"sync"

	"chengqiao/internal/clock"
	"chengqiao/internal/kv"
)

// Backend implements kv.Backend in memory. Its methods may be called by
// several goroutines.
type Backend struct {
	*Cache
	*Limiter
	*Bus
	*Locker

	mu     sync.Mutex
	closed bool
}

var _ kv.Backend = (*Backend)(nil)

// Open makes an empty backend.
func Open(clk clock.Clock) *Backend {
	return &Backend{
		Cache:   NewCache(clk, CacheCapacity),
		Limiter: NewLimiter(clk),
		Bus:     NewBus(),
		Locker:  NewLocker(clk),
	}
}

// Ping implements kv.Backend.
func (b *Backend) Ping(context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return kv.ErrClosed
	}
	return nil
}

// Close implements kv.Backend.
func (b *Backend) Close() error {
	b.mu.Lock()
	b.closed = true
	b.mu.Unlock()
	b.Bus.Close()
	return nil
}
