package app_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"chengqiao/config"
	"chengqiao/internal/account"
)

// TestTheDemoIsWhatItPrints starts the program as `make run` does: every
// sign-in that it prints opens the role beside it, and its deal has gone all
// the way. A second start changes nothing.
func TestTheDemoIsWhatItPrints(t *testing.T) {
	t.Parallel()
	w := &world{t: t, env: quick, dir: t.TempDir()}
	w.restart("--demo")
	line := regexp.MustCompile(`(?m)^  (\S+@demo\.example)\s+(\S+)\s+(\S+) · (\S+)$`)
	printed := line.FindAllStringSubmatch(w.out.String(), -1)
	word := regexp.MustCompile(`all with the password\s+(\S+)`).FindStringSubmatch(w.out.String())
	if len(printed) < 20 || word == nil {
		t.Fatalf("the sign-ins are not printed:\n%s", w.out)
	}
	papers, err := account.LoadPapers(config.Files)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, p := range printed {
		person := w.signIn(p[1], word[1])
		given := string(person.Get("/me/consents").Expect(http.StatusOK).Body)
		for _, paper := range papers {
			if !strings.Contains(given, `"purpose":"`+string(paper.Purpose)+`","version":"`+paper.Version+`"`) {
				t.Errorf("%s has not consented to the %s that stand: %s", p[1], paper.Purpose, given)
			}
		}
		me := person.Get("/me").Expect(http.StatusOK)
		if me.Text("name") != p[4] || me.Text("organisations.0.name.zh") != p[3] || !strings.Contains(me.Text("organisations.0.roles"), `"`+p[2]+`"`) ||
			me.Text("organisations.0.verified") != "true" {
			t.Errorf("%v signs in as %s", p[0], me.Body)
		}
		seen[p[2]] = true
	}
	for _, role := range []string{"operator", "reviewer", "verifier", "officer", "head", "finance", "inventor", "engineer", "manager", "broker", "registrar", "chief", "analyst"} {
		if !seen[role] {
			t.Errorf("there is no sign-in for the role %s", role)
		}
	}
	for _, query := range []string{"电池", "玉米"} {
		if found := w.visitor().Get("/search?q=" + query).Expect(http.StatusOK); !found.Has("hits.1") {
			t.Errorf("%s: %s", query, found.Body)
		}
	}
	own := w.signIn("inventor@demo.example", word[1]).Get("/me/rewards").Expect(http.StatusOK)
	if own.Text("items.0.pool.amount") == "" || own.Text("items.0.amount.amount") == "0.00" {
		t.Errorf("the inventor has no share: %s", own.Body)
	}
	before := w.stored(t)
	if code := w.stop(); code != 0 {
		t.Errorf("the program ends with %d:\n%s", code, w.out)
	}
	w.restart("--demo")
	if again := line.FindAllString(w.out.String(), -1); len(again) != len(printed) {
		t.Errorf("a second start prints %d sign-ins", len(again))
	}
	for table, n := range w.stored(t) {
		if n != before[table] {
			t.Errorf("a second start brings %s from %d rows to %d", table, before[table], n)
		}
	}
}
