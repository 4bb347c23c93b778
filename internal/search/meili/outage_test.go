package meili_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"chengqiao/internal/errs"
	"chengqiao/internal/policy"
	"chengqiao/internal/search"
	"chengqiao/internal/search/analysis"
	"chengqiao/internal/search/meili"
	"chengqiao/internal/servertest"
)

func titled(id, title string) search.Document {
	return search.Document{ID: id, Kind: search.KindAchievement, Owner: "o", Texts: []search.Text{{Tier: policy.TierPublic, Title: title}}}
}

func opened(t *testing.T, o meili.Options) *meili.Engine {
	t.Helper()
	e, err := meili.Open(t.Context(), o, analysis.New(nil))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	return e
}

func finds(t *testing.T, e *meili.Engine, text string, want int) {
	t.Helper()
	kinds := map[search.Facet][]string{search.FacetKind: {string(search.KindAchievement)}}
	if r, err := e.Search(t.Context(), search.Query{Text: text, Filters: kinds, Limit: 10}); err != nil || r.Total != want {
		t.Errorf("%q finds %d (%v), want %d", text, r.Total, err, want)
	}
}

func away(t *testing.T, what string, err error) {
	t.Helper()
	if errs.KindOf(err) != errs.Unavailable || errs.CodeOf(err) != "search_unavailable" {
		t.Errorf("%s: %v", what, err)
	}
}

// answering stands before a Meilisearch and answers in its place when it is told to.
type answering struct {
	instead atomic.Pointer[http.HandlerFunc]
	url     string
}

func standBefore(t *testing.T, server string) *answering {
	t.Helper()
	behind, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	a := &answering{}
	proxy := httputil.NewSingleHostReverseProxy(behind)
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if instead := a.instead.Load(); instead != nil {
			(*instead)(w, r)
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(front.Close)
	a.url = front.URL
	return a
}

func (a *answering) with(status int, contentType, body string) {
	instead := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	})
	a.instead.Store(&instead)
}

func TestWhatAnswersInTheServersPlaceIsAnOutage(t *testing.T) {
	server, key := servertest.Meilisearch(t)
	front := standBefore(t, server)
	e := opened(t, meili.Options{URL: front.url, Key: key, Index: "listings"})
	if err := e.Apply(t.Context(), search.Batch{Upsert: []search.Document{titled("1", "电池")}, Cursor: 5}); err != nil {
		t.Fatal(err)
	}
	const html, plain, page = "text/html", "application/json", "<html><body>Please wait</body></html>"
	for what, answer := range map[string]func(){
		"a page":            func() { front.with(http.StatusOK, html, page) },
		"a page of a proxy": func() { front.with(http.StatusNotFound, html, page) },
		"a proxy":           func() { front.with(http.StatusBadGateway, html, page) },
		"too many requests": func() { front.with(http.StatusTooManyRequests, html, page) },
		"half an answer":    func() { front.with(http.StatusOK, plain, `{"results": [`) },
		"another key": func() {
			front.with(http.StatusForbidden, plain, `{"message":"The provided API key is invalid.","code":"invalid_api_key","type":"auth","link":""}`)
		},
		"a full disk": func() {
			front.with(http.StatusUnprocessableEntity, plain, `{"message":"No space left on device","code":"no_space_left_on_device","type":"system","link":""}`)
		},
	} {
		answer()
		_, err := e.Search(t.Context(), search.Query{Text: "电池"})
		away(t, what+" answers a search", err)
		away(t, what+" answers a batch", e.Apply(t.Context(), search.Batch{Delete: []string{"1"}}))
		_, err = e.Cursor(t.Context())
		away(t, what+" is asked for the cursor", err)
	}
	front.instead.Store(nil)
	finds(t, e, "电池", 1)
}

func TestATaskThatFailsForLackOfSpaceIsAnOutage(t *testing.T) {
	server, key := servertest.Meilisearch(t)
	front := standBefore(t, server)
	e := opened(t, meili.Options{URL: front.url, Key: key, Index: "listings"})
	behind, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(behind)
	instead := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/tasks/") {
			proxy.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"uid":1,"status":"failed","type":"documentAdditionOrUpdate","error":{"message":"No space left on device (os error 28)","code":"no_space_left_on_device","type":"system","link":""}}`)
	})
	front.instead.Store(&instead)
	away(t, "a full disk", e.Apply(t.Context(), search.Batch{Upsert: []search.Document{titled("1", "电池")}}))
}

func TestASearchIsNotWaitedForAsLongAsAWrite(t *testing.T) {
	server, key := servertest.Meilisearch(t)
	front := standBefore(t, server)
	e := opened(t, meili.Options{URL: front.url, Key: key, Index: "listings", AnswerTime: 100 * time.Millisecond, Timeout: time.Hour})
	silent := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	})
	front.instead.Store(&silent)
	start := time.Now()
	_, err := e.Search(t.Context(), search.Query{Text: "电池"})
	away(t, "a server that hangs", err)
	if took := time.Since(start); took > time.Minute {
		t.Errorf("a search waits %s for it", took)
	}
}

func TestWhoGoesWhileTheServerSearchesIsToldOfNoOutage(t *testing.T) {
	server, key := servertest.Meilisearch(t)
	front := standBefore(t, server)
	e := opened(t, meili.Options{URL: front.url, Key: key, Index: "listings"})
	ctx, leave := context.WithCancel(t.Context())
	searching := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		leave()
		<-r.Context().Done()
	})
	front.instead.Store(&searching)
	if _, err := e.Search(ctx, search.Query{Text: "电池"}); !errors.Is(err, context.Canceled) || errs.KindOf(err) == errs.Unavailable {
		t.Errorf("%v", err)
	}
}
