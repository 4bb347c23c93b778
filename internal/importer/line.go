package importer

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/money"
	"chengqiao/internal/taxonomy"
	"chengqiao/internal/text"
)

// picked is the value of a property with the column it came from.
type picked struct {
	value  any
	column int
	rank   int
}

// line is one record with the meaning of its columns; it collects faults.
type line struct {
	m    *Mapping
	kind string
	// values are the record's by property.
	values map[string]picked
	faults []errs.Field
	lang   string
	// places are the properties of items by their path: the second of a list
	// may come from the columns of number three.
	places map[string]string
}

// reading is how the columns of one table are read.
type reading struct {
	m     *Mapping
	kind  string
	known []named // by column
}

// spread gives a row the values of merged cells that cover it, where it has none of
// its own: an owner or a field for several records. A number or a title that covers
// several rows makes them one record, which only its people can take apart: those
// rows stay without it.
func (m *Mapping) spread(columns []string, row Row) Row {
	for i, v := range row.Carried {
		if v == nil || i >= len(columns) || i < len(row.Cells) && row.Cells[i] != nil || m.names(columns[i]) {
			continue
		}
		for len(row.Cells) <= i {
			row.Cells = append(row.Cells, nil)
		}
		row.Cells[i] = v
	}
	return row
}

// namesOfRecords are the properties by which a record is known again.
var namesOfRecords = []string{"id", "title", "title_zh", "title_en"}

// names tells whether a column names records of any kind.
func (m *Mapping) names(column string) bool {
	for kind := range m.kinds {
		if slices.Contains(namesOfRecords, m.recognise(kind, column).property) {
			return true
		}
	}
	return false
}

// line gives a row's values to their properties. Columns that came since the
// last row are recognised by name.
func (r *reading) line(columns []string, row Row) *line {
	for len(r.known) < len(columns) {
		r.known = append(r.known, r.m.recognise(r.kind, columns[len(r.known)]))
	}
	l := &line{m: r.m, kind: r.kind, values: make(map[string]picked, len(row.Cells)), places: map[string]string{}}
	for i, v := range row.Cells {
		if v == nil || v == "" || r.known[i].property == "" {
			continue
		}
		known := r.known[i]
		if there, ok := l.values[known.property]; ok && there.rank <= known.rank {
			continue
		}
		l.values[known.property] = picked{v, i, known.rank}
	}
	l.lang = strings.ToLower(l.text("language"))
	if r.m.harvest != nil {
		r.m.harvest.complete(l)
	}
	return l
}

func (l *line) fault(path, code string) {
	l.faults = append(l.faults, errs.Field{Path: path, Code: code})
}

// value is a property's value, nil where the file has none of its columns.
func (l *line) value(property string) any { return l.values[property].value }

// text is a property as a text; numbers and booleans are written out.
func (l *line) text(property string) string { return l.textOf(property, l.value(property)) }

func (l *line) textOf(path string, v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return strings.TrimSpace(strings.ReplaceAll(v, "\x00", ""))
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	case []any: // a list where a text was expected: its parts
		return strings.Join(l.listOf(path, v), ", ")
	}
	l.fault(path, "wrong_format")
	return ""
}

// list is a property as a list: a JSON list, or a text with separators.
func (l *line) list(property string) []string { return l.listOf(property, l.value(property)) }

// separators stand between the entries of a list in one cell.
const separators = ";；、，|,\n"

func (l *line) listOf(path string, v any) []string {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		out := make([]string, 0, len(v))
		for _, item := range v {
			switch item := item.(type) {
			case string:
				if item = strings.TrimSpace(strings.ReplaceAll(item, "\x00", "")); item != "" {
					out = append(out, item)
				}
			case json.Number:
				out = append(out, item.String())
			case nil:
			default:
				l.fault(path, "wrong_format")
				return nil
			}
		}
		return out
	case string:
		v = strings.TrimSpace(strings.ReplaceAll(v, "\x00", ""))
		var given []string
		if strings.HasPrefix(v, `["`) && json.Unmarshal([]byte(v), &given) == nil {
			return given
		}
		var out []string
		for _, part := range strings.FieldsFunc(v, func(r rune) bool { return strings.ContainsRune(separators, r) }) {
			if part = strings.TrimSpace(part); part != "" {
				out = append(out, part)
			}
		}
		return out
	}
	l.fault(path, "wrong_format")
	return nil
}

// inBoth is a bilingual text: of its columns by language, and of the one
// without, which is in the record's language, or an object of both.
func (l *line) inBoth(property string) text.Text {
	return l.bothOf(property, l.value(property+"_zh"), l.value(property+"_en"), l.value(property))
}

// bothOf is inBoth of given values: in Chinese, in English, and without a language.
func (l *line) bothOf(property string, zh, en, v any) text.Text {
	t := text.Text{Zh: l.textOf(property+".zh", zh), En: l.textOf(property+".en", en)}
	if object, ok := asObject(v); ok {
		for language, said := range object {
			switch {
			case language == "zh" && t.Zh == "":
				t.Zh = l.textOf(property+".zh", said)
			case language == "en" && t.En == "":
				t.En = l.textOf(property+".en", said)
			case language != "zh" && language != "en":
				l.fault(property, "wrong_format")
			}
		}
		return t
	}
	if plain := l.textOf(property, v); plain != "" {
		if l.chinese(plain) {
			if t.Zh == "" {
				t.Zh = plain
			}
		} else if t.En == "" {
			t.En = plain
		}
	}
	return t
}

// asObject is a value that JSON says as an object, also inside a cell.
func asObject(v any) (map[string]any, bool) {
	if raw, ok := v.(string); ok && strings.HasPrefix(raw, "{") {
		var object map[string]any
		d := json.NewDecoder(strings.NewReader(raw))
		d.UseNumber()
		err := d.Decode(&object)
		return object, err == nil
	}
	object, ok := v.(map[string]any)
	return object, ok
}

// words are keywords by language.
func (l *line) words() (zh, en []string) {
	zh, en = l.list("keywords_zh"), l.list("keywords_en")
	plain := l.list("keywords")
	switch {
	case len(plain) == 0:
	case l.lang != "":
		if l.chinese("") {
			return append(zh, plain...), en
		}
		return zh, append(en, plain...)
	}
	if l.lang == "" {
		for _, w := range plain {
			if l.chinese(w) {
				zh = append(zh, w)
			} else {
				en = append(en, w)
			}
		}
	}
	return zh, en
}

// chinese tells whether a text without language is Chinese: by what the record
// says of itself, else by its script.
func (l *line) chinese(s string) bool {
	if l.lang != "" {
		return strings.HasPrefix(l.lang, "zh") || strings.Contains(l.lang, "中")
	}
	return text.Han(s)
}

// codeOf is a code of a coded list, given as code or as name.
func (l *line) codeOf(path, list, given string) string {
	code, ok := l.m.Code(list, given)
	if !ok {
		l.fault(path, "unknown_value")
	}
	return code
}

func (l *line) codesOf(path, list string, given []string) []string {
	var out []string
	for i, g := range given {
		if code := l.codeOf(path+"["+strconv.Itoa(i)+"]", list, g); code != "" {
			out = append(out, code)
		}
	}
	return out
}

// field is the technical field: as given, else by class, else by discipline.
func (l *line) field() string {
	if given := l.codeOf("technical_field", taxonomy.TechnicalField, l.text("technical_field")); given != "" {
		return given
	}
	class := strings.ToUpper(strings.TrimSpace(l.text("clc")))
	for n := len(class); n > 0; n-- {
		if field, ok := l.m.clc[class[:n]]; ok {
			return field
		}
	}
	if class != "" {
		return "" // a class that says nothing sure says more than its discipline
	}
	return l.m.disciplines[text.Fold(l.text("discipline"))]
}

// numberOf is a whole number; words around it ("TRL 5", "5级") are overlooked, and
// the empty fraction with which spreadsheets write numbers (5.0).
func (l *line) numberOf(path string, v any) int64 {
	s := emptyFraction.ReplaceAllString(text.Fold(l.textOf(path, v)), "")
	if s == "" {
		return 0
	}
	digits := strings.TrimFunc(s, func(r rune) bool { return r < '0' || r > '9' })
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || strings.HasPrefix(s, "-") {
		l.fault(path, "not_a_number")
		return 0
	}
	return n
}

var emptyFraction = regexp.MustCompile(`\.0+$`)

// datedYear is a date, or a month, where a year is asked for.
var datedYear = regexp.MustCompile(`^([0-9]{4})[-/.年](0?[1-9]|1[0-2])([-/.月].*)?$`)

// yearOf is a year, also that of a date: 2023, 2023年, 2023-05, 2023/5/1.
func (l *line) yearOf(path string, v any) int64 {
	s := text.Fold(l.textOf(path, v))
	if m := datedYear.FindStringSubmatch(s); m != nil {
		return l.numberOf(path, m[1])
	}
	if day, ok := numberedDay(s); ok {
		return l.numberOf(path, string(day)[:4])
	}
	return l.numberOf(path, v)
}

// amountOf is an amount of money in CNY, as 120000, "120,000.00", "12万元" or
// "人民币1.2亿元", or an object as in the API.
func (l *line) amountOf(path string, v any) *money.Amount {
	if object, ok := asObject(v); ok {
		var a money.Amount
		raw, err := json.Marshal(object)
		if err == nil {
			err = json.Unmarshal(raw, &a)
		}
		if err != nil {
			l.fault(path, "not_an_amount")
			return nil
		}
		return &a
	}
	s := text.Fold(l.textOf(path, v))
	if s == "" {
		return nil
	}
	for _, currency := range []string{"人民币", "rmb", "cny"} {
		s = strings.TrimSuffix(strings.TrimPrefix(s, currency), currency)
	}
	s = strings.NewReplacer(",", "", "¥", "", "元", "", " ", "").Replace(s)
	number, times := s, int64(1)
	for unit, factor := range map[string]int64{"万": 10_000, "亿": 100_000_000} {
		if short, ok := strings.CutSuffix(s, unit); ok {
			number, times = short, factor
		}
	}
	fen, err := money.ParseFen(number)
	if most := (1<<63 - 1) / times; err == nil && (fen > most || fen < -most) {
		err = errs.New(errs.Invalid, "amount_overflow")
	}
	if err != nil {
		l.fault(path, "not_an_amount")
		return nil
	}
	fen *= times
	a := money.Fen(fen)
	return &a
}

var yes = map[string]bool{"true": true, "yes": true, "1": true, "是": true, "y": true}
var no = map[string]bool{"false": true, "no": true, "0": true, "否": true, "n": true, "": true}

func (l *line) flagOf(path string, v any) bool {
	s := strings.ToLower(l.textOf(path, v))
	if !yes[s] && !no[s] {
		l.fault(path, "not_a_yes_or_no")
	}
	return yes[s]
}

// writtenDate is a date as people write it: 2026/1/31, 2026.1.31, 2026年1月31日,
// 2026 年 1 月 31 号; compactDate as registers do: 20260131.
var (
	writtenDate = regexp.MustCompile(`^([0-9]{4}) ?[-/.年] ?([0-9]{1,2}) ?[-/.月] ?([0-9]{1,2}) ?[日号]?([ T]0{1,2}:00(:00)?Z?)?$`)
	compactDate = regexp.MustCompile(`^([0-9]{4})([0-9]{2})([0-9]{2})$`)
)

// The days that spreadsheets count from 1899-12-30, from 1927 to 2118.
const (
	firstDayNumber = 10_000
	lastDayNumber  = 80_000
)

// dateOf is a civil date in any of the ways in which people and spreadsheets
// write it; what is none stays as it is, for the content's check to refuse.
func (l *line) dateOf(path string, v any) clock.Date {
	s := norm.NFKC.String(l.textOf(path, v))
	for _, form := range []*regexp.Regexp{writtenDate, compactDate} {
		if m := form.FindStringSubmatch(s); m != nil {
			return clock.Date(m[1] + "-" + twoDigits(m[2]) + "-" + twoDigits(m[3]))
		}
	}
	if day, ok := numberedDay(s); ok {
		return day
	}
	return clock.Date(s)
}

// numberedDay is the date that a spreadsheet keeps as a number.
func numberedDay(s string) (clock.Date, bool) {
	n, err := strconv.Atoi(s)
	if err != nil || n < firstDayNumber || n > lastDayNumber {
		return "", false
	}
	return clock.Date("1899-12-30").AddDays(n), true
}

func twoDigits(s string) string {
	if len(s) == 1 {
		return "0" + s
	}
	return s
}
