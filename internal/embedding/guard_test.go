package embedding_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"math"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/embedding"
)

// moody answers what the test says.
type moody struct {
	err   error
	asked int
}

func (m *moody) Embed(_ context.Context, texts []string) ([]embedding.Vector, error) {
	m.asked++
	return make([]embedding.Vector, len(texts)), m.err
}

func TestAServiceThatIsAwayIsLeftAloneForAWhileAndToldOfOnce(t *testing.T) {
	var log bytes.Buffer
	clk, inner := clock.NewManual(time.Date(2026, 11, 28, 0, 0, 0, 0, time.UTC)), &moody{err: embedding.ErrUnavailable}
	g := embedding.NewGuard(inner, "searches", clk, slog.New(slog.NewTextHandler(&log, nil)))
	ask := func() error {
		_, err := g.Embed(t.Context(), []string{"x"})
		return err
	}
	for range 10 {
		if err := ask(); !errors.Is(err, embedding.ErrUnavailable) {
			t.Fatal(err)
		}
	}
	if inner.asked != 3 {
		t.Errorf("asked %d times", inner.asked)
	}
	for range 20 {
		clk.Advance(10 * time.Minute)
		_, _ = ask(), ask() // one of them asks
	}
	if inner.asked != 23 {
		t.Errorf("asked %d times", inner.asked)
	}
	inner.err = nil
	clk.Advance(10 * time.Minute)
	if err := errors.Join(ask(), ask()); err != nil || inner.asked != 25 {
		t.Errorf("back, and asked %d times, %v", inner.asked, err)
	}
	if said := log.String(); strings.Count(said, "is away") != 1 || strings.Count(said, "is back") != 1 {
		t.Errorf("the log says %s", said)
	}
}

// broken panics as long as it is told to.
type broken struct {
	panics bool
	asked  int
}

func (b *broken) Embed(_ context.Context, texts []string) ([]embedding.Vector, error) {
	b.asked++
	if b.panics {
		panic("a reader that was not ready for this answer")
	}
	return make([]embedding.Vector, len(texts)), nil
}

func TestACallThatPanicsIsAFailureLikeAnother(t *testing.T) {
	var log bytes.Buffer
	clk, inner := clock.NewManual(time.Date(2026, 11, 28, 0, 0, 0, 0, time.UTC)), &broken{panics: true}
	g := embedding.NewGuard(inner, "searches", clk, slog.New(slog.NewTextHandler(&log, nil)))
	ask := func() error {
		_, err := g.Embed(t.Context(), []string{"x"})
		return err
	}
	for range 5 {
		if err := ask(); !errors.Is(err, embedding.ErrUnavailable) {
			t.Fatal(err)
		}
	}
	if inner.asked != 3 {
		t.Errorf("asked %d times, and not left alone after three", inner.asked)
	}
	clk.Advance(10 * time.Minute)
	_ = ask() // the one that asks whether it is back
	inner.panics = false
	clk.Advance(10 * time.Minute)
	if err := ask(); err != nil || inner.asked != 5 {
		t.Errorf("asked %d times, %v", inner.asked, err)
	}
	if said := log.String(); strings.Count(said, "not ready for this answer") < 4 || !strings.Contains(said, "guard_test.go") {
		t.Errorf("where it panicked is not told: %s", said)
	}
}

// crowded lets nobody go before all that are awaited have asked.
type crowded struct {
	awaited sync.WaitGroup
	asked   atomic.Int64
}

func (c *crowded) Embed(context.Context, []string) ([]embedding.Vector, error) {
	c.asked.Add(1)
	c.awaited.Done()
	c.awaited.Wait()
	return nil, embedding.ErrUnavailable
}

func TestManyWhoAskAtOnceMakeNoLongerPauseThanOne(t *testing.T) {
	const many = 50
	clk, inner := clock.NewManual(time.Date(2026, 11, 28, 0, 0, 0, 0, time.UTC)), &crowded{}
	g := embedding.NewGuard(inner, "searches", clk, slog.New(slog.DiscardHandler))
	inner.awaited.Add(many)
	var all sync.WaitGroup
	for range many {
		all.Go(func() { _, _ = g.Embed(t.Context(), []string{"x"}) })
	}
	all.Wait()
	if _, err := g.Embed(t.Context(), []string{"x"}); !errors.Is(err, embedding.ErrUnavailable) || inner.asked.Load() != many {
		t.Fatalf("it is asked once more, %v", err)
	}
	clk.Advance(15 * time.Second)
	inner.awaited.Add(1)
	if _, _ = g.Embed(t.Context(), []string{"x"}); inner.asked.Load() != many+1 {
		t.Error("nobody asks when the first pause is over")
	}
}

func TestWhoGivesUpOrIsRefusedMakesNoOutage(t *testing.T) {
	inner := &moody{}
	g := embedding.NewGuard(inner, "searches", clock.System{}, slog.New(slog.DiscardHandler))
	for _, err := range []error{embedding.Unavailable(context.Canceled), embedding.Unavailable(embedding.ErrSpent), embedding.ErrRefused} {
		inner.err = err
		for range 10 {
			_, _ = g.Embed(t.Context(), []string{"x"})
		}
	}
	if inner.asked != 30 {
		t.Errorf("asked %d times", inner.asked)
	}
}

func TestADirectionKeepsWhereAVectorPoints(t *testing.T) {
	d, ok := embedding.Vector{0.5, -0.25, 0}.Direction()
	if !ok || d[0] != 127 || d[1] != -64 || d[2] != 0 {
		t.Errorf("%v %t", d, ok)
	}
	if back := embedding.DirectionOf(d.Bytes()); back[1] != -64 {
		t.Errorf("read back %v", back)
	}
	nan, inf := float32(math.NaN()), float32(math.Inf(-1))
	for _, v := range []embedding.Vector{nil, {0, 0}, {1, nan}, {nan, 1}, {1, inf}} {
		if _, ok := v.Direction(); ok {
			t.Errorf("%v has a direction", v)
		}
	}
}
