package memory

import (
	"bytes"
	"container/list"
	"context"
	"sync"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/kv"
)

// CacheCapacity is how many values Open's cache holds.
const CacheCapacity = 100_000

// Cache keeps values until they expire or the least recently used has to go.
type Cache struct {
	clock    clock.Clock
	capacity int

	mu      sync.Mutex
	entries map[string]*list.Element // of *entry
	recent  *list.List               // the most recently used in front
}

type entry struct {
	key     string
	value   []byte
	expires time.Time
}

var _ kv.Cache = (*Cache)(nil)

// NewCache holds at most capacity values, which is at least one.
func NewCache(clk clock.Clock, capacity int) *Cache {
	return &Cache{clock: clk, capacity: capacity, entries: map[string]*list.Element{}, recent: list.New()}
}

// Get implements kv.Cache.
func (c *Cache) Get(_ context.Context, key string) ([]byte, bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	element, ok := c.entries[key]
	if !ok {
		return nil, false, nil
	}
	e := element.Value.(*entry)
	if !c.clock.Now().Before(e.expires) {
		c.remove(element)
		return nil, false, nil
	}
	c.recent.MoveToFront(element)
	return bytes.Clone(e.value), true, nil
}

// Set implements kv.Cache.
func (c *Cache) Set(_ context.Context, key string, value []byte, ttl time.Duration) error {
	e := &entry{key: key, value: append([]byte{}, value...), expires: c.clock.Now().Add(ttl)}
	c.mu.Lock()
	defer c.mu.Unlock()
	if element, ok := c.entries[key]; ok {
		element.Value = e
		c.recent.MoveToFront(element)
		return nil
	}
	if c.recent.Len() >= c.capacity {
		c.remove(c.recent.Back())
	}
	c.entries[key] = c.recent.PushFront(e)
	return nil
}

// Delete implements kv.Cache.
func (c *Cache) Delete(_ context.Context, keys ...string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, key := range keys {
		if element, ok := c.entries[key]; ok {
			c.remove(element)
		}
	}
	return nil
}

func (c *Cache) remove(element *list.Element) {
	c.recent.Remove(element)
	delete(c.entries, element.Value.(*entry).key)
}
