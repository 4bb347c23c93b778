package httpapi

import (
	"context"
	"time"
)

// PublicListing is what anyone may read of a published listing: the public
// tier alone, in the language asked for.
type PublicListing struct {
	Kind, ID  string
	Title     string
	ValueLine string
	Abstract  string
	Keywords  []string
	// Organisation is the owner's name; it and the id are empty where the
	// listing hides its owner.
	Organisation   string
	OrganisationID string
	PublishedAt    time.Time
	UpdatedAt      time.Time
	// Source is where it was taken over from; nil for what was written here.
	Source *PublicSource
	// Similar are like it, and Fitting of the other side: what may meet a need,
	// or the needs that a result may meet.
	Similar, Fitting []PublicListing
	// Gone: it was public and has been withdrawn; nothing else is told of it.
	Gone bool
}

// PublicSource is the other platform's record that a listing is.
type PublicSource struct {
	Name, Licence, LicenceURL, Link string
	// AtSource: the organisation here only keeps the record.
	AtSource bool
}

// PublicOrganisation is what anyone may read of a verified organisation.
type PublicOrganisation struct {
	ID, Name, Kind, Region string
	About, Website         string
	VerifiedAt             time.Time
	// MedianHours is how long it usually takes to answer an introduction, told
	// of Answers; both 0 where there are too few.
	MedianHours, Answers int
	// Listings are its newest that name it, Total all of them.
	Listings []PublicListing
	Total    int
}

// PublicShelf is one page of the public listings that share a field or region.
type PublicShelf struct {
	Name     string
	Listings []PublicListing
	Total    int
}

// PublicTerm is a field or region to browse by.
type PublicTerm struct{ Code, Name string }

// Facets that the public pages browse by, as the search names them.
const (
	BrowseField  = "field"
	BrowseRegion = "region"
)

// PublicListings gives the server-written pages their content. What is not
// public is errs.NotFound "not_found".
type PublicListings interface {
	PublicListing(ctx context.Context, kind, id, locale string) (PublicListing, error)
	// PublicAfter lists public listings by id after one, over all kinds, for
	// the sitemap: kind, id and times alone. Fewer than limit means the end.
	PublicAfter(ctx context.Context, after string, limit int) ([]PublicListing, error)
	PublicOrganisation(ctx context.Context, id, locale string) (PublicOrganisation, error)
	// PublicOrganisationsAfter lists the ids of verified organisations after
	// one, for the sitemap; next is "" at the end.
	PublicOrganisationsAfter(ctx context.Context, after string) (ids []string, next string, err error)
	// PublicShelf is a page, from 1, of what a term of a facet holds, newest first.
	PublicShelf(ctx context.Context, facet, code, locale string, page, size int) (PublicShelf, error)
	// PublicTerms are the terms of a facet that the browse page offers.
	PublicTerms(facet, locale string) []PublicTerm
}
