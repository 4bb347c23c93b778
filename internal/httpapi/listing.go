package httpapi

import (
	"context"
	"slices"

	"chengqiao/internal/account"
	"chengqiao/internal/errs"
	"chengqiao/internal/httpapi/oas"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/listing"
)

// What achievements, packages and needs have in common on the wire.

// heads puts the names of organisations to listings.
func (a *API) heads(ctx context.Context, in []listing.Head) ([]oas.ListingHead, error) {
	var orgs []string
	for _, h := range in {
		if h.OwnerOrg != "" && !slices.Contains(orgs, h.OwnerOrg) {
			orgs = append(orgs, h.OwnerOrg)
		}
	}
	names, err := a.Directory.OrganisationNames(ctx, orgs)
	if err != nil {
		return nil, err
	}
	claims, err := a.claims(ctx, in)
	if err != nil {
		return nil, err
	}
	return list(in, func(h listing.Head) oas.ListingHead {
		out := oas.ListingHead{
			ID: h.ID, Kind: oas.ListingHeadKind(h.Kind), Title: h.Title, State: string(h.State),
			LiveVersion: int(h.LiveNumber), HasWorkingCopy: h.WorkingState != "", Version: h.Version,
			UpdatedAt: h.UpdatedAt, SubmittedAt: h.SubmittedAt, PublishedAt: h.PublishedAt, ConfirmBy: h.ConfirmBy,
			OrganisationID: h.OwnerOrg, OrganisationName: names[h.OwnerOrg], ReturnReason: h.ReturnReason, Actions: h.Actions,
			TechnicalField: h.TechnicalField, Claim: claims[h.ID],
		}
		if h.Quality != listing.Ungraded {
			out.Quality = h.Quality
		}
		if h.LiveNumber > 0 {
			out.WorkingState = oas.ListingHeadWorkingState(h.WorkingState)
		}
		return out
	}), nil
}

// claims names, by listing, the reviewers who have them before them.
func (a *API) claims(ctx context.Context, in []listing.Head) (map[string]oas.ReviewClaim, error) {
	var accounts []string
	for _, h := range in {
		if h.Claim != nil {
			accounts = append(accounts, h.Claim.AccountID)
		}
	}
	if len(accounts) == 0 {
		return nil, nil
	}
	names, err := a.Directory.AccountNames(ctx, accounts)
	if err != nil {
		return nil, err
	}
	out := map[string]oas.ReviewClaim{}
	for _, h := range in {
		if c := h.Claim; c != nil {
			out[h.ID] = oas.ReviewClaim{Reviewer: names[c.AccountID], Mine: c.AccountID == actorOf(ctx).AccountID, Until: c.Until}
		}
	}
	return out, nil
}

// quality is what a content's score has left to gain; zero where it is not graded.
func quality(q listing.Quality, warnBelow int) oas.Quality {
	if q.Score == listing.Ungraded {
		return oas.Quality{}
	}
	out := oas.Quality{Score: q.Score, WarnBelow: warnBelow}
	for _, g := range q.Gains {
		out.Gains = append(out.Gains, oas.QualityGain{Code: g.Code, Path: g.Path, Points: g.Points})
	}
	return out
}

func (a *API) head(ctx context.Context, h listing.Head) (oas.ListingHead, error) {
	out, err := a.heads(ctx, []listing.Head{h})
	if err != nil {
		return oas.ListingHead{}, err
	}
	return out[0], nil
}

func (a *API) listingPage(ctx context.Context, page listing.Page[listing.Head]) (oas.ListingPageJSONResponse, error) {
	items, err := a.heads(ctx, page.Items)
	return oas.ListingPageJSONResponse{Items: items, NextCursor: page.Next}, err
}

// ownPage is one page of the acting organisation's own listings of a kind, and how many there are on all of them.
func ownPage[C any](ctx context.Context, a *API, own *listing.Service[C], f listing.ListFilter) (oas.ListingPageJSONResponse, error) {
	page, err := own.List(ctx, actorOf(ctx), f)
	if err != nil {
		return oas.ListingPageJSONResponse{}, err
	}
	out, err := a.listingPage(ctx, page)
	if err != nil {
		return oas.ListingPageJSONResponse{}, err
	}
	out.Total, err = own.Count(ctx, actorOf(ctx), f)
	return out, err
}

func listFilter(state, query, cursor string, size int) listing.ListFilter {
	return listing.ListFilter{State: lifecycle.State(state), Query: query, Cursor: cursor, Limit: pageSize(size)}
}

// listingStep reads a step request with the version it was made on.
func listingStep(ifMatchHeader string, body oas.ReviewStepRequest) (listing.StepRequest, error) {
	version, err := ifMatch(ifMatchHeader)
	req := listing.StepRequest{Action: body.Action, Version: version, Reason: body.Reason, Outcome: string(body.Outcome)}
	for _, c := range body.Checklist {
		req.Checklist = append(req.Checklist, listing.CheckAnswer{Code: c.Code, OK: c.Ok, Reason: c.Reason})
	}
	for _, f := range body.Fields {
		req.Fields = append(req.Fields, listing.FieldReason{Path: f.Path, Reason: f.Reason})
	}
	return req, err
}

func (a *API) stepped(ctx context.Context, h listing.Head) (oas.ListingHeadJSONResponse, error) {
	out, err := a.head(ctx, h)
	return oas.ListingHeadJSONResponse{Body: out, Headers: oas.ListingHeadResponseHeaders{ETag: etag(h.Version)}}, err
}

// listingHistory is a listing's history with the reviewers' reasons by field.
func (a *API) listingHistory(ctx context.Context, history []listing.HistoryStep) (oas.StepsJSONResponse, error) {
	steps := make([]lifecycle.Step, 0, len(history))
	for _, h := range history {
		steps = append(steps, h.Step)
	}
	items, err := a.history(ctx, steps)
	if err != nil {
		return oas.StepsJSONResponse{}, err
	}
	for i, h := range history {
		for _, f := range h.Fields {
			items[i].Fields = append(items[i].Fields, struct {
				Path   string `json:"path"`
				Reason string `json:"reason"`
			}{f.Path, f.Reason})
		}
	}
	return oas.StepsJSONResponse{Items: items}, nil
}

func fieldProblems(fields []errs.Field) []oas.FieldProblem {
	return list(fields, func(f errs.Field) oas.FieldProblem {
		return oas.FieldProblem{Path: f.Path, Code: f.Code, Params: f.Params}
	})
}

// owner is the organisation behind a listing as its page shows it; empty
// where the listing hides it from the reader.
func (a *API) owner(ctx context.Context, id string) (oas.Organisation, error) {
	if id == "" {
		return oas.Organisation{}, nil
	}
	found, err := a.Accounts.Organisation(ctx, actorOf(ctx), id)
	if err != nil && errs.KindOf(err) != errs.NotFound {
		return oas.Organisation{}, err
	}
	return organisationCard(found.Organisation), nil
}

// organisationCard is what stands about an organisation beside its listing.
func organisationCard(o account.Organisation) oas.Organisation {
	return oas.Organisation{
		ID: o.ID, Kind: oas.OrganisationKind(o.Kind), Name: o.Name, Region: o.Region, About: o.About, Website: o.Website,
		State: oas.OrganisationState(o.Position.State), Demo: o.Demo, Version: o.Version,
	}
}

// keepText lets list make an array that is never null of plain texts.
func keepText(s string) string { return s }
