package importer

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"slices"
	"strings"

	"chengqiao/internal/catalog"
	"chengqiao/internal/errs"
	"chengqiao/internal/exchange"
	"chengqiao/internal/listing"
	"chengqiao/internal/need"
	"chengqiao/internal/policy"
	"chengqiao/internal/text"
)

// maxUnzipped bounds what comes out of a compressed file that people upload, in
// bytes: no sheet of theirs is that large, and a zip bomb is.
const maxUnzipped = 200 << 20

// Desk reads, checks and takes the files that people import by way of a
// preview.
type Desk struct {
	mapping *Mapping
	kinds   map[string]deskKind
}

var _ exchange.Records = (*Desk)(nil)

// deskKind is the part of the desk that knows a kind's contents.
type deskKind interface {
	check(ctx context.Context, actor policy.Actor, b exchange.Batch) ([]exchange.Checked, error)
	take(ctx context.Context, actor policy.Actor, b exchange.Batch) ([]exchange.Checked, error)
}

// DeskTarget lists records and foresees it; *listing.Service is one.
type DeskTarget[C any] interface {
	Target[C]
	Foresee(ctx context.Context, actor policy.Actor, b listing.Batch[C]) ([]listing.Foreseen, error)
}

// NewDesk makes a desk over the services.
func NewDesk(m *Mapping, achievements DeskTarget[catalog.AchievementContent], packages DeskTarget[catalog.PackageContent],
	needs DeskTarget[need.Content], people People) *Desk {
	return &Desk{mapping: m, kinds: map[string]deskKind{
		catalog.AchievementKind: deskOf(m, achievements, people, catalog.AchievementKind),
		catalog.PackageKind:     deskOf(m, packages, people, catalog.PackageKind),
		need.Kind:               deskOf(m, needs, people, need.Kind),
	}}
}

// Takes implements exchange.Records.
func (d *Desk) Takes(kind string) bool { return d.kinds[kind] != nil }

// Recognise implements exchange.Records.
func (d *Desk) Recognise(kind string, headings []string) []string {
	return d.mapping.Recognise(kind, headings)
}

// Knows implements exchange.Records.
func (d *Desk) Knows(kind, property string) bool { return d.mapping.knows(kind, property) }

// Properties implements exchange.Records.
func (d *Desk) Properties(kind string) []exchange.Property {
	known := d.mapping.Properties(kind)
	out := make([]exchange.Property, 0, len(known))
	for _, p := range known {
		out = append(out, exchange.Property{Name: p.Name, Label: p.Label, List: p.List, Required: p.Required})
	}
	return out
}

// Open implements exchange.Records.
func (d *Desk) Open(body io.Reader, name string) (exchange.Table, error) {
	t, err := OpenTable(body, name, maxUnzipped)
	if err != nil {
		return nil, err
	}
	return &deskTable{Table: t, m: d.mapping}, nil
}

// deskTable gives a table's cells as texts that people read and mend.
type deskTable struct {
	Table
	m *Mapping
}

// Next implements exchange.Table.
func (t *deskTable) Next() (int64, []string, *errs.Field, error) {
	for {
		row, err := t.Table.Next()
		var bad *RowFault
		switch {
		case errors.As(err, &bad):
			return bad.Line, nil, &bad.Field, nil
		case errors.Is(err, io.EOF):
			return 0, nil, nil, err
		case err != nil:
			return 0, nil, nil, fileError(err, "file_unreadable")
		case t.m.example(t.Columns(), row):
			continue
		}
		row = t.m.spread(t.Columns(), row)
		cells := make([]string, len(row.Cells))
		for i, v := range row.Cells {
			cells[i] = cellOf(v)
		}
		return row.Line, cells, nil, nil
	}
}

// cellOf writes a value of JSON into a cell.
func cellOf(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case json.Number:
		return v.String()
	case []any:
		var words []string
		for _, item := range v {
			s, ok := item.(string)
			if !ok {
				words = nil
				break
			}
			words = append(words, s)
		}
		if len(words) > 0 {
			return wordsCell(words)
		}
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(raw)
}

// wordsCell is a list of words in one cell: with semicolons where no word has a
// separator in it, else as JSON.
func wordsCell(words []string) string {
	if slices.ContainsFunc(words, func(w string) bool {
		return strings.ContainsAny(w, separators) || strings.TrimSpace(w) != w || w == ""
	}) || len(words) == 1 && strings.HasPrefix(words[0], `["`) {
		raw, err := json.Marshal(words)
		if err == nil {
			return string(raw)
		}
	}
	return strings.Join(words, "；")
}

// exampleIDs are the ids of a template's example, which is nobody's record.
var exampleIDs = []string{"示例", "example"}

// example tells whether a row is the template's example.
func (m *Mapping) example(columns []string, row Row) bool {
	for i, v := range row.Cells {
		if s, ok := v.(string); ok && slices.Contains(exampleIDs, text.Fold(s)) && slices.Contains([]string{"编号", "id"}, headingKey(columns[i])) {
			return true
		}
	}
	return false
}

// Check implements exchange.Records.
func (d *Desk) Check(ctx context.Context, actor policy.Actor, b exchange.Batch) ([]exchange.Checked, error) {
	return d.kinds[b.Listing].check(ctx, actor, b)
}

// Take implements exchange.Records.
func (d *Desk) Take(ctx context.Context, actor policy.Actor, b exchange.Batch) ([]exchange.Checked, error) {
	return d.kinds[b.Listing].take(ctx, actor, b)
}

// deskFor is the desk of one kind.
type deskFor[C any] struct {
	kind    string
	mapping *Mapping
	shape   shape
	target  DeskTarget[C]
	people  People
}

func deskOf[C any](m *Mapping, target DeskTarget[C], people People, kind string) deskKind {
	return &deskFor[C]{kind: kind, mapping: m, shape: shapes[kind], target: target, people: people}
}

// deskRow is a row on its way to being a record.
type deskRow[C any] struct {
	line *line
	mapped[C]
	checked exchange.Checked
}

// rows maps rows to records; those without faults are in the batch.
func (d *deskFor[C]) rows(ctx context.Context, b exchange.Batch, names *naming) ([]deskRow[C], listing.Batch[C], error) {
	columns := reading{m: d.mapping, kind: d.kind}
	for i, property := range b.Columns {
		columns.known = append(columns.known, named{property, i})
	}
	out := make([]deskRow[C], 0, len(b.Rows))
	batch := listing.Batch[C]{OwnerOrg: b.OwnerOrg, Source: DefaultSource, Submit: b.Submit}
	for _, row := range b.Rows {
		cells := make([]any, min(len(row.Cells), len(b.Columns)))
		for i := range cells {
			cells[i] = row.Cells[i]
		}
		l := columns.line(nil, Row{Cells: cells})
		r := deskRow[C]{line: l, mapped: contentOf[C](l, d.shape)}
		title, _ := reflect.ValueOf(r.content).FieldByName("Title").Interface().(text.Text)
		if r.id == "" && !title.IsZero() {
			r.id = idOfTitle(title)
		}
		named, err := names.resolve(ctx, &r.content)
		if err != nil {
			return nil, batch, err
		}
		faults := faultsOf(l, append(l.faults, named...))
		r.checked = exchange.Checked{SourceID: r.id, Title: title, Outcome: listing.Rejected, Faults: faults}
		if len(faults) == 0 {
			batch.Records = append(batch.Records, listing.SourceRecord[C]{ID: r.id, Version: r.version, Content: r.content})
		}
		out = append(out, r)
	}
	return out, batch, nil
}

// idOfTitle is the id of a record that bears none: importing the same title
// again means the same record.
func idOfTitle(t text.Text) string {
	sum := sha256.Sum256([]byte(t.Folded()))
	return "title-" + hex.EncodeToString(sum[:16])
}

func (d *deskFor[C]) check(ctx context.Context, actor policy.Actor, b exchange.Batch) ([]exchange.Checked, error) {
	rows, batch, err := d.rows(ctx, b, newNaming(d.people, actor, b.OwnerOrg, false))
	if err != nil {
		return nil, err
	}
	foreseen, err := d.target.Foresee(ctx, actor, batch)
	if err != nil {
		return nil, err
	}
	out := make([]exchange.Checked, 0, len(rows))
	for i := range rows {
		r := &rows[i]
		if len(r.checked.Faults) == 0 {
			f := foreseen[0]
			foreseen = foreseen[1:]
			unready := slices.DeleteFunc(f.Unready, func(x errs.Field) bool { return awaited(&r.content, x) })
			r.checked.Outcome, r.checked.Faults, r.checked.Unready = f.Outcome, faultsOf(r.line, f.Faults), faultsOf(r.line, unready)
		}
		out = append(out, r.checked)
	}
	return out, nil
}

func (d *deskFor[C]) take(ctx context.Context, actor policy.Actor, b exchange.Batch) ([]exchange.Checked, error) {
	rows, batch, err := d.rows(ctx, b, newNaming(d.people, actor, b.OwnerOrg, true))
	if err != nil {
		return nil, err
	}
	done, err := d.target.Import(ctx, actor, batch)
	if err != nil {
		return nil, err
	}
	out := make([]exchange.Checked, 0, len(rows))
	for i := range rows {
		r := &rows[i]
		if len(r.checked.Faults) == 0 {
			r.checked.Outcome, r.checked.Faults = done[0].Outcome, faultsOf(r.line, done[0].Faults)
			done = done[1:]
		}
		out = append(out, r.checked)
	}
	return out, nil
}

// faultsOf are faults with the columns they speak of.
func faultsOf(l *line, fields []errs.Field) []exchange.Fault {
	out := make([]exchange.Fault, 0, len(fields))
	for _, f := range fields {
		out = append(out, exchange.Fault{Column: l.column(f.Path), Path: f.Path, Code: f.Code, Params: f.Params})
	}
	return out
}
