package store_test

import (
	"context"
	"errors"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"chengqiao/internal/deal"
	"chengqiao/internal/servertest"
	"chengqiao/internal/sqldb"
	"chengqiao/internal/store"
	"chengqiao/internal/store/storetest"
)

func TestANewStoreHasRowsInTheSeededTablesAlone(t *testing.T) {
	storetest.ForEachEngine(t, func(t *testing.T, db *sqldb.DB) {
		target, err := store.Examine(t.Context(), db)
		if err != nil || target.Occupied != "" || target.Schema != target.Latest || target.Latest == 0 {
			t.Errorf("a new store is %+v, %v", target, err)
		}
		for _, table := range store.Seeded {
			but := slices.DeleteFunc(slices.Clone(store.Seeded), func(s string) bool { return s == table })
			if found, err := db.Occupied(t.Context(), but); err != nil || found != table {
				t.Errorf("%s is said to have rows, found was %q, %v", table, found, err)
			}
		}
	}, deal.Machine)
}

// carried is what a store holds, to be put into another.
type carried struct {
	schema int64
	tables map[string][]string
	rows   map[string][][]any
}

func contents(t *testing.T, db *sqldb.DB) carried {
	t.Helper()
	out := carried{tables: map[string][]string{}, rows: map[string][][]any{}}
	if err := store.Read(t.Context(), db, func(ctx context.Context, c store.Contents) error {
		out.schema = c.Schema
		for _, table := range c.Tables {
			out.tables[table.Name] = table.Columns
			if err := c.Rows(ctx, table, func(values []any) error {
				out.rows[table.Name] = append(out.rows[table.Name], slices.Clone(values))
				return nil
			}); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

func (k carried) bring(ctx context.Context, db *sqldb.DB) error {
	return store.Refill(ctx, db, k.schema, k.tables, nil, func(ctx context.Context, put sqldb.Put) error {
		for _, table := range slices.Sorted(maps.Keys(k.rows)) {
			rows := k.rows[table]
			if _, err := put(ctx, table, k.tables[table], func() ([]any, error) {
				if len(rows) == 0 {
					return nil, io.EOF
				}
				row := rows[0]
				rows = rows[1:]
				return row, nil
			}); err != nil {
				return err
			}
		}
		return nil
	})
}

// A store that is brought back beside this one, on the same storage for files, must
// not take the bytes of an upload that was under way for its own to remove.
func TestAnUploadUnderWayIsInNoBackup(t *testing.T) {
	storetest.ForEachEngine(t, func(t *testing.T, db *sqldb.DB) {
		if err := store.NewDocument(db).BeginUpload(t.Context(), "under-way", time.Unix(1, 0)); err != nil {
			t.Fatal(err)
		}
		held := contents(t, db)
		if rows := held.rows["uploads"]; len(rows) != 0 || held.tables["uploads"] == nil {
			t.Errorf("the backup has %v of the columns %v", rows, held.tables["uploads"])
		}
	}, deal.Machine)
}

// atVersion is a database of an older schema with something in it.
func atVersion(t *testing.T, cfg sqldb.Config, version int64) *sqldb.DB {
	t.Helper()
	db := openStore(t, cfg)
	migrator, err := sqldb.NewMigrator(db, store.Migrations())
	if err != nil {
		t.Fatal(err)
	}
	if err := migrator.UpTo(t.Context(), version); err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{
		`INSERT INTO edges (kind, from_state, to_state, action, needs_reason, retired) VALUES ('old', '', 'begun', 'begin', FALSE, FALSE)`,
		`INSERT INTO steps (kind, subject_id, seq, from_state, to_state, action, account_id, org_id, at, reason)
			VALUES ('old', 's', 1, '', 'begun', 'begin', '', '', 1, '')`,
		// The edge left the machine since; its step stays.
		`UPDATE edges SET retired = TRUE WHERE kind = 'old'`,
		`UPDATE feed SET position = 7`,
	} {
		if _, err := db.Exec(t.Context(), s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
	return db
}

// TestAnOlderStoreIsBroughtBackOnEitherEngine takes a store of the first tables'
// time to each engine and up to date there.
func TestAnOlderStoreIsBroughtBackOnEitherEngine(t *testing.T) {
	const version = 5
	fresh := map[sqldb.Driver]func() sqldb.Config{
		sqldb.SQLite: func() sqldb.Config {
			return sqldb.Config{Driver: sqldb.SQLite, DSN: filepath.Join(t.TempDir(), "store.db")}
		},
		sqldb.Postgres: func() sqldb.Config { return sqldb.Config{Driver: sqldb.Postgres, DSN: servertest.Postgres(t)} },
	}
	for from, ofFrom := range fresh {
		old := contents(t, atVersion(t, ofFrom(), version))
		if old.schema != version {
			t.Fatalf("read at %d", old.schema)
		}
		for to, ofTo := range fresh {
			t.Run(string(from)+" to "+string(to), func(t *testing.T) {
				db := openStore(t, ofTo())
				broken := errors.New("broken")
				if err := store.Refill(t.Context(), db, old.schema, old.tables, nil, func(context.Context, sqldb.Put) error { return broken }); !errors.Is(err, broken) {
					t.Fatal(err)
				}
				// What was cut off is begun again.
				if err := old.bring(t.Context(), db); err != nil {
					t.Fatal(err)
				}
				if err := store.Migrate(t.Context(), db, nil, ""); err != nil {
					t.Fatal(err)
				}
				now := contents(t, db)
				if now.schema <= version || len(now.rows["steps"]) != 1 || len(now.rows["feed"]) != 1 {
					t.Errorf("schema %d, steps %v, feed %v", now.schema, now.rows["steps"], now.rows["feed"])
				}
				if _, err := db.Exec(t.Context(), `DELETE FROM steps`); err == nil {
					t.Error("history can be deleted")
				}
				_, err := db.Exec(t.Context(), `INSERT INTO steps (kind, subject_id, seq, from_state, to_state, action, account_id, org_id, at, reason)
					VALUES ('old', 'another', 1, '', 'begun', 'begin', '', '', 1, '')`)
				if err == nil {
					t.Error("a retired step can be carried")
				}
			})
		}
	}
}

func TestTablesOfAnotherShapeAreRefused(t *testing.T) {
	all := contents(t, storetest.SQLite(t))
	for what, change := range map[string]func(tables map[string][]string){
		"a table too few":      func(tables map[string][]string) { delete(tables, "steps") },
		"a table too many":     func(tables map[string][]string) { tables["more"] = []string{"id"} },
		"a column too few":     func(tables map[string][]string) { tables["feed"] = []string{"name"} },
		"a column of its own":  func(tables map[string][]string) { tables["feed"] = []string{"name", "place"} },
		"a column named twice": func(tables map[string][]string) { tables["feed"] = []string{"name", "name"} },
	} {
		tables := maps.Clone(all.tables)
		change(tables)
		db := openStore(t, sqldb.Config{Driver: sqldb.SQLite, DSN: filepath.Join(t.TempDir(), "store.db")})
		if err := store.Refill(t.Context(), db, all.schema, tables, nil, func(context.Context, sqldb.Put) error { return nil }); err == nil {
			t.Errorf("%s goes through", what)
		}
	}
}
