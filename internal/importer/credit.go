package importer

import (
	"strings"

	"chengqiao/internal/text"
)

// programme is the funding project: as given, else of programme, phase and agency.
func (l *line) programme() string {
	if given := l.text("funding_project"); given != "" {
		return given
	}
	name := strings.TrimSpace(l.text("credit_programme") + " " + l.text("credit_phase"))
	agency := l.text("credit_agency")
	if name != "" && agency != "" {
		return name + ", " + agency
	}
	return name + agency
}

// called is the dates of somebody else's call. They are part of a need's
// source: as a deadline they would end the need here at once.
func (l *line) called() string {
	released, closes := l.text("credit_released"), l.text("credit_closes")
	if closes == "" {
		return released
	}
	return strings.TrimSpace(released + " – " + closes)
}

// maxSource bounds the source text, in characters.
const maxSource = 300

// credit is where a record comes from, for people: names, place and link. The
// link stays whole; names give way.
func (l *line) credit(parts ...string) string {
	link := l.text("link")
	var named []string
	for _, p := range parts {
		if p != "" {
			named = append(named, p)
		}
	}
	names := strings.Join(named, " · ")
	if link == "" {
		return cut(names, maxSource)
	}
	if names == "" {
		return link
	}
	room := maxSource - text.Length(link) - text.Length(" · ")
	if room < 1 {
		return link
	}
	return cut(names, room) + " · " + link
}

func cut(s string, limit int) string {
	r := []rune(s)
	if len(r) <= limit {
		return s
	}
	return strings.TrimRight(string(r[:limit-1]), " ·,、") + "…"
}
