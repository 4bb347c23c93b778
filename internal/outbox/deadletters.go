package outbox

import (
	"context"
	"strconv"
	"strings"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/ident"
	"chengqiao/internal/journal"
	"chengqiao/internal/policy"
)

// Graveyard is the store of dead letters.
type Graveyard interface {
	// DeadLetters lists up to limit letters, latest death first, after the last
	// place seen; the zero place begins at the beginning.
	DeadLetters(ctx context.Context, after Place, limit int) ([]DeadLetter, error)
	// Revive makes a dead letter due now with all its attempts.
	// Error: errs.NotFound "not_found".
	Revive(ctx context.Context, eventID, consumer string, now time.Time) error
	// ReviveAll does so with up to limit letters of a consumer, those that died
	// first, and says with how many.
	ReviveAll(ctx context.Context, consumer string, now time.Time, limit int) (int, error)
}

// Place is where a letter stands among the dead, latest first.
type Place struct {
	DiedAt            time.Time
	EventID, Consumer string
}

// Cursor is the wire form of a place; opaque to clients.
func (p Place) Cursor() string {
	return strconv.FormatInt(clock.Micros(p.DiedAt), 36) + "." + p.EventID + "." + p.Consumer
}

// ParsePlace reads what Cursor gave; "" is the zero place. Error:
// errs.Malformed "malformed_cursor".
func ParsePlace(cursor string) (Place, error) {
	if cursor == "" {
		return Place{}, nil
	}
	malformed := errs.New(errs.Malformed, "malformed_cursor")
	parts := strings.SplitN(cursor, ".", 3)
	if len(parts) != 3 || !ident.IsID(parts[1]) {
		return Place{}, malformed
	}
	died, err := strconv.ParseInt(parts[0], 36, 64)
	if err != nil || died <= 0 {
		return Place{}, malformed
	}
	return Place{DiedAt: clock.FromMicros(died), EventID: parts[1], Consumer: parts[2]}, nil
}

// DeadLetters is what an operator does with deliveries that were given up.
type DeadLetters struct {
	tx      journal.Transactor
	letters Graveyard
	journal journal.Journal
	clock   clock.Clock
	bell    *Bell
}

// NewDeadLetters makes the service; bell is the one that wakes the workers.
func NewDeadLetters(tx journal.Transactor, letters Graveyard, j journal.Journal, c clock.Clock, bell *Bell) *DeadLetters {
	return &DeadLetters{tx: tx, letters: letters, journal: j, clock: c, bell: bell}
}

// maxRevived is how many letters come back in one transaction: the others wait
// for the next request, as every write of SQLite waits for this one.
const maxRevived = 5000

// List shows up to limit dead letters, latest first, behind a cursor of Place.
// Errors: those of policy.DeadLetterRead; errs.Malformed "malformed_cursor".
func (s *DeadLetters) List(ctx context.Context, actor policy.Actor, cursor string, limit int) ([]DeadLetter, error) {
	if err := policy.Check(actor, policy.DeadLetterRead, policy.Facts{}).Err(); err != nil {
		return nil, err
	}
	after, err := ParsePlace(cursor)
	if err != nil {
		return nil, err
	}
	return s.letters.DeadLetters(ctx, after, limit)
}

// Retry makes a dead letter due again. Errors: those of
// policy.DeadLetterRetry; errs.NotFound "not_found".
func (s *DeadLetters) Retry(ctx context.Context, actor policy.Actor, eventID, consumer string) error {
	if err := policy.Check(actor, policy.DeadLetterRetry, policy.Facts{}).Err(); err != nil {
		return err
	}
	if eventID == "" || consumer == "" {
		return errs.New(errs.NotFound, "not_found")
	}
	err := s.tx.InTx(ctx, func(ctx context.Context) error {
		if err := s.letters.Revive(ctx, eventID, consumer, s.clock.Now()); err != nil {
			return err
		}
		return s.journal.Write(ctx, journal.Entry{
			Actor: actor, Action: policy.DeadLetterRetry, Kind: "dead_letter", Subject: eventID,
			At: s.clock.Now(), Detail: map[string]any{"consumer": consumer},
		})
	})
	if err == nil {
		s.bell.Ring()
	}
	return err
}

// RetryAll makes the dead letters of a consumer due again, up to maxRevived of
// them, and says how many. Errors: those of policy.DeadLetterRetry;
// errs.NotFound "not_found" where it has none.
func (s *DeadLetters) RetryAll(ctx context.Context, actor policy.Actor, consumer string) (int, error) {
	if err := policy.Check(actor, policy.DeadLetterRetry, policy.Facts{}).Err(); err != nil {
		return 0, err
	}
	revived := 0
	err := s.tx.InTx(ctx, func(ctx context.Context) (err error) {
		now := s.clock.Now()
		if revived, err = s.letters.ReviveAll(ctx, consumer, now, maxRevived); err != nil {
			return err
		}
		if revived == 0 {
			return errs.New(errs.NotFound, "not_found")
		}
		return s.journal.Write(ctx, journal.Entry{
			Actor: actor, Action: policy.DeadLetterRetry, Kind: "dead_letter", Subject: consumer,
			At: now, Detail: map[string]any{"count": revived},
		})
	})
	if err != nil {
		return 0, err
	}
	s.bell.Ring()
	return revived, nil
}
