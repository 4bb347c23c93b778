package need

import (
	"context"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"chengqiao/config"
	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/listing"
	"chengqiao/internal/money"
	"chengqiao/internal/taxonomy"
	"chengqiao/internal/text"
)

func kind(t testing.TB) *needs {
	t.Helper()
	lists, err := taxonomy.Load(config.Files)
	if err != nil {
		t.Fatal(err)
	}
	return &needs{rules: Rules(), taxonomies: lists, clock: clock.NewManual(time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC))}
}

func whole() Content {
	return Content{Title: text.Zh("标题"), Problem: text.Zh("问题"), TechnicalField: "electronics"}
}

func faults(fields []errs.Field) []string {
	var out []string
	for _, f := range fields {
		out = append(out, f.Path+" "+f.Code)
	}
	return out
}

func TestWhatANeedMustSatisfy(t *testing.T) {
	k := kind(t)
	low, high := money.Fen(1), money.Fen(2)
	measured := Requirement{Criterion: text.Of("容量"), Metric: text.Of("保持率"), Operator: ">=", Threshold: "80.5", Unit: "%", Level: Must}
	with := func(change func(*Requirement)) func(*Content) {
		return func(c *Content) {
			r := measured
			change(&r)
			c.Requirements = []Requirement{r}
		}
	}
	for name, c := range map[string]struct {
		change            func(*Content)
		always, submitted []string
	}{
		"whole":                       {func(*Content) {}, nil, nil},
		"empty":                       {func(c *Content) { *c = Content{} }, nil, []string{"title required", "problem required", "technical_field required"}},
		"5,001 characters":            {func(c *Content) { c.Problem.Zh = strings.Repeat("长", 5001) }, []string{"problem.zh too_long"}, nil},
		"six keywords":                {func(c *Content) { c.KeywordsZh = []string{"1", "2", "3", "4", "5", "6"} }, []string{"keywords_zh too_many"}, nil},
		"a budget the wrong way":      {func(c *Content) { c.BudgetMin, c.BudgetMax = &high, &low }, nil, []string{"budget_max below_minimum"}},
		"an end before its start":     {func(c *Content) { c.StartOn, c.EndOn = "2027-02-01", "2027-01-01" }, nil, []string{"end_on before_start"}},
		"a deadline of yesterday":     {func(c *Content) { c.Deadline = "2026-11-22" }, nil, []string{"deadline deadline_passed"}},
		"a deadline of today":         {func(c *Content) { c.Deadline = "2026-11-23" }, nil, nil},
		"a deadline that is no date":  {func(c *Content) { c.Deadline = "2026-13-01" }, []string{"deadline wrong_format"}, nil},
		"a measured requirement":      {with(func(*Requirement) {}), nil, nil},
		"a requirement in words":      {with(func(r *Requirement) { *r = Requirement{Criterion: text.Of("环保"), Level: Should} }), nil, nil},
		"a requirement of no level":   {with(func(r *Requirement) { r.Level = "" }), []string{"requirements[0].level required"}, nil},
		"a requirement of nothing":    {with(func(r *Requirement) { r.Criterion = text.Zh(" ") }), []string{"requirements[0].criterion required"}, nil},
		"a requirement in English":    {with(func(r *Requirement) { r.Criterion, r.Metric = text.En("Capacity"), text.En("Retention") }), nil, nil},
		"a criterion too long":        {with(func(r *Requirement) { r.Criterion.En = strings.Repeat("e", 501) }), []string{"requirements[0].criterion.en too_long"}, nil},
		"a level that is none":        {with(func(r *Requirement) { r.Level = "maybe" }), []string{"requirements[0].level unknown_value"}, nil},
		"an operator that is none":    {with(func(r *Requirement) { r.Operator = "~" }), []string{"requirements[0].operator unknown_value"}, nil},
		"a threshold that is no text": {with(func(r *Requirement) { r.Threshold = "8e3" }), []string{"requirements[0].threshold wrong_format"}, nil},
		"a threshold without metric":  {with(func(r *Requirement) { r.Metric = text.Text{} }), nil, []string{"requirements[0].metric required"}},
		"an operator without value":   {with(func(r *Requirement) { r.Threshold = "" }), nil, []string{"requirements[0].threshold required"}},
	} {
		t.Run(name, func(t *testing.T) {
			content := whole()
			c.change(&content)
			content = k.Clean(content)
			if got := faults(k.Check(content)); !slices.Equal(got, c.always) {
				t.Errorf("always %v, want %v", got, c.always)
			}
			got, err := k.CheckSubmission(context.Background(), listing.Listing{OwnerOrg: "plant"}, content)
			if err != nil || len(c.always) == 0 && !slices.Equal(faults(got), c.submitted) {
				t.Errorf("submitted %v, want %v (%v)", faults(got), c.submitted, err)
			}
		})
	}
}

func TestAThresholdIsAcceptedAsItIsWritten(t *testing.T) {
	k := kind(t)
	rapid.Check(t, func(t *rapid.T) {
		threshold := rapid.StringMatching(`-?[0-9]{1,12}(\.[0-9]{1,9})?`).Draw(t, "threshold")
		c := whole()
		c.Requirements = []Requirement{{Criterion: text.Of("c"), Metric: text.Of("m"), Operator: "=", Threshold: threshold, Level: Must}}
		if f := k.Check(c); len(f) > 0 {
			t.Fatalf("%s: %v", threshold, f)
		}
		if got := k.Clean(c).Requirements[0].Threshold; got != threshold {
			t.Fatalf("%s became %s", threshold, got)
		}
	})
}

func TestEveryFieldHasItsTier(t *testing.T) {
	rules := Rules()
	var names []string
	for f := range reflect.TypeFor[Content]().Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		names = append(names, name)
		if !rules.Tiers[name].Valid() {
			t.Errorf("%s has no default tier", name)
		}
	}
	for field := range rules.Tiers {
		if !slices.Contains(names, field) {
			t.Errorf("there is a tier for %s, which is no field", field)
		}
	}
}
