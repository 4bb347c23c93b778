package policy

import "slices"

// Tier is a disclosure tier (domain.md section 2): who may read a field or document.
type Tier string

// The tiers, from the widest audience to the narrowest.
const (
	TierPublic  Tier = "PUBLIC"  // anyone
	TierMembers Tier = "MEMBERS" // signed-in members of verified organisations
	TierNDA     Tier = "NDA"     // a counterparty with a signed NDA in a deal
)

// AllTiers in order of audience.
var AllTiers = []Tier{TierPublic, TierMembers, TierNDA}

// Valid tells whether t is a known tier.
func (t Tier) Valid() bool { return slices.Contains(AllTiers, t) }

// TiersOf are the tiers whose fields the actor may read of a subject. The
// owner, the reviewer and the program read all; a contributor reads what the
// own achievement says.
func TiersOf(actor Actor, facts Facts) []Tier {
	switch {
	case actor.System,
		actor.OrgID != "" && actor.OrgID == facts.OwnerOrg,
		actor.OrgKind == Platform && actor.Has(Reviewer),
		actor.Is(facts.Persons):
		return AllTiers
	case actor.OrgID != "" && slices.Contains(facts.NDAWith, actor.OrgID):
		return AllTiers
	}
	return ReaderTiers(actor)
}

// ReaderTiers are the tiers an actor reads of any listing, whoever owns it:
// what search, facets, suggestions and feeds may use.
func ReaderTiers(actor Actor) []Tier {
	if actor.System {
		return AllTiers
	}
	if actor.SignedIn() && actor.OrgVerified {
		return []Tier{TierPublic, TierMembers}
	}
	return []Tier{TierPublic}
}
