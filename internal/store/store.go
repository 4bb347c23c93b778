// Package store holds all SQL of the product: one adapter a domain, each in a
// file of its name, and what every domain's writes share: the journal (audit,
// steps, events), idempotency keys and the migrations. It decides nothing; it
// keeps what the domains decided, and makes impossible what they never may.
package store

import (
	"context"
	"embed"
	"io/fs"

	"chengqiao/internal/lifecycle"
	"chengqiao/internal/sqldb"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// Migrations are the schema's migrations, in the root of the file system.
func Migrations() fs.FS {
	files, err := fs.Sub(migrationFiles, "migrations")
	if err != nil {
		panic(err) // the folder is embedded under this very name
	}
	return files
}

// Migrate brings the schema up to date, fills the edges from the domains'
// state machines, and gives runtimeRole (PostgreSQL; "" when the program runs
// by the migrating role) its rights: none to change or delete history or to
// touch edges. Errors: errs.Conflict "schema_newer", see sqldb.Migrator.Up.
func Migrate(ctx context.Context, db *sqldb.DB, machines []lifecycle.Machine, runtimeRole string) error {
	migrator, err := sqldb.NewMigrator(db, Migrations())
	if err != nil {
		return err
	}
	if err := migrator.Up(ctx); err != nil {
		return err
	}
	if err := SyncEdges(ctx, db, machines...); err != nil {
		return err
	}
	if runtimeRole == "" {
		return nil
	}
	return db.Grant(ctx, runtimeRole, "edges")
}

// CheckSchema says whether the schema fits this program, changing nothing: for
// a program that runs by a role without the right to migrate. Errors:
// errs.Unavailable "schema_outdated", errs.Conflict "schema_newer".
func CheckSchema(ctx context.Context, db *sqldb.DB) error {
	migrator, err := sqldb.NewMigrator(db, Migrations())
	if err != nil {
		return err
	}
	return migrator.Check(ctx)
}
