package httpapi

import (
	"context"

	"chengqiao/internal/account"
	"chengqiao/internal/clock"
	"chengqiao/internal/httpapi/oas"
	"chengqiao/internal/policy"
)

func broker(b account.Broker) oas.Broker {
	return oas.Broker{Name: b.Name, Level: oas.BrokerLevel(b.Level), Number: b.Number, Issuer: b.Issuer, ValidUntil: b.ValidUntil}
}

func credential(c account.CredentialView) oas.Credential {
	return oas.Credential{
		ID: c.ID, OrganisationID: c.OrgID, OrganisationName: c.OrganisationName, PersonID: c.PersonID, PersonName: c.PersonName,
		Kind: oas.CredentialKind(c.Kind), Level: oas.BrokerLevel(c.Level), Number: c.Number, Issuer: c.Issuer,
		ValidUntil: c.ValidUntil, FileID: c.FileID, State: oas.CredentialState(c.Position.State), StateReason: c.StateReason,
		SubmittedAt: c.SubmittedAt, DecidedAt: c.DecidedAt, Actions: append([]string{}, c.Actions...),
	}
}

// ListCredentials implements the contract.
func (a *API) ListCredentials(ctx context.Context, req oas.ListCredentialsRequestObject) (oas.ListCredentialsResponseObject, error) {
	found, err := a.Accounts.Credentials(ctx, actorOf(ctx), req.ID)
	if err != nil {
		return nil, err
	}
	return oas.ListCredentials200JSONResponse{Items: list(found, credential)}, nil
}

// ListWaitingCredentials implements the contract.
func (a *API) ListWaitingCredentials(ctx context.Context, req oas.ListWaitingCredentialsRequestObject) (oas.ListWaitingCredentialsResponseObject, error) {
	found, next, err := a.Accounts.WaitingCredentials(ctx, actorOf(ctx), req.Params.Cursor, pageSize(req.Params.PageSize))
	if err != nil {
		return nil, err
	}
	return oas.ListWaitingCredentials200JSONResponse{Items: list(found, credential), NextCursor: next}, nil
}

// SubmitCredential implements the contract.
func (a *API) SubmitCredential(ctx context.Context, req oas.SubmitCredentialRequestObject) (oas.SubmitCredentialResponseObject, error) {
	f := req.Body
	c, err := a.Accounts.SubmitCredential(ctx, actorOf(ctx), req.ID, account.CredentialForm{
		Kind: account.CredentialKind(f.Kind), Level: account.BrokerLevel(f.Level), Number: f.Number, Issuer: f.Issuer,
		ValidUntil: clock.Date(f.ValidUntil), FileID: f.FileID,
	})
	return oas.SubmitCredential201JSONResponse(credential(c)), err
}

// StepCredential implements the contract.
func (a *API) StepCredential(ctx context.Context, req oas.StepCredentialRequestObject) (oas.StepCredentialResponseObject, error) {
	c, err := a.Accounts.StepCredential(ctx, actorOf(ctx), req.ID, req.CredentialID, req.Body.Action, req.Body.Reason)
	return oas.StepCredential200JSONResponse(credential(c)), err
}

// ChangeMember implements the contract.
func (a *API) ChangeMember(ctx context.Context, req oas.ChangeMemberRequestObject) (oas.ChangeMemberResponseObject, error) {
	m, err := a.Accounts.ChangeMember(ctx, actorOf(ctx), req.ID, req.MemberID, policy.Role(req.Body.Role))
	return oas.ChangeMember200JSONResponse(member(m)), err
}

func handover(h account.HandoverView) oas.Handover {
	return oas.Handover{ID: h.ID, FromName: h.FromName, ToName: h.ToName, OfferedAt: h.OfferedAt, ExpiresAt: h.ExpiresAt,
		Actions: append([]string{}, h.Actions...)}
}

// GetHandover implements the contract.
func (a *API) GetHandover(ctx context.Context, req oas.GetHandoverRequestObject) (oas.GetHandoverResponseObject, error) {
	h, ok, err := a.Accounts.Handover(ctx, actorOf(ctx), req.ID)
	if err != nil || !ok {
		return oas.GetHandover200JSONResponse{}, err
	}
	return oas.GetHandover200JSONResponse{Handover: handover(h)}, nil
}

// OfferHandover implements the contract.
func (a *API) OfferHandover(ctx context.Context, req oas.OfferHandoverRequestObject) (oas.OfferHandoverResponseObject, error) {
	h, err := a.Accounts.OfferHandover(ctx, actorOf(ctx), req.ID, req.Body.MemberID)
	return oas.OfferHandover201JSONResponse(handover(h)), err
}

// AnswerHandover implements the contract.
func (a *API) AnswerHandover(ctx context.Context, req oas.AnswerHandoverRequestObject) (oas.AnswerHandoverResponseObject, error) {
	return oas.AnswerHandover204Response{}, a.Accounts.AnswerHandover(ctx, actorOf(ctx), req.ID, string(req.Body.Action))
}
