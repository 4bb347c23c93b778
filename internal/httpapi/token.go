package httpapi

import (
	"context"

	"chengqiao/internal/httpapi/oas"
	"chengqiao/internal/policy"
	"chengqiao/internal/token"
)

// ListTokens implements the contract.
func (a *API) ListTokens(ctx context.Context, req oas.ListTokensRequestObject) (oas.ListTokensResponseObject, error) {
	page, err := a.Tokens.Tokens(ctx, actorOf(ctx), req.ID, req.Params.Cursor, pageSize(req.Params.PageSize))
	if err != nil {
		return nil, err
	}
	makers, err := a.Directory.AccountNames(ctx, list(page.Items, func(t token.Token) string { return t.AccountID }))
	if err != nil {
		return nil, err
	}
	return oas.ListTokens200JSONResponse{
		Items:      list(page.Items, func(t token.Token) oas.Token { return tokenBody(ctx, t, makers[t.AccountID]) }),
		NextCursor: page.Next,
	}, nil
}

func tokenBody(ctx context.Context, t token.Token, maker string) oas.Token {
	return oas.Token{
		ID: t.ID, Prefix: t.Prefix, Name: t.Name, Maker: maker, Own: t.AccountID == actorOf(ctx).AccountID,
		Scopes:    list(t.Scopes, func(s policy.TokenScope) oas.TokenScope { return oas.TokenScope(s) }),
		CreatedAt: t.CreatedAt, ExpiresAt: t.ExpiresAt, LastUsedAt: t.LastUsedAt, EndedAt: t.EndedAt, EndReason: oas.TokenEndReason(t.EndReason),
	}
}

// CreateToken implements the contract.
func (a *API) CreateToken(ctx context.Context, req oas.CreateTokenRequestObject) (oas.CreateTokenResponseObject, error) {
	form := token.Form{Name: req.Body.Name, ExpiresAt: req.Body.ExpiresAt}
	for _, s := range req.Body.Scopes {
		form.Scopes = append(form.Scopes, policy.TokenScope(s))
	}
	t, secret, err := a.Tokens.Create(ctx, actorOf(ctx), req.ID, form)
	if err != nil {
		return nil, err
	}
	return oas.CreateToken201JSONResponse{Token: tokenBody(ctx, t, ""), Secret: secret}, nil
}

// RevokeToken implements the contract.
func (a *API) RevokeToken(ctx context.Context, req oas.RevokeTokenRequestObject) (oas.RevokeTokenResponseObject, error) {
	return oas.RevokeToken204Response{}, a.Tokens.Revoke(ctx, actorOf(ctx), req.ID, req.TokenID)
}
