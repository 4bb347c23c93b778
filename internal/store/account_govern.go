package store

import (
	"context"
	"time"

	"chengqiao/internal/account"
	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/sqldb"
)

// Accounts implements account.AccountStore.
func (s *Account) Accounts(ctx context.Context, f account.AccountFilter) (found []account.Governed, next string, err error) {
	query, args := accountsQuery(f)
	found, err = sqldb.All(ctx, s.db, func(row sqldb.Row) (account.Governed, error) {
		var a account.Governed
		var created int64
		err := row.Scan(&a.ID, &a.State, &a.Version, &a.StateReason, &created, &a.Name, sqldb.IntoText(&a.Email))
		a.CreatedAt = clock.FromMicros(created)
		return a, err
	}, query, args...)
	if err != nil || f.Query == "" || len(found) >= f.Limit {
		return found, "", err
	}
	query, args = windowEndQuery(f)
	next, err = sqldb.One(ctx, s.db, sqldb.Scalar[string], query, args...)
	if errs.KindOf(err) == errs.NotFound { // all were looked at
		err = nil
	}
	return found, next, err
}

// windowOf are the terms of the accounts among which a page is sought.
func windowOf(f account.AccountFilter) conditions {
	var c conditions
	switch {
	case f.ID != "":
		c.add(`id = ?`, f.ID)
	case f.State != "":
		c.add(`state = ?`, f.State)
	}
	c.add(`state <> 'erased'`)
	if f.Before != "" {
		c.add(`id < ?`, f.Before)
	}
	return c
}

// accountsQuery looks for a part of a name or an address, which no index finds,
// in a bounded number of accounts.
func accountsQuery(f account.AccountFilter) (string, []any) {
	c := windowOf(f)
	if f.Query == "" {
		f.Window = f.Limit
	}
	window := `SELECT id, state, version, state_reason, created_at, person_id FROM accounts
		WHERE ` + c.where() + ` ORDER BY id DESC LIMIT ` + c.limit(f.Window)
	c.terms = nil
	if f.Query != "" {
		part := sqldb.LikeContains(f.Query)
		c.add(`(p.folded LIKE ? ESCAPE '\' OR i.folded LIKE ? ESCAPE '\')`, part, part)
	}
	return `SELECT a.id, a.state, a.version, a.state_reason, a.created_at, p.name, i.value
		FROM (` + window + `) AS a JOIN persons p ON p.id = a.person_id
		LEFT JOIN identifiers i ON i.account_id = a.id AND i.kind = 'email'
		WHERE ` + c.where() + ` ORDER BY a.id DESC LIMIT ` + c.limit(f.Limit), c.args
}

// windowEndQuery is the last account of a window that is full.
func windowEndQuery(f account.AccountFilter) (string, []any) {
	c := windowOf(f)
	return `SELECT id FROM accounts WHERE ` + c.where() + ` ORDER BY id DESC LIMIT 1 OFFSET ` + c.arg(f.Window-1), c.args
}

// lastSignIn names the action as the index of sign-ins does.
const lastSignIn = `(SELECT e.at FROM audit e WHERE e.account_id = a.id AND e.action = 'session.create' ORDER BY e.id DESC LIMIT 1)`

func lastSignInsQuery(ids []string) (string, []any) {
	return `SELECT a.id, coalesce(` + lastSignIn + `, 0) FROM accounts a WHERE a.id IN (` + sqldb.Placeholders(1, len(ids)) + `)`,
		sqldb.Args(nil, ids)
}

// LastSignIns implements account.AccountStore. They stand in the audit, which
// outlives the sessions.
func (s *Account) LastSignIns(ctx context.Context, ids []string) (map[string]time.Time, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	type last struct {
		id string
		at int64
	}
	query, args := lastSignInsQuery(ids)
	rows, err := sqldb.All(ctx, s.db, func(row sqldb.Row) (last, error) {
		var l last
		err := row.Scan(&l.id, &l.at)
		return l, err
	}, query, args...)
	out := make(map[string]time.Time, len(rows))
	for _, l := range rows {
		out[l.id] = clock.FromMicros(l.at)
	}
	return out, err
}
