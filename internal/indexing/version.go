package indexing

import (
	"context"
	"slices"

	"chengqiao/internal/catalog"
	"chengqiao/internal/errs"
	"chengqiao/internal/listing"
	"chengqiao/internal/match"
	"chengqiao/internal/text"
)

// keptVersions bounds the versions that are kept for matching (see
// recent.Kept): one takes a few kilobytes. A list of matches reads dozens of
// listings, and neighbouring needs read the same ones.
const keptVersions = 16_000

// versionKey names a published version; what it says does not change. Whether
// it is still the live one is asked of the store each time.
type versionKey struct {
	id     string
	number int64
}

// version is what a published version says to each sort of readers, and
// nothing that changes under it: the views name no owner and know of no
// contracts.
type version struct {
	// listing has views that are shared and must not be changed.
	listing match.Listing
	// anonymous: the owner must not be named.
	anonymous bool
	// bundle is a package's content, for its components.
	bundle catalog.PackageContent
}

// copied is the version with views of its own that name the owner. What shares
// a view in the version shares one in the copy.
func (v version) copied(owner text.Text) match.Listing {
	m := v.listing
	own := map[*match.View]*match.View{nil: nil}
	for _, at := range []**match.View{&m.Public, &m.Members, &m.Full} {
		if _, ok := own[*at]; !ok {
			c := **at
			c.OrgName = owner
			own[*at] = &c
		}
		*at = own[*at]
	}
	return m
}

// Live implements match.Listings.
func (l *Listings) Live(ctx context.Context, refs []match.Ref) ([]match.Listing, error) {
	return l.liveBy(ctx, l.heads, refs)
}

// LiveToShow implements match.Listings.
func (l *Listings) LiveToShow(ctx context.Context, refs []match.Ref) ([]match.Listing, error) {
	return l.liveBy(ctx, l.shownHeads, refs)
}

func (l *Listings) liveBy(ctx context.Context, heads Heads, refs []match.Ref) ([]match.Listing, error) {
	versions, err := l.versions(ctx, heads, refs)
	if err != nil {
		return nil, err
	}
	return l.matched(ctx, versions)
}

// Published implements match.Listings.
func (l *Listings) Published(ctx context.Context, ref match.Ref) (match.Listing, error) {
	var v version
	var err error
	switch ref.Kind {
	case match.Achievement:
		v, err = lastVersion(ctx, l.achievements.Service, ref.ID, achievementView)
	case match.Package:
		v, err = lastVersion(ctx, l.packages.Service, ref.ID, packageView)
	case match.Need:
		v, err = lastVersion(ctx, l.needs.Service, ref.ID, needView)
	default:
		err = errs.New(errs.NotFound, "not_found")
	}
	if err != nil {
		return match.Listing{}, err
	}
	found, err := l.matched(ctx, []version{v})
	if err != nil {
		return match.Listing{}, err
	}
	return found[0], nil
}

// versions are the live versions of those of the listings that are live, in no
// order.
func (l *Listings) versions(ctx context.Context, live Heads, refs []match.Ref) ([]version, error) {
	wanted := make(map[match.Ref]bool, len(refs))
	ids := make([]string, 0, len(refs))
	for _, r := range refs {
		if !wanted[r] {
			wanted[r] = true
			ids = append(ids, r.ID)
		}
	}
	out := make([]version, 0, len(ids))
	missing := map[match.Kind][]string{} // what is not kept, by kind
	for part := range slices.Chunk(ids, loadPage) {
		heads, err := live.LiveHeads(ctx, part)
		if err != nil {
			return nil, err
		}
		for _, h := range heads {
			kind := match.Kind(h.Kind)
			if !wanted[match.Ref{Kind: kind, ID: h.ID}] {
				continue
			}
			if v, ok := l.kept.Get(versionKey{h.ID, h.Number}); ok {
				out = append(out, v)
			} else {
				missing[kind] = append(missing[kind], h.ID)
			}
		}
	}
	for _, read := range []func() ([]version, error){
		func() ([]version, error) {
			return readVersions(ctx, l.achievements.Service, missing[match.Achievement], achievementView)
		},
		func() ([]version, error) {
			return readVersions(ctx, l.packages.Service, missing[match.Package], packageView)
		},
		func() ([]version, error) { return readVersions(ctx, l.needs.Service, missing[match.Need], needView) },
	} {
		found, err := read()
		if err != nil {
			return nil, err
		}
		for _, v := range found {
			l.kept.Put(versionKey{v.listing.ID, v.listing.Version}, v)
		}
		out = append(out, found...)
	}
	return out, nil
}

func readVersions[C any](ctx context.Context, s *listing.Service[C], ids []string, view func(C) match.View) ([]version, error) {
	live, err := liveOf(ctx, s, ids)
	if err != nil {
		return nil, err
	}
	out := make([]version, 0, len(live))
	for _, one := range live {
		v, err := versionOf(s, one, view)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

func lastVersion[C any](ctx context.Context, s *listing.Service[C], id string, view func(C) match.View) (version, error) {
	last, err := s.LastPublished(ctx, id)
	if err != nil {
		return version{}, err
	}
	return versionOf(s, last, view)
}

func versionOf[C any](s *listing.Service[C], l listing.Live[C], view func(C) match.View) (version, error) {
	v := version{anonymous: l.Anonymous}
	if bundle, ok := any(l.Content).(catalog.PackageContent); ok {
		v.bundle = bundle
	}
	var err error
	v.listing, err = viewed(s, l, view)
	return v, err
}
