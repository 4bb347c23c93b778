package httpapi

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"rsc.io/qr"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
)

// citation is what a reference to a listing says.
type citation struct {
	Author, Title, URL string
	Published          clock.Date
	Accessed           clock.Date
	Locale             string
}

// citationWriter writes a reference in one form.
type citationWriter struct {
	contentType string
	write       func(citation) (string, error)
}

// citations are the forms by the last part of their address.
var citations = map[string]citationWriter{
	"citation.txt": {"text/plain; charset=utf-8", gbt7714},
	"citation.bib": {"application/x-bibtex; charset=utf-8", bibTeX},
	"citation.ris": {"application/x-research-info-systems; charset=utf-8", ris},
	"qr.svg":       {"image/svg+xml", qrCode},
}

// cite writes a reference to a public listing. What is not public has none.
func (p *pages) cite(c *gin.Context, s *server, segment, kind string, form citationWriter) {
	locale := pageLocale(c)
	l, err := p.listings.PublicListing(c.Request.Context(), kind, named(c, "id"), locale)
	if err == nil && l.Gone {
		err = errs.New(errs.NotFound, "not_found")
	}
	if err != nil {
		s.fail(c, err)
		return
	}
	written, err := form.write(citation{
		Author: oneLine(l.Organisation), Title: oneLine(l.Title), URL: p.publicURL + "/" + segment + "/" + l.ID,
		Published: clock.DateOf(l.PublishedAt), Accessed: clock.DateOf(time.Now()), Locale: locale,
	})
	if err != nil {
		s.fail(c, errs.Wrap(errs.Internal, "internal", err))
		return
	}
	c.Header("Cache-Control", "no-cache")
	c.Header("Vary", "Accept-Language, Cookie")
	c.Data(http.StatusOK, form.contentType, []byte(written))
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// gbt7714 writes by GB/T 7714-2015, section 4.6 (electronic resources): author,
// title, marks of type and carrier, date of publication, date of access, address.
func gbt7714(c citation) (string, error) {
	var b strings.Builder
	if c.Author != "" {
		fmt.Fprintf(&b, "%s. ", c.Author)
	}
	fmt.Fprintf(&b, "%s[EB/OL]. (%s)[%s]. %s.\n", c.Title, c.Published, c.Accessed, c.URL)
	return b.String(), nil
}

var bibTeXEscapes = strings.NewReplacer(`\`, `\textbackslash{}`, `{`, `\{`, `}`, `\}`, `&`, `\&`, `%`, `\%`, `$`, `\$`, `#`, `\#`,
	`_`, `\_`, `~`, `\textasciitilde{}`, `^`, `\textasciicircum{}`)

// bibTeX writes an entry that every style knows. An organisation stands in
// braces, or its name would be turned around like a person's.
func bibTeX(c citation) (string, error) {
	key := c.URL[strings.LastIndexByte(c.URL, '/')+1:]
	var b strings.Builder
	fmt.Fprintf(&b, "@misc{chengqiao-%s,\n", key)
	if c.Author != "" {
		fmt.Fprintf(&b, "  author = {{%s}},\n", bibTeXEscapes.Replace(c.Author))
	}
	fmt.Fprintf(&b, "  title = {{%s}},\n  year = {%s},\n  month = {%s},\n  howpublished = {\\url{%s}},\n  url = {%s},\n  urldate = {%s}\n}\n",
		bibTeXEscapes.Replace(c.Title), c.Published[:4], c.Published[5:7], c.URL, c.URL, c.Accessed)
	return b.String(), nil
}

// ris writes the lines that reference managers import.
func ris(c citation) (string, error) {
	slashed := func(d clock.Date) string { return strings.ReplaceAll(string(d), "-", "/") }
	lines := [][2]string{{"TY", "ELEC"}, {"AU", c.Author}, {"TI", c.Title}, {"PY", string(c.Published[:4])}, {"DA", slashed(c.Published)},
		{"UR", c.URL}, {"Y2", slashed(c.Accessed)}, {"LA", c.Locale}}
	var b strings.Builder
	for _, line := range lines {
		if line[1] != "" {
			fmt.Fprintf(&b, "%s  - %s\r\n", line[0], line[1])
		}
	}
	b.WriteString("ER  - \r\n")
	return b.String(), nil
}

// quietZone is how many modules around a code stay empty (ISO/IEC 18004 section 6.3.8).
const quietZone = 4

// qrCode draws the listing's address. Level M survives what a printer and a
// fold take away.
func qrCode(c citation) (string, error) {
	code, err := qr.Encode(c.URL, qr.M)
	if err != nil {
		return "", fmt.Errorf("qr code: %w", err)
	}
	side := code.Size + 2*quietZone
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h%dv%dH0z"/><path d="`,
		side, side, side, side)
	for y := range code.Size {
		for x := range code.Size {
			if code.Black(x, y) {
				fmt.Fprintf(&b, "M%d %dh1v1h-1z", x+quietZone, y+quietZone)
			}
		}
	}
	b.WriteString(`"/></svg>`)
	return b.String(), nil
}
