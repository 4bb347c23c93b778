package indexing

import (
	"strings"
	"sync"

	"chengqiao/internal/finding"
	"chengqiao/internal/policy"
)

// keptCards bounds each half of a cardCache: a card with its abstract takes
// about three kilobytes.
const keptCards = 5_000

// cardCache keeps the cards of published versions for readers of the same
// tiers. A version never changes, so that nothing in it can be out of date:
// whether it is still the live one is asked of the store each time. It has two
// halves, of which the older is dropped when the younger is full.
type cardCache struct {
	mu         sync.Mutex
	young, old map[cardKey]keptCard
}

type cardKey struct {
	id     string
	number int64
	tiers  string
}

// keptCard is a version's card, without its owner.
type keptCard struct {
	card finding.Card
	// closed: the listing is not for readers of these tiers.
	closed    bool
	anonymous bool
}

func keyOf(id string, number int64, tiers []policy.Tier) cardKey {
	names := make([]string, len(tiers))
	for i, t := range tiers {
		names[i] = string(t)
	}
	return cardKey{id, number, strings.Join(names, " ")}
}

func (c *cardCache) get(k cardKey) (keptCard, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if card, ok := c.young[k]; ok {
		return card, true
	}
	card, ok := c.old[k]
	return card, ok
}

func (c *cardCache) keep(k cardKey, card keptCard) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.young == nil || len(c.young) >= keptCards {
		c.young, c.old = make(map[cardKey]keptCard, keptCards), c.young
	}
	c.young[k] = card
}
