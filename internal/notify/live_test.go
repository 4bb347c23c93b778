package notify_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/event"
	"chengqiao/internal/kv"
	"chengqiao/internal/kv/memory"
	"chengqiao/internal/kv/redis"
	"chengqiao/internal/notify"
	"chengqiao/internal/policy"
	"chengqiao/internal/servertest"
)

// joined is a kv.Bus as notify wants it.
type joined struct{ kv.Bus }

func (j joined) Subscribe(ctx context.Context, topics ...string) (<-chan notify.Signal, error) {
	s, err := j.Bus.Subscribe(ctx, topics...)
	if err != nil {
		return nil, err
	}
	out := make(chan notify.Signal)
	go func() {
		defer close(out)
		for m := range s.Messages() {
			select {
			case out <- notify.Signal{Topic: m.Topic, Payload: m.Payload, Missed: m.Missed}:
			case <-ctx.Done():
				return
			}
		}
	}()
	return out, nil
}

var about = subjects{
	"introduction/I": {Parties: []string{"institute", "enterprise"}},
	"distribution/D": {OwnerOrg: "institute", Persons: []string{"inventor-person"}},
	"package/P":      {OwnerOrg: "institute"},
}

func live(bus kv.Bus) *notify.Live {
	return liveFrom(joined{bus}, memory.NewCache(clock.System{}, 100), clock.System{})
}

func liveFrom(bus notify.Bus, marks notify.Marks, clk clock.Clock) *notify.Live {
	return notify.NewLive(notify.LiveDeps{Bus: bus, Marks: marks, Subjects: about, Directory: people{}, Clock: clk, Log: slog.New(slog.DiscardHandler)})
}

func reader(account, org string, kind policy.OrgKind, roles ...policy.Role) policy.Actor {
	return policy.Actor{AccountID: account, PersonID: account + "-person", OrgID: org, OrgKind: kind, OrgVerified: true, Roles: roles}
}

var (
	officer  = reader("officer", "institute", policy.Institute, policy.Officer)
	engineer = reader("engineer", "enterprise", policy.Enterprise, policy.Engineer)
	inventor = reader("inventor", "institute", policy.Institute, policy.Inventor)
	outsider = reader("outsider", "elsewhere", policy.Enterprise, policy.Manager)
	reviewer = reader("reviewer", "platform", policy.Platform, policy.Reviewer)
)

func listen(t *testing.T, l *notify.Live, actor policy.Actor) <-chan notify.Update {
	t.Helper()
	listening, err := l.Listen(t.Context(), actor)
	if err != nil {
		t.Fatal(err)
	}
	return listening.Updates
}

// next is the next update's name within a bounded time.
func next(t *testing.T, updates <-chan notify.Update) event.Name {
	t.Helper()
	select {
	case u, open := <-updates:
		if !open {
			return "closed"
		}
		if u.Missed {
			return "missed"
		}
		return u.Event.Name
	case <-time.After(time.Minute):
		t.Fatal("nothing heard")
		return ""
	}
}

func publish(t *testing.T, l *notify.Live, names ...event.Event) {
	t.Helper()
	if err := l.Publish(t.Context(), names); err != nil {
		t.Fatal(err)
	}
}

// last is an event that everybody concerned with I hears; after it a reader
// has heard all that came before.
func last() event.Event { return happened("z", event.DealOpened, "introduction", "I", nil) }

func TestAnEventOfOneReplicaIsHeardOnAnother(t *testing.T) {
	addr := servertest.Redis(t)
	open := func() *notify.Live {
		backend, err := redis.Open("redis://"+addr, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = backend.Close() })
		return live(backend)
	}
	one, other := open(), open()
	here, there := listen(t, one, officer), listen(t, other, engineer)
	publish(t, one, happened("e1", event.IntroductionMade, "introduction", "I", nil))
	publish(t, other, happened("e2", event.IntroductionAnswered, "introduction", "I", nil))
	for _, updates := range []<-chan notify.Update{here, there} {
		heard := map[event.Name]bool{next(t, updates): true, next(t, updates): true}
		if !heard[event.IntroductionMade] || !heard[event.IntroductionAnswered] {
			t.Errorf("heard %v", heard)
		}
	}
}

func TestOnlyThoseWhoMayReadASubjectHearOfIt(t *testing.T) {
	l := live(memory.NewBus())
	heard := map[string]<-chan notify.Update{}
	for name, actor := range map[string]policy.Actor{
		"officer": officer, "engineer": engineer, "inventor": inventor, "reviewer": reviewer,
		"another inventor": reader("other", "institute", policy.Institute, policy.Inventor),
	} {
		heard[name] = listen(t, l, actor)
	}
	silent := listen(t, l, outsider)

	publish(t, l,
		happened("e1", event.RewardPaid, "distribution", "D", nil),
		happened("e2", event.PackageSubmitted, "package", "P", nil),
		happened("e3", event.PackageSubmitted, "package", "unknown", nil),
		last())
	for name, want := range map[string][]event.Name{
		"officer":          {event.RewardPaid, event.PackageSubmitted, event.DealOpened},
		"inventor":         {event.RewardPaid, event.PackageSubmitted}, // the own reward
		"another inventor": {event.PackageSubmitted},                   // not a colleague's, and no negotiation
		"engineer":         {event.DealOpened},
		"reviewer":         {event.PackageSubmitted},
	} {
		for i, w := range want {
			if got := next(t, heard[name]); got != w {
				t.Errorf("%s hears %s as update %d, want %s", name, got, i, w)
			}
		}
	}
	l.Close()
	heard["outsider"] = silent
	for name, updates := range heard {
		if got := next(t, updates); got != "closed" {
			t.Errorf("%s also hears %s", name, got)
		}
	}
}

func TestAStreamEndsWithItsReaderAndWithTheServer(t *testing.T) {
	l := live(memory.NewBus())
	ctx, cancel := context.WithCancel(t.Context())
	gone, err := l.Listen(ctx, officer)
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if got := next(t, gone.Updates); got != "closed" {
		t.Errorf("after its reader has gone it gives %s", got)
	}
	stays := listen(t, l, officer)
	l.Close()
	l.Close()
	if got := next(t, stays); got != "closed" {
		t.Errorf("after the server's end it gives %s", got)
	}
	if _, err := l.Listen(t.Context(), officer); errs.KindOf(err) != errs.Unavailable {
		t.Errorf("a closed server lets in: %v", err)
	}
}

func TestStreamsAreBoundedByAccount(t *testing.T) {
	l := live(memory.NewBus())
	ctx, cancel := context.WithCancel(t.Context())
	var open []<-chan notify.Update
	for {
		listening, err := l.Listen(ctx, officer)
		if err != nil {
			if errs.CodeOf(err) != "too_many_streams" {
				t.Fatal(err)
			}
			break
		}
		if open = append(open, listening.Updates); len(open) > 1000 {
			t.Fatal("there is no bound")
		}
	}
	listen(t, l, engineer) // somebody else's are their own
	cancel()
	for _, updates := range open {
		if got := next(t, updates); got != "closed" {
			t.Fatal(got)
		}
	}
	listen(t, l, officer)
	if _, err := l.Listen(t.Context(), policy.Actor{}); errs.KindOf(err) != errs.Unauthenticated {
		t.Errorf("a visitor: %v", err)
	}
}

func TestASlowReaderIsToldThatItMissedSome(t *testing.T) {
	l := live(memory.NewBus())
	updates := listen(t, l, officer)
	for n := range 2 * kv.SubscriptionBuffer {
		publish(t, l, happened(fmt.Sprint("e", n), event.IntroductionMade, "introduction", "I", nil))
	}
	for range 2 * kv.SubscriptionBuffer {
		if next(t, updates) == "missed" {
			return
		}
	}
	t.Error("it heard of no gap")
}

func TestALiveEventCarriesNoContent(t *testing.T) {
	bus := memory.NewBus()
	s, err := bus.Subscribe(t.Context(), "live/organisation/enterprise")
	if err != nil {
		t.Fatal(err)
	}
	publish(t, live(bus), happened("e1", event.IntroductionMade, "introduction", "I", map[string]any{"to_org": "institute"}))
	var got map[string]any
	if err := json.Unmarshal((<-s.Messages()).Payload, &got); err != nil {
		t.Fatal(err)
	}
	if len(got) != 4 || got["name"] != "introduction.made" || got["kind"] != "introduction" || got["subject_id"] != "I" || got["at"] != "2026-11-23T01:00:00Z" {
		t.Errorf("it carries %v", got)
	}
}

// broken is a bus whose server is away.
type broken struct{}

func (broken) Publish(context.Context, string, []byte) error { return kv.ErrUnavailable }
func (broken) Subscribe(context.Context, ...string) (<-chan notify.Signal, error) {
	return nil, kv.ErrUnavailable
}

func TestABusThatIsAwayStopsNeitherTheOutboxNorTheProgram(t *testing.T) {
	l := liveFrom(broken{}, memory.NewCache(clock.System{}, 100), clock.System{})
	publish(t, l, last())
	for range 100 { // a failed stream does not count
		if _, err := l.Listen(t.Context(), officer); errs.KindOf(err) != errs.Unavailable {
			t.Fatalf("listening: %v", err)
		}
	}
}
