package catalog

import (
	"context"
	"slices"
	"strings"

	"chengqiao/internal/errs"
	"chengqiao/internal/event"
	"chengqiao/internal/ident"
	"chengqiao/internal/journal"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/listing"
	"chengqiao/internal/policy"
	"chengqiao/internal/text"
)

// AgreementStore keeps agreements. Its methods join the transaction in ctx.
type AgreementStore interface {
	// InsertAgreement keeps a new one; errs.Stale "stale_version" when there is
	// one of the same package, owner and terms.
	InsertAgreement(ctx context.Context, a Agreement) error
	// SaveAgreement changes one whose stored version is one less than
	// a.Version; errs.Stale "stale_version" otherwise.
	SaveAgreement(ctx context.Context, a Agreement) error
	// Agreement is one by its id; errs.NotFound.
	Agreement(ctx context.Context, id string) (Agreement, error)
	// AgreementsOf are those of a package, oldest first.
	AgreementsOf(ctx context.Context, packageID string) ([]Agreement, error)
	// AgreementsAsked lists those asked of an owner, newest first.
	AgreementsAsked(ctx context.Context, f AgreementFilter) ([]Agreement, error)
}

// AgreementFilter chooses the agreements that an owner was asked for.
type AgreementFilter struct {
	OwnerOrg string
	State    lifecycle.State // "" for every state
	// Before is the id of the last one already seen; "" begins at the newest.
	Before string
	Limit  int
}

// Organisations knows who can own a component.
type Organisations interface {
	// OrganisationNames are the names of those of the organisations that exist.
	OrganisationNames(ctx context.Context, ids []string) (map[string]text.Text, error)
}

// ask asks every other owner of a component of what was submitted to agree,
// unless it has agreed to exactly that, and lets lapse what is no longer asked.
func (k *packages) ask(ctx context.Context, actor policy.Actor, l listing.Listing, c PackageContent) error {
	kept, err := k.agreements.AgreementsOf(ctx, l.ID)
	if err != nil {
		return err
	}
	wanted := map[string]AgreementTerms{} // by owner
	for _, owner := range foreignOwners(l.OwnerOrg, c.Components) {
		wanted[owner] = termsFor(owner, c)
	}
	for _, a := range kept {
		terms, ok := wanted[a.OwnerOrg]
		if !ok || terms.Hash() != a.Terms.Hash() {
			if err := k.lapse(ctx, actor, a); err != nil {
				return err
			}
			continue
		}
		delete(wanted, a.OwnerOrg)
		if a.Position.State == Agreed || a.Position.State == Asked {
			continue
		}
		a.Terms, a.Reason = terms, ""
		if err := k.askFor(ctx, actor, a); err != nil {
			return err
		}
	}
	for _, owner := range foreignOwners(l.OwnerOrg, c.Components) {
		terms, ok := wanted[owner]
		if !ok {
			continue
		}
		a := Agreement{ID: ident.NewID(), PackageID: l.ID, PackageOrg: l.OwnerOrg, OwnerOrg: owner, Terms: terms}
		if err := k.askFor(ctx, actor, a); err != nil {
			return err
		}
	}
	return nil
}

// lapseAll lets lapse what owners were asked for and have not answered.
func (k *packages) lapseAll(ctx context.Context, actor policy.Actor, packageID string) error {
	kept, err := k.agreements.AgreementsOf(ctx, packageID)
	if err != nil {
		return err
	}
	for _, a := range kept {
		if err := k.lapse(ctx, actor, a); err != nil {
			return err
		}
	}
	return nil
}

func (k *packages) lapse(ctx context.Context, actor policy.Actor, a Agreement) error {
	if a.Position.State != Asked {
		return nil
	}
	return k.moveAgreement(ctx, actor, &a, policy.AgreementLapse, "", event.AgreementChanged)
}

func (k *packages) askFor(ctx context.Context, actor policy.Actor, a Agreement) error {
	a.AskedAt = k.clock.Now()
	return k.moveAgreement(ctx, actor, &a, policy.AgreementAsk, "", event.AgreementAsked)
}

// moveAgreement takes a step, keeps it and journals it.
func (k *packages) moveAgreement(ctx context.Context, actor policy.Actor, a *Agreement, action policy.Action, reason string, name event.Name) error {
	step, err := AgreementMachine.Step(a.ID, a.Position, string(action), reason)
	if err != nil {
		return err
	}
	save := k.agreements.SaveAgreement
	if a.Version == 0 {
		save = k.agreements.InsertAgreement
	}
	a.Position = lifecycle.Position{State: step.To, Seq: step.Seq}
	a.Version++
	if err := save(ctx, *a); err != nil {
		return err
	}
	return k.journal.Write(ctx, journal.Entry{
		Actor: actor, Action: action, Kind: AgreementKind, Subject: a.ID, Version: a.Version, At: k.clock.Now(), Step: &step,
		Events: []event.Event{{Name: name, Data: map[string]any{
			"package_id": a.PackageID, "package_org": a.PackageOrg, "owner_org": a.OwnerOrg, "state": string(a.Position.State)}}},
		Detail: map[string]any{"package": a.PackageID, "terms": a.Terms.Hash()},
	})
}

// checkAgreed notes the components whose owner has not agreed to them as they
// are offered.
func (k *packages) checkAgreed(ctx context.Context, f *listing.Faults, l listing.Listing, c PackageContent) error {
	owners := foreignOwners(l.OwnerOrg, c.Components)
	if len(owners) == 0 {
		return nil
	}
	kept, err := k.agreements.AgreementsOf(ctx, l.ID)
	if err != nil {
		return err
	}
	names, err := k.organisations.OrganisationNames(ctx, owners)
	if err != nil {
		return err
	}
	for _, owner := range owners {
		hash := termsFor(owner, c).Hash()
		agreed := slices.ContainsFunc(kept, func(a Agreement) bool {
			return a.OwnerOrg == owner && a.Position.State == Agreed && a.Terms.Hash() == hash
		})
		if agreed {
			continue
		}
		for i, part := range c.Components {
			if part.owner(l.OwnerOrg) == owner {
				f.Add(listing.At("components", i, ""), "owner_not_agreed", errs.Params{"owner": names[owner].In(text.Chinese), "component": part.Title})
			}
		}
	}
	return nil
}

// Disagreeing is the first owner of these components who has not agreed, or no
// longer agrees, to have them so in the package; "" for none. Each component
// names its owner.
func (p *Packages) Disagreeing(ctx context.Context, packageID string, components []Component) (string, error) {
	kept, err := p.kind.agreements.AgreementsOf(ctx, packageID)
	if err != nil {
		return "", err
	}
	byOwner := map[string][]Component{}
	for _, c := range components {
		byOwner[c.OwnerOrganisationID] = append(byOwner[c.OwnerOrganisationID], c)
	}
	for _, c := range components {
		owner := c.OwnerOrganisationID
		if !slices.ContainsFunc(kept, func(a Agreement) bool {
			return a.OwnerOrg == owner && a.Position.State == Agreed && a.Terms.covers(byOwner[owner])
		}) {
			return owner, nil
		}
	}
	return "", nil
}

// Agreements are those of a package, oldest first, for its owner and the
// reviewer. Errors: errs.NotFound.
func (p *Packages) Agreements(ctx context.Context, actor policy.Actor, packageID string) ([]AgreementView, error) {
	owner, err := p.OwnerOf(ctx, packageID)
	if err != nil {
		return nil, err
	}
	if err := policy.Check(actor, policy.PackageInside, policy.Facts{OwnerOrg: owner}).Err(); err != nil {
		return nil, err
	}
	kept, err := p.kind.agreements.AgreementsOf(ctx, packageID)
	return viewAgreements(kept, actor), err
}

func viewAgreements(kept []Agreement, actor policy.Actor) []AgreementView {
	out := make([]AgreementView, 0, len(kept))
	for _, a := range kept {
		out = append(out, viewAgreement(a, actor))
	}
	return out
}

// AgreementsAsked lists what the acting organisation was asked to agree to,
// newest first; an empty state lists all. Errors: errs.Unauthenticated
// "sign_in_required", errs.Malformed "malformed_cursor", errs.Invalid for a
// state that there is not.
func (p *Packages) AgreementsAsked(ctx context.Context, actor policy.Actor, state lifecycle.State, cursor string, limit int) (listing.Page[AgreementView], error) {
	var page listing.Page[AgreementView]
	if !actor.SignedIn() {
		return page, errs.New(errs.Unauthenticated, "sign_in_required")
	}
	if err := ident.CheckCursor(cursor); err != nil {
		return page, err
	}
	if state != "" && !slices.ContainsFunc(AgreementMachine.Edges, func(e lifecycle.Edge) bool { return e.To == state }) {
		return page, errs.InvalidFields([]errs.Field{{Path: "state", Code: "unknown_value"}})
	}
	org := policy.ScopeOf(actor, policy.AgreementRead).PartyOrg
	if org == "" {
		return page, nil
	}
	limit = max(1, min(limit, listing.MaxPage))
	found, err := p.kind.agreements.AgreementsAsked(ctx, AgreementFilter{OwnerOrg: org, State: state, Before: cursor, Limit: limit + 1})
	if err != nil {
		return page, err
	}
	if len(found) > limit {
		found = found[:limit]
		page.Next = found[limit-1].ID
	}
	page.Items = viewAgreements(found, actor)
	return page, nil
}

// Agreement is one agreement, for both sides. Error: errs.NotFound.
func (p *Packages) Agreement(ctx context.Context, actor policy.Actor, id string) (AgreementView, error) {
	a, err := p.kind.agreements.Agreement(ctx, id)
	if err != nil {
		return AgreementView{}, err
	}
	return viewAgreement(a, actor), policy.Check(actor, policy.AgreementRead, a.facts()).Err()
}

// StepAgreement answers for the owner of the components by a verb: agree,
// decline, withdraw. When the live version of the package rests on what is
// withdrawn, the package is suspended at once with that reason, and lives
// again by a reviewed version to which every owner agrees. Contracts that were
// signed before stay. Errors: errs.NotFound, errs.Invalid (an unknown verb, a
// missing reason), errs.Stale "stale_version", errs.Conflict "illegal_step".
func (p *Packages) StepAgreement(ctx context.Context, actor policy.Actor, id string, version int64, verb, reason string) (AgreementView, error) {
	action, err := agreementAction(verb)
	if err != nil {
		return AgreementView{}, err
	}
	if text.Length(reason) > maxReason {
		return AgreementView{}, errs.InvalidFields([]errs.Field{{Path: "reason", Code: "too_long", Params: errs.Params{"max": maxReason}}})
	}
	var moved Agreement
	err = p.kind.tx.InTx(ctx, func(ctx context.Context) error {
		a, err := p.kind.agreements.Agreement(ctx, id)
		if err != nil {
			return err
		}
		if err := policy.Check(actor, action, a.facts()).Err(); err != nil {
			return err
		}
		if a.Version != version {
			return errs.New(errs.Stale, "stale_version")
		}
		a.AnsweredAt, a.Reason = p.kind.clock.Now(), strings.TrimSpace(reason)
		if err := p.kind.moveAgreement(ctx, actor, &a, action, reason, event.AgreementAnswered); err != nil {
			return err
		}
		moved = a
		if action != policy.AgreementWithdraw {
			return nil
		}
		return p.suspendResting(ctx, a)
	})
	return viewAgreement(moved, actor), err
}

// maxReason bounds the reason of an answer, in characters.
const maxReason = 1000

// suspendResting suspends the package whose live version rests on an agreement
// that was taken back.
func (p *Packages) suspendResting(ctx context.Context, a Agreement) error {
	live, err := p.LastPublished(ctx, a.PackageID)
	if errs.KindOf(err) == errs.NotFound {
		return nil
	}
	if err != nil || termsFor(a.OwnerOrg, live.Content).Hash() != a.Terms.Hash() {
		return err
	}
	return p.StepIf(ctx, policy.SystemActor(), a.PackageID, listing.Published, listing.StepRequest{
		Action: listing.Suspend, Reason: a.Reason,
	})
}
