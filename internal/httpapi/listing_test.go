package httpapi_test

import (
	"bytes"
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
	"time"

	"chengqiao/config"
	"chengqiao/internal/account"
	"chengqiao/internal/catalog"
	"chengqiao/internal/clock"
	"chengqiao/internal/disclosure"
	"chengqiao/internal/httpapi"
	"chengqiao/internal/httpapi/contracttest"
	"chengqiao/internal/ident"
	"chengqiao/internal/kv"
	"chengqiao/internal/kv/memory"
	"chengqiao/internal/listing"
	"chengqiao/internal/need"
	"chengqiao/internal/policy"
	"chengqiao/internal/store"
	"chengqiao/internal/store/storetest"
	"chengqiao/internal/taxonomy"
	"chengqiao/internal/text"
)

// listingWorld serves the catalogue and the needs over a real store with real
// organisations; nobody has signed an NDA or been introduced. A session's
// token is the name of one of its actors.
type listingWorld struct {
	clock        *clock.Manual
	achievements *catalog.Achievements
	actors       map[string]policy.Actor
	orgs         map[string]text.Text
	people       map[string]string
}

func (w *listingWorld) Authenticate(_ context.Context, token, _ string) (httpapi.Session, error) {
	return httpapi.Session{ID: token, Actor: w.actors[token]}, nil
}

func (w *listingWorld) Granted(context.Context, string, int) ([]string, error) { return nil, nil }

func (w *listingWorld) WithSigned(context.Context, string, string) ([]string, error) { return nil, nil }

func (w *listingWorld) Introduced(context.Context, string, string) ([]string, error) { return nil, nil }

func (w *listingWorld) Names(_ context.Context, ids []string) (map[string]string, error) {
	return pick(w.people, ids), nil
}

func (w *listingWorld) AccountNames(_ context.Context, ids []string) (map[string]string, error) {
	return pick(w.people, ids), nil
}

func (w *listingWorld) OrganisationNames(_ context.Context, ids []string) (map[string]text.Text, error) {
	return pick(w.orgs, ids), nil
}

func pick[V any](all map[string]V, ids []string) map[string]V {
	out := map[string]V{}
	for _, id := range ids {
		if v, ok := all[id]; ok {
			out[id] = v
		}
	}
	return out
}

// attempts gives the kv port the shape that account asks for.
type attempts struct{ kv.Limiter }

func (l attempts) Allow(ctx context.Context, key string, count int, period time.Duration) (time.Duration, error) {
	d, err := l.Limiter.Allow(ctx, key, kv.Limit{Count: count, Period: period})
	return d.RetryAfter, err
}

// serveListings gives a client for each actor; "" is a visitor.
func serveListings(t *testing.T) func(name string) *contracttest.Client {
	t.Helper()
	as, _ := openListings(t)
	return as
}

// openListings is serveListings with what is behind it.
func openListings(t *testing.T) (func(name string) *contracttest.Client, *listingWorld) {
	t.Helper()
	ctx := context.Background()
	machines := slices.Concat(account.Machines, catalog.Machines(), need.Machines())
	db := storetest.SQLite(t, machines...)
	lists, err := taxonomy.Load(config.Files)
	if err != nil {
		t.Fatal(err)
	}
	now := clock.NewManual(time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC))
	j := store.NewJournal(db, nil, nil)
	backend := memory.Open(now)
	accounts, err := account.NewService(account.Deps{
		Tx: db, Store: store.NewAccount(db), Journal: j, Clock: now, Limiter: attempts{backend}, Cache: backend, Regions: lists,
		Passwords: account.NewPasswords(account.PasswordConfig{MemoryKiB: 64, Passes: 1, Threads: 1, AtOnce: 1}),
		Config:    account.Config{TokenKey: bytes.Repeat([]byte{7}, 32)},
	})
	if err != nil {
		t.Fatal(err)
	}
	w := &listingWorld{actors: map[string]policy.Actor{}, orgs: map[string]text.Text{}, people: map[string]string{"per-wang": "王工"}}
	founder, err := accounts.CreateAccount(ctx, policy.SystemActor(), account.Registration{
		Email: "founder@example.com", Password: "长度够用的一句话 2026", Name: "创办人", Locale: "zh-CN", Consents: []account.Consent{
			{Purpose: "terms", Version: "1", Given: true}, {Purpose: "privacy", Version: "1", Given: true}}})
	if err != nil {
		t.Fatal(err)
	}
	for i, o := range []struct {
		who, name string
		kind      policy.OrgKind
		role      policy.Role
	}{{"officer", "成桥大学", policy.Institute, policy.Officer}, {"manager", "北疆电源", policy.Enterprise, policy.Manager}, {"reviewer", "平台", policy.Platform, policy.Reviewer}} {
		code, err := ident.CompleteCreditCode("9165010000000000"[:15] + string(rune('1'+i)))
		if err != nil {
			t.Fatal(err)
		}
		made, err := accounts.CreateOrganisation(ctx, policy.SystemActor(), account.Profile{
			Kind: o.kind, Name: text.Zh(o.name), CreditCode: code.String(), Region: "650100"}, founder.ID, true)
		if err != nil {
			t.Fatal(err)
		}
		w.orgs[made.ID] = text.Zh(o.name)
		w.actors[o.who] = policy.Actor{AccountID: "acc-" + o.who, OrgID: made.ID, OrgKind: o.kind, OrgVerified: true, Roles: []policy.Role{o.role}}
		w.people["acc-"+o.who] = "某" + o.who
	}
	rows := store.NewListings(db)
	deps := listing.Deps{Tx: db, Store: rows, Journal: j, History: j, Clock: now, NDAs: w, Introductions: w}
	catalogue := catalog.Deps{Deps: deps, Taxonomies: lists, Persons: w, Agreements: store.NewAgreements(db)}
	achievements := catalog.NewAchievements(catalogue)
	w.clock, w.achievements = now, achievements
	handler, err := httpapi.New(httpapi.NewAPI(httpapi.Services{
		Accounts: accounts, Directory: w, Achievements: achievements, Packages: catalog.NewPackages(catalogue, achievements),
		Needs: need.NewNeeds(need.Deps{Deps: deps, Taxonomies: lists}), Taxonomies: lists, Disclosures: disclosure.NewLog(store.NewDisclosure(db)),
		Letters: w, Reviews: listing.NewQueue(listing.QueueDeps{Tx: db, Store: rows, Journal: j, Clock: now}, catalog.AchievementRules(), catalog.PackageRules(), need.Rules()),
	}), httpapi.Options{
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Auth: w, PublicURL: "http://localhost", MaxBody: 1 << 20,
		Web: fstest.MapFS{"index.html": {Data: []byte("<html><head></head><body></body></html>")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return func(name string) *contracttest.Client {
		c := contracttest.New(t, server.URL)
		if name != "" {
			c.Session(name)
		}
		return c
	}, w
}

func wireAchievement() body {
	return body{
		"title": body{"zh": "低温电解液"}, "value_line": body{"zh": "零下40度保持85%"}, "details": body{"zh": "SECRETRECIPE"},
		"technical_field": "new_energy", "keywords_zh": []string{"电池"}, "cooperation": []string{"licence_patent"},
		"ip_items":     []body{{"kind": "invention", "number": "201710601862.3", "legal_state": "granted"}},
		"contributors": []body{{"person_id": "per-wang", "role": "COMPLETER", "weight": 100}},
		"price_mode":   "agreement", "price": cny("1000000.00"),
	}
}

// publishOver takes a draft through review over HTTP and gives its path.
func publishOver(as func(string) *contracttest.Client, owner, collection string, content body) string {
	made := as(owner).Post(collection, content).Expect(http.StatusCreated)
	path := collection + "/" + made.Text("head.id")
	sent := as(owner).Post(path+"/steps", body{"action": "submit"}, contracttest.IfMatch(made.ETag())).Expect(http.StatusOK)
	as("reviewer").Post(path+"/steps", body{"action": "publish"}, contracttest.IfMatch(sent.ETag())).Expect(http.StatusOK)
	return path
}

func TestAnAchievementIsWrittenReviewedAndReadOverHTTP(t *testing.T) {
	as := serveListings(t)
	officer, reviewer := as("officer"), as("reviewer")
	made := officer.Post("/achievements", wireAchievement()).Expect(http.StatusCreated)
	path := "/achievements/" + made.Text("head.id")
	if made.Text("head.state") != "draft" || made.Text("content.contributors.0.name") != "王工" || made.Has("problems") {
		t.Fatalf("%s", made.Body)
	}
	as("").Get(path).Refused(http.StatusNotFound, "not_found")
	changed := wireAchievement()
	changed["title"] = body{"zh": "超低温电解液"}
	saved := officer.Put(path+"/draft", changed, contracttest.IfMatch(made.ETag())).Expect(http.StatusOK)
	officer.Put(path+"/draft", changed, contracttest.IfMatch(made.ETag())).Refused(http.StatusPreconditionFailed, "stale_version")
	sent := officer.Post(path+"/steps", body{"action": "submit"}, contracttest.IfMatch(saved.ETag())).Expect(http.StatusOK)
	if q := reviewer.Get("/reviews").Expect(http.StatusOK); q.Text("items.0.id") != made.Text("head.id") || q.Text("items.0.organisation_name.zh") != "成桥大学" {
		t.Fatalf("%s", q.Body)
	}
	officer.Get("/reviews").Refused(http.StatusForbidden, "not_allowed")
	back := reviewer.Post(path+"/steps", body{"action": "return", "reason": "请补充", "fields": []body{{"path": "value_line", "reason": "太笼统"}}},
		contracttest.IfMatch(sent.ETag())).Expect(http.StatusOK)
	if back.Text("state") != "returned" || back.Text("return_reason") != "请补充" {
		t.Fatalf("%s", back.Body)
	}
	sent = officer.Post(path+"/steps", body{"action": "submit"}, contracttest.IfMatch(back.ETag())).Expect(http.StatusOK)
	live := reviewer.Post(path+"/steps", body{"action": "publish"}, contracttest.IfMatch(sent.ETag())).Expect(http.StatusOK)
	if live.Text("state") != "published" || live.Text("live_version") != "1" {
		t.Fatalf("%s", live.Body)
	}
	seen := as("").Get(path).Expect(http.StatusOK)
	if seen.Text("content.title.zh") != "超低温电解液" || seen.Text("organisation.name.zh") != "成桥大学" ||
		seen.Text("withheld") != `["contributors","details","price"]` || bytes.Contains(seen.Body, []byte("SECRETRECIPE")) {
		t.Fatalf("%s", seen.Body)
	}
	member := as("manager").Get(path).Expect(http.StatusOK)
	if member.Text("content.price.amount") != "1000000.00" || member.Has("content.contributors.0.weight") {
		t.Fatalf("%s", member.Body)
	}
	log := officer.Get("/disclosures?listing_id=" + made.Text("head.id")).Expect(http.StatusOK)
	if log.Text("items.0.organisation_name.zh") != "北疆电源" || log.Text("items.0.person_name") != "某manager" ||
		log.Text("items.0.fields") != `["contributors","details","price"]` {
		t.Fatalf("%s", log.Body)
	}
	history := officer.Get(path + "/steps").Expect(http.StatusOK)
	if history.Text("items.2.fields.0.path") != "value_line" || history.Text("items.2.actor") != "某reviewer · 平台" {
		t.Fatalf("%s", history.Body)
	}
	if v := officer.Get(path + "/versions").Expect(http.StatusOK); v.Text("items.0.number") != "1" {
		t.Fatalf("%s", v.Body)
	}
	if l := officer.Get("/achievements?state=published&q=超低温").Expect(http.StatusOK); l.Text("items.0.id") != made.Text("head.id") {
		t.Fatalf("%s", l.Body)
	}
}

func TestAPackageOfWrongWeightsIsRefusedByFieldOverHTTP(t *testing.T) {
	as := serveListings(t)
	achievement := publishOver(as, "officer", "/achievements", wireAchievement())
	id := achievement[len("/achievements/"):]
	content := body{
		"title": body{"zh": "成套技术"}, "description": body{"zh": "许可与调试"}, "technical_field": "new_energy",
		"components": []body{
			{"kind": "achievement", "achievement_id": id, "weight_bps": 6999, "rights": body{"offer": "licence", "exclusivity": "SOLE"}},
			{"kind": "service", "title": "现场调试", "weight_bps": 3000, "rights": body{"offer": "service"}}},
	}
	officer := as("officer")
	made := officer.Post("/packages", content).Expect(http.StatusCreated)
	if made.Text("problems.0.code") != "weights_must_sum_to_10000" || made.Text("problems.0.params.sum") != "9999" {
		t.Fatalf("%s", made.Body)
	}
	path := "/packages/" + made.Text("head.id")
	refused := officer.Post(path+"/steps", body{"action": "submit"}, contracttest.IfMatch(made.ETag())).Refused(http.StatusUnprocessableEntity, "invalid_fields")
	if refused.FieldCode("components") != "weights_must_sum_to_10000" {
		t.Fatalf("%s", refused.Body)
	}
	content["components"].([]body)[0]["weight_bps"] = 7000
	path = publishOver(as, "officer", "/packages", content)
	seen := as("").Get(path).Expect(http.StatusOK)
	if seen.Text("component_titles.0.zh") != "低温电解液" || seen.Text("owners.0.name.zh") != "成桥大学" {
		t.Fatalf("%s", seen.Body)
	}
	if a := as("").Get(achievement).Expect(http.StatusOK); "/packages/"+a.Text("packages.0.id") != path {
		t.Fatalf("%s", a.Body)
	}
}

func TestAnItemsTextsAreInBothLanguagesOverHTTP(t *testing.T) {
	officer := serveListings(t)("officer")
	claim := body{"metric": body{"zh": "循环寿命", "en": "Cycle life"}, "value": "4000", "conditions": body{"en": "25 °C"}}
	right := body{"kind": "know_how", "title": body{"zh": "配方", "en": "Recipe"}}
	content := body{
		"title": body{"zh": "低温电解液"}, "claims": []body{claim}, "ip_items": []body{right},
		"trl": 5, "trl_evidence": []body{{"level": 5, "text": body{"zh": "中试", "en": "Pilot"}}},
	}
	made := officer.Post("/achievements", content).Expect(http.StatusCreated)
	for path, want := range map[string]string{
		"claims.0.metric.zh": "循环寿命", "claims.0.metric.en": "Cycle life", "claims.0.conditions.en": "25 °C",
		"ip_items.0.title.en": "Recipe", "trl_evidence.0.text.en": "Pilot",
	} {
		if got := made.Text("content." + path); got != want {
			t.Errorf("%s is %q, want %q", path, got, want)
		}
	}
	claim["metric"] = body{"zh": "循环寿命", "en": strings.Repeat("e", 201)}
	if refused := officer.Post("/achievements", content).Refused(http.StatusUnprocessableEntity, "invalid_fields"); refused.FieldCode("claims[0].metric.en") != "too_long" {
		t.Errorf("%s", refused.Body)
	}
	claim["metric"] = "循环寿命" // as it was before
	if refused := officer.Post("/achievements", content).Refused(http.StatusUnprocessableEntity, "invalid_fields"); refused.FieldCode("claims[0].metric") != "wrong_type" {
		t.Errorf("%s", refused.Body)
	}
}

func TestAnAnonymousNeedIsClosedWithItsOutcomeOverHTTP(t *testing.T) {
	as := serveListings(t)
	path := publishOver(as, "manager", "/needs", body{
		"title": body{"zh": "低温启动"}, "problem": body{"zh": "零下30度无法启动"}, "technical_field": "new_energy", "anonymous": true,
		"requirements": []body{{"criterion": body{"zh": "容量"}, "metric": body{"zh": "保持率"}, "operator": ">=", "threshold": "80", "unit": "%", "level": "must"}},
		"budget_max":   cny("500000.00"), "deadline": "2027-01-31",
	})
	seen := as("officer").Get(path).Expect(http.StatusOK)
	if seen.Text("head.organisation_id") != "" || seen.Has("organisation") || seen.Text("content.budget_max.amount") != "500000.00" {
		t.Fatalf("%s", seen.Body)
	}
	manager := as("manager")
	draft := manager.Get(path + "/draft").Expect(http.StatusOK)
	manager.Post(path+"/steps", body{"action": "close"}, contracttest.IfMatch(draft.ETag())).Refused(http.StatusUnprocessableEntity, "invalid_fields")
	closed := manager.Post(path+"/steps", body{"action": "close", "outcome": "solved"}, contracttest.IfMatch(draft.ETag())).Expect(http.StatusOK)
	if closed.Text("state") != "closed" {
		t.Fatalf("%s", closed.Body)
	}
	as("officer").Get(path).Refused(http.StatusNotFound, "not_found")
	if l := manager.Get("/needs?state=closed").Expect(http.StatusOK); l.Text("items.0.state") != "closed" {
		t.Fatalf("%s", l.Body)
	}
}

func TestTheCodedListsComeInBothLanguages(t *testing.T) {
	lists := serveListings(t)("").Get("/taxonomies").Expect(http.StatusOK)
	if lists.Text("lists.technical_field.0.name.zh") != "电子信息" || lists.Text("lists.technical_field.0.name.en") == "" {
		t.Fatalf("%s", lists.Body)
	}
}

func TestAListOfOnesOwnSaysHowManyThereAreOnAllPages(t *testing.T) {
	officer := serveListings(t)("officer")
	for _, title := range []string{"低温电解液", "低温电芯", "节水滴灌"} {
		officer.Post("/achievements", body{"title": body{"zh": title}}).Expect(http.StatusCreated)
	}
	first := officer.Get("/achievements?page_size=2").Expect(http.StatusOK)
	if first.Text("total") != "3" || first.Has("items.2") {
		t.Errorf("%s", first.Body)
	}
	if rest := officer.Get("/achievements?page_size=2&cursor=" + first.Text("next_cursor")).Expect(http.StatusOK); rest.Text("total") != "3" || rest.Has("items.1") {
		t.Errorf("%s", rest.Body)
	}
	if found := officer.Get("/achievements?page_size=1&state=draft&q=" + url.QueryEscape("低温")).Expect(http.StatusOK); found.Text("total") != "2" {
		t.Errorf("%s", found.Body)
	}
	if none := officer.Get("/needs").Expect(http.StatusOK); none.Has("total") {
		t.Errorf("%s", none.Body)
	}
}

func TestAListOfOnesOwnWantsASession(t *testing.T) {
	as := serveListings(t)
	as("").Get("/achievements").Refused(http.StatusUnauthorized, "sign_in_required")
	as("officer").Get("/achievements?cursor=garbage").Refused(http.StatusBadRequest, "malformed_cursor")
}
