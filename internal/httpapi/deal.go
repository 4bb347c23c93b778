package httpapi

import (
	"context"
	"slices"
	"time"

	"chengqiao/internal/deal"
	"chengqiao/internal/errs"
	"chengqiao/internal/httpapi/oas"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/policy"
	"chengqiao/internal/taxonomy"
	"chengqiao/internal/text"
)

// ListDeals implements the contract.
func (a *API) ListDeals(ctx context.Context, req oas.ListDealsRequestObject) (oas.ListDealsResponseObject, error) {
	p := req.Params
	page, err := a.Deals.Deals(ctx, actorOf(ctx), lifecycle.State(p.State), p.Cursor, pageSize(p.PageSize))
	if err != nil {
		return nil, err
	}
	items, err := a.deals(ctx, page.Items)
	if err != nil {
		return nil, err
	}
	return oas.ListDeals200JSONResponse{Items: items, NextCursor: page.Next}, nil
}

// GetDeal implements the contract.
func (a *API) GetDeal(ctx context.Context, req oas.GetDealRequestObject) (oas.GetDealResponseObject, error) {
	found, err := a.Deals.Deal(ctx, actorOf(ctx), req.ID)
	if err != nil {
		return nil, err
	}
	out, err := a.deal(ctx, found)
	return oas.GetDeal200JSONResponse{Body: out, Headers: oas.GetDeal200ResponseHeaders{ETag: etag(out.Version)}}, err
}

// ListDealSteps implements the contract. The steps of the introduction come
// first; all are numbered as one history.
func (a *API) ListDealSteps(ctx context.Context, req oas.ListDealStepsRequestObject) (oas.ListDealStepsResponseObject, error) {
	steps, err := a.Deals.Timeline(ctx, actorOf(ctx), req.ID)
	if err != nil {
		return nil, err
	}
	for i := range steps {
		steps[i].Seq = int64(i + 1)
		if steps[i].Action == string(policy.DealClose) { // history keeps the code
			steps[i].Reason = a.Taxonomies.Name(taxonomy.CloseReason, steps[i].Reason).In(localeOf(ctx))
		}
	}
	items, err := a.history(ctx, steps)
	if err != nil {
		return nil, err
	}
	return oas.ListDealSteps200JSONResponse{StepsJSONResponse: oas.StepsJSONResponse{Items: items}}, nil
}

// StepDeal implements the contract.
func (a *API) StepDeal(ctx context.Context, req oas.StepDealRequestObject) (oas.StepDealResponseObject, error) {
	if req.Body.Action != "close" {
		return nil, errs.InvalidFields([]errs.Field{{Path: "action", Code: "unknown_value"}})
	}
	closed, err := a.Deals.Close(ctx, actorOf(ctx), req.ID, reasonOf(*req.Body))
	if err != nil {
		return nil, err
	}
	out, err := a.deal(ctx, closed)
	return oas.StepDeal200JSONResponse(out), err
}

// SignNDA implements the contract.
func (a *API) SignNDA(ctx context.Context, req oas.SignNDARequestObject) (oas.SignNDAResponseObject, error) {
	signed, err := a.Deals.SignNDA(ctx, actorOf(ctx), req.ID)
	if err != nil {
		return nil, err
	}
	out, err := a.deal(ctx, signed)
	return oas.SignNDA200JSONResponse(out), err
}

// ListMessages implements the contract.
func (a *API) ListMessages(ctx context.Context, req oas.ListMessagesRequestObject) (oas.ListMessagesResponseObject, error) {
	page, err := a.Deals.Messages(ctx, actorOf(ctx), req.ID, req.Params.Cursor, pageSize(req.Params.PageSize))
	if err != nil {
		return nil, err
	}
	items, err := a.messages(ctx, page.Items)
	if err != nil {
		return nil, err
	}
	return oas.ListMessages200JSONResponse{Items: items, NextCursor: page.Next}, nil
}

// PostMessage implements the contract.
func (a *API) PostMessage(ctx context.Context, req oas.PostMessageRequestObject) (oas.PostMessageResponseObject, error) {
	posted, err := a.Deals.Post(ctx, actorOf(ctx), req.ID, req.Body.Text)
	if err != nil {
		return nil, err
	}
	items, err := a.messages(ctx, []deal.Message{posted})
	if err != nil {
		return nil, err
	}
	return oas.PostMessage201JSONResponse(items[0]), nil
}

// ListDealContacts implements the contract. Somebody who acted for one side and
// has since left it is not told for it.
func (a *API) ListDealContacts(ctx context.Context, req oas.ListDealContactsRequestObject) (oas.ListDealContactsResponseObject, error) {
	people, err := a.Deals.Participants(ctx, actorOf(ctx), req.ID)
	if err != nil {
		return nil, err
	}
	contacts, err := a.Accounts.PersonContacts(ctx,
		present(list(people, func(p deal.Participant) string { return p.AccountID })),
		present(list(people, func(p deal.Participant) string { return p.OrgID })))
	if err != nil {
		return nil, err
	}
	items := []oas.DealContact{}
	for _, c := range contacts {
		if slices.Contains(people, deal.Participant{OrgID: c.OrgID, AccountID: c.AccountID}) {
			items = append(items, oas.DealContact{OrganisationID: c.OrgID, Name: c.Name, Email: c.Email})
		}
	}
	return oas.ListDealContacts200JSONResponse{Items: items}, nil
}

// messages puts names to their authors; an erased person is said to be so.
func (a *API) messages(ctx context.Context, messages []deal.Message) ([]oas.Message, error) {
	var accounts []string
	for _, m := range messages {
		accounts = append(accounts, m.AccountID)
	}
	names, err := a.Directory.AccountNames(ctx, present(accounts))
	if err != nil {
		return nil, err
	}
	return list(messages, func(m deal.Message) oas.Message {
		return oas.Message{ID: m.ID, At: m.At, OrganisationID: m.OrgID, Text: m.Text,
			Author: actorName(names[m.AccountID], text.Text{}, true, localeOf(ctx))}
	}), nil
}

func (a *API) deal(ctx context.Context, v deal.View) (oas.Deal, error) {
	out, err := a.deals(ctx, []deal.View{v})
	if err != nil {
		return oas.Deal{}, err
	}
	return out[0], nil
}

// deals puts names, titles and contracts to deals.
func (a *API) deals(ctx context.Context, views []deal.View) ([]oas.Deal, error) {
	var ids, orgs, listings []string
	for _, v := range views {
		ids = append(ids, v.ID)
		orgs = append(orgs, v.SellerOrg, v.BuyerOrg)
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
	contracts, err := a.Related.ContractsOf(ctx, ids)
	if err != nil {
		return nil, err
	}
	return list(views, func(v deal.View) oas.Deal {
		out := oas.Deal{
			ID: v.ID, State: oas.DealState(v.Position.State), IntroductionID: v.IntroductionID, OpenedAt: v.OpenedAt,
			SellerOrganisationID: v.SellerOrg, SellerOrganisationName: names[v.SellerOrg],
			BuyerOrganisationID: v.BuyerOrg, BuyerOrganisationName: names[v.BuyerOrg],
			PackageID: v.PackageID, PackageTitle: titles[v.PackageID],
			AchievementID: v.AchievementID, AchievementTitle: titles[v.AchievementID], NeedID: v.NeedID, NeedTitle: titles[v.NeedID],
			ClosedReason: a.closedReason(ctx, v.Reason), ContractID: contracts[v.ID],
			Version: v.Version, Actions: verbs(v.Actions),
		}
		out.Nda.InForce = v.NDA.InForce()
		out.Nda.Signatures = list(v.NDA.Signatures, signatureOf)
		return out
	}), nil
}

// signature is the contract's form of one.
type signature = struct {
	At             time.Time `json:"at"`
	OrganisationID string    `json:"organisation_id"`
}

func signatureOf(s deal.Signature) signature {
	return signature{At: s.At, OrganisationID: s.OrgID}
}

// closedReason is the reason in the reader's language: the name of its code,
// and the words that came with it.
func (a *API) closedReason(ctx context.Context, r deal.Reason) string {
	switch {
	case r.Code == "":
		return ""
	case r.Code == deal.ReasonOther:
		return r.Text
	}
	name := a.Taxonomies.Name(taxonomy.CloseReason, r.Code).In(localeOf(ctx))
	if r.Text == "" {
		return name
	}
	if localeOf(ctx) == "en" {
		return name + ": " + r.Text
	}
	return name + "：" + r.Text
}
