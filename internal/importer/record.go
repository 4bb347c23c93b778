package importer

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"chengqiao/internal/errs"
	"chengqiao/internal/text"
)

// maxLine bounds one record, in bytes.
const maxLine = 1 << 20

// MaxColumns bounds the columns of a file; JSON Lines leave out what is beyond.
const MaxColumns = 400

// Row is one record of a file.
type Row struct {
	// Line is where it begins: the line of a text, the row of a sheet, from 1.
	Line int64
	// Cells are its values by column; absent ones are nil or beyond the end. A
	// value is what JSON makes of it; of CSV and XLSX it is a string.
	Cells []any
	// Carried are the values of merged cells that began in a row above, by column;
	// nil where there are none.
	Carried []any
}

// Table is an open file as columns and rows.
type Table interface {
	// Columns are the names as the file has them. JSON Lines have no heading:
	// columns come to them with the rows.
	Columns() []string
	// Next gives io.EOF at the end; a *RowFault for a row that cannot be read,
	// after which the next one can be; any other error ends the file.
	Next() (Row, error)
	// Close frees what the table holds.
	Close() error
}

// RowFault is a row that cannot be read.
type RowFault struct {
	Line  int64
	Field errs.Field
}

// Error implements error.
func (f *RowFault) Error() string { return f.Field.Code }

func rowFault(line int64, code string, params errs.Params) *RowFault {
	return &RowFault{line, errs.Field{Code: code, Params: params}}
}

// jsonLines reads JSON Lines; empty lines are none.
type jsonLines struct {
	r       *bufio.Reader
	line    int64
	buf     []byte
	columns []string
	at      map[string]int // by folded name
}

func newJSONLines(r *bufio.Reader) *jsonLines { return &jsonLines{r: r, at: map[string]int{}} }

// Columns implements Table.
func (j *jsonLines) Columns() []string { return j.columns }

// Close implements Table.
func (j *jsonLines) Close() error { return nil }

// Next implements Table.
func (j *jsonLines) Next() (Row, error) {
	for {
		raw, tooLong, err := j.read()
		if err != nil {
			return Row{}, err
		}
		j.line++
		raw = bytes.TrimSpace(raw)
		switch {
		case tooLong:
			return Row{}, rowFault(j.line, "line_too_long", errs.Params{"max_bytes": maxLine})
		case len(raw) == 0:
			continue
		}
		return j.parse(raw)
	}
}

func (j *jsonLines) parse(raw []byte) (Row, error) {
	line := j.line
	if !utf8.Valid(raw) {
		return Row{}, rowFault(line, "not_utf8", nil)
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var value any
	if err := d.Decode(&value); err != nil {
		return Row{}, rowFault(line, "malformed_json", errs.Params{"at": d.InputOffset()})
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return Row{}, rowFault(line, "malformed_json", errs.Params{"at": d.InputOffset()})
	}
	object, ok := value.(map[string]any)
	if !ok {
		return Row{}, rowFault(line, "not_an_object", nil)
	}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		folded := text.Fold(name)
		if _, known := j.at[folded]; !known && len(j.columns) < MaxColumns {
			j.at[folded] = len(j.columns)
			j.columns = append(j.columns, name)
		}
	}
	r := Row{Line: line, Cells: make([]any, len(j.columns))}
	for name, v := range object {
		if at, known := j.at[text.Fold(name)]; known {
			r.Cells[at] = v
		}
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
	// above are the lines before the heading.
	above int64
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

// newCSV reads from the heading on, of which head, the beginning of the file,
// tells where it is.
func newCSV(r *bufio.Reader, head []byte) (*csvLines, error) {
	separator := separator(head)
	skipped := aboveHeading(head, separator)
	if _, err := r.Discard(skipped); err != nil {
		return nil, fileError(err, "malformed_heading")
	}
	b := &budget{r: r}
	b.refill()
	c := &csvLines{r: csv.NewReader(b), budget: b, above: int64(bytes.Count(head[:skipped], []byte("\n")))}
	c.r.Comma = separator
	c.r.ReuseRecord = true
	heading, err := c.r.Read()
	switch {
	case errors.Is(err, io.EOF):
		return nil, errs.New(errs.Invalid, "file_empty")
	case err != nil:
		return nil, fileError(err, "malformed_heading")
	}
	c.columns, err = heads(heading)
	return c, err
}

// headingWithin is among how many rows of a table its heading is looked for.
const headingWithin = 10

// headingAmong is which of a table's first rows is its heading: the first that
// fills at least half as many cells as the fullest. What stands above are the
// table's title and who made it. It is false where all rows are blank.
func headingAmong(rows [][]string) (int, bool) {
	filled := make([]int, len(rows))
	for i, cells := range rows {
		filled[i] = filledIn(cells)
	}
	if len(rows) == 0 || slices.Max(filled) == 0 {
		return 0, false
	}
	most := slices.Max(filled)
	return slices.IndexFunc(filled, func(n int) bool { return 2*n >= most }), true
}

// filledIn is how many of a row's cells say something.
func filledIn(cells []string) int {
	n := 0
	for _, c := range cells {
		if strings.TrimSpace(c) != "" {
			n++
		}
	}
	return n
}

// aboveHeading is how many bytes of head stand before the heading's line.
func aboveHeading(head []byte, separator rune) int {
	r := csv.NewReader(bytes.NewReader(head))
	r.Comma, r.FieldsPerRecord, r.LazyQuotes = separator, -1, true
	var rows [][]string
	var begins []int
	for begin := 0; len(rows) < headingWithin; begin = int(r.InputOffset()) {
		cells, err := r.Read()
		if err != nil {
			break // the end, also of a file that is cut here in the middle of a record
		}
		rows, begins = append(rows, cells), append(begins, begin)
	}
	at, ok := headingAmong(rows)
	if !ok {
		return 0
	}
	// A title that a spreadsheet wrote has empty cells beside it. One without is
	// a heading, however many cells a text with commas makes of a row below.
	for i, cells := range rows[:at] {
		if len(cells) > 1 && filledIn(cells) == len(cells) {
			return begins[i]
		}
	}
	return begins[at]
}

// heads are the columns of a heading. Errors: errs.Malformed "column_twice",
// "too_many_columns".
func heads(heading []string) ([]string, error) {
	if len(heading) > MaxColumns {
		return nil, errs.Newp(errs.Malformed, "too_many_columns", errs.Params{"max": MaxColumns})
	}
	seen := map[string]bool{}
	columns := make([]string, 0, len(heading))
	for _, name := range heading {
		folded := text.Fold(name)
		if folded != "" && seen[folded] {
			return nil, errs.Newp(errs.Malformed, "column_twice", errs.Params{"column": name})
		}
		seen[folded] = true
		columns = append(columns, strings.TrimSpace(name))
	}
	return columns, nil
}

// Columns implements Table.
func (c *csvLines) Columns() []string { return c.columns }

// Close implements Table.
func (c *csvLines) Close() error { return nil }

// fileError keeps an error of ours and calls any other the file's.
func fileError(err error, code string) error {
	var known *errs.Error
	if errors.As(err, &known) {
		return err
	}
	return errs.Wrap(errs.Malformed, code, err)
}

// Next implements Table.
func (c *csvLines) Next() (Row, error) {
	c.budget.refill()
	cells, err := c.r.Read()
	if err != nil {
		var malformed *csv.ParseError
		switch {
		case errors.Is(err, io.EOF):
			return Row{}, err
		case errors.Is(err, errRecordTooLong):
			return Row{}, errRecordTooLong
		case errors.As(err, &malformed) && errors.Is(malformed.Err, csv.ErrFieldCount):
			return Row{}, rowFault(c.above+int64(malformed.StartLine), "wrong_column_count",
				errs.Params{"columns": len(c.columns), "found": len(cells)})
		case errors.As(err, &malformed):
			return Row{}, rowFault(c.above+int64(malformed.StartLine), "malformed_csv", errs.Params{"column": malformed.Column})
		}
		return Row{}, err
	}
	line, _ := c.r.FieldPos(0)
	r := Row{Line: c.above + int64(line), Cells: make([]any, len(cells))}
	for i, cell := range cells {
		if !utf8.ValidString(cell) {
			return Row{}, rowFault(r.Line, "not_utf8", nil)
		}
		if cell != "" {
			r.Cells[i] = Restore(cell)
		}
	}
	return r, nil
}
