package store_test

import (
	"context"
	"net/url"
	"slices"
	"sync"
	"testing"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/event"
	"chengqiao/internal/ident"
	"chengqiao/internal/outbox"
	"chengqiao/internal/policy"
	"chengqiao/internal/savedsearch"
	"chengqiao/internal/store"
	"chengqiao/internal/webhook"
)

func TestMessagesAreClaimedOnceWaitForAPausedAddressAndSurviveALostClaim(t *testing.T) {
	forEachScene(t, func(s *scene) {
		rows, queue := store.NewWebhook(s.db), store.NewWebhookQueue(s.db, 100)
		org := "newcomer"
		e := webhook.Endpoint{ID: ident.NewID(), OrgID: org, URL: "https://example.org/", Types: []webhook.Type{webhook.ListingPublished},
			State: webhook.Active, Secrets: []webhook.Secret{{Sealed: "x", CreatedAt: sceneDay}}, CreatedAt: sceneDay, UpdatedAt: sceneDay, Version: 1}
		must(t, rows.InsertEndpoint(s.ctx, e))
		if got, err := rows.Endpoint(s.ctx, e.ID); err != nil || got.Secrets[0].Sealed != "x" || got.Types[0] != webhook.ListingPublished {
			t.Fatalf("%+v %v", got, err)
		}
		var ds []webhook.Delivery
		for range 20 {
			ds = append(ds, webhook.Delivery{ID: ident.NewID(), EndpointID: e.ID, EventID: ident.NewID(), Type: webhook.ListingPublished, Payload: "{}",
				State: webhook.Pending, DueAt: sceneDay, CreatedAt: sceneDay})
		}
		must(t, rows.InsertDeliveries(s.ctx, ds))
		again := ds[0]
		again.ID = ident.NewID()
		must(t, rows.InsertDeliveries(s.ctx, []webhook.Delivery{again})) // the event came again
		var mu sync.Mutex
		var claimed []outbox.Delivery
		var group sync.WaitGroup
		for range 4 {
			group.Go(func() {
				for {
					got, err := queue.Claim(s.ctx, "", sceneDay, time.Minute, 3)
					if err != nil {
						t.Error(err)
						return
					}
					if len(got) == 0 {
						return
					}
					mu.Lock()
					claimed = append(claimed, got...)
					mu.Unlock()
				}
			})
		}
		group.Wait()
		ids := map[string]bool{}
		for _, d := range claimed {
			ids[d.Event.ID] = true
		}
		// A claimer that found its choice taken stops early; the rest is still there.
		rest, err := queue.Claim(s.ctx, "", sceneDay, time.Minute, 100)
		must(t, err)
		for _, d := range rest {
			ids[d.Event.ID] = true
		}
		if len(ids) != 20 || len(claimed)+len(rest) != 20 {
			t.Fatalf("%d messages in %d claims", len(ids), len(claimed)+len(rest))
		}
		// The claimer died: after its lease another has the message, under the same id.
		later := sceneDay.Add(2 * time.Minute)
		second, err := queue.Claim(s.ctx, "", later, time.Minute, 100)
		must(t, err)
		if len(second) != 20 || second[0].Attempts != 2 {
			t.Fatalf("%d messages are claimed again", len(second))
		}
		if n, err := queue.Complete(s.ctx, rest, later); err != nil || n != 0 {
			t.Errorf("a lost claim completes %d (%v)", n, err)
		}
		if n, err := queue.Renew(s.ctx, rest, later.Add(time.Minute)); err != nil || n != 0 {
			t.Errorf("a lost claim is renewed for %d (%v)", n, err)
		}
		// One that is renewed nobody else can have.
		if n, err := queue.Renew(s.ctx, second, later.Add(2*time.Minute)); err != nil || n != 20 {
			t.Errorf("the claim is renewed for %d (%v)", n, err)
		}
		if got, err := queue.Claim(s.ctx, "", later.Add(time.Minute), time.Minute, 100); err != nil || len(got) != 0 {
			t.Errorf("%d messages of a renewed claim are claimed (%v)", len(got), err)
		}
		if b, err := queue.Backlog(s.ctx, "webhooks", later); err != nil || b.Pending != 20 || !b.OldestDue.IsZero() {
			t.Errorf("on their way all, waiting are %+v (%v)", b, err)
		}
		must(t, queue.Retry(s.ctx, second[0], later.Add(time.Hour), "answered 500"))
		must(t, queue.Bury(s.ctx, second[1], later, "answered 500"))
		if n, err := queue.Complete(s.ctx, second[2:], later); err != nil || n != 18 {
			t.Errorf("the claim completes %d (%v)", n, err)
		}
		due := later.Add(time.Hour)
		for at, oldest := range map[time.Time]time.Time{later: {}, due.Add(time.Minute): due} {
			if b, err := queue.Backlog(s.ctx, "webhooks", at); err != nil || b.Consumer != "webhooks" || b.Pending != 1 || !b.OldestDue.Equal(oldest) || b.Dead != 0 {
				t.Errorf("at %v waiting are %+v (%v)", at, b, err)
			}
		}
		e.State, e.Version = webhook.Paused, 2
		must(t, rows.SaveEndpoint(s.ctx, e))
		if err := rows.SaveEndpoint(s.ctx, e); errs.KindOf(err) != errs.Stale {
			t.Errorf("a stale save answers %v", err)
		}
		if got, err := queue.Claim(s.ctx, "", later.Add(2*time.Hour), time.Minute, 100); err != nil || len(got) != 0 {
			t.Errorf("a paused address is sent %d (%v)", len(got), err)
		}
		if b, err := queue.Backlog(s.ctx, "webhooks", later.Add(2*time.Hour)); err != nil || b.Pending != 1 || !b.OldestDue.IsZero() {
			t.Errorf("for a paused address waiting are %+v (%v)", b, err)
		}
		must(t, rows.InsertAttempt(s.ctx, webhook.Attempt{DeliveryID: second[1].Event.ID, At: later, Status: 500, Duration: time.Second, Excerpt: "a\x00b"}))
		log, err := rows.Deliveries(s.ctx, e.ID, "", 100)
		must(t, err)
		at := slices.IndexFunc(log, func(d webhook.Delivery) bool { return d.ID == second[1].Event.ID })
		if len(log) != 20 || log[at].State != webhook.Failed || log[at].Last == nil || log[at].Last.Excerpt != "ab" || log[at].Last.Duration != time.Second {
			t.Fatalf("the log says %+v", log[at])
		}
		must(t, rows.Requeue(s.ctx, second[1].Event.ID, later))
		if n, err := rows.Prune(s.ctx, later, 100); err != nil || n != 20 {
			t.Errorf("%d are pruned (%v)", n, err)
		}
		must(t, s.db.InTx(s.ctx, func(ctx context.Context) error { return rows.DeleteEndpoint(ctx, e.ID) }))
	})
}

func TestAnAddressWithManyMessagesLeavesSendersToTheOthers(t *testing.T) {
	forEachScene(t, func(s *scene) {
		rows, queue := store.NewWebhook(s.db), store.NewWebhookQueue(s.db, 2)
		message := func(endpoint string, due time.Time) {
			t.Helper()
			must(t, rows.InsertDeliveries(s.ctx, []webhook.Delivery{{ID: ident.NewID(), EndpointID: endpoint, EventID: ident.NewID(),
				Type: webhook.ListingPublished, Payload: "{}", State: webhook.Pending, DueAt: due, CreatedAt: due}}))
		}
		slow, quick := ident.NewID(), ident.NewID()
		for _, id := range []string{slow, quick} {
			must(t, rows.InsertEndpoint(s.ctx, webhook.Endpoint{ID: id, OrgID: "newcomer", URL: "https://example.org/",
				State: webhook.Active, CreatedAt: sceneDay, UpdatedAt: sceneDay, Version: 1}))
		}
		for range 5 {
			message(slow, sceneDay)
		}
		now := sceneDay.Add(time.Second)
		message(quick, now)
		var claims [][]outbox.Delivery
		for _, want := range []string{slow, slow, quick, ""} {
			got, err := queue.Claim(s.ctx, "", now, time.Minute, 1)
			must(t, err)
			if want == "" && len(got) > 0 || want != "" && (len(got) != 1 || got[0].Event.Subject != want) {
				t.Fatalf("claimed is %v, want one of %q", got, want)
			}
			claims = append(claims, got)
		}
		if n, err := queue.Complete(s.ctx, claims[0], now); err != nil || n != 1 {
			t.Fatalf("%d are completed (%v)", n, err)
		}
		if got, err := queue.Claim(s.ctx, "", now, time.Minute, 1); err != nil || len(got) != 1 || got[0].Event.Subject != slow {
			t.Errorf("after one has arrived, claimed is %v (%v)", got, err)
		}
	})
}

// receivers answer every message with a status.
type receivers struct{ status int }

func (receivers) Refused(*url.URL) string { return "" }

func (r *receivers) Send(context.Context, string, map[string]string, []byte) webhook.Answer {
	return webhook.Answer{Status: r.status}
}

func TestAnAddressIsDisabledOnceItHasFailedOftenAndForLong(t *testing.T) {
	forEachScene(t, func(s *scene) {
		rows, now, target := store.NewWebhook(s.db), clock.NewManual(sceneDay), &receivers{status: 503}
		sealer, err := webhook.NewSealer(make([]byte, 32))
		must(t, err)
		service := webhook.NewService(webhook.Deps{
			Tx: s.db, Store: rows, Journal: store.NewJournal(s.db, nil, nil), Clock: now, Sealer: sealer, Sender: target,
			Config: webhook.Config{DisableAfter: 3, DisableAfterTime: time.Hour},
		})
		e := webhook.Endpoint{ID: ident.NewID(), OrgID: "newcomer", URL: "https://example.org/", Types: []webhook.Type{webhook.ListingPublished},
			State: webhook.Active, CreatedAt: sceneDay, UpdatedAt: sceneDay, Version: 1}
		must(t, rows.InsertEndpoint(s.ctx, e))
		sends := func(times int, want webhook.State) {
			t.Helper()
			for range times {
				d := webhook.Delivery{ID: ident.NewID(), EndpointID: e.ID, EventID: ident.NewID(), Type: webhook.ListingPublished, Payload: "{}",
					State: webhook.Pending, DueAt: sceneDay, CreatedAt: sceneDay}
				must(t, rows.InsertDeliveries(s.ctx, []webhook.Delivery{d}))
				if err := service.Deliver(s.ctx, []event.Event{{ID: d.ID}}); (err == nil) != (target.status < 300) {
					t.Errorf("a message that is answered %d: %v", target.status, err)
				}
			}
			if got, err := rows.Endpoint(s.ctx, e.ID); err != nil || got.State != want {
				t.Errorf("after %d failures since %s, at %s, it is %s (%v)", got.Failures, got.FailingSince, now.Now(), got.State, err)
			}
		}
		sends(20, webhook.Active) // the messages of an import, while the receiver starts anew
		now.Advance(time.Hour)
		target.status = 200
		sends(1, webhook.Active)
		target.status = 503
		sends(20, webhook.Active)
		now.Advance(time.Hour)
		sends(1, webhook.Disabled)
	})
}

// TestWhatWaitsForItsNextAttemptIsSentWhenAPersonSaysSo: whose receiver is back
// need not wait for half a day.
func TestWhatWaitsForItsNextAttemptIsSentWhenAPersonSaysSo(t *testing.T) {
	forEachScene(t, func(s *scene) {
		rows, queue := store.NewWebhook(s.db), store.NewWebhookQueue(s.db, 100)
		target := &receivers{status: 503}
		sealer, err := webhook.NewSealer(make([]byte, 32))
		must(t, err)
		service := webhook.NewService(webhook.Deps{
			Tx: s.db, Store: rows, Journal: store.NewJournal(s.db, nil, nil), Clock: clock.NewManual(sceneDay), Sealer: sealer, Sender: target,
		})
		head := policy.Actor{AccountID: "head", OrgID: "newcomer", OrgKind: policy.Institute, Roles: []policy.Role{policy.Head}}
		form := webhook.Form{URL: "https://example.org/", Types: []webhook.Type{webhook.ListingPublished}}
		e, _, err := service.Create(s.ctx, head, head.OrgID, form)
		must(t, err)
		var messages []webhook.Delivery
		for range 3 {
			messages = append(messages, webhook.Delivery{ID: ident.NewID(), EndpointID: e.ID, EventID: ident.NewID(), Type: webhook.ListingPublished,
				Payload: "{}", State: webhook.Pending, DueAt: sceneDay.Add(12 * time.Hour), CreatedAt: sceneDay})
		}
		must(t, rows.InsertDeliveries(s.ctx, messages))
		claims := func(want ...string) {
			t.Helper()
			got, err := queue.Claim(s.ctx, "", sceneDay, time.Minute, 100)
			must(t, err)
			var ids []string
			for _, d := range got {
				ids = append(ids, d.Event.ID)
			}
			slices.Sort(ids)
			if !slices.Equal(ids, want) {
				t.Fatalf("%v are sent, want %v", ids, want)
			}
		}
		claims()
		again := func() error { return service.Redeliver(s.ctx, head, head.OrgID, e.ID, messages[0].ID) }
		must(t, again())
		claims(messages[0].ID)
		if err := again(); errs.CodeOf(err) != "delivery_pending" {
			t.Errorf("one that is on its way: %v", err)
		}
		for _, form.Paused = range []bool{true, false} {
			e, err = service.Save(s.ctx, head, head.OrgID, e.ID, e.Version, form)
			must(t, err)
		}
		claims(messages[1].ID, messages[2].ID)
	})
}

func TestADigestHasEachEntryOnceHoweverManyAsk(t *testing.T) {
	forEachScene(t, func(s *scene) {
		rows := store.NewSavedSearch(s.db)
		account := "engineer"
		v := savedsearch.Search{ID: ident.NewID(), AccountID: account, Name: "电池", Query: savedsearch.Query{"q": {"电池"}}, Alert: savedsearch.Daily,
			DueAt: sceneDay, CreatedAt: sceneDay, UpdatedAt: sceneDay, Version: 1}
		must(t, rows.InsertSearch(s.ctx, v))
		if got, err := rows.Search(s.ctx, v.ID); err != nil || got.Query["q"][0] != "电池" || !got.DueAt.Equal(sceneDay) {
			t.Fatalf("%+v %v", got, err)
		}
		if due, err := rows.Due(s.ctx, sceneDay, 10); err != nil || len(due) != 1 {
			t.Fatalf("%d are due (%v)", len(due), err)
		}
		var entries []savedsearch.Entry
		for range 10 {
			entries = append(entries, savedsearch.Entry{SearchID: v.ID, ListingID: ident.NewID(), Mark: "m", At: sceneDay})
		}
		for round, want := range []int{1, 0} {
			if noted, err := rows.InsertEntries(s.ctx, entries); err != nil || len(noted) != want {
				t.Fatalf("round %d notes for %v (%v)", round, noted, err)
			}
		}
		if known, err := rows.Known(s.ctx, []string{v.ID}, []string{entries[0].ListingID, "other"}); err != nil || len(known) != 1 || known[0].Mark != "m" {
			t.Fatalf("%v is known (%v)", known, err)
		}
		waiting, err := rows.InDigest(s.ctx, v.ID, "", 4)
		if must(t, err); len(waiting) != 4 {
			t.Fatalf("of ten, four at a time are %v", waiting)
		}
		var listings []string
		for _, e := range entries {
			listings = append(listings, e.ListingID)
		}
		var group sync.WaitGroup
		digests := []string{"a", "b", "c", "d"}
		for _, digest := range digests {
			group.Go(func() {
				for _, listing := range listings {
					if err := rows.Claim(s.ctx, v.ID, digest, []string{listing}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		group.Wait()
		must(t, rows.Drop(s.ctx, v.ID, listings)) // nothing waits any more
		var all []string
		for _, digest := range digests {
			of, err := rows.InDigest(s.ctx, v.ID, digest, 100)
			must(t, err)
			all = append(all, of...)
		}
		slices.Sort(all)
		if len(all) != 10 || len(slices.Compact(all)) != 10 {
			t.Fatalf("the digests have %v", all)
		}
		must(t, s.db.InTx(s.ctx, func(ctx context.Context) error { return rows.DeleteSearches(ctx, account) }))
		if _, err := rows.Search(s.ctx, v.ID); errs.KindOf(err) != errs.NotFound {
			t.Errorf("after the erasure: %v", err)
		}
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
