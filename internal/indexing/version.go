package indexing

import (
	"context"
	"maps"
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
	versions, err := l.versions(ctx, refs)
	if err != nil {
		return nil, err
	}
	return l.matched(ctx, versions)
}

// LiveToShow implements match.Listings. Of listings of which no head is kept the
// versions are read at once: what was read tells the heads.
func (l *Listings) LiveToShow(ctx context.Context, refs []match.Ref) ([]match.Listing, error) {
	wanted := kindsOf(refs)
	heads, unknown, position, err := l.shownHeads.known(ctx, slices.Collect(maps.Keys(wanted)))
	if err != nil {
		return nil, err
	}
	if position == unsettled {
		return l.Live(ctx, refs)
	}
	versions, missing := l.amongKept(heads, wanted)
	for _, id := range unknown {
		missing[wanted[id]] = append(missing[wanted[id]], id)
	}
	read, err := l.readVersions(ctx, missing)
	if err != nil {
		return nil, err
	}
	fresh := make([]listing.LiveHead, len(read))
	for i, v := range read {
		fresh[i] = listing.LiveHead{ID: v.listing.ID, Kind: string(v.listing.Kind), OwnerOrg: v.listing.OrgID, Number: v.listing.Version}
	}
	l.shownHeads.keep(fresh, position)
	return l.matched(ctx, append(versions, read...))
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

// kindsOf are the kinds of listings by their ids.
func kindsOf(refs []match.Ref) map[string]match.Kind {
	kinds := make(map[string]match.Kind, len(refs))
	for _, r := range refs {
		kinds[r.ID] = r.Kind
	}
	return kinds
}

// versions are the live versions of those of the listings that are live, in no
// order.
func (l *Listings) versions(ctx context.Context, refs []match.Ref) ([]version, error) {
	wanted := kindsOf(refs)
	var out []version
	for part := range slices.Chunk(slices.Collect(maps.Keys(wanted)), loadPage) {
		heads, err := l.heads.LiveHeads(ctx, part)
		if err != nil {
			return nil, err
		}
		versions, missing := l.amongKept(heads, wanted)
		read, err := l.readVersions(ctx, missing)
		if err != nil {
			return nil, err
		}
		out = append(append(out, versions...), read...)
	}
	return out, nil
}

// amongKept are those of the live versions that are kept, and by kind the ids
// of the listings whose is not. Of another kind than is wanted there is none.
func (l *Listings) amongKept(heads []listing.LiveHead, wanted map[string]match.Kind) (kept []version, missing map[match.Kind][]string) {
	missing = map[match.Kind][]string{}
	for _, h := range heads {
		kind := match.Kind(h.Kind)
		if wanted[h.ID] != kind {
			continue
		}
		if v, ok := l.kept.Get(versionKey{h.ID, h.Number}); ok {
			kept = append(kept, v)
		} else {
			missing[kind] = append(missing[kind], h.ID)
		}
	}
	return kept, missing
}

// readVersions reads live versions, by kind, and keeps them.
func (l *Listings) readVersions(ctx context.Context, ids map[match.Kind][]string) ([]version, error) {
	var out []version
	for _, read := range []func() ([]version, error){
		func() ([]version, error) {
			return versionsOf(ctx, l.achievements.Service, ids[match.Achievement], achievementView)
		},
		func() ([]version, error) {
			return versionsOf(ctx, l.packages.Service, ids[match.Package], packageView)
		},
		func() ([]version, error) { return versionsOf(ctx, l.needs.Service, ids[match.Need], needView) },
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

func versionsOf[C any](ctx context.Context, s *listing.Service[C], ids []string, view func(C) match.View) ([]version, error) {
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
