package indexing

import (
	"strings"

	"chengqiao/internal/finding"
	"chengqiao/internal/policy"
)

// keptCards bounds the cards that are kept (see recent.Kept): a card takes
// about a kilobyte. A published version never changes, so that nothing in its
// card can be out of date: whether it is still the live one is asked of the
// store each time.
const keptCards = 50_000

// cardKey names the card of a published version for readers of the same tiers.
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
