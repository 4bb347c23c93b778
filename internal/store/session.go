package store

import (
	"context"
	"time"

	"chengqiao/internal/account"
	"chengqiao/internal/clock"
	"chengqiao/internal/sqldb"
)

const sessionColumns = `id, token_hash, account_id, acting_org, created_at, last_seen_at, expires_at, user_agent, address`

func scanSession(row sqldb.Row) (account.Session, error) {
	var s account.Session
	var created, seen, expires int64
	err := row.Scan(&s.ID, &s.TokenHash, &s.AccountID, sqldb.IntoText(&s.ActingOrg), &created, &seen, &expires, &s.UserAgent, &s.Address)
	s.CreatedAt, s.LastSeenAt, s.ExpiresAt = clock.FromMicros(created), clock.FromMicros(seen), clock.FromMicros(expires)
	return s, err
}

// InsertSession implements account.SessionStore.
func (s *Account) InsertSession(ctx context.Context, session account.Session) error {
	_, err := s.db.Exec(ctx, `INSERT INTO sessions (`+sessionColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		session.ID, session.TokenHash, session.AccountID, sqldb.NullText(session.ActingOrg), clock.Micros(session.CreatedAt),
		clock.Micros(session.LastSeenAt), clock.Micros(session.ExpiresAt), session.UserAgent, session.Address)
	return err
}

// SessionByHash implements account.SessionStore.
func (s *Account) SessionByHash(ctx context.Context, hash string) (account.Session, error) {
	return sqldb.One(ctx, s.db, scanSession, `SELECT `+sessionColumns+` FROM sessions WHERE token_hash = $1`, hash)
}

// Sessions implements account.SessionStore.
func (s *Account) Sessions(ctx context.Context, id string, now time.Time) ([]account.Session, error) {
	return sqldb.All(ctx, s.db, scanSession, `
		SELECT `+sessionColumns+` FROM sessions WHERE account_id = $1 AND expires_at > $2
		ORDER BY last_seen_at DESC, id DESC`, id, clock.Micros(now))
}

// SeeSession implements account.SessionStore. A session that was ended
// meanwhile stays ended.
func (s *Account) SeeSession(ctx context.Context, id string, at, expires time.Time) error {
	_, err := s.db.Exec(ctx, `UPDATE sessions SET last_seen_at = $1, expires_at = $2 WHERE id = $3`,
		clock.Micros(at), clock.Micros(expires), id)
	return err
}

// SetActingOrg implements account.SessionStore.
func (s *Account) SetActingOrg(ctx context.Context, id, org string) error {
	return sqldb.ExpectOne(s.db.Exec(ctx, `UPDATE sessions SET acting_org = $1 WHERE id = $2`, sqldb.NullText(org), id))
}

// DeleteSession implements account.SessionStore.
func (s *Account) DeleteSession(ctx context.Context, id string) error {
	_, err := s.db.Exec(ctx, `DELETE FROM sessions WHERE id = $1`, id)
	return err
}

// DeleteSessions implements account.SessionStore.
func (s *Account) DeleteSessions(ctx context.Context, id string) error {
	_, err := s.db.Exec(ctx, `DELETE FROM sessions WHERE account_id = $1`, id)
	return err
}

// PruneSessions implements account.SessionStore.
func (s *Account) PruneSessions(ctx context.Context, before time.Time, limit int) (int64, error) {
	res, err := s.db.Exec(ctx, `DELETE FROM sessions WHERE id IN (
		SELECT id FROM sessions WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)`, clock.Micros(before), limit)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}
