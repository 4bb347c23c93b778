// Package storetest gives tests a migrated store on each engine: a SQLite file
// in a temporary folder, and a fresh database of a real PostgreSQL where the
// test works by the running program's role, not by the one that owns the tables.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"chengqiao/deploy"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/servertest"
	"chengqiao/internal/sqldb"
	"chengqiao/internal/store"
)

// ForEachEngine runs fn as a subtest on SQLite and on PostgreSQL, each with an
// empty, migrated store that knows the edges of machines.
func ForEachEngine(t *testing.T, fn func(t *testing.T, db *sqldb.DB), machines ...lifecycle.Machine) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { fn(t, SQLite(t, machines...)) })
	t.Run("postgres", func(t *testing.T) { fn(t, Postgres(t, machines...)) })
}

// SQLite is a migrated store in a file of the test's temporary folder.
func SQLite(t testing.TB, machines ...lifecycle.Machine) *sqldb.DB {
	t.Helper()
	db := open(t, sqldb.Config{Driver: sqldb.SQLite, DSN: filepath.Join(t.TempDir(), "store.db")})
	if err := store.Migrate(context.Background(), db, machines, ""); err != nil {
		t.Fatalf("storetest: migrate: %v", err)
	}
	return db
}

// Postgres is a migrated store in a fresh PostgreSQL database, opened by the
// running program's role.
func Postgres(t testing.TB, machines ...lifecycle.Machine) *sqldb.DB {
	t.Helper()
	return open(t, sqldb.Config{Driver: sqldb.Postgres, DSN: PostgresDSN(t, machines...).RunDSN})
}

// PostgresDSN is the database of Postgres not yet opened, for tests that open
// it more than once, as replicas do.
func PostgresDSN(t testing.TB, machines ...lifecycle.Machine) servertest.Database {
	t.Helper()
	return servertest.PostgresCopy(t, fmt.Sprint(machines), func(d servertest.Database) error {
		ctx := context.Background()
		owner, err := sqldb.Open(ctx, sqldb.Config{Driver: sqldb.Postgres, DSN: d.MigrateDSN, MaxConns: 2})
		if err != nil {
			return err
		}
		return errors.Join(store.Migrate(ctx, owner, machines, deploy.RunRole), owner.Close())
	})
}

func open(t testing.TB, cfg sqldb.Config) *sqldb.DB {
	t.Helper()
	db, err := sqldb.Open(context.Background(), cfg)
	if err != nil {
		t.Fatalf("storetest: open %s: %v", cfg.Driver, err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}
