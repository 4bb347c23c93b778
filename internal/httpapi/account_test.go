package httpapi_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"chengqiao/config"
	"chengqiao/internal/account"
	"chengqiao/internal/clock"
	"chengqiao/internal/deal"
	"chengqiao/internal/event"
	"chengqiao/internal/httpapi"
	"chengqiao/internal/httpapi/contracttest"
	"chengqiao/internal/kv"
	"chengqiao/internal/kv/memory"
	"chengqiao/internal/policy"
	"chengqiao/internal/sqldb"
	"chengqiao/internal/store"
	"chengqiao/internal/store/storetest"
	"chengqiao/internal/taxonomy"
	"chengqiao/internal/text"
)

// accountWorld serves accounts and organisations over a real store.
type accountWorld struct {
	t        *testing.T
	db       *sqldb.DB
	accounts *account.Service
	base     string
}

func (w *accountWorld) Authenticate(ctx context.Context, token, org string) (httpapi.Session, error) {
	a, err := w.accounts.Authenticate(ctx, token, org)
	return httpapi.Session{ID: a.SessionID, Actor: a.Actor, Locale: a.Locale}, err
}

// secretsLimiter gives the kv port the shape that account asks for.
type secretsLimiter struct{ kv.Limiter }

func (l secretsLimiter) Allow(ctx context.Context, key string, count int, period time.Duration) (time.Duration, error) {
	d, err := l.Limiter.Allow(ctx, key, kv.Limit{Count: count, Period: period})
	return d.RetryAfter, err
}

func serveAccounts(t *testing.T) *accountWorld {
	t.Helper()
	db := storetest.SQLite(t, account.Machines...)
	lists, err := taxonomy.Load(config.Files)
	if err != nil {
		t.Fatal(err)
	}
	clk := clock.NewManual(time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC))
	backend := memory.Open(clk)
	w := &accountWorld{t: t, db: db}
	w.accounts, err = account.NewService(account.Deps{
		Tx: db, Store: store.NewAccount(db), Journal: store.NewJournal(db, nil, nil), Clock: clk,
		Passwords: account.NewPasswords(account.PasswordConfig{MemoryKiB: 64, Passes: 1, Threads: 1}),
		Limiter:   secretsLimiter{backend}, Cache: backend, Regions: lists,
		Config: account.Config{TokenKey: bytes.Repeat([]byte{7}, 32)},
	})
	if err != nil {
		t.Fatal(err)
	}
	services := httpapi.Services{Accounts: w.accounts, Directory: w.accounts,
		Deals: deal.NewService(deal.Deps{Store: store.NewDeal(db), Clock: clk})}
	handler, err := httpapi.New(httpapi.NewAPI(services), httpapi.Options{
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Auth: w, PublicURL: "http://localhost", MaxBody: 1 << 20,
		Web: fstest.MapFS{"index.html": {Data: []byte("<html><head></head><body></body></html>")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	w.base = server.URL
	return w
}

// token is the one of the last letter that still works, to an address.
func (w *accountWorld) token(email string) string {
	w.t.Helper()
	ctx := context.Background()
	events, err := sqldb.All(ctx, w.db, func(row sqldb.Row) (event.Event, error) {
		e := event.Event{Name: event.MailRequested}
		return e, row.Scan(sqldb.IntoJSON(&e.Data))
	}, `SELECT data FROM events WHERE name = 'mail.requested' ORDER BY id DESC`)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, e := range events {
		l, ok, err := w.accounts.Letter(ctx, e)
		if err != nil {
			w.t.Fatal(err)
		}
		if ok && l.Email == email {
			return l.Token
		}
	}
	w.t.Fatalf("no letter to %s", email)
	return ""
}

const samplePassword = "a rather long password"

func registrationBody(email, name string) map[string]any {
	return map[string]any{"email": email, "password": samplePassword, "name": name, "locale": "zh-CN", "consents": []any{
		map[string]any{"purpose": "terms", "version": "2026-11", "given": true},
		map[string]any{"purpose": "privacy", "version": "2026-11", "given": true},
	}}
}

// signedIn registers a person through the contract and signs in.
func (w *accountWorld) signedIn(email, name string) *contracttest.Client {
	w.t.Helper()
	c := contracttest.New(w.t, w.base)
	c.Post("/accounts", registrationBody(email, name)).Expect(http.StatusAccepted)
	c.Post("/accounts/verify", map[string]any{"token": w.token(email), "password": samplePassword}).Expect(http.StatusNoContent)
	c.Post("/session", map[string]any{"identifier": email, "password": samplePassword}).Expect(http.StatusOK)
	return c
}

func TestAPersonRegistersProvesTheAddressAndSignsIn(t *testing.T) {
	w := serveAccounts(t)
	c := contracttest.New(t, w.base)
	if a := c.Get("/me"); a.Status != http.StatusOK || !strings.Contains(string(a.Body), `"signed_in":false`) {
		t.Fatalf("a visitor is %s", a.Body)
	}
	c.Post("/accounts", registrationBody("li@example.org", "李梅")).Expect(http.StatusAccepted)
	a := c.Post("/session", map[string]any{"identifier": "li@example.org", "password": samplePassword})
	a.Expect(http.StatusUnauthorized)
	c.Post("/accounts/verify", map[string]any{"token": w.token("li@example.org"), "password": samplePassword}).Expect(http.StatusNoContent)
	a = c.Post("/session", map[string]any{"identifier": "LI@example.org", "password": samplePassword})
	a.Expect(http.StatusOK)
	for _, want := range []string{"HttpOnly", "SameSite=Lax", "Path=/"} {
		if !strings.Contains(a.Header.Get("Set-Cookie"), want) {
			t.Errorf("cookie %s lacks %s", a.Header.Get("Set-Cookie"), want)
		}
	}
	if a := c.Get("/me"); !strings.Contains(string(a.Body), "李梅") {
		t.Fatalf("me %s", a.Body)
	}
	c.Do(http.MethodPatch, "/me", map[string]any{"name": "李小梅", "locale": "en"}).Expect(http.StatusOK)
	c.Get("/me/sessions").Expect(http.StatusOK)
	c.Put("/me/consents", map[string]any{"purpose": "contact_disclosure", "version": "2026-11", "given": true}).Expect(http.StatusOK)
	c.Get("/me/consents").Expect(http.StatusOK)
	c.Get("/me/export").Expect(http.StatusOK)
	c.Do(http.MethodDelete, "/session", nil).Expect(http.StatusNoContent)
	c.Get("/me/sessions").Expect(http.StatusUnauthorized)
}

func TestAResetAndAnErasureOverTheContract(t *testing.T) {
	w := serveAccounts(t)
	c := w.signedIn("li@example.org", "李梅")
	visitor := contracttest.New(t, w.base)
	visitor.Post("/password-resets", map[string]any{"email": "li@example.org"}).Expect(http.StatusAccepted)
	fresh := "another long password"
	visitor.Post("/password-resets/complete", map[string]any{"token": w.token("li@example.org"), "password": fresh}).Expect(http.StatusNoContent)
	c.Get("/me/sessions").Expect(http.StatusUnauthorized)
	c.Post("/session", map[string]any{"identifier": "li@example.org", "password": fresh}).Expect(http.StatusOK)
	a := c.Post("/me/erasure", map[string]any{"password": samplePassword})
	a.Expect(http.StatusUnprocessableEntity)
	c.Post("/me/erasure", map[string]any{"password": fresh}).Expect(http.StatusOK)
	c.Post("/session", map[string]any{"identifier": "li@example.org", "password": fresh}).Expect(http.StatusUnauthorized)
}

func TestAnOrganisationGrowsOverTheContract(t *testing.T) {
	w := serveAccounts(t)
	head := w.signedIn("head@example.org", "院长")
	form := map[string]any{"kind": "institute", "name": map[string]any{"zh": "新疆大学"}, "region": "650100",
		"credit_code": "91350100M000100Y43", "contact_name": "李老师", "contact_phone": "0991-1234567"}
	broken := map[string]any{"kind": "institute", "name": map[string]any{"zh": "新疆大学"}, "region": "650100", "credit_code": "91350100M000100Y44"}
	a := head.Post("/organisations", broken)
	a.Expect(http.StatusUnprocessableEntity)
	if !strings.Contains(string(a.Body), `"credit_code"`) {
		t.Fatalf("problem %s", a.Body)
	}
	a = head.Post("/organisations", form)
	a.Expect(http.StatusCreated)
	var o struct {
		ID      string   `json:"id"`
		Actions []string `json:"actions"`
		Phone   string   `json:"contact_phone"`
	}
	a.Into(&o)
	if strings.Join(o.Actions, " ") != "submit" || o.Phone == "" {
		t.Fatalf("organisation %+v", o)
	}
	// The session acts for it from now on.
	path := "/organisations/" + o.ID
	head.Post(path+"/steps", map[string]any{"action": "submit"}, contracttest.IfMatch(head.Get(path).ETag())).Expect(http.StatusConflict)
	head.Post(path+"/steps", map[string]any{"action": "verify"}, contracttest.IfMatch(head.Get(path).ETag())).Expect(http.StatusForbidden)

	visitor := contracttest.New(t, w.base)
	if a := visitor.Get(path); a.Status != http.StatusOK || strings.Contains(string(a.Body), "0991") {
		t.Fatalf("a visitor reads %s", a.Body)
	}
	if a := visitor.Get("/organisations"); strings.Contains(string(a.Body), o.ID) {
		t.Fatalf("a visitor lists what is not verified: %s", a.Body)
	}
	a = head.Get(path)
	etag := a.Header.Get("ETag")
	form["address"] = "胜利路 666 号"
	head.Put(path, form, contracttest.IfMatch(etag)).Expect(http.StatusOK)
	head.Put(path, form, contracttest.IfMatch(etag)).Expect(http.StatusPreconditionFailed)

	head.Post(path+"/members", map[string]any{"email": "new@example.org", "name": "新人", "role": "officer"}).Expect(http.StatusCreated)
	head.Post(path+"/persons", map[string]any{"name": "阿依古丽"}).Expect(http.StatusCreated)
	invitation := w.token("new@example.org")
	newcomer := w.signedIn("new@example.org", "新人")
	newcomer.Get(path + "/members").Expect(http.StatusNotFound)
	newcomer.Post("/me/claims", map[string]any{"token": invitation}).Expect(http.StatusOK)
	newcomer.Put("/session/organisation", map[string]any{"organisation_id": o.ID}).Expect(http.StatusOK)
	a = newcomer.Get(path + "/members")
	a.Expect(http.StatusOK)
	var members struct {
		Items []struct {
			ID   string `json:"id"`
			Role string `json:"role"`
		} `json:"items"`
	}
	a.Into(&members)
	if len(members.Items) != 2 {
		t.Fatalf("members %s", a.Body)
	}
	newcomer.Get(path + "/persons?q=古丽").Expect(http.StatusOK)
	for _, m := range members.Items {
		if m.Role == string(policy.Officer) {
			head.Do(http.MethodDelete, path+"/members/"+m.ID, nil).Expect(http.StatusNoContent)
		}
	}
	newcomer.Get(path+"/members", contracttest.Header("Acting-Organisation", o.ID)).Expect(http.StatusForbidden)
}

func TestTheAccountServiceIsTheDirectory(t *testing.T) {
	w := serveAccounts(t)
	w.signedIn("li@example.org", "李梅")
	ids, err := sqldb.All(context.Background(), w.db, sqldb.Scalar[string], `SELECT id FROM accounts`)
	if err != nil || len(ids) != 1 {
		t.Fatalf("accounts %v, %v", ids, err)
	}
	var directory httpapi.Directory = w.accounts
	names, err := directory.AccountNames(context.Background(), append(ids, "nobody"))
	if err != nil || len(names) != 1 || names[ids[0]] != "李梅" {
		t.Fatalf("names %v, %v", names, err)
	}
	var none map[string]text.Text
	if none, err = directory.OrganisationNames(context.Background(), nil); err != nil || len(none) != 0 {
		t.Fatalf("organisations %v, %v", none, err)
	}
}
