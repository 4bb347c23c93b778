package httpapi

import (
	"context"

	"chengqiao/internal/catalog"
	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/httpapi/oas"
	"chengqiao/internal/listing"
	"chengqiao/internal/policy"
)

// ConfirmationLetters opens the links of letters that ask to confirm a listing.
type ConfirmationLetters interface {
	// Open is the letter and who it was written to, acting for the listing's
	// owner. Error: errs.NotFound "confirmation_invalid".
	Open(ctx context.Context, token string) (listing.Letter, policy.Actor, error)
}

// confirmer is the service of a kind that is reconfirmed.
type confirmer interface {
	Confirm(ctx context.Context, actor policy.Actor, id string) (listing.Head, error)
	ConfirmOnce(ctx context.Context, actor policy.Actor, id string, confirmBy clock.Date) (listing.Head, error)
	ToConfirm(ctx context.Context, actor policy.Actor, id string, confirmBy clock.Date) (listing.Head, error)
}

func (a *API) confirmer(kind string) (confirmer, error) {
	switch kind {
	case catalog.AchievementKind:
		return a.Achievements, nil
	case catalog.PackageKind:
		return a.Packages, nil
	}
	return nil, errs.New(errs.NotFound, "not_found")
}

// ConfirmListings implements the contract.
func (a *API) ConfirmListings(ctx context.Context, req oas.ConfirmListingsRequestObject) (oas.ConfirmListingsResponseObject, error) {
	var out oas.ConfirmListings200JSONResponse
	for _, item := range req.Body.Items {
		done := oas.ConfirmedListing{ID: item.ID, Kind: string(item.Kind)}
		head, err := a.confirm(ctx, string(item.Kind), item.ID)
		switch {
		case err == nil:
			done.ConfirmBy = head.ConfirmBy
		case errs.KindOf(err) == errs.Internal || errs.KindOf(err) == errs.Unavailable:
			return nil, err
		default:
			done.Code = errs.CodeOf(err)
		}
		out.Items = append(out.Items, done)
	}
	return out, nil
}

func (a *API) confirm(ctx context.Context, kind, id string) (listing.Head, error) {
	service, err := a.confirmer(kind)
	if err != nil {
		return listing.Head{}, err
	}
	return service.Confirm(ctx, actorOf(ctx), id)
}

// ReadConfirmationLetter implements the contract.
func (a *API) ReadConfirmationLetter(ctx context.Context, req oas.ReadConfirmationLetterRequestObject) (oas.ReadConfirmationLetterResponseObject, error) {
	out, err := a.byLetter(ctx, req.Body.Token, confirmer.ToConfirm)
	return oas.ReadConfirmationLetter200JSONResponse{LetterListingJSONResponse: out}, err
}

// ConfirmByLetter implements the contract.
func (a *API) ConfirmByLetter(ctx context.Context, req oas.ConfirmByLetterRequestObject) (oas.ConfirmByLetterResponseObject, error) {
	out, err := a.byLetter(ctx, req.Body.Token, confirmer.ConfirmOnce)
	return oas.ConfirmByLetter200JSONResponse{LetterListingJSONResponse: out}, err
}

// byLetter does what a letter asks as the person it was written to.
func (a *API) byLetter(ctx context.Context, token string, do func(confirmer, context.Context, policy.Actor, string, clock.Date) (listing.Head, error)) (oas.LetterListingJSONResponse, error) {
	letter, reader, err := a.Letters.Open(ctx, token)
	if err != nil {
		return oas.LetterListingJSONResponse{}, err
	}
	service, err := a.confirmer(letter.Kind)
	if err != nil {
		return oas.LetterListingJSONResponse{}, err
	}
	head, err := do(service, ctx, reader, letter.ListingID, letter.ConfirmBy)
	return oas.LetterListingJSONResponse{
		Kind: head.Kind, ID: head.ID, Title: head.Title, State: string(head.State), ConfirmBy: head.ConfirmBy,
	}, err
}
