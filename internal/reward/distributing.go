package reward

import (
	"context"
	"slices"
	"time"

	"chengqiao/internal/event"
	"chengqiao/internal/ident"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/policy"
)

// ComputeDue computes what is missing of a contract's distributions: one per
// movement and owner with a plan that took effect. It is the program's own
// work, after each receipt, refund and plan in effect; asking again changes
// nothing. A refund follows its receipt's plan; a receipt that no plan covers
// yet waits for one. Where a distribution leaves the institution's share
// negative, it and the owner's unpaid ones are held until the institution
// decides. Error: errs.NotFound for an unknown contract.
func (s *Service) ComputeDue(ctx context.Context, contractID string) error {
	return s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		books, err := s.open(ctx, contractID)
		if err != nil {
			return err
		}
		for _, m := range books.movements {
			for i, owner := range books.earning.Owners {
				if err := s.computeOne(ctx, books, m, owner.OrgID, books.parts[m.ID][i]); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// movementOf names one distribution: there is one per movement and owner.
type movementOf struct{ movement, owner string }

// books are the accounts of one contract while its distributions are computed.
type books struct {
	earning   Earning
	movements []Movement
	parts     map[string][]Event
	// plans of each owner, by number.
	plans map[string][]Plan
	// done are the distributions that exist.
	done map[movementOf]Distribution
	// accounts, and how many distributions each has taken, by plan.
	accounts map[string]*Account
	taken    map[string]int64
	// ofPlan are the ids of each plan's distributions, in order.
	ofPlan map[string][]string
}

// open loads a contract's books and replays what was computed before.
func (s *Service) open(ctx context.Context, contractID string) (*books, error) {
	b := &books{
		plans: map[string][]Plan{}, done: map[movementOf]Distribution{}, accounts: map[string]*Account{},
		taken: map[string]int64{}, ofPlan: map[string][]string{},
	}
	var err error
	if b.earning, err = s.deps.Contracts.Earning(ctx, contractID); err != nil {
		return nil, err
	}
	if b.movements, err = s.deps.Contracts.Movements(ctx, contractID); err != nil {
		return nil, err
	}
	if b.parts, err = divide(b.earning.Owners, b.movements); err != nil {
		return nil, err
	}
	plans, err := s.deps.Store.Plans(ctx, contractID)
	if err != nil {
		return nil, err
	}
	for _, p := range plans {
		b.plans[p.OwnerOrg] = append(b.plans[p.OwnerOrg], p)
		if !p.began() {
			continue
		}
		if b.accounts[p.ID], err = Open(p.Rule, p.people()); err != nil {
			return nil, err
		}
	}
	before, err := s.deps.Store.Distributions(ctx, contractID)
	if err != nil {
		return nil, err
	}
	for _, d := range before {
		if _, err := b.accounts[d.PlanID].Apply(d.Event); err != nil {
			return nil, err
		}
		b.add(d)
	}
	return b, nil
}

func (b *books) add(d Distribution) {
	b.done[movementOf{d.MovementID, d.OwnerOrg}] = d
	b.taken[d.PlanID] = d.Seq
	b.ofPlan[d.PlanID] = append(b.ofPlan[d.PlanID], d.ID)
}

// plan is the one that an owner's part of a movement follows.
func (b *books) plan(m Movement, owner string) (Plan, bool) {
	if m.Type != Refund {
		return planOf(b.plans[owner], m.RecordedAt)
	}
	receipt, ok := b.done[movementOf{m.ReceiptID, owner}]
	if !ok {
		return Plan{}, false
	}
	for _, p := range b.plans[owner] {
		if p.ID == receipt.PlanID {
			return p, true
		}
	}
	return Plan{}, false
}

// computeOne computes one owner's part of one movement, unless it is done or
// no plan covers it.
func (s *Service) computeOne(ctx context.Context, b *books, m Movement, owner string, part Event) error {
	if _, done := b.done[movementOf{m.ID, owner}]; done {
		return nil
	}
	plan, covered := b.plan(m, owner)
	if !covered {
		return nil
	}
	account := b.accounts[plan.ID]
	effect, err := account.Apply(part)
	if err != nil {
		return err
	}
	d := Distribution{
		ID: ident.NewID(), Version: 1, ContractID: b.earning.ContractID, OwnerOrg: owner, PlanID: plan.ID,
		Seq: b.taken[plan.ID] + 1, MovementID: m.ID, ReceiptID: m.ID, On: m.On, Event: part, Effect: effect,
		InstitutionTotal: account.Institution(), Shares: sharesOf(plan, effect),
		PreparedBy: m.RecordedBy, ComputedAt: s.deps.Clock.Now(),
	}
	if m.Type == Refund {
		d.ReceiptID = m.ReceiptID
	}
	fell := account.Institution() < 0 && effect.Institution < 0
	action, reason, name := policy.RewardCompute, "", event.RewardComputed
	if account.Institution() < 0 && effect.Pool > 0 {
		action, reason, name = policy.RewardHold, CodeInstitution, event.RewardHeld
	}
	step, err := DistributionMachine.Step(d.ID, d.Position, string(action), reason)
	if err != nil {
		return err
	}
	d.Position = lifecycle.Position{State: step.To, Seq: step.Seq}
	if err := s.deps.Store.InsertDistribution(ctx, d); err != nil {
		return err
	}
	if err := s.writeDistribution(ctx, policy.SystemActor(), action, d, &step, name, nil); err != nil {
		return err
	}
	if fell {
		if err := s.hold(ctx, b.ofPlan[plan.ID]); err != nil {
			return err
		}
	}
	b.add(d)
	return nil
}

// sharesOf explains an effect person by person.
func sharesOf(plan Plan, effect Effect) []Share {
	group := map[bool]int64{}
	for _, c := range plan.Contributors {
		group[c.Role.Main()] += c.Weight // at most MaxContributors × MaxWeight
	}
	out := make([]Share, len(plan.Contributors))
	for i, c := range plan.Contributors {
		out[i] = Share{
			PersonID: c.ID, Role: c.Role, Weight: c.Weight,
			GroupWeight: group[c.Role.Main()], Amount: effect.Shares[i],
		}
	}
	return out
}

// hold stops the payments of a plan that have not been made.
func (s *Service) hold(ctx context.Context, ids []string) error {
	for _, id := range ids {
		d, err := s.deps.Store.Distribution(ctx, id)
		if err != nil {
			return err
		}
		if !d.pays() {
			continue
		}
		step, err := DistributionMachine.Step(d.ID, d.Position, string(policy.RewardHold), CodeInstitution)
		if err != nil {
			return err
		}
		d.ApprovedBy, d.ApprovedAt = "", time.Time{}
		if _, err := s.moveDistribution(ctx, policy.SystemActor(), d, step, event.RewardHeld); err != nil {
			return err
		}
	}
	return nil
}

// moveDistribution takes a step and journals it.
func (s *Service) moveDistribution(ctx context.Context, actor policy.Actor, d Distribution, step lifecycle.Step, name event.Name) (Distribution, error) {
	d.Position = lifecycle.Position{State: step.To, Seq: step.Seq}
	d.Version++
	if err := s.deps.Store.SaveDistribution(ctx, d); err != nil {
		return d, err
	}
	return d, s.writeDistribution(ctx, actor, policy.Action(step.Action), d, &step, name, nil)
}

// Distributions are a contract's distributions of the acting organisation, in
// the order in which they were computed. Errors: errs.NotFound or
// errs.Forbidden for who may read none.
func (s *Service) Distributions(ctx context.Context, actor policy.Actor, contractID string) ([]DistributionView, error) {
	if err := policy.Check(actor, policy.RewardRead, policy.Facts{OwnerOrg: actor.OrgID}).Err(); err != nil {
		return nil, err
	}
	found, err := s.deps.Store.Distributions(ctx, contractID)
	if err != nil {
		return nil, err
	}
	found = slices.DeleteFunc(found, func(d Distribution) bool {
		return !policy.Check(actor, policy.RewardRead, d.Facts()).Allowed()
	})
	return s.viewDistributions(ctx, actor, contractID, found)
}

// Distribution is one distribution; errs.NotFound.
func (s *Service) Distribution(ctx context.Context, actor policy.Actor, id string) (DistributionView, error) {
	d, err := s.permittedDistribution(ctx, actor, policy.RewardRead, id)
	if err != nil {
		return DistributionView{}, err
	}
	return s.distributionView(ctx, actor, d)
}

// DistributionTimeline is what happened to a distribution, oldest first: who
// approved it and who paid. Error: errs.NotFound.
func (s *Service) DistributionTimeline(ctx context.Context, actor policy.Actor, id string) ([]lifecycle.Step, error) {
	d, err := s.permittedDistribution(ctx, actor, policy.RewardRead, id)
	if err != nil {
		return nil, err
	}
	return s.deps.History.Steps(ctx, DistributionKind, d.ID)
}

func (s *Service) permittedDistribution(ctx context.Context, actor policy.Actor, action policy.Action, id string) (Distribution, error) {
	d, err := s.deps.Store.Distribution(ctx, id)
	if err != nil {
		return Distribution{}, err
	}
	return d, policy.Check(actor, action, d.Facts()).Err()
}

func (s *Service) distributionView(ctx context.Context, actor policy.Actor, d Distribution) (DistributionView, error) {
	views, err := s.viewDistributions(ctx, actor, d.ContractID, []Distribution{d})
	if err != nil {
		return DistributionView{}, err
	}
	return views[0], nil
}

// viewDistributions are distributions of one contract as the actor may see them.
func (s *Service) viewDistributions(ctx context.Context, actor policy.Actor, contractID string, list []Distribution) ([]DistributionView, error) {
	if len(list) == 0 {
		return nil, nil
	}
	earning, err := s.deps.Contracts.Earning(ctx, contractID)
	if err != nil {
		return nil, err
	}
	plans, err := s.deps.Store.Plans(ctx, contractID)
	if err != nil {
		return nil, err
	}
	byID := make(map[string]Plan, len(plans))
	for _, p := range plans {
		byID[p.ID] = p
	}
	var persons []string
	for _, d := range list {
		persons = append(persons, d.Persons()...)
	}
	names, err := s.names(ctx, persons)
	if err != nil {
		return nil, err
	}
	out := make([]DistributionView, len(list))
	for i, d := range list {
		owner, _ := earning.owner(d.OwnerOrg)
		plan := byID[d.PlanID]
		out[i] = DistributionView{
			Distribution: d, Rule: plan.Rule, LegalFloor: plan.LegalFloor, ContractName: earning.Name,
			OwnerName: owner.Name, Names: names, Actions: d.actionsFor(actor),
		}
		if !policy.Check(actor, policy.RewardRead, d.Facts()).Allowed() {
			// A contributor who accepts a payment sees no colleague's share.
			out[i].Shares = slices.DeleteFunc(slices.Clone(d.Shares), func(s Share) bool {
				return !actor.Is([]string{s.PersonID})
			})
		}
	}
	return out, nil
}
