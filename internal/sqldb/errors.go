package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"regexp"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"chengqiao/internal/errs"
)

// stepConstraint is in the name of each foreign key that guards a state
// machine: from steps to edges, from a step to the one before it, from a
// subject's row to its last step. A violation is an illegal step.
const stepConstraint = "_step_fk"

// raised is the SQLSTATE with which the product's own triggers refuse a
// statement on PostgreSQL; the message is the stable code. On SQLite they do
// it by RAISE(ABORT, 'code').
const raised = "CQ001"

// cancelled is the SQLSTATE of a statement that the server was asked to end.
const cancelled = "57014"

var stableCode = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// mapError gives an engine's error its kind and code; the engine's own error
// stays as the cause. Errors that are the caller's (a cancelled context) and
// errors already mapped pass through.
func mapError(err error) error {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	var mapped *errs.Error
	if errors.As(err, &mapped) {
		return err
	}
	if errors.Is(err, sql.ErrNoRows) {
		return errs.Wrap(errs.NotFound, "not_found", err)
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return mapPostgres(pg, err)
	}
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		return mapSQLite(lite, err)
	}
	if lostConnection(err) {
		return errs.Wrap(errs.Unavailable, "store_unavailable", err)
	}
	return errs.Wrap(errs.Internal, "internal", err)
}

// orEnded is err, or what ended ctx where that came first: a connection that was
// closed because its caller went is not a store that is gone, and a transaction
// that was rolled back for it is no fault of the program. The drivers often tell
// only what became of the connection.
func orEnded(ctx context.Context, err error) error {
	var pg *pgconn.PgError
	if err == nil || ctx.Err() == nil || errors.As(err, &pg) && pg.Code != cancelled {
		return err
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return ctx.Err()
	}
	return fmt.Errorf("%w: %w", ctx.Err(), err)
}

// mapCommitError maps what a commit says. The only constraints checked there
// are the deferred ones, which by convention guard state machines.
func mapCommitError(err error) error {
	var lite *sqlite.Error
	if errors.As(err, &lite) && lite.Code() == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY {
		return errs.Wrap(errs.Conflict, "illegal_step", err)
	}
	return mapError(err)
}

func mapPostgres(pg *pgconn.PgError, err error) error {
	switch {
	case pg.Code == "23505":
		return duplicate(pg.TableName, keyColumns(pg.Detail), err)
	case pg.Code == "23503" && strings.Contains(pg.ConstraintName, stepConstraint):
		return errs.Wrap(errs.Conflict, "illegal_step", err)
	case pg.Code == "23503":
		return errs.Wrap(errs.Conflict, "reference_missing", err)
	case pg.Code == raised && stableCode.MatchString(pg.Message):
		return errs.Wrap(errs.Conflict, pg.Message, err)
	case strings.HasPrefix(pg.Code, "08"), // connection exception
		strings.HasPrefix(pg.Code, "53"),                           // insufficient resources
		strings.HasPrefix(pg.Code, "57P"),                          // operator intervention: shutdown, starting up
		pg.Code == "25006",                                         // read only: a standby
		pg.Code == "40001", pg.Code == "40P01", pg.Code == "55P03": // contention
		return errs.Wrap(errs.Unavailable, "store_unavailable", err)
	}
	return errs.Wrap(errs.Internal, "internal", err)
}

func mapSQLite(lite *sqlite.Error, err error) error {
	switch lite.Code() {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_ROWID:
		table, columns := sqliteColumns(lite.Error())
		return duplicate(table, columns, err)
	case sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
		return errs.Wrap(errs.Conflict, "reference_missing", err)
	case sqlite3.SQLITE_CONSTRAINT_TRIGGER:
		if code := sqliteRaised(lite.Error()); code != "" {
			return errs.Wrap(errs.Conflict, code, err)
		}
	}
	switch lite.Code() & 0xff { // the primary code, without its detail
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR,
		sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY:
		return errs.Wrap(errs.Unavailable, "store_unavailable", err)
	}
	return errs.Wrap(errs.Internal, "internal", err)
}

// duplicate names the table and columns, never the values.
func duplicate(table string, columns []string, cause error) error {
	e := errs.Wrap(errs.Conflict, "duplicate", cause)
	e.Params = errs.Params{"table": table, "columns": columns}
	return e
}

// IsDuplicate says whether err is a unique violation on exactly these columns
// of a table, so that a store can give it the domain's own code.
func IsDuplicate(err error, table string, columns ...string) bool {
	var e *errs.Error
	if !errors.As(err, &e) || e.Kind != errs.Conflict || e.Code != "duplicate" {
		return false
	}
	got, _ := e.Params["columns"].([]string)
	return e.Params["table"] == table && slices.Equal(got, columns)
}

// pgKey finds the columns in "Key (a, b)=(1, 2) already exists.", in whatever
// language the server speaks.
var pgKey = regexp.MustCompile(`\(([^)]*)\)=\(`)

func keyColumns(detail string) []string {
	m := pgKey.FindStringSubmatch(detail)
	if m == nil {
		return nil
	}
	return strings.Split(m[1], ", ")
}

// sqliteUnique finds the columns in "UNIQUE constraint failed: t.a, t.b (2067)".
var sqliteUnique = regexp.MustCompile(`UNIQUE constraint failed: ([^()]+)`)

func sqliteColumns(message string) (table string, columns []string) {
	m := sqliteUnique.FindStringSubmatch(message)
	if m == nil {
		return "", nil
	}
	for _, c := range strings.Split(strings.TrimSpace(m[1]), ", ") {
		t, column, ok := strings.Cut(c, ".")
		if !ok {
			continue
		}
		table = t
		columns = append(columns, column)
	}
	return table, columns
}

// sqliteMessage takes the code out of "constraint failed: append_only (1811)".
var sqliteMessage = regexp.MustCompile(`([a-z][a-z0-9_]*) \(\d+\)$`)

func sqliteRaised(message string) string {
	m := sqliteMessage.FindStringSubmatch(message)
	if m == nil {
		return ""
	}
	return m[1]
}

// retryable says whether running the whole transaction again can help.
func retryable(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == "40001" || pg.Code == "40P01"
	}
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		return lite.Code()&0xff == sqlite3.SQLITE_BUSY
	}
	return false
}

func lostConnection(err error) bool {
	var connect *pgconn.ConnectError
	var netErr net.Error
	return errors.As(err, &connect) || errors.As(err, &netErr) ||
		errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		pgconn.SafeToRetry(err)
}
