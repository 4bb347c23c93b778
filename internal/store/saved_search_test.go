package store_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/event"
	"chengqiao/internal/policy"
	"chengqiao/internal/savedsearch"
	"chengqiao/internal/sqldb"
	"chengqiao/internal/store"
)

// stalls are a few listings that change: what each says, and whether it answers
// the query of the test. It is safe for concurrent use.
type stalls struct {
	mu       sync.Mutex
	editions map[string]int
	answers  map[string]bool
}

func (m *stalls) edit(id string, answers bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.editions[id]++
	m.answers[id] = answers
}

func (m *stalls) Check(savedsearch.Query) error { return nil }

func (m *stalls) Found(context.Context, policy.Actor, savedsearch.Query, int) ([]savedsearch.Item, error) {
	return m.found(nil), nil
}

func (m *stalls) Known(ctx context.Context, actor policy.Actor, q savedsearch.Query, limit int) ([]savedsearch.Item, error) {
	return m.Found(ctx, actor, q, limit)
}

// found are those of the listings that answer now; all of them for nil.
func (m *stalls) found(among []string) (items []savedsearch.Item) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for id, answers := range m.answers {
		if answers && (among == nil || slices.Contains(among, id)) {
			items = append(items, savedsearch.Item{Kind: "achievement", ID: id})
		}
	}
	return items
}

func (m *stalls) Marks(_ context.Context, listings []string) (map[string]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := map[string]string{}
	for _, id := range listings {
		out[id] = strconv.Itoa(m.editions[id])
	}
	return out, nil
}

func (m *stalls) Gather(_ context.Context, listings []string) (savedsearch.Gathered, error) {
	return few{m, listings}, nil
}

type few struct {
	m        *stalls
	listings []string
}

func (f few) Candidates(context.Context, savedsearch.Query) (ids []string, err error) {
	for _, i := range f.m.found(f.listings) {
		ids = append(ids, i.ID)
	}
	return ids, nil
}

func (f few) Found(context.Context, policy.Actor, savedsearch.Query) ([]savedsearch.Item, error) {
	return f.m.found(f.listings), nil
}

func (few) Close() error { return nil }

// owners act as themselves.
type owners struct{}

func (owners) Acting(_ context.Context, account, org string) (policy.Actor, string, bool, error) {
	return policy.Actor{AccountID: account, OrgID: org}, "zh-CN", true, nil
}

// letterbox keeps what was told, once by event as notify does, and fails now and
// then: before it tells, or after, as a process that is killed.
type letterbox struct {
	mu    sync.Mutex
	told  map[string][]string // listings by event
	fails func() int
}

var errKilled = errors.New("killed")

func (l *letterbox) Tell(_ context.Context, d savedsearch.Digest) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	fault := l.fails()
	if fault == 0 {
		return errKilled
	}
	if _, again := l.told[d.EventID]; !again {
		for _, i := range d.Items {
			l.told[d.EventID] = append(l.told[d.EventID], i.ID)
		}
	}
	if fault == 1 {
		return errKilled
	}
	return nil
}

func (*letterbox) Forget(context.Context, savedsearch.Search) error { return nil }

func TestNoDigestRepeatsAListing(t *testing.T) {
	forEachScene(t, func(s *scene) {
		for seed := range uint64(4) {
			tellsOnce(t, s.db, seed)
		}
	})
}

// tellsOnce lets two replicas handle the same publications, edits and alerts at
// the same time, each of them more than once, with failures on the way.
func tellsOnce(t *testing.T, db *sqldb.DB, seed uint64) {
	ctx := context.WithoutCancel(t.Context())
	random := rand.New(rand.NewPCG(seed, 1))
	var dice sync.Mutex
	roll := func(n int) int {
		dice.Lock()
		defer dice.Unlock()
		return random.IntN(n)
	}
	m := &stalls{editions: map[string]int{}, answers: map[string]bool{}}
	m.edit("old", true)
	box := &letterbox{told: map[string][]string{}, fails: func() int { return roll(5) }}
	queue := store.NewOutbox(db)
	service := func() *savedsearch.Service { // a replica, or the same one after a start
		return savedsearch.NewService(savedsearch.Deps{
			Tx: db, Store: store.NewSavedSearch(db), Journal: store.NewJournal(db, store.Subscriptions{"digests": event.Named(savedsearch.TellEvents()...)}, nil),
			Clock: clock.System{}, People: owners{}, Finder: m, Teller: box, Key: make([]byte, 32),
		})
	}
	actor := policy.Actor{AccountID: "engineer"}
	once, err := service().Create(ctx, actor, savedsearch.Form{Name: "x", Query: savedsearch.Query{"q": {"x"}}, Alert: savedsearch.AtOnce, ByMail: true})
	if err != nil {
		t.Fatal(err)
	}
	head, err := queue.Head(ctx)
	if err != nil {
		t.Fatal(err)
	}

	var events []event.Event
	try := func(what string, fn func() error) {
		err := fn()
		if err != nil && !errors.Is(err, errKilled) && errs.KindOf(err) != errs.Unavailable {
			t.Errorf("%s: %v", what, err)
		}
	}
	found := func() (list []event.Event) {
		t.Helper()
		if _, err := queue.Dispatch(ctx, 1000); err != nil {
			t.Fatal(err)
		}
		page, err := queue.After(ctx, head, 1000)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range page {
			if e.Event.Name == event.SavedSearchFound && e.Event.Subject == once.ID {
				list = append(list, e.Event)
			}
		}
		return list
	}
	for turn := range 25 {
		id := fmt.Sprintf("listing-%d", roll(6))
		m.edit(id, roll(3) > 0)
		e := event.Event{ID: fmt.Sprintf("published-%d-%d", seed, turn), Name: event.AchievementPublished, Subject: id}
		events = append(events, e, event.Event{ID: e.ID + "-old", Name: event.AchievementPublished, Subject: "old"})
		told := found()
		var group sync.WaitGroup
		for range 2 {
			group.Go(func() {
				replica := service()
				try("note", func() error { return replica.Note(ctx, events[len(events)-1-roll(len(events)):]) })
				for _, f := range told {
					if roll(2) == 0 {
						try("tell", func() error { return replica.Tell(ctx, []event.Event{f}) })
					}
				}
			})
		}
		group.Wait()
	}
	// The queue delivers until it is done, what is new at the end too.
	box.fails = func() int { return 2 }
	m.edit("last", true)
	events = append(events, event.Event{ID: fmt.Sprintf("published-%d-last", seed), Name: event.AchievementPublished, Subject: "last"})
	for range 2 {
		try("note", func() error { return service().Note(ctx, events) })
		for _, f := range found() {
			try("tell", func() error { return service().Tell(ctx, []event.Event{f}) })
		}
	}
	times := map[string]int{}
	for _, listings := range box.told {
		for _, id := range listings {
			times[id]++
		}
	}
	for id, n := range times {
		if n > 1 {
			t.Errorf("%s is told %d times", id, n)
		}
	}
	if times["old"] > 0 {
		t.Error("what was there when the alert began is told")
	}
	if times["last"] != 1 {
		t.Errorf("what is new at the end is told %d times", times["last"])
	}
}

// TestWhatWaitsFollowsItsAlert: to one that is at once from now on it is told
// now, and to one that begins again it is nothing new.
func TestWhatWaitsFollowsItsAlert(t *testing.T) {
	forEachScene(t, func(s *scene) {
		m := &stalls{editions: map[string]int{}, answers: map[string]bool{}}
		box := &letterbox{told: map[string][]string{}, fails: func() int { return 2 }}
		queue := store.NewOutbox(s.db)
		service := savedsearch.NewService(savedsearch.Deps{
			Tx: s.db, Store: store.NewSavedSearch(s.db), Journal: store.NewJournal(s.db, store.Subscriptions{"digests": event.Named(savedsearch.TellEvents()...)}, nil),
			Clock: clock.System{}, People: owners{}, Finder: m, Teller: box, Key: make([]byte, 32),
		})
		actor := policy.Actor{AccountID: "engineer"}
		form := savedsearch.Form{Name: "x", Query: savedsearch.Query{"q": {"x"}}, Alert: savedsearch.Daily, ByMail: true}
		published := func(id string) {
			t.Helper()
			m.edit(id, true)
			must(t, service.Note(s.ctx, []event.Event{{ID: "published-" + id, Name: event.AchievementPublished, Subject: id}}))
		}
		saves := func(v savedsearch.Search, alert savedsearch.Alert) savedsearch.Search {
			t.Helper()
			form.Alert = alert
			v, err := service.Save(s.ctx, actor, v.ID, v.Version, form)
			must(t, err)
			return v
		}
		told := func() (listings []string) {
			t.Helper()
			claimed, err := queue.Claim(s.ctx, "digests", clock.System{}.Now(), time.Minute, 100)
			must(t, err)
			for _, d := range claimed {
				must(t, service.Tell(s.ctx, []event.Event{d.Event}))
				listings = append(listings, box.told[d.Event.ID]...)
			}
			return listings
		}

		hurried, err := service.Create(s.ctx, actor, form)
		must(t, err)
		published("one")
		hurried = saves(hurried, savedsearch.AtOnce)
		if got := told(); !slices.Equal(got, []string{"one"}) {
			t.Errorf("an alert that is at once from now on tells of %v", got)
		}
		hurried = saves(hurried, savedsearch.AtOnce)
		if got := told(); len(got) > 0 {
			t.Errorf("saved once more, it tells of %v", got)
		}
		hurried = saves(hurried, savedsearch.Weekly)
		published("two")
		hurried = saves(hurried, savedsearch.Off)
		saves(hurried, savedsearch.AtOnce)
		if got := told(); len(got) > 0 {
			t.Errorf("an alert that begins again tells of %v", got)
		}
		published("three")
		if got := told(); !slices.Equal(got, []string{"three"}) {
			t.Errorf("after that it tells of %v", got)
		}
	})
}
