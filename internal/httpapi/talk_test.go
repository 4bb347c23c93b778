package httpapi_test

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"chengqiao/config"
	"chengqiao/internal/blob"
	"chengqiao/internal/clock"
	"chengqiao/internal/deal"
	"chengqiao/internal/document"
	"chengqiao/internal/errs"
	"chengqiao/internal/event"
	"chengqiao/internal/httpapi"
	"chengqiao/internal/httpapi/contracttest"
	"chengqiao/internal/ident"
	"chengqiao/internal/kv/memory"
	"chengqiao/internal/notify"
	"chengqiao/internal/policy"
	"chengqiao/internal/store"
	"chengqiao/internal/store/storetest"
	"chengqiao/internal/taxonomy"
	"chengqiao/internal/text"
)

// talkWorld serves introductions, deals, files, tasks and live events over a
// real store. The listings and the people are given by the test; a session's
// token is the name of one of its actors.
type talkWorld struct {
	t       *testing.T
	url     string
	handler http.Handler
	live    *notify.Live
	clock   *clock.Manual
	kept    *store.Notify
	// log is what has been logged, answered the status of each request that is over;
	// for tests that ask the handler one thing after the other.
	log      bytes.Buffer
	answered []int

	mu      sync.Mutex
	revoked map[string]bool
}

var talkActors = map[string]policy.Actor{
	"officer":  {AccountID: "acc-officer", PersonID: "per-officer", OrgID: "seller", OrgKind: policy.Institute, OrgVerified: true, Roles: []policy.Role{policy.Officer}},
	"manager":  {AccountID: "acc-manager", PersonID: "per-manager", OrgID: "buyer", OrgKind: policy.Enterprise, OrgVerified: true, Roles: []policy.Role{policy.Manager}},
	"stranger": {AccountID: "acc-stranger", PersonID: "per-stranger", OrgID: "stranger", OrgKind: policy.Enterprise, OrgVerified: true, Roles: []policy.Role{policy.Manager}},
}

func (w *talkWorld) Authenticate(_ context.Context, token, _ string) (httpapi.Session, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.revoked[token] {
		return httpapi.Session{}, nil
	}
	return httpapi.Session{ID: token, Actor: talkActors[token]}, nil
}

// Begin implements httpapi.Observer.
func (w *talkWorld) Begin(r *http.Request) (context.Context, func(string, int, bool)) {
	return r.Context(), func(_ string, status int, _ bool) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.answered = append(w.answered, status)
	}
}

func (w *talkWorld) Listing(_ context.Context, kind, id string) (deal.Listing, error) {
	owners := map[string]string{"package/P": "seller", "need/N": "buyer", "need/hidden": "buyer"}
	owner, known := owners[kind+"/"+id]
	if !known {
		return deal.Listing{}, errs.New(errs.NotFound, "not_found")
	}
	return deal.Listing{Facts: policy.Facts{OwnerOrg: owner, Published: true, Audience: policy.TierPublic}, Anonymous: id == "hidden"}, nil
}

func (*talkWorld) PackagesWith(context.Context, string) (string, []string, error) {
	return "seller", []string{"P"}, nil
}
func (*talkWorld) Matched(context.Context, string) error { return nil }

// Broker implements deal.Matches: no mediator has put anything together.
func (*talkWorld) Broker(context.Context, string, string) (string, error) { return "", nil }

func (*talkWorld) Pair(context.Context, string) (string, string, error) {
	return "", "", errs.New(errs.NotFound, "not_found")
}

func (*talkWorld) ListingTitles(_ context.Context, ids []string) (map[string]text.Text, error) {
	out := map[string]text.Text{}
	for _, id := range ids {
		out[id] = text.Zh("题" + id)
	}
	return out, nil
}
func (*talkWorld) ContractsOf(context.Context, []string) (map[string]string, error) { return nil, nil }

func (*talkWorld) OrganisationNames(_ context.Context, ids []string) (map[string]text.Text, error) {
	out := map[string]text.Text{}
	for _, id := range ids {
		out[id] = text.Zh("单位" + id)
	}
	return out, nil
}

func (*talkWorld) AccountNames(_ context.Context, ids []string) (map[string]string, error) {
	out := map[string]string{}
	for _, id := range ids {
		out[id] = "名" + id
	}
	return out, nil
}

func (*talkWorld) Subject(_ context.Context, kind, id string) (document.Subject, error) {
	if kind != "achievement" || id != "A" {
		return document.Subject{}, errs.New(errs.NotFound, "not_found")
	}
	return document.Subject{Read: policy.AchievementRead, Attach: policy.FileUpload, Facts: policy.Facts{OwnerOrg: "seller", Published: true, Audience: policy.TierPublic}}, nil
}

func (*talkWorld) Concerned(_ context.Context, _, id string) (notify.Concerned, error) {
	return notify.Concerned{Title: text.Text{Zh: "题" + id, En: "On " + id}, Parties: []string{"seller", "buyer"}}, nil
}
func (w *talkWorld) AllConcerned(ctx context.Context, kind string, ids []string) (map[string]notify.Concerned, error) {
	out := map[string]notify.Concerned{}
	for _, id := range ids {
		out[id], _ = w.Concerned(ctx, kind, id)
	}
	return out, nil
}
func (*talkWorld) OrganisationsOf(context.Context, string) ([]string, error) {
	return []string{"seller"}, nil
}
func (*talkWorld) Members(context.Context, string, []policy.Role, int) ([]notify.Recipient, error) {
	return nil, nil
}
func (*talkWorld) Staff(context.Context, []policy.Role, int) ([]notify.Recipient, error) {
	return nil, nil
}
func (*talkWorld) Claimed(context.Context, []string) ([]notify.Recipient, error) { return nil, nil }
func (*talkWorld) Known(context.Context, string) (bool, error)                   { return true, nil }
func (*talkWorld) OrganisationName(context.Context, string) (text.Text, error) {
	return text.Text{}, nil
}

// keptBytes is a folder of bytes as documents want it.
type keptBytes struct{ *blob.Store }

func (k keptBytes) Put(ctx context.Context, upload io.Reader, maxBytes int64, types []string,
	announce func(ctx context.Context, key string) error) (document.Stored, error) {
	info, err := k.Store.Put(ctx, upload, blob.Rule{MaxBytes: maxBytes, Types: types}, announce)
	return document.Stored(info), err
}
func (k keptBytes) Open(ctx context.Context, key string) (io.ReadSeekCloser, error) {
	return k.Store.Open(ctx, key)
}

// talkBus is the memory bus as live events want it.
type talkBus struct{ *memory.Bus }

func (b talkBus) Subscribe(ctx context.Context, topics ...string) (<-chan notify.Signal, error) {
	s, err := b.Bus.Subscribe(ctx, topics...)
	if err != nil {
		return nil, err
	}
	out := make(chan notify.Signal)
	go func() {
		defer close(out)
		for m := range s.Messages() {
			select {
			case out <- notify.Signal{Topic: m.Topic, Payload: m.Payload, Missed: m.Missed}:
			case <-ctx.Done():
				return
			}
		}
	}()
	return out, nil
}

const (
	// talkLimit is how long a request and its answer may take where a test is about
	// what outlives that. It is long for all else that such a test asks.
	talkLimit = 2 * time.Second
	talkBeat  = 20 * time.Millisecond
)

func serveTalk(t *testing.T) (*talkWorld, func(name string) *contracttest.Client) {
	t.Helper()
	return serveTalkWithin(t, time.Minute)
}

// serveTalkWithin serves with a limit of how long a request may come in and its
// answer may take.
func serveTalkWithin(t *testing.T, limit time.Duration) (*talkWorld, func(name string) *contracttest.Client) {
	t.Helper()
	db := storetest.SQLite(t, deal.IntroductionMachine, deal.Machine)
	lists, err := taxonomy.Load(config.Files)
	if err != nil {
		t.Fatal(err)
	}
	bucket, err := blob.OpenFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	blobs, err := blob.NewStore(bucket, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	clk := clock.NewManual(time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC))
	w := &talkWorld{t: t, clock: clk, kept: store.NewNotify(db), revoked: map[string]bool{}}
	log := slog.New(slog.NewTextHandler(&w.log, nil))
	j := store.NewJournal(db, nil, nil)
	w.live = notify.NewLive(notify.LiveDeps{Bus: talkBus{memory.NewBus()}, Marks: memory.NewCache(clk, 100), Subjects: w, Directory: w, Clock: clk, Log: log})
	documents, err := document.NewService(document.Deps{Tx: db, Store: store.NewDocument(db), Journal: j, Subjects: w, Blobs: keptBytes{blobs},
		Marker: noMarker{}, Clock: clk, Log: log, MaxBytes: 1 << 10})
	if err != nil {
		t.Fatal(err)
	}
	handler, err := httpapi.New(httpapi.NewAPI(httpapi.Services{
		Deals: deal.NewService(deal.Deps{Tx: db, Store: store.NewDeal(db), Journal: j, History: j, Listings: w, Components: w, Needs: w,
			Matches: w, Reasons: lists, Clock: clk, Config: deal.Config{NDAVersion: "1"}}),
		Documents: documents,
		Notices:   notify.NewService(notify.Deps{Store: w.kept, Subjects: w, Memberships: w, Clock: clk}),
		Tasks:     notify.NewTasks(store.NewTask(db), clk, 14), Live: w.live, Related: w, Directory: w, Taxonomies: lists,
	}), httpapi.Options{
		Log: log, Observer: w, Auth: w, PublicURL: "http://localhost", MaxBody: 1 << 20, MaxUpload: 1 << 20, Heartbeat: talkBeat,
		Web: fstest.MapFS{"index.html": {Data: []byte("<html><head></head><body></body></html>")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(handler)
	server.Config.ReadTimeout, server.Config.WriteTimeout = limit, limit
	server.Start()
	t.Cleanup(server.Close)
	w.url, w.handler = server.URL, handler
	return w, func(name string) *contracttest.Client {
		c := contracttest.New(t, server.URL)
		if name != "" {
			c.Session(name)
		}
		return c
	}
}

func TestTwoOrganisationsComeToADealOverHTTP(t *testing.T) {
	_, as := serveTalk(t)
	officer, manager, stranger := as("officer"), as("manager"), as("stranger")
	ask := body{"package_id": "P", "need_id": "hidden", "message": "贵司的需求我们可以解决"}
	made := officer.Post("/introductions", ask, contracttest.Key("k1")).Expect(http.StatusCreated)
	path := "/introductions/" + made.Text("id")
	if made.Text("state") != "open" || made.Text("answer_by") != "2026-11-28T02:00:00Z" || made.Text("actions.0") != "withdraw" {
		t.Errorf("%s", made.Body)
	}
	officer.Post("/introductions", ask).Refused(http.StatusConflict, "introduction_exists")
	for _, seen := range []contracttest.Answer{made, officer.Get(path), officer.Get("/introductions?box=sent")} {
		if bytes.Contains(seen.Body, []byte("buyer")) {
			t.Errorf("the organisation behind the anonymous need is named: %s", seen.Body)
		}
	}
	stranger.Get(path).Refused(http.StatusNotFound, "not_found")
	as("").Get("/introductions").Refused(http.StatusUnauthorized, "sign_in_required")
	if received := manager.Get("/introductions?box=received").Expect(http.StatusOK); received.Text("items.0.from_organisation_name.zh") != "单位seller" ||
		received.Text("items.0.need_title.zh") != "题hidden" {
		t.Errorf("%s", received.Body)
	}
	bad := manager.Post(path+"/steps", body{"action": "decline", "reason_code": "just_so"}).Refused(http.StatusUnprocessableEntity, "invalid_fields")
	if bad.FieldCode("reason_code") != "unknown_value" {
		t.Errorf("%s", bad.Body)
	}
	bad = manager.Post(path+"/steps", body{"action": "swallow"}).Refused(http.StatusUnprocessableEntity, "invalid_fields")
	if bad.FieldCode("action") != "unknown_value" {
		t.Errorf("%s", bad.Body)
	}

	accepted := manager.Post(path+"/steps", body{"action": "accept"}).Expect(http.StatusOK)
	if known := officer.Get(path).Expect(http.StatusOK); known.Text("to_organisation_name.zh") != "单位buyer" || !known.Has("answered_at") {
		t.Errorf("%s", known.Body)
	}
	dealPath := "/deals/" + accepted.Text("deal_id")
	d := officer.Get(dealPath).Expect(http.StatusOK)
	if d.Text("seller_organisation_id") != "seller" || d.Text("buyer_organisation_name.zh") != "单位buyer" || d.Text("nda.in_force") != "false" || d.ETag() != `"1"` {
		t.Errorf("%s %s", d.ETag(), d.Body)
	}
	stranger.Get(dealPath).Refused(http.StatusNotFound, "not_found")

	officer.Post(dealPath+"/messages", body{"text": "您好"}).Expect(http.StatusCreated)
	manager.Post(dealPath+"/messages", body{"text": "幸会"}).Expect(http.StatusCreated)
	talk := officer.Get(dealPath + "/messages?page_size=1").Expect(http.StatusOK)
	if talk.Text("items.0.text") != "幸会" || talk.Text("items.0.author") != "名acc-manager" {
		t.Errorf("%s", talk.Body)
	}
	if rest := officer.Get(dealPath + "/messages?cursor=" + talk.Text("next_cursor")).Expect(http.StatusOK); rest.Text("items.0.text") != "您好" || rest.Has("next_cursor") {
		t.Errorf("%s", rest.Body)
	}

	officer.Post(dealPath+"/nda", body{}).Expect(http.StatusOK)
	officer.Post(dealPath+"/nda", body{}).Refused(http.StatusConflict, "nda_already_signed")
	if signed := manager.Post(dealPath+"/nda", body{}).Expect(http.StatusOK); signed.Text("nda.in_force") != "true" || signed.Text("nda.signatures.1.organisation_id") != "buyer" {
		t.Errorf("%s", signed.Body)
	}
	closed := manager.Post(dealPath+"/steps", body{"action": "close", "reason_code": "price_not_agreed", "reason": "差距太大"}).Expect(http.StatusOK)
	if closed.Text("closed_reason") != "价格未谈拢：差距太大" {
		t.Errorf("%s", closed.Body)
	}
	officer.Locale = "en"
	if inEnglish := officer.Get(dealPath).Expect(http.StatusOK); inEnglish.Text("closed_reason") != "No agreement on the price: 差距太大" {
		t.Errorf("%s", inEnglish.Body)
	}
	history := officer.Get(dealPath + "/steps").Expect(http.StatusOK)
	if history.Text("items.0.action") != "introduction.create" || history.Text("items.3.action") != "deal.close" ||
		history.Text("items.3.seq") != "4" || history.Text("items.3.reason") != "No agreement on the price" {
		t.Errorf("%s", history.Body)
	}
	if introduced := officer.Get("/introductions?state=accepted").Expect(http.StatusOK); introduced.Text("items.0.deal_state") != "closed" {
		t.Errorf("%s", introduced.Body)
	}
	if list := officer.Get("/deals?state=closed").Expect(http.StatusOK); list.Text("items.0.package_title.zh") != "题P" {
		t.Errorf("%s", list.Body)
	}
}

func TestWhatWaitsIsListedForEachPerson(t *testing.T) {
	_, as := serveTalk(t)
	as("officer").Post("/introductions", body{"need_id": "N", "message": "你好"}).Expect(http.StatusCreated)
	waiting := as("manager").Get("/me/tasks").Expect(http.StatusOK)
	if waiting.Text("items.0.code") != "answer_introduction" || waiting.Text("items.0.due_at") != "2026-11-28T02:00:00Z" {
		t.Errorf("%s", waiting.Body)
	}
	if none := as("officer").Get("/me/tasks").Expect(http.StatusOK); none.Has("items.0") {
		t.Errorf("%s", none.Body)
	}
	as("").Get("/me/tasks").Refused(http.StatusUnauthorized, "sign_in_required")
}

// form is a multipart body with fields in this order, a "file" among them.
func form(t *testing.T, fields ...[2]string) ([]byte, contracttest.Option) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, f := range fields {
		var part io.Writer
		var err error
		if f[0] == "file" {
			part, err = w.CreateFormFile("file", "检测 报告.pdf")
		} else {
			part, err = w.CreateFormField(f[0])
		}
		if err == nil {
			_, err = io.WriteString(part, f[1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), contracttest.Header("Content-Type", w.FormDataContentType())
}

func TestAFileIsServedToBeSavedAndNeverToRun(t *testing.T) {
	_, as := serveTalk(t)
	officer := as("officer")
	about := [][2]string{{"kind", "achievement"}, {"subject_id", "A"}, {"tier", "MEMBERS"}}
	pdf := [2]string{"file", "%PDF-1.7 <script>alert(1)</script>"}

	raw, multi := form(t, append(about, pdf)...)
	stored := officer.Post("/files", raw, multi).Expect(http.StatusCreated)
	if stored.Text("name") != "检测 报告.pdf" || stored.Text("content_type") != "application/pdf" || stored.Text("tier") != "MEMBERS" {
		t.Errorf("%s", stored.Body)
	}
	content := "/files/" + stored.Text("id") + "/content"
	got := as("stranger").Get(content).Expect(http.StatusOK)
	if string(got.Body) != pdf[1] {
		t.Errorf("came back as %q", got.Body)
	}
	for name, want := range map[string]string{
		"Content-Type": "application/octet-stream", "X-Content-Type-Options": "nosniff",
		"Content-Security-Policy": "sandbox; default-src 'none'", "Cache-Control": "private, no-store",
		"Content-Disposition": `attachment; filename="__ __.pdf"; filename*=UTF-8''%E6%A3%80%E6%B5%8B%20%E6%8A%A5%E5%91%8A.pdf`,
	} {
		if have := got.Header.Get(name); have != want {
			t.Errorf("%s is %q, want %q", name, have, want)
		}
	}
	as("").Get(content).Refused(http.StatusNotFound, "not_found")
	if list := as("").Get("/files?kind=achievement&subject_id=A").Expect(http.StatusOK); list.Has("items.0") {
		t.Errorf("a visitor sees %s", list.Body)
	}
	if list := as("stranger").Get("/files?kind=achievement&subject_id=A").Expect(http.StatusOK); !list.Has("items.0") {
		t.Errorf("a member sees %s", list.Body)
	}

	for _, c := range []struct {
		name   string
		who    string
		fields [][2]string
		status int
		code   string
	}{
		{"a page", "officer", append(about, [2]string{"file", "<!DOCTYPE html><p>"}), http.StatusUnprocessableEntity, "file_type_not_accepted"},
		{"too large", "officer", append(about, [2]string{"file", strings.Repeat("字", 400)}), http.StatusRequestEntityTooLarge, "file_too_large"},
		{"no file", "officer", about, http.StatusUnprocessableEntity, "invalid_fields"},
		{"the file before its fields", "officer", append([][2]string{pdf}, about...), http.StatusUnprocessableEntity, "invalid_fields"},
		{"a field twice", "officer", append(about, about[0]), http.StatusBadRequest, "malformed_request"},
		{"a field that is misspelt", "officer", append(about, [2]string{"on_requst", "true"}, pdf), http.StatusUnprocessableEntity, "invalid_fields"},
		{"who may have it after the file", "officer", append(about, pdf, [2]string{"on_request", "true"}), http.StatusUnprocessableEntity, "invalid_fields"},
		{"two files", "officer", append(about, pdf, pdf), http.StatusUnprocessableEntity, "invalid_fields"},
		{"a stranger's", "stranger", append(about, pdf), http.StatusNotFound, "not_found"},
	} {
		raw, multi := form(t, c.fields...)
		if got := as(c.who).Post("/files", raw, multi); got.Status != c.status || got.Text("code") != c.code {
			t.Errorf("%s: %d %s", c.name, got.Status, got.Body)
		}
	}
	raw, multi = form(t, append(about, pdf)...)
	officer.Post("/files", raw[:len(raw)-len("--\r\n")], multi).Refused(http.StatusBadRequest, "malformed_request")
	var page struct{ Items []struct{ ID string } }
	officer.Get("/files?kind=achievement&subject_id=A").Expect(http.StatusOK).Into(&page)
	if len(page.Items) != 1 || page.Items[0].ID != stored.Text("id") {
		t.Errorf("of what was refused something is kept: %+v", page.Items)
	}
}

// stream opens the live events of an actor and gives its lines; the channel is
// closed when the server ends the stream.
func (w *talkWorld) stream(name string) <-chan string {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, w.url+"/api/v1/events", nil)
	if err != nil {
		w.t.Fatal(err)
	}
	req.AddCookie(&http.Cookie{Name: "chengqiao_session", Value: name})
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = res.Body.Close() })
	if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "text/event-stream" || res.Header.Get("Cache-Control") != "no-store" {
		w.t.Fatalf("%d %v", res.StatusCode, res.Header)
	}
	lines := make(chan string, 1000)
	go func() {
		defer close(lines)
		for s := bufio.NewScanner(res.Body); s.Scan(); {
			lines <- s.Text()
		}
	}()
	return lines
}

// data is the next line of data; "" when the stream has ended.
func data(t *testing.T, lines <-chan string) string {
	t.Helper()
	late := time.After(time.Minute)
	for {
		select {
		case line, open := <-lines:
			if !open {
				return ""
			}
			if d, ok := strings.CutPrefix(line, "data: "); ok {
				return d
			}
		case <-late:
			t.Fatal("nothing heard")
		}
	}
}

// beat waits for one heartbeat.
func beat(t *testing.T, lines <-chan string) {
	t.Helper()
	late := time.After(time.Minute)
	for {
		select {
		case line, open := <-lines:
			if !open {
				t.Fatal("the stream has ended")
			}
			if line == ": beat" {
				return
			}
		case <-late:
			t.Fatal("no heartbeat")
		}
	}
}

func TestLiveEventsFlowUntilTheSessionOrTheServerEnds(t *testing.T) {
	t.Parallel()
	w, as := serveTalkWithin(t, talkLimit)
	as("").Get("/events").Refused(http.StatusUnauthorized, "sign_in_required")
	officer, manager := w.stream("officer"), w.stream("manager")
	for name, lines := range map[string]<-chan string{"officer": officer, "manager": manager} {
		if got := data(t, lines); got != `{"quiet_ms":0}` {
			t.Errorf("nobody has asked before, and the %s hears %s", name, got)
		}
	}
	w.clock.Advance(time.Minute)
	if got := data(t, w.stream("officer")); got != `{"quiet_ms":55000}` {
		t.Errorf("after a quiet minute the officer hears %s", got)
	}
	for range 2 * talkLimit / talkBeat {
		beat(t, officer)
	}
	err := w.live.Publish(t.Context(), []event.Event{{ID: "e", Name: event.MessagePosted, Kind: "deal", Subject: "D", OrgID: "seller",
		At: time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)}})
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"name":"message.posted","kind":"deal","subject_id":"D","at":"2026-11-23T02:00:00Z"}`
	for name, lines := range map[string]<-chan string{"officer": officer, "manager": manager} {
		if got := data(t, lines); got != want {
			t.Errorf("%s hears %s", name, got)
		}
	}

	w.mu.Lock()
	w.revoked["manager"] = true
	w.mu.Unlock()
	if got := data(t, manager); got != "" {
		t.Errorf("after its session was revoked the manager hears %s", got)
	}
	w.live.Close()
	if got := data(t, officer); got != "" {
		t.Errorf("after the server's end the officer hears %s", got)
	}
}

func TestNotificationsAreListedAndMarkedReadOverHTTP(t *testing.T) {
	w, as := serveTalk(t)
	var ids []string
	for i, code := range []string{"introduction_made", "message_posted", "nda_signed"} {
		id := ident.NewID()
		ids = append(ids, id)
		err := w.kept.InsertNotifications(t.Context(), []notify.Notification{{ID: id, AccountID: "acc-officer", OrgID: "seller",
			EventID: "e" + code, Code: code, Kind: "deal", SubjectID: "D", At: time.Date(2026, 11, 23, 2, i, 0, 0, time.UTC)}})
		if err != nil {
			t.Fatal(err)
		}
	}
	officer := as("officer")
	first := officer.Get("/me/notifications?page_size=2").Expect(http.StatusOK)
	if first.Text("items.0.code") != "nda_signed" || first.Text("items.0.title") != "题D" || first.Text("items.0.read") != "false" ||
		first.Text("items.0.organisation_id") != "seller" || first.Text("unread") != "3" || first.Text("next_cursor") != ids[1] {
		t.Errorf("%s", first.Body)
	}
	rest := officer.Get("/me/notifications?page_size=2&cursor=" + first.Text("next_cursor")).Expect(http.StatusOK)
	if rest.Text("items.0.id") != ids[0] || rest.Has("items.1") || rest.Has("next_cursor") {
		t.Errorf("%s", rest.Body)
	}
	officer.Put("/me/notifications/read", body{"up_to": ids[1]}).Expect(http.StatusNoContent)
	after := officer.Get("/me/notifications").Expect(http.StatusOK)
	if after.Text("items.0.read") != "false" || after.Text("items.1.read") != "true" || after.Text("items.2.read") != "true" || after.Text("unread") != "1" {
		t.Errorf("%s", after.Body)
	}
	as("manager").Put("/me/notifications/"+ids[2]+"/read", nil).Expect(http.StatusNoContent)
	if others := officer.Get("/me/notifications").Expect(http.StatusOK); others.Text("unread") != "1" {
		t.Errorf("read by another: %s", others.Body)
	}
	officer.Put("/me/notifications/"+ids[2]+"/read", nil).Expect(http.StatusNoContent)
	if opened := officer.Get("/me/notifications").Expect(http.StatusOK); opened.Text("items.0.read") != "true" || opened.Text("unread") != "0" {
		t.Errorf("opened: %s", opened.Body)
	}
	if none := as("manager").Get("/me/notifications").Expect(http.StatusOK); none.Has("items.0") || none.Text("unread") != "0" {
		t.Errorf("%s", none.Body)
	}
	if bad := officer.Put("/me/notifications/read", body{"up_to": "all"}).Refused(http.StatusUnprocessableEntity, "invalid_fields"); bad.FieldCode("up_to") != "wrong_format" {
		t.Errorf("%s", bad.Body)
	}
	officer.Get("/me/notifications?cursor=yesterday").Refused(http.StatusBadRequest, "malformed_cursor")
	as("").Get("/me/notifications").Refused(http.StatusUnauthorized, "sign_in_required")
	as("").Put("/me/notifications/read", body{"up_to": ids[0]}).Refused(http.StatusUnauthorized, "sign_in_required")
}

// slowly gives a body in two halves with a pause between them.
type slowly struct {
	halves [][]byte
	pause  time.Duration
}

func (s *slowly) Read(p []byte) (int, error) {
	if len(s.halves) == 0 {
		return 0, io.EOF
	}
	n := copy(p, s.halves[0])
	if s.halves[0] = s.halves[0][n:]; len(s.halves[0]) == 0 {
		s.halves = s.halves[1:]
		time.Sleep(s.pause)
	}
	return n, nil
}

func TestAnUploadMayTakeLongerThanAnOrdinaryRequest(t *testing.T) {
	t.Parallel()
	w, _ := serveTalkWithin(t, talkLimit)
	raw, multi := form(t, [2]string{"kind", "achievement"}, [2]string{"subject_id", "A"}, [2]string{"tier", "PUBLIC"}, [2]string{"file", "慢慢传来的文字"})
	half := len(raw) / 2
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.url+"/api/v1/files",
		&slowly{[][]byte{bytes.Clone(raw[:half]), bytes.Clone(raw[half:])}, 2 * talkLimit})
	if err != nil {
		t.Fatal(err)
	}
	multi(req)
	contracttest.Key("uploads take none")(req)
	req.ContentLength = int64(len(raw))
	req.AddCookie(&http.Cookie{Name: "chengqiao_session", Value: "officer"})
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusCreated {
		t.Errorf("the owner's upload: %s", res.Status)
	}
}

func TestAFormThatBreaksOffIsTheClientsFault(t *testing.T) {
	_, as := serveTalk(t)
	raw, multi := form(t, [2]string{"kind", "achievement"}, [2]string{"subject_id", "A"}, [2]string{"tier", "PUBLIC"}, [2]string{"file", "一段文字"})
	officer := as("officer")
	for cut := 1; cut < len(raw)-len("--\r\n"); cut += 7 {
		got := officer.Post("/files", raw[:cut], multi)
		if got.Status != http.StatusBadRequest && got.Status != http.StatusUnprocessableEntity {
			t.Errorf("cut after %d bytes: %d %s", cut, got.Status, got.Body)
		}
	}
	if list := officer.Get("/files?kind=achievement&subject_id=A").Expect(http.StatusOK); list.Has("items.0") {
		t.Errorf("half a file is kept: %s", list.Body)
	}
}

// noMarker knows no type that bears a watermark.
type noMarker struct{}

func (noMarker) Marks(string) (string, bool) { return "", false }

func (noMarker) Mark(context.Context, string, io.Reader, document.Mark) ([]byte, error) {
	return nil, errs.New(errs.Invalid, "file_cannot_be_marked")
}
