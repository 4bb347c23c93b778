package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"slices"

	"github.com/jackc/pgx/v5"

	"chengqiao/internal/errs"
)

// Put brings rows into a table: those that next gives, each with a value for
// each of columns as Dump visits them, until its error is io.EOF. It says how
// many there were.
type Put func(ctx context.Context, table string, columns []string, next func() ([]any, error)) (int64, error)

// Occupied is the name of a table that has a row, "" when none has. Of those
// named seeded it does not ask: migrations have put rows there.
func (db *DB) Occupied(ctx context.Context, seeded []string) (string, error) {
	tables, err := db.Tables(ctx)
	if err != nil {
		return "", err
	}
	for _, t := range tables {
		if slices.Contains(seeded, t.Name) {
			continue
		}
		some, err := One(ctx, db, Scalar[bool], `SELECT EXISTS (SELECT 1 FROM `+quoteIdent(t.Name)+`)`)
		if err != nil {
			return "", err
		}
		if some {
			return t.Name, nil
		}
	}
	return "", nil
}

// Fill runs fn in one transaction in which it puts rows into empty tables, in
// whatever order; what migrations have seeded is taken away before. The guards
// are off meanwhile: they judge how a row changes, and these rows have changed
// already. References are proven as a whole before the commit; broken are those
// that were broken where the rows come from, see BrokenReferences, which SQLite
// takes as they were.
//
// Errors: those of fn; errs.Conflict "store_not_empty" with Params table;
// errs.Conflict "reference_missing" or "illegal_step" when a row refers to one
// that was not put. Then nothing is kept. It cannot join a running transaction.
func (db *DB) Fill(ctx context.Context, seeded, broken []string, fn func(ctx context.Context, put Put) error) error {
	if db.txOf(ctx) != nil {
		return errors.New("sqldb: Fill inside a transaction")
	}
	conn, err := db.writer.Conn(ctx)
	if err != nil {
		return mapError(orEnded(ctx, err))
	}
	defer conn.Close()
	if db.driver == SQLite {
		// No effect inside a transaction, so before it and on its very connection.
		if _, err := conn.ExecContext(ctx, `PRAGMA foreign_keys = OFF`); err != nil {
			return mapError(err)
		}
		defer func() { _, _ = conn.ExecContext(context.WithoutCancel(ctx), `PRAGMA foreign_keys = ON`) }()
	}
	// Statements end with ctx; a commit that was begun does not, or nobody would
	// know whether it was.
	tx, err := conn.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		return mapError(err)
	}
	defer func() { _ = tx.Rollback() }() // without effect after the commit
	state := &txState{tx: tx}
	inside := context.WithValue(ctx, txKey{db}, state)
	if err := db.fill(inside, conn, seeded, broken, fn); err != nil {
		return err
	}
	if err := errors.Join(state.failed, ctx.Err()); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return mapCommitError(err)
	}
	db.checkpoints.committed()
	return nil
}

func (db *DB) fill(ctx context.Context, conn *sql.Conn, seeded, broken []string, fn func(ctx context.Context, put Put) error) error {
	guards, err := db.guards(ctx)
	if err != nil {
		return err
	}
	for _, g := range guards {
		if _, err := db.Exec(ctx, g.off); err != nil {
			return err
		}
	}
	if table, err := db.Occupied(ctx, seeded); err != nil {
		return err
	} else if table != "" {
		return errs.Newp(errs.Conflict, "store_not_empty", errs.Params{"table": table})
	}
	tables, err := db.Tables(ctx)
	if err != nil {
		return err
	}
	for _, t := range tables { // an older schema lacks some of seeded
		if slices.Contains(seeded, t.Name) {
			if _, err := db.Exec(ctx, `DELETE FROM `+quoteIdent(t.Name)); err != nil {
				return err
			}
		}
	}
	put := db.putRows
	if db.driver == Postgres {
		put = copyTo(conn)
	}
	if err := fn(ctx, put); err != nil {
		return err
	}
	for _, g := range guards {
		if _, err := db.Exec(ctx, g.on); err != nil {
			return err
		}
	}
	now, err := db.BrokenReferences(ctx)
	if err != nil {
		return err
	}
	for _, r := range now {
		if !slices.Contains(broken, r) {
			return errs.Wrap(errs.Conflict, "reference_missing", errors.New(r))
		}
	}
	return nil
}

// guard is a trigger or a reference: how it is put off and on again.
type guard struct{ off, on string }

func scanGuard(row Row) (g guard, err error) {
	err = row.Scan(&g.off, &g.on)
	return g, err
}

// guards are the triggers, and on PostgreSQL the references too: each row would
// ask for its own, in an order of tables that there need not be.
func (db *DB) guards(ctx context.Context) ([]guard, error) {
	if db.driver == SQLite {
		return All(ctx, db, scanGuard, `
			SELECT 'DROP TRIGGER "' || name || '"', sql FROM sqlite_master WHERE type = 'trigger' ORDER BY rowid`)
	}
	return All(ctx, db, scanGuard, `
		SELECT format('ALTER TABLE %I DROP CONSTRAINT %I', c.relname, k.conname),
			format('ALTER TABLE %I ADD CONSTRAINT %I %s', c.relname, k.conname, pg_get_constraintdef(k.oid))
		FROM pg_catalog.pg_constraint k
		JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
		JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
		WHERE k.contype = 'f' AND n.nspname = current_schema()
		UNION ALL
		SELECT format('ALTER TABLE %I DISABLE TRIGGER USER', c.relname), format('ALTER TABLE %I ENABLE TRIGGER USER', c.relname)
		FROM pg_catalog.pg_class c
		JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
		WHERE c.relkind = 'r' AND c.relhastriggers AND n.nspname = current_schema()`)
}

// BrokenReferences tells of rows that refer to none, a text for each two tables.
// On PostgreSQL there cannot be any. On SQLite this program makes none either,
// but another that opens the file need not look.
func (db *DB) BrokenReferences(ctx context.Context) ([]string, error) {
	if db.driver == Postgres {
		return nil, nil
	}
	return All(ctx, db, Scalar[string], `
		SELECT 'rows of ' || "table" || ' refer to none of ' || parent || ': ' || count(*)
		FROM pragma_foreign_key_check GROUP BY "table", parent ORDER BY 1`)
}

// putRows is Put by statements, for SQLite.
func (db *DB) putRows(ctx context.Context, table string, columns []string, next func() ([]any, error)) (n int64, err error) {
	state := db.txOf(ctx)
	statement, err := state.tx.PrepareContext(ctx,
		`INSERT INTO `+quoteIdent(table)+` (`+quoteIdents(columns)+`) VALUES (`+Placeholders(1, len(columns))+`)`)
	if err != nil {
		return 0, state.note(ctx, err)
	}
	defer statement.Close()
	for {
		values, err := next()
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		if err != nil {
			return n, err
		}
		if _, err := statement.ExecContext(ctx, values...); err != nil {
			return n, state.note(ctx, err)
		}
		n++
	}
}

// copyTo is Put by COPY, for PostgreSQL.
func copyTo(conn *sql.Conn) Put {
	return func(ctx context.Context, table string, columns []string, next func() ([]any, error)) (n int64, err error) {
		rows := &copied{next: next}
		err = conn.Raw(func(driverConn any) error {
			n, err = driverConn.(*pgxConn).Conn.Conn().CopyFrom(ctx, pgx.Identifier{table}, columns, rows)
			return err
		})
		if rows.err != nil {
			return n, rows.err // the server knows it as a copy that was cut off
		}
		return n, mapError(orEnded(ctx, err))
	}
}

// copied lets pgx ask for rows.
type copied struct {
	next   func() ([]any, error)
	values []any
	err    error
}

var _ pgx.CopyFromSource = (*copied)(nil)

// Next implements pgx.CopyFromSource.
func (c *copied) Next() bool {
	values, err := c.next()
	if err != nil && !errors.Is(err, io.EOF) {
		c.err = err
	}
	c.values = values
	return err == nil
}

// Values implements pgx.CopyFromSource.
func (c *copied) Values() ([]any, error) { return c.values, nil }

// Err implements pgx.CopyFromSource.
func (c *copied) Err() error { return c.err }
