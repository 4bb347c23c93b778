package sqldb_test

import (
	"context"
	"errors"
	"io"
	"reflect"
	"slices"
	"strconv"
	"testing"

	"chengqiao/internal/errs"
	"chengqiao/internal/sqldb"
)

// fillable adds to the tables of forEachEngine what makes filling them hard: a
// table that refers to itself, one that refers to a later one, and a guard.
func fillable(t *testing.T, db *sqldb.DB) {
	t.Helper()
	statements := []string{
		`CREATE TABLE values_of_all (id TEXT NOT NULL, n BIGINT, yes BOOLEAN, detail JSONB, bytes BYTEA, before TEXT,
			CONSTRAINT values_pk PRIMARY KEY (id),
			CONSTRAINT values_before_fk FOREIGN KEY (before) REFERENCES values_of_all (id))`,
		`CREATE TABLE seeds (id TEXT NOT NULL)`,
		`INSERT INTO seeds (id) VALUES ('of a migration')`,
		`DELETE FROM accounts`,
	}
	if db.Driver() == sqldb.Postgres {
		statements = append(statements,
			`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION USING MESSAGE = TG_ARGV[0], ERRCODE = 'CQ001'; END $$`,
			`CREATE TRIGGER accounts_closed BEFORE INSERT ON accounts FOR EACH ROW EXECUTE FUNCTION refuse('closed')`)
	} else {
		statements = append(statements, `CREATE TRIGGER accounts_closed BEFORE INSERT ON accounts BEGIN SELECT RAISE(ABORT, 'closed'); END`)
	}
	for _, s := range statements {
		exec(t, db, s)
	}
}

var seeds = []string{"seeds"}

// all gives rows one after the other.
func all(rows ...[]any) func() ([]any, error) {
	return func() ([]any, error) {
		if len(rows) == 0 {
			return nil, io.EOF
		}
		row := rows[0]
		rows = rows[1:]
		return row, nil
	}
}

func dumped(t *testing.T, db *sqldb.DB, ctx context.Context, table string) (rows [][]any) {
	t.Helper()
	tables, err := db.Tables(ctx)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(tables, func(t sqldb.Table) bool { return t.Name == table })
	if i < 0 {
		t.Fatalf("no table %s in %v", table, tables)
	}
	if err := db.Dump(ctx, tables[i], func(values []any) error {
		rows = append(rows, slices.Clone(values))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestTablesAreFilledInAnyOrderAndGuardedAfterwards(t *testing.T) {
	forEachEngine(t, func(t *testing.T, db *sqldb.DB) {
		fillable(t, db)
		ctx := t.Context()
		values := [][]any{
			{"b", int64(-1), true, `{"a": "成果"}`, []byte{0, 255}, "a"}, // refers to the one after it
			{"a", nil, nil, nil, nil, nil},
			{"c", int64(1) << 62, false, `{}`, []byte{}, "c"},
		}
		err := db.Fill(ctx, seeds, nil, func(ctx context.Context, put sqldb.Put) error {
			for _, one := range []struct {
				table   string
				columns []string
				rows    [][]any
			}{
				{"emails", []string{"value", "kind", "account_id", "detail"}, [][]any{{"v", "k", "x", "{}"}}},
				{"accounts", []string{"id", "balance", "active", "note"}, [][]any{{"x", int64(5), true, nil}}},
				{"values_of_all", []string{"id", "n", "yes", "detail", "bytes", "before"}, values},
				{"seeds", []string{"id"}, [][]any{{"brought"}}},
			} {
				if n, err := put(ctx, one.table, one.columns, all(one.rows...)); err != nil || n != int64(len(one.rows)) {
					t.Errorf("%s: %d rows, %v", one.table, n, err)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := dumped(t, db, ctx, "values_of_all"); !reflect.DeepEqual(got, values) {
			t.Errorf("%v came back as %v", values, got)
		}
		if got := dumped(t, db, ctx, "seeds"); !reflect.DeepEqual(got, [][]any{{"brought"}}) {
			t.Errorf("seeds %v", got)
		}
		_, err = db.Exec(ctx, `INSERT INTO accounts (id, balance, active) VALUES ('y', 1, TRUE)`)
		wantCode(t, err, errs.Conflict, "closed")
		_, err = db.Exec(ctx, `INSERT INTO values_of_all (id, before) VALUES ('d', 'nobody')`)
		wantCode(t, err, errs.Conflict, "reference_missing")
		if table, err := db.Occupied(ctx, seeds); err != nil || table != "accounts" {
			t.Errorf("occupied is %q, %v", table, err)
		}
		err = db.Fill(ctx, seeds, nil, func(context.Context, sqldb.Put) error {
			t.Error("an occupied database is filled")
			return nil
		})
		wantCode(t, err, errs.Conflict, "store_not_empty")
	})
}

func TestAFillingThatFailsLeavesNothing(t *testing.T) {
	forEachEngine(t, func(t *testing.T, db *sqldb.DB) {
		fillable(t, db)
		broken := errors.New("the source broke")
		cancelled, cancel := context.WithCancel(t.Context())
		written := 0
		for what, c := range map[string]struct {
			ctx  context.Context
			rows func() ([]any, error)
			is   func(err error) bool
		}{
			"a broken source": {t.Context(), func() ([]any, error) { return nil, broken }, func(err error) bool { return errors.Is(err, broken) }},
			"a reference to nothing": {t.Context(), all([]any{"a", "nobody"}), func(err error) bool {
				return errs.CodeOf(err) == "reference_missing"
			}},
			"the same row twice": {t.Context(), all([]any{"a", nil}, []any{"a", nil}), func(err error) bool { return errs.CodeOf(err) == "duplicate" }},
			"an interruption": {cancelled, func() ([]any, error) {
				cancel()
				written++
				return []any{strconv.Itoa(written), nil}, nil
			}, func(err error) bool { return errors.Is(err, context.Canceled) }},
		} {
			err := db.Fill(c.ctx, seeds, nil, func(ctx context.Context, put sqldb.Put) error {
				_, err := put(ctx, "values_of_all", []string{"id", "before"}, c.rows)
				return err
			})
			if !c.is(err) {
				t.Errorf("%s: %v", what, err)
			}
			if table, err := db.Occupied(t.Context(), seeds); err != nil || table != "" {
				t.Errorf("%s leaves rows in %q, %v", what, table, err)
			}
			if got := dumped(t, db, t.Context(), "seeds"); len(got) != 1 {
				t.Errorf("%s leaves the seeds %v", what, got)
			}
		}
		_, err := db.Exec(t.Context(), `INSERT INTO accounts (id, balance, active) VALUES ('y', 1, TRUE)`)
		wantCode(t, err, errs.Conflict, "closed")
	})
}

func TestASnapshotDoesNotSeeWhatIsWrittenMeanwhile(t *testing.T) {
	forEachEngine(t, func(t *testing.T, db *sqldb.DB) {
		err := db.InSnapshot(t.Context(), func(ctx context.Context) error {
			before := dumped(t, db, ctx, "accounts")
			exec(t, db, `UPDATE accounts SET balance = 1`)
			exec(t, db, `INSERT INTO accounts (id, balance, active) VALUES ('c', 1, TRUE)`)
			if after := dumped(t, db, ctx, "accounts"); !reflect.DeepEqual(after, before) {
				t.Errorf("%v became %v", before, after)
			}
			if got := dumped(t, db, ctx, "emails"); len(got) != 0 {
				t.Errorf("emails %v", got)
			}
			if _, err := db.Exec(ctx, `UPDATE accounts SET balance = 2`); err == nil {
				t.Error("a snapshot can be written to")
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if n := balance(t, db, t.Context(), "c"); n != 1 {
			t.Errorf("what was written beside the snapshot is %d", n)
		}
	})
}
