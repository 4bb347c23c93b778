package notify_test

import (
	"context"
	"testing"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/event"
	"chengqiao/internal/kv"
	"chengqiao/internal/kv/memory"
	"chengqiao/internal/notify"
	"chengqiao/internal/policy"
)

func quietFor(t *testing.T, l *notify.Live, actor policy.Actor) time.Duration {
	t.Helper()
	listening, err := l.Listen(t.Context(), actor)
	if err != nil {
		t.Fatal(err)
	}
	return listening.Quiet
}

func TestWhoListensLearnsForHowLongNothingWasTold(t *testing.T) {
	clk := clock.NewManual(time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC))
	bus, marks := joined{memory.NewBus()}, memory.NewCache(clk, 100)
	l, other := liveFrom(bus, marks, clk), liveFrom(bus, marks, clk)
	expect := func(when string, actor policy.Actor, want time.Duration) {
		t.Helper()
		if got := quietFor(t, l, actor); got != want {
			t.Errorf("%s %s learns of %v, want %v", when, actor.AccountID, got, want)
		}
	}

	for _, each := range []policy.Actor{officer, outsider, reviewer} {
		expect("before anybody listened", each, 0)
	}
	clk.Advance(time.Minute)
	for _, each := range []policy.Actor{officer, outsider, reviewer} {
		expect("a minute later", each, 55*time.Second)
	}
	expect("in the same organisation for the first time", inventor, 0)

	// Told in another replica to one organisation, and to all of the platform's people.
	publish(t, other, happened("e1", event.PackageSubmitted, "package", "P", nil))
	clk.Advance(10 * time.Second)
	expect("after an event of theirs", officer, 5*time.Second)
	expect("after an event of anybody", reviewer, 5*time.Second)
	expect("after an event of others", outsider, 65*time.Second)

	// To one person alone.
	if err := l.Tell(t.Context(), outsider.AccountID, notify.LiveEvent{Name: "notices.read"}); err != nil {
		t.Fatal(err)
	}
	clk.Advance(time.Second)
	expect("a moment after what concerns nobody else", outsider, 0)

	clk.Advance(48 * time.Hour)
	expect("after all marks ran out", officer, 0)
}

// absent is a place for marks whose server is away when they are read.
type absent struct{ notify.Marks }

func (absent) Get(context.Context, string) ([]byte, bool, error) {
	return nil, false, kv.ErrUnavailable
}

func TestWhereMarksCannotBeReadNothingIsKnownOfASilence(t *testing.T) {
	clk := clock.NewManual(time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC))
	l := liveFrom(joined{memory.NewBus()}, absent{memory.NewCache(clk, 100)}, clk)
	quietFor(t, l, officer)
	clk.Advance(time.Hour)
	if got := quietFor(t, l, officer); got != 0 {
		t.Errorf("learns of %v", got)
	}
}

// eager tells something on the bus while it is being listened to.
type eager struct {
	notify.Bus
	tell func()
}

func (e eager) Subscribe(ctx context.Context, topics ...string) (<-chan notify.Signal, error) {
	signals, err := e.Bus.Subscribe(ctx, topics...)
	e.tell()
	return signals, err
}

func TestWhatIsToldWhileSomebodyBeginsToListenIsHeardOrEndsTheSilence(t *testing.T) {
	clk := clock.NewManual(time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC))
	bus, marks := joined{memory.NewBus()}, memory.NewCache(clk, 100)
	l := liveFrom(bus, marks, clk)
	quietFor(t, l, officer)
	clk.Advance(time.Hour)
	late := liveFrom(eager{bus, func() { publish(t, l, last()) }}, marks, clk)
	listening, err := late.Listen(t.Context(), officer)
	if err != nil {
		t.Fatal(err)
	}
	if listening.Quiet != 0 {
		t.Errorf("it was quiet for %v", listening.Quiet)
	}
	if got := next(t, listening.Updates); got != event.DealOpened {
		t.Errorf("it hears %s", got)
	}
}
