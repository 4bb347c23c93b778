package account

import (
	"context"
	"time"

	"chengqiao/internal/policy"
)

// registrationsLast is how long a registration waits for its address to be
// proven: long after its link has expired, so that asking for a new one works.
const registrationsLast = 7 * 24 * time.Hour

// Prune forgets what personal data is kept for no longer (PIPL art. 19):
// sessions that have ended, one-time tokens past their life, the addresses of
// invitations that nobody accepted in time, and registrations whose address
// nobody proved, up to limit of each. It says how many it forgot.
func (s *Service) Prune(ctx context.Context, limit int) (int, error) {
	now := s.deps.Clock.Now()
	sessions, err := s.deps.Store.PruneSessions(ctx, now, limit)
	if err != nil {
		return 0, err
	}
	tokens, err := s.deps.Store.PruneTokens(ctx, now, limit)
	if err != nil {
		return 0, err
	}
	unanswered, err := s.deps.Store.PruneInvitations(ctx, now, limit)
	if err != nil {
		return 0, err
	}
	abandoned, err := s.deps.Store.UnprovenSince(ctx, now.Add(-registrationsLast), limit)
	if err != nil {
		return 0, err
	}
	for _, id := range abandoned {
		if err := s.abandon(ctx, id); err != nil {
			return 0, err
		}
	}
	return int(sessions) + int(tokens) + int(unanswered) + len(abandoned), nil
}

// abandon erases a registration that was never completed.
func (s *Service) abandon(ctx context.Context, id string) error {
	return s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		a, err := s.deps.Store.Account(ctx, id)
		if err != nil || a.Position.State != Unconfirmed {
			return err // proven or erased since it was chosen
		}
		entries, err := s.deps.Store.EntriesOf(ctx, id)
		if err != nil {
			return err
		}
		if err := s.erasePersons(ctx, entries, false); err != nil {
			return err
		}
		return s.eraseAccount(ctx, policy.SystemActor(), id)
	})
}
