package httpapi

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"chengqiao/internal/policy"
)

// hanging is a store that answers nobody before they go.
type hanging struct{ wait chan bool }

func (h hanging) Authenticate(ctx context.Context, _, _ string) (Session, error) {
	_, limited := ctx.Deadline()
	h.wait <- limited
	if limited {
		<-ctx.Done()
	}
	return Session{}, ctx.Err()
}

func TestAStoreThatHangsKeepsNobodyWaiting(t *testing.T) {
	store := hanging{make(chan bool, 1)}
	handler, err := New(NewAPI(Services{}), Options{
		Log: slog.New(slog.DiscardHandler), Auth: store, PublicURL: "http://localhost", MaxBody: 1 << 20,
		Web: fstest.MapFS{"index.html": {Data: []byte("<html><head></head></html>")}}, RequestTime: 50 * time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	ask := func(method, path string) (*httptest.ResponseRecorder, bool) {
		t.Helper()
		request := httptest.NewRequestWithContext(t.Context(), method, basePath+path, nil)
		request.AddCookie(&http.Cookie{Name: sessionCookie, Value: "x"})
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, request)
		select {
		case limited := <-store.wait:
			return answer, limited
		default:
			t.Fatalf("%s asks nobody", path)
			return nil, false
		}
	}
	answer, limited := ask(http.MethodGet, "/me")
	var told struct{ Code string }
	if err := json.Unmarshal(answer.Body.Bytes(), &told); err != nil || !limited ||
		answer.Code != http.StatusServiceUnavailable || told.Code != "took_too_long" || answer.Header().Get("Retry-After") == "" {
		t.Errorf("%d %s, limited: %t", answer.Code, answer.Body, limited)
	}
	for path, method := range map[string]string{
		"/events": http.MethodGet, "/files": http.MethodPost, "/imports": http.MethodPost,
	} {
		if _, limited := ask(method, path); limited {
			t.Errorf("%s %s has to be done in time", method, path)
		}
	}
}

// remembering keeps the contexts that it is called in.
type remembering struct{ calls []context.Context }

func (r *remembering) End(ctx context.Context, _ policy.Actor, _ string) (EndedLetters, error) {
	r.calls = append(r.calls, ctx)
	return EndedLetters{}, nil
}

// What a driver sets to watch a context may look only after the answer.
func TestTheContextOfAnOperationStaysItsOwnAfterTheAnswer(t *testing.T) {
	letters := &remembering{}
	handler, err := New(NewAPI(Services{Endings: letters}), Options{
		Log: slog.New(slog.DiscardHandler), PublicURL: "http://localhost", MaxBody: 1 << 20,
		Web: fstest.MapFS{"index.html": {Data: []byte("<html><head></head></html>")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for range 20 {
		request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, basePath+"/letters/unsubscribe", strings.NewReader(`{"token":"of-a-letter"}`))
		request.Header.Set("Content-Type", "application/json")
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, request)
		if answer.Code != http.StatusOK {
			t.Fatalf("%d %s", answer.Code, answer.Body)
		}
		told = append(told, answer.Header().Get("X-Request-Id"))
	}
	for i, ctx := range letters.calls {
		if got := RequestID(ctx); got != told[i] {
			t.Errorf("the context of the request %s is that of %s", told[i], got)
		}
	}
}
