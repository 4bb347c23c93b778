package httpapi

import (
	"context"

	"chengqiao/internal/httpapi/oas"
	"chengqiao/internal/match"
)

// ListNeedMatches implements the contract.
func (a *API) ListNeedMatches(ctx context.Context, req oas.ListNeedMatchesRequestObject) (oas.ListNeedMatchesResponseObject, error) {
	found, err := a.Matches.ForNeed(ctx, actorOf(ctx), req.ID, match.Which(req.Params.Hidden))
	if err != nil {
		return nil, err
	}
	out, err := a.matchList(ctx, found)
	return oas.ListNeedMatches200JSONResponse(out), err
}

// ListAchievementMatches implements the contract.
func (a *API) ListAchievementMatches(ctx context.Context, req oas.ListAchievementMatchesRequestObject) (oas.ListAchievementMatchesResponseObject, error) {
	found, err := a.Matches.ForResult(ctx, actorOf(ctx), match.Ref{Kind: match.Achievement, ID: req.ID}, match.Which(req.Params.Hidden))
	if err != nil {
		return nil, err
	}
	out, err := a.matchList(ctx, found)
	return oas.ListAchievementMatches200JSONResponse(out), err
}

// ListPackageMatches implements the contract.
func (a *API) ListPackageMatches(ctx context.Context, req oas.ListPackageMatchesRequestObject) (oas.ListPackageMatchesResponseObject, error) {
	found, err := a.Matches.ForResult(ctx, actorOf(ctx), match.Ref{Kind: match.Package, ID: req.ID}, match.Which(req.Params.Hidden))
	if err != nil {
		return nil, err
	}
	out, err := a.matchList(ctx, found)
	return oas.ListPackageMatches200JSONResponse(out), err
}

// ListNewerNeedMatches implements the contract.
func (a *API) ListNewerNeedMatches(ctx context.Context, req oas.ListNewerNeedMatchesRequestObject) (oas.ListNewerNeedMatchesResponseObject, error) {
	ids, err := a.Matches.Newer(ctx, actorOf(ctx), match.Ref{Kind: match.Need, ID: req.ID}, req.Params.Since)
	return oas.ListNewerNeedMatches200JSONResponse{NewerMatchesJSONResponse: newerMatches(ids)}, err
}

// ListNewerAchievementMatches implements the contract.
func (a *API) ListNewerAchievementMatches(ctx context.Context, req oas.ListNewerAchievementMatchesRequestObject) (oas.ListNewerAchievementMatchesResponseObject, error) {
	ids, err := a.Matches.Newer(ctx, actorOf(ctx), match.Ref{Kind: match.Achievement, ID: req.ID}, req.Params.Since)
	return oas.ListNewerAchievementMatches200JSONResponse{NewerMatchesJSONResponse: newerMatches(ids)}, err
}

// ListNewerPackageMatches implements the contract.
func (a *API) ListNewerPackageMatches(ctx context.Context, req oas.ListNewerPackageMatchesRequestObject) (oas.ListNewerPackageMatchesResponseObject, error) {
	ids, err := a.Matches.Newer(ctx, actorOf(ctx), match.Ref{Kind: match.Package, ID: req.ID}, req.Params.Since)
	return oas.ListNewerPackageMatches200JSONResponse{NewerMatchesJSONResponse: newerMatches(ids)}, err
}

func newerMatches(ids []string) oas.NewerMatchesJSONResponse {
	return oas.NewerMatchesJSONResponse{Ids: list(ids, func(id string) string { return id })}
}

// ListOwnNeedsForAchievement implements the contract.
func (a *API) ListOwnNeedsForAchievement(ctx context.Context, req oas.ListOwnNeedsForAchievementRequestObject) (oas.ListOwnNeedsForAchievementResponseObject, error) {
	found, err := a.ownNeeds(ctx, match.Ref{Kind: match.Achievement, ID: req.ID})
	return oas.ListOwnNeedsForAchievement200JSONResponse(found), err
}

// ListOwnNeedsForPackage implements the contract.
func (a *API) ListOwnNeedsForPackage(ctx context.Context, req oas.ListOwnNeedsForPackageRequestObject) (oas.ListOwnNeedsForPackageResponseObject, error) {
	found, err := a.ownNeeds(ctx, match.Ref{Kind: match.Package, ID: req.ID})
	return oas.ListOwnNeedsForPackage200JSONResponse(found), err
}

func (a *API) ownNeeds(ctx context.Context, result match.Ref) (oas.OwnNeeds, error) {
	found, err := a.Matches.OwnNeeds(ctx, actorOf(ctx), result)
	return oas.OwnNeeds{Items: list(found, func(n match.MatchedNeed) oas.OwnNeed {
		return oas.OwnNeed{ID: n.ID, Title: n.Title, Band: oas.OwnNeedBand(n.Band)}
	})}, err
}

// ListNewMatches implements the contract.
func (a *API) ListNewMatches(ctx context.Context, _ oas.ListNewMatchesRequestObject) (oas.ListNewMatchesResponseObject, error) {
	found, err := a.Matches.New(ctx, actorOf(ctx))
	locale := localeOf(ctx)
	return oas.ListNewMatches200JSONResponse{Items: list(found, func(m match.NewMatch) oas.NewMatch {
		return oas.NewMatch{
			ID: m.ID, OwnKind: oas.NewMatchOwnKind(m.Own.Kind), OwnID: m.Own.ID, OwnTitle: m.OwnTitle.In(locale),
			Kind: oas.NewMatchKind(m.Other.Kind), SubjectID: m.Other.ID, Title: m.OtherTitle.In(locale), OrganisationName: m.OrgName.In(locale),
			Band: oas.NewMatchBand(m.Band), Reasons: matchReasons(m.Reasons), Since: m.CreatedAt,
		}
	})}, err
}

// GiveMatchFeedback implements the contract.
func (a *API) GiveMatchFeedback(ctx context.Context, req oas.GiveMatchFeedbackRequestObject) (oas.GiveMatchFeedbackResponseObject, error) {
	err := a.Matches.Feedback(ctx, actorOf(ctx), req.ID, match.Say{
		Opinion: match.Opinion(req.Body.Verdict), Code: req.Body.ReasonCode, Reason: req.Body.Reason,
	})
	return oas.GiveMatchFeedback204Response{}, err
}

// TakeBackMatchFeedback implements the contract.
func (a *API) TakeBackMatchFeedback(ctx context.Context, req oas.TakeBackMatchFeedbackRequestObject) (oas.TakeBackMatchFeedbackResponseObject, error) {
	return oas.TakeBackMatchFeedback204Response{}, a.Matches.TakeBack(ctx, actorOf(ctx), req.ID)
}

func (a *API) matchList(ctx context.Context, found match.List) (oas.MatchList, error) {
	locale := localeOf(ctx)
	var mediators []string
	for _, m := range found.Items {
		if m.Proposal != nil {
			mediators = append(mediators, m.Proposal.BrokerOrg)
		}
	}
	names, err := a.Directory.OrganisationNames(ctx, present(mediators))
	if err != nil {
		return oas.MatchList{}, err
	}
	return oas.MatchList{
		Model: found.Model, At: found.At, Relevant: found.Relevant, Irrelevant: found.Irrelevant, Moved: found.Moved,
		Items: list(found.Items, func(m match.Item) oas.Match {
			out := oas.Match{
				ID: m.MatchID, Kind: oas.MatchKind(m.Other.Kind), SubjectID: m.Other.ID,
				Title: m.Title.In(locale), ValueLine: m.ValueLine.In(locale), OrganisationName: m.OrgName.In(locale),
				Band: oas.MatchBand(m.Band), Feedback: oas.MatchFeedback(m.Said.Opinion),
				FeedbackCode: m.Said.Code, FeedbackReason: m.Said.Reason, IntroductionID: m.IntroductionID,
				Reasons: matchReasons(m.Reasons),
				Requirements: list(m.Verdicts, func(v match.Verdict) oas.RequirementVerdict {
					level := "should"
					if v.Must {
						level = "must"
					}
					return oas.RequirementVerdict{
						Criterion: v.Criterion, Level: level, Verdict: oas.RequirementVerdictVerdict(v.Verdict),
						Operator: oas.RequirementVerdictOperator(v.Operator), Threshold: v.Threshold, Unit: v.Unit,
						Evidence: v.Evidence, Conditions: v.Conditions, Declared: v.Declared, Question: v.Question,
					}
				}),
			}
			if p := m.Proposal; p != nil {
				out.Proposal = oas.MatchProposal{
					ID: p.ID, BrokerID: p.BrokerOrg, BrokerName: names[p.BrokerOrg], Note: p.Note, Conflict: p.Conflict, MadeAt: p.MadeAt,
				}
			}
			return out
		}),
	}, nil
}
