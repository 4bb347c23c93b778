package match

import "encoding/binary"

// packed is a listing's entries in few bytes: how many there are; how many
// kinds of them, each with its impact, fields and mention; and of each entry,
// by term, by how much its term's number is greater than the one before, and
// its kind. Many terms of a listing stand in it once in the same field, and
// are of one kind.
type packed []byte

// kind is an entry without its term.
type kind struct {
	impact          uint16
	fields, mention uint8
}

const kindSize = 4

func pack(entries []entry) packed {
	numbers := make(map[kind]uint64)
	var kinds []byte
	rest := make([]byte, 0, 3*len(entries))
	last := uint32(0)
	for _, e := range entries {
		k := kind{e.impact, e.fields, e.mention}
		n, ok := numbers[k]
		if !ok {
			n = uint64(len(numbers))
			numbers[k] = n
			kinds = append(binary.LittleEndian.AppendUint16(kinds, k.impact), k.fields, k.mention)
		}
		rest = binary.AppendUvarint(rest, uint64(e.id-last))
		rest = binary.AppendUvarint(rest, n)
		last = e.id
	}
	head := binary.AppendUvarint(binary.AppendUvarint(nil, uint64(len(entries))), uint64(len(numbers)))
	out := make(packed, 0, len(head)+len(kinds)+len(rest))
	return append(append(append(out, head...), kinds...), rest...)
}

// reader reads packed entries in their order.
type reader struct {
	left  int
	kinds []byte
	rest  []byte
	last  uint32
}

func (p packed) reader() reader {
	n, a := binary.Uvarint(p)
	if a <= 0 {
		return reader{} // of a slot that is free
	}
	kinds, b := binary.Uvarint(p[a:])
	at := a + b
	return reader{left: int(n), kinds: p[at : at+int(kinds)*kindSize], rest: p[at+int(kinds)*kindSize:]}
}

// next gives the next entry, if there is one.
func (r *reader) next() (e entry, ok bool) {
	if r.left == 0 {
		return e, false
	}
	r.left--
	r.last += uint32(r.number())
	k := r.kinds[r.number()*kindSize:]
	return entry{r.last, binary.LittleEndian.Uint16(k), k[2], k[3]}, true
}

func (r *reader) number() uint64 {
	if b := r.rest[0]; b < 0x80 {
		r.rest = r.rest[1:]
		return uint64(b)
	}
	v, n := binary.Uvarint(r.rest)
	r.rest = r.rest[n:]
	return v
}

// unpack puts the entries into the room there is, or into more.
func (p packed) unpack(room []entry) []entry {
	r := p.reader()
	if cap(room) < r.left {
		room = make([]entry, 0, r.left)
	}
	room = room[:0]
	for e, ok := r.next(); ok; e, ok = r.next() {
		room = append(room, e)
	}
	return room
}

// sound tells whether bytes from outside are packed entries, in order, of terms
// with numbers below terms.
func (p packed) sound(terms int) bool {
	n, a := binary.Uvarint(p)
	if a <= 0 {
		return false
	}
	kinds, b := binary.Uvarint(p[a:])
	if b <= 0 || kinds > uint64(len(p)-a-b)/kindSize {
		return false
	}
	rest := p[a+b+int(kinds)*kindSize:]
	id := uint64(0)
	for i := range n {
		step, a := binary.Uvarint(rest)
		if a <= 0 {
			return false
		}
		k, b := binary.Uvarint(rest[a:])
		id += step
		if b <= 0 || k >= kinds || id >= uint64(terms) || step == 0 && i > 0 {
			return false
		}
		rest = rest[a+b:]
	}
	return len(rest) == 0
}
