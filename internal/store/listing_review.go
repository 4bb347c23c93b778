package store

import (
	"context"
	"encoding/json"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/listing"
	"chengqiao/internal/sqldb"
)

// Claims implements listing.Store.
func (s *Listings) Claims(ctx context.Context, revisionIDs []string, at time.Time) ([]listing.Claim, error) {
	if len(revisionIDs) == 0 {
		return nil, nil
	}
	return sqldb.All(ctx, s.db, func(row sqldb.Row) (listing.Claim, error) {
		var c listing.Claim
		var until int64
		err := row.Scan(&c.RevisionID, &c.AccountID, &until)
		c.Until = clock.FromMicros(until)
		return c, err
	}, `SELECT revision_id, account_id, until FROM review_claims
		WHERE until > $1 AND revision_id IN (`+sqldb.Placeholders(2, len(revisionIDs))+`)`,
		sqldb.Args([]any{clock.Micros(at)}, revisionIDs)...)
}

// Claim implements listing.Store.
func (s *Listings) Claim(ctx context.Context, c listing.Claim, at time.Time) error {
	err := sqldb.ExpectOne(s.db.Exec(ctx, `
		INSERT INTO review_claims (revision_id, account_id, until) VALUES ($1, $2, $3)
		ON CONFLICT (revision_id) DO UPDATE SET account_id = excluded.account_id, until = excluded.until
		WHERE review_claims.account_id = excluded.account_id OR review_claims.until <= $4`,
		c.RevisionID, c.AccountID, clock.Micros(c.Until), clock.Micros(at)))
	if errs.KindOf(err) == errs.Stale {
		return errs.New(errs.Conflict, "claimed_by_other")
	}
	return err
}

// Release implements listing.Store.
func (s *Listings) Release(ctx context.Context, revisionID, accountID string) error {
	_, err := s.db.Exec(ctx, `DELETE FROM review_claims WHERE revision_id = $1 AND ($2 = '' OR account_id = $2)`,
		revisionID, accountID)
	return err
}

// KeepRound implements listing.Store.
func (s *Listings) KeepRound(ctx context.Context, r listing.Round) error {
	content := string(r.Content)
	if content == "" {
		content = "{}"
	}
	_, err := s.db.Exec(ctx, `
		INSERT INTO review_rounds (revision_id, step_seq, reason, at, checklist, content) VALUES ($1, $2, $3, $4, $5, $6)`,
		r.RevisionID, r.Seq, r.Reason, clock.Micros(r.At), sqldb.ToJSON(keptFields[listing.CheckAnswer]{r.Checklist}), content)
	return err
}

// LastRound implements listing.Store.
func (s *Listings) LastRound(ctx context.Context, revisionID string) (listing.Round, error) {
	return sqldb.One(ctx, s.db, func(row sqldb.Row) (listing.Round, error) {
		var r listing.Round
		var at int64
		var kept keptFields[listing.CheckAnswer]
		var content json.RawMessage
		err := row.Scan(&r.RevisionID, &r.Seq, &r.Reason, &at, sqldb.IntoJSON(&kept), sqldb.IntoJSON(&content))
		r.At, r.Checklist, r.Content = clock.FromMicros(at), kept.Fields, content
		return r, err
	}, `SELECT revision_id, step_seq, reason, at, checklist, content FROM review_rounds
		WHERE revision_id = $1 ORDER BY step_seq DESC LIMIT 1`, revisionID)
}

// CountRounds implements listing.Store.
func (s *Listings) CountRounds(ctx context.Context, revisionID string) (int, error) {
	return sqldb.One(ctx, s.db, sqldb.Scalar[int],
		`SELECT count(*) FROM review_rounds WHERE revision_id = $1`, revisionID)
}

// ToRemind implements listing.Store.
func (s *Listings) ToRemind(ctx context.Context, kind string, day clock.Date, days, limit int) ([]string, error) {
	return sqldb.All(ctx, s.db, sqldb.Scalar[string], `
		SELECT l.id FROM listings l
		WHERE l.kind = $1 AND l.state = 'published' AND l.confirm_by >= $2 AND l.confirm_by <= $3
		  AND NOT EXISTS (SELECT 1 FROM expiry_reminders r
			WHERE r.listing_id = l.id AND r.confirm_by = l.confirm_by AND r.days <= $4)
		ORDER BY l.confirm_by, l.id LIMIT $5`, kind, day, day.AddDays(days), days, limit)
}

// KeepReminder implements listing.Store.
func (s *Listings) KeepReminder(ctx context.Context, r listing.Reminder) (bool, error) {
	res, err := s.db.Exec(ctx, `
		INSERT INTO expiry_reminders (listing_id, confirm_by, days, at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (listing_id, confirm_by, days) DO NOTHING`, r.ListingID, r.ConfirmBy, r.Days, clock.Micros(r.At))
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}
