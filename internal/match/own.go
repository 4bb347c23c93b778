package match

import (
	"context"
	"slices"

	"chengqiao/internal/policy"
	"chengqiao/internal/text"
)

// MatchedNeed is a need of the reader's organisation with the band of its match.
type MatchedNeed struct {
	ID    string
	Title text.Text
	Band  Band
}

// mostOwnNeeds bounds how many needs are told of one result.
const mostOwnNeeds = 20

// OwnNeeds lists the published needs of the acting organisation that the ledger
// has a match of with a result, the best first. Those that the organisation finds
// irrelevant to it, or has been introduced for, are not among them. Who acts for
// no organisation, or for one that may not read the ledger, is told of none.
// Errors: those of policy for reading the result; errs.NotFound.
func (s *Service) OwnNeeds(ctx context.Context, actor policy.Actor, result Ref) ([]MatchedNeed, error) {
	facts, err := s.listings.Facts(ctx, result)
	if err != nil {
		return nil, err
	}
	if err := policy.Check(actor, readActions[result.Kind], facts).Err(); err != nil {
		return nil, err
	}
	org := ledgerOf(actor)
	if org == "" {
		return nil, nil
	}
	return s.store.NeedsMatching(ctx, org, result, mostOwnNeeds)
}

// ledgerOf is the organisation whose part of the ledger an actor may read; "" for
// none. Rows are of what members read of both sides, so that who reads less learns
// nothing of them.
func ledgerOf(actor policy.Actor) string {
	if !slices.Contains(policy.ReaderTiers(actor), policy.TierMembers) {
		return ""
	}
	return policy.ScopeOf(actor, policy.MatchRead).OwnerOrg
}
