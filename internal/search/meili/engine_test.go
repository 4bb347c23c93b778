package meili_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"chengqiao/internal/errs"
	"chengqiao/internal/policy"
	"chengqiao/internal/search"
	"chengqiao/internal/search/analysis"
	"chengqiao/internal/search/meili"
	"chengqiao/internal/servertest"
)

func TestAServerThatIsAwayIsWorthARetry(t *testing.T) {
	server := servertest.StartMeilisearch(t)
	o := meili.Options{URL: "http://" + server.Addr, Key: server.MasterKey, Index: "listings"}
	e, err := meili.Open(t.Context(), o, analysis.New(nil))
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	d := search.Document{ID: "1", Texts: []search.Text{{Tier: policy.TierPublic, Title: "电池"}}}
	if err := e.Apply(t.Context(), search.Batch{Upsert: []search.Document{d}, Cursor: 5}); err != nil {
		t.Fatal(err)
	}
	server.Stop(t)
	_, searching := e.Search(t.Context(), search.Query{Text: "电池"})
	_, cursor := e.Cursor(t.Context())
	_, opening := meili.Open(t.Context(), o, analysis.New(nil))
	for what, err := range map[string]error{
		"search": searching, "cursor": cursor, "open": opening, "apply": e.Apply(t.Context(), search.Batch{Delete: []string{"1"}}),
	} {
		if errs.KindOf(err) != errs.Unavailable || errs.CodeOf(err) != "search_unavailable" {
			t.Errorf("%s without a server: %v", what, err)
		}
	}
	server.Start(t)
	r, err := e.Search(t.Context(), search.Query{Text: "电池"})
	if err != nil || r.Total != 1 {
		t.Errorf("after the server came back: %d, %v", r.Total, err)
	}
}

func TestAWrongKeyIsNoReasonToRetry(t *testing.T) {
	url, _ := servertest.Meilisearch(t)
	_, err := meili.Open(t.Context(), meili.Options{URL: url, Key: "wrong", Index: "listings"}, analysis.New(nil))
	if err == nil || errs.KindOf(err) == errs.Unavailable || !strings.Contains(err.Error(), "the key is not taken") {
		t.Errorf("%v", err)
	}
}

func TestASilentServerIsGivenUp(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	release := make(chan struct{})
	silent := &httptest.Server{Listener: listener, Config: &http.Server{
		ReadHeaderTimeout: time.Minute,
		Handler:           http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }),
	}}
	silent.Start()
	defer silent.Close()
	defer close(release)
	_, err = meili.Open(t.Context(), meili.Options{URL: silent.URL, Index: "listings", Timeout: 50 * time.Millisecond}, analysis.New(nil))
	if errs.KindOf(err) != errs.Unavailable {
		t.Errorf("a server that never answers: %v", err)
	}
}

func TestTwoReplicasOpenOneIndex(t *testing.T) {
	url, key := servertest.Meilisearch(t)
	o := meili.Options{URL: url, Key: key, Index: "shared"}
	type opened struct {
		engine *meili.Engine
		err    error
	}
	both := make(chan opened)
	for range 2 {
		go func() {
			e, err := meili.Open(t.Context(), o, analysis.New(nil))
			both <- opened{e, err}
		}()
	}
	first, second := <-both, <-both
	if first.err != nil || second.err != nil {
		t.Fatal(first.err, second.err)
	}
	d := search.Document{ID: "1", Texts: []search.Text{{Tier: policy.TierPublic, Title: "电池"}}}
	if err := first.engine.Apply(t.Context(), search.Batch{Upsert: []search.Document{d}, Cursor: 9}); err != nil {
		t.Fatal(err)
	}
	r, err := second.engine.Search(t.Context(), search.Query{Text: "池"})
	cursor, cursorErr := second.engine.Cursor(t.Context())
	if err != nil || cursorErr != nil || r.Total != 1 || cursor != 9 {
		t.Errorf("the other replica finds %d at %d, %v, %v", r.Total, cursor, err, cursorErr)
	}
}

func TestAReplicaAsksInTheWordsOfTheIndexThatAnotherSwappedIn(t *testing.T) {
	url, key := servertest.Meilisearch(t)
	o := meili.Options{URL: url, Key: key, Index: "words"}
	list := func(groups ...[]string) *analysis.Analyzer {
		synonyms, err := analysis.NewSynonyms(groups)
		if err != nil {
			t.Fatal(err)
		}
		return analysis.New(synonyms)
	}
	before, after := list([]string{"玉米", "maize"}), list([]string{"maize", "玉米"})
	var replicas [2]*meili.Engine
	for i := range replicas {
		e, err := meili.Open(t.Context(), o, before)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = e.Close() })
		replicas[i] = e
	}
	one, two := replicas[0], replicas[1]
	document := func(id, title string) search.Document {
		return search.Document{ID: id, Kind: search.KindAchievement, Owner: "o", Texts: []search.Text{{Tier: policy.TierPublic, Title: title}}}
	}
	first := document("a", "玉米育种")
	if err := one.Apply(t.Context(), search.Batch{Upsert: []search.Document{first}}); err != nil {
		t.Fatal(err)
	}
	one.Use(after)
	err := one.Rebuild(t.Context(), func(ctx context.Context, into search.Sink) error {
		return into.Apply(ctx, search.Batch{Upsert: []search.Document{first}})
	})
	if err != nil {
		t.Fatal(err)
	}
	// The second has heard of nothing, neither when it asks nor when it writes.
	if err := two.Apply(t.Context(), search.Batch{Upsert: []search.Document{document("b", "玉米种植")}}); err != nil {
		t.Fatal(err)
	}
	for i, e := range replicas {
		if r, err := e.Search(t.Context(), search.Query{Text: "maize", Limit: 10}); err != nil || r.Total != 2 {
			t.Errorf("replica %d finds %d (%v), want 2", i+1, r.Total, err)
		}
	}
}

func TestABatchOfMoreThanOneTaskIsWrittenWhole(t *testing.T) {
	url, key := servertest.Meilisearch(t)
	e, err := meili.Open(t.Context(), meili.Options{URL: url, Key: key, Index: "many"}, analysis.New(nil))
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	b := search.Batch{Upsert: make([]search.Document, 1_201), Cursor: 7}
	for i := range b.Upsert {
		b.Upsert[i] = search.Document{ID: fmt.Sprintf("%04d", i), Texts: []search.Text{{Tier: policy.TierPublic, Title: "电池"}}}
	}
	if err := e.Apply(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	r, searching := e.Search(t.Context(), search.Query{Text: "电池"})
	cursor, err := e.Cursor(t.Context())
	if err := errors.Join(searching, err); err != nil || r.Total != len(b.Upsert) || cursor != 7 {
		t.Errorf("%d of %d documents are found, and the index stands at %d; %v", r.Total, len(b.Upsert), cursor, err)
	}
}
