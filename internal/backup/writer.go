package backup

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"time"
)

// rowsAtOnce is how many bytes of a table's rows are held until they are an
// entry: tar wants to know the size of each before.
const rowsAtOnce = 1 << 20

// Writer writes a backup as it comes.
type Writer struct {
	gzip *gzip.Writer
	tar  *tar.Writer
	at   time.Time

	manifest Manifest
	part     *sum
	// rows of table that are no entry yet; entries are those before.
	rows    bytes.Buffer
	table   string
	entries int
}

// sum describes a part while it grows.
type sum struct {
	Part
	hash hash.Hash
}

func newSum(name string) *sum { return &sum{Part: Part{Name: name}, hash: sha256.New()} }

// begin counts an entry in and gives where its content is to be written too.
func (s *sum) begin(name string, size int64) io.Writer {
	fmt.Fprintf(s.hash, "%s\n%d\n", name, size) // a hash never fails
	s.Bytes += size
	return s.hash
}

func (s *sum) done() Part {
	s.SHA256 = hex.EncodeToString(s.hash.Sum(nil))
	return s.Part
}

// NewWriter begins a backup with its head, whose format it fills in.
func NewWriter(to io.Writer, head Head) (*Writer, error) {
	head.Format = Format
	// The quickest level: what is uploaded is mostly compressed already, and for the
	// rows of a real store the usual one took twice as long for an eighth less.
	compressed, err := gzip.NewWriterLevel(to, gzip.BestSpeed)
	if err != nil {
		return nil, err
	}
	w := &Writer{gzip: compressed, tar: tar.NewWriter(compressed), at: head.MadeAt.Truncate(time.Second)}
	content, err := indented(head)
	if err != nil {
		return nil, err
	}
	return w, w.entry(headName, int64(len(content)), bytes.NewReader(content), io.Discard)
}

// Row adds a row of a table, its values in the order of the head's columns. The
// rows of a table come one after the other.
func (w *Writer) Row(table string, values []any) error {
	if w.table != table {
		if err := w.flush(); err != nil {
			return err
		}
		w.table, w.entries = table, 0
		w.begin(tables + table)
	}
	w.part.Count++
	if err := appendRow(&w.rows, values); err != nil {
		return err
	}
	if w.rows.Len() < rowsAtOnce {
		return nil
	}
	return w.flush()
}

// flush makes an entry of the rows that wait.
func (w *Writer) flush() error {
	if w.rows.Len() == 0 {
		return nil
	}
	w.entries++
	name := fmt.Sprintf("%s%s/%06d.jsonl", tables, w.table, w.entries)
	size := int64(w.rows.Len())
	err := w.entry(name, size, &w.rows, w.part.begin(name, size))
	w.rows.Reset()
	return err
}

// Add adds a file of a part, of exactly size bytes. The files of a part come one
// after the other.
func (w *Writer) Add(part, name string, size int64, content io.Reader) error {
	if err := w.flush(); err != nil {
		return err
	}
	if w.part == nil || w.part.Name != part {
		w.begin(part)
	}
	entry := part
	if part != TokenKey {
		entry += "/" + name
	}
	if _, _, ok := partOf(entry); !ok {
		return fmt.Errorf("backup: no name for %s: %q", part, name)
	}
	w.part.Count++
	return w.entry(entry, size, content, w.part.begin(entry, size))
}

func (w *Writer) begin(part string) {
	w.end()
	w.part = newSum(part)
}

func (w *Writer) end() {
	if w.part != nil {
		w.manifest.Parts = append(w.manifest.Parts, w.part.done())
	}
	w.part = nil
}

func (w *Writer) entry(name string, size int64, content io.Reader, sum io.Writer) error {
	header := &tar.Header{Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o600, ModTime: w.at, Format: tar.FormatPAX}
	if err := w.tar.WriteHeader(header); err != nil {
		return err
	}
	n, err := io.Copy(io.MultiWriter(w.tar, sum), io.LimitReader(content, size))
	if err == nil && n < size {
		err = fmt.Errorf("%s ends after %d of %d bytes: %w", name, n, size, io.ErrUnexpectedEOF)
	}
	return err
}

// Close ends the backup with its manifest, which tells of what was at fault. It
// closes nothing beneath.
func (w *Writer) Close(filesAtFault, brokenReferences []string) (Manifest, error) {
	if err := w.flush(); err != nil {
		return Manifest{}, err
	}
	w.end()
	// Lists, if empty ones.
	w.manifest.FilesAtFault = append([]string{}, filesAtFault...)
	w.manifest.BrokenReferences = append([]string{}, brokenReferences...)
	content, err := indented(w.manifest)
	if err != nil {
		return Manifest{}, err
	}
	if err := w.entry(manifestName, int64(len(content)), bytes.NewReader(content), io.Discard); err != nil {
		return Manifest{}, err
	}
	return w.manifest, errors.Join(w.tar.Close(), w.gzip.Close())
}
