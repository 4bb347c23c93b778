package account

import (
	"context"
	"fmt"
	"slices"

	"chengqiao/internal/errs"
	"chengqiao/internal/event"
	"chengqiao/internal/ident"
	"chengqiao/internal/journal"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/policy"
)

// Registration is what somebody registers with.
type Registration struct {
	Email    string
	Password string
	Name     string
	Locale   string
	Consents []Consent // purpose, version and decision
}

// check gives the registration in canonical form, or all its faults; consents
// wants those that nobody can have an account of their own making without.
func (r Registration) check(consents bool) (Registration, error) {
	var faults, f []errs.Field
	r.Email, f = checkEmail("email", r.Email)
	faults = append(faults, f...)
	r.Name, f = checkName("name", r.Name)
	faults = append(faults, f...)
	faults = append(faults, checkPassword("password", r.Password, r.Email, r.Name)...)
	faults = append(faults, checkLocale("locale", r.Locale)...)
	for i, c := range r.Consents {
		faults = append(faults, checkConsent(fmt.Sprintf("consents[%d].", i), c)...)
	}
	for _, p := range requiredConsents {
		if consents && !slices.ContainsFunc(r.Consents, func(c Consent) bool { return c.Purpose == p && c.Given }) {
			faults = append(faults, errs.Field{Path: "consents", Code: "consent_required", Params: errs.Params{"purpose": string(p)}})
		}
	}
	return r, errs.InvalidFields(faults)
}

// Register opens an account that becomes active once its address is proven.
// The answer is the same whether or not the address was known: its owner gets
// a letter in either case, with the link or with the news that there is an
// account. Each registration of an address that nobody has proven waits with
// the link of its own letter, and the link asks for its password: whoever
// registers somebody else's address, earlier or later, neither holds nor
// changes the password of the account that comes of it. client is the caller's
// network address.
//
// Where registration is closed, an open invitation to the address is what lets
// somebody in; an account that there is already is no exception, so that the
// refusal tells nothing about it.
//
// Errors: errs.Invalid "invalid_fields"; errs.RateLimited "too_many_attempts";
// errs.Forbidden "registration_closed".
func (s *Service) Register(ctx context.Context, actor policy.Actor, r Registration, client string) error {
	if err := policy.Check(actor, policy.AccountRegister, policy.Facts{}).Err(); err != nil {
		return err
	}
	r, err := r.check(true)
	if err != nil {
		return err
	}
	if err := s.allowLetter(ctx, r.Email, client); err != nil {
		return err
	}
	if err := s.registrable(ctx, r.Email); err != nil {
		return err
	}
	hash, err := s.deps.Passwords.Hash(ctx, r.Password)
	if err != nil {
		return err
	}
	return s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		known, err := s.deps.Store.IdentifierByValue(ctx, Email, FoldEmail(r.Email))
		switch {
		case absent(err):
			_, err = s.open(ctx, actor, r, hash, false)
			return err
		case err != nil:
			return err
		case !known.VerifiedAt.IsZero():
			return s.write(ctx, actor, policy.AccountRegister, Kind, known.AccountID, 0, nil,
				letter(LetterAddressKnown, known.AccountID, ""))
		}
		a, err := s.deps.Store.Account(ctx, known.AccountID)
		if err != nil {
			return err
		}
		awaited, err := s.await(ctx, a.ID, r, hash)
		if err != nil {
			return err
		}
		return s.write(ctx, actor, policy.AccountRegister, Kind, a.ID, a.Version, nil, awaited)
	})
}

// registrable refuses an address that nobody invited where that is needed. It
// is asked after the limits: the answers tell who is invited.
func (s *Service) registrable(ctx context.Context, email string) error {
	if !s.deps.Config.RegistrationClosed {
		return nil
	}
	invited, err := s.deps.Store.Invited(ctx, FoldEmail(email), s.deps.Clock.Now())
	if err == nil && !invited {
		err = errs.New(errs.Forbidden, "registration_closed")
	}
	return err
}

// open makes person, account and identifier. Unless the address is proven
// already, password and consents wait for that, and the letter with the link is
// asked for.
func (s *Service) open(ctx context.Context, actor policy.Actor, r Registration, hash string, proven bool) (Account, error) {
	now := s.deps.Clock.Now()
	person := Person{ID: ident.NewID(), Name: r.Name, CreatedAt: now}
	a := Account{ID: ident.NewID(), Version: 1, PersonID: person.ID, Locale: r.Locale, CreatedAt: now}
	if proven {
		a.PasswordHash = hash
	}
	if err := s.deps.Store.InsertPerson(ctx, person); err != nil {
		return a, err
	}
	step, err := Machine.Step(a.ID, a.Position, string(policy.AccountRegister), "")
	if err != nil {
		return a, err
	}
	a.Position = lifecycle.Position{State: step.To, Seq: step.Seq}
	if err := s.deps.Store.InsertAccount(ctx, a); err != nil {
		return a, err
	}
	person.AccountID = a.ID
	if err := s.deps.Store.SavePerson(ctx, person); err != nil {
		return a, err
	}
	if err := s.deps.Store.InsertIdentifier(ctx, Identifier{
		ID: ident.NewID(), AccountID: a.ID, Kind: Email, Value: r.Email, Folded: FoldEmail(r.Email),
	}); err != nil {
		return a, err
	}
	var events []event.Event
	if proven {
		err = s.keepConsents(ctx, a.ID, r.Consents, now)
	} else {
		events = make([]event.Event, 1)
		events[0], err = s.await(ctx, a.ID, r, hash)
	}
	if err != nil {
		return a, err
	}
	return a, s.deps.Journal.Write(ctx, journal.Entry{
		Actor: actor, Action: policy.AccountRegister, Kind: Kind, Subject: a.ID, Version: a.Version,
		At: now, Step: &step, Events: events,
	})
}

// await keeps a registration until its address is proven, and gives the event
// that asks for the letter with its link.
func (s *Service) await(ctx context.Context, account string, r Registration, hash string) (event.Event, error) {
	t, err := s.issue(ctx, Token{
		Purpose: ForVerification, AccountID: account,
		Registration: Unproven{Name: r.Name, Locale: r.Locale, PasswordHash: hash, Consents: r.Consents},
	}, s.deps.Config.VerifyWithin)
	return letter(LetterVerify, account, t.ID), err
}

// VerifyEmail proves an address by the token of the letter and completes the
// registration that the letter was about, for whoever knows its password: who
// reads the letter of a registration that somebody else made gets no account
// with a foreign password. The other registrations of the address are dropped.
// client is the caller's network address. Errors: errs.Invalid "token_invalid",
// and "invalid_fields" with "password_not_registered"; errs.RateLimited
// "too_many_attempts".
func (s *Service) VerifyEmail(ctx context.Context, actor policy.Actor, token, password, client string) error {
	if err := policy.Check(actor, policy.AccountRegister, policy.Facts{}).Err(); err != nil {
		return err
	}
	// The token's MAC first: what follows is dear, and anybody can call this.
	id, ok := s.keys.open(ForVerification, token)
	if !ok {
		return errTokenInvalid
	}
	if err := s.allowGuess(ctx, "verify/"+id, client); err != nil {
		return err
	}
	t, err := s.deps.Store.Token(ctx, id)
	if absent(err) || err == nil && !t.good(ForVerification, s.deps.Clock.Now()) {
		return errTokenInvalid
	}
	if err != nil {
		return err
	}
	right, err := s.deps.Passwords.Verify(ctx, password, t.Registration.PasswordHash)
	if err != nil {
		return err
	}
	if !right {
		return errs.InvalidFields([]errs.Field{{Path: "password", Code: "password_not_registered"}})
	}
	return s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		if _, err := s.redeem(ctx, ForVerification, token); err != nil {
			return err
		}
		a, err := s.deps.Store.Account(ctx, t.AccountID)
		if err != nil {
			return err
		}
		if err := s.complete(ctx, &a, t); err != nil {
			return err
		}
		return s.activate(ctx, actor, a)
	})
}

// complete makes the account what the registration of a token said, and drops
// the others of the address. The account is not stored yet.
func (s *Service) complete(ctx context.Context, a *Account, t Token) error {
	person, err := s.deps.Store.Person(ctx, a.PersonID)
	if err != nil {
		return err
	}
	person.Name = t.Registration.Name
	if err := s.deps.Store.SavePerson(ctx, person); err != nil {
		return err
	}
	if err := s.keepConsents(ctx, a.ID, t.Registration.Consents, t.CreatedAt); err != nil {
		return err
	}
	a.Locale, a.PasswordHash = t.Registration.Locale, t.Registration.PasswordHash
	return s.deps.Store.WithdrawTokens(ctx, a.ID, ForVerification, s.deps.Clock.Now())
}

// activate takes the step that proving the address allows.
func (s *Service) activate(ctx context.Context, actor policy.Actor, a Account) error {
	now := s.deps.Clock.Now()
	step, err := Machine.Step(a.ID, a.Position, string(policy.AccountRegister), "")
	if err != nil {
		return errTokenInvalid // an erased account, or one already active
	}
	identifiers, err := s.deps.Store.Identifiers(ctx, a.ID)
	if err != nil {
		return err
	}
	for _, i := range identifiers {
		if err := s.deps.Store.VerifyIdentifier(ctx, i.ID, now); err != nil {
			return err
		}
	}
	a.Position = lifecycle.Position{State: step.To, Seq: step.Seq}
	a.Version++
	if err := s.deps.Store.SaveAccount(ctx, a); err != nil {
		return err
	}
	return s.deps.Journal.Write(ctx, journal.Entry{
		Actor: actor, Action: policy.AccountRegister, Kind: Kind, Subject: a.ID, Version: a.Version, At: now, Step: &step,
	})
}

// CreateAccount opens an account with a proven address, for the operator at
// the machine: the first account, and those of a demonstration. Nobody consents
// for another: it is opened with the consents that are given, which may be
// none. Errors:
// errs.Forbidden for anyone but the program itself; errs.Invalid
// "invalid_fields"; errs.Conflict "identifier_exists".
func (s *Service) CreateAccount(ctx context.Context, actor policy.Actor, r Registration) (Account, error) {
	if !actor.System {
		return Account{}, errs.Newp(errs.Forbidden, "not_allowed", errs.Params{"reason": "role_missing"})
	}
	r, err := r.check(false)
	if err != nil {
		return Account{}, err
	}
	hash, err := s.deps.Passwords.Hash(ctx, r.Password)
	if err != nil {
		return Account{}, err
	}
	var a Account
	err = s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		if a, err = s.open(ctx, actor, r, hash, true); err != nil {
			return err
		}
		if err := s.activate(ctx, actor, a); err != nil {
			return err
		}
		a, err = s.deps.Store.Account(ctx, a.ID)
		return err
	})
	return a, err
}
