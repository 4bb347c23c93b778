package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"pgregory.net/rapid"

	"chengqiao/internal/account"
	"chengqiao/internal/errs"
	"chengqiao/internal/ident"
	"chengqiao/internal/text"
)

var noon = time.Date(2026, 11, 23, 4, 0, 0, 0, time.UTC)

const shell = `<!doctype html><html lang="zh-CN"><head><title>成桥 · 技术转移市场</title></head><body><div id="app"></div></body></html>`

// shelf holds the public listings by kind/id.
type shelf struct {
	public map[string]PublicListing
	all    []PublicListing
	broken error
	asked  []string

	organisations map[string]PublicOrganisation
	shelves       map[string]PublicShelf
	terms         map[string][]PublicTerm
}

// errUnstorable is how a store fails that is asked about what it cannot hold,
// as PostgreSQL does.
var errUnstorable = errors.New("invalid byte sequence")

func (s *shelf) PublicListing(_ context.Context, kind, id, locale string) (PublicListing, error) {
	s.asked = append(s.asked, locale)
	if !storable(id) {
		return PublicListing{}, errUnstorable
	}
	l, ok := s.public[kind+"/"+id]
	if !ok {
		return l, errs.New(errs.NotFound, "not_found")
	}
	return l, s.broken
}

func (s *shelf) PublicAfter(_ context.Context, after string, limit int) ([]PublicListing, error) {
	var out []PublicListing
	for _, l := range s.all {
		if l.ID > after && len(out) < limit {
			out = append(out, l)
		}
	}
	return out, s.broken
}

func (s *shelf) PublicOrganisation(_ context.Context, id, _ string) (PublicOrganisation, error) {
	if !storable(id) {
		return PublicOrganisation{}, errUnstorable
	}
	o, ok := s.organisations[id]
	if !ok {
		return o, errs.New(errs.NotFound, "not_found")
	}
	return o, s.broken
}

func (s *shelf) PublicOrganisationsAfter(_ context.Context, after string) ([]string, string, error) {
	var ids []string
	for _, id := range slices.Sorted(maps.Keys(s.organisations)) {
		if id > after {
			ids = append(ids, id)
		}
	}
	return ids, "", s.broken
}

func (s *shelf) PublicShelf(_ context.Context, facet, code, _ string, page, size int) (PublicShelf, error) {
	found, ok := s.shelves[facet+"/"+code]
	if !ok {
		return found, errs.New(errs.NotFound, "not_found")
	}
	found.Total = len(found.Listings)
	from := min((page-1)*size, found.Total)
	found.Listings = found.Listings[from:min(from+size, found.Total)]
	return found, s.broken
}

func (s *shelf) PublicTerms(facet, _ string) []PublicTerm { return s.terms[facet] }

func serveShelf(t testing.TB, s *shelf, limiter RequestLimiter) http.Handler {
	t.Helper()
	return serveShelfLogging(t, s, limiter, slog.New(slog.DiscardHandler))
}

func serveShelfLogging(t testing.TB, s *shelf, limiter RequestLimiter, log *slog.Logger) http.Handler {
	t.Helper()
	handler, err := New(NewAPI(Services{}), Options{
		Log: log, Listings: s, PublicURL: "https://market.example", Limiter: limiter,
		Papers: []account.Paper{{Purpose: account.ConsentTerms, Version: "2026-11", Title: text.Text{Zh: "服务条款", En: "Terms of service"},
			Description: text.Text{Zh: "使用的约定", En: "What using this rests on"},
			Chapters:    []account.Chapter{{Title: text.Text{Zh: "谁可以使用", En: "Who may use it"}, Text: text.Text{Zh: "任何人", En: "Anybody"}}}}},
		Web:   fstest.MapFS{"index.html": {Data: []byte(shell)}, "assets/app-1a2b.js": {Data: []byte("let x")}},
		Pages: []string{"/", "/dashboard", "/deals/:id", "/needs/:id/matches", "/reviews/:kind(achievement|need)/:id"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return handler
}

func get(handler http.Handler, target string, headers ...string) *httptest.ResponseRecorder {
	req := httptest.NewRequest(http.MethodGet, target, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, req)
	return w
}

var ldScript = regexp.MustCompile(`(?s)<script type="application/ld\+json">(.*?)</script>`)

// ldOf is the page's JSON-LD, read as a browser would.
func ldOf(t interface{ Fatalf(string, ...any) }, page string) map[string]any {
	found := ldScript.FindStringSubmatch(page)
	if found == nil {
		t.Fatalf("no JSON-LD in %s", page)
		return nil
	}
	var out map[string]any
	if err := json.Unmarshal([]byte(found[1]), &out); err != nil {
		t.Fatalf("%v in %s", err, found[1])
	}
	return out
}

func TestAPublicPageIsReadableAndCannotBeBrokenOutOf(t *testing.T) {
	hostile := `</script><script>alert("1")</script>'"&<div id="app"></div></head>`
	page := get(serveShelf(t, &shelf{public: map[string]PublicListing{"achievement/1": {
		Kind: "achievement", ID: "1", Title: hostile, ValueLine: hostile, Abstract: "摘要", Keywords: []string{hostile, "电池"},
		Organisation: hostile, PublishedAt: noon,
	}}}, nil), "/achievements/1").Body.String()
	if n := strings.Count(page, "<script"); n != 1 {
		t.Errorf("%d scripts in %s", n, page)
	}
	if strings.Count(page, "</head>") != 1 || strings.Count(page, `<div id="app">`) != 1 || strings.Count(page, "<title>") != 1 {
		t.Errorf("the listing's text reaches the page's own marks: %s", page)
	}
	ld := ldOf(t, page)
	if ld["name"] != hostile || ld["abstract"] != "摘要" || ld["url"] != "https://market.example/achievements/1" || ld["datePublished"] != "2026-11-23T04:00:00Z" {
		t.Errorf("JSON-LD %v", ld)
	}
	for _, want := range []string{
		"<title>" + html.EscapeString(hostile)[:20],
		`<link rel="canonical" href="https://market.example/achievements/1">`,
		`<li>电池</li>`, "<p>摘要</p>",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("%s is missing in %s", want, page)
		}
	}
}

func TestNoTextOfAListingBreaksItsPage(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		title := rapid.OneOf(rapid.String(), rapid.StringMatching(`[<>/"'&a-z!\-]{0,30}`)).Draw(t, "title")
		p := newPages(Options{Web: fstest.MapFS{"index.html": {Data: []byte(shell)}}, PublicURL: "https://market.example"})
		raw, err := p.render(listingDocument(PublicListing{ID: "1", Title: title, Abstract: title}, "needs", "zh-CN"))
		if err != nil {
			t.Fatalf("%v", err)
		}
		page := string(raw)
		if strings.Count(page, "<script") != 1 || strings.Count(page, "</head>") != 1 || strings.Count(page, "<main>") != 1 {
			t.Fatalf("%q gives %s", title, page)
		}
		if ld := ldOf(t, page); ld["name"] != strings.ToValidUTF8(title, "\ufffd") {
			t.Fatalf("%q is told as %q", title, ld["name"])
		}
	})
}

func TestAPageSpeaksTheReadersLanguage(t *testing.T) {
	s := &shelf{public: map[string]PublicListing{"need/1": {Kind: "need", ID: "1", Title: "题"}}}
	handler := serveShelf(t, s, nil)
	english := get(handler, "/needs/1", "Accept-Language", "en").Body.String()
	chinese := get(handler, "/needs/1").Body.String()
	if !strings.Contains(english, `<html lang="en">`) || !strings.Contains(chinese, `<html lang="zh-CN">`) {
		t.Errorf("the documents do not name their language")
	}
	if fmt.Sprint(s.asked) != "[en zh-CN]" {
		t.Errorf("asked in %v", s.asked)
	}
	if _, told := ldOf(t, chinese)["creator"]; told {
		t.Error("an anonymous need names an organisation")
	}
}

func TestWhatIsNotPublicGetsThePlainDocument(t *testing.T) {
	s := &shelf{public: map[string]PublicListing{"package/p": {Kind: "package", ID: "p", Title: "秘密"}}}
	handler := serveShelf(t, s, nil)
	hidden := get(handler, "/packages/hidden")
	if hidden.Code != http.StatusNotFound || hidden.Body.String() != shell || hidden.Header().Get("X-Robots-Tag") != "noindex" {
		t.Errorf("%d %v %s", hidden.Code, hidden.Header(), hidden.Body)
	}
	shown := get(handler, "/packages/p")
	if shown.Header().Get("X-Robots-Tag") != "" || shown.Header().Get("Cache-Control") != "no-cache" {
		t.Errorf("%v", shown.Header())
	}
	if again := get(handler, "/packages/p", "If-None-Match", shown.Header().Get("ETag")); again.Code != http.StatusNotModified || again.Body.Len() != 0 {
		t.Errorf("unchanged: %d", again.Code)
	}
	// A store that is away: the app comes, and finds out by itself.
	s.broken = errors.New("away")
	if down := get(handler, "/packages/p"); down.Code != http.StatusOK || down.Body.String() != shell {
		t.Errorf("%d %s", down.Code, down.Body)
	}
}

func TestAnAddressWithoutAPageIsNotFound(t *testing.T) {
	handler := serveShelf(t, &shelf{}, nil)
	for address, want := range map[string]int{
		"/": 200, "/dashboard": 200, "/Dashboard": 200, "/needs/1/matches": 200, "/reviews/need/1": 200,
		"/wp-login.php": 404, "/dashboard/more": 404, "/needs": 404, "/needs//matches": 404, "/reviews/need": 404, "/index.html": 404, "/../../etc/passwd": 404,
	} {
		answer := get(handler, address)
		if answer.Code != want || !strings.Contains(answer.Body.String(), `<div id="app">`) {
			t.Errorf("%s is answered %d, not %d: %s", address, answer.Code, want, answer.Body)
		}
		if hidden := answer.Header().Get("X-Robots-Tag") == "noindex"; hidden != (want == 404) {
			t.Errorf("%s: hidden from search engines %v", address, hidden)
		}
		if again := get(handler, address, "If-None-Match", answer.Header().Get("ETag")); (again.Code == http.StatusNotModified) != (want == 200) {
			t.Errorf("%s, asked for again, is answered %d", address, again.Code)
		}
	}
}

func TestEachMethodThatAnAddressTakesIsTold(t *testing.T) {
	server := httptest.NewServer(serveShelf(t, &shelf{public: map[string]PublicListing{"need/1": {Kind: "need", ID: "1", Title: "题"}}}, nil))
	defer server.Close()
	ask := func(method, address string) *http.Response {
		req, err := http.NewRequestWithContext(t.Context(), method, server.URL+address, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := server.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		if err := answer.Body.Close(); err != nil {
			t.Fatal(err)
		}
		return answer
	}
	for _, address := range []string{"/", "/dashboard", "/needs/1", "/needs/1/citation.txt", "/search", "/terms", "/robots.txt", "/sitemap.xml", "/healthz", "/api/openapi.json"} {
		if answer := ask(http.MethodHead, address); answer.StatusCode != http.StatusOK {
			t.Errorf("the head of %s is %d", address, answer.StatusCode)
		}
	}
	for address, allowed := range map[string]string{"/needs/1": "GET, HEAD", basePath + "/deals": "GET", basePath + "/session": "DELETE, POST"} {
		answer := ask(http.MethodPut, address)
		told := strings.Split(answer.Header.Get("Allow"), ", ")
		slices.Sort(told)
		want := strings.Split(allowed, ", ")
		slices.Sort(want)
		if answer.StatusCode != http.StatusMethodNotAllowed || !slices.Equal(told, want) || answer.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("PUT %s is answered %d, allowing %v, not %v", address, answer.StatusCode, told, want)
		}
	}
}

// noFeeds has no saved search, and fails as PostgreSQL does.
type noFeeds struct{ Feeds }

func (noFeeds) SavedFeed(_ context.Context, key string) (Feed, error) {
	if !storable(key) {
		return Feed{}, errUnstorable
	}
	return Feed{}, errs.New(errs.NotFound, "not_found")
}

func TestAnAddressThatNoStoreCanHoldNamesNothing(t *testing.T) {
	handler, err := New(NewAPI(Services{}), Options{
		Log: slog.New(slog.DiscardHandler), Listings: &shelf{}, Feeds: noFeeds{}, PublicURL: "https://market.example",
		Web: fstest.MapFS{"index.html": {Data: []byte(shell)}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"%00", "%ff", "a%00b", "%ed%a0%80"} {
		for _, target := range []string{
			"/achievements/" + part, "/packages/" + part, "/needs/" + part, "/organisations/" + part,
			"/achievements/" + part + "/citation.txt", "/needs/" + part + "/qr.svg", "/feeds/" + part + ".atom",
		} {
			if answer := get(handler, target); answer.Code != http.StatusNotFound {
				t.Errorf("%s is answered %d: %s", target, answer.Code, answer.Body)
			}
		}
	}
}

func TestTheLogDoesNotTellTheSecretAddressOfAFeed(t *testing.T) {
	var log bytes.Buffer
	handler, err := New(NewAPI(Services{}), Options{
		Log: slog.New(slog.NewTextHandler(&log, nil)), Listings: &shelf{}, Feeds: noFeeds{}, PublicURL: "https://market.example",
		Web: fstest.MapFS{"index.html": {Data: []byte(shell)}},
	})
	if err != nil {
		t.Fatal(err)
	}
	get(handler, "/feeds/0a1b2c3d.atom")
	if told := log.String(); !strings.Contains(told, "path=/feeds/") || strings.Contains(told, "0a1b2c3d") {
		t.Errorf("the log says %s", told)
	}
}

// oneRequest lets every client make one request.
type oneRequest map[string]bool

func (o oneRequest) AllowRequest(_ context.Context, client string) (RequestQuota, error) {
	spent := o[client]
	o[client] = true
	return RequestQuota{Allowed: !spent, Limit: 1, RetryAfter: 1500 * time.Millisecond}, nil
}

func TestPagesThatReadTheStoreAreLimitedLikeTheAPI(t *testing.T) {
	for _, target := range []string{"/sitemap.xml", sitemapListings, "/achievements/1", "/achievements/1/qr.svg", "/organisations/1", "/search", basePath + "/taxonomies"} {
		handler := serveShelf(t, &shelf{}, oneRequest{"192.0.2.1": true})
		if answer := get(handler, target); answer.Code != http.StatusTooManyRequests || answer.Header().Get("Retry-After") != "2" {
			t.Errorf("%s: %d, to be repeated after %q", target, answer.Code, answer.Header().Get("Retry-After"))
		}
	}
	// The app's own files and the health of the program are not.
	for _, target := range []string{"/", "/assets/app-1a2b.js", "/healthz", "/readyz", "/robots.txt"} {
		if answer := get(serveShelf(t, &shelf{}, oneRequest{"192.0.2.1": true}), target); answer.Code != http.StatusOK {
			t.Errorf("%s: %d", target, answer.Code)
		}
	}
}

func TestEveryAnswerCarriesTheSecurityHeaders(t *testing.T) {
	handler := serveShelf(t, &shelf{}, nil)
	for _, target := range []string{"/", "/assets/app-1a2b.js", "/assets/gone.js", "/achievements/1", "/sitemap.xml", "/healthz",
		basePath + "/nowhere", "/api/openapi.json", "/any/page/of/the/app"} {
		h := get(handler, target).Header()
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "strict-origin-when-cross-origin",
			"Cross-Origin-Opener-Policy": "same-origin", "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
		} {
			if got := h.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", target, name, got, want)
			}
		}
		policy := h.Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'self'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "object-src 'none'"} {
			if !strings.Contains(policy, want) {
				t.Errorf("%s: the policy %q lacks %s", target, policy, want)
			}
		}
		if strings.Contains(policy, "unsafe") {
			t.Errorf("%s: %s", target, policy)
		}
		if h.Get("X-Request-Id") == "" {
			t.Errorf("%s has no request id", target)
		}
	}
}

func TestARequestIDIsTakenFromTheClientOnlyIfItIsPlain(t *testing.T) {
	handler := serveShelf(t, &shelf{}, nil)
	if got := get(handler, "/healthz", "X-Request-Id", "trace-1").Header().Get("X-Request-Id"); got != "trace-1" {
		t.Errorf("%q", got)
	}
	for _, bad := range []string{strings.Repeat("x", 65), "a b", "路", "a\x7f"} {
		if got := get(handler, "/healthz", "X-Request-Id", bad).Header().Get("X-Request-Id"); !ident.IsID(got) {
			t.Errorf("%q is answered with %q", bad, got)
		}
	}
}

func TestABuiltFileIsKeptForeverAndTheDocumentAskedForAgain(t *testing.T) {
	handler := serveShelf(t, &shelf{}, nil)
	if got := get(handler, "/assets/app-1a2b.js"); got.Header().Get("Cache-Control") != "public, max-age=31536000, immutable" || got.Body.String() != "let x" {
		t.Errorf("%v %s", got.Header(), got.Body)
	}
	if got := get(handler, "/assets/app-gone.js"); got.Code != http.StatusNotFound {
		t.Errorf("a file of an older build: %d", got.Code)
	}
	for _, target := range []string{"/dashboard", "/deals/1", "/search?q=电池"} {
		if got := get(handler, target); got.Code != http.StatusOK || got.Body.String() != shell || got.Header().Get("Cache-Control") != "no-cache" {
			t.Errorf("%s: %d %v", target, got.Code, got.Header())
		}
	}
	if got := get(handler, "/robots.txt").Body.String(); !strings.Contains(got, "Sitemap: https://market.example/sitemap.xml") || !strings.Contains(got, "Disallow: /api/") {
		t.Errorf("%s", got)
	}
}

func TestASlashAtTheEndLeadsToThePageAndIsNoAddressOfTheAPI(t *testing.T) {
	handler := serveShelf(t, &shelf{}, nil)
	for from, to := range map[string]string{
		"/achievements/1/":               "/achievements/1",
		"/search/?q=%E6%B1%A0&trl_min=5": "/search?q=%E6%B1%A0&trl_min=5",
		"/my/imports/":                   "/my/imports",
		"//evil.example/":                "/evil.example",
		"/%5Cevil.example/":              "/%5Cevil.example",
		"/x/..//evil.example//":          "/evil.example",
	} {
		if answer := get(handler, from); answer.Code != http.StatusMovedPermanently || answer.Header().Get("Location") != to {
			t.Errorf("%s leads to %q (%d), want %q", from, answer.Header().Get("Location"), answer.Code, to)
		}
	}
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, httptest.NewRequest(method, basePath+"/achievements/", nil))
		if answer.Code != http.StatusNotFound || answer.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %s", method, answer.Code, answer.Body)
		}
	}
	if answer := get(handler, "/"); answer.Code != http.StatusOK {
		t.Errorf("/: %d", answer.Code)
	}
}

func TestAPageWhoseReaderHasGoneIsNoFailure(t *testing.T) {
	var log bytes.Buffer
	handler := serveShelfLogging(t, &shelf{public: map[string]PublicListing{"need/1": {}}, broken: context.Canceled}, nil, slog.New(slog.NewTextHandler(&log, nil)))
	gone, leave := context.WithCancel(t.Context())
	leave()
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/needs/1", nil).WithContext(gone))
	if w.Code != statusGone || strings.Contains(log.String(), "level=ERROR") {
		t.Errorf("%d %s", w.Code, log.String())
	}
	// The same for somebody who waits is one.
	if get(handler, "/needs/1"); !strings.Contains(log.String(), "level=ERROR") {
		t.Errorf("%s", log.String())
	}
}
