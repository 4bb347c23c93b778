package querytext

import (
	"slices"
	"strings"
	"unicode"

	"chengqiao/internal/search"
)

// What joins is a word of its own. English ones are in capitals, as other languages
// want it: small ones are words of a sentence.
var (
	ands = []string{"AND", "且", "并且", "和", "与", "及"}
	ors  = []string{or, "或", "或者"}
)

const or = "OR" // as it is written

func isAnd(sign string) bool { return slices.Contains(ands, sign) }

func isOr(sign string) bool {
	return slices.Contains(ors, sign) || sign != "" && strings.Trim(sign, "|｜") == ""
}

// joins tells of what joins parts.
func joins(sign string) bool { return isAnd(sign) || isOr(sign) }

func isPipe(r rune) bool { return r == '|' || r == '｜' }

// Brackets hold alternatives together, or the words of one.
func opensGroup(r rune) bool  { return r == '(' || r == '（' }
func closesGroup(r rune) bool { return r == ')' || r == '）' }

const (
	// deepest is how far brackets within brackets are read: nobody types more.
	deepest = 3
	// mostUnread is how many brackets of a text may turn out to hold no alternatives.
	// Those behind are words: what cannot be read is read again as words, and all of
	// a text of brackets would be, from each of them on.
	mostUnread = 8
)

// either reads alternatives that begin here: words, phrases and fields with an OR
// between each two, which joins no more than what stands right beside it. In a
// running text brackets must tell that they are meant. It is false where there
// are none, and then nothing is read.
func (p *parser) either() bool {
	if p.single || p.running && !opensGroup(p.rest[0]) {
		return false
	}
	var among search.Alternatives
	rest, behind := p.rest, p.rest
	for joined := true; joined; behind, joined = behindOr(rest) {
		operand, length := p.operand(behind)
		if operand == nil {
			break
		}
		among, rest = append(among, operand...), behind[length:]
	}
	if len(among) < 2 {
		return false
	}
	p.rest = rest
	p.oneOf(among)
	return true
}

// oneOf adds alternatives, as many as there is room for; those between brackets
// are counted outside.
func (p *parser) oneOf(among search.Alternatives) {
	room := search.MaxAlternatives
	for _, others := range p.query.OneOf {
		room -= len(others)
	}
	if room == 1 { // one alone is no alternative
		room = 0
	}
	var kept search.Alternatives
	for _, alternative := range among {
		switch {
		case slices.Contains(kept, alternative):
		case len(kept) == room && p.depth == 0:
			p.misread(TooMany, []rune(alternative.Text), TakenNothing)
		default:
			kept = append(kept, alternative)
		}
	}
	switch {
	case len(kept) > 1:
		p.query.OneOf = append(p.query.OneOf, kept)
	case len(kept) == 0:
	case kept[0].Quoted:
		p.condition(search.Condition{Phrase: kept[0].Text, In: kept[0].In})
	default:
		p.asWord([]rune(kept[0].Text))
	}
}

// behindOr is the text behind an OR that comes next, and whether one does. It is a
// word of its own, or pipes.
func behindOr(text []rune) ([]rune, bool) {
	if len(text) == 0 || !unicode.IsSpace(text[0]) && !isPipe(text[0]) {
		return nil, false
	}
	text = withoutSpace(text)
	length := signLength(text)
	sign, next := string(text[:length]), withoutSpace(text[length:])
	return next, isOr(sign) && len(next) > 0
}

// signLength is up to where a sign that joins would go: pipes, or a word.
func signLength(text []rune) int {
	end := slices.IndexFunc(text, func(r rune) bool { return unicode.IsSpace(r) || opensGroup(r) || isQuote(r) || isPipe(r) })
	if end == 0 {
		end = slices.IndexFunc(text, func(r rune) bool { return !isPipe(r) })
	}
	if end < 0 {
		return len(text)
	}
	return end
}

func withoutSpace(text []rune) []rune {
	i := slices.IndexFunc(text, func(r rune) bool { return !unicode.IsSpace(r) })
	if i < 0 {
		return nil
	}
	return text[i:]
}

// operand reads what an OR may stand beside, with its length; nil for anything
// else, as an exclusion or a range.
func (p *parser) operand(text []rune) (search.Alternatives, int) {
	name, head := fieldAt(text)
	in := properties[name]
	if in == "" {
		head = 0
	}
	if head < len(text) && opensGroup(text[head]) {
		group, length := p.group(text[head:])
		if in != "" {
			group = inField(in, group)
		}
		return group, head + length
	}
	length := head + operandLength(text[head:])
	return alternatives(parser{rest: text[:length], single: true, depth: p.depth, unreadGroups: p.unreadGroups}), length
}

// groupLength is the length of brackets with what is between them, whatever stands
// in quotation marks; 0 where they are not closed.
func groupLength(text []rune) int {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch r := text[i]; {
		case opensGroup(r):
			depth++
		case closesGroup(r):
			depth--
		case closer(r) != 0:
			i += max(0, operandLength(text[i:])-1)
		}
		if depth == 0 {
			return i + 1
		}
	}
	return 0
}

// operandLength is the length of a phrase, or of a word up to where an OR may
// follow.
func operandLength(text []rune) int {
	if len(text) > 0 && closer(text[0]) != 0 {
		with := closer(text[0])
		return slices.IndexFunc(text[1:], func(r rune) bool { return closes(r, with) }) + 2
	}
	end := slices.IndexFunc(text, func(r rune) bool { return unicode.IsSpace(r) || isQuote(r) || isPipe(r) })
	if end < 0 {
		return len(text)
	}
	return end
}

// group reads what stands between brackets, and how long it is with them; nil where
// it asks for more than alternatives.
func (p *parser) group(text []rune) (search.Alternatives, int) {
	if p.depth == deepest || *p.unreadGroups == mostUnread {
		return nil, 0
	}
	var group search.Alternatives
	length := groupLength(text)
	if length > 0 {
		group = alternatives(parser{rest: text[1 : length-1], depth: p.depth + 1, unreadGroups: p.unreadGroups})
	}
	if group == nil && *p.unreadGroups < mostUnread {
		*p.unreadGroups++
	}
	return group, length
}

// inField are alternatives of a group that a field holds: a word or a phrase each.
func inField(in search.Property, group search.Alternatives) search.Alternatives {
	out := slices.Clone(group)
	for i, alternative := range out {
		if alternative.In != "" || severalWords(alternative) {
			return nil
		}
		out[i] = search.Alternative{Text: alternative.Text, Quoted: true, In: in}
	}
	return out
}

// severalWords need not stand in a row, which no field and no exclusion can ask for.
func severalWords(a search.Alternative) bool { return !a.Quoted && strings.Contains(a.Text, " ") }

// alternatives reads a text to its end: words, or a phrase, or several of them;
// nil for anything else.
func alternatives(p parser) search.Alternatives {
	q := p.read()
	if len(q.Misread) > 0 || len(q.Ranges) > 0 {
		return nil
	}
	switch worded := q.Words != ""; {
	case len(q.OneOf) == 1 && len(q.Conditions) == 0 && !worded:
		return q.OneOf[0]
	case len(q.OneOf) > 0:
	case len(q.Conditions) == 1 && !q.Conditions[0].Not && !worded:
		return search.Alternatives{{Text: q.Conditions[0].Phrase, Quoted: true, In: q.Conditions[0].In}}
	case len(q.Conditions) == 0 && plainly(q.Words):
		return search.Alternatives{{Text: q.Words}}
	}
	return nil
}

// plainly tells of words that stand for themselves wherever they are written.
func plainly(words string) bool {
	sign := func(r rune) bool { return isQuote(r) || isPipe(r) || opensGroup(r) || closesGroup(r) }
	return searchable(words) && !strings.ContainsFunc(words, sign) && !slices.ContainsFunc(strings.Fields(words), joins)
}

// writeAlternatives writes them as they are read.
func writeAlternatives(among search.Alternatives) string {
	parts := make([]string, len(among))
	for i, alternative := range among {
		switch {
		case alternative.Quoted:
			parts[i] = writePhrase(alternative.In, alternative.Text)
		case severalWords(alternative):
			parts[i] = "(" + alternative.Text + ")"
		default:
			parts[i] = alternative.Text
		}
	}
	return "(" + strings.Join(parts, " "+or+" ") + ")"
}
