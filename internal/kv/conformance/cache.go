package conformance

import (
	"bytes"
	"fmt"
	"sync"
	"testing"
	"time"

	"chengqiao/internal/kv"
)

func cache(t *testing.T, open Open) {
	get := func(t *testing.T, b kv.Backend, key string) ([]byte, bool) {
		t.Helper()
		value, ok, err := b.Get(t.Context(), key)
		must(t, err)
		return value, ok
	}

	t.Run("a value is seen by every replica, an absent one by none", func(t *testing.T) {
		one, other := open(t)
		if _, ok := get(t, other, "键"); ok {
			t.Error("a value that nobody set is there")
		}
		want := []byte{0, 0xff, '\n', '"'}
		must(t, one.Set(t.Context(), "键", want, time.Minute))
		if got, ok := get(t, other, "键"); !ok || !bytes.Equal(got, want) {
			t.Errorf("got %q, %t, want %q", got, ok, want)
		}
	})

	t.Run("an empty value is a value", func(t *testing.T) {
		one, other := open(t)
		must(t, one.Set(t.Context(), "empty", nil, time.Minute))
		if got, ok := get(t, other, "empty"); !ok || len(got) != 0 {
			t.Errorf("got %q, %t, want an empty value", got, ok)
		}
	})

	t.Run("the last one set counts, with its own time to live", func(t *testing.T) {
		one, other := open(t)
		must(t, one.Set(t.Context(), "k", []byte("first"), 50*time.Millisecond))
		must(t, other.Set(t.Context(), "k", []byte("second"), time.Minute))
		must(t, one.Set(t.Context(), "sentinel", nil, 60*time.Millisecond))
		eventually(t, "the sentinel does not expire", func() bool { _, ok := get(t, one, "sentinel"); return !ok })
		if got, ok := get(t, one, "k"); !ok || string(got) != "second" {
			t.Errorf("got %q, %t, want the second value", got, ok)
		}
	})

	t.Run("a value expires", func(t *testing.T) {
		one, other := open(t)
		start := time.Now()
		must(t, one.Set(t.Context(), "k", []byte("v"), 100*time.Millisecond))
		eventually(t, "the value does not expire", func() bool { _, ok := get(t, other, "k"); return !ok })
		if lived := time.Since(start); lived < 90*time.Millisecond {
			t.Errorf("the value lived %s, want 100 ms", lived)
		}
	})

	t.Run("dropping forgets the named and no others", func(t *testing.T) {
		one, other := open(t)
		for _, key := range []string{"a", "b", "c"} {
			must(t, one.Set(t.Context(), key, []byte(key), time.Minute))
		}
		must(t, other.Drop(t.Context(), time.Minute, "a", "b", "never set"))
		must(t, other.Drop(t.Context(), time.Minute))
		for key, want := range map[string]bool{"a": false, "b": false, "c": true} {
			if _, ok := get(t, one, key); ok != want {
				t.Errorf("%s is there: %t, want %t", key, ok, want)
			}
		}
	})

	t.Run("what was read before a drop is not filled in after it, as long as that holds", func(t *testing.T) {
		one, other := open(t)
		must(t, one.Fill(t.Context(), "k", []byte("read first"), time.Minute))
		must(t, other.Fill(t.Context(), "k", []byte("read twice"), time.Minute))
		if got, ok := get(t, other, "k"); !ok || string(got) != "read first" {
			t.Errorf("got %q, %t, want the value that was there", got, ok)
		}
		must(t, other.Drop(t.Context(), time.Minute, "k"))
		must(t, one.Fill(t.Context(), "k", []byte("read before"), time.Minute))
		if got, ok := get(t, other, "k"); ok {
			t.Errorf("got %q, read before it was dropped", got)
		}
		must(t, other.Drop(t.Context(), time.Millisecond, "k"))
		eventually(t, "a drop holds for ever", func() bool {
			must(t, one.Fill(t.Context(), "k", []byte("read after"), time.Minute))
			got, ok := get(t, other, "k")
			return ok && string(got) == "read after"
		})
	})

	t.Run("what is set counts at once, dropped or not", func(t *testing.T) {
		one, other := open(t)
		must(t, one.Drop(t.Context(), time.Minute, "k"))
		must(t, other.Set(t.Context(), "k", []byte("new"), time.Minute))
		if got, ok := get(t, one, "k"); !ok || string(got) != "new" {
			t.Errorf("got %q, %t, want the value set", got, ok)
		}
	})

	t.Run("callers share no memory with the cache", func(t *testing.T) {
		one, _ := open(t)
		value := []byte("kept")
		must(t, one.Set(t.Context(), "k", value, time.Minute))
		copy(value, "lost")
		got, _ := get(t, one, "k")
		copy(got, "lost")
		if again, _ := get(t, one, "k"); string(again) != "kept" {
			t.Errorf("got %q, want the value as it was set", again)
		}
	})

	t.Run("many goroutines at once", func(t *testing.T) {
		one, other := open(t)
		var group sync.WaitGroup
		for i := range 16 {
			group.Go(func() {
				backend := []kv.Backend{one, other}[i%2]
				for n := range 50 {
					key, want := fmt.Sprintf("k%d-%d", i, n), []byte(fmt.Sprint(n))
					if err := backend.Set(t.Context(), key, want, time.Minute); err != nil {
						t.Error(err)
						return
					}
					if got, ok, err := backend.Get(t.Context(), key); err != nil || !ok || !bytes.Equal(got, want) {
						t.Errorf("got %q, %t, %v, want %q", got, ok, err, want)
						return
					}
				}
			})
		}
		group.Wait()
	})
}
