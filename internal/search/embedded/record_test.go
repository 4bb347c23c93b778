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
		got, err := decodeRecord(want.encode())
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("%+v, %v, want %+v", got, err, want)
		}
	})
}

func TestDamagedRecordsAreErrors(t *testing.T) {
	r, err := newRecord(&search.Document{Facets: search.Facets{Fields: []string{"农业", "核应用"}}}, make([]uint32, len(weighted)))
	if err != nil {
		t.Fatal(err)
	}
	whole := r.encode()
	for n := range whole {
		if _, err := decodeRecord(whole[:n]); err == nil {
			t.Errorf("the first %d of %d bytes pass for a record", n, len(whole))
		}
	}
	if _, err := decodeRecord(append(whole, 0)); err == nil {
		t.Error("a byte too many passes")
	}
}

func TestTheFirstOfAListAreThoseOfTheSortedOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfDistinct(rapid.Uint32(), rapid.ID).Draw(t, "list")
		limit := rapid.IntRange(0, len(list)+2).Draw(t, "limit")
		want := slices.Sorted(slices.Values(list))
		got := top(slices.Clone(list), limit, func(a, b uint32) bool { return a < b })
		if !slices.Equal(got, want[:min(limit, len(want))]) {
			t.Fatalf("top %d of %v: %v", limit, list, got)
		}
	})
}
