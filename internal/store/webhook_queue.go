package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/ident"
	"chengqiao/internal/outbox"
	"chengqiao/internal/sqldb"
)

// WebhookQueue lets the outbox's worker deliver webhooks: a claimed message
// stands in an event by its id. What the worker buries is a failed message in
// the endpoint's log, not the operator's dead letter. The queue has one
// consumer, whose name it therefore ignores.
type WebhookQueue struct {
	db *sqldb.DB
	// each is how many messages are on their way to one address at once.
	each int
}

var _ outbox.Queue = (*WebhookQueue)(nil)

// NewWebhookQueue makes the queue, from which no claim takes of an address that
// has as many messages on their way as each.
func NewWebhookQueue(db *sqldb.DB, each int) *WebhookQueue { return &WebhookQueue{db, each} }

// firstsDue are the addresses to which something may go now, each with when its
// first message became due: of each that has anything waiting only that one is
// looked at. The messages on their way are counted before, since SQLite would go
// through all that ever were in the order of their addresses.
const firstsDue = `WITH RECURSIVE on_their_way (endpoint_id) AS MATERIALIZED (
		SELECT endpoint_id FROM webhook_deliveries WHERE state = 'pending' AND lease_until > $1),
	waiting (endpoint_id) AS (
		SELECT min(endpoint_id) FROM webhook_deliveries WHERE state = 'pending'
		UNION ALL SELECT (SELECT min(d.endpoint_id) FROM webhook_deliveries d WHERE d.state = 'pending' AND d.endpoint_id > w.endpoint_id)
			FROM waiting w WHERE w.endpoint_id IS NOT NULL),
	firsts (endpoint_id, due_at) AS MATERIALIZED (
		SELECT e.id, (SELECT d.due_at FROM webhook_deliveries d
				WHERE d.state = 'pending' AND d.endpoint_id = e.id AND d.due_at <= $1 AND d.lease_until <= $1
				ORDER BY d.due_at, d.id LIMIT 1)
			FROM waiting w JOIN webhook_endpoints e ON e.id = w.endpoint_id
			WHERE e.state = 'active'
				AND e.id NOT IN (SELECT endpoint_id FROM on_their_way GROUP BY endpoint_id HAVING count(*) >= $2))
	`

// addressesDue are the addresses that a message is due for, the longest due first.
const addressesDue = firstsDue + `SELECT endpoint_id FROM firsts WHERE due_at IS NOT NULL ORDER BY due_at, endpoint_id LIMIT $3`

// dueOf are the messages due for an address, the longest due first.
const dueOf = `SELECT id FROM webhook_deliveries
	WHERE state = 'pending' AND endpoint_id = $1 AND due_at <= $2 AND lease_until <= $2
	ORDER BY due_at, id LIMIT $3`

// due chooses messages to claim, of the address first whose turn it is.
func (q *WebhookQueue) due(ctx context.Context, now time.Time, limit int) ([]string, error) {
	addresses, err := sqldb.All(ctx, q.db, sqldb.Scalar[string], addressesDue, clock.Micros(now), q.each, limit)
	if err != nil {
		return nil, err
	}
	var chosen []string
	for _, address := range addresses {
		if len(chosen) == limit {
			break
		}
		messages, err := sqldb.All(ctx, q.db, sqldb.Scalar[string], dueOf, address, clock.Micros(now), limit-len(chosen))
		if err != nil {
			return nil, err
		}
		chosen = append(chosen, messages...)
	}
	return chosen, nil
}

// Backlog counts the messages that wait, under the name of the queue's consumer.
// OldestDue is that of one which a claim would take now: what waits for an address
// that is paused, or slow to answer, is not late by the program's doing.
func (q *WebhookQueue) Backlog(ctx context.Context, consumer string, now time.Time) (outbox.Backlog, error) {
	b := outbox.Backlog{Consumer: consumer}
	var err error
	if b.Pending, err = sqldb.One(ctx, q.db, sqldb.Scalar[int64], `SELECT count(*) FROM webhook_deliveries WHERE state = 'pending'`); err != nil || b.Pending == 0 {
		return b, err
	}
	oldest, err := sqldb.One(ctx, q.db, sqldb.Scalar[int64], firstsDue+`SELECT coalesce(min(due_at), 0) FROM firsts`, clock.Micros(now), q.each)
	if oldest > 0 {
		b.OldestDue = clock.FromMicros(oldest)
	}
	return b, err
}

// Claim implements outbox.Queue. Messages to a paused endpoint wait for it.
func (q *WebhookQueue) Claim(ctx context.Context, consumer string, now time.Time, lease time.Duration, limit int) ([]outbox.Delivery, error) {
	// A read first: an idle poll must not take SQLite's only write lock.
	waiting, err := q.due(ctx, now, limit)
	if err != nil || len(waiting) == 0 {
		return nil, err
	}
	token := ident.NewID()
	claims, err := sqldb.AllWriting(ctx, q.db, func(row sqldb.Row) (outbox.Delivery, error) {
		d := outbox.Delivery{Consumer: consumer, Token: token}
		err := row.Scan(&d.Event.ID, &d.Event.Subject, &d.Event.Name, &d.Attempts)
		return d, err
	}, `UPDATE webhook_deliveries SET attempts = attempts + 1, lease_until = $1, lease_token = $2
		WHERE state = 'pending' AND lease_until <= $3 AND id IN (`+sqldb.Placeholders(4, len(waiting))+`)
		RETURNING id, endpoint_id, type, attempts`,
		sqldb.Args([]any{clock.Micros(now.Add(lease)), token, clock.Micros(now)}, waiting)...)
	slices.SortFunc(claims, func(a, b outbox.Delivery) int {
		return slices.Index(waiting, a.Event.ID) - slices.Index(waiting, b.Event.ID)
	})
	return claims, err
}

// ofClaim is the condition that chooses messages of one claim that still hold;
// its placeholders begin at $first.
func ofClaim(first int, deliveries []outbox.Delivery) (string, []any) {
	ids := make([]string, len(deliveries))
	for i, d := range deliveries {
		ids[i] = d.Event.ID
	}
	return fmt.Sprintf(`lease_token = $%d AND state = 'pending' AND id IN (%s)`, first, sqldb.Placeholders(first+1, len(ids))),
		sqldb.Args([]any{deliveries[0].Token}, ids)
}

// change changes messages of one claim that still hold, and says how many; set
// names its values from $1 on.
func (q *WebhookQueue) change(ctx context.Context, deliveries []outbox.Delivery, set string, values ...any) (int, error) {
	if len(deliveries) == 0 {
		return 0, nil
	}
	where, args := ofClaim(len(values)+1, deliveries)
	res, err := q.db.Exec(ctx, `UPDATE webhook_deliveries SET `+set+` WHERE `+where,
		append(slices.Clone(values), args...)...)
	if err != nil {
		return 0, err
	}
	n, err := res.RowsAffected()
	return int(n), err
}

// unclaimed gives a message back, whatever else becomes of it.
const unclaimed = `, lease_until = 0, lease_token = ''`

// Renew implements outbox.Queue.
func (q *WebhookQueue) Renew(ctx context.Context, deliveries []outbox.Delivery, until time.Time) (int, error) {
	return q.change(ctx, deliveries, `lease_until = $1`, clock.Micros(until))
}

// Complete implements outbox.Queue.
func (q *WebhookQueue) Complete(ctx context.Context, deliveries []outbox.Delivery, now time.Time) (int, error) {
	return q.change(ctx, deliveries, `state = 'delivered', ended_at = $1`+unclaimed, clock.Micros(now))
}

// Retry implements outbox.Queue. Why it failed stands in the log of attempts.
func (q *WebhookQueue) Retry(ctx context.Context, d outbox.Delivery, due time.Time, _ string) error {
	_, err := q.change(ctx, []outbox.Delivery{d}, `due_at = $1`+unclaimed, clock.Micros(due))
	return err
}

// Postpone implements outbox.Queue.
func (q *WebhookQueue) Postpone(ctx context.Context, deliveries []outbox.Delivery, due time.Time, _ string) error {
	_, err := q.change(ctx, deliveries, `attempts = attempts - 1, due_at = $1`+unclaimed, clock.Micros(due))
	return err
}

// Bury implements outbox.Queue.
func (q *WebhookQueue) Bury(ctx context.Context, d outbox.Delivery, now time.Time, _ string) error {
	_, err := q.change(ctx, []outbox.Delivery{d}, `state = 'failed', ended_at = $1`+unclaimed, clock.Micros(now))
	return err
}

// Release implements outbox.Queue.
func (q *WebhookQueue) Release(ctx context.Context, deliveries []outbox.Delivery) error {
	_, err := q.change(ctx, deliveries, `attempts = attempts - 1`+unclaimed)
	return err
}
