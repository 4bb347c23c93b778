package account

import (
	"context"

	"chengqiao/internal/policy"
)

// Acting is the actor that an account is for an organisation now, and the
// account's language, without a session: for what works in a person's name
// (API tokens, alerts). ok is false when the account is gone, suspended or no
// member; org "" is oneself.
func (s *Service) Acting(ctx context.Context, account, org string) (actor policy.Actor, locale string, ok bool, err error) {
	who, err := s.resolve(ctx, Session{AccountID: account})
	if err != nil || who.AccountID == "" {
		return policy.Actor{}, "", false, ignoreAbsent(err)
	}
	actor, ok = who.actor(org)
	return actor, who.Locale, ok, nil
}
