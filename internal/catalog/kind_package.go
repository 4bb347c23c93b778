package catalog

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/journal"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/listing"
	"chengqiao/internal/policy"
	"chengqiao/internal/rights"
	"chengqiao/internal/taxonomy"
	"chengqiao/internal/text"
)

// FullWeightBps is what the weights of a package's components sum to.
const FullWeightBps = 10_000

// PackageRules are the package's states and default tiers. What it is made of
// and what a buyer gets is public; what it costs is for members.
func PackageRules() listing.Rules {
	return listing.Rules{
		Kind: PackageKind, Life: listing.OfferMachine(PackageKind),
		Review: listing.ReviewMachine(PackageKind, listing.Withdraw), End: listing.Withdraw,
		Final: []lifecycle.State{listing.Withdrawn}, Readable: []lifecycle.State{listing.Published},
		Tiers: map[string]policy.Tier{
			"title": policy.TierPublic, "value_line": policy.TierPublic, "description": policy.TierPublic,
			"theme": policy.TierPublic, "keywords_zh": policy.TierPublic, "keywords_en": policy.TierPublic,
			"technical_field": policy.TierPublic, "industry": policy.TierPublic, "region": policy.TierPublic,
			"components": policy.TierPublic, "cooperation": policy.TierPublic, "price_mode": policy.TierPublic,
			"price": policy.TierMembers, "public_benefit": policy.TierPublic, "contact_rule": policy.TierPublic,
			"audience": policy.TierPublic, "tiers": policy.TierPublic,
		},
		Fixed: []string{"title", "technical_field", "audience", "tiers", "contact_rule"},
	}
}

// packages is the listing.Kind of packages.
type packages struct {
	rules         listing.Rules
	taxonomies    *taxonomy.Set
	store         listing.Store
	agreements    AgreementStore
	takings       Takings
	organisations Organisations
	tx            journal.Transactor
	journal       journal.Journal
	clock         clock.Clock
	weights       listing.Weights
}

var (
	_ listing.Kind[PackageContent]     = (*packages)(nil)
	_ listing.Offering[PackageContent] = (*packages)(nil)
)

func (k *packages) Rules() listing.Rules { return k.rules }

func (k *packages) Title(c PackageContent) text.Text { return c.Title }

func (k *packages) Terms(c PackageContent) listing.Terms {
	return listing.Terms{Audience: c.Audience, Tiers: c.Tiers, Parts: achievementIDs(c.Components)}
}

// achievementIDs are the achievements among components, each once.
func achievementIDs(components []Component) []string {
	var ids []string
	for _, c := range components {
		if c.AchievementID != "" && !slices.Contains(ids, c.AchievementID) {
			ids = append(ids, c.AchievementID)
		}
	}
	return ids
}

func (k *packages) Clean(c PackageContent) PackageContent {
	for _, t := range []*text.Text{&c.Title, &c.ValueLine, &c.Description} {
		*t = t.Trimmed()
	}
	c.Theme = strings.TrimSpace(c.Theme)
	c.KeywordsZh, c.KeywordsEn = listing.CleanWords(c.KeywordsZh), listing.CleanWords(c.KeywordsEn)
	c.Components = cleaned(c.Components, func(part Component) Component {
		part.Title = strings.TrimSpace(part.Title)
		part.Rights.Territory = k.territoryCodes(part.Rights.Territory)
		return part
	})
	return c
}

func (k *packages) Outcome(string, string) (string, error) { return "", nil }

func (k *packages) ConfirmBy(_ PackageContent, today clock.Date, days int) clock.Date {
	return today.AddDays(days)
}

func (k *packages) Present(_ context.Context, c PackageContent, _ bool) (PackageContent, error) {
	return c, nil
}

func (k *packages) Check(c PackageContent) []errs.Field {
	var f listing.Faults
	f.Text("title", c.Title, maxTitle)
	f.Text("value_line", c.ValueLine, maxValueLine)
	f.Text("description", c.Description, maxText)
	f.String("theme", c.Theme, 100)
	f.Words("keywords_zh", c.KeywordsZh, maxKeywords, maxKeyword)
	f.Words("keywords_en", c.KeywordsEn, maxKeywords, maxKeyword)
	f.Code("technical_field", c.TechnicalField, k.taxonomies, taxonomy.TechnicalField)
	f.Code("industry", c.Industry, k.taxonomies, taxonomy.Industry)
	f.Code("region", c.Region, k.taxonomies, taxonomy.Region)
	f.Code("price_mode", c.PriceMode, k.taxonomies, taxonomy.PriceMode)
	f.Code("contact_rule", c.ContactRule, k.taxonomies, taxonomy.ContactRule)
	f.Count("cooperation", len(c.Cooperation), maxCooperation)
	f.Codes("cooperation", c.Cooperation, k.taxonomies, taxonomy.Cooperation)
	f.Count("components", len(c.Components), maxComponents)
	for i, part := range c.Components {
		part.check(&f, i, k.taxonomies)
	}
	f.Money("price", c.Price)
	f.Disclosure(k.rules, c.Audience, c.Tiers)
	return f.Fields()
}

const (
	maxComponents = 50
	maxTermMonths = 600
)

func (c Component) check(f *listing.Faults, i int, set *taxonomy.Set) {
	at := func(field string) string { return listing.At("components", i, field) }
	f.Required(at("kind"), c.Kind != "")
	f.Code(at("kind"), string(c.Kind), set, taxonomy.ComponentKind)
	f.String(at("title"), c.Title, maxShort)
	f.Range(at("weight_bps"), int64(c.WeightBps), 0, FullWeightBps)
	f.Code(at("rights.offer"), c.Rights.Offer, set, taxonomy.Offer)
	f.Code(at("rights.exclusivity"), c.Rights.Exclusivity, set, taxonomy.Exclusivity)
	f.String(at("rights.field_of_use"), c.Rights.FieldOfUse, maxShort)
	f.String(at("rights.territory"), c.Rights.Territory, maxShort)
	f.Range(at("rights.term_months"), int64(c.Rights.TermMonths), 0, maxTermMonths)
}

// offersOf are what a component of a kind can be offered as.
var offersOf = map[ComponentKind][]string{
	OfAchievement: {rights.Assign, rights.Licence, rights.KnowHow, rights.Service},
	OfIP:          {rights.Assign, rights.Licence, rights.KnowHow},
	OfService:     {rights.Service},
	OfEquipment:   {rights.Sale},
}

func (k *packages) CheckSubmission(ctx context.Context, l listing.Listing, c PackageContent) ([]errs.Field, error) {
	var f listing.Faults
	f.Required("title", !c.Title.IsZero())
	f.Required("description", !c.Description.IsZero() || !c.ValueLine.IsZero())
	f.Required("technical_field", c.TechnicalField != "")
	f.Required("price", c.PriceMode != "listing" || c.Price != nil)
	f.Required("components", len(c.Components) > 0)
	inside, err := k.achievements(ctx, c.Components)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for i, part := range c.Components {
		part.checkSubmission(&f, i)
		if part.AchievementID == "" {
			continue
		}
		if part.Kind == OfAchievement {
			if seen[part.AchievementID] {
				f.Add(listing.At("components", i, "achievement_id"), "duplicate")
			}
			seen[part.AchievementID] = true
		}
		part.checkAchievement(&f, i, l.OwnerOrg, inside[part.AchievementID])
		if a := inside[part.AchievementID]; a != nil && secrecy(a.content.Audience) > k.componentSecrecy(c) {
			f.Add(listing.At("components", i, "achievement_id"), "achievement_less_public")
		}
	}
	if len(c.Components) > 0 {
		CheckWeights(&f, c.Components)
	}
	if err := k.checkOwners(ctx, &f, l.OwnerOrg, c.Components); err != nil {
		return nil, err
	}
	err = k.checkFree(ctx, &f, c)
	return f.Fields(), err
}

// checkOwners wants owners that exist: nobody else could agree.
func (k *packages) checkOwners(ctx context.Context, f *listing.Faults, packageOwner string, components []Component) error {
	owners := foreignOwners(packageOwner, components)
	if len(owners) == 0 {
		return nil
	}
	names, err := k.organisations.OrganisationNames(ctx, owners)
	if err != nil {
		return err
	}
	for i, part := range components {
		owner := part.owner(packageOwner)
		if _, known := names[owner]; owner != packageOwner && !known {
			f.Add(listing.At("components", i, "owner_organisation_id"), "unknown_value")
		}
	}
	return nil
}

// CheckOffer implements listing.Offering: nothing is offered that a contract
// has taken, or that its owner has not agreed to.
func (k *packages) CheckOffer(ctx context.Context, l listing.Listing, c PackageContent) ([]errs.Field, error) {
	var f listing.Faults
	if err := k.checkFree(ctx, &f, c); err != nil {
		return nil, err
	}
	err := k.checkAgreed(ctx, &f, l, c)
	return f.Fields(), err
}

// Reviewed implements listing.Offering: a submission asks the other owners,
// and what is taken out of review asks nobody any more.
func (k *packages) Reviewed(ctx context.Context, actor policy.Actor, l listing.Listing, verb string, c PackageContent) error {
	if verb == listing.Submit {
		return k.ask(ctx, actor, l, c)
	}
	return k.lapseAll(ctx, actor, l.ID)
}

// CheckWeights refuses components whose weights do not sum to FullWeightBps:
// price, contract and reward are divided by them.
func CheckWeights(f *listing.Faults, components []Component) {
	sum := 0
	for _, c := range components {
		sum += c.WeightBps
	}
	if sum != FullWeightBps {
		f.Add("components", "weights_must_sum_to_10000", errs.Params{"sum": sum})
	}
}

func (c Component) checkSubmission(f *listing.Faults, i int) {
	at := func(field string) string { return listing.At("components", i, field) }
	if c.Kind == OfAchievement {
		f.Required(at("achievement_id"), c.AchievementID != "")
	} else {
		f.Required(at("title"), c.Title != "")
	}
	switch {
	case c.Rights.Offer == "":
		f.Add(at("rights.offer"), "required")
	case !slices.Contains(offersOf[c.Kind], c.Rights.Offer):
		f.Add(at("rights.offer"), "offer_does_not_fit")
	}
	if c.Rights.Exclusivity == rights.Open && c.Rights.Offer != rights.Licence {
		f.Add(at("rights.exclusivity"), "open_is_for_licences")
	}
}

// componentSecrecy is how few read what the package consists of: a component
// tells its achievement's title, which is not to be read there by more than
// read the achievement.
func (k *packages) componentSecrecy(c PackageContent) int {
	tier, chosen := c.Tiers["components"]
	if !chosen {
		tier = k.rules.Tiers["components"]
	}
	return max(secrecy(tier), secrecy(c.Audience))
}

// secrecy orders tiers by how few may read; unsaid is public.
func secrecy(tier policy.Tier) int { return max(slices.Index(policy.AllTiers, tier), 0) }

// contained is an achievement as a package needs to know it.
type contained struct {
	owner     string
	published bool
	ended     bool
	content   AchievementContent
}

// achievements reads the achievements among components.
func (k *packages) achievements(ctx context.Context, components []Component) (map[string]*contained, error) {
	ids := achievementIDs(components)
	if len(ids) == 0 {
		return nil, nil
	}
	records, err := k.store.LoadMany(ctx, AchievementKind, ids)
	if err != nil {
		return nil, err
	}
	out := make(map[string]*contained, len(records))
	for _, r := range records {
		a := &contained{
			owner: r.OwnerOrg, published: r.Position.State == listing.Published, ended: r.Position.State == listing.Withdrawn,
		}
		revision := r.Live
		if revision == nil {
			revision = r.Working
		}
		if revision != nil {
			if err := json.Unmarshal(revision.Content, &a.content); err != nil {
				return nil, errs.Wrap(errs.Internal, "internal", fmt.Errorf("decode achievement %s: %w", r.ID, err))
			}
		}
		out[r.ID] = a
	}
	return out, nil
}

// checkAchievement wants an achievement that anybody can read or that is the
// owner's own, named with its true owner, and a patent in force behind an
// offer to assign or license it.
func (c Component) checkAchievement(f *listing.Faults, i int, packageOwner string, a *contained) {
	at := func(field string) string { return listing.At("components", i, field) }
	if a == nil || a.ended || !a.published && a.owner != packageOwner {
		f.Add(at("achievement_id"), "achievement_not_available")
		return
	}
	if c.owner(packageOwner) != a.owner {
		f.Add(at("owner_organisation_id"), "owner_mismatch")
	}
	patented := slices.ContainsFunc(a.content.IPItems, IPItem.Patent)
	granted := slices.ContainsFunc(a.content.IPItems, IPItem.GrantedPatent)
	if (c.Rights.Offer == rights.Assign || c.Rights.Offer == rights.Licence) && patented && !granted {
		f.Add(at("rights.offer"), "patent_not_granted")
	}
}

// owner is the component's owner, the package's where it names none.
func (c Component) owner(packageOwner string) string {
	if c.OwnerOrganisationID == "" {
		return packageOwner
	}
	return c.OwnerOrganisationID
}

// Complete names every owner, and gives an achievement's component its title,
// so that the version that was reviewed says by itself what it contains.
func (k *packages) Complete(ctx context.Context, owner string, c PackageContent) (PackageContent, error) {
	inside, err := k.achievements(ctx, c.Components)
	if err != nil {
		return c, err
	}
	components := slices.Clone(c.Components)
	for i := range components {
		part := &components[i]
		part.OwnerOrganisationID = part.owner(owner)
		if a := inside[part.AchievementID]; a != nil {
			part.Title = a.content.Title.In(text.Chinese)
		}
	}
	c.Components = components
	return c, nil
}

func (k *packages) CheckImport(c PackageContent) []errs.Field {
	var f listing.Faults
	f.Required("title", !c.Title.IsZero())
	f.Required("components", len(c.Components) > 0)
	for i, part := range c.Components {
		// Whose they are, and whether the owner agrees, is found out in review.
		if part.AchievementID != "" || part.OwnerOrganisationID != "" {
			f.Add(listing.At("components", i, ""), "published_by_review_alone")
		}
	}
	CheckWeights(&f, c.Components)
	return f.Fields()
}
