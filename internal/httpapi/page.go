package httpapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/text"
)

// page is one server-written page before it is put into the app's own.
type page struct {
	Title, Description string
	// Path is the page's address below the public URL, in the default language.
	Path string
	// Type is the page's kind for Open Graph.
	Type   string
	Locale string
	// About is the page's schema.org description; nil for none.
	About map[string]any
	// Body is one of the body templates, Data what it shows; nil leaves what the
	// app's own document shows.
	Body *template.Template
	Data any
}

var pageHead = template.Must(template.New("head").Parse(
	`<title>{{.Title}} · 成桥 Chengqiao</title>` +
		`<meta name="description" content="{{.Description}}">` +
		`<link rel="canonical" href="{{.URL}}">` +
		`{{range .Languages}}<link rel="alternate" hreflang="{{.Locale}}" href="{{.URL}}">{{end}}` +
		`<meta property="og:type" content="{{.Type}}"><meta property="og:site_name" content="成桥 Chengqiao">` +
		`<meta property="og:title" content="{{.Title}}"><meta property="og:description" content="{{.Description}}">` +
		`<meta property="og:url" content="{{.URL}}"><meta property="og:locale" content="{{.OGLocale}}">` +
		`<meta name="twitter:card" content="summary">` +
		`{{with .LD}}<script type="application/ld+json">{{.}}</script>{{end}}`))

// words are what the server-written pages say by themselves.
var words = map[string]text.Text{
	"by": {Zh: "发布单位", En: "Published by"}, "published": {Zh: "发布日期", En: "Published on"},
	"listings": {Zh: "公开的成果与需求", En: "Public achievements, packages and needs"}, "website": {Zh: "网址", En: "Website"},
	"verified": {Zh: "核验日期", En: "Verified on"}, "next": {Zh: "下一页", En: "Next page"},
	"previous": {Zh: "上一页", En: "Previous page"}, "none": {Zh: "暂无公开内容。", En: "Nothing public yet."},
	"fields": {Zh: "按技术领域浏览", En: "Browse by technical field"}, "regions": {Zh: "按地区浏览", En: "Browse by region"},
	"browse": {Zh: "浏览公开的科技成果与技术需求", En: "Browse public research results and technology needs"},
	"gone":   {Zh: "该信息已撤回", En: "This has been withdrawn"},
	"gone_hint": {Zh: "发布单位已撤回这条信息，它不会再出现在搜索中。可以看看同类的其他成果与需求。",
		En: "Its owner has withdrawn it, and it no longer appears in search. Others like it may help."},
	"similar": {Zh: "相似的内容", En: "More like this"}, "fitting": {Zh: "可能对接的内容", En: "What could fit it"},
	"cite": {Zh: "引用", En: "Cite"}, "qr": {Zh: "本页二维码", En: "QR code of this page"},
	"response":  {Zh: "答复引荐的中位时长（小时）", En: "Median hours to answer an introduction"},
	"precision": {Zh: "匹配的准确程度", En: "Matching accuracy"},
	"precision_hint": {Zh: "排序模型各个版本的公开表现：展示了多少匹配，使用者认为有用的比例，后来的引荐与签约，以及离线评测的结果。",
		En: "How each version of the ranking has performed, for anyone to see: matches shown, the share found relevant, introductions and contracts that followed, and benchmarks."},
	"precision_few": {Zh: "数字按 5 取整；评价不到 20 次或不到 3 家单位的，不公布比例。",
		En: "Numbers are given in steps of five; no share is published for fewer than twenty opinions or fewer than three organisations."},
	"answers": {Zh: "依据的答复次数", En: "Answers it rests on"},
	"home":    {Zh: "技术转移市场", En: "Technology transfer marketplace"},
	"home_hint": {Zh: "搜索科技成果与技术需求，对比、匹配、洽谈、签约，直到收益分配：高校院所的成果走到需要它的企业。",
		En: "Search research results and technology needs; compare, match, negotiate and contract, through to sharing the income: results of institutes, brought to the companies that need them."},
	"reference": {Zh: "API 文档", En: "API reference"},
	"reference_hint": {Zh: "网页应用的一切功能都通过此接口完成：REST，契约为 OpenAPI 3.1，另有 Webhook 与 Atom 订阅。",
		En: "Everything the web app does goes through this API: REST with an OpenAPI 3.1 contract, webhooks and Atom feeds."},
	"version": {Zh: "版本", En: "Version"},
}

func bodyTemplate(name, content string) *template.Template {
	return template.Must(template.New(name).Funcs(template.FuncMap{
		"say":     func(locale, word string) string { return words[word].In(locale) },
		"day":     func(t time.Time) string { return string(clock.DateOf(t)) },
		"segment": func(kind string) string { return kindSegments[kind] },
	}).Parse(`<div id="app"><main>` + content + `</main></div>`))
}

// linksOf are links to the listings that the dot is.
const linksOf = `<ul>{{range .}}<li><a href="/{{segment .Kind}}/{{.ID}}">{{.Title}}</a>{{with .ValueLine}} — {{.}}{{end}}</li>{{end}}</ul>`

const listOfListings = `{{with .Listings}}` + linksOf + `{{end}}`

var listingBody = bodyTemplate("listing",
	`<article><h1>{{.Title}}</h1>{{if .Organisation}}<p>{{say .Locale "by"}} <a href="/organisations/{{.OrganisationID}}">{{.Organisation}}</a></p>{{end}}`+
		`{{with .ValueLine}}<p>{{.}}</p>{{end}}{{with .Abstract}}<p>{{.}}</p>{{end}}`+
		`{{with .Source}}<p><a rel="nofollow" href="{{.Link}}">{{.Name}}</a> · {{.Licence}}</p>{{end}}`+
		`{{with .Keywords}}<ul>{{range .}}<li>{{.}}</li>{{end}}</ul>{{end}}<p>{{say .Locale "published"}} <time>{{day .PublishedAt}}</time></p>`+
		`<p>{{say .Locale "cite"}} <a href="{{.Path}}/citation.txt">GB/T 7714</a> <a href="{{.Path}}/citation.bib">BibTeX</a> <a href="{{.Path}}/citation.ris">RIS</a></p>`+
		`<p><img src="{{.Path}}/qr.svg" width="160" height="160" alt="{{say .Locale "qr"}}"></p></article>`+
		`{{with .Similar}}<nav aria-label="{{say $.Locale "similar"}}"><h2>{{say $.Locale "similar"}}</h2>`+linksOf+`</nav>{{end}}`+
		`{{with .Fitting}}<nav aria-label="{{say $.Locale "fitting"}}"><h2>{{say $.Locale "fitting"}}</h2>`+linksOf+`</nav>{{end}}`)

var organisationBody = bodyTemplate("organisation",
	`<article><h1>{{.Name}}</h1><p>{{.Kind}} · {{.Region}}</p>{{with .About}}<p>{{.}}</p>{{end}}`+
		`{{if not .VerifiedAt.IsZero}}<p>{{say .Locale "verified"}} <time>{{day .VerifiedAt}}</time></p>{{end}}`+
		`{{if .Answers}}<p>{{say .Locale "response"}} {{.MedianHours}} · {{say .Locale "answers"}} {{.Answers}}</p>{{end}}`+
		`{{with .Website}}<p>{{say $.Locale "website"}} <a rel="nofollow" href="{{.}}">{{.}}</a></p>{{end}}`+
		`<h2>{{say .Locale "listings"}} ({{.Total}})</h2>`+listOfListings+`</article>`)

var shelfBody = bodyTemplate("shelf",
	`<h1>{{.Name}}</h1><p>{{say .Locale "listings"}} ({{.Total}})</p>`+
		`{{if .Listings}}`+listOfListings+`{{else}}<p>{{say .Locale "none"}}</p>{{end}}`+
		`<nav>{{with .Previous}}<a rel="prev" href="{{.}}">{{say $.Locale "previous"}}</a>{{end}} {{with .Next}}<a rel="next" href="{{.}}">{{say $.Locale "next"}}</a>{{end}} `+
		`<a href="/search">{{say .Locale "browse"}}</a></nav>`)

var browseBody = bodyTemplate("browse",
	`<h1>{{say .Locale "browse"}}</h1><h2>{{say .Locale "fields"}}</h2><ul>{{range .Fields}}<li><a href="/search?field={{.Code}}">{{.Name}}</a></li>{{end}}</ul>`+
		`<h2>{{say .Locale "regions"}}</h2><ul>{{range .Regions}}<li><a href="/search?region={{.Code}}">{{.Name}}</a></li>{{end}}</ul>`)

var goneBody = bodyTemplate("gone",
	`<h1>{{say .Locale "gone"}}</h1><p>{{say .Locale "gone_hint"}}</p><p><a href="/search">{{say .Locale "browse"}}</a></p>`)

// kindSegments are the first parts of listings' addresses by kind.
var kindSegments = map[string]string{"achievement": "achievements", "package": "packages", "need": "needs"}

// pageLocale is the language of a server-written page: the address's, else the reader's.
func pageLocale(c *gin.Context) string {
	if wanted := c.Query("lang"); wanted == text.Chinese || wanted == text.English {
		return wanted
	}
	if locale := stateOf(c.Request.Context()).locale; locale != "" {
		return locale
	}
	return defaultLocale
}

// address is a page's in a language: the default one's bears no mark.
func (p *pages) address(path, locale string) string {
	if locale == defaultLocale {
		return p.publicURL + path
	}
	u, err := url.Parse(path)
	if err != nil {
		return p.publicURL + path
	}
	query := u.Query()
	query.Set("lang", locale)
	u.RawQuery = query.Encode()
	return p.publicURL + u.String()
}

// render puts a document into the app's own.
func (p *pages) render(d page) ([]byte, error) {
	var ld template.JS
	if d.About != nil {
		d.About["@context"], d.About["inLanguage"], d.About["url"] = "https://schema.org", d.Locale, p.address(d.Path, d.Locale)
		raw, err := json.Marshal(d.About)
		if err != nil {
			return nil, fmt.Errorf("json-ld: %w", err)
		}
		ld = template.JS(raw)
	}
	type language struct{ Locale, URL string }
	head := struct {
		page
		URL, OGLocale string
		Languages     []language
		LD            template.JS
	}{d, p.address(d.Path, d.Locale), "zh_CN", []language{
		{text.Chinese, p.address(d.Path, text.Chinese)}, {text.English, p.address(d.Path, text.English)},
		{"x-default", p.address(d.Path, defaultLocale)},
	}, ld}
	if d.Locale == text.English {
		head.OGLocale = "en_US"
	}
	var top, body bytes.Buffer
	if err := pageHead.Execute(&top, head); err != nil {
		return nil, fmt.Errorf("page head: %w", err)
	}
	if d.Body == nil {
		body.WriteString(appMark)
	} else if err := d.Body.Execute(&body, d.Data); err != nil {
		return nil, fmt.Errorf("page body: %w", err)
	}
	out := bytes.Replace(withoutTitle(p.shell), []byte(`<html lang="`+defaultLocale+`"`), []byte(`<html lang="`+d.Locale+`"`), 1)
	out = bytes.Replace(out, []byte(shellMark), append(top.Bytes(), shellMark...), 1)
	return bytes.Replace(out, []byte(appMark), body.Bytes(), 1), nil
}

func (p *pages) writeDocument(c *gin.Context, s *server, status int, d page) {
	written, err := p.render(d)
	if err != nil {
		s.fail(c, err)
		return
	}
	p.write(c, status, written)
}

// plain answers with the app's document alone, which search engines are to
// leave alone: the app then asks the API with the reader's session. A visitor's
// program is told that there is nothing here.
func (p *pages) plain(c *gin.Context, s *server, err error) {
	if gone(c, err) {
		return
	}
	status := http.StatusOK
	switch {
	case errs.KindOf(err) != errs.NotFound:
		s.log.Error("public page", "error", err.Error(), "request_id", RequestID(c.Request.Context()))
	case !signedIn(c):
		status = http.StatusNotFound
	}
	c.Header("X-Robots-Tag", "noindex")
	p.write(c, status, p.shell)
}

// signedIn tells whether the request brings a session along, good or not.
func signedIn(c *gin.Context) bool {
	cookie, err := c.Request.Cookie(sessionCookie)
	return err == nil && cookie.Value != ""
}

// listing writes the document of one public listing.
func (p *pages) listing(c *gin.Context, s *server, segment, kind string) {
	locale := pageLocale(c)
	l, err := p.listings.PublicListing(c.Request.Context(), kind, named(c, "id"), locale)
	if into := mergedInto(err); into != "" {
		// Permanent, and asked again each time: a merger can be undone.
		c.Header("Cache-Control", "no-cache")
		c.Redirect(http.StatusPermanentRedirect, "/"+segment+"/"+into)
		return
	}
	switch {
	case err != nil:
		p.plain(c, s, err)
	case l.Gone && signedIn(c): // its owner still works with it
		p.plain(c, s, errs.New(errs.NotFound, "not_found"))
	case l.Gone:
		c.Header("X-Robots-Tag", "noindex")
		p.writeDocument(c, s, http.StatusGone, page{
			Title: words["gone"].In(locale), Description: words["gone_hint"].In(locale), Path: "/" + segment + "/" + l.ID,
			Type: "website", Locale: locale, Body: goneBody, Data: struct{ Locale string }{locale},
		})
	default:
		p.writeDocument(c, s, http.StatusOK, listingDocument(l, segment, locale))
	}
}

// schemaTypes are what schema.org calls the kinds of listings.
var schemaTypes = map[string]string{"achievement": "CreativeWork", "package": "Product", "need": "Demand"}

func listingDocument(l PublicListing, segment, locale string) page {
	path := "/" + segment + "/" + l.ID
	about := map[string]any{"@type": firstOf(schemaTypes[l.Kind], "CreativeWork"), "name": l.Title}
	owner := map[string]any{"@type": "Organization", "name": l.Organisation}
	switch l.Kind {
	case "need":
		about["description"], about["availabilityStarts"] = firstOf(l.Abstract, l.ValueLine), l.PublishedAt.Format(time.RFC3339)
		if l.Organisation != "" {
			about["seller"] = owner // schema.org's word for who makes a demand, as for an offer
		}
	case "package":
		about["description"], about["releaseDate"] = firstOf(l.Abstract, l.ValueLine), l.PublishedAt.Format(time.RFC3339)
		if l.Organisation != "" {
			about["brand"] = owner
		}
	default:
		about["abstract"], about["keywords"] = firstOf(l.Abstract, l.ValueLine), l.Keywords
		about["datePublished"] = l.PublishedAt.Format(time.RFC3339)
		if l.Organisation != "" {
			about["creator"] = owner
		}
	}
	if from := l.Source; from != nil {
		about["isBasedOn"] = map[string]any{"@type": "CreativeWork", "url": from.Link, "provider": map[string]any{"@type": "Organization", "name": from.Name}}
		about["license"] = firstOf(from.LicenceURL, from.Licence)
		about["creditText"] = from.Name + " · " + from.Licence
		if from.AtSource {
			delete(about, "creator") // who keeps the record here has not made it
		}
	}
	return page{
		Title: l.Title, Description: cut(firstOf(l.ValueLine, l.Abstract, l.Title), 160), Path: path, Type: "article", Locale: locale, About: about,
		Body: listingBody, Data: struct {
			PublicListing
			Locale, Path string
		}{l, locale, path},
	}
}

// organisation writes the document of a verified organisation.
func (p *pages) organisation(c *gin.Context, s *server) {
	locale := pageLocale(c)
	o, err := p.listings.PublicOrganisation(c.Request.Context(), named(c, "id"), locale)
	if err != nil {
		p.plain(c, s, err)
		return
	}
	about := map[string]any{"@type": "Organization", "name": o.Name, "description": o.About,
		"address": map[string]any{"@type": "PostalAddress", "addressRegion": o.Region}}
	if o.Website != "" {
		about["sameAs"] = o.Website
	}
	p.writeDocument(c, s, http.StatusOK, page{
		Title: o.Name, Description: cut(firstOf(o.About, o.Name+" · "+o.Kind+" · "+o.Region), 160), Path: "/organisations/" + o.ID,
		Type: "profile", Locale: locale, About: about, Body: organisationBody, Data: struct {
			PublicOrganisation
			Locale string
		}{o, locale},
	})
}

// shelfSize is how many listings one browse page names.
const shelfSize = 50

// browse writes the pages of one field or region, and the one that leads to
// them. Any other search is the app's own, and no page of a catalogue.
func (p *pages) browse(c *gin.Context, s *server) {
	locale, query := pageLocale(c), c.Request.URL.Query()
	query.Del("lang")
	number, err := strconv.Atoi(firstOf(query.Get("page"), "1"))
	query.Del("page")
	if len(query) == 0 && number == 1 && err == nil {
		p.writeDocument(c, s, http.StatusOK, page{
			Title: words["browse"].In(locale), Description: words["browse"].In(locale), Path: "/search", Type: "website", Locale: locale,
			About: map[string]any{"@type": "CollectionPage", "name": words["browse"].In(locale)}, Body: browseBody, Data: struct {
				Locale          string
				Fields, Regions []PublicTerm
			}{locale, p.listings.PublicTerms(BrowseField, locale), p.listings.PublicTerms(BrowseRegion, locale)},
		})
		return
	}
	for _, facet := range []string{BrowseField, BrowseRegion} {
		if codes := query[facet]; len(query) == 1 && len(codes) == 1 && err == nil && number >= 1 {
			p.shelf(c, s, facet, codes[0], locale, number)
			return
		}
	}
	c.Header("X-Robots-Tag", "noindex")
	p.write(c, http.StatusOK, p.shell)
}

func (p *pages) shelf(c *gin.Context, s *server, facet, code, locale string, number int) {
	shelf, err := p.listings.PublicShelf(c.Request.Context(), facet, code, locale, number, shelfSize)
	if err != nil {
		c.Header("X-Robots-Tag", "noindex") // the app says what is wrong with the address
		p.write(c, http.StatusOK, p.shell)
		return
	}
	at := func(number int) string {
		path := "/search?" + facet + "=" + url.QueryEscape(code)
		if number > 1 {
			path += "&page=" + strconv.Itoa(number)
		}
		return path
	}
	data := struct {
		PublicShelf
		Locale         string
		Previous, Next string
	}{PublicShelf: shelf, Locale: locale}
	if number > 1 {
		data.Previous = at(number - 1)
	}
	if number*shelfSize < shelf.Total {
		data.Next = at(number + 1)
	}
	items := make([]map[string]any, 0, len(shelf.Listings))
	for i, l := range shelf.Listings {
		items = append(items, map[string]any{"@type": "ListItem", "position": (number-1)*shelfSize + i + 1, "name": l.Title,
			"url": p.publicURL + "/" + kindSegments[l.Kind] + "/" + l.ID})
	}
	title := shelf.Name + " · " + words["listings"].In(locale)
	p.writeDocument(c, s, http.StatusOK, page{
		Title: title, Description: title, Path: at(number), Type: "website", Locale: locale, Body: shelfBody, Data: data,
		About: map[string]any{"@type": "CollectionPage", "name": title,
			"mainEntity": map[string]any{"@type": "ItemList", "numberOfItems": shelf.Total, "itemListElement": items}},
	})
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// cut shortens a text to n characters.
func cut(s string, n int) string {
	runes := []rune(s)
	if len(runes) <= n {
		return s
	}
	return string(runes[:n-1]) + "…"
}
