package importer

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"

	"chengqiao/internal/catalog"
	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/listing"
	"chengqiao/internal/money"
	"chengqiao/internal/policy"
	"chengqiao/internal/text"
)

// Format is a form of files that people get.
type Format string

// The formats. Each is one that an import reads.
const (
	CSV  Format = "csv"
	XLSX Format = "xlsx"
	JSON Format = "jsonl"
)

// OwnListings reads an organisation's own listings.
type OwnListings interface {
	// OwnAfter are those of a kind that have not ended, with their contents, by
	// id after one.
	OwnAfter(ctx context.Context, kind, owner, after string, limit int) ([]listing.Record, error)
}

// Names knows the names of people.
type Names interface {
	// Names are those of the persons that exist.
	Names(ctx context.Context, ids []string) (map[string]string, error)
}

// Exporter writes an organisation's own listings in the forms that an import
// reads: importing an export changes nothing.
type Exporter struct {
	mapping  *Mapping
	listings OwnListings
	names    Names
}

// NewExporter makes an exporter.
func NewExporter(m *Mapping, listings OwnListings, names Names) *Exporter {
	return &Exporter{m, listings, names}
}

// exportSize is how many listings are read at a time.
const exportSize = 200

// Export writes the owner's listings of a kind: of each its working copy, or
// else its live version, with its id and version. The weights of contributors
// are there for those who may read reward plans; an export without them is not
// taken back in the place of what it was made from. Errors: those of policy;
// errs.Invalid for an unknown kind or format; "cell_too_long" where a cell of
// XLSX cannot hold a value.
func (e *Exporter) Export(ctx context.Context, actor policy.Actor, owner, kind string, format Format, locale string, w io.Writer) error {
	if !actor.SignedIn() && !actor.System {
		return errs.New(errs.Unauthenticated, "sign_in_required")
	}
	facts := policy.Facts{OwnerOrg: owner}
	if err := policy.Check(actor, policy.ListingExport, facts).Err(); err != nil {
		return err
	}
	s, ok := shapes[kind]
	if !ok {
		return errs.InvalidFields([]errs.Field{{Path: "kind", Code: "unknown_value"}})
	}
	if err := policy.Check(actor, policy.Action(kind+".read_inside"), facts).Err(); err != nil {
		return err
	}
	weights := actor.System || policy.Check(actor, policy.PlanRead, facts).Allowed()
	var out sheetWriter
	columns := e.mapping.columnsOf(kind, s, locale)
	switch format {
	case CSV:
		out = newCSVWriter(w)
	case XLSX:
		x, err := newXLSXWriter(w, sheetName(kind, locale))
		if err != nil {
			return err
		}
		defer x.file.Close()
		out = x
	case JSON:
		out, columns = &jsonWriter{w: bufio.NewWriter(w)}, nil
	default:
		return errs.InvalidFields([]errs.Field{{Path: "format", Code: "unknown_value"}})
	}
	if columns != nil {
		heading := make([]string, 0, len(columns))
		for _, c := range columns {
			heading = append(heading, c.header)
		}
		if err := out.row(heading); err != nil {
			return err
		}
	}
	for after := ""; ; {
		records, err := e.listings.OwnAfter(ctx, kind, owner, after, exportSize)
		if err != nil {
			return err
		}
		if err := e.write(ctx, out, kind, s, columns, records, weights); err != nil {
			return err
		}
		if len(records) < exportSize {
			return out.end()
		}
		after = records[len(records)-1].ID
	}
}

// exported is a listing on its way out.
type exported struct {
	id      string
	version int64
	content reflect.Value
}

func (e *Exporter) write(ctx context.Context, out sheetWriter, kind string, s shape, columns []outColumn, records []listing.Record, weights bool) error {
	listings := make([]exported, 0, len(records))
	var people []string
	for _, r := range records {
		revision := r.Working
		if revision == nil {
			revision = r.Live
		}
		if revision == nil {
			continue
		}
		content := reflect.New(contentTypes[kind])
		if err := json.Unmarshal(revision.Content, content.Interface()); err != nil {
			return errs.Wrap(errs.Internal, "internal", fmt.Errorf("decode content of %s: %w", r.ID, err))
		}
		if c, ok := content.Interface().(*catalog.AchievementContent); ok {
			for i := range c.Contributors {
				people = append(people, c.Contributors[i].PersonID)
			}
		}
		listings = append(listings, exported{r.ID, r.Version, content.Elem()})
	}
	slices.Sort(people)
	names := map[string]string{}
	if len(people) > 0 {
		var err error
		if names, err = e.names.Names(ctx, slices.Compact(people)); err != nil {
			return err
		}
	}
	for _, l := range listings {
		l.people(names, weights)
		if columns == nil {
			if err := out.(*jsonWriter).listing(l, s); err != nil {
				return err
			}
			continue
		}
		cells := make([]string, 0, len(columns))
		for _, c := range columns {
			cells = append(cells, c.cell(l))
		}
		if err := out.row(cells); err != nil {
			return err
		}
	}
	return nil
}

// people names the contributors. Without the weights the listing loses its
// version as well: what was left out must not be written over.
func (l *exported) people(names map[string]string, weights bool) {
	c, ok := l.content.Addr().Interface().(*catalog.AchievementContent)
	if !ok {
		return
	}
	for i := range c.Contributors {
		c.Contributors[i].Name = names[c.Contributors[i].PersonID]
		if !weights {
			c.Contributors[i].Weight, l.version = 0, 0
		}
	}
}

// outColumn is a column of an export.
type outColumn struct {
	header string
	cell   func(l exported) string
}

// columnsOf are an export's columns: those of the sheet, what a group's columns
// cannot hold as JSON, and what the sheet does not know.
func (m *Mapping) columnsOf(kind string, s shape, locale string) []outColumn {
	w := cellWriter{m, locale}
	out := []outColumn{}
	covered := map[string]bool{}
	for _, c := range m.kinds[kind].sheet {
		switch {
		case c.Property == "id":
			out = append(out, outColumn{c.Label(locale), func(l exported) string { return l.id }})
		case c.Property == "version":
			out = append(out, outColumn{c.Label(locale), func(l exported) string {
				if l.version == 0 {
					return ""
				}
				return strconv.FormatInt(l.version, 10)
			}})
		case len(c.Fields) > 0:
			if p, ok := s.property(c.Property); ok {
				covered[p.name] = true
				out = append(out, w.group(c, p)...)
			}
		default:
			name := c.Property
			if name == "link" {
				name = "source"
			}
			p, language, ok := s.named(name)
			if !ok {
				continue
			}
			covered[p.name] = true
			out = append(out, outColumn{c.Label(locale), func(l exported) string { return w.value(l.content.FieldByIndex(p.index), p, p.name, language) }})
		}
	}
	for _, p := range s {
		if covered[p.name] {
			continue
		}
		languages := []string{""}
		if p.form == bilingual {
			languages = []string{"zh", "en"}
		}
		for _, language := range languages {
			header := p.name
			if language != "" {
				header += "_" + language
			}
			out = append(out, outColumn{header, func(l exported) string { return w.value(l.content.FieldByIndex(p.index), p, p.name, language) }})
		}
	}
	return out
}

// cellWriter writes values as people read them.
type cellWriter struct {
	m      *Mapping
	locale string
}

// group is the columns of a list: numbered ones, and one for lists that they
// cannot hold.
func (w cellWriter) group(c SheetColumn, p property) []outColumn {
	var out []outColumn
	shown := make([]string, 0, len(c.Fields))
	for _, f := range c.Fields {
		shown = append(shown, f.Field)
	}
	holds := func(list reflect.Value) bool {
		if list.Len() > c.Repeat {
			return false
		}
		for i := range list.Len() {
			empty := true
			for _, f := range p.item {
				if list.Index(i).FieldByIndex(f.index).IsZero() {
					continue
				}
				empty = false
				switch f.form {
				case other, items:
					return false
				case bilingual: // each language has a column of its own
					if !slices.Contains(shown, f.name+"_zh") || !slices.Contains(shown, f.name+"_en") {
						return false
					}
				default:
					if !slices.Contains(shown, f.name) {
						return false
					}
				}
			}
			if empty {
				return false
			}
		}
		return true
	}
	for n := range c.Repeat {
		for _, field := range c.Fields {
			f, language, ok := p.item.named(field.Field)
			if !ok {
				continue
			}
			out = append(out, outColumn{c.Numbered(w.locale, n+1, field), func(l exported) string {
				list := l.content.FieldByIndex(p.index)
				if n >= list.Len() || !holds(list) {
					return ""
				}
				return w.value(list.Index(n).FieldByIndex(f.index), f, p.name+"."+f.name, language)
			}})
		}
	}
	return append(out, outColumn{p.name, func(l exported) string {
		list := l.content.FieldByIndex(p.index)
		if list.Len() == 0 || holds(list) {
			return ""
		}
		return asJSON(list)
	}})
}

// value is what a cell says of a field. name finds its coded list.
func (w cellWriter) value(v reflect.Value, p property, name, language string) string {
	if v.IsZero() {
		return ""
	}
	list := w.m.lists[name]
	switch p.form {
	case bilingual:
		t, _ := v.Interface().(text.Text)
		if language == "en" {
			return t.En
		}
		return t.Zh
	case plain:
		return w.code(list, v.String())
	case date:
		d, _ := v.Interface().(clock.Date)
		return string(d)
	case number:
		return strconv.FormatInt(v.Int(), 10)
	case flag:
		if w.locale == text.English {
			return "yes"
		}
		return "是"
	case amount:
		if a, ok := v.Interface().(*money.Amount); ok && a.Currency() == money.CNY {
			return money.FormatFen(a.Fen())
		}
		return asJSON(v)
	case texts:
		given, _ := v.Interface().([]string)
		words := make([]string, 0, len(given))
		for _, g := range given {
			words = append(words, w.code(list, g))
		}
		return wordsCell(words)
	}
	return asJSON(v)
}

// code is a code's name, where the name leads back to it.
func (w cellWriter) code(list, code string) string {
	if list == "" {
		return code
	}
	name := w.m.taxonomies.Name(list, code).In(w.locale)
	if back, ok := w.m.taxonomies.ByName(list, name); ok && back == code {
		return name
	}
	return code
}

func asJSON(v reflect.Value) string {
	raw, err := json.Marshal(v.Interface())
	if err != nil {
		return ""
	}
	return string(raw)
}

// sheetWriter writes rows of cells.
type sheetWriter interface {
	row(cells []string) error
	end() error
}

type csvWriter struct {
	w *csv.Writer
}

// newCSVWriter begins with the mark by which spreadsheets know UTF-8.
func newCSVWriter(w io.Writer) *csvWriter {
	b := bufio.NewWriter(w)
	_, _ = b.Write(utf8BOM) // an error stays with the writer and comes with Flush
	return &csvWriter{csv.NewWriter(b)}
}

func (c *csvWriter) row(cells []string) error {
	safe := make([]string, 0, len(cells))
	for _, cell := range cells {
		safe = append(safe, Neutral(cell))
	}
	return c.w.Write(safe)
}

func (c *csvWriter) end() error {
	c.w.Flush()
	return c.w.Error()
}

// maxCell is what a cell of XLSX holds, in UTF-16 units.
const maxCell = 32_767

type xlsxWriter struct {
	to   io.Writer
	file *excelize.File
	rows *excelize.StreamWriter
	n    int
}

func newXLSXWriter(w io.Writer, sheet string) (*xlsxWriter, error) {
	f := excelize.NewFile()
	if err := f.SetSheetName("Sheet1", sheet); err != nil {
		return nil, fmt.Errorf("xlsx: %w", err)
	}
	rows, err := f.NewStreamWriter(sheet)
	if err != nil {
		return nil, fmt.Errorf("xlsx: %w", err)
	}
	return &xlsxWriter{to: w, file: f, rows: rows}, nil
}

// row writes texts: a cell that is one is never a formula.
func (x *xlsxWriter) row(cells []string) error {
	x.n++
	values := make([]any, len(cells))
	for i, c := range cells {
		if c == "" {
			continue
		}
		if len(utf16.Encode([]rune(c))) > maxCell {
			return errs.Newp(errs.Invalid, "cell_too_long", errs.Params{"row": x.n, "max": maxCell})
		}
		values[i] = c
	}
	return x.rows.SetRow("A"+strconv.Itoa(x.n), values)
}

func (x *xlsxWriter) end() error {
	if err := x.rows.Flush(); err != nil {
		return fmt.Errorf("xlsx: %w", err)
	}
	return x.file.Write(x.to)
}

type jsonWriter struct{ w *bufio.Writer }

func (j *jsonWriter) row([]string) error { return nil }

func (j *jsonWriter) end() error { return j.w.Flush() }

// listing writes one line: the content as the API has it, with id and version.
func (j *jsonWriter) listing(l exported, s shape) error {
	line := map[string]any{"id": l.id}
	if l.version > 0 {
		line["version"] = l.version
	}
	for _, p := range s {
		if v := l.content.FieldByIndex(p.index); !v.IsZero() {
			line[p.name] = v.Interface()
		}
	}
	raw, err := json.Marshal(line)
	if err != nil {
		return errs.Wrap(errs.Internal, "internal", err)
	}
	_, err = j.w.Write(append(raw, '\n'))
	return err
}

// sheetName is what the sheet of a kind is called.
func sheetName(kind, locale string) string {
	names := map[string]text.Text{
		"achievement": {Zh: "科技成果", En: "Achievements"}, "package": {Zh: "成果包", En: "Packages"}, "need": {Zh: "技术需求", En: "Needs"},
	}
	return names[kind].In(strings.TrimSpace(locale))
}
