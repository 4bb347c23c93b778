package store

import (
	"context"
	"strings"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/ident"
	"chengqiao/internal/sqldb"
	"chengqiao/internal/webhook"
)

// Webhook keeps endpoints, deliveries and attempts.
type Webhook struct{ db *sqldb.DB }

var _ webhook.Store = (*Webhook)(nil)

// NewWebhook makes the store of webhooks.
func NewWebhook(db *sqldb.DB) *Webhook { return &Webhook{db} }

const endpointColumns = `id, org_id, url, name, types, state, disabled_reason, secrets, failures, failing_since, created_by, created_at, updated_at, version`

// keptSecrets is the object that a JSONB column must hold.
type keptSecrets struct {
	Secrets []webhook.Secret `json:"secrets"`
}

func scanEndpoint(row sqldb.Row) (webhook.Endpoint, error) {
	var e webhook.Endpoint
	var types string
	var kept keptSecrets
	var failing, created, updated int64
	err := row.Scan(&e.ID, &e.OrgID, &e.URL, &e.Name, &types, &e.State, &e.DisabledReason, sqldb.IntoJSON(&kept), &e.Failures,
		&failing, &e.CreatedBy, &created, &updated, &e.Version)
	e.Secrets = kept.Secrets
	for t := range strings.FieldsSeq(types) {
		e.Types = append(e.Types, webhook.Type(t))
	}
	e.FailingSince, e.CreatedAt, e.UpdatedAt = clock.FromMicros(failing), clock.FromMicros(created), clock.FromMicros(updated)
	return e, err
}

func joinTypes(types []webhook.Type) string {
	var b strings.Builder
	for i, t := range types {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(string(t))
	}
	return b.String()
}

// InsertEndpoint implements webhook.Store.
func (s *Webhook) InsertEndpoint(ctx context.Context, e webhook.Endpoint) error {
	_, err := s.db.Exec(ctx, `INSERT INTO webhook_endpoints (`+endpointColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
		e.ID, e.OrgID, e.URL, e.Name, joinTypes(e.Types), string(e.State), e.DisabledReason, sqldb.ToJSON(keptSecrets{e.Secrets}),
		e.Failures, clock.Micros(e.FailingSince), e.CreatedBy, clock.Micros(e.CreatedAt), clock.Micros(e.UpdatedAt), e.Version)
	return err
}

// Endpoint implements webhook.Store.
func (s *Webhook) Endpoint(ctx context.Context, id string) (webhook.Endpoint, error) {
	return sqldb.One(ctx, s.db, scanEndpoint, `SELECT `+endpointColumns+` FROM webhook_endpoints WHERE id = $1`, id)
}

// Endpoints implements webhook.Store.
func (s *Webhook) Endpoints(ctx context.Context, org string, limit int) ([]webhook.Endpoint, error) {
	return sqldb.All(ctx, s.db, scanEndpoint,
		`SELECT `+endpointColumns+` FROM webhook_endpoints WHERE org_id = $1 ORDER BY id LIMIT $2`, org, limit)
}

// SaveEndpoint implements webhook.Store.
func (s *Webhook) SaveEndpoint(ctx context.Context, e webhook.Endpoint) error {
	return sqldb.ExpectOne(s.db.Exec(ctx, `
		UPDATE webhook_endpoints SET url = $1, name = $2, types = $3, state = $4, disabled_reason = $5, secrets = $6,
			failures = $7, failing_since = $8, updated_at = $9, version = $10
		WHERE id = $11 AND version = $12`,
		e.URL, e.Name, joinTypes(e.Types), string(e.State), e.DisabledReason, sqldb.ToJSON(keptSecrets{e.Secrets}),
		e.Failures, clock.Micros(e.FailingSince), clock.Micros(e.UpdatedAt), e.Version, e.ID, e.Version-1))
}

// DeleteEndpoint implements webhook.Store.
func (s *Webhook) DeleteEndpoint(ctx context.Context, id string) error {
	for _, statement := range []string{
		`DELETE FROM webhook_attempts WHERE delivery_id IN (SELECT id FROM webhook_deliveries WHERE endpoint_id = $1)`,
		`DELETE FROM webhook_deliveries WHERE endpoint_id = $1`,
		`DELETE FROM webhook_endpoints WHERE id = $1`,
	} {
		if _, err := s.db.Exec(ctx, statement, id); err != nil {
			return err
		}
	}
	return nil
}

// CountFailure implements webhook.Store.
func (s *Webhook) CountFailure(ctx context.Context, id string, at time.Time) (failures int, since time.Time, err error) {
	_, err = sqldb.AllWriting(ctx, s.db, func(row sqldb.Row) (struct{}, error) {
		var first int64
		err := row.Scan(&failures, &first)
		since = clock.FromMicros(first)
		return struct{}{}, err
	}, `UPDATE webhook_endpoints SET failures = failures + 1, failing_since = CASE WHEN failing_since = 0 THEN $1 ELSE failing_since END
		WHERE id = $2 RETURNING failures, failing_since`, clock.Micros(at), id)
	return failures, since, err
}

// ClearFailures implements webhook.Store.
func (s *Webhook) ClearFailures(ctx context.Context, id string) error {
	_, err := s.db.Exec(ctx, `UPDATE webhook_endpoints SET failures = 0, failing_since = 0 WHERE id = $1 AND failures > 0`, id)
	return err
}

// InsertDeliveries implements webhook.Store.
func (s *Webhook) InsertDeliveries(ctx context.Context, ds []webhook.Delivery) error {
	rows := make([][]any, 0, len(ds))
	for _, d := range ds {
		rows = append(rows, []any{d.ID, d.EndpointID, d.EventID, string(d.Type), d.Payload, string(d.State), d.Attempts,
			clock.Micros(d.DueAt), 0, "", clock.Micros(d.CreatedAt), clock.Micros(d.EndedAt)})
	}
	return s.db.InTx(ctx, func(ctx context.Context) error {
		return insertMany(ctx, s.db, `INSERT INTO webhook_deliveries (id, endpoint_id, event_id, type, payload, state, attempts,
			due_at, lease_until, lease_token, created_at, ended_at)`, rows, `ON CONFLICT (endpoint_id, event_id) DO NOTHING`)
	})
}

const deliveryColumns = `d.id, d.endpoint_id, d.event_id, d.type, d.payload, d.state, d.attempts, d.due_at, d.created_at, d.ended_at`

// deliveryFields are the destinations of deliveryColumns; finish fills the rest.
func deliveryFields(d *webhook.Delivery) (fields []any, finish func()) {
	var due, created, ended int64
	return []any{&d.ID, &d.EndpointID, &d.EventID, &d.Type, &d.Payload, &d.State, &d.Attempts, &due, &created, &ended}, func() {
		d.DueAt, d.CreatedAt, d.EndedAt = clock.FromMicros(due), clock.FromMicros(created), clock.FromMicros(ended)
	}
}

// Delivery implements webhook.Store.
func (s *Webhook) Delivery(ctx context.Context, id string) (webhook.Delivery, error) {
	return sqldb.One(ctx, s.db, func(row sqldb.Row) (webhook.Delivery, error) {
		var d webhook.Delivery
		fields, finish := deliveryFields(&d)
		err := row.Scan(fields...)
		finish()
		return d, err
	}, `SELECT `+deliveryColumns+` FROM webhook_deliveries d WHERE d.id = $1`, id)
}

// Deliveries implements webhook.Store.
func (s *Webhook) Deliveries(ctx context.Context, endpoint, before string, limit int) ([]webhook.Delivery, error) {
	query, args := deliveriesQuery(endpoint, before, limit)
	return sqldb.All(ctx, s.db, scanLoggedDelivery, query, args...)
}

func deliveriesQuery(endpoint, before string, limit int) (string, []any) {
	var c conditions
	c.add(`d.endpoint_id = ?`, endpoint)
	if before != "" {
		c.add(`d.id < ?`, before)
	}
	return `SELECT ` + deliveryColumns + `, coalesce(a.id, ''), coalesce(a.at, 0), coalesce(a.status, 0), coalesce(a.duration, 0),
			coalesce(a.excerpt, ''), coalesce(a.fault, '')
		FROM webhook_deliveries d LEFT JOIN webhook_attempts a
			ON a.id = (SELECT max(l.id) FROM webhook_attempts l WHERE l.delivery_id = d.id)
		WHERE ` + c.where() + ` ORDER BY d.id DESC LIMIT ` + c.limit(limit), c.args
}

func scanLoggedDelivery(row sqldb.Row) (webhook.Delivery, error) {
	var d webhook.Delivery
	var attempt string
	last := webhook.Attempt{}
	var at, duration int64
	fields, finish := deliveryFields(&d)
	err := row.Scan(append(fields, &attempt, &at, &last.Status, &duration, &last.Excerpt, &last.Fault)...)
	finish()
	if attempt != "" {
		last.DeliveryID, last.At, last.Duration = d.ID, clock.FromMicros(at), time.Duration(duration)*time.Microsecond
		d.Last = &last
	}
	return d, err
}

// Requeue implements webhook.Store.
func (s *Webhook) Requeue(ctx context.Context, id string, now time.Time) error {
	return sqldb.ExpectOne(s.db.Exec(ctx, `
		UPDATE webhook_deliveries SET state = 'pending', attempts = 0, due_at = $1, ended_at = 0
		WHERE id = $2 AND (state <> 'pending' OR lease_until <= $1)`, clock.Micros(now), id))
}

// Hurry implements webhook.Store.
func (s *Webhook) Hurry(ctx context.Context, endpoint string, now time.Time) error {
	_, err := s.db.Exec(ctx, `UPDATE webhook_deliveries SET due_at = $1 WHERE endpoint_id = $2 AND state = 'pending' AND due_at > $1`,
		clock.Micros(now), endpoint)
	return err
}

// InsertAttempt implements webhook.Store.
func (s *Webhook) InsertAttempt(ctx context.Context, a webhook.Attempt) error {
	_, err := s.db.Exec(ctx, `
		INSERT INTO webhook_attempts (id, delivery_id, at, status, duration, excerpt, fault) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		ident.NewID(), a.DeliveryID, clock.Micros(a.At), a.Status, a.Duration.Microseconds(), storable(a.Excerpt), a.Fault)
	return err
}

// Attempts implements webhook.Store.
func (s *Webhook) Attempts(ctx context.Context, delivery string, limit int) ([]webhook.Attempt, error) {
	return sqldb.All(ctx, s.db, func(row sqldb.Row) (webhook.Attempt, error) {
		var a webhook.Attempt
		var at, duration int64
		err := row.Scan(&a.DeliveryID, &at, &a.Status, &duration, &a.Excerpt, &a.Fault)
		a.At, a.Duration = clock.FromMicros(at), time.Duration(duration)*time.Microsecond
		return a, err
	}, `SELECT delivery_id, at, status, duration, excerpt, fault FROM webhook_attempts WHERE delivery_id = $1 ORDER BY id DESC LIMIT $2`,
		delivery, limit)
}

// Prune implements webhook.Store.
func (s *Webhook) Prune(ctx context.Context, before time.Time, limit int) (int, error) {
	pruned := 0
	err := s.db.InTx(ctx, func(ctx context.Context) error {
		old, err := sqldb.All(ctx, s.db, sqldb.Scalar[string],
			`SELECT id FROM webhook_deliveries WHERE created_at < $1 ORDER BY created_at LIMIT $2`, clock.Micros(before), limit)
		if err != nil || len(old) == 0 {
			return err
		}
		in := sqldb.Placeholders(1, len(old))
		if _, err := s.db.Exec(ctx, `DELETE FROM webhook_attempts WHERE delivery_id IN (`+in+`)`, sqldb.Args(nil, old)...); err != nil {
			return err
		}
		_, err = s.db.Exec(ctx, `DELETE FROM webhook_deliveries WHERE id IN (`+in+`)`, sqldb.Args(nil, old)...)
		pruned = len(old)
		return err
	})
	return pruned, err
}
