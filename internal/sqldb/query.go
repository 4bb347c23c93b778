package sqldb

import (
	"context"
	"database/sql"

	"chengqiao/internal/errs"
)

// Row is one row to scan: of Rows, or the one of QueryRow.
type Row interface {
	Scan(dest ...any) error
}

// Exec runs a statement in the transaction of ctx, or alone on the writer.
// Errors: errs.Conflict "duplicate" (see IsDuplicate), "reference_missing" for
// a foreign key, "illegal_step" for a step that no edge allows, or the code
// that a trigger raised; errs.Unavailable when the connection is lost.
func (db *DB) Exec(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if state := db.txOf(ctx); state != nil {
		if state.failed != nil {
			return nil, state.failed
		}
		ctx, ended := db.traced(ctx, query)
		res, err := state.tx.ExecContext(ctx, query, args...)
		ended(err)
		return res, state.note(ctx, err)
	}
	ctx, ended := db.traced(ctx, query)
	res, err := db.writer.ExecContext(ctx, query, args...)
	ended(err)
	db.checkpoints.committed()
	return res, mapError(orEnded(ctx, err))
}

// Query runs a query in the transaction of ctx, or on the reader pool. The
// caller closes the rows; All and One do it themselves.
func (db *DB) Query(ctx context.Context, query string, args ...any) (*Rows, error) {
	state := db.txOf(ctx)
	if state == nil {
		return db.query(ctx, db.reader, nil, query, args)
	}
	if state.failed != nil {
		return nil, state.failed
	}
	return db.query(ctx, state.tx, state, query, args)
}

// QueryWriting runs a statement that changes rows and returns them (UPDATE …
// RETURNING), in the transaction of ctx or alone on the writer.
func (db *DB) QueryWriting(ctx context.Context, query string, args ...any) (*Rows, error) {
	if db.txOf(ctx) != nil {
		return db.Query(ctx, query, args...)
	}
	rows, err := db.query(ctx, db.writer, nil, query, args)
	db.checkpoints.committed()
	return rows, err
}

// asked is a pool or a transaction.
type asked interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

func (db *DB) query(ctx context.Context, where asked, state *txState, query string, args []any) (*Rows, error) {
	ctx, ended := db.traced(ctx, query)
	rows, err := where.QueryContext(ctx, query, args...)
	if err != nil {
		ended(err)
		return nil, state.note(ctx, err)
	}
	return &Rows{Rows: rows, ended: ended, note: func(err error) error { return state.note(ctx, err) }}, nil
}

// QueryRow is Query for one row. Scan gives errs.NotFound "not_found" when
// there is none.
func (db *DB) QueryRow(ctx context.Context, query string, args ...any) Row {
	rows, err := db.Query(ctx, query, args...)
	return oneRow{rows: rows, err: err}
}

// Rows are the rows of a query with mapped errors.
type Rows struct {
	*sql.Rows
	ended func(error)
	note  func(error) error // maps an error, and keeps it for the transaction
}

// Close ends the query; closing twice does nothing.
func (r *Rows) Close() error {
	r.ended(r.Rows.Err())
	return r.Rows.Close()
}

// Err is the error that ended the iteration, mapped.
func (r *Rows) Err() error { return r.note(r.Rows.Err()) }

// Scan copies the present row.
func (r *Rows) Scan(dest ...any) error { return r.note(r.Rows.Scan(dest...)) }

type oneRow struct {
	rows *Rows
	err  error
}

func (r oneRow) Scan(dest ...any) error {
	if r.err != nil {
		return r.err
	}
	defer r.rows.Close()
	if !r.rows.Next() {
		if err := r.rows.Err(); err != nil {
			return err
		}
		return errs.New(errs.NotFound, "not_found")
	}
	return r.rows.Scan(dest...)
}

// note maps the error of a statement that was run in ctx, and keeps the first one
// of the transaction; without a transaction s is nil.
func (s *txState) note(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	err = mapError(orEnded(ctx, err))
	if s != nil && s.failed == nil {
		s.failed = err
	}
	return err
}

// One is the single row of a query as a T. Error: errs.NotFound "not_found"
// when there is none; further rows are ignored.
func One[T any](ctx context.Context, db *DB, scan func(Row) (T, error), query string, args ...any) (T, error) {
	return scan(db.QueryRow(ctx, query, args...))
}

// All is every row of a query as a T; nil when there is none.
func All[T any](ctx context.Context, db *DB, scan func(Row) (T, error), query string, args ...any) ([]T, error) {
	rows, err := db.Query(ctx, query, args...)
	return collect(rows, err, scan)
}

// AllWriting is All for a statement that changes the rows it returns.
func AllWriting[T any](ctx context.Context, db *DB, scan func(Row) (T, error), query string, args ...any) ([]T, error) {
	rows, err := db.QueryWriting(ctx, query, args...)
	return collect(rows, err, scan)
}

func collect[T any](rows *Rows, err error, scan func(Row) (T, error)) ([]T, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}

// Scalar scans a row of one column: One(ctx, db, Scalar[int64], "SELECT count(*) …").
func Scalar[T any](row Row) (T, error) {
	var v T
	err := row.Scan(&v)
	return v, err
}

// ExpectOne turns an optimistic update that met no row into errs.Stale
// "stale_version":
//
//	return sqldb.ExpectOne(db.Exec(ctx, `UPDATE … WHERE id = $1 AND version = $2`, …))
func ExpectOne(res sql.Result, err error) error {
	if err != nil {
		return err
	}
	n, err := res.RowsAffected()
	if err != nil {
		return mapError(err)
	}
	if n != 1 {
		return errs.New(errs.Stale, "stale_version")
	}
	return nil
}
