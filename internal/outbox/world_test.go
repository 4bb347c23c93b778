package outbox_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/event"
	"chengqiao/internal/journal"
	"chengqiao/internal/outbox"
	"chengqiao/internal/policy"
	"chengqiao/internal/sqldb"
	"chengqiao/internal/store"
	"chengqiao/internal/store/storetest"
)

var noon = time.Date(2026, 11, 23, 4, 0, 0, 0, time.UTC)

// world is a store with an outbox whose consumer "search" hears of needs.
type world struct {
	t       *testing.T
	db      *sqldb.DB
	clock   *clock.Manual
	bell    outbox.Bell
	journal *store.Journal
	outbox  *store.Outbox
}

func forEachWorld(t *testing.T, fn func(t *testing.T, w *world)) {
	t.Helper()
	storetest.ForEachEngine(t, func(t *testing.T, db *sqldb.DB) {
		w := &world{t: t, db: db, clock: clock.NewManual(noon), outbox: store.NewOutbox(db)}
		w.journal = store.NewJournal(db, store.Subscriptions{"search": event.Named(event.NeedChanged)}, w.bell.Ring)
		fn(t, w)
	})
}

// entry is the record of a change of one need.
func (w *world) entry(subject string) journal.Entry {
	return journal.Entry{Actor: policy.SystemActor(), Action: policy.NeedEdit, Kind: "need", Subject: subject, Version: 1,
		At: w.clock.Now(), Events: []event.Event{{Name: event.NeedChanged, Data: map[string]any{"state": "draft"}}}}
}

// happen commits one event for each subject, each in its own transaction.
func (w *world) happen(subjects ...string) {
	w.t.Helper()
	for _, s := range subjects {
		if err := w.db.InTx(context.Background(), func(ctx context.Context) error {
			return w.journal.Write(ctx, w.entry(s))
		}); err != nil {
			w.t.Fatal(err)
		}
	}
}

func (w *world) worker(handle func(context.Context, []event.Event) error, consumer outbox.Consumer, settings outbox.Settings) *outbox.Worker {
	consumer.Name, consumer.Handle = "search", handle
	return outbox.NewWorker(w.outbox, consumer, w.clock, &w.bell, settings, slog.New(slog.DiscardHandler))
}

// drain takes turns until nothing is due.
func (w *world) drain(worker *outbox.Worker) {
	w.t.Helper()
	for {
		n, err := worker.Turn(context.Background())
		if err != nil {
			w.t.Fatal(err)
		}
		if n == 0 {
			return
		}
	}
}

func (w *world) backlog() outbox.Backlog {
	w.t.Helper()
	all, err := w.outbox.Backlogs(context.Background())
	if err != nil {
		w.t.Fatal(err)
	}
	for _, b := range all {
		if b.Consumer == "search" {
			return b
		}
	}
	return outbox.Backlog{}
}

// heard is a handler that keeps the subjects it was told of.
type heard struct {
	mu       sync.Mutex
	subjects []string
}

func (h *heard) handle(_ context.Context, events []event.Event) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, e := range events {
		h.subjects = append(h.subjects, e.Subject)
	}
	return nil
}

func (h *heard) list() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.subjects)
}

func subjects(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("n%04d", i)
	}
	return out
}

// eventually polls a condition until a deadline.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; {
		if holds() {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
		time.Sleep(2 * time.Millisecond)
	}
}
