package app

import (
	"context"

	"chengqiao/internal/account"
	"chengqiao/internal/errs"
	"chengqiao/internal/finding"
	"chengqiao/internal/httpapi"
	"chengqiao/internal/policy"
	"chengqiao/internal/search"
	"chengqiao/internal/taxonomy"
)

// organisationShelf is how many listings an organisation's public page names.
const organisationShelf = 50

func (j publicListings) finder() *finding.Finder {
	return finding.NewFinder(asked{j.p.index.engine, j.p.index}, j.p.index.listings, j.p.deals)
}

// PublicOrganisation implements httpapi.PublicListings. The listings are found
// as a visitor finds them: one that hides its owner is not found by it.
func (j publicListings) PublicOrganisation(ctx context.Context, id, locale string) (httpapi.PublicOrganisation, error) {
	visitor := policy.Actor{}
	o, err := j.p.accounts.Organisation(ctx, visitor, id)
	if err == nil && !o.Verified() {
		err = errs.New(errs.NotFound, "not_found")
	}
	if err != nil {
		return httpapi.PublicOrganisation{}, err
	}
	page := httpapi.PublicOrganisation{
		ID: o.ID, Name: o.Name.In(locale), About: o.About.In(locale), Website: o.Website, VerifiedAt: o.VerifiedAt,
		Kind:   j.p.taxonomies.Name(taxonomy.OrganisationKind, string(o.Kind)).In(locale),
		Region: j.p.taxonomies.Name(taxonomy.Region, o.Region).In(locale),
	}
	if page.MedianHours, page.Answers, err = j.p.deals.MedianResponseHours(ctx, id); err != nil {
		return httpapi.PublicOrganisation{}, err
	}
	page.Listings, page.Total, err = j.found(ctx, search.FacetOrganisation, id, locale, 1, organisationShelf)
	return page, err
}

// PublicOrganisationsAfter implements httpapi.PublicListings.
func (j publicListings) PublicOrganisationsAfter(ctx context.Context, after string) (ids []string, next string, err error) {
	found, next, err := j.p.accounts.Organisations(ctx, policy.Actor{}, account.OrganisationFilter{State: account.Verified, After: after})
	for _, o := range found {
		ids = append(ids, o.ID)
	}
	return ids, next, err
}

// browseFacets are the facets of the browse pages, with the lists of their terms.
var browseFacets = map[string]struct {
	facet search.Facet
	list  string
}{
	httpapi.BrowseField:  {search.FacetField, taxonomy.TechnicalField},
	httpapi.BrowseRegion: {search.FacetRegion, taxonomy.Region},
}

// PublicShelf implements httpapi.PublicListings.
func (j publicListings) PublicShelf(ctx context.Context, facet, code, locale string, page, size int) (httpapi.PublicShelf, error) {
	browsed, ok := browseFacets[facet]
	if !ok || !j.p.taxonomies.Has(browsed.list, code) {
		return httpapi.PublicShelf{}, errs.New(errs.NotFound, "not_found")
	}
	shelf := httpapi.PublicShelf{Name: j.p.taxonomies.Name(browsed.list, code).In(locale)}
	var err error
	shelf.Listings, shelf.Total, err = j.found(ctx, browsed.facet, code, locale, page, size)
	return shelf, err
}

// PublicTerms implements httpapi.PublicListings: every field; of the regions
// the provinces and the divisions of the home region.
func (j publicListings) PublicTerms(facet, locale string) []httpapi.PublicTerm {
	list := browseFacets[facet].list
	codes := j.p.taxonomies.Children(list, "")
	if facet == httpapi.BrowseRegion {
		codes = append(j.p.taxonomies.Children(list, j.p.cfg.HomeRegion), codes...)
	}
	terms := make([]httpapi.PublicTerm, 0, len(codes))
	for _, code := range codes {
		terms = append(terms, httpapi.PublicTerm{Code: code, Name: j.p.taxonomies.Name(list, code).In(locale)})
	}
	return terms
}

// found is a page of what a visitor finds by one code, newest first.
func (j publicListings) found(ctx context.Context, facet search.Facet, code, locale string, page, size int) ([]httpapi.PublicListing, int, error) {
	answer, err := j.finder().Find(ctx, policy.Actor{}, finding.Request{
		Filters: map[search.Facet][]string{facet: {code}}, Sort: search.SortNewest, Page: page, PageSize: size,
	})
	if err != nil {
		return nil, 0, err
	}
	listings := make([]httpapi.PublicListing, 0, len(answer.Hits))
	for _, h := range answer.Hits {
		listings = append(listings, httpapi.PublicListing{
			Kind: h.Kind, ID: h.ID, Title: h.Title.In(locale), ValueLine: h.ValueLine.In(locale), PublishedAt: h.PublishedAt,
		})
	}
	return listings, answer.Total, nil
}
