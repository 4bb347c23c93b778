package match

import (
	"context"
	"time"

	"chengqiao/internal/policy"
	"chengqiao/internal/text"
)

// NewMatch is a strong match of one of the reader's organisation's listings about
// which it has said and done nothing yet.
type NewMatch struct {
	Match
	// Own is the organisation's side, Other the one that was found for it.
	Own, Other           Ref
	OwnTitle, OtherTitle text.Text
	// OrgName is the other side's owner; empty for an anonymous need.
	OrgName text.Text
	Reasons []Reason
}

// Newer are the ids of matches that were found for a listing since a list of them
// was made, as List.At says, as far as they are good enough to stand in one. It asks
// the ledger alone, so that a page can ask often. Errors: those of policy for
// match.read; errs.NotFound.
func (s *Service) Newer(ctx context.Context, actor policy.Actor, of Ref, since time.Time) ([]string, error) {
	facts, err := s.listings.Facts(ctx, of)
	if err != nil {
		return nil, err
	}
	if err := policy.Check(actor, policy.MatchRead, facts).Err(); err != nil {
		return nil, err
	}
	return s.store.NewerOf(ctx, of, actor.OrgID, since, s.model.Shown)
}

// mostNew bounds how many new matches are told of.
const mostNew = 5

// New lists the newest strong matches of the acting organisation's live listings
// that it has no opinion of and about which the two sides were never introduced.
// Who acts for no organisation, or for one that may not read the ledger, has none.
// Errors: those of Deps.Ready.
func (s *Service) New(ctx context.Context, actor policy.Actor) ([]NewMatch, error) {
	org := ledgerOf(actor)
	if org == "" {
		return nil, nil
	}
	if err := s.ready(ctx); err != nil {
		return nil, err
	}
	found, err := s.store.NewOf(ctx, org, mostNew)
	if err != nil {
		return nil, err
	}
	pairs, err := s.explained(ctx, found, policy.ReaderTiers(actor))
	if err != nil {
		return nil, err
	}
	out := make([]NewMatch, 0, len(pairs))
	for _, p := range pairs {
		n := NewMatch{
			Match: p.match, Own: Ref{Need, p.match.NeedID}, Other: p.match.Subject,
			OwnTitle: p.need.Title, OtherTitle: p.result.Title, OrgName: p.result.OrgName, Reasons: p.explanation.Reasons,
		}
		if p.match.NeedOrg != org {
			n.Own, n.Other, n.OwnTitle, n.OtherTitle, n.OrgName = n.Other, n.Own, n.OtherTitle, n.OwnTitle, p.need.OrgName
		}
		out = append(out, n)
	}
	return out, nil
}
