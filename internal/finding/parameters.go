package finding

import (
	"slices"
	"strconv"

	"chengqiao/internal/errs"
	"chengqiao/internal/money"
	"chengqiao/internal/search"
)

// parameterFacets are the filters by the names that they have in addresses.
var parameterFacets = map[string]search.Facet{
	"kind": search.FacetKind, "field": search.FacetField, "industry": search.FacetIndustry, "region": search.FacetRegion,
	"ip_kind": search.FacetIPKind, "cooperation": search.FacetCooperation, "price_mode": search.FacetPriceMode,
	"organisation_kind": search.FacetOrgKind, "organisation": search.FacetOrganisation, "year": search.FacetYear,
	"language": search.FacetLanguage, "theme": search.FacetTheme,
}

// presentation are the names that say how an answer is shown, not what is
// searched for.
var presentation = []string{"sort", "page", "page_size", "locale", "facets", "facet", "facet_words", "alike"}

// Parameters are the names that FromParameters understands.
func Parameters() []string {
	out := []string{"q", "public_benefit", "trl_min", "trl_max", "price_min", "price_max"}
	for name := range parameterFacets {
		out = append(out, name)
	}
	return append(out, presentation...)
}

// The bounds of one parameter, as in the contract of the search.
const (
	maxChoices = 50
	maxChoice  = 60
)

// FromParameters reads what an address of the search asks for: values by name,
// as the search's contract and the search page have them. How it is shown
// (sort, page) is left to the caller. Error: errs.Invalid "invalid_fields" with
// the path query.<name> of what is unknown or malformed.
func FromParameters(values map[string][]string) (Request, error) {
	r := Request{Filters: map[search.Facet][]string{}, Ranges: map[search.Number]search.Range{}}
	var faults []errs.Field
	fault := func(name, code string) { faults = append(faults, errs.Field{Path: "query." + name, Code: code}) }
	bound := func(name string, number search.Number, least bool, value *int64) {
		between := r.Ranges[number]
		if least {
			between.Min = value
		} else {
			between.Max = value
		}
		r.Ranges[number] = between
	}
	for name, given := range values {
		if len(given) == 0 || slices.Contains(presentation, name) {
			continue
		}
		first := given[0]
		switch facet := parameterFacets[name]; {
		case facet != "":
			if len(given) > maxChoices || slices.ContainsFunc(given, func(v string) bool { return v == "" || len(v) > maxChoice }) {
				fault(name, "wrong_format")
				continue
			}
			r.Filters[facet] = given
		case name == "q":
			r.Text, _ = firstOf(first)
		case name == "public_benefit":
			if first == "true" {
				r.Filters[search.FacetPublicBenefit] = []string{"true"}
			}
		case name == "trl_min" || name == "trl_max":
			level, err := strconv.ParseInt(first, 10, 64)
			if err != nil || level < 1 || level > 9 {
				fault(name, "wrong_format")
				continue
			}
			bound(name, search.NumberTRL, name == "trl_min", &level)
		case name == "price_min" || name == "price_max":
			fen, err := money.ParseFen(first)
			if err != nil {
				fault(name, "not_an_amount")
				continue
			}
			bound(name, search.NumberPrice, name == "price_min", &fen)
		default:
			fault(name, "unknown")
		}
	}
	return r, errs.InvalidFields(faults)
}
