package indexing_test

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"testing"
	"time"

	"chengqiao/internal/catalog"
	"chengqiao/internal/clock"
	"chengqiao/internal/event"
	"chengqiao/internal/indexing"
	"chengqiao/internal/journal"
	"chengqiao/internal/listing"
	"chengqiao/internal/money"
	"chengqiao/internal/need"
	"chengqiao/internal/outbox"
	"chengqiao/internal/policy"
	"chengqiao/internal/search"
	"chengqiao/internal/search/analysis"
	"chengqiao/internal/search/meili"
	"chengqiao/internal/servertest"
	"chengqiao/internal/text"
)

var (
	public  = search.Reader{Tiers: []policy.Tier{policy.TierPublic}}
	members = search.Reader{Tiers: []policy.Tier{policy.TierPublic, policy.TierMembers}}
)

// stumbling is an index that panics over one listing.
type stumbling struct {
	search.Engine
	over string
}

func (s stumbling) Apply(ctx context.Context, b search.Batch) error {
	for _, d := range b.Upsert {
		if d.ID == s.over {
			panic("stumbled")
		}
	}
	return s.Engine.Apply(ctx, b)
}

func TestAListingThatCannotBeReadDoesNotKeepTheIndexFromOthers(t *testing.T) {
	w := newWorld(t)
	before, poison, after := w.publish(t, electrolyte()).ID, w.publish(t, electrolyte()).ID, w.publish(t, electrolyte()).ID
	engine := w.engine(t)
	keeper := indexing.NewSearch(stumbling{engine, poison}, w.listings, w.queue, quiet)
	at := w.caughtUp(t, 0, keeper.Apply)
	ids := found(t, engine, public, "低温电解液")
	if !slices.Contains(ids, before) || !slices.Contains(ids, after) || slices.Contains(ids, poison) {
		t.Errorf("%v are found of %s, %s and not %s", ids, before, after, poison)
	}
	if stands, err := engine.Cursor(t.Context()); err != nil || stands != at {
		t.Errorf("the index stands at %d of %d, %v", stands, at, err)
	}
}

func TestEachTextIsFoundInItsOwnTier(t *testing.T) {
	w := newWorld(t)
	c := electrolyte()
	price := money.Fen(100_00)
	c.Price = &price // members read prices
	c.Source = "李文昌、赵一鸣 · 昆仑大学 · https://catalogue.example/201601.00052"
	c.ReportNumber = "KL-2024-117"
	c.IPItems = []catalog.IPItem{{
		Kind: catalog.Invention, Number: "ZL202110123456.7", LegalState: "granted", RelatedNumbers: []string{"US11223344B2"}, Owners: []catalog.IPOwner{{Name: "冰川材料公司"}},
		Title: text.Text{Zh: "一种宽温域配方", En: "Formulation of a wide window"},
	}}
	c.Claims = []catalog.Claim{{Metric: text.Text{Zh: "循环寿命", En: "Cycling endurance"}, Value: "4000"}}
	id := w.publish(t, c).ID
	engine := w.engine(t)
	w.caughtUp(t, 0, indexing.NewSearch(engine, w.listings, w.queue, quiet).Apply)

	for _, q := range []struct {
		reader search.Reader
		text   string
		want   bool
	}{
		{public, "低温电解液", true}, {public, "electrolyte", true}, {public, "天山研究所", true},
		{public, "昆仑大学", true}, {public, "李文昌", true}, {public, "201601.00052", true}, {public, "KL-2024-117", true},
		{public, "ZL 2021 1 0123456.7", true}, {public, "US11223344B2", true}, {public, "冰川材料", true},
		{public, "循环寿命", true}, {public, "cycling endurance", true}, {public, "宽温域配方", true}, {public, "formulation", true},
		{public, "特种溶剂", false}, {members, "特种溶剂", true}, {members, "王工", false},
	} {
		if got := slices.Contains(found(t, engine, q.reader, q.text), id); got != q.want {
			t.Errorf("%q for %v: found %v, want %v", q.text, q.reader.Tiers, got, q.want)
		}
	}
	documents, err := w.listings.Load(t.Context(), []string{id})
	if err != nil || len(documents) != 1 {
		t.Fatalf("%v %v", documents, err)
	}
	for _, told := range documents[0].Texts {
		if want := map[string]string{"zh": "循环寿命 4000", "en": "Cycling endurance 4000"}[told.Language]; len(told.Claims) > 0 && told.Claims[0] != want {
			t.Errorf("its claims in %s are %q", told.Language, told.Claims)
		}
	}
	f := documents[0].Facets
	if f.PriceFen != nil || f.MembersPriceFen == nil || *f.MembersPriceFen != price.Fen() {
		t.Error("a price for members counts in the facets of all, or not in theirs")
	}
	if !slices.Equal(f.Fields, []string{"new_energy"}) || f.TRL != 6 || f.Year != 2024 || !slices.Equal(f.Languages, []string{"zh", "en"}) {
		t.Errorf("facets %+v", f)
	}
}

func TestAnAnonymousNeedIsNotFoundByItsOwnersName(t *testing.T) {
	w := newWorld(t)
	content := need.Content{Title: text.Zh("寻求低温电池"), Problem: text.Zh("低温下无法启动"), TechnicalField: "new_energy"}
	named := w.publishNeed(t, content).ID
	content.Anonymous, content.Source = true, "绿洲工厂 · 2024"
	hidden := w.publishNeed(t, content).ID
	engine := w.engine(t)
	w.caughtUp(t, 0, indexing.NewSearch(engine, w.listings, w.queue, quiet).Apply)
	got := found(t, engine, members, "绿洲工厂")
	if !slices.Contains(got, named) || slices.Contains(got, hidden) {
		t.Errorf("found %v by the name; %s is anonymous", got, hidden)
	}
	documents, err := w.listings.Load(t.Context(), []string{hidden})
	if err != nil || documents[0].Facets.Organisation != "" || documents[0].Facets.OrgKind != "" {
		t.Errorf("facets tell of the owner: %+v %v", documents, err)
	}
}

func TestTheIndexFollowsEveryChange(t *testing.T) {
	w := newWorld(t)
	engine := w.engine(t)
	keeper := indexing.NewSearch(engine, w.listings, w.queue, quiet)
	h := w.publish(t, electrolyte())
	at := w.caughtUp(t, 0, keeper.Apply)
	if !slices.Contains(found(t, engine, public, "低温电解液"), h.ID) {
		t.Fatal("published and not found")
	}
	if cursor, err := engine.Cursor(t.Context()); err != nil || cursor != at {
		t.Errorf("the index stands at %d (%v), the feed was read to %d", cursor, err, at)
	}
	h = w.step(t, h, officer, listing.Suspend)
	at = w.caughtUp(t, at, keeper.Apply)
	if got := found(t, engine, members, "低温电解液"); len(got) != 0 {
		t.Errorf("suspended and found: %v", got)
	}
	w.step(t, h, officer, listing.Resume)
	at = w.caughtUp(t, at, keeper.Apply)
	if !slices.Contains(found(t, engine, public, "低温电解液"), h.ID) {
		t.Error("resumed and not found")
	}
	w.owners["lab"] = "昆仑研究院"
	w.changedOrganisation(t, "lab")
	w.caughtUp(t, at, keeper.Apply)
	if !slices.Contains(found(t, engine, public, "昆仑研究院"), h.ID) {
		t.Error("not found by its owner's new name")
	}
}

// tallied is an engine that counts what it is brought.
type tallied struct {
	search.Engine
	brought int
}

func (c *tallied) Rebuild(ctx context.Context, fill func(ctx context.Context, into search.Sink) error) error {
	return c.Engine.Rebuild(ctx, func(ctx context.Context, into search.Sink) error {
		return fill(ctx, talliedSink{into, &c.brought})
	})
}

func (c *tallied) Apply(ctx context.Context, b search.Batch) error {
	return talliedSink{c.Engine, &c.brought}.Apply(ctx, b)
}

type talliedSink struct {
	search.Sink
	brought *int
}

func (s talliedSink) Apply(ctx context.Context, b search.Batch) error {
	*s.brought += len(b.Upsert)
	return s.Sink.Apply(ctx, b)
}

// However many events are about a listing, or its organisation.
func TestAnEmptyIndexIsBroughtEachListingOnce(t *testing.T) {
	w := newWorld(t)
	w.changedOrganisation(t, "lab")
	id := w.publish(t, electrolyte()).ID
	w.changedOrganisation(t, "lab")
	w.dispatched(t)
	engine := &tallied{Engine: w.engine(t)}
	keeper := indexing.NewSearch(engine, w.listings, w.queue, quiet)
	if err := keeper.Prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	head, err := w.queue.Head(t.Context())
	if err != nil || head == 0 {
		t.Fatalf("the feed reaches to %d, %v", head, err)
	}
	cursor, err := engine.Cursor(t.Context())
	if engine.brought != 1 || cursor != head || err != nil {
		t.Errorf("%d documents were brought, to %d of %d, %v", engine.brought, cursor, head, err)
	}
	if !slices.Contains(found(t, engine, public, "低温电解液"), id) {
		t.Error("published and not found")
	}
	// What it was brought once, it is not brought again.
	if err := keeper.Prepare(t.Context()); err != nil || engine.brought != 1 {
		t.Errorf("%d documents were brought, %v", engine.brought, err)
	}
}

// changedOrganisation writes the event of an organisation's change.
func (w *world) changedOrganisation(t *testing.T, id string) {
	t.Helper()
	err := w.db.InTx(t.Context(), func(ctx context.Context) error {
		return w.journal.Write(ctx, journal.Entry{
			Actor: operator, Action: policy.OrganisationEdit, Kind: "organisation", Subject: id, Version: 2,
			At: clock.System{}.Now(), Events: []event.Event{{Name: event.OrganisationChanged}},
		})
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestASharedIndexIsToldByTheOutbox(t *testing.T) {
	w := newWorld(t)
	url, key := servertest.Meilisearch(t)
	engine, err := meili.Open(t.Context(), meili.Options{URL: url, Key: key, Index: "indexing"}, analysis.New(nil))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = engine.Drop(context.WithoutCancel(t.Context())) })
	keeper := indexing.NewSearch(engine, w.listings, w.queue, quiet)
	if err := keeper.Prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	kept, gone := w.publish(t, electrolyte()), w.publish(t, electrolyte())
	w.step(t, gone, officer, listing.Withdraw)
	worker := outbox.NewWorker(w.queue, outbox.Consumer{Name: searchConsumer, Handle: keeper.Handle, Batch: 10}, clock.System{}, nil, outbox.Settings{}, quiet)
	for {
		n, err := worker.Turn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			break
		}
	}
	if got := found(t, engine, public, "低温电解液"); !slices.Equal(got, []string{kept.ID}) {
		t.Errorf("found %v, want %s", got, kept.ID)
	}
	if r, err := keeper.Reconcile(t.Context()); err != nil || !r.True() || r.Compared != 1 {
		t.Errorf("%+v %v", r, err)
	}
}

func TestReconcilingFindsAndMendsWhatDiffers(t *testing.T) {
	w := newWorld(t)
	engine := w.engine(t)
	keeper := indexing.NewSearch(engine, w.listings, w.queue, quiet)
	a, b := w.publish(t, electrolyte()).ID, w.publish(t, electrolyte()).ID
	w.publish(t, electrolyte())
	w.caughtUp(t, 0, keeper.Apply)

	documents, err := w.listings.Load(t.Context(), []string{b})
	if err != nil {
		t.Fatal(err)
	}
	changed, extra := documents[0], documents[0]
	changed.Texts = nil
	extra.ID = "00000000-0000-7000-8000-000000000000"
	if err := engine.Apply(t.Context(), search.Batch{Upsert: []search.Document{changed, extra}, Delete: []string{a}}); err != nil {
		t.Fatal(err)
	}
	want := search.Reconciliation{Compared: 3, Missing: 1, Changed: 1, Extra: 1}
	if got, err := keeper.Reconcile(t.Context()); err != nil || got != want {
		t.Errorf("%+v %v, want %+v", got, err, want)
	}
	if got, err := keeper.Reconcile(t.Context()); err != nil || !got.True() {
		t.Errorf("not mended: %+v %v", got, err)
	}
}

func TestAnIndexThatMissedThePrunedFeedIsRebuilt(t *testing.T) {
	w := newWorld(t)
	for range 3 {
		w.publish(t, electrolyte())
	}
	if _, err := w.queue.Dispatch(t.Context(), 100); err != nil {
		t.Fatal(err)
	}
	w.forgetEvents(t)
	last := w.publish(t, electrolyte()).ID
	if _, err := w.queue.Dispatch(t.Context(), 100); err != nil {
		t.Fatal(err)
	}
	engine := w.engine(t)
	keeper := indexing.NewSearch(engine, w.listings, w.queue, quiet)
	matching := w.matching(t)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		keeper.Follow(ctx, nil, 10*time.Millisecond)
	}()
	defer func() { stop(); <-done }()
	eventually(t, func() bool {
		n, err := engine.Count(t.Context())
		return err == nil && n == 4 && slices.Contains(found(t, engine, public, "低温电解液"), last)
	})
	if err := matching.Rebuild(t.Context()); err != nil || matching.Index().Size() != 4 {
		t.Errorf("matching holds %d, %v", matching.Index().Size(), err)
	}
}

// forgetEvents prunes all that has been delivered and dispatched.
func (w *world) forgetEvents(t *testing.T) {
	t.Helper()
	worker := outbox.NewWorker(w.queue, outbox.Consumer{Name: searchConsumer, Batch: 100,
		Handle: func(context.Context, []event.Event) error { return nil }}, clock.System{}, nil, outbox.Settings{}, quiet)
	for {
		n, err := worker.Turn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			break
		}
	}
	n, err := w.queue.Prune(t.Context(), time.Now().Add(time.Hour), 1_000)
	if err != nil || n == 0 {
		t.Fatalf("%d events pruned, %v", n, err)
	}
}

func eventually(t *testing.T, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if holds() {
			return
		}
	}
	t.Fatal("not within two minutes")
}

// counting tells how large the batches are that an index gets.
type counting struct {
	search.Indexer
	largest, total int
}

func (c *counting) Apply(ctx context.Context, b search.Batch) error {
	c.largest, c.total = max(c.largest, len(b.Upsert)), c.total+len(b.Upsert)
	return c.Indexer.Apply(ctx, b)
}

// publishMany imports listings of one organisation.
func (w *world) publishMany(t *testing.T, many int) {
	t.Helper()
	var records []listing.SourceRecord[catalog.AchievementContent]
	for i := range many {
		records = append(records, listing.SourceRecord[catalog.AchievementContent]{
			ID: strconv.Itoa(i), Content: catalog.AchievementContent{Title: text.En("Record " + strconv.Itoa(i)), Abstract: text.En("graphene")},
		})
	}
	if _, err := w.achievements.Import(t.Context(), operator, listing.Batch[catalog.AchievementContent]{
		OwnerOrg: "lab", Source: "s", Publish: true, Records: records,
	}); err != nil {
		t.Fatal(err)
	}
}

func TestAChangeThatConcernsThousandsComesInParts(t *testing.T) {
	w := newWorld(t)
	const many = 601
	w.publishMany(t, many)
	engine := w.engine(t)
	at := w.caughtUp(t, 0, indexing.NewSearch(engine, w.listings, w.queue, quiet).Apply)
	w.changedOrganisation(t, "lab")
	index := &counting{Indexer: engine}
	at = w.caughtUp(t, at, indexing.NewSearch(index, w.listings, w.queue, quiet).Apply)
	if index.total != many || index.largest > 500 {
		t.Errorf("%d documents, up to %d at a time", index.total, index.largest)
	}
	if cursor, err := engine.Cursor(t.Context()); err != nil || cursor != at {
		t.Errorf("the index stands at %d, %v; the feed was read to %d", cursor, err, at)
	}
}

// leased is an index that keeps by when each batch is to be brought.
type leased struct {
	search.Indexer
	ends    []time.Time
	brought int
}

func (l *leased) Apply(ctx context.Context, b search.Batch) error {
	end, _ := ctx.Deadline()
	l.ends = append(l.ends, end)
	l.brought += len(b.Upsert)
	return nil
}

// However long all of it takes, no part has less than a lease.
func TestEachPartOfALargeOrganisationHasALeaseOfItsOwn(t *testing.T) {
	w := newWorld(t)
	const many = 2*indexing.SharedBatch + 1
	w.publishMany(t, many)
	w.forgetEvents(t)
	w.changedOrganisation(t, "lab")
	index := &leased{}
	worker := outbox.NewWorker(w.queue, outbox.Consumer{Name: searchConsumer, Handle: indexing.NewSearch(index, w.listings, w.queue, quiet).Handle},
		clock.System{}, nil, outbox.Settings{Lease: time.Hour, FirstRetry: time.Hour}, quiet)
	if _, err := worker.Turn(t.Context()); err != nil {
		t.Fatal(err)
	}
	waiting, err := w.queue.Backlogs(t.Context())
	if err != nil || len(waiting) != 0 || index.brought != many {
		t.Errorf("%d documents were brought, still to do %+v, %v", index.brought, waiting, err)
	}
	if len(index.ends) != 3 || !index.ends[0].Before(index.ends[1]) || !index.ends[1].Before(index.ends[2]) {
		t.Errorf("the parts were to be brought by %v", index.ends)
	}
}

func TestWhatIsImportedIsFound(t *testing.T) {
	w := newWorld(t)
	engine := w.engine(t)
	keeper := indexing.NewSearch(engine, w.listings, w.queue, quiet)
	var records []listing.SourceRecord[catalog.AchievementContent]
	for _, id := range []string{"x1", "x2"} {
		records = append(records, listing.SourceRecord[catalog.AchievementContent]{ID: id, Content: catalog.AchievementContent{
			Title: text.En("Imported " + id), Abstract: text.En("about graphene"),
		}})
	}
	if _, err := w.achievements.Import(t.Context(), operator, listing.Batch[catalog.AchievementContent]{
		OwnerOrg: "lab", Source: "s", Publish: true, Records: records,
	}); err != nil {
		t.Fatal(err)
	}
	w.caughtUp(t, 0, keeper.Apply)
	if got := found(t, engine, public, "graphene"); len(got) != 2 {
		t.Errorf("found %v", got)
	}
}

func TestWhereAListingComesFromIsNoNewsOfIt(t *testing.T) {
	w := newWorld(t)
	imported := func(source, abstract string) map[string]string {
		t.Helper()
		if _, err := w.achievements.Import(t.Context(), operator, listing.Batch[catalog.AchievementContent]{
			OwnerOrg: "lab", Source: "s", Publish: true, Records: []listing.SourceRecord[catalog.AchievementContent]{{
				ID: "x1", Content: catalog.AchievementContent{Title: text.En("Imported"), Abstract: text.En(abstract), Source: source},
			}},
		}); err != nil {
			t.Fatal(err)
		}
		page, err := w.listings.Page(t.Context(), "", 10)
		if err != nil || len(page) != 1 {
			t.Fatal(page, err)
		}
		marks, err := w.listings.Marks(t.Context(), []string{page[0].ID})
		if err != nil {
			t.Fatal(err)
		}
		return marks
	}
	first, moved, changed := imported("here", "about graphene"), imported("there", "about graphene"), imported("there", "about silicon")
	if !maps.Equal(first, moved) || maps.Equal(moved, changed) {
		t.Errorf("marks %v, from elsewhere %v, of another text %v", first, moved, changed)
	}
}
