package store

import (
	"context"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/match"
	"chengqiao/internal/sqldb"
)

// NeedsMatching implements match.Store.
func (s *Match) NeedsMatching(ctx context.Context, orgID string, result match.Ref, limit int) ([]match.MatchedNeed, error) {
	return sqldb.All(ctx, s.db, func(row sqldb.Row) (match.MatchedNeed, error) {
		var n match.MatchedNeed
		err := row.Scan(&n.ID, &n.Title.Zh, &n.Title.En, &n.Band)
		return n, err
	}, needsMatching, result.ID, orgID, limit)
}

const needsMatching = `SELECT m.need_id, v.title_zh, v.title_en, m.band
	FROM matches m JOIN listings l ON l.id = m.need_id JOIN revisions v ON v.id = l.live_revision
	WHERE m.subject_id = $1 AND m.need_org = $2 AND m.band <> '' AND l.state = 'published'
	  AND NOT EXISTS (SELECT 1 FROM match_feedback b WHERE b.match_id = m.id AND b.org_id = $2 AND b.opinion = 'irrelevant')
	  AND NOT EXISTS (SELECT 1 FROM introductions i WHERE i.need_id = m.need_id AND ` + offered + ` = m.subject_id AND i.state IN ('open', 'accepted'))
	ORDER BY m.score DESC, m.need_id LIMIT $3`

// NewOf implements match.Store.
func (s *Match) NewOf(ctx context.Context, orgID string, limit int) ([]match.Match, error) {
	return sqldb.All(ctx, s.db, scanMatch, newOf, orgID, limit)
}

// NewerOf implements match.Store.
func (s *Match) NewerOf(ctx context.Context, of match.Ref, orgID string, after time.Time, best int) ([]string, error) {
	side := `m.subject_id`
	if of.Kind == match.Need {
		side = `m.need_id`
	}
	return sqldb.All(ctx, s.db, sqldb.Scalar[string], `SELECT b.id FROM (
		SELECT m.id, m.created_at, m.score`+pairTables+`WHERE `+side+` = $1 AND m.band IN ('strong', 'good') AND `+bothRead+` AND `+readByItself+`
		  AND NOT EXISTS (SELECT 1 FROM match_feedback f WHERE f.match_id = m.id AND f.org_id = $2 AND f.opinion = 'irrelevant')
		ORDER BY m.score DESC, m.id LIMIT $4) b
		WHERE b.created_at > $3 ORDER BY b.score DESC, b.id`, of.ID, orgID, clock.Micros(after), best)
}

// newOf reads each side by an index in the order of time; the engine merges the two.
// created_at and id are named by their places in matchColumns, since SQLite does not
// know a union's columns of joined tables by name.
var newOf = newOnSide(`m.need_org`) + ` UNION ALL ` + newOnSide(`m.subject_org`) + ` ORDER BY 13 DESC, 1 DESC LIMIT $2`

func newOnSide(owner string) string {
	return `SELECT ` + pairColumns + pairTables + `WHERE ` + owner + ` = $1 AND m.band = 'strong' AND ` + bothRead + ` AND ` + readByItself + `
		AND NOT EXISTS (SELECT 1 FROM match_feedback b WHERE b.match_id = m.id AND b.org_id = $1) AND ` + neverIntroduced
}
