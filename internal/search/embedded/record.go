package embedded

import (
	"chengqiao/internal/policy"
	"chengqiao/internal/search"
)

// record is what the columns need of a document.
type record struct {
	kind      string
	owner     string
	audience  policy.Tier
	checksum  uint64
	facets    [][]string // by the place in search.KeptFacets
	numbers   []int64    // by the place in search.KeptNumbers; absent if there is none
	published int64
	lengths   []uint32 // by the place in weighted
}

// weightedField is a field whose matches are weighed by frequency and length.
type weightedField struct {
	tier policy.Tier
	area search.Area
}

// weighted are these fields; a record keeps their lengths in this order.
var weighted = func() []weightedField {
	var out []weightedField
	for _, t := range policy.AllTiers {
		out = append(out, weightedField{t, search.AreaTitle}, weightedField{t, search.AreaBody})
	}
	return out
}()

// absent stands for a number that a document does not have.
const absent = -1 << 63

func newRecord(d *search.Document, lengths []uint32) *record {
	r := &record{
		kind: string(d.Kind), owner: d.Owner, audience: d.AudienceOrPublic(), checksum: d.Sum(),
		published: d.PublishedAt, lengths: lengths,
	}
	for _, f := range search.KeptFacets {
		r.facets = append(r.facets, d.Values(f))
	}
	for _, n := range search.KeptNumbers {
		v, ok := d.Number(n)
		if !ok {
			v = absent
		}
		r.numbers = append(r.numbers, v)
	}
	return r
}
