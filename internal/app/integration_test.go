package app_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"chengqiao/internal/httpapi/contracttest"
)

// bearing is a client without a session that sends an API token.
func (w *world) bearing(secret string) *contracttest.Client {
	c := w.visitor()
	c.Token = secret
	return c
}

// offered is what review takes of a result.
func offered(by *person, title string) body {
	return body{
		"title": zh(title), "technical_field": "new_energy", "value_line": zh("能耗降低一成"),
		"abstract": zh("一种" + title + "的方法及其装置，已在车间试用。"), "keywords_zh": []string{title}, "industry": "C38", "region": "650100",
		"trl": 5, "trl_evidence": []body{{"level": 5, "text": zh("样机试验记录")}}, "form": "process",
		"ip_items":     []body{{"kind": "know_how", "title": zh("工艺诀窍")}},
		"contributors": []body{{"person_id": by.personID, "role": "COMPLETER", "weight": 1}},
		"cooperation":  []string{"licence_other"}, "price_mode": "agreement",
	}
}

func remove(by *contracttest.Client, path string) contracttest.Answer {
	return by.Do(http.MethodDelete, path, nil)
}

func TestAnAPITokenDoesWhatItsScopesAndItsMakerMayAndEndsWithTheMembership(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	head := w.join("head@institute.example", "周敏")
	w.organisation(head, "institute", "令牌研究所")
	officer := w.member(head, "officer@institute.example", "孙悦", "officer")
	tokens := "/organisations/" + head.Organisation + "/tokens"

	made := officer.Post(tokens, body{"name": "同步程序", "scopes": []string{"catalogue:read", "catalogue:write"}}).Expect(http.StatusCreated)
	secret, id := made.Text("secret"), made.Text("token.id")
	if !strings.HasPrefix(secret, made.Text("token.prefix")+"_") || len(secret) != 64 {
		t.Fatalf("the secret is %q", secret)
	}
	if list := officer.Get(tokens).Expect(http.StatusOK); strings.Contains(string(list.Body), secret) {
		t.Fatal("the list shows the secret")
	}

	program := w.bearing(secret)
	created := program.Post("/achievements", offered(officer, "耐低温电池")).Expect(http.StatusCreated)
	if got := created.Text("head.organisation_id"); got != officer.Organisation {
		t.Fatalf("a token creates for %s", got)
	}
	// What the token's scopes lack, and what takes a person.
	for path, reason := range map[string]string{"/deals": "scope_missing", "/me/tasks": "session_required", tokens: "session_required"} {
		refused := program.Get(path).Expect(http.StatusForbidden)
		if refused.Text("params.reason") != reason {
			t.Errorf("%s answers %s", path, refused.Body)
		}
	}
	program.Post(tokens, body{"name": "另一个", "scopes": []string{"deals:read"}}).Expect(http.StatusForbidden)
	// The audit names the token.
	audit := w.staff("operator").Get("/platform/audit?subject_id=" + created.Text("head.id")).Expect(http.StatusOK)
	if !strings.Contains(string(audit.Body), `"token_id":"`+id+`"`) {
		t.Errorf("the audit says %s", audit.Body)
	}
	if used := officer.Get(tokens).Expect(http.StatusOK); !strings.Contains(string(used.Body), `"last_used_at"`) {
		t.Errorf("the last use is not shown: %s", used.Body)
	}

	for _, bad := range []string{"cq_", "cq_aaaaaaaa_" + strings.Repeat("a", 52), secret[:63] + "b", strings.ToUpper(secret), secret + "a"} {
		if bad == secret {
			continue
		}
		if a := w.bearing(bad).Get("/search").Expect(http.StatusUnauthorized); a.Text("code") != "token_not_valid" {
			t.Errorf("%q answers %s", bad, a.Body)
		}
	}

	// A decider sees and revokes everybody's; an ended one is ended.
	remove(head.Client, tokens+"/"+id).Expect(http.StatusNoContent)
	program.Get("/search").Expect(http.StatusUnauthorized)
	if again := remove(head.Client, tokens+"/"+id).Expect(http.StatusConflict); again.Text("code") != "token_ended" {
		t.Errorf("revoking twice answers %s", again.Body)
	}

	second := officer.Post(tokens, body{"name": "第二个", "scopes": []string{"catalogue:read"}}).Expect(http.StatusCreated)
	reader := w.bearing(second.Text("secret"))
	reader.Get("/achievements").Expect(http.StatusOK)
	if refused := reader.Post("/achievements", offered(head, "不该有的")).Expect(http.StatusForbidden); refused.Text("params.reason") != "scope_missing" {
		t.Errorf("writing by a reading token answers %s", refused.Body)
	}
	var members struct{ Items []struct{ ID, Email string } }
	head.Get("/organisations/" + head.Organisation + "/members").Expect(http.StatusOK).Into(&members)
	for _, m := range members.Items {
		if m.Email == officer.email {
			remove(head.Client, "/organisations/"+head.Organisation+"/members/"+m.ID).Expect(http.StatusNoContent)
		}
	}
	reader.Get("/search").Expect(http.StatusUnauthorized)
	// Who comes back comes without the tokens of before.
	eventually(t, "the token ends with the membership", func() error {
		if list := head.Get(tokens).Expect(http.StatusOK); !strings.Contains(string(list.Body), `"membership_ended"`) {
			return fmt.Errorf("%s", list.Body)
		}
		return nil
	})
	head.Post("/organisations/"+head.Organisation+"/members", body{"email": officer.email, "role": "officer"}).Expect(http.StatusCreated)
	reader.Get("/search").Expect(http.StatusUnauthorized)
}

// receiver is a program that takes webhooks.
type receiver struct {
	*httptest.Server
	mu       sync.Mutex
	status   int
	requests []received
}

type received struct {
	header http.Header
	body   string
}

func newReceiver(t *testing.T) *receiver {
	r := &receiver{status: http.StatusOK}
	r.Server = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, req *http.Request) {
		raw, _ := io.ReadAll(req.Body)
		r.mu.Lock()
		defer r.mu.Unlock()
		r.requests = append(r.requests, received{req.Header.Clone(), string(raw)})
		rw.WriteHeader(r.status)
		fmt.Fprint(rw, "收到了")
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) answer(status int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.status = status
}

// of are the requests whose body is of a type.
func (r *receiver) of(kind string) []received {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []received
	for _, one := range r.requests {
		if strings.Contains(one.body, `"type":"`+kind+`"`) {
			out = append(out, one)
		}
	}
	return out
}

func (r *receiver) await(t *testing.T, kind string, n int) []received {
	t.Helper()
	eventually(t, fmt.Sprintf("%d messages of %s", n, kind), func() error {
		if got := len(r.of(kind)); got < n {
			return fmt.Errorf("%d came", got)
		}
		return nil
	})
	return r.of(kind)
}

// signedBy computes a signature as the specification of Standard Webhooks says.
func (m received) signedBy(t *testing.T, secret string) bool {
	t.Helper()
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		t.Fatal(err)
	}
	mac := hmac.New(sha256.New, key)
	fmt.Fprintf(mac, "%s.%s.%s", m.header.Get("webhook-id"), m.header.Get("webhook-timestamp"), m.body)
	want := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	for got := range strings.FieldsSeq(m.header.Get("webhook-signature")) {
		if got == want {
			return true
		}
	}
	return false
}

var toLoopback = settings{"CHENGQIAO_WEBHOOK__ALLOW_LOOPBACK": "true", "CHENGQIAO_WEBHOOK__DISABLE_AFTER": "2", "CHENGQIAO_WEBHOOK__DISABLE_AFTER_TIME": "0s"}

// TestASecretIsShownOnceAndKeptNowhere sends what makes a secret with a key, as
// a client may with any POST: a repetition makes another one.
func TestASecretIsShownOnceAndKeptNowhere(t *testing.T) {
	t.Parallel()
	w := newWorld(t, toLoopback)
	head := w.join("head@institute.example", "周敏")
	w.organisation(head, "institute", "保密研究所")
	org := "/organisations/" + head.Organisation
	hook := head.Post(org+"/webhooks", body{"url": "http://127.0.0.1:9/in", "types": []string{"deal.opened"}}).Expect(http.StatusCreated).Text("webhook.id")
	for path, content := range map[string]any{
		org + "/tokens":                       body{"name": "同步程序", "scopes": []string{"catalogue:read"}},
		org + "/webhooks":                     body{"url": "http://127.0.0.1:9/in", "types": []string{"deal.opened"}},
		org + "/webhooks/" + hook + "/secret": nil,
	} {
		kept := w.stored(t)["idempotency"]
		first, second := head.Post(path, content, contracttest.Key("k")), head.Post(path, content, contracttest.Key("k"))
		if first.Status >= 300 || second.Status != first.Status || first.Text("secret") == second.Text("secret") {
			t.Errorf("%s: first %d %s, then %d %s", path, first.Status, first.Body, second.Status, second.Body)
		}
		if got := first.Header.Get("Cache-Control"); !strings.Contains(got, "no-store") {
			t.Errorf("%s: browsers and proxies may keep the secret: Cache-Control is %q", path, got)
		}
		if now := w.stored(t)["idempotency"]; now != kept {
			t.Errorf("%s: %d answers were kept", path, now-kept)
		}
	}
}

func TestAWebhookTellsOfOnesOwnListingsSignedAndAgainUntilItIsTaken(t *testing.T) {
	t.Parallel()
	w := newWorld(t, toLoopback)
	head := w.join("head@institute.example", "周敏")
	w.organisation(head, "institute", "消息研究所")
	reviewer := w.staff("reviewer")
	hooks := "/organisations/" + head.Organisation + "/webhooks"
	target := newReceiver(t)

	made := head.Post(hooks, body{"url": target.URL + "/in?key=verborgen", "types": []string{"listing.published", "listing.suspended"}}).Expect(http.StatusCreated)
	secret, hook := made.Text("secret"), hooks+"/"+made.Text("webhook.id")
	if again := head.Get(hook).Expect(http.StatusOK); strings.Contains(string(again.Body), "whsec_") {
		t.Fatal("the secret is shown twice")
	}
	path := w.published(head, reviewer, "achievements", offered(head, "耐低温电池"))
	message := target.await(t, "listing.published", 1)[0]
	if !message.signedBy(t, secret) {
		t.Fatalf("the signature %q is not the secret's", message.header.Get("webhook-signature"))
	}
	var told struct {
		Data struct {
			Listing struct {
				ID, Kind, State, URL string
				Title                map[string]string
			}
		}
	}
	if err := json.Unmarshal([]byte(message.body), &told); err != nil {
		t.Fatal(err)
	}
	if l := told.Data.Listing; l.ID != id(path) || l.Kind != "achievement" || l.State != "published" || l.Title["zh"] != "耐低温电池" || !strings.HasSuffix(l.URL, path) {
		t.Fatalf("it says %s", message.body)
	}

	// Two secrets sign during a rotation.
	rotated := head.Post(hook+"/secret", nil).Expect(http.StatusOK).Text("secret")
	head.Post(hook+"/ping", nil).Expect(http.StatusAccepted)
	ping := target.await(t, "ping", 1)[0]
	if !ping.signedBy(t, secret) || !ping.signedBy(t, rotated) {
		t.Fatalf("the ping is signed %q", ping.header.Get("webhook-signature"))
	}

	// What is not taken is in the log, disables the address after some
	// failures, and can be sent again under its id. Nothing else fails meanwhile,
	// or the address might be disabled before the message is on its way.
	target.answer(http.StatusInternalServerError)
	step(head.Client, path, "suspend", body{"reason": "设备检修"}).Expect(http.StatusOK)
	failed := target.await(t, "listing.suspended", 1)[0]
	eventually(t, "the address is disabled", func() error {
		if state := head.Get(hook).Expect(http.StatusOK); state.Text("state") != "disabled" || state.Text("disabled_reason") != "failing" {
			return fmt.Errorf("%s", state.Body)
		}
		return nil
	})
	eventually(t, "its organisation is told", func() error {
		if notes := head.Get("/me/notifications").Expect(http.StatusOK); !strings.Contains(string(notes.Body), `"webhook_disabled"`) {
			return fmt.Errorf("%s", notes.Body)
		}
		return nil
	})
	if waiting := string(w.staff("operator").Get("/platform/backlogs").Expect(http.StatusOK).Body); !strings.Contains(waiting, `{"consumer":"webhook deliveries","dead":0,"waiting":1}`) {
		t.Errorf("the operator is told of %s", waiting)
	}
	head.Get("/platform/backlogs").Refused(http.StatusForbidden, "not_allowed")
	var log struct {
		Items []struct {
			ID, Type, State string
			Last            struct {
				Status  int
				Excerpt string
			}
		}
	}
	head.Get(hook + "/deliveries").Expect(http.StatusOK).Into(&log)
	if len(log.Items) != 3 || log.Items[0].Type != "listing.suspended" || log.Items[0].Last.Status != 500 || log.Items[0].Last.Excerpt != "收到了" {
		t.Fatalf("the log says %+v", log.Items)
	}
	before := len(target.of("listing.suspended"))
	target.answer(http.StatusNoContent)
	entry := head.Get(hook).Expect(http.StatusOK)
	head.Put(hook, body{"url": target.URL, "types": []string{"listing.suspended"}}, contracttest.IfMatch(entry.ETag())).Expect(http.StatusOK)
	// Disabled messages waited; they come by themselves or when asked for.
	eventually(t, "the failed message comes again", func() error {
		if n := len(target.of("listing.suspended")); n <= before {
			return fmt.Errorf("%d came", n)
		}
		return nil
	})
	if again := target.of("listing.suspended")[before]; again.header.Get("webhook-id") != failed.header.Get("webhook-id") || again.body != failed.body {
		t.Error("a repetition has another id or another body")
	}
	for _, hidden := range []string{secret, rotated, "whsec_", "verborgen"} {
		if strings.Contains(w.out.String(), hidden) {
			t.Errorf("the log of the program has %q", hidden)
		}
	}
	remove(head.Client, hook).Expect(http.StatusNoContent)
}

// The event is committed with the publication: whatever the kill cuts short,
// the message comes.
func TestAWebhookComesThoughTheProgramIsKilledAfterTheCommit(t *testing.T) {
	t.Parallel()
	w := newWorld(t, toLoopback.with(settings{"CHENGQIAO_WEBHOOK__DISABLE_AFTER": "100", "CHENGQIAO_OUTBOX__LEASE": "2s"}))
	head := w.join("head@institute.example", "周敏")
	w.organisation(head, "institute", "坚韧研究所")
	reviewer := w.staff("reviewer")
	target := newReceiver(t)
	target.answer(http.StatusServiceUnavailable)
	head.Post("/organisations/"+head.Organisation+"/webhooks", body{"url": target.URL, "types": []string{"listing.published"}}).Expect(http.StatusCreated)
	path := w.published(head, reviewer, "achievements", offered(head, "耐低温电池"))
	w.kill()
	before := len(target.of("listing.published"))
	target.answer(http.StatusOK)
	w.restart()
	messages := target.await(t, "listing.published", before+1)
	if last := messages[len(messages)-1]; !strings.Contains(last.body, id(path)) || last.header.Get("webhook-id") != messages[0].header.Get("webhook-id") {
		t.Errorf("after the kill comes %s as %s", last.body, last.header.Get("webhook-id"))
	}
}

func TestWebhooksGoNowhereInside(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	head := w.join("head@institute.example", "周敏")
	w.organisation(head, "institute", "谨慎研究所")
	hooks := "/organisations/" + head.Organisation + "/webhooks"
	for address, code := range map[string]string{
		"http://example.org/": "https_only", "https://127.0.0.1/": "address_refused", "https://169.254.169.254/latest": "address_refused",
		"https://10.1.2.3/": "address_refused", "https://[::1]/": "address_refused", "https://[::ffff:192.168.0.1]/": "address_refused",
		"https://localhost/": "address_refused", "https://user:pw@example.org/": "wrong_format", "ftp://example.org/": "https_only",
	} {
		refused := head.Post(hooks, body{"url": address, "types": []string{"listing.published"}}).Expect(http.StatusUnprocessableEntity)
		if refused.Text("fields.0.code") != code {
			t.Errorf("%s answers %s", address, refused.Body)
		}
	}
}

func TestASavedSearchTellsOnceOfWhatIsNewAndMayBeRead(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	head := w.join("head@institute.example", "周敏")
	w.organisation(head, "institute", "供给研究所")
	reviewer := w.staff("reviewer")
	seeker := w.join("seeker@example.org", "郭宁")
	old := w.published(head, reviewer, "achievements", offered(head, "耐低温电池"))
	finds(t, seeker.Client, "耐低温电池", id(old), true)

	made := seeker.Post("/me/searches", body{
		"name": "低温电池", "query": body{"q": []string{"耐低温"}, "kind": []string{"achievement"}}, "alert": "at_once", "by_mail": true, "in_app": true,
	}).Expect(http.StatusCreated)
	saved := "/me/searches/" + made.Text("id")
	fresh := w.published(head, reviewer, "achievements", offered(head, "耐低温电机"))
	w.published(head, reviewer, "achievements", offered(head, "节水灌溉"))
	// Its title is for anybody, what answers the query is not.
	hidden := offered(head, "不相干的成果")
	hidden["details"] = body{"zh": "耐低温的秘密"}
	hidden["tiers"] = body{"details": "NDA"}
	secretOne := w.published(head, reviewer, "achievements", hidden)

	letter := ""
	eventually(t, "a letter about the new one", func() error {
		for _, text := range w.letters(seeker.email) {
			if strings.Contains(text, id(fresh)) {
				letter = text
				return nil
			}
		}
		return fmt.Errorf("none")
	})
	if strings.Contains(letter, id(old)) || !strings.Contains(letter, "耐低温电机") {
		t.Errorf("the letter says\n%s", letter)
	}
	if notes := seeker.Get("/me/notifications").Expect(http.StatusOK); !strings.Contains(string(notes.Body), `"search_alert"`) {
		t.Errorf("the notifications say %s", notes.Body)
	}
	// Published again, it is nothing new; another program looks at the same ledger.
	step(head.Client, fresh, "suspend", body{"reason": "设备检修"}).Expect(http.StatusOK)
	step(head.Client, fresh, "resume", nil).Expect(http.StatusOK)
	w.stop()
	w.restart()
	again := w.published(head.again(), reviewer.again(), "achievements", offered(head, "耐低温涂料"))
	eventually(t, "a letter about the next one", func() error {
		for _, text := range w.letters(seeker.email) {
			if strings.Contains(text, id(again)) {
				return nil
			}
		}
		return fmt.Errorf("none")
	})
	for _, told := range []string{id(fresh), id(again)} {
		n := 0
		for _, text := range w.letters(seeker.email) {
			n += strings.Count(text, told)
			if strings.Contains(text, id(secretOne)) {
				t.Errorf("a letter tells of what may not be found:\n%s", text)
			}
		}
		if n != 1 {
			t.Errorf("%s is told %d times", told, n)
		}
	}

	// One press ends it: the page's request, and a mail program's.
	link := letter[strings.Index(letter, "/unsubscribe?token=")+len("/unsubscribe?token="):]
	token, err := url.QueryUnescape(strings.Fields(link)[0])
	if err != nil {
		t.Fatal(err)
	}
	raw := w.rawLetters(t)
	if !strings.Contains(raw, "List-Unsubscribe: <") || !strings.Contains(raw, "List-Unsubscribe-Post: List-Unsubscribe=One-Click") {
		t.Errorf("the letter has no headers to unsubscribe:\n%s", raw)
	}
	if status := w.send(nil, http.MethodPost, "/feeds/unsubscribe?token="+url.QueryEscape(token+"x"), nil).StatusCode; status != http.StatusUnprocessableEntity {
		t.Errorf("a forged link answers %d", status)
	}
	one := w.send(nil, http.MethodPost, "/feeds/unsubscribe?token="+url.QueryEscape(token), strings.NewReader("List-Unsubscribe=One-Click"),
		contracttest.Header("Content-Type", "application/x-www-form-urlencoded"))
	if one.StatusCode != http.StatusNoContent {
		t.Errorf("one press answers %d", one.StatusCode)
	}
	if ended := w.visitor().Post("/letters/unsubscribe", body{"token": token}).Expect(http.StatusOK); ended.Text("name") != "低温电池" || ended.Text("in_app") != "true" {
		t.Errorf("the page is told %s", ended.Body)
	}
	seeker = seeker.again()
	quiet := seeker.Get(saved).Expect(http.StatusOK)
	if quiet.Text("alert") != "at_once" || quiet.Text("by_mail") != "false" || quiet.Text("in_app") != "true" {
		t.Errorf("after unsubscribing from the letters: %s", quiet.Body)
	}
	// One that is told of by letters alone ends with them.
	seeker.Put(saved, body{"name": "低温电池", "query": body{"q": []string{"耐低温"}}, "alert": "daily", "by_mail": true, "in_app": false},
		contracttest.IfMatch(quiet.ETag())).Expect(http.StatusOK)
	if ended := w.visitor().Post("/letters/unsubscribe", body{"token": token}).Expect(http.StatusOK); ended.Text("in_app") != "false" {
		t.Errorf("the page is told %s", ended.Body)
	}
	if off := seeker.Get(saved).Expect(http.StatusOK); off.Text("alert") != "off" {
		t.Errorf("after unsubscribing from all there is: %s", off.Body)
	}
}

func TestFeedsHoldWhatAnybodyMayReadAtAnAddressThatEnds(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	head := w.join("head@institute.example", "周敏")
	w.organisation(head, "institute", "供给研究所")
	reviewer := w.staff("reviewer")
	shown := w.published(head, reviewer, "achievements", offered(head, "耐低温电池 <b>&"))
	hidden := offered(head, "保密的耐低温材料")
	hidden["tiers"] = body{"title": "NDA", "value_line": "NDA", "abstract": "NDA", "keywords_zh": "NDA"}
	finds(t, head.Client, "耐低温", id(shown), true)

	type feed struct {
		XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
		ID      string   `xml:"id"`
		Updated string   `xml:"updated"`
		Entries []struct {
			ID      string `xml:"id"`
			Title   string `xml:"title"`
			Updated string `xml:"updated"`
		} `xml:"entry"`
	}
	read := func(path string) (feed, *http.Response) {
		t.Helper()
		res := w.send(nil, http.MethodGet, path, nil)
		text := readAll(t, res)
		var f feed
		if err := xml.Unmarshal([]byte(text), &f); err != nil || res.StatusCode != http.StatusOK {
			t.Fatalf("%s answers %d %s: %v", path, res.StatusCode, text, err)
		}
		if _, err := time.Parse(time.RFC3339, f.Updated); err != nil {
			t.Fatal(err)
		}
		return f, res
	}
	public := "/feeds/search.atom?q=" + url.QueryEscape("耐低温")
	f, res := read(public)
	if len(f.Entries) != 1 || f.Entries[0].ID != "urn:uuid:"+id(shown) || f.Entries[0].Title != "耐低温电池 <b>&" || f.Entries[0].Updated != f.Updated {
		t.Fatalf("the feed is %+v", f)
	}
	if status := w.send(nil, http.MethodGet, public, nil, contracttest.Header("If-None-Match", res.Header.Get("ETag"))).StatusCode; status != http.StatusNotModified {
		t.Errorf("an unchanged feed answers %d", status)
	}
	if status, text := w.get(nil, "/feeds/search.atom?q=nothing;there"); status != http.StatusBadRequest {
		t.Errorf("a query that cannot be read is answered %d: %s", status, text)
	}
	if status, text := w.get(nil, "/feeds/search.atom?colour=red"); status != http.StatusUnprocessableEntity || !strings.Contains(text, "query.colour") {
		t.Errorf("an unknown filter answers %d %s", status, text)
	}

	seeker := w.join("seeker@example.org", "郭宁")
	saved := "/me/searches/" + seeker.Post("/me/searches", body{"name": "低温", "query": body{"q": []string{"耐低温"}}, "alert": "off"}).
		Expect(http.StatusCreated).Text("id")
	address := func() string {
		u, err := url.Parse(seeker.Put(saved+"/feed", nil).Expect(http.StatusOK).Text("feed_url"))
		if err != nil {
			t.Fatal(err)
		}
		return u.Path
	}
	first := address()
	if f, _ := read(first); len(f.Entries) != 1 {
		t.Fatalf("the saved feed is %+v", f)
	}
	second := address()
	read(second)
	for _, gone := range []string{first, strings.Replace(second, ".", ".x", 1), "/feeds/.atom", "/feeds/search"} {
		if status, _ := w.get(nil, gone); status != http.StatusNotFound {
			t.Errorf("%s answers %d", gone, status)
		}
	}
	remove(seeker.Client, saved+"/feed").Expect(http.StatusOK)
	if status, _ := w.get(nil, second); status != http.StatusNotFound {
		t.Errorf("a closed feed answers %d", status)
	}
}

// rawLetters are all letters with their headers.
func (w *world) rawLetters(t *testing.T) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(w.dir, "mail", "*.eml"))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(raw)
	}
	return strings.ReplaceAll(b.String(), "\r\n ", " ")
}
