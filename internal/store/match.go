package store

import (
	"context"
	"slices"

	"chengqiao/internal/clock"
	"chengqiao/internal/match"
	"chengqiao/internal/policy"
	"chengqiao/internal/sqldb"
)

// Match keeps the ledger of matches and the feedback on them.
type Match struct{ db *sqldb.DB }

var (
	_ match.Store         = (*Match)(nil)
	_ match.Introductions = (*Match)(nil)
)

// NewMatch makes the store of matches.
func NewMatch(db *sqldb.DB) *Match { return &Match{db} }

const matchColumns = `id, need_id, subject_kind, subject_id, need_org, subject_org, origin, model, features, score, band,
	version, created_at, updated_at`

// Load implements match.Store.
func (s *Match) Load(ctx context.Context, id string) (match.Match, error) {
	return sqldb.One(ctx, s.db, scanMatch, `SELECT `+matchColumns+` FROM matches WHERE id = $1`, id)
}

// OfNeed implements match.Store.
func (s *Match) OfNeed(ctx context.Context, needID string, subjects []match.Ref) ([]match.Match, error) {
	if len(subjects) == 0 {
		return nil, nil
	}
	args := []any{needID}
	for _, r := range subjects {
		args = append(args, r.ID)
	}
	return sqldb.All(ctx, s.db, scanMatch, `SELECT `+matchColumns+` FROM matches
		WHERE need_id = $1 AND subject_id IN (`+sqldb.Placeholders(2, len(subjects))+`)`, args...)
}

// StandingOf implements match.Store.
func (s *Match) StandingOf(ctx context.Context, of match.Ref, after string, limit int) ([]match.Match, error) {
	side := "subject_id"
	if of.Kind == match.Need {
		side = "need_id"
	}
	return sqldb.All(ctx, s.db, scanMatch, `SELECT `+matchColumns+` FROM matches
		WHERE `+side+` = $1 AND band IN ('strong', 'good') AND id > $2 ORDER BY id LIMIT $3`, of.ID, after, limit)
}

// Told implements match.Store.
func (s *Match) Told(ctx context.Context, id string) (bool, error) {
	return sqldb.One(ctx, s.db, sqldb.Scalar[bool], toldQuery, id, string(policy.MatchFind))
}

const toldQuery = `SELECT EXISTS (SELECT 1 FROM audit WHERE kind = 'match' AND subject_id = $1 AND action = $2)`

// IDs implements match.Store.
func (s *Match) IDs(ctx context.Context, pairs []match.Pair) (map[match.Pair]string, error) {
	if len(pairs) == 0 {
		return nil, nil
	}
	var needs, subjects []string
	for _, p := range pairs {
		needs, subjects = append(needs, p.NeedID), append(subjects, p.Subject.ID)
	}
	slices.Sort(needs)
	slices.Sort(subjects)
	needs, subjects = slices.Compact(needs), slices.Compact(subjects)
	type row struct {
		id   string
		pair match.Pair
	}
	found, err := sqldb.All(ctx, s.db, func(r sqldb.Row) (row, error) {
		var m row
		err := r.Scan(&m.id, &m.pair.NeedID, &m.pair.Subject.Kind, &m.pair.Subject.ID)
		return m, err
	}, `SELECT id, need_id, subject_kind, subject_id FROM matches
		WHERE need_id IN (`+sqldb.Placeholders(1, len(needs))+`)
		  AND subject_id IN (`+sqldb.Placeholders(1+len(needs), len(subjects))+`)`,
		sqldb.Args(sqldb.Args(nil, needs), subjects)...)
	out := make(map[match.Pair]string, len(found))
	for _, m := range found {
		out[m.pair] = m.id
	}
	return out, err
}

// Insert implements match.Store.
func (s *Match) Insert(ctx context.Context, matches []match.Match) error {
	rows := make([][]any, len(matches))
	for i, m := range matches {
		rows[i] = []any{m.ID, m.NeedID, m.Subject.Kind, m.Subject.ID, m.NeedOrg, m.SubjectOrg, m.Origin, m.Model,
			sqldb.ToJSON(m.Features), m.Score, m.Band, m.Version, clock.Micros(m.CreatedAt), clock.Micros(m.UpdatedAt)}
	}
	return s.db.InTx(ctx, func(ctx context.Context) error {
		return insertMany(ctx, s.db, `INSERT INTO matches (`+matchColumns+`)`, rows, `ON CONFLICT (need_id, subject_id) DO NOTHING`)
	})
}

// Save implements match.Store.
func (s *Match) Save(ctx context.Context, m match.Match) error {
	return sqldb.ExpectOne(s.db.Exec(ctx, `
		UPDATE matches SET model = $1, features = $2, score = $3, band = $4, version = $5, updated_at = $6
		WHERE id = $7 AND version = $8`,
		m.Model, sqldb.ToJSON(m.Features), m.Score, m.Band, m.Version, clock.Micros(m.UpdatedAt), m.ID, m.Version-1))
}

func scanMatch(row sqldb.Row) (match.Match, error) {
	var m match.Match
	var created, updated int64
	err := row.Scan(&m.ID, &m.NeedID, &m.Subject.Kind, &m.Subject.ID, &m.NeedOrg, &m.SubjectOrg, &m.Origin, &m.Model,
		sqldb.IntoJSON(&m.Features), &m.Score, &m.Band, &m.Version, &created, &updated)
	m.CreatedAt, m.UpdatedAt = clock.FromMicros(created), clock.FromMicros(updated)
	return m, err
}

// Cursor implements match.Store.
func (s *Match) Cursor(ctx context.Context) (int64, error) {
	return sqldb.One(ctx, s.db, sqldb.Scalar[int64], `SELECT position FROM match_cursor WHERE name = 'ledger'`)
}

// Advance implements match.Store.
func (s *Match) Advance(ctx context.Context, from, to int64) error {
	return sqldb.ExpectOne(s.db.Exec(ctx,
		`UPDATE match_cursor SET position = $1 WHERE name = 'ledger' AND position = $2`, to, from))
}

// Pair implements deal.Matches.
func (s *Match) Pair(ctx context.Context, matchID string) (offered, needID string, err error) {
	m, err := s.Load(ctx, matchID)
	return m.Subject.ID, m.NeedID, err
}

// offered is what introductions i are about on the side that offers.
const offered = `coalesce(i.package_id, i.achievement_id)`

// OfPairs implements match.Introductions.
func (s *Match) OfPairs(ctx context.Context, pairs []match.Pair) (map[match.Pair]string, error) {
	type introduced struct{ need, offered, id string }
	wanted := map[[2]string]match.Pair{}
	var needs []string
	for _, p := range pairs {
		wanted[[2]string{p.NeedID, p.Subject.ID}] = p
		needs = append(needs, p.NeedID)
	}
	if len(needs) == 0 {
		return nil, nil
	}
	rows, err := sqldb.All(ctx, s.db, func(row sqldb.Row) (introduced, error) {
		var i introduced
		err := row.Scan(&i.need, &i.offered, &i.id)
		return i, err
	}, `SELECT i.need_id, `+offered+`, i.id FROM introductions i
		WHERE `+offered+` IS NOT NULL AND i.need_id IN (`+sqldb.Placeholders(1, len(needs))+`) ORDER BY i.id`,
		sqldb.Args(nil, needs)...)
	out := map[match.Pair]string{}
	for _, r := range rows {
		if p, ok := wanted[[2]string{r.need, r.offered}]; ok {
			out[p] = r.id
		}
	}
	return out, err
}
