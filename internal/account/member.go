package account

import (
	"context"
	"slices"
	"strings"
	"time"

	"chengqiao/internal/errs"
	"chengqiao/internal/event"
	"chengqiao/internal/ident"
	"chengqiao/internal/policy"
	"chengqiao/internal/text"
)

// Limits of invitations: letters to strangers in an organisation's name.
const (
	invitationsPerOrg = 200
	invitationPeriod  = 24 * time.Hour
)

// Members are an organisation's, with its open invitations to roles.
func (s *Service) Members(ctx context.Context, actor policy.Actor, org string) ([]Member, error) {
	if err := policy.Check(actor, policy.MemberList, policy.Facts{OwnerOrg: org}).Err(); err != nil {
		return nil, err
	}
	members, err := s.deps.Store.Members(ctx, org)
	if err != nil {
		return nil, err
	}
	invited, err := s.deps.Store.OpenInvitations(ctx, org, s.deps.Clock.Now())
	return append(members, invited...), err
}

// AddMember gives the account of an address a role in an organisation; an
// address without an account is invited under the name. Errors: errs.Invalid
// "invalid_fields"; errs.Conflict "member_exists"; errs.RateLimited
// "too_many_attempts".
func (s *Service) AddMember(ctx context.Context, actor policy.Actor, org, email, name string, role policy.Role) (Member, error) {
	if err := policy.Check(actor, policy.MemberChange, policy.Facts{OwnerOrg: org}).Err(); err != nil {
		return Member{}, err
	}
	email, faults := checkEmail("email", email)
	if err := s.allowInvitation(ctx, actor, org); err != nil {
		return Member{}, err
	}
	var m Member
	err := s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		o, err := s.deps.Store.Organisation(ctx, org)
		if err != nil {
			return err
		}
		faults := slices.Clone(faults) // the transaction may run again
		if !slices.Contains(policy.RolesOf(o.Kind), role) {
			faults = append(faults, errs.Field{Path: "role", Code: "unknown_value"})
		}
		if err := errs.InvalidFields(faults); err != nil {
			return err
		}
		a, err := s.accountOf(ctx, email)
		if err != nil {
			return err
		}
		if a.Position.State != Active {
			m, err = s.inviteMember(ctx, actor, o, email, name, role)
			return err
		}
		if err := s.addRole(ctx, o, a.ID, role, actor); err != nil {
			return err
		}
		if err := s.writeMember(ctx, actor, o, a.ID, role, "added"); err != nil {
			return err
		}
		m, err = s.memberWith(ctx, o.ID, a.ID, role)
		return err
	})
	return m, err
}

// allowInvitation bounds the letters an organisation can cause; the operator
// at the machine is not bounded.
func (s *Service) allowInvitation(ctx context.Context, actor policy.Actor, org string) error {
	if actor.System {
		return nil
	}
	return s.allow(ctx, "invite/organisation/"+org, invitationsPerOrg, invitationPeriod)
}

// addRole stores a role and drops the account's cached sessions.
func (s *Service) addRole(ctx context.Context, o Organisation, account string, role policy.Role, by policy.Actor) error {
	m := Member{ID: ident.NewID(), OrgID: o.ID, AccountID: account, Role: role, Since: s.deps.Clock.Now()}
	if err := s.deps.Store.InsertMember(ctx, m, by.AccountID); err != nil {
		return err
	}
	return s.forgetAccounts(ctx, account)
}

// memberWith is a membership as the list shows it.
func (s *Service) memberWith(ctx context.Context, org, account string, role policy.Role) (Member, error) {
	members, err := s.deps.Store.Members(ctx, org)
	if err != nil {
		return Member{}, err
	}
	for _, m := range members {
		if m.AccountID == account && m.Role == role {
			return m, nil
		}
	}
	return Member{}, errs.New(errs.NotFound, "not_found")
}

func (s *Service) writeMember(ctx context.Context, actor policy.Actor, o Organisation, account string, role policy.Role, change string) error {
	data := map[string]any{"account_id": account, "role": string(role), "change": change}
	return s.write(ctx, actor, policy.MemberChange, OrganisationKind, o.ID, o.Version, data,
		event.Event{Name: event.MemberChanged, Data: data})
}

func (s *Service) inviteMember(ctx context.Context, actor policy.Actor, o Organisation, email, name string, role policy.Role) (Member, error) {
	name, faults := checkName("name", name)
	if err := errs.InvalidFields(faults); err != nil {
		return Member{}, err
	}
	person := Person{ID: ident.NewID(), Name: name, NamedBy: o.ID, CreatedAt: s.deps.Clock.Now()}
	if err := s.deps.Store.InsertPerson(ctx, person); err != nil {
		return Member{}, err
	}
	i, err := s.invite(ctx, actor, o, person, email, role, policy.MemberChange)
	return Member{ID: i.ID, OrgID: o.ID, PersonID: person.ID, Name: name, Email: email, Role: role, Since: i.CreatedAt, Invited: true}, err
}

// invite keeps an invitation and asks for its letter.
func (s *Service) invite(ctx context.Context, actor policy.Actor, o Organisation, person Person, email string, role policy.Role, action policy.Action) (Invitation, error) {
	now := s.deps.Clock.Now()
	i := Invitation{ID: ident.NewID(), OrgID: o.ID, PersonID: person.ID, Role: role, Email: email, InvitedBy: actor.AccountID,
		CreatedAt: now, ExpiresAt: now.Add(s.deps.Config.InviteWithin)}
	if err := s.deps.Store.InsertInvitation(ctx, i); err != nil {
		return i, err
	}
	t, err := s.issue(ctx, Token{Purpose: ForInvitation, InvitationID: i.ID}, s.deps.Config.InviteWithin)
	if err != nil {
		return i, err
	}
	events := []event.Event{letter(LetterMemberInvited, i.ID, t.ID)}
	if role == "" {
		events = []event.Event{letter(LetterContributorInvited, i.ID, t.ID),
			{Name: event.ContributorInvited, Data: map[string]any{"organisation_id": o.ID}}}
	}
	return i, s.write(ctx, actor, action, PersonKind, person.ID, 1, map[string]any{"invitation_id": i.ID, "role": string(role)}, events...)
}

// RemoveMember takes a role away, or withdraws an invitation to one. Errors:
// errs.NotFound; errs.Conflict "last_decider" when nobody would be left to
// decide for the organisation.
func (s *Service) RemoveMember(ctx context.Context, actor policy.Actor, org, id string) error {
	if err := policy.Check(actor, policy.MemberChange, policy.Facts{OwnerOrg: org}).Err(); err != nil {
		return err
	}
	return s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		o, err := s.deps.Store.Organisation(ctx, org)
		if err != nil {
			return err
		}
		m, err := s.deps.Store.Member(ctx, id)
		if absent(err) {
			return s.withdrawInvitation(ctx, actor, o, id)
		}
		if err != nil {
			return err
		}
		if m.OrgID != org {
			return errs.New(errs.NotFound, "not_found")
		}
		if err := s.mustKeepDecider(ctx, o, m); err != nil {
			return err
		}
		if err := s.deps.Store.DeleteMember(ctx, id); err != nil {
			return err
		}
		if err := s.forgetAccounts(ctx, m.AccountID); err != nil {
			return err
		}
		return s.writeMember(ctx, actor, o, m.AccountID, m.Role, "removed")
	})
}

func (s *Service) withdrawInvitation(ctx context.Context, actor policy.Actor, o Organisation, id string) error {
	i, err := s.deps.Store.Invitation(ctx, id)
	if err != nil {
		return err
	}
	if i.OrgID != o.ID || !i.EndedAt.IsZero() {
		return errs.New(errs.NotFound, "not_found")
	}
	if err := s.deps.Store.EndInvitation(ctx, id, s.deps.Clock.Now()); err != nil {
		return err
	}
	return s.write(ctx, actor, policy.MemberChange, PersonKind, i.PersonID, 1, map[string]any{"invitation_id": id, "withdrawn": true})
}

// maxPersons bounds the choice of contributors: a picker narrows by name.
const maxPersons = 200

// Persons are the entries an organisation made and its members' persons, whose
// name contains query, by name: for choosing contributors.
func (s *Service) Persons(ctx context.Context, actor policy.Actor, org, query string) ([]Person, error) {
	if err := policy.Check(actor, policy.MemberList, policy.Facts{OwnerOrg: org}).Err(); err != nil {
		return nil, err
	}
	return s.deps.Store.NamedBy(ctx, org, text.Fold(query), maxPersons)
}

// NamePerson makes an entry for a person before any sign-in, and invites them
// to claim it if an address is given. Errors: errs.Invalid "invalid_fields";
// errs.RateLimited "too_many_attempts".
func (s *Service) NamePerson(ctx context.Context, actor policy.Actor, org, name, email string) (Person, error) {
	if err := policy.Check(actor, policy.PersonInvite, policy.Facts{OwnerOrg: org}).Err(); err != nil {
		return Person{}, err
	}
	name, faults := checkName("name", name)
	invited := strings.TrimSpace(email) != ""
	if invited {
		var f []errs.Field
		email, f = checkEmail("email", email)
		faults = append(faults, f...)
	}
	if err := errs.InvalidFields(faults); err != nil {
		return Person{}, err
	}
	if invited {
		if err := s.allowInvitation(ctx, actor, org); err != nil {
			return Person{}, err
		}
	}
	person := Person{ID: ident.NewID(), Name: name, NamedBy: org, CreatedAt: s.deps.Clock.Now()}
	err := s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		o, err := s.deps.Store.Organisation(ctx, org)
		if err != nil {
			return err
		}
		if err := s.deps.Store.InsertPerson(ctx, person); err != nil {
			return err
		}
		if !invited {
			return s.write(ctx, actor, policy.PersonInvite, PersonKind, person.ID, 1, nil)
		}
		_, err = s.invite(ctx, actor, o, person, email, "", policy.PersonInvite)
		return err
	})
	return person, err
}

// Claim makes the signed-in account be the person of an invitation, and gives
// it the invitation's role. Holding the letter's token is the proof. Errors:
// errs.Unauthenticated "sign_in_required"; errs.Invalid "token_invalid".
func (s *Service) Claim(ctx context.Context, actor policy.Actor, token string) error {
	if err := policy.Check(actor, policy.PersonClaim, policy.Facts{}).Err(); err != nil {
		return err
	}
	return s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		t, err := s.redeem(ctx, ForInvitation, token)
		if err != nil {
			return err
		}
		i, err := s.deps.Store.Invitation(ctx, t.InvitationID)
		if err != nil {
			return err
		}
		person, err := s.deps.Store.Person(ctx, i.PersonID)
		if err != nil {
			return err
		}
		if !i.EndedAt.IsZero() || person.Claimed() || !person.ErasedAt.IsZero() {
			return errTokenInvalid
		}
		person.AccountID = actor.AccountID
		if err := s.deps.Store.SavePerson(ctx, person); err != nil {
			return err
		}
		if err := s.deps.Store.EndInvitation(ctx, i.ID, s.deps.Clock.Now()); err != nil {
			return err
		}
		if err := s.acceptRole(ctx, actor, i); err != nil {
			return err
		}
		if err := s.forgetAccounts(ctx, actor.AccountID); err != nil {
			return err
		}
		return s.write(ctx, actor, policy.PersonClaim, PersonKind, person.ID, 2, map[string]any{"invitation_id": i.ID})
	})
}

// acceptRole gives the role of an invitation, unless the account got it since.
func (s *Service) acceptRole(ctx context.Context, actor policy.Actor, i Invitation) error {
	if i.Role == "" {
		return nil
	}
	o, err := s.deps.Store.Organisation(ctx, i.OrgID)
	if err != nil {
		return err
	}
	holders, err := s.deps.Store.AccountsOf(ctx, o.ID, i.Role)
	if err != nil || slices.Contains(holders, actor.AccountID) {
		return err
	}
	if err := s.addRole(ctx, o, actor.AccountID, i.Role, policy.Actor{AccountID: i.InvitedBy}); err != nil {
		return err
	}
	return s.writeMember(ctx, actor, o, actor.AccountID, i.Role, "accepted")
}
