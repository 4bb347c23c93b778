package importer

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"strings"
	"sync/atomic"
	"unicode"
	"unicode/utf8"

	"github.com/gabriel-vasile/mimetype"
	"golang.org/x/text/encoding/simplifiedchinese"

	"chengqiao/internal/errs"
)

// File is what is imported. It is opened more than once.
type File interface {
	// Name decides nothing but the format of a file that does not show it.
	Name() string
	// Size is in bytes, 0 if unknown; progress is measured by it.
	Size() int64
	Open() (io.ReadCloser, error)
}

// Open is a file by its path. Errors: errs.NotFound "file_not_found";
// errs.Invalid "file_is_folder".
func Open(path string) (File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, errs.Wrap(errs.NotFound, "file_not_found", err)
	}
	if info.IsDir() {
		return nil, errs.New(errs.Invalid, "file_is_folder")
	}
	return diskFile{path, info.Size()}, nil
}

type diskFile struct {
	path string
	size int64
}

func (f diskFile) Name() string                 { return f.path }
func (f diskFile) Size() int64                  { return f.size }
func (f diskFile) Open() (io.ReadCloser, error) { return os.Open(f.path) }

// counted counts the bytes that were read of the file itself.
type counted struct {
	r io.Reader
	n *atomic.Int64
}

func (c counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n.Add(int64(n))
	return n, err
}

// sniffed is how much of a file is looked at to find its format.
const sniffed = 64 << 10

var (
	gzipMagic = []byte{0x1f, 0x8b}
	xlsxMagic = []byte("PK\x03\x04")
	// oleMagic begins the files of spreadsheets before XLSX, and encrypted ones.
	oleMagic = []byte{0xd0, 0xcf, 0x11, 0xe0}
	utf8BOM  = []byte{0xef, 0xbb, 0xbf}
)

// OpenTable reads a file, whatever its format: XLSX, CSV or JSON Lines, the
// latter two plain or gzip'd. unzipped bounds what comes out of a compressed
// file, in bytes; 0 is no bound for gzip and DefaultUnzipped for XLSX, which
// does not stream. Errors: errs.Malformed "malformed_gzip", "malformed_xlsx",
// "format_not_read", "not_a_table", "column_twice", "too_many_columns"; errs.Invalid "file_empty";
// errs.TooLarge "unzipped_too_large", also later, from Next.
func OpenTable(r io.Reader, name string, unzipped int64) (Table, error) {
	b := bufio.NewReaderSize(r, sniffed)
	if magic, _ := b.Peek(len(xlsxMagic)); bytes.Equal(magic, xlsxMagic) {
		return openXLSX(b, unzipped)
	} else if bytes.HasPrefix(magic, oleMagic) {
		return nil, errs.New(errs.Malformed, "format_not_read")
	}
	if magic, _ := b.Peek(len(gzipMagic)); bytes.Equal(magic, gzipMagic) {
		body, err := gzip.NewReader(b)
		if err != nil {
			return nil, errs.Wrap(errs.Malformed, "malformed_gzip", err)
		}
		b = bufio.NewReaderSize(bounded(body, unzipped), sniffed)
		name = strings.TrimSuffix(name, ".gz")
	}
	head, _ := b.Peek(sniffed)
	if bytes.HasPrefix(head, utf8BOM) {
		_, _ = b.Discard(len(utf8BOM))
		head = head[len(utf8BOM):]
	}
	if !isText(head) {
		return nil, errs.New(errs.Malformed, "not_a_table")
	}
	if !isCSV(head, name) {
		return newJSONLines(b), nil
	}
	if !validStart(head) { // what Chinese spreadsheets write
		b = bufio.NewReaderSize(simplifiedchinese.GB18030.NewDecoder().Reader(b), sniffed)
		head, _ = b.Peek(sniffed)
	}
	return newCSV(b, head)
}

// isText tells texts from what is known to be something else, as a picture or
// a PDF. Its beginning alone would not do: "BM" begins pictures, and headings.
func isText(head []byte) bool {
	kind := mimetype.Detect(head)
	if kind.Is("application/octet-stream") {
		return true // a text with a stray byte is one for all that
	}
	for ; kind != nil; kind = kind.Parent() {
		if kind.Is("text/plain") {
			return true
		}
	}
	return !bytes.ContainsFunc(head, func(r rune) bool { return r < ' ' && !unicode.IsSpace(r) })
}

// isCSV tells the formats apart: a line of JSON Lines begins with a brace.
func isCSV(head []byte, name string) bool {
	head = bytes.TrimLeft(head, " \t\r\n")
	if len(head) == 0 {
		lower := strings.ToLower(name)
		return strings.HasSuffix(lower, ".csv") || strings.HasSuffix(lower, ".tsv")
	}
	if head[0] == '{' {
		return false
	}
	lower := strings.ToLower(name)
	return !strings.HasSuffix(lower, ".jsonl") && !strings.HasSuffix(lower, ".ndjson") && !strings.HasSuffix(lower, ".json")
}

// validStart tells whether head is UTF-8, apart from a character cut at its end.
func validStart(head []byte) bool {
	for cut := 0; cut < utf8.UTFMax && cut <= len(head); cut++ {
		if utf8.Valid(head[:len(head)-cut]) {
			return true
		}
	}
	return false
}

// separator is the one that the first line with any uses most: the heading, or
// what a spreadsheet writes above it, in as many cells.
func separator(head []byte) rune {
	for line := range bytes.Lines(head) {
		best, most := ',', 0
		for _, c := range ",\t;" {
			if n := bytes.Count(line, []byte(string(c))); n > most {
				best, most = c, n
			}
		}
		if most > 0 {
			return best
		}
	}
	return ','
}

// capped ends what comes out of a compressed file.
type capped struct {
	r    io.Reader
	left int64
	most int64
}

// bounded lets most bytes through and fails at the next; 0 is no bound.
func bounded(r io.Reader, most int64) io.Reader {
	if most <= 0 {
		return r
	}
	return &capped{r, most, most}
}

// Read implements io.Reader.
func (c *capped) Read(p []byte) (int, error) {
	if c.left <= 0 {
		return 0, unzippedTooLarge(c.most)
	}
	n, err := c.r.Read(p[:min(int64(len(p)), c.left)])
	c.left -= int64(n)
	return n, err
}

func unzippedTooLarge(most int64) error {
	return errs.Newp(errs.TooLarge, "unzipped_too_large", errs.Params{"max_bytes": most})
}
