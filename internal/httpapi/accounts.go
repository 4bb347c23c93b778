package httpapi

import (
	"context"

	"chengqiao/internal/account"
	"chengqiao/internal/httpapi/oas"
	"chengqiao/internal/lifecycle"
)

func governedAccount(a account.Governed) oas.GovernedAccount {
	return oas.GovernedAccount{
		ID: a.ID, Name: a.Name, Email: a.Email, State: oas.AccountState(a.State), StateReason: a.StateReason,
		CreatedAt: a.CreatedAt, LastSignInAt: a.LastSignIn, Version: a.Version,
		Organisations: list(a.Memberships, ownOrganisation),
		Actions:       list(a.Actions, func(verb string) oas.GovernedAccountActions { return oas.GovernedAccountActions(verb) }),
	}
}

// ListAccounts implements the contract.
func (a *API) ListAccounts(ctx context.Context, req oas.ListAccountsRequestObject) (oas.ListAccountsResponseObject, error) {
	p := req.Params
	found, next, err := a.Accounts.Accounts(ctx, actorOf(ctx), account.AccountFilter{
		Query: p.Q, State: lifecycle.State(p.State), Before: p.Cursor, Limit: p.PageSize,
	})
	if err != nil {
		return nil, err
	}
	return oas.ListAccounts200JSONResponse{Items: list(found, governedAccount), NextCursor: next}, nil
}

// StepAccount implements the contract.
func (a *API) StepAccount(ctx context.Context, req oas.StepAccountRequestObject) (oas.StepAccountResponseObject, error) {
	version, err := ifMatch(req.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	after, err := a.Accounts.StepAccount(ctx, actorOf(ctx), req.ID, version, string(req.Body.Action), req.Body.Reason)
	if err != nil {
		return nil, err
	}
	return oas.StepAccount200JSONResponse{
		Body: governedAccount(after), Headers: oas.StepAccount200ResponseHeaders{ETag: etag(after.Version)},
	}, nil
}

// SignOutAccount implements the contract.
func (a *API) SignOutAccount(ctx context.Context, req oas.SignOutAccountRequestObject) (oas.SignOutAccountResponseObject, error) {
	return oas.SignOutAccount204Response{}, a.Accounts.SignOutEverywhere(ctx, actorOf(ctx), req.ID)
}
