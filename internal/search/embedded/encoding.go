package embedded

import "encoding/binary"

// encoder writes numbers and texts behind what it has.
type encoder struct{ b []byte }

func (e *encoder) unsigned(n uint64) { e.b = binary.AppendUvarint(e.b, n) }

func (e *encoder) signed(n int64) { e.b = binary.AppendVarint(e.b, n) }

func (e *encoder) text(s string) {
	e.unsigned(uint64(len(s)))
	e.b = append(e.b, s...)
}

func (e *encoder) texts(list []string) {
	e.unsigned(uint64(len(list)))
	for _, s := range list {
		e.text(s)
	}
}

// decoder reads varints and texts; after something that cannot be read it is
// bad, and gives zeros.
type decoder struct {
	b   []byte
	bad bool
	// whole is what b is the rest of, where texts are to be cut from it without a
	// copy.
	whole string
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

func (d *decoder) text() string {
	n := d.unsigned()
	if n > uint64(len(d.b)) {
		d.bad, d.b = true, nil
		return ""
	}
	rest := d.b
	d.b = d.b[n:]
	if d.whole != "" {
		return d.whole[len(d.whole)-len(rest) : len(d.whole)-len(d.b)]
	}
	return string(rest[:n])
}

// texts reads a list; nil where it is empty.
func (d *decoder) texts() []string {
	var out []string
	n := min(d.unsigned(), uint64(len(d.b)))
	if n > 0 {
		out = make([]string, 0, n)
	}
	for range n {
		out = append(out, d.text())
	}
	return out
}
