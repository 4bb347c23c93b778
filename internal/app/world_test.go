package app_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"net/http"
	"net/mail"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"chengqiao/internal/httpapi/contracttest"
)

type body = map[string]any

func cny(amount string) body { return body{"amount": amount, "currency": "CNY"} }

func zh(s string) body { return body{"zh": s} }

// quick are settings under which tests wait for nothing but the work itself:
// the cheapest password hashes that the program accepts, and no limit of
// requests.
var quick = settings{
	"CHENGQIAO_AUTH__ARGON2_MEMORY_KIB":     "7168",
	"CHENGQIAO_AUTH__ARGON2_PASSES":         "1",
	"CHENGQIAO_SERVER__REQUESTS_PER_MINUTE": "0",
	"CHENGQIAO_OUTBOX__POLL":                "100ms",
	"CHENGQIAO_LOG__LEVEL":                  "warn",
}

func (s settings) with(more settings) settings {
	all := maps.Clone(s)
	maps.Copy(all, more)
	return all
}

// world is a running program with people who use it over HTTP.
type world struct {
	t testing.TB
	*program
	env settings
	dir string
}

const (
	staffPassword = "值得信赖的平台员工-2026"
	password      = "我的口令很长-而且好记"
)

// staffOf are the platform's people, as `chengqiao user create` makes them.
var staffOf = []struct{ email, name, role string }{
	{"operator@platform.example", "欧阳岚", "operator"},
	{"reviewer@platform.example", "沈清和", "reviewer"},
	{"verifier@platform.example", "卢一鸣", "verifier"},
}

// found makes the platform's organisation and staff from the command line.
func found(t testing.TB, env settings, dir string) {
	t.Helper()
	for i, s := range staffOf {
		args := []string{"user", "create", "--data", dir, "--email", s.email, "--name", s.name, "--role", s.role}
		if i == 0 {
			args = append(args, "--platform", "成桥测试平台", "--credit-code", creditCode("12", "650100"), "--region", "650100")
		}
		out, errOut, code := runCommand(t, env, strings.NewReader(staffPassword+"\n"), args...)
		if code != 0 || !strings.Contains(out, s.email) {
			t.Fatalf("user create %s ends with %d: %s%s", s.role, code, out, errOut)
		}
	}
}

// founded is a data folder that has the platform's staff alone, made once and
// copied for each test.
func founded(t testing.TB) (dir string) {
	t.Helper()
	foundation.Do(func() {
		template, err := os.MkdirTemp("", "chengqiao-founded-")
		if err != nil {
			t.Fatal(err)
		}
		foundationFolder = template
		found(t, quick, template)
	})
	dir = t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(foundationFolder)); err != nil {
		t.Fatal(err)
	}
	return dir
}

var (
	foundation       sync.Once
	foundationFolder string // removed by TestMain
)

// newWorld serves a store that has the platform's staff alone.
func newWorld(t testing.TB, more settings, args ...string) *world {
	t.Helper()
	dir, env := founded(t), quick.with(more)
	return &world{t: t, program: serve(t, env, append([]string{"--data", dir}, args...)...), env: env, dir: dir}
}

// restart serves the same data folder again.
func (w *world) restart(args ...string) {
	w.t.Helper()
	w.program = serve(w.t, w.env, append([]string{"--data", w.dir}, args...)...)
}

// person is somebody who is signed in.
type person struct {
	*contracttest.Client
	w        *world
	email    string
	password string
	// token is the session's, for requests outside of the contract.
	token string
	// personID is the entry of the own account.
	personID string
}

// visitor is somebody who is not.
func (w *world) visitor() *contracttest.Client { return contracttest.New(w.t, w.address) }

func (w *world) signIn(email, password string) *person {
	w.t.Helper()
	p := &person{Client: w.visitor(), w: w, email: email, password: password}
	in := p.Post("/session", body{"identifier": email, "password": password}).Expect(http.StatusOK)
	p.token, p.personID = sessionToken(w.t, in), in.Text("person_id")
	return p
}

func sessionToken(t testing.TB, a contracttest.Answer) string {
	t.Helper()
	cookies := (&http.Response{Header: a.Header}).Cookies()
	if len(cookies) != 1 || cookies[0].Value == "" || !cookies[0].HttpOnly || cookies[0].SameSite != http.SameSiteLaxMode {
		t.Fatalf("signing in sets the cookies %v", cookies)
	}
	return cookies[0].Value
}

// staff signs one of the platform's people in.
func (w *world) staff(role string) *person {
	w.t.Helper()
	return w.signIn(role+"@platform.example", staffPassword)
}

// join registers somebody, follows the link of the letter, and signs in.
func (w *world) join(email, name string) *person {
	w.t.Helper()
	w.visitor().Post("/accounts", registration(email, name)).Expect(http.StatusAccepted)
	w.visitor().Post("/accounts/verify", body{"token": w.letterToken(email, "/verify-email"), "password": password}).Expect(http.StatusNoContent)
	return w.signIn(email, password)
}

func registration(email, name string) body {
	return body{"email": email, "password": password, "name": name, "locale": "zh-CN", "consents": []body{
		{"purpose": "terms", "version": "1", "given": true}, {"purpose": "privacy", "version": "1", "given": true},
	}}
}

// letterToken waits for a letter to the address that links to a page with a
// token, and gives the token of the latest one.
func (w *world) letterToken(email, page string) string {
	w.t.Helper()
	link := regexp.MustCompile(`https?://\S+` + regexp.QuoteMeta(page) + `\?token=(\S+)`)
	token := ""
	eventually(w.t, "a letter to "+email+" with a link to "+page, func() error {
		for _, text := range w.letters(email) {
			if m := link.FindStringSubmatch(text); m != nil {
				token = m[1]
			}
		}
		if token == "" {
			return fmt.Errorf("no such letter")
		}
		return nil
	})
	return token
}

// letters are the texts of the letters that were written to an address, oldest first.
func (w *world) letters(email string) []string {
	w.t.Helper()
	files, err := filepath.Glob(filepath.Join(w.dir, "mail", "*.eml"))
	if err != nil {
		w.t.Fatal(err)
	}
	var texts []string
	for _, file := range files {
		raw, err := os.Open(file)
		if err != nil {
			w.t.Fatal(err)
		}
		letter, err := mail.ReadMessage(raw)
		if err != nil {
			w.t.Fatalf("%s: %v", file, err)
		}
		_, shape, err := mime.ParseMediaType(letter.Header.Get("Content-Type"))
		if err != nil {
			w.t.Fatalf("%s: %v", file, err)
		}
		plain, err := multipart.NewReader(letter.Body, shape["boundary"]).NextPart() // which the page follows
		if err != nil {
			w.t.Fatalf("%s: %v", file, err)
		}
		text, err := io.ReadAll(plain)
		if err != nil {
			w.t.Fatalf("%s: %v", file, err)
		}
		_ = raw.Close()
		if to, err := letter.Header.AddressList("To"); err == nil && to[0].Address == email {
			texts = append(texts, string(text))
		}
	}
	return texts
}

// organisation is registered by its founder and, unless stated otherwise, verified.
func (w *world) organisation(founder *person, kind, name string) string {
	w.t.Helper()
	path := w.unverified(founder, kind, name)
	founder.prove()
	founder.Post(path+"/steps", body{"action": "submit"}, asRead(founder, path)).Expect(http.StatusOK)
	verifier := w.staff("verifier")
	if v := verifier.Post(path+"/steps", body{"action": "verify"}, asRead(verifier, path)).Expect(http.StatusOK); v.Text("state") != "verified" {
		w.t.Fatalf("%s", v.Body)
	}
	return founder.Organisation
}

func (w *world) unverified(founder *person, kind, name string) (path string) {
	w.t.Helper()
	prefix := "91"
	if kind == "institute" {
		prefix = "12"
	}
	made := founder.Post("/organisations", body{
		"kind": kind, "name": zh(name), "credit_code": creditCode(prefix, "650100"), "region": "650100",
	}).Expect(http.StatusCreated)
	founder.Organisation = made.Text("id")
	return "/organisations/" + founder.Organisation
}

// prove hands what proves the acting organisation to the verifier.
func (p *person) prove() contracttest.Answer {
	p.w.t.Helper()
	return p.Post("/organisations/"+p.Organisation+"/credentials", body{
		"kind": "business_licence", "number": "营业执照 1", "issuer": "市场监督管理局",
		"file_id": p.upload("organisation", p.Organisation, "NDA", "licence"),
	}).Expect(http.StatusCreated)
}

// member joins and is given a role by the organisation's decider.
func (w *world) member(decider *person, email, name, role string) *person {
	w.t.Helper()
	p := w.join(email, name)
	decider.Post("/organisations/"+decider.Organisation+"/members", body{"email": email, "role": role}).Expect(http.StatusCreated)
	p.Organisation = decider.Organisation
	return p
}

// upload attaches a text file to a subject and gives its id.
func (p *person) upload(kind, subject, tier, content string) string {
	p.w.t.Helper()
	return p.attach("纪要.pdf", "%PDF-1.7\n"+content, [2]string{"kind", kind}, [2]string{"subject_id", subject}, [2]string{"tier", tier})
}

// attach uploads a file with the fields of the form and gives its id.
func (p *person) attach(name, content string, fields ...[2]string) string {
	p.w.t.Helper()
	var b strings.Builder
	form := multipart.NewWriter(&b)
	for _, field := range fields {
		if err := form.WriteField(field[0], field[1]); err != nil {
			p.w.t.Fatal(err)
		}
	}
	part, err := form.CreateFormFile("file", name)
	if err != nil {
		p.w.t.Fatal(err)
	}
	if _, err := io.WriteString(part, content); err != nil {
		p.w.t.Fatal(err)
	}
	if err := form.Close(); err != nil {
		p.w.t.Fatal(err)
	}
	return p.Post("/files", []byte(b.String()), contracttest.Header("Content-Type", form.FormDataContentType())).
		Expect(http.StatusCreated).Text("id")
}

// asRead names the version of something as somebody reads it now.
func asRead(by *person, path string) contracttest.Option {
	return contracttest.IfMatch(by.Get(path).Expect(http.StatusOK).ETag())
}

// step takes a step of a listing with the version last read.
func step(by *contracttest.Client, path, action string, more body) contracttest.Answer {
	request := body{"action": action}
	if action == "publish" {
		request["checklist"] = allRight(by, path)
	}
	maps.Copy(request, more)
	version := by.Get(path + "/draft")
	if version.Status != http.StatusOK {
		version = by.Get(path).Expect(http.StatusOK)
	}
	return by.Post(path+"/steps", request, contracttest.IfMatch(version.ETag()))
}

// allRight answers every point of the review of a path that it is right.
func allRight(by *contracttest.Client, path string) []body {
	kind, listing, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	review := by.Get("/reviews/" + strings.TrimSuffix(kind, "s") + "/" + listing)
	var found struct {
		Checklist []struct{ Code string }
	}
	if review.Status == http.StatusOK {
		review.Into(&found)
	}
	points := []body{}
	for _, p := range found.Checklist {
		points = append(points, body{"code": p.Code, "ok": true})
	}
	return points
}

// published creates a listing of a kind ("achievements"), submits it and has it
// published; it gives its path.
func (w *world) published(by, reviewer *person, kind string, content body) (path string) {
	w.t.Helper()
	path = w.submitted(by, kind, content)
	if head := step(reviewer.Client, path, "publish", nil).Expect(http.StatusOK); head.Text("state") != "published" {
		w.t.Fatalf("%s", head.Body)
	}
	return path
}

func (w *world) submitted(by *person, kind string, content body) (path string) {
	w.t.Helper()
	made := by.Post("/"+kind, content).Expect(http.StatusCreated)
	path = "/" + kind + "/" + made.Text("head.id")
	by.Post(path+"/steps", body{"action": "submit"}, contracttest.IfMatch(made.ETag())).Expect(http.StatusOK)
	return path
}

// id is the last part of a path.
func id(path string) string { return path[strings.LastIndex(path, "/")+1:] }

// finds waits until a search finds, or no longer finds, a listing.
func finds(t testing.TB, by *contracttest.Client, query, listing string, want bool) contracttest.Answer {
	t.Helper()
	var found contracttest.Answer
	eventually(t, fmt.Sprintf("the search for %q finds %s: %t", query, listing, want), func() error {
		found = by.Get("/search?q=" + url.QueryEscape(query)).Expect(http.StatusOK)
		if slices.Contains(hits(found), listing) != want {
			return fmt.Errorf("it answers %.300s", found.Body)
		}
		return nil
	})
	return found
}

// hits are the ids of what a search has found, apart from what it offers to
// those whom that does not help.
func hits(found contracttest.Answer) []string {
	var answer struct{ Hits []struct{ ID string } }
	found.Into(&answer)
	ids := make([]string, len(answer.Hits))
	for i, h := range answer.Hits {
		ids[i] = h.ID
	}
	return ids
}

// get reads a page outside of the contract, as the person or, with a nil
// person, as a visitor.
func (w *world) get(p *person, path string) (int, string) {
	w.t.Helper()
	res := w.send(p, http.MethodGet, path, nil)
	return res.StatusCode, readAll(w.t, res)
}

func readAll(t testing.TB, res *http.Response) string {
	t.Helper()
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// send makes a request that the contract's client does not make.
func (w *world) send(p *person, method, path string, content io.Reader, options ...contracttest.Option) *http.Response {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), method, w.address+path, content)
	if err != nil {
		w.t.Fatal(err)
	}
	if p != nil && p.token != "" {
		req.AddCookie(&http.Cookie{Name: "chengqiao_session", Value: p.token})
		if p.Organisation != "" {
			req.Header.Set("Acting-Organisation", p.Organisation)
		}
	}
	for _, o := range options {
		o(req)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		w.t.Fatalf("%s %s: %v", method, path, err)
	}
	return res
}

// listen opens the stream of live events and collects it until the test ends.
func (p *person) listen(address string) *lockedBuffer {
	p.w.t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address+"/api/v1/events", nil)
	if err != nil {
		p.w.t.Fatal(err)
	}
	if p.token != "" {
		req.AddCookie(&http.Cookie{Name: "chengqiao_session", Value: p.token})
	}
	if p.Organisation != "" {
		req.Header.Set("Acting-Organisation", p.Organisation)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		p.w.t.Fatal(err)
	}
	if res.StatusCode != http.StatusOK || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/event-stream") {
		p.w.t.Fatalf("/events answers %d %s", res.StatusCode, res.Header.Get("Content-Type"))
	}
	heard, done := &lockedBuffer{}, make(chan struct{})
	go func() {
		defer close(done)
		for lines := bufio.NewScanner(res.Body); lines.Scan(); {
			fmt.Fprintln(heard, lines.Text())
		}
	}()
	p.w.t.Cleanup(func() {
		stop()
		<-done
		_ = res.Body.Close()
	})
	// The server subscribes before it writes the head of the stream.
	eventually(p.w.t, "the stream begins", func() error {
		if heard.String() == "" {
			return fmt.Errorf("nothing was sent")
		}
		return nil
	})
	return heard
}

// creditCodes counts the codes given out in this process.
var creditCodes atomic.Int64

// creditCode makes a unified social credit code 统一社会信用代码 that passes both
// of its checks (GB 32100-2015, GB 11714-1997) and was not given out before.
func creditCode(kind, region string) string {
	const alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
	value := func(c rune) int {
		if c >= '0' && c <= '9' {
			return int(c - '0')
		}
		return int(c-'A') + 10
	}
	serial := fmt.Sprintf("MA%06d", creditCodes.Add(1))
	sum := 0
	for i, c := range serial {
		sum += value(c) * []int{3, 7, 9, 10, 5, 8, 4, 2}[i]
	}
	code := kind + region + serial + string("0X987654321"[sum%11])
	sum, weight := 0, 1
	for _, c := range code {
		sum += strings.IndexRune(alphabet, c) * weight
		weight = weight * 3 % 31
	}
	return code + string(alphabet[(31-sum%31)%31])
}
