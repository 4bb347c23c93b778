package httpapi

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"rsc.io/qr"

	"chengqiao/internal/clock"
	"chengqiao/internal/text"
)

func TestAPageNamesItselfInBothLanguages(t *testing.T) {
	s := &shelf{public: map[string]PublicListing{"achievement/1": {Kind: "achievement", ID: "1", Title: "题", ValueLine: "更省电", PublishedAt: noon}}}
	handler := serveShelf(t, s, nil)
	english := get(handler, "/achievements/1?lang=en").Body.String()
	for page, want := range map[string]string{
		get(handler, "/achievements/1").Body.String(): `<link rel="canonical" href="https://market.example/achievements/1">`,
		english: `<link rel="canonical" href="https://market.example/achievements/1?lang=en">`,
	} {
		for _, each := range []string{want,
			`<link rel="alternate" hreflang="zh-CN" href="https://market.example/achievements/1">`,
			`<link rel="alternate" hreflang="en" href="https://market.example/achievements/1?lang=en">`,
			`<link rel="alternate" hreflang="x-default" href="https://market.example/achievements/1">`,
			`<meta property="og:title" content="题">`, `<meta name="description" content="更省电">`} {
			if !strings.Contains(page, each) {
				t.Errorf("%s is missing in %s", each, page)
			}
		}
	}
	if !strings.Contains(english, `<html lang="en">`) || !strings.Contains(english, `og:locale" content="en_US"`) {
		t.Errorf("%s", english)
	}
}

func TestWhatWasWithdrawnIsGoneAndSaysWhereToLook(t *testing.T) {
	s := &shelf{public: map[string]PublicListing{"need/1": {Kind: "need", ID: "1", Gone: true}}}
	handler := serveShelf(t, s, nil)
	page := get(handler, "/needs/1")
	if page.Code != http.StatusGone || !strings.Contains(page.Body.String(), `href="/search"`) || page.Header().Get("X-Robots-Tag") != "noindex" {
		t.Errorf("%d %v %s", page.Code, page.Header(), page.Body)
	}
	// Its owner works on with the app.
	if own := get(handler, "/needs/1", "Cookie", sessionCookie+"=secret"); own.Code != http.StatusOK || own.Body.String() != shell {
		t.Errorf("%d %s", own.Code, own.Body)
	}
	if cited := get(handler, "/needs/1/citation.txt"); cited.Code != http.StatusNotFound {
		t.Errorf("cited: %d", cited.Code)
	}
}

func TestAnOrganisationsPageTellsWhatItsMedianRestsOn(t *testing.T) {
	s := &shelf{organisations: map[string]PublicOrganisation{"o": {ID: "o", Name: "新疆大学", Kind: "高校院所", Region: "乌鲁木齐市",
		MedianHours: 26, Answers: 7, Website: "https://xju.example", VerifiedAt: time.Date(2026, 11, 22, 20, 0, 0, 0, time.UTC), Total: 1,
		Listings: []PublicListing{{Kind: "package", ID: "p", Title: "成果包"}}}}}
	handler := serveShelf(t, s, nil)
	page := get(handler, "/organisations/o").Body.String()
	for _, want := range []string{"<h1>新疆大学</h1>", "26", "7</p>", `<a href="/packages/p">成果包</a>`, "2026-11-23", "高校院所 · 乌鲁木齐市"} {
		if !strings.Contains(page, want) {
			t.Errorf("%s is missing in %s", want, page)
		}
	}
	if ld := ldOf(t, page); ld["@type"] != "Organization" || ld["sameAs"] != "https://xju.example" {
		t.Errorf("JSON-LD %v", ld)
	}
	if hidden := get(handler, "/organisations/new"); hidden.Code != http.StatusNotFound || hidden.Body.String() != shell {
		t.Errorf("%d %s", hidden.Code, hidden.Body)
	}
}

func TestEveryStandingPageSaysWhatItIsInBothLanguagesWithoutScript(t *testing.T) {
	handler := serveShelf(t, &shelf{}, nil)
	for path, says := range map[string][2]string{
		"/":              {"技术转移市场 · 成桥 Chengqiao", "Technology transfer marketplace · 成桥 Chengqiao"},
		"/search":        {"<h1>浏览公开的科技成果与技术需求</h1>", "<h1>Browse public research results and technology needs</h1>"},
		"/api-reference": {"<h1>API 文档</h1>", "<h1>API reference</h1>"},
		"/terms":         {"<h1>服务条款</h1><p>版本 2026-11</p><h2>谁可以使用</h2><p>任何人</p>", "<h1>Terms of service</h1><p>Version 2026-11</p><h2>Who may use it</h2><p>Anybody</p>"},
		precisionPath:    {"<h1>匹配的准确程度</h1>", "<h1>Matching accuracy</h1>"},
	} {
		for i, address := range []string{path, path + "?lang=en"} {
			answer := get(handler, address)
			page := answer.Body.String()
			for _, want := range []string{says[i], `<title>`, `<meta name="description" content="`, `<link rel="canonical" href="https://market.example` + address + `">`,
				`hreflang="zh-CN" href="https://market.example` + path + `">`, `hreflang="en" href="https://market.example` + path + `?lang=en">`,
				`<meta property="og:title"`, `<meta property="og:description"`} {
				if answer.Code != http.StatusOK || !strings.Contains(page, want) {
					t.Errorf("%s (%d) lacks %s in\n%s", address, answer.Code, want, page)
				}
			}
		}
	}
}

func TestAShelfIsPagedAndAnyOtherSearchIsTheApps(t *testing.T) {
	var many []PublicListing
	for i := range shelfSize + 1 {
		many = append(many, PublicListing{Kind: "achievement", ID: fmt.Sprint(i), Title: fmt.Sprintf("成果 %d", i)})
	}
	s := &shelf{
		shelves: map[string]PublicShelf{"field/agriculture": {Name: "农业", Listings: many}},
		terms:   map[string][]PublicTerm{BrowseField: {{Code: "agriculture", Name: "农业"}}},
	}
	handler := serveShelf(t, s, nil)
	if page := get(handler, "/matching/precision?lang=en").Body.String(); !strings.Contains(page, "<h1>Matching accuracy</h1>") ||
		!strings.Contains(page, `<link rel="canonical" href="`) {
		t.Errorf("the page on matching's precision: %s", page)
	}
	if page := get(handler, "/search").Body.String(); !strings.Contains(page, `<a href="/search?field=agriculture">农业</a>`) {
		t.Errorf("%s", page)
	}
	first := get(handler, "/search?field=agriculture").Body.String()
	if !strings.Contains(first, `<a rel="next" href="/search?field=agriculture&amp;page=2">`) || strings.Contains(first, `rel="prev"`) {
		t.Errorf("%s", first)
	}
	second := get(handler, "/search?field=agriculture&page=2").Body.String()
	if !strings.Contains(second, `<a href="/achievements/50">成果 50</a>`) || strings.Contains(second, `rel="next"`) ||
		!strings.Contains(second, `<link rel="canonical" href="https://market.example/search?field=agriculture&amp;page=2">`) {
		t.Errorf("%s", second)
	}
	for _, target := range []string{"/search?q=棉", "/search?field=agriculture&trl=4", "/search?field=alchemy", "/search?field=agriculture&page=-1"} {
		if page := get(handler, target); page.Body.String() != shell || page.Header().Get("X-Robots-Tag") != "noindex" {
			t.Errorf("%s: %v %s", target, page.Header(), page.Body)
		}
	}
}

func TestAReferenceIsWrittenInThreeForms(t *testing.T) {
	c := citation{Author: "新疆大学", Title: "A_B & {C}", URL: "https://market.example/achievements/0190", Published: "2026-11-23", Accessed: "2026-12-01", Locale: "zh-CN"}
	for name, want := range map[string]string{
		"citation.txt": "新疆大学. A_B & {C}[EB/OL]. (2026-11-23)[2026-12-01]. https://market.example/achievements/0190.\n",
		"citation.ris": "TY  - ELEC\r\nAU  - 新疆大学\r\nTI  - A_B & {C}\r\nPY  - 2026\r\nDA  - 2026/11/23\r\nUR  - https://market.example/achievements/0190\r\nY2  - 2026/12/01\r\nLA  - zh-CN\r\nER  - \r\n",
		"citation.bib": "@misc{chengqiao-0190,\n  author = {{新疆大学}},\n  title = {{A\\_B \\& \\{C\\}}},\n  year = {2026},\n  month = {11},\n  howpublished = {\\url{https://market.example/achievements/0190}},\n  url = {https://market.example/achievements/0190},\n  urldate = {2026-12-01}\n}\n",
	} {
		if got, err := citations[name].write(c); err != nil || got != want {
			t.Errorf("%s: %q (%v), want %q", name, got, err, want)
		}
	}
	// One that hides its owner has no author.
	c.Author = ""
	for _, name := range []string{"citation.txt", "citation.bib", "citation.ris"} {
		if got, err := citations[name].write(c); err != nil || strings.Contains(strings.ToLower(got), "author") || strings.Contains(got, "AU  -") || strings.HasPrefix(got, ".") {
			t.Errorf("%s: %q (%v)", name, got, err)
		}
	}
}

func TestAListingsAddressIsDrawnWithItsQuietZone(t *testing.T) {
	s := &shelf{public: map[string]PublicListing{"achievement/1": {Kind: "achievement", ID: "1", Title: "题", PublishedAt: noon}}}
	drawn := get(serveShelf(t, s, nil), "/achievements/1/qr.svg")
	code, err := qr.Encode("https://market.example/achievements/1", qr.M)
	if err != nil {
		t.Fatal(err)
	}
	picture, side := drawn.Body.String(), code.Size+2*quietZone
	if drawn.Header().Get("Content-Type") != "image/svg+xml" || !strings.Contains(picture, fmt.Sprintf(`viewBox="0 0 %d %d"`, side, side)) {
		t.Fatalf("%v %s", drawn.Header(), picture)
	}
	for y := range code.Size {
		for x := range code.Size {
			if got := strings.Contains(picture, fmt.Sprintf("M%d %dh1v1h-1z", x+quietZone, y+quietZone)); got != code.Black(x, y) {
				t.Fatalf("module %d,%d is drawn %v", x, y, got)
			}
		}
	}
	if cited := get(serveShelf(t, s, nil), "/achievements/1/citation.txt"); !strings.HasPrefix(cited.Body.String(), "题[EB/OL]. ("+string(clock.DateOf(noon))+")[") {
		t.Errorf("%s", cited.Body)
	}
}

func TestWhoHasErasedTheirAccountIsSaidToHaveDoneSo(t *testing.T) {
	institute := text.Text{Zh: "新疆大学"}
	for locale, want := range map[string]string{"zh-CN": "已注销人员 · 新疆大学", "en": "Erased person · 新疆大学"} {
		if got := actorName("", institute, true, locale); got != want {
			t.Errorf("in %s: %q", locale, got)
		}
	}
}
