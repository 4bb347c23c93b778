package httpapi

import (
	"context"

	"chengqiao/internal/account"
	"chengqiao/internal/httpapi/oas"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/policy"
)

// ListOrganisations implements the contract.
func (a *API) ListOrganisations(ctx context.Context, req oas.ListOrganisationsRequestObject) (oas.ListOrganisationsResponseObject, error) {
	p := req.Params
	found, next, err := a.Accounts.Organisations(ctx, actorOf(ctx), account.OrganisationFilter{
		Query: p.Q, Kind: policy.OrgKind(p.Kind), State: lifecycle.State(p.State), After: p.Cursor, Limit: pageSize(p.PageSize),
	})
	if err != nil {
		return nil, err
	}
	return oas.ListOrganisations200JSONResponse{Items: list(found, organisation), NextCursor: next}, nil
}

func organisation(o account.OrganisationView) oas.Organisation {
	return oas.Organisation{
		ID: o.ID, Kind: oas.OrganisationKind(o.Kind), Name: o.Name, CreditCode: o.CreditCode, Region: o.Region,
		Address: o.Address, Website: o.Website, About: o.About,
		ContactName: o.Contact.Name, ContactPhone: o.Contact.Phone, ContactEmail: o.Contact.Email,
		State: oas.OrganisationState(o.Position.State), StateReason: o.StateReason, Demo: o.Demo,
		VerifiedAt: o.VerifiedAt, VerifiedUntil: o.VerifiedUntil,
		Version: o.Version, Actions: o.Actions,
	}
}

func organisationResponse(o account.OrganisationView) oas.OrganisationJSONResponse {
	return oas.OrganisationJSONResponse{Body: organisation(o), Headers: oas.OrganisationResponseHeaders{ETag: etag(o.Version)}}
}

func profile(f oas.OrganisationForm) account.Profile {
	return account.Profile{
		Kind: policy.OrgKind(f.Kind), Name: f.Name, CreditCode: f.CreditCode, Region: f.Region, Address: f.Address,
		Website: f.Website, About: f.About,
		Contact: account.Contact{Name: f.ContactName, Phone: f.ContactPhone, Email: f.ContactEmail},
	}
}

// RegisterOrganisation implements the contract. A session that acted for
// nobody acts for the new organisation from now on.
func (a *API) RegisterOrganisation(ctx context.Context, req oas.RegisterOrganisationRequestObject) (oas.RegisterOrganisationResponseObject, error) {
	actor := actorOf(ctx)
	o, err := a.Accounts.RegisterOrganisation(ctx, actor, profile(*req.Body))
	if err != nil {
		return nil, err
	}
	if actor.OrgID == "" {
		if err := a.Accounts.ActFor(ctx, actor, sessionOf(ctx), o.ID); err != nil {
			return nil, err
		}
	}
	return oas.RegisterOrganisation201JSONResponse{OrganisationJSONResponse: organisationResponse(o)}, nil
}

// GetOrganisation implements the contract.
func (a *API) GetOrganisation(ctx context.Context, req oas.GetOrganisationRequestObject) (oas.GetOrganisationResponseObject, error) {
	o, err := a.Accounts.Organisation(ctx, actorOf(ctx), req.ID)
	if err != nil {
		return nil, err
	}
	response := organisationResponse(o)
	// Zero hours stay absent like too few answers: the contract has no place for it.
	if response.Body.MedianResponseHours, response.Body.AnsweredIntroductions, err = a.Deals.MedianResponseHours(ctx, o.ID); err != nil {
		return nil, err
	}
	brokers, err := a.Accounts.Brokers(ctx, actorOf(ctx), o.ID)
	if err != nil {
		return nil, err
	}
	response.Body.Brokers = list(brokers, broker)
	return oas.GetOrganisation200JSONResponse{OrganisationJSONResponse: response}, nil
}

// UpdateOrganisation implements the contract.
func (a *API) UpdateOrganisation(ctx context.Context, req oas.UpdateOrganisationRequestObject) (oas.UpdateOrganisationResponseObject, error) {
	version, err := ifMatch(req.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	o, err := a.Accounts.UpdateOrganisation(ctx, actorOf(ctx), req.ID, version, profile(*req.Body))
	return oas.UpdateOrganisation200JSONResponse{OrganisationJSONResponse: organisationResponse(o)}, err
}

// StepOrganisation implements the contract.
func (a *API) StepOrganisation(ctx context.Context, req oas.StepOrganisationRequestObject) (oas.StepOrganisationResponseObject, error) {
	version, err := ifMatch(req.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	o, err := a.Accounts.StepOrganisation(ctx, actorOf(ctx), req.ID, version, req.Body.Action, req.Body.Reason)
	return oas.StepOrganisation200JSONResponse{OrganisationJSONResponse: organisationResponse(o)}, err
}

// ListMembers implements the contract.
func (a *API) ListMembers(ctx context.Context, req oas.ListMembersRequestObject) (oas.ListMembersResponseObject, error) {
	members, err := a.Accounts.Members(ctx, actorOf(ctx), req.ID)
	if err != nil {
		return nil, err
	}
	return oas.ListMembers200JSONResponse{Items: list(members, member)}, nil
}

func member(m account.Member) oas.Member {
	return oas.Member{ID: m.ID, PersonID: m.PersonID, Name: m.Name, Email: m.Email, Role: string(m.Role), Since: m.Since, Invited: m.Invited}
}

// AddMember implements the contract.
func (a *API) AddMember(ctx context.Context, req oas.AddMemberRequestObject) (oas.AddMemberResponseObject, error) {
	m, err := a.Accounts.AddMember(ctx, actorOf(ctx), req.ID, req.Body.Email, req.Body.Name, policy.Role(req.Body.Role))
	return oas.AddMember201JSONResponse(member(m)), err
}

// RemoveMember implements the contract.
func (a *API) RemoveMember(ctx context.Context, req oas.RemoveMemberRequestObject) (oas.RemoveMemberResponseObject, error) {
	return oas.RemoveMember204Response{}, a.Accounts.RemoveMember(ctx, actorOf(ctx), req.ID, req.MemberID)
}

// ListPersons implements the contract.
func (a *API) ListPersons(ctx context.Context, req oas.ListPersonsRequestObject) (oas.ListPersonsResponseObject, error) {
	persons, err := a.Accounts.Persons(ctx, actorOf(ctx), req.ID, req.Params.Q)
	if err != nil {
		return nil, err
	}
	return oas.ListPersons200JSONResponse{Items: list(persons, namedPerson)}, nil
}

func namedPerson(p account.NamedPerson) oas.Person {
	named := person(p.Person)
	named.Invitations = list(p.Invitations, invitation)
	return named
}

func invitation(i account.Invitation) oas.Invitation {
	return oas.Invitation{ID: i.ID, Email: i.Email, Since: i.CreatedAt, Until: i.ExpiresAt}
}

func person(p account.Person) oas.Person {
	return oas.Person{ID: p.ID, Name: p.Name, Claimed: p.Claimed()}
}

// InvitePerson implements the contract.
func (a *API) InvitePerson(ctx context.Context, req oas.InvitePersonRequestObject) (oas.InvitePersonResponseObject, error) {
	p, err := a.Accounts.InvitePerson(ctx, actorOf(ctx), req.ID, req.PersonID, req.Body.Email)
	return oas.InvitePerson201JSONResponse(person(p)), err
}

// WithdrawInvitation implements the contract.
func (a *API) WithdrawInvitation(ctx context.Context, req oas.WithdrawInvitationRequestObject) (oas.WithdrawInvitationResponseObject, error) {
	return oas.WithdrawInvitation204Response{}, a.Accounts.WithdrawInvitation(ctx, actorOf(ctx), req.ID, req.PersonID, req.InvitationID)
}

// NamePerson implements the contract.
func (a *API) NamePerson(ctx context.Context, req oas.NamePersonRequestObject) (oas.NamePersonResponseObject, error) {
	p, err := a.Accounts.NamePerson(ctx, actorOf(ctx), req.ID, req.Body.Name, req.Body.Email)
	return oas.NamePerson201JSONResponse(person(p)), err
}
