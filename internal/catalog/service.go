package catalog

import (
	"context"
	"slices"

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
	// Contributions keeps what contributors say to their part; without it
	// nobody is asked.
	Contributions ContributionStore
	// Copies attaches the files that an achievement names to its copy.
	Copies FileCopies
	// Agreements keeps what other owners say to having theirs in a package.
	Agreements    AgreementStore
	Organisations Organisations
	// Takings tells what contracts have taken; where there are no contracts it
	// may be left out.
	Takings Takings
}

// Achievements is the use cases of achievements.
type Achievements struct {
	*listing.Service[AchievementContent]
	deps Deps
}

// NewAchievements makes the service.
func NewAchievements(d Deps) *Achievements {
	kind := &achievements{
		rules: AchievementRules(), taxonomies: d.Taxonomies, persons: d.Persons, files: d.Files,
		weights: d.Weights[AchievementKind],
	}
	return &Achievements{Service: listing.NewService[AchievementContent](kind, d.Deps), deps: d}
}

// Packages is the use cases of packages.
type Packages struct {
	*listing.Service[PackageContent]
	kind         *packages
	achievements *Achievements
}

// NewPackages makes the service; it reads achievements through theirs.
func NewPackages(d Deps, a *Achievements) *Packages {
	AgreementMachine.Validate()
	kind := &packages{
		rules: PackageRules(), taxonomies: d.Taxonomies, store: d.Store, agreements: d.Agreements, takings: d.Takings,
		organisations: d.Organisations, tx: d.Tx, journal: d.Journal, clock: d.Clock, weights: d.Weights[PackageKind],
	}
	return &Packages{Service: listing.NewService[PackageContent](kind, d.Deps), kind: kind, achievements: a}
}

// Machines are the state machines of the catalogue, for the store's edges.
func Machines() []lifecycle.Machine {
	return slices.Concat(AchievementRules().Machines(), PackageRules().Machines(), []lifecycle.Machine{AgreementMachine})
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
