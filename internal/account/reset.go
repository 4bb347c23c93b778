package account

import (
	"context"

	"chengqiao/internal/errs"
	"chengqiao/internal/policy"
)

// RequestReset asks for a letter with a link to set a new password. The answer
// is the same whether or not the address was known. Who registered and never
// proved the address is told to register again: there is no password to reset,
// and whose registration it was is not known. Errors: errs.Invalid
// "invalid_fields"; errs.RateLimited "too_many_attempts".
func (s *Service) RequestReset(ctx context.Context, actor policy.Actor, email, client string) error {
	if err := policy.Check(actor, policy.AccountRecover, policy.Facts{}).Err(); err != nil {
		return err
	}
	email, faults := checkEmail("email", email)
	if err := errs.InvalidFields(faults); err != nil {
		return err
	}
	if err := s.allowLetter(ctx, email, client); err != nil {
		return err
	}
	return s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		a, err := s.accountOf(ctx, email)
		switch {
		case err != nil:
			return err
		case a.Position.State == Unconfirmed:
			return s.write(ctx, actor, policy.AccountRecover, Kind, a.ID, a.Version, nil, letter(LetterUnfinished, a.ID, ""))
		case a.Position.State != Active:
			return nil
		}
		if err := s.deps.Store.WithdrawTokens(ctx, a.ID, ForReset, s.deps.Clock.Now()); err != nil {
			return err
		}
		t, err := s.issue(ctx, Token{Purpose: ForReset, AccountID: a.ID}, s.deps.Config.ResetWithin)
		if err != nil {
			return err
		}
		return s.write(ctx, actor, policy.AccountRecover, Kind, a.ID, a.Version, nil, letter(LetterReset, a.ID, t.ID))
	})
}

// CompleteReset sets a new password by the letter's token and ends all
// sessions. Errors: errs.Invalid "token_invalid", "invalid_fields".
func (s *Service) CompleteReset(ctx context.Context, actor policy.Actor, token, password string) error {
	if err := policy.Check(actor, policy.AccountRecover, policy.Facts{}).Err(); err != nil {
		return err
	}
	if err := errs.InvalidFields(checkPassword("password", password)); err != nil {
		return err
	}
	// The token's MAC first: hashing is dear, and anybody can call this.
	if _, ok := s.keys.open(ForReset, token); !ok {
		return errTokenInvalid
	}
	hash, err := s.deps.Passwords.Hash(ctx, password)
	if err != nil {
		return err
	}
	return s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		t, err := s.redeem(ctx, ForReset, token)
		if err != nil {
			return err
		}
		a, err := s.deps.Store.Account(ctx, t.AccountID)
		if err != nil {
			return err
		}
		if a.Position.State != Active {
			return errTokenInvalid
		}
		if err := s.setPassword(ctx, a, hash, ""); err != nil {
			return err
		}
		return s.write(ctx, actor, policy.AccountRecover, Kind, a.ID, a.Version+1, map[string]any{"password": "reset"})
	})
}

// setPassword stores a new hash and ends every session but the spared one.
func (s *Service) setPassword(ctx context.Context, a Account, hash, spared string) error {
	a.PasswordHash = hash
	a.Version++
	if err := s.deps.Store.SaveAccount(ctx, a); err != nil {
		return err
	}
	if err := s.deps.Store.WithdrawTokens(ctx, a.ID, ForReset, s.deps.Clock.Now()); err != nil {
		return err
	}
	return s.endSessions(ctx, a.ID, spared)
}
