package httpapi

import (
	"context"

	"chengqiao/internal/httpapi/oas"
	"chengqiao/internal/listing"
	"chengqiao/internal/need"
)

// ListNeeds implements the contract.
func (a *API) ListNeeds(ctx context.Context, req oas.ListNeedsRequestObject) (oas.ListNeedsResponseObject, error) {
	p := req.Params
	out, err := ownPage(ctx, a, a.Needs.Service, listFilter(p.State, p.Q, p.Cursor, p.PageSize))
	return oas.ListNeeds200JSONResponse{ListingPageJSONResponse: out}, err
}

// CreateNeed implements the contract.
func (a *API) CreateNeed(ctx context.Context, req oas.CreateNeedRequestObject) (oas.CreateNeedResponseObject, error) {
	made, err := a.Needs.Create(ctx, actorOf(ctx), *req.Body)
	if err != nil {
		return nil, err
	}
	out, err := a.needDraft(ctx, made)
	return oas.CreateNeed201JSONResponse{NeedDraftJSONResponse: out}, err
}

// GetNeedDraft implements the contract.
func (a *API) GetNeedDraft(ctx context.Context, req oas.GetNeedDraftRequestObject) (oas.GetNeedDraftResponseObject, error) {
	found, err := a.Needs.Draft(ctx, actorOf(ctx), req.ID)
	if err != nil {
		return nil, err
	}
	out, err := a.needDraft(ctx, found)
	return oas.GetNeedDraft200JSONResponse{NeedDraftJSONResponse: out}, err
}

// SaveNeedDraft implements the contract.
func (a *API) SaveNeedDraft(ctx context.Context, req oas.SaveNeedDraftRequestObject) (oas.SaveNeedDraftResponseObject, error) {
	version, err := ifMatch(req.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	saved, err := a.Needs.Save(ctx, actorOf(ctx), req.ID, version, *req.Body)
	if err != nil {
		return nil, err
	}
	out, err := a.needDraft(ctx, saved)
	return oas.SaveNeedDraft200JSONResponse{NeedDraftJSONResponse: out}, err
}

func (a *API) needDraft(ctx context.Context, d listing.WorkingCopy[need.Content]) (oas.NeedDraftJSONResponse, error) {
	head, err := a.head(ctx, d.Head)
	return oas.NeedDraftJSONResponse{
		Body:    oas.NeedDraft{Head: head, Content: d.Content, Problems: fieldProblems(d.Problems), Quality: quality(d.Quality, d.WarnBelow)},
		Headers: oas.NeedDraftResponseHeaders{ETag: etag(d.Head.Version)},
	}, err
}

// ListNeedSteps implements the contract.
func (a *API) ListNeedSteps(ctx context.Context, req oas.ListNeedStepsRequestObject) (oas.ListNeedStepsResponseObject, error) {
	history, err := a.Needs.History(ctx, actorOf(ctx), req.ID)
	if err != nil {
		return nil, err
	}
	out, err := a.listingHistory(ctx, history)
	return oas.ListNeedSteps200JSONResponse{StepsJSONResponse: out}, err
}

// StepNeed implements the contract.
func (a *API) StepNeed(ctx context.Context, req oas.StepNeedRequestObject) (oas.StepNeedResponseObject, error) {
	step, err := listingStep(req.Params.IfMatch, *req.Body)
	if err != nil {
		return nil, err
	}
	head, err := a.Needs.Step(ctx, actorOf(ctx), req.ID, step)
	if err != nil {
		return nil, err
	}
	out, err := a.stepped(ctx, head)
	return oas.StepNeed200JSONResponse{ListingHeadJSONResponse: out}, err
}

// ListNeedVersions implements the contract.
func (a *API) ListNeedVersions(ctx context.Context, req oas.ListNeedVersionsRequestObject) (oas.ListNeedVersionsResponseObject, error) {
	versions, err := a.Needs.Versions(ctx, actorOf(ctx), req.ID)
	return oas.ListNeedVersions200JSONResponse{Items: list(versions, func(v listing.Version[need.Content]) oas.NeedVersion {
		return oas.NeedVersion{Number: int(v.Number), PublishedAt: v.PublishedAt, Content: v.Content}
	})}, err
}

// GetNeed implements the contract.
func (a *API) GetNeed(ctx context.Context, req oas.GetNeedRequestObject) (oas.GetNeedResponseObject, error) {
	view, err := a.Needs.Get(ctx, actorOf(ctx), req.ID)
	if err != nil {
		return nil, err
	}
	out := oas.Need{Content: view.Content, Withheld: list(view.Withheld, keepText), WithheldTiers: view.WithheldTiers, Outcome: view.Head.Outcome}
	if out.Head, err = a.head(ctx, view.Head); err != nil {
		return nil, err
	}
	if out.Origin, err = a.originOf(ctx, req.ID); err != nil {
		return nil, err
	}
	out.Organisation, err = a.owner(ctx, view.Head.OwnerOrg)
	return oas.GetNeed200JSONResponse{Body: out, Headers: oas.GetNeed200ResponseHeaders{ETag: etag(view.Head.Version)}}, err
}
