package reading

import (
	"slices"
	"strings"
	"unicode/utf8"

	"chengqiao/internal/text"
)

// longestText bounds each of the need's texts, in characters.
const longestText = 5000

// readTexts makes the need's texts of all that no other field says in full. What has no
// heading of its own tells of the problem.
func (d *draft) readTexts(pieces []piece) {
	into := map[string]*text.Text{
		"problem": &d.out.Content.Problem, "technical_key": &d.out.Content.TechnicalKey, "expected_goal": &d.out.Content.ExpectedGoal,
	}
	for _, label := range []string{"problem", "technical_key", "expected_goal"} {
		var from []stretch
		for i, p := range pieces {
			switch {
			case p.value.empty() && i+1 < len(pieces) && pieces[i+1].label == p.label && d.understood[pieces[i+1].line]:
				continue // a heading over what other fields say
			case into[p.label] == nil && label != "problem", into[p.label] != nil && p.label != label, strings.HasPrefix(p.label, "contact."), d.understood[p.line]:
				continue
			}
			part := p.line
			if into[p.label] != nil && p.first { // the field's own name
				part = p.value
			}
			from = append(from, d.shown(part)...)
		}
		d.write(label, into[label], from)
	}
}

// shown are the parts of a stretch that are not personal.
func (d *draft) shown(s stretch) []stretch {
	var out []stretch
	for _, h := range d.hidden[d.hiddenFrom(s.start):] {
		if !h.meets(s) {
			break
		}
		out = append(out, d.trim(stretch{s.start, max(h.start, s.start)}, ""))
		s.start = min(h.end, s.end)
	}
	out = append(out, d.trim(s, ""))
	return slices.DeleteFunc(out, func(s stretch) bool { return s.empty() || strings.Trim(d.of(s), " ,;、。.:()!") == "" })
}

// write joins parts, each line in its language; what there is no room for is left out.
func (d *draft) write(path string, into *text.Text, parts []stretch) {
	var zh, en strings.Builder
	room := map[*strings.Builder]int{&zh: longestText, &en: longestText}
	var taken []stretch
	last := stretch{}
	for _, part := range parts {
		said := strings.TrimSpace(d.said(part))
		one := d.inLanguage(said)
		b := &zh
		if one.En != "" {
			b = &en
		}
		between := ""
		if b.Len() > 0 {
			between = "\n"
			if !strings.Contains(d.folded[last.end:part.start], "\n") {
				between = "" // what stood between was left out
			}
		}
		n := utf8.RuneCountInString(between + said)
		if room[b] < n {
			d.out.LeftOut = append(d.out.LeftOut, LeftOut{TooLong, d.passage(part)})
			continue
		}
		room[b] -= n
		b.WriteString(between + said)
		taken, last = append(taken, part), part
	}
	*into = text.Text{Zh: zh.String(), En: en.String()}
	if len(taken) > 0 {
		d.from(path, "", taken...)
	}
}
