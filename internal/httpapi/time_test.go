package httpapi

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/fstest"
	"time"
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
