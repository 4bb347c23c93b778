package reading

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// piece is a part of a text under one heading: a line of a form, a chapter's line, or
// what stands before any heading.
type piece struct {
	// label is what the heading means; "problem" for what has none that is known.
	label string
	// line is all of it, value what it says behind its heading and the mark of a list.
	line, value stretch
	// heading is the heading as folded text, with what stands in brackets.
	heading string
	// first tells that the heading stands on the piece's own line.
	first bool
	// plain tells that it stands under no heading at all.
	plain bool
}

// markRE is the mark with which an item of a list or a chapter begins.
var markRE = regexp.MustCompile(`^(?:[一二三四五六七八九十]{1,3}[、.]|第[一二三四五六七八九十]{1,3}[章节条]|\([一二三四五六七八九十\d]{1,3}\)|\d{1,2}[、)]|\d{1,2}\.(?:\d{1,2}\.?)?[\s\p{Han}\p{Latin}]|[\x{2460}-\x{2473}]|[-*•·●▪◆■□➢–—]\s|[•●▪◆■□➢]|#{1,4}\s)\s*`)

// chapterRE is a mark of a chapter.
var chapterRE = regexp.MustCompile(`^(?:[一二三四五六七八九十]{1,3}[、.]|第[一二三四五六七八九十]{1,3}[章节条]|#{1,4}\s)`)

// withoutMark is an item without the mark before it.
func (p *page) withoutMark(s stretch) stretch {
	m := markRE.FindString(p.of(s))
	if n := len(m); n > 0 {
		if last, size := utf8.DecodeLastRuneInString(m); last != ' ' && last != '\t' && m[0] >= '0' && m[0] <= '9' && strings.Contains(m, ".") {
			n -= size // the letter behind "1."
		}
		s.start += n
	}
	return p.trim(s, "")
}

// oneLine are labels whose value ends with the line.
func oneLine(label string) bool {
	switch label {
	case "problem", "technical_key", "expected_goal", "requirements", "introduction":
		return false
	}
	return true
}

const (
	longestHeading = 60 // bytes
	longestChapter = 20 // characters of a chapter's heading that is not known
	// longestSentence bounds the sentences that are looked into, in bytes, and mostHeadings
	// how many headings a line has.
	longestSentence = 1500
	mostHeadings    = 60
)

// outline are the pieces of a text, in order; each line is in one or more.
func (d *draft) outline() []piece {
	var out []piece
	label, plain := "problem", true
	chaptered := false // the heading is a chapter's, and the next chapter ends what is under it
	awaited := ""      // a label of one line whose value stands on the next
	for _, line := range d.lines() {
		body := d.withoutMark(line)
		if whole := d.trim(body, ":："); !whole.empty() {
			if known := d.headed(whole); known != "" {
				out = append(out, piece{label: known, line: line, value: stretch{line.end, line.end}, heading: d.of(whole), first: true})
				label, plain, awaited, chaptered = known, false, "", chapterRE.MatchString(d.of(line))
				if oneLine(known) {
					label, awaited = "problem", known
				}
				continue
			}
		}
		if chaptered && chapterRE.MatchString(d.of(line)) {
			label, chaptered = "problem", false
		}
		labelled := d.labelled(line, body)
		switch {
		case len(labelled) > 0:
			awaited = ""
			if before := d.trim(stretch{body.start, labelled[0].line.start}, " ,;"); !before.empty() {
				out = append(out, piece{label: label, line: before, value: before, plain: plain})
			}
			if labelled[0].line.start <= body.start {
				labelled[0].line.start = line.start // with the mark of a list
			}
			out = append(out, labelled...)
			last := labelled[len(labelled)-1].label
			if label, plain = "problem", false; !oneLine(last) {
				label, chaptered = last, chapterRE.MatchString(d.of(line))
			}
		case awaited != "":
			out = append(out, piece{label: awaited, line: line, value: body, heading: out[len(out)-1].heading, first: true})
			awaited = ""
		case chapterRE.MatchString(d.of(line)) && utf8.RuneCountInString(d.of(body)) <= longestChapter && !strings.ContainsAny(d.of(body), ",。;"):
			label, plain = "problem", false // a chapter of something else
			out = append(out, piece{label: label, line: line, value: body})
		default:
			out = append(out, piece{label: label, line: line, value: body, plain: plain})
		}
	}
	return out
}

// headed is what a line means that is a heading and nothing more; "" for none.
func (d *draft) headed(s stretch) string {
	if s.end-s.start > longestHeading {
		return ""
	}
	return d.lexicon.headings[headingKey(d.of(s))]
}

// labelled are the headings with their values that stand on one line: 地区：哈密；预算：50万元.
// A tab is what a table's cells become when they are copied.
func (d *draft) labelled(line, body stretch) []piece {
	var out []piece
	folded := d.of(body)
	from := 0 // where a heading may begin
	seen := 0
	for i, r := range folded {
		if r != ':' && r != '\t' && r != '】' && r != ']' || i < from {
			continue
		}
		if seen++; seen > mostHeadings {
			break
		}
		start := d.headingBefore(folded, from, i)
		if start < 0 {
			continue
		}
		heading := strings.Trim(folded[start:i], " 【[")
		if n := len(out); n > 0 {
			out[n-1].line.end = body.start + start
			out[n-1].value.end = body.start + start
		}
		from = i + utf8.RuneLen(r)
		if r == '】' || r == ']' { // 【需求名称】：…
			from += len(folded[from:]) - len(strings.TrimLeft(folded[from:], " :"))
		}
		out = append(out, piece{
			label: d.lexicon.headings[headingKey(heading)], heading: heading, first: true,
			line: stretch{body.start + start, line.end}, value: stretch{body.start + from, line.end},
		})
	}
	for i := range out {
		out[i].value = d.trim(out[i].value, ",;、|")
		out[i].line = d.trim(out[i].line, "")
	}
	return out
}

// headingBefore is where the heading begins that ends before a colon; -1 for none.
func (d *draft) headingBefore(folded string, from, colon int) int {
	known := func(start int) bool {
		s := strings.Trim(folded[start:colon], " 【[")
		return s != "" && d.lexicon.headings[headingKey(s)] != ""
	}
	low := max(from, colon-longestHeading)
	if low == from && known(from) {
		return from
	}
	for i, r := range folded[low:colon] {
		if at := low + i + utf8.RuneLen(r); r != utf8.RuneError && strings.ContainsRune(" ,;。、|\t【[", r) && known(at) {
			if r == '【' || r == '[' {
				at -= utf8.RuneLen(r)
			}
			return at
		}
	}
	return -1
}

// sentence is one of a text, with the label it stands under.
type sentence struct {
	stretch
	label string
}

// sentences are those of everything that is not understood yet, without what is personal.
func (d *draft) sentences(pieces []piece) []sentence {
	var out []sentence
	for _, p := range pieces {
		if p.label == "title" || p.value.empty() || d.understood[p.line] {
			continue
		}
		for _, s := range d.cut(p.value, endsSentence) {
			if s = d.withoutMark(s); !s.empty() && s.end-s.start <= longestSentence && !d.isHidden(s) {
				out = append(out, sentence{s, p.label})
			}
		}
	}
	return out
}
