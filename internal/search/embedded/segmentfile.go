package embedded

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"github.com/cespare/xxhash/v2"
	"github.com/edsrzf/mmap-go"
	"golang.org/x/sync/errgroup"

	"chengqiao/internal/ident"
)

// A segment's file holds its arrays as they lie in memory, so that it is opened
// by mapping it: the system reads what is used, and takes memory back when it
// needs some. In front stands the head, numbers of 64 bits in this machine's byte
// order: segmentMark, the checksum of what follows in the head, the first slot,
// the last, the number of documents, and the extent of each array. Between the
// arrays there may be room that was never written.
//
// It is derived like the snapshot that names it: one that is damaged, or of
// another machine, only makes opening slower.
const (
	segmentPrefix = "segment-"
	// segmentMark also tells the order of its bytes.
	segmentMark = 0x6371_7365_676d_0001
	// headNumbers stand before the extents, of extentNumbers each.
	headNumbers   = 5
	extentNumbers = 3
	wordBytes     = 8
)

// extent is where in a file an array lies, in bytes.
type extent struct{ at, length, checksum uint64 }

// segmentDraft is a segment's file that is being written.
type segmentDraft struct {
	file *os.File
	// end is where there is room.
	end uint64
}

// arrayCount is the number of arrays of a segment: five of each field, and two
// of the wordings.
func arrayCount() int { return 5*fieldCount + 2 }

func newSegmentPath(folder string) string {
	return filepath.Join(folder, segmentPrefix+ident.NewID())
}

func draftSegment(path string) (*segmentDraft, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, fileMode)
	if err != nil {
		return nil, err
	}
	return &segmentDraft{file: file, end: uint64(wordBytes * (headNumbers + extentNumbers*arrayCount()))}, nil
}

// room is where so many bytes may be written.
func (d *segmentDraft) room(bytes int) uint64 {
	at := d.end
	d.end += (uint64(bytes) + wordBytes - 1) / wordBytes * wordBytes
	return at
}

func (d *segmentDraft) write(b []byte, at uint64) error {
	_, err := d.file.WriteAt(b, int64(at))
	return err
}

// finish writes the head of a segment whose arrays are written, and closes.
func (d *segmentDraft) finish(s *segment, extents []extent) error {
	head := []uint64{segmentMark, 0, uint64(s.first), uint64(s.last), uint64(s.documents)}
	for _, e := range extents {
		head = append(head, e.at, e.length, e.checksum)
	}
	head[1] = xxhash.Sum64(bytesOf(head[2:]))
	return errors.Join(d.write(bytesOf(head), 0), d.file.Truncate(int64(d.end)), d.file.Close())
}

// abandon removes a draft.
func (d *segmentDraft) abandon() error {
	_ = d.file.Close() // it may be closed already
	return os.Remove(d.file.Name())
}

// write writes a segment that lies in memory.
func (s *segment) write(path string) error {
	d, err := draftSegment(path)
	if err != nil {
		return err
	}
	var extents []extent
	for _, b := range s.arrays() {
		e := extent{d.room(len(b)), uint64(len(b)), xxhash.Sum64(b)}
		if err := d.write(b, e.at); err != nil {
			return errors.Join(err, d.abandon())
		}
		extents = append(extents, e)
	}
	if err := d.finish(s, extents); err != nil {
		return errors.Join(err, d.abandon())
	}
	return nil
}

// arrays are the bytes of a segment's arrays, in the order of their extents.
func (s *segment) arrays() [][]byte {
	var out [][]byte
	for f := range s.fields {
		p := &s.fields[f]
		out = append(out, p.terms, bytesOf(p.ends), bytesOf(p.starts), bytesOf(p.slots), p.counts)
	}
	return append(out, s.wordings.text, bytesOf(s.wordings.starts))
}

// openSegment maps a segment's file. With checked it reads all of it first, so
// that whoever searches finds it whole and in memory. The error is errSnapshot
// for a file that does not fit.
func openSegment(path string, checked bool) (*segment, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	mapping, err := mmap.Map(file, mmap.RDONLY, 0)
	if err != nil {
		return nil, fmt.Errorf("map %s: %w", path, err)
	}
	s, err := segmentIn(mapping, checked)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, err), mapping.Unmap())
	}
	s.path, s.mapping = path, mapping
	s.prepareBooks()
	return s, nil
}

func segmentIn(content []byte, checked bool) (*segment, error) {
	size := headNumbers + extentNumbers*arrayCount()
	if len(content) < wordBytes*size {
		return nil, errSnapshot
	}
	head, _ := valuesIn[uint64](content[:wordBytes*size])
	if head[0] != segmentMark || head[1] != xxhash.Sum64(bytesOf(head[2:])) {
		return nil, errSnapshot
	}
	s := &segment{first: uint32(head[2]), last: uint32(head[3]), documents: int(head[4]), fields: make([]postings, fieldCount)}
	var arrays [][]byte
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for at := headNumbers; at < size; at += extentNumbers {
		e := extent{head[at], head[at+1], head[at+2]}
		if e.at%wordBytes != 0 || e.at > uint64(len(content)) || e.length > uint64(len(content))-e.at {
			return nil, errors.Join(errSnapshot, group.Wait())
		}
		b := content[e.at : e.at+e.length]
		arrays = append(arrays, b)
		if checked {
			group.Go(func() error {
				if xxhash.Sum64(b) != e.checksum {
					return errSnapshot
				}
				return nil
			})
		}
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return s, s.take(arrays)
}

// take makes a segment's arrays of their bytes, in the order that arrays gives
// them in.
func (s *segment) take(arrays [][]byte) error {
	fits := true
	numbers := func(b []byte) []uint32 {
		values, ok := valuesIn[uint32](b)
		fits = fits && ok
		return values
	}
	for f := range s.fields {
		p := &s.fields[f]
		p.terms, p.ends, p.starts, p.slots = arrays[0], numbers(arrays[1]), numbers(arrays[2]), numbers(arrays[3])
		if counted(f) {
			p.counts = arrays[4]
			fits = fits && len(p.counts) == len(p.slots)
		}
		if n := len(p.ends); n > 0 {
			fits = fits && len(p.starts) == n+1 && int(p.ends[n-1]) == len(p.terms) && int(p.starts[n]) == len(p.slots)
		}
		arrays = arrays[5:]
	}
	starts, ok := valuesIn[uint64](arrays[1])
	s.wordings = wordings{text: arrays[0], starts: starts}
	slots := uint64(s.last) - uint64(s.first) + 1
	if !fits || !ok || uint64(len(starts)) != slots+1 || starts[slots] != uint64(len(s.wordings.text)) {
		return errSnapshot
	}
	return nil
}

// release gives up the mapping of a segment that nobody reads any more; what it
// holds is gone with it. One in memory is left as it is.
func (s *segment) release() error {
	if s.mapping == nil {
		return nil
	}
	s.books() // who makes them reads what is mapped
	mapping := s.mapping
	s.mapping, s.wordings = nil, wordings{}
	clear(s.fields)
	return mapping.Unmap()
}
