package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

// Table is a table of the schema with its columns, which are the same on both
// engines, in whatever order.
type Table struct {
	Name    string
	Columns []string
	// types are the columns' as the schema names them, in lower case.
	types []string
}

// InSnapshot runs fn, whose queries all see the database as it was at the first
// of them, whoever writes meanwhile. They can only read. It cannot join a
// running transaction.
func (db *DB) InSnapshot(ctx context.Context, fn func(ctx context.Context) error) error {
	if db.txOf(ctx) != nil {
		return errors.New("sqldb: InSnapshot inside a transaction")
	}
	opts := &sql.TxOptions{ReadOnly: true}
	if db.driver == Postgres {
		opts.Isolation = sql.LevelRepeatableRead // SQLite's readers are so always
	}
	tx, end, err := begin(ctx, db.reader, opts)
	if err != nil {
		return err
	}
	defer end()
	defer rollback(tx, end) // nothing was written
	return fn(context.WithValue(ctx, txKey{db}, &txState{tx: tx}))
}

// Tables are those of the schema by name, but for the one in which migrations
// are counted.
func (db *DB) Tables(ctx context.Context) ([]Table, error) {
	query := `
		SELECT m.name, c.name, lower(c.type) FROM sqlite_master m JOIN pragma_table_info(m.name) c
		WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\_%' ESCAPE '\' AND m.name <> 'goose_db_version'
		ORDER BY m.name, c.cid`
	if db.driver == Postgres {
		query = `
			SELECT c.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod)
			FROM pg_catalog.pg_class c
			JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
			JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
			WHERE n.nspname = current_schema() AND c.relkind = 'r' AND c.relname <> 'goose_db_version'
			ORDER BY 1, a.attnum`
	}
	rows, err := db.Query(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var tables []Table
	for rows.Next() {
		var name, column, columnType string
		if err := rows.Scan(&name, &column, &columnType); err != nil {
			return nil, err
		}
		if len(tables) == 0 || tables[len(tables)-1].Name != name {
			tables = append(tables, Table{Name: name})
		}
		t := &tables[len(tables)-1]
		t.Columns, t.types = append(t.Columns, column), append(t.types, columnType)
	}
	return tables, rows.Err()
}

// Dump visits every row of one of Tables: for each column nil, a string (text
// and JSON), an int64, a bool or a []byte. The values are the visitor's until
// it returns.
func (db *DB) Dump(ctx context.Context, t Table, visit func(values []any) error) error {
	into := make([]any, len(t.types))
	for i, columnType := range t.types {
		switch columnType {
		case "text", "jsonb":
			into[i] = new(sql.NullString)
		case "bigint":
			into[i] = new(sql.NullInt64)
		case "boolean":
			into[i] = new(sql.NullBool)
		case "bytea":
			into[i] = new(any) // a []byte of no bytes would be nil, as NULL is
		default:
			return fmt.Errorf("sqldb: %s.%s is of the type %s, which is in no backup", t.Name, t.Columns[i], columnType)
		}
	}
	rows, err := db.Query(ctx, `SELECT `+quoteIdents(t.Columns)+` FROM `+quoteIdent(t.Name))
	if err != nil {
		return err
	}
	defer rows.Close()
	values := make([]any, len(into))
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		for i, v := range into {
			values[i] = scanned(v)
		}
		if err := visit(values); err != nil {
			return err
		}
	}
	return rows.Err()
}

func scanned(v any) any {
	switch v := v.(type) {
	case *sql.NullString:
		if v.Valid {
			return v.String
		}
	case *sql.NullInt64:
		if v.Valid {
			return v.Int64
		}
	case *sql.NullBool:
		if v.Valid {
			return v.Bool
		}
	case *any:
		if b, ok := (*v).([]byte); ok {
			return append([]byte{}, b...)
		}
	}
	return nil
}

func quoteIdents(names []string) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = quoteIdent(n)
	}
	return strings.Join(quoted, ", ")
}
