package httpapi_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"chengqiao/config"
	"chengqiao/internal/catalog"
	"chengqiao/internal/clock"
	"chengqiao/internal/finding"
	"chengqiao/internal/httpapi"
	"chengqiao/internal/httpapi/contracttest"
	"chengqiao/internal/indexing"
	"chengqiao/internal/listing"
	"chengqiao/internal/match"
	"chengqiao/internal/money"
	"chengqiao/internal/need"
	"chengqiao/internal/outbox"
	"chengqiao/internal/policy"
	"chengqiao/internal/search/analysis"
	"chengqiao/internal/search/embedded"
	"chengqiao/internal/store"
	"chengqiao/internal/store/storetest"
	"chengqiao/internal/taxonomy"
	"chengqiao/internal/text"
)

// findingWorld serves search and matches over a real store, a real engine and
// a real matching index, which settle brings up to date.
type findingWorld struct {
	*listingWorld
	achievements *catalog.Achievements
	needs        *need.Needs
	as           func(name string) *contracttest.Client
	settle       func()
}

func (w *findingWorld) Owners(_ context.Context, ids []string) (map[string]indexing.Organisation, error) {
	out := map[string]indexing.Organisation{}
	for _, id := range ids {
		out[id] = indexing.Organisation{Name: w.orgs[id], Kind: policy.Institute}
	}
	return out, nil
}

func serveFinding(t *testing.T) *findingWorld {
	t.Helper()
	db := storetest.SQLite(t, slices.Concat(catalog.Machines(), need.Machines())...)
	lists, err := taxonomy.Load(config.Files)
	if err != nil {
		t.Fatal(err)
	}
	model, err := match.LoadModel(config.Files)
	if err != nil {
		t.Fatal(err)
	}
	w := &findingWorld{listingWorld: &listingWorld{
		actors: map[string]policy.Actor{
			"officer":  {AccountID: "acc-officer", OrgID: "lab", OrgKind: policy.Institute, OrgVerified: true, Roles: []policy.Role{policy.Officer}},
			"manager":  {AccountID: "acc-manager", OrgID: "plant", OrgKind: policy.Enterprise, OrgVerified: true, Roles: []policy.Role{policy.Manager}},
			"stranger": {AccountID: "acc-stranger", OrgID: "other", OrgKind: policy.Enterprise, OrgVerified: true, Roles: []policy.Role{policy.Manager}},
		},
		orgs:   map[string]text.Text{"lab": {Zh: "天山研究所", En: "Tianshan Institute"}, "plant": text.Zh("绿洲工厂")},
		people: map[string]string{},
	}}
	rows, j, queue, analyzer := store.NewListings(db), store.NewJournal(db, nil, nil), store.NewOutbox(db), analysis.New(nil)
	deps := listing.Deps{Tx: db, Store: rows, Journal: j, History: j, Clock: clock.System{}, NDAs: w, Introductions: w}
	catalogue := catalog.Deps{Deps: deps, Taxonomies: lists, Persons: w, Agreements: store.NewAgreements(db)}
	w.achievements = catalog.NewAchievements(catalogue)
	packages := catalog.NewPackages(catalogue, w.achievements)
	w.needs = need.NewNeeds(need.Deps{Deps: deps, Taxonomies: lists})

	engine, err := embedded.Open(t.Context(), t.TempDir(), analyzer)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = engine.Close() })
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	listed := indexing.NewListings(w.achievements, packages, w.needs, rows, w, clock.System{})
	matching := indexing.NewMatching("", analyzer, model, listed, queue, log)
	matchRows := store.NewMatch(db)
	w.settle = func() {
		t.Helper()
		if _, err := queue.Dispatch(t.Context(), 1000); err != nil {
			t.Fatal(err)
		}
		for _, apply := range []func(context.Context, []outbox.Positioned) error{
			indexing.NewSearch(engine, listed, queue, log).Apply, matching.Apply,
		} {
			if _, err := outbox.NewFollower(queue, apply, nil, 0, log).Turn(t.Context(), 0); err != nil {
				t.Fatal(err)
			}
		}
	}
	finder := finding.NewFinder(engine, listed, w)
	finder.ByRegion(lists)
	handler, err := httpapi.New(httpapi.NewAPI(httpapi.Services{
		Directory: w, Achievements: w.achievements, Packages: packages, Needs: w.needs, Taxonomies: lists, Finder: finder,
		Matches: match.NewService(match.Deps{Index: matching.Index, Model: model, Store: matchRows, Listings: listed,
			Introductions: matchRows, Reasons: lists, Tx: db, Journal: j, Clock: clock.System{}, Log: log}),
	}), httpapi.Options{
		Log: log, Auth: w, PublicURL: "http://localhost", MaxBody: 1 << 20,
		Web: fstest.MapFS{"index.html": {Data: []byte("<html><head></head><body></body></html>")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	w.as = func(name string) *contracttest.Client {
		c := contracttest.New(t, server.URL)
		if name != "" {
			c.Session(name)
		}
		return c
	}
	return w
}

// publish lists something as imported and gives its id.
func publish[C any](t *testing.T, s *listing.Service[C], owner string, c C) string {
	t.Helper()
	done, err := s.Import(t.Context(), policy.SystemActor(), listing.Batch[C]{
		OwnerOrg: owner, Source: "test", Publish: true, Records: []listing.SourceRecord[C]{{ID: "1", Content: c}},
	})
	if err != nil || done[0].Outcome != listing.Created {
		t.Fatalf("%+v %v", done, err)
	}
	return done[0].ListingID
}

func (w *findingWorld) stock(t *testing.T) (achievementID, needID string) {
	t.Helper()
	achievementID = publish(t, w.achievements.Service, "lab", catalog.AchievementContent{
		Title: text.Text{Zh: "磷酸铁锂电池低温电解液", En: "Low-temperature electrolyte"}, ValueLine: text.Zh("零下40度容量保持率高"),
		Abstract: text.Zh("电解液在低温下保持锂离子迁移，适用于磷酸铁锂电池。"), Details: text.Zh("SECRETRECIPE 特种溶剂"),
		KeywordsZh: []string{"电池", "电解液"}, KeywordsEn: []string{"electrolyte"},
		TechnicalField: "new_energy", Region: "650100", TRL: 6, Year: 2024,
		Claims: []catalog.Claim{{Metric: text.Of("容量保持率"), Value: "85", Unit: "%", Conditions: text.Text{Zh: "−30 ℃，0.5C", En: "−30 °C, 0.5C"}}},
	})
	needID = publish(t, w.needs.Service, "plant", need.Content{
		Title: text.Zh("低温动力电池电解液"), Problem: text.Zh("磷酸铁锂电池在低温下容量保持率不足"), TechnicalField: "new_energy", MinTRL: 5,
		Requirements: []need.Requirement{
			{Criterion: text.Of("低温容量"), Metric: text.Of("容量保持率"), Operator: ">=", Threshold: "80", Unit: "%", Level: need.Must},
			{Criterion: text.Of("可在现有产线使用"), Level: need.Should},
		},
	})
	w.settle()
	return achievementID, needID
}

func TestASearchAnswersWithCardsMarksAndNamedFacets(t *testing.T) {
	w := serveFinding(t)
	id, _ := w.stock(t)
	got := w.as("").Get("/search?kind=achievement&q=" + url.QueryEscape("电解液")).Expect(http.StatusOK)
	if got.Text("total") != "1" || got.Text("hits.0.id") != id || got.Text("hits.0.organisation_name") != "天山研究所" {
		t.Fatalf("%s", got.Body)
	}
	// 磷酸铁锂电池低温电解液: the mark is in characters, not in bytes.
	if got.Text("hits.0.title.marks.0.0") != "8" || got.Text("hits.0.title.marks.0.1") != "11" {
		t.Errorf("title %s", got.Body)
	}
	if !strings.Contains(got.Text("hits.0.snippet.text"), "电解液") || !got.Has("hits.0.snippet.marks") {
		t.Errorf("snippet %s", got.Body)
	}
	if !strings.Contains(string(got.Body), `"label":{"zh":"新能源与高效节能"`) || !strings.Contains(string(got.Body), `"parent":"650000"`) {
		t.Errorf("facets without names: %s", got.Body)
	}
	english := w.as("").Get("/search?locale=en&kind=achievement&q=electrolyte").Expect(http.StatusOK)
	if english.Text("hits.0.title.text") != "Low-temperature electrolyte" || english.Text("hits.0.keywords.0") != "electrolyte" ||
		english.Text("hits.0.organisation_name") != "Tianshan Institute" {
		t.Errorf("in English: %s", english.Body)
	}
}

func TestACardIsInTheReadersLanguageWhereThatTellsWhyItWasFound(t *testing.T) {
	w := serveFinding(t)
	publish(t, w.achievements.Service, "lab", catalog.AchievementContent{
		Title:    text.Text{Zh: "硬碳负极关键材料", En: "Anodes for sodium-ion batteries"},
		Abstract: text.Text{Zh: "利用棉秆制备硬碳负极。", En: "Hard carbon is made of stalks."}, TechnicalField: "new_materials",
	})
	w.settle()
	for query, want := range map[string]string{
		"batteries stalks": "Hard carbon is made of stalks.",
		"batteries 棉秆":     "Hard carbon is made of stalks.", // the title tells of batteries
		"棉秆":               "利用棉秆制备硬碳负极。",                    // nothing in English tells of it
	} {
		got := w.as("").Get("/search?locale=en&q=" + url.QueryEscape(query)).Expect(http.StatusOK)
		if got.Text("hits.0.snippet.text") != want {
			t.Errorf("%q: %s", query, got.Body)
		}
	}
}

func TestACardShowsWhatAnswersMost(t *testing.T) {
	w := serveFinding(t)
	publish(t, w.achievements.Service, "lab", catalog.AchievementContent{
		Title: text.Zh("棉秆硬碳"), Abstract: text.Zh("负极材料的制备。"), TechnicalField: "new_materials",
		Claims: []catalog.Claim{{Metric: text.Of("首次效率"), Value: "90", Unit: "%"}, {Metric: text.Of("负极比容量"), Value: "320", Unit: "mAh/g"}},
		Source: "李文昌 · 昆仑大学",
	})
	w.settle()
	for query, want := range map[string]string{
		"负极":      "负极材料的制备。",
		"负极 比容量":  "负极比容量 320 mAh/g", // a claim has both
		"昆仑大学":    "李文昌 · 昆仑大学",      // nothing else tells why
		"昆仑大学 硬碳": "负极材料的制备。",
	} {
		got := w.as("").Get("/search?q=" + url.QueryEscape(query)).Expect(http.StatusOK)
		if got.Text("hits.0.snippet.text") != want {
			t.Errorf("%q: %s, want %q", query, got.Text("hits.0.snippet.text"), want)
		}
	}
}

func TestASearchKeepsToFiltersAndSaysWhatItDid(t *testing.T) {
	w := serveFinding(t)
	_, needID := w.stock(t)
	client := w.as("")
	for query, total := range map[string]string{
		"": "2", "kind=need": "1", "field=new_energy": "2", "field=agriculture": "0", "region=650000": "1", "region=110000": "0",
		"trl_min=6": "1", "trl_max=5": "1", "year=2024": "1", "organisation=lab": "1", "price_min=1": "0", "page=2": "2",
	} {
		if got := client.Get("/search?" + query).Expect(http.StatusOK); got.Text("total") != total {
			t.Errorf("%q finds %s, want %s", query, got.Text("total"), total)
		}
	}
	long := client.Get("/search?q=" + url.QueryEscape(strings.Repeat("电池", 400))).Expect(http.StatusOK)
	if !strings.Contains(string(long.Body), "query_cut") {
		t.Errorf("a cut query is not told: %s", long.Body)
	}
	client.Get("/search?price_max=lots").Refused(http.StatusUnprocessableEntity, "invalid_fields")
	if got := client.Get("/search?sort=newest").Expect(http.StatusOK); got.Text("hits.0.id") != needID {
		t.Errorf("the newest is not first: %s", got.Body)
	}
}

func TestASearchNeverTellsWhatItsReaderLacks(t *testing.T) {
	w := serveFinding(t)
	w.stock(t)
	for _, q := range []string{"SECRETRECIPE", "特种溶剂"} {
		got := w.as("").Get("/search?q=" + url.QueryEscape(q)).Expect(http.StatusOK)
		if got.Text("total") != "0" || strings.Contains(string(got.Body), "SECRETRECIPE") {
			t.Errorf("a visitor finds %q: %s", q, got.Body)
		}
		if got := w.as("stranger").Get("/search?q=" + url.QueryEscape(q)).Expect(http.StatusOK); got.Text("total") != "1" {
			t.Errorf("a member does not find %q: %s", q, got.Body)
		}
	}
}

func TestMatchesComeWithReasonsVerdictsAndTakeFeedback(t *testing.T) {
	w := serveFinding(t)
	id, needID := w.stock(t)
	path := "/needs/" + needID + "/matches"
	got := w.as("manager").Get(path).Expect(http.StatusOK)
	if got.Text("items.0.subject_id") != id || got.Text("items.0.kind") != "achievement" || got.Text("items.0.organisation_name") != "天山研究所" ||
		got.Text("items.0.reasons.0.code") != "shared_terms" || got.Text("items.0.requirements.0.verdict") != "met" ||
		got.Text("items.0.requirements.0.level") != "must" || got.Text("items.0.requirements.1.verdict") != "unknown" ||
		got.Text("items.0.requirements.1.question.en") == "" || got.Has("items.0.feedback") {
		t.Fatalf("%s", got.Body)
	}
	if got.Text("items.0.requirements.0.operator") != ">=" || got.Text("items.0.requirements.0.threshold") == "" ||
		got.Text("items.0.requirements.0.conditions.zh") != "−30 ℃，0.5C" || got.Text("items.0.requirements.0.conditions.en") != "−30 °C, 0.5C" || got.Text("items.0.requirements.0.declared") != "true" ||
		got.Has("items.0.requirements.1.operator") || got.Has("items.0.requirements.1.declared") {
		t.Errorf("what is wanted, and what the claim rests on: %s", got.Body)
	}
	feedback := "/matches/" + got.Text("items.0.id") + "/feedback"
	w.as("manager").Put(feedback, body{"verdict": "irrelevant", "reason_code": "price_too_high", "reason": "太贵"}).Expect(http.StatusNoContent)
	if again := w.as("manager").Get(path).Expect(http.StatusOK); again.Has("items.0") || again.Text("irrelevant") != "1" {
		t.Errorf("%s", again.Body)
	}
	if hidden := w.as("manager").Get(path + "?hidden=true").Expect(http.StatusOK); hidden.Text("items.0.feedback") != "irrelevant" ||
		hidden.Text("items.0.feedback_code") != "price_too_high" || hidden.Text("items.0.feedback_reason") != "太贵" {
		t.Errorf("%s", hidden.Body)
	}
	w.as("manager").Put(feedback, body{"verdict": "irrelevant", "reason_code": "hearsay"}).Refused(http.StatusUnprocessableEntity, "invalid_fields")
	w.as("stranger").Do(http.MethodDelete, feedback, nil).Refused(http.StatusNotFound, "not_found")
	w.as("manager").Do(http.MethodDelete, feedback, nil).Expect(http.StatusNoContent)
	if again := w.as("manager").Get(path).Expect(http.StatusOK); !again.Has("items.0") || again.Has("items.0.feedback") {
		t.Errorf("%s", again.Body)
	}
	w.as("stranger").Get(path).Refused(http.StatusNotFound, "not_found")
	w.as("stranger").Put(feedback, body{"verdict": "relevant"}).Refused(http.StatusNotFound, "not_found")
	w.as("").Get(path).Refused(http.StatusNotFound, "not_found")
}

func TestWhoAsksForAResultHasTheOwnNeedThatItMeets(t *testing.T) {
	w := serveFinding(t)
	id, needID := w.stock(t)
	w.as("manager").Get("/needs/" + needID + "/matches").Expect(http.StatusOK) // brings the pair into the ledger
	path := "/achievements/" + id + "/own-needs"
	got := w.as("manager").Get(path).Expect(http.StatusOK)
	if got.Text("items.0.id") != needID || got.Text("items.0.title.zh") != "低温动力电池电解液" || got.Text("items.0.band") == "" || got.Has("items.1") {
		t.Errorf("%s", got.Body)
	}
	for _, who := range []string{"stranger", ""} {
		if other := w.as(who).Get(path).Expect(http.StatusOK); other.Has("items.0") {
			t.Errorf("%q reads %s", who, other.Body)
		}
	}
	w.as("manager").Get("/packages/"+id+"/own-needs").Refused(http.StatusNotFound, "not_found")
}

func TestTheDashboardHasNewMatchesOfOnesOwn(t *testing.T) {
	w := serveFinding(t)
	id, needID := w.stock(t)
	w.as("manager").Get("/needs/" + needID + "/matches").Expect(http.StatusOK) // brings the pair into the ledger
	got := w.as("manager").Get("/me/matches").Expect(http.StatusOK)
	if got.Text("items.0.own_id") != needID || got.Text("items.0.own_kind") != "need" || got.Text("items.0.own_title") != "低温动力电池电解液" ||
		got.Text("items.0.subject_id") != id || got.Text("items.0.kind") != "achievement" || got.Text("items.0.organisation_name") != "天山研究所" ||
		got.Text("items.0.band") != "strong" || got.Text("items.0.reasons.0.code") != "shared_terms" || got.Has("items.1") {
		t.Errorf("%s", got.Body)
	}
	for _, who := range []string{"stranger", ""} {
		if other := w.as(who).Get("/me/matches").Expect(http.StatusOK); other.Has("items.0") {
			t.Errorf("%q reads %s", who, other.Body)
		}
	}
	w.as("manager").Put("/matches/"+got.Text("items.0.id")+"/feedback", body{"verdict": "relevant"}).Expect(http.StatusNoContent)
	if judged := w.as("manager").Get("/me/matches").Expect(http.StatusOK); judged.Has("items.0") {
		t.Errorf("%s", judged.Body)
	}
}

func TestAListingIsReadBesideItsRelated(t *testing.T) {
	w := serveFinding(t)
	id, needID := w.stock(t)
	got := w.as("").Get("/achievements/" + id + "/related").Expect(http.StatusOK)
	if got.Text("needs.0.listing.id") != needID || got.Text("needs.0.listing.title.text") != "低温动力电池电解液" ||
		got.Text("needs.0.reasons.0.code") != "shared_terms" || got.Text("needs.0.band") == "" || got.Has("results.0") {
		t.Errorf("%s", got.Body)
	}
	beside := w.as("").Get("/needs/" + needID + "/related").Expect(http.StatusOK)
	if beside.Text("results.0.listing.id") != id || beside.Text("results.0.listing.organisation_name") != "天山研究所" || beside.Has("needs.0") {
		t.Errorf("%s", beside.Body)
	}
	if strings.Contains(string(beside.Body), "SECRETRECIPE") || strings.Contains(string(beside.Body), "特种溶剂") {
		t.Errorf("a visitor reads %s", beside.Body)
	}
	asked := w.as("").Get("/needs/" + needID + "/related?fitting=" + id + "&fitting=nothing").Expect(http.StatusOK)
	if asked.Text("results.0.listing.id") != id || asked.Text("results.0.band") != beside.Text("results.0.band") || asked.Has("results.1") || asked.Has("needs.0") {
		t.Errorf("%s", asked.Body)
	}
	w.as("").Get("/packages/"+id+"/related").Refused(http.StatusNotFound, "not_found")
}

func TestASearchThatNamesARegionIsAnsweredWithWhatLiesThere(t *testing.T) {
	w := serveFinding(t)
	id := publish(t, w.achievements.Service, "lab", catalog.AchievementContent{
		Title: text.Zh("电解液"), Abstract: text.Zh("低温电解液。"), TechnicalField: "new_energy", PriceMode: "agreement", Region: "650100",
	})
	w.settle()
	got := w.as("").Get("/search?facets=none&q=" + url.QueryEscape("乌鲁木齐的电解液")).Expect(http.StatusOK)
	if got.Text("place.region") != "650100" || got.Text("place.label.zh") != "乌鲁木齐市" || got.Text("place.q") != "电解液" || got.Text("place.total") != "1" {
		t.Errorf("%s", got.Body)
	}
	there := w.as("").Get("/search?facets=none&region=650100&q=" + url.QueryEscape("电解液")).Expect(http.StatusOK)
	if there.Text("hits.0.id") != id || there.Has("place") {
		t.Errorf("%s", there.Body)
	}
}

func TestPricesOrderForThoseWhoReadThem(t *testing.T) {
	w := serveFinding(t)
	dear, cheap := money.Fen(900_000_00), money.Fen(100_000_00)
	priced := func(owner string, price money.Amount) string {
		return publish(t, w.achievements.Service, owner, catalog.AchievementContent{
			Title: text.Zh("电解液"), Abstract: text.Zh("低温电解液。"), TechnicalField: "new_energy", PriceMode: "listing", Price: &price,
		})
	}
	ids := []string{priced("lab", cheap), priced("plant", dear)}
	w.settle()
	member := w.as("stranger").Get("/search?sort=price_asc&facets=none").Expect(http.StatusOK)
	if member.Text("hits.0.id") != ids[0] || member.Text("hits.0.price.amount") != "100000.00" || member.Has("notices.0") || member.Has("facets.0") {
		t.Errorf("a member: %s", member.Body)
	}
	if got := w.as("stranger").Get("/search?price_min=500000&sort=price_asc").Expect(http.StatusOK); got.Text("total") != "1" || got.Text("hits.0.id") != ids[1] {
		t.Errorf("a member, from 500,000 on: %s", got.Body)
	}
	visitor := w.as("").Get("/search?sort=price_desc").Expect(http.StatusOK)
	if visitor.Text("notices.0") != "sort_no_price" || visitor.Has("hits.0.price") || strings.Contains(string(visitor.Body), "100k_500k") {
		t.Errorf("a visitor: %s", visitor.Body)
	}
	up, down := w.as("").Get("/search?sort=price_asc").Expect(http.StatusOK), visitor
	if up.Text("hits.0.id") != down.Text("hits.0.id") {
		t.Errorf("hidden prices order a visitor's hits: %s\n%s", up.Body, down.Body)
	}
	if got := w.as("").Get("/search?price_min=1").Expect(http.StatusOK); got.Text("total") != "0" {
		t.Errorf("a visitor finds by a hidden price: %s", got.Body)
	}
}
