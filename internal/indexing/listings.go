package indexing

import (
	"context"
	"slices"
	"strings"

	"chengqiao/internal/catalog"
	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/event"
	"chengqiao/internal/listing"
	"chengqiao/internal/match"
	"chengqiao/internal/need"
	"chengqiao/internal/policy"
	"chengqiao/internal/recent"
	"chengqiao/internal/search"
	"chengqiao/internal/text"
)

// Organisation is what indexes say of a listing's owner.
type Organisation struct {
	Name text.Text
	Kind policy.OrgKind
}

// Organisations knows the owners.
type Organisations interface {
	// Owners gives those of the organisations that exist, by id.
	Owners(ctx context.Context, ids []string) (map[string]Organisation, error)
}

// Listings are the live listings of all kinds, as documents of search and as
// listings of matching.
type Listings struct {
	achievements  *catalog.Achievements
	packages      *catalog.Packages
	needs         *need.Needs
	organisations Organisations
	heads         Heads
	shownHeads    *keptHeads // of what is shown to people
	cards         *recent.Kept[cardKey, keptCard]
	names         *recent.Kept[nameKey, keptName]
	kept          *recent.Kept[versionKey, version]
	clock         clock.Clock
	embedded      *Embedded // nil where no embedding service is used
}

var (
	_ search.Source  = (*Listings)(nil)
	_ match.Listings = (*Listings)(nil)
)

// Heads tells which versions of listings are live.
type Heads interface {
	// LiveHeads are the heads of those of the listings, of any kind, that search
	// may show, in no order.
	LiveHeads(ctx context.Context, ids []string) ([]listing.LiveHead, error)
}

// NewListings joins the services of the kinds.
func NewListings(a *catalog.Achievements, p *catalog.Packages, n *need.Needs, h Heads, o Organisations, c clock.Clock) *Listings {
	return &Listings{
		achievements: a, packages: p, needs: n, heads: h, shownHeads: newKeptHeads(h, nil, nil, c), organisations: o, clock: c,
		cards: recent.Keep[cardKey, keptCard](keptCards), names: recent.Keep[nameKey, keptName](keptNames),
		kept: recent.Keep[versionKey, version](keptVersions),
	}
}

// KeepHeads lets cards and lists of matches be shown by what is kept of live
// versions. The matching index goes on asking the store: who follows the feed must
// read no less than it tells.
func (l *Listings) KeepHeads(changes Changes, rings func() int64, c clock.Clock) {
	l.shownHeads = newKeptHeads(l.heads, changes, rings, c)
}

// Events are those after which an index has to look at a listing again.
var Events = []event.Name{
	event.AchievementPublished, event.AchievementChanged, event.AchievementHidden,
	event.PackagePublished, event.PackageChanged, event.PackageHidden,
	event.NeedPublished, event.NeedChanged, event.NeedHidden,
	event.OrganisationChanged,
	event.ContractSigned, event.ContractChanged,
}

// concerned are the listings that an event is about: an achievement's packages
// speak of it too, an organisation's name is on all of its listings, and a
// contract takes rights in achievements.
func (l *Listings) concerned(ctx context.Context, e event.Event) ([]match.Ref, error) {
	switch {
	case !slices.Contains(Events, e.Name):
		return nil, nil
	case e.Name == event.OrganisationChanged:
		return l.ofOrganisation(ctx, e.Subject)
	}
	var refs []match.Ref
	achievements := takenFrom(e)
	switch {
	case slices.Contains(rightEvents, e.Name):
	case e.Kind == catalog.AchievementKind:
		achievements = []string{e.Subject}
	default:
		return []match.Ref{{Kind: match.Kind(e.Kind), ID: e.Subject}}, nil
	}
	for _, id := range achievements {
		refs = append(refs, match.Ref{Kind: match.Achievement, ID: id})
		parents, err := l.packages.Parents(ctx, id)
		if err != nil {
			return nil, err
		}
		for _, parent := range parents {
			refs = append(refs, match.Ref{Kind: match.Package, ID: parent})
		}
	}
	return refs, nil
}

// allConcerned is concerned for several events, each listing once.
func (l *Listings) allConcerned(ctx context.Context, events []event.Event) ([]match.Ref, error) {
	var out []match.Ref
	seen := map[match.Ref]bool{}
	for _, e := range events {
		refs, err := l.concerned(ctx, e)
		if err != nil {
			return nil, err
		}
		for _, r := range refs {
			if !seen[r] {
				seen[r] = true
				out = append(out, r)
			}
		}
	}
	return out, nil
}

// refPage is how many references are read at a time.
const refPage = 1_000

func (l *Listings) ofOrganisation(ctx context.Context, org string) ([]match.Ref, error) {
	var out []match.Ref
	for _, kind := range []match.Kind{match.Achievement, match.Package, match.Need} {
		refs, err := l.refs(ctx, kind, org)
		if err != nil {
			return nil, err
		}
		out = append(out, refs...)
	}
	return out, nil
}

// refs are the live listings of a kind; org "" is every organisation.
func (l *Listings) refs(ctx context.Context, kind match.Kind, org string) ([]match.Ref, error) {
	page := map[match.Kind]func(ctx context.Context, owner, after string, limit int) ([]listing.Ref, error){
		match.Achievement: l.achievements.LiveRefs, match.Package: l.packages.LiveRefs, match.Need: l.needs.LiveRefs,
	}[kind]
	var out []match.Ref
	after := ""
	for {
		refs, err := page(ctx, org, after, refPage)
		if err != nil {
			return nil, err
		}
		for _, r := range refs {
			out = append(out, match.Ref{Kind: kind, ID: r.ID})
			after = r.ID
		}
		if len(refs) < refPage {
			return out, nil
		}
	}
}

// batch is live listings of every kind.
type batch struct {
	achievements []listing.Live[catalog.AchievementContent]
	packages     []listing.Live[catalog.PackageContent]
	needs        []listing.Live[need.Content]
	owners       map[string]Organisation
}

// load reads those of the listings that are live.
func (l *Listings) load(ctx context.Context, refs []match.Ref) (b batch, err error) {
	ids := map[match.Kind][]string{}
	for _, r := range refs {
		ids[r.Kind] = append(ids[r.Kind], r.ID)
	}
	if b.achievements, err = liveOf(ctx, l.achievements.Service, ids[match.Achievement]); err != nil {
		return b, err
	}
	if b.packages, err = liveOf(ctx, l.packages.Service, ids[match.Package]); err != nil {
		return b, err
	}
	if b.needs, err = liveOf(ctx, l.needs.Service, ids[match.Need]); err != nil {
		return b, err
	}
	return b, l.named(ctx, &b)
}

// loadPage bounds the ids of one query.
const loadPage = 500

func liveOf[C any](ctx context.Context, s *listing.Service[C], ids []string) ([]listing.Live[C], error) {
	var out []listing.Live[C]
	for part := range slices.Chunk(ids, loadPage) {
		found, err := s.LiveMany(ctx, part)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return out, nil
}

// named finds the owners' names.
func (l *Listings) named(ctx context.Context, b *batch) error {
	var ids []string
	for _, a := range b.achievements {
		ids = append(ids, a.OwnerOrg)
	}
	for _, p := range b.packages {
		ids = append(ids, p.OwnerOrg)
	}
	for _, n := range b.needs {
		ids = append(ids, n.OwnerOrg)
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	if len(ids) == 0 {
		return nil
	}
	var err error
	b.owners, err = l.organisations.Owners(ctx, ids)
	return err
}

// documents are a batch's documents of search.
func (b batch) documents() []search.Document {
	out := make([]search.Document, 0, len(b.achievements)+len(b.packages)+len(b.needs))
	for _, a := range b.achievements {
		out = append(out, achievementDocument(a, b.owners[a.OwnerOrg]))
	}
	for _, p := range b.packages {
		out = append(out, packageDocument(p, b.owners[p.OwnerOrg]))
	}
	for _, n := range b.needs {
		out = append(out, needDocument(n, b.owners[n.OwnerOrg]))
	}
	return out
}

// Page implements search.Source.
func (l *Listings) Page(ctx context.Context, after string, limit int) ([]search.Entry, error) {
	documents, err := l.page(ctx, after, limit)
	entries := make([]search.Entry, 0, len(documents))
	for i := range documents {
		entries = append(entries, search.Entry{ID: documents[i].ID, Checksum: documents[i].Checksum()})
	}
	return entries, err
}

// page are the documents of all kinds by id after one.
func (l *Listings) page(ctx context.Context, after string, limit int) ([]search.Document, error) {
	var b batch
	var err error
	if b.achievements, err = l.achievements.LiveAfter(ctx, "", after, limit); err != nil {
		return nil, err
	}
	if b.packages, err = l.packages.LiveAfter(ctx, "", after, limit); err != nil {
		return nil, err
	}
	if b.needs, err = l.needs.LiveAfter(ctx, "", after, limit); err != nil {
		return nil, err
	}
	if err := l.named(ctx, &b); err != nil {
		return nil, err
	}
	documents := b.documents()
	slices.SortFunc(documents, func(a, b search.Document) int { return strings.Compare(a.ID, b.ID) })
	return documents[:min(len(documents), limit)], nil
}

// Load implements search.Source.
func (l *Listings) Load(ctx context.Context, ids []string) ([]search.Document, error) {
	refs := make([]match.Ref, 0, 3*len(ids))
	for _, id := range ids { // an id says nothing of its kind
		refs = append(refs, match.Ref{Kind: match.Achievement, ID: id}, match.Ref{Kind: match.Package, ID: id}, match.Ref{Kind: match.Need, ID: id})
	}
	b, err := l.load(ctx, refs)
	return b.documents(), err
}

// change is what to do to the search index about these listings.
func (l *Listings) change(ctx context.Context, refs []match.Ref) (search.Batch, error) {
	b, err := l.load(ctx, refs)
	if err != nil {
		return search.Batch{}, err
	}
	out := search.Batch{Upsert: b.documents()}
	live := map[string]bool{}
	for i := range out.Upsert {
		live[out.Upsert[i].ID] = true
	}
	for _, r := range refs {
		if !live[r.ID] {
			out.Delete = append(out.Delete, r.ID)
		}
	}
	return out, nil
}

// Facts implements match.Listings.
func (l *Listings) Facts(ctx context.Context, ref match.Ref) (policy.Facts, error) {
	var s listing.Standing
	var err error
	switch ref.Kind {
	case match.Achievement:
		s, err = l.achievements.Standing(ctx, ref.ID)
	case match.Package:
		s, err = l.packages.Standing(ctx, ref.ID)
	case match.Need:
		s, err = l.needs.Standing(ctx, ref.ID)
	default:
		err = errs.New(errs.NotFound, "not_found")
	}
	return s.Facts, err
}

// Parents implements match.Listings.
func (l *Listings) Parents(ctx context.Context, achievementID string) ([]string, error) {
	return l.packages.Parents(ctx, achievementID)
}
