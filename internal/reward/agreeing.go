package reward

import (
	"context"
	"slices"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/event"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/policy"
)

// PlanStep is a step that a person asks for.
type PlanStep struct {
	// Verb is propose, confirm, reopen, decide, publicise, object, answer or
	// effect.
	Verb   string
	Reason string
	// FileID is the minutes of a decision, or the notice of a publicity: a file
	// attached to the plan.
	FileID string
	// Date is the first day of a publicity; "" for today.
	Date clock.Date
}

// StepPlan moves a plan that still has the version that was read. A
// confirmation holds for the terms that were read: others who confirm meanwhile
// do not change them, a plan that was reopened and proposed anew may have others.
//
//   - propose wants contributors and rates that reach the floor, the legal
//     one included;
//   - confirm is each contributor's own, in person; the last one moves the plan;
//   - decide wants the minutes, and somebody else than who proposed;
//   - publicise begins the notice of the working days that the law wants;
//   - object and answer interrupt it;
//   - effect wants its last day to be over; the owner's plan in effect before
//     is superseded, and keeps the receipts that it had.
//
// Errors: errs.NotFound, errs.Forbidden, errs.Invalid (fields,
// CodeBelowFloor, "rule_below_legal_floor"), errs.Stale "stale_version",
// errs.Conflict "illegal_step", "already_confirmed", "publicity_running".
func (s *Service) StepPlan(ctx context.Context, actor policy.Actor, id string, version int64, r PlanStep) (PlanView, error) {
	action := policy.Action(PlanKind + "." + r.Verb)
	prepare, known := map[policy.Action]func(context.Context, policy.Actor, *Plan, PlanStep) error{
		policy.PlanPropose:   s.propose,
		policy.PlanConfirm:   nil,
		policy.PlanReopen:    s.reopen,
		policy.PlanDecide:    s.decide,
		policy.PlanPublicise: s.publicise,
		policy.PlanObject:    nil,
		policy.PlanAnswer:    nil,
		policy.PlanEffect:    s.effect,
	}[action]
	if !known {
		return PlanView{}, unknownAction()
	}
	var moved Plan
	err := s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		p, err := s.permittedPlan(ctx, actor, action, id)
		if err != nil {
			return err
		}
		if p.Version != version && (action != policy.PlanConfirm || !p.termsRead(version)) {
			return errs.New(errs.Stale, "stale_version")
		}
		if action == policy.PlanConfirm {
			moved, err = s.confirm(ctx, actor, p)
			return err
		}
		step, err := PlanMachine.Step(p.ID, p.Position, string(action), r.Reason)
		if err != nil {
			return err
		}
		if prepare != nil {
			if err := prepare(ctx, actor, &p, r); err != nil {
				return err
			}
		}
		name := event.PlanChanged
		if action == policy.PlanEffect {
			name = event.PlanEffective
		}
		moved, err = s.movePlan(ctx, actor, p, step, name)
		return err
	})
	if err != nil {
		return PlanView{}, err
	}
	return s.planView(ctx, actor, moved)
}

// movePlan takes a step and journals it.
func (s *Service) movePlan(ctx context.Context, actor policy.Actor, p Plan, step lifecycle.Step, name event.Name) (Plan, error) {
	p.Position = lifecycle.Position{State: step.To, Seq: step.Seq}
	p.Version++
	if err := s.deps.Store.SavePlan(ctx, p); err != nil {
		return p, err
	}
	return p, s.writePlan(ctx, actor, policy.Action(step.Action), p, &step, name, nil)
}

func (s *Service) propose(ctx context.Context, actor policy.Actor, p *Plan, _ PlanStep) error {
	if err := errs.InvalidFields(contributorFaults(p.Contributors)); err != nil {
		return err
	}
	if err := s.holdAgainstLaw(ctx, p); err != nil {
		return err
	}
	p.ProposedBy = actor.AccountID
	return nil
}

// holdAgainstLaw checks the plan's rule and rates as the law stands today.
func (s *Service) holdAgainstLaw(ctx context.Context, p *Plan) error {
	place, err := s.place(ctx, p.OwnerOrg)
	if err != nil {
		return err
	}
	if p.LegalFloor, err = s.legalFloor(p.Rule, place); err != nil {
		return err
	}
	return belowFloor(p.Rule, p.people())
}

// confirm notes that the acting person agrees. The last confirmation is
// followed by the program's own step.
func (s *Service) confirm(ctx context.Context, actor policy.Actor, p Plan) (Plan, error) {
	if p.Position.State != PlanProposed {
		return p, errs.Newp(errs.Conflict, "illegal_step",
			errs.Params{"kind": PlanKind, "state": string(p.Position.State), "action": string(policy.PlanConfirm)})
	}
	changed := false
	if p.Contributors, changed = p.confirmedBy(actor, s.deps.Clock.Now()); !changed {
		return p, errs.New(errs.Conflict, "already_confirmed")
	}
	p.Version++
	if err := s.deps.Store.SavePlan(ctx, p); err != nil {
		return p, err
	}
	detail := map[string]any{"person_id": actor.PersonID}
	if err := s.writePlan(ctx, actor, policy.PlanConfirm, p, nil, event.ContributorConfirmed, detail); err != nil {
		return p, err
	}
	if !p.confirmed() {
		return p, nil
	}
	step, err := PlanMachine.Step(p.ID, p.Position, string(policy.PlanConfirmed), "")
	if err != nil {
		return p, err
	}
	return s.movePlan(ctx, policy.SystemActor(), p, step, event.PlanChanged)
}

func (s *Service) reopen(_ context.Context, _ policy.Actor, p *Plan, _ PlanStep) error {
	p.Contributors = slices.Clone(p.Contributors)
	p.clearAgreement()
	return nil
}

func (s *Service) decide(ctx context.Context, _ policy.Actor, p *Plan, r PlanStep) error {
	if r.FileID == "" {
		return errs.InvalidFields([]errs.Field{{Path: "file_id", Code: "required"}})
	}
	if err := s.attached(ctx, PlanKind, p.ID, r.FileID); err != nil {
		return err
	}
	p.MinutesFile = r.FileID
	return nil
}

func (s *Service) publicise(ctx context.Context, _ policy.Actor, p *Plan, r PlanStep) error {
	from := r.Date
	if from == "" {
		from = s.today()
	}
	if _, err := clock.ParseDate(string(from)); err != nil {
		return errs.InvalidFields([]errs.Field{{Path: "date", Code: "wrong_format"}})
	}
	if from < s.today() {
		return errs.InvalidFields([]errs.Field{{Path: "date", Code: "in_the_past"}})
	}
	if err := s.attached(ctx, PlanKind, p.ID, r.FileID); err != nil {
		return err
	}
	p.PublicityFrom = from
	p.PublicityEnds = s.deps.Calendar.AddWorkingDays(from, s.deps.Config.PublicityDays)
	if s.deps.Config.PublicityDays == 0 {
		// A notice of no days is over when it begins: nobody waits for its end.
		p.PublicityEnds = from.AddDays(-1)
	}
	p.NoticeFile = r.FileID
	return nil
}

func (s *Service) effect(ctx context.Context, actor policy.Actor, p *Plan, _ PlanStep) error {
	if today := s.today(); today < p.PublicityFrom || today <= p.PublicityEnds {
		return errs.Newp(errs.Conflict, "publicity_running", errs.Params{"ends_on": string(p.PublicityEnds)})
	}
	if err := s.holdAgainstLaw(ctx, p); err != nil {
		return err
	}
	before, err := s.deps.Store.Plans(ctx, p.ContractID)
	if err != nil {
		return err
	}
	for _, b := range before {
		if b.OwnerOrg != p.OwnerOrg || b.Position.State != PlanEffective {
			continue
		}
		step, err := PlanMachine.Step(b.ID, b.Position, string(policy.PlanSupersede), "")
		if err != nil {
			return err
		}
		if _, err := s.movePlan(ctx, policy.SystemActor(), b, step, event.PlanChanged); err != nil {
			return err
		}
	}
	p.EffectiveAt = s.deps.Clock.Now()
	return nil
}
