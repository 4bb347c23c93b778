package conformance

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"chengqiao/internal/kv"
)

func locker(t *testing.T, open Open) {
	try := func(t *testing.T, b kv.Backend, ttl time.Duration) (kv.Lock, bool) {
		t.Helper()
		lock, ok, err := b.TryLock(t.Context(), "job", ttl)
		must(t, err)
		return lock, ok
	}

	t.Run("one holder at a time, free again after unlocking", func(t *testing.T) {
		one, other := open(t)
		held, ok := try(t, one, time.Minute)
		if !ok {
			t.Fatal("a free lock was refused")
		}
		if _, ok := try(t, other, time.Minute); ok {
			t.Fatal("a held lock was given")
		}
		if lock, ok, err := other.TryLock(t.Context(), "another job", time.Minute); err != nil || !ok || lock == nil {
			t.Fatalf("another key was refused: %v", err)
		}
		must(t, held.Unlock(t.Context()))
		if _, ok := try(t, other, time.Minute); !ok {
			t.Fatal("an unlocked lock was refused")
		}
	})

	t.Run("a late holder can neither renew nor unlock what somebody else has", func(t *testing.T) {
		one, other := open(t)
		late, _ := try(t, one, 50*time.Millisecond)
		var present kv.Lock
		eventually(t, "the lock does not run out", func() (ok bool) { present, ok = try(t, other, time.Minute); return ok })
		if err := late.Renew(t.Context(), time.Minute); !errors.Is(err, kv.ErrLockLost) {
			t.Errorf("renewing gives %v", err)
		}
		if err := late.Unlock(t.Context()); !errors.Is(err, kv.ErrLockLost) {
			t.Errorf("unlocking gives %v", err)
		}
		if present.Fence() <= late.Fence() {
			t.Errorf("the fence went from %d to %d", late.Fence(), present.Fence())
		}
		must(t, present.Renew(t.Context(), time.Minute))
		must(t, present.Unlock(t.Context()))
		if err := present.Unlock(t.Context()); !errors.Is(err, kv.ErrLockLost) {
			t.Errorf("unlocking twice gives %v", err)
		}
	})

	t.Run("renewing prolongs", func(t *testing.T) {
		one, other := open(t)
		ttl := 100 * time.Millisecond
		lock, _ := try(t, one, ttl)
		// On a slow machine it may have run out before it could be renewed.
		for err := lock.Renew(t.Context(), time.Minute); err != nil; err = lock.Renew(t.Context(), time.Minute) {
			if !errors.Is(err, kv.ErrLockLost) || ttl > time.Minute {
				t.Fatal(err)
			}
			ttl *= 2
			lock, _ = try(t, one, ttl)
		}
		must(t, one.Set(t.Context(), "sentinel", nil, ttl))
		eventually(t, "the sentinel does not expire", func() bool {
			_, ok, err := one.Get(t.Context(), "sentinel")
			must(t, err)
			return !ok
		})
		if _, ok := try(t, other, time.Minute); ok {
			t.Error("the renewed lock was given to another")
		}
	})

	t.Run("goroutines at once: one of them gets it", func(t *testing.T) {
		one, other := open(t)
		var got atomic.Int64
		var group sync.WaitGroup
		for i := range 20 {
			group.Go(func() {
				_, ok, err := []kv.Backend{one, other}[i%2].TryLock(t.Context(), "job", time.Minute)
				if err != nil {
					t.Error(err)
				}
				if ok {
					got.Add(1)
				}
			})
		}
		group.Wait()
		if got.Load() != 1 {
			t.Errorf("%d got the lock", got.Load())
		}
	})
}

func closing(t *testing.T, open Open) {
	t.Run("a closed backend ends its subscriptions and refuses", func(t *testing.T) {
		one, _ := open(t)
		must(t, one.Ping(t.Context()))
		s, err := one.Subscribe(t.Context(), "k")
		must(t, err)
		must(t, one.Close())
		ended(t, s)
		if err := one.Ping(t.Context()); !errors.Is(err, kv.ErrClosed) {
			t.Errorf("Ping gives %v", err)
		}
		if _, err := one.Subscribe(t.Context(), "k"); !errors.Is(err, kv.ErrClosed) {
			t.Errorf("Subscribe gives %v", err)
		}
		if err := one.Publish(t.Context(), "k", nil); !errors.Is(err, kv.ErrClosed) {
			t.Errorf("Publish gives %v", err)
		}
	})
}
