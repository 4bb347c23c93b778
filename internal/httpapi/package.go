package httpapi

import (
	"context"
	"slices"

	"chengqiao/internal/catalog"
	"chengqiao/internal/httpapi/oas"
	"chengqiao/internal/listing"
)

// ListPackages implements the contract.
func (a *API) ListPackages(ctx context.Context, req oas.ListPackagesRequestObject) (oas.ListPackagesResponseObject, error) {
	p := req.Params
	out, err := ownPage(ctx, a, a.Packages.Service, listFilter(p.State, p.Q, p.Cursor, p.PageSize))
	return oas.ListPackages200JSONResponse{ListingPageJSONResponse: out}, err
}

// CreatePackage implements the contract.
func (a *API) CreatePackage(ctx context.Context, req oas.CreatePackageRequestObject) (oas.CreatePackageResponseObject, error) {
	made, err := a.Packages.Create(ctx, actorOf(ctx), *req.Body)
	if err != nil {
		return nil, err
	}
	out, err := a.packageDraft(ctx, made)
	return oas.CreatePackage201JSONResponse{PackageDraftJSONResponse: out}, err
}

// GetPackageDraft implements the contract.
func (a *API) GetPackageDraft(ctx context.Context, req oas.GetPackageDraftRequestObject) (oas.GetPackageDraftResponseObject, error) {
	found, err := a.Packages.Draft(ctx, actorOf(ctx), req.ID)
	if err != nil {
		return nil, err
	}
	out, err := a.packageDraft(ctx, found)
	return oas.GetPackageDraft200JSONResponse{PackageDraftJSONResponse: out}, err
}

// SavePackageDraft implements the contract.
func (a *API) SavePackageDraft(ctx context.Context, req oas.SavePackageDraftRequestObject) (oas.SavePackageDraftResponseObject, error) {
	version, err := ifMatch(req.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	saved, err := a.Packages.Save(ctx, actorOf(ctx), req.ID, version, *req.Body)
	if err != nil {
		return nil, err
	}
	out, err := a.packageDraft(ctx, saved)
	return oas.SavePackageDraft200JSONResponse{PackageDraftJSONResponse: out}, err
}

func (a *API) packageDraft(ctx context.Context, d listing.WorkingCopy[catalog.PackageContent]) (oas.PackageDraftJSONResponse, error) {
	head, err := a.head(ctx, d.Head)
	return oas.PackageDraftJSONResponse{
		Body:    oas.PackageDraft{Head: head, Content: d.Content, Problems: fieldProblems(d.Problems), Quality: quality(d.Quality, d.WarnBelow)},
		Headers: oas.PackageDraftResponseHeaders{ETag: etag(d.Head.Version)},
	}, err
}

// ListPackageSteps implements the contract.
func (a *API) ListPackageSteps(ctx context.Context, req oas.ListPackageStepsRequestObject) (oas.ListPackageStepsResponseObject, error) {
	history, err := a.Packages.History(ctx, actorOf(ctx), req.ID)
	if err != nil {
		return nil, err
	}
	out, err := a.listingHistory(ctx, history)
	return oas.ListPackageSteps200JSONResponse{StepsJSONResponse: out}, err
}

// StepPackage implements the contract.
func (a *API) StepPackage(ctx context.Context, req oas.StepPackageRequestObject) (oas.StepPackageResponseObject, error) {
	step, err := listingStep(req.Params.IfMatch, *req.Body)
	if err != nil {
		return nil, err
	}
	head, err := a.Packages.Step(ctx, actorOf(ctx), req.ID, step)
	if err != nil {
		return nil, err
	}
	out, err := a.stepped(ctx, head)
	return oas.StepPackage200JSONResponse{ListingHeadJSONResponse: out}, err
}

// ListPackageVersions implements the contract.
func (a *API) ListPackageVersions(ctx context.Context, req oas.ListPackageVersionsRequestObject) (oas.ListPackageVersionsResponseObject, error) {
	versions, err := a.Packages.Versions(ctx, actorOf(ctx), req.ID)
	return oas.ListPackageVersions200JSONResponse{Items: list(versions, func(v listing.Version[catalog.PackageContent]) oas.PackageVersion {
		return oas.PackageVersion{Number: int(v.Number), PublishedAt: v.PublishedAt, Content: v.Content}
	})}, err
}

// GetPackage implements the contract.
func (a *API) GetPackage(ctx context.Context, req oas.GetPackageRequestObject) (oas.GetPackageResponseObject, error) {
	actor := actorOf(ctx)
	view, err := a.Packages.Get(ctx, actor, req.ID)
	if err != nil {
		return nil, err
	}
	out := oas.Package{Content: view.Content, Withheld: list(view.Withheld, keepText), WithheldTiers: view.WithheldTiers}
	if out.Head, err = a.head(ctx, view.Head); err != nil {
		return nil, err
	}
	if out.ComponentTitles, err = a.Packages.ComponentTitles(ctx, actor, view.Content); err != nil {
		return nil, err
	}
	if out.Organisation, err = a.owner(ctx, view.Head.OwnerOrg); err != nil {
		return nil, err
	}
	places, err := a.Packages.Places(ctx, view.Content)
	if err != nil {
		return nil, err
	}
	out.Places = list(places, func(p catalog.Place) oas.ComponentPlace {
		return oas.ComponentPlace{Free: p.Free, FreeFrom: p.FreeFrom}
	})
	if out.EarlierVersions, err = a.Packages.ReadsVersions(ctx, actor, req.ID); err != nil {
		return nil, err
	}
	out.Owners, err = a.componentOwners(ctx, view.Content.Components)
	return oas.GetPackage200JSONResponse{Body: out, Headers: oas.GetPackage200ResponseHeaders{ETag: etag(view.Head.Version)}}, err
}

// componentOwners are the organisations that own a package's components, each
// once, in the order of the components.
func (a *API) componentOwners(ctx context.Context, components []catalog.Component) ([]oas.Organisation, error) {
	var out []oas.Organisation
	var seen []string
	for _, c := range components {
		if c.OwnerOrganisationID == "" || slices.Contains(seen, c.OwnerOrganisationID) {
			continue
		}
		seen = append(seen, c.OwnerOrganisationID)
		owner, err := a.owner(ctx, c.OwnerOrganisationID)
		if err != nil {
			return nil, err
		}
		out = append(out, owner)
	}
	return out, nil
}
