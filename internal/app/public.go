package app

import (
	"cmp"
	"context"
	"slices"
	"time"

	"chengqiao/internal/errs"
	"chengqiao/internal/httpapi"
	"chengqiao/internal/listing"
	"chengqiao/internal/match"
	"chengqiao/internal/policy"
	"chengqiao/internal/store"
	"chengqiao/internal/text"
)

// publicListings give the server-written pages what anyone may read. They read
// as a visitor, so no page can hold more than a visitor's API answer.
type publicListings struct{ p *platform }

var _ httpapi.PublicListings = publicListings{}

func (j publicListings) PublicListing(ctx context.Context, kind, id, locale string) (httpapi.PublicListing, error) {
	l, err := j.alone(ctx, kind, id, locale)
	if err != nil || l.Gone {
		return l, err
	}
	l.Similar, l.Fitting, err = j.related(ctx, match.Ref{Kind: match.Kind(kind), ID: id}, locale)
	return l, err
}

// longestRelated is how long a page waits for an index that is being filled.
const longestRelated = 200 * time.Millisecond

// related are what a visitor may read beside a listing: none while the index
// is being filled, which is no reason to show no page.
func (j publicListings) related(ctx context.Context, ref match.Ref, locale string) (similar, fitting []httpapi.PublicListing, err error) {
	ctx, cancel := context.WithTimeout(ctx, longestRelated)
	defer cancel()
	found, err := j.p.index.matches.Related(ctx, policy.Actor{}, ref)
	if errs.KindOf(err) == errs.Unavailable || ctx.Err() != nil {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	links := func(group []match.Akin) []httpapi.PublicListing {
		out := make([]httpapi.PublicListing, 0, len(group))
		for _, each := range group {
			out = append(out, httpapi.PublicListing{
				Kind: string(each.Ref.Kind), ID: each.Ref.ID, Title: each.Title.In(locale), ValueLine: each.ValueLine.In(locale),
			})
		}
		return out
	}
	if ref.Kind == match.Need {
		return links(found.Needs), links(found.Results), nil
	}
	return links(found.Results), links(found.Needs), nil
}

// alone is a listing without what stands beside it.
func (j publicListings) alone(ctx context.Context, kind, id, locale string) (httpapi.PublicListing, error) {
	visitor := policy.Actor{}
	switch kind {
	case "achievement":
		v, err := j.p.achievements.Get(ctx, visitor, id)
		if err != nil {
			return gone(ctx, j.p.achievements.Service, kind, id, err)
		}
		c := v.Content
		return j.page(ctx, v.Head, locale, c.ValueLine, c.Abstract, c.KeywordsZh, c.KeywordsEn)
	case "package":
		v, err := j.p.packages.Get(ctx, visitor, id)
		if err != nil {
			return gone(ctx, j.p.packages.Service, kind, id, err)
		}
		c := v.Content
		return j.page(ctx, v.Head, locale, c.ValueLine, c.Description, c.KeywordsZh, c.KeywordsEn)
	case "need":
		v, err := j.p.needs.Get(ctx, visitor, id)
		if err != nil {
			return gone(ctx, j.p.needs.Service, kind, id, err)
		}
		c := v.Content
		return j.page(ctx, v.Head, locale, c.TechnicalKey, c.Problem, c.KeywordsZh, c.KeywordsEn)
	}
	return httpapi.PublicListing{}, errs.New(errs.NotFound, "not_found")
}

// gone tells that a listing was public and has been withdrawn, and nothing else
// of it; of anything else it passes the error on.
func gone[C any](ctx context.Context, s *listing.Service[C], kind, id string, hidden error) (httpapi.PublicListing, error) {
	if errs.CodeOf(hidden) != "not_found" {
		return httpapi.PublicListing{}, hidden
	}
	standing, err := s.Standing(ctx, id)
	if err != nil {
		return httpapi.PublicListing{}, err
	}
	ended := standing.State == listing.Withdrawn || standing.State == listing.Closed
	if !ended || standing.SubmittedAt.IsZero() || standing.Facts.Audience != policy.TierPublic {
		return httpapi.PublicListing{}, hidden
	}
	return httpapi.PublicListing{Kind: kind, ID: id, Gone: true}, nil
}

func (j publicListings) page(ctx context.Context, h listing.Head, locale string, value, abstract text.Text, zh, en []string) (httpapi.PublicListing, error) {
	keywords := zh
	if locale == text.English && len(en) > 0 {
		keywords = en
	}
	l := httpapi.PublicListing{
		Kind: h.Kind, ID: h.ID, Title: h.Title.In(locale), ValueLine: value.In(locale), Abstract: abstract.In(locale),
		Keywords: keywords, PublishedAt: h.PublishedAt, UpdatedAt: h.UpdatedAt,
	}
	origin, taken, err := store.NewListings(j.p.db).Origin(ctx, h.ID)
	if err != nil {
		return l, err
	}
	if taken {
		l.Source = &httpapi.PublicSource{
			Name: origin.Named.Name.In(locale), Licence: origin.Named.Licence.In(locale), LicenceURL: origin.Named.LicenceURL,
			Link: origin.Contact(), AtSource: origin.Named.AtSource,
		}
	}
	if h.OwnerOrg == "" {
		return l, nil // anonymous
	}
	names, err := j.p.accounts.OrganisationNames(ctx, []string{h.OwnerOrg})
	l.Organisation, l.OrganisationID = names[h.OwnerOrg].In(locale), h.OwnerOrg
	return l, err
}

func (j publicListings) PublicAfter(ctx context.Context, after string, limit int) ([]httpapi.PublicListing, error) {
	var out []httpapi.PublicListing
	for _, list := range []func(context.Context, string, int) ([]httpapi.PublicListing, error){
		publicAfter(j.p.achievements.Service), publicAfter(j.p.packages.Service), publicAfter(j.p.needs.Service),
	} {
		some, err := list(ctx, after, limit)
		if err != nil {
			return nil, err
		}
		out = append(out, some...)
	}
	slices.SortFunc(out, func(a, b httpapi.PublicListing) int { return cmp.Compare(a.ID, b.ID) })
	return out[:min(limit, len(out))], nil
}

// publicAfter reads on past listings that are not public until it has limit or
// has reached the end, so that a short answer always means the end.
func publicAfter[C any](s *listing.Service[C]) func(context.Context, string, int) ([]httpapi.PublicListing, error) {
	return func(ctx context.Context, after string, limit int) ([]httpapi.PublicListing, error) {
		var out []httpapi.PublicListing
		for {
			live, err := s.LiveAfter(ctx, "", after, limit)
			if err != nil {
				return nil, err
			}
			for _, l := range live {
				after = l.ID
				if l.Audience == policy.TierPublic {
					out = append(out, httpapi.PublicListing{Kind: l.Kind, ID: l.ID, PublishedAt: l.PublishedAt, UpdatedAt: l.ChangedAt})
				}
			}
			if len(live) < limit || len(out) >= limit {
				return out, nil
			}
		}
	}
}
