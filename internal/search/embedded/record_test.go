package embedded

import (
	"bytes"
	"maps"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"chengqiao/internal/policy"
	"chengqiao/internal/search"
)

func TestColumnsAreReadAsTheyWereKept(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SampledFrom([]string{"", "农业", "C38", "650100", "a longer value"})
		kept := newColumns()
		for range rapid.IntRange(0, 30).Draw(t, "changes") {
			id := rapid.SampledFrom([]string{"a", "b", "c", "d", "e", "f"}).Draw(t, "id")
			if rapid.IntRange(0, 3).Draw(t, "leaves") == 0 {
				kept.remove(id)
				continue
			}
			price := rapid.Int64().Draw(t, "price")
			d := search.Document{
				ID: id, Kind: rapid.SampledFrom([]search.Kind{search.KindAchievement, search.KindPackage, search.KindNeed}).Draw(t, "kind"), Owner: text.Draw(t, "owner"),
				Audience: rapid.SampledFrom(policy.AllTiers).Draw(t, "audience"),
				Facets: search.Facets{
					Fields: rapid.SliceOf(text).Draw(t, "fields"), TRL: rapid.IntRange(0, 9).Draw(t, "level"), PriceFen: &price,
				},
				PublishedAt: rapid.Int64().Draw(t, "published"),
			}
			lengths := rapid.SliceOfN(rapid.Uint32(), len(weighted), len(weighted)).Draw(t, "lengths")
			r := newRecord(&d, lengths)
			kept.put(id, r, place{rapid.Int64().Draw(t, "at"), rapid.Uint32().Draw(t, "length")})
		}
		blocks := kept.blocks()
		read := newColumns()
		if err := read.read(func() []byte {
			b := blocks[0]
			blocks = blocks[1:]
			return b
		}); err != nil || len(blocks) > 0 {
			t.Fatalf("%v, %d blocks are left", err, len(blocks))
		}
		equalColumns(t, read, kept)
		for _, id := range slices.Collect(maps.Keys(kept.byID)) { // and they go on alike
			for _, c := range []*columns{kept, read} {
				r := c.record(c.byID[id])
				r.published++
				c.put(id, r, place{1, 2})
			}
		}
		equalColumns(t, read, kept)
	})
}

func equalColumns(t *rapid.T, got, want *columns) {
	t.Helper()
	same := func(name string, got, want any) {
		if !reflect.DeepEqual(got, want) && (reflect.ValueOf(got).Len() > 0 || reflect.ValueOf(want).Len() > 0) {
			t.Fatalf("%s: %v, want %v", name, got, want)
		}
	}
	same("ids", got.ids, want.ids)
	same("by id", got.byID, want.byID)
	same("places", got.places, want.places)
	same("latest", got.latest, want.latest)
	same("totals", got.totals, want.totals)
	same("filled", got.filled, want.filled)
	same("live", got.live.ToArray(), want.live.ToArray())
	same("gone", got.gone.ToArray(), want.gone.ToArray())
	for i := range want.audience {
		same("audience", got.audience[i].ToArray(), want.audience[i].ToArray())
	}
	for o := range want.ids {
		if g, w := got.record(uint32(o)), want.record(uint32(o)); !reflect.DeepEqual(g, w) {
			t.Fatalf("slot %d: %+v, want %+v", o, g, w)
		}
	}
	for owner, set := range want.byOwner {
		if g := got.byOwner[owner]; g == nil || !g.Equals(set) {
			t.Fatalf("owner %q: %v, want %v", owner, g, set)
		}
	}
	for i, f := range want.facets {
		same("values", got.facets[i].values, f.values)
		for n := range f.values {
			same("holders", got.facets[i].holders[n].ToArray(), f.holders[n].ToArray())
		}
	}
}

// What does not fit together is no snapshot, and does no more harm than that.
func TestColumnsThatDoNotFitTogetherAreNone(t *testing.T) {
	kept := newColumns()
	for i := range 5 {
		d := search.Document{ID: string(rune('a' + i)), Kind: search.KindPackage, Owner: "o", Facets: search.Facets{Fields: []string{"农业", "能源"}, TRL: i}}
		r := newRecord(&d, make([]uint32, len(weighted)))
		kept.put(d.ID, r, place{int64(i), 1})
	}
	whole := kept.blocks()
	refused := 0
	for i := range whole {
		for _, damage := range []func(b []byte) []byte{
			func(b []byte) []byte { return b[:max(0, len(b)-1)] },
			func(b []byte) []byte { return append(slices.Clone(b), 0x7f) },
			func(b []byte) []byte { return bytes.Repeat([]byte{0x7f}, len(b)) },
		} {
			blocks := slices.Clone(whole)
			blocks[i] = damage(blocks[i])
			at := 0
			if newColumns().read(func() []byte { at++; return blocks[at-1] }) != nil {
				refused++
			}
		}
	}
	if refused < len(whole) {
		t.Errorf("%d of %d damages are noticed", refused, 3*len(whole))
	}
}

func TestTheFirstOfAListAreThoseOfTheSortedOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfDistinct(rapid.Uint32(), rapid.ID).Draw(t, "list")
		limit := rapid.IntRange(0, len(list)+2).Draw(t, "limit")
		want := slices.Sorted(slices.Values(list))
		got := top(slices.Clone(list), limit, ranked{
			key:  func(o uint32) int64 { return -int64(o / 3) },
			less: func(a, b uint32) bool { return a < b },
		})
		if !slices.Equal(got, want[:min(limit, len(want))]) {
			t.Fatalf("top %d of %v: %v", limit, list, got)
		}
	})
}
