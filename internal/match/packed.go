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

// unpack puts the entries into the room there is, or into more.
func (p packed) unpack(room []entry) []entry {
	n, a := binary.Uvarint(p)
	if a <= 0 {
		return room[:0] // of a slot that is free
	}
	count, b := binary.Uvarint(p[a:])
	at := a + b
	kinds, rest := p[at:at+int(count)*kindSize], p[at+int(count)*kindSize:]
	room = roomFor(room, int(n))
	last := uint32(0)
	for i := range room {
		step, size := shortNumber(rest)
		if size == 0 {
			step, size = longNumber(rest)
		}
		which, more := shortNumber(rest[size:])
		if more == 0 {
			which, more = longNumber(rest[size:])
		}
		rest = rest[size+more:]
		last += step
		k := kinds[which*kindSize : which*kindSize+kindSize]
		room[i] = entry{last, binary.LittleEndian.Uint16(k), k[2], k[3]}
	}
	return room
}

// shortNumber reads a number of one or two bytes, as most are, and says how many;
// size 0 is a longer one.
func shortNumber(b []byte) (v uint32, size int) {
	if b[0] < 0x80 {
		return uint32(b[0]), 1
	}
	if b[1] < 0x80 {
		return uint32(b[0])&0x7F | uint32(b[1])<<7, 2
	}
	return 0, 0
}

func longNumber(b []byte) (v uint32, size int) {
	long, size := binary.Uvarint(b)
	return uint32(long), size
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
