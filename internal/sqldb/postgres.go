package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/stdlib"
)

const (
	// cancelAfter is how long a statement whose caller has gone goes on before the
	// server is asked to end it: most are done by then.
	cancelAfter = 50 * time.Millisecond
	// closeAfter is when the connection is closed instead, because the server has
	// not ended it.
	closeAfter = time.Second
)

// openPgx opens a pool whose connections outlive callers that go in the midst of a
// statement: pgx would close them, and a new one costs the server a process and
// the proof of a password. Those that must be closed after all are put aside.
func openPgx(dsn string) (*sql.DB, error) {
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, err
	}
	config.BuildContextWatcherHandler = func(conn *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.CancelRequestContextWatcherHandler{Conn: conn, CancelRequestDelay: cancelAfter, DeadlineDelay: closeAfter}
	}
	return sql.OpenDB(pgxConnector{stdlib.GetConnector(*config)}), nil
}

type pgxConnector struct{ driver.Connector }

func (c pgxConnector) Connect(ctx context.Context) (driver.Conn, error) {
	opened, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	whole, ok := opened.(*stdlib.Conn)
	if !ok {
		_ = opened.Close()
		return nil, fmt.Errorf("pgx: %T is no connection of its own", opened)
	}
	return &pgxConn{whole}, nil
}

// pgxConn is a connection that tells whether it is one still. pgx closes those
// on which a statement does not end after its caller, and its own does not tell:
// database/sql then hands a closed one to whoever waits for a connection, who is
// told that the store is gone when it happens three times in a row.
type pgxConn struct{ *stdlib.Conn }

var _ driver.Validator = (*pgxConn)(nil)

// IsValid implements driver.Validator.
func (c *pgxConn) IsValid() bool { return !c.Conn.Conn().IsClosed() }
