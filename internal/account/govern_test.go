package account_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"chengqiao/internal/account"
	"chengqiao/internal/errs"
	"chengqiao/internal/journal"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/policy"
	"chengqiao/internal/sqldb"
	"chengqiao/internal/store"
)

// operators found the platform with people who run it, each acting for it.
func (w *world) operators(emails ...string) []policy.Actor {
	w.t.Helper()
	founder := w.person(emails[0], "值班甲")
	o, err := w.CreateOrganisation(w.ctx, policy.SystemActor(), w.profile(policy.Platform, "成桥运营中心"), founder.AccountID, false)
	w.must(err)
	out := []policy.Actor{w.as(emails[0], o.ID)}
	for _, email := range emails[1:] {
		w.person(email, "值班乙")
		_, err := w.AddMember(w.ctx, policy.SystemActor(), o.ID, email, "", policy.Operator)
		w.must(err)
		out = append(out, w.as(email, o.ID))
	}
	return out
}

// at is an account as the operator at the machine sees it.
func (w *world) at(email string) account.Governed {
	w.t.Helper()
	a, err := w.AccountAt(w.ctx, policy.SystemActor(), email)
	w.must(err)
	return a
}

// govern suspends or restores an account as it stands.
func (w *world) govern(actor policy.Actor, email, verb, reason string) error {
	w.t.Helper()
	a := w.at(email)
	_, err := w.StepAccount(w.ctx, actor, a.ID, a.Version, verb, reason)
	return err
}

func (w *world) wantState(email string, want lifecycle.State) {
	w.t.Helper()
	if got := w.at(email).State; got != want {
		w.t.Fatalf("%s is %s, want %s", email, got, want)
	}
}

func (w *world) audited(action policy.Action, subject string) []store.Audited {
	w.t.Helper()
	lines, err := store.NewJournal(w.db, nil, nil).Audit(w.ctx, store.AuditFilter{Subject: subject, Limit: 100})
	w.must(err)
	return slices.DeleteFunc(lines, func(a store.Audited) bool { return a.Entry.Action != action })
}

func TestASuspendedAccountOpensNothingUntilItIsRestored(t *testing.T) {
	forEachWorld(t, func(w *world) {
		op := w.operators("op@platform.example")[0]
		o, _ := w.organisation(policy.Institute, "新疆大学", "li@example.org")
		session := w.signIn("li@example.org")
		if a, err := w.Authenticate(w.ctx, session.Token, o.ID); err != nil || !a.Actor.SignedIn() { // and is cached
			w.t.Fatal(err)
		}
		w.must(w.RequestReset(w.ctx, visitor, "li@example.org", "192.0.2.1"))
		reset := w.lastLetter(account.LetterReset, "li@example.org").Token

		w.must(w.govern(op, "li@example.org", "suspend", " 多次冒用他人成果，已核实 "))
		for name, service := range map[string]*account.Service{"this replica": w.Service, "another": w.service()} {
			if a, err := service.Authenticate(w.ctx, session.Token, o.ID); err != nil || a.Actor.SignedIn() {
				w.t.Errorf("%s still knows the session: %+v, %v", name, a, err)
			}
		}
		if _, _, ok, err := w.Acting(w.ctx, session.Actor.AccountID, o.ID); err != nil || ok {
			w.t.Errorf("an API token still acts (%v)", err)
		}
		credentials := account.Credentials{Identifier: "li@example.org", Password: password, Address: "192.0.2.1"}
		_, err := w.SignIn(w.ctx, visitor, credentials)
		wantCode(w.t, err, errs.Forbidden, "account_suspended")
		_, err = w.SignIn(w.ctx, visitor, account.Credentials{Identifier: "li@example.org", Password: "a wrong guess", Address: "192.0.2.1"})
		wantCode(w.t, err, errs.Unauthenticated, "wrong_credentials")

		// No letter's link brings it back, neither one of before nor a new one.
		wantCode(w.t, w.CompleteReset(w.ctx, visitor, reset, "a quite different password"), errs.Invalid, "token_invalid")
		before := len(w.letters())
		w.must(w.RequestReset(w.ctx, visitor, "li@example.org", "192.0.2.1"))
		if after := len(w.letters()); after != before {
			w.t.Errorf("a suspended account is sent %d letters for a new password", after-before)
		}
		w.must(w.Register(w.ctx, visitor, registration("li@example.org", "李梅"), "192.0.2.1"))
		w.wantState("li@example.org", account.Suspended)

		if l := w.lastLetter(account.LetterSuspended, "li@example.org"); l.Reason != "多次冒用他人成果，已核实" {
			w.t.Errorf("the letter says %+v", l)
		}
		if a := w.at("li@example.org"); a.StateReason != "多次冒用他人成果，已核实" || !slices.Equal(a.Actions, []string{"restore"}) {
			w.t.Errorf("the operator sees %+v", a)
		}

		w.must(w.govern(op, "li@example.org", "restore", "申诉成立"))
		if a, err := w.Authenticate(w.ctx, session.Token, ""); err != nil || a.Actor.SignedIn() {
			w.t.Errorf("the old session is back (%v)", err)
		}
		wantCode(w.t, w.CompleteReset(w.ctx, visitor, reset, "a quite different password"), errs.Invalid, "token_invalid")
		w.lastLetter(account.LetterRestored, "li@example.org")
		if slices.ContainsFunc(w.letters(), func(l account.Letter) bool { return l.Kind == account.LetterSuspended }) {
			w.t.Error("a letter that has not left yet tells of a suspension that is over")
		}
		w.signIn("li@example.org")
		if _, _, ok, err := w.Acting(w.ctx, session.Actor.AccountID, o.ID); err != nil || !ok {
			w.t.Errorf("an API token does not act again (%v)", err)
		}
		if a := w.at("li@example.org"); a.StateReason != "" || !slices.Equal(a.Actions, []string{"sign_out", "suspend"}) {
			w.t.Errorf("the operator sees %+v", a)
		}

		steps, err := store.NewJournal(w.db, nil, nil).Steps(w.ctx, account.Kind, session.Actor.AccountID)
		w.must(err)
		last := steps[len(steps)-2:]
		if last[0].Reason != "多次冒用他人成果，已核实" || last[0].AccountID != op.AccountID || last[1].Reason != "申诉成立" {
			w.t.Errorf("the history says %+v", last)
		}
		for _, action := range []policy.Action{policy.AccountSuspend, policy.AccountRestore} {
			if lines := w.audited(action, session.Actor.AccountID); len(lines) != 1 || lines[0].AccountID != op.AccountID {
				w.t.Errorf("%s is audited as %+v", action, lines)
			}
		}
	})
}

func TestAnAccountIsGovernedByItsRulesOrNotAtAll(t *testing.T) {
	forEachWorld(t, func(w *world) {
		op := w.operators("op@platform.example")[0]
		li := w.person("li@example.org", "李梅")
		w.must(w.Register(w.ctx, visitor, registration("new@example.org", "新人"), "192.0.2.1"))

		wantCode(w.t, w.govern(visitor, "li@example.org", "suspend", "x"), errs.Unauthenticated, "sign_in_required")
		wantCode(w.t, w.govern(w.verifier(), "li@example.org", "suspend", "x"), errs.Forbidden, "not_allowed")
		wantCode(w.t, w.govern(li, "op@platform.example", "suspend", "x"), errs.Forbidden, "not_allowed")
		err := w.govern(op, "op@platform.example", "suspend", "x")
		wantCode(w.t, err, errs.Forbidden, "not_allowed")
		if reason := errs.As(err).Params["reason"]; reason != "own_account" {
			w.t.Errorf("suspending oneself is refused for %v", reason)
		}
		wantField(w.t, w.govern(op, "li@example.org", "suspend", " \u3000"), "reason", "required")
		wantField(w.t, w.govern(op, "li@example.org", "suspend", strings.Repeat("长", 501)), "reason", "too_long")
		wantField(w.t, w.govern(op, "li@example.org", "erase", "x"), "action", "unknown_value")
		wantCode(w.t, w.govern(op, "li@example.org", "restore", "x"), errs.Conflict, "illegal_step")
		wantCode(w.t, w.govern(op, "new@example.org", "suspend", "x"), errs.Conflict, "illegal_step")
		_, err = w.StepAccount(w.ctx, op, "none", 1, "suspend", "x")
		wantCode(w.t, err, errs.NotFound, "not_found")
		_, err = w.StepAccount(w.ctx, op, li.AccountID, w.at("li@example.org").Version-1, "suspend", "x")
		wantCode(w.t, err, errs.Stale, "stale_version")
		w.wantState("li@example.org", account.Active)

		w.must(w.govern(op, "li@example.org", "suspend", "第一次"))
		wantCode(w.t, w.govern(op, "li@example.org", "suspend", "第二次"), errs.Conflict, "illegal_step")
		if n := len(w.audited(policy.AccountSuspend, li.AccountID)); n != 1 {
			w.t.Errorf("audited %d times", n)
		}
	})
}

func TestThePlatformKeepsAnOperatorWhoCanSignIn(t *testing.T) {
	forEachWorld(t, func(w *world) {
		ops := w.operators("a@platform.example", "b@platform.example")
		system := policy.SystemActor()
		w.must(w.govern(system, "b@platform.example", "suspend", "离职"))
		wantCode(w.t, w.govern(system, "a@platform.example", "suspend", "误操作"), errs.Conflict, "last_operator")
		// Whoever is suspended counts for nothing either where the last one leaves.
		_, err := w.Erase(w.ctx, ops[0], password)
		wantCode(w.t, err, errs.Conflict, "last_decider")
		w.must(w.govern(ops[0], "b@platform.example", "restore", "回岗"))

		// Two who suspend each other at once do not both succeed.
		a, b := w.at("a@platform.example"), w.at("b@platform.example")
		results := make([]error, 2)
		var wg sync.WaitGroup
		wg.Go(func() { _, results[0] = w.StepAccount(w.ctx, ops[0], b.ID, b.Version, "suspend", "互相") })
		wg.Go(func() { _, results[1] = w.StepAccount(w.ctx, ops[1], a.ID, a.Version, "suspend", "互相") })
		wg.Wait()
		refused := slices.DeleteFunc(results, func(err error) bool { return err == nil })
		if len(refused) != 1 || errs.CodeOf(refused[0]) != "last_operator" {
			w.t.Errorf("two operators suspend each other: %v", refused)
		}
	})
}

func TestOfTwoSuspensionsAtOnceOneCounts(t *testing.T) {
	forEachWorld(t, func(w *world) {
		ops := w.operators("a@platform.example", "b@platform.example")
		li := w.person("li@example.org", "李梅")
		version := w.at("li@example.org").Version
		results := make([]error, len(ops))
		var wg sync.WaitGroup
		for i, op := range ops {
			wg.Go(func() { _, results[i] = w.StepAccount(w.ctx, op, li.AccountID, version, "suspend", "同时") })
		}
		wg.Wait()
		refused := slices.DeleteFunc(results, func(err error) bool { return err == nil })
		if len(refused) != 1 || errs.KindOf(refused[0]) != errs.Stale {
			w.t.Errorf("refused: %v", refused)
		}
		if n := len(w.audited(policy.AccountSuspend, li.AccountID)); n != 1 {
			w.t.Errorf("audited %d times", n)
		}
	})
}

// fallingJournal fails at one action, after everything else was written.
type fallingJournal struct {
	journal.Journal
	at policy.Action
}

var errFallen = errors.New("the journal fell")

func (j fallingJournal) Write(ctx context.Context, e journal.Entry) error {
	if e.Action == j.at {
		return errFallen
	}
	return j.Journal.Write(ctx, e)
}

func TestASuspensionThatFailsHalfWayHasNotHappened(t *testing.T) {
	forEachWorld(t, func(w *world) {
		op := w.operators("op@platform.example")[0]
		w.person("li@example.org", "李梅")
		session := w.signIn("li@example.org")
		a := w.at("li@example.org")
		w.deps.Journal = fallingJournal{w.deps.Journal, policy.AccountSuspend}
		_, err := w.service().StepAccount(w.ctx, op, a.ID, a.Version, "suspend", "半途")
		if !errors.Is(err, errFallen) {
			w.t.Fatal(err)
		}
		w.wantState("li@example.org", account.Active)
		if got, err := w.service().Authenticate(w.ctx, session.Token, ""); err != nil || !got.Actor.SignedIn() {
			w.t.Errorf("the session has ended (%v)", err)
		}
	})
}

func TestAnOperatorSignsSomebodyOutOfAllDevices(t *testing.T) {
	forEachWorld(t, func(w *world) {
		op := w.operators("op@platform.example")[0]
		li := w.person("li@example.org", "李梅")
		sessions := []account.Started{w.signIn("li@example.org"), w.signIn("li@example.org")}
		for range 2 { // a second time ends nothing more, and is recorded too
			w.must(w.SignOutEverywhere(w.ctx, op, li.AccountID))
		}
		for _, s := range sessions {
			if a, err := w.Authenticate(w.ctx, s.Token, ""); err != nil || a.Actor.SignedIn() {
				w.t.Errorf("still signed in (%v)", err)
			}
		}
		if lines := w.audited(policy.AccountSignOut, li.AccountID); len(lines) != 2 || lines[0].AccountID != op.AccountID {
			w.t.Errorf("audited as %+v", lines)
		}
		w.signIn("li@example.org")
		wantCode(w.t, w.SignOutEverywhere(w.ctx, w.verifier(), li.AccountID), errs.Forbidden, "not_allowed")
		wantCode(w.t, w.SignOutEverywhere(w.ctx, op, op.AccountID), errs.Forbidden, "not_allowed")
		wantCode(w.t, w.SignOutEverywhere(w.ctx, op, "none"), errs.NotFound, "not_found")
	})
}

func TestAnOperatorFindsAccountsByNameAndAddress(t *testing.T) {
	forEachWorld(t, func(w *world) {
		op := w.operators("op@platform.example")[0]
		o, _ := w.organisation(policy.Enterprise, "天山机械", "head@tianshan.example")
		erased := w.person("gone@example.org", "已走的人")
		_, err := w.Erase(w.ctx, erased, password)
		w.must(err)
		w.clock.Advance(time.Hour)
		w.must(w.Register(w.ctx, visitor, registration("Li.Mei@Example.org", "李梅"), "192.0.2.1"))
		find := func(f account.AccountFilter) []string {
			w.t.Helper()
			var out []string
			for {
				page, next, err := w.Accounts(w.ctx, op, f)
				w.must(err)
				for _, a := range page {
					out = append(out, a.Email)
				}
				if f.Before = next; next == "" {
					return out
				}
			}
		}
		for _, c := range []struct {
			f    account.AccountFilter
			want string
		}{
			{account.AccountFilter{}, "Li.Mei@Example.org head@tianshan.example op@platform.example"},
			{account.AccountFilter{Limit: 1}, "Li.Mei@Example.org head@tianshan.example op@platform.example"},
			{account.AccountFilter{Query: "创始", Limit: 1}, "head@tianshan.example"},
			{account.AccountFilter{Query: " li.MEI@ "}, "Li.Mei@Example.org"},
			{account.AccountFilter{Query: ".example", State: account.Active, Limit: 1}, "head@tianshan.example op@platform.example"},
			{account.AccountFilter{State: account.Unconfirmed}, "Li.Mei@Example.org"},
			{account.AccountFilter{State: account.Suspended}, ""},
			{account.AccountFilter{Query: "%"}, ""},
			{account.AccountFilter{Query: "gone"}, ""},
			{account.AccountFilter{Query: "已走"}, ""},
		} {
			if got := strings.Join(find(c.f), " "); got != c.want {
				w.t.Errorf("%+v finds %q, want %q", c.f, got, c.want)
			}
		}
		head := w.at("head@tianshan.example")
		if len(head.Memberships) != 1 || head.Memberships[0].OrgID != o.ID || !slices.Equal(head.Memberships[0].Roles, []policy.Role{policy.Manager}) {
			w.t.Errorf("memberships %+v", head.Memberships)
		}
		if !head.LastSignIn.Equal(noon) || !head.CreatedAt.Equal(noon) || head.Name != "创始人" {
			w.t.Errorf("%+v", head)
		}
		if a := w.at("li.mei@example.org"); !a.LastSignIn.IsZero() || len(a.Actions) != 0 {
			w.t.Errorf("an unproven account: %+v", a)
		}
		page, _, err := w.Accounts(w.ctx, op, account.AccountFilter{Query: "op@platform"})
		w.must(err)
		if len(page) != 1 || len(page[0].Actions) != 0 {
			w.t.Errorf("the operator may do to the own account %+v", page)
		}

		_, _, err = w.Accounts(w.ctx, w.verifier(), account.AccountFilter{})
		wantCode(w.t, err, errs.Forbidden, "not_allowed")
		_, _, err = w.Accounts(w.ctx, op, account.AccountFilter{State: account.Erased})
		wantField(w.t, err, "state", "unknown_value")
		_, _, err = w.Accounts(w.ctx, op, account.AccountFilter{Before: "not a cursor"})
		wantCode(w.t, err, errs.Malformed, "malformed_cursor")
		_, err = w.AccountAt(w.ctx, policy.SystemActor(), "nobody@example.org")
		wantCode(w.t, err, errs.NotFound, "not_found")
	})
}

// What is rare is sought page by page, so that no search reads all accounts.
func TestASearchLooksThroughABoundedNumberOfAccounts(t *testing.T) {
	forEachWorld(t, func(w *world) {
		for _, email := range []string{"rare@example.org", "b@example.org", "c@example.org", "d@example.org"} {
			w.person(email, "某人")
		}
		rows := store.NewAccount(w.db)
		f := account.AccountFilter{Query: "rare", Limit: 2, Window: 2}
		var found, pages int
		for {
			page, next, err := rows.Accounts(w.ctx, f)
			w.must(err)
			found, pages = found+len(page), pages+1
			if f.Before = next; next == "" {
				break
			}
		}
		if found != 1 || pages != 3 {
			w.t.Errorf("%d found on %d pages", found, pages)
		}
	})
}

func TestASuspendedPersonIsErasedByTheOperatorAtTheMachine(t *testing.T) {
	forEachWorld(t, func(w *world) {
		op := w.operators("op@platform.example")[0]
		o, head := w.organisation(policy.Institute, "新疆大学", "li@example.org")
		w.person("officer@example.org", "专员")
		_, err := w.AddMember(w.ctx, head, o.ID, "officer@example.org", "", policy.Officer)
		w.must(err)
		system := policy.SystemActor()
		_, err = w.EraseSuspended(w.ctx, system, head.AccountID)
		wantCode(w.t, err, errs.Conflict, "account_not_suspended")
		w.must(w.govern(op, "li@example.org", "suspend", "冒用他人成果"))
		_, err = w.EraseSuspended(w.ctx, op, head.AccountID)
		wantCode(w.t, err, errs.Forbidden, "not_allowed")

		// Though nobody else decides for the organisation.
		result, err := w.EraseSuspended(w.ctx, system, head.AccountID)
		w.must(err)
		if !slices.Contains(result.Erased, "persons") {
			w.t.Errorf("%+v", result)
		}
		_, err = w.AccountAt(w.ctx, system, "li@example.org")
		wantCode(w.t, err, errs.NotFound, "not_found")
		reason, err := sqldb.One(w.ctx, w.db, sqldb.Scalar[string], `SELECT state_reason FROM accounts WHERE id = $1`, head.AccountID)
		if err != nil || reason != "" {
			w.t.Errorf("the account keeps the reason %q (%v)", reason, err)
		}
		_, err = w.StepAccount(w.ctx, op, head.AccountID, 1, "restore", "x")
		wantCode(w.t, err, errs.NotFound, "not_found")
		w.person("li@example.org", "李梅")
	})
}
