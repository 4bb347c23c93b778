package exchange

import (
	"context"
	"slices"

	"chengqiao/internal/errs"
	"chengqiao/internal/listing"
	"chengqiao/internal/policy"
	"chengqiao/internal/text"
)

// Assign gives columns other meanings, by their places, and checks all rows
// anew. Errors: those of open; errs.Invalid for an unknown property or column
// and for a property that two columns have.
func (s *Service) Assign(ctx context.Context, actor policy.Actor, id string, version int64, properties map[int]string) (Preview, error) {
	var out Preview
	err := s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		p, err := s.open(ctx, actor, id, version)
		if err != nil {
			return err
		}
		p.Columns = slices.Clone(p.Columns)
		var f listing.Faults
		for place, property := range properties {
			switch {
			case place < 0 || place >= len(p.Columns):
				f.Add("columns", "out_of_range", errs.Params{"min": 0, "max": len(p.Columns) - 1})
				continue
			case property != "" && !s.deps.Records.Knows(p.Listing, property):
				f.Add(listing.At("columns", place, "property"), "unknown_value")
			}
			p.Columns[place].Property = property
		}
		for place := range properties {
			if place < 0 || place >= len(p.Columns) || p.Columns[place].Property == "" {
				continue
			}
			same := func(c Column) bool { return c.Property == p.Columns[place].Property }
			if i := slices.IndexFunc(p.Columns, same); i >= 0 && slices.ContainsFunc(p.Columns[i+1:], same) {
				f.Add(listing.At("columns", place, "property"), "duplicate")
			}
		}
		if err := f.Err(); err != nil {
			return err
		}
		if err := s.recheckAll(ctx, actor, p); err != nil {
			return err
		}
		out, err = s.saved(ctx, p)
		return err
	})
	return out, err
}

// recheckAll checks every row anew.
func (s *Service) recheckAll(ctx context.Context, actor policy.Actor, p Preview) error {
	var rows []Row
	for after := int64(0); ; {
		page, err := s.deps.Store.Rows(ctx, p.ID, RowFilter{After: after, Limit: checkSize})
		if err != nil {
			return err
		}
		rows = append(rows, page...)
		if len(page) < checkSize {
			break
		}
		after = page[len(page)-1].Number
	}
	if err := s.checkAll(ctx, actor, p, rows); err != nil {
		return err
	}
	return s.deps.Store.PutRows(ctx, p.ID, rows)
}

// checkAll checks rows in their order, a second one of the same id among them.
func (s *Service) checkAll(ctx context.Context, actor policy.Actor, p Preview, rows []Row) error {
	first := map[string]int64{}
	for part := range slices.Chunk(rows, checkSize) {
		if err := s.check(ctx, actor, p, part); err != nil {
			return err
		}
		for i := range part {
			key := part[i].SourceID
			if key == "" || part[i].LeftOut {
				continue
			}
			if line, twice := first[key]; twice {
				part[i].double(p, line)
				continue
			}
			first[key] = part[i].Line
		}
	}
	return nil
}

// check fills in what checking rows says, but for their doubles.
func (s *Service) check(ctx context.Context, actor policy.Actor, p Preview, rows []Row) error {
	var readable []Row
	for _, r := range rows {
		if r.Unreadable == nil {
			readable = append(readable, r)
		}
	}
	checked, err := s.deps.Records.Check(ctx, actor, Batch{
		Listing: p.Listing, OwnerOrg: p.OrgID, Columns: p.properties(), Rows: readable,
	})
	if err != nil {
		return err
	}
	for i := range rows {
		if f := rows[i].Unreadable; f != nil {
			rows[i].Checked = Checked{Outcome: listing.Rejected, Faults: []Fault{{Column: -1, Code: f.Code, Params: f.Params}}}
			continue
		}
		rows[i].Checked, checked = checked[0], checked[1:]
	}
	return nil
}

// double marks a row whose record stands in the file already, at a line.
func (r *Row) double(p Preview, line int64) {
	column := slices.IndexFunc(p.Columns, func(c Column) bool { return c.Property == "id" })
	r.Outcome = listing.Rejected
	r.Faults = append(r.Faults, Fault{Column: column, Path: "source_id", Code: "duplicate_of_line", Params: errs.Params{"line": line}})
}

// Mending is what a person changes in a row.
type Mending struct {
	Number int64
	// Cells are new values by column.
	Cells map[int]string
	// LeftOut, if set, takes the row out of the import or back into it.
	LeftOut *bool
}

// Mend changes rows and checks them anew, and with them the rows that share an
// id with them now or did before. It gives the rows that were checked. Errors:
// those of open; errs.Invalid for rows and columns that are not there.
func (s *Service) Mend(ctx context.Context, actor policy.Actor, id string, version int64, mendings []Mending) (Preview, []Row, error) {
	var out Preview
	var changed []Row
	err := s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		p, err := s.open(ctx, actor, id, version)
		if err != nil {
			return err
		}
		rows, err := s.mended(ctx, p, mendings)
		if err != nil {
			return err
		}
		if changed, err = s.recheck(ctx, actor, p, rows); err != nil {
			return err
		}
		out, err = s.saved(ctx, p)
		return err
	})
	return out, changed, err
}

// mended are the rows with their new cells, not checked yet.
func (s *Service) mended(ctx context.Context, p Preview, mendings []Mending) ([]Row, error) {
	var f listing.Faults
	f.Count("rows", len(mendings), MaxPage)
	if err := f.Err(); err != nil {
		return nil, err
	}
	numbers := make([]int64, 0, len(mendings))
	for _, m := range mendings {
		numbers = append(numbers, m.Number)
	}
	rows, err := s.deps.Store.RowsNumbered(ctx, p.ID, numbers)
	if err != nil {
		return nil, err
	}
	for i, m := range mendings {
		at := slices.IndexFunc(rows, func(r Row) bool { return r.Number == m.Number })
		if at < 0 {
			f.Add(listing.At("rows", i, "number"), "unknown_value")
			continue
		}
		r := &rows[at]
		if m.LeftOut != nil {
			r.LeftOut = *m.LeftOut
		}
		for column, value := range m.Cells {
			path := listing.At("rows", i, "cells")
			switch {
			case column < 0 || column >= len(p.Columns):
				f.Add(path, "out_of_range", errs.Params{"min": 0, "max": len(p.Columns) - 1})
				continue
			case r.Unreadable != nil:
				f.Add(path, r.Unreadable.Code, r.Unreadable.Params)
				continue
			case text.Length(value) > maxCell:
				f.Add(path, "too_long", errs.Params{"max": maxCell})
				continue
			}
			for len(r.Cells) <= column {
				r.Cells = append(r.Cells, "")
			}
			f.String(path, value, maxCell)
			r.Cells[column] = value
		}
	}
	return rows, f.Err()
}

// recheck checks rows whose cells have changed and those that they touch.
func (s *Service) recheck(ctx context.Context, actor policy.Actor, p Preview, rows []Row) ([]Row, error) {
	touched := map[string]bool{}
	for _, r := range rows {
		touched[r.SourceID] = true
	}
	if err := s.check(ctx, actor, p, rows); err != nil {
		return nil, err
	}
	for _, r := range rows {
		touched[r.SourceID] = true
	}
	if err := s.deps.Store.PutRows(ctx, p.ID, rows); err != nil {
		return nil, err
	}
	keys, err := s.deps.Store.Keys(ctx, p.ID)
	if err != nil {
		return nil, err
	}
	first := map[string]int64{}
	var others []int64
	for _, k := range keys {
		if k.SourceID == "" || !touched[k.SourceID] {
			continue
		}
		if _, there := first[k.SourceID]; !there {
			first[k.SourceID] = k.Number
		}
		if !slices.ContainsFunc(rows, func(r Row) bool { return r.Number == k.Number }) {
			others = append(others, k.Number)
		}
	}
	more, err := s.neighbours(ctx, actor, p, others)
	if err != nil {
		return nil, err
	}
	rows = append(rows, more...)
	slices.SortFunc(rows, func(a, b Row) int { return int(a.Number - b.Number) })
	lines := map[int64]int64{}
	for _, r := range rows {
		lines[r.Number] = r.Line
	}
	for i := range rows {
		if at, there := first[rows[i].SourceID]; there && at != rows[i].Number && !rows[i].LeftOut {
			rows[i].double(p, lines[at])
		}
	}
	return rows, s.deps.Store.PutRows(ctx, p.ID, rows)
}

// neighbours are rows that share an id with changed ones, checked anew.
func (s *Service) neighbours(ctx context.Context, actor policy.Actor, p Preview, numbers []int64) ([]Row, error) {
	var out []Row
	for part := range slices.Chunk(numbers, checkSize) {
		rows, err := s.deps.Store.RowsNumbered(ctx, p.ID, part)
		if err != nil {
			return nil, err
		}
		if err := s.check(ctx, actor, p, rows); err != nil {
			return nil, err
		}
		out = append(out, rows...)
	}
	return out, nil
}
