package account

import (
	"context"
	"slices"
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

// allowInvitation bounds the letters that an organisation can cause, and those
// of them to one address; the operator at the machine is not bounded.
func (s *Service) allowInvitation(ctx context.Context, actor policy.Actor, org, email string) error {
	if actor.System {
		return nil
	}
	if err := s.allow(ctx, "invite/organisation/"+org, invitationsPerOrg, invitationPeriod); err != nil {
		return err
	}
	limit := s.deps.Config.Letters
	return s.allow(ctx, addressKey("invite/organisation/"+org, email), limit.Count, limit.Period)
}

// inviteMember invites an address to a role under a name, or sends the letter
// of the invitation that is open already: one of a role stands, however often
// it is asked for. A name that is given then corrects the one before.
func (s *Service) inviteMember(ctx context.Context, actor policy.Actor, o Organisation, email, name string, role policy.Role) (Member, error) {
	i, person, err := s.openInvitation(ctx, o.ID, email, func(i Invitation, _ Person) bool { return i.Role == role })
	if err != nil {
		return Member{}, err
	}
	open := i.ID != ""
	if !open || !text.Blank(name) {
		called, faults := checkName("name", name)
		if err := errs.InvalidFields(faults); err != nil {
			return Member{}, err
		}
		if !open {
			person = Person{ID: ident.NewID(), NamedBy: o.ID, CreatedAt: s.deps.Clock.Now()}
		}
		person.Name = called
		save := s.deps.Store.InsertPerson
		if open {
			save = s.deps.Store.SavePerson
		}
		if err := save(ctx, person); err != nil {
			return Member{}, err
		}
	}
	if open {
		err = s.renew(ctx, actor, i, policy.MemberChange)
	} else {
		i, err = s.invite(ctx, actor, o, person, email, role, policy.MemberChange)
	}
	return Member{ID: i.ID, OrgID: o.ID, PersonID: person.ID, Name: person.Name, Email: i.Email, Role: role, Since: i.CreatedAt, Invited: true}, err
}

// openInvitation is the latest open one of an address in an organisation that
// is the one wanted, with whom it means; zero when there is none.
func (s *Service) openInvitation(ctx context.Context, org, email string, wanted func(Invitation, Person) bool) (Invitation, Person, error) {
	open, err := s.deps.Store.InvitationsTo(ctx, org, FoldEmail(email), s.deps.Clock.Now())
	if err != nil {
		return Invitation{}, Person{}, err
	}
	for _, i := range slices.Backward(open) {
		person, err := s.deps.Store.Person(ctx, i.PersonID)
		if err != nil {
			return Invitation{}, Person{}, err
		}
		if !person.Claimed() && person.ErasedAt.IsZero() && wanted(i, person) {
			return i, person, nil
		}
	}
	return Invitation{}, Person{}, nil
}

// invite keeps an invitation and asks for its letter.
func (s *Service) invite(ctx context.Context, actor policy.Actor, o Organisation, person Person, email string, role policy.Role, action policy.Action) (Invitation, error) {
	now := s.deps.Clock.Now()
	i := Invitation{ID: ident.NewID(), OrgID: o.ID, PersonID: person.ID, Role: role, Email: email, InvitedBy: actor.AccountID,
		CreatedAt: now, ExpiresAt: now.Add(s.deps.Config.InviteWithin)}
	if err := s.deps.Store.InsertInvitation(ctx, i); err != nil {
		return i, err
	}
	asked, err := s.askFor(ctx, i)
	if err != nil {
		return i, err
	}
	events := []event.Event{asked}
	if role == "" {
		events = append(events, event.Event{Name: event.ContributorInvited, Data: map[string]any{"organisation_id": o.ID}})
	}
	return i, s.write(ctx, actor, action, PersonKind, person.ID, 1, map[string]any{"invitation_id": i.ID, "role": string(role)}, events...)
}

// renew lets an open invitation stand from now on, as the actor's, and sends
// its letter again. The links of the letters before still open it.
func (s *Service) renew(ctx context.Context, actor policy.Actor, i Invitation, action policy.Action) error {
	i.InvitedBy, i.ExpiresAt = actor.AccountID, s.deps.Clock.Now().Add(s.deps.Config.InviteWithin)
	if err := s.deps.Store.RenewInvitation(ctx, i); err != nil {
		return err
	}
	asked, err := s.askFor(ctx, i)
	if err != nil {
		return err
	}
	detail := map[string]any{"invitation_id": i.ID, "role": string(i.Role), "renewed": true}
	return s.write(ctx, actor, action, PersonKind, i.PersonID, 1, detail, asked)
}

// askFor makes the token of one letter of an invitation, and gives the event
// that asks for the letter.
func (s *Service) askFor(ctx context.Context, i Invitation) (event.Event, error) {
	t, err := s.issue(ctx, Token{Purpose: ForInvitation, InvitationID: i.ID}, s.deps.Config.InviteWithin)
	if i.Role == "" {
		return letter(LetterContributorInvited, i.ID, t.ID), err
	}
	return letter(LetterMemberInvited, i.ID, t.ID), err
}

// endInvitations ends those of an address to a role that it has got: a letter
// that is left would give the role back to whom it is taken from.
func (s *Service) endInvitations(ctx context.Context, org, email string, role policy.Role) error {
	now := s.deps.Clock.Now()
	open, err := s.deps.Store.InvitationsTo(ctx, org, FoldEmail(email), now)
	if err != nil {
		return err
	}
	for _, i := range open {
		if i.Role != role {
			continue
		}
		if err := s.deps.Store.EndInvitation(ctx, i.ID, now); err != nil {
			return err
		}
	}
	return nil
}

// withdrawInvitation ends an open invitation that is one of those meant. Error:
// errs.NotFound.
func (s *Service) withdrawInvitation(ctx context.Context, actor policy.Actor, action policy.Action, id string, meant func(Invitation) bool) error {
	i, err := s.deps.Store.Invitation(ctx, id)
	if err != nil {
		return err
	}
	if !meant(i) || !i.EndedAt.IsZero() {
		return errs.New(errs.NotFound, "not_found")
	}
	if err := s.deps.Store.EndInvitation(ctx, id, s.deps.Clock.Now()); err != nil {
		return err
	}
	return s.write(ctx, actor, action, PersonKind, i.PersonID, 1, map[string]any{"invitation_id": id, "role": string(i.Role), "withdrawn": true})
}

// Offer is what the letter of an invitation offers to whoever holds it.
type Offer struct {
	OrgID   string
	OrgName text.Text
	// Role is "" for a contributor.
	Role policy.Role
	// Name is whom the organisation means.
	Name string
	// Accepted tells that the reader has accepted it before.
	Accepted bool
}

// offered is the invitation of a token with whom it means; accepted when it was
// the account that accepted it. Error: errs.Invalid "token_invalid".
func (s *Service) offered(ctx context.Context, account, token string) (i Invitation, person Person, accepted bool, err error) {
	id, ok := s.keys.open(ForInvitation, token)
	if !ok {
		return i, person, false, errTokenInvalid
	}
	t, err := s.deps.Store.Token(ctx, id)
	if absent(err) {
		return i, person, false, errTokenInvalid
	}
	if err != nil {
		return i, person, false, err
	}
	if i, err = s.deps.Store.Invitation(ctx, t.InvitationID); err != nil {
		return i, person, false, err
	}
	if person, err = s.deps.Store.Person(ctx, i.PersonID); err != nil {
		return i, person, false, err
	}
	if person.AccountID == account {
		return i, person, true, nil
	}
	if !t.good(ForInvitation, s.deps.Clock.Now()) || !i.EndedAt.IsZero() || person.Claimed() || !person.ErasedAt.IsZero() {
		return i, person, false, errTokenInvalid
	}
	return i, person, false, nil
}

func (s *Service) offer(ctx context.Context, i Invitation, person Person, accepted bool) (Offer, error) {
	o, err := s.deps.Store.Organisation(ctx, i.OrgID)
	return Offer{OrgID: o.ID, OrgName: o.Name, Role: i.Role, Name: person.Name, Accepted: accepted}, err
}

// ReadInvitation is what a letter offers, before it is accepted. Errors:
// errs.Unauthenticated "sign_in_required"; errs.Invalid "token_invalid".
func (s *Service) ReadInvitation(ctx context.Context, actor policy.Actor, token string) (Offer, error) {
	if err := policy.Check(actor, policy.PersonClaim, policy.Facts{}).Err(); err != nil {
		return Offer{}, err
	}
	i, person, accepted, err := s.offered(ctx, actor.AccountID, token)
	if err != nil {
		return Offer{}, err
	}
	return s.offer(ctx, i, person, accepted)
}

// Claim makes the signed-in account be the person of an invitation, and gives
// it the invitation's role. Holding the letter's token is the proof. Who has
// accepted it already is told the same again, and nothing is done. Errors:
// errs.Unauthenticated "sign_in_required"; errs.Invalid "token_invalid".
func (s *Service) Claim(ctx context.Context, actor policy.Actor, token string) (Offer, error) {
	if err := policy.Check(actor, policy.PersonClaim, policy.Facts{}).Err(); err != nil {
		return Offer{}, err
	}
	var taken Offer
	err := s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		i, person, accepted, err := s.offered(ctx, actor.AccountID, token)
		if err != nil {
			return err
		}
		if taken, err = s.offer(ctx, i, person, accepted); err != nil || accepted {
			return err
		}
		if _, err := s.redeem(ctx, ForInvitation, token); err != nil {
			return err
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
	return taken, err
}

// acceptRole gives the role of an invitation, unless the account got it since.
func (s *Service) acceptRole(ctx context.Context, actor policy.Actor, i Invitation) error {
	if i.Role == "" {
		return nil
	}
	if err := s.endInvitations(ctx, i.OrgID, i.Email, i.Role); err != nil {
		return err
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
