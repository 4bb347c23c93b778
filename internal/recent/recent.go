// Package recent keeps what was used last, within a bound. It is for values
// that never change under their key: nothing in it can be out of date.
package recent

import "sync"

// Kept keeps at least the bound's last used values and at most twice as many.
// It has two halves, of which the older is dropped when the younger is full.
// The zero Kept keeps nothing; it is safe for concurrent use.
type Kept[K comparable, V any] struct {
	bound      int
	mu         sync.Mutex
	young, old map[K]V
}

// Keep makes one that keeps so many.
func Keep[K comparable, V any](bound int) *Kept[K, V] { return &Kept[K, V]{bound: bound} }

// Get gives the value of a key, if it is kept.
func (c *Kept[K, V]) Get(k K) (V, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if v, ok := c.young[k]; ok {
		return v, true
	}
	v, ok := c.old[k]
	if ok {
		c.put(k, v) // used again: it stays
	}
	return v, ok
}

// Put keeps a value.
func (c *Kept[K, V]) Put(k K, v V) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.put(k, v)
}

func (c *Kept[K, V]) put(k K, v V) {
	if c.bound == 0 {
		return
	}
	if c.young == nil || len(c.young) >= c.bound {
		c.young, c.old = make(map[K]V), c.young
	}
	c.young[k] = v
}
