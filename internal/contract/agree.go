package contract

import (
	"context"
	"time"

	"chengqiao/internal/errs"
	"chengqiao/internal/event"
	"chengqiao/internal/ident"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/policy"
	"chengqiao/internal/text"
)

// wholeWeight is the weight of all components together, in basis points.
const wholeWeight = 10_000

// serviceKind is the component of a contract that takes no package: the
// seller's own work.
const serviceKind = "service"

// Draft writes the first draft of a deal's contract. Parties and components
// are taken from the deal and its package as they stand now. Errors:
// errs.NotFound, errs.Invalid with paths under "terms.", errs.Conflict
// "deal_not_negotiating" or "contract_exists".
func (s *Service) Draft(ctx context.Context, actor policy.Actor, dealID string, terms Terms) (View, error) {
	var drafted Contract
	err := s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		sides, err := s.deps.Deals.Sides(ctx, dealID)
		if err != nil {
			return err
		}
		facts := policy.Facts{OwnerOrg: sides.SellerOrg, Parties: []string{sides.SellerOrg, sides.BuyerOrg}}
		if err := policy.Check(actor, policy.ContractDraft, facts).Err(); err != nil {
			return err
		}
		if err := errs.InvalidFields(terms.faults("terms.")); err != nil {
			return err
		}
		if !sides.Negotiating {
			return errs.New(errs.Conflict, "deal_not_negotiating")
		}
		c := Contract{
			ID: ident.NewID(), Version: 1, DealID: dealID, PackageID: sides.PackageID, Terms: terms,
			DraftedBy: actor.AccountID, DraftedAt: s.deps.Clock.Now(),
		}
		if err := s.fill(ctx, &c, sides); err != nil {
			return err
		}
		step, err := Machine.Step(c.ID, c.Position, string(policy.ContractDraft), "")
		if err != nil {
			return err
		}
		c.Position = lifecycle.Position{State: step.To, Seq: step.Seq}
		if err := s.deps.Store.InsertContract(ctx, c); err != nil {
			return err
		}
		drafted = c
		return s.write(ctx, actor, policy.ContractDraft, c, &step, event.ContractDrafted, nil)
	})
	return view(drafted, actor), err
}

// fill freezes who the parties are and what the package offers.
func (s *Service) fill(ctx context.Context, c *Contract, sides DealSides) error {
	names := map[string]text.Text{}
	snapshot := func(id string) (Organisation, error) {
		o, err := s.deps.Organisations.Snapshot(ctx, id)
		names[id] = o.Name
		return o, err
	}
	var err error
	if c.Seller.Organisation, err = snapshot(sides.SellerOrg); err != nil {
		return err
	}
	if c.Buyer.Organisation, err = snapshot(sides.BuyerOrg); err != nil {
		return err
	}
	if sides.PackageID == "" {
		c.Components = []Component{{
			Kind: serviceKind, Title: text.Zh(c.Terms.Name), OwnerOrg: sides.SellerOrg,
			OwnerName: c.Seller.Name, WeightBps: wholeWeight,
		}}
		return nil
	}
	if c.Components, err = s.deps.Packages.Components(ctx, sides.PackageID); err != nil {
		return err
	}
	for i := range c.Components {
		part := &c.Components[i]
		if part.OwnerOrg == "" {
			part.OwnerOrg = sides.SellerOrg
		}
		if _, known := names[part.OwnerOrg]; !known {
			if _, err := snapshot(part.OwnerOrg); err != nil {
				return err
			}
		}
		part.OwnerName = names[part.OwnerOrg]
	}
	return nil
}

// Edit changes the terms of a draft that still has the version. Errors:
// errs.NotFound, errs.Invalid with fields, errs.Stale "stale_version",
// errs.Conflict "contract_not_draft".
func (s *Service) Edit(ctx context.Context, actor policy.Actor, id string, version int64, terms Terms) (View, error) {
	var edited Contract
	err := s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		c, err := s.permitted(ctx, actor, policy.ContractEdit, id)
		if err != nil {
			return err
		}
		if c.Version != version {
			return errs.New(errs.Stale, "stale_version")
		}
		if c.Position.State != Draft {
			return errs.New(errs.Conflict, "contract_not_draft")
		}
		if err := errs.InvalidFields(terms.faults("")); err != nil {
			return err
		}
		c.Terms = terms
		c.Version++
		if err := s.deps.Store.SaveContract(ctx, c); err != nil {
			return err
		}
		edited = c
		return s.write(ctx, actor, policy.ContractEdit, c, nil, event.ContractChanged, nil)
	})
	return view(edited, actor), err
}

// Step moves a contract that still has the version by a verb: propose,
// reopen, sign, complete, terminate, discard. Each party signs once; the last
// signature puts the contract in force, marks its deal, and takes the rights.
// Errors: errs.NotFound, errs.Forbidden, errs.Invalid (an unknown verb, a
// missing reason), errs.Stale "stale_version", errs.Conflict "illegal_step",
// "already_signed", "rights_taken" with the achievement and the contract's
// rights that stand in the way, or "owner_not_agreed" with the other owner of a
// component who has not agreed to it, or no longer does.
func (s *Service) Step(ctx context.Context, actor policy.Actor, id string, version int64, verb, reason string) (View, error) {
	action, err := stepAction(verb)
	if err != nil {
		return View{}, err
	}
	var moved Contract
	err = s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		c, err := s.permitted(ctx, actor, action, id)
		if err != nil {
			return err
		}
		if c.Version != version {
			return errs.New(errs.Stale, "stale_version")
		}
		step, err := Machine.Step(c.ID, c.Position, string(action), reason)
		if err != nil {
			return err
		}
		switch action {
		case policy.ContractSign:
			moved, err = s.sign(ctx, actor, c, step)
		case policy.ContractReopen:
			// What was signed were the terms that are now open again.
			for _, p := range []*Party{&c.Seller, &c.Buyer} {
				p.SignedAt, p.SignedBy = time.Time{}, ""
			}
			moved, err = s.move(ctx, actor, c, step, event.ContractChanged)
		default:
			moved, err = s.move(ctx, actor, c, step, event.ContractChanged)
		}
		return err
	})
	return view(moved, actor), err
}

// sign adds the acting party's signature; the last one takes the rights.
func (s *Service) sign(ctx context.Context, actor policy.Actor, c Contract, step lifecycle.Step) (Contract, error) {
	p := c.party(actor.OrgID)
	if p == nil {
		return c, errs.New(errs.NotFound, "not_found")
	}
	if p.Signed() {
		return c, errs.New(errs.Conflict, "already_signed")
	}
	p.SignedAt, p.SignedBy = s.deps.Clock.Now(), actor.AccountID
	if step.To == HalfSigned {
		return s.move(ctx, actor, c, step, event.ContractChanged)
	}
	if err := s.takeRights(ctx, c); err != nil {
		return c, err
	}
	c.SignedOn = s.today()
	c, err := s.move(ctx, actor, c, step, event.ContractSigned)
	if err != nil {
		return c, err
	}
	return c, s.deps.Deals.MarkContracted(ctx, c.DealID)
}

// move takes a step and journals it.
func (s *Service) move(ctx context.Context, actor policy.Actor, c Contract, step lifecycle.Step, name event.Name) (Contract, error) {
	c.Position = lifecycle.Position{State: step.To, Seq: step.Seq}
	c.Version++
	if err := s.deps.Store.SaveContract(ctx, c); err != nil {
		return c, err
	}
	return c, s.write(ctx, actor, policy.Action(step.Action), c, &step, name, nil)
}

// stepAction is the action of a verb that a person can ask for.
func stepAction(verb string) (policy.Action, error) {
	action := policy.Action(Kind + "." + verb)
	switch action {
	case policy.ContractPropose, policy.ContractReopen, policy.ContractSign,
		policy.ContractComplete, policy.ContractTerminate, policy.ContractDiscard:
		return action, nil
	}
	return "", errs.InvalidFields([]errs.Field{{Path: "action", Code: "unknown_value"}})
}
