package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"

	"github.com/jackc/pgx/v5/stdlib"
)

// openPgx opens a pool that puts aside connections which their callers have left
// behind closed.
func openPgx(dsn string) (*sql.DB, error) {
	connector, err := stdlib.GetDefaultDriver().(driver.DriverContext).OpenConnector(dsn)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(pgxConnector{connector}), nil
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
// whose caller goes in the midst of a statement, and its own does not tell:
// database/sql then hands a closed one to whoever waits for a connection, who is
// told that the store is gone when it happens three times in a row.
type pgxConn struct{ *stdlib.Conn }

var _ driver.Validator = (*pgxConn)(nil)

// IsValid implements driver.Validator.
func (c *pgxConn) IsValid() bool { return !c.Conn.Conn().IsClosed() }
