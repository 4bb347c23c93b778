package app

import (
	"context"

	"chengqiao/internal/account"
	"chengqiao/internal/catalog"
	"chengqiao/internal/contract"
	"chengqiao/internal/deal"
	"chengqiao/internal/errs"
	"chengqiao/internal/listing"
	"chengqiao/internal/policy"
	"chengqiao/internal/reward"
	"chengqiao/internal/rights"
	"chengqiao/internal/store"
	"chengqiao/internal/text"
)

// dealListings lets deals ask about packages, results and needs. Those ask deals in
// turn, so they are reached through the platform, which has them by the time
// of the first call.
type dealListings struct{ p *platform }

var _ deal.Listings = dealListings{}

func (j dealListings) Listing(ctx context.Context, kind, id string) (deal.Listing, error) {
	var standing listing.Standing
	var err error
	switch kind {
	case "package":
		standing, err = j.p.packages.Standing(ctx, id)
	case "achievement":
		standing, err = j.p.achievements.Standing(ctx, id)
	case "need":
		standing, err = j.p.needs.Standing(ctx, id)
	default:
		return deal.Listing{}, errs.New(errs.NotFound, "not_found")
	}
	if err != nil {
		return deal.Listing{}, err
	}
	// A record of another platform has nobody here to be introduced to.
	if origin, taken, err := store.NewListings(j.p.db).Origin(ctx, id); err != nil {
		return deal.Listing{}, err
	} else if taken && origin.Named.AtSource {
		return deal.Listing{}, errs.Newp(errs.Conflict, "listing_at_source", errs.Params{"url": origin.Contact()})
	}
	return deal.Listing{Facts: standing.Facts, Anonymous: standing.Anonymous}, nil
}

// dealComponents lets deals ask which packages contain an achievement.
type dealComponents struct{ p *platform }

var _ deal.Components = dealComponents{}

func (j dealComponents) PackagesWith(ctx context.Context, achievementID string) (string, []string, error) {
	return j.p.packages.PackagesWith(ctx, achievementID)
}

// dealNeeds lets a deal that begins tell its need.
type dealNeeds struct{ p *platform }

var _ deal.Needs = dealNeeds{}

func (j dealNeeds) Matched(ctx context.Context, needID string) error {
	return j.p.needs.Matched(ctx, needID)
}

// contractDeals lets contracts ask about deals.
type contractDeals struct{ deals *deal.Service }

var _ contract.Deals = contractDeals{}

func (j contractDeals) Sides(ctx context.Context, dealID string) (contract.DealSides, error) {
	d, err := j.deals.Sides(ctx, dealID)
	return contract.DealSides{
		SellerOrg: d.SellerOrg, BuyerOrg: d.BuyerOrg, PackageID: d.PackageID,
		Negotiating: d.Position.State == deal.Negotiating,
	}, err
}

func (j contractDeals) MarkContracted(ctx context.Context, dealID string) error {
	return j.deals.MarkContracted(ctx, dealID)
}

// contractPackages lets contracts take what a package offers.
type contractPackages struct{ packages *catalog.Packages }

var _ contract.Packages = contractPackages{}

func (j contractPackages) Components(ctx context.Context, packageID string) ([]contract.Component, error) {
	live, err := j.packages.LastPublished(ctx, packageID)
	if err != nil {
		return nil, err
	}
	titles, err := j.packages.ComponentTitles(ctx, policy.SystemActor(), live.Content)
	if err != nil {
		return nil, err
	}
	out := make([]contract.Component, 0, len(titles))
	for i, c := range live.Content.Components {
		owner := c.OwnerOrganisationID
		if owner == "" {
			owner = live.OwnerOrg
		}
		out = append(out, contract.Component{
			Kind: string(c.Kind), AchievementID: c.AchievementID, Title: titles[i], OwnerOrg: owner,
			Rights: c.Rights, WeightBps: int64(c.WeightBps),
		})
	}
	return out, nil
}

func (j contractPackages) Disagreeing(ctx context.Context, packageID string, components []contract.Component) (string, error) {
	wanted := make([]catalog.Component, 0, len(components))
	for _, c := range components {
		wanted = append(wanted, catalog.Component{
			Kind: catalog.ComponentKind(c.Kind), AchievementID: c.AchievementID, Title: c.Title.In(text.Chinese),
			OwnerOrganisationID: c.OwnerOrg, Rights: c.Rights, WeightBps: int(c.WeightBps),
		})
	}
	return j.packages.Disagreeing(ctx, packageID, wanted)
}

// signedContracts tells packages what contracts have taken. Contracts ask
// packages in turn, so they are reached through the platform, which has them
// by the time of the first call.
type signedContracts struct{ p *platform }

var _ catalog.Takings = signedContracts{}

func (j signedContracts) RightsTaken(ctx context.Context, achievements []string) ([]rights.Taken, error) {
	return j.p.contracts.RightsTaken(ctx, achievements)
}

// contractOrganisations gives contracts their parties as they stand now.
type contractOrganisations struct{ organisations account.OrganisationStore }

var _ contract.Organisations = contractOrganisations{}

func (j contractOrganisations) Snapshot(ctx context.Context, orgID string) (contract.Organisation, error) {
	o, err := j.organisations.Organisation(ctx, orgID)
	return contract.Organisation{ID: o.ID, Name: o.Name, CreditCode: o.CreditCode, Region: o.Region}, err
}

// contractContributors tells contracts who has a share in what they earn: who
// is named in a plan that is still being drafted has none yet.
type contractContributors struct{ plans *store.Reward }

var _ contract.Contributors = contractContributors{}

func (j contractContributors) OfContract(ctx context.Context, contractID string) ([]string, error) {
	plans, err := j.plans.Plans(ctx, contractID)
	if err != nil {
		return nil, err
	}
	var persons []string
	for _, p := range plans {
		if p.Position.State != reward.PlanDraft {
			persons = append(persons, p.Persons()...)
		}
	}
	return persons, nil
}

// rewardContracts lets reward plans ask what a contract earns.
type rewardContracts struct{ contracts *contract.Service }

var _ reward.Contracts = rewardContracts{}

func (j rewardContracts) Earning(ctx context.Context, contractID string) (reward.Earning, error) {
	c, err := j.contracts.Of(ctx, contractID)
	if err != nil {
		return reward.Earning{}, err
	}
	earning := reward.Earning{ContractID: c.ID, Name: c.Terms.Name, Discarded: c.Position.State == contract.Discarded}
	place := map[string]int{}
	for _, part := range c.Components {
		i, known := place[part.OwnerOrg]
		if !known {
			i = len(earning.Owners)
			place[part.OwnerOrg] = i
			earning.Owners = append(earning.Owners, reward.Owner{OrgID: part.OwnerOrg, Name: part.OwnerName})
		}
		owner := &earning.Owners[i]
		owner.WeightBps += part.WeightBps
		if part.AchievementID != "" {
			owner.Achievements = append(owner.Achievements, reward.OwnedAchievement{ID: part.AchievementID, WeightBps: part.WeightBps})
		}
	}
	return earning, nil
}

func (j rewardContracts) Movements(ctx context.Context, contractID string) ([]reward.Movement, error) {
	moved, err := j.contracts.MovementsOf(ctx, contractID)
	if err != nil {
		return nil, err
	}
	out := make([]reward.Movement, 0, len(moved))
	for _, m := range moved {
		out = append(out, reward.Movement{
			ID: m.ID, ReceiptID: m.ReceiptID, On: m.On, RecordedBy: m.RecordedBy, RecordedAt: m.RecordedAt,
			Event: reward.Event{
				Type: reward.EventType(m.Type), Amount: m.Gross - m.VAT,
				Taxes: m.Taxes, DirectCosts: m.DirectCosts, SellerCommission: m.SellerCommission,
			},
		})
	}
	return out, nil
}

// rewardAchievements lets reward plans begin with the contributors of the results.
type rewardAchievements struct{ achievements *catalog.Achievements }

var _ reward.Achievements = rewardAchievements{}

func (j rewardAchievements) Contributors(ctx context.Context, achievementID string) ([]reward.Contributor, error) {
	live, err := j.achievements.LastPublished(ctx, achievementID)
	if err != nil {
		return nil, err
	}
	out := make([]reward.Contributor, 0, len(live.Content.Contributors))
	for _, c := range live.Content.Contributors {
		out = append(out, reward.Contributor{ID: c.PersonID, Role: reward.Role(c.Role), Weight: c.Weight})
	}
	return out, nil
}

// rewardOrganisations tells reward plans where an owner is.
type rewardOrganisations struct{ organisations account.OrganisationStore }

var _ reward.Organisations = rewardOrganisations{}

func (j rewardOrganisations) Region(ctx context.Context, orgID string) (string, error) {
	o, err := j.organisations.Organisation(ctx, orgID)
	return o.Region, err
}
