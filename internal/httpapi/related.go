package httpapi

import (
	"context"

	"chengqiao/internal/finding"
	"chengqiao/internal/httpapi/oas"
	"chengqiao/internal/match"
	"chengqiao/internal/search"
)

// ListRelatedToAchievement implements the contract.
func (a *API) ListRelatedToAchievement(ctx context.Context, req oas.ListRelatedToAchievementRequestObject) (oas.ListRelatedToAchievementResponseObject, error) {
	found, err := a.relatedTo(ctx, match.Ref{Kind: match.Achievement, ID: req.ID}, req.Params.Fitting)
	return oas.ListRelatedToAchievement200JSONResponse(found), err
}

// ListRelatedToPackage implements the contract.
func (a *API) ListRelatedToPackage(ctx context.Context, req oas.ListRelatedToPackageRequestObject) (oas.ListRelatedToPackageResponseObject, error) {
	found, err := a.relatedTo(ctx, match.Ref{Kind: match.Package, ID: req.ID}, req.Params.Fitting)
	return oas.ListRelatedToPackage200JSONResponse(found), err
}

// ListRelatedToNeed implements the contract.
func (a *API) ListRelatedToNeed(ctx context.Context, req oas.ListRelatedToNeedRequestObject) (oas.ListRelatedToNeedResponseObject, error) {
	found, err := a.relatedTo(ctx, match.Ref{Kind: match.Need, ID: req.ID}, req.Params.Fitting)
	return oas.ListRelatedToNeed200JSONResponse(found), err
}

func (a *API) relatedTo(ctx context.Context, ref match.Ref, fitting []string) (oas.RelatedListings, error) {
	found, err := a.related(ctx, ref, fitting)
	if err != nil {
		return oas.RelatedListings{}, err
	}
	var hits []search.Hit
	for _, group := range [][]match.Akin{found.Results, found.Needs} {
		for _, each := range group {
			hits = append(hits, search.Hit{ID: each.Ref.ID, Kind: search.Kind(each.Ref.Kind)})
		}
	}
	cards, err := a.Finder.Cards(ctx, actorOf(ctx), hits)
	if err != nil {
		return oas.RelatedListings{}, err
	}
	locale := localeOf(ctx)
	shown := func(group []match.Akin) []oas.RelatedListing {
		out := make([]oas.RelatedListing, 0, len(group))
		for _, each := range group {
			if card, ok := cards[each.Ref.ID]; ok { // else it left since
				out = append(out, oas.RelatedListing{
					Listing: searchHit(finding.Hit{Card: card}, locale), Band: oas.RelatedListingBand(each.Band), Reasons: matchReasons(each.Reasons),
				})
			}
		}
		return out
	}
	return oas.RelatedListings{Results: shown(found.Results), Needs: shown(found.Needs)}, nil
}

// related is what stands beside a listing: of the other side those that are asked
// about, where any are.
func (a *API) related(ctx context.Context, ref match.Ref, fitting []string) (match.Related, error) {
	if len(fitting) == 0 {
		return a.Matches.Related(ctx, actorOf(ctx), ref)
	}
	found, err := a.Matches.Fitting(ctx, actorOf(ctx), ref, fitting)
	if ref.Kind == match.Need {
		return match.Related{Results: found}, err
	}
	return match.Related{Needs: found}, err
}

func matchReasons(reasons []match.Reason) []oas.MatchReason {
	return list(reasons, func(r match.Reason) oas.MatchReason { return oas.MatchReason{Code: string(r.Code), Params: r.Params} })
}
