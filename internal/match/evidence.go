package match

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"chengqiao/internal/quantity"
	"chengqiao/internal/text"
)

// sentenceAbout quotes the sentence of a result's text that names the metric with a
// figure behind it that may be one of it, in each language in which there is one. It is
// no verdict: the figure may be that of the method it is compared with.
func sentenceAbout(r Requirement, result *View) text.Text {
	var out text.Text
	for _, w := range r.worded() {
		found := text.Of(sentenceNaming(w, result))
		if out.Zh == "" {
			out.Zh = found.Zh
		}
		if out.En == "" {
			out.En = found.En
		}
	}
	return out
}

func sentenceNaming(r requirement, result *View) string {
	metric := strings.ToLower(r.metric)
	if metric == "" {
		return ""
	}
	for _, f := range []Field{Points, Body} {
		for _, t := range result.Texts[f] {
			for _, sentence := range sentences(t) {
				lower := strings.ToLower(sentence)
				if i := strings.Index(lower, metric); i >= 0 && len(lower) == len(sentence) && figureIn(sentence[i+len(metric):], r.unit) {
					return quoted(sentence, i, i+len(metric))
				}
			}
		}
	}
	return ""
}

// clauseRE is what stands between the clauses of a sentence, or the cells of a table
// that was written in a row, and not in a number.
var clauseRE = regexp.MustCompile(`[，、|｜…]|, `)

// clauseAbout is what of a sentence tells of a requirement's metric, up to its figure:
// a sentence with the figures of several requirements is quoted for each of them.
func clauseAbout(r Requirement, sentence string) string {
	for _, w := range r.worded() {
		if clause := clauseNaming(w, sentence); clause != sentence {
			return clause
		}
	}
	return sentence
}

func clauseNaming(r requirement, sentence string) string {
	lower := strings.ToLower(sentence)
	at := strings.Index(lower, strings.ToLower(r.metric))
	if r.metric == "" || at < 0 || len(lower) != len(sentence) {
		return sentence
	}
	behind := at + len(r.metric)
	figure := figureRE.FindStringIndex(sentence[behind:])
	if figure == nil {
		return sentence
	}
	from, to := 0, len(sentence)
	if before := clauseRE.FindAllStringIndex(sentence[:at], -1); before != nil {
		from = before[len(before)-1][1]
	}
	behind += figure[1]
	if end := clauseRE.FindStringIndex(sentence[behind:]); end != nil {
		to = behind + end[0]
	}
	return strings.TrimSpace(sentence[from:to])
}

var (
	figureRE = regexp.MustCompile(`\d+(?:\.\d+)?`)
	// chanceRE is before the figure of how probably something is chance: P<0.05.
	chanceRE = regexp.MustCompile(`(?i)(?:^|[^a-z])p\s*[<>=≤≥＜＞＝]\s*$`)
)

// figureIn tells whether there is a figure in a text that may be measured in a unit.
func figureIn(text, unitName string) bool {
	for _, at := range figureRE.FindAllStringIndex(text, -1) {
		before, _ := utf8.DecodeLastRuneInString(text[:at[0]])
		if latinLetter(before) || chanceRE.MatchString(text[:at[0]]) {
			continue
		}
		behind := text[at[1]:]
		if unitName == "" || strings.HasPrefix(strings.TrimLeft(behind, " "), unitName) {
			return true
		}
		if _, _, ok := quantity.SameKind(strings.TrimSpace(behind[:quantity.LeadingUnit(behind)]), unitName); ok {
			return true
		}
	}
	return false
}

// longestQuote bounds a quoted sentence, in characters, and quotedBefore what of it
// stands before what it is quoted for.
const (
	longestQuote = 160
	quotedBefore = 60
)

// quoted is a sentence, or of a long one what is around a part of it.
func quoted(sentence string, from, to int) string {
	if utf8.RuneCountInString(sentence) <= longestQuote {
		return sentence
	}
	before, after := []rune(sentence[:from]), []rune(sentence[to:])
	opening := ""
	if len(before) > quotedBefore {
		before, opening = before[len(before)-quotedBefore:], "…"
	}
	ending := ""
	if room := longestQuote - len(before) - utf8.RuneCountInString(sentence[from:to]); len(after) > room {
		after, ending = after[:max(room, 0)], "…"
	}
	return opening + string(before) + sentence[from:to] + string(after) + ending
}

func sentences(s string) []string {
	var out []string
	for _, part := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("。；;！!？?\n", r) }) {
		for _, p := range strings.Split(part, ". ") {
			if p = strings.TrimSpace(p); p != "" {
				out = append(out, p)
			}
		}
	}
	return out
}
