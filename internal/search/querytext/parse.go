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
	p := parser{rest: []rune(text), unreadGroups: new(int)}
	p.running = len(p.rest) > running
	return p.read()
}

type parser struct {
	rest    []rune
	running bool
	// single: no alternatives are read.
	single bool
	// depth is how many brackets hold the text, and unreadGroups how many in it held
	// no alternatives.
	depth        int
	unreadGroups *int
	words        []string
	unread       []unread
	query        Query
}

// read reads the rest of the text.
func (p *parser) read() Query {
	for p.skipSpace(); len(p.rest) > 0; p.skipSpace() {
		p.part()
	}
	p.settle()
	return p.query
}

// unread is a field that could not be read.
type unread struct {
	// name is a word by itself where no field is called so.
	name  string
	known bool
	holds string
	told  int // its place in Query.Misread; -1 where it is not told
}

// settle tells what the fields that could not be read count for. Where nothing
// else is asked for, what they hold is meant, or else their names.
func (p *parser) settle() {
	alone := !p.query.asks(strings.Join(p.words, " "))
	holding := slices.ContainsFunc(p.unread, func(u unread) bool { return searchable(u.holds) })
	var wishes []string
	for _, u := range p.unread {
		taken := TakenNothing
		count := func(list *[]string, text string, as Taken) {
			if searchable(text) {
				*list = append(*list, text)
				taken = as
			}
		}
		if alone && !holding {
			count(&p.words, u.name, TakenWords)
		} else {
			if !u.known {
				count(&wishes, u.name, TakenWish)
			}
			if alone {
				count(&p.words, u.holds, TakenWords)
			} else {
				count(&wishes, u.holds, TakenWish)
			}
		}
		if u.told >= 0 {
			p.query.Misread[u.told].Taken = taken
		}
	}
	p.query.Words, p.query.Wishes = strings.Join(p.words, " "), strings.Join(wishes, " ")
}

func (p *parser) skipSpace() { p.rest = withoutSpace(p.rest) }

// part reads what begins here: alternatives, a phrase, an exclusion, a field, or a
// word.
func (p *parser) part() {
	switch {
	case p.joined(), p.either():
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

// joined passes over what joins parts and does not join here: AND says what holds
// anyway, and an OR that no alternatives stand beside is told. At the beginning
// and in running texts AND and OR are words.
func (p *parser) joined() bool {
	sign := p.rest[:signLength(p.rest)]
	meant := p.began() && (!p.running || len(p.query.OneOf) > 0)
	if !joins(string(sign)) || !meant && !isPipe(sign[0]) {
		return false
	}
	if meant && isOr(string(sign)) {
		p.misread(LoneOr, sign, TakenNothing)
	}
	p.rest = p.rest[len(sign):]
	return true
}

// began tells whether anything has been read.
func (p *parser) began() bool {
	return len(p.words)+len(p.unread)+len(p.query.Conditions)+len(p.query.OneOf)+len(p.query.Ranges) > 0
}

func isMinus(r rune) bool { return r == '-' || r == '－' || r == '−' }

// minus reads an exclusion. A minus before a digit is a number's (-40℃), and
// several are a line.
func (p *parser) minus() {
	if len(p.rest) == 1 || unicode.IsSpace(p.rest[1]) {
		p.misread(LoneMinus, p.rest[:1], TakenNothing)
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
	case opensGroup(next) && p.without():
	default:
		p.rest = p.rest[1:]
		p.fieldOrWord(true)
	}
}

// without reads alternatives behind a minus: whoever wants neither excludes each.
func (p *parser) without() bool {
	group, length := p.operand(p.rest[1:])
	if len(group) < 2 || slices.ContainsFunc(group, severalWords) {
		return false
	}
	for _, alternative := range group {
		p.condition(search.Condition{Phrase: alternative.Text, In: alternative.In, Not: true})
	}
	p.rest = p.rest[1+length:]
	return true
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
		p.misread(OpenQuote, p.rest, TakenWords)
		p.rest = p.rest[1:]
		return "", false
	}
	whole := p.rest[:end+2]
	text := plain(whole)
	p.rest = p.rest[end+2:]
	if !searchable(text) {
		p.misread(EmptyPhrase, whole, TakenNothing)
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
			if !not {
				p.unknown(length)
				return
			}
			p.misread(UnknownField, p.rest[:length+valueLength(p.rest[length:])], TakenExcluded)
		}
	}
	if !not {
		if !p.compared() {
			p.word()
		}
		return
	}
	value := p.value()
	if !searchable(value) {
		p.misread(LoneMinus, append([]rune{'-'}, []rune(value)...), TakenNothing)
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
		}
		return
	}
	value := p.value()
	if searchable(value) {
		p.condition(search.Condition{Phrase: value, In: in, Not: not})
		return
	}
	p.field(EmptyField, head, value, not)
}

// unknown reads a field that there is not, whose name and colon have a length:
// what it holds may be quoted, and is not strict for that.
func (p *parser) unknown(length int) {
	from := p.rest
	p.rest = p.rest[length:]
	var holds string
	quoted := len(p.rest) > 0 && closer(p.rest[0]) != 0
	if quoted {
		holds, quoted = p.quoted()
	}
	if !quoted {
		holds = p.value()
	}
	told := p.misread(UnknownField, from[:len(from)-len(p.rest)], TakenWish)
	p.unread = append(p.unread, unread{name: string(from[:length-1]), holds: plainWords(holds), told: told})
}

// field tells that a field which there is could not be read. An exclusion of it
// is left out.
func (p *parser) field(why Reason, head []rune, holds string, not bool) {
	told := p.misread(why, append(slices.Clone(head), []rune(holds)...), TakenNothing)
	if !not {
		p.unread = append(p.unread, unread{name: string(head[:len(head)-1]), known: true, holds: plainWords(holds), told: told})
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
		p.within(n, r)
	case value == "":
		p.field(EmptyField, head, value, not)
	default:
		p.field(BadRange, head, value, not)
	}
}

// compared reads a range without a colon. What is none stays a word: nothing says
// that it was meant as a field, and a running text may well compare.
func (p *parser) compared() bool {
	n, length := comparedAt(p.rest)
	if length == 0 || p.running {
		return false
	}
	end := length + valueLength(p.rest[length:])
	r, ok := readRange(n, string(p.rest[length:end]))
	if ok {
		p.within(n, r)
		p.rest = p.rest[end:]
	}
	return ok
}

func (p *parser) within(n search.Number, r search.Range) {
	if p.query.Ranges == nil {
		p.query.Ranges = map[search.Number]search.Range{}
	}
	p.query.Ranges[n] = p.query.Ranges[n].And(r)
}

// word reads a word up to the next space, pipe or opening quotation mark.
func (p *parser) word() {
	end := slices.IndexFunc(p.rest, func(r rune) bool { return unicode.IsSpace(r) || isPipe(r) })
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

// plainWords are the words of what was no operator's, without the signs that
// would make them another's.
func plainWords(text string) string {
	words := strings.FieldsFunc(text, func(r rune) bool {
		return isColon(r) || isMinus(r) || isQuote(r) || isPipe(r) || unicode.IsSpace(r)
	})
	return strings.Join(slices.DeleteFunc(words, joins), " ")
}

func (p *parser) condition(c search.Condition) {
	switch {
	case slices.Contains(p.query.Conditions, c):
	case len(p.query.Conditions) < search.MaxConditions:
		p.query.Conditions = append(p.query.Conditions, c)
	case c.Not:
		p.misread(TooMany, []rune(c.Phrase), TakenNothing)
	default:
		p.misread(TooMany, []rune(c.Phrase), TakenWords)
		p.asWord([]rune(plainWords(c.Phrase)))
	}
}

// The bounds of what is told.
const (
	maxMisread = 5
	maxShown   = 40
)

// misread tells of a part that could not be read, and gives its place in
// Query.Misread; -1 where that is full.
func (p *parser) misread(why Reason, text []rune, taken Taken) int {
	shown := strings.TrimSpace(string(text[:min(len(text), maxShown)]))
	if len(text) > maxShown {
		shown += "…"
	}
	told := slices.IndexFunc(p.query.Misread, func(m Misread) bool { return m.Why == why && m.Text == shown })
	if told >= 0 || len(p.query.Misread) == maxMisread {
		return told
	}
	p.query.Misread = append(p.query.Misread, Misread{Why: why, Text: shown, Taken: taken})
	return len(p.query.Misread) - 1
}
