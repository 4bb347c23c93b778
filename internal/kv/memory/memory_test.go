package memory_test

import (
	"fmt"
	"testing"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/kv"
	"chengqiao/internal/kv/conformance"
	"chengqiao/internal/kv/memory"
)

func TestMemoryKeepsThePort(t *testing.T) {
	conformance.Run(t, func(t *testing.T) (one, other kv.Backend) {
		b := memory.Open(clock.System{})
		t.Cleanup(func() { _ = b.Close() })
		return b, b
	})
}

var start = time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)

func TestCacheForgetsTheLeastRecentlyUsed(t *testing.T) {
	c := memory.NewCache(clock.NewManual(start), 3)
	set := func(key string) {
		if err := c.Set(t.Context(), key, []byte(key), time.Hour); err != nil {
			t.Fatal(err)
		}
	}
	has := func(key string) bool { _, ok, _ := c.Get(t.Context(), key); return ok }
	set("a")
	set("b")
	set("c")
	has("a")
	set("d")
	for key, want := range map[string]bool{"a": true, "b": false, "c": true, "d": true} {
		if got := has(key); got != want {
			t.Errorf("%s is kept: %t, want %t", key, got, want)
		}
	}
}

func TestCacheValueEndsAtItsInstant(t *testing.T) {
	clk := clock.NewManual(start)
	c := memory.NewCache(clk, 10)
	if err := c.Set(t.Context(), "k", nil, time.Second); err != nil {
		t.Fatal(err)
	}
	clk.Advance(time.Second - time.Microsecond)
	if _, ok, _ := c.Get(t.Context(), "k"); !ok {
		t.Error("gone a microsecond too early")
	}
	clk.Advance(time.Microsecond)
	if _, ok, _ := c.Get(t.Context(), "k"); ok {
		t.Error("still there at its end")
	}
}

// TestLimiterForgetsIdleKeys: an attacker who tries a million addresses once
// must not fill the memory for longer than a period.
func TestLimiterForgetsIdleKeys(t *testing.T) {
	clk := clock.NewManual(start)
	l := memory.NewLimiter(clk)
	limit := kv.Limit{Count: 5, Period: time.Minute}
	busy := func() bool {
		d, err := l.Allow(t.Context(), "busy", kv.Limit{Count: 1, Period: 100 * time.Hour})
		if err != nil {
			t.Fatal(err)
		}
		return d.Allowed
	}
	busy()
	most := 0
	for i := range 200_000 {
		if _, err := l.Allow(t.Context(), fmt.Sprint(i), limit); err != nil {
			t.Fatal(err)
		}
		clk.Advance(10 * time.Millisecond)
		most = max(most, l.Len())
	}
	// 12 s until one attempt is forgotten, 100 attempts a second: 1,200 live.
	if most > 10_000 {
		t.Errorf("held %d keys, want at most 10,000", most)
	}
	if busy() {
		t.Error("a key with a spent allowance was forgotten")
	}
}

func TestAClockThatIsSetBackRefusesNobodyForLong(t *testing.T) {
	clk := clock.NewManual(start)
	l := memory.NewLimiter(clk)
	limit := kv.Limit{Count: 60, Period: time.Minute}
	allowed := func() bool {
		d, err := l.Allow(t.Context(), "k", limit)
		if err != nil {
			t.Fatal(err)
		}
		return d.Allowed
	}
	if !allowed() {
		t.Fatal("refused at first")
	}
	clk.Advance(-time.Hour)
	allowed()
	clk.Advance(10 * time.Second)
	n := 0
	for allowed() {
		n++
	}
	if n != 10 {
		t.Errorf("ten seconds after the clock was set back by an hour %d are allowed, want 10", n)
	}
}
