package store_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"chengqiao/internal/errs"
	"chengqiao/internal/event"
	"chengqiao/internal/journal"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/policy"
	"chengqiao/internal/sqldb"
	"chengqiao/internal/store"
	"chengqiao/internal/store/storetest"
)

// lamp is a small machine for the journal's own tests.
var lamp = lifecycle.Machine{Kind: "lamp", Edges: []lifecycle.Edge{
	{From: lifecycle.New, To: "off", Action: "lamp.make"},
	{From: "off", To: "on", Action: "lamp.light"},
	{From: "on", To: "off", Action: "lamp.quench"},
	{From: "off", To: "broken", Action: "lamp.break", NeedsReason: true},
}}

var noon = time.Date(2026, 11, 23, 4, 0, 0, 0, time.UTC)

var actor = policy.Actor{AccountID: "account-1", OrgID: "org-1"}

func newJournal(db *sqldb.DB) *store.Journal {
	return store.NewJournal(db, store.Subscriptions{
		"search": event.Named(event.NeedChanged, event.NeedPublished),
		"notify": func(e event.Event) bool { return e.Name == event.NeedPublished && !e.BySystem() },
	}, nil)
}

// take writes one step of lamp, at pos, by action.
func take(t *testing.T, db *sqldb.DB, id string, pos lifecycle.Position, action string) error {
	t.Helper()
	step, err := lamp.Step(id, pos, action, "worn out")
	if err != nil {
		return err
	}
	return write(db, entry(step))
}

func entry(step lifecycle.Step, events ...event.Event) journal.Entry {
	return journal.Entry{
		Actor: actor, Action: policy.Action(step.Action), Kind: step.Kind, Subject: step.Subject,
		Version: step.Seq, At: noon, Step: &step, Events: events, Detail: map[string]any{"seq": step.Seq},
	}
}

func write(db *sqldb.DB, e journal.Entry) error {
	return db.InTx(context.Background(), func(ctx context.Context) error {
		return newJournal(db).Write(ctx, e)
	})
}

func mustExec(t *testing.T, db *sqldb.DB, query string, args ...any) {
	t.Helper()
	if _, err := db.Exec(context.Background(), query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

func wantCode(t *testing.T, err error, kind errs.Kind, code string) {
	t.Helper()
	if err == nil || errs.KindOf(err) != kind || errs.CodeOf(err) != code {
		t.Fatalf("error %v, want kind %d code %q", err, kind, code)
	}
}

// wantFault wants exactly one faulty field.
func wantFault(t *testing.T, err error, path, code string) {
	t.Helper()
	wantCode(t, err, errs.Invalid, "invalid_fields")
	if fields := errs.As(err).Fields; len(fields) != 1 || fields[0].Path != path || fields[0].Code != code {
		t.Fatalf("faults %+v, want %s %s", fields, path, code)
	}
}

func TestAHistoryIsKeptStepByStep(t *testing.T) {
	storetest.ForEachEngine(t, func(t *testing.T, db *sqldb.DB) {
		for seq, action := range []string{"lamp.make", "lamp.light", "lamp.quench", "lamp.break"} {
			states := []lifecycle.State{"", "off", "on", "off"}
			if err := take(t, db, "l1", lifecycle.Position{State: states[seq], Seq: int64(seq)}, action); err != nil {
				t.Fatal(err)
			}
		}
		steps, err := newJournal(db).Steps(context.Background(), "lamp", "l1")
		if err != nil {
			t.Fatal(err)
		}
		want := lifecycle.Step{Kind: "lamp", Subject: "l1", Seq: 4, From: "off", To: "broken", Action: "lamp.break",
			AccountID: "account-1", OrgID: "org-1", At: noon, Reason: "worn out"}
		if len(steps) != 4 || steps[3] != want {
			t.Fatalf("steps %+v, want the last to be %+v", steps, want)
		}
		audit, err := newJournal(db).Audit(context.Background(), store.AuditFilter{Subject: "l1", Limit: 2})
		if err != nil {
			t.Fatal(err)
		}
		if len(audit) != 2 || audit[0].Entry.Action != "lamp.break" || audit[0].AccountID != "account-1" ||
			!audit[0].Entry.At.Equal(noon) || fmt.Sprint(audit[0].Entry.Detail["seq"]) != "4" {
			t.Fatalf("audit %+v", audit)
		}
	}, lamp)
}

// insertStep writes a step by raw SQL, as somebody at the database would.
func insertStep(db *sqldb.DB, id string, seq int64, prev any, from, to, action string) error {
	_, err := db.Exec(context.Background(), `
		INSERT INTO steps (kind, subject_id, seq, prev_seq, from_state, to_state, action, account_id, org_id, at, reason)
		VALUES ('lamp', $1, $2, $3, $4, $5, $6, '', '', 0, '')`, id, seq, prev, from, to, action)
	return err
}

func TestAnIllegalStepCannotBeStoredByAnybody(t *testing.T) {
	storetest.ForEachEngine(t, func(t *testing.T, db *sqldb.DB) {
		if err := take(t, db, "l1", lifecycle.Position{}, "lamp.make"); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			name             string
			seq              int64
			prev             any
			from, to, action string
		}{
			{"no such edge", 2, 1, "off", "off", "lamp.light"},
			{"an edge of another action", 2, 1, "off", "on", "lamp.quench"},
			{"a gap in the numbers", 3, 2, "on", "off", "lamp.quench"},
			{"a gap with a true predecessor", 3, 1, "off", "on", "lamp.light"},
			{"from a state it is not in", 2, 1, "on", "off", "lamp.quench"},
			{"without a predecessor", 2, nil, "off", "on", "lamp.light"},
			{"a second beginning", 1, nil, "", "off", "lamp.make"},
			{"a beginning in the middle", 1, nil, "off", "on", "lamp.light"},
		} {
			t.Run(c.name, func(t *testing.T) {
				if err := insertStep(db, "l1", c.seq, c.prev, c.from, c.to, c.action); err == nil {
					t.Fatal("it was stored")
				}
			})
		}
		if err := insertStep(db, "l1", 2, 1, "off", "on", "lamp.light"); err != nil {
			t.Fatalf("the legal step was refused: %v", err)
		}
	}, lamp)
}

func TestAnIllegalStepThroughTheJournalSaysSo(t *testing.T) {
	storetest.ForEachEngine(t, func(t *testing.T, db *sqldb.DB) {
		forged := lifecycle.Step{Kind: "lamp", Subject: "l1", Seq: 1, From: "", To: "on", Action: "lamp.make"}
		wantCode(t, write(db, entry(forged)), errs.Conflict, "illegal_step")

		gap := lifecycle.Step{Kind: "lamp", Subject: "l1", Seq: 5, From: "off", To: "on", Action: "lamp.light"}
		wantCode(t, write(db, entry(gap)), errs.Conflict, "illegal_step")
	}, lamp)
}

func TestARetiredEdgeKeepsItsHistoryAndTakesNoNewStep(t *testing.T) {
	// By the migrating role: edges are its alone.
	db := storetest.SQLite(t, lamp)
	if err := take(t, db, "l1", lifecycle.Position{}, "lamp.make"); err != nil {
		t.Fatal(err)
	}
	if err := take(t, db, "l1", lifecycle.Position{State: "off", Seq: 1}, "lamp.break"); err != nil {
		t.Fatal(err)
	}
	unbreakable := lifecycle.Machine{Kind: "lamp", Edges: lamp.Edges[:3]}
	if err := store.SyncEdges(context.Background(), db, unbreakable); err != nil {
		t.Fatal(err)
	}
	if err := take(t, db, "l2", lifecycle.Position{}, "lamp.make"); err != nil {
		t.Fatal(err)
	}
	wantCode(t, take(t, db, "l2", lifecycle.Position{State: "off", Seq: 1}, "lamp.break"), errs.Conflict, "illegal_step")
	if err := store.SyncEdges(context.Background(), db, lamp); err != nil {
		t.Fatal(err)
	}
	if err := take(t, db, "l2", lifecycle.Position{State: "off", Seq: 1}, "lamp.break"); err != nil {
		t.Fatalf("the edge came back, its step did not: %v", err)
	}
}

func TestHistoryCannotBeRewritten(t *testing.T) {
	storetest.ForEachEngine(t, func(t *testing.T, db *sqldb.DB) {
		step, _ := lamp.Step("l1", lifecycle.Position{}, "lamp.make", "")
		if err := write(db, entry(step, event.Event{Name: event.NeedChanged})); err != nil {
			t.Fatal(err)
		}
		for _, statement := range []string{
			`UPDATE steps SET reason = 'nicer'`,
			`DELETE FROM steps`,
			`UPDATE audit SET account_id = 'somebody-else'`,
			`DELETE FROM audit`,
			`UPDATE events SET subject_id = 'l2'`,
			`UPDATE events SET data = '{"a":1}'`,
			`DELETE FROM events`,
		} {
			if _, err := db.Exec(context.Background(), statement); err == nil {
				t.Errorf("%s: went through", statement)
			}
		}
		mustExec(t, db, `UPDATE events SET position = 1`)
		_, err := db.Exec(context.Background(), `UPDATE events SET position = 2`)
		wantCode(t, err, errs.Conflict, "append_only")
	}, lamp)
}

func TestTheRunningProgramCannotTouchEdges(t *testing.T) {
	db := storetest.Postgres(t, lamp)
	for _, statement := range []string{
		`INSERT INTO edges (kind, from_state, to_state, action, needs_reason, retired) VALUES ('lamp', '', 'on', 'x', FALSE, FALSE)`,
		`UPDATE edges SET retired = TRUE`,
		`DELETE FROM edges`,
		`TRUNCATE audit`,
		`ALTER TABLE steps DISABLE TRIGGER ALL`,
		`CREATE TABLE loot (id TEXT)`,
	} {
		if _, err := db.Exec(context.Background(), statement); err == nil {
			t.Errorf("%s: went through", statement)
		}
	}
}

func TestEventsFollowTheirEntryToEachSubscriber(t *testing.T) {
	storetest.ForEachEngine(t, func(t *testing.T, db *sqldb.DB) {
		ctx := context.Background()
		e := journal.Entry{Actor: actor, Action: "need.publish", Kind: "need", Subject: "n1", Version: 3, At: noon,
			Events: []event.Event{{Name: event.NeedPublished, Data: map[string]any{"tier": "PUBLIC"}}, {Name: event.DealOpened}}}
		if err := write(db, e); err != nil {
			t.Fatal(err)
		}
		consumers, err := sqldb.All(ctx, db, sqldb.Scalar[string], `
			SELECT d.consumer FROM deliveries d JOIN events e ON e.id = d.event_id
			WHERE e.name = 'need.published' AND e.kind = 'need' AND e.subject_id = 'n1' AND e.version = 3
			  AND e.account_id = 'account-1' AND d.state = 'pending' ORDER BY d.consumer`)
		if err != nil {
			t.Fatal(err)
		}
		if fmt.Sprint(consumers) != "[notify search]" {
			t.Fatalf("delivered to %v", consumers)
		}
		deliveries, err := sqldb.One(ctx, db, sqldb.Scalar[int64], `SELECT count(*) FROM deliveries`)
		if err != nil || deliveries != 2 {
			t.Fatalf("%d deliveries (%v), nobody subscribed to the second event", deliveries, err)
		}
	})
}

func TestWhatMeansNothingToAConsumerIsNotLeftForIt(t *testing.T) {
	storetest.ForEachEngine(t, func(t *testing.T, db *sqldb.DB) {
		ctx := context.Background()
		imported := func(subject string) journal.Entry {
			return journal.Entry{Actor: policy.SystemActor(), Action: "need.publish", Kind: "need", Subject: subject, Version: 1, At: noon,
				Events: []event.Event{{Name: event.NeedPublished}}}
		}
		if err := write(db, imported("n1")); err != nil {
			t.Fatal(err)
		}
		if err := db.InTx(ctx, func(ctx context.Context) error {
			return newJournal(db).WriteAll(ctx, []journal.Entry{imported("n2"), imported("n3")})
		}); err != nil {
			t.Fatal(err)
		}
		told, err := sqldb.All(ctx, db, sqldb.Scalar[string], `
			SELECT e.subject_id || ' ' || d.consumer FROM deliveries d JOIN events e ON e.id = d.event_id ORDER BY 1`)
		if err != nil {
			t.Fatal(err)
		}
		if fmt.Sprint(told) != "[n1 search n2 search n3 search]" {
			t.Fatalf("told: %v", told)
		}
	})
}

func TestAnEntryOutsideATransactionIsRefused(t *testing.T) {
	db := storetest.SQLite(t)
	if err := newJournal(db).Write(context.Background(), journal.Entry{At: noon}); err == nil {
		t.Fatal("it was written")
	}
}

func TestCommittedIsToldAfterCommitAndOnlyThen(t *testing.T) {
	db := storetest.SQLite(t)
	told := 0
	j := store.NewJournal(db, nil, func() { told++ })
	e := journal.Entry{Kind: "need", Subject: "n1", At: noon, Events: []event.Event{{Name: event.NeedChanged}}}
	boom := fmt.Errorf("boom")
	if err := db.InTx(context.Background(), func(ctx context.Context) error {
		if err := j.Write(ctx, e); err != nil {
			return err
		}
		return boom
	}); err != boom || told != 0 {
		t.Fatalf("err %v, told %d times of a rollback", err, told)
	}
	if err := db.InTx(context.Background(), func(ctx context.Context) error {
		err := j.Write(ctx, e)
		if told != 0 {
			t.Error("told before the commit")
		}
		return err
	}); err != nil || told != 1 {
		t.Fatalf("err %v, told %d times", err, told)
	}
}

func TestOfTwoWritersWithTheSameVersionOneWins(t *testing.T) {
	storetest.ForEachEngine(t, func(t *testing.T, db *sqldb.DB) {
		if err := take(t, db, "l1", lifecycle.Position{}, "lamp.make"); err != nil {
			t.Fatal(err)
		}
		const writers = 8
		results := make([]error, writers)
		var start, done sync.WaitGroup
		start.Add(1)
		for i := range writers {
			done.Add(1)
			go func() {
				defer done.Done()
				start.Wait()
				results[i] = take(t, db, "l1", lifecycle.Position{State: "off", Seq: 1}, "lamp.light")
			}()
		}
		start.Done()
		done.Wait()
		won := 0
		for _, err := range results {
			if err == nil {
				won++
				continue
			}
			wantCode(t, err, errs.Stale, "stale_version")
		}
		if won != 1 {
			t.Fatalf("%d writers won", won)
		}
	}, lamp)
}
