package indexing_test

import (
	"testing"
	"time"

	"chengqiao/internal/finding"
	"chengqiao/internal/listing"
	"chengqiao/internal/policy"
	"chengqiao/internal/search"
	"chengqiao/internal/text"
)

// card is what a reader's list shows of a listing now.
func (w *world) card(t *testing.T, reader policy.Actor, id string, granted ...string) (finding.Card, bool) {
	t.Helper()
	all, err := w.listings.Cards(t.Context(), reader, granted, []search.Hit{{ID: id, Kind: search.KindAchievement}})
	if err != nil {
		t.Fatal(err)
	}
	card, ok := all[id]
	return card, ok
}

// Cards are kept, and still say what is live now, in the tiers of who reads.
func TestACardIsNeverOlderThanItsListing(t *testing.T) {
	w := newWorld(t)
	content := electrolyte()
	content.Tiers = map[string]policy.Tier{"abstract": policy.TierMembers, "value_line": policy.TierNDA}
	head := w.publish(t, content)
	visitor := policy.Actor{}
	for range 2 { // the second time from what is kept
		for name, c := range map[string]struct {
			reader          policy.Actor
			granted         []string
			abstract, value bool
		}{
			"a visitor":            {visitor, nil, false, false},
			"a member":             {manager, nil, true, false},
			"who has signed":       {manager, []string{head.ID}, true, true},
			"the owner's own":      {officer, nil, true, true},
			"signed for another's": {manager, []string{"another"}, true, false},
		} {
			card, ok := w.card(t, c.reader, head.ID, c.granted...)
			if !ok || card.Snippet.IsZero() == c.abstract || card.ValueLine.IsZero() == c.value || card.OrgName.Zh != "天山研究所" {
				t.Errorf("%s: %+v", name, card)
			}
		}
	}
	w.owners["lab"] = "天山研究院"
	w.clock.Advance(2 * time.Second) // as late as in the index
	if card, _ := w.card(t, visitor, head.ID); card.OrgName.Zh != "天山研究院" {
		t.Errorf("after its owner's change of name: %+v", card)
	}

	content.Title = text.Zh("超低温电解液")
	draft, err := w.achievements.Save(t.Context(), officer, head.ID, head.Version, content)
	if err != nil {
		t.Fatal(err)
	}
	if card, _ := w.card(t, visitor, head.ID); card.Title.Zh != "低温电解液" {
		t.Errorf("with a working copy: %+v", card)
	}
	head = w.step(t, w.step(t, draft.Head, officer, listing.Submit), reviewer, listing.Publish)
	if card, _ := w.card(t, visitor, head.ID); card.Title.Zh != "超低温电解液" {
		t.Errorf("after the next publication: %+v", card)
	}
	w.step(t, head, officer, listing.Suspend)
	if card, ok := w.card(t, visitor, head.ID); ok {
		t.Errorf("while suspended: %+v", card)
	}
}
