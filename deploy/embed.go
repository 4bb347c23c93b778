// Package deploy owns what an operator sets up around the program, as far as
// the tests have to set up the very same: the privileges of the PostgreSQL
// roles. Compose, proxy and image files lie beside it.
package deploy

import _ "embed"

// The two PostgreSQL roles. Migrations own the tables; the running program
// may only read and write rows, so that a hole in it cannot change the schema
// or drop the triggers that keep history.
const (
	MigrateRole = "chengqiao_migrate"
	RunRole     = "chengqiao"
)

// PostgresGrants is run once in a new database by a superuser, after both
// roles exist and before the first migration.
//
//go:embed postgres/grants.sql
var PostgresGrants string
