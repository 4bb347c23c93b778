package rights_test

import (
	"testing"

	"pgregory.net/rapid"

	"chengqiao/internal/clock"
	"chengqiao/internal/rights"
)

const (
	signed = clock.Date("2025-11-23")
	today  = clock.Date("2026-11-23")
)

func TestWhatOneContractTookAnotherCannotGet(t *testing.T) {
	field := func(r rights.Rights, f string) rights.Rights { r.FieldOfUse = f; return r }
	place := func(r rights.Rights, p string) rights.Rights { r.Territory = p; return r }
	term := func(r rights.Rights, months int) rights.Rights { r.TermMonths = months; return r }
	plain := rights.Rights{Offer: rights.Licence, Exclusivity: rights.NonExclusive}
	unsaid := rights.Rights{Offer: rights.Licence}
	open := rights.Rights{Offer: rights.Licence, Exclusivity: rights.Open}
	only := rights.Rights{Offer: rights.Licence, Exclusivity: rights.Exclusive}
	alone := rights.Rights{Offer: rights.KnowHow, Exclusivity: rights.Sole}
	sold := rights.Rights{Offer: rights.Assign}
	work := rights.Rights{Offer: rights.Service}
	things := rights.Rights{Offer: rights.Sale}
	for name, c := range map[string]struct {
		taken, wanted rights.Rights
		bars          bool
	}{
		"two plain licences":                       {plain, plain, false},
		"two that say nothing of exclusivity":      {unsaid, unsaid, false},
		"an exclusive one after a plain one":       {plain, only, true},
		"an exclusive one after an unsaid one":     {unsaid, only, true},
		"a plain one after an exclusive one":       {only, plain, true},
		"a sole one after a sole one":              {alone, alone, true},
		"an exclusive one after an open one":       {open, only, true},
		"a sole one after an open one":             {open, alone, true},
		"an open one after an exclusive one":       {only, open, true},
		"a plain one after an open one":            {open, plain, false},
		"exclusive in other fields":                {field(only, "农业"), field(only, "医药"), false},
		"exclusive in the same field":              {field(only, "农业 "), field(only, "农业"), true},
		"exclusive in one field, wanted in all":    {field(only, "农业"), only, true},
		"exclusive in all, wanted in one field":    {only, field(plain, "农业"), true},
		"exclusive in a narrower field":            {field(only, "农业灌溉"), field(plain, "农业"), true},
		"exclusive in one of several fields":       {field(only, "医药、农业"), field(plain, "能源，农业"), true},
		"fields in another width and case":         {field(only, "ＥＶ battery"), field(plain, "ev Battery"), true},
		"exclusive in other provinces":             {place(only, "650000"), place(only, "620000"), false},
		"exclusive in a city of the province":      {place(only, "650100"), place(plain, "650000"), true},
		"exclusive in the province of the city":    {place(only, "650000"), place(plain, "659001"), true},
		"exclusive in the whole country":           {place(only, "CN"), place(plain, "650100"), true},
		"the country by its name":                  {place(only, "中国"), place(plain, "650100"), true},
		"the world by its name":                    {place(only, "全球"), place(plain, "KZ"), true},
		"exclusive in another country":             {place(only, "CN"), place(only, "KZ"), false},
		"a region under the code of a country":     {place(only, "HK"), place(plain, "810000"), true},
		"one of several territories":               {place(only, "620000,650000"), place(plain, "650100, KZ"), true},
		"a territory in words meets every other":   {place(only, "西北"), place(plain, "650000"), true},
		"anything after the sale of the patent":    {sold, plain, true},
		"a sale in one place took all":             {place(sold, "650000"), place(plain, "620000"), true},
		"the sale after a plain licence":           {plain, sold, false},
		"the sale after an open licence":           {open, sold, false},
		"the sale after an exclusive licence":      {only, sold, true},
		"the sale after a sale":                    {sold, sold, true},
		"a licence that ended":                     {term(only, 12), only, false},
		"a licence in its last month":              {term(only, 13), only, true},
		"a sale does not end":                      {term(sold, 12), plain, true},
		"work takes no right":                      {work, only, false},
		"work is not barred by an exclusive right": {only, work, false},
		"things sold take no right":                {things, only, false},
		"things can be sold beside a sold patent":  {sold, things, false},
	} {
		if got := (rights.Grant{Rights: c.taken, On: signed}).Bars(c.wanted, today); got != c.bars {
			t.Errorf("%s: barred %v, want %v", name, got, c.bars)
		}
	}
}

func TestARightIsFreeAgainWhenItsTermIsOver(t *testing.T) {
	for _, c := range []struct {
		offer  string
		on     clock.Date
		months int
		want   clock.Date
	}{
		{rights.Licence, "2025-11-23", 12, "2026-11-23"},
		{rights.KnowHow, "2025-11-23", 1, "2025-12-23"},
		{rights.Licence, "2024-02-29", 12, "2025-03-01"},
		{rights.Licence, "2025-11-23", 0, ""},
		{rights.Assign, "2025-11-23", 12, ""},
	} {
		g := rights.Grant{Rights: rights.Rights{Offer: c.offer, TermMonths: c.months}, On: c.on}
		if got := g.Until(); got != c.want {
			t.Errorf("%+v: until %q, want %q", c, got, c.want)
		}
	}
}

func TestWhatIsLeftOfAResult(t *testing.T) {
	grant := func(r rights.Rights) rights.Grant { return rights.Grant{Rights: r, On: signed} }
	plain := rights.Rights{Offer: rights.Licence, Exclusivity: rights.NonExclusive}
	only := rights.Rights{Offer: rights.Licence, Exclusivity: rights.Exclusive}
	inField := rights.Rights{Offer: rights.Licence, Exclusivity: rights.Sole, FieldOfUse: "农业"}
	ended := rights.Rights{Offer: rights.Licence, Exclusivity: rights.Exclusive, TermMonths: 12}
	for name, c := range map[string]struct {
		grants []rights.Grant
		want   rights.Room
	}{
		"nothing granted":             {nil, rights.Free},
		"a plain licence":             {[]rights.Grant{grant(plain)}, rights.Partly},
		"exclusive in one field":      {[]rights.Grant{grant(inField)}, rights.Partly},
		"exclusive in all":            {[]rights.Grant{grant(plain), grant(only)}, rights.None},
		"sold":                        {[]rights.Grant{grant(rights.Rights{Offer: rights.Assign, FieldOfUse: "农业"})}, rights.None},
		"an exclusive one that ended": {[]rights.Grant{grant(ended)}, rights.Free},
		"work done":                   {[]rights.Grant{grant(rights.Rights{Offer: rights.Service})}, rights.Free},
	} {
		if got := rights.RoomIn(c.grants, today); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// anyRights draws rights from so few values that they often meet.
func anyRights(t *rapid.T, label string) rights.Rights {
	return rights.Rights{
		Offer:       rapid.SampledFrom([]string{rights.Assign, rights.Licence, rights.KnowHow, rights.Service, rights.Sale}).Draw(t, label+" offer"),
		Exclusivity: rapid.SampledFrom([]string{"", rights.Exclusive, rights.Sole, rights.NonExclusive, rights.Open}).Draw(t, label+" exclusivity"),
		FieldOfUse:  rapid.SampledFrom([]string{"", "农业", "农业灌溉", "医药", "医药、能源"}).Draw(t, label+" field"),
		Territory:   rapid.SampledFrom([]string{"", "CN", "650000", "650100", "620000", "KZ", "西北", "KZ,620000"}).Draw(t, label+" territory"),
		TermMonths:  rapid.SampledFrom([]int{0, 6, 24}).Draw(t, label+" term"),
	}
}

func bars(taken, wanted rights.Rights) bool {
	return rights.Grant{Rights: taken, On: signed}.Bars(wanted, today)
}

// Two licences stand in each other's way or they do not, whichever came first:
// otherwise an owner could grant both by choosing the order.
func TestTwoLicencesBarEachOtherAlike(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyRights(t, "a"), anyRights(t, "b")
		a.TermMonths, b.TermMonths = 0, 0
		if a.Offer == rights.Assign || b.Offer == rights.Assign {
			return
		}
		if bars(a, b) != bars(b, a) {
			t.Fatalf("%+v bars %+v: %v, the other way %v", a, b, bars(a, b), bars(b, a))
		}
	})
}

// Taking the limits off one side can only make it meet more.
func TestWhatIsNotLimitedMeetsAllThatIs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		taken, wanted := anyRights(t, "taken"), anyRights(t, "wanted")
		if !bars(taken, wanted) {
			return
		}
		wider := wanted
		wider.FieldOfUse, wider.Territory = "", ""
		if !bars(taken, wider) {
			t.Fatalf("%+v bars %+v and not its wider form", taken, wanted)
		}
		taken.FieldOfUse, taken.Territory, taken.TermMonths = "", "", 0
		if !bars(taken, wanted) {
			t.Fatalf("%+v, wider than what bars %+v, does not", taken, wanted)
		}
	})
}

// What is sold is gone, what has ended is back, and work is always free.
func TestWhatAlwaysHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		taken, wanted := anyRights(t, "taken"), anyRights(t, "wanted")
		grant := rights.Grant{Rights: taken, On: signed}
		switch barred := grant.Bars(wanted, today); {
		case !wanted.Grants() && barred:
			t.Fatal("work is barred")
		case !grant.InForce(today) && barred:
			t.Fatal("what is over bars")
		case taken.Offer == rights.Assign && wanted.Grants() && !barred:
			t.Fatal("something is left of what was sold")
		case barred && rights.RoomIn([]rights.Grant{grant}, today) == rights.Free:
			t.Fatal("a grant bars and everything is free")
		case rights.RoomIn([]rights.Grant{grant}, today) == rights.None && wanted.Grants() && !barred:
			t.Fatal("no room is left and something can be had")
		}
	})
}
