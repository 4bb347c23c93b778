package deal

import (
	"context"
	"time"

	"chengqiao/internal/errs"
	"chengqiao/internal/event"
	"chengqiao/internal/ident"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/policy"
	"chengqiao/internal/taxonomy"
)

// Accept says yes and opens the deal in the same transaction. It may come
// after the time to answer, as long as the introduction has not lapsed.
// Errors: errs.NotFound; errs.Conflict "illegal_step" when it is no longer
// open, "deal_exists".
func (s *Service) Accept(ctx context.Context, actor policy.Actor, id string) (IntroductionView, error) {
	return s.end(ctx, actor, id, policy.IntroductionAccept, Reason{}, event.IntroductionAnswered)
}

// Decline says no with a reason of the list taxonomy.DeclineReason. Errors: as Accept, and
// errs.Invalid for the reason.
func (s *Service) Decline(ctx context.Context, actor policy.Actor, id string, reason Reason) (IntroductionView, error) {
	return s.end(ctx, actor, id, policy.IntroductionDecline, reason.coded(), event.IntroductionAnswered)
}

// Withdraw takes an unanswered introduction back. Errors: as Accept.
func (s *Service) Withdraw(ctx context.Context, actor policy.Actor, id string) (IntroductionView, error) {
	return s.end(ctx, actor, id, policy.IntroductionWithdraw, Reason{}, event.IntroductionWithdrawn)
}

// LapseDue closes up to limit introductions that nobody answered in time and
// tells how many it closed. One that is answered meanwhile is left alone.
func (s *Service) LapseDue(ctx context.Context, now time.Time, limit int) (int, error) {
	ids, err := s.deps.Store.DueIntroductions(ctx, now, limit)
	if err != nil {
		return 0, err
	}
	lapsed := 0
	for _, id := range ids {
		_, err := s.end(ctx, policy.SystemActor(), id, policy.IntroductionLapse, Reason{}, event.IntroductionLapsed)
		switch {
		case err == nil:
			lapsed++
		case errs.KindOf(err) == errs.Conflict, errs.KindOf(err) == errs.Stale: // ended by somebody in between
		default:
			return lapsed, err
		}
	}
	return lapsed, nil
}

// end takes the one step that an open introduction has left.
func (s *Service) end(ctx context.Context, actor policy.Actor, id string, action policy.Action, reason Reason, name event.Name) (IntroductionView, error) {
	var ended Introduction
	err := s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		i, err := s.deps.Store.Introduction(ctx, id)
		if err != nil {
			return err
		}
		if err := policy.Check(actor, action, i.Facts()).Err(); err != nil {
			return err
		}
		if action == policy.IntroductionDecline {
			if err := reason.check(s.deps.Reasons, taxonomy.DeclineReason); err != nil {
				return err
			}
		}
		step, err := IntroductionMachine.Step(i.ID, i.Position, string(action), reason.Code)
		if err != nil {
			return err
		}
		i.Position = lifecycle.Position{State: step.To, Seq: step.Seq}
		i.Version++
		i.EndedAt, i.Reason = s.deps.Clock.Now(), reason
		if err := s.deps.Store.SaveIntroduction(ctx, i); err != nil {
			return err
		}
		if i.Position.State == Accepted {
			if i.DealID, err = s.open(ctx, actor, i); err != nil {
				return err
			}
			i.DealState = Negotiating
		}
		ended = i
		return s.writeIntroduction(ctx, actor, i, step, name)
	})
	return viewIntroduction(ended, actor), err
}

// open makes the deal of an accepted introduction and marks the need matched.
func (s *Service) open(ctx context.Context, actor policy.Actor, i Introduction) (string, error) {
	d := Deal{
		ID: ident.NewID(), Version: 1, IntroductionID: i.ID,
		SellerOrg: i.Seller(), BuyerOrg: i.Buyer(), Topic: i.Topic,
		OpenedAt: i.EndedAt,
	}
	step, err := Machine.Step(d.ID, d.Position, string(policy.DealOpen), "")
	if err != nil {
		return "", err
	}
	d.Position = lifecycle.Position{State: step.To, Seq: step.Seq}
	if err := s.deps.Store.InsertDeal(ctx, d, i.pairKey(i.FromOrg)); err != nil {
		return "", err
	}
	if i.NeedID != "" {
		if err := s.deps.Needs.Matched(ctx, i.NeedID); err != nil {
			return "", err
		}
	}
	return d.ID, s.writeDeal(ctx, actor, policy.DealOpen, d, &step, event.DealOpened, nil)
}
