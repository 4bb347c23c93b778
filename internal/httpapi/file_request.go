package httpapi

import (
	"context"

	"chengqiao/internal/document"
	"chengqiao/internal/httpapi/oas"
	"chengqiao/internal/lifecycle"
)

// AskForFile implements the contract.
func (a *API) AskForFile(ctx context.Context, req oas.AskForFileRequestObject) (oas.AskForFileResponseObject, error) {
	made, err := a.Documents.Ask(ctx, actorOf(ctx), req.ID, req.Body.Reason, req.Body.Original)
	if err != nil {
		return nil, err
	}
	out, err := a.fileRequests(ctx, []document.RequestView{made})
	if err != nil {
		return nil, err
	}
	return oas.AskForFile201JSONResponse(out[0]), nil
}

// ListFileRequests implements the contract.
func (a *API) ListFileRequests(ctx context.Context, req oas.ListFileRequestsRequestObject) (oas.ListFileRequestsResponseObject, error) {
	p := req.Params
	page, err := a.Documents.Requests(ctx, actorOf(ctx), document.RequestQuery{
		Box: document.Box(p.Box), State: lifecycle.State(p.State), Cursor: p.Cursor, Limit: pageSize(p.PageSize)})
	if err != nil {
		return nil, err
	}
	items, err := a.fileRequests(ctx, page.Items)
	return oas.ListFileRequests200JSONResponse{Items: items, NextCursor: page.Next}, err
}

// StepFileRequest implements the contract.
func (a *API) StepFileRequest(ctx context.Context, req oas.StepFileRequestRequestObject) (oas.StepFileRequestResponseObject, error) {
	b := req.Body
	done, err := a.Documents.Decide(ctx, actorOf(ctx), req.ID, document.Decision{
		Action: string(b.Action), Until: b.Until, Original: b.Original, Answer: b.Reason})
	if err != nil {
		return nil, err
	}
	out, err := a.fileRequests(ctx, []document.RequestView{done})
	if err != nil {
		return nil, err
	}
	return oas.StepFileRequest200JSONResponse(out[0]), nil
}

// fileRequests puts titles and the names of those who asked to requests. The
// owner is not named: behind an anonymous need it is not known.
func (a *API) fileRequests(ctx context.Context, views []document.RequestView) ([]oas.FileRequest, error) {
	var orgs, accounts, listings []string
	for _, v := range views {
		orgs, accounts, listings = append(orgs, v.AskerOrg), append(accounts, v.AskedBy), append(listings, v.SubjectID)
	}
	names, err := a.Directory.OrganisationNames(ctx, present(orgs))
	if err != nil {
		return nil, err
	}
	people, err := a.Directory.AccountNames(ctx, present(accounts))
	if err != nil {
		return nil, err
	}
	titles, err := a.Related.ListingTitles(ctx, present(listings))
	if err != nil {
		return nil, err
	}
	org := actorOf(ctx).OrgID
	return list(views, func(v document.RequestView) oas.FileRequest {
		out := fileRequestOf(v)
		out.Received = v.OwnerOrg == org
		out.OrganisationName, out.PersonName, out.Title = names[v.AskerOrg], people[v.AskedBy], titles[v.SubjectID]
		return out
	}), nil
}

func fileRequestOf(v document.RequestView) oas.FileRequest {
	return oas.FileRequest{
		ID: v.ID, DocumentID: v.DocumentID, FileName: v.Name, State: oas.FileRequestState(v.Position.State), InForce: v.InForce,
		Kind: oas.FileRequestKind(v.SubjectKind), SubjectID: v.SubjectID, OrganisationID: v.AskerOrg, Reason: v.Reason,
		OriginalWanted: v.WantsOriginal, AskedAt: v.AskedAt, DecidedAt: v.DecidedAt, Until: v.Until, Original: v.Original,
		Answer: v.Answer, Actions: verbs(v.Actions),
	}
}
