package httpapi

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"chengqiao/internal/errs"
	"chengqiao/internal/ident"
)

// PublicListing is what anyone may read of a published listing: the public
// tier alone, in the language asked for.
type PublicListing struct {
	Kind, ID     string
	Title        string
	ValueLine    string
	Abstract     string
	Keywords     []string
	Organisation string
	PublishedAt  time.Time
	UpdatedAt    time.Time
}

// PublicListings gives the server-written pages their content.
type PublicListings interface {
	// PublicListing is errs.NotFound "not_found" for what is not public.
	PublicListing(ctx context.Context, kind, id, locale string) (PublicListing, error)
	// PublicAfter lists public listings by id after one, over all kinds, for
	// the sitemap: kind, id and times alone. Fewer than limit means the end.
	PublicAfter(ctx context.Context, after string, limit int) ([]PublicListing, error)
}

// pages serves the web app's files and, in front of it, the pages that search
// engines read: the app's own document with title, description, canonical
// address, JSON-LD and the text of the listing, readable without script.
type pages struct {
	files     fs.FS
	zipped    *zippedFiles
	shell     []byte
	publicURL string
	listings  PublicListings
}

// shellMark is where the built document takes the head of a page.
const shellMark = "</head>"

// appMark is the app's mount point, which holds the readable text until the app starts.
const appMark = `<div id="app"></div>`

func newPages(files fs.FS, publicURL string, listings PublicListings) *pages {
	p := &pages{files: files, zipped: newZippedFiles(files), publicURL: publicURL, listings: listings}
	shell, err := fs.ReadFile(files, "index.html")
	switch {
	case err == nil:
		p.shell = shell
	default:
		// Built without the web app: the API alone, and a word about it.
		p.shell = []byte("<!doctype html><html lang=\"zh-CN\"><head><title>成桥 Chengqiao</title></head><body>" + appMark +
			"<p>此程序未包含网页应用，请先构建 frontend。 This program was built without its web app: build frontend first.</p></body></html>")
	}
	return p
}

var listingKinds = map[string]string{"achievements": "achievement", "packages": "package", "needs": "need"}

func (p *pages) routes(router *gin.Engine, s *server) {
	// What reads the store is limited like the API.
	router.GET("/sitemap.xml", s.limitRate, func(c *gin.Context) { p.sitemap(c, s) })
	router.GET("/robots.txt", func(c *gin.Context) {
		c.String(http.StatusOK, "User-agent: *\nDisallow: /api/\nSitemap: %s/sitemap.xml\n", p.publicURL)
	})
	for segment, kind := range listingKinds {
		router.GET("/"+segment+"/:id", s.limitRate, func(c *gin.Context) { p.listing(c, s, segment, kind) })
	}
	router.NoRoute(func(c *gin.Context) {
		if strings.HasPrefix(c.Request.URL.Path, "/api/") || c.Request.Method != http.MethodGet && c.Request.Method != http.MethodHead {
			s.fail(c, errs.New(errs.NotFound, "not_found"))
			return
		}
		p.file(c)
	})
}

// file serves a built file, or the app's document for every address of its router.
func (p *pages) file(c *gin.Context) {
	name := strings.TrimPrefix(path.Clean(c.Request.URL.Path), "/")
	if info, err := fs.Stat(p.files, name); err == nil && !info.IsDir() && name != "index.html" {
		if strings.HasPrefix(name, "assets/") {
			// Built names carry a hash of their content.
			c.Header("Cache-Control", "public, max-age=31536000, immutable")
		}
		if !p.zipped.serve(c.Writer, c.Request, name) {
			http.ServeFileFS(c.Writer, c.Request, p.files, name)
		}
		return
	}
	if strings.HasPrefix(name, "assets/") {
		c.Status(http.StatusNotFound)
		return
	}
	p.write(c, http.StatusOK, p.shell)
}

func (p *pages) write(c *gin.Context, status int, document []byte) {
	sum := sha256.Sum256(document)
	tag := `"` + hex.EncodeToString(sum[:12]) + `"`
	c.Header("Cache-Control", "no-cache")
	c.Header("Vary", "Accept-Language, Cookie")
	c.Header("ETag", tag)
	if c.GetHeader("If-None-Match") == tag {
		c.Status(http.StatusNotModified)
		return
	}
	c.Data(status, "text/html; charset=utf-8", document)
}

var listingHead = template.Must(template.New("head").Parse(
	`<title>{{.Title}} · 成桥 Chengqiao</title>` +
		`<meta name="description" content="{{.Description}}">` +
		`<link rel="canonical" href="{{.URL}}">` +
		`<meta property="og:title" content="{{.Title}}"><meta property="og:description" content="{{.Description}}"><meta property="og:url" content="{{.URL}}">` +
		`<script type="application/ld+json">{{.LD}}</script>`))

var listingBody = template.Must(template.New("body").Parse(
	`<div id="app"><main><article><h1>{{.Title}}</h1>{{with .Organisation}}<p>{{.}}</p>{{end}}` +
		`{{with .ValueLine}}<p>{{.}}</p>{{end}}{{with .Abstract}}<p>{{.}}</p>{{end}}` +
		`{{with .Keywords}}<ul>{{range .}}<li>{{.}}</li>{{end}}</ul>{{end}}</article></main></div>`))

// listing writes the document of one public listing. Whatever is not public
// gets the plain document, which search engines are to leave alone: the app
// then asks the API with the reader's session.
func (p *pages) listing(c *gin.Context, s *server, segment, kind string) {
	locale := stateOf(c.Request.Context()).locale
	if locale == "" {
		locale = defaultLocale
	}
	l, err := p.listings.PublicListing(c.Request.Context(), kind, c.Param("id"), locale)
	if into := mergedInto(err); into != "" {
		// Permanent, and asked again each time: a merger can be undone.
		c.Header("Cache-Control", "no-cache")
		c.Redirect(http.StatusPermanentRedirect, "/"+segment+"/"+into)
		return
	}
	if err != nil {
		if errs.KindOf(err) != errs.NotFound {
			s.log.Error("public page", "error", err.Error(), "request_id", RequestID(c.Request.Context()))
		}
		c.Header("X-Robots-Tag", "noindex")
		p.write(c, http.StatusOK, p.shell)
		return
	}
	document, err := p.document(l, segment, locale)
	if err != nil {
		s.fail(c, err)
		return
	}
	p.write(c, http.StatusOK, document)
}

// mergedInto is the listing that a merged one leads to; "" for any other error.
func mergedInto(err error) string {
	if errs.CodeOf(err) != "listing_merged" {
		return ""
	}
	into, _ := errs.As(err).Params["into"].(string)
	return into
}

func (p *pages) document(l PublicListing, segment, locale string) ([]byte, error) {
	address := p.publicURL + "/" + segment + "/" + l.ID
	about := map[string]any{
		"@context": "https://schema.org", "@type": "CreativeWork", "name": l.Title, "abstract": firstOf(l.Abstract, l.ValueLine),
		"keywords": l.Keywords, "url": address, "inLanguage": locale, "datePublished": l.PublishedAt.Format(time.RFC3339),
	}
	if l.Organisation != "" {
		about["creator"] = map[string]any{"@type": "Organization", "name": l.Organisation}
	}
	ld, err := json.Marshal(about)
	if err != nil {
		return nil, fmt.Errorf("json-ld: %w", err)
	}
	data := struct {
		PublicListing
		Description, URL string
		LD               template.JS
	}{l, cut(firstOf(l.ValueLine, l.Abstract), 160), address, template.JS(ld)}
	var head, body bytes.Buffer
	if err := listingHead.Execute(&head, data); err != nil {
		return nil, fmt.Errorf("page head: %w", err)
	}
	if err := listingBody.Execute(&body, data); err != nil {
		return nil, fmt.Errorf("page body: %w", err)
	}
	document := bytes.Replace(withoutTitle(p.shell), []byte(`<html lang="`+defaultLocale+`"`), []byte(`<html lang="`+locale+`"`), 1)
	document = bytes.Replace(document, []byte(shellMark), append(head.Bytes(), shellMark...), 1)
	return bytes.Replace(document, []byte(appMark), body.Bytes(), 1), nil
}

// withoutTitle takes the app's own title out of its document.
func withoutTitle(document []byte) []byte {
	before, rest, ok := bytes.Cut(document, []byte("<title>"))
	if !ok {
		return document
	}
	_, after, ok := bytes.Cut(rest, []byte("</title>"))
	if !ok {
		return document
	}
	return append(bytes.Clone(before), after...)
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

// sitemapLimit is the protocol's limit of addresses in one file
// (sitemaps.org); larger catalogues page with ?after=.
const sitemapLimit = 50_000

type sitemapURL struct {
	Loc     string `xml:"loc"`
	LastMod string `xml:"lastmod"`
}

// sitemap streams the addresses of the public listings.
func (p *pages) sitemap(c *gin.Context, s *server) {
	plural := map[string]string{"achievement": "achievements", "package": "packages", "need": "needs"}
	after := c.Query("after")
	if after != "" && !ident.IsID(after) {
		s.fail(c, errs.New(errs.Malformed, "malformed_cursor"))
		return
	}
	c.Header("Content-Type", "application/xml; charset=utf-8")
	fmt.Fprint(c.Writer, xml.Header, `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">`)
	encoder := xml.NewEncoder(c.Writer)
	for written := 0; written < sitemapLimit; {
		batch, err := p.listings.PublicAfter(c.Request.Context(), after, 1000)
		if err != nil {
			s.log.Error("sitemap", "error", err.Error())
			break
		}
		for _, l := range batch {
			u := sitemapURL{Loc: p.publicURL + "/" + plural[l.Kind] + "/" + l.ID, LastMod: l.UpdatedAt.Format(time.DateOnly)}
			if err := encoder.EncodeElement(u, xml.StartElement{Name: xml.Name{Local: "url"}}); err != nil {
				return
			}
			after = l.ID
			written++
		}
		if len(batch) < 1000 {
			break
		}
	}
	fmt.Fprint(c.Writer, "</urlset>")
}
