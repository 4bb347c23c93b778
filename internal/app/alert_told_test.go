package app_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// TestWhatAnAlertToldCanBeReadAgain: by its owner alone, as long as it is live,
// without what was there before; the letter says of each what it is and whose.
func TestWhatAnAlertToldCanBeReadAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	head := w.join("head@institute.example", "周敏")
	w.organisation(head, "institute", "供给研究所")
	reviewer := w.staff("reviewer")
	before := w.published(head, reviewer, "achievements", offered(head, "低温锂电池一号"))
	seeker := w.join("seeker@example.org", "郭宁")
	finds(t, seeker.Client, "低温锂电池", id(before), true)
	saved := seeker.Post("/me/searches", body{
		"name": "低温锂电池", "query": body{"q": []string{"低温锂电池"}}, "alert": "at_once", "by_mail": true, "in_app": true,
	}).Expect(http.StatusCreated).Text("id")
	told := "/me/searches/" + saved + "/told"
	if got := seeker.Get(told).Expect(http.StatusOK); strings.Contains(string(got.Body), id(before)) {
		t.Errorf("what was there before was told: %s", got.Body)
	}
	second := w.published(head, reviewer, "achievements", offered(head, "低温锂电池二号"))
	eventually(t, "the new one is among what was told", func() error {
		if got := seeker.Get(told).Expect(http.StatusOK); !strings.Contains(string(got.Body), id(second)) {
			return fmt.Errorf("not yet: %s", got.Body)
		}
		return nil
	})
	if list := seeker.Get("/me/searches").Expect(http.StatusOK); !strings.Contains(string(list.Body), `"told":1`) {
		t.Errorf("the list does not count it: %s", list.Body)
	}
	eventually(t, "a letter that says what it is and whose", func() error {
		letters := strings.ReplaceAll(strings.Join(w.letters(seeker.email), "\n"), "\r\n", "\n")
		if !strings.Contains(letters, "低温锂电池二号\n  科技成果 · 供给研究所") || !strings.Contains(letters, "sort=newest") {
			return fmt.Errorf("none in\n%s", letters)
		}
		return nil
	})
	head.Get(told).Expect(http.StatusNotFound)
	w.visitor().Get(told).Expect(http.StatusUnauthorized)

	step(head.Client, second, "suspend", body{"reason": "设备检修"}).Expect(http.StatusOK)
	if got := seeker.Get(told).Expect(http.StatusOK); strings.Contains(string(got.Body), id(second)) {
		t.Errorf("what is suspended is told of: %s", got.Body)
	}

	// Its notification leads to the search, and goes with it.
	notices := func() string { return string(seeker.Get("/me/notifications").Expect(http.StatusOK).Body) }
	if got := notices(); !strings.Contains(got, saved) {
		t.Errorf("the notifications are %s", got)
	}
	remove(seeker.Client, "/me/searches/"+saved).Expect(http.StatusNoContent)
	if got := notices(); strings.Contains(got, saved) {
		t.Errorf("after its search was deleted, the notifications are %s", got)
	}
}
