package httpapi

import (
	"context"

	"chengqiao/internal/errs"
	"chengqiao/internal/finding"
	"chengqiao/internal/httpapi/oas"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/match"
	"chengqiao/internal/search"
)

// GetDesk implements the contract.
func (a *API) GetDesk(ctx context.Context, _ oas.GetDeskRequestObject) (oas.GetDeskResponseObject, error) {
	n, err := a.Desk.Counts(ctx, actorOf(ctx))
	return oas.GetDesk200JSONResponse{
		Needs: n.Needs, Idle: n.Idle, Proposals: n.Proposals, NeedsAside: n.NeedsAside, IdleAside: n.IdleAside,
		IdleDays: a.Desk.IdleDays(), MostCounted: match.MostCounted,
	}, err
}

// deskBands are the strengths that the list of needs is filtered by.
var deskBands = map[oas.ListDeskNeedsParamsMatches]match.Band{"strong": match.Strong, "good": match.Good, "none": match.Possible}

// ListDeskNeeds implements the contract.
func (a *API) ListDeskNeeds(ctx context.Context, req oas.ListDeskNeedsRequestObject) (oas.ListDeskNeedsResponseObject, error) {
	p := req.Params
	page, err := a.Desk.Needs(ctx, actorOf(ctx), match.DeskQuery{
		Aside: p.Aside, TechnicalField: p.Field, Region: p.Region, Band: deskBands[p.Matches], Days: p.Days, Sort: match.DeskSort(p.Sort), Cursor: p.Cursor, Limit: p.PageSize,
	})
	if err != nil {
		return nil, err
	}
	var refs []match.Ref
	for _, n := range page.Items {
		refs = append(refs, match.Ref{Kind: match.Need, ID: n.ID})
	}
	cards, err := a.cardsOf(ctx, refs)
	if err != nil {
		return nil, err
	}
	out := oas.ListDeskNeeds200JSONResponse{NextCursor: page.Next, Items: []oas.DeskNeed{}}
	for _, n := range page.Items {
		if card, ok := cards[n.ID]; ok { // else it left since
			out.Items = append(out.Items, oas.DeskNeed{Need: card, Until: n.Until, Since: n.Since, Strong: n.Strong, Good: n.Good, Proposed: n.Proposed})
		}
	}
	return out, nil
}

// ListDeskMatches implements the contract.
func (a *API) ListDeskMatches(ctx context.Context, req oas.ListDeskMatchesRequestObject) (oas.ListDeskMatchesResponseObject, error) {
	p := req.Params
	page, err := a.Desk.Idle(ctx, actorOf(ctx), match.DeskQuery{
		Aside: p.Aside, TechnicalField: p.Field, Region: p.Region, Band: match.Band(p.Band), Days: p.Days, Cursor: p.Cursor, Limit: p.PageSize,
	})
	if err != nil {
		return nil, err
	}
	var refs []match.Ref
	for _, m := range page.Items {
		refs = append(refs, match.Ref{Kind: match.Need, ID: m.NeedID}, m.Subject)
	}
	cards, err := a.cardsOf(ctx, refs)
	if err != nil {
		return nil, err
	}
	out := oas.ListDeskMatches200JSONResponse{NextCursor: page.Next, Items: []oas.DeskMatch{}}
	for _, m := range page.Items {
		need, there := cards[m.NeedID]
		result, also := cards[m.Subject.ID]
		if there && also {
			out.Items = append(out.Items, oas.DeskMatch{
				ID: m.ID, Need: need, Result: result, Band: oas.DeskMatchBand(m.Band), Reasons: matchReasons(m.Reasons), Since: m.CreatedAt,
			})
		}
	}
	return out, nil
}

// SetDeskNeedAside implements the contract.
func (a *API) SetDeskNeedAside(ctx context.Context, req oas.SetDeskNeedAsideRequestObject) (oas.SetDeskNeedAsideResponseObject, error) {
	return oas.SetDeskNeedAside204Response{}, a.Desk.SetNeedAside(ctx, actorOf(ctx), req.ID)
}

// BringBackDeskNeed implements the contract.
func (a *API) BringBackDeskNeed(ctx context.Context, req oas.BringBackDeskNeedRequestObject) (oas.BringBackDeskNeedResponseObject, error) {
	return oas.BringBackDeskNeed204Response{}, a.Desk.BringBack(ctx, actorOf(ctx), match.NeedAside, req.ID)
}

// SetDeskMatchAside implements the contract.
func (a *API) SetDeskMatchAside(ctx context.Context, req oas.SetDeskMatchAsideRequestObject) (oas.SetDeskMatchAsideResponseObject, error) {
	return oas.SetDeskMatchAside204Response{}, a.Desk.SetMatchAside(ctx, actorOf(ctx), req.ID)
}

// BringBackDeskMatch implements the contract.
func (a *API) BringBackDeskMatch(ctx context.Context, req oas.BringBackDeskMatchRequestObject) (oas.BringBackDeskMatchResponseObject, error) {
	return oas.BringBackDeskMatch204Response{}, a.Desk.BringBack(ctx, actorOf(ctx), match.MatchAside, req.ID)
}

// cardsOf are the cards of listings that the actor may see, by id.
func (a *API) cardsOf(ctx context.Context, refs []match.Ref) (map[string]oas.SearchHit, error) {
	var hits []search.Hit
	seen := map[match.Ref]bool{}
	for _, r := range refs {
		if !seen[r] {
			seen[r] = true
			hits = append(hits, search.Hit{ID: r.ID, Kind: search.Kind(r.Kind)})
		}
	}
	cards, err := a.Finder.Cards(ctx, actorOf(ctx), hits)
	out := make(map[string]oas.SearchHit, len(cards))
	for id, card := range cards {
		out[id] = searchHit(finding.Hit{Card: card}, localeOf(ctx))
	}
	return out, err
}

// ListProposals implements the contract.
func (a *API) ListProposals(ctx context.Context, req oas.ListProposalsRequestObject) (oas.ListProposalsResponseObject, error) {
	page, err := a.Desk.Proposals(ctx, actorOf(ctx), lifecycle.State(req.Params.State), req.Params.Cursor, req.Params.PageSize)
	if err != nil {
		return nil, err
	}
	items, err := a.proposals(ctx, page.Items)
	return oas.ListProposals200JSONResponse{Items: items, NextCursor: page.Next}, err
}

// MakeProposal implements the contract.
func (a *API) MakeProposal(ctx context.Context, req oas.MakeProposalRequestObject) (oas.MakeProposalResponseObject, error) {
	b := req.Body
	made, err := a.Desk.Propose(ctx, actorOf(ctx), match.ProposalRequest{
		NeedID: b.NeedID, Subject: match.Ref{Kind: match.Kind(b.Kind), ID: b.SubjectID}, Note: b.Note,
	})
	if err != nil {
		return nil, err
	}
	out, err := a.proposals(ctx, []match.Proposal{made})
	if err != nil {
		return nil, err
	}
	return oas.MakeProposal201JSONResponse(out[0]), nil
}

// StepProposal implements the contract.
func (a *API) StepProposal(ctx context.Context, req oas.StepProposalRequestObject) (oas.StepProposalResponseObject, error) {
	if req.Body.Action != "withdraw" {
		return nil, errs.InvalidFields([]errs.Field{{Path: "action", Code: "unknown_value"}})
	}
	done, err := a.Desk.Withdraw(ctx, actorOf(ctx), req.ID)
	if err != nil {
		return nil, err
	}
	out, err := a.proposals(ctx, []match.Proposal{done})
	if err != nil {
		return nil, err
	}
	return oas.StepProposal200JSONResponse(out[0]), nil
}

// proposals puts titles to a mediator's own.
func (a *API) proposals(ctx context.Context, found []match.Proposal) ([]oas.Proposal, error) {
	var ids []string
	for _, p := range found {
		ids = append(ids, p.NeedID, p.Subject.ID)
	}
	titles, err := a.Related.ListingTitles(ctx, present(ids))
	if err != nil {
		return nil, err
	}
	return list(found, func(p match.Proposal) oas.Proposal {
		return oas.Proposal{
			ID: p.ID, State: oas.ProposalState(p.Position.State), NeedID: p.NeedID, NeedTitle: titles[p.NeedID],
			Kind: oas.ProposalKind(p.Subject.Kind), SubjectID: p.Subject.ID, SubjectTitle: titles[p.Subject.ID],
			Note: p.Note, Band: oas.ProposalBand(p.Band), Conflict: p.Conflict,
			Outcomes: list(p.Outcomes, func(o match.Outcome) oas.MatchOutcome {
				return oas.MatchOutcome{Fate: oas.MatchOutcomeFate(o.Fate), At: o.At}
			}),
			MadeAt: p.MadeAt, WithdrawnAt: p.EndedAt, Actions: list(p.Actions, keepText),
		}
	}), nil
}
