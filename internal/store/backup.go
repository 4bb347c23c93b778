package store

import (
	"context"
	"fmt"
	"slices"

	"chengqiao/internal/sqldb"
)

// seeded are the tables in which there are rows when nobody has worked with the
// store yet: of migrations and of SyncEdges.
var seeded = []string{"edges", "feed", "match_cursor", "synonym_list"}

// KeptFile is an uploaded file as the store names it.
type KeptFile struct {
	// Key finds the bytes.
	Key string
	// Size is in bytes.
	Size   int64
	SHA256 string
}

// Contents are all that the store holds at one moment.
type Contents struct {
	db *sqldb.DB
	// Schema is the version of the schema.
	Schema int64
	Tables []sqldb.Table
}

// Read runs fn with what the store holds, which for fn does not change whoever
// writes meanwhile. Neither the schema nor a row is touched, and the schema may
// be older or newer than this program's.
func Read(ctx context.Context, db *sqldb.DB, fn func(ctx context.Context, c Contents) error) error {
	migrator, err := sqldb.NewMigrator(db, Migrations())
	if err != nil {
		return err
	}
	return db.InSnapshot(ctx, func(ctx context.Context) error {
		c := Contents{db: db}
		if c.Schema, err = migrator.Version(ctx); err != nil {
			return err
		}
		if c.Tables, err = db.Tables(ctx); err != nil {
			return err
		}
		return fn(ctx, c)
	})
}

// Rows visits every row of one of Tables, see sqldb.DB.Dump. Uploads under way are
// left out: what becomes of them is known to this store alone, and another that was
// brought back from it would remove bytes that have a file here.
func (c Contents) Rows(ctx context.Context, t sqldb.Table, visit func(values []any) error) error {
	if t.Name == "uploads" {
		return nil
	}
	return c.db.Dump(ctx, t, visit)
}

// Files are all uploaded files.
func (c Contents) Files(ctx context.Context) ([]KeptFile, error) {
	return sqldb.All(ctx, c.db, func(row sqldb.Row) (f KeptFile, err error) {
		err = row.Scan(&f.Key, &f.Size, &f.SHA256)
		return f, err
	}, `SELECT blob_key, size, sha256 FROM files ORDER BY id`)
}

// BrokenReferences tells of rows that refer to none, see
// sqldb.DB.BrokenReferences.
func (c Contents) BrokenReferences(ctx context.Context) ([]string, error) {
	return c.db.BrokenReferences(ctx)
}

// Target is what a database can take in.
type Target struct {
	// Schema is the version that the database has, 0 for none, and Latest the one
	// that this program would bring it to.
	Schema, Latest int64
	// Occupied names a table in which somebody has kept something; "" when none has.
	Occupied string
}

// Examine says what a database can take in, and changes nothing.
func Examine(ctx context.Context, db *sqldb.DB) (t Target, err error) {
	migrator, err := sqldb.NewMigrator(db, Migrations())
	if err != nil {
		return t, err
	}
	t.Latest = slices.Max(migrator.Known())
	if t.Schema, err = migrator.Version(ctx); err != nil {
		return t, err
	}
	t.Occupied, err = db.Occupied(ctx, seeded)
	return t, err
}

// Refill brings an empty database to a version of the schema and fills the
// tables, which must be those of that version: all of it or, after an error,
// empty tables alone. Migrate brings it further. For broken and the errors see
// sqldb.DB.Fill.
func Refill(ctx context.Context, db *sqldb.DB, version int64, tables map[string][]string, broken []string, fill func(ctx context.Context, put sqldb.Put) error) error {
	migrator, err := sqldb.NewMigrator(db, Migrations())
	if err != nil {
		return err
	}
	if err := migrator.UpTo(ctx, version); err != nil {
		return err
	}
	return db.Fill(ctx, seeded, broken, func(ctx context.Context, put sqldb.Put) error {
		own, err := db.Tables(ctx)
		if err != nil {
			return err
		}
		if err := sameTables(own, tables); err != nil {
			return fmt.Errorf("schema %d: %w", version, err)
		}
		return fill(ctx, put)
	})
}

// sameTables compares tables and their columns, whose order is not the same on
// both engines.
func sameTables(own []sqldb.Table, tables map[string][]string) error {
	for _, t := range own {
		columns, ok := tables[t.Name]
		if !ok {
			return fmt.Errorf("the table %s is missing", t.Name)
		}
		if !slices.Equal(slices.Sorted(slices.Values(columns)), slices.Sorted(slices.Values(t.Columns))) {
			return fmt.Errorf("the table %s has other columns", t.Name)
		}
	}
	if len(own) != len(tables) {
		return fmt.Errorf("there are %d tables, not %d", len(tables), len(own))
	}
	return nil
}
