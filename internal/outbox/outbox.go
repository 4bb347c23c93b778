// Package outbox tells consumers of what has happened, after it has been
// committed and until they have understood it. The journal leaves one delivery
// per event and subscribed consumer in the transaction of the change; here
// they are claimed under a lease, handed to the consumer, tried again with
// growing waits, and put aside as dead letters that an operator sees. While a
// server that the consumer needs is away (errs.Unavailable) they wait for it and
// use up none of their attempts.
//
// A Worker shares a consumer's deliveries among all replicas: each is handled
// by one of them. What lives inside each replica (an embedded index, a matching
// index) cannot share; it follows the feed of all events in commit order by a
// Follower with a position of its own. The Dispatcher gives that order.
//
// The contract of a handler: it may see an event more than once and in any
// order, so it reloads the subject by its id and writes what it finds; it must
// be done within the lease, whose end is its context's deadline. One that has
// more to do than that does it in pieces, and calls Going between them.
package outbox

import (
	"context"
	"time"

	"chengqiao/internal/event"
)

// Delivery is one event claimed for one consumer.
type Delivery struct {
	Event    event.Event
	Consumer string
	// Attempts counts claims, this one included.
	Attempts int64
	// Token proves the claim; another claim after the lease has another token.
	Token string
}

// Queue is the store of deliveries.
type Queue interface {
	// Claim takes up to limit due deliveries of a consumer, none of which
	// anybody else holds, until now+lease. It is cheap when nothing is due.
	Claim(ctx context.Context, consumer string, now time.Time, lease time.Duration, limit int) ([]Delivery, error)
	// Renew lets deliveries of one claim be held until another instant and says
	// how many still were of that claim.
	Renew(ctx context.Context, claimed []Delivery, until time.Time) (int, error)
	// Complete ends deliveries of one claim as done and says how many still
	// were of that claim.
	Complete(ctx context.Context, claimed []Delivery, now time.Time) (int, error)
	// Retry gives a claimed delivery back, due again at the instant.
	Retry(ctx context.Context, d Delivery, due time.Time, cause string) error
	// Postpone gives deliveries of one claim back, due again at the instant: the
	// attempt is not counted.
	Postpone(ctx context.Context, claimed []Delivery, due time.Time, cause string) error
	// Bury ends a claimed delivery as a dead letter.
	Bury(ctx context.Context, d Delivery, now time.Time, cause string) error
	// Release gives deliveries of one claim back untried: the attempt is not counted.
	Release(ctx context.Context, claimed []Delivery) error
}

// Backlog is what one consumer has yet to be told.
type Backlog struct {
	Consumer      string
	Pending, Dead int64
	// OldestDue is when the first pending delivery became or becomes due; zero when
	// none waits.
	OldestDue time.Time
}

// DeadLetter is a delivery that was given up.
type DeadLetter struct {
	Event     event.Event
	Consumer  string
	Attempts  int64
	LastError string
	DiedAt    time.Time
}

// Place is where the letter stands in the list.
func (l DeadLetter) Place() Place {
	return Place{DiedAt: l.DiedAt, EventID: l.Event.ID, Consumer: l.Consumer}
}

// Positioned is an event with its place in commit order; places are numbered
// from 1 without gaps.
type Positioned struct {
	Position int64
	Event    event.Event
}

// Feed is the store of events in commit order.
type Feed interface {
	// Dispatch gives up to limit committed events their positions and says how
	// many; only one dispatcher in all replicas does so at a time.
	Dispatch(ctx context.Context, limit int) (int, error)
	// After lists up to limit events behind a position, in order.
	After(ctx context.Context, position int64, limit int) ([]Positioned, error)
	// Head is the last position given.
	Head(ctx context.Context) (int64, error)
}

// Edge is how far the feed reaches, of one moment.
type Edge struct {
	Head int64
	// Waiting: something is committed that has no position yet.
	Waiting bool
}
