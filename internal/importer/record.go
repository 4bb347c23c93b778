package importer

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"unicode/utf8"

	"chengqiao/internal/errs"
	"chengqiao/internal/text"
)

// maxLine bounds one record, in bytes.
const maxLine = 1 << 20

// record is one line: its values by folded column name. A value is what JSON
// makes of it; of CSV it is a string.
type record struct {
	line   int64
	values map[string]any
}

// records reads a file. Next gives io.EOF at the end; a *fault for a line that
// cannot be read, after which the next one can be; any other error ends the file.
type records interface {
	next() (record, error)
}

// fault is a line that cannot be read.
type fault struct {
	line  int64
	field errs.Field
}

// Error implements error.
func (f *fault) Error() string { return f.field.Code }

func lineFault(line int64, code string, params errs.Params) *fault {
	return &fault{line, errs.Field{Code: code, Params: params}}
}

// jsonLines reads JSON Lines; empty lines are none.
type jsonLines struct {
	r    *bufio.Reader
	line int64
	buf  []byte
}

func newJSONLines(r *bufio.Reader) *jsonLines { return &jsonLines{r: r} }

func (j *jsonLines) next() (record, error) {
	for {
		raw, tooLong, err := j.read()
		if err != nil {
			return record{}, err
		}
		j.line++
		raw = bytes.TrimSpace(raw)
		switch {
		case tooLong:
			return record{}, lineFault(j.line, "line_too_long", errs.Params{"max_bytes": maxLine})
		case len(raw) == 0:
			continue
		}
		return parseJSON(j.line, raw)
	}
}

func parseJSON(line int64, raw []byte) (record, error) {
	if !utf8.Valid(raw) {
		return record{}, lineFault(line, "not_utf8", nil)
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var value any
	if err := d.Decode(&value); err != nil {
		return record{}, lineFault(line, "malformed_json", errs.Params{"at": d.InputOffset()})
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return record{}, lineFault(line, "malformed_json", errs.Params{"at": d.InputOffset()})
	}
	object, ok := value.(map[string]any)
	if !ok {
		return record{}, lineFault(line, "not_an_object", nil)
	}
	r := record{line: line, values: make(map[string]any, len(object))}
	for name, v := range object {
		r.values[text.Fold(name)] = v
	}
	return r, nil
}

// read gives the next line without its end, and whether it was cut for its length.
func (j *jsonLines) read() (line []byte, tooLong bool, err error) {
	j.buf = j.buf[:0]
	for {
		part, err := j.r.ReadSlice('\n')
		if room := maxLine - len(j.buf); len(part) > room {
			tooLong = true
			part = part[:room]
		}
		j.buf = append(j.buf, part...)
		switch {
		case err == nil:
			return j.buf, tooLong, nil
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF) && (len(j.buf) > 0 || tooLong):
			return j.buf, tooLong, nil
		default:
			return nil, false, err
		}
	}
}

// csvLines reads CSV with a heading.
type csvLines struct {
	r       *csv.Reader
	budget  *budget
	columns []string
}

// errRecordTooLong ends a CSV file: where a quoted record never ends, nobody
// can say where the next one begins.
var errRecordTooLong = errs.Newp(errs.Malformed, "record_too_long", errs.Params{"max_bytes": maxLine})

// budget bounds what one record may read.
type budget struct {
	r    io.Reader
	left int
}

func (b *budget) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errRecordTooLong
	}
	n, err := b.r.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

func (b *budget) refill() { b.left = maxLine + sniffed }

func newCSV(r io.Reader, separator rune) (*csvLines, error) {
	b := &budget{r: r}
	b.refill()
	c := &csvLines{r: csv.NewReader(b), budget: b}
	c.r.Comma = separator
	c.r.ReuseRecord = true
	heading, err := c.r.Read()
	switch {
	case errors.Is(err, io.EOF):
		return nil, errs.New(errs.Malformed, "file_empty")
	case err != nil:
		return nil, fileError(err, "malformed_heading")
	}
	seen := map[string]bool{}
	for _, name := range heading {
		folded := text.Fold(name)
		if folded != "" && seen[folded] {
			return nil, errs.Newp(errs.Malformed, "column_twice", errs.Params{"column": name})
		}
		seen[folded] = true
		c.columns = append(c.columns, folded)
	}
	return c, nil
}

// fileError keeps an error of ours and calls any other the file's.
func fileError(err error, code string) error {
	var known *errs.Error
	if errors.As(err, &known) {
		return err
	}
	return errs.Wrap(errs.Malformed, code, err)
}

func (c *csvLines) next() (record, error) {
	c.budget.refill()
	cells, err := c.r.Read()
	if err != nil {
		var malformed *csv.ParseError
		switch {
		case errors.Is(err, io.EOF):
			return record{}, err
		case errors.Is(err, errRecordTooLong):
			return record{}, errRecordTooLong
		case errors.As(err, &malformed) && errors.Is(malformed.Err, csv.ErrFieldCount):
			return record{}, lineFault(int64(malformed.StartLine), "wrong_column_count",
				errs.Params{"columns": len(c.columns), "found": len(cells)})
		case errors.As(err, &malformed):
			return record{}, lineFault(int64(malformed.StartLine), "malformed_csv", errs.Params{"column": malformed.Column})
		}
		return record{}, err
	}
	line, _ := c.r.FieldPos(0)
	r := record{line: int64(line), values: make(map[string]any, len(cells))}
	for i, cell := range cells {
		if !utf8.ValidString(cell) {
			return record{}, lineFault(r.line, "not_utf8", nil)
		}
		if c.columns[i] != "" && cell != "" {
			r.values[c.columns[i]] = cell
		}
	}
	return r, nil
}
