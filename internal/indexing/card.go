package indexing

import (
	"context"
	"slices"

	"chengqiao/internal/catalog"
	"chengqiao/internal/finding"
	"chengqiao/internal/listing"
	"chengqiao/internal/need"
	"chengqiao/internal/policy"
	"chengqiao/internal/recent"
	"chengqiao/internal/search"
	"chengqiao/internal/text"
)

var _ finding.Cards = (*Listings)(nil)

// cardReader is for whom cards are made.
type cardReader struct {
	actor   policy.Actor
	granted []string
}

// tiers are those that the reader reads of a listing in a list.
func (r cardReader) tiers(id, owner string) []policy.Tier {
	facts := policy.Facts{OwnerOrg: owner}
	if slices.Contains(r.granted, id) {
		facts.NDAWith = []string{r.actor.OrgID}
	}
	return policy.TiersOf(r.actor, facts)
}

// Cards implements finding.Cards.
func (l *Listings) Cards(ctx context.Context, actor policy.Actor, granted []string, hits []search.Hit) (map[string]finding.Card, error) {
	ids := make([]string, len(hits))
	for i, h := range hits {
		ids[i] = h.ID
	}
	heads, err := l.shownHeads.LiveHeads(ctx, ids)
	if err != nil {
		return nil, err
	}
	reader := cardReader{actor, granted}
	out := make(map[string]finding.Card, len(hits))
	missing := map[search.Kind][]string{} // cards that are not kept, by kind
	for _, h := range heads {
		if k, ok := l.cards.Get(keyOf(h.ID, h.Number, reader.tiers(h.ID, h.OwnerOrg))); ok {
			reader.add(out, h.ID, h.OwnerOrg, k)
		} else {
			missing[search.Kind(h.Kind)] = append(missing[search.Kind(h.Kind)], h.ID)
		}
	}
	if err := makeCards(ctx, l.cards, l.achievements.Service, reader, missing[search.KindAchievement], achievementCard, out); err != nil {
		return nil, err
	}
	if err := makeCards(ctx, l.cards, l.packages.Service, reader, missing[search.KindPackage], packageCard, out); err != nil {
		return nil, err
	}
	if err := makeCards(ctx, l.cards, l.needs.Service, reader, missing[search.KindNeed], needCard, out); err != nil {
		return nil, err
	}
	return out, l.nameOwners(ctx, out)
}

// add gives the reader a card that is for the reader.
func (r cardReader) add(out map[string]finding.Card, id, owner string, k keptCard) {
	if k.closed {
		return
	}
	card := k.card
	if !k.anonymous || r.actor.OrgID != "" && r.actor.OrgID == owner {
		card.OrgID = owner
	}
	out[id] = card
}

// makeCards makes the cards of one kind from their listings, keeps them, and
// adds them to out.
func makeCards[C any](ctx context.Context, kept *recent.Kept[cardKey, keptCard], s *listing.Service[C], reader cardReader, ids []string,
	fill func(C, *finding.Card), out map[string]finding.Card,
) error {
	if len(ids) == 0 {
		return nil
	}
	found, err := s.LiveMany(ctx, ids)
	if err != nil {
		return err
	}
	for _, l := range found {
		tiers := reader.tiers(l.ID, l.OwnerOrg)
		k, err := cardOf(s, l, tiers, fill)
		if err != nil {
			return err
		}
		kept.Put(keyOf(l.ID, l.Number, tiers), k)
		reader.add(out, l.ID, l.OwnerOrg, k)
	}
	return nil
}

// cardOf makes the card of a listing for readers of some tiers.
func cardOf[C any](s *listing.Service[C], l listing.Live[C], tiers []policy.Tier, fill func(C, *finding.Card)) (keptCard, error) {
	k := keptCard{anonymous: l.Anonymous, closed: !slices.Contains(tiers, l.Audience)}
	if k.closed {
		return k, nil
	}
	c, _, err := s.At(l, tiers)
	if err != nil {
		return k, err
	}
	k.card = finding.Card{ID: l.ID, Kind: l.Kind, Title: l.Title, PublishedAt: l.PublishedAt}
	fill(c, &k.card)
	return k, nil
}

// nameOwners gives the cards the names of their organisations.
func (l *Listings) nameOwners(ctx context.Context, cards map[string]finding.Card) error {
	var ids []string
	for _, c := range cards {
		if c.OrgID != "" {
			ids = append(ids, c.OrgID)
		}
	}
	names, err := l.OrganisationNames(ctx, ids)
	if err != nil {
		return err
	}
	for id, c := range cards {
		c.OrgName = names[c.OrgID]
		cards[id] = c
	}
	return nil
}

func achievementCard(c catalog.AchievementContent, card *finding.Card) {
	card.ValueLine, card.Snippet = c.ValueLine, snippet(c.Abstract)
	card.KeywordsZh, card.KeywordsEn = c.KeywordsZh, c.KeywordsEn
	card.TechnicalField, card.Region, card.TRL, card.Year = c.TechnicalField, c.Region, c.TRL, c.Year
	card.PriceMode, card.Price = c.PriceMode, c.Price
}

func packageCard(c catalog.PackageContent, card *finding.Card) {
	card.ValueLine, card.Snippet = c.ValueLine, snippet(c.Description)
	card.KeywordsZh, card.KeywordsEn = c.KeywordsZh, c.KeywordsEn
	card.TechnicalField, card.Region = c.TechnicalField, c.Region
	card.PriceMode, card.Price = c.PriceMode, c.Price
}

func needCard(c need.Content, card *finding.Card) {
	card.Snippet = snippet(c.Problem)
	card.KeywordsZh, card.KeywordsEn = c.KeywordsZh, c.KeywordsEn
	card.TechnicalField, card.Region, card.TRL = c.TechnicalField, c.Region, c.MinTRL
	card.Price = c.BudgetMax
}

func snippet(t text.Text) text.Text { return text.Text{Zh: opening(t.Zh), En: opening(t.En)} }

func opening(s string) string {
	shown, goesOn := search.Opening(s)
	if goesOn {
		return shown + "…"
	}
	return shown
}
