package match

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// snapshotMagic begins a snapshot and changes with its format, with what is kept of a
// listing, and with how the space is learnt.
const snapshotMagic = "chengqiao-match-8\n"

// ErrSnapshot says that a snapshot cannot be used: it is damaged, or was made
// by another model or analysis. The index must be rebuilt from the listings.
var ErrSnapshot = errors.New("match: snapshot cannot be used")

var errDamaged = fmt.Errorf("%w: damaged", ErrSnapshot)

// Save writes the index to a file, with the place in the feed of events that
// it has reached. analysis names the terms that the analyser makes. The file
// is replaced whole or not at all.
func (x *Index) Save(path, analysis string, cursor int64) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = f.Close()
			_ = os.Remove(f.Name())
		}
	}()
	if err := x.write(f, analysis, cursor); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	return sweep(path)
}

// longestSave is more than any snapshot takes to be written.
const longestSave = time.Hour

// sweep removes what processes left beside a snapshot that were killed while they
// wrote one.
func sweep(path string) error {
	beside, err := filepath.Glob(path + ".*")
	if err != nil {
		return err
	}
	for _, left := range beside {
		info, err := os.Stat(left)
		if err == nil && time.Since(info.ModTime()) > longestSave {
			err = os.Remove(left)
		}
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

// Load puts the content of a file written by Save in the place of the index's
// own, and gives the place in the feed that it had reached. Errors:
// ErrSnapshot; os.ErrNotExist. The index is as before then.
func (x *Index) Load(path, analysis string) (cursor int64, err error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	read, cursor, err := readIndex(data, analysis, x.analyse, x.model)
	if err != nil {
		return 0, err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.dict, x.terms, x.known, x.size = read.dict, read.terms, read.known, read.size
	x.halves, x.places, x.phrases, x.space = read.halves, read.places, read.phrases, read.space
	x.meant, x.names = read.meant, read.names
	x.generation++
	return cursor, nil
}

// AnalysisOf reads which analysis a file written by Save names. Errors:
// ErrSnapshot; os.ErrNotExist.
func AnalysisOf(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	r := bufio.NewReader(f)
	magic := make([]byte, len(snapshotMagic))
	if _, err := io.ReadFull(r, magic); err != nil || string(magic) != snapshotMagic {
		return "", fmt.Errorf("%w: not a snapshot of this format", ErrSnapshot)
	}
	length, err := binary.ReadUvarint(r)
	if err != nil || length > maxAnalysis {
		return "", errDamaged
	}
	name := make([]byte, length)
	if _, err := io.ReadFull(r, name); err != nil {
		return "", errDamaged
	}
	return string(name), nil
}

// maxAnalysis bounds in bytes what names an analysis: it may hold a list of
// synonyms.
const maxAnalysis = 16 << 20

// out writes numbers and texts, keeping the first error and a checksum.
type out struct {
	w   *bufio.Writer
	sum hash.Hash32
	err error
	buf [binary.MaxVarintLen64]byte
}

func (o *out) bytes(b []byte) {
	if o.err == nil {
		o.sum.Write(b)
		_, o.err = o.w.Write(b)
	}
}

func (o *out) number(v uint64) { o.bytes(o.buf[:binary.PutUvarint(o.buf[:], v)]) }

func (o *out) flag(v bool) {
	if v {
		o.number(1)
	} else {
		o.number(0)
	}
}

// signed writes small numbers, not how many.
func (o *out) signed(v []int8) {
	raw := make([]byte, len(v))
	for j, n := range v {
		raw[j] = byte(n)
	}
	o.bytes(raw)
}

func (o *out) text(s string) {
	o.number(uint64(len(s)))
	o.bytes([]byte(s))
}

func (x *Index) write(w io.Writer, analysis string, cursor int64) error {
	x.mu.RLock()
	defer x.mu.RUnlock()
	o := &out{w: bufio.NewWriterSize(w, 1<<20), sum: crc32.NewIEEE()}
	o.bytes([]byte(snapshotMagic))
	o.text(analysis)
	o.number(x.model.fingerprint())
	o.number(uint64(cursor))
	o.number(uint64(len(x.terms)))
	for _, t := range x.terms {
		o.text(t)
	}
	x.space.write(o)
	for _, h := range x.halves {
		o.number(uint64(len(h.slots) - len(h.free)))
		for i := range h.slots {
			if h.slots[i].readers != 0 {
				h.slots[i].write(o, x.space)
			}
		}
	}
	sum := binary.BigEndian.AppendUint32(nil, o.sum.Sum32())
	if o.err == nil {
		_, o.err = o.w.Write(sum)
	}
	if o.err == nil {
		o.err = o.w.Flush()
	}
	return o.err
}

func (s *slot) write(o *out, space *space) {
	o.text(string(s.ref.Kind))
	o.text(s.ref.ID)
	o.text(s.org)
	o.number(uint64(s.readers))
	s.facts.write(o)
	o.flag(s.inside != nil)
	if s.inside != nil {
		s.inside.write(o)
	}
	o.text(string(s.vector))
	o.number(uint64(len(s.phrases)))
	before := phrase(0)
	for _, p := range s.phrases {
		o.number(uint64(p - before))
		before = p
	}
	o.number(uint64(len(s.meaning)))
	o.signed(s.meaning)
	if space != nil {
		o.flag(s.point != nil)
		o.signed(s.point)
	}
}

func (f *facts) write(o *out) {
	o.text(f.field)
	o.text(f.industry)
	o.text(f.region)
	o.number(uint64(f.trl))
	o.number(uint64(f.price))
	o.number(uint64(f.rights))
	o.number(uint64(f.ip))
	o.flag(f.measured)
}

// write writes a space, or that there is none.
func (s *space) write(o *out) {
	if s == nil {
		o.number(0)
		return
	}
	o.number(uint64(s.dims))
	o.number(uint64(s.size.public))
	o.number(uint64(s.size.chinese))
	o.number(uint64(len(s.scales)))
	for id, at := range s.rows {
		if at < 0 {
			continue
		}
		o.number(uint64(id))
		o.number(uint64(s.scales[at]))
		o.flag(s.native[at])
		o.signed(s.table[int(at)*s.dims : (int(at)+1)*s.dims])
	}
}

// in reads what out wrote.
type in struct {
	rest []byte
	err  error
	// where what stays is kept
	texts   letters
	vectors pieces[byte]
	phrases pieces[phrase]
	numbers pieces[int8]
}

// number reads a number; one above most is damage.
func (i *in) number(most uint64) uint64 {
	if i.err != nil {
		return 0
	}
	v, n := binary.Uvarint(i.rest)
	if n <= 0 || v > most {
		i.err = errDamaged
		return 0
	}
	i.rest = i.rest[n:]
	return v
}

// raw reads a text; it holds until the file is let go.
func (i *in) raw() []byte {
	n := i.number(uint64(len(i.rest)))
	if i.err != nil || n > uint64(len(i.rest)) {
		i.err = errDamaged
		return nil
	}
	s := i.rest[:n]
	i.rest = i.rest[n:]
	return s
}

// text reads a text that stays.
func (i *in) text() string { return i.texts.keep(i.raw()) }

// space reads a space for an index of so many terms.
func (i *in) space(terms int) *space {
	dims := int(i.number(maxDims))
	if dims == 0 || i.err != nil {
		return nil
	}
	s := &space{dims: dims, rows: make([]int32, terms)}
	s.size.public, s.size.chinese = int(i.number(math.MaxInt32)), int(i.number(math.MaxInt32))
	for id := range s.rows {
		s.rows[id] = -1
	}
	for n := i.number(uint64(min(terms, len(i.rest)/dims))); n > 0 && i.err == nil; n-- {
		id, scale, native := i.number(math.MaxInt32), i.number(1<<scaleBits), i.number(1)
		if i.err == nil && (id >= uint64(terms) || s.rows[id] >= 0 || len(i.rest) < dims) {
			i.err = errDamaged
		}
		if i.err != nil {
			return nil
		}
		s.rows[id] = int32(len(s.scales))
		s.scales, s.native = append(s.scales, uint32(scale)), append(s.native, native == 1)
		for _, b := range i.rest[:dims] {
			s.table = append(s.table, int8(b))
		}
		i.rest = i.rest[dims:]
	}
	return s
}

func readIndex(data []byte, analysis string, analyse Analyser, model TermModel) (*Index, int64, error) {
	body, found := bytes.CutPrefix(data, []byte(snapshotMagic))
	if !found || len(body) < crc32.Size {
		return nil, 0, fmt.Errorf("%w: not a snapshot of this format", ErrSnapshot)
	}
	end := len(data) - crc32.Size
	if crc32.ChecksumIEEE(data[:end]) != binary.BigEndian.Uint32(data[end:]) {
		return nil, 0, errDamaged
	}
	i := &in{rest: body[:len(body)-crc32.Size]}
	made, fingerprint := i.text(), i.number(math.MaxUint64)
	if i.err == nil && (made != analysis || fingerprint != model.fingerprint()) {
		return nil, 0, fmt.Errorf("%w: made by another analysis or model", ErrSnapshot)
	}
	cursor := int64(i.number(math.MaxInt64))
	x := NewIndex(analyse, model)
	for n := i.number(uint64(len(i.rest))); n > 0 && i.err == nil; n-- {
		x.append(i.text())
	}
	x.setSpace(i.space(len(x.terms)))
	for s := range x.halves {
		i.half(x, &x.halves[s])
	}
	if i.err == nil && len(i.rest) > 0 {
		i.err = errDamaged
	}
	return x, cursor, i.err
}

// half reads the slots of one half and makes its postings from them.
func (i *in) half(x *Index, h *half) {
	n := i.number(uint64(len(i.rest)))
	lengths := make([]uint32, len(x.terms))
	var room []entry
	for range n {
		s := i.slot(x)
		if i.err != nil {
			return
		}
		room = s.vector.unpack(room)
		for _, e := range room {
			lengths[e.id]++
		}
		s.chinese = x.isChinese(room)
		x.count(&s, room, 1)
		at := int32(len(h.slots))
		h.slots = append(h.slots, s)
		p, known := x.places[s.ref]
		if !known {
			p = place{-1, -1}
		}
		if s.readers&publicReader != 0 {
			p.public = at
		}
		if s.readers&memberReader != 0 {
			p.members = at
		}
		x.places[s.ref] = p
	}
	h.postings = make([][]posting, len(x.terms))
	var lists pieces[posting]
	for id, n := range lengths {
		h.postings[id] = lists.cut(int(n))[:0]
	}
	h.slots = slices.Clip(h.slots)
	for at := range h.slots {
		s := &h.slots[at]
		room = s.vector.unpack(room)
		for _, e := range room {
			h.postings[e.id] = append(h.postings[e.id], postingOf(uint32(at), e.impact))
		}
		h.put(uint32(at), s.point)
		h.mean(uint32(at), s.meaning, nil)
	}
}

func (i *in) slot(x *Index) slot {
	var s slot
	s.ref = Ref{Kind(x.name(i.raw())), i.text()}
	s.org = x.name(i.raw())
	s.readers = readers(i.number(uint64(publicReader | memberReader)))
	s.facts = i.facts(x)
	if i.number(1) == 1 {
		inside := i.facts(x)
		s.inside = &inside
	}
	s.vector = i.vectors.keep(i.raw())
	if i.err == nil && !s.vector.sound(len(x.terms)) {
		i.err = errDamaged
	}
	n := i.number(uint64(len(i.rest)))
	s.phrases = i.phrases.cut(int(n))
	at := uint64(0)
	for j := range s.phrases {
		at += i.number(math.MaxUint32)
		if i.err == nil && at > math.MaxUint32 {
			i.err = errDamaged
		}
		s.phrases[j] = phrase(at)
	}
	s.meaning = i.signed(int(i.number(maxMeaning)))
	if x.space != nil && i.number(1) == 1 {
		s.point = i.signed(x.space.dims)
	}
	return s
}

func (i *in) facts(x *Index) facts {
	return facts{
		field: x.name(i.raw()), industry: x.name(i.raw()), region: x.name(i.raw()),
		trl: int8(i.number(9)), price: int64(i.number(math.MaxInt64)),
		rights: Rights(i.number(uint64(RightsTaken))), ip: IPState(i.number(uint64(IPGranted))),
		measured: i.number(1) == 1,
	}
}

// signed reads so many small numbers; nil for none.
func (i *in) signed(n int) []int8 {
	if n > len(i.rest) {
		i.err = errDamaged
	}
	if i.err != nil || n == 0 {
		return nil
	}
	out := i.numbers.cut(n)
	for j, b := range i.rest[:n] {
		out[j] = int8(b)
	}
	i.rest = i.rest[n:]
	return out
}
