package store

import (
	"context"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/notify"
	"chengqiao/internal/sqldb"
)

// letterWaits stands in notifications.letter until a letter tells of it.
const letterWaits = "waits"

// talkOf is the talk of a deal as an account reads it.
type talkOf struct{ account, deal string }

// ReadTalk implements notify.Store.
func (s *Notify) ReadTalk(ctx context.Context, accountID, dealID, upTo string, at time.Time) error {
	return s.db.InTx(ctx, func(ctx context.Context) error {
		_, err := s.db.Exec(ctx, `
			INSERT INTO talk_readings (account_id, deal_id, up_to, at)
			SELECT $1, m.deal_id, m.id, $2 FROM deal_messages m WHERE m.id = $3 AND m.deal_id = $4
			ON CONFLICT (account_id, deal_id) DO UPDATE SET up_to = excluded.up_to, at = excluded.at
			WHERE talk_readings.up_to < excluded.up_to`,
			accountID, clock.Micros(at), upTo, dealID)
		if err != nil {
			return err
		}
		return s.markTalk(ctx, accountID, dealID)
	})
}

// markTalk marks the notifications of messages that their account has read. A
// message can be read before its notification is there.
func (s *Notify) markTalk(ctx context.Context, accountID, dealID string) error {
	_, err := s.db.Exec(ctx, `
		UPDATE notifications SET read_at = (SELECT r.at FROM talk_readings r WHERE r.account_id = $1 AND r.deal_id = $2)
		WHERE account_id = $1 AND subject_id = $2 AND message_id <> '' AND read_at = 0
		AND message_id <= (SELECT r.up_to FROM talk_readings r WHERE r.account_id = $1 AND r.deal_id = $2)`,
		accountID, dealID)
	return err
}

// DueTalks implements notify.Store.
func (s *Notify) DueTalks(ctx context.Context, oldest, quiet, longest time.Time, limit int) ([]notify.Talk, error) {
	query, args := dueTalksQuery(oldest, quiet, longest, limit)
	return sqldb.All(ctx, s.db, func(row sqldb.Row) (notify.Talk, error) {
		var t notify.Talk
		err := row.Scan(&t.AccountID, &t.OrgID, &t.DealID)
		return t, err
	}, query, args...)
}

// dueTalksQuery says letter <> ” too where that follows, for SQLite to find the
// partial index.
func dueTalksQuery(oldest, quiet, longest time.Time, limit int) (string, []any) {
	return `
		SELECT n.account_id, n.org_id, n.subject_id FROM notifications n
		WHERE n.letter <> '' AND n.read_at = 0 AND n.letter = 'waits' AND n.at >= $1
		AND NOT EXISTS (SELECT 1 FROM notifications t WHERE t.account_id = n.account_id AND t.subject_id = n.subject_id
			AND t.letter <> '' AND t.read_at = 0 AND t.letter <> 'waits')
		AND NOT EXISTS (SELECT 1 FROM letters_declined d WHERE d.account_id = n.account_id AND d.topic = $2)
		GROUP BY n.account_id, n.org_id, n.subject_id
		HAVING max(n.at) <= $3 OR min(n.at) <= $4
		ORDER BY min(n.at), n.account_id, n.subject_id LIMIT $5`,
		[]any{clock.Micros(oldest), notify.TopicMessages, clock.Micros(quiet), clock.Micros(longest), limit}
}

// ClaimTalk implements notify.Store.
func (s *Notify) ClaimTalk(ctx context.Context, t notify.Talk, eventID string) (int64, error) {
	if err := s.markTalk(ctx, t.AccountID, t.DealID); err != nil {
		return 0, err
	}
	res, err := s.db.Exec(ctx, `
		UPDATE notifications SET letter = $1
		WHERE account_id = $2 AND org_id = $3 AND subject_id = $4 AND letter <> '' AND read_at = 0 AND letter = $5`,
		eventID, t.AccountID, t.OrgID, t.DealID, letterWaits)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// Unread implements notify.Store.
func (s *Notify) Unread(ctx context.Context, t notify.Talk, eventID string) (int, error) {
	return sqldb.One(ctx, s.db, sqldb.Scalar[int], `SELECT count(*) FROM notifications
		WHERE account_id = $1 AND subject_id = $2 AND letter <> '' AND read_at = 0 AND letter = $3`, t.AccountID, t.DealID, eventID)
}

// Declined implements notify.Store.
func (s *Notify) Declined(ctx context.Context, accountID string) ([]notify.Topic, error) {
	return sqldb.All(ctx, s.db, sqldb.Scalar[notify.Topic],
		`SELECT topic FROM letters_declined WHERE account_id = $1 ORDER BY topic`, accountID)
}

// Decline implements notify.Store.
func (s *Notify) Decline(ctx context.Context, accountID string, topic notify.Topic, at time.Time) error {
	_, err := s.db.Exec(ctx, `INSERT INTO letters_declined (account_id, topic, at) VALUES ($1, $2, $3)
		ON CONFLICT (account_id, topic) DO NOTHING`, accountID, topic, clock.Micros(at))
	return err
}

// Accept implements notify.Store.
func (s *Notify) Accept(ctx context.Context, accountID string, topic notify.Topic) error {
	_, err := s.db.Exec(ctx, `DELETE FROM letters_declined WHERE account_id = $1 AND topic = $2`, accountID, topic)
	return err
}
