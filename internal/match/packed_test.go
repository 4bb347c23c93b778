package match

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// entriesOf draws entries of terms with numbers below so many.
func entriesOf(t *rapid.T, terms uint32) []entry {
	ids := rapid.SliceOfNDistinct(rapid.Uint32Range(0, terms-1), 0, 300, rapid.ID[uint32]).Draw(t, "ids")
	slices.Sort(ids)
	out := make([]entry, len(ids))
	for i, id := range ids {
		out[i] = entry{id, rapid.SampledFrom([]uint16{1, 700, math.MaxUint16}).Draw(t, "impact"),
			uint8(rapid.IntRange(1, 15).Draw(t, "fields")), rapid.Byte().Draw(t, "mention")}
	}
	return out
}

func TestPackedEntriesAreWhatWasPacked(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		const terms = 3_000_000
		want := entriesOf(r, terms)
		p := pack(want)
		if got := p.unpack(make([]entry, 7)); !slices.Equal(got, want) {
			r.Fatalf("%v, want %v", got, want)
		}
		if !p.sound(terms) {
			r.Fatal("not sound")
		}
		if n := len(want); n > 0 && (p.sound(int(want[n-1].id)) || p[:len(p)-1].sound(terms)) {
			r.Fatal("a term beyond the last, or a lost end, is sound")
		}
	})
}

// Bytes that are called sound can be read.
func FuzzPacked(f *testing.F) {
	f.Add([]byte(pack([]entry{{1, 2, 3, 4}, {200, 2, 3, 4}, {70_000, 9, 1, 1}})))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if p := packed(raw); p.sound(100_000) {
			entries := p.unpack(nil)
			if !slices.IsSortedFunc(entries, func(a, b entry) int { return byID(a, b.id) }) {
				t.Errorf("%v", entries)
			}
		}
	})
}
