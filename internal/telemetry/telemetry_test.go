package telemetry_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"chengqiao/internal/errs"
	"chengqiao/internal/span"
	"chengqiao/internal/telemetry"
)

var quiet = slog.New(slog.DiscardHandler)

// told is what Prometheus reads.
func told(t *testing.T, m *telemetry.Metrics) string {
	t.Helper()
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	if w.Code != http.StatusOK {
		t.Fatalf("%d: %s", w.Code, w.Body)
	}
	return w.Body.String()
}

func expectLines(t *testing.T, text string, lines ...string) {
	t.Helper()
	for _, line := range lines {
		if !strings.Contains("\n"+text, "\n"+line+"\n") {
			t.Errorf("%q is not told", line)
		}
	}
}

func TestRequestsAreCountedByRouteAndNotByWhatAnyoneMaySend(t *testing.T) {
	m := telemetry.NewMetrics()
	requests := telemetry.Requests{Metrics: m, Tracing: telemetry.Untraced()}
	for range 3 {
		_, ended := requests.Begin(httptest.NewRequest(http.MethodGet, "/api/v1/needs/17?q=secret", nil))
		ended("/api/v1/needs/:id", http.StatusOK, false)
	}
	odd := httptest.NewRequest(http.MethodGet, "/", nil)
	odd.Method = "PROPFIND"
	_, ended := requests.Begin(odd)
	ended("", http.StatusMethodNotAllowed, false)
	_, listening := requests.Begin(httptest.NewRequest(http.MethodGet, "/api/v1/events", nil))
	text := told(t, m)
	expectLines(t, text,
		`chengqiao_http_request_duration_seconds_count{method="GET",route="/api/v1/needs/:id",status="200"} 3`,
		`chengqiao_http_request_duration_seconds_count{method="other",route="other",status="405"} 1`,
		`chengqiao_http_requests_open 1`)
	listening("/api/v1/events", http.StatusOK, true)
	text = told(t, m)
	expectLines(t, text, `chengqiao_http_requests_open 0`)
	for _, none := range []string{"secret", "PROPFIND", `route="/api/v1/events"`} {
		if strings.Contains(text, none) {
			t.Errorf("%s is told", none)
		}
	}
}

func TestSearchesJobsAndEventsAreCountedByWhatCameOfThem(t *testing.T) {
	m := telemetry.NewMetrics()
	away := errs.New(errs.Unavailable, "search_unavailable")
	m.Searched("words", 12, nil, time.Millisecond)
	m.Searched("words", 0, nil, time.Millisecond)
	m.Searched("browse", 0, away, time.Millisecond)
	m.Searched("suggest", 0, fmt.Errorf("search: %w", context.Canceled), time.Millisecond)
	m.Handled("letters", 5, "done", time.Millisecond)
	m.Handled("letters", 1, "away", time.Millisecond)
	m.Ran("expire needs", nil, time.Millisecond, time.Unix(1_800_000_000, 0))
	m.Ran("expire needs", away, time.Millisecond, time.Unix(1_900_000_000, 0))
	expectLines(t, told(t, m),
		`chengqiao_search_duration_seconds_count{asked="words",result="found"} 1`,
		`chengqiao_search_duration_seconds_count{asked="words",result="nothing"} 1`,
		`chengqiao_search_duration_seconds_count{asked="browse",result="failed"} 1`,
		`chengqiao_search_duration_seconds_count{asked="suggest",result="gone"} 1`,
		`chengqiao_outbox_events_total{consumer="letters",result="done"} 5`,
		`chengqiao_outbox_handling_duration_seconds_count{consumer="letters",result="away"} 1`,
		`chengqiao_job_duration_seconds_count{name="expire needs",result="failed"} 1`,
		`chengqiao_job_last_success_timestamp_seconds{name="expire needs"} 1.8e+09`)
}

func TestTheStateIsAskedForWhenItIsReadAndToldAsFarAsItIsKnown(t *testing.T) {
	m := telemetry.NewMetrics()
	var state telemetry.State
	var fault error
	m.Watch(func(context.Context) (telemetry.State, error) { return state, fault }, quiet)
	state = telemetry.State{
		Consumers: []telemetry.ConsumerState{{Name: "letters", Waiting: 3, Dead: 1, Overdue: 90 * time.Second}},
		Indexes:   []telemetry.IndexState{{Name: "matching", Listings: 40, Behind: 2}, {Name: "search", Listings: 41, Behind: -1}},
		Pools:     []telemetry.PoolState{{Name: "writer", Max: 1, Used: 1, Waits: 7, Waited: 1500 * time.Millisecond}},
	}
	text := told(t, m)
	expectLines(t, text,
		`chengqiao_state_readable 1`,
		`chengqiao_outbox_waiting{consumer="letters"} 3`,
		`chengqiao_outbox_overdue_seconds{consumer="letters"} 90`,
		`chengqiao_outbox_dead_letters{consumer="letters"} 1`,
		`chengqiao_index_listings{index="search"} 41`,
		`chengqiao_index_behind_events{index="matching"} 2`,
		`chengqiao_database_connections{pool="writer",state="used"} 1`,
		`chengqiao_database_wait_seconds_total{pool="writer"} 1.5`)
	if strings.Contains(text, `chengqiao_index_behind_events{index="search"}`) {
		t.Error("what is not known is told as a number")
	}
	state, fault = telemetry.State{Pools: state.Pools}, errs.New(errs.Unavailable, "store_unavailable")
	text = told(t, m)
	expectLines(t, text, `chengqiao_state_readable 0`, `chengqiao_database_waits_total{pool="writer"} 7`)
	if strings.Contains(text, "chengqiao_outbox_waiting{") {
		t.Error("a state of before is told")
	}
}

// collector takes traces and keeps what was sent, as bytes: names and texts stand
// in them as they are.
type collector struct {
	*httptest.Server
	mu     sync.Mutex
	got    bytes.Buffer
	status int
}

func newCollector(t *testing.T) *collector {
	c := &collector{status: http.StatusOK}
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.mu.Lock()
		defer c.mu.Unlock()
		if r.URL.Path == "/v1/traces" && c.status == http.StatusOK {
			_, _ = io.Copy(&c.got, r.Body)
		}
		w.WriteHeader(c.status)
	}))
	t.Cleanup(c.Close)
	return c
}

func (c *collector) sent() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.got.String()
}

func TestATraceHoldsWhatWasDoneForARequestAndNotWhatWasSaid(t *testing.T) {
	c := newCollector(t)
	var log bytes.Buffer
	lines := slog.New(telemetry.Traced(slog.NewTextHandler(&log, nil)))
	tracing, err := telemetry.StartTracing(t.Context(), telemetry.TracingOptions{Endpoint: c.URL, Share: 1, Log: lines})
	if err != nil {
		t.Fatal(err)
	}
	requests := telemetry.Requests{Metrics: telemetry.NewMetrics(), Tracing: tracing}
	request := httptest.NewRequest(http.MethodGet, "/api/v1/needs/17?q=secret", nil)
	request.Header.Set("Traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00")
	ctx, ended := requests.Begin(request)
	if !span.On(ctx) {
		t.Fatal("a client decides that nothing is recorded")
	}
	_, read := span.Begin(ctx, "sql SELECT")
	lines.InfoContext(ctx, "answered")
	read(errors.New("the text of somebody"))
	ended("/api/v1/needs/:id", http.StatusInternalServerError, false)
	_, worked := tracing.Background(t.Context(), "outbox letters", nil)
	worked(nil)
	if err := tracing.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	sent := c.sent()
	for _, want := range []string{"GET /api/v1/needs/:id", "sql SELECT", "outbox letters", "internal", "chengqiao"} {
		if !strings.Contains(sent, want) {
			t.Errorf("%q was not sent", want)
		}
	}
	for _, none := range []string{"secret", "somebody"} {
		if strings.Contains(sent, none) {
			t.Errorf("%q was sent", none)
		}
	}
	if !strings.Contains(log.String(), "msg=answered trace_id=") || strings.Contains(log.String(), "0af7651916cd43dd8448eb211c80319c") {
		t.Errorf("the line does not lead to its trace: %s", log.String())
	}
}

func TestBackgroundWorkGoesOnInTheTraceOfTheRequestThatAskedForIt(t *testing.T) {
	tracing, err := telemetry.StartTracing(t.Context(), telemetry.TracingOptions{Endpoint: newCollector(t).URL, Share: 1, Log: quiet})
	if err != nil {
		t.Fatal(err)
	}
	seldom, err := telemetry.StartTracing(t.Context(), telemetry.TracingOptions{Endpoint: newCollector(t).URL, Log: quiet})
	if err != nil {
		t.Fatal(err)
	}
	asked := func() (trace.SpanContext, string) {
		ctx, ended := telemetry.Requests{Metrics: telemetry.NewMetrics(), Tracing: tracing}.Begin(httptest.NewRequest(http.MethodPost, "/", nil))
		defer ended("/", http.StatusCreated, false)
		return trace.SpanContextFromContext(ctx), span.Place(ctx)
	}
	first, place := asked()
	second, elsewhere := asked()
	for name, c := range map[string]struct {
		by     *telemetry.Tracing
		places []string
		in     trace.TraceID
		links  int
	}{
		"of one request":                        {tracing, []string{place, place}, first.TraceID(), 0},
		"of two":                                {tracing, []string{"", elsewhere, place, elsewhere}, second.TraceID(), 1},
		"of one, where little else is recorded": {seldom, []string{place}, first.TraceID(), 0},
		"of one that was not recorded":          {tracing, []string{""}, trace.TraceID{}, 0},
		"of one of which nothing can be read":   {tracing, []string{"elsewhere"}, trace.TraceID{}, 0},
	} {
		ctx, worked := c.by.Background(t.Context(), "outbox letters", c.places)
		did := trace.SpanFromContext(ctx)
		if !span.On(ctx) {
			t.Errorf("%s: nothing is recorded", name)
		}
		in := did.SpanContext().TraceID()
		if c.in.IsValid() && in != c.in || !c.in.IsValid() && (in == first.TraceID() || in == second.TraceID()) {
			t.Errorf("%s: it is in the trace %s", name, in)
		}
		if links := did.(sdktrace.ReadOnlySpan).Links(); len(links) != c.links {
			t.Errorf("%s: it is linked with %v", name, links)
		}
		worked(nil)
	}
	if unrecorded := span.Place(t.Context()); unrecorded != "" {
		t.Errorf("what is not recorded is at %q", unrecorded)
	}
}

func TestNothingIsRecordedWhereNobodyAsksForIt(t *testing.T) {
	for name, options := range map[string]telemetry.TracingOptions{
		"no collector": {Share: 1, Log: quiet},
		"no share":     {Endpoint: newCollector(t).URL, Log: quiet},
	} {
		tracing, err := telemetry.StartTracing(t.Context(), options)
		if err != nil {
			t.Fatal(err)
		}
		ctx, ended := telemetry.Requests{Metrics: telemetry.NewMetrics(), Tracing: tracing}.Begin(httptest.NewRequest(http.MethodGet, "/", nil))
		if below, _ := span.Begin(ctx, "sql SELECT"); span.On(ctx) || below != ctx {
			t.Errorf("%s: something is recorded", name)
		}
		ended("/", http.StatusOK, false)
		if err := tracing.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

func TestACollectorIsChecked(t *testing.T) {
	c := newCollector(t)
	if err := telemetry.CheckTracing(t.Context(), c.URL); err != nil {
		t.Error(err)
	}
	c.status = http.StatusUnauthorized
	if err := telemetry.CheckTracing(t.Context(), c.URL); err == nil || !strings.Contains(err.Error(), "401") {
		t.Errorf("a refusal is told as %v", err)
	}
	c.Close()
	if err := telemetry.CheckTracing(t.Context(), c.URL); err == nil {
		t.Error("a collector that is away is not told")
	}
}

func TestTracesThatNobodyTakesAreToldAndHoldNothingUp(t *testing.T) {
	c := newCollector(t)
	c.status = http.StatusBadRequest // which no repetition mends
	var log bytes.Buffer
	tracing, err := telemetry.StartTracing(t.Context(), telemetry.TracingOptions{Endpoint: c.URL, Share: 1, Log: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	_, worked := tracing.Background(t.Context(), "outbox letters", nil)
	worked(nil)
	if err := tracing.Stop(t.Context()); err != nil {
		t.Error(err)
	}
	if !strings.Contains(log.String(), "traces could not be sent") {
		t.Errorf("the log has %q", log.String())
	}
}
