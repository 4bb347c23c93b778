package store_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"

	"chengqiao/config"
	"chengqiao/internal/catalog"
	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/event"
	"chengqiao/internal/ident"
	"chengqiao/internal/indexing"
	"chengqiao/internal/listing"
	"chengqiao/internal/match"
	"chengqiao/internal/money"
	"chengqiao/internal/need"
	"chengqiao/internal/policy"
	"chengqiao/internal/rights"
	"chengqiao/internal/search/analysis"
	"chengqiao/internal/sqldb"
	"chengqiao/internal/store"
	"chengqiao/internal/text"
)

// matchMarket is the catalogue with matching over a real store. The index is
// brought up to date by hand.
type matchMarket struct {
	*market
	rows    *store.Match
	index   *match.Index
	listed  *indexing.Listings
	service *match.Service
	model   match.Model
}

// serve puts a service with a model in the place of the one that answers.
func (m *matchMarket) serve(model match.Model) { m.serveOf(m.listed, model) }

func (m *matchMarket) serveOf(listings match.Listings, model match.Model) {
	m.serveFrom(m.rows, listings, model)
}

func (m *matchMarket) serveFrom(rows match.Store, listings match.Listings, model match.Model) {
	m.model = model
	m.service = match.NewService(match.Deps{
		Index: func() *match.Index { return m.index }, Model: model, Store: rows, Listings: listings, Introductions: m.rows, Reasons: anyReason{},
		Tx: m.db, Journal: m.journal, Clock: m.clock, Log: slog.New(slog.DiscardHandler),
	})
}

type namedOwners struct{}

func (namedOwners) Owners(_ context.Context, ids []string) (map[string]indexing.Organisation, error) {
	out := map[string]indexing.Organisation{}
	for _, id := range ids {
		out[id] = indexing.Organisation{Name: text.Zh("单位" + id), Kind: policy.Institute}
	}
	return out, nil
}

func forEachMatchMarket(t *testing.T, fn func(t *testing.T, m *matchMarket)) {
	t.Helper()
	model, err := match.LoadModel(config.Files)
	if err != nil {
		t.Fatal(err)
	}
	forEachMarket(t, func(t *testing.T, m *market) {
		mm := &matchMarket{market: m, rows: store.NewMatch(m.db)}
		mm.index = match.NewIndex(match.AnalyserOf(analysis.New(nil)), model.Terms)
		mm.listed = indexing.NewListings(m.achievements, m.packages, m.needs, store.NewListings(m.db), namedOwners{}, clock.System{})
		mm.serve(model)
		fn(t, mm)
	})
}

// anyReason knows every reason but "hearsay".
type anyReason struct{}

func (anyReason) Has(_, code string) bool { return code != "hearsay" }

// indexed brings listings into the matching index.
func (m *matchMarket) indexed(refs ...match.Ref) {
	m.t.Helper()
	live, err := m.listed.Live(m.ctx, refs)
	if err != nil {
		m.t.Fatal(err)
	}
	for _, l := range live {
		m.index.Upsert(l)
	}
}

// soughtElectrolyte is a need of the plant that battery meets.
func soughtElectrolyte() need.Content {
	return need.Content{
		Title: text.Zh("低温动力电池电解液"), Problem: text.Zh("磷酸铁锂电池在零下40度容量保持率不足，需要低温电解液"),
		TechnicalField: "new_energy", KeywordsZh: []string{"电池", "低温"}, MinTRL: 4,
		Requirements: []need.Requirement{{Criterion: text.Of("低温容量保持率"), Metric: text.Of("容量保持率"), Operator: ">=", Threshold: "80", Unit: "%", Level: need.Must}},
	}
}

// pair publishes a need and a result that fit, both in the index.
func (m *matchMarket) pair() (needID, achievementID string) {
	m.t.Helper()
	c := battery()
	c.TRL = 6
	c.Claims = []catalog.Claim{{Metric: text.Of("低温容量保持率"), Value: "85", Unit: "%"}}
	achievementID = m.published(c).ID
	needID = m.publishedNeed(soughtElectrolyte()).ID
	m.indexed(match.Ref{Kind: match.Need, ID: needID}, match.Ref{Kind: match.Achievement, ID: achievementID})
	return needID, achievementID
}

func TestANeedGetsExplainedMatches(t *testing.T) {
	forEachMatchMarket(t, func(t *testing.T, m *matchMarket) {
		needID, achievementID := m.pair()
		list, err := m.service.ForNeed(m.ctx, plantManager, needID, match.Standing)
		if err != nil {
			t.Fatal(err)
		}
		if len(list.Items) != 1 || list.Items[0].Other.ID != achievementID || list.Model == "" {
			t.Fatalf("%+v", list)
		}
		item := list.Items[0]
		codes := map[match.ReasonCode]bool{}
		for _, r := range item.Reasons {
			codes[r.Code] = true
		}
		if !codes[match.SharedTerms] || !codes[match.SameFieldAs] || !codes[match.TRLMeets] {
			t.Errorf("reasons %v", item.Reasons)
		}
		if len(item.Verdicts) != 1 || item.Verdicts[0].Verdict != match.Met || item.Verdicts[0].Evidence != text.Zh("低温容量保持率: 85 %") {
			t.Errorf("verdicts %+v", item.Verdicts)
		}
		if item.Title.Zh != battery().Title.Zh || item.OrgName.Zh != "单位lab" {
			t.Errorf("%+v", item)
		}
		again, err := m.service.ForNeed(m.ctx, plantManager, needID, match.Standing)
		if err != nil || again.Items[0].MatchID != item.MatchID {
			t.Errorf("asked again the match is %s (%v), was %s", again.Items[0].MatchID, err, item.MatchID)
		}
	})
}

func TestANeedKeepsItsMatchesWhileADealHasTakenItOutOfSearch(t *testing.T) {
	forEachMatchMarket(t, func(t *testing.T, m *matchMarket) {
		needID, _ := m.pair()
		if err := m.needs.Matched(m.ctx, needID); err != nil {
			t.Fatal(err)
		}
		m.index.Delete(match.Ref{Kind: match.Need, ID: needID})
		list, err := m.service.ForNeed(m.ctx, plantManager, needID, match.Standing)
		if err != nil || len(list.Items) != 1 {
			t.Errorf("%+v %v", list, err)
		}
	})
}

func TestANeedThatWasNeverPublishedHasNoMatches(t *testing.T) {
	forEachMatchMarket(t, func(t *testing.T, m *matchMarket) {
		m.pair()
		draft, err := m.needs.Create(m.ctx, plantManager, soughtElectrolyte())
		if err != nil {
			t.Fatal(err)
		}
		list, err := m.service.ForNeed(m.ctx, plantManager, draft.Head.ID, match.Standing)
		if err != nil || len(list.Items) != 0 || list.Model == "" {
			t.Errorf("%+v %v", list, err)
		}
	})
}

func TestMatchesAreForTheListingsOwnersAlone(t *testing.T) {
	forEachMatchMarket(t, func(t *testing.T, m *matchMarket) {
		needID, _ := m.pair()
		for name, actor := range map[string]policy.Actor{"a visitor": visitor, "another organisation": labOfficer, "a newcomer": newcomer} {
			_, err := m.service.ForNeed(m.ctx, actor, needID, match.Standing)
			if errs.KindOf(err) != errs.NotFound {
				t.Errorf("%s: %v", name, err)
			}
		}
		_, err := m.service.ForNeed(m.ctx, plantManager, ident.NewID(), match.Standing)
		wantCode(t, err, errs.NotFound, "not_found")
	})
}

func TestWhatMissesWhatMustBeMetOrCostsFarTooMuchFitsWellAtBest(t *testing.T) {
	forEachMatchMarket(t, func(t *testing.T, m *matchMarket) {
		half, most := money.Fen(50_000_000), money.Fen(60_000_000) // of a price of 100,000,000
		for name, c := range map[string]struct {
			level  string
			budget *money.Amount
			want   match.Band
		}{
			"a wish unmet":         {need.Should, nil, match.Strong},
			"a must unmet":         {need.Must, nil, match.Good},
			"two thirds too dear":  {need.Should, &most, match.Strong},
			"twice what it may be": {need.Should, &half, match.Good},
		} {
			sought := soughtElectrolyte()
			sought.Requirements[0].Level, sought.BudgetMax = c.level, c.budget
			weak := battery()
			weak.TRL = 6
			weak.Claims = []catalog.Claim{{Metric: text.Of("低温容量保持率"), Value: "60", Unit: "%"}}
			result := match.Ref{Kind: match.Achievement, ID: m.published(weak).ID}
			asked := match.Ref{Kind: match.Need, ID: m.publishedNeed(sought).ID}
			m.indexed(asked, result)
			events := func() int64 {
				n, err := sqldb.One(m.ctx, m.db, sqldb.Scalar[int64], `SELECT count(*) FROM events WHERE name = $1`, event.MatchFound)
				if err != nil {
					t.Fatal(err)
				}
				return n
			}
			before := events()
			at, err := m.rows.Cursor(m.ctx)
			if err != nil {
				t.Fatal(err)
			}
			if err := m.service.Follow(m.ctx, at, at+1, []match.Ref{asked}); err != nil {
				t.Fatal(err)
			}
			found, err := m.rows.OfNeed(m.ctx, asked.ID, []match.Ref{result})
			if err != nil || len(found) != 1 || found[0].Band != c.want || (events() > before) != (c.want == match.Strong) {
				t.Errorf("%s: %+v %v, %d events", name, found, err, events()-before)
			}
		}
	})
}

// stumbling reads listings and panics once, at the second reading.
type stumbling struct {
	match.Listings
	readings int
}

func (s *stumbling) Live(ctx context.Context, refs []match.Ref) ([]match.Listing, error) {
	if s.readings++; s.readings == 2 {
		panic("stumbled")
	}
	return s.Listings.Live(ctx, refs)
}

func TestAListingThatCannotBeMatchedDoesNotKeepTheLedgerFromOthers(t *testing.T) {
	forEachMatchMarket(t, func(t *testing.T, m *matchMarket) {
		needID, achievementID := m.pair()
		second := m.published(battery()).ID
		m.indexed(match.Ref{Kind: match.Achievement, ID: second})
		changed := []match.Ref{{Kind: match.Achievement, ID: second}, {Kind: match.Achievement, ID: achievementID}}
		m.serveOf(&stumbling{Listings: m.listed}, m.model)
		if err := m.service.Follow(m.ctx, 0, 3, changed); err != nil {
			t.Fatal(err)
		}
		found, err := m.rows.OfNeed(m.ctx, needID, changed)
		if err != nil || len(found) != 1 {
			t.Errorf("%+v %v", found, err)
		}
		if at, err := m.rows.Cursor(m.ctx); err != nil || at != 3 {
			t.Errorf("cursor %d, %v", at, err)
		}
	})
}

func TestANewListingFindsTheOtherSideAtOnceAndIsToldOnce(t *testing.T) {
	forEachMatchMarket(t, func(t *testing.T, m *matchMarket) {
		needID, achievementID := m.pair()
		changed := []match.Ref{{Kind: match.Achievement, ID: achievementID}}
		if err := m.service.Follow(m.ctx, 0, 3, changed); err != nil {
			t.Fatal(err)
		}
		found, err := m.rows.OfNeed(m.ctx, needID, changed)
		if err != nil || len(found) != 1 || found[0].Band != match.Strong || found[0].SubjectOrg != "lab" || found[0].NeedOrg != "plant" {
			t.Fatalf("%+v %v", found, err)
		}
		if at, err := m.rows.Cursor(m.ctx); err != nil || at != 3 {
			t.Errorf("cursor %d, %v", at, err)
		}
		// The same from the other side changes nothing and makes no second events.
		if err := m.service.Follow(m.ctx, 3, 5, []match.Ref{{Kind: match.Need, ID: needID}}); err != nil {
			t.Fatal(err)
		}
		again, err := m.rows.OfNeed(m.ctx, needID, changed)
		if err != nil || len(again) != 1 || again[0].ID != found[0].ID || again[0].Version != 1 || again[0].Score != found[0].Score {
			t.Errorf("%+v %v, was %+v", again, err, found)
		}
		n, err := sqldb.One(m.ctx, m.db, sqldb.Scalar[int64], `SELECT count(*) FROM events WHERE name = $1`, event.MatchFound)
		if err != nil || n != 2 {
			t.Errorf("%d events, want one for each side, %v", n, err)
		}
		// Of two replicas the second finds the work done.
		err = m.service.Follow(m.ctx, 0, 3, changed)
		wantCode(t, err, errs.Stale, "stale_version")
	})
}

func TestAnUnverifiedOwnerIsMatchedByWhatThePublicReads(t *testing.T) {
	forEachMatchMarket(t, func(t *testing.T, m *matchMarket) {
		c := battery()
		c.Title, c.ValueLine, c.KeywordsZh = text.Zh("一种电解液"), text.Zh("性能更好"), nil
		c.Details = text.Zh("固态硫化物锂金属枝晶抑制剂") // members alone read the details
		id := m.published(c).ID
		content := need.Content{Title: text.Zh("固态硫化物锂金属枝晶抑制剂"), Problem: text.Zh("固态硫化物锂金属枝晶抑制剂"), TechnicalField: "new_energy"}
		needID := m.publishedNeed(content).ID
		m.indexed(match.Ref{Kind: match.Need, ID: needID}, match.Ref{Kind: match.Achievement, ID: id})

		list, err := m.service.ForNeed(m.ctx, plantManager, needID, match.Standing)
		if err != nil || len(list.Items) != 1 {
			t.Fatalf("verified: %+v %v", list, err)
		}
		unverified := plantManager
		unverified.OrgVerified = false
		list, err = m.service.ForNeed(m.ctx, unverified, needID, match.Standing)
		if err != nil || len(list.Items) != 0 {
			t.Errorf("unverified: %+v %v", list, err)
		}
	})
}

func TestAnAchievementIsNotMatchedBesideItsPackage(t *testing.T) {
	forEachMatchMarket(t, func(t *testing.T, m *matchMarket) {
		needID, achievementID := m.pair()
		pack := m.packaged(achievementID)
		m.indexed(match.Ref{Kind: match.Package, ID: pack})
		list, err := m.service.ForNeed(m.ctx, plantManager, needID, match.Standing)
		if err != nil || len(list.Items) != 1 || list.Items[0].Other != (match.Ref{Kind: match.Package, ID: pack}) {
			t.Fatalf("%+v %v", list, err)
		}
		if v := list.Items[0].Verdicts; len(v) != 1 || v[0].Verdict != match.Met {
			t.Errorf("the package does not speak with its achievement's claims: %+v", v)
		}
		back, err := m.service.ForResult(m.ctx, labOfficer, match.Ref{Kind: match.Package, ID: pack}, match.Standing)
		if err != nil || len(back.Items) != 1 || back.Items[0].Other.ID != needID || back.Items[0].MatchID != list.Items[0].MatchID {
			t.Errorf("from the package: %+v %v", back, err)
		}
	})
}

// licensed is a component that licenses an achievement.
func licensed(achievement string) catalog.Component {
	return catalog.Component{
		Kind: catalog.OfAchievement, AchievementID: achievement, WeightBps: 10_000,
		Rights: catalog.Rights{Offer: rights.Licence, Exclusivity: "NON_EXCLUSIVE"},
	}
}

// packaged is the lab's published package around an achievement.
func (m *matchMarket) packaged(achievement string) string {
	m.t.Helper()
	made, err := m.packages.Create(m.ctx, labOfficer, catalog.PackageContent{
		Title: text.Zh("低温电解液技术包"), ValueLine: text.Zh("成套技术"), TechnicalField: "new_energy",
		Components: []catalog.Component{licensed(achievement)}, PriceMode: "agreement",
	})
	if err != nil {
		m.t.Fatal(err)
	}
	h := made.Head
	for _, by := range []struct {
		actor policy.Actor
		verb  string
	}{{labOfficer, listing.Submit}, {reviewer, listing.Publish}} {
		if h, err = m.packages.Step(m.ctx, by.actor, h.ID, listing.StepRequest{Action: by.verb, Version: h.Version}); err != nil {
			m.t.Fatalf("%s: %v", by.verb, err)
		}
	}
	return h.ID
}

// What the ledger keeps of a listing does not depend on how many a list shows.
func TestTheLedgerKeepsGoodMatchesBeyondThoseThatAreShown(t *testing.T) {
	forEachMatchMarket(t, func(t *testing.T, m *matchMarket) {
		short := m.model
		short.Shown = 2
		m.serve(short)
		wish := soughtElectrolyte()
		wish.Requirements = nil
		needID := m.publishedNeed(wish).ID
		refs := []match.Ref{{Kind: match.Need, ID: needID}}
		const results = 8
		for range results {
			refs = append(refs, match.Ref{Kind: match.Achievement, ID: m.published(battery()).ID})
		}
		m.indexed(refs...)
		if err := m.service.Follow(m.ctx, 0, 1, refs[:1]); err != nil {
			t.Fatal(err)
		}
		rows, err := m.rows.OfNeed(m.ctx, needID, refs[1:])
		if err != nil || len(rows) != results {
			t.Errorf("%d of %d good matches are kept, %v", len(rows), results, err)
		}
		list, err := m.service.ForNeed(m.ctx, plantManager, needID, match.Standing)
		if err != nil || len(list.Items) != short.Shown {
			t.Errorf("%d are shown, %v", len(list.Items), err)
		}
	})
}

// unshown has nothing that may be shown by what was live a moment ago.
type unshown struct{ match.Listings }

var errUnshown = errors.New("what was live a moment ago was asked for")

func (unshown) LiveToShow(context.Context, []match.Ref) ([]match.Listing, error) {
	return nil, errUnshown
}

// What is written down rests on what is live, and not on what was a moment ago.
func TestTheLedgerAsksTheStoreWhatIsLive(t *testing.T) {
	forEachMatchMarket(t, func(t *testing.T, m *matchMarket) {
		m.serveOf(unshown{m.listed}, m.model)
		needID, resultID := m.publishedNeed(soughtElectrolyte()).ID, m.published(battery()).ID
		refs := []match.Ref{{Kind: match.Need, ID: needID}, {Kind: match.Achievement, ID: resultID}}
		m.indexed(refs...)
		if err := m.service.Follow(m.ctx, 0, 1, refs); err != nil {
			t.Fatal(err)
		}
		if rows, err := m.rows.OfNeed(m.ctx, needID, refs[1:]); err != nil || len(rows) != 1 {
			t.Errorf("%d matches are kept, %v", len(rows), err)
		}
		if _, err := m.service.ForNeed(m.ctx, plantManager, needID, match.Standing); !errors.Is(err, errUnshown) {
			t.Errorf("a list that is read asks the store: %v", err)
		}
	})
}
