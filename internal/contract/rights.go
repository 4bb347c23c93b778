package contract

import (
	"context"

	"chengqiao/internal/errs"
	"chengqiao/internal/rights"
	"chengqiao/internal/text"
)

// Rights are what the buyer gets of a component.
type Rights = rights.Rights

// RightsTaken are the rights in any of the achievements that contracts in
// force took, for other domains: they say nothing of the parties.
func (s *Service) RightsTaken(ctx context.Context, achievements []string) ([]rights.Taken, error) {
	if len(achievements) == 0 {
		return nil, nil
	}
	return s.deps.Store.RightsTaken(ctx, "", achievements)
}

// takeRights refuses rights that another contract in force has taken, and
// those that their owner no longer lets the seller offer. It runs in the
// transaction of the last signature: of two contracts that are signed at once,
// the second finds what the first has taken.
func (s *Service) takeRights(ctx context.Context, c Contract) error {
	if err := s.checkOwners(ctx, c); err != nil {
		return err
	}
	achievements := c.achievements()
	if len(achievements) == 0 {
		return nil
	}
	taken, err := s.deps.Store.RightsTaken(ctx, c.ID, achievements)
	if err != nil {
		return err
	}
	for _, part := range c.Components {
		for _, t := range taken {
			if t.AchievementID == part.AchievementID && t.Bars(part.Rights, s.today()) {
				return errs.Newp(errs.Conflict, "rights_taken", errs.Params{
					"achievement_id": t.AchievementID, "offer": t.Rights.Offer, "exclusivity": t.Rights.Exclusivity,
				})
			}
		}
	}
	return nil
}

// achievements are those among the components, by their ids.
func (c Contract) achievements() []string {
	var ids []string
	for _, part := range c.Components {
		if part.AchievementID != "" {
			ids = append(ids, part.AchievementID)
		}
	}
	return ids
}

// checkOwners asks whether the other owners still agree to what the contract
// takes of theirs.
func (s *Service) checkOwners(ctx context.Context, c Contract) error {
	if c.PackageID == "" {
		return nil
	}
	var foreign []Component
	for _, part := range c.Components {
		if part.OwnerOrg != c.Seller.ID {
			foreign = append(foreign, part)
		}
	}
	if len(foreign) == 0 {
		return nil
	}
	refusing, err := s.deps.Packages.Disagreeing(ctx, c.PackageID, foreign)
	if err != nil || refusing == "" {
		return err
	}
	for _, part := range foreign {
		if part.OwnerOrg == refusing {
			return errs.Newp(errs.Conflict, "owner_not_agreed", errs.Params{
				"owner": part.OwnerName.In(text.Chinese), "component": part.Title.In(text.Chinese)})
		}
	}
	return nil
}
