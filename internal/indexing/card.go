package indexing

import (
	"context"
	"slices"

	"chengqiao/internal/finding"
	"chengqiao/internal/listing"
	"chengqiao/internal/match"
	"chengqiao/internal/policy"
	"chengqiao/internal/search"
)

var _ finding.Cards = (*Listings)(nil)

// Cards implements finding.Cards.
func (l *Listings) Cards(ctx context.Context, actor policy.Actor, granted []string, hits []search.Hit) (map[string]finding.Card, error) {
	refs := make([]match.Ref, 0, len(hits))
	for _, h := range hits {
		refs = append(refs, match.Ref{Kind: match.Kind(h.Kind), ID: h.ID})
	}
	b, err := l.load(ctx, refs)
	if err != nil {
		return nil, err
	}
	out := make(map[string]finding.Card, len(hits))
	for _, a := range b.achievements {
		c, card, err := readable(l.achievements.Service, a, actor, granted, b.owners)
		if err != nil {
			return nil, err
		}
		if card == nil {
			continue
		}
		card.ValueLine, card.Abstract = c.ValueLine, c.Abstract
		card.KeywordsZh, card.KeywordsEn = c.KeywordsZh, c.KeywordsEn
		card.TechnicalField, card.Region, card.TRL, card.Year = c.TechnicalField, c.Region, c.TRL, c.Year
		card.PriceMode, card.Price = c.PriceMode, c.Price
		out[a.ID] = *card
	}
	for _, p := range b.packages {
		c, card, err := readable(l.packages.Service, p, actor, granted, b.owners)
		if err != nil {
			return nil, err
		}
		if card == nil {
			continue
		}
		card.ValueLine, card.Abstract = c.ValueLine, c.Description
		card.KeywordsZh, card.KeywordsEn = c.KeywordsZh, c.KeywordsEn
		card.TechnicalField, card.Region = c.TechnicalField, c.Region
		card.PriceMode, card.Price = c.PriceMode, c.Price
		out[p.ID] = *card
	}
	for _, n := range b.needs {
		c, card, err := readable(l.needs.Service, n, actor, granted, b.owners)
		if err != nil {
			return nil, err
		}
		if card == nil {
			continue
		}
		card.Abstract = c.Problem
		card.KeywordsZh, card.KeywordsEn = c.KeywordsZh, c.KeywordsEn
		card.TechnicalField, card.Region, card.TRL = c.TechnicalField, c.Region, c.MinTRL
		card.Price = c.BudgetMax
		out[n.ID] = *card
	}
	return out, nil
}

// readable is a listing's content as the actor may read it in a list, and the
// begin of its card; nil where the listing is closed to the actor.
func readable[C any](s *listing.Service[C], l listing.Live[C], actor policy.Actor, granted []string, owners map[string]Organisation) (C, *finding.Card, error) {
	var none C
	facts := policy.Facts{OwnerOrg: l.OwnerOrg}
	if slices.Contains(granted, l.ID) {
		facts.NDAWith = []string{actor.OrgID}
	}
	tiers := policy.TiersOf(actor, facts)
	if !slices.Contains(tiers, l.Audience) {
		return none, nil, nil
	}
	c, _, err := s.At(l, tiers)
	if err != nil {
		return none, nil, err
	}
	card := &finding.Card{ID: l.ID, Kind: l.Kind, Title: l.Title, PublishedAt: l.PublishedAt}
	if !l.Anonymous || actor.OrgID != "" && actor.OrgID == l.OwnerOrg {
		card.OrgID, card.OrgName = l.OwnerOrg, owners[l.OwnerOrg].Name
	}
	return c, card, nil
}
