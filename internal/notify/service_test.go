package notify_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/event"
	"chengqiao/internal/journal"
	"chengqiao/internal/kv/memory"
	"chengqiao/internal/notify"
	"chengqiao/internal/policy"
	"chengqiao/internal/sqldb"
	"chengqiao/internal/store"
	"chengqiao/internal/store/storetest"
	"chengqiao/internal/text"
)

// subjects are what the tests' events are about.
type subjects map[string]notify.Concerned

func (s subjects) Concerned(_ context.Context, kind, id string) (notify.Concerned, error) {
	c, ok := s[kind+"/"+id]
	if !ok {
		return c, errs.New(errs.NotFound, "not_found")
	}
	return c, nil
}

func (s subjects) AllConcerned(ctx context.Context, kind string, ids []string) (map[string]notify.Concerned, error) {
	out := map[string]notify.Concerned{}
	for _, id := range ids {
		if c, err := s.Concerned(ctx, kind, id); err == nil {
			out[id] = c
		}
	}
	return out, nil
}

// counted counts how often it is asked for several subjects.
type counted struct {
	subjects
	asked *int
}

func (c counted) AllConcerned(ctx context.Context, kind string, ids []string) (map[string]notify.Concerned, error) {
	*c.asked++
	return c.subjects.AllConcerned(ctx, kind, ids)
}

// people is a directory: an officer and an engineer in each of two
// organisations, a reviewer, and an inventor.
type people struct{ erased map[string]bool }

func person(account, locale string) notify.Recipient {
	return notify.Recipient{AccountID: account, Name: "名" + account, Email: account + "@example.org", Locale: locale}
}

func (people) Members(_ context.Context, org string, roles []policy.Role, _ int) ([]notify.Recipient, error) {
	var out []notify.Recipient
	if slices.Contains(roles, policy.Officer) && org == "institute" {
		out = append(out, person("officer", "zh-CN"))
	}
	if slices.Contains(roles, policy.Head) && org == "institute" {
		out = append(out, person("head", "zh-CN"))
	}
	if slices.Contains(roles, policy.Engineer) && org == "enterprise" {
		out = append(out, person("engineer", "en"))
	}
	return out, nil
}

func (people) Staff(_ context.Context, roles []policy.Role, _ int) ([]notify.Recipient, error) {
	if slices.Contains(roles, policy.Reviewer) {
		return []notify.Recipient{person("reviewer", "zh-CN")}, nil
	}
	return nil, nil
}

func (people) Claimed(_ context.Context, ids []string) ([]notify.Recipient, error) {
	if slices.Contains(ids, "inventor-person") {
		return []notify.Recipient{person("inventor", "zh-CN")}, nil
	}
	return nil, nil
}

func (p people) Known(_ context.Context, account string) (bool, error) {
	return !p.erased[account], nil
}

// memberships are of the accounts that Members gives.
var memberships = map[string][]string{"officer": {"institute"}, "head": {"institute"}, "engineer": {"enterprise"}}

func (people) OrganisationsOf(_ context.Context, account string) ([]string, error) {
	return memberships[account], nil
}

func (people) OrganisationName(_ context.Context, org string) (text.Text, error) {
	return text.Text{Zh: "单位" + org, En: "The " + org}, nil
}

// outgoing takes letters, and fails as it is told.
type outgoing struct {
	sent []notify.Letter
	fail map[string]error // by address
}

func (o *outgoing) Send(_ context.Context, l notify.Letter) error {
	if err := o.fail[l.To]; err != nil {
		return err
	}
	o.sent = append(o.sent, l)
	return nil
}

func (o *outgoing) to() []string {
	var out []string
	for _, l := range o.sent {
		out = append(out, l.To)
	}
	slices.Sort(out)
	return out
}

// asked answers mail.requested events.
type asked map[string]notify.Requested

func (a asked) Requested(_ context.Context, ev event.Event) (notify.Requested, bool, error) {
	r, ok := a[ev.Subject]
	return r, ok, nil
}

type world struct {
	*notify.Service
	t        *testing.T
	store    *store.Notify
	outgoing *outgoing
	subjects subjects
	asked    asked
	live     *notify.Live
	clock    *clock.Manual
	journal  *recorded
	erased   map[string]bool
	// askedForSubjects is how often the service asked for several at once.
	askedForSubjects int
}

// recorded is a journal that keeps its events, and counts its entries.
type recorded struct {
	events  []event.Event
	entries int
}

func (r *recorded) Write(_ context.Context, e journal.Entry) error {
	r.entries++
	for _, ev := range e.Events {
		ev.Kind, ev.Subject, ev.At = e.Kind, e.Subject, e.At
		r.events = append(r.events, ev)
	}
	return nil
}

// taken are the events since it was last asked.
func (r *recorded) taken() []event.Event {
	out := r.events
	r.events = nil
	return out
}

func forEachWorld(t *testing.T, fn func(w *world)) {
	t.Helper()
	storetest.ForEachEngine(t, func(t *testing.T, db *sqldb.DB) {
		w := &world{t: t, store: store.NewNotify(db), outgoing: &outgoing{fail: map[string]error{}}, asked: asked{}, live: live(memory.NewBus()),
			clock: clock.NewManual(time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)), journal: &recorded{}, erased: map[string]bool{},
			subjects: subjects{
				"introduction/I": {Title: text.Text{Zh: "电池", En: "Battery"}, Parties: []string{"enterprise", "institute"},
					Asker: "enterprise", Asked: "institute", State: "open", AnswerBy: time.Date(2026, 11, 28, 2, 0, 0, 0, time.UTC)},
				"deal/D":         {Title: text.Text{Zh: "电池", En: "Battery"}, Parties: []string{"enterprise", "institute"}},
				"package/P":      {Title: text.Zh("电池"), OwnerOrg: "institute"},
				"distribution/D": {Title: text.Zh("电池许可合同"), OwnerOrg: "institute", Persons: []string{"inventor-person", "unclaimed"}},
			}}
		w.Service = notify.NewService(notify.Deps{
			Store: w.store, Subjects: counted{w.subjects, &w.askedForSubjects}, Directory: people{w.erased}, Memberships: people{}, Requests: w.asked, Sender: w.outgoing,
			Letters: letters(t), Live: w.live, Clock: w.clock, Tx: db, Journal: w.journal,
			Log: slog.New(slog.DiscardHandler), PublicURL: "https://market.example", OneClick: "/feeds/unsubscribe",
			Key: []byte("0123456789abcdef0123456789abcdef"), Quiet: 10 * time.Minute,
		})
		fn(w)
	})
}

func happened(id string, name event.Name, kind, subject string, data map[string]any) event.Event {
	return event.Event{ID: id, Name: name, Kind: kind, Subject: subject, At: time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC),
		AccountID: "somebody", OrgID: "enterprise", Data: data}
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// notified are the accounts with a notification of a code.
func (w *world) notified(code string) []string {
	w.t.Helper()
	var out []string
	for _, account := range []string{"officer", "head", "engineer", "reviewer", "inventor", "somebody"} {
		page, err := w.Notifications(w.t.Context(), policy.Actor{AccountID: account}, "", 100)
		if err != nil {
			w.t.Fatal(err)
		}
		for _, n := range page.Items {
			if n.Code == code {
				out = append(out, account)
			}
		}
	}
	return out
}

func TestThoseConcernedAreToldOnce(t *testing.T) {
	forEachWorld(t, func(w *world) {
		events := []event.Event{
			happened("e1", event.IntroductionMade, "introduction", "I", map[string]any{"state": "open"}),
			happened("e2", event.IntroductionAnswered, "introduction", "I", map[string]any{"state": "accepted"}),
			happened("e3", event.PackageSubmitted, "package", "P", nil),
			happened("e4", event.PackagePublished, "package", "P", nil),
			happened("e5", event.RewardPaid, "distribution", "D", nil),
			happened("e6", event.PackageReturned, "package", "gone", nil),
			happened("e7", event.PackageChanged, "package", "P", nil),
		}
		for range 2 { // an outbox delivers at least once
			if err := w.Notify(w.t.Context(), events); err != nil {
				w.t.Fatal(err)
			}
		}
		for code, want := range map[string][]string{
			"introduction_made":     {"officer", "head"},
			"introduction_accepted": {"engineer"},
			"introduction_declined": nil,
			"listing_submitted":     {"reviewer"},
			"listing_published":     {"officer", "head"},
			"listing_returned":      nil,
			"reward_paid":           {"inventor"},
		} {
			if got := w.notified(code); !slices.Equal(got, want) {
				w.t.Errorf("%s: told %v, want %v", code, got, want)
			}
		}
	})
}

func TestWhoDidItIsNotTold(t *testing.T) {
	forEachWorld(t, func(w *world) {
		made := happened("e1", event.IntroductionLapsed, "introduction", "I", nil)
		made.AccountID = "officer"
		if err := w.Notify(w.t.Context(), []event.Event{made}); err != nil {
			w.t.Fatal(err)
		}
		if got := w.notified("introduction_lapsed"); !slices.Equal(got, []string{"head", "engineer"}) {
			w.t.Errorf("told %v", got)
		}
	})
}

func TestAnImportTellsNobody(t *testing.T) {
	forEachWorld(t, func(w *world) {
		imported := happened("e1", event.PackagePublished, "package", "P", nil)
		imported.AccountID, imported.OrgID = "", ""
		if err := errors.Join(w.Notify(w.t.Context(), []event.Event{imported}), w.Mail(w.t.Context(), []event.Event{imported})); err != nil {
			w.t.Fatal(err)
		}
		if got := w.notified("listing_published"); len(got)+len(w.outgoing.sent) != 0 {
			w.t.Errorf("told %v, and %d letters", got, len(w.outgoing.sent))
		}
	})
}

func TestNotificationsAreReadInOrder(t *testing.T) {
	forEachWorld(t, func(w *world) {
		ctx, reader := w.t.Context(), policy.Actor{AccountID: "officer"}
		for _, id := range []string{"e1", "e2", "e3"} {
			if err := w.Notify(ctx, []event.Event{happened(id, event.IntroductionMade, "introduction", "I", nil)}); err != nil {
				w.t.Fatal(err)
			}
		}
		first, err := w.Notifications(ctx, reader, "", 2)
		if err != nil || len(first.Items) != 2 || first.Next == "" || first.Items[0].EventID != "e3" {
			w.t.Fatalf("first page %+v (%v)", first, err)
		}
		rest, err := w.Notifications(ctx, reader, first.Next, 2)
		if err != nil || len(rest.Items) != 1 || rest.Next != "" || rest.Items[0].EventID != "e1" {
			w.t.Fatalf("second page %+v (%v)", rest, err)
		}
		if first.Unread != 3 || first.Items[0].Title.En != "Battery" {
			w.t.Errorf("first page %+v, want all three unread and titled", first)
		}
		for _, other := range []string{"head", "engineer", "somebody"} {
			w.must(w.MarkRead(ctx, policy.Actor{AccountID: other}, first.Items[0].ID))
		}
		w.must(w.MarkRead(ctx, reader, rest.Items[0].ID))
		for _, other := range []string{"head", "engineer", "somebody"} {
			w.must(w.MarkOneRead(ctx, policy.Actor{AccountID: other}, first.Items[0].ID))
		}
		w.must(w.MarkOneRead(ctx, reader, first.Items[1].ID))
		w.must(w.MarkOneRead(ctx, reader, first.Items[1].ID))
		page, err := w.Notifications(ctx, reader, "", 10)
		w.must(err)
		var unread []string
		for _, n := range page.Items {
			if n.ReadAt.IsZero() {
				unread = append(unread, n.EventID)
			}
		}
		if !slices.Equal(unread, []string{"e3"}) || page.Unread != 1 {
			w.t.Errorf("unread %v, counted %d; want e3 alone", unread, page.Unread)
		}
		for name, err := range map[string]error{
			"a visitor marks":       w.MarkRead(ctx, policy.Actor{}, first.Items[0].ID),
			"a visitor marks one":   w.MarkOneRead(ctx, policy.Actor{}, first.Items[0].ID),
			"a page for a visitor":  errOf(w.Notifications(ctx, policy.Actor{}, "", 2)),
			"marking up to a name":  w.MarkRead(ctx, reader, "everything"),
			"a cursor that is none": errOf(w.Notifications(ctx, reader, "e1", 2)),
		} {
			if kind := errs.KindOf(err); kind != errs.Unauthenticated && kind != errs.Invalid && kind != errs.Malformed {
				w.t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func errOf(_ notify.Page, err error) error { return err }

func TestAPageOfNotificationsAsksOnceForAllItsSubjectsOfAKind(t *testing.T) {
	forEachWorld(t, func(w *world) {
		ctx := w.t.Context()
		w.subjects["package/Q"] = notify.Concerned{Title: text.Zh("电机"), OwnerOrg: "institute"}
		w.must(w.Notify(ctx, []event.Event{
			happened("e1", event.PackagePublished, "package", "P", nil), happened("e2", event.PackagePublished, "package", "Q", nil),
			happened("e3", event.PackagePublished, "package", "gone", nil), happened("e4", event.IntroductionMade, "introduction", "I", nil),
		}))
		delete(w.subjects, "package/Q")
		page, err := w.Notifications(ctx, policy.Actor{AccountID: "officer"}, "", 100)
		w.must(err)
		var titles []string
		for _, n := range page.Items {
			titles = append(titles, n.SubjectID+" "+n.Title.Zh)
		}
		slices.Sort(titles)
		if !slices.Equal(titles, []string{"I 电池", "P 电池", "Q "}) || w.askedForSubjects != 2 {
			w.t.Errorf("the titles %q were asked for by %d", titles, w.askedForSubjects)
		}
	})
}

func TestWhoLeftAnOrganisationIsShownNothingOfItAnyMore(t *testing.T) {
	forEachWorld(t, func(w *world) {
		ctx, officer := w.t.Context(), policy.Actor{AccountID: "officer"}
		w.must(w.Notify(ctx, []event.Event{
			happened("e1", event.IntroductionMade, "introduction", "I", nil),
			happened("e2", event.RewardPaid, "distribution", "D", nil),
		}))
		memberships["officer"] = nil
		w.t.Cleanup(func() { memberships["officer"] = []string{"institute"} })
		page, err := w.Notifications(ctx, officer, "", 10)
		if err != nil || len(page.Items) != 0 || page.Unread != 0 {
			w.t.Errorf("the officer who left sees %+v (%v)", page, err)
		}
		page, err = w.Notifications(ctx, policy.Actor{AccountID: "inventor"}, "", 10)
		if err != nil || len(page.Items) != 1 || page.Unread != 1 || page.Items[0].OrgID != "" {
			w.t.Errorf("the inventor, of no organisation, sees %+v (%v)", page, err)
		}
		// What it was about is gone: the word stays, without a title.
		delete(w.subjects, "distribution/D")
		page, err = w.Notifications(ctx, policy.Actor{AccountID: "inventor"}, "", 10)
		if err != nil || len(page.Items) != 1 || !page.Items[0].Title.IsZero() {
			w.t.Errorf("of a subject that is gone: %+v (%v)", page, err)
		}
	})
}

func TestLettersSpeakTheReadersLanguage(t *testing.T) {
	forEachWorld(t, func(w *world) {
		err := w.Mail(w.t.Context(), []event.Event{
			happened("e1", event.IntroductionMade, "introduction", "I", nil),
			happened("e2", event.IntroductionAnswered, "introduction", "I", map[string]any{"state": "declined"}),
		})
		if err != nil {
			w.t.Fatal(err)
		}
		if want := []string{"engineer@example.org", "head@example.org", "officer@example.org"}; !slices.Equal(w.outgoing.to(), want) {
			w.t.Fatalf("letters went to %v", w.outgoing.to())
		}
		for _, l := range w.outgoing.sent {
			want := []string{"单位enterprise", "电池", "2026年11月28日", "https://market.example/introductions/I"}
			if l.To == "engineer@example.org" {
				want = []string{"The institute has declined", "Battery", "https://market.example/introductions/I"}
			}
			for _, words := range want {
				if !strings.Contains(l.Subject+l.Text, words) {
					w.t.Errorf("the letter to %s does not say %q:\n%s\n%s", l.To, words, l.Subject, l.Text)
				}
			}
		}
	})
}

func TestALetterLeadsToWhereTheReaderActs(t *testing.T) {
	forEachWorld(t, func(w *world) {
		sides := []string{"enterprise", "institute"}
		for subject, c := range map[string]notify.Concerned{
			"distribution/computed": {OwnerOrg: "institute", State: "computed"},
			"plan/L":                {Persons: []string{"inventor-person"}, State: "proposed"},
			"file_request/R":        {Asker: "enterprise", Asked: "institute", Parties: sides, State: "asked"},
			"agreement/G":           {Asker: "enterprise", Asked: "institute", Parties: sides, State: "asked"},
			"contract/C":            {Parties: sides, State: "half_signed"},
		} {
			w.subjects[subject] = c
		}
		for id, c := range map[string]struct {
			ev   event.Event
			link string
		}{
			"e1":  {happened("", event.IntroductionMade, "introduction", "I", nil), "/introductions/I"},
			"e2":  {happened("", event.IntroductionAnswered, "introduction", "I", map[string]any{"state": "accepted", "deal_id": "D"}), "/deals/D"},
			"e3":  {happened("", event.PackageReturned, "package", "P", nil), "/my/packages/P"},
			"e4":  {happened("", event.PackagePublished, "package", "P", nil), "/packages/P"},
			"e5":  {happened("", event.RewardPaid, "distribution", "D", nil), "/my/rewards"},
			"e6":  {happened("", event.RewardComputed, "distribution", "computed", nil), "/distributions/computed"},
			"e7":  {happened("", event.PlanChanged, "plan", "L", map[string]any{"state": "proposed"}), "/plans/L"},
			"e8":  {happened("", event.FileRequested, "file_request", "R", nil), "/file-requests"},
			"e9":  {happened("", event.AgreementAsked, "agreement", "G", nil), "/agreements/G"},
			"e10": {happened("", event.ContractChanged, "contract", "C", map[string]any{"state": "half_signed"}), "/contracts/C"},
		} {
			w.outgoing.sent = nil
			c.ev.ID = id
			if err := w.Mail(w.t.Context(), []event.Event{c.ev}); err != nil || len(w.outgoing.sent) == 0 {
				w.t.Fatalf("%s: %v, %d letters", c.ev.Name, err, len(w.outgoing.sent))
			}
			if got := w.outgoing.sent[0].Text; !strings.Contains(got, "https://market.example"+c.link+"\n") {
				w.t.Errorf("%s does not lead to %s:\n%s", c.ev.Name, c.link, got)
			}
		}
	})
}

func TestAConcealedOrganisationIsNamedInNoLetter(t *testing.T) {
	forEachWorld(t, func(w *world) {
		hidden := w.subjects["introduction/I"]
		for _, concealed := range []string{"enterprise", "institute"} {
			hidden.Concealed = concealed
			w.subjects["introduction/"+concealed] = hidden
			err := w.Mail(w.t.Context(), []event.Event{
				happened("made"+concealed, event.IntroductionMade, "introduction", concealed, nil),
				happened("no"+concealed, event.IntroductionAnswered, "introduction", concealed, map[string]any{"state": "declined"}),
			})
			if err != nil {
				w.t.Fatal(err)
			}
			for _, l := range w.outgoing.sent {
				isOwn := (l.To == "engineer@example.org") == (concealed == "enterprise")
				names := strings.Contains(l.Subject+l.Text, concealed+"希望") || strings.Contains(l.Subject+l.Text, "The "+concealed)
				if !isOwn && names {
					w.t.Errorf("the letter to %s names %s:\n%s\n%s", l.To, concealed, l.Subject, l.Text)
				}
			}
			if len(w.outgoing.sent) != 3 {
				w.t.Errorf("%d letters, want 3", len(w.outgoing.sent))
			}
			w.outgoing.sent = nil
		}
	})
}

func TestALetterIsRepeatedOnlyWhereItFailed(t *testing.T) {
	forEachWorld(t, func(w *world) {
		ctx := w.t.Context()
		events := []event.Event{happened("e1", event.IntroductionMade, "introduction", "I", nil)}
		away := errs.New(errs.Unavailable, "mail_unavailable")
		for _, full := range []string{"head@example.org", "officer@example.org"} {
			events[0].ID = "e of " + full
			w.outgoing.fail[full] = away
			if err := w.Mail(ctx, events); !errors.Is(err, away) {
				w.t.Fatalf("a mailbox that is full: %v", err)
			}
			delete(w.outgoing.fail, full)
		}
		if want := []string{"head@example.org", "officer@example.org"}; !slices.Equal(w.outgoing.to(), want) {
			w.t.Fatalf("while a mailbox is full, letters go to %v, want the other each time", w.outgoing.to())
		}
		w.outgoing.sent = nil
		events[0].ID = "e1"
		w.outgoing.fail["head@example.org"] = away
		if err := w.Mail(ctx, events); !errors.Is(err, away) {
			w.t.Fatalf("a server that is away: %v", err)
		}
		delete(w.outgoing.fail, "head@example.org")
		for range 2 {
			if err := w.Mail(ctx, events); err != nil {
				w.t.Fatal(err)
			}
		}
		if want := []string{"head@example.org", "officer@example.org"}; !slices.Equal(w.outgoing.to(), want) {
			w.t.Errorf("letters went to %v, want each once", w.outgoing.to())
		}
		if a, b := w.outgoing.sent[0].ID, w.outgoing.sent[1].ID; a == b || !strings.HasPrefix(a, "e1.") {
			w.t.Errorf("the letters are called %s and %s", a, b)
		}

		w.outgoing.fail["officer@example.org"] = errs.New(errs.Invalid, "mail_refused")
		events[0].ID = "e2"
		for range 2 {
			if err := w.Mail(ctx, events); err != nil {
				w.t.Fatalf("a refusal for good stops the others: %v", err)
			}
		}
		written, err := w.store.Written(ctx, "e2")
		if err != nil || len(written) != 2 || written[0].Refused || !written[1].Refused {
			w.t.Errorf("written is %+v (%v)", written, err)
		}
	})
}

func TestTheLetterOfAPublicationLeadsToTheMatches(t *testing.T) {
	forEachWorld(t, func(w *world) {
		w.subjects["need/N"] = notify.Concerned{Title: text.Zh("低温电池"), OwnerOrg: "institute"}
		for kind, c := range map[string]struct {
			ev    event.Event
			words string
		}{
			"package": {happened("e1", event.PackagePublished, "package", "P", nil), "与它匹配的需求和理由见：\n\nhttps://market.example/packages/P/matches\n"},
			"need":    {happened("e2", event.NeedPublished, "need", "N", nil), "与它匹配的成果和理由见：\n\nhttps://market.example/needs/N/matches\n"},
		} {
			w.outgoing.sent = nil
			w.must(w.Mail(w.t.Context(), []event.Event{c.ev}))
			if len(w.outgoing.sent) == 0 || !strings.Contains(w.outgoing.sent[0].Text, c.words) {
				w.t.Errorf("%s: %+v", kind, w.outgoing.sent)
			}
		}
	})
}

// TestAnOrganisationReadsByLetterHowItsVerificationEnded: weeks may pass between
// two visits, and the page where it is handed in promises a letter.
func TestAnOrganisationReadsByLetterHowItsVerificationEnded(t *testing.T) {
	forEachWorld(t, func(w *world) {
		for state, c := range map[string]struct {
			on   event.Name
			link string
		}{
			"verified": {event.OrganisationVerified, "/dashboard"},
			"rejected": {event.OrganisationChanged, "/organisation"},
			"expired":  {event.OrganisationChanged, "/organisation"},
		} {
			ended := happened("e-"+state, c.on, "organisation", "institute", map[string]any{"state": state})
			w.outgoing.sent = nil
			for _, now := range []string{"over by now", state} {
				w.subjects["organisation/institute"] = notify.Concerned{Title: text.Zh("新疆大学"), OwnerOrg: "institute", State: now}
				w.must(w.Mail(w.t.Context(), []event.Event{ended}))
			}
			if len(w.outgoing.sent) != 1 {
				w.t.Fatalf("%s: letters went to %v", state, w.outgoing.to())
			}
			if l := w.outgoing.sent[0]; l.To != "head@example.org" || !strings.Contains(l.Text, "https://market.example"+c.link+"\n") {
				w.t.Errorf("%s: to %s\n%s", state, l.To, l.Text)
			}
		}
		// Whoever makes the platform's own, at the machine, knows of it.
		w.outgoing.sent = nil
		w.subjects["organisation/institute"] = notify.Concerned{Title: text.Zh("成桥"), OwnerOrg: "institute", State: "verified"}
		w.must(w.Mail(w.t.Context(), []event.Event{happened("e-own", event.OrganisationVerified, "organisation", "institute",
			map[string]any{"state": "verified", "kind": "platform"})}))
		if len(w.outgoing.sent) != 0 {
			w.t.Errorf("of the platform's own organisation letters went to %v", w.outgoing.to())
		}
	})
}

// TestNobodyIsAskedByALetterForWhatIsOver: an introduction may be withdrawn while
// the mail server is away.
func TestNobodyIsAskedByALetterForWhatIsOver(t *testing.T) {
	forEachWorld(t, func(w *world) {
		over := w.subjects["introduction/I"]
		over.State = "withdrawn"
		w.subjects["introduction/I"] = over
		w.must(w.Mail(w.t.Context(), []event.Event{happened("e1", event.IntroductionMade, "introduction", "I", nil)}))
		if len(w.outgoing.sent) > 0 {
			w.t.Errorf("letters went to %v", w.outgoing.to())
		}
	})
}

func TestARequestedLetterGoesToItsAddress(t *testing.T) {
	forEachWorld(t, func(w *world) {
		ctx := w.t.Context()
		w.asked["T1"] = notify.Requested{Template: "member_invited", To: "new@example.org", Locale: "en",
			Link: "https://market.example/join?token=secret", Organisation: text.Text{Zh: "新疆大学", En: "Xinjiang University"}}
		events := []event.Event{
			happened("e1", event.MailRequested, "account", "T1", nil),
			happened("e2", event.MailRequested, "account", "used-up", nil),
		}
		for range 2 {
			if err := w.Mail(ctx, events); err != nil {
				w.t.Fatal(err)
			}
		}
		if len(w.outgoing.sent) != 1 {
			w.t.Fatalf("%d letters, want one", len(w.outgoing.sent))
		}
		l := w.outgoing.sent[0]
		if l.To != "new@example.org" || l.Subject != "Xinjiang University invites you to join Chengqiao" || !strings.Contains(l.Text, "token=secret") {
			w.t.Errorf("the letter is %+v", l)
		}
		w.asked["T2"] = notify.Requested{Template: "birthday", To: "new@example.org"}
		if err := w.Mail(ctx, []event.Event{happened("e3", event.MailRequested, "account", "T2", nil)}); err == nil {
			w.t.Error("a letter without a text was not noticed")
		}
	})
}

func TestAnOpenPageHearsOfWhatASavedSearchFoundOnceItsNotificationIsThere(t *testing.T) {
	forEachWorld(t, func(w *world) {
		theirs, others := listen(w.t, w.live, engineer), listen(w.t, w.live, reader("colleague", "enterprise", policy.Enterprise, policy.Engineer))
		w.must(w.TellDigest(w.t.Context(), notify.Digest{EventID: "e1", AccountID: engineer.AccountID, Kind: "saved_search", SubjectID: "S", InApp: true}))
		if heard := next(w.t, theirs); heard != event.SavedSearchFound {
			w.t.Errorf("heard of %s", heard)
		}
		if told := w.notified("search_alert"); !slices.Equal(told, []string{"engineer"}) {
			w.t.Errorf("notified are %v", told)
		}
		publish(w.t, w.live, last())
		if heard := next(w.t, others); heard != event.DealOpened {
			w.t.Errorf("somebody else heard of %s", heard)
		}
	})
}
