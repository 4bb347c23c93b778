package catalog

import (
	"context"

	"chengqiao/internal/errs"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/listing"
	"chengqiao/internal/policy"
	"chengqiao/internal/taxonomy"
	"chengqiao/internal/text"
)

// Deps are what the catalogue works with.
type Deps struct {
	listing.Deps
	Taxonomies *taxonomy.Set
	Persons    Persons
	Files      Files
}

// Achievements is the use cases of achievements.
type Achievements struct {
	*listing.Service[AchievementContent]
}

// NewAchievements makes the service.
func NewAchievements(d Deps) *Achievements {
	return &Achievements{listing.NewService[AchievementContent](
		&achievements{rules: AchievementRules(), taxonomies: d.Taxonomies, persons: d.Persons, files: d.Files}, d.Deps)}
}

// Packages is the use cases of packages.
type Packages struct {
	*listing.Service[PackageContent]
	achievements *Achievements
}

// NewPackages makes the service; it reads achievements through theirs.
func NewPackages(d Deps, a *Achievements) *Packages {
	return &Packages{
		Service: listing.NewService[PackageContent](
			&packages{rules: PackageRules(), taxonomies: d.Taxonomies, store: d.Store}, d.Deps),
		achievements: a,
	}
}

// Machines are the state machines of the catalogue, for the store's edges.
func Machines() []lifecycle.Machine {
	return append(AchievementRules().Machines(), PackageRules().Machines()...)
}

// ComponentTitles are the titles of a package's components in their order: an
// achievement's own in both languages where the actor may read it, else the
// one that the component was reviewed with.
func (p *Packages) ComponentTitles(ctx context.Context, actor policy.Actor, c PackageContent) ([]text.Text, error) {
	out := make([]text.Text, 0, len(c.Components))
	for _, part := range c.Components {
		title := text.Zh(part.Title)
		if part.AchievementID != "" {
			readable, err := p.achievements.readableTitle(ctx, actor, part.AchievementID)
			if err != nil {
				return nil, err
			}
			if !readable.IsZero() {
				title = readable
			}
		}
		out = append(out, title)
	}
	return out, nil
}

// readableTitle is an achievement's title for the actor; zero where there is
// none to be read. A title tells too little to be logged as a disclosure.
func (a *Achievements) readableTitle(ctx context.Context, actor policy.Actor, id string) (text.Text, error) {
	standing, err := a.Standing(ctx, id)
	if err == nil {
		err = policy.Check(actor, policy.AchievementRead, standing.Facts).Err()
	}
	var live listing.Live[AchievementContent]
	if err == nil {
		live, err = a.LastPublished(ctx, id)
	}
	if err != nil && errs.KindOf(err) == errs.NotFound {
		return text.Text{}, nil
	}
	return live.Title, err
}

// PackagesWith is an achievement's owner and the packages that have been
// published with it. Error: errs.NotFound.
func (p *Packages) PackagesWith(ctx context.Context, achievementID string) (owner string, packageIDs []string, err error) {
	owner, err = p.achievements.OwnerOf(ctx, achievementID)
	if err != nil {
		return "", nil, err
	}
	packageIDs, err = p.Parents(ctx, achievementID)
	return owner, packageIDs, err
}
