// Package sqldb owns the connection to the relational store: opening SQLite or
// PostgreSQL, transactions that travel in the context, the translation of
// engine errors into errs, and running migrations. It knows no table of the
// product; all SQL over tables stands in store.
//
// One SQL text serves both engines: $1 placeholders, TEXT ids made in Go,
// BIGINT microseconds and fen, BOOLEAN, JSONB columns that hold objects only.
// Text columns are ordered only where every value is ASCII (ids, dates,
// codes), since the engines' collations differ for anything else.
package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	_ "modernc.org/sqlite" // driver "sqlite"

	"chengqiao/internal/errs"
)

// Driver names an engine.
type Driver string

// The engines.
const (
	SQLite   Driver = "sqlite"
	Postgres Driver = "postgres"
)

// Config says which database to open.
type Config struct {
	Driver Driver
	// DSN is a file path for SQLite (no URI, no parameters: Open adds those
	// that the store's guarantees rest on) and a URL or keyword string for
	// PostgreSQL.
	DSN string
	// MaxConns bounds PostgreSQL's connections and SQLite's readers; 0 means 16.
	MaxConns int
	// BusyTimeout is how long SQLite waits for another process's write lock;
	// 0 means 10 seconds.
	BusyTimeout time.Duration
}

// DB is an open database. Its methods use the transaction in the context where
// there is one. Safe for concurrent use.
type DB struct {
	driver Driver
	// writer has exactly one connection on SQLite, which has one writer
	// anyway: queueing in Go is fair and never answers "busy".
	writer *sql.DB
	// reader is the writer itself on PostgreSQL, and on SQLite a pool of
	// connections that cannot write.
	reader *sql.DB
	// checkpoints are SQLite's, nil on PostgreSQL.
	checkpoints *checkpoints
}

const (
	defaultMaxConns    = 16
	defaultBusyTimeout = 10 * time.Second
	connMaxIdleTime    = 5 * time.Minute
)

// Open opens the database and makes sure that it answers. It does not migrate.
// Errors: errs.Unavailable "store_unavailable" when no server answers,
// errs.Invalid "store_driver_unknown" for a driver that is neither engine.
func Open(ctx context.Context, cfg Config) (*DB, error) {
	if cfg.MaxConns <= 0 {
		cfg.MaxConns = defaultMaxConns
	}
	if cfg.BusyTimeout <= 0 {
		cfg.BusyTimeout = defaultBusyTimeout
	}
	var db *DB
	var err error
	switch cfg.Driver {
	case SQLite:
		db, err = openSQLite(cfg)
	case Postgres:
		db, err = openPostgres(cfg)
	default:
		return nil, errs.Newp(errs.Invalid, "store_driver_unknown", errs.Params{"driver": string(cfg.Driver)})
	}
	if err != nil {
		return nil, err
	}
	// The writer first: it creates the file and sets WAL, which readers need.
	for _, pool := range []*sql.DB{db.writer, db.reader} {
		if err := pool.PingContext(ctx); err != nil {
			_ = db.Close()
			return nil, errs.Wrap(errs.Unavailable, "store_unavailable", err)
		}
	}
	return db, nil
}

func openSQLite(cfg Config) (*DB, error) {
	if cfg.DSN == "" || strings.Contains(cfg.DSN, ":memory:") {
		// Each pooled connection would see its own empty memory database.
		return nil, errs.Newp(errs.Invalid, "store_dsn_invalid", errs.Params{"driver": string(SQLite)})
	}
	writer, err := openPreparing(sqliteDSN(cfg, false))
	if err != nil {
		return nil, errs.Wrap(errs.Invalid, "store_dsn_invalid", err)
	}
	writer.SetMaxOpenConns(1)
	writer.SetMaxIdleConns(1)
	reader, err := openPreparing(sqliteDSN(cfg, true))
	if err != nil {
		_ = writer.Close()
		return nil, errs.Wrap(errs.Invalid, "store_dsn_invalid", err)
	}
	reader.SetMaxOpenConns(cfg.MaxConns)
	reader.SetMaxIdleConns(cfg.MaxConns)
	reader.SetConnMaxIdleTime(connMaxIdleTime)
	beside, err := openCheckpoints(sqliteDSN(cfg, false), checkpointPause)
	if err != nil {
		_, _ = writer.Close(), reader.Close()
		return nil, errs.Wrap(errs.Invalid, "store_dsn_invalid", err)
	}
	return &DB{driver: SQLite, writer: writer, reader: reader, checkpoints: beside}, nil
}

// How many KiB of pages a connection of SQLite keeps at most. A reader drops all of
// them after each write, page by page under a lock that all connections share:
// of 64 MiB that took up to 80 ms, in which nothing could be read. The system
// keeps the file's pages anyway. The only writer drops nothing.
const (
	readerCache = 4 << 10
	writerCache = 64 << 10
)

// sqliteDSN puts every pragma into the data source name, so that each new
// connection of a pool gets them. busy_timeout stands first: the change to WAL
// itself may have to wait for a lock.
func sqliteDSN(cfg Config, readOnly bool) string {
	q := url.Values{}
	q.Add("_pragma", fmt.Sprintf("busy_timeout(%d)", cfg.BusyTimeout.Milliseconds()))
	q.Add("_pragma", "foreign_keys(1)")
	q.Add("_pragma", "journal_mode(WAL)")
	q.Add("_pragma", "synchronous(NORMAL)")
	q.Add("_pragma", "temp_store(MEMORY)")
	if readOnly {
		q.Add("_pragma", "query_only(1)")
		q.Add("_pragma", fmt.Sprintf("cache_size(-%d)", readerCache))
	} else {
		q.Set("_txlock", "immediate")
		q.Add("_pragma", fmt.Sprintf("wal_autocheckpoint(%d)", longestLog))
		q.Add("_pragma", fmt.Sprintf("cache_size(-%d)", writerCache))
	}
	file := url.URL{Scheme: "file", Opaque: (&url.URL{Path: cfg.DSN}).EscapedPath(), RawQuery: q.Encode()}
	return file.String()
}

func openPostgres(cfg Config) (*DB, error) {
	pool, err := openPgx(cfg.DSN)
	if err != nil {
		return nil, errs.Wrap(errs.Invalid, "store_dsn_invalid", err)
	}
	pool.SetMaxOpenConns(cfg.MaxConns)
	pool.SetMaxIdleConns(cfg.MaxConns)
	pool.SetConnMaxIdleTime(connMaxIdleTime)
	return &DB{driver: Postgres, writer: pool, reader: pool}, nil
}

// Driver says which engine this is.
func (db *DB) Driver() Driver { return db.driver }

// Ping answers whether the database does, for readiness.
// Error: errs.Unavailable "store_unavailable".
func (db *DB) Ping(ctx context.Context) error {
	if err := db.reader.PingContext(ctx); err != nil {
		return errs.Wrap(errs.Unavailable, "store_unavailable", err)
	}
	return nil
}

// Pool is how the connections of one pool are used.
type Pool struct {
	Name string // "database", or SQLite's "readers" and "writer"
	sql.DBStats
}

// Pools tells how the connections are used at this moment.
func (db *DB) Pools() []Pool {
	if db.writer == db.reader {
		return []Pool{{"database", db.writer.Stats()}}
	}
	return []Pool{{"readers", db.reader.Stats()}, {"writer", db.writer.Stats()}}
}

// Close closes all connections; running transactions are rolled back.
func (db *DB) Close() error {
	err := errors.Join(db.checkpoints.close(), db.reader.Close())
	if db.writer != db.reader {
		err = errors.Join(err, db.writer.Close())
	}
	return err
}
