package store

import (
	"context"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/match"
	"chengqiao/internal/sqldb"
)

// FeedbackOn implements match.Store.
func (s *Match) FeedbackOn(ctx context.Context, orgID string, listing match.Ref, limit int) ([]match.Feedback, error) {
	own := "m.subject_id"
	if listing.Kind == match.Need {
		own = "m.need_id"
	}
	return sqldb.All(ctx, s.db, func(row sqldb.Row) (match.Feedback, error) {
		var f match.Feedback
		var need string
		var subject match.Ref
		var at int64
		err := row.Scan(&f.MatchID, &f.OrgID, &f.AccountID, &f.Opinion, &f.Code, &f.Reason, &f.Side, &f.Model, &at,
			&need, &subject.Kind, &subject.ID)
		f.Other = subject
		if listing.Kind != match.Need {
			f.Other = match.Ref{Kind: match.Need, ID: need}
		}
		f.At = clock.FromMicros(at)
		return f, err
	}, `SELECT f.match_id, f.org_id, f.account_id, f.opinion, f.reason_code, f.reason, f.side, f.model, f.at,
			m.need_id, m.subject_kind, m.subject_id
		FROM match_feedback f JOIN matches m ON m.id = f.match_id
		WHERE f.org_id = $1 AND `+own+` = $2 ORDER BY f.at DESC, f.match_id LIMIT $3`, orgID, listing.ID, limit)
}

// SetFeedback implements match.Store.
func (s *Match) SetFeedback(ctx context.Context, f match.Feedback) error {
	_, err := s.db.Exec(ctx, `
		INSERT INTO match_feedback (match_id, org_id, account_id, opinion, reason_code, reason, side, model, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (match_id, org_id) DO UPDATE SET account_id = excluded.account_id, opinion = excluded.opinion,
			reason_code = excluded.reason_code, reason = excluded.reason, at = excluded.at`,
		f.MatchID, f.OrgID, f.AccountID, f.Opinion, f.Code, f.Reason, f.Side, f.Model, clock.Micros(f.At))
	return err
}

// DropFeedback implements match.Store.
func (s *Match) DropFeedback(ctx context.Context, matchID, orgID string) (bool, error) {
	res, err := s.db.Exec(ctx, `DELETE FROM match_feedback WHERE match_id = $1 AND org_id = $2`, matchID, orgID)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

// ForgetGiver leaves the opinions that an account gave with their organisation,
// without the account.
func (s *Match) ForgetGiver(ctx context.Context, account string) error {
	_, err := s.db.Exec(ctx, `UPDATE match_feedback SET account_id = '' WHERE account_id = $1`, account)
	return err
}

// ShownBy implements match.Store.
func (s *Match) ShownBy(ctx context.Context, model string, side match.Side, matchIDs []string) ([]string, error) {
	if len(matchIDs) == 0 {
		return nil, nil
	}
	return sqldb.All(ctx, s.db, sqldb.Scalar[string], `SELECT match_id FROM match_showings
		WHERE model = $1 AND side = $2 AND match_id IN (`+sqldb.Placeholders(3, len(matchIDs))+`)`,
		sqldb.Args([]any{model, side}, matchIDs)...)
}

// Show implements match.Store.
func (s *Match) Show(ctx context.Context, showings []match.Showing) error {
	rows := make([][]any, len(showings))
	for i, v := range showings {
		rows[i] = []any{v.MatchID, v.Side, v.Model, v.Place, sqldb.ToJSON(v.Features), v.Score, v.Band, clock.Micros(v.At)}
	}
	return s.db.InTx(ctx, func(ctx context.Context) error {
		return insertMany(ctx, s.db, `INSERT INTO match_showings (match_id, side, model, place, features, score, band, at)`, rows,
			`ON CONFLICT (match_id, side, model) DO NOTHING`)
	})
}

// LastShown implements match.Store.
func (s *Match) LastShown(ctx context.Context, matchID string, side match.Side, before time.Time) (string, error) {
	query, args := `SELECT model FROM match_showings WHERE match_id = $1 AND at <= $2`, []any{matchID, clock.Micros(before)}
	if side != "" {
		query, args = query+` AND side = $3`, append(args, side)
	}
	model, err := sqldb.One(ctx, s.db, sqldb.Scalar[string], query+` ORDER BY at DESC, model DESC LIMIT 1`, args...)
	if errs.KindOf(err) == errs.NotFound {
		return "", nil
	}
	return model, err
}

// KeepOutcome implements match.Store.
func (s *Match) KeepOutcome(ctx context.Context, o match.Outcome) error {
	_, err := s.db.Exec(ctx, `
		INSERT INTO match_outcomes (match_id, fate, at, reason_code, model) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (match_id, fate) DO UPDATE SET at = excluded.at, reason_code = excluded.reason_code, model = excluded.model
		WHERE excluded.at < match_outcomes.at`,
		o.MatchID, o.Fate, clock.Micros(o.At), o.Code, o.Model)
	return err
}

// Outcomes are what became of matches, of each the fates in order of time.
func (s *Match) Outcomes(ctx context.Context, matchIDs ...string) ([]match.Outcome, error) {
	if len(matchIDs) == 0 {
		return nil, nil
	}
	return sqldb.All(ctx, s.db, func(row sqldb.Row) (match.Outcome, error) {
		var o match.Outcome
		var at int64
		err := row.Scan(&o.MatchID, &o.Fate, &at, &o.Code, &o.Model)
		o.At = clock.FromMicros(at)
		return o, err
	}, `SELECT match_id, fate, at, reason_code, model FROM match_outcomes
		WHERE match_id IN (`+sqldb.Placeholders(1, len(matchIDs))+`) ORDER BY match_id, at, fate`, sqldb.Args(nil, matchIDs)...)
}

// Tallies implements match.Store.
func (s *Match) Tallies(ctx context.Context) (match.Tallies, error) {
	var t match.Tallies
	var err error
	t.Shown, err = sqldb.All(ctx, s.db, func(row sqldb.Row) (match.ShownTally, error) {
		var v match.ShownTally
		var first, last int64
		err := row.Scan(&v.Model, &v.Pairs, &first, &last)
		v.First, v.Last = clock.FromMicros(first), clock.FromMicros(last)
		return v, err
	}, `SELECT model, count(DISTINCT match_id), min(at), max(at) FROM match_showings GROUP BY model ORDER BY model`)
	if err != nil {
		return t, err
	}
	t.Judged, err = sqldb.All(ctx, s.db, func(row sqldb.Row) (match.JudgedTally, error) {
		var v match.JudgedTally
		err := row.Scan(&v.Model, &v.OrgID, &v.Band, &v.Reach, &v.Judged, &v.Relevant)
		return v, err
	}, `SELECT j.model, j.org_id, j.band, j.reach, count(*), sum(j.hit) FROM (
			SELECT f.model, f.org_id, s.band,
				CASE WHEN s.place <= 5 THEN 1 WHEN s.place <= 10 THEN 2 ELSE 3 END AS reach,
				CASE f.opinion WHEN 'relevant' THEN 1 ELSE 0 END AS hit
			FROM match_feedback f
			JOIN match_showings s ON s.match_id = f.match_id AND s.side = f.side AND s.model = f.model) j
		GROUP BY j.model, j.org_id, j.band, j.reach ORDER BY j.model, j.org_id, j.band, j.reach`)
	if err != nil {
		return t, err
	}
	t.Fates, err = sqldb.All(ctx, s.db, func(row sqldb.Row) (match.FateTally, error) {
		var v match.FateTally
		err := row.Scan(&v.Model, &v.Fate, &v.Pairs)
		return v, err
	}, `SELECT model, fate, count(*) FROM match_outcomes WHERE model <> '' GROUP BY model, fate ORDER BY model, fate`)
	return t, err
}

// Testimonies are what is known of pairs that were shown, the latest first.
func (s *Match) Testimonies(ctx context.Context, limit int) ([]match.Testimony, error) {
	return sqldb.All(ctx, s.db, func(row sqldb.Row) (match.Testimony, error) {
		var t match.Testimony
		var at int64
		var side match.Side
		err := row.Scan(&t.MatchID, &t.NeedID, &t.Asker, &t.Opinion, &t.Code, &t.Fate, &side, sqldb.IntoJSON(&t.Features), &at)
		return t, err
	}, `SELECT m.id, m.need_id, m.need_org, f.opinion, f.reason_code, '' AS fate, s.side, s.features, f.at AS at
		FROM match_feedback f
		JOIN matches m ON m.id = f.match_id
		JOIN match_showings s ON s.match_id = f.match_id AND s.side = f.side AND s.model = f.model
		UNION ALL
		SELECT m.id, m.need_id, m.need_org, '', '', o.fate, s.side, s.features, o.at
		FROM match_outcomes o
		JOIN matches m ON m.id = o.match_id
		JOIN match_showings s ON s.match_id = o.match_id AND s.model = o.model
		ORDER BY at DESC, 1, 4, 6, side LIMIT $1`, limit)
}
