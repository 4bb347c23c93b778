package app

import (
	"context"
	"slices"
	"time"

	"chengqiao/internal/errs"
	"chengqiao/internal/httpapi"
	"chengqiao/internal/listing"
	"chengqiao/internal/outbox"
	"chengqiao/internal/policy"
	"chengqiao/internal/store"
	"chengqiao/internal/text"
	"chengqiao/internal/token"
	"chengqiao/internal/webhook"
)

// tokenPeople lets tokens know as whom an account acts.
type tokenPeople struct{ p *platform }

var _ token.People = tokenPeople{}

func (j tokenPeople) Acting(ctx context.Context, accountID, org string) (policy.Actor, string, bool, error) {
	return j.p.accounts.Acting(ctx, accountID, org)
}

func (j tokenPeople) Member(ctx context.Context, accountID, org string) (bool, error) {
	members, err := j.p.accounts.AccountsOf(ctx, org)
	return slices.Contains(members, accountID), err
}

// bearers lets the HTTP server resolve API tokens.
type bearers struct{ tokens *token.Service }

var _ httpapi.TokenAuthenticator = bearers{}

func (j bearers) AuthenticateToken(ctx context.Context, text string) (httpapi.Bearer, error) {
	b, err := j.tokens.Authenticate(ctx, text)
	return httpapi.Bearer(b), err
}

// webhookListings say what anybody may read of a listing.
type webhookListings struct{ p *platform }

var _ webhook.Listings = webhookListings{}

func (j webhookListings) PublicTitle(ctx context.Context, kind, id string) (text.Text, bool, error) {
	switch kind {
	case "achievement":
		return publicTitle(ctx, j.p.achievements.Service, id)
	case "package":
		return publicTitle(ctx, j.p.packages.Service, id)
	case "need":
		return publicTitle(ctx, j.p.needs.Service, id)
	}
	return text.Text{}, false, nil
}

func publicTitle[C any](ctx context.Context, s *listing.Service[C], id string) (text.Text, bool, error) {
	l, err := s.Live(ctx, id)
	if errs.KindOf(err) == errs.NotFound {
		return text.Text{}, false, nil
	}
	return l.Title, err == nil && l.Audience == policy.TierPublic, err
}

// webhookParties name both sides of introductions and deals.
type webhookParties struct{ rows *store.Notify }

var _ webhook.Parties = webhookParties{}

func (j webhookParties) PartiesOf(ctx context.Context, kind, id string) ([]string, error) {
	c, err := j.rows.Concerned(ctx, kind, id)
	return c.Orgs(), err
}

// webhookBackoff is how messages are tried again: some three days in all, so
// that a receiver that breaks on a Friday evening misses nothing (10 s doubling
// to 12 h, 18 attempts).
func webhookBackoff(s outbox.Settings) outbox.Settings {
	s.FirstRetry, s.MaxRetry, s.MaxAttempts = 10*time.Second, 12*time.Hour, 18
	return s
}
