package httpapi

import (
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"chengqiao/internal/ident"
)

// The parts of the sitemap; those of listings and organisations page by ?after=.
const (
	sitemapListings      = "/sitemap/listings.xml"
	sitemapOrganisations = "/sitemap/organisations.xml"
	sitemapPages         = "/sitemap/pages.xml"
)

const (
	// sitemapLimit is the protocol's limit of addresses in one file (sitemaps.org).
	sitemapLimit = 50_000
	// sitemapBatch is how many listings one reading takes.
	sitemapBatch = 1000
	// indexKept is for how long the index of the parts stands: finding where
	// they begin passes over every public listing.
	indexKept = time.Hour
)

const sitemapSpace = "http://www.sitemaps.org/schemas/sitemap/0.9"

// sitemapPart is where one file of the sitemap begins.
type sitemapPart struct {
	// Address is below the public URL; LastMod the last change in it, zero
	// where none is known.
	Address string
	LastMod time.Time
}

// sitemapIndex keeps where the parts begin.
type sitemapIndex struct {
	mu    sync.Mutex
	made  time.Time
	parts []sitemapPart
}

type sitemapURL struct {
	Loc     string `xml:"loc"`
	LastMod string `xml:"lastmod,omitempty"`
}

func lastMod(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// sitemapIndex writes the list of the sitemap's parts.
func (p *pages) sitemapIndex(c *gin.Context, s *server) {
	p.index.mu.Lock()
	defer p.index.mu.Unlock()
	if p.index.made.IsZero() || time.Since(p.index.made) >= indexKept {
		parts, err := p.sitemapParts(c.Request.Context())
		if err != nil {
			s.fail(c, err)
			return
		}
		p.index.parts, p.index.made = parts, time.Now()
	}
	openSitemap(c)
	encoder := startSitemap(c.Writer, "sitemapindex")
	for _, part := range p.index.parts {
		if encoder.element("sitemap", sitemapURL{Loc: p.publicURL + part.Address, LastMod: lastMod(part.LastMod)}) != nil {
			return
		}
	}
	encoder.end()
}

// sitemapParts finds where the parts begin.
func (p *pages) sitemapParts(ctx context.Context) ([]sitemapPart, error) {
	parts := []sitemapPart{{Address: sitemapPages}}
	begin := func(address, after string) {
		if after != "" {
			address += "?after=" + url.QueryEscape(after)
		}
		parts = append(parts, sitemapPart{Address: address})
	}
	count := 0
	err := p.eachListing(ctx, "", func(after string, l PublicListing) bool {
		if count%sitemapLimit == 0 {
			begin(sitemapListings, after)
		}
		count++
		last := &parts[len(parts)-1]
		if l.UpdatedAt.After(last.LastMod) {
			last.LastMod = l.UpdatedAt
		}
		return true
	})
	if err != nil {
		return nil, err
	}
	count = 0
	err = p.eachOrganisation(ctx, "", func(after, _ string) bool {
		if count%sitemapLimit == 0 {
			begin(sitemapOrganisations, after)
		}
		count++
		return true
	})
	return parts, err
}

// eachListing calls visit with every public listing after an id, and with the
// id before it, while it says true.
func (p *pages) eachListing(ctx context.Context, after string, visit func(after string, l PublicListing) bool) error {
	for {
		batch, err := p.listings.PublicAfter(ctx, after, sitemapBatch)
		if err != nil {
			return err
		}
		for _, l := range batch {
			if !visit(after, l) {
				return nil
			}
			after = l.ID
		}
		if len(batch) < sitemapBatch {
			return nil
		}
	}
}

func (p *pages) eachOrganisation(ctx context.Context, after string, visit func(after, id string) bool) error {
	for cursor := after; ; {
		ids, next, err := p.listings.PublicOrganisationsAfter(ctx, cursor)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if !visit(after, id) {
				return nil
			}
			after = id
		}
		if next == "" {
			return nil
		}
		cursor = next
	}
}

// sitemapOfListings streams one part of the addresses of the public listings.
func (p *pages) sitemapOfListings(c *gin.Context, s *server) {
	p.stream(c, s, func(ctx context.Context, after string, write func(sitemapURL) bool) error {
		return p.eachListing(ctx, after, func(_ string, l PublicListing) bool {
			return write(sitemapURL{Loc: p.publicURL + "/" + kindSegments[l.Kind] + "/" + l.ID, LastMod: lastMod(l.UpdatedAt)})
		})
	})
}

// sitemapOfOrganisations streams one part of the addresses of organisations.
func (p *pages) sitemapOfOrganisations(c *gin.Context, s *server) {
	p.stream(c, s, func(ctx context.Context, after string, write func(sitemapURL) bool) error {
		return p.eachOrganisation(ctx, after, func(_, id string) bool {
			return write(sitemapURL{Loc: p.publicURL + "/organisations/" + id})
		})
	})
}

// sitemapOfPages names the pages that are there whatever is published.
func (p *pages) sitemapOfPages(c *gin.Context, s *server) {
	p.stream(c, s, func(_ context.Context, _ string, write func(sitemapURL) bool) error {
		for _, path := range []string{"/", "/search", precisionPath, referencePath} {
			write(sitemapURL{Loc: p.publicURL + path})
		}
		for _, paper := range p.papers {
			write(sitemapURL{Loc: p.publicURL + paperPath(paper)})
		}
		for _, facet := range []string{BrowseField, BrowseRegion} {
			for _, term := range p.listings.PublicTerms(facet, defaultLocale) {
				write(sitemapURL{Loc: p.publicURL + "/search?" + facet + "=" + url.QueryEscape(term.Code)})
			}
		}
		return nil
	})
}

// stream writes one part as fill finds its addresses, up to the limit. A
// failure breaks it off: a part without its end is not taken for the whole.
func (p *pages) stream(c *gin.Context, s *server, fill func(ctx context.Context, after string, write func(sitemapURL) bool) error) {
	after := c.Query("after")
	if err := ident.CheckCursor(after); err != nil {
		s.fail(c, err)
		return
	}
	openSitemap(c)
	encoder := startSitemap(c.Writer, "urlset")
	written := 0
	var broken error
	err := fill(c.Request.Context(), after, func(u sitemapURL) bool {
		written++
		broken = encoder.element("url", u)
		return broken == nil && written < sitemapLimit
	})
	switch {
	case err != nil:
		if !gone(c, err) {
			s.log.Error("sitemap", "error", err.Error(), "request_id", RequestID(c.Request.Context()))
		}
		c.Abort()
		panic(http.ErrAbortHandler)
	case broken == nil:
		encoder.end()
	}
}

func openSitemap(c *gin.Context) {
	c.Header("Content-Type", "application/xml; charset=utf-8")
	c.Header("Cache-Control", "public, max-age=3600")
	c.Status(http.StatusOK)
}

// sitemapWriter writes one file of the sitemap.
type sitemapWriter struct {
	out     io.Writer
	encoder *xml.Encoder
	root    string
}

func startSitemap(out io.Writer, root string) sitemapWriter {
	fmt.Fprint(out, xml.Header, `<`, root, ` xmlns="`, sitemapSpace, `">`)
	return sitemapWriter{out: out, encoder: xml.NewEncoder(out), root: root}
}

func (w sitemapWriter) element(name string, u sitemapURL) error {
	return w.encoder.EncodeElement(u, xml.StartElement{Name: xml.Name{Local: name}})
}

func (w sitemapWriter) end() { fmt.Fprint(w.out, "</", w.root, ">") }
