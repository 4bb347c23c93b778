package backup

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// mostHead bounds head and manifest, which are held in memory: a table takes a
// line, a file at fault 40 bytes.
const mostHead = 64 << 20

// Reader reads a backup from its beginning, once.
type Reader struct {
	source *bufio.Reader
	gzip   *gzip.Reader
	tar    *tar.Reader
	head   Head

	parts    []Part
	part     *sum
	current  io.Reader // the entry that Next gave, for its checksum to be whole
	manifest Manifest
}

// Entry is a piece of a backup.
type Entry struct {
	// Part is "database/TABLE", Files, Letters or TokenKey.
	Part string
	// Table is "" but for rows.
	Table string
	// Name is the key of a file, or the name of a letter.
	Name string
	// Size is in bytes.
	Size int64

	content io.Reader
	rows    *rowReader
}

// NewReader reads the head. Errors: ErrDamaged, ErrNewer, and the cause
// context.Canceled of a source that gives it.
func NewReader(from io.Reader) (*Reader, error) {
	r := &Reader{source: bufio.NewReaderSize(from, 1<<18)} // gzip then reads no byte too many
	var err error
	if r.gzip, err = gzip.NewReader(r.source); err != nil {
		return nil, damaged(err)
	}
	r.gzip.Multistream(false)
	r.tar = tar.NewReader(r.gzip)
	header, err := r.tar.Next()
	if err != nil {
		return nil, damaged(err)
	}
	if header.Name != headName {
		return nil, damaged(fmt.Errorf("it begins with %q, not with %s", header.Name, headName))
	}
	// Before all else: another format may have another head.
	var format struct{ Format int }
	content, err := r.document(header, &format)
	if err != nil {
		return nil, err
	}
	if format.Format > Format {
		return nil, ErrNewer
	}
	if format.Format != Format {
		return nil, damaged(fmt.Errorf("%s names the format %d", headName, format.Format))
	}
	if err := json.Unmarshal(content, &r.head); err != nil {
		return nil, damaged(fmt.Errorf("%s: %w", headName, err))
	}
	return r, nil
}

// Head is what the backup is of.
func (r *Reader) Head() Head { return r.head }

// Manifest is what Next has proven when it gave io.EOF.
func (r *Reader) Manifest() Manifest { return r.manifest }

func (r *Reader) document(header *tar.Header, into any) ([]byte, error) {
	if header.Size > mostHead {
		return nil, damaged(fmt.Errorf("%s has %d bytes", header.Name, header.Size))
	}
	content, err := io.ReadAll(r.tar)
	if err == nil {
		err = json.Unmarshal(content, into)
	}
	if err != nil {
		return nil, damaged(fmt.Errorf("%s: %w", header.Name, err))
	}
	return content, nil
}

// Next gives the following entry, once what was left of the one before is read.
// It gives io.EOF when all was there and nothing else, every part as the manifest
// says. Error: ErrDamaged.
func (r *Reader) Next() (*Entry, error) {
	if r.current != nil {
		if _, err := io.Copy(io.Discard, r.current); err != nil {
			return nil, damaged(err)
		}
		r.current = nil
	}
	header, err := r.tar.Next()
	switch {
	case errors.Is(err, io.EOF):
		return nil, damaged(errors.New("its end is missing"))
	case err != nil:
		return nil, damaged(err)
	case header.Name == manifestName:
		return nil, r.finish(header)
	}
	part, name, ok := partOf(header.Name)
	if !ok || header.Typeflag != tar.TypeReg {
		return nil, damaged(fmt.Errorf("what is %q?", header.Name))
	}
	e := &Entry{Part: part, Name: name, Size: header.Size}
	e.Table, _ = tableOf(part)
	columns, ok := r.head.Tables[e.Table]
	if e.Table != "" && !ok {
		return nil, damaged(fmt.Errorf("there is no table %s", e.Table))
	}
	if r.part == nil || r.part.Name != part {
		r.end()
		r.part = newSum(part)
	}
	content := io.TeeReader(r.tar, r.part.begin(header.Name, header.Size))
	if e.Table != "" {
		content = countLines{content, &r.part.Count}
		e.rows = &rowReader{json.NewDecoder(content), len(columns)}
	} else {
		r.part.Count++
	}
	e.content, r.current = content, content
	return e, nil
}

// Read reads a file or letter.
func (e *Entry) Read(p []byte) (int, error) {
	n, err := e.content.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = damaged(err)
	}
	return n, err
}

// Row is the following row of a table; io.EOF after the entry's last. Error:
// ErrDamaged.
func (e *Entry) Row() ([]any, error) {
	values, err := e.rows.next()
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, damaged(fmt.Errorf("a row of %s: %w", e.Table, err))
	}
	return values, err
}

func (r *Reader) end() {
	if r.part != nil {
		r.parts = append(r.parts, r.part.done())
	}
	r.part = nil
}

// finish compares what was read with the manifest and gives io.EOF when nothing
// differs and nothing follows.
func (r *Reader) finish(header *tar.Header) error {
	r.end()
	if _, err := r.document(header, &r.manifest); err != nil {
		return err
	}
	for i, p := range r.parts {
		if i >= len(r.manifest.Parts) || p != r.manifest.Parts[i] {
			return damaged(fmt.Errorf("%s is not as its checksum says", p.Name))
		}
	}
	if len(r.parts) < len(r.manifest.Parts) {
		return damaged(fmt.Errorf("%s is missing", r.manifest.Parts[len(r.parts)].Name))
	}
	if _, err := r.tar.Next(); !errors.Is(err, io.EOF) {
		return follows(err)
	}
	// To the end of the compressed stream, whose own checksum stands there.
	if n, err := io.Copy(io.Discard, r.gzip); n > 0 || err != nil {
		return follows(err)
	}
	if _, err := r.source.Peek(1); !errors.Is(err, io.EOF) {
		return follows(err)
	}
	return io.EOF
}

// follows is that the source goes on, or cannot be read, where it should end.
func follows(err error) error {
	if err == nil {
		err = errors.New("something follows its end")
	}
	return damaged(err)
}

// countLines counts rows as they pass.
type countLines struct {
	io.Reader
	n *int64
}

func (c countLines) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	*c.n += int64(bytes.Count(p[:n], []byte{'\n'}))
	return n, err
}

// Prove reads a backup to its end. Errors: those of NewReader and Next.
func Prove(from io.Reader) (Head, Manifest, error) {
	r, err := NewReader(from)
	if err != nil {
		return Head{}, Manifest{}, err
	}
	for {
		if _, err := r.Next(); errors.Is(err, io.EOF) {
			return r.head, r.manifest, nil
		} else if err != nil {
			return r.head, Manifest{}, err
		}
	}
}
