package account_test

import (
	"slices"
	"testing"
	"time"

	"chengqiao/internal/account"
	"chengqiao/internal/errs"
	"chengqiao/internal/event"
	"chengqiao/internal/policy"
	"chengqiao/internal/sqldb"
)

// roles are what an account may do for an organisation.
func (w *world) roles(head policy.Actor, account string) []policy.Role {
	w.t.Helper()
	members, err := w.Members(w.ctx, policy.SystemActor(), head.OrgID)
	w.must(err)
	var out []policy.Role
	for _, m := range members {
		if m.AccountID == account {
			out = append(out, m.Role)
		}
	}
	return out
}

// office is an institute with a head and an officer.
func (w *world) office() (head, officer policy.Actor, member account.Member) {
	w.t.Helper()
	o, head := w.organisation(policy.Institute, "新疆大学", "head@example.org")
	w.person("officer@example.org", "吐尔逊")
	member, err := w.AddMember(w.ctx, head, o.ID, "officer@example.org", "", policy.Officer)
	w.must(err)
	return head, w.as("officer@example.org", o.ID), member
}

func TestAnOrganisationIsHandedOverToWhoAccepts(t *testing.T) {
	forEachWorld(t, func(w *world) {
		head, officer, member := w.office()
		org := head.OrgID
		_, err := w.OfferHandover(w.ctx, officer, org, member.ID)
		wantCode(w.t, err, errs.Forbidden, "not_allowed")
		offered, err := w.OfferHandover(w.ctx, head, org, member.ID)
		w.must(err)
		if offered.ToName != "吐尔逊" || !slices.Equal(offered.Actions, []string{"withdraw"}) {
			w.t.Fatalf("offered %+v", offered)
		}
		_, err = w.OfferHandover(w.ctx, head, org, member.ID)
		wantCode(w.t, err, errs.Conflict, "handover_open")
		wantCode(w.t, w.AnswerHandover(w.ctx, head, org, "accept"), errs.NotFound, "not_found")
		wantField(w.t, w.AnswerHandover(w.ctx, officer, org, "keep"), "action", "unknown_value")
		w.must(w.AnswerHandover(w.ctx, officer, org, "accept"))
		if got := w.roles(head, officer.AccountID); !slices.Contains(got, policy.Head) || !slices.Contains(got, policy.Officer) {
			w.t.Errorf("who accepted has %v", got)
		}
		if got := w.roles(head, head.AccountID); len(got) != 0 {
			w.t.Errorf("who handed over keeps %v", got)
		}
		// What an account's end as a member ends elsewhere (its API tokens) hears of it.
		told, err := sqldb.All(w.ctx, w.db, func(row sqldb.Row) (event.Event, error) {
			var e event.Event
			return e, row.Scan(sqldb.IntoJSON(&e.Data))
		}, `SELECT data FROM events WHERE name = 'member.changed' ORDER BY id`)
		w.must(err)
		if !slices.ContainsFunc(told, func(e event.Event) bool {
			return e.Data["account_id"] == head.AccountID && e.Data["change"] == "removed"
		}) {
			w.t.Errorf("the removal of who handed over is told to nobody: %+v", told)
		}
		// The next request of either knows it, though their sessions were cached.
		if a := w.as("officer@example.org", org); !a.Has(policy.Head) {
			w.t.Error("who accepted does not decide")
		}
		if _, open, err := w.Handover(w.ctx, w.as("officer@example.org", org), org); open || err != nil {
			w.t.Errorf("the offer is still open, %v", err)
		}
	})
}

func TestAnOfferToHandOverCanBeDeclinedWithdrawnAndRunsOut(t *testing.T) {
	forEachWorld(t, func(w *world) {
		head, officer, member := w.office()
		org := head.OrgID
		offer := func() {
			w.t.Helper()
			_, err := w.OfferHandover(w.ctx, head, org, member.ID)
			w.must(err)
		}
		offer()
		if l := w.lastLetter(account.LetterHandover, "officer@example.org"); l.Name != "吐尔逊" || l.Organisation.Zh != "新疆大学" || !l.ExpiresAt.Equal(w.clock.Now().Add(14*24*time.Hour)) {
			w.t.Errorf("who is offered it is written %+v", l)
		}
		w.must(w.AnswerHandover(w.ctx, officer, org, "decline"))
		if slices.ContainsFunc(w.letters(), func(l account.Letter) bool { return l.Kind == account.LetterHandover }) {
			w.t.Error("an offer that was answered is still written of")
		}
		offer()
		w.must(w.AnswerHandover(w.ctx, head, org, "withdraw"))
		wantCode(w.t, w.AnswerHandover(w.ctx, officer, org, "accept"), errs.NotFound, "not_found")
		offer()
		w.clock.Advance(14 * 24 * time.Hour)
		wantCode(w.t, w.AnswerHandover(w.ctx, officer, org, "accept"), errs.NotFound, "not_found")
		offer()
		if got := w.roles(head, head.AccountID); !slices.Equal(got, []policy.Role{policy.Head}) {
			w.t.Errorf("the head has %v", got)
		}
	})
}

func TestAnOfferIsVoidOnceTheHeadHasGone(t *testing.T) {
	forEachWorld(t, func(w *world) {
		head, officer, member := w.office()
		org := head.OrgID
		w.person("second@example.org", "周秉文")
		_, err := w.AddMember(w.ctx, head, org, "second@example.org", "", policy.Head)
		w.must(err)
		_, err = w.OfferHandover(w.ctx, head, org, member.ID)
		w.must(err)
		members, err := w.Members(w.ctx, head, org)
		w.must(err)
		for _, m := range members {
			if m.AccountID == head.AccountID {
				w.must(w.RemoveMember(w.ctx, w.as("second@example.org", org), org, m.ID))
			}
		}
		wantCode(w.t, w.AnswerHandover(w.ctx, officer, org, "accept"), errs.Conflict, "handover_void")
	})
}

func TestAMembersRoleChangesButTheLastDecidersDoesNot(t *testing.T) {
	forEachWorld(t, func(w *world) {
		head, officer, member := w.office()
		changed, err := w.ChangeMember(w.ctx, head, head.OrgID, member.ID, policy.Finance)
		w.must(err)
		if changed.Role != policy.Finance || !slices.Equal(w.roles(head, officer.AccountID), []policy.Role{policy.Finance}) {
			w.t.Errorf("changed to %+v", changed)
		}
		_, err = w.ChangeMember(w.ctx, head, head.OrgID, changed.ID, policy.Broker)
		wantField(w.t, err, "role", "unknown_value")
		members, err := w.Members(w.ctx, head, head.OrgID)
		w.must(err)
		for _, m := range members {
			if m.Role == policy.Head {
				_, err = w.ChangeMember(w.ctx, head, head.OrgID, m.ID, policy.Officer)
				wantCode(w.t, err, errs.Conflict, "last_decider")
			}
		}
		_, err = w.ChangeMember(w.ctx, officer, head.OrgID, changed.ID, policy.Head)
		wantCode(w.t, err, errs.Forbidden, "not_allowed")
	})
}
