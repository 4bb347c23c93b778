package app_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"chengqiao/internal/httpapi/contracttest"
)

// governed finds an account by its address, as the operator lists it.
func (p *person) governed(email string) contracttest.Answer {
	p.w.t.Helper()
	list := p.Get("/platform/accounts?q=" + url.QueryEscape(email)).Expect(http.StatusOK)
	if list.Text("items.0.email") != email || list.Has("items.1") {
		p.w.t.Fatalf("%s is found as %s", email, list.Body)
	}
	return list
}

// govern suspends or restores an account as the operator reads it now.
func (p *person) govern(email, action, reason string) contracttest.Answer {
	p.w.t.Helper()
	found := p.governed(email)
	return p.Post("/platform/accounts/"+found.Text("items.0.id")+"/steps", body{"action": action, "reason": reason},
		contracttest.IfMatch(`"`+found.Text("items.0.version")+`"`))
}

// written waits for a letter to an address that says something.
func (w *world) written(email, text string) {
	w.t.Helper()
	eventually(w.t, "a letter to "+email, func() error {
		for _, letter := range w.letters(email) {
			if strings.Contains(letter, text) {
				return nil
			}
		}
		return fmt.Errorf("none says %q", text)
	})
}

func TestAnOperatorSuspendsAndRestoresAnAccount(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	operator, reviewer := w.staff("operator"), w.staff("reviewer")
	head := w.join("head@suspended.example", "周秉文")
	org := w.organisation(head, "institute", "停用研究所")
	secret := head.Post("/organisations/"+org+"/tokens", body{"name": "同步目录的", "scopes": []string{"catalogue:read"}}).Expect(http.StatusCreated).Text("secret")
	program := func() contracttest.Answer {
		return w.visitor().Get("/achievements?page_size=1", contracttest.Header("Authorization", "Bearer "+secret))
	}
	program().Expect(http.StatusOK)

	seen := operator.governed(head.email)
	for field, want := range map[string]string{"items.0.name": "周秉文", "items.0.state": "active",
		"items.0.organisations.0.name.zh": "停用研究所", "items.0.organisations.0.roles.0": "head", "items.0.actions.1": "suspend"} {
		if got := seen.Text(field); got != want {
			t.Errorf("%s is %q, want %q", field, got, want)
		}
	}
	if !seen.Has("items.0.last_sign_in_at") || strings.Contains(string(seen.Body), "argon2") {
		t.Errorf("the operator sees %s", seen.Body)
	}
	reviewer.Get("/platform/accounts").Refused(http.StatusForbidden, "not_allowed")
	w.visitor().Get("/platform/accounts").Refused(http.StatusUnauthorized, "sign_in_required")
	operator.Get("/platform/accounts?page_size=51").Refused(http.StatusUnprocessableEntity, "invalid_fields")
	if self := operator.govern("operator@platform.example", "suspend", "x").Refused(http.StatusForbidden, "not_allowed"); self.Text("params.reason") != "own_account" {
		t.Errorf("%s", self.Body)
	}

	stream := w.stream(head)
	operator.govern(head.email, "suspend", " ").Refused(http.StatusUnprocessableEntity, "invalid_fields")
	if after := operator.govern(head.email, "suspend", "冒用他人成果，已核实").Expect(http.StatusOK); after.Text("state") != "suspended" || after.Text("actions.0") != "restore" {
		t.Errorf("%s", after.Body)
	}
	if me := head.Get("/me").Expect(http.StatusOK); me.Text("signed_in") != "false" {
		t.Errorf("still signed in: %s", me.Body)
	}
	program().Refused(http.StatusUnauthorized, "token_not_valid")
	signIn := func(password string, options ...contracttest.Option) contracttest.Answer {
		return w.visitor().Post("/session", body{"identifier": head.email, "password": password}, options...)
	}
	for language, said := range map[string]string{"zh-CN": "已被平台停用", "en": "has been suspended"} {
		refused := signIn(password, contracttest.Header("Accept-Language", language)).Refused(http.StatusForbidden, "account_suspended")
		if !strings.Contains(refused.Text("title"), said) {
			t.Errorf("%s: %s", language, refused.Body)
		}
	}
	signIn("不是这个密码的密码").Refused(http.StatusUnauthorized, "wrong_credentials")
	w.written(head.email, "冒用他人成果，已核实")
	eventually(t, "the live events of the suspended end", func() error {
		select {
		case <-stream:
			return nil
		default:
			return fmt.Errorf("the stream goes on")
		}
	})

	operator.govern(head.email, "restore", "申诉成立").Expect(http.StatusOK)
	w.written(head.email, "已恢复您的成桥账户")
	program().Expect(http.StatusOK)
	again := w.signIn(head.email, password)
	account := operator.governed(head.email).Text("items.0.id")
	operator.Do(http.MethodDelete, "/platform/accounts/"+account+"/sessions", nil).Expect(http.StatusNoContent)
	again.Get("/me/sessions").Refused(http.StatusUnauthorized, "sign_in_required")
	audit := operator.Get("/platform/audit?kind=account&subject_id=" + account).Expect(http.StatusOK)
	for i, want := range []string{"account.sign_out", "account.restore", "account.suspend"} {
		if got := audit.Text(fmt.Sprintf("items.%d.action", i)); got != want {
			t.Errorf("the audit says %s, want %s", got, want)
		}
	}
}

// stream listens to live events; the channel is closed when the server ends them.
func (w *world) stream(p *person) <-chan struct{} {
	w.t.Helper()
	res := w.send(p, http.MethodGet, "/api/v1/events", nil)
	if res.StatusCode != http.StatusOK {
		w.t.Fatalf("/events answers %d", res.StatusCode)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_, _ = io.Copy(io.Discard, res.Body)
		_ = res.Body.Close()
	}()
	return ended
}

// A suspension takes nothing away: not even where a colleague changes the role
// of whoever is suspended.
func TestTokensOfTheSuspendedOutlastAChangeOfTheirRole(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	operator, head := w.staff("operator"), w.join("head@outlast.example", "周秉文")
	org := "/organisations/" + w.organisation(head, "institute", "留存研究所")
	officer := w.member(head, "officer@outlast.example", "专员", "officer")
	secret := officer.Post(org+"/tokens", body{"name": "同步", "scopes": []string{"catalogue:read"}}).Expect(http.StatusCreated).Text("secret")
	operator.govern(officer.email, "suspend", "停用期间换岗").Expect(http.StatusOK)

	var members struct{ Items []struct{ ID, Email string } }
	head.Get(org + "/members").Expect(http.StatusOK).Into(&members)
	for _, m := range members.Items {
		if m.Email == officer.email {
			head.Do(http.MethodPut, org+"/members/"+m.ID, body{"role": "finance"}).Expect(http.StatusOK)
		}
	}
	eventually(t, "the change is heard of", func() error {
		var backlogs struct {
			Items []struct {
				Consumer string
				Waiting  int
			}
		}
		operator.Get("/platform/backlogs").Expect(http.StatusOK).Into(&backlogs)
		for _, b := range backlogs.Items {
			if b.Consumer == "tokens" && b.Waiting == 0 {
				return nil
			}
		}
		return fmt.Errorf("%+v", backlogs)
	})
	w.bearing(secret).Get("/achievements").Refused(http.StatusUnauthorized, "token_not_valid")
	operator.govern(officer.email, "restore", "换岗完成").Expect(http.StatusOK)
	w.bearing(secret).Get("/achievements").Expect(http.StatusOK)
}

func TestAccountsAreGovernedFromTheMachine(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.join("wang@machine.example", "王强")
	user := func(args ...string) ran {
		t.Helper()
		return chengqiao(t, append([]string{"user"}, append(args, "--data", w.dir)...)...)
	}
	user("suspend", "operator@platform.example", "--reason", "误操作").ends(1, "last_operator")
	user("suspend", "WANG@machine.example", "--reason", "邮箱被盗").ends(0, "suspended", "wang@machine.example", "王强")
	user("suspend", "wang@machine.example", "--reason", "又一次").ends(1, "illegal_step")
	w.visitor().Post("/session", body{"identifier": "wang@machine.example", "password": password}).Refused(http.StatusForbidden, "account_suspended")
	w.written("wang@machine.example", "邮箱被盗")

	var line struct {
		Email, State  string
		StateReason   string `json:"state_reason"`
		Organisations []struct{ Roles []string }
	}
	if err := json.Unmarshal([]byte(user("list", "--state", "suspended", "--json").ends(0).out), &line); err != nil || line.Email != "wang@machine.example" || line.StateReason != "邮箱被盗" {
		t.Errorf("%+v (%v)", line, err)
	}
	if out := user("list", "--query", "PLATFORM.example").ends(0).out; strings.Count(out, "\n") != 3 || !strings.Contains(out, "欧阳岚  成桥测试平台 operator\n") {
		t.Errorf("the list is %q", out)
	}
	if err := json.Unmarshal([]byte(user("restore", "wang@machine.example", "--reason", "本人核实", "--json").ends(0).out), &line); err != nil || line.State != "active" {
		t.Errorf("%+v (%v)", line, err)
	}
	w.signIn("wang@machine.example", password)

	erase := []string{"erase", "wang@machine.example", "--yes", "wang@machine.example"}
	user(erase...).ends(1, "account_not_suspended")
	user("suspend", "wang@machine.example", "--reason", "本人要求停用").ends(0)
	user(erase...).ends(0, "erased: identifiers, password, sessions, memberships, persons", "kept: consents")
	user(erase...).ends(2, "nobody signs in as")
	w.visitor().Post("/session", body{"identifier": "wang@machine.example", "password": password}).Refused(http.StatusUnauthorized, "wrong_credentials")
}
