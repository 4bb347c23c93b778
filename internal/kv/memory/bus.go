package memory

import (
	"bytes"
	"context"
	"sync"

	"chengqiao/internal/kv"
)

// Bus fans messages out to the subscriptions of this process.
type Bus struct {
	// Idle, if set before the first use, is told that the last subscriber of
	// a topic has left. It is called outside of locks, so one may have come since.
	Idle func(topic string)

	mu     sync.RWMutex
	topics map[string]map[*kv.Subscription]struct{}
	closed bool
}

var _ kv.Bus = (*Bus)(nil)

// NewBus has no subscribers.
func NewBus() *Bus { return &Bus{topics: map[string]map[*kv.Subscription]struct{}{}} }

// Publish implements kv.Bus.
func (b *Bus) Publish(_ context.Context, topic string, payload []byte) error {
	b.mu.RLock()
	defer b.mu.RUnlock()
	if b.closed {
		return kv.ErrClosed
	}
	for s := range b.topics[topic] {
		s.Deliver(kv.Message{Topic: topic, Payload: bytes.Clone(payload)})
	}
	return nil
}

// Missed tells the subscribers of topic that messages were lost on the way
// here: for adapters that feed this bus from a connection.
func (b *Bus) Missed(topic string) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	for s := range b.topics[topic] {
		s.Deliver(kv.Message{Missed: true})
	}
}

// Subscribe implements kv.Bus.
func (b *Bus) Subscribe(ctx context.Context, topics ...string) (*kv.Subscription, error) {
	watched, stopWatching := context.WithCancel(ctx)
	var s *kv.Subscription
	s = kv.NewSubscription(func() {
		stopWatching()
		b.drop(s, topics)
	})
	if !b.add(s, topics) {
		stopWatching()
		return nil, kv.ErrClosed
	}
	context.AfterFunc(watched, s.Close)
	return s, nil
}

func (b *Bus) add(s *kv.Subscription, topics []string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return false
	}
	for _, topic := range topics {
		if b.topics[topic] == nil {
			b.topics[topic] = map[*kv.Subscription]struct{}{}
		}
		b.topics[topic][s] = struct{}{}
	}
	return true
}

func (b *Bus) drop(s *kv.Subscription, topics []string) {
	var idle []string
	b.mu.Lock()
	for _, topic := range topics {
		delete(b.topics[topic], s)
		if len(b.topics[topic]) == 0 {
			delete(b.topics, topic)
			idle = append(idle, topic)
		}
	}
	b.mu.Unlock()
	if b.Idle != nil {
		for _, topic := range idle {
			b.Idle(topic)
		}
	}
}

// Listening says whether topic has a subscriber.
func (b *Bus) Listening(topic string) bool {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return len(b.topics[topic]) > 0
}

// Close ends all subscriptions and refuses new ones.
func (b *Bus) Close() {
	b.mu.Lock()
	b.closed = true
	open := map[*kv.Subscription]struct{}{}
	for _, subscriptions := range b.topics {
		for s := range subscriptions {
			open[s] = struct{}{}
		}
	}
	b.mu.Unlock()
	for s := range open {
		s.Close()
	}
}
