package store

import (
	"context"

	"chengqiao/internal/lifecycle"
	"chengqiao/internal/sqldb"
)

// edgeKey is one row of edges.
type edgeKey struct {
	kind, action string
	from, to     lifecycle.State
}

type edgeRow struct {
	edgeKey
	needsReason, retired bool
}

// SyncEdges makes the edges of each machine's kind equal to its table: missing
// ones are added, vanished ones retired (steps taken by them stay in history,
// new ones are refused). Kinds without a machine are left alone. A machine
// that contradicts itself panics, see lifecycle.Machine.Validate.
func SyncEdges(ctx context.Context, db *sqldb.DB, machines ...lifecycle.Machine) error {
	return db.InTx(ctx, func(ctx context.Context) error {
		for _, m := range machines {
			m.Validate()
			if err := syncMachine(ctx, db, m); err != nil {
				return err
			}
		}
		return nil
	})
}

func syncMachine(ctx context.Context, db *sqldb.DB, m lifecycle.Machine) error {
	rows, err := sqldb.All(ctx, db, scanEdge,
		`SELECT kind, from_state, to_state, action, needs_reason, retired FROM edges WHERE kind = $1`, m.Kind)
	if err != nil {
		return err
	}
	stored := make(map[edgeKey]edgeRow, len(rows))
	for _, r := range rows {
		stored[r.edgeKey] = r
	}
	for _, e := range m.Edges {
		want := edgeRow{edgeKey{m.Kind, e.Action, e.From, e.To}, e.NeedsReason, false}
		have, ok := stored[want.edgeKey]
		delete(stored, want.edgeKey)
		switch {
		case !ok:
			_, err = db.Exec(ctx, `
				INSERT INTO edges (kind, from_state, to_state, action, needs_reason, retired)
				VALUES ($1, $2, $3, $4, $5, FALSE)`, m.Kind, e.From, e.To, e.Action, e.NeedsReason)
		case have != want:
			err = updateEdge(ctx, db, want)
		}
		if err != nil {
			return err
		}
	}
	for _, vanished := range stored {
		if vanished.retired {
			continue
		}
		vanished.retired = true
		if err := updateEdge(ctx, db, vanished); err != nil {
			return err
		}
	}
	return nil
}

func updateEdge(ctx context.Context, db *sqldb.DB, e edgeRow) error {
	_, err := db.Exec(ctx, `
		UPDATE edges SET needs_reason = $1, retired = $2
		WHERE kind = $3 AND from_state = $4 AND to_state = $5 AND action = $6`,
		e.needsReason, e.retired, e.kind, e.from, e.to, e.action)
	return err
}

func scanEdge(row sqldb.Row) (edgeRow, error) {
	var e edgeRow
	err := row.Scan(&e.kind, &e.from, &e.to, &e.action, &e.needsReason, &e.retired)
	return e, err
}
