package account

import (
	"context"
	"time"

	"chengqiao/internal/errs"
)

// Limit is how often something may be tried in a period.
type Limit struct {
	Count  int
	Period time.Duration
}

// clientShare is how many times an account's limit one network address has: a
// whole office can stand behind one, and one machine can try many accounts.
const clientShare = 10

// allowGuess counts an attempt to sign in, at one account and by one client at
// many.
func (s *Service) allowGuess(ctx context.Context, identifier, client string) error {
	limit := s.deps.Config.Guesses
	if err := s.allow(ctx, "signin/client/"+client, limit.Count*clientShare, limit.Period); err != nil {
		return err
	}
	return s.allow(ctx, guessKey(identifier), limit.Count, limit.Period)
}

func guessKey(identifier string) string { return addressKey("signin", identifier) }

// allowProof counts an attempt to prove a password within a session.
func (s *Service) allowProof(ctx context.Context, account string) error {
	limit := s.deps.Config.Guesses
	return s.allow(ctx, "prove/account/"+account, limit.Count, limit.Period)
}

// allowLetter counts a letter that a stranger asks for: what one address gets,
// and what one client can cause.
func (s *Service) allowLetter(ctx context.Context, email, client string) error {
	limit := s.deps.Config.Letters
	if err := s.allow(ctx, "letter/client/"+client, limit.Count*clientShare, limit.Period); err != nil {
		return err
	}
	return s.allow(ctx, addressKey("letter", email), limit.Count, limit.Period)
}

// allow spends one attempt. Error: errs.RateLimited "too_many_attempts".
func (s *Service) allow(ctx context.Context, key string, count int, period time.Duration) error {
	retryAfter, err := s.deps.Limiter.Allow(ctx, key, count, period)
	if err != nil {
		return err
	}
	if retryAfter > 0 {
		return errs.Newp(errs.RateLimited, "too_many_attempts",
			errs.Params{"retry_after_seconds": int((retryAfter + time.Second - 1) / time.Second)})
	}
	return nil
}

// addressKey names an address to the limiter without disclosing it.
func addressKey(what, address string) string {
	return what + "/address/" + hashToken(FoldEmail(address))
}
