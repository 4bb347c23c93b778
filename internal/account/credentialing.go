package account

import (
	"context"
	"slices"
	"strings"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/event"
	"chengqiao/internal/ident"
	"chengqiao/internal/journal"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/policy"
)

// Files knows which files are attached to which subject.
type Files interface {
	// Attached are those of the files that belong to the subject.
	Attached(ctx context.Context, kind, subject string, fileIDs []string) (map[string]bool, error)
}

func (s *Service) today() clock.Date { return clock.DateOf(s.deps.Clock.Now()) }

// Credentials are an organisation's and its people's, newest first, for its
// members and the platform's verifier.
func (s *Service) Credentials(ctx context.Context, actor policy.Actor, org string) ([]CredentialView, error) {
	if err := policy.Check(actor, policy.CredentialRead, policy.Facts{OwnerOrg: org}).Err(); err != nil {
		return nil, err
	}
	found, err := s.deps.Store.Credentials(ctx, CredentialFilter{OrgID: org, Limit: maxCredentials})
	if err != nil {
		return nil, err
	}
	slices.Reverse(found)
	return s.credentialViews(ctx, actor, found)
}

// WaitingCredentials are a page of those that wait for the verifier, longest
// waiting first. next is the cursor; "" at the end. Errors: those of policy;
// errs.Malformed "malformed_cursor".
func (s *Service) WaitingCredentials(ctx context.Context, actor policy.Actor, after string, limit int) (page []CredentialView, next string, err error) {
	if err := policy.Check(actor, policy.CredentialVerify, policy.Facts{}).Err(); err != nil {
		return nil, "", err
	}
	if err := ident.CheckCursor(after); err != nil {
		return nil, "", err
	}
	limit = bounded(limit)
	found, err := s.deps.Store.Credentials(ctx, CredentialFilter{State: CredentialSubmitted, After: after, Limit: limit + 1})
	if err != nil {
		return nil, "", err
	}
	if len(found) > limit {
		found = found[:limit]
		next = found[limit-1].ID
	}
	page, err = s.credentialViews(ctx, actor, found)
	return page, next, err
}

// Brokers are the people of an organisation whose certificate is verified and
// unexpired, as everybody sees them.
func (s *Service) Brokers(ctx context.Context, actor policy.Actor, org string) ([]Broker, error) {
	if err := policy.Check(actor, policy.OrganisationRead, policy.Facts{OwnerOrg: org}).Err(); err != nil {
		return nil, err
	}
	return s.deps.Store.Brokers(ctx, org, s.today(), maxCredentials)
}

func (s *Service) credentialViews(ctx context.Context, actor policy.Actor, found []Credential) ([]CredentialView, error) {
	var persons, orgs []string
	for _, c := range found {
		orgs = append(orgs, c.OrgID)
		if c.PersonID != "" {
			persons = append(persons, c.PersonID)
		}
	}
	names, err := s.PersonNames(ctx, persons)
	if err != nil {
		return nil, err
	}
	heads, err := s.Heads(ctx, orgs)
	if err != nil {
		return nil, err
	}
	views := make([]CredentialView, 0, len(found))
	for _, c := range found {
		v := CredentialView{Credential: c, PersonName: names[c.PersonID], OrganisationName: heads[c.OrgID].Name}
		for _, action := range CredentialMachine.Actions(c.Position.State) {
			if policy.Check(actor, policy.Action(action), c.facts()).Allowed() && action != string(policy.CredentialExpire) {
				v.Actions = append(v.Actions, strings.TrimPrefix(action, CredentialKindName+"."))
			}
		}
		views = append(views, v)
	}
	return views, nil
}

// SubmitCredential hands a credential to the verifier: the organisation's, or
// the actor's own certificate as one of its people. Errors: errs.Invalid
// "invalid_fields"; errs.Conflict "too_many_credentials".
func (s *Service) SubmitCredential(ctx context.Context, actor policy.Actor, org string, form CredentialForm) (CredentialView, error) {
	form, faults := form.check(s.today())
	c := Credential{ID: ident.NewID(), Version: 1, OrgID: org, CredentialForm: form, SubmittedBy: actor.AccountID}
	if form.Kind == BrokerCertificate {
		c.PersonID = actor.PersonID
	}
	if err := policy.Check(actor, form.action(), c.facts()).Err(); err != nil {
		return CredentialView{}, err
	}
	attached, err := s.deps.Files.Attached(ctx, OrganisationKind, org, []string{form.FileID})
	if err != nil {
		return CredentialView{}, err
	}
	if !attached[form.FileID] {
		faults = append(faults, errs.Field{Path: "file_id", Code: "file_not_attached"})
	}
	if err := errs.InvalidFields(faults); err != nil {
		return CredentialView{}, err
	}
	err = s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		o, err := s.deps.Store.Organisation(ctx, org)
		if err != nil {
			return err
		}
		before, err := s.deps.Store.Credentials(ctx, CredentialFilter{OrgID: org, Limit: maxCredentials})
		if err != nil {
			return err
		}
		if len(before) == maxCredentials {
			return errs.Newp(errs.Conflict, "too_many_credentials", errs.Params{"max": maxCredentials})
		}
		step, err := CredentialMachine.Step(c.ID, lifecycle.Position{}, string(form.action()), "")
		if err != nil {
			return err
		}
		c.Position = lifecycle.Position{State: step.To, Seq: step.Seq}
		c.SubmittedAt = s.deps.Clock.Now()
		if err := s.deps.Store.InsertCredential(ctx, c); err != nil {
			return err
		}
		if c.identity() {
			// Nobody verifies the organisation by what they have not seen.
			o.Version++
			if err := s.deps.Store.SaveOrganisation(ctx, o); err != nil {
				return err
			}
		}
		return s.writeCredential(ctx, actor, o, c, step)
	})
	if err != nil {
		return CredentialView{}, err
	}
	return s.credentialView(ctx, actor, c)
}

func (s *Service) credentialView(ctx context.Context, actor policy.Actor, c Credential) (CredentialView, error) {
	views, err := s.credentialViews(ctx, actor, []Credential{c})
	if err != nil {
		return CredentialView{}, err
	}
	return views[0], nil
}

// StepCredential takes a step with a credential of an organisation: verify,
// refuse, revoke, withdraw. Errors: errs.NotFound; errs.Invalid
// "invalid_fields" for an unknown verb or a missing reason; errs.Conflict
// "illegal_step", and "last_proof" for withdrawing what alone proves a verified
// organisation.
func (s *Service) StepCredential(ctx context.Context, actor policy.Actor, org, id, verb, reason string) (CredentialView, error) {
	action := CredentialKindName + "." + verb
	if !slices.Contains([]policy.Action{policy.CredentialVerify, policy.CredentialRefuse, policy.CredentialRevoke, policy.CredentialWithdraw}, policy.Action(action)) {
		return CredentialView{}, errs.InvalidFields([]errs.Field{{Path: "action", Code: "unknown_value"}})
	}
	var c Credential
	err := s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		var err error
		if c, err = s.deps.Store.Credential(ctx, id); err != nil {
			return err
		}
		if c.OrgID != org {
			return errs.New(errs.NotFound, "not_found")
		}
		if err := policy.Check(actor, policy.Action(action), c.facts()).Err(); err != nil {
			return err
		}
		if c.Position.State == CredentialSubmitted && !c.current(s.today()) && verb == "verify" {
			return errs.New(errs.Conflict, "credential_expired")
		}
		return s.moveCredential(ctx, actor, &c, policy.Action(action), reason)
	})
	if err != nil {
		return CredentialView{}, err
	}
	return s.credentialView(ctx, actor, c)
}

// moveCredential takes a step inside the caller's transaction, and what follows
// from it for the organisation's verification.
func (s *Service) moveCredential(ctx context.Context, actor policy.Actor, c *Credential, action policy.Action, reason string) error {
	step, err := CredentialMachine.Step(c.ID, c.Position, string(action), strings.TrimSpace(reason))
	if err != nil {
		return err
	}
	c.Position = lifecycle.Position{State: step.To, Seq: step.Seq}
	c.StateReason, c.DecidedAt = step.Reason, s.deps.Clock.Now()
	c.Version++
	if err := s.deps.Store.SaveCredential(ctx, *c); err != nil {
		return err
	}
	o, err := s.deps.Store.Organisation(ctx, c.OrgID)
	if err != nil {
		return err
	}
	if err := s.writeCredential(ctx, actor, o, *c, step); err != nil {
		return err
	}
	held := step.From == CredentialVerified || step.To == CredentialVerified
	if !held || !c.identity() || !o.Verified() {
		return nil
	}
	return s.settleVerification(ctx, actor, o, *c)
}

func (s *Service) writeCredential(ctx context.Context, actor policy.Actor, o Organisation, c Credential, step lifecycle.Step) error {
	e := organisationEvent(event.OrganisationChanged, o)
	e.Kind, e.Subject, e.Version = OrganisationKind, o.ID, o.Version
	e.Data["credential_state"] = string(c.Position.State)
	return s.deps.Journal.Write(ctx, journal.Entry{
		Actor: actor, Action: policy.Action(step.Action), Kind: CredentialKindName, Subject: c.ID, Version: c.Version,
		At: s.deps.Clock.Now(), Step: &step, Events: []event.Event{e},
		Detail: map[string]any{"organisation_id": o.ID, "credential_kind": string(c.Kind)},
	})
}

// settleVerification keeps a verified organisation's verification as long as
// one proof of what it is holds, after one of them has moved.
func (s *Service) settleVerification(ctx context.Context, actor policy.Actor, o Organisation, moved Credential) error {
	until, proven, err := s.provenUntil(ctx, o.ID, CredentialVerified)
	if err != nil {
		return err
	}
	if proven {
		if until == o.VerifiedUntil {
			return nil
		}
		o.VerifiedUntil = until
		o.Version++
		return s.deps.Store.SaveOrganisation(ctx, o)
	}
	if moved.Position.State == CredentialWithdrawn {
		return errs.New(errs.Conflict, "last_proof")
	}
	reason := moved.StateReason
	if moved.Position.State == CredentialExpired {
		reason = "credential_expired"
	}
	return s.moveOrganisation(ctx, actor, &o, policy.OrganisationExpire, reason)
}

// provenUntil is the last day to which any current proof of an organisation in
// one of the states reaches, "" for ever; ok is false when it has none.
func (s *Service) provenUntil(ctx context.Context, org string, states ...lifecycle.State) (until clock.Date, ok bool, err error) {
	found, err := s.deps.Store.Credentials(ctx, CredentialFilter{OrgID: org, Limit: maxCredentials})
	if err != nil {
		return "", false, err
	}
	for _, c := range found {
		if !c.identity() || !c.current(s.today()) || !slices.Contains(states, c.Position.State) {
			continue
		}
		if c.ValidUntil == "" {
			return "", true, nil
		}
		ok, until = true, max(until, c.ValidUntil)
	}
	return until, ok, nil
}

// ExpireCredentials ends up to limit verified credentials whose last day is
// over, and with the last proof of an organisation its verification. It says
// how many it ended.
func (s *Service) ExpireCredentials(ctx context.Context, limit int) (int, error) {
	due, err := s.deps.Store.Credentials(ctx, CredentialFilter{State: CredentialVerified, Due: s.today(), Limit: limit})
	if err != nil {
		return 0, err
	}
	for _, each := range due {
		err := s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
			c, err := s.deps.Store.Credential(ctx, each.ID)
			if err != nil || c.Position.State != CredentialVerified {
				return err // another replica was quicker
			}
			return s.moveCredential(ctx, policy.SystemActor(), &c, policy.CredentialExpire, "")
		})
		if err != nil {
			return 0, err
		}
	}
	return len(due), nil
}
