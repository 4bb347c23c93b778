package app

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"chengqiao/internal/clock"
)

func TestWorkThatCanWaitKnowsWhenPeopleAreServed(t *testing.T) {
	t.Parallel()
	now := clock.NewManual(time.Now())
	traffic := &traffic{clock: now}
	if traffic.busy() {
		t.Error("busy before the first request")
	}
	slow := traffic.watched(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		if !traffic.busy() {
			t.Error("not busy when a request begins")
		}
		now.Advance(5 * time.Second)
	}))
	slow.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil))
	if !traffic.busy() {
		t.Error("not busy when a request has just ended")
	}
	now.Advance(busyFor)
	if traffic.busy() {
		t.Error("busy long after the last request")
	}
}
