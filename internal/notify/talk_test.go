package notify_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"chengqiao/internal/errs"
	"chengqiao/internal/event"
	"chengqiao/internal/ident"
	"chengqiao/internal/notify"
	"chengqiao/internal/policy"
	"chengqiao/internal/text"
)

// write is a message of the institute in the deal D.
func (w *world) write() {
	w.t.Helper()
	posted := happened(ident.NewID(), event.MessagePosted, "deal", "D", map[string]any{"message_id": ident.NewID()})
	posted.At, posted.AccountID, posted.OrgID = w.clock.Now(), "officer", "institute"
	w.must(w.Notify(w.t.Context(), []event.Event{posted}))
}

// gathered are the letters asked for by now.
func (w *world) gathered() []event.Event {
	w.t.Helper()
	n, err := w.GatherDue(w.t.Context(), 100)
	w.must(err)
	events := w.journal.taken()
	if len(events) != n {
		w.t.Fatalf("%d letters are asked for by %d events", n, len(events))
	}
	return events
}

// after lets time pass, writes the letters that are due then, twice as an
// outbox may, and gives them.
func (w *world) after(pause time.Duration) []notify.Letter {
	w.t.Helper()
	w.clock.Advance(pause)
	w.outgoing.sent = nil
	events := w.gathered()
	for range 2 {
		w.must(w.Mail(w.t.Context(), events))
	}
	return w.outgoing.sent
}

// reads marks all notifications of an account.
func (w *world) reads(account string) {
	w.t.Helper()
	page, err := w.Notifications(w.t.Context(), policy.Actor{AccountID: account}, "", 1)
	w.must(err)
	w.must(w.MarkRead(w.t.Context(), policy.Actor{AccountID: account}, page.Items[0].ID))
}

func TestUnreadMessagesOfADealAreToldByOneLetterOnceItIsQuiet(t *testing.T) {
	forEachWorld(t, func(w *world) {
		for range 3 {
			w.write()
		}
		if early := w.after(9 * time.Minute); len(early) != 0 {
			w.t.Fatalf("before it is quiet for long there are %d letters", len(early))
		}
		letters := w.after(time.Minute)
		if len(letters) != 1 || letters[0].To != "engineer@example.org" {
			w.t.Fatalf("there are %d letters, to %v", len(letters), w.outgoing.to())
		}
		for _, words := range []string{"3 unread messages: Battery", "The institute has written 3 messages", "https://market.example/deals/D\n"} {
			if !strings.Contains(letters[0].Subject+"\n"+letters[0].Text, words) {
				w.t.Errorf("the letter does not say %q:\n%s\n%s", words, letters[0].Subject, letters[0].Text)
			}
		}
		w.write()
		if more := w.after(24 * time.Hour); len(more) != 0 {
			w.t.Errorf("while the first is unread there are %d letters more", len(more))
		}
		w.reads("engineer")
		w.write()
		if next := w.after(10 * time.Minute); len(next) != 1 || !strings.Contains(next[0].Subject, "1 unread message: Battery") {
			w.t.Errorf("of what came after it was read there are letters %+v", next)
		}
	})
}

func TestOfATalkThatGoesOnALetterTellsAfterAnHourAtMost(t *testing.T) {
	forEachWorld(t, func(w *world) {
		for minutes := 5; minutes < 60; minutes += 5 {
			w.write()
			if early := w.after(5 * time.Minute); len(early) != 0 {
				w.t.Fatalf("after %d minutes there are %d letters", minutes, len(early))
			}
		}
		w.write()
		if letters := w.after(5 * time.Minute); len(letters) != 1 {
			w.t.Errorf("after an hour there are %d letters", len(letters))
		}
	})
}

func TestNoLetterTellsOfMessagesThatNeedNone(t *testing.T) {
	for name, change := range map[string]func(w *world){
		"read before":              func(w *world) { w.reads("engineer") },
		"of last month":            func(w *world) { w.clock.Advance(30 * 24 * time.Hour) },
		"declined":                 func(w *world) { w.must(w.declines(notify.TopicMessages)) },
		"read while it was on way": nil,
	} {
		t.Run(name, func(t *testing.T) {
			forEachWorld(t, func(w *world) {
				w.write()
				if change != nil {
					change(w)
				}
				w.clock.Advance(10 * time.Minute)
				events := w.gathered()
				if change == nil {
					w.reads("engineer")
				} else if len(events) != 0 {
					w.t.Errorf("%d letters are asked for", len(events))
				}
				w.must(w.Mail(w.t.Context(), events))
				if len(w.outgoing.sent) != 0 {
					w.t.Errorf("letters went to %v", w.outgoing.to())
				}
			})
		})
	}
}

func TestWhoLeftTheOrganisationGetsNoLetterOfItsTalks(t *testing.T) {
	forEachWorld(t, func(w *world) {
		w.write()
		w.clock.Advance(10 * time.Minute)
		events := w.gathered()
		for i := range events {
			events[i].Data["org_id"] = "institute" // where the engineer is no member
		}
		w.must(w.Mail(w.t.Context(), events))
		if len(w.outgoing.sent) != 0 {
			w.t.Errorf("letters went to %v", w.outgoing.to())
		}
	})
}

// declines is the engineer's choice.
func (w *world) declines(topic notify.Topic) error {
	return w.Choose(w.t.Context(), policy.Actor{AccountID: "engineer"}, notify.Choice{Topic: topic})
}

func TestAPersonGetsTheLettersOfTheirChoice(t *testing.T) {
	forEachWorld(t, func(w *world) {
		ctx, engineer := w.t.Context(), policy.Actor{AccountID: "engineer"}
		declined := func() []notify.Topic {
			choices, err := w.Choices(ctx, engineer)
			w.must(err)
			var out []notify.Topic
			for _, c := range choices {
				if !c.On {
					out = append(out, c.Topic)
				}
			}
			return out
		}
		if off := declined(); len(off) != 0 {
			w.t.Errorf("nobody declined %v", off)
		}
		answered := func(id string) event.Event {
			return happened(id, event.IntroductionAnswered, "introduction", "I", map[string]any{"state": "declined"})
		}
		signed := func(id string) event.Event {
			return happened(id, event.ContractChanged, "contract", "C", map[string]any{"state": "half_signed"})
		}
		w.subjects["contract/C"] = notify.Concerned{Title: text.Zh("合同"), State: "half_signed", Parties: []string{"institute", "enterprise"}}
		w.must(w.Mail(ctx, []event.Event{answered("e1"), signed("e2")}))
		if to := w.outgoing.to(); !slices.Equal(to, []string{"engineer@example.org", "head@example.org"}) {
			w.t.Fatalf("letters went to %v", to)
		}
		for range 2 {
			w.must(w.declines(notify.TopicIntroductions))
		}
		if off := declined(); !slices.Equal(off, []notify.Topic{notify.TopicIntroductions}) {
			w.t.Errorf("declined are %v", off)
		}
		w.outgoing.sent = nil
		w.must(w.Mail(ctx, []event.Event{answered("e3"), signed("e4")}))
		w.must(w.Choose(ctx, engineer, notify.Choice{Topic: notify.TopicIntroductions, On: true}))
		w.must(w.Mail(ctx, []event.Event{answered("e5")}))
		if to := w.outgoing.to(); !slices.Equal(to, []string{"engineer@example.org", "head@example.org"}) {
			w.t.Errorf("letters went to %v, want to the engineer by the last choice alone", to)
		}
		for name, topic := range map[string]notify.Topic{"one that nobody can do without": "essential", "an unknown one": "gossip"} {
			if err := w.declines(topic); errs.KindOf(err) != errs.Invalid {
				w.t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := w.Choices(ctx, policy.Actor{}); errs.KindOf(err) != errs.Unauthenticated {
			w.t.Errorf("a visitor's choices: %v", err)
		}
	})
}

func TestTheLinkOfALetterEndsLettersOfItsKindAlone(t *testing.T) {
	forEachWorld(t, func(w *world) {
		ctx := w.t.Context()
		w.must(w.Mail(ctx, []event.Event{happened("e1", event.IntroductionMade, "introduction", "I", nil)}))
		var letter notify.Letter
		for _, l := range w.outgoing.sent {
			if l.To == "head@example.org" {
				letter = l
			}
		}
		const oneClick, page = "https://market.example/feeds/unsubscribe?token=", "https://market.example/unsubscribe?token="
		query, ok := strings.CutPrefix(letter.Unsubscribe, oneClick)
		if !ok || !strings.Contains(letter.Text, page+query+"\n") {
			w.t.Fatalf("%q ends such letters, and the text says\n%s", letter.Unsubscribe, letter.Text)
		}
		token, err := url.QueryUnescape(query)
		w.must(err)
		for range 2 {
			if topic, err := w.Unsubscribe(ctx, policy.Actor{}, token); err != nil || topic != notify.TopicIntroductions {
				w.t.Errorf("ended are %q (%v)", topic, err)
			}
		}
		w.outgoing.sent = nil
		w.must(w.Mail(ctx, []event.Event{
			happened("e2", event.IntroductionMade, "introduction", "I", nil),
			happened("e3", event.PackagePublished, "package", "P", nil),
		}))
		if to := w.outgoing.to(); !slices.Equal(to, []string{"head@example.org", "officer@example.org", "officer@example.org"}) {
			w.t.Errorf("letters went to %v, want one of each kind to the officer and of the publication to the head", to)
		}
		forged := strings.Replace(token, "introductions", "contracts", 1)
		for _, bad := range []string{forged, token + "x", "", "head~essential." + token[len(token)-43:]} {
			if _, err := w.Unsubscribe(ctx, policy.Actor{}, bad); errs.KindOf(err) != errs.Invalid {
				w.t.Errorf("%q: %v", bad, err)
			}
		}
	})
}

func TestTheLinkOfALetterToAnAccountThatWasErasedKeepsNothingOfIt(t *testing.T) {
	forEachWorld(t, func(w *world) {
		ctx := w.t.Context()
		w.must(w.Mail(ctx, []event.Event{happened("e1", event.IntroductionMade, "introduction", "I", nil)}))
		i := slices.IndexFunc(w.outgoing.sent, func(l notify.Letter) bool { return l.To == "head@example.org" })
		_, query, _ := strings.Cut(w.outgoing.sent[i].Unsubscribe, "token=")
		token, err := url.QueryUnescape(query)
		w.must(err)
		w.erased["head"] = true
		if topic, err := w.Unsubscribe(ctx, policy.Actor{}, token); err != nil || topic != notify.TopicIntroductions {
			w.t.Errorf("ended are %q (%v)", topic, err)
		}
		if declined, err := w.store.Declined(ctx, "head"); err != nil || len(declined) != 0 || w.journal.entries != 0 {
			w.t.Errorf("kept are %v and %d entries of the journal (%v)", declined, w.journal.entries, err)
		}
	})
}

func TestALetterThatNobodyCanDoWithoutHasNoLinkThatEndsIt(t *testing.T) {
	forEachWorld(t, func(w *world) {
		w.subjects["organisation/institute"] = notify.Concerned{Title: text.Zh("新疆大学"), OwnerOrg: "institute", State: "verified"}
		w.must(w.Mail(w.t.Context(), []event.Event{happened("e1", event.OrganisationVerified, "organisation", "institute", map[string]any{"state": "verified"})}))
		if len(w.outgoing.sent) != 1 || w.outgoing.sent[0].Unsubscribe != "" || strings.Contains(w.outgoing.sent[0].Text, "/unsubscribe") {
			w.t.Errorf("%+v", w.outgoing.sent)
		}
	})
}

func TestAProposalIsToldByLetterWhileItStands(t *testing.T) {
	forEachWorld(t, func(w *world) {
		proposed := func(id, proposal string) event.Event {
			return happened(id, event.MatchProposed, "package", "P", map[string]any{"proposal_id": proposal})
		}
		w.subjects["proposal/open"] = notify.Concerned{State: "open"}
		w.subjects["proposal/over"] = notify.Concerned{State: "withdrawn"}
		w.must(w.Mail(w.t.Context(), []event.Event{proposed("e1", "over"), proposed("e2", "gone"), proposed("e3", "open")}))
		if to := w.outgoing.to(); !slices.Equal(to, []string{"head@example.org", "officer@example.org"}) {
			w.t.Fatalf("letters went to %v", to)
		}
		if body := w.outgoing.sent[0].Text; !strings.Contains(body, "https://market.example/packages/P/matches\n") {
			w.t.Errorf("the letter does not lead to the match:\n%s", body)
		}
	})
}
