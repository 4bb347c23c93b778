package httpapi

import (
	"context"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"chengqiao/internal/account"
	"chengqiao/internal/httpapi/oas"
	"chengqiao/internal/policy"
)

// client is where a request comes from.
func client(ctx context.Context) (address, userAgent string) {
	c, ok := ctx.(*gin.Context)
	if !ok {
		return "", ""
	}
	// A header may be any bytes; what is kept is text.
	return c.ClientIP(), strings.ToValidUTF8(c.Request.UserAgent(), "?")
}

// RegisterAccount implements the contract.
func (a *API) RegisterAccount(ctx context.Context, req oas.RegisterAccountRequestObject) (oas.RegisterAccountResponseObject, error) {
	address, _ := client(ctx)
	b := req.Body
	err := a.Accounts.Register(ctx, actorOf(ctx), account.Registration{
		Email: b.Email, Password: b.Password, Name: b.Name, Locale: string(b.Locale), Consents: list(b.Consents, consentOf),
	}, address)
	return oas.RegisterAccount202Response{}, err
}

func consentOf(c oas.ConsentChange) account.Consent {
	return account.Consent{Purpose: account.ConsentPurpose(c.Purpose), Version: c.Version, Given: c.Given}
}

// VerifyEmail implements the contract.
func (a *API) VerifyEmail(ctx context.Context, req oas.VerifyEmailRequestObject) (oas.VerifyEmailResponseObject, error) {
	address, _ := client(ctx)
	return oas.VerifyEmail204Response{}, a.Accounts.VerifyEmail(ctx, actorOf(ctx), req.Body.Token, req.Body.Password, address)
}

// RequestPasswordReset implements the contract.
func (a *API) RequestPasswordReset(ctx context.Context, req oas.RequestPasswordResetRequestObject) (oas.RequestPasswordResetResponseObject, error) {
	address, _ := client(ctx)
	return oas.RequestPasswordReset202Response{}, a.Accounts.RequestReset(ctx, actorOf(ctx), req.Body.Email, address)
}

// CompletePasswordReset implements the contract.
func (a *API) CompletePasswordReset(ctx context.Context, req oas.CompletePasswordResetRequestObject) (oas.CompletePasswordResetResponseObject, error) {
	return oas.CompletePasswordReset204Response{}, a.Accounts.CompleteReset(ctx, actorOf(ctx), req.Body.Token, req.Body.Password)
}

// SignIn implements the contract. A session that the request brought along is
// ended: its cookie is about to be replaced.
func (a *API) SignIn(ctx context.Context, req oas.SignInRequestObject) (oas.SignInResponseObject, error) {
	address, userAgent := client(ctx)
	started, err := a.Accounts.SignIn(ctx, actorOf(ctx), account.Credentials{
		Identifier: req.Body.Identifier, Password: req.Body.Password, Address: address, UserAgent: userAgent,
	})
	if err != nil {
		return nil, err
	}
	if before := sessionOf(ctx); before != "" {
		if err := a.Accounts.SignOut(ctx, actorOf(ctx), before); err != nil {
			return nil, err
		}
	}
	me, err := a.me(ctx, started.Actor)
	return oas.SignIn200JSONResponse{
		Body:    me,
		Headers: oas.SignIn200ResponseHeaders{SetCookie: a.server.cookieFor(started.Token, started.ExpiresAt)},
	}, err
}

// SignOut implements the contract.
func (a *API) SignOut(ctx context.Context, _ oas.SignOutRequestObject) (oas.SignOutResponseObject, error) {
	err := a.Accounts.SignOut(ctx, actorOf(ctx), sessionOf(ctx))
	return oas.SignOut204Response{Headers: oas.SignOut204ResponseHeaders{SetCookie: a.server.cookieFor("", time.Time{})}}, err
}

// ActFor implements the contract.
func (a *API) ActFor(ctx context.Context, req oas.ActForRequestObject) (oas.ActForResponseObject, error) {
	actor := actorOf(ctx)
	if err := a.Accounts.ActFor(ctx, actor, sessionOf(ctx), req.Body.OrganisationID); err != nil {
		return nil, err
	}
	actor.OrgID = req.Body.OrganisationID
	me, err := a.me(ctx, actor)
	return oas.ActFor200JSONResponse{MeJSONResponse: oas.MeJSONResponse(me)}, err
}

// GetMe implements the contract.
func (a *API) GetMe(ctx context.Context, _ oas.GetMeRequestObject) (oas.GetMeResponseObject, error) {
	me, err := a.me(ctx, actorOf(ctx))
	return oas.GetMe200JSONResponse{MeJSONResponse: oas.MeJSONResponse(me)}, err
}

// me is the signed-in person on the wire.
func (a *API) me(ctx context.Context, actor policy.Actor) (oas.Me, error) {
	me, err := a.Accounts.Me(ctx, actor)
	if err != nil || me.Account.ID == "" {
		return oas.Me{}, err
	}
	return oas.Me{
		SignedIn: true, AccountID: me.Account.ID, PersonID: me.Account.PersonID, Name: me.Name, Email: me.Email,
		EmailVerified: me.EmailVerified, Locale: oas.Locale(me.Account.Locale), ActingOrganisationID: me.ActingOrg,
		Organisations: list(me.Memberships, ownOrganisation),
	}, nil
}

func ownOrganisation(m account.Membership) oas.OwnOrganisation {
	return oas.OwnOrganisation{ID: m.OrgID, Name: m.Name, Kind: string(m.Kind), Verified: m.Verified,
		Roles: list(m.Roles, func(r policy.Role) string { return string(r) })}
}

// UpdateMe implements the contract.
func (a *API) UpdateMe(ctx context.Context, req oas.UpdateMeRequestObject) (oas.UpdateMeResponseObject, error) {
	b := req.Body
	locale := string(b.Locale)
	err := a.Accounts.UpdateMe(ctx, actorOf(ctx), sessionOf(ctx), account.Patch{
		Name: given(b.Name), Locale: given(locale), CurrentPassword: b.CurrentPassword, NewPassword: given(b.NewPassword),
	})
	if err != nil {
		return nil, err
	}
	me, err := a.me(ctx, actorOf(ctx))
	return oas.UpdateMe200JSONResponse{MeJSONResponse: oas.MeJSONResponse(me)}, err
}

// given is nil for what a patch leaves out.
func given(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// ListMySessions implements the contract.
func (a *API) ListMySessions(ctx context.Context, _ oas.ListMySessionsRequestObject) (oas.ListMySessionsResponseObject, error) {
	sessions, err := a.Accounts.Sessions(ctx, actorOf(ctx))
	if err != nil {
		return nil, err
	}
	return oas.ListMySessions200JSONResponse{Items: list(sessions, func(s account.Session) oas.SessionInfo {
		return oas.SessionInfo{ID: s.ID, CreatedAt: s.CreatedAt, LastSeenAt: s.LastSeenAt, ExpiresAt: s.ExpiresAt,
			UserAgent: s.UserAgent, Address: s.Address, Current: s.ID == sessionOf(ctx)}
	})}, nil
}

// RevokeMySession implements the contract.
func (a *API) RevokeMySession(ctx context.Context, req oas.RevokeMySessionRequestObject) (oas.RevokeMySessionResponseObject, error) {
	return oas.RevokeMySession204Response{}, a.Accounts.RevokeSession(ctx, actorOf(ctx), req.ID)
}

// ListMyConsents implements the contract.
func (a *API) ListMyConsents(ctx context.Context, _ oas.ListMyConsentsRequestObject) (oas.ListMyConsentsResponseObject, error) {
	consents, err := a.Accounts.Consents(ctx, actorOf(ctx))
	if err != nil {
		return nil, err
	}
	return oas.ListMyConsents200JSONResponse{Items: list(consents, consent)}, nil
}

func consent(c account.Consent) oas.Consent {
	return oas.Consent{Purpose: string(c.Purpose), Version: c.Version, Given: c.Given, At: c.At}
}

// SetMyConsent implements the contract.
func (a *API) SetMyConsent(ctx context.Context, req oas.SetMyConsentRequestObject) (oas.SetMyConsentResponseObject, error) {
	c, err := a.Accounts.SetConsent(ctx, actorOf(ctx), consentOf(*req.Body))
	return oas.SetMyConsent200JSONResponse(consent(c)), err
}

// ExportMe implements the contract.
func (a *API) ExportMe(ctx context.Context, _ oas.ExportMeRequestObject) (oas.ExportMeResponseObject, error) {
	data, err := a.Accounts.Export(ctx, actorOf(ctx))
	return oas.ExportMe200JSONResponse(data), err
}

// EraseMe implements the contract.
func (a *API) EraseMe(ctx context.Context, req oas.EraseMeRequestObject) (oas.EraseMeResponseObject, error) {
	result, err := a.Accounts.Erase(ctx, actorOf(ctx), req.Body.Password)
	if err != nil {
		return nil, err
	}
	erasure := oas.Erasure{Erased: result.Erased}
	for _, k := range result.Kept {
		erasure.Kept = append(erasure.Kept, struct {
			Ground string `json:"ground"`
			What   string `json:"what"`
		}{Ground: k.Ground, What: k.What})
	}
	return oas.EraseMe200JSONResponse(erasure), nil
}

// ReadInvitation implements the contract.
func (a *API) ReadInvitation(ctx context.Context, req oas.ReadInvitationRequestObject) (oas.ReadInvitationResponseObject, error) {
	o, err := a.Accounts.ReadInvitation(ctx, actorOf(ctx), req.Body.Token)
	return oas.ReadInvitation200JSONResponse{
		OrganisationID: o.OrgID, OrganisationName: o.OrgName, Role: string(o.Role), Name: o.Name, Accepted: o.Accepted,
	}, err
}

// ClaimPerson implements the contract. A session that acted for nobody acts
// for the organisation that it has got a role in.
func (a *API) ClaimPerson(ctx context.Context, req oas.ClaimPersonRequestObject) (oas.ClaimPersonResponseObject, error) {
	actor := actorOf(ctx)
	taken, err := a.Accounts.Claim(ctx, actor, req.Body.Token)
	if err != nil {
		return nil, err
	}
	if actor.OrgID == "" && taken.Role != "" && !taken.Accepted {
		if err := a.Accounts.ActFor(ctx, actor, sessionOf(ctx), taken.OrgID); err != nil {
			return nil, err
		}
		actor.OrgID = taken.OrgID
	}
	me, err := a.me(ctx, actor)
	return oas.ClaimPerson200JSONResponse{MeJSONResponse: oas.MeJSONResponse(me)}, err
}
