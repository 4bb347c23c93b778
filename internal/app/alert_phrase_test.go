package app_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// TestAnAlertHoldsToPhrasesAndExclusions: it tells of what holds the phrase and
// not the excluded word, as its owner reads.
func TestAnAlertHoldsToPhrasesAndExclusions(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	head := w.join("head@institute.example", "周敏")
	w.organisation(head, "institute", "供给研究所")
	reviewer := w.staff("reviewer")
	seeker := w.join("seeker@example.org", "郭宁")
	seeker.Post("/me/searches", body{
		"name": "低温锂电池", "query": body{"q": []string{`"低温锂电池" -回收`}}, "alert": "at_once", "by_mail": true,
	}).Expect(http.StatusCreated)

	apart := w.published(head, reviewer, "achievements", offered(head, "锂电池低温试验"))
	excluded := w.published(head, reviewer, "achievements", offered(head, "低温锂电池回收"))
	// Who may not read the word has nothing excluded by it.
	hidden := offered(head, "低温锂电池组")
	hidden["details"] = body{"zh": "退役后回收"}
	hidden["tiers"] = body{"details": "NDA"}
	told := w.published(head, reviewer, "achievements", hidden)
	letters := ""
	eventually(t, "a letter about what holds the phrase", func() error {
		letters = strings.Join(w.letters(seeker.email), "\n")
		if !strings.Contains(letters, id(told)) {
			return fmt.Errorf("none in\n%s", letters)
		}
		return nil
	})
	if strings.Contains(letters, id(apart)) || strings.Contains(letters, id(excluded)) {
		t.Errorf("the letters tell of more:\n%s", letters)
	}
}
