package app_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"chengqiao/internal/httpapi/contracttest"
	"chengqiao/internal/servertest"
)

// cluster is two replicas of the program on PostgreSQL, Redis and Meilisearch.
// Each has a data folder of its own; letters and files lie where both reach them.
type cluster struct {
	env          settings
	folders      [2]string
	one, two     *world
	meili, key   string
	redis        *servertest.Server
	reviewer     *person
	head, buyer  *person // signed in on the first
	organisation string
}

func newCluster(t *testing.T) *cluster {
	t.Helper()
	database, redis := servertest.PostgresDatabase(t), servertest.StartRedis(t)
	c := &cluster{folders: [2]string{t.TempDir(), t.TempDir()}, redis: redis}
	c.meili, c.key = servertest.Meilisearch(t)
	shared := t.TempDir()
	c.env = quick.with(settings{
		"CHENGQIAO_DATABASE__DRIVER": "postgres", "CHENGQIAO_DATABASE__DSN": database.RunDSN,
		"CHENGQIAO_KV__BACKEND": "redis", "CHENGQIAO_KV__URL": "redis://" + redis.Addr + "/0",
		"CHENGQIAO_SEARCH__ENGINE": "meilisearch", "CHENGQIAO_SEARCH__URL": c.meili, "CHENGQIAO_SEARCH__KEY": c.key,
		"CHENGQIAO_AUTH__TOKEN_KEY": "the-same-key-on-all-replicas-2026-11", "CHENGQIAO_OUTBOX__LEASE": "2s",
		"CHENGQIAO_MAIL__DIR": filepath.Join(shared, "mail"), "CHENGQIAO_BLOB__DIR": filepath.Join(shared, "files"),
	})
	// Migrations have a role of their own; the replicas cannot change the schema.
	migrating := c.env.with(settings{"CHENGQIAO_DATABASE__MIGRATE_DSN": database.MigrateDSN})
	for range 2 {
		if out, errOut, code := runCommand(t, migrating, nil, "migrate", "--data", c.folders[0]); code != 0 {
			t.Fatalf("migrate ends with %d: %s%s", code, out, errOut)
		}
	}
	found(t, c.env, c.folders[0])
	c.one = &world{t: t, env: c.env, dir: shared, program: serve(t, c.env, "--data", c.folders[0])}
	c.two = &world{t: t, env: c.env, dir: shared, program: serve(t, c.env, "--data", c.folders[1])}
	c.reviewer = c.one.staff("reviewer")
	c.head = c.one.join("head@two.example", "周秉文")
	c.organisation = c.one.organisation(c.head, "institute", "双机研究所")
	c.buyer = c.one.join("manager@two.example", "程立")
	c.one.organisation(c.buyer, "enterprise", "双机企业")
	return c
}

// onTwo is the same session at the second replica.
func (c *cluster) onTwo(p *person) *person {
	other := *p
	other.Client, other.w = p.At(c.two.address), c.two
	return &other
}

func TestTwoReplicasAreOneProgram(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	heard := c.head.listen(c.one.address)
	strangers := c.buyer.listen(c.two.address)
	onTwo, reviewerOnTwo := c.onTwo(c.head), c.onTwo(c.reviewer)

	// What is done on the second is heard on the first, by those concerned.
	path := c.two.submitted(onTwo, "achievements", result("低温电池", c.head.personID))
	eventually(t, "the page on the first replica hears of the submission", func() error {
		if text := heard.String(); !strings.Contains(text, `"name":"achievement.submitted"`) || !strings.Contains(text, id(path)) {
			return fmt.Errorf("it heard %q", text)
		}
		return nil
	})
	if strings.Contains(strangers.String(), id(path)) {
		t.Errorf("another organisation hears of it: %s", strangers)
	}

	// What is published on the second is found and matched on both.
	step(reviewerOnTwo.Client, path, "publish", nil).Expect(http.StatusOK)
	need := c.one.published(c.buyer, c.reviewer, "needs", body{"title": zh("求购低温电池"), "problem": zh("冬季电池放电容量不足"), "technical_field": "agriculture"})
	for _, w := range []*world{c.one, c.two} {
		finds(t, w.visitor(), "低温电池", id(path), true)
		eventually(t, "the need is matched on "+w.address, func() error {
			if found := c.buyer.At(w.address).Get(need + "/matches").Expect(http.StatusOK); !strings.Contains(string(found.Body), id(path)) {
				return fmt.Errorf("%s", found.Body)
			}
			return nil
		})
	}

	// A repetition at the other replica gets the first answer.
	content := body{"title": zh("只做一次")}
	first := c.head.Post("/achievements", content, contracttest.Key("both")).Expect(http.StatusCreated)
	if again := onTwo.Post("/achievements", content, contracttest.Key("both")).Expect(http.StatusCreated); string(again.Body) != string(first.Body) {
		t.Errorf("%s\n%s", first.Body, again.Body)
	}

	// A session that is revoked on one is dead on the other at once.
	second := c.two.signIn(c.head.email, password)
	second.Get("/me/sessions").Expect(http.StatusOK)
	var sessions struct {
		Items []struct {
			ID      string
			Current bool
		}
	}
	second.Get("/me/sessions").Into(&sessions)
	for _, s := range sessions.Items {
		if s.Current {
			c.head.Do(http.MethodDelete, "/me/sessions/"+s.ID, nil).Expect(http.StatusNoContent)
		}
	}
	second.Get("/me/sessions").Refused(http.StatusUnauthorized, "sign_in_required")
	c.head.Get("/me/sessions").Expect(http.StatusOK)

	c.guessing(t)
	c.textThatPostgresRefuses(t)
	c.synonymsReachBoth(t)
	c.theIndexIsLost(t, id(path))
	c.theIndexIsProven(t)
	c.aReplicaDies(t, reviewerOnTwo)
	c.doctor(t)
}

// guessing holds that both replicas count together.
func (c *cluster) guessing(t *testing.T) {
	t.Helper()
	refused := 0
	for i := range 12 {
		w := []*world{c.one, c.two}[i%2]
		if w.visitor().Post("/session", body{"identifier": c.buyer.email, "password": "不对的口令"}).Status == http.StatusTooManyRequests {
			refused++
		}
	}
	if refused != 2 {
		t.Errorf("of 12 guesses at two replicas %d were refused", refused)
	}
}

// textThatPostgresRefuses sends what SQLite would keep and PostgreSQL does not.
func (c *cluster) textThatPostgresRefuses(t *testing.T) {
	t.Helper()
	c.head.Post("/achievements", body{"title": zh("零\x00")}).Refused(http.StatusUnprocessableEntity, "invalid_fields")
	for _, path := range []string{"/search?q=%00", "/organisations?q=%ff", "/deals/%00", "/deals?cursor=%00", "/deals?state=%00"} {
		c.head.Get(path).Expect(http.StatusUnprocessableEntity)
	}
	c.one.visitor().Post("/session", body{"identifier": c.head.email, "password": password}, contracttest.Header("User-Agent", "broken \xff agent")).Expect(http.StatusOK)
	for _, path := range []string{"/achievements/%00", "/sitemap.xml?after=%00"} {
		if status, text := c.one.get(nil, path); status >= http.StatusInternalServerError || strings.Contains(text, "SQLSTATE") {
			t.Errorf("%s answers %d %.300s", path, status, text)
		}
	}
}

// aReplicaDies publishes on the second replica and kills it at once: the first
// takes over what it has left.
func (c *cluster) aReplicaDies(t *testing.T, reviewerOnTwo *person) {
	t.Helper()
	onTwo := c.onTwo(c.head)
	path := c.two.published(onTwo, reviewerOnTwo, "achievements", result("葡萄藤埋土机", c.head.personID))
	c.two.kill()
	finds(t, c.one.visitor(), "葡萄藤", id(path), true)
	if out, code := c.reconcile(t); code != 0 || !strings.Contains(out, "3 compared: 0 missing, 0 changed, 0 extra") {
		t.Errorf("reconcile ends with %d: %s", code, out)
	}
}

func (c *cluster) reconcile(t *testing.T) (string, int) {
	t.Helper()
	out, errOut, code := runCommand(t, c.env, nil, "reconcile", "--data", c.folders[1])
	return out + errOut, code
}

// theIndexIsProven takes the documents out of the shared index behind the
// program's back, and has them found missing and mended. What the index remembers of
// itself stays: without it a replica would make the index again before.
func (c *cluster) theIndexIsProven(t *testing.T) {
	t.Helper()
	if out, code := c.reconcile(t); code != 0 || !strings.Contains(out, "2 compared: 0 missing, 0 changed, 0 extra") {
		t.Errorf("reconcile ends with %d: %s", code, out)
	}
	for _, uid := range c.indexes(t) {
		if !strings.HasSuffix(uid, "-meta") {
			c.askMeili(t, http.MethodDelete, "/indexes/"+uid+"/documents", nil)
		}
	}
	eventually(t, "the documents are gone", func() error {
		if total := c.one.visitor().Get("/search").Expect(http.StatusOK).Text("total"); total != "0" {
			return fmt.Errorf("%s are left", total)
		}
		return nil
	})
	if out, code := c.reconcile(t); code != 3 || !strings.Contains(out, "2 compared: 2 missing") {
		t.Errorf("reconcile ends with %d: %s", code, out)
	}
	if total := c.one.visitor().Get("/search").Expect(http.StatusOK).Text("total"); total != "2" {
		t.Errorf("mended, the index holds %s", total)
	}
	if out, errOut, code := runCommand(t, c.env, nil, "reindex", "--data", c.folders[1]); code != 0 || !strings.HasPrefix(out, "2 documents indexed") {
		t.Errorf("reindex ends with %d: %s%s", code, out, errOut)
	}
	if out, code := c.reconcile(t); code != 0 {
		t.Errorf("after a rebuild reconcile ends with %d: %s", code, out)
	}
}

// indexes are the names of what Meilisearch has.
func (c *cluster) indexes(t *testing.T) (uids []string) {
	t.Helper()
	var list struct{ Results []struct{ UID string } }
	c.askMeili(t, http.MethodGet, "/indexes", &list)
	for _, index := range list.Results {
		uids = append(uids, index.UID)
	}
	return uids
}

// theIndexIsLost takes the shared index away, as when Meilisearch is started on an
// empty disk: search says that it is away until a replica has made it again, which
// may be before anybody has asked.
func (c *cluster) theIndexIsLost(t *testing.T, listing string) {
	t.Helper()
	for _, uid := range c.indexes(t) {
		var task struct{ TaskUID int64 }
		c.askMeili(t, http.MethodDelete, "/indexes/"+uid, &task)
		eventually(t, uid+" is lost", func() error {
			var done struct{ Status string }
			if c.askMeili(t, http.MethodGet, fmt.Sprintf("/tasks/%d", task.TaskUID), &done); done.Status != "succeeded" {
				return fmt.Errorf("the task is %s", done.Status)
			}
			return nil
		})
	}
	for _, w := range []*world{c.one, c.two} {
		eventually(t, "the index is made again", func() error {
			answer := w.visitor().Get("/search?q=低温电池")
			if strings.Contains(string(answer.Body), listing) {
				return nil
			}
			if answer.Status != http.StatusServiceUnavailable || answer.Header.Get("Retry-After") == "" {
				t.Fatalf("while it is away a search is answered %d %s", answer.Status, answer.Body)
			}
			return fmt.Errorf("%d %s", answer.Status, answer.Body)
		})
	}
}

func (c *cluster) askMeili(t *testing.T, method, path string, into any) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, c.meili+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+c.key)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode >= 300 {
		t.Fatalf("%s %s answers %d %s (%v)", method, path, res.StatusCode, text, err)
	}
	if into != nil {
		if err := json.Unmarshal(text, into); err != nil {
			t.Fatal(err)
		}
	}
}

// doctor tells which server is away. Without Redis the program goes on for whoever
// needs no secret counted, so no proxy may take it for one that cannot serve.
func (c *cluster) doctor(t *testing.T) {
	t.Helper()
	out, errOut, code := runCommand(t, c.env, nil, "doctor", "--data", c.folders[1])
	if code != 0 || strings.Contains(out, "✗") || !strings.Contains(out, "✓ search meilisearch") || !strings.Contains(out, "✓ kv redis") || !strings.Contains(out, "✓ database postgres") {
		t.Errorf("doctor ends with %d: %s%s", code, out, errOut)
	}
	// Who migrates comes by an address and a role of its own.
	migrating := c.env.with(settings{"CHENGQIAO_DATABASE__MIGRATE_DSN": "postgres://owner:geheim@127.0.0.1:1/chengqiao"})
	out, errOut, code = runCommand(t, migrating, nil, "doctor", "--data", c.folders[1])
	if code != 1 || !strings.Contains(out, "✗ database.migrate_dsn") || !strings.Contains(out, "✓ database postgres") || strings.Contains(out+errOut, "geheim") {
		t.Errorf("where the owner of the tables cannot connect doctor ends with %d: %s%s", code, out, errOut)
	}
	c.redis.Stop(t)
	out, errOut, code = runCommand(t, c.env, nil, "doctor", "--data", c.folders[1])
	if code != 1 || !strings.Contains(out, "✗ kv redis") || !strings.Contains(out, "✓ database postgres") || strings.Contains(out+errOut, c.key) || strings.Contains(errOut, "pool.go") {
		t.Errorf("without Redis doctor ends with %d: %s%s", code, out, errOut)
	}
	for _, path := range []string{"/readyz", "/healthz", "/", "/api/v1/search"} {
		if status, text := c.one.get(nil, path); status != http.StatusOK {
			t.Errorf("without Redis %s answers %d %s", path, status, text)
		}
	}
	c.head.Get("/me/tasks").Expect(http.StatusOK)
	c.one.visitor().Post("/session", body{"identifier": c.head.email, "password": password}).Refused(http.StatusServiceUnavailable, "kv_unavailable")
}
