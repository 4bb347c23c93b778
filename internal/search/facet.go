package search

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// Facet is a property that documents are filtered and counted by.
type Facet string

// The facets.
const (
	FacetKind          Facet = "kind"
	FacetField         Facet = "field"
	FacetIndustry      Facet = "industry" // two levels: "C" counts all of "C38"
	FacetRegion        Facet = "region"   // province and city: "650000" counts all of "650100"
	FacetTRL           Facet = "trl"
	FacetIPKind        Facet = "ip_kind"
	FacetIPState       Facet = "ip_state"
	FacetCooperation   Facet = "cooperation"
	FacetPriceMode     Facet = "price_mode"
	FacetPriceBand     Facet = "price_band"
	FacetOrganisation  Facet = "organisation"
	FacetOrgKind       Facet = "organisation_kind"
	FacetYear          Facet = "year"
	FacetLanguage      Facet = "language"
	FacetPublicBenefit Facet = "public_benefit" // "true" or absent
	FacetTheme         Facet = "theme"          // a package's, in its owner's words

	// facetMembersPriceBand is FacetPriceBand as members have it.
	facetMembersPriceBand Facet = "members_price_band"
)

// AllFacets in the order of the filter column.
var AllFacets = []Facet{
	FacetKind, FacetField, FacetIndustry, FacetRegion, FacetTRL, FacetIPKind, FacetIPState,
	FacetCooperation, FacetPriceMode, FacetPriceBand, FacetOrganisation, FacetOrgKind,
	FacetYear, FacetLanguage, FacetPublicBenefit, FacetTheme,
}

// KeptFacets are what engines keep: AllFacets and those that take the place of
// one of them for some readers (Query.ForReader). Nobody asks for those.
var KeptFacets = append(slices.Clip(AllFacets), facetMembersPriceBand)

// Valid tells whether f is a facet that can be asked for.
func (f Facet) Valid() bool { return slices.Contains(AllFacets, f) }

// Number is a property that documents are filtered by range.
type Number string

// The numbers.
const (
	NumberTRL       Number = "trl"
	NumberPrice     Number = "price_fen"
	NumberYear      Number = "year"
	NumberPublished Number = "published_at" // UTC microseconds

	// numberMembersPrice is NumberPrice as members have it.
	numberMembersPrice Number = "members_price_fen"
)

// AllNumbers in a fixed order.
var AllNumbers = []Number{NumberTRL, NumberPrice, NumberYear, NumberPublished}

// KeptNumbers are what engines keep, as KeptFacets.
var KeptNumbers = append(slices.Clip(AllNumbers), numberMembersPrice)

// Valid tells whether n is a number that can be asked for.
func (n Number) Valid() bool { return slices.Contains(AllNumbers, n) }

// Facet is the facet that shows the same property: a range over it is that
// facet's own choice. "" if there is none.
func (n Number) Facet() Facet {
	switch n {
	case NumberTRL:
		return FacetTRL
	case NumberPrice:
		return FacetPriceBand
	case numberMembersPrice:
		return facetMembersPriceBand
	case NumberYear:
		return FacetYear
	}
	return ""
}

// Number is a document's value, and whether it has one.
func (d *Document) Number(n Number) (value int64, ok bool) {
	switch n {
	case NumberTRL:
		return int64(d.Facets.TRL), d.Facets.TRL != 0
	case NumberPrice:
		if d.Facets.PriceFen == nil {
			return 0, false
		}
		return *d.Facets.PriceFen, true
	case numberMembersPrice:
		if p := cmp.Or(d.Facets.PriceFen, d.Facets.MembersPriceFen); p != nil {
			return *p, true
		}
		return 0, false
	case NumberYear:
		return int64(d.Facets.Year), d.Facets.Year != 0
	case NumberPublished:
		return d.PublishedAt, d.PublishedAt != 0
	}
	return 0, false
}

// Values are a document's values of a facet, each once; hierarchies give all
// their levels.
func (d *Document) Values(f Facet) []string {
	x := &d.Facets
	switch f {
	case FacetKind:
		return one(string(d.Kind))
	case FacetField:
		return set(x.Fields)
	case FacetIndustry:
		return paths(x.Industries, industryPath)
	case FacetRegion:
		return paths(x.Regions, regionPath)
	case FacetTRL:
		return number(x.TRL)
	case FacetIPKind:
		return set(x.IPKinds)
	case FacetIPState:
		return set(x.IPStates)
	case FacetCooperation:
		return set(x.Cooperation)
	case FacetPriceMode:
		return one(x.PriceMode)
	case FacetPriceBand:
		return band(d, NumberPrice)
	case facetMembersPriceBand:
		return band(d, numberMembersPrice)
	case FacetOrganisation:
		return one(x.Organisation)
	case FacetOrgKind:
		return one(x.OrgKind)
	case FacetYear:
		return number(x.Year)
	case FacetLanguage:
		return set(x.Languages)
	case FacetPublicBenefit:
		if x.PublicBenefit {
			return one("true")
		}
	case FacetTheme:
		return set(x.Themes)
	}
	return nil
}

// priceBands are the upper ends, in fen and excluded, of the bands that buyers
// choose from: 10 万, 50 万, 100 万, 500 万 CNY.
var priceBands = []struct {
	below int64
	name  string
}{
	{10_000_000, "under_100k"},
	{50_000_000, "100k_500k"},
	{100_000_000, "500k_1m"},
	{500_000_000, "1m_5m"},
}

func band(d *Document, n Number) []string {
	if fen, ok := d.Number(n); ok {
		return one(PriceBand(fen))
	}
	return nil
}

// PriceBand is the band of a price in fen.
func PriceBand(fen int64) string {
	for _, b := range priceBands {
		if fen < b.below {
			return b.name
		}
	}
	return "5m_up"
}

// industryPath: "C3841" → C, C38 (two levels are enough to choose from).
func industryPath(code string) []string {
	const division = 3 // a letter and two digits
	switch {
	case code == "":
		return nil
	case len(code) < division:
		return []string{code[:1]}
	}
	return []string{code[:1], code[:division]}
}

// regionPath: "650104" → 650000, 650100. Divisions directly under a province
// (659001-659012 and the like, "90" in the third and fourth place) stand for
// themselves. Anything but six digits is a country and has no levels.
func regionPath(code string) []string {
	const length, province, city = 6, 2, 4
	if len(code) != length || strings.Trim(code, "0123456789") != "" {
		return one(code)
	}
	top := code[:province] + "0000"
	second := code[:city] + "00"
	if code[province:city] == "90" {
		second = code
	}
	if second == top {
		return []string{top}
	}
	return []string{top, second}
}

func paths(codes []string, path func(string) []string) []string {
	var out []string
	for _, c := range codes {
		out = append(out, path(c)...)
	}
	return set(out)
}

func set(values []string) []string {
	var out []string
	for _, v := range values {
		if v != "" && !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

func one(v string) []string {
	if v == "" {
		return nil
	}
	return []string{v}
}

func number(n int) []string {
	if n == 0 {
		return nil
	}
	return []string{strconv.Itoa(n)}
}
