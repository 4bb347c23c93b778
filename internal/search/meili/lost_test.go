package meili_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"chengqiao/internal/errs"
	"chengqiao/internal/search"
	"chengqiao/internal/search/meili"
	"chengqiao/internal/servertest"
)

// raw asks a Meilisearch behind the engine's back.
func raw(t *testing.T, server, key, method, path string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, server+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+key)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode >= http.StatusMultipleChoices {
		t.Fatalf("%s %s answers %s", method, path, res.Status)
	}
}

func eventually(t *testing.T, holds func() error) {
	t.Helper()
	var err error
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if err = holds(); err == nil {
			return
		}
	}
	t.Fatal(err)
}

func TestAnIndexThatTheServerLostIsMadeAgain(t *testing.T) {
	for what, uids := range map[string][]string{
		"all of it": {"listings", "listings-meta"}, "the documents": {"listings"}, "its companion": {"listings-meta"},
	} {
		t.Run(what, func(t *testing.T) {
			server, key := servertest.Meilisearch(t)
			e := opened(t, meili.Options{URL: server, Key: key, Index: "listings"})
			whole := search.Batch{Upsert: []search.Document{titled("1", "电池"), titled("2", "电池")}, Cursor: 5}
			if err := e.Apply(t.Context(), whole); err != nil {
				t.Fatal(err)
			}
			for _, uid := range uids {
				raw(t, server, key, http.MethodDelete, "/indexes/"+uid)
			}
			eventually(t, func() error {
				cursor, err := e.Cursor(t.Context())
				if err == nil && cursor != 0 {
					err = fmt.Errorf("the cursor is %d", cursor)
				}
				return err
			})
			_, err := e.Search(t.Context(), search.Query{Text: "电池"})
			away(t, "a search", err)
			if what != "the documents" { // a write makes an index without settings of these
				away(t, "a batch", e.Apply(t.Context(), search.Batch{Delete: []string{"1"}}))
			} else if err := e.Apply(t.Context(), search.Batch{Upsert: []search.Document{titled("1", "电池")}}); err != nil {
				t.Error(err)
			} else if cursor, err := e.Cursor(t.Context()); err != nil || cursor != 0 {
				t.Errorf("after a write the cursor is %d, %v", cursor, err)
			} else {
				_, err := e.Search(t.Context(), search.Query{Text: "电池"})
				away(t, "a search in an index without settings", err)
			}
			if err := e.Rebuild(t.Context(), func(ctx context.Context, into search.Sink) error { return into.Apply(ctx, whole) }); err != nil {
				t.Fatal(err)
			}
			finds(t, e, "电池", 2)
			if cursor, err := e.Cursor(t.Context()); err != nil || cursor != 5 {
				t.Errorf("made again, the cursor is %d, %v", cursor, err)
			}
		})
	}
}

// Two replicas rebuild at once: one has lost the right to it and has not noticed,
// or an operator has begun a rebuild by hand.
func TestTwoRebuildsAtOnceLeaveAWholeIndex(t *testing.T) {
	server, key := servertest.Meilisearch(t)
	o := meili.Options{URL: server, Key: key, Index: "listings"}
	one, two := opened(t, o), opened(t, o)
	first, second := titled("1", "电池"), titled("2", "电池")
	fill := func(meanwhile func() error) func(ctx context.Context, into search.Sink) error {
		return func(ctx context.Context, into search.Sink) error {
			if err := into.Apply(ctx, search.Batch{Upsert: []search.Document{first}}); err != nil {
				return err
			}
			if err := meanwhile(); err != nil {
				return err
			}
			return into.Apply(ctx, search.Batch{Upsert: []search.Document{second}, Cursor: 7})
		}
	}
	nothing := func() error { return nil }

	overtaken := one.Rebuild(t.Context(), fill(func() error { return two.Rebuild(t.Context(), fill(nothing)) }))
	if errs.CodeOf(overtaken) != "rebuild_running" {
		t.Errorf("the rebuild that was overtaken: %v", overtaken)
	}
	finds(t, one, "电池", 2)
	finds(t, two, "电池", 2)

	begun, stop, ended := make(chan struct{}), make(chan struct{}), make(chan error)
	stopped := errors.New("stopped")
	go func() {
		ended <- one.Rebuild(t.Context(), fill(func() error {
			close(begun)
			<-stop
			return stopped
		}))
	}()
	<-begun
	err := two.Rebuild(t.Context(), fill(func() error {
		close(stop)
		if err := <-ended; !errors.Is(err, stopped) {
			t.Errorf("the rebuild that was stopped: %v", err)
		}
		return nil
	}))
	if err != nil {
		t.Errorf("the other one: %v", err)
	}
	finds(t, one, "电池", 2)
	finds(t, two, "电池", 2)
	if left := list(t, server, key); strings.Contains(left, "-next") {
		t.Errorf("there are left %s", left)
	}
}

func list(t *testing.T, server, key string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server+"/indexes", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+key)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
