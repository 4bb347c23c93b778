package conformance

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"chengqiao/internal/kv"
)

func limiter(t *testing.T, open Open) {
	allow := func(t *testing.T, b kv.Backend, key string, limit kv.Limit) kv.Decision {
		t.Helper()
		decision, err := b.Allow(t.Context(), key, limit)
		must(t, err)
		return decision
	}

	t.Run("the allowance is counted down over all replicas, then refused", func(t *testing.T) {
		one, other := open(t)
		limit := kv.Limit{Count: 5, Period: time.Hour}
		for left := 4; left >= 0; left-- {
			backend := []kv.Backend{one, other}[left%2]
			d := allow(t, backend, "sign-in", limit)
			if !d.Allowed || d.Remaining != left || d.RetryAfter != 0 {
				t.Fatalf("got %+v, want allowed with %d remaining", d, left)
			}
		}
		d := allow(t, one, "sign-in", limit)
		if d.Allowed || d.Remaining != 0 {
			t.Fatalf("got %+v, want refused", d)
		}
		// One of five comes back in a fifth of the hour, all in the hour.
		between(t, "RetryAfter", d.RetryAfter, 11*time.Minute, 12*time.Minute)
		between(t, "ResetAfter", d.ResetAfter, 59*time.Minute, time.Hour)
	})

	t.Run("counts of every size are counted exactly", func(t *testing.T) {
		one, _ := open(t)
		for _, count := range []int{1, 2, 3, 7, 10, 30, 60} {
			for _, period := range []time.Duration{time.Minute, 15 * time.Minute, time.Hour, 24 * time.Hour} {
				limit, key := kv.Limit{Count: count, Period: period}, fmt.Sprintf("%d/%s", count, period)
				begun := time.Now()
				if d := allow(t, one, key, limit); d.Remaining != count-1 {
					t.Errorf("%s: %d remain after the first", key, d.Remaining)
				}
				allowed := 1
				for range count {
					if allow(t, one, key, limit).Allowed {
						allowed++
					}
				}
				// On a busy machine one of sixty a minute comes back meanwhile.
				back := int(time.Since(begun) / (period / time.Duration(count)))
				if allowed < count || allowed > count+back {
					t.Errorf("%s: allowed %d, %d came back meanwhile", key, allowed, back)
				}
			}
		}
	})

	t.Run("keys do not share", func(t *testing.T) {
		one, _ := open(t)
		limit := kv.Limit{Count: 1, Period: time.Hour}
		for _, key := range []string{"a@example.org", "b@example.org", "张"} {
			if !allow(t, one, key, limit).Allowed {
				t.Errorf("%s was refused its first", key)
			}
		}
	})

	t.Run("a spent allowance comes back evenly", func(t *testing.T) {
		one, _ := open(t)
		limit := kv.Limit{Count: 2, Period: 400 * time.Millisecond}
		start := time.Now()
		allow(t, one, "k", limit)
		allow(t, one, "k", limit)
		eventually(t, "nothing comes back", func() bool { return allow(t, one, "k", limit).Allowed })
		// Counted from the first attempt; clocks may differ by a little.
		if waited := time.Since(start); waited < 190*time.Millisecond {
			t.Errorf("one came back after %s, want 200 ms or more", waited)
		}
	})

	t.Run("forgetting gives the whole allowance back", func(t *testing.T) {
		one, other := open(t)
		limit := kv.Limit{Count: 3, Period: time.Hour}
		for range 4 {
			allow(t, one, "k", limit)
		}
		must(t, other.Forget(t.Context(), "k"))
		must(t, other.Forget(t.Context(), "never counted"))
		if d := allow(t, one, "k", limit); !d.Allowed || d.Remaining != 2 {
			t.Errorf("got %+v, want two remaining", d)
		}
	})

	t.Run("goroutines at once get no more than the allowance", func(t *testing.T) {
		one, other := open(t)
		var allowed atomic.Int64
		var group sync.WaitGroup
		for i := range 10 {
			group.Go(func() {
				for range 5 {
					d, err := []kv.Backend{one, other}[i%2].Allow(t.Context(), "k", kv.Limit{Count: 20, Period: 24 * time.Hour})
					if err != nil {
						t.Error(err)
						return
					}
					if d.Allowed {
						allowed.Add(1)
					}
				}
			})
		}
		group.Wait()
		if got := allowed.Load(); got != 20 {
			t.Errorf("allowed %d of 50, want 20", got)
		}
	})
}

func between(t *testing.T, name string, got, low, high time.Duration) {
	t.Helper()
	if got < low || got > high {
		t.Errorf("%s is %s, want between %s and %s", name, got, low, high)
	}
}
