package httpapi

import (
	"context"

	"chengqiao/internal/httpapi/oas"
)

// GetAchievementVersion implements the contract.
func (a *API) GetAchievementVersion(ctx context.Context, req oas.GetAchievementVersionRequestObject) (oas.GetAchievementVersionResponseObject, error) {
	v, err := a.Achievements.Version(ctx, actorOf(ctx), req.ID, req.Number)
	return oas.GetAchievementVersion200JSONResponse{
		Number: int(v.Number), PublishedAt: v.PublishedAt, Content: v.Content, Withheld: v.Withheld}, err
}

// GetPackageVersion implements the contract.
func (a *API) GetPackageVersion(ctx context.Context, req oas.GetPackageVersionRequestObject) (oas.GetPackageVersionResponseObject, error) {
	v, err := a.Packages.Version(ctx, actorOf(ctx), req.ID, req.Number)
	return oas.GetPackageVersion200JSONResponse{
		Number: int(v.Number), PublishedAt: v.PublishedAt, Content: v.Content, Withheld: v.Withheld}, err
}

// CopyAchievement implements the contract.
func (a *API) CopyAchievement(ctx context.Context, req oas.CopyAchievementRequestObject) (oas.CopyAchievementResponseObject, error) {
	made, err := a.Achievements.Copy(ctx, actorOf(ctx), req.ID)
	if err != nil {
		return nil, err
	}
	out, err := a.achievementDraft(ctx, made)
	return oas.CopyAchievement201JSONResponse{AchievementDraftJSONResponse: out}, err
}

// CopyPackage implements the contract.
func (a *API) CopyPackage(ctx context.Context, req oas.CopyPackageRequestObject) (oas.CopyPackageResponseObject, error) {
	made, err := a.Packages.Copy(ctx, actorOf(ctx), req.ID)
	if err != nil {
		return nil, err
	}
	out, err := a.packageDraft(ctx, made)
	return oas.CopyPackage201JSONResponse{PackageDraftJSONResponse: out}, err
}

// CopyNeed implements the contract.
func (a *API) CopyNeed(ctx context.Context, req oas.CopyNeedRequestObject) (oas.CopyNeedResponseObject, error) {
	made, err := a.Needs.Copy(ctx, actorOf(ctx), req.ID)
	if err != nil {
		return nil, err
	}
	out, err := a.needDraft(ctx, made)
	return oas.CopyNeed201JSONResponse{NeedDraftJSONResponse: out}, err
}
