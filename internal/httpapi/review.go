package httpapi

import (
	"context"

	"chengqiao/internal/httpapi/oas"
)

// ListReviews implements the contract.
func (a *API) ListReviews(ctx context.Context, req oas.ListReviewsRequestObject) (oas.ListReviewsResponseObject, error) {
	page, err := a.Reviews.List(ctx, actorOf(ctx), req.Params.Cursor, pageSize(req.Params.PageSize))
	if err != nil {
		return nil, err
	}
	out, err := a.listingPage(ctx, page)
	return oas.ListReviews200JSONResponse{ListingPageJSONResponse: out}, err
}
