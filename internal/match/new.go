package match

import (
	"context"

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
