package store

import (
	"context"

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
