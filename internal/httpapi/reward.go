package httpapi

import (
	"context"

	"chengqiao/internal/httpapi/oas"
	"chengqiao/internal/money"
	"chengqiao/internal/reward"
)

// PreviewReward implements the contract.
func (a *API) PreviewReward(ctx context.Context, req oas.PreviewRewardRequestObject) (oas.PreviewRewardResponseObject, error) {
	f := req.Body
	effect, shares, err := a.Rewards.Preview(ctx, actorOf(ctx), reward.PreviewForm{
		Rule: ruleForm(f.Rule), Contributors: planContributors(f.Contributors), Gross: f.Gross.Fen(), VAT: f.Vat.Fen(),
		Taxes: f.Taxes.Fen(), DirectCosts: f.DirectCosts.Fen(), SellerCommission: f.SellerCommission.Fen(),
	})
	if err != nil {
		return nil, err
	}
	return oas.PreviewReward200JSONResponse(splitOf(effect, shares, nil)), nil
}

// ListPlans implements the contract.
func (a *API) ListPlans(ctx context.Context, req oas.ListPlansRequestObject) (oas.ListPlansResponseObject, error) {
	plans, err := a.Rewards.Plans(ctx, actorOf(ctx), req.ID)
	if err != nil {
		return nil, err
	}
	return oas.ListPlans200JSONResponse{Items: list(plans, planOf)}, nil
}

// CreatePlan implements the contract.
func (a *API) CreatePlan(ctx context.Context, req oas.CreatePlanRequestObject) (oas.CreatePlanResponseObject, error) {
	v, err := a.Rewards.CreatePlan(ctx, actorOf(ctx), req.ID, planForm(*req.Body))
	if err != nil {
		return nil, err
	}
	return oas.CreatePlan201JSONResponse{PlanJSONResponse: planAnswer(v)}, nil
}

// GetPlan implements the contract.
func (a *API) GetPlan(ctx context.Context, req oas.GetPlanRequestObject) (oas.GetPlanResponseObject, error) {
	v, err := a.Rewards.Plan(ctx, actorOf(ctx), req.ID)
	if err != nil {
		return nil, err
	}
	return oas.GetPlan200JSONResponse{PlanJSONResponse: planAnswer(v)}, nil
}

// EditPlan implements the contract.
func (a *API) EditPlan(ctx context.Context, req oas.EditPlanRequestObject) (oas.EditPlanResponseObject, error) {
	version, err := ifMatch(req.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	v, err := a.Rewards.EditPlan(ctx, actorOf(ctx), req.ID, version, planForm(*req.Body))
	if err != nil {
		return nil, err
	}
	return oas.EditPlan200JSONResponse{PlanJSONResponse: planAnswer(v)}, nil
}

// ListPlanSteps implements the contract.
func (a *API) ListPlanSteps(ctx context.Context, req oas.ListPlanStepsRequestObject) (oas.ListPlanStepsResponseObject, error) {
	steps, err := a.Rewards.PlanTimeline(ctx, actorOf(ctx), req.ID)
	if err != nil {
		return nil, err
	}
	items, err := a.history(ctx, steps)
	if err != nil {
		return nil, err
	}
	return oas.ListPlanSteps200JSONResponse{StepsJSONResponse: oas.StepsJSONResponse{Items: items}}, nil
}

// StepPlan implements the contract.
func (a *API) StepPlan(ctx context.Context, req oas.StepPlanRequestObject) (oas.StepPlanResponseObject, error) {
	version, err := ifMatch(req.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	v, err := a.Rewards.StepPlan(ctx, actorOf(ctx), req.ID, version, reward.PlanStep{
		Verb: req.Body.Action, Reason: req.Body.Reason, FileID: req.Body.FileID, Date: req.Body.Date,
	})
	if err != nil {
		return nil, err
	}
	return oas.StepPlan200JSONResponse{PlanJSONResponse: planAnswer(v)}, nil
}

// ListDistributions implements the contract.
func (a *API) ListDistributions(ctx context.Context, req oas.ListDistributionsRequestObject) (oas.ListDistributionsResponseObject, error) {
	found, err := a.Rewards.Distributions(ctx, actorOf(ctx), req.ID)
	if err != nil {
		return nil, err
	}
	return oas.ListDistributions200JSONResponse{Items: list(found, distributionOf)}, nil
}

// GetDistribution implements the contract.
func (a *API) GetDistribution(ctx context.Context, req oas.GetDistributionRequestObject) (oas.GetDistributionResponseObject, error) {
	v, err := a.Rewards.Distribution(ctx, actorOf(ctx), req.ID)
	if err != nil {
		return nil, err
	}
	return oas.GetDistribution200JSONResponse{DistributionJSONResponse: distributionAnswer(v)}, nil
}

// ListDistributionSteps implements the contract.
func (a *API) ListDistributionSteps(ctx context.Context, req oas.ListDistributionStepsRequestObject) (oas.ListDistributionStepsResponseObject, error) {
	steps, err := a.Rewards.DistributionTimeline(ctx, actorOf(ctx), req.ID)
	if err != nil {
		return nil, err
	}
	items, err := a.history(ctx, steps)
	if err != nil {
		return nil, err
	}
	return oas.ListDistributionSteps200JSONResponse{StepsJSONResponse: oas.StepsJSONResponse{Items: items}}, nil
}

// StepDistribution implements the contract.
func (a *API) StepDistribution(ctx context.Context, req oas.StepDistributionRequestObject) (oas.StepDistributionResponseObject, error) {
	v, err := a.Rewards.StepDistribution(ctx, actorOf(ctx), req.ID, reward.DistributionStep{
		Verb: string(req.Body.Action), Reason: req.Body.Reason, PaidOn: req.Body.PaidOn,
		PaymentReference: req.Body.PaymentReference, ProofFile: req.Body.FileID,
	})
	if err != nil {
		return nil, err
	}
	return oas.StepDistribution200JSONResponse{DistributionJSONResponse: distributionAnswer(v)}, nil
}

// ListMyRewards implements the contract.
func (a *API) ListMyRewards(ctx context.Context, req oas.ListMyRewardsRequestObject) (oas.ListMyRewardsResponseObject, error) {
	page, err := a.Rewards.Own(ctx, actorOf(ctx), req.Params.Cursor, pageSize(req.Params.PageSize))
	if err != nil {
		return nil, err
	}
	return oas.ListMyRewards200JSONResponse{
		Owed: money.Fen(page.Owed), Paid: money.Fen(page.Paid), NextCursor: page.Next, Items: list(page.Items, ownShareOf),
	}, nil
}

func planForm(f oas.PlanForm) reward.PlanForm {
	out := reward.PlanForm{}
	if f.Contributors != nil {
		out.Contributors = planContributors(f.Contributors)
	}
	if f.Rule.Base != "" {
		rule := ruleForm(f.Rule)
		out.Rule = &rule
	}
	return out
}

// ruleForm takes a team rate of zero, which no rule can have, for unsaid.
func ruleForm(r oas.Rule) reward.RuleForm {
	out := reward.RuleForm{Base: reward.Base(r.Base), FloorBps: int64(r.FloorBps)}
	if r.TeamBps != 0 {
		team := int64(r.TeamBps)
		out.TeamBps = &team
	}
	return out
}

func planContributors(in []oas.PlanContributor) []reward.PlanContributor {
	return list(in, func(c oas.PlanContributor) reward.PlanContributor {
		leader := reward.Leader(c.Leader)
		if leader == "" {
			leader = reward.NoLeader
		}
		return reward.PlanContributor{
			Contributor: reward.Contributor{ID: c.PersonID, Role: reward.Role(c.Role), Weight: c.Weight}, Leader: leader,
		}
	})
}

func planAnswer(v reward.PlanView) oas.PlanJSONResponse {
	return oas.PlanJSONResponse{Body: planOf(v), Headers: oas.PlanResponseHeaders{ETag: etag(v.Version)}}
}

func planOf(v reward.PlanView) oas.Plan {
	return oas.Plan{
		ID: v.ID, ContractID: v.ContractID, ContractName: v.ContractName, OwnerOrganisationID: v.OwnerOrg,
		OwnerName: v.OwnerName, Number: int(v.Number),
		State: oas.PlanState(v.Position.State), Rule: ruleOf(v.Rule, v.LegalFloor), PublicityBeginsOn: v.PublicityFrom, PublicityEndsOn: v.PublicityEnds,
		Contributors: list(v.Contributors, func(c reward.PlanContributor) oas.PlanContributor {
			return oas.PlanContributor{
				PersonID: c.ID, Name: v.Names[c.ID], Role: oas.PlanContributorRole(c.Role), Weight: c.Weight,
				Leader: oas.PlanContributorLeader(c.Leader), ConfirmedAt: c.ConfirmedAt,
			}
		}),
		Version: v.Version, Actions: verbs(v.Actions),
	}
}

func ruleOf(r reward.Rule, legalFloor string) oas.Rule {
	return oas.Rule{
		Base: oas.RuleBase(r.Base), FloorBps: int(r.FloorBps), TeamBps: int(r.TeamBps),
		Version: r.RuleName(), LegalFloor: legalFloor,
	}
}

func splitOf(e reward.Effect, shares []reward.Share, names map[string]string) oas.RewardSplit {
	return oas.RewardSplit{
		Net: money.Fen(e.Net), Base: money.Fen(e.Base), Pool: money.Fen(e.Pool), Main: money.Fen(e.Main),
		Institution: money.Fen(e.Institution),
		Shares: list(shares, func(s reward.Share) oas.Share {
			return oas.Share{
				PersonID: s.PersonID, Name: names[s.PersonID], Role: string(s.Role), Weight: s.Weight,
				Amount: money.Fen(s.Amount), AcceptedAt: s.AcceptedAt,
			}
		}),
	}
}

func distributionAnswer(v reward.DistributionView) oas.DistributionJSONResponse {
	return oas.DistributionJSONResponse{Body: distributionOf(v), Headers: oas.DistributionResponseHeaders{ETag: etag(v.Version)}}
}

func distributionOf(v reward.DistributionView) oas.Distribution {
	return oas.Distribution{
		ID: v.ID, ContractID: v.ContractID, ContractName: v.ContractName, PlanID: v.PlanID, ReceiptID: v.ReceiptID,
		Type: oas.DistributionType(v.Event.Type), On: v.On,
		State: oas.DistributionState(v.Position.State), OwnerOrganisationID: v.OwnerOrg, OwnerName: v.OwnerName,
		OwnerPart: money.Fen(v.Event.Amount), Split: splitOf(v.Effect, v.Shares, v.Names), Rule: ruleOf(v.Rule, v.LegalFloor),
		ComputedAt: v.ComputedAt, ApprovedAt: v.ApprovedAt, PaidOn: v.PaidOn, PaymentReference: v.PaymentReference,
		Version: v.Version, Actions: verbs(v.Actions),
	}
}

func ownShareOf(o reward.OwnShareView) oas.OwnShare {
	return oas.OwnShare{
		DistributionID: o.DistributionID, ContractID: o.ContractID, ContractName: o.ContractName, OrganisationName: o.OwnerName,
		State: string(o.State), Type: oas.OwnShareType(o.Type), On: o.On, Role: string(o.Role), Weight: o.Weight,
		GroupWeight: o.GroupWeight, Base: money.Fen(o.Base), Pool: money.Fen(o.Pool), Amount: money.Fen(o.Amount),
		Rule: ruleOf(o.Rule, o.LegalFloor), PaidOn: o.PaidOn, AcceptedAt: o.AcceptedAt,
	}
}
