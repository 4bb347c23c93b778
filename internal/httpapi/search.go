package httpapi

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"chengqiao/internal/errs"
	"chengqiao/internal/finding"
	"chengqiao/internal/httpapi/oas"
	"chengqiao/internal/money"
	"chengqiao/internal/search"
	"chengqiao/internal/search/querytext"
	"chengqiao/internal/taxonomy"
	"chengqiao/internal/text"
)

// Search implements the contract.
func (a *API) Search(ctx context.Context, req oas.SearchRequestObject) (oas.SearchResponseObject, error) {
	p := req.Params
	ranges, err := searchRanges(p)
	if err != nil {
		return nil, err
	}
	size := pageSize(p.PageSize)
	request := finding.Request{
		Text: p.Q, Filters: searchFilters(p), Ranges: ranges, Sort: searchSorts[p.Sort], Facets: countedFacets(p.Facets),
		Page: max(p.Page, 1), PageSize: size,
	}
	if p.Facet != "" {
		return a.facetValues(ctx, request, search.Facet(p.Facet), p.FacetWords)
	}
	locale := cmp.Or(string(p.Locale), localeOf(ctx))
	hit := func(h finding.Hit) oas.SearchHit { return searchHit(h, locale) }
	if p.Alike {
		found, err := a.Finder.Alike(ctx, actorOf(ctx), request)
		if err != nil {
			return nil, err
		}
		return oas.Search200JSONResponse{Hits: list(found, hit), Total: int64(len(found)), Facets: []oas.Facet{}, Page: 1, PageSize: size}, nil
	}
	found, err := a.Finder.Find(ctx, actorOf(ctx), request)
	if err != nil {
		return nil, err
	}
	return oas.Search200JSONResponse{
		Hits: list(found.Hits, hit), Total: int64(found.Total), Facets: a.facets(found.Facets),
		Page: request.Page, PageSize: size, Notices: searchNotices(found),
		Misread: list(found.Misread, func(m querytext.Misread) oas.Misread {
			return oas.Misread{Reason: oas.MisreadReason(m.Why), Text: m.Text, Taken: oas.MisreadTaken(m.Taken)}
		}),
		Place: a.searchPlace(found.Place), DidYouMean: found.Meant.Text, DidYouMeanTotal: int64(found.Meant.Total), Nearest: list(found.Nearest, hit),
		Without: list(found.Without, func(w finding.Without) oas.SearchWithout {
			return oas.SearchWithout{Filter: w.Filter, Total: int64(w.Total)}
		}),
		Fewer: list(found.Fewer, func(l finding.Fewer) oas.SearchFewer {
			return oas.SearchFewer{Q: l.Text, LeftOut: l.LeftOut, Total: int64(l.Total)}
		}),
	}, nil
}

// searchPlace names a region that a query names; its zero value is left out.
func (a *API) searchPlace(p finding.Place) oas.SearchPlace {
	if p.Region == "" {
		return oas.SearchPlace{}
	}
	return oas.SearchPlace{Region: p.Region, Label: a.Taxonomies.Name(taxonomy.Region, p.Region), Q: p.Text, Total: int64(p.Total)}
}

// facetValues answers for one facet alone.
func (a *API) facetValues(ctx context.Context, r finding.Request, facet search.Facet, words string) (oas.SearchResponseObject, error) {
	found, err := a.Finder.Values(ctx, actorOf(ctx), r, facet, words, func(value string) []string {
		term, ok := a.Taxonomies.Term(facetLists[facet], value)
		if !ok {
			return []string{value}
		}
		return []string{term.Name.Zh, term.Name.En}
	})
	if err != nil {
		return nil, err
	}
	facets := a.facets([]finding.Facet{found})
	return oas.Search200JSONResponse{Hits: []oas.SearchHit{}, Facets: facets, Page: r.Page, PageSize: r.PageSize}, nil
}

var searchSorts = map[oas.SearchParamsSort]search.Sort{
	"newest": search.SortNewest, "price_asc": search.SortPriceAsc, "price_desc": search.SortPriceDesc,
	"trl_asc": search.SortTRLAsc, "trl_desc": search.SortTRLDesc,
}

// countedFacets are the facets that are asked for; nil for all.
func countedFacets(asked []oas.SearchParamsFacets) []search.Facet {
	if len(asked) == 0 {
		return nil
	}
	counted := []search.Facet{}
	for _, name := range asked {
		if facet := search.Facet(name); name != "none" && !slices.Contains(counted, facet) {
			counted = append(counted, facet)
		}
	}
	return counted
}

func searchFilters(p oas.SearchParams) map[search.Facet][]string {
	filters := map[search.Facet][]string{}
	for facet, values := range map[search.Facet][]string{
		search.FacetField: p.Field, search.FacetIndustry: p.Industry, search.FacetRegion: p.Region,
		search.FacetIPKind: p.IPKind, search.FacetCooperation: p.Cooperation, search.FacetPriceMode: p.PriceMode,
		search.FacetOrgKind: p.OrganisationKind, search.FacetOrganisation: p.Organisation,
		search.FacetYear: p.Year, search.FacetLanguage: p.Language, search.FacetTheme: p.Theme,
	} {
		if len(values) > 0 {
			filters[facet] = values
		}
	}
	for _, k := range p.Kind {
		filters[search.FacetKind] = append(filters[search.FacetKind], string(k))
	}
	if p.PublicBenefit {
		filters[search.FacetPublicBenefit] = []string{"true"}
	}
	return filters
}

func searchRanges(p oas.SearchParams) (map[search.Number]search.Range, error) {
	ranges := map[search.Number]search.Range{}
	var faults []errs.Field
	amount := func(path, s string) *int64 {
		if s == "" {
			return nil
		}
		fen, err := money.ParseFen(s)
		if err != nil {
			faults = append(faults, errs.Field{Path: path, Code: "not_an_amount"})
			return nil
		}
		return &fen
	}
	level := func(n int) *int64 {
		if n == 0 {
			return nil
		}
		v := int64(n)
		return &v
	}
	for number, r := range map[search.Number]search.Range{
		search.NumberTRL:   {Min: level(p.TrlMin), Max: level(p.TrlMax)},
		search.NumberPrice: {Min: amount("price_min", p.PriceMin), Max: amount("price_max", p.PriceMax)},
	} {
		if r.Min != nil || r.Max != nil {
			ranges[number] = r
		}
	}
	return ranges, errs.InvalidFields(faults)
}

// searchNotices tell the reader how the answer differs from what was asked.
func searchNotices(found finding.Answer) []string {
	var out []string
	if found.Cut {
		out = append(out, "query_cut")
	}
	if found.Wordless {
		out = append(out, "query_wordless")
	}
	if len(found.Misread) > 0 {
		out = append(out, "query_syntax")
	}
	switch {
	case found.Total == 0: // nothing is close either
	case found.Match == search.MatchClose:
		out = append(out, "matched_close")
	case found.Described:
		out = append(out, "matched_described")
	case found.Match == search.MatchSome:
		out = append(out, "matched_some")
	}
	if found.Unpriced {
		out = append(out, "sort_no_price")
	}
	if found.AtLeast {
		out = append(out, "total_at_least")
	}
	return out
}

func searchHit(h finding.Hit, locale string) oas.SearchHit {
	out := oas.SearchHit{
		ID: h.ID, Kind: oas.SearchHitKind(h.Kind), OrganisationID: h.OrgID, OrganisationName: h.OrgName.In(locale),
		TechnicalField: h.TechnicalField, Region: h.Region, Trl: h.TRL, Keywords: cardKeywords(h.Card, locale),
		PriceMode: h.PriceMode, PublishedAt: h.PublishedAt, Year: h.Year,
		Title:     marked(h.Highlights, h.Title.In(locale), search.PropertyTitle),
		ValueLine: marked(h.Highlights, h.ValueLine.In(locale), search.PropertyValue),
	}
	out.Snippet = snippet(h, locale, len(out.Title.Marks)+len(out.ValueLine.Marks) > 0)
	if h.Price != nil {
		out.Price = *h.Price
	}
	return out
}

// cardKeywords are those of the language, or of the other where it has none.
func cardKeywords(c finding.Card, locale string) []string {
	if locale == text.English && len(c.KeywordsEn) > 0 || len(c.KeywordsZh) == 0 {
		return c.KeywordsEn
	}
	return c.KeywordsZh
}

// marked is a text with the marks of the highlight that shows it whole.
func marked(highlights []search.Highlight, whole string, property search.Property) oas.Marked {
	for _, h := range highlights {
		if h.Property != property {
			continue
		}
		if m := markedParts(h); m.Text == whole {
			return m
		}
	}
	return oas.Marked{Text: whole}
}

// snippet is the passage of the running text and the claims that answers most of the
// query, in the reader's language if that has one. Where nothing else on the card tells
// why it was found it is one in the other language, or of what has no place on the card:
// a right's number, whose work it is. Else it is the beginning.
func snippet(h finding.Hit, locale string, told bool) oas.Marked {
	own := best(h.Highlights, func(passage search.Highlight) bool {
		return running(passage) && strings.HasPrefix(locale, passage.Language)
	})
	if own != nil {
		return markedParts(*own)
	}
	beginning := h.Snippet.Zh
	if locale == text.English {
		beginning = h.Snippet.En
	}
	other := best(h.Highlights, func(passage search.Highlight) bool {
		return running(passage) && !strings.HasPrefix(locale, passage.Language)
	})
	if other != nil && (!told || beginning == "") {
		return markedParts(*other)
	}
	placeless := best(h.Highlights, func(passage search.Highlight) bool { return passage.Property == search.PropertyOther })
	if placeless != nil && !told {
		return markedParts(*placeless)
	}
	return oas.Marked{Text: h.Snippet.In(locale)}
}

// running tells of passages of what is read and not only looked up.
func running(h search.Highlight) bool {
	return h.Property == search.PropertyAbstract || h.Property == search.PropertyClaim
}

// best is the passage that answers most, of equals the first; nil where there is none.
func best(highlights []search.Highlight, is func(search.Highlight) bool) *search.Highlight {
	var most *search.Highlight
	for i := range highlights {
		if h := &highlights[i]; is(*h) && (most == nil || h.Worth > most.Worth) {
			most = h
		}
	}
	return most
}

func markedParts(h search.Highlight) oas.Marked {
	var m oas.Marked
	var b strings.Builder
	at := 0
	write := func(s string) {
		b.WriteString(s)
		at += utf8.RuneCountInString(s)
	}
	if h.Before {
		write("…")
	}
	for _, part := range h.Parts {
		from := at
		write(part.Text)
		if part.Marked {
			m.Marks = append(m.Marks, []int{from, at})
		}
	}
	if h.After {
		write("…")
	}
	m.Text = b.String()
	return m
}

// facetLists are the coded lists from which facets take their names.
var facetLists = map[search.Facet]string{
	search.FacetField: taxonomy.TechnicalField, search.FacetIndustry: taxonomy.Industry, search.FacetRegion: taxonomy.Region,
	search.FacetTRL: taxonomy.TRL, search.FacetIPKind: taxonomy.IPKind, search.FacetIPState: taxonomy.IPState,
	search.FacetCooperation: taxonomy.Cooperation, search.FacetPriceMode: taxonomy.PriceMode,
	search.FacetOrgKind: taxonomy.OrganisationKind,
}

// facetValue is the contract's, which has no name there.
type facetValue = struct {
	Code   string   `json:"code"`
	Count  int64    `json:"count"`
	Label  oas.Text `json:"label,omitempty,omitzero"`
	Parent string   `json:"parent,omitempty,omitzero"`
}

// facets names the values of facets.
func (a *API) facets(found []finding.Facet) []oas.Facet {
	out := make([]oas.Facet, 0, len(found))
	for _, f := range found {
		facet := oas.Facet{Name: string(f.Name)}
		facet.Values = list(f.Values, func(v search.FacetCount) facetValue {
			value := facetValue{Code: v.Value, Count: int64(v.Count), Label: f.Names[v.Value]}
			if term, ok := a.Taxonomies.Term(facetLists[f.Name], v.Value); ok {
				value.Label, value.Parent = term.Name, term.Parent
			}
			return value
		})
		out = append(out, facet)
	}
	return out
}
