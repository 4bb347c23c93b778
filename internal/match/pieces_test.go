package match

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestPiecesOfOneMemoryKeepToThemselves(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var numbers pieces[int8]
		var texts letters
		var given [][]int8
		var kept, wanted []string
		for range rapid.IntRange(1, 60).Draw(t, "pieces") {
			n := rapid.OneOf(rapid.IntRange(0, 40), rapid.IntRange(pieceSize-10, pieceSize+10)).Draw(t, "length")
			piece := numbers.cut(n)
			if len(piece) != n || slices.ContainsFunc(piece, func(v int8) bool { return v != 0 }) {
				t.Fatalf("a piece of %d is %v", n, piece)
			}
			for i := range piece {
				piece[i] = int8(len(given))
			}
			_ = append(piece, -1) // must not reach the next one
			given = append(given, piece)
			text := strings.Repeat(string(rune('a'+len(kept)%26)), n)
			kept, wanted = append(kept, texts.keep([]byte(text))), append(wanted, text)
		}
		for i, piece := range given {
			if slices.ContainsFunc(piece, func(v int8) bool { return v != int8(i) }) {
				t.Fatalf("piece %d was written over", i)
			}
		}
		if !slices.Equal(kept, wanted) {
			t.Fatal("a text was written over")
		}
	})
}

func TestTheNthGreatestKeyIsThatOfTheOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		keys := rapid.SliceOfDistinct(rapid.Map(rapid.Uint64Range(0, 300), func(v uint64) probeKey { return probeKey(v) }),
			func(k probeKey) probeKey { return k }).Draw(t, "keys")
		n := rapid.IntRange(1, 1+len(keys)).Draw(t, "n")
		ordered := slices.Sorted(slices.Values(keys))
		want := probeKey(0)
		if n <= len(ordered) {
			want = ordered[len(ordered)-n]
		}
		if got := greatestKey(keys, n); got != want {
			t.Fatalf("the %d-th greatest of %v is %d, not %d", n, ordered, want, got)
		}
		if slices.Sort(keys); !slices.Equal(keys, ordered) {
			t.Fatalf("keys were lost: %v of %v", keys, ordered)
		}
	})
}
