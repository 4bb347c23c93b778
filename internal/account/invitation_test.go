package account_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"chengqiao/internal/account"
	"chengqiao/internal/errs"
	"chengqiao/internal/policy"
	"chengqiao/internal/sqldb"
)

// invited are an organisation's open invitations, as its members see them.
func (w *world) invited(head policy.Actor) []account.Member {
	w.t.Helper()
	members, err := w.Members(w.ctx, head, head.OrgID)
	w.must(err)
	return slices.DeleteFunc(members, func(m account.Member) bool { return !m.Invited })
}

func (w *world) invite(head policy.Actor, email, name string, role policy.Role) account.Member {
	w.t.Helper()
	m, err := w.AddMember(w.ctx, head, head.OrgID, email, name, role)
	w.must(err)
	return m
}

func TestARoleIsOfferedToAnAddressOnceHoweverOftenItIsAskedFor(t *testing.T) {
	forEachWorld(t, func(w *world) {
		_, head := w.organisation(policy.Institute, "新疆大学", "head@example.org")
		first := w.invite(head, "New@example.org", "新人", policy.Finance)
		early := w.lastLetter(account.LetterMemberInvited, "New@example.org").Token
		w.clock.Advance(29 * 24 * time.Hour)
		again := w.invite(head, "new@EXAMPLE.org", "", policy.Finance)
		if again.ID != first.ID || again.Name != "新人" {
			w.t.Fatalf("invited again: %+v, first %+v", again, first)
		}
		corrected := w.invite(head, "new@example.org", "王新人", policy.Finance)
		if open := w.invited(head); len(open) != 1 || open[0].ID != first.ID || open[0].Name != "王新人" || corrected.Name != "王新人" {
			w.t.Fatalf("open %+v", open)
		}
		if w.invite(head, "new@example.org", "王新人", policy.Officer).ID == first.ID {
			w.t.Fatal("another role is another invitation")
		}
		var letters int
		for _, l := range w.letters() {
			if l.Role == policy.Finance {
				letters++
			}
		}
		if letters != 3 {
			w.t.Errorf("%d letters", letters)
		}
		// The first letter's month is over, the invitation's is not.
		w.clock.Advance(2 * 24 * time.Hour)
		newcomer := w.person("new@example.org", "新人")
		_, err := w.Claim(w.ctx, newcomer, early)
		wantCode(w.t, err, errs.Invalid, "token_invalid")
		_, err = w.Claim(w.ctx, newcomer, w.lastOf(policy.Finance).Token)
		w.must(err)
		if open := w.invited(head); len(open) != 1 || open[0].Role != policy.Officer {
			w.t.Fatalf("open %+v", open)
		}
	})
}

// lastOf is the latest letter that offers a role.
func (w *world) lastOf(role policy.Role) account.Letter {
	w.t.Helper()
	letters := slices.DeleteFunc(w.letters(), func(l account.Letter) bool { return l.Role != role })
	if len(letters) == 0 {
		w.t.Fatalf("no letter offers %s", role)
	}
	return letters[len(letters)-1]
}

func TestNoLetterThatIsLeftGivesARoleBack(t *testing.T) {
	forEachWorld(t, func(w *world) {
		_, head := w.organisation(policy.Institute, "新疆大学", "head@example.org")
		w.invite(head, "new@example.org", "新人", policy.Finance)
		token := w.lastOf(policy.Finance).Token
		newcomer := w.person("new@example.org", "新人")
		// Registered meanwhile, without following the link: the role is given at once.
		added := w.invite(head, "new@example.org", "", policy.Finance)
		if open := w.invited(head); added.Invited || len(open) != 0 {
			w.t.Fatalf("added %+v, open %+v", added, open)
		}
		w.must(w.RemoveMember(w.ctx, head, head.OrgID, added.ID))
		_, err := w.Claim(w.ctx, newcomer, token)
		wantCode(w.t, err, errs.Invalid, "token_invalid")
	})
}

func TestOfTwoInvitationsFromBeforeAcceptingOneEndsTheOther(t *testing.T) {
	forEachWorld(t, func(w *world) {
		_, head := w.organisation(policy.Institute, "新疆大学", "head@example.org")
		w.invite(head, "one@example.org", "新人", policy.Finance)
		first := w.lastOf(policy.Finance).Token
		w.invite(head, "two@example.org", "新人", policy.Finance)
		second := w.lastOf(policy.Finance).Token
		// As two to one address were kept until now.
		_, err := w.db.Exec(w.ctx, `UPDATE invitations SET email = 'one@example.org', folded = 'one@example.org' WHERE ended_at = 0`)
		w.must(err)
		newcomer := w.person("one@example.org", "新人")
		offer, err := w.Claim(w.ctx, newcomer, first)
		w.must(err)
		if offer.OrgID != head.OrgID || offer.Role != policy.Finance || offer.Accepted {
			w.t.Errorf("offer %+v", offer)
		}
		if open := w.invited(head); len(open) != 0 {
			w.t.Errorf("open %+v", open)
		}
		_, err = w.Claim(w.ctx, newcomer, second)
		wantCode(w.t, err, errs.Invalid, "token_invalid")
	})
}

func TestALetterTellsWhatItOffersAndToWhomItHasGivenIt(t *testing.T) {
	forEachWorld(t, func(w *world) {
		o, head := w.organisation(policy.Institute, "新疆大学", "head@example.org")
		w.invite(head, "new@example.org", "新人", policy.Finance)
		token := w.lastOf(policy.Finance).Token
		newcomer, other := w.person("new@example.org", "新人"), w.person("other@example.org", "旁人")
		_, err := w.ReadInvitation(w.ctx, policy.Actor{}, token)
		wantCode(w.t, err, errs.Unauthenticated, "sign_in_required")
		for _, cut := range []string{"", token[:len(token)-2], "x" + token} {
			_, err = w.ReadInvitation(w.ctx, newcomer, cut)
			wantCode(w.t, err, errs.Invalid, "token_invalid")
		}
		want := account.Offer{OrgID: o.ID, OrgName: o.Name, Role: policy.Finance, Name: "新人"}
		if offer, err := w.ReadInvitation(w.ctx, newcomer, token); err != nil || offer != want {
			w.t.Fatalf("offer %+v, %v", offer, err)
		}
		_, err = w.Claim(w.ctx, newcomer, token)
		w.must(err)
		want.Accepted = true
		for range 2 { // the link of the letter is followed again
			if offer, err := w.Claim(w.ctx, newcomer, token); err != nil || offer != want {
				w.t.Fatalf("offer %+v, %v", offer, err)
			}
		}
		if offer, err := w.ReadInvitation(w.ctx, newcomer, token); err != nil || offer != want {
			w.t.Fatalf("offer %+v, %v", offer, err)
		}
		for _, read := range []func() (account.Offer, error){
			func() (account.Offer, error) { return w.ReadInvitation(w.ctx, other, token) },
			func() (account.Offer, error) { return w.Claim(w.ctx, other, token) },
		} {
			_, err := read()
			wantCode(w.t, err, errs.Invalid, "token_invalid")
		}
	})
}

func TestOfTwoWhoAcceptOneInvitationAtOnceOneIsThePerson(t *testing.T) {
	forEachWorld(t, func(w *world) {
		_, head := w.organisation(policy.Institute, "新疆大学", "head@example.org")
		w.invite(head, "new@example.org", "新人", policy.Finance)
		token := w.lastOf(policy.Finance).Token
		actors := []policy.Actor{w.person("new@example.org", "新人"), w.person("forwarded@example.org", "转寄")}
		answers := make(chan error, len(actors))
		for _, actor := range actors {
			go func() {
				_, err := w.Claim(w.ctx, actor, token)
				answers <- err
			}()
		}
		taken := 0
		for range actors {
			if err := <-answers; err == nil {
				taken++
			} else {
				wantCode(w.t, err, errs.Invalid, "token_invalid")
			}
		}
		if taken != 1 {
			w.t.Errorf("accepted by %d", taken)
		}
	})
}

func TestAContributorIsNamedOnceUnderANameAndAddress(t *testing.T) {
	forEachWorld(t, func(w *world) {
		o, head := w.organisation(policy.Institute, "新疆大学", "head@example.org")
		named := func(name, email string) account.Person {
			w.t.Helper()
			p, err := w.NamePerson(w.ctx, head, o.ID, name, email)
			w.must(err)
			return p
		}
		first := named("阿依古丽", "ayi@example.org")
		if again := named(" 阿依古丽 ", "AYI@example.org"); again.ID != first.ID {
			w.t.Errorf("named again as another: %+v", again)
		}
		if other := named("古丽的同事", "ayi@example.org"); other.ID == first.ID {
			w.t.Error("another name is another person")
		}
		persons, err := w.Persons(w.ctx, head, o.ID, "古丽")
		w.must(err)
		if len(persons) != 2 {
			w.t.Errorf("persons %+v", persons)
		}
	})
}

func TestAnInvitationToAWrongAddressIsWithdrawn(t *testing.T) {
	forEachWorld(t, func(w *world) {
		o, head := w.organisation(policy.Institute, "新疆大学", "head@example.org")
		_, stranger := w.organisation(policy.Institute, "别家大学", "stranger@example.org")
		person, err := w.NamePerson(w.ctx, head, o.ID, "李梅", "typo@example.org")
		w.must(err)
		token := w.lastLetter(account.LetterContributorInvited, "typo@example.org").Token
		_, err = w.InvitePerson(w.ctx, head, o.ID, person.ID, "li@example.org")
		w.must(err)
		open := func() []account.Invitation {
			w.t.Helper()
			persons, err := w.Persons(w.ctx, head, o.ID, "李梅")
			w.must(err)
			return persons[0].Invitations
		}
		both := open()
		if len(both) != 2 || both[0].Email != "typo@example.org" || both[1].Email != "li@example.org" {
			w.t.Fatalf("open are %+v", both)
		}
		w.person("cashier@example.org", "会计")
		_, err = w.AddMember(w.ctx, head, o.ID, "cashier@example.org", "", policy.Finance)
		w.must(err)
		named, err := w.Persons(w.ctx, w.as("cashier@example.org", o.ID), o.ID, "李梅")
		if w.must(err); len(named) != 1 || named[0].Invitations != nil {
			w.t.Errorf("who may not invite reads %+v", named)
		}
		role := w.invite(head, "new@example.org", "新人", policy.Finance)
		for name, err := range map[string]error{
			"by another organisation":            w.WithdrawInvitation(w.ctx, stranger, stranger.OrgID, person.ID, both[0].ID),
			"in another organisation's name":     w.WithdrawInvitation(w.ctx, stranger, o.ID, person.ID, both[0].ID),
			"of another entry":                   w.WithdrawInvitation(w.ctx, head, o.ID, role.PersonID, both[0].ID),
			"to a role, as if to claim an entry": w.WithdrawInvitation(w.ctx, head, o.ID, role.PersonID, role.ID),
			"to claim an entry, as if to a role": w.RemoveMember(w.ctx, head, o.ID, both[0].ID),
			"of which nobody has heard":          w.WithdrawInvitation(w.ctx, head, o.ID, person.ID, "unknown"),
		} {
			if kind := errs.KindOf(err); kind != errs.NotFound && kind != errs.Forbidden {
				w.t.Errorf("%s: %v", name, err)
			}
		}
		w.must(w.WithdrawInvitation(w.ctx, head, o.ID, person.ID, both[0].ID))
		_, err = w.Claim(w.ctx, w.person("typo@example.org", "旁人"), token)
		wantCode(w.t, err, errs.Invalid, "token_invalid")
		wantCode(w.t, w.WithdrawInvitation(w.ctx, head, o.ID, person.ID, both[0].ID), errs.NotFound, "not_found")
		if left := open(); len(left) != 1 || left[0].ID != both[1].ID {
			w.t.Errorf("open are %+v", left)
		}
		detail, err := sqldb.One(w.ctx, w.db, sqldb.Scalar[string],
			`SELECT CAST(detail AS TEXT) FROM audit WHERE action = $1 AND account_id = $2 ORDER BY id DESC LIMIT 1`, policy.PersonInvite, head.AccountID)
		w.must(err)
		if !strings.Contains(detail, `"withdrawn"`) || !strings.Contains(detail, both[0].ID) || strings.Contains(detail, "typo") {
			w.t.Errorf("the audit says %s", detail)
		}
	})
}

func TestAnAddressIsKeptNoLongerThanItsInvitation(t *testing.T) {
	forEachWorld(t, func(w *world) {
		o, head := w.organisation(policy.Institute, "新疆大学", "head@example.org")
		w.invite(head, "never@example.org", "不来的人", policy.Finance)
		_, err := w.NamePerson(w.ctx, head, o.ID, "李梅", "li@example.org")
		w.must(err)
		addresses := func() []string {
			w.t.Helper()
			found, err := sqldb.All(w.ctx, w.db, sqldb.Scalar[string], `SELECT email || folded FROM invitations WHERE email || folded <> ''`)
			w.must(err)
			return found
		}
		// A stranger's registration of the address that runs out takes nothing along.
		w.must(w.Register(w.ctx, visitor, registration("never@example.org", "冒名"), "192.0.2.9"))
		w.clock.Advance(8 * 24 * time.Hour)
		_, err = w.Prune(w.ctx, 10)
		w.must(err)
		if found := addresses(); len(found) != 2 {
			w.t.Fatalf("kept %v", found)
		}
		// Who never accepted, and erases the account of the address, is forgotten there too.
		_, err = w.Erase(w.ctx, w.person("li@example.org", "李梅"), password)
		w.must(err)
		if found := addresses(); len(found) != 1 {
			w.t.Fatalf("kept %v after the erasure", found)
		}
		w.clock.Advance(30 * 24 * time.Hour)
		_, err = w.Prune(w.ctx, 10)
		w.must(err)
		if found := addresses(); len(found) != 0 {
			w.t.Fatalf("kept %v after the invitation's end", found)
		}
	})
}

func TestOneAddressGetsFewInvitationsAnHour(t *testing.T) {
	w := sqliteWorld(t)
	_, head := w.organisation(policy.Institute, "新疆大学", "head@example.org")
	for range 5 {
		w.invite(head, "new@example.org", "新人", policy.Finance)
	}
	_, err := w.AddMember(w.ctx, head, head.OrgID, "new@example.org", "新人", policy.Finance)
	wantCode(t, err, errs.RateLimited, "too_many_attempts")
	w.invite(head, "other@example.org", "旁人", policy.Finance)
	w.clock.Advance(time.Hour)
	w.invite(head, "new@example.org", "新人", policy.Finance)
}
