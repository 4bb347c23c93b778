package outbox

import (
	"context"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/journal"
	"chengqiao/internal/policy"
)

// Graveyard is the store of dead letters.
type Graveyard interface {
	// DeadLetters lists up to limit letters, latest death first, those before
	// the (event, consumer) pair of the last one seen; both empty for the first page.
	DeadLetters(ctx context.Context, beforeEvent, beforeConsumer string, limit int) ([]DeadLetter, error)
	// Revive makes a dead letter due again with all its attempts.
	// Error: errs.NotFound "not_found".
	Revive(ctx context.Context, eventID, consumer string) error
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

const maxDeadLetterPage = 200

// List shows dead letters, latest first, after the last one already seen.
// Errors: those of policy.DeadLetterRead.
func (s *DeadLetters) List(ctx context.Context, actor policy.Actor, beforeEvent, beforeConsumer string, limit int) ([]DeadLetter, error) {
	if err := policy.Check(actor, policy.DeadLetterRead, policy.Facts{}).Err(); err != nil {
		return nil, err
	}
	if limit <= 0 || limit > maxDeadLetterPage {
		limit = maxDeadLetterPage
	}
	return s.letters.DeadLetters(ctx, beforeEvent, beforeConsumer, limit)
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
		if err := s.letters.Revive(ctx, eventID, consumer); err != nil {
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
