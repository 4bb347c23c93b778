package app_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// TestUnreadMessagesOfADealComeByOneLetterThatItsLinkEnds drives what nobody who
// is away should miss: messages, told once until they are read.
func TestUnreadMessagesOfADealComeByOneLetterThatItsLinkEnds(t *testing.T) {
	t.Parallel()
	w := newWorld(t, settings{"CHENGQIAO_NOTICE__MESSAGES_QUIET": "3s"})
	head, manager := w.join("head@letters.example", "周敏"), w.join("manager@letters.example", "古丽")
	w.organisation(head, "institute", "来信研究所")
	w.organisation(manager, "enterprise", "收信公司")
	result := w.published(head, w.staff("reviewer"), "achievements", offered(head, "来信的成果"))
	wanted := w.published(manager, w.staff("reviewer"), "needs", body{"title": zh("求购来信"), "problem": zh("来信太少"), "technical_field": "new_energy"})
	made := manager.Post("/introductions", body{"achievement_id": id(result), "need_id": id(wanted), "message": "请联系"}).Expect(http.StatusCreated)
	deal := "/deals/" + head.Post("/introductions/"+made.Text("id")+"/steps", body{"action": "accept"}).Expect(http.StatusOK).Text("deal_id")

	unread := func(p *person) (letters []string) {
		for _, letter := range w.letters(p.email) {
			if strings.Contains(letter, "您还没有读") {
				letters = append(letters, letter)
			}
		}
		return letters
	}
	told := func(n int) {
		t.Helper()
		eventually(t, fmt.Sprintf("letter %d of unread messages", n), func() error {
			if letters := unread(manager); len(letters) != n {
				return fmt.Errorf("%d letters", len(letters))
			}
			return nil
		})
	}
	said := func(words string) string {
		t.Helper()
		return head.Post(deal+"/messages", body{"text": words}).Expect(http.StatusCreated).Text("id")
	}
	said("密约一")
	said("密约二")
	told(1)
	letter := unread(manager)[0]
	if !strings.Contains(letter, deal) || !strings.Contains(letter, "《来信的成果》") || !strings.Contains(letter, "来信研究所") || strings.Contains(letter, "密约") {
		t.Errorf("the letter says\n%s", letter)
	}

	// Nothing more until it is read; what is read brings no letter.
	newest := said("密约三")
	w.visitor().Put(deal+"/messages/read", body{"up_to": newest}).Refused(http.StatusUnauthorized, "sign_in_required")
	w.staff("reviewer").Put(deal+"/messages/read", body{"up_to": newest}).Refused(http.StatusNotFound, "not_found")
	manager.Put(deal+"/messages/read", body{"up_to": newest}).Expect(http.StatusNoContent)
	eventually(t, "all notifications of messages are read", func() error {
		page := manager.Get("/me/notifications").Expect(http.StatusOK)
		all, left := 0, 0
		for i := 0; page.Has(fmt.Sprintf("items.%d", i)); i++ {
			if page.Text(fmt.Sprintf("items.%d.code", i)) == "message_posted" {
				all++
				if page.Text(fmt.Sprintf("items.%d.read", i)) == "false" {
					left++
				}
			}
		}
		if all != 3 || left != 0 {
			return fmt.Errorf("%d of %d are unread", left, all)
		}
		return nil
	})
	said("密约四")
	told(2)
	if letters := unread(head); len(letters) != 0 {
		t.Errorf("who wrote is told of it: %s", letters)
	}

	link := letter[strings.Index(letter, "/unsubscribe?token=")+len("/unsubscribe?token="):]
	token, err := url.QueryUnescape(strings.Fields(link)[0])
	if err != nil {
		t.Fatal(err)
	}
	// A mail program that knows of no one-click opens the page instead, which asks first.
	opened := w.unfollowed("/feeds/unsubscribe?token=" + url.QueryEscape(token))
	if page := opened.Header.Get("Location"); opened.StatusCode != http.StatusSeeOther || page != "/unsubscribe?token="+url.QueryEscape(token) {
		t.Errorf("opened, the link of a mail program answers %d and leads to %q", opened.StatusCode, page)
	}
	if choices := string(manager.Get("/me/letters").Expect(http.StatusOK).Body); strings.Contains(choices, "false") {
		t.Errorf("before any press the choices are %s", choices)
	}
	if pressed := w.send(nil, http.MethodPost, "/feeds/unsubscribe?token="+url.QueryEscape(token), strings.NewReader("List-Unsubscribe=One-Click")); pressed.StatusCode != http.StatusNoContent {
		t.Errorf("one press answers %d", pressed.StatusCode)
	}
	if ended := w.visitor().Post("/letters/unsubscribe", body{"token": token}).Expect(http.StatusOK); ended.Text("topic") != "messages" || ended.Text("in_app") != "true" {
		t.Errorf("the page is told %s", ended.Body)
	}
	if choices := string(manager.Get("/me/letters").Expect(http.StatusOK).Body); strings.Count(choices, "false") != 1 || !strings.Contains(choices, `{"on":false,"topic":"messages"}`) {
		t.Errorf("after the press the choices are %s", choices)
	}
	if data := string(manager.Get("/me/export").Expect(http.StatusOK).Body); !strings.Contains(data, `"letters":{"declined":["messages"]}`) {
		t.Errorf("the export does not say what was declined: %s", data)
	}
	if on := manager.Put("/me/letters", body{"topic": "messages", "on": true}).Expect(http.StatusOK); strings.Contains(string(on.Body), "false") {
		t.Errorf("chosen again, the choices are %s", on.Body)
	}
	manager.Put("/me/letters", body{"topic": "essential", "on": false}).Expect(http.StatusUnprocessableEntity)
}
