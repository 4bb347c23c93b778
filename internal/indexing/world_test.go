package indexing_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"chengqiao/config"
	"chengqiao/internal/catalog"
	"chengqiao/internal/clock"
	"chengqiao/internal/duplicate"
	"chengqiao/internal/event"
	"chengqiao/internal/indexing"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/listing"
	"chengqiao/internal/match"
	"chengqiao/internal/need"
	"chengqiao/internal/outbox"
	"chengqiao/internal/policy"
	"chengqiao/internal/rights"
	"chengqiao/internal/search"
	"chengqiao/internal/search/analysis"
	"chengqiao/internal/search/embedded"
	"chengqiao/internal/sqldb"
	"chengqiao/internal/store"
	"chengqiao/internal/taxonomy"
	"chengqiao/internal/text"
)

var (
	officer  = policy.Actor{AccountID: "acc-lab", PersonID: "per-officer", OrgID: "lab", OrgKind: policy.Institute, OrgVerified: true, Roles: []policy.Role{policy.Officer}}
	manager  = policy.Actor{AccountID: "acc-plant", PersonID: "per-plant", OrgID: "plant", OrgKind: policy.Enterprise, OrgVerified: true, Roles: []policy.Role{policy.Manager}}
	reviewer = policy.Actor{AccountID: "acc-rev", PersonID: "per-rev", OrgID: "platform", OrgKind: policy.Platform, OrgVerified: true, Roles: []policy.Role{policy.Reviewer}}
	operator = policy.SystemActor()
)

const searchConsumer = "search"

// world is the catalogue over a SQLite file in a folder, where a second
// program can open it as well.
type world struct {
	dir          string
	db           *sqldb.DB
	journal      *store.Journal
	queue        *store.Outbox
	committed    outbox.Bell
	achievements *catalog.Achievements
	packages     *catalog.Packages
	needs        *need.Needs
	listings     *indexing.Listings
	clock        *clock.Manual // of the listings' names
	owners       owners
	taken        []rights.Taken
}

// owners are the organisations' names.
type owners map[string]string

func (o owners) Owners(_ context.Context, ids []string) (map[string]indexing.Organisation, error) {
	out := map[string]indexing.Organisation{}
	for _, id := range ids {
		out[id] = indexing.Organisation{Name: text.Zh(o[id]), Kind: policy.Institute}
	}
	return out, nil
}

// RightsTaken are what the test says that contracts have taken.
func (w *world) RightsTaken(context.Context, []string) ([]rights.Taken, error) { return w.taken, nil }

// nobody has signed and nobody is known.
type nobody struct{}

func (nobody) WithSigned(context.Context, string, string) ([]string, error) { return nil, nil }
func (nobody) Introduced(context.Context, string, string) ([]string, error) { return nil, nil }
func (nobody) Names(_ context.Context, ids []string) (map[string]string, error) {
	out := map[string]string{}
	for _, id := range ids {
		out[id] = "王工"
	}
	return out, nil
}

var quiet = slog.New(slog.NewTextHandler(io.Discard, nil))

// openWorld opens the store in a folder, making it if need be.
func openWorld(ctx context.Context, dir string) (*world, error) {
	db, err := sqldb.Open(ctx, sqldb.Config{Driver: sqldb.SQLite, DSN: filepath.Join(dir, "store.db")})
	if err != nil {
		return nil, err
	}
	if err := store.Migrate(ctx, db, slices.Concat(catalog.Machines(), need.Machines(), []lifecycle.Machine{duplicate.Machine}), ""); err != nil {
		return nil, fmt.Errorf("migrate: %w", err)
	}
	taxonomies, err := taxonomy.Load(config.Files)
	if err != nil {
		return nil, err
	}
	w := &world{dir: dir, db: db, queue: store.NewOutbox(db), owners: owners{"lab": "天山研究所", "plant": "绿洲工厂"}}
	w.journal = store.NewJournal(db, store.Subscriptions{searchConsumer: event.Named(indexing.Events...)}, w.committed.Ring)
	deps := listing.Deps{
		Tx: db, Store: store.NewListings(db), Journal: w.journal, History: w.journal, Clock: clock.System{}, NDAs: nobody{}, Introductions: nobody{},
	}
	catalogue := catalog.Deps{Deps: deps, Taxonomies: taxonomies, Persons: nobody{}, Agreements: store.NewAgreements(db), Takings: w}
	w.achievements = catalog.NewAchievements(catalogue)
	w.packages = catalog.NewPackages(catalogue, w.achievements)
	w.needs = need.NewNeeds(need.Deps{Deps: deps, Taxonomies: taxonomies})
	w.clock = clock.NewManual(time.Now())
	w.listings = indexing.NewListings(w.achievements, w.packages, w.needs, store.NewListings(db), w.owners, w.clock)
	w.listings.KeepHeads(w.queue, w.committed.Rung, w.clock)
	return w, nil
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w, err := openWorld(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.db.Close() })
	return w
}

// engine opens the embedded engine in the world's folder.
func (w *world) engine(t *testing.T) search.Engine {
	t.Helper()
	e, err := embedded.Open(t.Context(), filepath.Join(w.dir, "search"), analysis.New(nil))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	return e
}

// electrolyte is an achievement with something in each tier.
func electrolyte() catalog.AchievementContent {
	return catalog.AchievementContent{
		Title: text.Text{Zh: "低温电解液", En: "Low-temperature electrolyte"}, ValueLine: text.Zh("零下40度容量保持率高"),
		Abstract: text.Zh("用于磷酸铁锂电池的低温电解液"), Details: text.Zh("配方含有特种溶剂"),
		KeywordsZh: []string{"电池"}, TechnicalField: "new_energy", Region: "650100", TRL: 6, Year: 2024,
		Contributors: []catalog.Contributor{{PersonID: "per-wang", Role: catalog.Completer, Weight: 1}},
		PriceMode:    "agreement",
	}
}

// publish brings an achievement through review.
func (w *world) publish(t *testing.T, c catalog.AchievementContent) listing.Head {
	t.Helper()
	made, err := w.achievements.Create(t.Context(), officer, c)
	if err != nil {
		t.Fatal(err)
	}
	return w.step(t, w.step(t, made.Head, officer, listing.Submit), reviewer, listing.Publish)
}

func (w *world) step(t *testing.T, h listing.Head, actor policy.Actor, verb string) listing.Head {
	t.Helper()
	next, err := w.achievements.Step(t.Context(), actor, h.ID, listing.StepRequest{Action: verb, Version: h.Version, Reason: "因为"})
	if err != nil {
		t.Fatalf("%s: %v", verb, err)
	}
	return next
}

func (w *world) publishNeed(t *testing.T, c need.Content) listing.Head {
	t.Helper()
	made, err := w.needs.Create(t.Context(), manager, c)
	if err != nil {
		t.Fatal(err)
	}
	h := made.Head
	for _, by := range []struct {
		actor policy.Actor
		verb  string
	}{{manager, listing.Submit}, {reviewer, listing.Publish}} {
		if h, err = w.needs.Step(t.Context(), by.actor, h.ID, listing.StepRequest{Action: by.verb, Version: h.Version}); err != nil {
			t.Fatalf("%s: %v", by.verb, err)
		}
	}
	return h
}

// caughtUp lets a follower read the feed to its end.
func (w *world) caughtUp(t *testing.T, position int64, apply func(context.Context, []outbox.Positioned) error) int64 {
	t.Helper()
	w.dispatched(t)
	follower := outbox.NewFollower(w.queue, apply, nil, time.Second, quiet)
	for {
		next, err := follower.Turn(t.Context(), position)
		if err != nil {
			t.Fatal(err)
		}
		if next == position {
			return position
		}
		position = next
	}
}

// dispatched gives every event its place in the feed.
func (w *world) dispatched(t *testing.T) {
	t.Helper()
	for {
		n, err := w.queue.Dispatch(t.Context(), 100)
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			return
		}
	}
}

// found are the ids that a search gives.
func found(t *testing.T, s search.Searcher, reader search.Reader, what string) []string {
	t.Helper()
	r, err := s.Search(t.Context(), search.Query{Reader: reader, Text: what, Limit: 50})
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, h := range r.Hits {
		ids = append(ids, h.ID)
	}
	return ids
}

func model(t *testing.T) match.Model {
	t.Helper()
	m, err := match.LoadModel(config.Files)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// matching opens the matching index with a snapshot in the world's folder.
func (w *world) matching(t *testing.T) *indexing.Matching {
	t.Helper()
	return indexing.NewMatching(filepath.Join(w.dir, "matching.idx"), analysis.New(nil), model(t), w.listings, w.queue, quiet)
}
