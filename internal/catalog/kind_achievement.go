package catalog

import (
	"context"
	"strings"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/ident"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/listing"
	"chengqiao/internal/policy"
	"chengqiao/internal/taxonomy"
	"chengqiao/internal/text"
)

// AchievementKind and PackageKind name the listings in journal, events and policy.
const (
	AchievementKind = "achievement"
	PackageKind     = "package"
)

// AchievementRules are the achievement's states and default tiers. What tells
// whether a result is of interest is public; what it costs, the full text and
// the persons' names are for members.
func AchievementRules() listing.Rules {
	return listing.Rules{
		Kind: AchievementKind, Life: listing.Mergeable(listing.OfferMachine(AchievementKind)),
		Review: listing.ReviewMachine(AchievementKind, listing.Withdraw), End: listing.Withdraw,
		Final: []lifecycle.State{listing.Withdrawn, listing.Merged}, Readable: []lifecycle.State{listing.Published},
		Tiers: map[string]policy.Tier{
			"title": policy.TierPublic, "value_line": policy.TierPublic, "abstract": policy.TierPublic,
			"details": policy.TierMembers, "keywords_zh": policy.TierPublic, "keywords_en": policy.TierPublic,
			"claims": policy.TierPublic, "trl": policy.TierPublic, "trl_evidence": policy.TierMembers,
			"form": policy.TierPublic, "technical_field": policy.TierPublic, "industry": policy.TierPublic,
			"region": policy.TierPublic, "ip_items": policy.TierPublic, "contributors": policy.TierMembers,
			"strategic_industry": policy.TierPublic, "report_number": policy.TierPublic,
			"funding_project": policy.TierPublic, "registration_number": policy.TierPublic,
			"cooperation": policy.TierPublic, "price_mode": policy.TierPublic, "price": policy.TierMembers,
			"public_benefit": policy.TierPublic, "year": policy.TierPublic, "contact_rule": policy.TierPublic,
			"audience": policy.TierPublic, "tiers": policy.TierPublic, "source": policy.TierPublic,
		},
		Fixed: []string{"title", "technical_field", "audience", "tiers", "source", "contact_rule"},
	}
}

// Persons knows the people who are named as contributors.
type Persons interface {
	// Names are the names of those of the ids that exist.
	Names(ctx context.Context, ids []string) (map[string]string, error)
}

// Files knows the files of achievements.
type Files interface {
	// Attached tells which of the files belong to the subject.
	Attached(ctx context.Context, kind, subject string, fileIDs []string) (map[string]bool, error)
}

// achievements is the listing.Kind of achievements.
type achievements struct {
	rules      listing.Rules
	taxonomies *taxonomy.Set
	persons    Persons
	files      Files
	weights    listing.Weights
}

var _ listing.Kind[AchievementContent] = (*achievements)(nil)

func (k *achievements) Rules() listing.Rules { return k.rules }

func (k *achievements) Title(c AchievementContent) text.Text { return c.Title }

func (k *achievements) Terms(c AchievementContent) listing.Terms {
	t := listing.Terms{Audience: c.Audience, Tiers: c.Tiers}
	for _, p := range c.Contributors {
		t.Persons = append(t.Persons, p.PersonID)
	}
	return t
}

func (k *achievements) Clean(c AchievementContent) AchievementContent {
	for _, t := range []*text.Text{&c.Title, &c.ValueLine, &c.Abstract, &c.Details} {
		*t = t.Trimmed()
	}
	for _, s := range []*string{&c.FundingProject, &c.ReportNumber, &c.Source} {
		*s = strings.TrimSpace(*s)
	}
	c.KeywordsZh, c.KeywordsEn = listing.CleanWords(c.KeywordsZh), listing.CleanWords(c.KeywordsEn)
	if n, err := ident.ParseAchievementNumber(c.RegistrationNumber); err == nil {
		c.RegistrationNumber = n.String()
	}
	c.Claims = cleaned(c.Claims, Claim.clean)
	c.TRLEvidence = cleaned(c.TRLEvidence, func(e LevelEvidence) LevelEvidence {
		e.Text = e.Text.Trimmed()
		return e
	})
	c.IPItems = cleaned(c.IPItems, IPItem.clean)
	c.Contributors = cleaned(c.Contributors, func(p Contributor) Contributor {
		p.Name, p.Confirmed = "", false
		return p
	})
	return c
}

// cleaned is a list of its own with each item cleaned, and nil for an empty one, so
// that equal contents are stored equal.
func cleaned[T any](list []T, clean func(T) T) []T {
	var out []T
	for _, item := range list {
		out = append(out, clean(item))
	}
	return out
}

func (k *achievements) Outcome(string, string) (string, error) { return "", nil }

func (k *achievements) ConfirmBy(_ AchievementContent, today clock.Date, days int) clock.Date {
	return today.AddDays(days)
}

func (k *achievements) Complete(_ context.Context, _ string, c AchievementContent) (AchievementContent, error) {
	return c, nil
}

// Present names the contributors; their weights are the owner's affair.
func (k *achievements) Present(ctx context.Context, c AchievementContent, inside bool) (AchievementContent, error) {
	if len(c.Contributors) == 0 {
		return c, nil
	}
	names, err := k.persons.Names(ctx, personIDs(c.Contributors))
	if err != nil {
		return c, err
	}
	people := make([]Contributor, len(c.Contributors))
	for i, p := range c.Contributors {
		p.Name = names[p.PersonID]
		if !inside {
			p.Weight = 0
		}
		people[i] = p
	}
	c.Contributors = people
	return c, nil
}

func personIDs(people []Contributor) []string {
	ids := make([]string, 0, len(people))
	for _, p := range people {
		ids = append(ids, p.PersonID)
	}
	return ids
}

// The bounds of texts and lists, in characters and items; the contract says
// the same of the request's form.
const (
	maxTitle       = 300
	maxValueLine   = 500
	maxText        = 5000
	maxKeywords    = 50
	maxKeyword     = 60
	maxClaims      = 50
	maxIPItems     = 100
	maxPeople      = 100
	maxCooperation = 50
	maxShort       = 300
	maxWeight      = 1_000_000
	minYear        = 1900
	maxYear        = 2100
)

func (k *achievements) Check(c AchievementContent) []errs.Field {
	var f listing.Faults
	f.Text("title", c.Title, maxTitle)
	f.Text("value_line", c.ValueLine, maxValueLine)
	f.Text("abstract", c.Abstract, maxText)
	f.Text("details", c.Details, maxText)
	f.Words("keywords_zh", c.KeywordsZh, maxKeywords, maxKeyword)
	f.Words("keywords_en", c.KeywordsEn, maxKeywords, maxKeyword)
	f.String("funding_project", c.FundingProject, 200)
	f.String("report_number", c.ReportNumber, 60)
	f.String("source", c.Source, maxShort)
	k.checkCodes(&f, c)
	k.checkLevels(&f, c)
	checkClaims(&f, c.Claims)
	f.Count("ip_items", len(c.IPItems), maxIPItems)
	for i, item := range c.IPItems {
		item.check(&f, i, k.taxonomies)
	}
	checkContributors(&f, c.Contributors)
	if c.Year != 0 {
		f.Range("year", int64(c.Year), minYear, maxYear)
	}
	if c.RegistrationNumber != "" {
		if _, err := ident.ParseAchievementNumber(c.RegistrationNumber); err != nil {
			f.Add("registration_number", errs.CodeOf(err))
		}
	}
	f.Money("price", c.Price)
	f.Disclosure(k.rules, c.Audience, c.Tiers)
	return f.Fields()
}

func (k *achievements) checkCodes(f *listing.Faults, c AchievementContent) {
	f.Code("form", c.Form, k.taxonomies, taxonomy.Form)
	f.Code("technical_field", c.TechnicalField, k.taxonomies, taxonomy.TechnicalField)
	f.Code("industry", c.Industry, k.taxonomies, taxonomy.Industry)
	f.Code("strategic_industry", c.StrategicIndustry, k.taxonomies, taxonomy.StrategicIndustry)
	f.Code("region", c.Region, k.taxonomies, taxonomy.Region)
	f.Code("price_mode", c.PriceMode, k.taxonomies, taxonomy.PriceMode)
	f.Code("contact_rule", c.ContactRule, k.taxonomies, taxonomy.ContactRule)
	f.Count("cooperation", len(c.Cooperation), maxCooperation)
	f.Codes("cooperation", c.Cooperation, k.taxonomies, taxonomy.Cooperation)
}

func (k *achievements) checkLevels(f *listing.Faults, c AchievementContent) {
	f.Range("trl", int64(c.TRL), 0, 9)
	f.Count("trl_evidence", len(c.TRLEvidence), 9)
	seen := map[int]bool{}
	for i, e := range c.TRLEvidence {
		f.Range(listing.At("trl_evidence", i, "level"), int64(e.Level), 1, 9)
		f.Text(listing.At("trl_evidence", i, "text"), e.Text, 2000)
		if seen[e.Level] {
			f.Add(listing.At("trl_evidence", i, "level"), "duplicate")
		}
		seen[e.Level] = true
	}
}

// clean is the claim without space around its texts.
func (c Claim) clean() Claim {
	c.Metric, c.Baseline, c.Conditions = c.Metric.Trimmed(), c.Baseline.Trimmed(), c.Conditions.Trimmed()
	return c
}

func checkClaims(f *listing.Faults, claims []Claim) {
	f.Count("claims", len(claims), maxClaims)
	for i, c := range claims {
		at := func(field string) string { return listing.At("claims", i, field) }
		f.Text(at("metric"), c.Metric, 200)
		f.String(at("value"), c.Value, 100)
		f.String(at("unit"), c.Unit, 40)
		f.Text(at("baseline"), c.Baseline, 500)
		f.Text(at("conditions"), c.Conditions, 1000)
		switch c.ProofKind {
		case "", Declared, Document, ThirdParty:
		default:
			f.Add(at("proof_kind"), "unknown_value")
		}
	}
}

func checkContributors(f *listing.Faults, people []Contributor) {
	f.Count("contributors", len(people), maxPeople)
	seen := map[string]bool{}
	for i, p := range people {
		at := func(field string) string { return listing.At("contributors", i, field) }
		f.Required(at("person_id"), p.PersonID != "")
		if seen[p.PersonID] {
			f.Add(at("person_id"), "duplicate")
		}
		seen[p.PersonID] = true
		switch p.Role {
		case Completer, Converter, Support:
		default:
			f.Add(at("role"), "unknown_value")
		}
		f.Range(at("weight"), p.Weight, 0, maxWeight)
	}
}

func (k *achievements) CheckSubmission(ctx context.Context, l listing.Listing, c AchievementContent) ([]errs.Field, error) {
	var f listing.Faults
	f.Required("title", !c.Title.IsZero())
	f.Required("abstract", !c.Abstract.IsZero() || !c.ValueLine.IsZero())
	f.Required("technical_field", c.TechnicalField != "")
	for i, claim := range c.Claims {
		f.Required(listing.At("claims", i, "metric"), !claim.Metric.IsZero())
		f.Required(listing.At("claims", i, "value"), claim.Value != "")
		proven := claim.ProofKind == Document || claim.ProofKind == ThirdParty
		f.Required(listing.At("claims", i, "proof_file_id"), !proven || claim.ProofFileID != "")
	}
	for i, item := range c.IPItems {
		item.checkSubmission(&f, i)
	}
	checkCooperation(&f, c.Cooperation, c.IPItems)
	f.Required("price", c.PriceMode != "listing" || c.Price != nil)
	if err := k.checkPeople(ctx, &f, c.Contributors); err != nil {
		return nil, err
	}
	if err := k.checkFiles(ctx, &f, l.ID, c); err != nil {
		return nil, err
	}
	return f.Fields(), nil
}

// checkFiles wants every file that is named as evidence to be attached to this
// very achievement: another's report proves nothing here.
func (k *achievements) checkFiles(ctx context.Context, f *listing.Faults, id string, c AchievementContent) error {
	var paths, files []string
	name := func(path, file string) {
		if file != "" {
			paths, files = append(paths, path), append(files, file)
		}
	}
	for i, claim := range c.Claims {
		name(listing.At("claims", i, "proof_file_id"), claim.ProofFileID)
	}
	for i, e := range c.TRLEvidence {
		name(listing.At("trl_evidence", i, "file_id"), e.FileID)
	}
	if len(files) == 0 {
		return nil
	}
	own, err := k.files.Attached(ctx, AchievementKind, id, files)
	if err != nil {
		return err
	}
	for i, file := range files {
		if !own[file] {
			f.Add(paths[i], "file_not_attached")
		}
	}
	return nil
}

// checkPeople wants contributors with weights, a main contributor among them:
// without one no reward can be divided.
func (k *achievements) checkPeople(ctx context.Context, f *listing.Faults, people []Contributor) error {
	f.Required("contributors", len(people) > 0)
	if len(people) == 0 {
		return nil
	}
	names, err := k.persons.Names(ctx, personIDs(people))
	if err != nil {
		return err
	}
	hasMain := false
	for i, p := range people {
		hasMain = hasMain || p.Role == Completer || p.Role == Converter
		f.Required(listing.At("contributors", i, "weight"), p.Weight > 0)
		if _, known := names[p.PersonID]; !known {
			f.Add(listing.At("contributors", i, "person_id"), "unknown_person")
		}
	}
	if !hasMain {
		f.Add("contributors", "main_contributor_missing")
	}
	return nil
}

func (k *achievements) CheckImport(c AchievementContent) []errs.Field {
	var f listing.Faults
	f.Required("title", !c.Title.IsZero())
	f.Required("abstract", !c.Abstract.IsZero() || !c.ValueLine.IsZero())
	return f.Fields()
}
