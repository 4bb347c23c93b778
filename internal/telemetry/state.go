package telemetry

import (
	"context"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// statePatience bounds how long the state is waited for: Prometheus gives up
// after ten seconds.
const statePatience = 5 * time.Second

// State is what is so at the moment that the numbers are read.
type State struct {
	Consumers []ConsumerState
	Indexes   []IndexState
	Pools     []PoolState
}

// ConsumerState is what a consumer of the outbox has yet to be told.
type ConsumerState struct {
	Name string
	// Waiting are its deliveries that are not done, Dead those given up.
	Waiting, Dead int64
	// Overdue is for how long the first of them could have been delivered.
	Overdue time.Duration
}

// IndexState is how true an index is.
type IndexState struct {
	Name     string
	Listings int
	// Behind are the events that are committed and that it was not brought yet;
	// negative where that is not known, of an index that is told by a consumer.
	Behind int64
}

// PoolState is how the connections of a database pool are used.
type PoolState struct {
	Name            string
	Max, Used, Idle int
	// Waits is how often a connection was waited for, Waited for how long in all.
	Waits  int64
	Waited time.Duration
}

// Watch has the state asked for whenever the numbers are read. What cannot be
// told is logged and left out, and chengqiao_state_readable is 0.
func (m *Metrics) Watch(ask func(ctx context.Context) (State, error), log *slog.Logger) {
	m.registry.MustRegister(stateCollector{ask, log})
}

type stateCollector struct {
	ask func(ctx context.Context) (State, error)
	log *slog.Logger
}

func describe(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(prometheus.BuildFQName(space, "", name), help, labels, nil)
}

var (
	readable   = describe("state_readable", "1 where the database, the search engine and the kv answer, else 0.")
	waiting    = describe("outbox_waiting", "Deliveries that are not done.", "consumer")
	overdue    = describe("outbox_overdue_seconds", "For how long the first delivery that waits could have been made.", "consumer")
	dead       = describe("outbox_dead_letters", "Deliveries given up, for the operator to try again.", "consumer")
	listings   = describe("index_listings", "Listings in the index.", "index")
	behind     = describe("index_behind_events", "Committed events that the index was not brought yet.", "index")
	pooled     = describe("database_connections", "Connections of the pool by what they do (used, idle), and the most that there may be (max).", "pool", "state")
	waits      = describe("database_waits_total", "How often a connection was waited for.", "pool")
	waitedLong = describe("database_wait_seconds_total", "For how long connections were waited for.", "pool")
)

// Describe implements prometheus.Collector.
func (s stateCollector) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{readable, waiting, overdue, dead, listings, behind, pooled, waits, waitedLong} {
		out <- d
	}
}

// Collect implements prometheus.Collector.
func (s stateCollector) Collect(out chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, value float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	total := func(d *prometheus.Desc, value float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, value, labels...)
	}
	ctx, cancel := context.WithTimeout(context.Background(), statePatience)
	defer cancel()
	state, err := s.ask(ctx)
	// Whatever could be told is told: the pools explain why the rest could not.
	if err != nil {
		s.log.LogAttrs(ctx, slog.LevelWarn, "metrics are incomplete", slog.String("error", err.Error()))
		gauge(readable, 0)
	} else {
		gauge(readable, 1)
	}
	for _, c := range state.Consumers {
		gauge(waiting, float64(c.Waiting), c.Name)
		gauge(overdue, c.Overdue.Seconds(), c.Name)
		gauge(dead, float64(c.Dead), c.Name)
	}
	for _, i := range state.Indexes {
		gauge(listings, float64(i.Listings), i.Name)
		if i.Behind >= 0 {
			gauge(behind, float64(i.Behind), i.Name)
		}
	}
	for _, p := range state.Pools {
		gauge(pooled, float64(p.Max), p.Name, "max")
		gauge(pooled, float64(p.Used), p.Name, "used")
		gauge(pooled, float64(p.Idle), p.Name, "idle")
		total(waits, float64(p.Waits), p.Name)
		total(waitedLong, p.Waited.Seconds(), p.Name)
	}
}
