package httpapi

import (
	"context"
	"slices"

	"chengqiao/internal/httpapi/oas"
	"chengqiao/internal/listing"
	"chengqiao/internal/policy"
)

// mostUnfinished bounds the drafts that a person is reminded of.
const mostUnfinished = 5

// ListMyDrafts implements the contract.
func (a *API) ListMyDrafts(ctx context.Context, _ oas.ListMyDraftsRequestObject) (oas.ListMyDraftsResponseObject, error) {
	var found []listing.Unfinished
	for _, of := range []func(context.Context, policy.Actor, int) ([]listing.Unfinished, error){
		a.Achievements.Unfinished, a.Packages.Unfinished, a.Needs.Unfinished,
	} {
		some, err := of(ctx, actorOf(ctx), mostUnfinished)
		if err != nil {
			return nil, err
		}
		found = append(found, some...)
	}
	slices.SortStableFunc(found, func(x, y listing.Unfinished) int { return y.Head.UpdatedAt.Compare(x.Head.UpdatedAt) })
	found = found[:min(len(found), mostUnfinished)]
	var heads []listing.Head
	for _, u := range found {
		heads = append(heads, u.Head)
	}
	shown, err := a.heads(ctx, heads)
	if err != nil {
		return nil, err
	}
	out := oas.ListMyDrafts200JSONResponse{Items: make([]oas.OpenDraft, len(found))}
	for i, u := range found {
		out.Items[i] = oas.OpenDraft{Head: shown[i], Problems: fieldProblems(u.Problems)}
	}
	return out, nil
}
