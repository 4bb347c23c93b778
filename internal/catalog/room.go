package catalog

import (
	"context"
	"strings"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/listing"
	"chengqiao/internal/policy"
	"chengqiao/internal/rights"
	"chengqiao/internal/taxonomy"
)

// Takings tells what contracts in force have taken.
type Takings interface {
	// RightsTaken are the rights in any of the achievements that were taken.
	RightsTaken(ctx context.Context, achievements []string) ([]rights.Taken, error)
}

// Room is what is still to be had of an achievement, and what is not. It says
// nothing of who took it, or for how much.
type Room struct {
	State rights.Room
	// Taken are the grants in force, in the order of their contracts, as far as
	// the reader may know in which field and territory they stand.
	Taken []rights.Grant
}

// Place says whether a component of a package can still be had as it is
// offered.
type Place struct {
	Free bool
	// FreeFrom is the first day on which it can be had again; "" where it is
	// free, or never will be.
	FreeFrom clock.Date
}

// RoomIn is what is still to be had of an achievement that the actor may read.
// That something is taken everybody learns; what exactly, the achievement's
// owner, the reviewer, and who reads the components of the package in which it
// was offered. Error: errs.NotFound.
func (p *Packages) RoomIn(ctx context.Context, actor policy.Actor, achievementID string) (Room, error) {
	standing, err := p.achievements.Standing(ctx, achievementID)
	if err != nil {
		return Room{}, err
	}
	if err := policy.Check(actor, policy.AchievementRead, standing.Facts).Err(); err != nil {
		return Room{}, err
	}
	found, err := p.kind.taken(ctx, []string{achievementID})
	if err != nil {
		return Room{}, err
	}
	taken, today := found[achievementID], clock.DateOf(p.kind.clock.Now())
	room := Room{State: rights.RoomIn(grantsOf(taken), today)}
	inside := policy.Check(actor, policy.AchievementInside, standing.Facts).Allowed()
	told := map[string]bool{} // by package
	for _, t := range taken {
		if !t.InForce(today) {
			continue
		}
		reads, known := told[t.PackageID]
		if !known && !inside {
			if reads, err = p.ReadsField(ctx, actor, t.PackageID, "components"); err != nil {
				return Room{}, err
			}
			told[t.PackageID] = reads
		}
		if inside || reads {
			room.Taken = append(room.Taken, t.Grant)
		}
	}
	return room, nil
}

func grantsOf(taken []rights.Taken) []rights.Grant {
	out := make([]rights.Grant, 0, len(taken))
	for _, t := range taken {
		out = append(out, t.Grant)
	}
	return out
}

// Places are the components of a content in their order, each free or taken.
func (p *Packages) Places(ctx context.Context, c PackageContent) ([]Place, error) {
	taken, err := p.Takings(ctx, achievementIDs(c.Components))
	return taken.Places(c), err
}

// Taken is what contracts have taken of some achievements, as of a day.
type Taken struct {
	by    map[string][]rights.Taken
	today clock.Date
}

// Takings is what contracts have taken of the achievements, for other domains:
// it asks no policy.
func (p *Packages) Takings(ctx context.Context, achievements []string) (Taken, error) {
	by, err := p.kind.taken(ctx, achievements)
	return Taken{by: by, today: clock.DateOf(p.kind.clock.Now())}, err
}

// Places are the components of a content in their order, each free or taken.
func (t Taken) Places(c PackageContent) []Place {
	out := make([]Place, 0, len(c.Components))
	for _, part := range c.Components {
		out = append(out, placeOf(part, t.by[part.AchievementID], t.today))
	}
	return out
}

// RoomIn is what is still to be had of one of the achievements.
func (t Taken) RoomIn(achievementID string) rights.Room {
	return rights.RoomIn(grantsOf(t.by[achievementID]), t.today)
}

// placeOf is free when no grant bars the component. Otherwise it is free again
// when the last of those that do is over.
func placeOf(c Component, taken []rights.Taken, today clock.Date) Place {
	place := Place{Free: true}
	forever := false
	for _, g := range taken {
		if !g.Bars(c.Rights, today) {
			continue
		}
		place.Free = false
		until := g.Until()
		forever = forever || until == ""
		place.FreeFrom = max(place.FreeFrom, until)
	}
	if forever {
		place.FreeFrom = ""
	}
	return place
}

// taken is what contracts have taken of achievements, by their ids.
func (k *packages) taken(ctx context.Context, achievements []string) (map[string][]rights.Taken, error) {
	if len(achievements) == 0 || k.takings == nil {
		return nil, nil
	}
	found, err := k.takings.RightsTaken(ctx, achievements)
	if err != nil {
		return nil, err
	}
	out := map[string][]rights.Taken{}
	for _, t := range found {
		out[t.AchievementID] = append(out[t.AchievementID], t)
	}
	return out, nil
}

// checkFree notes the components that offer what a contract has taken.
func (k *packages) checkFree(ctx context.Context, f *listing.Faults, c PackageContent) error {
	taken, err := k.taken(ctx, achievementIDs(c.Components))
	if err != nil {
		return err
	}
	today := clock.DateOf(k.clock.Now())
	for i, part := range c.Components {
		place := placeOf(part, taken[part.AchievementID], today)
		switch {
		case place.Free:
		case place.FreeFrom == "":
			f.Add(listing.At("components", i, "rights"), "component_taken")
		default:
			f.Add(listing.At("components", i, "rights"), "component_taken_until", errs.Params{"date": string(place.FreeFrom)})
		}
	}
	return nil
}

// territoryCodes writes a territory that is the name of a region as its code,
// so that it can be compared with others. What is no region's name stays.
func (k *packages) territoryCodes(territory string) string {
	territory = strings.TrimSpace(territory)
	if territory == "" {
		return ""
	}
	for _, region := range k.taxonomies.List(taxonomy.Region) {
		if territory == region.Name.Zh || strings.EqualFold(territory, region.Name.En) || shortName(region.Name.Zh) == territory {
			return region.Code
		}
	}
	return territory
}

// shortName is a region's name without what says of which rank it is.
func shortName(name string) string {
	for _, rank := range []string{"维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "特别行政区", "省", "市"} {
		if short, ok := strings.CutSuffix(name, rank); ok {
			return short
		}
	}
	return name
}
