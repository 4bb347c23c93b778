package httpapi

import (
	"context"

	"chengqiao/internal/catalog"
	"chengqiao/internal/httpapi/oas"
)

// ListContributorParts implements the contract.
func (a *API) ListContributorParts(ctx context.Context, req oas.ListContributorPartsRequestObject) (oas.ListContributorPartsResponseObject, error) {
	parts, err := a.Achievements.Parts(ctx, actorOf(ctx), req.ID)
	return oas.ListContributorParts200JSONResponse{ContributorPartsJSONResponse: contributorParts(parts)}, err
}

// AskContributors implements the contract.
func (a *API) AskContributors(ctx context.Context, req oas.AskContributorsRequestObject) (oas.AskContributorsResponseObject, error) {
	parts, err := a.Achievements.Ask(ctx, actorOf(ctx), req.ID)
	return oas.AskContributors200JSONResponse{ContributorPartsJSONResponse: contributorParts(parts)}, err
}

func contributorParts(parts []catalog.Part) oas.ContributorPartsJSONResponse {
	return oas.ContributorPartsJSONResponse{Items: list(parts, func(p catalog.Part) oas.ContributorPart {
		return oas.ContributorPart{
			PersonID: p.PersonID, Name: p.Name, Role: oas.ContributorPartRole(p.Role), Weight: p.Weight,
			Answer: oas.ContributorPartAnswer(p.Answer), Reason: p.Reason,
		}
	})}
}

// ListMyContributions implements the contract.
func (a *API) ListMyContributions(ctx context.Context, _ oas.ListMyContributionsRequestObject) (oas.ListMyContributionsResponseObject, error) {
	found, err := a.Achievements.MyContributions(ctx, actorOf(ctx))
	if err != nil {
		return nil, err
	}
	var orgs []string
	for _, c := range found {
		orgs = append(orgs, c.OwnerOrg)
	}
	names, err := a.Directory.OrganisationNames(ctx, orgs)
	if err != nil {
		return nil, err
	}
	return oas.ListMyContributions200JSONResponse{Items: list(found, func(c catalog.Contribution) oas.Contribution {
		return oas.Contribution{
			ID: c.ID, AchievementID: c.AchievementID, Title: c.Title, OrganisationID: c.OwnerOrg, OrganisationName: names[c.OwnerOrg],
			Role: oas.ContributionRole(c.Role), Weight: c.Weight, TotalWeight: c.TotalWeight,
			Answer: oas.ContributionAnswer(c.Answer), Reason: c.Reason, Version: c.Version, AskedAt: c.AskedAt, AnsweredAt: c.AnsweredAt,
		}
	})}, nil
}

// AnswerContribution implements the contract.
func (a *API) AnswerContribution(ctx context.Context, req oas.AnswerContributionRequestObject) (oas.AnswerContributionResponseObject, error) {
	_, err := a.Achievements.Answer(ctx, actorOf(ctx), req.ID, catalog.ContributionAnswer(req.Body.Answer), req.Body.Reason, req.Body.Version)
	return oas.AnswerContribution204Response{}, err
}
