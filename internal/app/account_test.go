package app_test

import (
	"database/sql"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"chengqiao/internal/httpapi/contracttest"
)

func TestAForgottenPasswordIsReplacedAndEndsAllSessions(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	p := w.join("forgetful@people.example", "健忘")
	visitor := w.visitor()
	for _, email := range []string{p.email, "nobody@people.example"} {
		if a := visitor.Post("/password-resets", body{"email": email}).Expect(http.StatusAccepted); len(a.Body) != 0 {
			t.Errorf("%s: %s", email, a.Body)
		}
	}
	token := w.letterToken(p.email, "/reset-password")
	if weak := visitor.Post("/password-resets/complete", body{"token": token, "password": "aaaaaaaaaaaa"}).Refused(http.StatusUnprocessableEntity, "invalid_fields"); weak.FieldCode("password") != "password_guessable" {
		t.Errorf("%s", weak.Body)
	}
	const renewed = "这一次我会记住的-2026"
	visitor.Post("/password-resets/complete", body{"token": token, "password": renewed}).Expect(http.StatusNoContent)
	for _, used := range []string{token, token[:3], ""} {
		visitor.Post("/password-resets/complete", body{"token": used, "password": renewed}).Refused(http.StatusUnprocessableEntity, "token_invalid")
	}
	if me := p.Get("/me").Expect(http.StatusOK); me.Text("signed_in") != "false" {
		t.Errorf("%s", me.Body)
	}
	visitor.Post("/session", body{"identifier": p.email, "password": password}).Refused(http.StatusUnauthorized, "wrong_credentials")
	again := w.signIn(strings.ToUpper(p.email), renewed)
	if len(w.letters("nobody@people.example")) != 0 {
		t.Error("a letter went to an address that nobody has registered")
	}

	// One's own sessions can be seen, and ended one by one.
	other := w.signIn(p.email, renewed)
	var list struct {
		Items []struct {
			ID      string
			Current bool
		}
	}
	again.Get("/me/sessions").Expect(http.StatusOK).Into(&list)
	if len(list.Items) != 2 {
		t.Fatalf("%+v", list)
	}
	for _, s := range list.Items {
		if !s.Current {
			again.Do(http.MethodDelete, "/me/sessions/"+s.ID, nil).Expect(http.StatusNoContent)
			other.Get("/me/sessions").Refused(http.StatusUnauthorized, "sign_in_required")
			again.Do(http.MethodDelete, "/me/sessions/"+s.ID, nil).Refused(http.StatusNotFound, "not_found")
		}
	}
	again.Do(http.MethodDelete, "/session", nil).Expect(http.StatusNoContent)
	if me := again.Get("/me").Expect(http.StatusOK); me.Text("signed_in") != "false" {
		t.Errorf("%s", me.Body)
	}
}

// TestWhoSignsInAgainWithAKeyIsSignedIn changes the account in a browser that is
// signed in, as a client does that sends an Idempotency-Key with every POST.
func TestWhoSignsInAgainWithAKeyIsSignedIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	browser := w.join("one@again.example", "甲")
	w.join("other@again.example", "乙")
	for _, email := range []string{"other@again.example", "one@again.example"} {
		in := browser.Post("/session", body{"identifier": email, "password": password}, contracttest.Key("k-"+email)).Expect(http.StatusOK)
		sessionToken(t, in)
		if me := browser.Get("/me").Expect(http.StatusOK); me.Text("email") != email {
			t.Errorf("signed in as %s, and is %s", email, me.Body)
		}
	}
}

func TestAPersonActsForOneOrganisationAtATime(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	p := w.join("both@people.example", "两栖")
	first := w.organisation(p, "institute", "第一单位")
	second := w.organisation(p, "enterprise", "第二单位")
	stranger := w.join("else@people.example", "外人")
	foreign := w.organisation(stranger, "enterprise", "别家单位")

	p.Organisation = first
	made := p.Post("/achievements", body{"title": zh("第一单位的成果")}).Expect(http.StatusCreated)
	p.Organisation = second
	if list := p.Get("/achievements").Expect(http.StatusOK); list.Has("items.0") {
		t.Errorf("acting for one organisation shows the other's: %s", list.Body)
	}
	p.Get("/achievements/"+made.Text("head.id")+"/draft").Refused(http.StatusNotFound, "not_found")
	p.Organisation = foreign
	p.Get("/achievements").Refused(http.StatusForbidden, "not_a_member")
	p.Organisation = ""
	p.Put("/session/organisation", body{"organisation_id": foreign}).Refused(http.StatusForbidden, "not_a_member")
	if me := p.Put("/session/organisation", body{"organisation_id": first}).Expect(http.StatusOK); me.Text("acting_organisation_id") != first {
		t.Errorf("%s", me.Body)
	}
	if list := p.Get("/achievements").Expect(http.StatusOK); list.Text("items.0.title.zh") != "第一单位的成果" {
		t.Errorf("%s", list.Body)
	}
	// Who is taken out acts no more, at once.
	p.Organisation = first
	second2 := w.member(p, "helper@people.example", "帮手", "officer")
	members := p.Get("/organisations/" + first + "/members").Expect(http.StatusOK)
	for i := range 2 {
		at := fmt.Sprintf("items.%d.", i)
		if members.Text(at+"name") == "帮手" {
			p.Do(http.MethodDelete, "/organisations/"+first+"/members/"+members.Text(at+"id"), nil).Expect(http.StatusNoContent)
		}
	}
	second2.Get("/achievements").Refused(http.StatusForbidden, "not_a_member")
}

func TestAnUnknownAddressIsInvitedToARole(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	head := w.join("head@inviting.example", "所长")
	org := w.organisation(head, "institute", "邀请研究所")
	invited := head.Post("/organisations/"+org+"/members", body{"email": "guest@inviting.example", "name": "客人", "role": "officer"}).Expect(http.StatusCreated)
	if invited.Text("invited") != "true" {
		t.Errorf("%s", invited.Body)
	}
	token := w.letterToken("guest@inviting.example", "/claim")
	w.visitor().Post("/me/claims/read", body{"token": token}).Refused(http.StatusUnauthorized, "sign_in_required")
	guest := w.join("guest@inviting.example", "客人")
	for _, cut := range []string{token[:len(token)-3], token[:3], ""} {
		guest.Post("/me/claims/read", body{"token": cut}).Refused(http.StatusUnprocessableEntity, "token_invalid")
	}
	if offer := guest.Post("/me/claims/read", body{"token": token}).Expect(http.StatusOK); offer.Text("organisation_name.zh") != "邀请研究所" ||
		offer.Text("role") != "officer" || offer.Text("name") != "客人" || offer.Text("accepted") != "false" {
		t.Errorf("%s", offer.Body)
	}
	for range 2 { // whoever follows the link again finds the same
		if me := guest.Post("/me/claims", body{"token": token}).Expect(http.StatusOK); me.Text("organisations.0.roles.0") != "officer" || me.Text("acting_organisation_id") != org {
			t.Errorf("%s", me.Body)
		}
	}
	// The session acts for the organisation at once.
	guest.Post("/achievements", body{"title": zh("新人的草稿")}).Expect(http.StatusCreated)
	guest.Organisation = org
	if refused := head.Post("/organisations/"+org+"/members", body{"email": "guest@inviting.example", "role": "officer"}); refused.Status < 400 {
		t.Errorf("the same role twice is answered %d: %s", refused.Status, refused.Body)
	}
}

// TestPersonalDataCanBeTakenAwayAndErased holds that after an erasure no row of
// the database has the person's address or name any more.
func TestPersonalDataCanBeTakenAwayAndErased(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	const email, name = "vanishing.person@people.example", "欧阳消失者"
	head := w.join("head@keeping.example", "所长")
	org := w.organisation(head, "institute", "留存研究所")
	entry := head.Post("/organisations/"+org+"/persons", body{"name": name, "email": email}, contracttest.Key("name")).Expect(http.StatusCreated)
	token := w.letterToken(email, "/claim")
	p := w.join(email, name)
	p.Post("/me/claims", body{"token": token}, contracttest.Key("claim")).Expect(http.StatusOK)
	head.Post("/organisations/"+org+"/members", body{"email": email, "name": name, "role": "officer"}, contracttest.Key("member")).Expect(http.StatusCreated)
	p.Organisation = org
	p.Post("/achievements", result("消失者的成果", entry.Text("id")), contracttest.Key("draft")).Expect(http.StatusCreated)
	p.Put("/me/consents", body{"purpose": "contact_disclosure", "version": "1", "given": true}).Expect(http.StatusOK)
	if kept := p.Put("/me/consents", body{"purpose": "privacy", "version": "1", "given": false}).Refused(http.StatusUnprocessableEntity, "invalid_fields"); kept.FieldCode("given") != "consent_needed_for_account" {
		t.Errorf("%s", kept.Body)
	}

	p.Post("/me/searches", body{"name": "找电解液的", "query": body{"q": []string{"耐低温电解液"}}, "alert": "off"}).Expect(http.StatusCreated)
	secret := p.Post("/organisations/"+org+"/tokens", body{"name": "同步目录的", "scopes": []string{"catalogue:read"}}).Expect(http.StatusCreated).Text("secret")

	// Asked about a part, the person declines; and is shown, and asks for, what others keep from the public.
	other := w.join("officer@others.example", "别家专员")
	theirs := w.organisation(other, "institute", "别家研究所")
	named := other.Post("/organisations/"+theirs+"/persons", body{"name": name, "email": email}).Expect(http.StatusCreated)
	asking := other.Post("/achievements", result("请他确认的成果", named.Text("id"))).Expect(http.StatusCreated)
	other.Post("/achievements/"+asking.Text("head.id")+"/steps", body{"action": "submit"}, contracttest.IfMatch(asking.ETag())).Expect(http.StatusOK)
	eventually(t, "the other organisation's letter", func() error {
		again := w.letterToken(email, "/claim")
		if again == token {
			return fmt.Errorf("only the first")
		}
		p.Post("/me/claims", body{"token": again}).Expect(http.StatusOK)
		return nil
	})
	part := p.Get("/me/contributions").Expect(http.StatusOK)
	p.Put("/me/contributions/"+part.Text("items.0.id")+"/answer", body{"answer": "declined", "reason": "我没有参与这项工作", "version": 1}).Expect(http.StatusNoContent)

	data := string(p.Get("/me/export").Expect(http.StatusOK).Body)
	if strings.Contains(data, secret) {
		t.Error("the export shows an API token")
	}
	for _, word := range []string{email, name, "留存研究所", "contact_disclosure", entry.Text("id"), "rewards", "找电解液的", "耐低温电解液", "同步目录的", "catalogue:read",
		asking.Text("head.id"), "我没有参与这项工作", `"readings":{"requests":[`} {
		if !strings.Contains(data, word) {
			t.Errorf("the export has no %q: %s", word, data)
		}
	}
	if rows := w.rowsWith(t, email, name); len(rows) == 0 {
		t.Fatal("nothing is found where something must be")
	}
	if wrong := p.Post("/me/erasure", body{"password": "不是这个口令"}).Refused(http.StatusUnprocessableEntity, "invalid_fields"); wrong.FieldCode("password") != "password_wrong" {
		t.Errorf("%s", wrong.Body)
	}
	head.Post("/me/erasure", body{"password": password}).Refused(http.StatusConflict, "last_decider")
	erased := p.Post("/me/erasure", body{"password": password}).Expect(http.StatusOK)
	if !strings.Contains(erased.Text("erased"), "identifiers") || !strings.Contains(erased.Text("kept"), "proof_of_consent") {
		t.Errorf("%s", erased.Body)
	}
	w.visitor().Post("/session", body{"identifier": email, "password": password}).Refused(http.StatusUnauthorized, "wrong_credentials")
	if me := p.w.visitor().Get("/me").Expect(http.StatusOK); me.Text("signed_in") != "false" {
		t.Errorf("%s", me.Body)
	}
	w.stored(t) // the background has done its work
	for _, row := range w.rowsWith(t, email, name, "我没有参与这项工作") {
		t.Errorf("the erased person still stands in %s", row)
	}
	if persons := head.Get("/organisations/" + org + "/persons").Expect(http.StatusOK); strings.Contains(string(persons.Body), name) {
		t.Errorf("%s", persons.Body)
	}
}

// rowsWith are the places of the database whose text has one of the words.
func (w *world) rowsWith(t *testing.T, words ...string) []string {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(w.dir, "chengqiao.db")+"?mode=ro&_pragma=busy_timeout(10000)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	columns, err := db.Query(`SELECT t.name, c.name FROM sqlite_master t JOIN pragma_table_info(t.name) c WHERE t.type = 'table'`)
	if err != nil {
		t.Fatal(err)
	}
	defer columns.Close()
	var places [][2]string
	for columns.Next() {
		var place [2]string
		if err := columns.Scan(&place[0], &place[1]); err != nil {
			t.Fatal(err)
		}
		places = append(places, place)
	}
	var found []string
	for _, place := range places {
		for _, word := range words {
			var n int
			query := fmt.Sprintf(`SELECT count(*) FROM "%s" WHERE instr(lower(CAST("%s" AS TEXT)), lower($1)) > 0`, place[0], place[1])
			if err := db.QueryRow(query, word).Scan(&n); err != nil {
				t.Fatal(err)
			}
			if n > 0 {
				found = append(found, fmt.Sprintf("%s.%s (%q, %d rows)", place[0], place[1], word, n))
			}
		}
	}
	return found
}

func TestTheOperatorSeesWhoDidWhat(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	operator, verifier := w.staff("operator"), w.staff("verifier")
	head := w.join("head@audited.example", "所长")
	org := w.organisation(head, "institute", "受审研究所")
	lines := operator.Get("/platform/audit?kind=organisation&subject_id=" + org + "&page_size=2").Expect(http.StatusOK)
	if lines.Text("items.0.action") != "organisation.verify" || lines.Text("items.1.action") != "organisation.submit" || !lines.Has("items.0.account_id") {
		t.Errorf("%s", lines.Body)
	}
	if rest := operator.Get("/platform/audit?kind=organisation&subject_id=" + org + "&page_size=2&cursor=" + lines.Text("next_cursor")).Expect(http.StatusOK); rest.Text("items.0.action") != "organisation.register" {
		t.Errorf("%s", rest.Body)
	}
	if dead := operator.Get("/platform/dead-letters").Expect(http.StatusOK); dead.Has("items.0") {
		t.Errorf("%s", dead.Body)
	}
	for _, p := range []*person{verifier, head} {
		p.Get("/platform/audit").Refused(http.StatusForbidden, "not_allowed")
		p.Get("/platform/dead-letters").Refused(http.StatusForbidden, "not_allowed")
	}
	w.visitor().Get("/platform/audit").Refused(http.StatusUnauthorized, "sign_in_required")
	operator.Post("/platform/dead-letters/none/letters/retry", nil).Refused(http.StatusNotFound, "not_found")
	operator.Post("/platform/dead-letters/retry", body{"consumer": "letters"}).Refused(http.StatusNotFound, "not_found")
	operator.Get("/platform/dead-letters?cursor=yesterday").Refused(http.StatusBadRequest, "malformed_cursor")
}
