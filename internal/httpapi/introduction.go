package httpapi

import (
	"context"

	"chengqiao/internal/deal"
	"chengqiao/internal/errs"
	"chengqiao/internal/httpapi/oas"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/text"
)

// Related tells what introductions and deals refer to in other domains. It
// asks no policy: who reads a deal may know what it is about.
type Related interface {
	// ListingTitles are the live titles of those of the listings that have one.
	ListingTitles(ctx context.Context, ids []string) (map[string]text.Text, error)
	// ContractsOf are the contracts of those of the deals that have one, by deal.
	ContractsOf(ctx context.Context, dealIDs []string) (map[string]string, error)
}

// ListIntroductions implements the contract.
func (a *API) ListIntroductions(ctx context.Context, req oas.ListIntroductionsRequestObject) (oas.ListIntroductionsResponseObject, error) {
	p := req.Params
	page, err := a.Deals.Introductions(ctx, actorOf(ctx), deal.IntroductionQuery{
		Box: deal.Box(p.Box), State: lifecycle.State(p.State), ListingID: p.ListingID, Cursor: p.Cursor, Limit: pageSize(p.PageSize)})
	if err != nil {
		return nil, err
	}
	items, err := a.introductions(ctx, page.Items)
	if err != nil {
		return nil, err
	}
	return oas.ListIntroductions200JSONResponse{Items: items, NextCursor: page.Next}, nil
}

// MakeIntroduction implements the contract.
func (a *API) MakeIntroduction(ctx context.Context, req oas.MakeIntroductionRequestObject) (oas.MakeIntroductionResponseObject, error) {
	b := req.Body
	made, err := a.Deals.Introduce(ctx, actorOf(ctx), deal.Request{
		PackageID: b.PackageID, AchievementID: b.AchievementID, NeedID: b.NeedID, MatchID: b.MatchID, Message: b.Message})
	if err != nil {
		return nil, err
	}
	out, err := a.introduction(ctx, made)
	return oas.MakeIntroduction201JSONResponse(out), err
}

// GetIntroduction implements the contract.
func (a *API) GetIntroduction(ctx context.Context, req oas.GetIntroductionRequestObject) (oas.GetIntroductionResponseObject, error) {
	found, err := a.Deals.Introduction(ctx, actorOf(ctx), req.ID)
	if err != nil {
		return nil, err
	}
	out, err := a.introduction(ctx, found)
	return oas.GetIntroduction200JSONResponse(out), err
}

// StepIntroduction implements the contract.
func (a *API) StepIntroduction(ctx context.Context, req oas.StepIntroductionRequestObject) (oas.StepIntroductionResponseObject, error) {
	var moved deal.IntroductionView
	var err error
	actor := actorOf(ctx)
	switch req.Body.Action {
	case "accept":
		moved, err = a.Deals.Accept(ctx, actor, req.ID)
	case "decline":
		moved, err = a.Deals.Decline(ctx, actor, req.ID, reasonOf(*req.Body))
	case "withdraw":
		moved, err = a.Deals.Withdraw(ctx, actor, req.ID)
	default:
		err = errs.InvalidFields([]errs.Field{{Path: "action", Code: "unknown_value"}})
	}
	if err != nil {
		return nil, err
	}
	out, err := a.introduction(ctx, moved)
	return oas.StepIntroduction200JSONResponse(out), err
}

func reasonOf(r oas.StepRequest) deal.Reason { return deal.Reason{Code: r.ReasonCode, Text: r.Reason} }

func (a *API) introduction(ctx context.Context, v deal.IntroductionView) (oas.Introduction, error) {
	out, err := a.introductions(ctx, []deal.IntroductionView{v})
	if err != nil {
		return oas.Introduction{}, err
	}
	return out[0], nil
}

// introductions puts names and titles to what the reader may see of them. An
// organisation that is concealed from the reader has neither id nor name.
func (a *API) introductions(ctx context.Context, views []deal.IntroductionView) ([]oas.Introduction, error) {
	var orgs, listings []string
	for _, v := range views {
		orgs = append(orgs, v.FromOrg, v.ToOrg, v.BrokerOrg)
		listings = append(listings, v.PackageID, v.AchievementID, v.NeedID)
	}
	names, err := a.Directory.OrganisationNames(ctx, present(orgs))
	if err != nil {
		return nil, err
	}
	titles, err := a.Related.ListingTitles(ctx, present(listings))
	if err != nil {
		return nil, err
	}
	return list(views, func(v deal.IntroductionView) oas.Introduction {
		out := oas.Introduction{
			ID: v.ID, State: oas.IntroductionState(v.Position.State), Message: v.Message,
			FromOrganisationID: v.FromOrg, FromOrganisationName: names[v.FromOrg],
			ToOrganisationID: v.ToOrg, ToOrganisationName: names[v.ToOrg],
			PackageID: v.PackageID, PackageTitle: titles[v.PackageID],
			AchievementID: v.AchievementID, AchievementTitle: titles[v.AchievementID], NeedID: v.NeedID, NeedTitle: titles[v.NeedID],
			BrokerID: v.BrokerOrg, BrokerName: names[v.BrokerOrg],
			MadeAt: v.MadeAt, AnswerBy: v.AnswerBy, ReasonCode: v.Reason.Code, Reason: v.Reason.Text,
			DealID: v.DealID, DealState: oas.IntroductionDealState(v.DealState), Actions: verbs(v.Actions),
		}
		if v.Position.State == deal.Accepted || v.Position.State == deal.Declined {
			out.AnsweredAt = v.EndedAt
		}
		return out
	}), nil
}

// present drops empty and repeated ids.
func present(ids []string) []string {
	seen := make(map[string]bool, len(ids))
	var out []string
	for _, id := range ids {
		if id != "" && !seen[id] {
			seen[id] = true
			out = append(out, id)
		}
	}
	return out
}
