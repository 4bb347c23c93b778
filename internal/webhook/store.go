package webhook

import (
	"context"
	"time"
)

// DeliveryState is how far the delivery of a message is.
type DeliveryState string

// The states of deliveries.
const (
	Pending   DeliveryState = "pending"
	Delivered DeliveryState = "delivered"
	Failed    DeliveryState = "failed" // given up; a person can have it sent again
)

// Delivery is one message to one endpoint. Its id is the webhook-id, the same
// in every attempt.
type Delivery struct {
	ID         string
	EndpointID string
	EventID    string
	Type       Type
	// Payload is the body as it is signed and sent.
	Payload   string
	State     DeliveryState
	Attempts  int64
	DueAt     time.Time
	CreatedAt time.Time
	EndedAt   time.Time // zero while pending
	// Last is the last attempt; nil before the first.
	Last *Attempt
}

// Attempt is one try to deliver.
type Attempt struct {
	DeliveryID string
	At         time.Time
	// Status is the answer's; 0 when there was none.
	Status   int
	Duration time.Duration
	// Excerpt is the beginning of the answer.
	Excerpt string
	// Fault is why there was no answer, a stable code; "" with one.
	Fault string
}

// good tells whether the receiver took the message (Standard Webhooks: any 2xx).
func (a Attempt) good() bool { return a.Status >= 200 && a.Status < 300 }

// Store keeps endpoints, deliveries and attempts. Writes join the transaction
// in ctx; single reads give errs.NotFound "not_found", updates by version
// errs.Stale "stale_version".
type Store interface {
	InsertEndpoint(ctx context.Context, e Endpoint) error
	Endpoint(ctx context.Context, id string) (Endpoint, error)
	// Endpoints are those of an organisation, oldest first, up to limit.
	Endpoints(ctx context.Context, org string, limit int) ([]Endpoint, error)
	// SaveEndpoint stores the row that still has the version before.
	SaveEndpoint(ctx context.Context, e Endpoint) error
	// DeleteEndpoint forgets an endpoint with its deliveries.
	DeleteEndpoint(ctx context.Context, id string) error
	// CountFailure adds one to an endpoint's failures and says since when they
	// are; ClearFailures ends them.
	CountFailure(ctx context.Context, id string, at time.Time) (failures int, since time.Time, err error)
	ClearFailures(ctx context.Context, id string) error

	// InsertDeliveries keeps those that are new by endpoint and event.
	InsertDeliveries(ctx context.Context, ds []Delivery) error
	Delivery(ctx context.Context, id string) (Delivery, error)
	// Deliveries of an endpoint, newest first, before an id ("" begins at the
	// newest), with the last attempt of each.
	Deliveries(ctx context.Context, endpoint, before string, limit int) ([]Delivery, error)
	// Requeue makes a delivery due now, with all its attempts before it; errs.Stale
	// for one that is on its way.
	Requeue(ctx context.Context, id string, now time.Time) error
	// Hurry makes all that waits for an endpoint due now.
	Hurry(ctx context.Context, endpoint string, now time.Time) error
	InsertAttempt(ctx context.Context, a Attempt) error
	// Attempts of a delivery, newest first.
	Attempts(ctx context.Context, delivery string, limit int) ([]Attempt, error)
	// Prune forgets up to limit deliveries made before an instant.
	Prune(ctx context.Context, before time.Time, limit int) (int, error)
}
