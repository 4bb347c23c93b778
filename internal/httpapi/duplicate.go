package httpapi

import (
	"context"
	"encoding/json"

	"chengqiao/internal/duplicate"
	"chengqiao/internal/errs"
	"chengqiao/internal/httpapi/oas"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/policy"
	"chengqiao/internal/text"
)

// ListDuplicates implements the contract.
func (a *API) ListDuplicates(ctx context.Context, req oas.ListDuplicatesRequestObject) (oas.ListDuplicatesResponseObject, error) {
	p := req.Params
	page, err := a.Duplicates.List(ctx, actorOf(ctx), duplicate.ListFilter{
		State: lifecycle.State(p.State), Kind: string(p.Kind), Cursor: p.Cursor, Limit: pageSize(p.PageSize),
	})
	if err != nil {
		return nil, err
	}
	// A row shows the titles; both contents stand on the page of the pair.
	for i := range page.Items {
		for j := range page.Items[i].Sides {
			page.Items[i].Sides[j].Content = nil
		}
		page.Items[i].Differences = nil
	}
	items, err := a.duplicates(ctx, page.Items)
	return oas.ListDuplicates200JSONResponse{Items: items, NextCursor: page.Next}, err
}

// GetDuplicate implements the contract.
func (a *API) GetDuplicate(ctx context.Context, req oas.GetDuplicateRequestObject) (oas.GetDuplicateResponseObject, error) {
	found, err := a.Duplicates.Get(ctx, actorOf(ctx), req.ID)
	if err != nil {
		return nil, err
	}
	out, err := a.duplicate(ctx, found)
	return oas.GetDuplicate200JSONResponse{DuplicateJSONResponse: out}, err
}

// StepDuplicate implements the contract.
func (a *API) StepDuplicate(ctx context.Context, req oas.StepDuplicateRequestObject) (oas.StepDuplicateResponseObject, error) {
	version, err := ifMatch(req.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	decision := duplicate.Decision{
		Action: req.Body.Action, Version: version, Reason: req.Body.Reason, Survivor: req.Body.SurvivorID,
		SurvivorVersion: req.Body.SurvivorVersion, OtherVersion: req.Body.OtherVersion,
	}
	for _, c := range req.Body.Carry {
		decision.Carry = append(decision.Carry, duplicate.Choice{Field: c.Field, Items: c.Items})
	}
	decided, err := a.Duplicates.Decide(ctx, actorOf(ctx), req.ID, decision)
	if err != nil {
		return nil, err
	}
	out, err := a.duplicate(ctx, decided)
	return oas.StepDuplicate200JSONResponse{DuplicateJSONResponse: out}, err
}

// ListDuplicateSteps implements the contract.
func (a *API) ListDuplicateSteps(ctx context.Context, req oas.ListDuplicateStepsRequestObject) (oas.ListDuplicateStepsResponseObject, error) {
	steps, err := a.Duplicates.Steps(ctx, actorOf(ctx), req.ID)
	if err != nil {
		return nil, err
	}
	items, err := a.history(ctx, steps)
	for i := range items {
		if steps[i].AccountID == "" && decision(steps[i].Action) {
			items[i].Actor = theOtherOwner.In(localeOf(ctx))
		}
	}
	return oas.ListDuplicateSteps200JSONResponse{StepsJSONResponse: oas.StepsJSONResponse{Items: items}}, err
}

// theOtherOwner stands for whom the history of a pair does not name.
var theOtherOwner = text.Text{Zh: "另一单位", En: "The other organisation"}

// decision tells whether an action is one that people alone take.
func decision(action string) bool {
	switch policy.Action(action) {
	case policy.DuplicateMerge, policy.DuplicateApart, policy.DuplicateUndo:
		return true
	}
	return false
}

// ListDuplicateSuspects implements the contract.
func (a *API) ListDuplicateSuspects(ctx context.Context, req oas.ListDuplicateSuspectsRequestObject) (oas.ListDuplicateSuspectsResponseObject, error) {
	ref := duplicate.Ref{Kind: string(req.Params.Kind), ID: req.Params.ListingID}
	found, err := a.Duplicates.SuspectsOf(ctx, actorOf(ctx), ref)
	if err != nil {
		return nil, err
	}
	return oas.ListDuplicateSuspects200JSONResponse{Items: list(found, func(s duplicate.Suspect) oas.DuplicateSuspect {
		return oas.DuplicateSuspect{
			ID: s.ID, Kind: oas.DuplicateSuspectKind(s.Kind), Title: s.Title, Band: oas.DuplicateSuspectBand(s.Band),
			Reasons: list(s.Reasons, duplicateReason),
		}
	})}, nil
}

func (a *API) duplicate(ctx context.Context, shown duplicate.Shown) (oas.DuplicateJSONResponse, error) {
	out, err := a.duplicates(ctx, []duplicate.Shown{shown})
	if err != nil {
		return oas.DuplicateJSONResponse{}, err
	}
	return oas.DuplicateJSONResponse{Body: out[0], Headers: oas.DuplicateResponseHeaders{ETag: etag(shown.Version)}}, nil
}

// duplicates puts the names of the owners to pairs.
func (a *API) duplicates(ctx context.Context, shown []duplicate.Shown) ([]oas.Duplicate, error) {
	var orgs []string
	for _, d := range shown {
		orgs = append(orgs, d.Sides[0].OrgID, d.Sides[1].OrgID)
	}
	names, err := a.Directory.OrganisationNames(ctx, present(orgs))
	if err != nil {
		return nil, err
	}
	out := make([]oas.Duplicate, 0, len(shown))
	for _, d := range shown {
		item := oas.Duplicate{
			ID: d.ID, Kind: oas.DuplicateKind(d.Kind), State: oas.DuplicateState(d.Position.State), Band: oas.DuplicateBand(d.Band),
			SurvivorID: d.Survivor, Version: d.Version, UpdatedAt: d.UpdatedAt,
			Reasons: list(d.Reasons, duplicateReason), Actions: list(d.Actions, keepText),
			Differences: list(d.Differences, func(f duplicate.Difference) oas.DuplicateDifference {
				return oas.DuplicateDifference{Field: f.Field, Where: oas.DuplicateDifferenceWhere(f.Where)}
			}),
		}
		for _, side := range d.Sides {
			one, err := duplicateSide(side, names)
			if err != nil {
				return nil, err
			}
			item.Sides = append(item.Sides, one)
		}
		out = append(out, item)
	}
	return out, nil
}

func duplicateSide(s duplicate.Side, names map[string]text.Text) (oas.DuplicateSide, error) {
	out := oas.DuplicateSide{
		ID: s.ID, Kind: oas.DuplicateSideKind(s.Kind), Title: s.Title, State: string(s.State), Own: s.Own, Version: s.Version,
		OrganisationID: s.OrgID, OrganisationName: names[s.OrgID],
	}
	if len(s.Content) == 0 {
		return out, nil
	}
	out.Content = map[string]any{}
	for field, raw := range s.Content {
		var value any
		if err := json.Unmarshal(raw, &value); err != nil {
			return out, errs.Wrap(errs.Internal, "internal", err)
		}
		out.Content[field] = value
	}
	return out, nil
}

func duplicateReason(r duplicate.Reason) oas.DuplicateReason {
	return oas.DuplicateReason{Code: string(r.Code), Against: r.Against, Params: r.Params}
}
