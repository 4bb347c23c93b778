package embedded

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"

	"github.com/cespare/xxhash/v2"
	"golang.org/x/sync/errgroup"
)

// A snapshot is a generation's index as a file, up to a place in its ledger, so
// that opening it need not analyse every document again. It is derived: one
// that is missing, damaged or of another layout only makes opening slower.
//
// It is a list of blocks, each with its length in front, and the checksum of
// all of them at the end.
const (
	snapshotFile = "snapshot"
	snapshotMark = "chengqiao-search-2"
)

var errSnapshot = errors.New("the snapshot cannot be read")

// save writes the index as it stands. The caller sees to it that nobody
// changes it meanwhile.
func (g *generation) save() error {
	file, err := os.OpenFile(g.file(snapshotFile+".new"), os.O_CREATE|os.O_WRONLY|os.O_TRUNC, fileMode)
	if err != nil {
		return err
	}
	w := &blockWriter{buffered: bufio.NewWriterSize(file, 1<<20), hash: xxhash.New()}
	w.block([]byte(snapshotMark))
	w.block([]byte(g.version))
	head := binary.AppendVarint(nil, g.cursor)
	head = binary.AppendUvarint(head, uint64(g.ledger.end))
	head = binary.AppendUvarint(head, uint64(len(g.segments)))
	w.block(head)
	w.block(g.columns.encode())
	for _, s := range g.segments {
		w.block(s.head())
		for f := range s.fields {
			w.block(s.fields[f].encode())
		}
		w.block(s.wordings.lengths())
		w.block(s.wordings.text)
	}
	err = errors.Join(w.finish(), file.Sync(), file.Close())
	if err != nil {
		return err
	}
	if err := os.Rename(g.file(snapshotFile+".new"), g.file(snapshotFile)); err != nil {
		return err
	}
	g.saved = g.ledger.end
	return nil
}

// restore fills the generation from its snapshot and gives the place in the
// ledger from which on the rest is to be read. The error is errSnapshot for one
// that does not fit, fs.ErrNotExist without one.
func (g *generation) restore() (from int64, err error) {
	file, err := os.Open(g.file(snapshotFile))
	if err != nil {
		return 0, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return 0, err
	}
	r := &blockReader{buffered: bufio.NewReaderSize(file, 1<<20), hash: xxhash.New(), size: info.Size()}
	mark, version, head := r.block(), r.block(), r.block()
	d := decoder{b: head}
	cursor, end, segments := d.signed(), int64(d.unsigned()), d.unsigned()
	if r.err != nil || d.bad || string(mark) != snapshotMark || string(version) != g.version || end > g.ledger.end {
		return 0, errSnapshot
	}
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	columns, block := newColumns(), r.block()
	group.Go(func() error { return columns.decode(block) })
	var list []*segment
	for range segments {
		s := segmentOf(r.block())
		for f := range s.fields {
			block := r.block()
			group.Go(func() (err error) {
				s.fields[f], err = decodePostings(block, counted(f))
				return err
			})
		}
		lengths := r.block()
		text := r.block()
		group.Go(func() (err error) {
			s.wordings, err = decodeWordings(lengths, text, s.last-s.first+1)
			return err
		})
		list = append(list, s)
		if r.err != nil {
			break
		}
	}
	if err := errors.Join(group.Wait(), r.finish()); err != nil {
		return 0, fmt.Errorf("%w: %w", errSnapshot, err)
	}
	for _, s := range list {
		s.prepareBooks()
		go s.books() // whoever asks for a suggestion before they stand waits for them
	}
	g.columns, g.segments, g.cursor = columns, list, cursor
	return end, nil
}

// head is a segment without its fields, which segmentOf reads.
func (s *segment) head() []byte {
	b := binary.AppendUvarint(nil, uint64(s.first))
	b = binary.AppendUvarint(b, uint64(s.last))
	return binary.AppendUvarint(b, uint64(s.documents))
}

func segmentOf(head []byte) *segment {
	d := decoder{b: head}
	return &segment{
		first: uint32(d.unsigned()), last: uint32(d.unsigned()), documents: int(d.unsigned()),
		fields: make([]postings, fieldCount),
	}
}

func (p *postings) encode() []byte {
	b := binary.AppendUvarint(nil, uint64(p.len()))
	if p.len() == 0 {
		return b
	}
	b = binary.AppendUvarint(b, uint64(len(p.terms)))
	b = append(b, p.terms...)
	b = binary.AppendUvarint(b, uint64(len(p.slots)))
	for i := range p.len() {
		b = binary.AppendUvarint(b, uint64(len(p.term(i))))
		holders, _ := p.at(i)
		b = binary.AppendUvarint(b, uint64(len(holders)))
		var last uint32
		for _, slot := range holders {
			b = binary.AppendUvarint(b, uint64(slot-last))
			last = slot
		}
	}
	return append(b, p.counts...)
}

func decodePostings(block []byte, counted bool) (postings, error) {
	d := decoder{b: block}
	terms := d.unsigned()
	if d.bad {
		return postings{}, errSnapshot
	}
	if terms == 0 {
		return postings{}, nil
	}
	p := postings{terms: []byte(d.text())}
	held := d.unsigned()
	if d.bad || terms > uint64(len(block)) || held > uint64(len(block)) {
		return p, errSnapshot
	}
	p.ends, p.starts = make([]uint32, 0, terms), make([]uint32, 1, terms+1)
	p.slots = make([]uint32, 0, held)
	var end uint32
	for range terms {
		end += uint32(d.unsigned())
		p.ends = append(p.ends, end)
		var slot uint32
		for n := d.unsigned(); n > 0 && !d.bad; n-- {
			slot += uint32(d.unsigned())
			p.slots = append(p.slots, slot)
		}
		p.starts = append(p.starts, uint32(len(p.slots)))
	}
	if d.bad || int(end) != len(p.terms) || len(p.slots) != int(held) {
		return p, errSnapshot
	}
	if counted {
		p.counts = append([]uint8(nil), d.b...)
		d.b = nil
	}
	if len(d.b) != 0 || counted && len(p.counts) != len(p.slots) {
		return p, errSnapshot
	}
	return p, nil
}

// lengths are those of the wordings by slot, which decodeWordings reads.
func (w *wordings) lengths() []byte {
	var b []byte
	for i := 1; i < len(w.starts); i++ {
		b = binary.AppendUvarint(b, w.starts[i]-w.starts[i-1])
	}
	return b
}

func decodeWordings(lengths, text []byte, slots uint32) (wordings, error) {
	if uint64(slots) > uint64(len(lengths)) {
		return wordings{}, errSnapshot
	}
	d, w := decoder{b: lengths}, wordings{text: text, starts: make([]uint64, 1, slots+1)}
	for range slots {
		w.starts = append(w.starts, w.starts[len(w.starts)-1]+d.unsigned())
	}
	if d.bad || len(d.b) != 0 || w.starts[slots] != uint64(len(text)) {
		return wordings{}, errSnapshot
	}
	return w, nil
}

// blockWriter writes blocks; the first error stays.
type blockWriter struct {
	buffered *bufio.Writer
	hash     *xxhash.Digest
	err      error
}

func (w *blockWriter) block(b []byte) {
	w.write(binary.LittleEndian.AppendUint64(nil, uint64(len(b))))
	w.write(b)
}

func (w *blockWriter) write(b []byte) {
	if w.err == nil {
		_, _ = w.hash.Write(b) // never fails
		_, w.err = w.buffered.Write(b)
	}
}

func (w *blockWriter) finish() error {
	if w.err == nil {
		_, w.err = w.buffered.Write(w.hash.Sum(nil))
	}
	return errors.Join(w.err, w.buffered.Flush())
}

// blockReader reads what blockWriter wrote; after an error blocks are empty.
type blockReader struct {
	buffered *bufio.Reader
	hash     *xxhash.Digest
	// size is the file's: it bounds what a damaged length makes the program
	// allocate.
	size int64
	err  error
}

func (r *blockReader) block() []byte {
	var length [8]byte
	if !r.read(length[:]) {
		return nil
	}
	n := binary.LittleEndian.Uint64(length[:])
	if n > uint64(r.size) {
		r.err = errSnapshot
		return nil
	}
	b := make([]byte, n)
	if !r.read(b) {
		return nil
	}
	return b
}

func (r *blockReader) read(b []byte) bool {
	if r.err != nil {
		return false
	}
	if _, r.err = io.ReadFull(r.buffered, b); r.err != nil {
		return false
	}
	_, _ = r.hash.Write(b) // never fails
	return true
}

func (r *blockReader) finish() error {
	if r.err != nil {
		return r.err
	}
	want := r.hash.Sum(nil)
	got, err := io.ReadAll(r.buffered)
	if err != nil {
		return err
	}
	if string(got) != string(want) {
		return errors.New("its checksum is wrong")
	}
	return nil
}
