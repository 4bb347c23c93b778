package httpapi

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"chengqiao/internal/errs"
	"chengqiao/internal/text"
)

// Feeds give what stands in Atom feeds: what anybody may read.
type Feeds interface {
	// SavedFeed is that of a saved search, by the secret part of its address.
	// Error: errs.NotFound.
	SavedFeed(ctx context.Context, key string) (Feed, error)
	// PublicFeed is that of a query as the search page's address has it. Error:
	// errs.Invalid "invalid_fields".
	PublicFeed(ctx context.Context, query url.Values) (Feed, error)
	// Unsubscribe ends letters by the signed link of one. Error: errs.Invalid
	// "token_invalid".
	Unsubscribe(ctx context.Context, link string) error
}

// Feed is one feed, newest entry first.
type Feed struct {
	// ID is the saved search's; "" for a query's feed.
	ID, Name string
	// Page is the path of the page that shows the same.
	Page    string
	Entries []FeedEntry
}

// FeedEntry is one listing.
type FeedEntry struct {
	Kind, ID       string
	Title, Summary text.Text
	// Author is the organisation's name; empty where it is hidden.
	Author    text.Text
	UpdatedAt time.Time
}

// UnsubscribePath is where mail programs end letters by themselves (RFC 8058):
// a POST without a page, a cookie or a script. One that knows only of addresses
// to open (RFC 2369) is led to the page.
const UnsubscribePath = "/feeds/unsubscribe"

// unsubscribePage is the web app's page that ends letters by a press.
const unsubscribePage = "/unsubscribe?token="

// feedPath is where feeds are, and publicFeed the one that anybody may name: the
// others' names are secrets.
const (
	feedPath   = "/feeds/:name"
	publicFeed = "search" + feedEnding
	feedEnding = ".atom"
)

// feedAge is how long a reader may keep a feed without asking again.
const feedAge = "max-age=300"

func (s *server) feedRoutes(router *gin.Engine) {
	router.Match(readable, feedPath, s.limitRate, s.feed)
	router.POST(UnsubscribePath, s.limitRate, s.unsubscribe)
	router.Match(readable, UnsubscribePath, func(c *gin.Context) {
		c.Redirect(http.StatusSeeOther, unsubscribePage+url.QueryEscape(c.Query("token")))
	})
}

// feed serves /feeds/search.atom?q=… and the feeds of saved searches.
func (s *server) feed(c *gin.Context) {
	key, ok := strings.CutSuffix(named(c, "name"), feedEnding)
	if !ok || s.Feeds == nil {
		s.fail(c, errs.New(errs.NotFound, "not_found"))
		return
	}
	// The address of a saved search's feed is its secret and stays out of it.
	self, private := "", c.Param("name") != publicFeed
	var f Feed
	var err error
	if private {
		f, err = s.Feeds.SavedFeed(c.Request.Context(), key)
	} else {
		var query url.Values
		if query, err = queryOf(c.Request); err != nil {
			s.fail(c, err)
			return
		}
		self = s.PublicURL + "/feeds/" + publicFeed + "?" + query.Encode()
		f, err = s.Feeds.PublicFeed(c.Request.Context(), query)
	}
	if err != nil {
		s.fail(c, err)
		return
	}
	locale := stateOf(c.Request.Context()).locale
	if wish := localeFrom(c.Query("locale")); wish != "" {
		locale = wish
	}
	if locale == "" {
		locale = defaultLocale
	}
	body, err := atom(f, s.PublicURL, self, locale)
	if err != nil {
		s.fail(c, errs.Wrap(errs.Internal, "internal", err))
		return
	}
	sum := sha256.Sum256(body)
	tag := `"` + hex.EncodeToString(sum[:12]) + `"`
	h := c.Writer.Header()
	h.Set("ETag", tag)
	h.Set("Vary", "Accept-Language")
	h.Set("Cache-Control", "public, "+feedAge)
	if private {
		h.Set("Cache-Control", "private, "+feedAge)
		h.Set("X-Robots-Tag", "noindex")
	}
	if c.GetHeader("If-None-Match") == tag {
		c.Status(http.StatusNotModified)
		return
	}
	c.Data(http.StatusOK, "application/atom+xml; charset=utf-8", body)
}

// unsubscribe answers a mail program; the page for people is the web app's.
func (s *server) unsubscribe(c *gin.Context) {
	if s.Feeds == nil {
		s.fail(c, errs.New(errs.NotFound, "not_found"))
		return
	}
	if err := s.Feeds.Unsubscribe(c.Request.Context(), c.Query("token")); err != nil {
		s.fail(c, err)
		return
	}
	c.Status(http.StatusNoContent)
}

// The elements of RFC 4287 that a feed has.
type (
	atomFeed struct {
		XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
		Lang    string      `xml:"xml:lang,attr"`
		ID      string      `xml:"id"`
		Title   string      `xml:"title"`
		Updated string      `xml:"updated"`
		Links   []atomLink  `xml:"link"`
		Author  atomPerson  `xml:"author"`
		Entries []atomEntry `xml:"entry"`
	}
	atomLink struct {
		Rel  string `xml:"rel,attr"`
		Type string `xml:"type,attr,omitempty"`
		Href string `xml:"href,attr"`
	}
	atomPerson struct {
		Name string `xml:"name"`
	}
	atomEntry struct {
		ID        string      `xml:"id"`
		Title     string      `xml:"title"`
		Updated   string      `xml:"updated"`
		Published string      `xml:"published,omitempty"`
		Links     []atomLink  `xml:"link"`
		Author    *atomPerson `xml:"author"`
		Summary   string      `xml:"summary,omitempty"`
	}
)

// emptyFeedUpdated is when a feed without entries changed last: RFC 4287 wants
// an instant, and any that stands still does.
var emptyFeedUpdated = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// atom writes a feed. A listing's id is its own and never changes; updated is
// when its present version was published.
func atom(f Feed, base, self, locale string) ([]byte, error) {
	out := atomFeed{
		Lang: locale, Title: "成桥 Chengqiao", Author: atomPerson{"成桥 Chengqiao"}, ID: base + f.Page,
		Links: []atomLink{{Rel: "alternate", Type: "text/html", Href: base + f.Page}},
	}
	if f.Name != "" {
		out.Title = f.Name + " · " + out.Title
	}
	if f.ID != "" {
		out.ID = "urn:uuid:" + f.ID
	}
	if self != "" {
		out.Links = append(out.Links, atomLink{Rel: "self", Type: "application/atom+xml", Href: self})
	}
	updated := emptyFeedUpdated
	for _, e := range f.Entries {
		if e.UpdatedAt.After(updated) {
			updated = e.UpdatedAt
		}
		entry := atomEntry{
			ID: "urn:uuid:" + e.ID, Title: e.Title.In(locale), Updated: e.UpdatedAt.UTC().Format(time.RFC3339),
			Links:   []atomLink{{Rel: "alternate", Type: "text/html", Href: base + "/" + e.Kind + "s/" + e.ID}},
			Summary: cut(e.Summary.In(locale), 500),
		}
		if name := e.Author.In(locale); name != "" {
			entry.Author = &atomPerson{name}
		}
		out.Entries = append(out.Entries, entry)
	}
	out.Updated = updated.UTC().Format(time.RFC3339)
	var b bytes.Buffer
	b.WriteString(xml.Header)
	if err := xml.NewEncoder(&b).Encode(out); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
