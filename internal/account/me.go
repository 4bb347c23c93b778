package account

import (
	"context"

	"chengqiao/internal/errs"
	"chengqiao/internal/policy"
)

// Me is the signed-in person as shown to themselves; the zero Me is a visitor.
type Me struct {
	Account       Account
	Name          string
	Email         string
	EmailVerified bool
	ActingOrg     string
	Memberships   []Membership
}

// Me tells who is signed in.
func (s *Service) Me(ctx context.Context, actor policy.Actor) (Me, error) {
	if err := policy.Check(actor, policy.SessionCreate, policy.Facts{}).Err(); err != nil {
		return Me{}, err
	}
	if !actor.SignedIn() {
		return Me{}, nil
	}
	a, err := s.deps.Store.Account(ctx, actor.AccountID)
	if err != nil {
		return Me{}, err
	}
	person, err := s.deps.Store.Person(ctx, a.PersonID)
	if err != nil {
		return Me{}, err
	}
	identifiers, err := s.deps.Store.Identifiers(ctx, a.ID)
	if err != nil {
		return Me{}, err
	}
	memberships, err := s.deps.Store.Memberships(ctx, a.ID)
	if err != nil {
		return Me{}, err
	}
	me := Me{Account: a, Name: person.Name, ActingOrg: actor.OrgID, Memberships: memberships}
	for _, i := range identifiers {
		if i.Kind == Email {
			me.Email, me.EmailVerified = i.Value, !i.VerifiedAt.IsZero()
		}
	}
	return me, nil
}

// Patch is a change of one's own account; nil fields stay.
type Patch struct {
	Name   *string
	Locale *string
	// NewPassword needs CurrentPassword.
	CurrentPassword string
	NewPassword     *string
}

// UpdateMe changes one's name, language or password; a new password ends all
// other sessions. Errors: errs.Invalid "invalid_fields", with
// "password_wrong" on current_password; errs.RateLimited "too_many_attempts".
func (s *Service) UpdateMe(ctx context.Context, actor policy.Actor, sessionID string, patch Patch) error {
	if err := s.own(actor, policy.AccountEdit); err != nil {
		return err
	}
	var faults []errs.Field
	if patch.Name != nil {
		name, f := checkName("name", *patch.Name)
		patch.Name = &name
		faults = append(faults, f...)
	}
	if patch.Locale != nil {
		faults = append(faults, checkLocale("locale", *patch.Locale)...)
	}
	if patch.NewPassword != nil {
		me, err := s.Me(ctx, actor)
		if err != nil {
			return err
		}
		faults = append(faults, checkPassword("new_password", *patch.NewPassword, me.Email, me.Name)...)
	}
	if err := errs.InvalidFields(faults); err != nil {
		return err
	}
	hash, proven := "", ""
	if patch.NewPassword != nil {
		var err error
		if proven, err = s.provePassword(ctx, actor, "current_password", patch.CurrentPassword); err != nil {
			return err
		}
		if hash, err = s.deps.Passwords.Hash(ctx, *patch.NewPassword); err != nil {
			return err
		}
	}
	return s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		if patch.NewPassword != nil {
			if err := s.stillProven(ctx, actor, "current_password", proven); err != nil {
				return err
			}
		}
		return s.patch(ctx, actor, sessionID, patch, hash)
	})
}

func (s *Service) patch(ctx context.Context, actor policy.Actor, sessionID string, patch Patch, hash string) error {
	a, err := s.deps.Store.Account(ctx, actor.AccountID)
	if err != nil {
		return err
	}
	if patch.Name != nil {
		person, err := s.deps.Store.Person(ctx, a.PersonID)
		if err != nil {
			return err
		}
		person.Name = *patch.Name
		if err := s.deps.Store.SavePerson(ctx, person); err != nil {
			return err
		}
	}
	if patch.Locale != nil {
		a.Locale = *patch.Locale
	}
	changed := map[string]any{"name": patch.Name != nil, "locale": patch.Locale != nil, "password": hash != ""}
	if hash != "" {
		err = s.setPassword(ctx, a, hash, sessionID)
	} else {
		saved := a
		saved.Version++
		err = s.deps.Store.SaveAccount(ctx, saved)
	}
	if err != nil {
		return err
	}
	if err := s.forgetAccounts(ctx, a.ID); err != nil {
		return err
	}
	return s.write(ctx, actor, policy.AccountEdit, Kind, a.ID, a.Version+1, changed)
}

// provePassword asks the signed-in person for the password once more, before
// what a stolen session must not do. path is the field that holds it. It gives
// the hash that the password is right for, for stillProven.
func (s *Service) provePassword(ctx context.Context, actor policy.Actor, path, password string) (proven string, err error) {
	if err := s.allowProof(ctx, actor.AccountID); err != nil {
		return "", err
	}
	a, err := s.deps.Store.Account(ctx, actor.AccountID)
	if err != nil {
		return "", err
	}
	right, err := s.deps.Passwords.Verify(ctx, password, a.PasswordHash)
	if err != nil {
		return "", err
	}
	if !right {
		return "", passwordWrong(path)
	}
	return a.PasswordHash, nil
}

// stillProven holds in the transaction of what was proven for that the password
// is the same: one that was changed meanwhile proves nothing any more.
func (s *Service) stillProven(ctx context.Context, actor policy.Actor, path, proven string) error {
	a, err := s.deps.Store.Account(ctx, actor.AccountID)
	if err == nil && a.PasswordHash != proven {
		err = passwordWrong(path)
	}
	return err
}

func passwordWrong(path string) error {
	return errs.InvalidFields([]errs.Field{{Path: path, Code: "password_wrong"}})
}
