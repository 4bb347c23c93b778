package importer

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"chengqiao/internal/errs"
	"chengqiao/internal/taxonomy"
	"chengqiao/internal/text"
)

// templateRows is for how many rows of a template the drop-down lists stand.
const templateRows = 5001

// templateColumn is a column of a template with its explanation.
type templateColumn struct {
	header   string
	required bool
	help     string
	list     string
	example  string
	flag     bool
}

// Template writes an empty file to fill in, with an example row that an import
// overlooks; in XLSX with drop-down lists for coded columns and a sheet that
// explains the columns. Errors: errs.Invalid for an unknown kind or format.
func (m *Mapping) Template(w io.Writer, kind string, format Format, locale string) error {
	if _, ok := shapes[kind]; !ok {
		return errs.InvalidFields([]errs.Field{{Path: "kind", Code: "unknown_value"}})
	}
	columns := m.templateColumns(kind, locale)
	heading, example := make([]string, 0, len(columns)), make([]string, 0, len(columns))
	for _, c := range columns {
		heading, example = append(heading, c.header), append(example, c.example)
	}
	switch format {
	case CSV:
		out := newCSVWriter(w)
		for _, row := range [][]string{heading, example} {
			if err := out.row(row); err != nil {
				return err
			}
		}
		return out.end()
	case XLSX:
		return m.templateXLSX(w, kind, locale, columns)
	}
	return errs.InvalidFields([]errs.Field{{Path: "format", Code: "unknown_value"}})
}

func (m *Mapping) templateColumns(kind, locale string) []templateColumn {
	s := shapes[kind]
	var out []templateColumn
	column := func(header string, c SheetColumn, group SheetColumn) templateColumn {
		t := templateColumn{header: header, required: c.Required, help: c.Help.In(locale), list: c.List, example: m.named(c.List, c.Example.In(locale), locale)}
		if t.help == "" {
			t.help = group.Help.In(locale)
		}
		if p, ok := s.property(c.Property); ok {
			t.flag = p.form == flag
			if p.form == texts {
				t.list = "" // several in one cell: the explanation lists them
			}
		}
		return t
	}
	for _, c := range m.kinds[kind].sheet {
		if !c.InTemplate() {
			continue
		}
		if len(c.Fields) == 0 {
			out = append(out, column(c.Label(locale), c, c))
			continue
		}
		for n := 1; n <= c.Repeat; n++ {
			for _, f := range c.Fields {
				if !f.InTemplate() {
					continue
				}
				t := column(c.Numbered(locale, n, f), f, c)
				if n > 1 {
					t.example = ""
				}
				out = append(out, t)
			}
		}
	}
	return out
}

// named is a code's name; an example names codes so that it can be read in
// either language.
func (m *Mapping) named(list, value, locale string) string {
	if list == "" || !m.taxonomies.Has(list, value) {
		return value
	}
	return m.taxonomies.Name(list, value).In(locale)
}

// listsSheet is the hidden sheet with the entries of drop-down lists.
const listsSheet = "lists"

func (m *Mapping) templateXLSX(w io.Writer, kind, locale string, columns []templateColumn) (err error) {
	f := excelize.NewFile()
	defer f.Close()
	b := &workbook{file: f, sheet: sheetName(kind, locale)}
	b.do(f.SetSheetName("Sheet1", b.sheet))
	b.newSheet(explanationName(locale))
	b.newSheet(listsSheet)
	lists := m.listColumns(b, columns, locale)
	head := b.style(&excelize.Style{Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E8F0EC"}},
		Alignment: &excelize.Alignment{WrapText: true, Vertical: "center"}})
	needed := b.style(&excelize.Style{Font: &excelize.Font{Bold: true, Color: "9B2C1F"}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E8F0EC"}},
		Alignment: &excelize.Alignment{WrapText: true, Vertical: "center"}})
	grey := b.style(&excelize.Style{Font: &excelize.Font{Italic: true, Color: "6B6B6B"}})
	asText := b.style(&excelize.Style{NumFmt: 49}) // text: a patent number keeps its digits
	for i, c := range columns {
		letter := b.column(i + 1)
		b.do(f.SetColStyle(b.sheet, letter, asText))
		b.do(f.SetColWidth(b.sheet, letter, letter, 18))
		b.put(b.sheet, letter+"1", c.header)
		style := head
		if c.required {
			style = needed
		}
		b.do(f.SetCellStyle(b.sheet, letter+"1", letter+"1", style))
		b.put(b.sheet, letter+"2", c.example)
		b.do(f.SetCellStyle(b.sheet, letter+"2", letter+"2", grey))
		if source := lists[listOf(c)]; source != "" {
			v := excelize.NewDataValidation(true)
			v.Sqref = letter + "2:" + letter + strconv.Itoa(templateRows)
			v.SetSqrefDropList(source)
			v.SetError(excelize.DataValidationErrorStyleWarning, c.header, warning(locale))
			b.do(f.AddDataValidation(b.sheet, v))
		}
	}
	b.do(f.SetRowHeight(b.sheet, 1, 32))
	b.do(f.SetPanes(b.sheet, &excelize.Panes{Freeze: true, XSplit: 2, YSplit: 1, TopLeftCell: "C2", ActivePane: "bottomRight"}))
	m.explain(b, columns, locale, head)
	b.do(f.SetSheetVisible(listsSheet, false))
	if b.err != nil {
		return fmt.Errorf("xlsx template: %w", b.err)
	}
	return f.Write(w)
}

// workbook gathers the first error of the many calls that fill a template.
type workbook struct {
	file  *excelize.File
	sheet string
	err   error
}

func (b *workbook) do(err error) {
	if b.err == nil {
		b.err = err
	}
}

func (b *workbook) newSheet(name string) {
	_, err := b.file.NewSheet(name)
	b.do(err)
}

func (b *workbook) style(s *excelize.Style) int {
	id, err := b.file.NewStyle(s)
	b.do(err)
	return id
}

func (b *workbook) column(n int) string {
	name, err := excelize.ColumnNumberToName(n)
	b.do(err)
	return name
}

func (b *workbook) put(sheet, cell, value string) {
	if value != "" {
		b.do(b.file.SetCellStr(sheet, cell, value))
	}
}

// yesList is the list of flags, which are no coded list.
const yesList = "yes"

func listOf(c templateColumn) string {
	if c.flag {
		return yesList
	}
	return c.list
}

// listColumns writes the entries of the lists that columns use, and gives the
// range of each.
func (m *Mapping) listColumns(b *workbook, columns []templateColumn, locale string) map[string]string {
	ranges := map[string]string{}
	for _, c := range columns {
		list := listOf(c)
		if list == "" || ranges[list] != "" {
			continue
		}
		entries := m.entries(list, locale)
		letter := b.column(len(ranges) + 1)
		for i, e := range entries {
			b.put(listsSheet, letter+strconv.Itoa(i+1), e)
		}
		ranges[list] = fmt.Sprintf("%s!$%s$1:$%s$%d", listsSheet, letter, letter, len(entries))
	}
	return ranges
}

// entries are what a drop-down list offers: names that lead back to their codes.
func (m *Mapping) entries(list, locale string) []string {
	if list == yesList {
		if locale == text.English {
			return []string{"yes", "no"}
		}
		return []string{"是", "否"}
	}
	w := cellWriter{m, locale}
	var out []string
	for _, t := range m.taxonomies.List(list) {
		out = append(out, w.code(list, t.Code))
	}
	return out
}

// explain fills the sheet that says what each column is for.
func (m *Mapping) explain(b *workbook, columns []templateColumn, locale string, head int) {
	sheet := explanationName(locale)
	titles := []string{"列", "说明", "可选值"}
	if locale == text.English {
		titles = []string{"Column", "Explanation", "Values"}
	}
	for i, t := range titles {
		cell := b.column(i+1) + "1"
		b.put(sheet, cell, t)
		b.do(b.file.SetCellStyle(sheet, cell, cell, head))
	}
	row := 2
	for _, c := range columns {
		b.put(sheet, "A"+strconv.Itoa(row), c.header)
		b.put(sheet, "B"+strconv.Itoa(row), c.help)
		if list := listOf(c); list != "" && !slices.Contains([]string{taxonomy.Region, taxonomy.Industry}, list) {
			b.put(sheet, "C"+strconv.Itoa(row), joined(m.entries(list, locale), locale))
		}
		row++
	}
	b.put(sheet, "A"+strconv.Itoa(row), cooperationTitle(locale))
	b.put(sheet, "C"+strconv.Itoa(row), joined(m.entries(taxonomy.Cooperation, locale), locale))
	b.do(b.file.SetColWidth(sheet, "A", "A", 28))
	b.do(b.file.SetColWidth(sheet, "B", "B", 60))
	b.do(b.file.SetColWidth(sheet, "C", "C", 90))
}

func joined(entries []string, locale string) string {
	separator := "；"
	if locale == text.English {
		separator = "; "
	}
	return strings.Join(entries, separator)
}

func explanationName(locale string) string {
	return text.Text{Zh: "填写说明", En: "Explanation"}.In(locale)
}

func cooperationTitle(locale string) string {
	return text.Text{Zh: "合作方式的可选值", En: "Values of cooperation"}.In(locale)
}

func warning(locale string) string {
	return text.Text{Zh: "请从下拉列表中选择。", En: "Please choose from the list."}.In(locale)
}
