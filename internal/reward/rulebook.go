package reward

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/money"
)

// RulesFile is the name under which LoadRulebook looks for the rules.
const RulesFile = "rules.yaml"

// Certainty tells how sure the wording of a legal rule is.
type Certainty string

// The certainties.
const (
	Statute   Certainty = "statute"   // read in the statute
	Secondary Certainty = "secondary" // from another source
	Practice  Certainty = "practice"  // practitioners' knowledge, not checked
)

// LegalRule is a rule as the law, or the project's own plan, sets it.
type LegalRule struct {
	Rule
	Certainty Certainty
	// Source names the statute.
	Source string
}

// Rulebook holds the legal floors and the defaults, each with place and date.
// It does not change after loading.
type Rulebook struct {
	floors   []LegalRule
	defaults []LegalRule
}

// LoadRulebook reads RulesFile. All faults are reported together.
func LoadRulebook(files fs.FS) (*Rulebook, error) {
	raw, err := fs.ReadFile(files, RulesFile)
	if err != nil {
		return nil, fmt.Errorf("read reward rules: %w", err)
	}
	var file struct {
		LegalFloors []wireLegalRule `yaml:"legal_floors"`
		Defaults    []wireLegalRule `yaml:"defaults"`
	}
	d := yaml.NewDecoder(bytes.NewReader(raw))
	d.KnownFields(true)
	if err := d.Decode(&file); err != nil {
		return nil, fmt.Errorf("%s: %w", RulesFile, err)
	}
	seen := map[string]bool{}
	floors, floorErr := legalRules("legal_floors", file.LegalFloors, seen)
	defaults, defaultErr := legalRules("defaults", file.Defaults, seen)
	if err := errors.Join(floorErr, defaultErr); err != nil {
		return nil, err
	}
	return &Rulebook{floors: floors, defaults: defaults}, nil
}

type wireLegalRule struct {
	ID            string    `yaml:"id"`
	Version       int       `yaml:"version"`
	Place         string    `yaml:"place"`
	EffectiveFrom string    `yaml:"effective_from"`
	Base          Base      `yaml:"base"`
	FloorBps      money.Bps `yaml:"floor_bps"`
	Certainty     Certainty `yaml:"certainty"`
	Source        string    `yaml:"source"`
}

// places are the prefixes of GB/T 2260 that name a province, a prefecture or
// a county.
var places = regexp.MustCompile(`^([0-9]{2}|[0-9]{4}|[0-9]{6})?$`)

func legalRules(list string, wire []wireLegalRule, seen map[string]bool) ([]LegalRule, error) {
	var faults []error
	if len(wire) == 0 {
		faults = append(faults, fmt.Errorf("%s: %s is empty", RulesFile, list))
	}
	rules := make([]LegalRule, 0, len(wire))
	for i, w := range wire {
		fault := func(field, why string) {
			faults = append(faults, fmt.Errorf("%s: %s[%d] (%s): %s %s", RulesFile, list, i, w.ID, field, why))
		}
		from, err := clock.ParseDate(w.EffectiveFrom)
		if err != nil {
			fault("effective_from", "is not a date")
		}
		key := fmt.Sprintf("%s/%d", w.ID, w.Version)
		if w.ID == "" || w.Version < 1 || seen[key] {
			fault("id, version", "must name the rule once, versions from 1")
		}
		seen[key] = true
		if !places.MatchString(w.Place) {
			fault("place", "is no prefix of a GB/T 2260 code")
		}
		if w.Certainty != Statute && w.Certainty != Secondary && w.Certainty != Practice {
			fault("certainty", "is unknown")
		}
		if w.Source == "" {
			fault("source", "is missing")
		}
		rule := Rule{
			ID: w.ID, Version: w.Version, Place: w.Place, EffectiveFrom: from,
			Base: w.Base, FloorBps: w.FloorBps, TeamBps: w.FloorBps,
		}
		for _, f := range rule.validate(fmt.Sprintf("%s[%d]", list, i)) {
			faults = append(faults, fmt.Errorf("%s: %s is %s", RulesFile, f.Path, f.Code))
		}
		rules = append(rules, LegalRule{Rule: rule, Certainty: w.Certainty, Source: w.Source})
	}
	return rules, errors.Join(faults...)
}

// ErrNoRule: no rule is in force at a place on a date.
var ErrNoRule = errs.New(errs.Invalid, "no_reward_rule_in_force")

// For is the legal floor that is nearest to a place (a GB/T 2260 code) and in
// force on a date, or ErrNoRule.
func (b *Rulebook) For(place string, date clock.Date) (LegalRule, error) {
	return nearest(inForce(b.floors, place, date))
}

// Default is the rule that a new plan of a place proposes, or ErrNoRule.
func (b *Rulebook) Default(place string, date clock.Date) (LegalRule, error) {
	return nearest(inForce(b.defaults, place, date))
}

// Check refuses a rule that could leave the main contributors less than a
// floor in force at the place on the date: errs.Invalid
// "rule_below_legal_floor" with the floor's id, version, base and rate, or
// ErrNoRule. Every floor whose place contains this one must be met.
//
// A rate of the total is at least as good as the same rate of the net, which
// deductions only lower; a rate of the net can never stand for one of the
// total.
func (b *Rulebook) Check(rule Rule, place string, date clock.Date) error {
	floors := inForce(b.floors, place, date)
	if len(floors) == 0 {
		return ErrNoRule
	}
	for _, floor := range floors {
		if rule.FloorBps >= floor.FloorBps && (rule.Base == Total || floor.Base == Net) {
			continue
		}
		return errs.Newp(errs.Invalid, "rule_below_legal_floor", errs.Params{
			"floor_id": floor.ID, "floor_version": floor.Version,
			"base": string(floor.Base), "floor_bps": int64(floor.FloorBps),
		})
	}
	return nil
}

// inForce lists, from the country to the county, the latest rule of each
// place that contains the given one.
func inForce(rules []LegalRule, place string, date clock.Date) []LegalRule {
	latest := map[string]LegalRule{}
	for _, r := range rules {
		if !strings.HasPrefix(place, r.Place) || r.EffectiveFrom > date {
			continue
		}
		old, ok := latest[r.Place]
		if !ok || cmp.Or(cmp.Compare(r.EffectiveFrom, old.EffectiveFrom), cmp.Compare(r.Version, old.Version)) > 0 {
			latest[r.Place] = r
		}
	}
	out := make([]LegalRule, 0, len(latest))
	for _, r := range latest {
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b LegalRule) int { return cmp.Compare(len(a.Place), len(b.Place)) })
	return out
}

func nearest(rules []LegalRule) (LegalRule, error) {
	if len(rules) == 0 {
		return LegalRule{}, ErrNoRule
	}
	return rules[len(rules)-1], nil
}
