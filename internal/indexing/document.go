package indexing

import (
	"slices"
	"strings"

	"chengqiao/internal/catalog"
	"chengqiao/internal/clock"
	"chengqiao/internal/listing"
	"chengqiao/internal/money"
	"chengqiao/internal/need"
	"chengqiao/internal/policy"
	"chengqiao/internal/search"
	"chengqiao/internal/text"
)

// Languages of texts.
const (
	chinese = "zh"
	english = "en"
)

// texts gathers what a document says by tier and language.
type texts struct {
	tiers map[string]policy.Tier
	by    map[policy.Tier]*[2]search.Text
}

func newTexts(tiers map[string]policy.Tier) *texts {
	return &texts{tiers: tiers, by: map[policy.Tier]*[2]search.Text{}}
}

// at are the Chinese and the English text of a field's tier.
func (t *texts) at(field string) *[2]search.Text {
	tier, known := t.tiers[field]
	if !known {
		tier = policy.TierNDA // a field without a tier is nobody's
	}
	if t.by[tier] == nil {
		t.by[tier] = &[2]search.Text{{Tier: tier, Language: chinese}, {Tier: tier, Language: english}}
	}
	return t.by[tier]
}

// both puts a bilingual field where set says.
func (t *texts) both(field string, s text.Text, set func(d *search.Text, s string)) {
	if s.IsZero() {
		return
	}
	at := t.at(field)
	for i, s := range []string{s.Zh, s.En} {
		if s != "" {
			set(&at[i], s)
		}
	}
}

// words puts keywords of both languages.
func (t *texts) words(zh, en []string) {
	if len(zh) > 0 {
		t.at("keywords_zh")[0].Keywords = zh
	}
	if len(en) > 0 {
		t.at("keywords_en")[1].Keywords = en
	}
}

// other puts texts without language that are found and not shown.
func (t *texts) other(field string, values ...string) {
	for _, v := range values {
		if v != "" {
			d := &t.at(field)[0]
			d.Other = append(d.Other, v)
		}
	}
}

// all are the texts, the widest tier first, empty ones left out.
func (t *texts) all() []search.Text {
	var out []search.Text
	for _, tier := range policy.AllTiers {
		pair := t.by[tier]
		if pair == nil {
			continue
		}
		for _, d := range pair {
			if d.Title != "" || d.Value != "" || d.Abstract != "" ||
				len(d.Keywords)+len(d.Claims)+len(d.Organisations)+len(d.Other) > 0 {
				out = append(out, d)
			}
		}
	}
	return out
}

func setTitle(d *search.Text, s string) { d.Title = s }
func setValue(d *search.Text, s string) { d.Value = s }

func addClaim(d *search.Text, s string) { d.Claims = append(d.Claims, s) }

// addAbstract joins the running texts of a tier.
func addAbstract(d *search.Text, s string) {
	if d.Abstract != "" {
		d.Abstract += "\n"
	}
	d.Abstract += s
}

// forAll tells whether everybody who may see the listing may see the field: a
// facet's counts are seen by all of them.
func forAll[C any](l listing.Live[C], field string) bool { return l.Tiers[field] == l.Audience }

func facet[C any](l listing.Live[C], field, value string) []string {
	if value == "" || !forAll(l, field) {
		return nil
	}
	return []string{value}
}

func facets[C any](l listing.Live[C], field string, values []string) []string {
	if !forAll(l, field) {
		return nil
	}
	return values
}

// price is kept for everybody who may see the listing, or else for members.
func price[C any](f *search.Facets, l listing.Live[C], field string, a *money.Amount) {
	if a == nil {
		return
	}
	fen := a.Fen()
	switch {
	case forAll(l, field):
		f.PriceFen = &fen
	case l.Tiers[field] == policy.TierMembers && l.Audience == policy.TierPublic:
		f.MembersPriceFen = &fen
	}
}

// begin makes a document with what all kinds have.
func begin[C any](l listing.Live[C], kind search.Kind, owner Organisation, t *texts) search.Document {
	d := search.Document{
		ID: l.ID, Kind: kind, Owner: l.OwnerOrg, Audience: l.Audience,
		PublishedAt: clock.Micros(l.PublishedAt), UpdatedAt: clock.Micros(l.ChangedAt),
	}
	t.both("title", l.Title, setTitle)
	if l.Title.Zh != "" {
		d.Facets.Languages = append(d.Facets.Languages, chinese)
	}
	if l.Title.En != "" {
		d.Facets.Languages = append(d.Facets.Languages, english)
	}
	if !l.Anonymous {
		// The owner's name has the title's tier: who sees the listing sees it.
		t.both("title", owner.Name, func(d *search.Text, s string) { d.Organisations = []string{s} })
		d.Facets.Organisation, d.Facets.OrgKind = l.OwnerOrg, string(owner.Kind)
	}
	return d
}

func achievementDocument(l listing.Live[catalog.AchievementContent], owner Organisation) search.Document {
	c, t := l.Content, newTexts(l.Tiers)
	d := begin(l, search.KindAchievement, owner, t)
	t.both("value_line", c.ValueLine, setValue)
	t.both("abstract", c.Abstract, addAbstract)
	t.both("details", c.Details, addAbstract)
	t.words(c.KeywordsZh, c.KeywordsEn)
	for _, claim := range c.Claims {
		t.both("claims", claimText(claim), addClaim)
	}
	for _, item := range c.IPItems {
		t.both("ip_items", item.Title, func(d *search.Text, s string) { d.Other = append(d.Other, s) })
		t.other("ip_items", item.Number)
		t.other("ip_items", item.RelatedNumbers...)
		for _, owner := range item.Owners {
			t.other("ip_items", owner.Name)
		}
	}
	t.other("funding_project", c.FundingProject)
	t.other("report_number", c.ReportNumber)
	t.other("registration_number", c.RegistrationNumber)
	d.Texts, d.Source = t.all(), c.Source

	f := &d.Facets
	f.Fields = facet(l, "technical_field", c.TechnicalField)
	f.Industries = facet(l, "industry", c.Industry)
	f.Regions = facet(l, "region", c.Region)
	if forAll(l, "trl") {
		f.TRL = c.TRL
	}
	for _, item := range c.IPItems {
		f.IPKinds = append(f.IPKinds, facet(l, "ip_items", item.Kind)...)
		f.IPStates = append(f.IPStates, facet(l, "ip_items", item.LegalState)...)
	}
	f.IPKinds, f.IPStates = each(f.IPKinds), each(f.IPStates)
	f.Cooperation = facets(l, "cooperation", c.Cooperation)
	if forAll(l, "price_mode") {
		f.PriceMode = c.PriceMode
	}
	price(f, l, "price", c.Price)
	if forAll(l, "year") {
		f.Year = c.Year
	}
	f.PublicBenefit = c.PublicBenefit && forAll(l, "public_benefit")
	return d
}

func packageDocument(l listing.Live[catalog.PackageContent], owner Organisation) search.Document {
	c, t := l.Content, newTexts(l.Tiers)
	d := begin(l, search.KindPackage, owner, t)
	t.both("value_line", c.ValueLine, setValue)
	t.both("description", c.Description, addAbstract)
	t.words(c.KeywordsZh, c.KeywordsEn)
	t.other("theme", c.Theme)
	for _, part := range c.Components {
		t.other("components", part.Title)
	}
	d.Texts = t.all()

	f := &d.Facets
	f.Fields = facet(l, "technical_field", c.TechnicalField)
	f.Industries = facet(l, "industry", c.Industry)
	f.Regions = facet(l, "region", c.Region)
	f.Cooperation = facets(l, "cooperation", c.Cooperation)
	if forAll(l, "price_mode") {
		f.PriceMode = c.PriceMode
	}
	price(f, l, "price", c.Price)
	f.Themes = facet(l, "theme", c.Theme)
	f.PublicBenefit = c.PublicBenefit && forAll(l, "public_benefit")
	return d
}

func needDocument(l listing.Live[need.Content], owner Organisation) search.Document {
	c, t := l.Content, newTexts(l.Tiers)
	d := begin(l, search.KindNeed, owner, t)
	t.both("problem", c.Problem, addAbstract)
	t.both("technical_key", c.TechnicalKey, addAbstract)
	t.both("expected_goal", c.ExpectedGoal, addAbstract)
	t.words(c.KeywordsZh, c.KeywordsEn)
	for _, r := range c.Requirements {
		t.both("requirements", requirementText(r), addClaim)
	}
	d.Texts = t.all()
	if !l.Anonymous { // which may name the owner
		d.Source = c.Source
	}

	f := &d.Facets
	f.Fields = facet(l, "technical_field", c.TechnicalField)
	f.Industries = facet(l, "industry", c.Industry)
	f.Regions = facet(l, "region", c.Region)
	if forAll(l, "min_trl") {
		f.TRL = c.MinTRL
	}
	f.Cooperation = facets(l, "cooperation", c.Cooperation)
	price(f, l, "budget_max", c.BudgetMax)
	return d
}

func claimText(c catalog.Claim) text.Text {
	return inBoth(c.Metric, func(locale string) string {
		return joined(c.Metric.In(locale), c.Value, c.Unit, c.Baseline.In(locale), c.Conditions.In(locale))
	})
}

func requirementText(r need.Requirement) text.Text {
	return inBoth(r.Criterion, func(locale string) string {
		return joined(r.Criterion.In(locale), r.Metric.In(locale), r.Threshold, r.Unit)
	})
}

// inBoth writes something in both languages, with what stands in one alone in both;
// where no part of it stands in both, once, in the language of its name.
func inBoth(name text.Text, written func(locale string) string) text.Text {
	out := text.Text{Zh: written(text.Chinese), En: written(text.English)}
	switch {
	case out.Zh != out.En:
		return out
	case name.Zh == "" && name.En != "":
		return text.En(out.En)
	}
	return text.Zh(out.Zh)
}

func joined(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " ")
}

// each gives every value once, sorted, so that a document's checksum does not
// depend on the order in which rights were entered.
func each(values []string) []string {
	slices.Sort(values)
	return slices.Compact(values)
}
