package account

import (
	"context"
	"slices"
	"strings"
	"time"

	"chengqiao/internal/errs"
	"chengqiao/internal/event"
	"chengqiao/internal/ident"
	"chengqiao/internal/journal"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/policy"
	"chengqiao/internal/text"
)

// OrganisationView is an organisation as one reader may see it.
type OrganisationView struct {
	Organisation
	// Private tells that the reader may see contact, state and reason.
	Private bool
	// Actions are the verbs of the steps that the reader may take now.
	Actions []string
}

// MaxPage bounds the entries of one page.
const MaxPage = 100

func bounded(limit int) int {
	if limit <= 0 || limit > MaxPage {
		return MaxPage
	}
	return limit
}

// RegisterOrganisation registers an organisation whose deciding member the
// actor becomes. Errors: errs.Invalid "invalid_fields"; errs.Conflict
// "organisation_exists" when a verified one has the credit code.
func (s *Service) RegisterOrganisation(ctx context.Context, actor policy.Actor, p Profile) (OrganisationView, error) {
	if err := policy.Check(actor, policy.OrganisationRegister, policy.Facts{}).Err(); err != nil {
		return OrganisationView{}, err
	}
	o, err := s.createOrganisation(ctx, actor, p, actor.AccountID, false)
	if err != nil {
		return OrganisationView{}, err
	}
	// From now on the founder can act for it, and sees it so.
	actor.OrgID, actor.OrgKind, actor.OrgVerified = o.ID, o.Kind, o.Verified()
	actor.Roles = []policy.Role{policy.DecidingRole(o.Kind)}
	return s.view(actor, o), nil
}

// CreateOrganisation is RegisterOrganisation for the operator at the machine,
// who can also make the platform's own organisation and mark demonstrations.
// founder is the account that becomes its deciding member. Error: also
// errs.Forbidden for anyone but the program itself.
func (s *Service) CreateOrganisation(ctx context.Context, actor policy.Actor, p Profile, founder string, demo bool) (Organisation, error) {
	if !actor.System {
		return Organisation{}, errs.Newp(errs.Forbidden, "not_allowed", errs.Params{"reason": "role_missing"})
	}
	return s.createOrganisation(ctx, actor, p, founder, demo)
}

func (s *Service) createOrganisation(ctx context.Context, actor policy.Actor, p Profile, founder string, demo bool) (Organisation, error) {
	p, faults := checkProfile(p, s.deps.Regions, actor.System)
	if err := errs.InvalidFields(faults); err != nil {
		return Organisation{}, err
	}
	now := s.deps.Clock.Now()
	o := Organisation{ID: ident.NewID(), Version: 1, Profile: p, Demo: demo, CreatedAt: now}
	step, err := OrganisationMachine.Step(o.ID, o.Position, string(policy.OrganisationRegister), "")
	if err != nil {
		return Organisation{}, err
	}
	o.Position = lifecycle.Position{State: step.To, Seq: step.Seq}
	err = s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		taken, err := s.deps.Store.VerifiedCode(ctx, p.CreditCode)
		if err != nil {
			return err
		}
		if taken {
			return errs.New(errs.Conflict, "organisation_exists")
		}
		if err := s.deps.Store.InsertOrganisation(ctx, o); err != nil {
			return err
		}
		if err := s.addRole(ctx, o, founder, policy.DecidingRole(p.Kind), actor); err != nil {
			return err
		}
		return s.deps.Journal.Write(ctx, journal.Entry{
			Actor: actor, Action: policy.OrganisationRegister, Kind: OrganisationKind, Subject: o.ID, Version: o.Version,
			At: now, Step: &step, Events: []event.Event{organisationEvent(event.OrganisationRegistered, o)},
		})
	})
	return o, err
}

func organisationEvent(name event.Name, o Organisation) event.Event {
	return event.Event{Name: name, Data: map[string]any{"state": string(o.Position.State), "kind": string(o.Kind)}}
}

// Organisation is one as the actor may see it. Error: errs.NotFound.
func (s *Service) Organisation(ctx context.Context, actor policy.Actor, id string) (OrganisationView, error) {
	if err := policy.Check(actor, policy.OrganisationRead, policy.Facts{OwnerOrg: id}).Err(); err != nil {
		return OrganisationView{}, err
	}
	o, err := s.deps.Store.Organisation(ctx, id)
	if err != nil {
		return OrganisationView{}, err
	}
	return s.view(actor, o), nil
}

// Organisations are a page of those the actor may list: the verified ones and
// one's own, all for the platform's staff. next is the cursor; "" at the end.
// Error: errs.Malformed "malformed_cursor".
func (s *Service) Organisations(ctx context.Context, actor policy.Actor, f OrganisationFilter) (page []OrganisationView, next string, err error) {
	if err := policy.Check(actor, policy.OrganisationRead, policy.Facts{}).Err(); err != nil {
		return nil, "", err
	}
	if !policy.ScopeOf(actor, policy.OrganisationReadPrivate).All {
		f.VisibleTo = &actor.OrgID
	}
	if err := ident.CheckCursor(f.After); err != nil {
		return nil, "", err
	}
	f.Query = text.Fold(f.Query)
	limit := bounded(f.Limit)
	f.Limit = limit + 1
	found, err := s.deps.Store.Organisations(ctx, f)
	if err != nil {
		return nil, "", err
	}
	if len(found) > limit {
		found = found[:limit]
		next = found[limit-1].ID
	}
	for _, o := range found {
		page = append(page, s.view(actor, o))
	}
	return page, next, nil
}

// view hides from the reader what is not the reader's.
func (s *Service) view(actor policy.Actor, o Organisation) OrganisationView {
	facts := policy.Facts{OwnerOrg: o.ID}
	v := OrganisationView{Organisation: o, Private: policy.Check(actor, policy.OrganisationReadPrivate, facts).Allowed()}
	if !v.Private {
		v.Contact, v.StateReason, v.VerifiedUntil = Contact{}, "", ""
	}
	for _, action := range OrganisationMachine.Actions(o.Position.State) {
		if policy.Check(actor, policy.Action(action), facts).Allowed() {
			if action == string(policy.OrganisationExpire) {
				continue // the program's own
			}
			v.Actions = append(v.Actions, strings.TrimPrefix(action, OrganisationKind+"."))
		}
	}
	return v
}

// UpdateOrganisation changes the profile of the version last read. Kind, name
// and credit code stay while the platform examines them and once it has
// verified them. Errors: errs.NotFound; errs.Invalid "invalid_fields";
// errs.Stale "stale_version".
func (s *Service) UpdateOrganisation(ctx context.Context, actor policy.Actor, id string, version int64, p Profile) (OrganisationView, error) {
	if err := policy.Check(actor, policy.OrganisationEdit, policy.Facts{OwnerOrg: id}).Err(); err != nil {
		return OrganisationView{}, err
	}
	var o Organisation
	err := s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		var err error
		if o, err = s.deps.Store.Organisation(ctx, id); err != nil {
			return err
		}
		if o.Version != version {
			return errs.New(errs.Stale, "stale_version")
		}
		checked, faults := checkProfile(p, s.deps.Regions, o.Kind == policy.Platform)
		if o.frozen() {
			faults = append(faults, frozenFaults(o.Profile, checked)...)
		} else if checked.Kind != o.Kind {
			// The members' roles are those of the kind.
			faults = append(faults, errs.Field{Path: "kind", Code: "cannot_change"})
		}
		if err := errs.InvalidFields(faults); err != nil {
			return err
		}
		o.Profile = checked
		o.Version++
		if err := s.deps.Store.SaveOrganisation(ctx, o); err != nil {
			return err
		}
		if err := s.forgetMembers(ctx, o.ID); err != nil {
			return err
		}
		return s.write(ctx, actor, policy.OrganisationEdit, OrganisationKind, o.ID, o.Version, nil,
			organisationEvent(event.OrganisationChanged, o))
	})
	return s.view(actor, o), err
}

// StepOrganisation takes a step of the verification: submit, verify, reject,
// revoke. Who submits shows what the organisation is by a credential, and
// verifying it verifies what was shown: it is taken at the version that the actor
// has read, which other words and further proofs end. Errors: errs.Invalid
// "invalid_fields" for an unknown verb or a missing reason; errs.Stale
// "stale_version"; errs.Conflict "illegal_step", "proof_required",
// "organisation_exists" when another verified one has the credit code.
func (s *Service) StepOrganisation(ctx context.Context, actor policy.Actor, id string, version int64, verb, reason string) (OrganisationView, error) {
	action := OrganisationKind + "." + verb
	if !slices.ContainsFunc(OrganisationMachine.Edges, func(e lifecycle.Edge) bool {
		return e.Action == action && e.From != lifecycle.New && e.Action != string(policy.OrganisationExpire)
	}) {
		return OrganisationView{}, errs.InvalidFields([]errs.Field{{Path: "action", Code: "unknown_value"}})
	}
	if err := policy.Check(actor, policy.Action(action), policy.Facts{OwnerOrg: id}).Err(); err != nil {
		return OrganisationView{}, err
	}
	var o Organisation
	err := s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		var err error
		if o, err = s.deps.Store.Organisation(ctx, id); err != nil {
			return err
		}
		if o.Version != version {
			return errs.New(errs.Stale, "stale_version")
		}
		return s.moveOrganisation(ctx, actor, &o, policy.Action(action), reason)
	})
	return s.view(actor, o), err
}

// moveOrganisation takes a step inside the caller's transaction.
func (s *Service) moveOrganisation(ctx context.Context, actor policy.Actor, o *Organisation, action policy.Action, reason string) error {
	step, err := OrganisationMachine.Step(o.ID, o.Position, string(action), strings.TrimSpace(reason))
	if err != nil {
		return err
	}
	o.Position = lifecycle.Position{State: step.To, Seq: step.Seq}
	o.StateReason = step.Reason
	o.VerifiedAt, o.VerifiedUntil = time.Time{}, ""
	// The program verifies whom its operator at the machine registers.
	if (step.To == Pending || step.To == Verified) && !actor.System {
		until, proven, err := s.provenUntil(ctx, o.ID, CredentialSubmitted, CredentialVerified)
		if err != nil {
			return err
		}
		if !proven {
			return errs.New(errs.Conflict, "proof_required")
		}
		o.VerifiedUntil = until
	}
	name := event.OrganisationChanged
	if step.To == Verified {
		o.VerifiedAt, name = s.deps.Clock.Now(), event.OrganisationVerified
	} else {
		o.VerifiedUntil = ""
	}
	o.Version++
	if err := s.deps.Store.SaveOrganisation(ctx, *o); err != nil {
		return err
	}
	if err := s.forgetMembers(ctx, o.ID); err != nil {
		return err
	}
	if err := s.deps.Journal.Write(ctx, journal.Entry{
		Actor: actor, Action: action, Kind: OrganisationKind, Subject: o.ID, Version: o.Version,
		At: s.deps.Clock.Now(), Step: &step, Events: []event.Event{organisationEvent(name, *o)},
	}); err != nil || step.To != Verified {
		return err
	}
	return s.verifyShown(ctx, actor, o)
}

// verifyShown verifies the credentials that an organisation was verified by.
func (s *Service) verifyShown(ctx context.Context, actor policy.Actor, o *Organisation) error {
	found, err := s.deps.Store.Credentials(ctx, CredentialFilter{OrgID: o.ID, State: CredentialSubmitted, Limit: maxCredentials})
	if err != nil {
		return err
	}
	for _, c := range found {
		if !c.identity() || !c.current(s.today()) {
			continue
		}
		if err := s.moveCredential(ctx, actor, &c, policy.CredentialVerify, ""); err != nil {
			return err
		}
	}
	*o, err = s.deps.Store.Organisation(ctx, o.ID)
	return err
}

// forgetMembers drops the cached sessions of everybody in an organisation.
func (s *Service) forgetMembers(ctx context.Context, org string) error {
	accounts, err := s.deps.Store.AccountsOf(ctx, org)
	if err != nil {
		return err
	}
	return s.forgetAccounts(ctx, accounts...)
}
