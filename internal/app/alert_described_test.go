package app_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// TestAnAlertTellsOfWhatItsTextDescribes: who saves a description is told of a new
// listing that fits it well in other words, and of no other.
func TestAnAlertTellsOfWhatItsTextDescribes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	head := w.join("head@institute.example", "周敏")
	w.organisation(head, "institute", "供给研究所")
	reviewer := w.staff("reviewer")
	seeker := w.join("seeker@example.org", "郭宁")
	seeker.Post("/me/searches", body{
		"name": "井下水处理", "query": body{"q": []string{"我们煤矿的矿井水含盐量高，想找一种能耗低的膜法淡化装置，产水用于井下生产"}}, "alert": "at_once", "by_mail": true,
	}).Expect(http.StatusCreated)

	w.published(head, reviewer, "achievements", offered(head, "低温锂电池"))
	fitting := offered(head, "矿井水淡化装置")
	fitting["abstract"] = zh("以纳滤膜处理高含盐矿井水，能耗低于常规反渗透，产水回用于煤矿井下。")
	told := w.published(head, reviewer, "achievements", fitting)
	letters := ""
	eventually(t, "a letter about what is described", func() error {
		letters = strings.Join(w.letters(seeker.email), "\n")
		if !strings.Contains(letters, id(told)) {
			return fmt.Errorf("none in\n%s", letters)
		}
		return nil
	})
	if strings.Contains(letters, "低温锂电池") {
		t.Errorf("the letters tell of more:\n%s", letters)
	}
}
