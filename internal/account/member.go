package account

import (
	"context"
	"slices"
	"strings"

	"chengqiao/internal/errs"
	"chengqiao/internal/event"
	"chengqiao/internal/ident"
	"chengqiao/internal/policy"
	"chengqiao/internal/text"
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
// address without an account is invited under the name. Whoever has an open
// invitation to the role already gets its letter again, and the invitation
// stands from now on. Errors: errs.Invalid "invalid_fields"; errs.Conflict
// "member_exists"; errs.RateLimited "too_many_attempts".
func (s *Service) AddMember(ctx context.Context, actor policy.Actor, org, email, name string, role policy.Role) (Member, error) {
	if err := policy.Check(actor, policy.MemberChange, policy.Facts{OwnerOrg: org}).Err(); err != nil {
		return Member{}, err
	}
	email, faults := checkEmail("email", email)
	if err := s.allowInvitation(ctx, actor, org, email); err != nil {
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
		if err := s.endInvitations(ctx, o.ID, email, role); err != nil {
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
			return s.withdrawInvitation(ctx, actor, policy.MemberChange, id, func(i Invitation) bool { return i.OrgID == org && i.Role != "" })
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

// maxPersons bounds the choice of contributors: a picker narrows by name.
const maxPersons = 200

// NamedPerson is an entry as its organisation sees it.
type NamedPerson struct {
	Person
	// Invitations are the open ones to claim it, oldest first; their addresses are for
	// who may invite, and others get none.
	Invitations []Invitation
}

// Persons are the entries an organisation made and its members' persons, whose
// name contains query, by name: for choosing contributors.
func (s *Service) Persons(ctx context.Context, actor policy.Actor, org, query string) ([]NamedPerson, error) {
	if err := policy.Check(actor, policy.MemberList, policy.Facts{OwnerOrg: org}).Err(); err != nil {
		return nil, err
	}
	found, err := s.deps.Store.NamedBy(ctx, org, text.Fold(query), maxPersons)
	if err != nil {
		return nil, err
	}
	of := map[string][]Invitation{}
	if policy.Check(actor, policy.PersonInvite, policy.Facts{OwnerOrg: org}).Err() == nil {
		open, err := s.deps.Store.InvitationsToClaim(ctx, org, personIDs(found), s.deps.Clock.Now())
		if err != nil {
			return nil, err
		}
		for _, i := range open {
			of[i.PersonID] = append(of[i.PersonID], i)
		}
	}
	out := make([]NamedPerson, len(found))
	for i, p := range found {
		out[i] = NamedPerson{Person: p, Invitations: of[p.ID]}
	}
	return out, nil
}

// InvitePerson invites somebody whom the organisation has named, and whom no
// account has claimed, to claim the entry. Who was invited to it at the same
// address, and has not answered, gets the letter again. Errors: errs.NotFound;
// errs.Conflict "person_claimed"; errs.Invalid "invalid_fields";
// errs.RateLimited "too_many_attempts".
func (s *Service) InvitePerson(ctx context.Context, actor policy.Actor, org, id, email string) (Person, error) {
	if err := policy.Check(actor, policy.PersonInvite, policy.Facts{OwnerOrg: org}).Err(); err != nil {
		return Person{}, err
	}
	email, faults := checkEmail("email", email)
	if err := errs.InvalidFields(faults); err != nil {
		return Person{}, err
	}
	if err := s.allowInvitation(ctx, actor, org, email); err != nil {
		return Person{}, err
	}
	var person Person
	err := s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		var err error
		if person, err = s.deps.Store.Person(ctx, id); err != nil {
			return err
		}
		if person.NamedBy != org || !person.ErasedAt.IsZero() {
			return errs.New(errs.NotFound, "not_found")
		}
		if person.Claimed() {
			return errs.New(errs.Conflict, "person_claimed")
		}
		o, err := s.deps.Store.Organisation(ctx, org)
		if err != nil {
			return err
		}
		i, _, err := s.openInvitation(ctx, org, email, func(i Invitation, p Person) bool { return i.Role == "" && p.ID == id })
		if err != nil {
			return err
		}
		if i.ID != "" {
			return s.renew(ctx, actor, i, policy.PersonInvite)
		}
		_, err = s.invite(ctx, actor, o, person, email, "", policy.PersonInvite)
		return err
	})
	return person, err
}

// WithdrawInvitation ends an open invitation to claim an entry: one that went to
// a wrong address would let whoever reads there be that person. Error:
// errs.NotFound, also when it was accepted or has ended.
func (s *Service) WithdrawInvitation(ctx context.Context, actor policy.Actor, org, person, id string) error {
	if err := policy.Check(actor, policy.PersonInvite, policy.Facts{OwnerOrg: org}).Err(); err != nil {
		return err
	}
	return s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		return s.withdrawInvitation(ctx, actor, policy.PersonInvite, id, func(i Invitation) bool {
			return i.OrgID == org && i.PersonID == person && i.Role == ""
		})
	})
}

// NamePerson makes an entry for a person before any sign-in, and invites them
// to claim it if an address is given. Who was invited under the same name and
// address, and has not answered, keeps the entry and gets the letter again.
// Errors: errs.Invalid "invalid_fields";
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
		if err := s.allowInvitation(ctx, actor, org, email); err != nil {
			return Person{}, err
		}
	}
	var person Person
	err := s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		o, err := s.deps.Store.Organisation(ctx, org)
		if err != nil {
			return err
		}
		if invited {
			i, before, err := s.openInvitation(ctx, org, email, func(i Invitation, p Person) bool { return i.Role == "" && p.Name == name })
			if err != nil {
				return err
			}
			if i.ID != "" {
				person = before
				return s.renew(ctx, actor, i, policy.PersonInvite)
			}
		}
		person = Person{ID: ident.NewID(), Name: name, NamedBy: org, CreatedAt: s.deps.Clock.Now()}
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
