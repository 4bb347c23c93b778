package store

import (
	"context"
	"strings"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/policy"
	"chengqiao/internal/sqldb"
	"chengqiao/internal/token"
)

// Token keeps API tokens.
type Token struct{ db *sqldb.DB }

var _ token.Store = (*Token)(nil)

// NewToken makes the store of API tokens.
func NewToken(db *sqldb.DB) *Token { return &Token{db} }

const tokenColumns = `id, prefix, hash, account_id, org_id, name, scopes, created_at, expires_at, last_used_at, ended_at, end_reason`

func scanToken(row sqldb.Row) (token.Token, error) {
	var t token.Token
	var scopes string
	var created, expires, used, ended int64
	err := row.Scan(&t.ID, &t.Prefix, &t.Hash, &t.AccountID, &t.OrgID, &t.Name, &scopes, &created, &expires, &used, &ended, &t.EndReason)
	for s := range strings.FieldsSeq(scopes) {
		t.Scopes = append(t.Scopes, policy.TokenScope(s))
	}
	t.CreatedAt, t.ExpiresAt = clock.FromMicros(created), clock.FromMicros(expires)
	t.LastUsedAt, t.EndedAt = clock.FromMicros(used), clock.FromMicros(ended)
	return t, err
}

// InsertToken implements token.Store.
func (s *Token) InsertToken(ctx context.Context, t token.Token) error {
	scopes := make([]string, len(t.Scopes))
	for i, scope := range t.Scopes {
		scopes[i] = string(scope)
	}
	_, err := s.db.Exec(ctx, `INSERT INTO api_tokens (`+tokenColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		t.ID, t.Prefix, t.Hash, t.AccountID, t.OrgID, t.Name, strings.Join(scopes, " "), clock.Micros(t.CreatedAt),
		clock.Micros(t.ExpiresAt), clock.Micros(t.LastUsedAt), clock.Micros(t.EndedAt), t.EndReason)
	return err
}

// Token implements token.Store.
func (s *Token) Token(ctx context.Context, id string) (token.Token, error) {
	return sqldb.One(ctx, s.db, scanToken, `SELECT `+tokenColumns+` FROM api_tokens WHERE id = $1`, id)
}

// TokenByPrefix implements token.Store.
func (s *Token) TokenByPrefix(ctx context.Context, prefix string) (token.Token, error) {
	return sqldb.One(ctx, s.db, scanToken, `SELECT `+tokenColumns+` FROM api_tokens WHERE prefix = $1`, prefix)
}

// Tokens implements token.Store.
func (s *Token) Tokens(ctx context.Context, org, account, before string, limit int) ([]token.Token, error) {
	query, args := tokensQuery(org, account, before, limit)
	return sqldb.All(ctx, s.db, scanToken, query, args...)
}

func tokensQuery(org, account, before string, limit int) (string, []any) {
	var c conditions
	c.add(`org_id = ?`, org)
	if account != "" {
		c.add(`account_id = ?`, account)
	}
	if before != "" {
		c.add(`id < ?`, before)
	}
	return `SELECT ` + tokenColumns + ` FROM api_tokens WHERE ` + c.where() + ` ORDER BY id DESC LIMIT ` + c.limit(limit), c.args
}

// CountGood implements token.Store.
func (s *Token) CountGood(ctx context.Context, org, account string, now time.Time) (int, error) {
	return sqldb.One(ctx, s.db, sqldb.Scalar[int], `
		SELECT count(*) FROM api_tokens
		WHERE org_id = $1 AND account_id = $2 AND ended_at = 0 AND (expires_at = 0 OR expires_at > $3)`,
		org, account, clock.Micros(now))
}

// EndToken implements token.Store.
func (s *Token) EndToken(ctx context.Context, id string, at time.Time, reason string) error {
	return sqldb.ExpectOne(s.db.Exec(ctx, `
		UPDATE api_tokens SET ended_at = $1, end_reason = $2 WHERE id = $3 AND ended_at = 0`, clock.Micros(at), reason, id))
}

// EndTokens implements token.Store.
func (s *Token) EndTokens(ctx context.Context, org, account string, at time.Time, reason string) error {
	_, err := s.db.Exec(ctx, `
		UPDATE api_tokens SET ended_at = $1, end_reason = $2 WHERE org_id = $3 AND account_id = $4 AND ended_at = 0`,
		clock.Micros(at), reason, org, account)
	return err
}

// DeleteTokens implements token.Store.
func (s *Token) DeleteTokens(ctx context.Context, account string) error {
	_, err := s.db.Exec(ctx, `DELETE FROM api_tokens WHERE account_id = $1`, account)
	return err
}

// SeeToken implements token.Store.
func (s *Token) SeeToken(ctx context.Context, id string, at time.Time) error {
	_, err := s.db.Exec(ctx, `UPDATE api_tokens SET last_used_at = $1 WHERE id = $2 AND last_used_at < $1`, clock.Micros(at), id)
	return err
}
