package account

import (
	"context"

	"chengqiao/internal/policy"
)

// Acting is the actor that an account is for an organisation now, and the
// account's language, without a session: for what works in a person's name
// (API tokens, alerts). ok is false when the account is gone or no member;
// org "" is oneself.
func (s *Service) Acting(ctx context.Context, account, org string) (actor policy.Actor, locale string, ok bool, err error) {
	a, err := s.deps.Store.Account(ctx, account)
	if absent(err) || err == nil && a.Position.State != Active {
		return policy.Actor{}, "", false, nil
	}
	if err != nil {
		return policy.Actor{}, "", false, err
	}
	who, err := s.resolve(ctx, Session{AccountID: account})
	if err != nil {
		return policy.Actor{}, "", false, err
	}
	actor, ok = who.actor(org)
	return actor, who.Locale, ok, nil
}
