package sqldb

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"slices"
	"strings"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"chengqiao/internal/errs"
)

// Migrator brings a database's schema to what this program knows. On
// PostgreSQL it runs by a role of its own, which owns the tables; the running
// program's role only reads and writes rows (see Grant).
type Migrator struct {
	db       *DB
	provider *goose.Provider
}

// NewMigrator reads the migrations in the root of files: NNNN_name.sql for
// both engines, NNNN_name.sqlite.sql and NNNN_name.postgres.sql where they
// must differ.
func NewMigrator(db *DB, files fs.FS) (*Migrator, error) {
	dialect := goose.DialectSQLite3
	options := []goose.ProviderOption{
		goose.WithDisableGlobalRegistry(true),
		goose.WithLogger(goose.NopLogger()),
	}
	if db.driver == Postgres {
		dialect = goose.DialectPostgres
		// Replicas that start together must not migrate together.
		locker, err := lock.NewPostgresSessionLocker(lock.WithLockID(advisoryKey("migrate")))
		if err != nil {
			return nil, fmt.Errorf("sqldb: migration lock: %w", err)
		}
		options = append(options, goose.WithSessionLocker(locker))
	}
	provider, err := goose.NewProvider(dialect, db.writer, dialectFS{files, db.driver}, options...)
	if err != nil {
		return nil, fmt.Errorf("sqldb: read migrations: %w", err)
	}
	return &Migrator{db: db, provider: provider}, nil
}

// Up applies what is missing. Error: errs.Conflict "schema_newer" when the
// database was migrated by a newer program, with Params database_version and
// program_version; then nothing is touched.
func (m *Migrator) Up(ctx context.Context) error {
	pending, err := m.pending(ctx)
	if err != nil || len(pending) == 0 {
		return err
	}
	results, err := m.provider.Up(ctx)
	if err != nil {
		return fmt.Errorf("sqldb: migrate: %w", mapError(err))
	}
	for _, r := range results {
		slog.DebugContext(ctx, "schema migrated", "version", r.Source.Version, "file", r.Source.Path,
			"duration", r.Duration)
	}
	return nil
}

// UpTo applies what is missing up to a version that the program knows, for a
// database that is to be filled with what was kept at that version.
func (m *Migrator) UpTo(ctx context.Context, version int64) error {
	if _, err := m.provider.UpTo(ctx, version); err != nil {
		return fmt.Errorf("sqldb: migrate: %w", mapError(err))
	}
	return nil
}

// Version is the highest one that the database has; 0 when it is empty.
func (m *Migrator) Version(ctx context.Context) (int64, error) {
	applied, err := m.applied(ctx)
	if err != nil || len(applied) == 0 {
		return 0, err
	}
	return slices.Max(applied), nil
}

// Known are the versions that the program has.
func (m *Migrator) Known() []int64 {
	var known []int64
	for _, s := range m.provider.ListSources() {
		known = append(known, s.Version)
	}
	return known
}

// Check says whether the running program fits the schema, without changing
// anything. Errors: errs.Unavailable "schema_outdated" with Params
// missing_versions when migrations are to be run, errs.Conflict
// "schema_newer" as Up.
func (m *Migrator) Check(ctx context.Context) error {
	pending, err := m.pending(ctx)
	if err != nil {
		return err
	}
	if len(pending) > 0 {
		return errs.Newp(errs.Unavailable, "schema_outdated", errs.Params{"missing_versions": pending})
	}
	return nil
}

// pending are the versions that the program has and the database has not.
func (m *Migrator) pending(ctx context.Context) ([]int64, error) {
	applied, err := m.applied(ctx)
	if err != nil {
		return nil, err
	}
	known := m.Known()
	var pending []int64
	for _, v := range known {
		if !slices.Contains(applied, v) {
			pending = append(pending, v)
		}
	}
	if len(applied) > 0 && slices.Max(applied) > slices.Max(known) {
		return nil, errs.Newp(errs.Conflict, "schema_newer", errs.Params{
			"database_version": slices.Max(applied), "program_version": slices.Max(known)})
	}
	return pending, nil
}

// applied are the versions in the database; none when it is empty.
func (m *Migrator) applied(ctx context.Context) ([]int64, error) {
	table := `SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'goose_db_version'`
	if m.db.driver == Postgres {
		table = `SELECT count(*) FROM pg_catalog.pg_class WHERE oid = to_regclass('goose_db_version')`
	}
	exists, err := One(ctx, m.db, Scalar[int64], table)
	if err != nil || exists == 0 {
		return nil, err
	}
	return All(ctx, m.db, Scalar[int64],
		`SELECT version_id FROM goose_db_version WHERE is_applied AND version_id > 0 ORDER BY id`)
}

// Grant gives a PostgreSQL role what the running program needs and no more:
// it reads and writes rows, owns nothing, can neither change nor delete rows
// of append-only tables, which are those with a trigger named
// "…_append_only", and only reads the tables named readOnly. It does nothing
// on SQLite, which has no roles; there the triggers stand alone.
func (db *DB) Grant(ctx context.Context, role string, readOnly ...string) error {
	if db.driver != Postgres {
		return nil
	}
	return db.InTx(ctx, func(ctx context.Context) error {
		quoted := quoteIdent(role)
		for _, statement := range []string{
			`GRANT USAGE ON SCHEMA public TO ` + quoted,
			`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ` + quoted,
		} {
			if _, err := db.Exec(ctx, statement); err != nil {
				return err
			}
		}
		for _, table := range append(slices.Clone(readOnly), "goose_db_version") {
			if _, err := db.Exec(ctx, `REVOKE INSERT, UPDATE, DELETE ON `+quoteIdent(table)+` FROM `+quoted); err != nil {
				return err
			}
		}
		tables, err := All(ctx, db, Scalar[string], `
			SELECT DISTINCT c.relname::text
			FROM pg_catalog.pg_trigger t
			JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
			JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
			WHERE n.nspname = 'public' AND t.tgname LIKE '%\_append\_only' ORDER BY 1`)
		if err != nil {
			return err
		}
		for _, table := range tables {
			if _, err := db.Exec(ctx, `REVOKE UPDATE, DELETE ON `+quoteIdent(table)+` FROM `+quoted); err != nil {
				return err
			}
		}
		return nil
	})
}

func quoteIdent(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// dialectFS shows goose only the files of one engine: goose takes the version
// from a file's leading digits and would see two files of one version.
type dialectFS struct {
	fs.FS
	driver Driver
}

// ReadDir implements fs.ReadDirFS, which fs.Glob uses.
func (d dialectFS) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(d.FS, name)
	if err != nil {
		return nil, err
	}
	other := map[Driver]string{SQLite: ".postgres.sql", Postgres: ".sqlite.sql"}[d.driver]
	if other == "" {
		return nil, errors.New("sqldb: unknown driver")
	}
	return slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return strings.HasSuffix(e.Name(), other) }), nil
}
