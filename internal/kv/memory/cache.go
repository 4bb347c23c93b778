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
	dropped bool // there is no value, and none is filled in
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
	e, ok := c.find(key)
	if !ok || e.dropped {
		return nil, false, nil
	}
	return bytes.Clone(e.value), true, nil
}

// Set implements kv.Cache.
func (c *Cache) Set(_ context.Context, key string, value []byte, ttl time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.put(&entry{key: key, value: append([]byte{}, value...), expires: c.clock.Now().Add(ttl)})
	return nil
}

// Fill implements kv.Cache.
func (c *Cache) Fill(_ context.Context, key string, value []byte, ttl time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.find(key); !ok {
		c.put(&entry{key: key, value: append([]byte{}, value...), expires: c.clock.Now().Add(ttl)})
	}
	return nil
}

// Drop implements kv.Cache.
func (c *Cache) Drop(_ context.Context, hold time.Duration, keys ...string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, key := range keys {
		c.put(&entry{key: key, dropped: true, expires: c.clock.Now().Add(hold)})
	}
	return nil
}

// find is the entry of a key that has not expired, used just now.
func (c *Cache) find(key string) (*entry, bool) {
	element, ok := c.entries[key]
	if !ok {
		return nil, false
	}
	e := element.Value.(*entry)
	if !c.clock.Now().Before(e.expires) {
		c.remove(element)
		return nil, false
	}
	c.recent.MoveToFront(element)
	return e, true
}

// put takes an entry in the place of its key's former one.
func (c *Cache) put(e *entry) {
	if element, ok := c.entries[e.key]; ok {
		element.Value = e
		c.recent.MoveToFront(element)
		return
	}
	if c.recent.Len() >= c.capacity {
		c.remove(c.recent.Back())
	}
	c.entries[e.key] = c.recent.PushFront(e)
}

func (c *Cache) remove(element *list.Element) {
	c.recent.Remove(element)
	delete(c.entries, element.Value.(*entry).key)
}
