package httpapi

import (
	"context"

	"chengqiao/internal/catalog"
	"chengqiao/internal/contract"
	"chengqiao/internal/httpapi/oas"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/money"
	"chengqiao/internal/text"
)

// ListContracts implements the contract.
func (a *API) ListContracts(ctx context.Context, req oas.ListContractsRequestObject) (oas.ListContractsResponseObject, error) {
	p := req.Params
	page, err := a.Contracts.Contracts(ctx, actorOf(ctx), lifecycle.State(p.State), p.Cursor, pageSize(p.PageSize))
	if err != nil {
		return nil, err
	}
	items, err := a.contracts(ctx, page.Items)
	if err != nil {
		return nil, err
	}
	return oas.ListContracts200JSONResponse{Items: items, NextCursor: page.Next}, nil
}

// DraftContract implements the contract.
func (a *API) DraftContract(ctx context.Context, req oas.DraftContractRequestObject) (oas.DraftContractResponseObject, error) {
	v, err := a.Contracts.Draft(ctx, actorOf(ctx), req.Body.DealID, req.Body.Terms)
	if err != nil {
		return nil, err
	}
	out, err := a.contractAnswer(ctx, v)
	return oas.DraftContract201JSONResponse{ContractJSONResponse: out}, err
}

// GetContract implements the contract.
func (a *API) GetContract(ctx context.Context, req oas.GetContractRequestObject) (oas.GetContractResponseObject, error) {
	v, err := a.Contracts.Contract(ctx, actorOf(ctx), req.ID)
	if err != nil {
		return nil, err
	}
	out, err := a.contractAnswer(ctx, v)
	return oas.GetContract200JSONResponse{ContractJSONResponse: out}, err
}

// EditContract implements the contract.
func (a *API) EditContract(ctx context.Context, req oas.EditContractRequestObject) (oas.EditContractResponseObject, error) {
	version, err := ifMatch(req.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	v, err := a.Contracts.Edit(ctx, actorOf(ctx), req.ID, version, *req.Body)
	if err != nil {
		return nil, err
	}
	out, err := a.contractAnswer(ctx, v)
	return oas.EditContract200JSONResponse{ContractJSONResponse: out}, err
}

// ListContractSteps implements the contract.
func (a *API) ListContractSteps(ctx context.Context, req oas.ListContractStepsRequestObject) (oas.ListContractStepsResponseObject, error) {
	steps, err := a.Contracts.Timeline(ctx, actorOf(ctx), req.ID)
	if err != nil {
		return nil, err
	}
	items, err := a.history(ctx, steps)
	if err != nil {
		return nil, err
	}
	return oas.ListContractSteps200JSONResponse{StepsJSONResponse: oas.StepsJSONResponse{Items: items}}, nil
}

// StepContract implements the contract.
func (a *API) StepContract(ctx context.Context, req oas.StepContractRequestObject) (oas.StepContractResponseObject, error) {
	version, err := ifMatch(req.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	v, err := a.Contracts.Step(ctx, actorOf(ctx), req.ID, version, req.Body.Action, req.Body.Reason)
	if err != nil {
		return nil, err
	}
	out, err := a.contractAnswer(ctx, v)
	return oas.StepContract200JSONResponse{ContractJSONResponse: out}, err
}

// ListReceipts implements the contract.
func (a *API) ListReceipts(ctx context.Context, req oas.ListReceiptsRequestObject) (oas.ListReceiptsResponseObject, error) {
	movements, err := a.Contracts.Movements(ctx, actorOf(ctx), req.ID)
	if err != nil {
		return nil, err
	}
	return oas.ListReceipts200JSONResponse{Items: list(movements, receiptOf)}, nil
}

// RecordReceipt implements the contract.
func (a *API) RecordReceipt(ctx context.Context, req oas.RecordReceiptRequestObject) (oas.RecordReceiptResponseObject, error) {
	f := req.Body
	m, err := a.Contracts.RecordReceipt(ctx, actorOf(ctx), req.ID, contract.ReceiptForm{
		ReceivedOn: f.ReceivedOn, Gross: f.Gross, VAT: f.Vat, Taxes: f.Taxes, DirectCosts: f.DirectCosts,
		SellerCommission: f.SellerCommission, BankReference: f.BankReference, FileID: f.FileID, Instalment: f.Instalment,
	})
	if err != nil {
		return nil, err
	}
	return oas.RecordReceipt201JSONResponse(receiptOf(m)), nil
}

// RecordRefund implements the contract.
func (a *API) RecordRefund(ctx context.Context, req oas.RecordRefundRequestObject) (oas.RecordRefundResponseObject, error) {
	f := req.Body
	m, err := a.Contracts.RecordRefund(ctx, actorOf(ctx), req.ID, contract.RefundForm{
		RefundedOn: f.RefundedOn, Gross: f.Gross, VAT: f.Vat, BankReference: f.BankReference, Reason: f.Reason,
	})
	if err != nil {
		return nil, err
	}
	return oas.RecordRefund201JSONResponse(receiptOf(m)), nil
}

func (a *API) contractAnswer(ctx context.Context, v contract.View) (oas.ContractJSONResponse, error) {
	out, err := a.contracts(ctx, []contract.View{v})
	if err != nil {
		return oas.ContractJSONResponse{}, err
	}
	return oas.ContractJSONResponse{Body: out[0], Headers: oas.ContractResponseHeaders{ETag: etag(v.Version)}}, nil
}

// contracts puts names to those who signed; an erased person is said to be so.
func (a *API) contracts(ctx context.Context, views []contract.View) ([]oas.Contract, error) {
	var accounts []string
	for _, v := range views {
		accounts = append(accounts, v.Seller.SignedBy, v.Buyer.SignedBy)
	}
	names, err := a.Directory.AccountNames(ctx, present(accounts))
	if err != nil {
		return nil, err
	}
	party := func(side contract.Side, p contract.Party) oas.ContractParty {
		out := oas.ContractParty{
			Role: oas.ContractPartyRole(side), OrganisationID: p.ID, Name: p.Name, CreditCode: p.CreditCode,
			Region: p.Region, SignedAt: p.SignedAt,
		}
		if p.SignedBy != "" {
			out.SignedBy = actorName(names[p.SignedBy], text.Text{}, true, localeOf(ctx))
		}
		return out
	}
	return list(views, func(v contract.View) oas.Contract {
		return oas.Contract{
			ID: v.ID, DealID: v.DealID, State: oas.ContractState(v.Position.State), Terms: v.Terms,
			Parties:    []oas.ContractParty{party(contract.SellerSide, v.Seller), party(contract.BuyerSide, v.Buyer)},
			Components: list(v.Components, contractComponentOf),
			SignedOn:   v.SignedOn, Received: money.Fen(v.Received), Refunded: money.Fen(v.Refunded),
			Version: v.Version, Actions: verbs(v.Actions),
		}
	}), nil
}

func contractComponentOf(c contract.Component) oas.ContractComponent {
	return oas.ContractComponent{
		Kind: c.Kind, AchievementID: c.AchievementID, Title: c.Title, OwnerOrganisationID: c.OwnerOrg,
		OwnerName: c.OwnerName, WeightBps: int(c.WeightBps), Rights: catalog.Rights(c.Rights),
	}
}

func receiptOf(m contract.Movement) oas.Receipt {
	return oas.Receipt{
		ID: m.ID, Type: oas.ReceiptType(m.Type), ContractID: m.ContractID, ReceiptID: m.ReceiptID, On: m.On,
		Gross: money.Fen(m.Gross), Vat: money.Fen(m.VAT), NetOfVat: money.Fen(m.NetOfVAT()), Taxes: money.Fen(m.Taxes),
		DirectCosts: money.Fen(m.DirectCosts), SellerCommission: money.Fen(m.SellerCommission),
		Refundable: money.Fen(m.Refundable()), BankReference: m.BankReference, FileID: m.FileID, Instalment: m.Instalment,
		Reason: m.Reason, RecordedAt: m.RecordedAt,
	}
}

// verbs are the actions of a reader for the wire; never nil.
func verbs(actions []string) []string {
	if actions == nil {
		return []string{}
	}
	return actions
}
