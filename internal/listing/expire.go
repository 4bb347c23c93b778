package listing

import (
	"context"
	"errors"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/policy"
)

// ExpireDue takes out of search the published listings whose last day was
// before now's, up to limit, and says how many; nothing of them is lost. A
// listing that somebody changes meanwhile is left for the next run.
func (s *Service[C]) ExpireDue(ctx context.Context, now time.Time, limit int) (int, error) {
	day := clock.DateOf(now)
	ids, err := s.deps.Store.Due(ctx, s.rules.Kind, day, limit)
	if err != nil {
		return 0, err
	}
	expired := 0
	for _, id := range ids {
		err := s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
			record, err := s.deps.Store.Load(ctx, s.rules.Kind, id)
			if err != nil {
				return err
			}
			if !found(record.Position.State) || record.ConfirmBy >= day {
				return errs.New(errs.Stale, "stale_version")
			}
			return s.live(ctx, policy.SystemActor(), &record, StepRequest{Action: Expire})
		})
		switch {
		case err == nil:
			expired++
		case errors.Is(err, errs.New(errs.Stale, "stale_version")):
		default:
			return expired, err
		}
	}
	return expired, nil
}
