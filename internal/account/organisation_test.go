package account_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"chengqiao/internal/account"
	"chengqiao/internal/errs"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/policy"
	"chengqiao/internal/sqldb"
	"chengqiao/internal/text"
)

func TestWhoRegistersAnOrganisationDecidesForIt(t *testing.T) {
	forEachWorld(t, func(w *world) {
		o, head := w.organisation(policy.Institute, "新疆大学", "head@example.org")
		if o.Position.State != account.Unverified || o.Version != 1 {
			w.t.Fatalf("organisation %+v", o)
		}
		if head.OrgID != o.ID || head.OrgKind != policy.Institute || head.OrgVerified || !head.Has(policy.Head) {
			w.t.Fatalf("actor %+v", head)
		}
		// One organisation is acted for without asking.
		if started := w.signIn("head@example.org"); started.Actor.OrgID != o.ID {
			w.t.Fatalf("acts for %q", started.Actor.OrgID)
		}
	})
}

func TestAProfilesFaultsAreNamedByField(t *testing.T) {
	w := sqliteWorld(t)
	actor := w.person("head@example.org", "院长")
	for _, c := range []struct {
		path, code string
		spoil      func(p *account.Profile)
	}{
		{"kind", "unknown_value", func(p *account.Profile) { p.Kind = "club" }},
		{"kind", "unknown_value", func(p *account.Profile) { p.Kind = policy.Platform }},
		{"name", "required", func(p *account.Profile) { p.Name = text.Zh(" ") }},
		{"name", "required", func(p *account.Profile) { p.Name = text.Text{Zh: "\u200b", En: "\ufeff"} }},
		{"name.en", "too_long", func(p *account.Profile) { p.Name.En = strings.Repeat("x", 201) }},
		{"credit_code", "credit_code_length", func(p *account.Profile) { p.CreditCode = "" }},
		{"credit_code", "credit_code_check", func(p *account.Profile) { p.CreditCode = wrongCheck(p.CreditCode) }},
		{"region", "unknown_value", func(p *account.Profile) { p.Region = "999999" }},
		{"website", "url_invalid", func(p *account.Profile) { p.Website = "javascript:alert(1)" }},
		{"contact_email", "email_invalid", func(p *account.Profile) { p.Contact.Email = "office" }},
		{"contact_phone", "too_long", func(p *account.Profile) { p.Contact.Phone = strings.Repeat("1", 31) }},
		{"about.zh", "too_long", func(p *account.Profile) { p.About.Zh = strings.Repeat("长", 5001) }},
	} {
		p := w.profile(policy.Institute, "新疆大学")
		c.spoil(&p)
		_, err := w.RegisterOrganisation(w.ctx, actor, p)
		wantField(t, err, c.path, c.code)
	}
	n, err := sqldb.One(w.ctx, w.db, sqldb.Scalar[int64], `SELECT count(*) FROM organisations`)
	if err != nil || n != 0 {
		t.Fatalf("%d organisations stored of broken forms, %v", n, err)
	}
	_, err = w.RegisterOrganisation(w.ctx, policy.Actor{}, w.profile(policy.Institute, "新疆大学"))
	wantCode(t, err, errs.Unauthenticated, "sign_in_required")
}

// wrongCheck changes the last character of a credit code to another legal one.
func wrongCheck(code string) string {
	last := "0"
	if code[17] == '0' {
		last = "1"
	}
	return code[:17] + last
}

func TestVerificationGoesItsWay(t *testing.T) {
	forEachWorld(t, func(w *world) {
		o, head := w.organisation(policy.Institute, "新疆大学", "head@example.org")
		step := func(actor policy.Actor, verb, reason string) (account.OrganisationView, error) {
			return w.step(actor, o.ID, verb, reason)
		}
		_, err := step(w.verifier(), "verify", "")
		wantCode(w.t, err, errs.Conflict, "illegal_step")
		_, err = step(head, "fly", "")
		wantField(w.t, err, "action", "unknown_value")

		_, err = step(head, "submit", "")
		wantCode(w.t, err, errs.Conflict, "proof_required")
		w.prove(head)
		v, err := step(head, "submit", "")
		w.must(err)
		if v.Position.State != account.Pending || len(v.Actions) != 0 {
			w.t.Fatalf("the head sees %s with %v", v.Position.State, v.Actions)
		}
		_, err = step(head, "verify", "")
		wantCode(w.t, err, errs.Forbidden, "not_allowed")
		_, err = step(w.verifier(), "reject", " ")
		wantField(w.t, err, "reason", "required")
		v, err = step(w.verifier(), "reject", "证照不清")
		w.must(err)
		if v.StateReason != "证照不清" || !v.Private {
			w.t.Fatalf("view %+v", v)
		}
		_, err = step(head, "submit", "")
		w.must(err)
		v, err = step(w.verifier(), "verify", "")
		w.must(err)
		if !v.Verified() || v.StateReason != "" || !slices.Equal(v.Actions, []string{"revoke"}) {
			w.t.Fatalf("view %+v", v)
		}
		// The member's next request knows it, though the session was cached.
		if head = w.as("head@example.org", o.ID); !head.OrgVerified {
			w.t.Fatal("the head's organisation is not verified")
		}
		_, err = step(w.verifier(), "revoke", "证照过期")
		w.must(err)

		steps, err := w.deps.Journal.(interface {
			Steps(ctx context.Context, kind, subject string) ([]lifecycle.Step, error)
		}).Steps(w.ctx, account.OrganisationKind, o.ID)
		w.must(err)
		var verbs []string
		for _, s := range steps {
			verbs = append(verbs, strings.TrimPrefix(s.Action, "organisation."))
		}
		if strings.Join(verbs, " ") != "register submit reject submit verify revoke" {
			w.t.Fatalf("history %v", verbs)
		}
	})
}

func TestACreditCodeBelongsToOneVerifiedOrganisation(t *testing.T) {
	forEachWorld(t, func(w *world) {
		code := w.code()
		var ids []string
		for _, email := range []string{"real@example.org", "squatter@example.org"} {
			p := w.profile(policy.Enterprise, "天山电池")
			p.CreditCode = strings.ToLower(code)
			o, err := w.RegisterOrganisation(w.ctx, w.person(email, "经理"), p)
			w.must(err) // unverified, anybody can claim to be anything
			w.prove(w.as(email, o.ID))
			_, err = w.step(w.as(email, o.ID), o.ID, "submit", "")
			w.must(err)
			ids = append(ids, o.ID)
		}
		_, err := w.step(w.verifier(), ids[0], "verify", "")
		w.must(err)
		_, err = w.step(w.verifier(), ids[1], "verify", "")
		wantCode(w.t, err, errs.Conflict, "organisation_exists")
		p := w.profile(policy.Enterprise, "天山电池")
		p.CreditCode = code
		_, err = w.RegisterOrganisation(w.ctx, w.person("third@example.org", "经理"), p)
		wantCode(w.t, err, errs.Conflict, "organisation_exists")
	})
}

func TestAnEditNeedsTheVersionLastReadAndLeavesWhatWasVerified(t *testing.T) {
	forEachWorld(t, func(w *world) {
		o, head := w.organisation(policy.Institute, "新疆大学", "head@example.org")
		p := o.Profile
		p.Address = "乌鲁木齐市胜利路"
		p.CreditCode = w.code()
		v, err := w.UpdateOrganisation(w.ctx, head, o.ID, o.Version, p)
		w.must(err)
		_, err = w.UpdateOrganisation(w.ctx, head, o.ID, o.Version, p)
		wantCode(w.t, err, errs.Stale, "stale_version")

		w.prove(head)
		v, err = w.step(head, o.ID, "submit", "")
		w.must(err)
		p = v.Profile
		p.Name, p.CreditCode = text.Zh("别的大学"), w.code()
		_, err = w.UpdateOrganisation(w.ctx, head, o.ID, v.Version, p)
		wantField(w.t, err, "name", "frozen_by_verification")
		wantField(w.t, err, "credit_code", "frozen_by_verification")

		_, stranger := w.organisation(policy.Enterprise, "别家", "other@example.org")
		_, err = w.UpdateOrganisation(w.ctx, stranger, o.ID, v.Version, v.Profile)
		wantCode(w.t, err, errs.Forbidden, "not_allowed")
	})
}

func TestOfTwoEditsOfOneVersionOneWins(t *testing.T) {
	forEachWorld(t, func(w *world) {
		o, head := w.organisation(policy.Institute, "新疆大学", "head@example.org")
		results := make([]error, 6)
		var wg sync.WaitGroup
		for i := range results {
			wg.Go(func() {
				p := o.Profile
				p.Address = strings.Repeat("路", i+1)
				_, results[i] = w.UpdateOrganisation(w.ctx, head, o.ID, o.Version, p)
			})
		}
		wg.Wait()
		won := 0
		for _, err := range results {
			if err == nil {
				won++
				continue
			}
			wantCode(w.t, err, errs.Stale, "stale_version")
		}
		if won != 1 {
			w.t.Fatalf("%d edits won", won)
		}
	})
}

func TestAnOrganisationIsVerifiedByWhatItsVerifierHasSeen(t *testing.T) {
	forEachWorld(t, func(w *world) {
		o, head := w.organisation(policy.Institute, "新疆大学", "head@example.org")
		w.prove(head)
		seen, err := w.step(head, o.ID, "submit", "")
		w.must(err)
		// Meanwhile another document is handed in, which verifying would verify too.
		later := w.prove(head)
		_, err = w.StepOrganisation(w.ctx, w.verifier(), o.ID, seen.Version, "verify", "")
		wantCode(w.t, err, errs.Stale, "stale_version")
		// Rejected by a colleague, it comes back under another name.
		rejected, err := w.step(w.verifier(), o.ID, "reject", "证照不清")
		w.must(err)
		p := o.Profile
		p.Name = text.Zh("新疆大学附属公司")
		_, err = w.UpdateOrganisation(w.ctx, head, o.ID, rejected.Version, p)
		w.must(err)
		again, err := w.step(head, o.ID, "submit", "")
		w.must(err)
		_, err = w.StepOrganisation(w.ctx, w.verifier(), o.ID, seen.Version, "verify", "")
		wantCode(w.t, err, errs.Stale, "stale_version")
		_, err = w.StepOrganisation(w.ctx, w.verifier(), o.ID, again.Version, "verify", "")
		w.must(err)
		shown, err := w.Credentials(w.ctx, w.verifier(), o.ID)
		w.must(err)
		if shown[0].ID != later.ID || shown[0].Position.State != account.CredentialVerified {
			w.t.Errorf("what was shown is %+v", shown)
		}
	})
}

func TestListsShowVerifiedOrganisationsAndOnesOwn(t *testing.T) {
	forEachWorld(t, func(w *world) {
		verified, vHead := w.organisation(policy.Institute, "石河子大学", "shz@example.org")
		w.prove(vHead)
		_, err := w.step(vHead, verified.ID, "submit", "")
		w.must(err)
		_, err = w.step(w.verifier(), verified.ID, "verify", "")
		w.must(err)
		own, head := w.organisation(policy.Enterprise, "天山 Battery", "tsb@example.org")

		ids := func(actor policy.Actor, f account.OrganisationFilter) []string {
			page, _, err := w.Organisations(w.ctx, actor, f)
			w.must(err)
			var out []string
			for _, o := range page {
				out = append(out, o.ID)
				if secret := o.Contact.Phone != ""; secret != (o.ID == actor.OrgID || actor.OrgKind == policy.Platform) {
					w.t.Errorf("%s sees contact of %s: %v", actor.AccountID, o.ID, secret)
				}
			}
			return out
		}
		for _, c := range []struct {
			name   string
			actor  policy.Actor
			filter account.OrganisationFilter
			want   []string
		}{
			{"a visitor", policy.Actor{}, account.OrganisationFilter{}, []string{verified.ID}},
			{"a member", head, account.OrganisationFilter{}, []string{verified.ID, own.ID}},
			{"the verifier", w.verifier(), account.OrganisationFilter{}, []string{verified.ID, own.ID}},
			{"by folded name", w.verifier(), account.OrganisationFilter{Query: "ＢＡＴＴＥＲＹ"}, []string{own.ID}},
			{"by a wildcard", w.verifier(), account.OrganisationFilter{Query: "%"}, nil},
			{"by kind", w.verifier(), account.OrganisationFilter{Kind: policy.Institute}, []string{verified.ID}},
			{"by state", w.verifier(), account.OrganisationFilter{State: account.Unverified}, []string{own.ID}},
		} {
			if got := ids(c.actor, c.filter); !slices.Equal(got, c.want) {
				w.t.Errorf("%s sees %v, want %v", c.name, got, c.want)
			}
		}
		first, next, err := w.Organisations(w.ctx, w.verifier(), account.OrganisationFilter{Limit: 1})
		w.must(err)
		second, end, err := w.Organisations(w.ctx, w.verifier(), account.OrganisationFilter{Limit: 1, After: next})
		w.must(err)
		if len(first) != 1 || len(second) != 1 || first[0].ID == second[0].ID || end != "" {
			w.t.Fatalf("pages %v %v, cursors %q %q", first, second, next, end)
		}
	})
}

func TestMembersAreAddedInvitedAndRemoved(t *testing.T) {
	forEachWorld(t, func(w *world) {
		o, head := w.organisation(policy.Institute, "新疆大学", "head@example.org")
		w.person("officer@example.org", "专员")
		added, err := w.AddMember(w.ctx, head, o.ID, "officer@example.org", "", policy.Officer)
		w.must(err)
		if added.Invited || added.Name != "专员" {
			w.t.Fatalf("added %+v", added)
		}
		if officer := w.as("officer@example.org", o.ID); !officer.Has(policy.Officer) {
			w.t.Fatalf("actor %+v", officer)
		}
		_, err = w.AddMember(w.ctx, head, o.ID, "officer@example.org", "", policy.Officer)
		wantCode(w.t, err, errs.Conflict, "member_exists")
		_, err = w.AddMember(w.ctx, head, o.ID, "officer@example.org", "", policy.Engineer)
		wantField(w.t, err, "role", "unknown_value")
		_, err = w.AddMember(w.ctx, w.as("officer@example.org", o.ID), o.ID, "x@example.org", "X", policy.Officer)
		wantCode(w.t, err, errs.Forbidden, "not_allowed")

		invited, err := w.AddMember(w.ctx, head, o.ID, "new@example.org", "新人", policy.Finance)
		w.must(err)
		if !invited.Invited {
			w.t.Fatalf("invited %+v", invited)
		}
		l := w.lastLetter(account.LetterMemberInvited, "new@example.org")
		if l.Organisation.Zh != "新疆大学" || l.Role != policy.Finance || l.Name != "新人" {
			w.t.Fatalf("letter %+v", l)
		}
		newcomer := w.person("new@example.org", "新人")
		_, err = w.Claim(w.ctx, newcomer, l.Token)
		w.must(err)
		if finance := w.as("new@example.org", o.ID); !finance.Has(policy.Finance) {
			w.t.Fatalf("actor %+v", finance)
		}
		members, err := w.Members(w.ctx, head, o.ID)
		w.must(err)
		if len(members) != 3 || slices.ContainsFunc(members, func(m account.Member) bool { return m.Invited }) {
			w.t.Fatalf("members %+v", members)
		}

		officerSession := w.signIn("officer@example.org")
		w.must(w.RemoveMember(w.ctx, head, o.ID, added.ID))
		_, err = w.Authenticate(w.ctx, officerSession.Token, o.ID)
		wantCode(w.t, err, errs.Forbidden, "not_a_member")
		if a, err := w.Authenticate(w.ctx, officerSession.Token, ""); err != nil || a.Actor.OrgID != "" || !a.Actor.SignedIn() {
			w.t.Fatalf("acts for %q, %v", a.Actor.OrgID, err)
		}
		at := slices.IndexFunc(members, func(m account.Member) bool { return m.Role == policy.Head })
		wantCode(w.t, w.RemoveMember(w.ctx, head, o.ID, members[at].ID), errs.Conflict, "last_decider")
		wantCode(w.t, w.RemoveMember(w.ctx, head, o.ID, "nobody"), errs.NotFound, "not_found")
	})
}

func TestAWithdrawnInvitationIsWorthless(t *testing.T) {
	forEachWorld(t, func(w *world) {
		o, head := w.organisation(policy.Institute, "新疆大学", "head@example.org")
		invited, err := w.AddMember(w.ctx, head, o.ID, "new@example.org", "新人", policy.Finance)
		w.must(err)
		token := w.lastLetter(account.LetterMemberInvited, "new@example.org").Token
		_, otherHead := w.organisation(policy.Enterprise, "别家", "other@example.org")
		wantCode(w.t, w.RemoveMember(w.ctx, otherHead, otherHead.OrgID, invited.ID), errs.NotFound, "not_found")
		w.must(w.RemoveMember(w.ctx, head, o.ID, invited.ID))
		_, err = w.Claim(w.ctx, w.person("new@example.org", "新人"), token)
		wantCode(w.t, err, errs.Invalid, "token_invalid")
		email, err := sqldb.One(w.ctx, w.db, sqldb.Scalar[string], `SELECT email FROM invitations WHERE id = $1`, invited.ID)
		if err != nil || email != "" {
			w.t.Fatalf("the address %q is kept, %v", email, err)
		}
	})
}

func TestAContributorIsNamedFirstAndClaimsTheEntryLater(t *testing.T) {
	forEachWorld(t, func(w *world) {
		o, head := w.organisation(policy.Institute, "新疆大学", "head@example.org")
		silent, err := w.NamePerson(w.ctx, head, o.ID, "王 教授", "")
		w.must(err)
		named, err := w.NamePerson(w.ctx, head, o.ID, "阿依古丽", "ayi@example.org")
		w.must(err)
		persons, err := w.Persons(w.ctx, head, o.ID, "")
		w.must(err)
		if len(persons) != 3 { // the head too can be a contributor
			w.t.Fatalf("persons %+v", persons)
		}
		if found, err := w.Persons(w.ctx, head, o.ID, "王"); err != nil || len(found) != 1 || found[0].ID != silent.ID || found[0].Claimed() {
			w.t.Fatalf("found %+v, %v", found, err)
		}
		token := w.lastLetter(account.LetterContributorInvited, "ayi@example.org").Token
		_, err = w.Claim(w.ctx, policy.Actor{}, token)
		wantCode(w.t, err, errs.Unauthenticated, "sign_in_required")

		// The invited person may have an account under another address.
		w.person("home@example.org", "Ayigul")
		before := w.signIn("home@example.org")
		if before.Actor.Is([]string{named.ID}) {
			w.t.Fatal("is the person before claiming")
		}
		_, err = w.Claim(w.ctx, before.Actor, token)
		w.must(err)
		a, err := w.Authenticate(w.ctx, before.Token, "")
		w.must(err)
		if !a.Actor.Is([]string{named.ID}) || !a.Actor.Is([]string{before.Actor.PersonID}) || a.Actor.Is([]string{silent.ID}) {
			w.t.Fatalf("actor %+v", a.Actor)
		}
		if id, err := w.AccountOfPerson(w.ctx, named.ID); err != nil || id != a.Actor.AccountID {
			w.t.Fatalf("account %q, %v", id, err)
		}
		_, stranger := w.organisation(policy.Enterprise, "别家", "other@example.org")
		_, err = w.NamePerson(w.ctx, stranger, o.ID, "某人", "")
		wantCode(w.t, err, errs.NotFound, "not_found")
	})
}

func TestWhoWasNamedWithoutAnAddressIsInvitedAfterwards(t *testing.T) {
	forEachWorld(t, func(w *world) {
		o, head := w.organisation(policy.Institute, "新疆大学", "head@example.org")
		_, stranger := w.organisation(policy.Institute, "别家", "other@example.org")
		named, err := w.NamePerson(w.ctx, head, o.ID, "王 教授", "")
		w.must(err)
		invite := func(actor policy.Actor, org, id, email string) error {
			_, err := w.InvitePerson(w.ctx, actor, org, id, email)
			return err
		}
		wantCode(w.t, invite(stranger, o.ID, named.ID, "wang@example.org"), errs.NotFound, "not_found")
		wantCode(w.t, invite(stranger, stranger.OrgID, named.ID, "wang@example.org"), errs.NotFound, "not_found")
		wantCode(w.t, invite(head, o.ID, named.ID, "王"), errs.Invalid, "invalid_fields")
		w.must(invite(head, o.ID, named.ID, "wang@example.org"))
		w.must(invite(head, o.ID, named.ID, "WANG@example.org")) // the letter again
		token := w.lastLetter(account.LetterContributorInvited, "wang@example.org").Token
		w.person("wang@example.org", "王")
		session := w.signIn("wang@example.org")
		_, err = w.Claim(w.ctx, session.Actor, token)
		w.must(err)
		if id, err := w.AccountOfPerson(w.ctx, named.ID); err != nil || id != session.Actor.AccountID {
			w.t.Fatalf("claimed by %q, %v", id, err)
		}
		wantCode(w.t, invite(head, o.ID, named.ID, "another@example.org"), errs.Conflict, "person_claimed")
	})
}

func TestAnInvitationExpires(t *testing.T) {
	w := sqliteWorld(t)
	o, head := w.organisation(policy.Institute, "新疆大学", "head@example.org")
	_, err := w.AddMember(w.ctx, head, o.ID, "new@example.org", "新人", policy.Finance)
	w.must(err)
	token := w.lastLetter(account.LetterMemberInvited, "new@example.org").Token
	w.clock.Advance(30 * 24 * time.Hour)
	_, err = w.Claim(w.ctx, w.person("new@example.org", "新人"), token)
	wantCode(t, err, errs.Invalid, "token_invalid")
	if members, err := w.Members(w.ctx, head, o.ID); err != nil || len(members) != 1 {
		t.Fatalf("members %+v, %v", members, err)
	}
}

func TestOnePersonActsForSeveralOrganisations(t *testing.T) {
	forEachWorld(t, func(w *world) {
		one, _ := w.organisation(policy.Institute, "新疆大学", "li@example.org")
		two, err := w.RegisterOrganisation(w.ctx, w.signIn("li@example.org").Actor, w.profile(policy.Enterprise, "天山电池"))
		w.must(err)
		started := w.signIn("li@example.org")
		if started.Actor.OrgID != "" {
			w.t.Fatalf("acts for %q without being asked", started.Actor.OrgID)
		}
		a, err := w.Authenticate(w.ctx, started.Token, two.ID)
		w.must(err)
		if a.Actor.OrgKind != policy.Enterprise || !a.Actor.Has(policy.Manager) || a.Actor.Has(policy.Head) {
			w.t.Fatalf("actor %+v", a.Actor)
		}
		w.must(w.ActFor(w.ctx, started.Actor, started.SessionID, one.ID))
		if a, err = w.Authenticate(w.ctx, started.Token, ""); err != nil || a.Actor.OrgID != one.ID || !a.Actor.Has(policy.Head) {
			w.t.Fatalf("acts for %q, %v", a.Actor.OrgID, err)
		}
		other, _ := w.organisation(policy.Enterprise, "别家", "other@example.org")
		wantCode(w.t, w.ActFor(w.ctx, started.Actor, started.SessionID, other.ID), errs.Forbidden, "not_a_member")
	})
}

func TestOnlyTheProgramMakesThePlatform(t *testing.T) {
	w := sqliteWorld(t)
	founder, err := w.CreateAccount(w.ctx, policy.SystemActor(), registration("operator@example.org", "运营"))
	w.must(err)
	actor := w.signIn("operator@example.org").Actor
	_, err = w.CreateOrganisation(w.ctx, actor, w.profile(policy.Platform, "成桥"), founder.ID, false)
	wantCode(t, err, errs.Forbidden, "not_allowed")
	_, err = w.CreateAccount(w.ctx, actor, registration("x@example.org", "X"))
	wantCode(t, err, errs.Forbidden, "not_allowed")
	o, err := w.CreateOrganisation(w.ctx, policy.SystemActor(), w.profile(policy.Platform, "成桥"), founder.ID, true)
	w.must(err)
	if operator := w.as("operator@example.org", o.ID); !operator.Has(policy.Operator) || !o.Demo {
		t.Fatalf("actor %+v", operator)
	}
}
