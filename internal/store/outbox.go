package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/event"
	"chengqiao/internal/ident"
	"chengqiao/internal/outbox"
	"chengqiao/internal/sqldb"
)

// Outbox keeps deliveries, dead letters and the feed of events.
type Outbox struct{ db *sqldb.DB }

var (
	_ outbox.Queue     = (*Outbox)(nil)
	_ outbox.Feed      = (*Outbox)(nil)
	_ outbox.Graveyard = (*Outbox)(nil)
)

// NewOutbox makes the adapter.
func NewOutbox(db *sqldb.DB) *Outbox { return &Outbox{db: db} }

// anyDue has a row if something is due for a consumer. The order is there for
// PostgreSQL, which would rather go through all that waits for others in the hope
// of a first row soon.
const anyDue = `SELECT 1 FROM deliveries
	WHERE consumer = $1 AND state = 'pending' AND due_at <= $2 AND lease_until <= $2
	ORDER BY due_at LIMIT 1`

// Claim implements outbox.Queue. On PostgreSQL it is one statement outside any
// transaction: claimers pass each other's rows instead of failing on them.
func (o *Outbox) Claim(ctx context.Context, consumer string, now time.Time, lease time.Duration, limit int) ([]outbox.Delivery, error) {
	// A read first: an idle poll must not take SQLite's only write lock.
	due, err := sqldb.All(ctx, o.db, sqldb.Scalar[int64], anyDue, consumer, clock.Micros(now))
	if err != nil || len(due) == 0 {
		return nil, err
	}
	token := ident.NewID()
	type claim struct {
		eventID  string
		attempts int64
	}
	claims, err := sqldb.AllWriting(ctx, o.db, func(row sqldb.Row) (claim, error) {
		var c claim
		err := row.Scan(&c.eventID, &c.attempts)
		return c, err
	}, `WITH due AS MATERIALIZED (
			SELECT event_id, consumer FROM deliveries
			WHERE consumer = $3 AND state = 'pending' AND due_at <= $4 AND lease_until <= $4
			ORDER BY due_at, event_id LIMIT $5 `+o.db.SkipLocked()+`)
		UPDATE deliveries SET attempts = attempts + 1, lease_until = $1, lease_token = $2
		FROM due WHERE deliveries.event_id = due.event_id AND deliveries.consumer = due.consumer
		RETURNING deliveries.event_id, attempts`,
		clock.Micros(now.Add(lease)), token, consumer, clock.Micros(now), limit)
	if err != nil || len(claims) == 0 {
		return nil, err
	}
	ids := make([]string, len(claims))
	attempts := make(map[string]int64, len(claims))
	for i, c := range claims {
		ids[i], attempts[c.eventID] = c.eventID, c.attempts
	}
	events, err := sqldb.All(ctx, o.db, scanEvent,
		`SELECT `+eventColumns+` FROM events e WHERE e.id IN (`+sqldb.Placeholders(1, len(ids))+`) ORDER BY e.id`,
		sqldb.Args(nil, ids)...)
	if err != nil {
		return nil, err
	}
	out := make([]outbox.Delivery, len(events))
	for i, e := range events {
		out[i] = outbox.Delivery{Event: e, Consumer: consumer, Attempts: attempts[e.ID], Token: token}
	}
	return out, nil
}

const eventColumns = `e.id, e.name, e.kind, e.subject_id, e.version, e.at, e.account_id, e.org_id, e.data, e.trace`

// eventFields are the destinations of eventColumns; finish fills the rest.
func eventFields(e *event.Event) (fields []any, finish func()) {
	var at int64
	return []any{&e.ID, &e.Name, &e.Kind, &e.Subject, &e.Version, &at, &e.AccountID, &e.OrgID, sqldb.IntoJSON(&e.Data), &e.Trace},
		func() { e.At = clock.FromMicros(at) }
}

func scanEvent(row sqldb.Row) (event.Event, error) {
	var e event.Event
	fields, finish := eventFields(&e)
	err := row.Scan(fields...)
	finish()
	return e, err
}

// claimed makes the condition that chooses deliveries of one claim that still
// hold; its placeholders begin at $first.
func claimed(first int, deliveries []outbox.Delivery) (condition string, args []any) {
	ids := make([]string, len(deliveries))
	for i, d := range deliveries {
		ids[i] = d.Event.ID
	}
	condition = fmt.Sprintf(`consumer = $%d AND lease_token = $%d AND state = 'pending' AND event_id IN (%s)`,
		first, first+1, sqldb.Placeholders(first+2, len(ids)))
	return condition, sqldb.Args([]any{deliveries[0].Consumer, deliveries[0].Token}, ids)
}

// Renew implements outbox.Queue.
func (o *Outbox) Renew(ctx context.Context, deliveries []outbox.Delivery, until time.Time) (int, error) {
	return o.set(ctx, deliveries, `lease_until = $1`, until)
}

// Complete implements outbox.Queue.
func (o *Outbox) Complete(ctx context.Context, deliveries []outbox.Delivery, now time.Time) (int, error) {
	return o.set(ctx, deliveries, `state = 'done', ended_at = $1, lease_until = 0, lease_token = ''`, now)
}

// set changes those of one claim that still hold, and says how many; the
// assignments have the instant as $1.
func (o *Outbox) set(ctx context.Context, deliveries []outbox.Delivery, assignments string, at time.Time) (int, error) {
	if len(deliveries) == 0 {
		return 0, nil
	}
	where, args := claimed(2, deliveries)
	res, err := o.db.Exec(ctx, `UPDATE deliveries SET `+assignments+` WHERE `+where, slices.Concat([]any{clock.Micros(at)}, args)...)
	if err != nil {
		return 0, err
	}
	n, err := res.RowsAffected()
	return int(n), err
}

// Retry implements outbox.Queue. A claim that has been lost is left alone.
func (o *Outbox) Retry(ctx context.Context, d outbox.Delivery, due time.Time, cause string) error {
	where, args := claimed(3, []outbox.Delivery{d})
	_, err := o.db.Exec(ctx, `UPDATE deliveries SET due_at = $1, last_error = $2, lease_until = 0, lease_token = '' WHERE `+where,
		slices.Concat([]any{clock.Micros(due), storable(cause)}, args)...)
	return err
}

// Postpone implements outbox.Queue.
func (o *Outbox) Postpone(ctx context.Context, deliveries []outbox.Delivery, due time.Time, cause string) error {
	if len(deliveries) == 0 {
		return nil
	}
	where, args := claimed(3, deliveries)
	_, err := o.db.Exec(ctx, `UPDATE deliveries SET attempts = attempts - 1, due_at = $1, last_error = $2, lease_until = 0, lease_token = '' WHERE `+where,
		slices.Concat([]any{clock.Micros(due), storable(cause)}, args)...)
	return err
}

// Bury implements outbox.Queue. A claim that has been lost is left alone.
func (o *Outbox) Bury(ctx context.Context, d outbox.Delivery, now time.Time, cause string) error {
	where, args := claimed(3, []outbox.Delivery{d})
	_, err := o.db.Exec(ctx, `UPDATE deliveries SET state = 'dead', ended_at = $1, last_error = $2, lease_until = 0, lease_token = '' WHERE `+where,
		slices.Concat([]any{clock.Micros(now), storable(cause)}, args)...)
	return err
}

// storable makes a foreign error's text fit for PostgreSQL, which refuses NUL
// and broken UTF-8: an error that could not be stored would never be reported.
func storable(s string) string {
	return strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "�")
}

// Release implements outbox.Queue.
func (o *Outbox) Release(ctx context.Context, deliveries []outbox.Delivery) error {
	if len(deliveries) == 0 {
		return nil
	}
	where, args := claimed(1, deliveries)
	_, err := o.db.Exec(ctx, `UPDATE deliveries SET attempts = attempts - 1, lease_until = 0, lease_token = '' WHERE `+where, args...)
	return err
}

// DeadLetters implements outbox.Graveyard.
func (o *Outbox) DeadLetters(ctx context.Context, after outbox.Place, limit int) ([]outbox.DeadLetter, error) {
	return sqldb.All(ctx, o.db, func(row sqldb.Row) (outbox.DeadLetter, error) {
		var l outbox.DeadLetter
		var died int64
		fields, finish := eventFields(&l.Event)
		err := row.Scan(append(fields, &l.Consumer, &l.Attempts, &l.LastError, &died)...)
		finish()
		l.DiedAt = clock.FromMicros(died)
		return l, err
	}, `SELECT `+eventColumns+`, d.consumer, d.attempts, d.last_error, d.ended_at
		FROM deliveries d JOIN events e ON e.id = d.event_id
		WHERE d.state = 'dead' AND ($2 = '' OR (d.ended_at, d.event_id, d.consumer) < ($1, $2, $3))
		ORDER BY d.ended_at DESC, d.event_id DESC, d.consumer DESC LIMIT $4`,
		clock.Micros(after.DiedAt), after.EventID, after.Consumer, limit)
}

// Revive implements outbox.Graveyard.
func (o *Outbox) Revive(ctx context.Context, eventID, consumer string, now time.Time) error {
	_, err := sqldb.One(ctx, o.db, sqldb.Scalar[string],
		`SELECT event_id FROM deliveries WHERE event_id = $1 AND consumer = $2 AND state = 'dead'`, eventID, consumer)
	if err != nil {
		return err
	}
	return sqldb.ExpectOne(o.db.Exec(ctx, `
		UPDATE deliveries SET state = 'pending', attempts = 0, due_at = $3, ended_at = 0
		WHERE event_id = $1 AND consumer = $2 AND state = 'dead'`, eventID, consumer, clock.Micros(now)))
}

// ReviveAll implements outbox.Graveyard.
func (o *Outbox) ReviveAll(ctx context.Context, consumer string, now time.Time, limit int) (int, error) {
	res, err := o.db.Exec(ctx, `
		UPDATE deliveries SET state = 'pending', attempts = 0, due_at = $2, ended_at = 0
		WHERE consumer = $1 AND state = 'dead' AND event_id IN (
			SELECT event_id FROM deliveries WHERE consumer = $1 AND state = 'dead' ORDER BY ended_at, event_id LIMIT $3)`,
		consumer, clock.Micros(now), limit)
	if err != nil {
		return 0, err
	}
	revived, err := res.RowsAffected()
	return int(revived), err
}

// Dispatch implements outbox.Feed. Positions are given after commit and under
// a lock: events of a transaction that commits late come after those already
// placed, and no follower passes them by.
func (o *Outbox) Dispatch(ctx context.Context, limit int) (int, error) {
	waiting, err := sqldb.All(ctx, o.db, sqldb.Scalar[int64], `SELECT 1 FROM events WHERE position IS NULL LIMIT 1`)
	if err != nil || len(waiting) == 0 {
		return 0, err
	}
	var given int64
	err = o.db.InExclusive(ctx, "feed", func(ctx context.Context) error {
		head, err := o.Head(ctx)
		if err != nil {
			return err
		}
		res, err := o.db.Exec(ctx, `
			UPDATE events SET position = $1 + waiting.place FROM (
				SELECT id, row_number() OVER (ORDER BY id) AS place FROM events
				WHERE position IS NULL ORDER BY id LIMIT $2) waiting
			WHERE events.id = waiting.id`, head, limit)
		if err != nil {
			return err
		}
		if given, err = res.RowsAffected(); err != nil {
			return err
		}
		return sqldb.ExpectOne(o.db.Exec(ctx, `UPDATE feed SET position = $1 WHERE name = 'events'`, head+given))
	})
	return int(given), err
}

// Head implements outbox.Feed.
func (o *Outbox) Head(ctx context.Context) (int64, error) {
	return sqldb.One(ctx, o.db, sqldb.Scalar[int64], `SELECT position FROM feed WHERE name = 'events'`)
}

// Untold tells that the feed has an event of these names behind a position, not older
// than an instant, of which there is no delivery to a consumer: it happened while nobody
// asked for it. Of older ones the deliveries may have been pruned.
func (o *Outbox) Untold(ctx context.Context, consumer string, names []event.Name, position int64, since time.Time) (bool, error) {
	found, err := sqldb.All(ctx, o.db, sqldb.Scalar[int64], `
		SELECT 1 FROM events e
		WHERE e.position > $1 AND e.at >= $3 AND e.name IN (`+sqldb.Placeholders(4, len(names))+`)
		  AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.event_id = e.id AND d.consumer = $2) LIMIT 1`,
		sqldb.Args([]any{position, consumer, clock.Micros(since)}, names)...)
	return len(found) > 0, err
}

// Edge tells how far the feed reaches.
func (o *Outbox) Edge(ctx context.Context) (outbox.Edge, error) {
	return sqldb.One(ctx, o.db, func(row sqldb.Row) (outbox.Edge, error) {
		var e outbox.Edge
		err := row.Scan(&e.Head, &e.Waiting)
		return e, err
	}, `SELECT position, EXISTS (SELECT 1 FROM events WHERE position IS NULL) FROM feed WHERE name = 'events'`)
}

// After implements outbox.Feed.
func (o *Outbox) After(ctx context.Context, position int64, limit int) ([]outbox.Positioned, error) {
	return sqldb.All(ctx, o.db, func(row sqldb.Row) (outbox.Positioned, error) {
		var p outbox.Positioned
		fields, finish := eventFields(&p.Event)
		err := row.Scan(append(fields, &p.Position)...)
		finish()
		return p, err
	}, `SELECT `+eventColumns+`, e.position FROM events e WHERE e.position > $1 ORDER BY e.position LIMIT $2`, position, limit)
}

// Backlogs counts what each consumer still has to be told, at the cost of what waits.
func (o *Outbox) Backlogs(ctx context.Context) ([]outbox.Backlog, error) {
	return sqldb.All(ctx, o.db, func(row sqldb.Row) (outbox.Backlog, error) {
		var b outbox.Backlog
		var oldest int64
		err := row.Scan(&b.Consumer, &b.Pending, &b.Dead, &oldest)
		if b.Pending > 0 {
			b.OldestDue = clock.FromMicros(oldest)
		}
		return b, err
	}, `SELECT consumer, CAST(sum(pending) AS BIGINT), CAST(sum(dead) AS BIGINT), max(oldest) FROM (
			SELECT consumer, count(*) AS pending, 0 AS dead, min(due_at) AS oldest
			FROM deliveries WHERE state = 'pending' GROUP BY consumer
			UNION ALL
			SELECT consumer, 0, count(*), 0 FROM deliveries WHERE state = 'dead' GROUP BY consumer) counted
		GROUP BY consumer ORDER BY consumer`)
}

// Prune deletes up to limit deliveries done before an instant, and up to limit
// events from before it that nobody has yet to be told of, and says how many
// rows that were. Dead letters stay with their events. Followers that are
// further behind find a gap and rebuild.
func (o *Outbox) Prune(ctx context.Context, before time.Time, limit int) (int, error) {
	pruned := 0
	err := o.db.InTx(ctx, func(ctx context.Context) error {
		pruned = 0
		for _, statement := range []string{`
			DELETE FROM deliveries WHERE (event_id, consumer) IN (
				SELECT event_id, consumer FROM deliveries
				WHERE state = 'done' AND ended_at < $1 ORDER BY ended_at LIMIT $2)`, `
			DELETE FROM events WHERE id IN (
				SELECT e.id FROM events e
				WHERE e.at < $1 AND e.position IS NOT NULL
				  AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.event_id = e.id)
				ORDER BY e.at LIMIT $2)`,
		} {
			res, err := o.db.Exec(ctx, statement, clock.Micros(before), limit)
			if err != nil {
				return err
			}
			n, err := res.RowsAffected()
			if err != nil {
				return err
			}
			pruned += int(n)
		}
		return nil
	})
	return pruned, err
}
