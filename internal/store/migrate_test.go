package store_test

import (
	"context"
	"io/fs"
	"path/filepath"
	"testing"
	"testing/fstest"

	"chengqiao/internal/errs"
	"chengqiao/internal/servertest"
	"chengqiao/internal/sqldb"
	"chengqiao/internal/store"
)

func openStore(t *testing.T, cfg sqldb.Config) *sqldb.DB {
	t.Helper()
	db, err := sqldb.Open(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// storeFiles are the store's migrations by name.
func storeFiles(t *testing.T) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	names, err := fs.Glob(store.Migrations(), "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if out[name], err = fs.ReadFile(store.Migrations(), name); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// openBefore opens a store as it was before the migration of a number.
func openBefore(t *testing.T, cfg sqldb.Config, number string) *sqldb.DB {
	t.Helper()
	db, before := openStore(t, cfg), fstest.MapFS{}
	for name, data := range storeFiles(t) {
		if name < number {
			before[name] = &fstest.MapFile{Data: data}
		}
	}
	migrator, err := sqldb.NewMigrator(db, before)
	if err != nil {
		t.Fatal(err)
	}
	if err := migrator.Up(context.Background()); err != nil {
		t.Fatal(err)
	}
	return db
}

func TestMigratingTwiceChangesNothing(t *testing.T) {
	for _, cfg := range []sqldb.Config{
		{Driver: sqldb.SQLite, DSN: filepath.Join(t.TempDir(), "store.db")},
		{Driver: sqldb.Postgres, DSN: servertest.Postgres(t)},
	} {
		t.Run(string(cfg.Driver), func(t *testing.T) {
			db := openStore(t, cfg)
			wantCode(t, store.CheckSchema(context.Background(), db), errs.Unavailable, "schema_outdated")
			for range 2 {
				if err := store.Migrate(context.Background(), db, nil, ""); err != nil {
					t.Fatal(err)
				}
			}
			if err := store.CheckSchema(context.Background(), db); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestANewerSchemaIsRefusedWithItsVersion(t *testing.T) {
	for _, cfg := range []sqldb.Config{
		{Driver: sqldb.SQLite, DSN: filepath.Join(t.TempDir(), "store.db")},
		{Driver: sqldb.Postgres, DSN: servertest.Postgres(t)},
	} {
		t.Run(string(cfg.Driver), func(t *testing.T) {
			db := openStore(t, cfg)
			future := withStore(t, fstest.MapFS{
				"9999_future.sql": {Data: []byte("-- +goose Up\nCREATE TABLE future (id TEXT NOT NULL);")},
			})
			migrator, err := sqldb.NewMigrator(db, future)
			if err != nil {
				t.Fatal(err)
			}
			if err := migrator.Up(context.Background()); err != nil {
				t.Fatal(err)
			}
			err = store.Migrate(context.Background(), db, nil, "")
			wantCode(t, err, errs.Conflict, "schema_newer")
			if errs.As(err).Params["database_version"] != int64(9999) {
				t.Fatalf("params %v", errs.As(err).Params)
			}
			wantCode(t, store.CheckSchema(context.Background(), db), errs.Conflict, "schema_newer")
		})
	}
}
