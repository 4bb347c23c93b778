package need

import (
	"context"
	"regexp"
	"strings"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/listing"
	"chengqiao/internal/policy"
	"chengqiao/internal/taxonomy"
	"chengqiao/internal/text"
)

// Kind names needs in journal, events and policy.
const Kind = "need"

// The outcomes of a need. Its owner says one of the first two when closing it.
const (
	Solved    = "solved"
	Withdrawn = "withdrawn"
	Expired   = "expired"
)

// Rules are the need's states and default tiers. The problem is public, so
// that who can solve it finds it; the technical key, the budget and the wished
// partners tell a competitor too much and are for members.
func Rules() listing.Rules {
	return listing.Rules{
		Kind: Kind, Life: listing.Mergeable(listing.WishMachine(Kind)), Final: []lifecycle.State{listing.Merged},
		Review: listing.ReviewMachine(Kind, listing.Close), End: listing.Close,
		// A closed need can be taken up again: by a newer version, reviewed.
		Readable: []lifecycle.State{listing.Published, listing.Matched},
		Tiers: map[string]policy.Tier{
			"title": policy.TierPublic, "problem": policy.TierPublic, "technical_key": policy.TierMembers,
			"expected_goal": policy.TierPublic, "requirements": policy.TierPublic,
			"keywords_zh": policy.TierPublic, "keywords_en": policy.TierPublic,
			"technical_field": policy.TierPublic, "industry": policy.TierPublic, "region": policy.TierPublic,
			"budget_min": policy.TierMembers, "budget_max": policy.TierMembers, "cooperation": policy.TierPublic,
			"wished_partners": policy.TierMembers, "start_on": policy.TierPublic, "end_on": policy.TierPublic,
			"deadline": policy.TierPublic, "min_trl": policy.TierPublic, "anonymous": policy.TierPublic,
			"audience": policy.TierPublic, "tiers": policy.TierPublic, "source": policy.TierPublic,
		},
		Fixed: []string{"title", "technical_field", "deadline", "anonymous", "audience", "tiers", "source"},
	}
}

// Machines are the state machines of needs, for the store's edges.
func Machines() []lifecycle.Machine { return Rules().Machines() }

// needs is the listing.Kind of needs.
type needs struct {
	rules      listing.Rules
	taxonomies *taxonomy.Set
	clock      clock.Clock
	weights    listing.Weights
}

var _ listing.Kind[Content] = (*needs)(nil)

func (k *needs) Rules() listing.Rules { return k.rules }

func (k *needs) Title(c Content) text.Text { return c.Title }

func (k *needs) Terms(c Content) listing.Terms {
	return listing.Terms{Audience: c.Audience, Tiers: c.Tiers, Anonymous: c.Anonymous}
}

func (k *needs) Clean(c Content) Content {
	for _, t := range []*text.Text{&c.Title, &c.Problem, &c.TechnicalKey, &c.ExpectedGoal} {
		*t = t.Trimmed()
	}
	c.WishedPartners, c.Source = strings.TrimSpace(c.WishedPartners), strings.TrimSpace(c.Source)
	c.KeywordsZh, c.KeywordsEn = listing.CleanWords(c.KeywordsZh), listing.CleanWords(c.KeywordsEn)
	var requirements []Requirement
	for _, r := range c.Requirements {
		r.Criterion, r.Metric, r.Unit = r.Criterion.Trimmed(), r.Metric.Trimmed(), strings.TrimSpace(r.Unit)
		requirements = append(requirements, r)
	}
	c.Requirements = requirements
	return c
}

// The bounds of texts and lists, in characters and items. A provincial form
// takes 500 characters of each text; the platform keeps up to 5,000.
const (
	maxTitle        = 300
	maxText         = 5000
	maxKeywords     = 5
	maxKeyword      = 60
	maxRequirements = 50
	maxCooperation  = 50
)

func (k *needs) Check(c Content) []errs.Field {
	var f listing.Faults
	f.Text("title", c.Title, maxTitle)
	f.Text("problem", c.Problem, maxText)
	f.Text("technical_key", c.TechnicalKey, maxText)
	f.Text("expected_goal", c.ExpectedGoal, maxText)
	f.Words("keywords_zh", c.KeywordsZh, maxKeywords, maxKeyword)
	f.Words("keywords_en", c.KeywordsEn, maxKeywords, maxKeyword)
	f.Count("requirements", len(c.Requirements), maxRequirements)
	for i, r := range c.Requirements {
		r.check(&f, i, k.taxonomies)
	}
	f.Code("technical_field", c.TechnicalField, k.taxonomies, taxonomy.TechnicalField)
	f.Code("industry", c.Industry, k.taxonomies, taxonomy.Industry)
	f.Code("region", c.Region, k.taxonomies, taxonomy.Region)
	f.Count("cooperation", len(c.Cooperation), maxCooperation)
	f.Codes("cooperation", c.Cooperation, k.taxonomies, taxonomy.Cooperation)
	f.Money("budget_min", c.BudgetMin)
	f.Money("budget_max", c.BudgetMax)
	f.String("wished_partners", c.WishedPartners, 1000)
	f.String("source", c.Source, 300)
	f.Date("start_on", c.StartOn)
	f.Date("end_on", c.EndOn)
	f.Date("deadline", c.Deadline)
	f.Range("min_trl", int64(c.MinTRL), 0, 9)
	f.Disclosure(k.rules, c.Audience, c.Tiers)
	return f.Fields()
}

// decimal is how a threshold is written.
var decimal = regexp.MustCompile(`^-?[0-9]{1,12}(\.[0-9]{1,9})?$`)

func (r Requirement) check(f *listing.Faults, i int, set *taxonomy.Set) {
	at := func(field string) string { return listing.At("requirements", i, field) }
	f.Required(at("criterion"), !r.Criterion.IsZero())
	f.Text(at("criterion"), r.Criterion, 500)
	f.Text(at("metric"), r.Metric, 200)
	f.String(at("unit"), r.Unit, 40)
	f.Required(at("level"), r.Level != "")
	f.Code(at("level"), r.Level, set, taxonomy.RequirementLevel)
	switch r.Operator {
	case "", ">=", "<=", "=":
	default:
		f.Add(at("operator"), "unknown_value")
	}
	if r.Threshold != "" && !decimal.MatchString(r.Threshold) {
		f.Add(at("threshold"), "wrong_format")
	}
}

func (k *needs) CheckSubmission(_ context.Context, _ listing.Listing, c Content) ([]errs.Field, error) {
	var f listing.Faults
	f.Required("title", !c.Title.IsZero())
	f.Required("problem", !c.Problem.IsZero())
	f.Required("technical_field", c.TechnicalField != "")
	for i, r := range c.Requirements {
		r.checkSubmission(&f, i)
	}
	if c.BudgetMin != nil && c.BudgetMax != nil && c.BudgetMin.Fen() > c.BudgetMax.Fen() {
		f.Add("budget_max", "below_minimum")
	}
	if c.StartOn != "" && c.EndOn != "" && c.EndOn < c.StartOn {
		f.Add("end_on", "before_start")
	}
	if c.Deadline != "" && c.Deadline < clock.DateOf(k.clock.Now()) {
		f.Add("deadline", "deadline_passed")
	}
	return f.Fields(), nil
}

// checkSubmission wants a requirement that can be measured to be whole: a
// metric, an operator and a threshold stand together or not at all.
func (r Requirement) checkSubmission(f *listing.Faults, i int) {
	at := func(field string) string { return listing.At("requirements", i, field) }
	if r.Operator == "" && r.Threshold == "" {
		return
	}
	f.Required(at("metric"), !r.Metric.IsZero())
	f.Required(at("operator"), r.Operator != "")
	f.Required(at("threshold"), r.Threshold != "")
}

func (k *needs) CheckImport(c Content) []errs.Field {
	var f listing.Faults
	f.Required("title", !c.Title.IsZero())
	return f.Fields()
}

func (k *needs) Complete(_ context.Context, _ string, c Content) (Content, error) { return c, nil }

func (k *needs) Present(_ context.Context, c Content, _ bool) (Content, error) { return c, nil }

// ConfirmBy is the need's own deadline where it names one.
func (k *needs) ConfirmBy(c Content, today clock.Date, days int) clock.Date {
	if c.Deadline != "" {
		return c.Deadline
	}
	return today.AddDays(days)
}

func (k *needs) Outcome(verb, wished string) (string, error) {
	switch verb {
	case listing.Close:
		if wished != Solved && wished != Withdrawn {
			return "", errs.InvalidFields([]errs.Field{{Path: "outcome", Code: "required"}})
		}
		return wished, nil
	case listing.Expire:
		return Expired, nil
	}
	return "", nil
}
