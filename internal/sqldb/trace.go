package sqldb

import (
	"context"
	"strings"

	"go.opentelemetry.io/otel/attribute"

	"chengqiao/internal/span"
)

// longestTraced bounds what a trace keeps of a statement, in bytes: rows that are
// written by the hundred make long texts.
const longestTraced = 2_000

// traced begins the piece of the context's trace that a statement is; a query's
// ends when its rows are closed. The text holds no values: all of them are
// arguments.
func (db *DB) traced(ctx context.Context, query string) (context.Context, func(error)) {
	if !span.On(ctx) {
		return ctx, func(error) {}
	}
	text := strings.Join(strings.Fields(query), " ")
	verb, _, _ := strings.Cut(text, " ")
	if len(text) > longestTraced {
		text = strings.ToValidUTF8(text[:longestTraced], "")
	}
	return span.Begin(ctx, "sql "+verb, attribute.String("db.system.name", string(db.driver)), attribute.String("db.query.text", text))
}

// tracedTx begins the piece of the trace that a transaction is, with the wait for
// the writer and what is tried again.
func (db *DB) tracedTx(ctx context.Context) (context.Context, func(error)) {
	return span.Begin(ctx, "sql transaction")
}
