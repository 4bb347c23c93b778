package account_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"chengqiao/internal/account"
	"chengqiao/internal/errs"
	"chengqiao/internal/policy"
	"chengqiao/internal/sqldb"
)

func TestConsentsAreKeptByPurposeAndVersion(t *testing.T) {
	forEachWorld(t, func(w *world) {
		actor := w.person("li@example.org", "李梅")
		contact := account.Consent{Purpose: account.ConsentContact, Version: "2026-11", Given: true}
		_, err := w.SetConsent(w.ctx, actor, contact)
		w.must(err)
		w.clock.Advance(time.Hour)
		contact.Given = false
		set, err := w.SetConsent(w.ctx, actor, contact)
		w.must(err)
		if set.Given || !set.At.Equal(noon.Add(time.Hour)) {
			w.t.Fatalf("consent %+v", set)
		}
		standing, err := w.Consents(w.ctx, actor)
		w.must(err)
		var got []string
		for _, c := range standing {
			got = append(got, fmt.Sprint(c.Purpose, "=", c.Given))
		}
		if strings.Join(got, " ") != "terms=true privacy=true contact_disclosure=false" {
			w.t.Fatalf("standing %v", got)
		}
		_, err = w.SetConsent(w.ctx, actor, account.Consent{Purpose: account.ConsentPrivacy, Version: "2026-11"})
		wantField(w.t, err, "given", "consent_needed_for_account")
	})
}

func TestWhoConsentsIsReachedForTheOrganisationsOfNow(t *testing.T) {
	forEachWorld(t, func(w *world) {
		o, head := w.organisation(policy.Institute, "新疆大学", "li@example.org")
		outsider := w.person("wang@example.org", "王强")
		reached := func() []string {
			found, err := w.PersonContacts(w.ctx, []string{head.AccountID, outsider.AccountID}, []string{o.ID, "another"})
			w.must(err)
			var out []string
			for _, c := range found {
				out = append(out, c.OrgID+" "+c.Name+" "+c.Email)
			}
			return out
		}
		decide := func(actor policy.Actor, given bool) {
			_, err := w.SetConsent(w.ctx, actor, account.Consent{Purpose: account.ConsentContact, Version: "2026-11", Given: given})
			w.must(err)
		}
		if got := reached(); len(got) != 0 {
			w.t.Errorf("without consent %v", got)
		}
		decide(head, true)
		decide(outsider, true)
		if got, want := reached(), []string{o.ID + " 创始人 li@example.org"}; !slices.Equal(got, want) {
			w.t.Errorf("%v, want %v", got, want)
		}
		decide(head, false)
		if got := reached(); len(got) != 0 {
			w.t.Errorf("after the consent was taken back %v", got)
		}
	})
}

func TestAnExportHoldsEverySection(t *testing.T) {
	forEachWorld(t, func(w *world) {
		o, head := w.organisation(policy.Institute, "新疆大学", "li@example.org")
		out, err := w.Export(w.ctx, head)
		w.must(err)
		raw, err := json.Marshal(out)
		w.must(err)
		for _, want := range []string{"li@example.org", "创始人", o.ID, "privacy", "192.0.2.1", "Test/1.0", `"rewards":1`} {
			if !strings.Contains(string(raw), want) {
				w.t.Errorf("%s is missing in %s", want, raw)
			}
		}
		if strings.Contains(string(raw), "argon2") {
			w.t.Error("the password's hash is exported")
		}
		_, err = w.Export(w.ctx, policy.Actor{})
		wantCode(w.t, err, errs.Unauthenticated, "sign_in_required")
	})
}

func TestAnErasureLeavesIdsAlone(t *testing.T) {
	forEachWorld(t, func(w *world) {
		o, head := w.organisation(policy.Institute, "新疆大学", "head@example.org")
		named, err := w.NamePerson(w.ctx, head, o.ID, "阿依古丽", "ayi@example.org")
		w.must(err)
		actor := w.person("home@example.org", "Ayigul")
		_, err = w.Claim(w.ctx, actor, w.lastLetter(account.LetterContributorInvited, "ayi@example.org").Token)
		w.must(err)
		started := w.signIn("home@example.org")

		_, err = w.Erase(w.ctx, started.Actor, "wrong")
		wantField(w.t, err, "password", "password_wrong")
		result, err := w.Erase(w.ctx, started.Actor, password)
		w.must(err)
		if !slices.Contains(result.Erased, "persons") || len(result.Kept) != 1 || result.Kept[0].What != "consents" {
			w.t.Fatalf("result %+v", result)
		}
		for table, query := range map[string]string{
			"persons":     `SELECT name || folded FROM persons WHERE account_id = $1`,
			"identifiers": `SELECT value FROM identifiers WHERE account_id = $1`,
			"sessions":    `SELECT address || user_agent FROM sessions WHERE account_id = $1`,
			"accounts":    `SELECT password_hash FROM accounts WHERE id = $1`,
		} {
			rows, err := sqldb.All(w.ctx, w.db, sqldb.Scalar[string], query, actor.AccountID)
			w.must(err)
			if left := strings.Join(rows, ""); left != "" {
				w.t.Errorf("%s still hold %q", table, left)
			}
		}
		if a, err := w.Authenticate(w.ctx, started.Token, ""); err != nil || a.Actor.SignedIn() {
			w.t.Fatalf("still signed in, %v", err)
		}
		_, err = w.SignIn(w.ctx, policy.Actor{}, account.Credentials{Identifier: "home@example.org", Password: password})
		wantCode(w.t, err, errs.Unauthenticated, "wrong_credentials")
		names, err := w.PersonNames(w.ctx, []string{named.ID, actor.PersonID})
		if err != nil || len(names) != 2 || names[named.ID] != "" {
			w.t.Fatalf("names %v, %v", names, err)
		}
		// The address is free again.
		w.person("home@example.org", "Somebody New")
	})
}

// traced records what it is asked to forget.
type traced struct{ accounts, addresses []string }

func (r *traced) Erase(_ context.Context, account string, addresses []string) error {
	r.accounts, r.addresses = append(r.accounts, account), append(r.addresses, addresses...)
	return nil
}

func TestWhatOthersKeepForAnAccountGoesWithIt(t *testing.T) {
	forEachWorld(t, func(w *world) {
		var kept traced
		w.deps.Traces = []account.Traces{&kept}
		w.Service = w.service()
		actor := w.person("Li@example.org", "李梅")
		_, err := w.Erase(w.ctx, actor, password)
		w.must(err)
		if !slices.Equal(kept.accounts, []string{actor.AccountID}) || !slices.Equal(kept.addresses, []string{"Li@example.org"}) {
			w.t.Errorf("asked to forget %+v", kept)
		}
	})
}

func TestWhatTheLawKeepsKeepsItsName(t *testing.T) {
	forEachWorld(t, func(w *world) {
		o, head := w.organisation(policy.Institute, "新疆大学", "head@example.org")
		named, err := w.NamePerson(w.ctx, head, o.ID, "李梅", "li@example.org")
		w.must(err)
		actor := w.person("li@example.org", "李梅")
		_, err = w.Claim(w.ctx, actor, w.lastLetter(account.LetterContributorInvited, "li@example.org").Token)
		w.must(err)
		w.records.kept = []account.Kept{{What: "reward_payments", Ground: "tax_record", Named: true}}
		result, err := w.Erase(w.ctx, actor, password)
		w.must(err)
		if slices.Contains(result.Erased, "persons") || len(result.Kept) != 2 {
			w.t.Fatalf("result %+v", result)
		}
		if names, err := w.PersonNames(w.ctx, []string{actor.PersonID, named.ID}); err != nil || names[actor.PersonID] != "李梅" || names[named.ID] != "李梅" {
			w.t.Fatalf("names %v, %v", names, err)
		}
		// It stays with the record: nobody is offered it for another one.
		if offered, err := w.Persons(w.ctx, head, o.ID, "李"); err != nil || len(offered) != 0 {
			w.t.Fatalf("offered %+v, %v", offered, err)
		}
	})
}

func TestWhatIsKeptWithoutANameKeepsNoName(t *testing.T) {
	forEachWorld(t, func(w *world) {
		actor := w.person("li@example.org", "李梅")
		w.records.kept = []account.Kept{{What: "deal_messages", Ground: "trade_record"}}
		result, err := w.Erase(w.ctx, actor, password)
		w.must(err)
		if !slices.Contains(result.Erased, "persons") || len(result.Kept) != 2 {
			w.t.Fatalf("result %+v", result)
		}
		if names, err := w.PersonNames(w.ctx, []string{actor.PersonID}); err != nil || names[actor.PersonID] != "" {
			w.t.Fatalf("names %v, %v", names, err)
		}
	})
}

func TestNobodyErasesAwayAnOrganisationsLastDecision(t *testing.T) {
	forEachWorld(t, func(w *world) {
		o, head := w.organisation(policy.Institute, "新疆大学", "head@example.org")
		w.person("officer@example.org", "专员")
		_, err := w.AddMember(w.ctx, head, o.ID, "officer@example.org", "", policy.Officer)
		w.must(err)
		_, err = w.Erase(w.ctx, head, password)
		wantCode(w.t, err, errs.Conflict, "last_decider")
		_, err = w.AddMember(w.ctx, head, o.ID, "officer@example.org", "", policy.Head)
		w.must(err)
		_, err = w.Erase(w.ctx, head, password)
		w.must(err)
	})
}

func TestARegistrationNobodyProvedIsForgotten(t *testing.T) {
	forEachWorld(t, func(w *world) {
		w.must(w.Register(w.ctx, visitor, registration("typo@example.org", "李梅"), "192.0.2.1"))
		w.clock.Advance(7 * 24 * time.Hour)
		kept := w.person("kept@example.org", "王五")
		if n, err := w.Prune(w.ctx, 10); err != nil || n != 1 { // the link, which expired
			w.t.Fatalf("pruned %d on the seventh day, %v", n, err)
		}
		w.clock.Advance(time.Microsecond)
		if n, err := w.Prune(w.ctx, 10); err != nil || n != 1 {
			w.t.Fatalf("pruned %d, %v", n, err)
		}
		left, err := sqldb.All(w.ctx, w.db, sqldb.Scalar[string], `SELECT value FROM identifiers`)
		if err != nil || !slices.Equal(left, []string{"kept@example.org"}) {
			w.t.Fatalf("left %v, %v", left, err)
		}
		if me, err := w.Me(w.ctx, kept); err != nil || me.Name != "王五" {
			w.t.Fatalf("me %+v, %v", me, err)
		}
	})
}
