package embedded

import (
	"encoding/binary"
	"fmt"

	"chengqiao/internal/policy"
	"chengqiao/internal/search"
)

// record is what the columns need of a document, in a compact form in the
// snapshot.
type record struct {
	kind      string
	owner     string
	audience  policy.Tier
	checksum  uint64
	facets    [][]string // by the place in search.AllFacets
	numbers   []int64    // by the place in search.AllNumbers; absent if there is none
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

func newRecord(d *search.Document, lengths []uint32) (*record, error) {
	r := &record{
		kind: string(d.Kind), owner: d.Owner, audience: d.AudienceOrPublic(),
		published: d.PublishedAt, lengths: lengths,
	}
	if _, err := fmt.Sscanf(d.Checksum(), "%x", &r.checksum); err != nil {
		return nil, err
	}
	for _, f := range search.AllFacets {
		r.facets = append(r.facets, d.Values(f))
	}
	for _, n := range search.AllNumbers {
		v, ok := d.Number(n)
		if !ok {
			v = absent
		}
		r.numbers = append(r.numbers, v)
	}
	return r, nil
}

// append writes the record behind b.
func (r *record) append(b []byte) []byte {
	text := func(s string) {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	text(r.kind)
	text(r.owner)
	text(string(r.audience))
	b = binary.BigEndian.AppendUint64(b, r.checksum)
	for _, values := range r.facets {
		b = binary.AppendUvarint(b, uint64(len(values)))
		for _, v := range values {
			text(v)
		}
	}
	for _, n := range r.numbers {
		b = binary.AppendVarint(b, n)
	}
	b = binary.AppendVarint(b, r.published)
	for _, n := range r.lengths {
		b = binary.AppendUvarint(b, uint64(n))
	}
	return b
}

// record reads what append wrote.
func (d *decoder) record() *record {
	r := &record{kind: d.text(), owner: d.text(), audience: policy.Tier(d.text())}
	r.checksum = d.fixed()
	r.facets = make([][]string, len(search.AllFacets))
	for i := range r.facets {
		n := d.unsigned()
		for range min(n, uint64(len(d.b))) {
			r.facets[i] = append(r.facets[i], d.text())
		}
	}
	r.numbers = make([]int64, len(search.AllNumbers))
	for i := range r.numbers {
		r.numbers[i] = d.signed()
	}
	r.published = d.signed()
	r.lengths = make([]uint32, len(weighted))
	for i := range r.lengths {
		r.lengths[i] = uint32(d.unsigned())
	}
	return r
}

// decoder reads varints and texts; after something that cannot be read it is
// bad, and gives zeros.
type decoder struct {
	b   []byte
	bad bool
}

func (d *decoder) unsigned() uint64 {
	v, n := binary.Uvarint(d.b)
	return advance(d, v, n)
}

func (d *decoder) signed() int64 {
	v, n := binary.Varint(d.b)
	return advance(d, v, n)
}

func advance[T int64 | uint64](d *decoder, v T, n int) T {
	if n <= 0 {
		d.bad, d.b = true, nil
		return 0
	}
	d.b = d.b[n:]
	return v
}

func (d *decoder) fixed() uint64 {
	const size = 8
	if len(d.b) < size {
		d.bad, d.b = true, nil
		return 0
	}
	v := binary.BigEndian.Uint64(d.b)
	d.b = d.b[size:]
	return v
}

func (d *decoder) text() string {
	n := d.unsigned()
	if n > uint64(len(d.b)) {
		d.bad, d.b = true, nil
		return ""
	}
	s := string(d.b[:n])
	d.b = d.b[n:]
	return s
}
