package app_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"chengqiao/internal/httpapi/contracttest"
)

func TestPublicPagesTellWhatAnyoneMayReadAndNoMore(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	reviewer := w.staff("reviewer")
	manager := w.join("manager@orchard.example", "买买提")
	w.organisation(manager, "enterprise", "塔里木果业公司")
	open := body{"title": zh("红枣自动分级"), "problem": zh("红枣按大小和霉变分级全靠人工"), "technical_field": "agriculture"}
	hidden := body{"title": zh("香梨无损检测"), "problem": zh("香梨糖度靠切开品尝"), "technical_field": "agriculture", "anonymous": true}
	named := w.published(manager, reviewer, "needs", open)
	anonymous := w.published(manager, reviewer, "needs", hidden)

	profile := "/organisations/" + manager.Organisation
	eventually(t, "the organisation's page names its need", func() error {
		if status, page := w.get(nil, profile); status != http.StatusOK || !strings.Contains(page, "红枣自动分级") {
			return fmt.Errorf("%d %s", status, page)
		}
		return nil
	})
	if _, page := w.get(nil, profile); strings.Contains(page, "香梨") || strings.Contains(page, anonymous) || strings.Contains(page, "营业执照 1") ||
		!strings.Contains(page, "塔里木果业公司") {
		t.Errorf("the organisation's page: %s", page)
	}
	eventually(t, "the field's page names both", func() error {
		_, page := w.get(nil, "/search?field=agriculture")
		if !strings.Contains(page, named) || !strings.Contains(page, anonymous) {
			return fmt.Errorf("%s", page)
		}
		return nil
	})
	for _, path := range []string{anonymous, anonymous + "/citation.txt", anonymous + "/citation.bib", anonymous + "/citation.ris", "/search?field=agriculture"} {
		status, page := w.get(nil, path)
		if status != http.StatusOK || strings.Contains(page, "塔里木") && path != "/search?field=agriculture" || strings.Contains(page, manager.Organisation) {
			t.Errorf("%s: %d %s", path, status, page)
		}
	}
	if _, sitemap := w.get(nil, "/sitemap/listings.xml"); !strings.Contains(sitemap, named) || !strings.Contains(sitemap, anonymous) {
		t.Errorf("%s", sitemap)
	}
	if _, sitemap := w.get(nil, "/sitemap/organisations.xml"); !strings.Contains(sitemap, profile) {
		t.Errorf("%s", sitemap)
	}

	step(manager.Client, named, "close", body{"outcome": "withdrawn", "reason": "已解决"}).Expect(http.StatusOK)
	if status, page := w.get(nil, named); status != http.StatusGone || strings.Contains(page, "红枣") {
		t.Errorf("withdrawn: %d %s", status, page)
	}
	if status, _ := w.get(nil, named+"/qr.svg"); status != http.StatusNotFound {
		t.Errorf("the code of what is withdrawn: %d", status)
	}
	draft := manager.Post("/needs", open).Expect(http.StatusCreated)
	if status, page := w.get(nil, "/needs/"+draft.Text("head.id")); status != http.StatusNotFound || strings.Contains(page, "红枣") {
		t.Errorf("a draft: %d %s", status, page)
	}
}

func TestAnErasureTakesTheCopiesOfLettersAndTheNotificationsAlong(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	p := w.join("leaver@mail.example", "离开者")
	w.join("stayer@mail.example", "留下者")
	if len(w.letters("leaver@mail.example")) == 0 {
		t.Fatal("no letter was written")
	}
	p.Post("/me/erasure", body{"password": password}, contracttest.Key("erase")).Expect(http.StatusOK)
	if left := w.letters("leaver@mail.example"); len(left) != 0 {
		t.Errorf("%d letters are left", len(left))
	}
	if len(w.letters("stayer@mail.example")) == 0 {
		t.Error("somebody else's letters are gone")
	}

}
