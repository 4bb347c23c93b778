package store_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"chengqiao/config"
	"chengqiao/internal/catalog"
	"chengqiao/internal/clock"
	"chengqiao/internal/deal"
	"chengqiao/internal/errs"
	"chengqiao/internal/event"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/listing"
	"chengqiao/internal/match"
	"chengqiao/internal/money"
	"chengqiao/internal/need"
	"chengqiao/internal/policy"
	"chengqiao/internal/sqldb"
	"chengqiao/internal/store"
	"chengqiao/internal/store/storetest"
	"chengqiao/internal/taxonomy"
	"chengqiao/internal/text"
)

// market is the catalogue and the needs over a real store; the test says who
// has signed an NDA, who was introduced, and which persons there are.
type market struct {
	t            *testing.T
	ctx          context.Context
	db           *sqldb.DB
	clock        *clock.Manual
	store        *store.Listings
	journal      *store.Journal
	achievements *catalog.Achievements
	packages     *catalog.Packages
	needs        *need.Needs
	queue        *listing.Queue

	signed     map[string][]string
	introduced map[string][]string
	people     map[string]string
	// members are the organisations of accounts beside the one acted for.
	members map[string][]string
}

func (m *market) OrganisationsOf(_ context.Context, account string) ([]string, error) {
	return m.members[account], nil
}

func (m *market) WithSigned(_ context.Context, _, id string) ([]string, error) {
	return m.signed[id], nil
}

func (m *market) Introduced(_ context.Context, _, id string) ([]string, error) {
	return m.introduced[id], nil
}

// OrganisationNames knows the organisations of the tests.
func (m *market) OrganisationNames(_ context.Context, ids []string) (map[string]text.Text, error) {
	out := map[string]text.Text{}
	for _, id := range ids {
		if id == "lab" || id == "plant" {
			out[id] = text.Zh(id)
		}
	}
	return out, nil
}

func (m *market) Names(_ context.Context, ids []string) (map[string]string, error) {
	out := map[string]string{}
	for _, id := range ids {
		if name, ok := m.people[id]; ok {
			out[id] = name
		}
	}
	return out, nil
}

var (
	labOfficer   = policy.Actor{AccountID: "acc-lab", PersonID: "per-officer", OrgID: "lab", OrgKind: policy.Institute, OrgVerified: true, Roles: []policy.Role{policy.Officer}}
	labInventor  = policy.Actor{AccountID: "acc-inv", PersonID: "per-wang", OrgID: "", Roles: nil}
	plantManager = policy.Actor{AccountID: "acc-plant", PersonID: "per-plant", OrgID: "plant", OrgKind: policy.Enterprise, OrgVerified: true, Roles: []policy.Role{policy.Manager}}
	newcomer     = policy.Actor{AccountID: "acc-new", PersonID: "per-new", OrgID: "startup", OrgKind: policy.Enterprise, Roles: []policy.Role{policy.Manager}}
	reviewer     = policy.Actor{AccountID: "acc-rev", PersonID: "per-rev", OrgID: "platform", OrgKind: policy.Platform, OrgVerified: true, Roles: []policy.Role{policy.Reviewer}}
	visitor      = policy.Actor{}
)

func forEachMarket(t *testing.T, fn func(t *testing.T, m *market)) {
	t.Helper()
	machines := append(append(catalog.Machines(), need.Machines()...), match.ProposalMachine, deal.IntroductionMachine, deal.Machine)
	storetest.ForEachEngine(t, func(t *testing.T, db *sqldb.DB) { fn(t, newMarket(t, db)) }, machines...)
}

func newMarket(t *testing.T, db *sqldb.DB) *market {
	t.Helper()
	taxonomies, err := taxonomy.Load(config.Files)
	if err != nil {
		t.Fatal(err)
	}
	m := &market{
		t: t, ctx: context.Background(), db: db, clock: clock.NewManual(noon),
		store: store.NewListings(db), journal: store.NewJournal(db, store.Subscriptions{"search": event.Named(
			"achievement.published", "achievement.changed", "achievement.hidden", "need.published", "need.hidden"),
			"letters": event.Named("achievement.expiring", "contribution.asked")}, nil),
		signed: map[string][]string{}, introduced: map[string][]string{},
		people: map[string]string{"per-wang": "王工", "per-li": "李工"}, members: map[string][]string{},
	}
	deps := listing.Deps{
		Tx: db, Store: m.store, Journal: m.journal, History: m.journal, Clock: m.clock, NDAs: m, Introductions: m, Members: m,
	}
	m.achievements = catalog.NewAchievements(catalog.Deps{Deps: deps, Taxonomies: taxonomies, Persons: m, Contributions: store.NewContributions(db)})
	m.packages = catalog.NewPackages(catalog.Deps{Deps: deps, Taxonomies: taxonomies, Persons: m, Agreements: store.NewAgreements(db), Organisations: m}, m.achievements)
	m.needs = need.NewNeeds(need.Deps{Deps: deps, Taxonomies: taxonomies})
	m.queue = listing.NewQueue(listing.QueueDeps{Tx: deps.Tx, Store: m.store, Journal: deps.Journal, Clock: deps.Clock, Members: m}, catalog.AchievementRules(), catalog.PackageRules(), need.Rules())
	return m
}

// battery is an achievement that review accepts.
func battery() catalog.AchievementContent {
	price := money.Fen(100_000_000)
	return catalog.AchievementContent{
		Title: text.Text{Zh: "磷酸铁锂电池低温电解液", En: "Low-temperature electrolyte"}, ValueLine: text.Zh("零下40度容量保持率85%，高于现有60%"),
		Details: text.Zh("添加剂甲与乙的配比为三比一"), KeywordsZh: []string{"电池", "电解液"}, TechnicalField: "new_energy",
		IPItems: []catalog.IPItem{{Kind: catalog.Invention, Number: "ZL201710601862.3", LegalState: catalog.Granted}},
		Contributors: []catalog.Contributor{
			{PersonID: "per-wang", Role: catalog.Completer, Weight: 60}, {PersonID: "per-li", Role: catalog.Support, Weight: 40}},
		Cooperation: []string{"licence_patent"}, PriceMode: "agreement", Price: &price,
	}
}

func (m *market) create(c catalog.AchievementContent) listing.Head {
	m.t.Helper()
	d, err := m.achievements.Create(m.ctx, labOfficer, c)
	if err != nil {
		m.t.Fatal(err)
	}
	return d.Head
}

// step takes steps of an achievement by several people, in order.
func (m *market) step(h listing.Head, actor policy.Actor, verb string) listing.Head {
	m.t.Helper()
	m.clock.Advance(time.Minute)
	next, err := m.achievements.Step(m.ctx, actor, h.ID, listing.StepRequest{Action: verb, Version: h.Version, Reason: "因为"})
	if err != nil {
		m.t.Fatalf("%s: %v", verb, err)
	}
	return next
}

func (m *market) published(c catalog.AchievementContent) listing.Head {
	m.t.Helper()
	return m.step(m.step(m.create(c), labOfficer, listing.Submit), reviewer, listing.Publish)
}

func (m *market) get(actor policy.Actor, id string) listing.View[catalog.AchievementContent] {
	m.t.Helper()
	v, err := m.achievements.Get(m.ctx, actor, id)
	if err != nil {
		m.t.Fatal(err)
	}
	return v
}

func TestAListingGoesFromDraftToTheReaders(t *testing.T) {
	forEachMarket(t, func(t *testing.T, m *market) {
		h := m.create(battery())
		if h.State != listing.Draft || h.Version != 1 {
			t.Fatalf("head %+v", h)
		}
		_, err := m.achievements.Get(m.ctx, visitor, h.ID)
		wantCode(t, err, errs.NotFound, "not_found")

		h = m.step(h, labOfficer, listing.Submit)
		if h.State != listing.InReview || !slices.Contains(h.Actions, listing.Recall) {
			t.Fatalf("head %+v", h)
		}
		h = m.step(h, reviewer, listing.Publish)
		if h.State != listing.Published || h.LiveNumber != 1 || h.ConfirmBy != "2027-05-22" {
			t.Fatalf("head %+v", h)
		}
		v := m.get(visitor, h.ID)
		if v.Content.Title.Zh != "磷酸铁锂电池低温电解液" || v.Head.State != listing.Published || v.Head.Actions != nil {
			t.Fatalf("view %+v", v)
		}
	})
}

func TestEditingSomethingPublishedLeavesTheLiveVersionAlone(t *testing.T) {
	forEachMarket(t, func(t *testing.T, m *market) {
		h := m.published(battery())
		seq := m.live(h.ID).Seq
		changed := battery()
		changed.Title = text.Zh("新标题")
		d, err := m.achievements.Save(m.ctx, labOfficer, h.ID, h.Version, changed)
		if err != nil {
			t.Fatal(err)
		}
		if d.Head.State != listing.Published || d.Head.WorkingState != listing.Draft || d.Head.Title.Zh != "新标题" {
			t.Fatalf("head %+v", d.Head)
		}
		if v := m.get(visitor, h.ID); v.Content.Title.Zh != "磷酸铁锂电池低温电解液" || v.Head.Title.Zh != v.Content.Title.Zh {
			t.Fatalf("the readers see %q, head %q", v.Content.Title.Zh, v.Head.Title.Zh)
		}
		if l := m.live(h.ID); l.Seq != seq {
			t.Fatalf("the index would be told: seq %d, was %d", l.Seq, seq)
		}
		h = m.step(m.step(d.Head, labOfficer, listing.Submit), reviewer, listing.Publish)
		if h.LiveNumber != 2 || h.WorkingState != "" {
			t.Fatalf("head %+v", h)
		}
		if l := m.live(h.ID); l.Seq <= seq || l.Title.Zh != "新标题" {
			t.Fatalf("live %+v", l)
		}
		versions, err := m.achievements.Versions(m.ctx, labOfficer, h.ID)
		if err != nil || len(versions) != 2 || versions[0].Number != 2 || versions[1].Content.Title.Zh != "磷酸铁锂电池低温电解液" {
			t.Fatalf("versions %+v, %v", versions, err)
		}
	})
}

func (m *market) live(id string) listing.Live[catalog.AchievementContent] {
	m.t.Helper()
	l, err := m.achievements.Live(m.ctx, id)
	if err != nil {
		m.t.Fatal(err)
	}
	return l
}

func TestAWorkingCopyOfSomethingPublishedCanBeDropped(t *testing.T) {
	forEachMarket(t, func(t *testing.T, m *market) {
		h := m.published(battery())
		changed := battery()
		changed.Title = text.Zh("误改")
		d, err := m.achievements.Save(m.ctx, labOfficer, h.ID, h.Version, changed)
		if err != nil {
			t.Fatal(err)
		}
		h = m.step(d.Head, labOfficer, listing.Discard)
		if h.WorkingState != "" || h.Title.Zh != battery().Title.Zh {
			t.Fatalf("head %+v", h)
		}
		fresh := m.create(battery())
		_, err = m.achievements.Step(m.ctx, labOfficer, fresh.ID, listing.StepRequest{Action: listing.Discard, Version: fresh.Version})
		wantCode(t, err, errs.Conflict, "illegal_step")
	})
}

func TestAPublishedVersionCannotBeRewrittenByAnybody(t *testing.T) {
	forEachMarket(t, func(t *testing.T, m *market) {
		h := m.published(battery())
		for _, statement := range []string{
			`UPDATE revisions SET title_zh = 'x' WHERE listing_id = $1`,
			`DELETE FROM revisions WHERE listing_id = $1`,
		} {
			_, err := m.db.Exec(m.ctx, statement, h.ID)
			wantCode(t, err, errs.Conflict, "version_is_kept")
		}
		_, err := m.db.Exec(m.ctx, `UPDATE listings SET state = 'withdrawn' WHERE id = $1`, h.ID)
		wantCode(t, err, errs.Conflict, "illegal_step")
	})
}

func TestReviewReturnsWithReasonsByFieldAndTakesTheMendedText(t *testing.T) {
	forEachMarket(t, func(t *testing.T, m *market) {
		h := m.step(m.create(battery()), labOfficer, listing.Submit)
		_, err := m.achievements.Step(m.ctx, reviewer, h.ID, listing.StepRequest{Action: listing.Return, Version: h.Version})
		wantCode(t, err, errs.Invalid, "invalid_fields")
		m.clock.Advance(time.Minute)
		h, err = m.achievements.Step(m.ctx, reviewer, h.ID, listing.StepRequest{
			Action: listing.Return, Version: h.Version, Reason: "请补充证明",
			Fields: []listing.FieldReason{{Path: "value_line", Reason: "缺少测试报告"}}})
		if err != nil {
			t.Fatal(err)
		}
		if h.State != listing.Returned || h.ReturnReason != "请补充证明" {
			t.Fatalf("head %+v", h)
		}
		d, err := m.achievements.Save(m.ctx, labOfficer, h.ID, h.Version, battery())
		if err != nil || d.Head.State != listing.Returned {
			t.Fatalf("saved %+v, %v", d.Head, err)
		}
		h = m.step(m.step(d.Head, labOfficer, listing.Submit), reviewer, listing.Publish)
		history, err := m.achievements.History(m.ctx, labOfficer, h.ID)
		if err != nil {
			t.Fatal(err)
		}
		var verbs []string
		for i, s := range history {
			verbs = append(verbs, string(s.To))
			if s.Seq != int64(i+1) {
				t.Errorf("step %d bears the number %d", i+1, s.Seq)
			}
		}
		if want := []string{"draft", "in_review", "returned", "in_review", "published"}; !slices.Equal(verbs, want) {
			t.Fatalf("history %v, want %v", verbs, want)
		}
		if f := history[2].Fields; len(f) != 1 || f[0].Path != "value_line" || history[2].Reason != "请补充证明" {
			t.Fatalf("the return keeps %+v", history[2])
		}
	})
}

func TestWhileReviewHasItNobodyEditsIt(t *testing.T) {
	forEachMarket(t, func(t *testing.T, m *market) {
		h := m.step(m.create(battery()), labOfficer, listing.Submit)
		_, err := m.achievements.Save(m.ctx, labOfficer, h.ID, h.Version, battery())
		wantCode(t, err, errs.Conflict, "in_review")
		h = m.step(h, labOfficer, listing.Recall)
		if _, err := m.achievements.Save(m.ctx, labOfficer, h.ID, h.Version, battery()); err != nil {
			t.Fatal(err)
		}
	})
}

func TestTheLifeOfAnOffer(t *testing.T) {
	type move struct {
		actor policy.Actor
		verb  string
		want  lifecycle.State
		live  bool
	}
	for name, moves := range map[string][]move{
		"suspended and resumed by its owner": {{labOfficer, listing.Suspend, listing.Suspended, false}, {labOfficer, listing.Resume, listing.Published, true}},
		"reconfirmed":                        {{labOfficer, listing.Reconfirm, listing.Published, true}},
		"withdrawn for good":                 {{labOfficer, listing.Withdraw, listing.Withdrawn, false}},
		"suspended and withdrawn":            {{reviewer, listing.Suspend, listing.Suspended, false}, {labOfficer, listing.Withdraw, listing.Withdrawn, false}},
	} {
		t.Run(name, func(t *testing.T) {
			forEachMarket(t, func(t *testing.T, m *market) {
				h := m.published(battery())
				for _, mv := range moves {
					h = m.step(h, mv.actor, mv.verb)
					if h.State != mv.want {
						t.Fatalf("after %s it is %s", mv.verb, h.State)
					}
					_, err := m.achievements.Live(m.ctx, h.ID)
					if live := err == nil; live != mv.live {
						t.Fatalf("after %s search knows it: %v", mv.verb, live)
					}
				}
			})
		})
	}
}

func TestWhatThePlatformSuspendedItsOwnerCannotResume(t *testing.T) {
	forEachMarket(t, func(t *testing.T, m *market) {
		h := m.step(m.published(battery()), reviewer, listing.Suspend)
		if slices.Contains(h.Actions, listing.Resume) {
			t.Errorf("resume is offered: %v", h.Actions)
		}
		_, err := m.achievements.Step(m.ctx, labOfficer, h.ID, listing.StepRequest{Action: listing.Resume, Version: h.Version})
		wantCode(t, err, errs.Conflict, "suspended_by_platform")
		d, err := m.achievements.Save(m.ctx, labOfficer, h.ID, h.Version, battery())
		if err != nil {
			t.Fatal(err)
		}
		h = m.step(m.step(d.Head, labOfficer, listing.Submit), reviewer, listing.Publish)
		if h.State != listing.Published {
			t.Fatalf("a reviewed new version leaves it %s", h.State)
		}
	})
}

func TestAListingThatIsNotReconfirmedLeavesSearchAndComesBack(t *testing.T) {
	forEachMarket(t, func(t *testing.T, m *market) {
		h := m.published(battery())
		other := m.published(battery())
		m.clock.Advance(179 * 24 * time.Hour)
		other = m.step(other, labOfficer, listing.Reconfirm)
		m.clock.Advance(2 * 24 * time.Hour)
		n, err := m.achievements.ExpireDue(m.ctx, m.clock.Now(), 100)
		if err != nil || n != 1 {
			t.Fatalf("%d expired, %v", n, err)
		}
		_, err = m.achievements.Live(m.ctx, h.ID)
		wantCode(t, err, errs.NotFound, "not_found")
		if m.live(other.ID).State != listing.Published {
			t.Error("the reconfirmed one went too")
		}
		d, err := m.achievements.Draft(m.ctx, labOfficer, h.ID)
		if err != nil || d.Head.State != listing.Expired || d.Content.Title != battery().Title {
			t.Fatalf("draft %+v, %v", d.Head, err)
		}
		h = m.step(d.Head, labOfficer, listing.Reconfirm)
		if h.State != listing.Published || h.ConfirmBy <= clock.DateOf(m.clock.Now()) {
			t.Fatalf("head %+v", h)
		}
	})
}

func TestEndingAListingDropsItsWorkingCopy(t *testing.T) {
	forEachMarket(t, func(t *testing.T, m *market) {
		h := m.published(battery())
		d, err := m.achievements.Save(m.ctx, labOfficer, h.ID, h.Version, battery())
		if err != nil {
			t.Fatal(err)
		}
		h = m.step(m.step(d.Head, labOfficer, listing.Submit), labOfficer, listing.Withdraw)
		if h.State != listing.Withdrawn || h.WorkingState != "" || len(h.Actions) > 0 {
			t.Fatalf("head %+v", h)
		}
		_, err = m.achievements.Save(m.ctx, labOfficer, h.ID, h.Version, battery())
		wantCode(t, err, errs.Conflict, "illegal_step")
	})
}
