package importer

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"chengqiao/internal/errs"
)

// DefaultUnzipped bounds the parts of an XLSX together, in bytes, where the
// caller names no bound.
const DefaultUnzipped = 1 << 30

// maxXLSX bounds an XLSX file itself, in bytes: unlike the other formats it is
// read as a whole, because its directory stands at its end.
const maxXLSX = 100 << 20

// inMemory is from where on the parts of an XLSX lie in temporary files, in bytes.
const inMemory = 8 << 20

// maxSheetRow bounds the rows of a sheet that are looked at, empty ones among
// them.
const maxSheetRow = 200_000

// sheet reads the first sheet of an XLSX that shows a heading: of formulas
// their last values, of dates the day's number.
type sheet struct {
	file    *excelize.File
	rows    *excelize.Rows
	columns []string
	line    int64
	// ahead are rows that were read to find the heading.
	ahead [][]string
	// merged begins below the heading, which may be of merged cells itself.
	merged carried
}

func openXLSX(r io.Reader, unzipped int64) (Table, error) {
	if unzipped <= 0 {
		unzipped = DefaultUnzipped
	}
	var workbook bytes.Buffer
	f, err := excelize.OpenReader(io.TeeReader(bounded(r, maxXLSX), &workbook), excelize.Options{
		RawCellValue: true, UnzipSizeLimit: unzipped, UnzipXMLSizeLimit: min(inMemory, unzipped),
	})
	switch {
	case err != nil && strings.Contains(err.Error(), "unzip size exceeds"):
		return nil, unzippedTooLarge(unzipped)
	case err != nil:
		return nil, fileError(err, "malformed_xlsx")
	}
	s := &sheet{file: f}
	if err := s.find(workbook.Bytes()); err != nil {
		_ = s.Close()
		return nil, err
	}
	return s, nil
}

// find goes to the first visible sheet with a heading among its first rows.
func (s *sheet) find(workbook []byte) error {
	for _, name := range s.file.GetSheetList() {
		if visible, err := s.file.GetSheetVisible(name); err != nil || !visible {
			continue
		}
		rows, err := s.file.Rows(name)
		if err != nil {
			continue // a sheet of another sort: a chart
		}
		s.rows, s.line = rows, 0
		var first [][]string
		for len(first) < headingWithin {
			cells, err := s.read()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return err
			}
			first = append(first, cells)
		}
		at, ok := headingAmong(first)
		if !ok {
			_ = rows.Close()
			s.rows = nil
			continue
		}
		s.line, s.ahead = int64(at)+1, first[at+1:]
		if s.columns, err = heads(trimEnd(first[at])); err != nil {
			return err
		}
		s.merged = carried{mergedDown(workbook, name), map[int]carriedValue{}}
		return nil
	}
	return errs.New(errs.Invalid, "file_empty")
}

// read is the next row of the sheet, also an empty one.
func (s *sheet) read() ([]string, error) {
	if len(s.ahead) > 0 {
		cells := s.ahead[0]
		s.line, s.ahead = s.line+1, s.ahead[1:]
		return cells, nil
	}
	if !s.rows.Next() {
		if err := s.rows.Error(); err != nil {
			return nil, fileError(err, "malformed_xlsx")
		}
		return nil, io.EOF
	}
	s.line++
	if s.line > maxSheetRow {
		return nil, errs.Newp(errs.TooLarge, "too_many_rows", errs.Params{"max": maxSheetRow})
	}
	cells, err := s.rows.Columns()
	if err != nil {
		return nil, fileError(err, "malformed_xlsx")
	}
	return cells, nil
}

// Columns implements Table.
func (s *sheet) Columns() []string { return s.columns }

// Next implements Table. Rows without any value are overlooked.
func (s *sheet) Next() (Row, error) {
	for {
		cells, err := s.read()
		if err != nil {
			return Row{}, err
		}
		if blank(cells) {
			continue
		}
		r := Row{Line: s.line, Cells: make([]any, min(len(cells), len(s.columns)))}
		size := 0
		for i := range r.Cells {
			if size += len(cells[i]); size > maxLine {
				return Row{}, rowFault(s.line, "line_too_long", errs.Params{"max_bytes": maxLine})
			}
			if cells[i] != "" {
				r.Cells[i] = plainNumber(strings.ToValidUTF8(cells[i], "\uFFFD"))
			}
		}
		r.Carried = s.merged.row(s.line, r.Cells)
		for _, v := range r.Carried {
			if text, ok := v.(string); ok {
				size += len(text)
			}
		}
		if size > maxLine {
			return Row{}, rowFault(s.line, "line_too_long", errs.Params{"max_bytes": maxLine})
		}
		return r, nil
	}
}

// Close implements Table.
func (s *sheet) Close() error {
	var closing error
	if s.rows != nil {
		closing = s.rows.Close()
	}
	return errors.Join(closing, s.file.Close())
}

func blank(cells []string) bool {
	return !slices.ContainsFunc(cells, func(c string) bool { return strings.TrimSpace(c) != "" })
}

func trimEnd(cells []string) []string {
	for len(cells) > 0 && strings.TrimSpace(cells[len(cells)-1]) == "" {
		cells = cells[:len(cells)-1]
	}
	return cells
}

// binary is a number as a spreadsheet writes what no decimal of 15 digits is,
// or with an exponent.
var binary = regexp.MustCompile(`^-?[0-9]+(\.[0-9]{9,}|(\.[0-9]+)?[eE][+-]?[0-9]{1,3})$`)

// plainNumber writes a number as people see it in the sheet: a spreadsheet
// knows 15 digits and stores 0.29 as 0.28999999999999998.
func plainNumber(s string) string {
	if !binary.MatchString(s) {
		return s
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return s
	}
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(f, 'g', 15, 64), 64)
	if err != nil {
		return s
	}
	return strconv.FormatFloat(rounded, 'f', -1, 64)
}
