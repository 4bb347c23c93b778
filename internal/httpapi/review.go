package httpapi

import (
	"context"
	"encoding/json"

	"chengqiao/internal/errs"
	"chengqiao/internal/httpapi/oas"
	"chengqiao/internal/listing"
)

// ListReviews implements the contract.
func (a *API) ListReviews(ctx context.Context, req oas.ListReviewsRequestObject) (oas.ListReviewsResponseObject, error) {
	p := req.Params
	page, err := a.Reviews.List(ctx, actorOf(ctx), listing.QueueFilter{
		Kind: string(p.Kind), TechnicalField: p.TechnicalField, WaitingDays: p.WaitingDays, Claim: string(p.Claim),
		Cursor: p.Cursor, Limit: pageSize(p.PageSize),
	})
	if err != nil {
		return nil, err
	}
	out, err := a.listingPage(ctx, page)
	return oas.ListReviews200JSONResponse{ListingPageJSONResponse: out}, err
}

// GetReview implements the contract.
func (a *API) GetReview(ctx context.Context, req oas.GetReviewRequestObject) (oas.GetReviewResponseObject, error) {
	found, err := a.Reviews.Submission(ctx, actorOf(ctx), string(req.Kind), req.ID)
	if err != nil {
		return nil, err
	}
	// A first submission has no changes: an empty list, never null.
	out := oas.GetReview200JSONResponse{Round: found.Round, Against: oas.SubmissionAgainst(found.Against), Changes: []oas.SubmissionChange{}}
	for _, p := range found.Checklist {
		out.Checklist = append(out.Checklist, oas.CheckPoint{Code: p.Code, Fields: list(p.Fields, keepText), Name: p.Name})
	}
	if out.Claim, err = a.claim(ctx, found.Claim); err != nil {
		return nil, err
	}
	if r := found.Previous; r != nil {
		out.Previous.Reason, out.Previous.At = r.Reason, r.At
		out.Previous.Checklist = list(r.Checklist, func(c listing.CheckAnswer) oas.CheckAnswer {
			return oas.CheckAnswer{Code: c.Code, Ok: c.OK, Reason: c.Reason}
		})
	}
	for _, c := range found.Changes {
		change := oas.SubmissionChange{Path: c.Path}
		for raw, into := range map[*json.RawMessage]*any{&c.Before: &change.Before, &c.After: &change.After} {
			if len(*raw) == 0 {
				continue
			}
			if err := json.Unmarshal(*raw, into); err != nil {
				return nil, errs.Wrap(errs.Internal, "internal", err)
			}
		}
		out.Changes = append(out.Changes, change)
	}
	return out, nil
}

// ClaimReview implements the contract.
func (a *API) ClaimReview(ctx context.Context, req oas.ClaimReviewRequestObject) (oas.ClaimReviewResponseObject, error) {
	taken, err := a.Reviews.Claim(ctx, actorOf(ctx), string(req.Kind), req.ID)
	if err != nil {
		return nil, err
	}
	out, err := a.claim(ctx, &taken)
	return oas.ClaimReview200JSONResponse(out), err
}

// ReleaseReview implements the contract.
func (a *API) ReleaseReview(ctx context.Context, req oas.ReleaseReviewRequestObject) (oas.ReleaseReviewResponseObject, error) {
	return oas.ReleaseReview204Response{}, a.Reviews.Release(ctx, actorOf(ctx), string(req.Kind), req.ID)
}

// claim names who has a submission; zero for nobody.
func (a *API) claim(ctx context.Context, c *listing.Claim) (oas.ReviewClaim, error) {
	if c == nil {
		return oas.ReviewClaim{}, nil
	}
	names, err := a.Directory.AccountNames(ctx, []string{c.AccountID})
	return oas.ReviewClaim{Reviewer: names[c.AccountID], Mine: c.AccountID == actorOf(ctx).AccountID, Until: c.Until}, err
}
