package embedded

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"log/slog"
	"math"
	"os"

	"github.com/gofrs/flock"

	"chengqiao/internal/search"
)

// A ledger is the file of all batches that a generation was given, each with
// its documents and its cursor, in one frame with a checksum. A batch counts
// once its frame is on disk; all else of an index is made from it again. It is
// also where documents are read from.
//
// A frame is the length of its content (4 bytes, little-endian), the content's
// CRC-32C, and the content. The first frame holds the version.
type ledger struct {
	file *os.File
	lock *flock.Flock
	end  int64
	// broken is why nothing more can be written: what the file holds behind end
	// is not known.
	broken error
}

const (
	// ledgerFile bears the number of its format: another program's is not read.
	ledgerFile  = "ledger.2"
	lockFile    = "lock"
	frameHeader = 8
	// maxFrame is the longest content that is read: a batch is far shorter.
	maxFrame = math.MaxInt32
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// place is where a document stands in the ledger.
type place struct {
	at     int64
	length uint32
}

// openLedger opens or makes the file; another process that has it open makes
// it fail.
func openLedger(path func(name string) string, flags int) (*ledger, error) {
	lock := flock.New(path(lockFile))
	got, err := lock.TryLock()
	if err != nil {
		return nil, err
	}
	if !got {
		return nil, errors.New("another process has it open: a server there must be stopped first")
	}
	file, err := os.OpenFile(path(ledgerFile), os.O_RDWR|flags, fileMode)
	if err != nil {
		return nil, errors.Join(err, lock.Unlock())
	}
	info, err := file.Stat()
	if err != nil {
		return nil, errors.Join(err, file.Close(), lock.Unlock())
	}
	return &ledger{file: file, lock: lock, end: info.Size()}, nil
}

func (l *ledger) close() error { return errors.Join(l.file.Close(), l.lock.Unlock()) }

// append writes a frame durably and gives the place of its content.
func (l *ledger) append(content []byte) (at int64, err error) {
	if l.broken != nil {
		return 0, l.broken
	}
	if len(content) > maxFrame {
		return 0, fmt.Errorf("a batch of %d bytes is too long", len(content))
	}
	frame := make([]byte, frameHeader, frameHeader+len(content))
	binary.LittleEndian.PutUint32(frame, uint32(len(content)))
	binary.LittleEndian.PutUint32(frame[4:], crc32.Checksum(content, castagnoli))
	_, err = l.file.WriteAt(append(frame, content...), l.end)
	if err = errors.Join(err, l.sync()); err != nil {
		if cut := l.file.Truncate(l.end); cut != nil {
			l.broken = errors.Join(err, cut)
		}
		return 0, err
	}
	at = l.end + frameHeader
	l.end = at + int64(len(content))
	return at, nil
}

func (l *ledger) sync() error { return l.file.Sync() }

// read visits the frames from a place on. What a crash left unfinished at the
// end is cut off: nobody was told that it is durable.
func (l *ledger) read(from int64, visit func(content []byte, at int64) error) error {
	r := bufio.NewReaderSize(io.NewSectionReader(l.file, from, l.end-from), 1<<20)
	for at := from; ; {
		content, err := readFrame(r, l.end-at)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if errors.Is(err, errTorn) {
			slog.Warn("the end of the search index's ledger is cut off: it was never finished", "at", at, "bytes", l.end-at)
			l.end = at
			return l.file.Truncate(at)
		}
		if err != nil {
			return err
		}
		if err := visit(content, at+frameHeader); err != nil {
			return err
		}
		at += frameHeader + int64(len(content))
	}
}

var errTorn = errors.New("a frame is not whole")

// readFrame reads one frame of at most `left` bytes; the error is io.EOF at the
// end and errTorn for a frame that is not whole.
func readFrame(r io.Reader, left int64) ([]byte, error) {
	if left == 0 {
		return nil, io.EOF
	}
	var header [frameHeader]byte
	if left < frameHeader {
		return nil, errTorn
	}
	if _, err := io.ReadFull(r, header[:]); err != nil {
		return nil, err
	}
	length := int64(binary.LittleEndian.Uint32(header[:]))
	if length > left-frameHeader || length == 0 {
		return nil, errTorn
	}
	content := make([]byte, length)
	if _, err := io.ReadFull(r, content); err != nil {
		return nil, err
	}
	if crc32.Checksum(content, castagnoli) != binary.LittleEndian.Uint32(header[4:]) {
		return nil, errTorn
	}
	return content, nil
}

// raw reads one document as it is written.
func (l *ledger) raw(p place) ([]byte, error) {
	raw := make([]byte, p.length)
	if _, err := l.file.ReadAt(raw, p.at); err != nil {
		return nil, fmt.Errorf("document at %d: %w", p.at, err)
	}
	return raw, nil
}

// document reads one document.
func (l *ledger) document(p place) (*search.Document, error) {
	raw, err := l.raw(p)
	if err != nil {
		return nil, err
	}
	d, err := decodeDocument(raw)
	if err != nil {
		return nil, fmt.Errorf("document at %d: %w", p.at, err)
	}
	return &d, nil
}

// encodeBatch writes a batch as a frame's content; places are those of its
// documents inside it.
func encodeBatch(deleted []string, documents [][]byte, cursor int64) (content []byte, places []place) {
	var e encoder
	e.signed(cursor)
	e.texts(deleted)
	e.unsigned(uint64(len(documents)))
	for _, d := range documents {
		e.unsigned(uint64(len(d)))
		places = append(places, place{int64(len(e.b)), uint32(len(d))})
		e.b = append(e.b, d...)
	}
	return e.b, places
}

// decodeBatch reads what encodeBatch wrote.
func decodeBatch(content []byte) (b search.Batch, places []place, err error) {
	d := decoder{b: content}
	b.Cursor = d.signed()
	b.Delete = d.texts()
	for n := d.unsigned(); n > 0 && !d.bad; n-- {
		raw := d.text()
		places = append(places, place{int64(len(content) - len(d.b) - len(raw)), uint32(len(raw))})
		document, err := decodeDocument([]byte(raw))
		if err != nil {
			return b, nil, err
		}
		b.Upsert = append(b.Upsert, document)
	}
	if d.bad || len(d.b) != 0 {
		return b, nil, fmt.Errorf("a batch of %d bytes cannot be read", len(content))
	}
	return b, places, nil
}
