package reward

import (
	"context"
	"fmt"
	"slices"

	"chengqiao/internal/errs"
	"chengqiao/internal/event"
	"chengqiao/internal/ident"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/money"
	"chengqiao/internal/policy"
)

// CreatePlan drafts the acting owner's plan for a contract. Without a rule it
// takes the default of the owner's place, without contributors those of the
// owner's achievements. Errors: errs.NotFound for a contract in which the
// actor's organisation owns nothing, errs.Forbidden, errs.Invalid with fields
// or "rule_below_legal_floor", errs.Conflict "plan_in_progress" or
// "contract_discarded".
func (s *Service) CreatePlan(ctx context.Context, actor policy.Actor, contractID string, f PlanForm) (PlanView, error) {
	var created Plan
	err := s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		earning, err := s.deps.Contracts.Earning(ctx, contractID)
		if err != nil {
			return err
		}
		owner, _ := earning.owner(actor.OrgID)
		if err := policy.Check(actor, policy.PlanCreate, policy.Facts{OwnerOrg: owner.OrgID}).Err(); err != nil {
			return err
		}
		if earning.Discarded {
			return errs.New(errs.Conflict, "contract_discarded")
		}
		before, err := s.deps.Store.Plans(ctx, contractID)
		if err != nil {
			return err
		}
		p := Plan{
			ID: ident.NewID(), Version: 1, ContractID: contractID, OwnerOrg: owner.OrgID, Number: 1,
			CreatedBy: actor.AccountID, CreatedAt: s.deps.Clock.Now(),
		}
		for _, b := range before {
			if b.OwnerOrg == p.OwnerOrg {
				p.Number = b.Number + 1
			}
		}
		if err := s.fill(ctx, &p, f, owner); err != nil {
			return err
		}
		step, err := PlanMachine.Step(p.ID, p.Position, string(policy.PlanCreate), "")
		if err != nil {
			return err
		}
		p.Position = lifecycle.Position{State: step.To, Seq: step.Seq}
		if err := s.deps.Store.InsertPlan(ctx, p); err != nil {
			return err
		}
		created = p
		return s.writePlan(ctx, actor, policy.PlanCreate, p, &step, event.PlanChanged, nil)
	})
	if err != nil {
		return PlanView{}, err
	}
	return s.planView(ctx, actor, created)
}

// EditPlan changes rule and contributors of a draft that still has the
// version; what the form leaves out is filled as in CreatePlan. Errors:
// errs.NotFound, errs.Forbidden, errs.Invalid, errs.Stale "stale_version",
// errs.Conflict "plan_not_draft".
func (s *Service) EditPlan(ctx context.Context, actor policy.Actor, id string, version int64, f PlanForm) (PlanView, error) {
	var edited Plan
	err := s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		p, err := s.permittedPlan(ctx, actor, policy.PlanEdit, id)
		if err != nil {
			return err
		}
		if p.Version != version {
			return errs.New(errs.Stale, "stale_version")
		}
		if p.Position.State != PlanDraft {
			return errs.New(errs.Conflict, "plan_not_draft")
		}
		earning, err := s.deps.Contracts.Earning(ctx, p.ContractID)
		if err != nil {
			return err
		}
		owner, _ := earning.owner(p.OwnerOrg)
		if err := s.fill(ctx, &p, f, owner); err != nil {
			return err
		}
		p.Version++
		if err := s.deps.Store.SavePlan(ctx, p); err != nil {
			return err
		}
		edited = p
		return s.writePlan(ctx, actor, policy.PlanEdit, p, nil, event.PlanChanged, nil)
	})
	if err != nil {
		return PlanView{}, err
	}
	return s.planView(ctx, actor, edited)
}

// Plan is one plan; errs.NotFound.
func (s *Service) Plan(ctx context.Context, actor policy.Actor, id string) (PlanView, error) {
	p, err := s.permittedPlan(ctx, actor, policy.PlanRead, id)
	if err != nil {
		return PlanView{}, err
	}
	return s.planView(ctx, actor, p)
}

// Plans are the plans of a contract that the actor may read: the acting
// organisation's, and those with a share of one's own.
func (s *Service) Plans(ctx context.Context, actor policy.Actor, contractID string) ([]PlanView, error) {
	if !actor.SignedIn() && !actor.System {
		return nil, errs.New(errs.Unauthenticated, "sign_in_required")
	}
	found, err := s.deps.Store.Plans(ctx, contractID)
	if err != nil {
		return nil, err
	}
	found = slices.DeleteFunc(found, func(p Plan) bool {
		return !policy.Check(actor, policy.PlanRead, p.Facts()).Allowed()
	})
	return s.viewPlans(ctx, actor, contractID, found)
}

// PlanTimeline is what happened to a plan, oldest first; errs.NotFound.
func (s *Service) PlanTimeline(ctx context.Context, actor policy.Actor, id string) ([]lifecycle.Step, error) {
	p, err := s.permittedPlan(ctx, actor, policy.PlanRead, id)
	if err != nil {
		return nil, err
	}
	return s.deps.History.Steps(ctx, PlanKind, p.ID)
}

func (s *Service) permittedPlan(ctx context.Context, actor policy.Actor, action policy.Action, id string) (Plan, error) {
	p, err := s.deps.Store.Plan(ctx, id)
	if err != nil {
		return Plan{}, err
	}
	return p, policy.Check(actor, action, p.Facts()).Err()
}

func (s *Service) planView(ctx context.Context, actor policy.Actor, p Plan) (PlanView, error) {
	views, err := s.viewPlans(ctx, actor, p.ContractID, []Plan{p})
	if err != nil {
		return PlanView{}, err
	}
	return views[0], nil
}

// viewPlans are plans of one contract as the actor may see them.
func (s *Service) viewPlans(ctx context.Context, actor policy.Actor, contractID string, list []Plan) ([]PlanView, error) {
	if len(list) == 0 {
		return nil, nil
	}
	earning, err := s.deps.Contracts.Earning(ctx, contractID)
	if err != nil {
		return nil, err
	}
	var persons []string
	for _, p := range list {
		persons = append(persons, p.Persons()...)
	}
	names, err := s.names(ctx, persons)
	if err != nil {
		return nil, err
	}
	out := make([]PlanView, len(list))
	for i, p := range list {
		owner, _ := earning.owner(p.OwnerOrg)
		out[i] = PlanView{Plan: p, ContractName: earning.Name, OwnerName: owner.Name, Names: names, Actions: p.actionsFor(actor)}
	}
	return out, nil
}

// fill gives a draft its rule and contributors and checks both.
func (s *Service) fill(ctx context.Context, p *Plan, f PlanForm, owner Owner) error {
	place, err := s.place(ctx, p.OwnerOrg)
	if err != nil {
		return err
	}
	if p.Rule, err = s.rule(f.Rule, place); err != nil {
		return err
	}
	if p.LegalFloor, err = s.legalFloor(p.Rule, place); err != nil {
		return err
	}
	p.Contributors = f.Contributors
	if f.Contributors == nil {
		if p.Contributors, err = s.contributorsOf(ctx, owner); err != nil {
			return err
		}
	}
	return s.checkContributors(ctx, p.Contributors)
}

// rule is the proposed rule, or the default of a place.
func (s *Service) rule(f *RuleForm, place string) (Rule, error) {
	def, err := s.deps.Rulebook.Default(place, s.today())
	if f == nil || err != nil {
		return def.Rule, err
	}
	r := Rule{ID: Agreed, Version: 1, Place: place, EffectiveFrom: s.today(), Base: f.Base, FloorBps: money.Bps(f.FloorBps), TeamBps: money.Bps(f.FloorBps)}
	if f.TeamBps != nil {
		r.TeamBps = money.Bps(*f.TeamBps)
	}
	if r.Base == def.Base && r.FloorBps == def.FloorBps {
		r.ID, r.Version, r.Place, r.EffectiveFrom = def.ID, def.Version, def.Place, def.EffectiveFrom
	}
	return r, errs.InvalidFields(r.validate("rule"))
}

// legalFloor holds a rule against the law of a place today, and names it.
func (s *Service) legalFloor(r Rule, place string) (string, error) {
	if err := s.deps.Rulebook.Check(r, place, s.today()); err != nil {
		return "", err
	}
	legal, err := s.deps.Rulebook.For(place, s.today())
	return legal.RuleName(), err
}

// contributorScale spreads an achievement's share in the price over its
// contributors finely enough that a plan over several achievements keeps
// their proportions.
const contributorScale = 100

// contributorsOf takes the contributors of an owner's achievements: of one as
// they are, of several in proportion to the achievements' shares in the price.
func (s *Service) contributorsOf(ctx context.Context, owner Owner) ([]PlanContributor, error) {
	var out []PlanContributor
	places := map[string]int{}
	for _, a := range owner.Achievements {
		found, err := s.deps.Achievements.Contributors(ctx, a.ID)
		if err != nil {
			return nil, err
		}
		weights := make([]int64, len(found))
		for i, c := range found {
			weights[i] = c.Weight
		}
		if len(owner.Achievements) > 1 && len(found) > 0 {
			if weights, err = money.Split(a.WeightBps*contributorScale, weights); err != nil {
				return nil, err
			}
		}
		for i, c := range found {
			at, seen := places[c.ID]
			if !seen {
				at = len(out)
				places[c.ID] = at
				out = append(out, PlanContributor{Contributor: Contributor{ID: c.ID, Role: c.Role}, Leader: NoLeader})
			}
			out[at].Weight += weights[i]
			if c.Role.Main() && !out[at].Role.Main() {
				out[at].Role = c.Role
			}
		}
	}
	if len(owner.Achievements) > 1 {
		inLowestTerms(out)
	}
	return out, nil
}

// inLowestTerms leaves the proportions of the weights and makes them small
// enough to be read: 43 to 33, not 430000 to 330000.
func inLowestTerms(list []PlanContributor) {
	var common int64
	for _, c := range list {
		for a := c.Weight; a != 0; {
			common, a = a, common%a
		}
	}
	if common < 2 {
		return
	}
	for i := range list {
		list[i].Weight /= common
	}
}

// checkContributors refuses people who make no plan, or who do not exist. A
// draft without any is fine: the owner names them before proposing it.
func (s *Service) checkContributors(ctx context.Context, list []PlanContributor) error {
	if len(list) == 0 {
		return nil
	}
	if err := errs.InvalidFields(contributorFaults(list)); err != nil {
		return err
	}
	names, err := s.names(ctx, Plan{Contributors: list}.Persons())
	if err != nil {
		return err
	}
	var faults []errs.Field
	for i, c := range list {
		if _, ok := names[c.ID]; !ok {
			faults = append(faults, errs.Field{Path: fmt.Sprintf("contributors[%d].person_id", i), Code: "unknown_reference"})
		}
	}
	return errs.InvalidFields(faults)
}
