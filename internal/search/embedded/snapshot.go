package embedded

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cespare/xxhash/v2"
	"golang.org/x/sync/errgroup"
)

// A snapshot is a generation's index as files, up to a place in its ledger, so
// that opening it need not analyse every document again: the segments', and one
// that names them and holds the columns. It is derived: one that is missing,
// damaged or of another layout only makes opening slower.
//
// The file is a list of blocks, each with its length in front, and the checksum
// of all of them at the end.
const (
	snapshotFile = "snapshot"
	snapshotMark = "chengqiao-search-4"
)

var errSnapshot = errors.New("the snapshot cannot be read")

// save writes the index as it stands. The caller sees to it that nobody
// changes it meanwhile.
func (g *generation) save() error {
	for _, s := range g.segments {
		if err := s.keep(g.path); err != nil {
			return err
		}
	}
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
	for _, s := range g.segments {
		w.block([]byte(filepath.Base(s.path)))
	}
	for _, b := range g.columns.blocks() {
		w.block(b)
	}
	err = errors.Join(w.finish(), file.Sync(), file.Close())
	if err != nil {
		return err
	}
	if err := os.Rename(g.file(snapshotFile+".new"), g.file(snapshotFile)); err != nil {
		return err
	}
	g.saved = g.ledger.end
	for _, s := range g.segments {
		s.named = true
	}
	g.sweep()
	return nil
}

// keep makes a segment's file durable.
func (s *segment) keep(folder string) error {
	if s.named {
		return nil
	}
	if s.path == "" {
		path := newSegmentPath(folder)
		if err := s.write(path); err != nil {
			return err
		}
		s.path = path
	}
	file, err := os.OpenFile(s.path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), file.Close())
}

// sweep removes the files of segments that are no more. What cannot be removed
// only takes space.
func (g *generation) sweep() {
	entries, err := os.ReadDir(g.path)
	for _, entry := range entries {
		path := g.file(entry.Name())
		if strings.HasPrefix(entry.Name(), segmentPrefix) && !slices.ContainsFunc(g.segments, func(s *segment) bool { return s.path == path }) {
			err = errors.Join(err, os.Remove(path))
		}
	}
	if err != nil {
		slog.Warn("old segments of the search index cannot be removed", "path", g.path, "error", err)
	}
}

// retire gives up segments that were merged into another. The files of those
// that the snapshot names stay as long as it does.
func (g *generation) retire(segments []*segment) {
	for _, s := range segments {
		err := s.release()
		if s.path != "" && !s.named {
			err = errors.Join(err, os.Remove(s.path))
		}
		if err != nil {
			slog.Warn("a segment of the search index that was merged cannot be removed", "path", s.path, "error", err)
		}
	}
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
	var names []string
	for range segments {
		names = append(names, string(r.block()))
		if r.err != nil {
			break
		}
	}
	columns, list := newColumns(), make([]*segment, len(names))
	var group errgroup.Group
	for i, name := range names {
		group.Go(func() (err error) {
			list[i], err = openSegment(g.file(filepath.Base(name)), true)
			return err
		})
	}
	fits := columns.read(r.block)
	if err := errors.Join(group.Wait(), fits, r.finish()); err != nil {
		for _, s := range list {
			if s != nil {
				err = errors.Join(err, s.release())
			}
		}
		return 0, fmt.Errorf("%w: %w", errSnapshot, err)
	}
	for _, s := range list {
		s.named = true
		go s.books() // whoever asks for a suggestion before they stand waits for them
	}
	g.columns, g.segments, g.cursor = columns, list, cursor
	return end, nil
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
