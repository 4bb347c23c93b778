package conformance

import (
	"context"
	"fmt"
	"testing"
	"time"

	"chengqiao/internal/kv"
)

func bus(t *testing.T, open Open) {
	subscribe := func(t *testing.T, b kv.Backend, topics ...string) *kv.Subscription {
		t.Helper()
		s, err := b.Subscribe(t.Context(), topics...)
		must(t, err)
		return s
	}

	t.Run("what is published after subscribing arrives in order, in every replica", func(t *testing.T) {
		one, other := open(t)
		here, there, elsewhere := subscribe(t, one, "org:1"), subscribe(t, other, "org:1", "org:2"), subscribe(t, other, "org:3")
		for n := range 100 {
			must(t, one.Publish(t.Context(), "org:1", fmt.Append(nil, n)))
		}
		for _, s := range []*kv.Subscription{here, there} {
			for n := range 100 {
				if m := receive(t, s); m.Missed || m.Topic != "org:1" || string(m.Payload) != fmt.Sprint(n) {
					t.Fatalf("got %+v as message %d", m, n)
				}
			}
		}
		must(t, other.Publish(t.Context(), "org:3", []byte("only here")))
		if m := receive(t, elsewhere); string(m.Payload) != "only here" {
			t.Errorf("got %+v from another topic", m)
		}
	})

	t.Run("a topic without readers takes messages all the same", func(t *testing.T) {
		one, _ := open(t)
		must(t, one.Publish(t.Context(), "nobody", []byte("x")))
	})

	t.Run("a slow reader learns that it missed something and holds up nobody", func(t *testing.T) {
		one, other := open(t)
		slow, quick := subscribe(t, one, "busy"), subscribe(t, one, "busy")
		const many = 3 * kv.SubscriptionBuffer
		for n := range many {
			must(t, other.Publish(t.Context(), "busy", fmt.Append(nil, n)))
			if m := receive(t, quick); string(m.Payload) != fmt.Sprint(n) {
				t.Fatalf("the quick reader got %+v as message %d", m, n)
			}
		}
		if first := receive(t, slow); !first.Missed {
			t.Fatalf("the slow reader got %+v first, want a notice", first)
		}
		// After the notice the newest messages follow, without a gap.
		next := receive(t, slow)
		var last int
		if _, err := fmt.Sscan(string(next.Payload), &last); err != nil {
			t.Fatalf("after the notice came %+v", next)
		}
		for last < many-1 {
			last++
			if m := receive(t, slow); string(m.Payload) != fmt.Sprint(last) {
				t.Fatalf("got %+v, want message %d", m, last)
			}
		}
	})

	t.Run("a subscription ends with Close and with its context", func(t *testing.T) {
		one, other := open(t)
		ctx, cancel := context.WithCancel(t.Context())
		byContext, err := one.Subscribe(ctx, "k")
		must(t, err)
		byClose := subscribe(t, one, "k")
		stays := subscribe(t, one, "k")
		cancel()
		byClose.Close()
		byClose.Close()
		ended(t, byContext)
		ended(t, byClose)
		must(t, other.Publish(t.Context(), "k", []byte("still")))
		if m := receive(t, stays); string(m.Payload) != "still" {
			t.Errorf("the remaining reader got %+v", m)
		}
	})

	t.Run("a topic can be left and joined again", func(t *testing.T) {
		one, other := open(t)
		for n := range 20 {
			s := subscribe(t, one, "k")
			must(t, other.Publish(t.Context(), "k", fmt.Append(nil, n)))
			for m := receive(t, s); string(m.Payload) != fmt.Sprint(n); m = receive(t, s) {
				// A confirmation that overlapped with leaving can show as a notice.
				if !m.Missed {
					t.Fatalf("got %+v in turn %d", m, n)
				}
			}
			s.Close()
		}
	})
}

func receive(t *testing.T, s *kv.Subscription) kv.Message {
	t.Helper()
	select {
	case m, ok := <-s.Messages():
		if !ok {
			t.Fatal("the subscription has ended")
		}
		return m
	case <-time.After(patience):
		t.Fatal("no message arrives")
	}
	return kv.Message{}
}

func ended(t *testing.T, s *kv.Subscription) {
	t.Helper()
	select {
	case m, ok := <-s.Messages():
		if ok {
			t.Errorf("got %+v, want the end", m)
		}
	case <-time.After(patience):
		t.Error("the subscription does not end")
	}
}
