package kv

import "sync"

// SubscriptionBuffer is how many messages wait for a slow reader before they
// are given up for one notice that some were missed.
const SubscriptionBuffer = 256

// Subscription is one reader's bounded mailbox. Adapters deliver into it,
// readers receive from Messages.
type Subscription struct {
	messages chan Message
	onClose  func()

	mu     sync.Mutex
	closed bool
}

// NewSubscription is for adapters. onClose is called once, outside of locks,
// after the last delivery.
func NewSubscription(onClose func()) *Subscription {
	return &Subscription{messages: make(chan Message, SubscriptionBuffer), onClose: onClose}
}

// Messages is closed when the subscription has ended.
func (s *Subscription) Messages() <-chan Message { return s.messages }

// Deliver never blocks. When the mailbox is full, all that waits in it is
// replaced by one notice: a reader that must reload anyway gains nothing from
// the older part of its backlog, and memory stays bounded.
func (s *Subscription) Deliver(m Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	select {
	case s.messages <- m:
		return
	default:
	}
	for {
		select {
		case <-s.messages:
		default:
			// Only this method sends, under the lock, so there is room now.
			s.messages <- Message{Missed: true}
			return
		}
	}
}

// Close ends the subscription; what was delivered before can still be read.
// Further calls do nothing.
func (s *Subscription) Close() {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return
	}
	s.closed = true
	close(s.messages)
	s.mu.Unlock()
	s.onClose()
}
