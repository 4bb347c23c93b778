package store_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"chengqiao/internal/errs"
	"chengqiao/internal/exchange"
	"chengqiao/internal/listing"
	"chengqiao/internal/policy"
	"chengqiao/internal/sqldb"
	"chengqiao/internal/store"
	"chengqiao/internal/store/storetest"
	"chengqiao/internal/text"
)

func TestPreviewsAndTheirRowsAreKept(t *testing.T) {
	storetest.ForEachEngine(t, func(t *testing.T, db *sqldb.DB) {
		ctx, s := t.Context(), store.NewExchange(db)
		at := time.Date(2026, 11, 23, 1, 2, 3, 4000, time.UTC)
		p := exchange.Preview{
			ID: "p1", Listing: "achievement", OrgID: "lab", AccountID: "anna", FileName: "成果.xlsx", State: exchange.Open, Version: 1,
			Columns:   []exchange.Column{{Header: "标题", Property: "title"}, {Header: "备注"}},
			CreatedAt: at, ExpiresAt: at.Add(time.Hour),
		}
		rows := []exchange.Row{
			{Number: 1, Line: 2, Cells: []string{"甲", ""}, Checked: exchange.Checked{SourceID: "a", Title: text.Zh("甲"), Outcome: listing.Created}},
			{Number: 2, Line: 3, Cells: []string{"007"}, Checked: exchange.Checked{SourceID: "b", Outcome: listing.Rejected,
				Faults: []exchange.Fault{{Column: 0, Path: "title", Code: "too_long", Params: errs.Params{"max": 3.0}}}}},
			{Number: 3, Line: 4, Unreadable: &errs.Field{Code: "malformed_csv"}, LeftOut: true, Checked: exchange.Checked{Outcome: listing.Rejected}},
			{Number: 4, Line: 5, Checked: exchange.Checked{SourceID: "a", Outcome: listing.Updated, Unready: []exchange.Fault{{Column: -1, Code: "required"}}}},
		}
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		must(db.InTx(ctx, func(ctx context.Context) error {
			if err := s.Insert(ctx, p); err != nil {
				return err
			}
			return s.PutRows(ctx, p.ID, rows)
		}))
		got, err := s.Load(ctx, p.ID)
		must(err)
		if fmt.Sprint(got) != fmt.Sprint(p) {
			t.Errorf("kept\n%+v\nwas\n%+v", got, p)
		}
		counted, err := s.Count(ctx, got)
		must(err)
		if counted.Rows != 4 || counted.Faulty != 1 || counted.LeftOut != 1 || counted.Unready != 1 || counted.Creates != 1 || counted.Updates != 1 {
			t.Errorf("%+v", counted)
		}
		read, err := s.Rows(ctx, p.ID, exchange.RowFilter{Limit: 10})
		must(err)
		if fmt.Sprintf("%+v", read[:2]) != fmt.Sprintf("%+v", rows[:2]) || read[2].Unreadable == nil || !read[2].LeftOut {
			t.Errorf("%+v", read)
		}
		numbers := func(rows []exchange.Row, err error) (out []int64) {
			t.Helper()
			must(err)
			for _, r := range rows {
				out = append(out, r.Number)
			}
			return out
		}
		for _, c := range []struct {
			f    exchange.RowFilter
			want []int64
		}{
			{exchange.RowFilter{Faulty: true, Limit: 10}, []int64{2}},
			{exchange.RowFilter{Wanted: true, Limit: 10}, []int64{1, 2, 4}},
			{exchange.RowFilter{After: 1, Limit: 2}, []int64{2, 3}},
		} {
			if got := numbers(s.Rows(ctx, p.ID, c.f)); !slices.Equal(got, c.want) {
				t.Errorf("%+v: %v, want %v", c.f, got, c.want)
			}
		}
		if got := numbers(s.RowsNumbered(ctx, p.ID, []int64{4, 1})); !slices.Equal(got, []int64{1, 4}) {
			t.Errorf("%v", got)
		}
		keys, err := s.Keys(ctx, p.ID)
		must(err)
		if fmt.Sprint(keys) != "[{1 a} {2 b} {4 a}]" {
			t.Errorf("%v", keys)
		}

		got.State, got.By, got.Version = exchange.Committing, policy.Actor{AccountID: "anna", OrgID: "lab", Roles: []policy.Role{policy.Officer}}, 2
		must(s.Save(ctx, got))
		if err := s.Save(ctx, got); errs.CodeOf(err) != "stale_version" {
			t.Errorf("a version twice: %v", err)
		}
		if again, err := s.Load(ctx, p.ID); err != nil || !again.By.Has(policy.Officer) || again.State != exchange.Committing {
			t.Errorf("%+v %v", again, err)
		}
		// What is being taken is not forgotten, whatever the hour.
		if ids, err := s.Expired(ctx, at.Add(2*time.Hour), 10); err != nil || len(ids) != 0 {
			t.Errorf("%v %v", ids, err)
		}
		got.State, got.Version = exchange.Done, 3
		must(s.Save(ctx, got))
		if ids, err := s.Expired(ctx, at.Add(2*time.Hour), 10); err != nil || !slices.Equal(ids, []string{"p1"}) {
			t.Errorf("%v %v", ids, err)
		}
		must(s.Delete(ctx, p.ID))
		if _, err := s.Load(ctx, p.ID); errs.KindOf(err) != errs.NotFound {
			t.Errorf("after its end: %v", err)
		}
		if some, err := s.OfOrg(ctx, "lab", 10); err != nil || len(some) != 0 {
			t.Errorf("%v %v", some, err)
		}
	})
}

func TestAnOwnListingIsKnownByItsIDAndVersion(t *testing.T) {
	forEachMarket(t, func(t *testing.T, m *market) {
		b := batch{OwnerOrg: "lab", Source: "papers", Records: []record{paper("1", "甲")}}
		made := m.importAll(b)[0].ListingID
		own := paper(made, "甲")
		foreign := batch{OwnerOrg: "other", Source: "papers", Records: []record{own}}
		foreseen := func(b batch) []string {
			t.Helper()
			out, err := m.achievements.Foresee(m.ctx, policy.SystemActor(), b)
			if err != nil {
				t.Fatal(err)
			}
			var imported []listing.Imported
			for _, f := range out {
				imported = append(imported, f.Imported)
			}
			return outcomes(imported)
		}
		b.Records = []record{own}
		if got := foreseen(b); !slices.Equal(got, []string{"unchanged"}) {
			t.Errorf("%v", got)
		}
		if got := foreseen(foreign); !slices.Equal(got, []string{"created"}) {
			t.Errorf("another organisation: %v", got)
		}
		b.Records[0] = paper(made, "甲改")
		if got := foreseen(b); !slices.Equal(got, []string{"rejected source_id changed_here"}) {
			t.Errorf("without a version: %v", got)
		}
		b.Records[0].Version = 1
		if got := foreseen(b); !slices.Equal(got, []string{"updated"}) {
			t.Errorf("%v", got)
		}
		if got := outcomes(m.importAll(b)); !slices.Equal(got, []string{"updated"}) {
			t.Errorf("%v", got)
		}
		if got := foreseen(b); !slices.Equal(got, []string{"unchanged"}) {
			t.Errorf("%v", got)
		}
		if n := count(t, m, `SELECT count(*) FROM listings`); n != 1 {
			t.Errorf("%d listings", n)
		}
	})
}
