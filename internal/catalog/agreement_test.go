package catalog

import (
	"testing"

	"pgregory.net/rapid"

	"chengqiao/internal/clock"
	"chengqiao/internal/money"
	"chengqiao/internal/rights"
	"chengqiao/internal/text"
)

func TestAnAgreementIsBoundToItsTerms(t *testing.T) {
	price := money.Fen(100_000_00)
	terms := func(change func(*AgreementTerms)) AgreementTerms {
		a := AgreementTerms{
			Title: text.Zh("包"), PriceMode: "agreement", Price: &price,
			Components: []Component{
				{Kind: OfAchievement, AchievementID: "a1", Title: "一", OwnerOrganisationID: "o", WeightBps: 4000,
					Rights: Rights{Offer: rights.Licence, Exclusivity: rights.Sole, FieldOfUse: "棉花", Territory: "650000", TermMonths: 24}},
				{Kind: OfService, Title: "服务", OwnerOrganisationID: "o", WeightBps: 1000, Rights: Rights{Offer: rights.Service}},
			},
		}
		if change != nil {
			change(&a)
		}
		return a
	}
	first := func(change func(*Component)) func(*AgreementTerms) {
		return func(a *AgreementTerms) { change(&a.Components[0]) }
	}
	for name, c := range map[string]struct {
		change func(*AgreementTerms)
		same   bool
	}{
		"nothing":                   {nil, true},
		"the package's title":       {func(a *AgreementTerms) { a.Title = text.Zh("新名") }, true},
		"the achievement's title":   {first(func(c *Component) { c.Title = "新名" }), true},
		"the order":                 {func(a *AgreementTerms) { a.Components[0], a.Components[1] = a.Components[1], a.Components[0] }, true},
		"a weight":                  {first(func(c *Component) { c.WeightBps++ }), false},
		"an offer":                  {first(func(c *Component) { c.Rights.Offer = rights.Assign }), false},
		"an exclusivity":            {first(func(c *Component) { c.Rights.Exclusivity = "" }), false},
		"a field of use":            {first(func(c *Component) { c.Rights.FieldOfUse = "" }), false},
		"a territory":               {first(func(c *Component) { c.Rights.Territory = "650100" }), false},
		"a term":                    {first(func(c *Component) { c.Rights.TermMonths = 36 }), false},
		"another achievement":       {first(func(c *Component) { c.AchievementID = "a2" }), false},
		"the name of a service":     {func(a *AgreementTerms) { a.Components[1].Title = "别的服务" }, false},
		"the way of pricing":        {func(a *AgreementTerms) { a.PriceMode = "listing" }, false},
		"the price":                 {func(a *AgreementTerms) { other := money.Fen(1); a.Price = &other }, false},
		"no price":                  {func(a *AgreementTerms) { a.Price = nil }, false},
		"a component less":          {func(a *AgreementTerms) { a.Components = a.Components[:1] }, false},
		"a component said to twice": {func(a *AgreementTerms) { a.Components = append(a.Components, a.Components[0]) }, false},
	} {
		if same := terms(c.change).Hash() == terms(nil).Hash(); same != c.same {
			t.Errorf("with another %s they are the same: %v", name, same)
		}
	}
}

func TestAnAgreementCoversItsComponentsAndNoOthers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		component := rapid.Custom(func(t *rapid.T) Component {
			return Component{
				Kind: OfAchievement, AchievementID: rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "achievement"),
				Title: rapid.SampledFrom([]string{"", "一"}).Draw(t, "title"), OwnerOrganisationID: "o",
				WeightBps: rapid.IntRange(1, 2).Draw(t, "weight"), Rights: Rights{Offer: rights.Licence},
			}
		})
		kept := AgreementTerms{Components: rapid.SliceOfN(component, 0, 4).Draw(t, "kept")}
		wanted := rapid.SliceOfN(component, 1, 3).Draw(t, "wanted")
		all := true
		for _, w := range wanted {
			found := false
			for _, c := range kept.Components {
				found = found || c.AchievementID == w.AchievementID && c.WeightBps == w.WeightBps
			}
			all = all && found
		}
		if kept.covers(wanted) != all {
			t.Fatalf("%+v covers %+v: %v", kept.Components, wanted, !all)
		}
	})
}

func TestAComponentIsFreeAgainWhenTheLastBarIsOver(t *testing.T) {
	const today = clock.Date("2026-11-23")
	taken := func(months int, r Rights) rights.Taken {
		r.TermMonths = months
		return rights.Taken{AchievementID: "a", Grant: rights.Grant{Rights: r, On: "2026-11-01"}}
	}
	plain := Rights{Offer: rights.Licence, Exclusivity: rights.NonExclusive}
	only := Rights{Offer: rights.Licence, Exclusivity: rights.Exclusive}
	elsewhere := Rights{Offer: rights.Licence, Exclusivity: rights.Exclusive, Territory: "620000"}
	here := Component{AchievementID: "a", Rights: Rights{Offer: rights.Licence, Territory: "650000"}}
	for name, c := range map[string]struct {
		taken []rights.Taken
		want  Place
	}{
		"nothing taken":          {nil, Place{Free: true}},
		"a plain licence":        {[]rights.Taken{taken(12, plain)}, Place{Free: true}},
		"exclusive elsewhere":    {[]rights.Taken{taken(12, elsewhere)}, Place{Free: true}},
		"exclusive for a year":   {[]rights.Taken{taken(12, only)}, Place{FreeFrom: "2027-11-01"}},
		"two, one after another": {[]rights.Taken{taken(24, only), taken(12, only)}, Place{FreeFrom: "2028-11-01"}},
		"one that does not end":  {[]rights.Taken{taken(12, only), taken(0, only)}, Place{}},
		"one that does not bar":  {[]rights.Taken{taken(12, only), taken(36, elsewhere)}, Place{FreeFrom: "2027-11-01"}},
		"a sale":                 {[]rights.Taken{taken(12, Rights{Offer: rights.Assign})}, Place{}},
	} {
		if got := placeOf(here, c.taken, today); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

func TestATerritoryNamedInWordsIsKeptByItsCode(t *testing.T) {
	k := &packages{taxonomies: kind(t).taxonomies}
	for typed, want := range map[string]string{
		"新疆": "650000", "新疆维吾尔自治区": "650000", " 乌鲁木齐 ": "650100", "Beijing": "110000", "香港": "810000",
		"650000": "650000", "中亚五国": "中亚五国", "": "",
	} {
		if got := k.territoryCodes(typed); got != want {
			t.Errorf("%q is kept as %q, want %q", typed, got, want)
		}
	}
}

func TestAnImportPublishesNoComponentThatOthersHaveASayIn(t *testing.T) {
	service := Component{Kind: OfService, Title: "服务", WeightBps: FullWeightBps}
	foreign, named := service, service
	foreign.OwnerOrganisationID, named.AchievementID = "other", "a"
	for name, c := range map[string]struct {
		component Component
		want      int
	}{"its own work": {service, 0}, "another owner's": {foreign, 1}, "an achievement": {named, 1}} {
		faults := (&packages{}).CheckImport(PackageContent{Title: text.Zh("包"), Components: []Component{c.component}})
		if len(faults) != c.want || c.want > 0 && (faults[0].Path != "components[0]" || faults[0].Code != "published_by_review_alone") {
			t.Errorf("%s: %v", name, faults)
		}
	}
}
