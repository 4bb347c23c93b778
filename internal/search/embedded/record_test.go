package embedded

import (
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"chengqiao/internal/policy"
	"chengqiao/internal/search"
)

func TestRecordsAreReadAsTheyWereWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SampledFrom([]string{"", "农业", "C38", "650100", "a longer value"})
		price := rapid.Int64().Draw(t, "price")
		d := search.Document{
			ID: "1", Kind: search.KindPackage, Owner: text.Draw(t, "owner"),
			Audience: rapid.SampledFrom(policy.AllTiers).Draw(t, "audience"),
			Facets: search.Facets{
				Fields: rapid.SliceOf(text).Draw(t, "fields"), TRL: rapid.IntRange(0, 9).Draw(t, "level"), PriceFen: &price,
			},
			PublishedAt: rapid.Int64().Draw(t, "published"),
		}
		lengths := rapid.SliceOfN(rapid.Uint32(), len(weighted), len(weighted)).Draw(t, "lengths")
		want, err := newRecord(&d, lengths)
		if err != nil {
			t.Fatal(err)
		}
		r := decoder{b: want.append(nil)}
		if got := r.record(); r.bad || len(r.b) != 0 || !reflect.DeepEqual(got, want) {
			t.Fatalf("%+v, want %+v", got, want)
		}
	})
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
