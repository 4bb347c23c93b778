package notify

import (
	"html/template"
	"strings"

	"chengqiao/internal/text"
)

// letterPage is a letter for programs that show no plain text well. It sets no
// colours, so that it is light or dark as its reader's program is.
var letterPage = template.Must(template.New("letter").Parse(`<!doctype html>
<html lang="{{.Lang}}"><head><meta charset="utf-8"><title>{{.Subject}}</title></head>
<body style="max-width:40em;margin:0 auto;padding:1em;font-family:sans-serif;line-height:1.6">
{{range .Paragraphs}}{{template "paragraph" .}}
{{end}}{{with .Foot}}<hr style="border:0;border-top:1px solid">
<div style="font-size:smaller">{{template "paragraph" .}}</div>
{{end}}</body></html>
{{define "paragraph"}}<p>{{range $i, $line := .}}{{if $i}}<br>{{end}}` +
	`{{if .Address}}<a href="{{.Text}}" style="overflow-wrap:anywhere">{{.Text}}</a>{{else}}{{.Text}}{{end}}{{end}}</p>{{end}}`))

// letterLine is a line of a letter; an Address is one of the platform's.
type letterLine struct {
	Text    string
	Address bool
}

// footMark stands before the last lines of a letter, which say who writes.
const footMark = "\n\n-- \n"

// pageOf says what a letter's text says. Of its lines only the platform's own
// addresses become links: what people wrote never does.
func pageOf(subject, body, locale, publicURL string) (string, error) {
	words, foot, _ := strings.Cut(strings.TrimSpace(body), footMark)
	values := struct {
		Lang, Subject string
		Paragraphs    [][]letterLine
		Foot          []letterLine
	}{Lang: text.Chinese, Subject: subject, Foot: linesOf(foot, publicURL)}
	if locale == text.English {
		values.Lang = locale
	}
	for _, paragraph := range strings.Split(words, "\n\n") {
		if lines := linesOf(paragraph, publicURL); len(lines) > 0 {
			values.Paragraphs = append(values.Paragraphs, lines)
		}
	}
	var b strings.Builder
	err := letterPage.Execute(&b, values)
	return b.String(), err
}

func linesOf(paragraph, publicURL string) []letterLine {
	var out []letterLine
	for line := range strings.Lines(paragraph) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, letterLine{Text: line, Address: strings.HasPrefix(line, publicURL+"/") && !strings.Contains(line, " ")})
		}
	}
	return out
}
