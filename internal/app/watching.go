package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"go.opentelemetry.io/otel/attribute"

	"chengqiao/internal/errs"
	"chengqiao/internal/event"
	"chengqiao/internal/outbox"
	"chengqiao/internal/telemetry"
)

// watched lets those who watch over the program see what it does: it answers with
// its numbers where metrics.listen says, and sends traces where tracing.endpoint
// does, until what it gives is called.
func (p *platform) watched(ctx context.Context) (stop func(), err error) {
	p.tracing, err = telemetry.StartTracing(ctx, telemetry.TracingOptions{
		Endpoint: p.cfg.Tracing.Endpoint, Share: p.cfg.Tracing.Share, Log: p.log,
	})
	if err != nil {
		return nil, err
	}
	answered := func() {}
	if p.cfg.Metrics.Listen != "" {
		if answered, err = p.answerWithNumbers(); err != nil {
			return nil, err
		}
	}
	return func() {
		answered()
		// A collector that is away must not hold up the end for long.
		ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		if err := p.tracing.Stop(ending); err != nil {
			p.log.LogAttrs(ending, slog.LevelWarn, "the last traces could not be sent", slog.String("error", err.Error()))
		}
	}, nil
}

// answerWithNumbers serves /metrics on a listener of its own until what it gives
// is called.
func (p *platform) answerWithNumbers() (stop func(), err error) {
	listener, err := net.Listen("tcp", p.cfg.Metrics.Listen)
	if err != nil {
		return nil, fmt.Errorf("metrics.listen: %w", err)
	}
	p.metrics.Watch(p.state, p.log)
	routes := http.NewServeMux()
	routes.Handle("GET /metrics", p.metrics.Handler())
	server := &http.Server{
		Handler: routes, ReadHeaderTimeout: p.cfg.Server.ReadHeaderTimeout, ReadTimeout: p.cfg.Server.ReadTimeout,
		WriteTimeout: p.cfg.Server.WriteTimeout, IdleTimeout: p.cfg.Server.IdleTimeout,
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			p.log.Error("metrics are told no more", "error", err)
		}
	}()
	p.log.Info("metrics are told", "address", "http://"+listener.Addr().String()+"/metrics")
	return func() {
		_ = server.Close() // who reads them asks again
		<-ended
	}, nil
}

// state is what is so now of the outbox, the indexes and the database. What can
// be told is given also where the rest cannot. A kv that is away is an error too:
// readiness does not ask for it, and nothing else tells.
func (p *platform) state(ctx context.Context) (telemetry.State, error) {
	var s telemetry.State
	for _, pool := range p.db.Pools() {
		s.Pools = append(s.Pools, telemetry.PoolState{
			Name: pool.Name, Max: pool.MaxOpenConnections, Used: pool.InUse, Idle: pool.Idle,
			Waits: pool.WaitCount, Waited: pool.WaitDuration,
		})
	}
	waiting, err := p.backlogs(ctx)
	if err == nil {
		s.Consumers = p.consumerStates(waiting)
	}
	edge, unplaced := p.queue.Edge(ctx)
	search, uncounted := p.searchState(ctx, edge.Head)
	if uncounted == nil && unplaced == nil {
		s.Indexes = append(s.Indexes, search)
	}
	if unplaced == nil {
		s.Indexes = append(s.Indexes, telemetry.IndexState{
			Name: "matching", Listings: p.index.matching.Index().Size(), Behind: max(0, edge.Head-p.index.matching.Position()),
		})
	}
	return s, errors.Join(err, unplaced, uncounted, p.kv.Ping(ctx))
}

// backlogs are what every consumer has yet to be told, those for which nothing
// waits too, and the messages that wait for webhooks.
func (p *platform) backlogs(ctx context.Context) ([]outbox.Backlog, error) {
	waiting, err := p.queue.Backlogs(ctx)
	if err != nil {
		return nil, err
	}
	behind := make(map[string]bool, len(waiting))
	for _, b := range waiting {
		behind[b.Consumer] = true
	}
	for _, c := range p.consumers() {
		if !behind[c.Name] {
			waiting = append(waiting, outbox.Backlog{Consumer: c.Name})
		}
	}
	messages, err := p.messages.Backlog(ctx, consumerWebhooks, p.clock.Now())
	return append(waiting, messages), err
}

func (p *platform) consumerStates(waiting []outbox.Backlog) []telemetry.ConsumerState {
	now := p.clock.Now()
	states := make([]telemetry.ConsumerState, len(waiting))
	for i, b := range waiting {
		states[i] = telemetry.ConsumerState{Name: b.Consumer, Waiting: b.Pending, Dead: b.Dead}
		if !b.OldestDue.IsZero() {
			states[i].Overdue = max(0, now.Sub(b.OldestDue))
		}
	}
	return states
}

func (p *platform) searchState(ctx context.Context, head int64) (telemetry.IndexState, error) {
	n, err := p.index.engine.Count(ctx)
	if err != nil {
		return telemetry.IndexState{}, err
	}
	state := telemetry.IndexState{Name: "search", Listings: n, Behind: -1}
	if !p.index.shared {
		position, err := p.index.engine.Cursor(ctx)
		if err != nil {
			return state, err
		}
		state.Behind = max(0, head-position)
	}
	return state, nil
}

// tracesOf are the places in traces where events happened.
func tracesOf(events []event.Event) []string {
	places := make([]string, len(events))
	for i, e := range events {
		places[i] = e.Trace
	}
	return places
}

// watchedConsumer counts and traces what a consumer is brought.
func (p *platform) watchedConsumer(c outbox.Consumer) outbox.Consumer {
	handle := c.Handle
	c.Handle = func(ctx context.Context, events []event.Event) error {
		begun := time.Now()
		ctx, traced := p.tracing.Background(ctx, "outbox "+c.Name, tracesOf(events), attribute.Int("events", len(events)))
		result := "failed" // where the handler panics, too
		var err error
		defer func() {
			traced(err)
			p.metrics.Handled(c.Name, len(events), result, time.Since(begun))
		}()
		err = handle(ctx, events)
		switch {
		case err == nil:
			result = "done"
		case errs.KindOf(err) == errs.Unavailable:
			result = "away"
		}
		return err
	}
	return c
}
