package reward

import (
	"context"

	"chengqiao/internal/policy"
	"chengqiao/internal/text"
)

// MaxPage bounds the entries of one page.
const MaxPage = 100

// OwnShareView is one's own share with the names around it.
type OwnShareView struct {
	OwnShare
	ContractName string
	OwnerName    text.Text
}

// OwnPage is one page of one's own shares, with the totals of all and the
// cursor of the next; "" at the end.
type OwnPage struct {
	OwnTotals
	Items []OwnShareView
	Next  string
}

// Own is what is owed to the acting person, what was paid, and why, newest
// first. Errors: errs.NotFound for who has no person yet, errs.Malformed
// "malformed_cursor".
func (s *Service) Own(ctx context.Context, actor policy.Actor, cursor string, limit int) (OwnPage, error) {
	if err := policy.Check(actor, policy.RewardReadOwn, policy.Facts{Persons: []string{actor.PersonID}}).Err(); err != nil {
		return OwnPage{}, err
	}
	after, err := parseOwnShareKey(cursor)
	if err != nil {
		return OwnPage{}, err
	}
	limit = max(1, min(limit, MaxPage))
	persons := append([]string{actor.PersonID}, actor.Entries...)
	found, err := s.deps.Store.OwnShares(ctx, persons, after, limit+1)
	if err != nil {
		return OwnPage{}, err
	}
	var page OwnPage
	if page.OwnTotals, err = s.deps.Store.OwnTotals(ctx, persons); err != nil {
		return OwnPage{}, err
	}
	if len(found) > limit {
		found = found[:limit]
		page.Next = found[limit-1].Key().String()
	}
	contracts := map[string]Earning{}
	for _, share := range found {
		earning, known := contracts[share.ContractID]
		if !known {
			if earning, err = s.deps.Contracts.Earning(ctx, share.ContractID); err != nil {
				return OwnPage{}, err
			}
			contracts[share.ContractID] = earning
		}
		owner, _ := earning.owner(share.OwnerOrg)
		page.Items = append(page.Items, OwnShareView{OwnShare: share, ContractName: earning.Name, OwnerName: owner.Name})
	}
	return page, nil
}
