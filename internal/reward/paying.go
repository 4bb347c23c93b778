package reward

import (
	"context"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/event"
	"chengqiao/internal/policy"
	"chengqiao/internal/text"
)

// DistributionStep is a step that a person asks for.
type DistributionStep struct {
	// Verb is approve, release, pay or accept.
	Verb   string
	Reason string
	// PaidOn and PaymentReference prove a payment; ProofFile, a file attached
	// to the distribution, may.
	PaidOn           clock.Date
	PaymentReference string
	ProofFile        string
}

// MaxPaymentReference is the length of a payment's reference, in characters.
const MaxPaymentReference = 100

// StepDistribution moves a distribution: approve (by somebody else than who
// recorded the money), release one that is held, pay with date and reference,
// accept in person (each contributor once; the last acceptance moves it).
// Errors: errs.NotFound, errs.Forbidden (reason "two_persons_required"),
// errs.Invalid with fields, errs.Conflict "illegal_step" or
// "already_accepted".
func (s *Service) StepDistribution(ctx context.Context, actor policy.Actor, id string, r DistributionStep) (DistributionView, error) {
	action := policy.Action("reward." + r.Verb)
	name, known := map[policy.Action]event.Name{
		policy.RewardApprove: event.RewardApproved,
		policy.RewardRelease: event.RewardComputed,
		policy.RewardPay:     event.RewardPaid,
		policy.RewardAccept:  "",
	}[action]
	if !known {
		return DistributionView{}, unknownAction()
	}
	var moved Distribution
	err := s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		d, err := s.permittedDistribution(ctx, actor, action, id)
		if err != nil {
			return err
		}
		step, err := DistributionMachine.Step(d.ID, d.Position, string(action), r.Reason)
		if err != nil {
			return err
		}
		switch action {
		case policy.RewardApprove:
			d.ApprovedBy, d.ApprovedAt = actor.AccountID, s.deps.Clock.Now()
		case policy.RewardPay:
			if err := r.check(d, s.today()); err != nil {
				return err
			}
			if err := s.attached(ctx, DistributionKind, d.ID, r.ProofFile); err != nil {
				return err
			}
			d.PaidOn, d.PaymentReference, d.ProofFile = r.PaidOn, r.PaymentReference, r.ProofFile
		case policy.RewardAccept:
			if d, err = s.accept(ctx, actor, d); err != nil || !d.accepted() {
				moved = d
				return err
			}
		}
		moved, err = s.moveDistribution(ctx, actor, d, step, name)
		return err
	})
	if err != nil {
		return DistributionView{}, err
	}
	return s.distributionView(ctx, actor, moved)
}

// accept notes that the acting contributor has got the money; what is not the
// last acceptance is saved at once, the last one with its step.
func (s *Service) accept(ctx context.Context, actor policy.Actor, d Distribution) (Distribution, error) {
	changed := false
	if d.Shares, changed = d.acceptedBy(actor, s.deps.Clock.Now()); !changed {
		return d, errs.New(errs.Conflict, "already_accepted")
	}
	if d.accepted() {
		return d, nil
	}
	d.Version++
	if err := s.deps.Store.SaveDistribution(ctx, d); err != nil {
		return d, err
	}
	return d, s.writeDistribution(ctx, actor, policy.RewardAccept, d, nil, "", map[string]any{"person_id": actor.PersonID})
}

// check wants a payment's day, not before the money came nor in the future,
// and its reference.
func (r DistributionStep) check(d Distribution, today clock.Date) error {
	var faults []errs.Field
	fault := func(path, code string, params errs.Params) {
		faults = append(faults, errs.Field{Path: path, Code: code, Params: params})
	}
	_, err := clock.ParseDate(string(r.PaidOn))
	switch {
	case r.PaidOn == "":
		fault("paid_on", "required", nil)
	case err != nil:
		fault("paid_on", "wrong_format", nil)
	case r.PaidOn > today:
		fault("paid_on", "in_the_future", nil)
	case r.PaidOn < d.On:
		fault("paid_on", "before_receipt", nil)
	}
	if text.Blank(r.PaymentReference) {
		fault("payment_reference", "required", nil)
	}
	if text.Length(r.PaymentReference) > MaxPaymentReference {
		fault("payment_reference", "too_long", errs.Params{"max": MaxPaymentReference})
	}
	return errs.InvalidFields(faults)
}
