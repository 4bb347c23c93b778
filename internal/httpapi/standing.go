package httpapi

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"chengqiao/internal/account"
)

// referencePath is the readable page of the contract.
const referencePath = "/api-reference"

var referenceBody = bodyTemplate("reference",
	`<h1>{{say .Locale "reference"}}</h1><p>{{say .Locale "reference_hint"}}</p>`+
		`<p><a href="/api/openapi.json">openapi.json</a> <a href="/api/openapi.yaml">openapi.yaml</a></p>`)

var paperBody = bodyTemplate("paper",
	`<article><h1>{{.Title}}</h1><p>{{say .Locale "version"}} {{.Version}}</p>`+
		`{{range .Chapters}}<h2>{{.Title}}</h2><p>{{.Text}}</p>{{end}}</article>`)

// home writes the head of the first page; what it shows until the app has started
// stands in the app's own document.
func (p *pages) home(c *gin.Context, s *server) {
	locale := pageLocale(c)
	title, hint := words["home"].In(locale), words["home_hint"].In(locale)
	p.writeDocument(c, s, http.StatusOK, page{
		Title: title, Description: hint, Path: "/", Type: "website", Locale: locale,
		About: map[string]any{"@type": "WebSite", "name": "成桥 Chengqiao", "description": hint},
	})
}

// reference writes what the page of the contract is about; the app reads the contract.
func (p *pages) reference(c *gin.Context, s *server) {
	locale := pageLocale(c)
	title, hint := words["reference"].In(locale), words["reference_hint"].In(locale)
	p.writeDocument(c, s, http.StatusOK, page{
		Title: title, Description: hint, Path: referencePath, Type: "website", Locale: locale,
		About: map[string]any{"@type": "WebAPI", "name": title, "description": hint},
		Body:  referenceBody, Data: struct{ Locale string }{locale},
	})
}

// paper writes a text that registrations consent to.
func (p *pages) paper(c *gin.Context, s *server, paper account.Paper) {
	locale := pageLocale(c)
	type chapter struct{ Title, Text string }
	data := struct {
		Locale, Title, Version string
		Chapters               []chapter
	}{locale, paper.Title.In(locale), paper.Version, nil}
	for _, each := range paper.Chapters {
		data.Chapters = append(data.Chapters, chapter{each.Title.In(locale), each.Text.In(locale)})
	}
	p.writeDocument(c, s, http.StatusOK, page{
		Title: data.Title, Description: paper.Description.In(locale), Path: paperPath(paper), Type: "website", Locale: locale,
		About: map[string]any{"@type": "WebPage", "name": data.Title, "version": paper.Version},
		Body:  paperBody, Data: data,
	})
}

// paperPath is the address of a paper's page.
func paperPath(paper account.Paper) string { return "/" + string(paper.Purpose) }
