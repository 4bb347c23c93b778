package importer

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"strings"

	"github.com/xuri/excelize/v2"
)

// maxMerged bounds the merged cells of a sheet that are counted, and longestMerged
// what one takes of the file on average, in bytes; those behind stay empty.
const (
	maxMerged     = 100_000
	longestMerged = 64
)

// reach is how far down the cell of a column counts.
type reach struct {
	column int // from 0
	until  int64
}

// mergedDown finds the merged cells of a sheet that cover several rows, by the
// row that they begin in. Of a range the first column counts. excelize would read
// the whole sheet into memory for it, to find what stands behind the rows. A file
// that cannot be read so far has none.
func mergedDown(workbook []byte, sheet string) map[int64][]reach {
	z, err := zip.NewReader(bytes.NewReader(workbook), int64(len(workbook)))
	if err != nil {
		return nil
	}
	name, err := partOf(z, sheet)
	if err != nil {
		return nil
	}
	part, err := z.Open(name)
	if err != nil {
		return nil
	}
	defer part.Close()
	body := bufio.NewReaderSize(part, 64<<10)
	if err := skipTo(body, "mergeCells"); err != nil {
		return nil
	}
	found := map[int64][]reach{}
	d := xml.NewDecoder(io.LimitReader(io.MultiReader(strings.NewReader("<"), body), maxMerged*longestMerged))
	for n := 0; n < maxMerged; {
		token, err := d.Token()
		if err != nil {
			break
		}
		if end, ok := token.(xml.EndElement); ok && end.Name.Local == "mergeCells" {
			break
		}
		start, ok := token.(xml.StartElement)
		if !ok || start.Name.Local != "mergeCell" {
			continue
		}
		n++
		for _, a := range start.Attr {
			if row, r, ok := reachOf(a.Value); ok && a.Name.Local == "ref" {
				found[row] = append(found[row], r)
			}
		}
	}
	return found
}

// reachOf reads "B2:C5".
func reachOf(ref string) (row int64, r reach, ok bool) {
	from, to, _ := strings.Cut(ref, ":")
	column, first, err := excelize.CellNameToCoordinates(from)
	if err != nil {
		return 0, r, false
	}
	_, last, err := excelize.CellNameToCoordinates(to)
	if err != nil || last <= first || column > MaxColumns {
		return 0, r, false
	}
	return int64(first), reach{column - 1, int64(last)}, true
}

// skipTo reads up to the "<" of the first element of a name, whatever stands
// before its colon.
func skipTo(r *bufio.Reader, element string) error {
	for {
		_, err := r.ReadSlice('<')
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err != nil {
			return err
		}
		next, err := r.Peek(64)
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		end := bytes.IndexAny(next, " >/\t\r\n")
		if end < 0 {
			continue
		}
		tag := string(next[:end])
		if tag[strings.LastIndexByte(tag, ':')+1:] == element {
			return nil
		}
	}
}

// The part that says which sheets there are, and the one that says where they lie.
const (
	workbookPart  = "xl/workbook.xml"
	relationsPart = "xl/_rels/workbook.xml.rels"
)

// partOf finds where in the file a sheet lies.
func partOf(z *zip.Reader, sheet string) (string, error) {
	var book struct {
		Sheets []struct {
			Name string `xml:"name,attr"`
			ID   string `xml:"http://schemas.openxmlformats.org/officeDocument/2006/relationships id,attr"`
		} `xml:"sheets>sheet"`
	}
	var relations struct {
		All []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	if err := errors.Join(readPart(z, workbookPart, &book), readPart(z, relationsPart, &relations)); err != nil {
		return "", err
	}
	for _, s := range book.Sheets {
		for _, r := range relations.All {
			if s.Name != sheet || r.ID != s.ID {
				continue
			}
			if absolute, ok := strings.CutPrefix(r.Target, "/"); ok {
				return absolute, nil
			}
			return path.Join(path.Dir(workbookPart), r.Target), nil
		}
	}
	return "", errors.New("the sheet is in no part of the file")
}

func readPart(z *zip.Reader, name string, into any) error {
	part, err := z.Open(name)
	if err != nil {
		return err
	}
	defer part.Close()
	return xml.NewDecoder(part).Decode(into)
}

// carried are the values that merged cells give to the rows below their first.
type carried struct {
	begin map[int64][]reach
	// now are the values that still count, by column.
	now map[int]carriedValue
}

type carriedValue struct {
	value any
	until int64
}

// row takes what the cells of a row begin, and gives the values that others have
// begun above it, by column; nil for none.
func (c *carried) row(line int64, cells []any) []any {
	var out []any
	for column, v := range c.now {
		if line > v.until {
			delete(c.now, column)
			continue
		}
		for len(out) <= column {
			out = append(out, nil)
		}
		out[column] = v.value
	}
	for _, r := range c.begin[line] {
		if r.column < len(cells) && cells[r.column] != nil {
			c.now[r.column] = carriedValue{cells[r.column], r.until}
		}
	}
	return out
}
