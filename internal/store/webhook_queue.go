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

// Claim implements outbox.Queue. Messages to a paused endpoint wait for it.
func (q *WebhookQueue) Claim(ctx context.Context, consumer string, now time.Time, lease time.Duration, limit int) ([]outbox.Delivery, error) {
	const due = `SELECT d.id FROM webhook_deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint_id
		WHERE d.state = 'pending' AND d.due_at <= $1 AND d.lease_until <= $1 AND e.state = 'active'
			AND d.endpoint_id NOT IN (SELECT endpoint_id FROM webhook_deliveries
				WHERE state = 'pending' AND lease_until > $1 GROUP BY endpoint_id HAVING count(*) >= $2)
		ORDER BY d.due_at, d.id LIMIT $3`
	// A read first: an idle poll must not take SQLite's only write lock.
	waiting, err := sqldb.All(ctx, q.db, sqldb.Scalar[string], due, clock.Micros(now), q.each, limit)
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
