package notify_test

import (
	"html"
	"regexp"
	"strings"
	"testing"

	"chengqiao/internal/event"
	"chengqiao/internal/notify"
	"chengqiao/internal/text"
)

// read are the words of a letter's page, without its head.
func read(page string) string {
	_, body, _ := strings.Cut(page, "<body")
	body = "<body" + body
	return strings.Join(strings.Fields(html.UnescapeString(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(body, " "))), " ")
}

func TestALettersPageSaysWhatItsTextSaysWithLinksToPress(t *testing.T) {
	forEachWorld(t, func(w *world) {
		about := w.subjects["introduction/I"]
		about.Title = text.Zh(`电池 <b>&"1" https://evil.example/x`)
		w.subjects["introduction/I"] = about
		w.must(w.Mail(w.t.Context(), []event.Event{happened("e1", event.IntroductionMade, "introduction", "I", nil)}))
		l := w.outgoing.sent[0]
		if words := strings.Join(strings.Fields(strings.Replace(l.Text, "\n-- \n", "\n", 1)), " "); read(l.HTML) != words {
			w.t.Errorf("the page says\n%s\nand the text\n%s", read(l.HTML), words)
		}
		_, token, _ := strings.Cut(l.Unsubscribe, "?token=")
		for _, link := range []string{"https://market.example/introductions/I", "https://market.example/unsubscribe?token=" + token} {
			if !strings.Contains(html.UnescapeString(l.HTML), `<a href="`+link+`"`) {
				w.t.Errorf("%s is no link:\n%s", link, l.HTML)
			}
		}
		if strings.Contains(l.HTML, "<b>") || strings.Contains(l.HTML, `href="https://evil`) || !strings.Contains(l.HTML, `<html lang="zh-CN">`) {
			w.t.Errorf("the page is\n%s", l.HTML)
		}
	})
}

func TestWhatPeopleWroteIsNoLinkOfALettersPage(t *testing.T) {
	forEachWorld(t, func(w *world) {
		w.must(w.TellDigest(w.t.Context(), notify.Digest{
			EventID: "e1", PersonID: "inventor-person", AccountID: "inventor", ByMail: true, Name: "电池",
			Link: "https://market.example/search?q=a&sort=newest", Unsubscribe: "https://market.example/unsubscribe?token=t",
			Items: []notify.DigestItem{{Kind: "package", Title: text.Zh("电池"), Line: text.Zh("https://evil.example/x"), Link: "https://market.example/packages/P"}},
		}))
		page := w.outgoing.sent[0].HTML
		if strings.Contains(page, `href="https://evil`) || strings.Count(page, "<a ") != 3 || !strings.Contains(page, `href="https://market.example/search?q=a&amp;sort=newest"`) {
			w.t.Errorf("the page is\n%s", page)
		}
	})
}
