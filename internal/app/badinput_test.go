package app_test

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"chengqiao/internal/httpapi/contracttest"
)

// stored counts the rows of every table, once all that was committed before has
// been worked off: told to each who hears of it, and matched. What the search for duplicates notes of listings is left
// out: it rests while there are requests, and goes on whenever it likes.
func (w *world) stored(t *testing.T) map[string]int {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(w.dir, "chengqiao.db")+"?mode=ro&_pragma=busy_timeout(10000)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	count := func() map[string]int {
		rows, err := db.Query(`SELECT name FROM sqlite_master WHERE type = 'table'
			AND name NOT IN ('duplicate_looks', 'duplicate_keys')`)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		var tables []string
		for rows.Next() {
			var name string
			if err := rows.Scan(&name); err != nil {
				t.Fatal(err)
			}
			tables = append(tables, name)
		}
		counts := map[string]int{}
		for _, name := range tables {
			var n int
			if err := db.QueryRow(`SELECT count(*) FROM "` + name + `"`).Scan(&n); err != nil {
				t.Fatal(err)
			}
			counts[name] = n
		}
		return counts
	}
	eventually(t, "the background is at rest", func() error {
		var undispatched, untold, unmatched int
		if err := db.QueryRow(`SELECT (SELECT count(*) FROM events WHERE position IS NULL),
			(SELECT count(*) FROM deliveries WHERE state = 'pending'),
			(SELECT count(*) FROM events WHERE position > (SELECT position FROM match_cursor))`).Scan(&undispatched, &untold, &unmatched); err != nil {
			t.Fatal(err)
		}
		if undispatched+untold+unmatched > 0 {
			return fmt.Errorf("%d events are to be dispatched, %d to be told, %d to be matched", undispatched, untold, unmatched)
		}
		return nil
	})
	return count()
}

// refusal is a bad input and how it is answered.
type refusal struct {
	what        string
	send        func() contracttest.Answer
	status      int
	code        string
	path, fault string // field and its code, where one is at fault
}

// TestACursorThatIsNoneIsRefusedByEveryList asks every list of the contract that
// somebody here may read for a page that there is none of: it must not begin again.
func TestACursorThatIsNoneIsRefusedByEveryList(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	head, broker := w.join("head@cursor.example", "周秉文"), w.join("broker@cursor.example", "庄慎")
	org := w.organisation(head, "institute", "翻页研究所")
	w.organisation(broker, "brokerage", "翻页转移公司")
	readers := []*person{head, broker, w.staff("operator"), w.staff("reviewer"), w.staff("verifier")}
	var contract struct {
		Paths map[string]map[string]json.RawMessage
	}
	res, err := http.Get(w.address + "/api/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if err := json.NewDecoder(res.Body).Decode(&contract); err != nil {
		t.Fatal(err)
	}
	asked := 0
	for path, operations := range contract.Paths {
		if !strings.Contains(string(operations["get"]), "parameters/Cursor") {
			continue
		}
		path = strings.Replace(path, "/organisations/{id}", "/organisations/"+org, 1)
		if strings.Contains(path, "{") {
			continue
		}
		for _, reader := range readers {
			answer := reader.Get(path + "?cursor=%3F%3F")
			if answer.Status == http.StatusForbidden || answer.Status == http.StatusNotFound {
				continue
			}
			asked++
			if answer.Status != http.StatusBadRequest || answer.Text("code") != "malformed_cursor" {
				t.Errorf("%s answers %d: %s", path, answer.Status, answer.Body)
			}
			break
		}
	}
	if asked < 20 {
		t.Errorf("only %d lists were asked", asked)
	}
}

// TestBadInputIsRefusedByNameAndLeavesNothing sends what the program must not
// take, and holds the answer's code and field and that no table has grown.
func TestBadInputIsRefusedByNameAndLeavesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	reviewer, verifier := w.staff("reviewer"), w.staff("verifier")
	head := w.join("head@bad.example", "周秉文")
	org := w.organisation(head, "institute", "谨慎研究所")
	draft := head.Post("/achievements", body{"title": zh("草稿")}).Expect(http.StatusCreated)
	draftPath := "/achievements/" + draft.Text("head.id")
	newer := head.Put(draftPath+"/draft", body{"title": zh("草稿二")}, contracttest.IfMatch(draft.ETag())).Expect(http.StatusOK)
	published := w.published(head, reviewer, "achievements", body{"title": zh("已发布"), "abstract": zh("摘要"), "technical_field": "agriculture",
		"contributors": []body{{"person_id": head.personID, "role": "COMPLETER", "weight": 1}}})
	light := head.Post("/packages", body{"title": zh("轻了一点的包"), "value_line": zh("一"), "technical_field": "agriculture", "components": []body{
		{"kind": "achievement", "achievement_id": id(published), "weight_bps": 9999, "rights": body{"offer": "know_how"}}}}).Expect(http.StatusCreated)
	lightPath := "/packages/" + light.Text("head.id")
	contributors := []body{{"person_id": head.personID, "role": "COMPLETER", "weight": 9}, {"person_id": reviewer.personID, "role": "SUPPORT", "weight": 1}}
	preview := func(rule body, people []body) func() contracttest.Answer {
		return func() contracttest.Answer {
			return head.Post("/reward-previews", body{"rule": rule, "contributors": people, "gross": cny("100.00"), "vat": cny("0.00")})
		}
	}
	post := func(path string, content any, options ...contracttest.Option) func() contracttest.Answer {
		return func() contracttest.Answer { return head.Post(path, content, options...) }
	}
	get := func(path string) func() contracttest.Answer {
		return func() contracttest.Answer { return head.Get(path) }
	}
	put := func(path string, content any, etag string) func() contracttest.Answer {
		return func() contracttest.Answer { return head.Put(path, content, contracttest.IfMatch(etag)) }
	}
	form := func(change body) body {
		f := body{"kind": "enterprise", "name": zh("新单位"), "credit_code": creditCode("91", "650100"), "region": "650100"}
		maps.Copy(f, change)
		return f
	}
	wrongDigit := []byte(creditCode("91", "650100"))
	wrongDigit[17] = "0123456789ABCDEFGHJKLMNPQRTUWXY"[(strings.IndexByte("0123456789ABCDEFGHJKLMNPQRTUWXY", wrongDigit[17])+1)%31]
	large := bytes.Repeat([]byte("x"), 1<<20+1)
	for _, r := range []refusal{
		{"a credit code with a wrong check", post("/organisations", form(body{"credit_code": string(wrongDigit)})), 422, "invalid_fields", "credit_code", "credit_code_check"},
		{"a credit code of 17", post("/organisations", form(body{"credit_code": "91650100MA000001X"})), 422, "invalid_fields", "credit_code", "credit_code_length"},
		{"a credit code with an I", post("/organisations", form(body{"credit_code": "91650100MA00000I1X"})), 422, "invalid_fields", "credit_code", "credit_code_character"},
		{"a region that is none", post("/organisations", form(body{"region": "999999"})), 422, "invalid_fields", "region", "unknown_value"},
		{"a kind that is none", post("/organisations", form(body{"kind": "club"})), 422, "invalid_fields", "kind", "unknown_value"},
		{"an organisation without a name", post("/organisations", form(body{"name": body{}})), 422, "invalid_fields", "name", "required"},

		{"weights of 9,999", post(lightPath+"/steps", body{"action": "submit"}, contracttest.IfMatch(light.ETag())), 422, "invalid_fields", "components", "weights_must_sum_to_10000"},
		{"a weight below nothing", put(lightPath+"/draft", body{"title": zh("包"), "components": []body{{"kind": "service", "title": "x", "weight_bps": -1}}}, light.ETag()), 422, "invalid_fields", "components[0].weight_bps", "out_of_range"},
		{"a field code that is none", put(draftPath+"/draft", body{"title": zh("草稿"), "technical_field": "alchemy"}, newer.ETag()), 422, "invalid_fields", "technical_field", "unknown_value"},
		{"a title too long", put(draftPath+"/draft", body{"title": zh(strings.Repeat("长", 301))}, newer.ETag()), 422, "invalid_fields", "title.zh", "too_long"},
		{"an unknown property", put(draftPath+"/draft", body{"title": zh("草稿"), "colour": "red"}, newer.ETag()), 422, "invalid_fields", "colour", "unknown_field"},
		{"an amount in words", put(draftPath+"/draft", body{"title": zh("草稿"), "price": body{"amount": "一百万", "currency": "CNY"}}, newer.ETag()), 422, "invalid_fields", "price.amount", "amount_format"},
		{"a text for a number", put(draftPath+"/draft", body{"title": zh("草稿"), "trl": "seven"}, newer.ETag()), 422, "invalid_fields", "trl", "wrong_type"},
		{"null for a text", put(draftPath+"/draft", body{"title": zh("草稿"), "form": nil}, newer.ETag()), 422, "invalid_fields", "form", "wrong_type"},
		{"a tier for what is always public", put(draftPath+"/draft", body{"title": zh("草稿"), "tiers": body{"title": "NDA"}}, newer.ETag()), 422, "invalid_fields", "tiers.title", "unknown_field"},
		{"NUL in a text", put(draftPath+"/draft", body{"title": zh("草\x00稿")}, newer.ETag()), 422, "invalid_fields", "title.zh", "wrong_format"},
		{"NUL in a list", put(draftPath+"/draft", body{"title": zh("草稿"), "keywords_zh": []string{"好", "坏\x00"}}, newer.ETag()), 422, "invalid_fields", "keywords_zh[1]", "wrong_format"},
		{"a time that is none", post("/organisations/"+org+"/tokens", body{"name": "x", "scopes": []string{"catalogue:read"}, "expires_at": "tomorrow"}), 422, "invalid_fields", "expires_at", "wrong_format"},
		{"a time beyond what can be written", post("/organisations/"+org+"/tokens", body{"name": "x", "scopes": []string{"catalogue:read"}, "expires_at": "9999-12-31T23:59:59-12:00"}), 422, "invalid_fields", "expires_at", "out_of_range"},
		{"NUL in a name", post("/organisations/"+org+"/persons", body{"name": "方\x00晓"}), 422, "invalid_fields", "name", "wrong_format"},
		{"NUL in a query", get("/search?q=%00"), 422, "invalid_fields", "q", "wrong_format"},
		{"broken UTF-8 in a query", get("/organisations?q=%ff"), 422, "invalid_fields", "q", "wrong_format"},
		{"NUL in an address", get("/achievements/%00"), 422, "invalid_fields", "id", "wrong_format"},

		{"a stale version", put(draftPath+"/draft", body{"title": zh("草稿三")}, draft.ETag()), 412, "stale_version", "", ""},
		{"a version that is none", put(draftPath+"/draft", body{"title": zh("草稿三")}, `"first"`), 400, "malformed_if_match", "", ""},
		{"no version", func() contracttest.Answer { return head.Put(draftPath+"/draft", body{"title": zh("草稿三")}) }, 422, "invalid_fields", "If-Match", "required"},
		{"a stale step", post(draftPath+"/steps", body{"action": "submit"}, contracttest.IfMatch(draft.ETag())), 412, "stale_version", "", ""},
		{"an illegal step", func() contracttest.Answer { return step(head.Client, published, "resume", nil) }, 409, "illegal_step", "", ""},
		{"a step that is none", func() contracttest.Answer { return step(head.Client, published, "explode", nil) }, 422, "invalid_fields", "action", "unknown_value"},
		{"a return without a reason", func() contracttest.Answer {
			return verifier.Post("/organisations/"+org+"/steps", body{"action": "revoke"}, asRead(verifier, "/organisations/"+org))
		}, 422, "invalid_fields", "reason", "required"},

		{"a rule below the legal floor", preview(body{"base": "NET", "floor_bps": 4000}, contributors[:1]), 422, "rule_below_legal_floor", "", ""},
		{"a team below its floor", preview(body{"base": "TOTAL", "floor_bps": 7000, "team_bps": 6999}, contributors[:1]), 422, "main_contributors_below_floor", "", ""},
		{"support that takes from the main contributors", preview(body{"base": "TOTAL", "floor_bps": 7000, "team_bps": 7000}, contributors), 422, "main_contributors_below_floor", "", ""},
		{"an amount of three decimals", post("/reward-previews", body{"rule": body{"base": "TOTAL", "floor_bps": 7000}, "contributors": contributors[:1], "gross": cny("1.001"), "vat": cny("0.00")}), 422, "invalid_fields", "gross.amount", "amount_format"},
		{"a plan of a contract that is not", post("/contracts/none/plans", body{}), 404, "not_found", "", ""},

		{"a body over its limit", post("/achievements", large), 413, "body_too_large", "", ""},
		{"a body over its limit, unannounced", post("/achievements", []byte(`{"title":{"zh":"`+string(large)+`"}}`), func(r *http.Request) { r.ContentLength = -1 }), 413, "body_too_large", "", ""},
		{"half a JSON", post("/achievements", []byte(`{"title":`)), 400, "malformed_request", "", ""},
		{"no type", post("/achievements", []byte(`{"title":{"zh":"一"}}`), contracttest.Header("Content-Type", "")), 415, "wrong_media_type", "", ""},
		{"JSON of another writing", post("/achievements", []byte(`{"colour":"red"}`), contracttest.Header("Content-Type", "Application/JSON;charset=utf-8")), 422, "invalid_fields", "colour", "unknown_field"},
		{"JSON where a form is wanted", post("/files", []byte(`{}`)), 415, "wrong_media_type", "", ""},
		{"no JSON", post("/achievements", []byte("title=x"), contracttest.Header("Content-Type", "application/x-www-form-urlencoded")), 415, "wrong_media_type", "", ""},
		{"JSON that calls itself a form", post("/achievements", []byte(`{"title":{"zh":"一"},"colour":"red"}`), contracttest.Header("Content-Type", "multipart/form-data; boundary=x")), 415, "wrong_media_type", "", ""},
		{"NUL in JSON that calls itself a form", post("/notes", []byte(`{"kind":"achievement","subject_id":"`+id(published)+`","text":"\u0000"}`), contracttest.Header("Content-Type", "multipart/form-data; boundary=x")), 415, "wrong_media_type", "", ""},
		{"no body", post("/achievements", nil), 400, "malformed_request", "", ""},
		{"a list for an object", post("/achievements", []byte(`[]`)), 422, "invalid_fields", "", "wrong_type"},
		{"two documents in one body", post("/achievements", []byte(`{"title":{"zh":"一"}} {"title":{"zh":"二"}}`)), 400, "malformed_request", "", ""},

		{"a kind to search that is none", get("/search?kind=patent"), 422, "invalid_fields", "kind[0]", "unknown_value"},
		{"an order that is none", get("/search?sort=best"), 422, "invalid_fields", "sort", "unknown_value"},
		{"page zero", get("/search?page=0"), 422, "invalid_fields", "page", "out_of_range"},
		{"a page too large", get("/search?page_size=101"), 422, "invalid_fields", "page_size", "out_of_range"},
		{"a page that is no number", get("/search?page=two"), 422, "invalid_fields", "page", "invalid"},
		{"a price that is none", get("/search?price_min=cheap"), 422, "invalid_fields", "price_min", "not_an_amount"},
		{"a query with a % of no byte", get("/search?q=%zz"), 400, "malformed_request", "", ""},
		{"a query with a bare semicolon", get("/search?q=电池;水"), 400, "malformed_request", "", ""},
		{"a language that is none", get("/search?locale=fr"), 422, "invalid_fields", "locale", "unknown_value"},
		{"what is read only", put(draftPath+"/draft", body{"title": zh("草稿"), "contributors": []body{{"person_id": head.personID, "role": "COMPLETER", "weight": 1, "name": "周秉文"}}}, newer.ETag()), 422, "invalid_fields", "contributors[0].name", "read_only"},
		{"a state that is none", get("/organisations?state=famous"), 422, "invalid_fields", "state", "unknown_value"},

		{"a member with a role of another kind", post("/organisations/"+org+"/members", body{"email": "x@bad.example", "role": "registrar"}), 422, "invalid_fields", "role", "unknown_value"},
		{"an address that is none", post("/organisations/"+org+"/persons", body{"name": "某", "email": "nobody"}), 422, "invalid_fields", "email", "email_invalid"},
		{"a consent that is needed", func() contracttest.Answer {
			f := registration("new@bad.example", "新")
			f["consents"] = []body{}
			return w.visitor().Post("/accounts", f)
		}, 422, "invalid_fields", "consents", "consent_required"},
		{"a password that is short", func() contracttest.Answer {
			f := registration("new@bad.example", "新")
			f["password"] = "短口令"
			return w.visitor().Post("/accounts", f)
		}, 422, "invalid_fields", "password", "too_short"},
		{"a token that is none", func() contracttest.Answer {
			return w.visitor().Post("/accounts/verify", body{"token": "0123456789abcdef", "password": "a-password-of-mine"})
		}, 422, "token_invalid", "", ""},
	} {
		before := w.stored(t)
		answer := r.send()
		if answer.Status != r.status || answer.Text("code") != r.code {
			t.Errorf("%s: answered %d: %s", r.what, answer.Status, answer.Body)
			continue
		}
		if r.fault != "" && answer.FieldCode(r.path) != r.fault {
			t.Errorf("%s: the field %q has the code %q, want %q: %s", r.what, r.path, answer.FieldCode(r.path), r.fault, answer.Body)
		}
		if answer.Text("title") == "" || answer.Text("type") != "chengqiao:problem:"+r.code {
			t.Errorf("%s: %s", r.what, answer.Body)
		}
		for table, n := range w.stored(t) {
			if n != before[table] {
				t.Errorf("%s: %s had %d rows and has %d", r.what, table, before[table], n)
			}
		}
	}
}

func TestARepeatedRequestIsAnsweredAgainAndNotDoneAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	head := w.join("head@twice.example", "周秉文")
	w.organisation(head, "institute", "一次研究所")
	content := body{"title": zh("只有一份")}
	first := head.Post("/achievements", content, contracttest.Key("k-1")).Expect(http.StatusCreated)
	before := w.stored(t)
	again := head.Post("/achievements", content, contracttest.Key("k-1")).Expect(http.StatusCreated)
	if !bytes.Equal(first.Body, again.Body) || first.ETag() != again.ETag() || again.Header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("first  %s %s\nsecond %s %s", first.ETag(), first.Body, again.ETag(), again.Body)
	}
	head.Post("/achievements", body{"title": zh("另一份")}, contracttest.Key("k-1")).Refused(http.StatusUnprocessableEntity, "idempotency_key_reused")
	head.Post("/needs", content, contracttest.Key("k-1")).Refused(http.StatusUnprocessableEntity, "idempotency_key_reused")
	if after := w.stored(t); !maps.Equal(before, after) {
		t.Errorf("rows before %v, after %v", before, after)
	}
	// What was refused is not remembered: mended, it goes through.
	head.Post("/achievements", body{"title": body{}, "trl": 77}, contracttest.Key("k-2")).Expect(http.StatusUnprocessableEntity)
	head.Post("/achievements", content, contracttest.Key("k-2")).Expect(http.StatusCreated)
	// Of equal requests at once, one is done.
	ids := make(chan string, 8)
	for range cap(ids) {
		go func() {
			res := w.send(head, http.MethodPost, "/api/v1/achievements", strings.NewReader(`{"title":{"zh":"同时"}}`),
				contracttest.Header("Content-Type", "application/json"), contracttest.Key("k-3"))
			defer res.Body.Close()
			answer, _ := io.ReadAll(res.Body)
			ids <- fmt.Sprintf("%d %s", res.StatusCode, answer)
		}()
	}
	one := <-ids
	for range cap(ids) - 1 {
		if other := <-ids; other != one || !strings.HasPrefix(one, "201 ") {
			t.Errorf("%s\n%s", one, other)
		}
	}
}

func TestAnotherSiteCannotAct(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	head := w.join("head@csrf.example", "周秉文")
	before := w.stored(t)
	for what, from := range map[string][]contracttest.Option{
		"by its origin":            {contracttest.Header("Origin", "https://evil.example")},
		"by the browser's word":    {contracttest.Header("Sec-Fetch-Site", "cross-site")},
		"from a sandboxed frame":   {contracttest.Header("Origin", "null")},
		"from a sibling of ours":   {contracttest.Header("Sec-Fetch-Site", "same-site")},
		"with the type of a form":  {contracttest.Header("Origin", "https://evil.example"), contracttest.Header("Content-Type", "text/plain")},
		"with a foreign port only": {contracttest.Header("Origin", "http://127.0.0.1:1")},
	} {
		content := body{"kind": "enterprise", "name": zh("被骗的单位"), "credit_code": creditCode("91", "650100"), "region": "650100"}
		if a := head.Post("/organisations", content, from...); a.Status != http.StatusForbidden || a.Text("code") != "cross_origin" {
			t.Errorf("another site, known %s, is answered %d: %s", what, a.Status, a.Body)
		}
		head.Do(http.MethodDelete, "/session", nil, from...).Refused(http.StatusForbidden, "cross_origin")
	}
	if after := w.stored(t); !maps.Equal(before, after) {
		t.Errorf("rows before %v, after %v", before, after)
	}
	head.Get("/me", contracttest.Header("Sec-Fetch-Site", "cross-site")).Expect(http.StatusOK)
	res := w.send(head, http.MethodGet, "/api/v1/me", nil, contracttest.Header("Origin", "https://evil.example"))
	defer res.Body.Close()
	if allowed := res.Header.Get("Access-Control-Allow-Origin"); allowed != "" {
		t.Errorf("another site may read: %s", allowed)
	}
}

func TestPasswordsAreNotToBeGuessed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.join("owner@guess.example", "主人")
	visitor := w.visitor()
	guess := func(email, word string) contracttest.Answer {
		return visitor.Post("/session", body{"identifier": email, "password": word})
	}
	// An account that is and one that is not are answered alike, until the end.
	for _, email := range []string{"owner@guess.example", "nobody@guess.example"} {
		refused := 0
		for range 12 {
			switch a := guess(email, "不对的口令"); a.Status {
			case http.StatusUnauthorized:
				a.Refused(http.StatusUnauthorized, "wrong_credentials")
			default:
				a.Refused(http.StatusTooManyRequests, "too_many_attempts")
				if a.Text("params.retry_after_seconds") == "0" || a.Header.Get("Retry-After") == "" {
					t.Errorf("%v %s", a.Header, a.Body)
				}
				refused++
			}
		}
		if refused != 2 {
			t.Errorf("%s: of 12 guesses %d were refused", email, refused)
		}
	}
	guess("owner@guess.example", password).Refused(http.StatusTooManyRequests, "too_many_attempts")
}

func TestAClientThatAsksTooMuchIsToldToWait(t *testing.T) {
	t.Parallel()
	const limit = 2 // one of them comes back after half a minute
	w := newWorld(t, settings{"CHENGQIAO_SERVER__REQUESTS_PER_MINUTE": fmt.Sprint(limit), "CHENGQIAO_SERVER__TRUSTED_PROXIES": ""})
	visitor := w.visitor()
	for i := range limit {
		if a := visitor.Get("/me").Expect(http.StatusOK); a.Header.Get("RateLimit-Remaining") != fmt.Sprint(limit-1-i) {
			t.Errorf("after %d requests %s remain", i+1, a.Header.Get("RateLimit-Remaining"))
		}
	}
	refused := visitor.Get("/me").Refused(http.StatusTooManyRequests, "too_many_requests")
	if refused.Header.Get("Retry-After") == "" {
		t.Errorf("%v", refused.Header)
	}
	// Who is not a trusted proxy cannot pass for somebody else.
	visitor.Get("/me", contracttest.Header("X-Forwarded-For", "203.0.113.7")).Expect(http.StatusTooManyRequests)
	if status, _ := w.get(nil, "/healthz"); status != http.StatusOK {
		t.Errorf("/healthz answers %d", status)
	}
	w.kill()
	w.env = w.env.with(settings{"CHENGQIAO_SERVER__TRUSTED_PROXIES": "127.0.0.1"})
	w.restart()
	visitor = w.visitor()
	for range limit {
		visitor.Get("/me", contracttest.Header("X-Forwarded-For", "203.0.113.7")).Expect(http.StatusOK)
	}
	visitor.Get("/me", contracttest.Header("X-Forwarded-For", "203.0.113.7")).Expect(http.StatusTooManyRequests)
	visitor.Get("/me", contracttest.Header("X-Forwarded-For", "203.0.113.8")).Expect(http.StatusOK)
}

// TestTextIsNeverMarkup publishes a listing whose texts try to become part of
// the page that the server writes for search engines.
func TestTextIsNeverMarkup(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	head := w.join("head@markup.example", "所长")
	w.organisation(head, "institute", `<img src=x onerror=alert(2)>研究所`)
	content := result(`</title></script><script>alert(1)</script>"'><b>`, head.personID)
	content["keywords_zh"] = []string{`"><svg onload=alert(3)>`}
	path := w.published(head, w.staff("reviewer"), "achievements", content)
	eventually(t, "the page is there", func() error {
		status, page := w.get(nil, path)
		if status != http.StatusOK || !strings.Contains(page, "alert(1)") {
			return fmt.Errorf("%d %.300s", status, page)
		}
		return nil
	})
	_, page := w.get(nil, path)
	for _, markup := range []string{"<script>alert", "<img src=x", "<svg onload", "</title></script>", `"'><b>`} {
		if strings.Contains(page, markup) {
			t.Errorf("the page has %q:\n%s", markup, page)
		}
	}
	if _, listed := w.get(nil, "/sitemap/listings.xml"); !strings.Contains(listed, id(path)) {
		t.Errorf("%s", listed)
	}
}
