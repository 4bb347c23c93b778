package store

import (
	"context"
	"strconv"
	"strings"

	"chengqiao/internal/sqldb"
)

// The bounds of one INSERT: SQLite takes 32,766 parameters, and beyond some
// hundred rows a longer statement gains nothing.
const (
	maxBulkRows   = 400
	maxBulkParams = 30_000
)

// insertMany inserts rows by few statements. into is everything before VALUES,
// conflict what follows the rows, if anything. Inside a transaction it is all
// or nothing; callers have one.
func insertMany(ctx context.Context, db *sqldb.DB, into string, rows [][]any, conflict string) error {
	for len(rows) > 0 {
		n := min(len(rows), maxBulkRows, maxBulkParams/len(rows[0]))
		var query strings.Builder
		query.WriteString(into)
		query.WriteString(" VALUES ")
		args := make([]any, 0, n*len(rows[0]))
		for i, row := range rows[:n] {
			if i > 0 {
				query.WriteString(", ")
			}
			query.WriteByte('(')
			query.WriteString(placeholders(db, len(args)+1, len(row)))
			query.WriteByte(')')
			args = append(args, row...)
		}
		query.WriteByte(' ')
		query.WriteString(conflict)
		if _, err := db.Exec(ctx, query.String(), args...); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

// placeholders are those of one row. To SQLite $1 is a name, which it looks up
// among all names of the statement: thousands of them cost more than the
// insert. A bare ? it counts.
func placeholders(db *sqldb.DB, first, n int) string {
	if db.Driver() == sqldb.SQLite {
		return strings.Repeat("?, ", n-1) + "?"
	}
	return sqldb.Placeholders(first, n)
}

// conditions gathers the terms of a WHERE with their arguments, so that a list
// asks only for what its filter says and each shape keeps a plan of its own.
type conditions struct {
	terms []string
	args  []any
}

// add appends a term in which each ? stands for the next argument.
func (c *conditions) add(term string, args ...any) {
	var b strings.Builder
	for _, part := range strings.SplitAfter(term, "?") {
		if before, ok := strings.CutSuffix(part, "?"); ok {
			c.args = append(c.args, args[0])
			args = args[1:]
			b.WriteString(before)
			b.WriteByte('$')
			b.WriteString(strconv.Itoa(len(c.args)))
			continue
		}
		b.WriteString(part)
	}
	c.terms = append(c.terms, b.String())
}

// where is the terms joined by AND; TRUE without any.
func (c *conditions) where() string {
	if len(c.terms) == 0 {
		return "TRUE"
	}
	return strings.Join(c.terms, " AND ")
}

// limit appends a last argument and is its placeholder.
func (c *conditions) limit(n int) string { return c.arg(n) }

// arg appends an argument and is its placeholder.
func (c *conditions) arg(value any) string {
	c.args = append(c.args, value)
	return "$" + strconv.Itoa(len(c.args))
}
