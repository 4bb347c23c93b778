package httpapi

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"chengqiao/internal/account"
	"chengqiao/internal/errs"
)

// pages serves the web app's files and, in front of it, the pages that search
// engines read: the app's own document with title, description, canonical
// address, JSON-LD and the text of the listing, readable without script.
type pages struct {
	files     fs.FS
	zipped    *zippedFiles
	shell     []byte
	publicURL string
	listings  PublicListings
	papers    []account.Paper
	index     sitemapIndex
	// addresses are those of the app's pages, by their parts.
	addresses [][]string
}

// shellMark is where the built document takes the head of a page.
const shellMark = "</head>"

// appMark is the app's mount point, which holds the readable text until the app starts.
const appMark = `<div id="app"></div>`

func newPages(opts Options) *pages {
	files := opts.Web
	p := &pages{files: files, zipped: newZippedFiles(files), publicURL: opts.PublicURL, listings: opts.Listings, papers: opts.Papers}
	for _, address := range opts.Pages {
		p.addresses = append(p.addresses, strings.Split(strings.Trim(address, "/"), "/"))
	}
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
	for address, write := range map[string]func(*gin.Context, *server){
		"/sitemap.xml": p.sitemapIndex, sitemapListings: p.sitemapOfListings,
		sitemapOrganisations: p.sitemapOfOrganisations, sitemapPages: p.sitemapOfPages,
		"/organisations/:id": p.organisation, "/search": p.browse, precisionPath: p.precision,
	} {
		router.Match(readable, address, s.limitRate, func(c *gin.Context) { write(c, s) })
	}
	for address, write := range map[string]func(*gin.Context, *server){"/": p.home, referencePath: p.reference} {
		router.Match(readable, address, func(c *gin.Context) { write(c, s) })
	}
	for _, paper := range p.papers {
		router.Match(readable, paperPath(paper), func(c *gin.Context) { p.paper(c, s, paper) })
	}
	router.Match(readable, "/robots.txt", func(c *gin.Context) {
		c.String(http.StatusOK, "User-agent: *\nDisallow: /api/\nSitemap: %s/sitemap.xml\n", p.publicURL)
	})
	for segment, kind := range listingKinds {
		router.Match(readable, "/"+segment+"/:id", s.limitRate, func(c *gin.Context) { p.listing(c, s, segment, kind) })
		for name, form := range citations {
			router.Match(readable, "/"+segment+"/:id/"+name, s.limitRate, func(c *gin.Context) { p.cite(c, s, segment, kind, form) })
		}
	}
	router.NoRoute(func(c *gin.Context) {
		if strings.HasPrefix(c.Request.URL.Path, "/api/") || c.Request.Method != http.MethodGet && c.Request.Method != http.MethodHead {
			s.fail(c, errs.New(errs.NotFound, "not_found"))
			return
		}
		if address := c.Request.URL.Path; address != "/" && strings.HasSuffix(address, "/") {
			redirectClean(c)
			return
		}
		p.file(c)
	})
}

// redirectClean leads to the address without the slash at its end. It is
// cleaned first: "//evil.example/" would lead to another site.
func redirectClean(c *gin.Context) {
	to := url.URL{Path: path.Clean(c.Request.URL.Path), RawQuery: c.Request.URL.RawQuery}
	c.Redirect(http.StatusMovedPermanently, to.String())
}

// isPage tells whether the app has a page at an address. A part that names what
// the page is about is as good as any other: the app finds out what it leads to.
func (p *pages) isPage(name string) bool {
	parts := strings.Split(name, "/")
	return slices.ContainsFunc(p.addresses, func(address []string) bool {
		return slices.EqualFunc(address, parts, func(known, part string) bool {
			return strings.HasPrefix(known, ":") && part != "" || strings.EqualFold(known, part)
		})
	})
}

// file serves a built file, or the app's document, which says itself where
// there is no such page.
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
	if !p.isPage(name) {
		c.Header("X-Robots-Tag", "noindex")
		p.write(c, http.StatusNotFound, p.shell)
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
	if status == http.StatusOK && c.GetHeader("If-None-Match") == tag {
		c.Status(http.StatusNotModified)
		return
	}
	c.Data(status, "text/html; charset=utf-8", document)
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

// mergedInto is the listing that a merged one leads to; "" for any other error.
func mergedInto(err error) string {
	if errs.CodeOf(err) != "listing_merged" {
		return ""
	}
	into, _ := errs.As(err).Params["into"].(string)
	return into
}
