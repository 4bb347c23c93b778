package store

import (
	"context"
	"slices"
	"strings"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/notify"
	"chengqiao/internal/sqldb"
)

// Notify keeps notifications and the record of letters.
type Notify struct{ db *sqldb.DB }

var _ notify.Store = (*Notify)(nil)

// NewNotify makes the store of notifications.
func NewNotify(db *sqldb.DB) *Notify { return &Notify{db} }

// InsertNotifications implements notify.Store.
func (s *Notify) InsertNotifications(ctx context.Context, ns []notify.Notification) error {
	rows := make([][]any, 0, len(ns))
	var talks []talkOf
	for _, n := range ns {
		letter := ""
		if n.Gathered {
			letter = letterWaits
		}
		rows = append(rows, []any{n.ID, n.AccountID, n.OrgID, n.EventID, n.Code, n.Kind, n.SubjectID,
			clock.Micros(n.At), clock.Micros(n.ReadAt), n.MessageID, letter})
		if t := (talkOf{n.AccountID, n.SubjectID}); n.MessageID != "" && !slices.Contains(talks, t) {
			talks = append(talks, t)
		}
	}
	return s.db.InTx(ctx, func(ctx context.Context) error {
		err := insertMany(ctx, s.db,
			`INSERT INTO notifications (id, account_id, org_id, event_id, code, kind, subject_id, at, read_at, message_id, letter)`,
			rows, `ON CONFLICT (event_id, account_id, code) DO NOTHING`)
		if err != nil {
			return err
		}
		for _, t := range talks {
			if err := s.markTalk(ctx, t.account, t.deal); err != nil {
				return err
			}
		}
		return nil
	})
}

// Notifications implements notify.Store.
func (s *Notify) Notifications(ctx context.Context, accountID string, orgs []string, before string, limit int) ([]notify.Notification, error) {
	query, args := notificationsQuery(accountID, orgs, before, limit)
	return sqldb.All(ctx, s.db, scanNotification, query, args...)
}

func notificationsQuery(accountID string, orgs []string, before string, limit int) (string, []any) {
	var c conditions
	c.add(`account_id = ?`, accountID)
	c.add(`org_id IN (?`+strings.Repeat(`, ?`, len(orgs))+`)`, sqldb.Args([]any{""}, orgs)...)
	if before != "" {
		c.add(`id < ?`, before)
	}
	return `SELECT id, account_id, org_id, event_id, code, kind, subject_id, at, read_at FROM notifications
		WHERE ` + c.where() + ` ORDER BY id DESC LIMIT ` + c.limit(limit), c.args
}

// CountUnread implements notify.Store.
func (s *Notify) CountUnread(ctx context.Context, accountID string, orgs []string, limit int) (int, error) {
	return sqldb.One(ctx, s.db, sqldb.Scalar[int], `SELECT count(*) FROM (
		SELECT 1 FROM notifications
		WHERE account_id = $1 AND read_at = 0 AND org_id IN (`+sqldb.Placeholders(3, len(orgs)+1)+`) LIMIT $2) unread`,
		sqldb.Args([]any{accountID, limit, ""}, orgs)...)
}

// MarkRead implements notify.Store.
func (s *Notify) MarkRead(ctx context.Context, accountID, upTo string, at time.Time) error {
	_, err := s.db.Exec(ctx, `
		UPDATE notifications SET read_at = $1 WHERE account_id = $2 AND id <= $3 AND read_at = 0`,
		clock.Micros(at), accountID, upTo)
	return err
}

// MarkOneRead implements notify.Store.
func (s *Notify) MarkOneRead(ctx context.Context, accountID, id string, at time.Time) error {
	_, err := s.db.Exec(ctx, `
		UPDATE notifications SET read_at = $1 WHERE account_id = $2 AND id = $3 AND read_at = 0`,
		clock.Micros(at), accountID, id)
	return err
}

// ForgetNotifications implements notify.Store.
func (s *Notify) ForgetNotifications(ctx context.Context, accountID, kind, subjectID string) error {
	_, err := s.db.Exec(ctx, `DELETE FROM notifications WHERE account_id = $1 AND kind = $2 AND subject_id = $3`, accountID, kind, subjectID)
	return err
}

// Written implements notify.Store.
func (s *Notify) Written(ctx context.Context, eventID string) ([]notify.LetterRecord, error) {
	return sqldb.All(ctx, s.db, func(row sqldb.Row) (notify.LetterRecord, error) {
		var l notify.LetterRecord
		var at int64
		err := row.Scan(&l.EventID, &l.Recipient, &l.Template, &l.Refused, &at)
		l.At = clock.FromMicros(at)
		return l, err
	}, `SELECT event_id, recipient, template, refused, at FROM letters WHERE event_id = $1 ORDER BY recipient, template`, eventID)
}

// InsertLetter implements notify.Store.
func (s *Notify) InsertLetter(ctx context.Context, l notify.LetterRecord) error {
	_, err := s.db.Exec(ctx, `
		INSERT INTO letters (event_id, recipient, template, refused, at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (event_id, recipient, template) DO NOTHING`,
		l.EventID, l.Recipient, l.Template, l.Refused, clock.Micros(l.At))
	return err
}

// EraseNotifications forgets all of an account, with what it has read and which
// letters it declines.
func (s *Notify) EraseNotifications(ctx context.Context, accountID string) error {
	for _, statement := range []string{
		`DELETE FROM notifications WHERE account_id = $1`,
		`DELETE FROM talk_readings WHERE account_id = $1`,
		`DELETE FROM letters_declined WHERE account_id = $1`,
	} {
		if _, err := s.db.Exec(ctx, statement, accountID); err != nil {
			return err
		}
	}
	return nil
}

// Prune forgets up to limit notifications, and as many records of letters and of
// talks read, from before an instant, and says how many of those it forgot most.
func (s *Notify) Prune(ctx context.Context, before time.Time, limit int) (int64, error) {
	var most int64
	for _, statement := range []string{
		`DELETE FROM notifications WHERE id IN (SELECT id FROM notifications WHERE at < $1 ORDER BY at LIMIT $2)`,
		`DELETE FROM letters WHERE (event_id, recipient, template) IN (
			SELECT event_id, recipient, template FROM letters WHERE at < $1 ORDER BY at LIMIT $2)`,
		`DELETE FROM talk_readings WHERE (account_id, deal_id) IN (
			SELECT account_id, deal_id FROM talk_readings WHERE at < $1 ORDER BY at LIMIT $2)`,
	} {
		res, err := s.db.Exec(ctx, statement, clock.Micros(before), limit)
		if err != nil {
			return 0, err
		}
		n, err := res.RowsAffected()
		if err != nil {
			return 0, err
		}
		most = max(most, n)
	}
	return most, nil
}

func scanNotification(row sqldb.Row) (notify.Notification, error) {
	var n notify.Notification
	var at, read int64
	err := row.Scan(&n.ID, &n.AccountID, &n.OrgID, &n.EventID, &n.Code, &n.Kind, &n.SubjectID, &at, &read)
	n.At, n.ReadAt = clock.FromMicros(at), clock.FromMicros(read)
	return n, err
}
