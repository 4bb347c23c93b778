package indexing

import (
	"context"
	"slices"

	"chengqiao/internal/catalog"
	"chengqiao/internal/event"
	"chengqiao/internal/match"
	"chengqiao/internal/rights"
)

// rightEvents are those after which contracts may have taken rights, or given
// them back. A term that runs out is no event: it shows when the listing
// changes next, or the index is built anew.
var rightEvents = []event.Name{event.ContractSigned, event.ContractChanged}

// takenFrom are the achievements of which an event says that a contract took
// rights, or gave them back.
func takenFrom(e event.Event) []string {
	if !slices.Contains(rightEvents, e.Name) {
		return nil
	}
	var ids []string
	switch named := e.Data["achievements"].(type) {
	case []string:
		ids = named
	case []any: // as it comes back from the store
		for _, id := range named {
			if s, ok := id.(string); ok {
				ids = append(ids, s)
			}
		}
	}
	return ids
}

// taken is what contracts have taken of the achievements among the versions,
// and of those that packages among them contain.
func (l *Listings) taken(ctx context.Context, versions []version) (catalog.Taken, error) {
	var ids []string
	for _, v := range versions {
		if v.listing.Kind == match.Achievement {
			ids = append(ids, v.listing.ID)
		}
		for _, c := range v.bundle.Components {
			if c.AchievementID != "" {
				ids = append(ids, c.AchievementID)
			}
		}
	}
	return l.packages.Takings(ctx, each(ids))
}

// roomLeft is what matching says of a result. That nothing was taken here does
// not say that its owner would grant it.
var roomLeft = map[rights.Room]match.Rights{rights.Partly: match.RightsPartly, rights.None: match.RightsTaken}

// placesLeft is what matching says of a package by its components.
func placesLeft(places []catalog.Place) match.Rights {
	free := 0
	for _, p := range places {
		if p.Free {
			free++
		}
	}
	switch free {
	case len(places):
		return match.RightsUnknown
	case 0:
		return match.RightsTaken
	default:
		return match.RightsPartly
	}
}

// setRights lets every view of a listing say what contracts have left of it.
func setRights(m match.Listing, left match.Rights) {
	if left == match.RightsUnknown {
		return
	}
	for _, v := range []*match.View{m.Public, m.Members, m.Full} {
		if v != nil {
			v.Rights = left
		}
	}
}
