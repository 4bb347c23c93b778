package app

import (
	"context"

	"chengqiao/internal/account"
	"chengqiao/internal/reward"
	"chengqiao/internal/store"
)

// rewardRecords are a person's rewards in the export of their personal data.
// They outlive an erasure: tax law and the contract's record keep them.
type rewardRecords struct{ rewards *store.Reward }

var _ account.Records = rewardRecords{}

// exportPage bounds one reading of shares; an export reads all pages.
const exportPage = 500

type exportedShare struct {
	DistributionID string `json:"distribution_id"`
	ContractID     string `json:"contract_id"`
	On             string `json:"on"`
	State          string `json:"state"`
	Role           string `json:"role"`
	Weight         int64  `json:"weight"`
	AmountFen      int64  `json:"amount_fen"`
}

func (j rewardRecords) Export(ctx context.Context, _ string, persons []string) (any, error) {
	out := []exportedShare{}
	var after *reward.OwnShareKey
	for {
		shares, err := j.rewards.OwnShares(ctx, persons, after, exportPage)
		if err != nil {
			return nil, err
		}
		for _, s := range shares {
			out = append(out, exportedShare{
				DistributionID: s.DistributionID, ContractID: s.ContractID, On: string(s.On), State: string(s.State),
				Role: string(s.Role), Weight: s.Weight, AmountFen: s.Amount,
			})
		}
		if len(shares) < exportPage {
			return out, nil
		}
		key := shares[len(shares)-1].Key()
		after = &key
	}
}

func (j rewardRecords) Keeps(ctx context.Context, persons []string) ([]account.Kept, error) {
	shares, err := j.rewards.OwnShares(ctx, persons, nil, 1)
	if err != nil || len(shares) == 0 {
		return nil, err
	}
	return []account.Kept{{What: "reward_payments", Ground: "tax_record"}}, nil
}
