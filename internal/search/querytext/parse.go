package querytext

import (
	"slices"
	"strings"
	"unicode"

	"chengqiao/internal/search"
)

// running is the length in characters from which a text describes something
// rather than naming it: quotation marks and full-width colons in the middle of
// it are punctuation.
const running = 80

// Parse reads a text. It never fails: see Query.Misread.
func Parse(text string) Query {
	p := parser{rest: []rune(text)}
	p.running = len(p.rest) > running
	for p.skipSpace(); len(p.rest) > 0; p.skipSpace() {
		p.part()
	}
	p.query.Words = strings.Join(p.words, " ")
	return p.query
}

type parser struct {
	rest    []rune
	running bool
	words   []string
	query   Query
}

func (p *parser) skipSpace() {
	i := slices.IndexFunc(p.rest, func(r rune) bool { return !unicode.IsSpace(r) })
	if i < 0 {
		i = len(p.rest)
	}
	p.rest = p.rest[i:]
}

// part reads what begins here: a phrase, an exclusion, a field, or a word.
func (p *parser) part() {
	switch {
	case isMinus(p.rest[0]):
		p.minus()
	case closer(p.rest[0]) != 0:
		if text, ok := p.quoted(); ok {
			p.condition(search.Condition{Phrase: text})
		}
	default:
		p.fieldOrWord(false)
	}
}

func isMinus(r rune) bool { return r == '-' || r == '－' || r == '−' }

// minus reads an exclusion. A minus before a digit is a number's (-40℃), and
// several are a line.
func (p *parser) minus() {
	if len(p.rest) == 1 || unicode.IsSpace(p.rest[1]) {
		p.misread(LoneMinus, p.rest[:1])
		p.rest = p.rest[1:]
		return
	}
	switch next := p.rest[1]; {
	case unicode.IsDigit(next) || isMinus(next):
		p.word()
	case closer(next) != 0:
		p.rest = p.rest[1:]
		if text, ok := p.quoted(); ok {
			p.condition(search.Condition{Phrase: text, Not: true})
		}
	default:
		p.rest = p.rest[1:]
		p.fieldOrWord(true)
	}
}

// closer is the mark that closes a phrase which r opens; 0 if it opens none. Of
// the marks that input methods mix up any closes.
func closer(r rune) rune {
	switch r {
	case '"', '“', '”', '„', '＂', '«':
		return '"'
	case '「':
		return '」'
	case '『':
		return '』'
	}
	return 0
}

func closes(r, with rune) bool {
	return r == with || with == '"' && (closer(r) == '"' && r != '„' && r != '«' || r == '»')
}

// isQuote tells of every mark that opens or closes.
func isQuote(r rune) bool { return closer(r) != 0 || r == '»' || r == '」' || r == '』' }

// quoted reads what stands between quotation marks; the first character opens.
// If nothing closes them, or nothing stands between, the mark is passed over.
func (p *parser) quoted() (string, bool) {
	with := closer(p.rest[0])
	end := slices.IndexFunc(p.rest[1:], func(r rune) bool { return closes(r, with) })
	if end < 0 {
		p.misread(OpenQuote, p.rest)
		p.rest = p.rest[1:]
		return "", false
	}
	whole := p.rest[:end+2]
	text := plain(whole)
	p.rest = p.rest[end+2:]
	if !searchable(text) {
		p.misread(EmptyPhrase, whole)
		return "", false
	}
	return text, true
}

// plain is a text without quotation marks and with single spaces.
func plain(text []rune) string {
	return strings.Join(strings.FieldsFunc(string(text), func(r rune) bool { return isQuote(r) || unicode.IsSpace(r) }), " ")
}

func searchable(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
}

// fieldOrWord reads a field with what it holds, or else a word; not excludes it.
func (p *parser) fieldOrWord(not bool) {
	name, length := fieldAt(p.rest)
	if name != "" && !(p.running && p.rest[length-1] != ':') {
		if property, ok := properties[name]; ok {
			p.property(property, length, not)
			return
		}
		if number, ok := numbers[name]; ok {
			p.number(number, length, not)
			return
		}
		if meantAsField(p.rest[:length-1], p.rest[length-1], p.rest[length:]) {
			p.misread(UnknownField, p.rest[:length+valueLength(p.rest[length:])])
			if !not {
				p.asWord(p.rest[:length-1])
				p.rest = p.rest[length:]
				return // and what it holds as if it stood alone
			}
		}
	}
	if !not {
		p.word()
		return
	}
	value := p.value()
	if !searchable(value) {
		p.misread(LoneMinus, append([]rune{'-'}, []rune(value)...))
		return
	}
	p.condition(search.Condition{Phrase: value, Not: true})
}

// valueLength is up to where a word that is excluded or that a field holds goes:
// a space, a quotation mark, or Chinese punctuation.
func valueLength(text []rune) int {
	i := slices.IndexFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || isQuote(r) || strings.ContainsRune("，。；！？、", r)
	})
	if i < 0 {
		return len(text)
	}
	return i
}

func (p *parser) value() string {
	n := valueLength(p.rest)
	value := string(p.rest[:n])
	p.rest = p.rest[n:]
	return value
}

// property reads words in a field, whose name and colon have a length.
func (p *parser) property(in search.Property, length int, not bool) {
	head := p.rest[:length]
	p.rest = p.rest[length:]
	if len(p.rest) > 0 && closer(p.rest[0]) != 0 {
		if text, ok := p.quoted(); ok {
			p.condition(search.Condition{Phrase: text, In: in, Not: not})
		} else if !not {
			p.asWord(head[:length-1])
		}
		return
	}
	value := p.value()
	if searchable(value) {
		p.condition(search.Condition{Phrase: value, In: in, Not: not})
		return
	}
	p.misread(EmptyField, append(slices.Clone(head), []rune(value)...))
	if !not {
		p.asWord(head[:length-1])
	}
}

// number reads a range of a field; it cannot be excluded.
func (p *parser) number(n search.Number, length int, not bool) {
	head := p.rest[:length]
	p.rest = p.rest[length:]
	value := p.value()
	r, ok := readRange(n, value)
	switch {
	case ok && !not:
		if p.query.Ranges == nil {
			p.query.Ranges = map[search.Number]search.Range{}
		}
		p.query.Ranges[n] = p.query.Ranges[n].And(r)
		return
	case value == "":
		p.misread(EmptyField, head)
	default:
		p.misread(BadRange, append(slices.Clone(head), []rune(value)...))
	}
	if !not {
		p.asWord(head[:length-1])
		p.asPlain(value)
	}
}

// word reads a word up to the next space or opening quotation mark.
func (p *parser) word() {
	end := slices.IndexFunc(p.rest, unicode.IsSpace)
	if end < 0 {
		end = len(p.rest)
	}
	for i := 1; i < end; i++ {
		if isQuote(p.rest[i]) && !isInch(p.rest[i-1], p.rest[i]) {
			p.asWord(p.rest[:i])
			p.rest = p.rest[i:]
			if closer(p.rest[0]) == 0 || p.running {
				p.rest = p.rest[1:]
			}
			return
		}
	}
	p.asWord(p.rest[:end])
	p.rest = p.rest[end:]
}

// isInch tells that a straight mark belongs to the number or word before it:
// 5" of pipe.
func isInch(before, mark rune) bool {
	return (mark == '"' || mark == '＂' || mark == '”') && (unicode.IsDigit(before) || unicode.IsLetter(before) && !unicode.Is(unicode.Han, before))
}

// asWord takes a text as words.
func (p *parser) asWord(text []rune) {
	if text := string(text); text != "" {
		p.words = append(p.words, text)
	}
}

// asPlain takes what was no operator's as words, without the signs that would
// make it another's.
func (p *parser) asPlain(text string) {
	p.words = append(p.words, strings.FieldsFunc(text, func(r rune) bool {
		return isColon(r) || isMinus(r) || isQuote(r) || unicode.IsSpace(r)
	})...)
}

func (p *parser) condition(c search.Condition) {
	switch {
	case slices.Contains(p.query.Conditions, c):
	case len(p.query.Conditions) < search.MaxConditions:
		p.query.Conditions = append(p.query.Conditions, c)
	default:
		p.misread(TooMany, []rune(c.Phrase))
		if !c.Not {
			p.asPlain(c.Phrase)
		}
	}
}

// The bounds of what is told.
const (
	maxMisread = 5
	maxShown   = 40
)

func (p *parser) misread(why Reason, text []rune) {
	if len(p.query.Misread) == maxMisread {
		return
	}
	shown := strings.TrimSpace(string(text[:min(len(text), maxShown)]))
	if len(text) > maxShown {
		shown += "…"
	}
	m := Misread{Why: why, Text: shown}
	if !slices.Contains(p.query.Misread, m) {
		p.query.Misread = append(p.query.Misread, m)
	}
}
