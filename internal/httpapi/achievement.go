package httpapi

import (
	"context"

	"chengqiao/internal/catalog"
	"chengqiao/internal/httpapi/oas"
	"chengqiao/internal/listing"
)

// ListAchievements implements the contract.
func (a *API) ListAchievements(ctx context.Context, req oas.ListAchievementsRequestObject) (oas.ListAchievementsResponseObject, error) {
	p := req.Params
	out, err := ownPage(ctx, a, a.Achievements.Service, listFilter(p.State, p.Q, p.Cursor, p.PageSize))
	return oas.ListAchievements200JSONResponse{ListingPageJSONResponse: out}, err
}

// CreateAchievement implements the contract.
func (a *API) CreateAchievement(ctx context.Context, req oas.CreateAchievementRequestObject) (oas.CreateAchievementResponseObject, error) {
	made, err := a.Achievements.Create(ctx, actorOf(ctx), *req.Body)
	if err != nil {
		return nil, err
	}
	out, err := a.achievementDraft(ctx, made)
	return oas.CreateAchievement201JSONResponse{AchievementDraftJSONResponse: out}, err
}

// GetAchievementDraft implements the contract.
func (a *API) GetAchievementDraft(ctx context.Context, req oas.GetAchievementDraftRequestObject) (oas.GetAchievementDraftResponseObject, error) {
	found, err := a.Achievements.Draft(ctx, actorOf(ctx), req.ID)
	if err != nil {
		return nil, err
	}
	out, err := a.achievementDraft(ctx, found)
	return oas.GetAchievementDraft200JSONResponse{AchievementDraftJSONResponse: out}, err
}

// SaveAchievementDraft implements the contract.
func (a *API) SaveAchievementDraft(ctx context.Context, req oas.SaveAchievementDraftRequestObject) (oas.SaveAchievementDraftResponseObject, error) {
	version, err := ifMatch(req.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	saved, err := a.Achievements.Save(ctx, actorOf(ctx), req.ID, version, *req.Body)
	if err != nil {
		return nil, err
	}
	out, err := a.achievementDraft(ctx, saved)
	return oas.SaveAchievementDraft200JSONResponse{AchievementDraftJSONResponse: out}, err
}

func (a *API) achievementDraft(ctx context.Context, d listing.WorkingCopy[catalog.AchievementContent]) (oas.AchievementDraftJSONResponse, error) {
	head, err := a.head(ctx, d.Head)
	return oas.AchievementDraftJSONResponse{
		Body:    oas.AchievementDraft{Head: head, Content: d.Content, Problems: fieldProblems(d.Problems), Quality: quality(d.Quality, d.WarnBelow)},
		Headers: oas.AchievementDraftResponseHeaders{ETag: etag(d.Head.Version)},
	}, err
}

// ListAchievementSteps implements the contract.
func (a *API) ListAchievementSteps(ctx context.Context, req oas.ListAchievementStepsRequestObject) (oas.ListAchievementStepsResponseObject, error) {
	history, err := a.Achievements.History(ctx, actorOf(ctx), req.ID)
	if err != nil {
		return nil, err
	}
	out, err := a.listingHistory(ctx, history)
	return oas.ListAchievementSteps200JSONResponse{StepsJSONResponse: out}, err
}

// StepAchievement implements the contract.
func (a *API) StepAchievement(ctx context.Context, req oas.StepAchievementRequestObject) (oas.StepAchievementResponseObject, error) {
	step, err := listingStep(req.Params.IfMatch, *req.Body)
	if err != nil {
		return nil, err
	}
	head, err := a.Achievements.Step(ctx, actorOf(ctx), req.ID, step)
	if err != nil {
		return nil, err
	}
	out, err := a.stepped(ctx, head)
	return oas.StepAchievement200JSONResponse{ListingHeadJSONResponse: out}, err
}

// ListAchievementVersions implements the contract.
func (a *API) ListAchievementVersions(ctx context.Context, req oas.ListAchievementVersionsRequestObject) (oas.ListAchievementVersionsResponseObject, error) {
	versions, err := a.Achievements.Versions(ctx, actorOf(ctx), req.ID)
	return oas.ListAchievementVersions200JSONResponse{Items: list(versions, func(v listing.Version[catalog.AchievementContent]) oas.AchievementVersion {
		return oas.AchievementVersion{Number: int(v.Number), PublishedAt: v.PublishedAt, Content: v.Content}
	})}, err
}

// GetAchievement implements the contract.
func (a *API) GetAchievement(ctx context.Context, req oas.GetAchievementRequestObject) (oas.GetAchievementResponseObject, error) {
	actor := actorOf(ctx)
	view, err := a.Achievements.Get(ctx, actor, req.ID)
	if err != nil {
		return nil, err
	}
	inside, err := a.Packages.Containing(ctx, actor, req.ID)
	if err != nil {
		return nil, err
	}
	out := oas.Achievement{Content: view.Content, Withheld: list(view.Withheld, keepText), WithheldTiers: view.WithheldTiers}
	if out.Head, err = a.head(ctx, view.Head); err != nil {
		return nil, err
	}
	if out.Packages, err = a.heads(ctx, inside); err != nil {
		return nil, err
	}
	room, err := a.Packages.RoomIn(ctx, actor, req.ID)
	if err != nil {
		return nil, err
	}
	out.Room = roomOf(room)
	if out.EarlierVersions, err = a.Achievements.ReadsVersions(ctx, actor, req.ID); err != nil {
		return nil, err
	}
	if out.Origin, err = a.originOf(ctx, req.ID); err != nil {
		return nil, err
	}
	out.Organisation, err = a.owner(ctx, view.Head.OwnerOrg)
	return oas.GetAchievement200JSONResponse{Body: out, Headers: oas.GetAchievement200ResponseHeaders{ETag: etag(view.Head.Version)}}, err
}
