package account

import (
	"context"
	"time"

	"chengqiao/internal/event"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/policy"
	"chengqiao/internal/text"
)

// OrganisationOf is an organisation whole, for those who join packages: it
// asks no policy, so nothing of it is shown as it is. Error: errs.NotFound.
func (s *Service) OrganisationOf(ctx context.Context, id string) (Organisation, error) {
	return s.deps.Store.Organisation(ctx, id)
}

// Heads are the organisations of ids as other packages show them, by id.
// Unknown ids are left out. It asks no policy: whoever shows a subject has
// asked for that subject.
func (s *Service) Heads(ctx context.Context, ids []string) (map[string]Head, error) {
	heads, err := s.deps.Store.Heads(ctx, ids)
	out := make(map[string]Head, len(heads))
	for _, h := range heads {
		out[h.ID] = h
	}
	return out, err
}

// OrganisationNames are the names of those of the organisations that exist.
// Like Heads it asks no policy.
func (s *Service) OrganisationNames(ctx context.Context, ids []string) (map[string]text.Text, error) {
	heads, err := s.deps.Store.Heads(ctx, ids)
	out := make(map[string]text.Text, len(heads))
	for _, h := range heads {
		out[h.ID] = h.Name
	}
	return out, err
}

// PersonNames are the names of those of the persons that exist, "" for an
// erased one. Like Heads it asks no policy.
func (s *Service) PersonNames(ctx context.Context, ids []string) (map[string]string, error) {
	persons, err := s.deps.Store.Persons(ctx, ids)
	out := make(map[string]string, len(persons))
	for _, p := range persons {
		out[p.ID] = p.Name
	}
	return out, err
}

// AccountNames are the names of the people behind those of the accounts that
// exist, "" for an erased one. Like Heads it asks no policy.
func (s *Service) AccountNames(ctx context.Context, ids []string) (map[string]string, error) {
	return s.deps.Store.AccountNames(ctx, ids)
}

// PersonContact is how a person is reached who consents to it, as a member of an organisation.
type PersonContact struct {
	OrgID     string
	AccountID string
	Name      string
	Email     string
}

// PersonContacts are those of the accounts that consent to being reached by who deals
// with them, for each of the organisations of which they are members now. Like
// Heads it asks no policy.
func (s *Service) PersonContacts(ctx context.Context, accounts, orgs []string) ([]PersonContact, error) {
	return s.deps.Store.PersonContacts(ctx, accounts, orgs)
}

// AccountsOf are the accounts that hold one of the roles in an organisation,
// any if none is named: whom to notify.
func (s *Service) AccountsOf(ctx context.Context, org string, roles ...policy.Role) ([]string, error) {
	return s.deps.Store.AccountsOf(ctx, org, roles...)
}

// AccountOfPerson is the account that is a person; "" when nobody claimed it.
func (s *Service) AccountOfPerson(ctx context.Context, id string) (string, error) {
	p, err := s.deps.Store.Person(ctx, id)
	if absent(err) {
		return "", nil
	}
	return p.AccountID, err
}

// Addressee is whom a letter goes to.
type Addressee struct {
	Email  string
	Name   string
	Locale string
}

// Letter is everything that whoever composes the letters of this package needs.
type Letter struct {
	Addressee
	// Kind is one of the Letter… constants.
	Kind string
	// Token is the text of the one-time token for the link; "" where there is none.
	Token string
	// ExpiresAt is when the token, or the offer to hand over, ends.
	ExpiresAt time.Time
	// Reason is why an account was suspended.
	Reason string
	// Organisation is the one that invites or is handed over, Role that of an invitation.
	Organisation text.Text
	Role         policy.Role
}

// Letter completes a MailRequested event. ok is false when the letter is not
// this package's, or need not be sent any more: the token was used, withdrawn
// or is too old, or the addressee is erased.
func (s *Service) Letter(ctx context.Context, e event.Event) (l Letter, ok bool, err error) {
	kind, _ := e.Data["letter"].(string)
	subject, _ := e.Data["subject"].(string)
	tokenID, _ := e.Data["token_id"].(string)
	if kind == LetterHandover {
		offer, _ := e.Data["handover_id"].(string)
		return s.handoverLetter(ctx, subject, offer)
	}
	if state, ok := toldStates[kind]; ok {
		return s.stateLetter(ctx, kind, subject, state)
	}
	purposes := map[string]Purpose{LetterVerify: ForVerification, LetterReset: ForReset,
		LetterMemberInvited: ForInvitation, LetterContributorInvited: ForInvitation}
	purpose, withToken := purposes[kind]
	if !withToken && kind != LetterAddressKnown && kind != LetterUnfinished {
		return Letter{}, false, nil
	}
	l.Kind = kind
	var t Token
	if withToken {
		if t, err = s.deps.Store.Token(ctx, tokenID); err != nil || !t.good(purpose, s.deps.Clock.Now()) {
			return Letter{}, false, ignoreAbsent(err)
		}
		l.Token, l.ExpiresAt = s.keys.text(t), t.ExpiresAt
	}
	if purpose == ForInvitation {
		return s.invitationLetter(ctx, l, subject)
	}
	l.Addressee, ok, err = s.Addressee(ctx, subject)
	if purpose == ForVerification {
		// The letter is about one registration of the address, so it is in its
		// name and language.
		l.Name, l.Locale = t.Registration.Name, t.Registration.Locale
	}
	return l, ok, err
}

// toldStates are the states that a letter tells the person of.
var toldStates = map[string]lifecycle.State{LetterSuspended: Suspended, LetterRestored: Active}

// stateLetter tells a person of the account's state, while it is that.
func (s *Service) stateLetter(ctx context.Context, kind, account string, state lifecycle.State) (Letter, bool, error) {
	a, err := s.deps.Store.Account(ctx, account)
	if err != nil || a.Position.State != state {
		return Letter{}, false, ignoreAbsent(err)
	}
	l := Letter{Kind: kind, Reason: a.StateReason}
	var ok bool
	l.Addressee, ok, err = s.Addressee(ctx, account)
	return l, ok, err
}

// handoverLetter is for whom an organisation is offered to, as long as that very
// offer stands.
func (s *Service) handoverLetter(ctx context.Context, org, id string) (Letter, bool, error) {
	h, err := s.standingHandover(ctx, org)
	if err != nil || h.ID != id {
		return Letter{}, false, ignoreAbsent(err)
	}
	o, err := s.deps.Store.Organisation(ctx, org)
	if err != nil {
		return Letter{}, false, err
	}
	l := Letter{Kind: LetterHandover, ExpiresAt: h.ExpiresAt, Organisation: o.Name}
	var ok bool
	l.Addressee, ok, err = s.Addressee(ctx, h.ToAccount)
	return l, ok, err
}

func (s *Service) invitationLetter(ctx context.Context, l Letter, id string) (Letter, bool, error) {
	i, err := s.deps.Store.Invitation(ctx, id)
	if err != nil || !i.EndedAt.IsZero() {
		return Letter{}, false, ignoreAbsent(err)
	}
	o, err := s.deps.Store.Organisation(ctx, i.OrgID)
	if err != nil {
		return Letter{}, false, err
	}
	person, err := s.deps.Store.Person(ctx, i.PersonID)
	if err != nil {
		return Letter{}, false, err
	}
	// Nobody knows yet which language the invited person reads.
	l.Addressee = Addressee{Email: i.Email, Name: person.Name, Locale: text.Chinese}
	l.Organisation, l.Role = o.Name, i.Role
	return l, true, nil
}

// Addressee is where and in which language an account gets its letters; ok is
// false when it is erased.
func (s *Service) Addressee(ctx context.Context, account string) (to Addressee, ok bool, err error) {
	a, err := s.deps.Store.Account(ctx, account)
	if err != nil {
		return Addressee{}, false, ignoreAbsent(err)
	}
	person, err := s.deps.Store.Person(ctx, a.PersonID)
	if err != nil {
		return Addressee{}, false, err
	}
	identifiers, err := s.deps.Store.Identifiers(ctx, account)
	if err != nil {
		return Addressee{}, false, err
	}
	for _, i := range identifiers {
		if i.Kind == Email {
			return Addressee{Email: i.Value, Name: person.Name, Locale: a.Locale}, true, nil
		}
	}
	return Addressee{}, false, nil
}

func ignoreAbsent(err error) error {
	if absent(err) {
		return nil
	}
	return err
}
