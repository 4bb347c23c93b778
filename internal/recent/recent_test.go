package recent_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"chengqiao/internal/recent"
)

// used asks for keys in turn, and puts those that are not kept.
func used(t *rapid.T, bound int, keys []int) *recent.Kept[int, int] {
	kept := recent.Keep[int, int](bound)
	for _, k := range keys {
		v, ok := kept.Get(k)
		if ok && v != k*k {
			t.Fatalf("%d is kept as %d", k, v)
		}
		if !ok {
			kept.Put(k, k*k)
		}
	}
	return kept
}

func TestWhatWasUsedLastIsKeptAndLittleMore(t *testing.T) {
	const keys = 30
	rapid.Check(t, func(t *rapid.T) {
		bound := rapid.IntRange(1, 8).Draw(t, "bound")
		asked := rapid.SliceOf(rapid.IntRange(0, keys)).Draw(t, "keys")
		var last []int
		for _, k := range slices.Backward(asked) {
			if len(last) < bound && !slices.Contains(last, k) {
				last = append(last, k)
			}
		}
		there := 0
		for k := range keys + 1 {
			_, ok := used(t, bound, asked).Get(k)
			if ok {
				there++
			}
			if !ok && slices.Contains(last, k) {
				t.Fatalf("%d is gone, and among the last %d", k, bound)
			}
		}
		if there > 2*bound {
			t.Fatalf("%d are kept where the bound is %d", there, bound)
		}
	})
}

func TestTheZeroKeepsNothing(t *testing.T) {
	var kept recent.Kept[string, int]
	kept.Put("a", 1)
	if _, ok := kept.Get("a"); ok {
		t.Error("something is kept")
	}
}
