package httpapi

import (
	"context"

	"chengqiao/internal/catalog"
	"chengqiao/internal/httpapi/oas"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/rights"
)

// ListPackageAgreements implements the contract.
func (a *API) ListPackageAgreements(ctx context.Context, req oas.ListPackageAgreementsRequestObject) (oas.ListPackageAgreementsResponseObject, error) {
	found, err := a.Packages.Agreements(ctx, actorOf(ctx), req.ID)
	if err != nil {
		return nil, err
	}
	items, err := a.agreements(ctx, found)
	return oas.ListPackageAgreements200JSONResponse{Items: items}, err
}

// ListAgreements implements the contract.
func (a *API) ListAgreements(ctx context.Context, req oas.ListAgreementsRequestObject) (oas.ListAgreementsResponseObject, error) {
	p := req.Params
	page, err := a.Packages.AgreementsAsked(ctx, actorOf(ctx), lifecycle.State(p.State), p.Cursor, pageSize(p.PageSize))
	if err != nil {
		return nil, err
	}
	items, err := a.agreements(ctx, page.Items)
	return oas.ListAgreements200JSONResponse{Items: items, NextCursor: page.Next}, err
}

// GetAgreement implements the contract.
func (a *API) GetAgreement(ctx context.Context, req oas.GetAgreementRequestObject) (oas.GetAgreementResponseObject, error) {
	found, err := a.Packages.Agreement(ctx, actorOf(ctx), req.ID)
	if err != nil {
		return nil, err
	}
	out, err := a.agreement(ctx, found)
	return oas.GetAgreement200JSONResponse{AgreementJSONResponse: out}, err
}

// StepAgreement implements the contract.
func (a *API) StepAgreement(ctx context.Context, req oas.StepAgreementRequestObject) (oas.StepAgreementResponseObject, error) {
	version, err := ifMatch(req.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	moved, err := a.Packages.StepAgreement(ctx, actorOf(ctx), req.ID, version, req.Body.Action, req.Body.Reason)
	if err != nil {
		return nil, err
	}
	out, err := a.agreement(ctx, moved)
	return oas.StepAgreement200JSONResponse{AgreementJSONResponse: out}, err
}

func (a *API) agreement(ctx context.Context, v catalog.AgreementView) (oas.AgreementJSONResponse, error) {
	items, err := a.agreements(ctx, []catalog.AgreementView{v})
	if err != nil {
		return oas.AgreementJSONResponse{}, err
	}
	if items[0].ComponentTitles, err = a.Packages.ComponentTitles(ctx, actorOf(ctx), catalog.PackageContent{Components: v.Terms.Components}); err != nil {
		return oas.AgreementJSONResponse{}, err
	}
	return oas.AgreementJSONResponse{Body: items[0], Headers: oas.AgreementResponseHeaders{ETag: etag(v.Version)}}, nil
}

// agreements puts the names of both sides to agreements.
func (a *API) agreements(ctx context.Context, views []catalog.AgreementView) ([]oas.Agreement, error) {
	var orgs []string
	for _, v := range views {
		orgs = append(orgs, v.PackageOrg, v.OwnerOrg)
	}
	names, err := a.Directory.OrganisationNames(ctx, orgs)
	if err != nil {
		return nil, err
	}
	return list(views, func(v catalog.AgreementView) oas.Agreement {
		out := oas.Agreement{
			ID: v.ID, State: oas.AgreementState(v.Position.State), Version: v.Version,
			PackageID: v.PackageID, PackageTitle: v.Terms.Title,
			PackageOrganisationID: v.PackageOrg, PackageOrganisationName: names[v.PackageOrg],
			OwnerOrganisationID: v.OwnerOrg, OwnerOrganisationName: names[v.OwnerOrg],
			Components: v.Terms.Components, PriceMode: v.Terms.PriceMode,
			AskedAt: v.AskedAt, AnsweredAt: v.AnsweredAt, Reason: v.Reason, Actions: list(v.Actions, keepText),
		}
		if v.Terms.Price != nil {
			out.Price = *v.Terms.Price
		}
		return out
	}), nil
}

// roomOf is what is left of a result on the wire.
func roomOf(r catalog.Room) oas.Room {
	return oas.Room{State: oas.RoomState(r.State), Taken: list(r.Taken, func(g rights.Grant) oas.TakenRight {
		return oas.TakenRight{Rights: g.Rights, FreeFrom: g.Until()}
	})}
}
