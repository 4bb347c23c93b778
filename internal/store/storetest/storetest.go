// Package storetest gives tests a migrated store on each engine: a SQLite file
// in a temporary folder, and a fresh database of a real PostgreSQL where the
// test works by the running program's role, not by the one that owns the tables.
package storetest

import (
	"context"
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
	migrate(t, db, "", machines)
	return db
}

// Postgres is a migrated store in a fresh PostgreSQL database, opened by the
// running program's role.
func Postgres(t testing.TB, machines ...lifecycle.Machine) *sqldb.DB {
	t.Helper()
	database := servertest.PostgresDatabase(t)
	owner := open(t, sqldb.Config{Driver: sqldb.Postgres, DSN: database.MigrateDSN, MaxConns: 2})
	migrate(t, owner, deploy.RunRole, machines)
	if err := owner.Close(); err != nil {
		t.Fatal(err)
	}
	return open(t, sqldb.Config{Driver: sqldb.Postgres, DSN: database.RunDSN})
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

func migrate(t testing.TB, db *sqldb.DB, runtimeRole string, machines []lifecycle.Machine) {
	t.Helper()
	if err := store.Migrate(context.Background(), db, machines, runtimeRole); err != nil {
		t.Fatalf("storetest: migrate %s: %v", db.Driver(), err)
	}
}
