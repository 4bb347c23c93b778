package reward_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"

	"chengqiao/config"
	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/money"
	"chengqiao/internal/reward"
	"chengqiao/internal/taxonomy"
)

func shippedRules(t *testing.T) *reward.Rulebook {
	t.Helper()
	book, err := reward.LoadRulebook(config.Files)
	if err != nil {
		t.Fatal(err)
	}
	return book
}

func rulesFrom(text string) (*reward.Rulebook, error) {
	return reward.LoadRulebook(fstest.MapFS{reward.RulesFile: {Data: []byte(text)}})
}

func TestPeopleHaveANameForEachShippedRule(t *testing.T) {
	raw, err := config.Files.ReadFile(reward.RulesFile)
	if err != nil {
		t.Fatal(err)
	}
	var rules map[string][]struct {
		ID      string `yaml:"id"`
		Version int    `yaml:"version"`
	}
	if err := yaml.Unmarshal(raw, &rules); err != nil {
		t.Fatal(err)
	}
	names, err := taxonomy.Load(config.Files)
	if err != nil {
		t.Fatal(err)
	}
	for _, list := range rules {
		for _, r := range list {
			if term, ok := names.Term("reward_rule", fmt.Sprintf("%s/%d", r.ID, r.Version)); !ok || term.Name.Zh == "" || term.Name.En == "" {
				t.Errorf("%s/%d has no name in both languages in config/taxonomies/reward.yaml", r.ID, r.Version)
			}
		}
	}
}

func TestShippedFloorsByPlaceAndDate(t *testing.T) {
	book := shippedRules(t)
	for _, c := range []struct {
		place string
		date  clock.Date
		id    string
		floor money.Bps
	}{
		{"650100", "2026-11-23", "national-2015", 5000},
		{"110108", "2026-11-23", "beijing-2020", 7000},
		{"110108", "2019-12-31", "national-2015", 5000},
		{"310115", "2026-11-23", "shanghai-2017", 7000},
		{"", "2015-10-01", "national-2015", 5000},
	} {
		r, err := book.For(c.place, c.date)
		if err != nil || r.ID != c.id || r.FloorBps != c.floor || r.Base != reward.Net {
			t.Errorf("%s on %s: %+v (%v), want %s", c.place, c.date, r, err, c.id)
		}
	}
	if _, err := book.For("650100", "2015-09-30"); !errors.Is(err, reward.ErrNoRule) {
		t.Errorf("before the law: %v", err)
	}
}

func TestTheDefaultMeetsEveryShippedFloor(t *testing.T) {
	book := shippedRules(t)
	def, err := book.Default("650100", "2026-11-23")
	if err != nil || def.Base != reward.Total || def.FloorBps != 7000 || def.TeamBps != 7000 {
		t.Fatalf("%+v (%v)", def, err)
	}
	for _, place := range []string{"", "650100", "110108", "310115", "330106", "510107"} {
		if err := book.Check(def.Rule, place, "2026-11-23"); err != nil {
			t.Errorf("%s: %v", place, err)
		}
	}
}

func TestARuleBelowTheLegalFloorIsRefused(t *testing.T) {
	book := shippedRules(t)
	rule := func(base reward.Base, floor money.Bps) reward.Rule {
		return reward.Rule{Base: base, FloorBps: floor, TeamBps: floor}
	}
	for _, c := range []struct {
		rule  reward.Rule
		place string
		floor string
	}{
		{rule(reward.Net, 5000), "650100", ""},
		{rule(reward.Total, 5000), "650100", ""},
		{rule(reward.Net, 4999), "650100", "national-2015"},
		{rule(reward.Net, 6999), "110108", "beijing-2020"},
		{rule(reward.Total, 6999), "110108", "beijing-2020"},
		{rule(reward.Net, 7000), "110108", ""},
		{rule(reward.Net, 4000), "110108", "national-2015"},
	} {
		err := book.Check(c.rule, c.place, "2026-11-23")
		if c.floor == "" {
			if err != nil {
				t.Errorf("%+v at %s: %v", c.rule, c.place, err)
			}
			continue
		}
		if errs.CodeOf(errOrNone(err)) != "rule_below_legal_floor" || errs.As(err).Params["floor_id"] != c.floor {
			t.Errorf("%+v at %s: %v, want %s", c.rule, c.place, err, c.floor)
		}
	}
	if err := book.Check(rule(reward.Total, 10_000), "650100", "2000-01-01"); !errors.Is(err, reward.ErrNoRule) {
		t.Errorf("before the law: %v", err)
	}
}

// errOrNone lets a test ask for the code of an error that may be missing.
func errOrNone(err error) error {
	if err == nil {
		return errs.New(errs.Internal, "no_error")
	}
	return err
}

func TestARateOfTheNetNeverStandsForOneOfTheTotal(t *testing.T) {
	book, err := rulesFrom(`
legal_floors:
  - {id: a, version: 1, place: "", effective_from: "2015-10-01", base: TOTAL, floor_bps: 1, certainty: statute, source: s}
defaults:
  - {id: d, version: 1, place: "", effective_from: "2015-10-01", base: TOTAL, floor_bps: 1, certainty: statute, source: s}
`)
	if err != nil {
		t.Fatal(err)
	}
	err = book.Check(reward.Rule{Base: reward.Net, FloorBps: 10_000, TeamBps: 10_000}, "650100", "2026-11-23")
	if errs.CodeOf(errOrNone(err)) != "rule_below_legal_floor" {
		t.Errorf("%v", err)
	}
}

func TestALaterRuleOrVersionReplacesTheEarlier(t *testing.T) {
	book, err := rulesFrom(`
legal_floors:
  - {id: a, version: 2, place: "65", effective_from: "2020-01-01", base: NET, floor_bps: 6000, certainty: statute, source: s}
  - {id: a, version: 1, place: "65", effective_from: "2020-01-01", base: NET, floor_bps: 5500, certainty: statute, source: s}
  - {id: b, version: 1, place: "65", effective_from: "2025-01-01", base: NET, floor_bps: 5100, certainty: statute, source: s}
  - {id: c, version: 1, place: "6501", effective_from: "2024-01-01", base: NET, floor_bps: 8000, certainty: statute, source: s}
defaults:
  - {id: d, version: 1, place: "", effective_from: "2015-10-01", base: TOTAL, floor_bps: 7000, certainty: statute, source: s}
`)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		place string
		date  clock.Date
		floor money.Bps
	}{{"650200", "2024-12-31", 6000}, {"650200", "2025-01-01", 5100}, {"650100", "2025-01-01", 8000}} {
		if r, err := book.For(c.place, c.date); err != nil || r.FloorBps != c.floor {
			t.Errorf("%s on %s: %d (%v), want %d", c.place, c.date, r.FloorBps, err, c.floor)
		}
	}
}

// What Check accepts really leaves the main contributors at least the legal
// floor, whatever money moves.
func TestAnAcceptedRuleKeepsTheLegalFloor(t *testing.T) {
	book := shippedRules(t)
	rapid.Check(t, func(t *rapid.T) {
		rule, people := drawRule(t), drawContributors(t)
		place := rapid.SampledFrom([]string{"650100", "110108", "330106"}).Draw(t, "place")
		if book.Check(rule, place, "2026-11-23") != nil || !reward.GuaranteeOf(rule, people).Holds() {
			return
		}
		floor, err := book.For(place, "2026-11-23")
		if err != nil {
			t.Fatal(err)
		}
		event := drawEvent(t, 0)
		out, err := reward.Compute(rule, people, []reward.Event{event})
		if err != nil {
			t.Fatal(err)
		}
		var main int64
		for i, c := range people {
			if c.Role.Main() {
				main += out.Balances[i]
			}
		}
		least, err := floor.FloorBps.Ceil(max(0, out.Net))
		if err != nil {
			t.Fatal(err)
		}
		if main < least {
			t.Fatalf("main contributors hold %d of net %d, the law wants %d", main, out.Net, least)
		}
	})
}

func TestFaultsOfARulesFileAreReportedTogether(t *testing.T) {
	_, err := rulesFrom(`
legal_floors:
  - {id: "", version: 0, place: "6", effective_from: "2020-13-01", base: GROSS, floor_bps: 10001, certainty: rumour, source: ""}
`)
	if err == nil {
		t.Fatal("accepted")
	}
	for _, want := range []string{"id, version", "place", "effective_from", "base", "floor_bps", "certainty", "source", "defaults is empty"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not reported in %v", want, err)
		}
	}
	if _, err := rulesFrom("legal_floors: []\nunknown_key: 1\n"); err == nil {
		t.Error("an unknown key passes")
	}
	if _, err := reward.LoadRulebook(fstest.MapFS{}); err == nil {
		t.Error("an absent file passes")
	}
}
