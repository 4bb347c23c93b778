package sqldb

import (
	"container/list"
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"

	"modernc.org/sqlite"
)

// What a connection of SQLite keeps prepared at most. To parse and plan a short
// query costs as much as all else about it (BenchmarkOneRowByItsKey: 18 µs with it,
// 8 without); pgx keeps its statements by itself. A join of three tables takes ten
// KiB of memory, longer texts (rows written by the hundred) more, and these seldom
// come twice the same.
const (
	mostPrepared    = 256
	longestPrepared = 8 << 10
)

// openPreparing opens a pool whose connections keep the statements that they
// have prepared.
func openPreparing(dsn string) (*sql.DB, error) {
	connector, err := sqlite.NewConnector(dsn)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(preparing{connector}), nil
}

type preparing struct{ driver.Connector }

func (p preparing) Connect(ctx context.Context) (driver.Conn, error) {
	opened, err := p.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	whole, ok := opened.(sqliteConn)
	if !ok {
		_ = opened.Close()
		return nil, fmt.Errorf("sqlite: %T lacks what database/sql may ask of a connection", opened)
	}
	return &preparingConn{sqliteConn: whole, byText: map[string]*list.Element{}, recent: list.New()}, nil
}

// sqliteConn is all that the driver's connections can, so that a wrapper hides
// none of it from database/sql.
type sqliteConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// preparingConn is a connection with the statements that it ran last, kept
// prepared. SQLite itself prepares them again where the schema has changed.
// database/sql lets one goroutine at a time at it.
type preparingConn struct {
	sqliteConn
	byText map[string]*list.Element // of *prepared
	recent *list.List               // latest first
}

// prepared is a statement of a connection. It is running from when it is asked
// until its rows are closed, and may not be asked again meanwhile.
type prepared struct {
	driver.Stmt
	text             string
	running, dropped bool
}

// ExecContext implements driver.ExecerContext.
func (c *preparingConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	s, err := c.take(ctx, query, args)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return c.sqliteConn.ExecContext(ctx, query, args)
	}
	result, err := s.Stmt.(driver.StmtExecContext).ExecContext(ctx, args)
	if ended := s.end(); err == nil {
		err = ended
	}
	return result, err
}

// QueryContext implements driver.QueryerContext.
func (c *preparingConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	s, err := c.take(ctx, query, args)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return c.sqliteConn.QueryContext(ctx, query, args)
	}
	rows, err := s.Stmt.(driver.StmtQueryContext).QueryContext(ctx, args)
	if err != nil {
		_ = s.end()
		return nil, err
	}
	return preparedRows{rows, s}, nil
}

// Close implements driver.Conn.
func (c *preparingConn) Close() error {
	for e := c.recent.Front(); e != nil; e = e.Next() {
		_ = e.Value.(*prepared).Close()
	}
	return c.sqliteConn.Close()
}

// take gives the statement of a text, prepared and not running, and nil where
// the text is to be run once: without arguments it may be a script, whose parts
// cannot be kept; and one that is running cannot be run within itself.
func (c *preparingConn) take(ctx context.Context, text string, args []driver.NamedValue) (*prepared, error) {
	if len(args) == 0 || len(text) > longestPrepared {
		return nil, nil
	}
	if e, ok := c.byText[text]; ok {
		s := e.Value.(*prepared)
		if s.running {
			return nil, nil
		}
		c.recent.MoveToFront(e)
		s.running = true
		return s, nil
	}
	stmt, err := c.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	s := &prepared{Stmt: stmt, text: text, running: true}
	c.byText[text] = c.recent.PushFront(s)
	if c.recent.Len() > mostPrepared {
		oldest := c.recent.Remove(c.recent.Back()).(*prepared)
		delete(c.byText, oldest.text)
		if oldest.dropped = true; !oldest.running {
			_ = oldest.Close()
		}
	}
	return s, nil
}

// end marks a statement as run; one that was dropped meanwhile is closed.
func (s *prepared) end() error {
	s.running = false
	if s.dropped {
		return s.Close()
	}
	return nil
}

// preparedRows are the rows of a kept statement.
type preparedRows struct {
	driver.Rows
	statement *prepared
}

// Close implements driver.Rows.
func (r preparedRows) Close() error {
	err := r.Rows.Close()
	if ended := r.statement.end(); err == nil {
		err = ended
	}
	return err
}
