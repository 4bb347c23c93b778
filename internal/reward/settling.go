package reward

import (
	"context"

	"chengqiao/internal/errs"
	"chengqiao/internal/policy"
)

// reasonErased is why the program closes a distribution by itself.
const reasonErased = "contributors_erased"

// SettleDue closes paid distributions that nobody is left to confirm, and says
// how many: who has erased the account confirms nothing any more, and the day,
// reference and proof of the payment stand for it. The share keeps its amount
// and stays unconfirmed. It is the program's own work, at most limit a turn.
func (s *Service) SettleDue(ctx context.Context, limit int) (int, error) {
	due, err := s.deps.Store.Unconfirmable(ctx, limit)
	if err != nil {
		return 0, err
	}
	for n, id := range due {
		err := s.deps.Tx.InTx(ctx, func(ctx context.Context) error { return s.settle(ctx, id) })
		if err != nil && errs.KindOf(err) != errs.Stale && errs.KindOf(err) != errs.Conflict { // another replica was first
			return n, err
		}
	}
	return len(due), nil
}

func (s *Service) settle(ctx context.Context, id string) error {
	d, err := s.deps.Store.Distribution(ctx, id)
	if err != nil {
		return err
	}
	step, err := DistributionMachine.Step(d.ID, d.Position, string(policy.RewardSettle), reasonErased)
	if err != nil {
		return err
	}
	_, err = s.moveDistribution(ctx, policy.SystemActor(), d, step, "")
	return err
}
