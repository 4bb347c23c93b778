// Package telemetry owns what the running program tells those who watch over it:
// numbers in the form that Prometheus reads, and traces by OpenTelemetry. It is
// told by others what happened and knows nothing of the product; names of people,
// words that were searched for and addresses never become labels.
package telemetry

import (
	"context"
	"errors"
	"net/http"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// space begins the names of all the program's own numbers.
const space = "chengqiao"

// seconds are the bounds of durations: dense where the aims of a search (15 ms)
// and of a list of matches (30 ms) lie.
var seconds = []float64{.001, .0025, .005, .01, .015, .03, .05, .1, .25, .5, 1, 2.5, 5, 10}

// Metrics are the numbers of one process. Safe for concurrent use.
type Metrics struct {
	registry *prometheus.Registry

	requests *prometheus.HistogramVec
	open     prometheus.Gauge
	searches *prometheus.HistogramVec
	handling *prometheus.HistogramVec
	events   *prometheus.CounterVec
	jobs     *prometheus.HistogramVec
	lastRun  *prometheus.GaugeVec
}

// NewMetrics makes the numbers, all of them zero, with those of the Go runtime and
// of the process.
func NewMetrics() *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Namespace: space, Name: "http_request_duration_seconds", Buckets: seconds,
			Help: "How long requests took, by the route of the contract; streams, which last as long as somebody listens, are left out.",
		}, []string{"method", "route", "status"}),
		open: prometheus.NewGauge(prometheus.GaugeOpts{
			Namespace: space, Name: "http_requests_open", Help: "Requests being answered now, streams among them.",
		}),
		searches: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Namespace: space, Name: "search_duration_seconds", Buckets: seconds,
			Help: "How long the search engine took, by what was asked (words, browse, suggest) and what came of it (found, nothing, failed).",
		}, []string{"asked", "result"}),
		handling: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Namespace: space, Name: "outbox_handling_duration_seconds", Buckets: seconds,
			Help: "How long a consumer took for one batch of events, by what came of it (done, failed, away).",
		}, []string{"consumer", "result"}),
		events: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: space, Name: "outbox_events_total", Help: "Events brought to consumers, each attempt by itself.",
		}, []string{"consumer", "result"}),
		jobs: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Namespace: space, Name: "job_duration_seconds", Buckets: prometheus.ExponentialBuckets(.001, 4, 10),
			Help: "How long the jobs that come back by the clock took.",
		}, []string{"name", "result"}),
		lastRun: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Namespace: space, Name: "job_last_success_timestamp_seconds", Help: "When a job last ended well, in seconds since 1970.",
		}, []string{"name"}),
	}
	build := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Namespace: space, Name: "build_info", Help: "1, with what the program was built from.",
		ConstLabels: prometheus.Labels{"version": Version(), "go": runtime.Version()},
	}, func() float64 { return 1 })
	m.registry.MustRegister(m.requests, m.open, m.searches, m.handling, m.events, m.jobs, m.lastRun, build,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Version is what the build knows of where it comes from; "" where nothing.
func Version() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		return info.Main.Version
	}
	return ""
}

// Handler answers with all numbers, as text in the form of Prometheus or of
// OpenMetrics, as asked for.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{EnableOpenMetrics: true, MaxRequestsInFlight: 4})
}

// Searched counts a question to the engine: what was asked ("words", "browse" or
// "suggest"), what was found, and its error. Whose asker goes, typing on, has not
// failed.
func (m *Metrics) Searched(asked string, found int, err error, took time.Duration) {
	result := "found"
	switch {
	case errors.Is(err, context.Canceled):
		result = "gone"
	case err != nil:
		result = "failed"
	case found == 0:
		result = "nothing"
	}
	m.searches.WithLabelValues(asked, result).Observe(took.Seconds())
}

// Ran counts a run of a job.
func (m *Metrics) Ran(job string, err error, took time.Duration, ended time.Time) {
	result := "done"
	if err != nil {
		result = "failed"
	} else {
		m.lastRun.WithLabelValues(job).Set(float64(ended.UnixMilli()) / 1e3)
	}
	m.jobs.WithLabelValues(job, result).Observe(took.Seconds())
}

// Handled counts a batch of events that a consumer was brought. result is "done",
// "failed", or "away" where a server was that it needs.
func (m *Metrics) Handled(consumer string, events int, result string, took time.Duration) {
	m.handling.WithLabelValues(consumer, result).Observe(took.Seconds())
	m.events.WithLabelValues(consumer, result).Add(float64(events))
}
