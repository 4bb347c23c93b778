package app

import (
	"net/http"
	"sync/atomic"
	"time"

	"chengqiao/internal/clock"
)

// busyFor is for how long after a request others are expected.
const busyFor = time.Second

// traffic knows whether people are being served, for work that can wait. A
// stream counts when it begins and when it ends: it is open for hours.
type traffic struct {
	clock clock.Clock
	last  atomic.Int64 // when a request began or ended, in microseconds
}

// watched lets a handler's requests count.
func (t *traffic) watched(handler http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t.last.Store(clock.Micros(t.clock.Now()))
		defer func() { t.last.Store(clock.Micros(t.clock.Now())) }()
		handler.ServeHTTP(w, r)
	})
}

// busy tells whether there was a request a moment ago.
func (t *traffic) busy() bool {
	last := t.last.Load()
	return last != 0 && t.clock.Now().Sub(clock.FromMicros(last)) < busyFor
}
