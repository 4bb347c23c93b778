package importer

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"

	"chengqiao/internal/errs"
	"chengqiao/internal/money"
	"chengqiao/internal/taxonomy"
	"chengqiao/internal/text"
)

// mappingFile is the mapping's place among the program's data files.
const mappingFile = "import.yaml"

// Mapping says what the columns of files mean.
type Mapping struct {
	columns     map[string]map[string][]string // by kind and property
	clc         map[string]string
	disciplines map[string]string
	taxonomies  *taxonomy.Set
}

// LoadMapping reads the mapping and the taxonomies among the program's data
// files.
func LoadMapping(files fs.FS) (*Mapping, error) {
	taxonomies, err := taxonomy.Load(files)
	if err != nil {
		return nil, err
	}
	raw, err := fs.ReadFile(files, mappingFile)
	if err != nil {
		return nil, fmt.Errorf("import mapping: %w", err)
	}
	return ParseMapping(raw, taxonomies)
}

// ParseMapping reads a mapping. It refuses unknown keys, and classes that lead
// to a technical field that the taxonomies do not have.
func ParseMapping(raw []byte, taxonomies *taxonomy.Set) (*Mapping, error) {
	var w struct {
		Columns     map[string]map[string][]string `yaml:"columns"`
		CLC         map[string]string              `yaml:"clc"`
		Disciplines map[string]string              `yaml:"disciplines"`
	}
	d := yaml.NewDecoder(bytes.NewReader(raw))
	d.KnownFields(true)
	if err := d.Decode(&w); err != nil {
		return nil, fmt.Errorf("import mapping: %w", err)
	}
	for _, list := range []map[string]string{w.CLC, w.Disciplines} {
		for class, field := range list {
			if !taxonomies.Has(taxonomy.TechnicalField, field) {
				return nil, fmt.Errorf("import mapping: %s leads to the unknown technical field %q", class, field)
			}
		}
	}
	m := &Mapping{columns: w.Columns, clc: w.CLC, disciplines: map[string]string{}, taxonomies: taxonomies}
	for name, field := range w.Disciplines {
		m.disciplines[text.Fold(name)] = field
	}
	for kind, properties := range w.Columns {
		for property, names := range properties {
			if len(names) == 0 {
				return nil, fmt.Errorf("import mapping: %s.%s has no column", kind, property)
			}
			for i, n := range names {
				names[i] = text.Fold(n)
			}
		}
	}
	return m, nil
}

// line is one record with the meaning of its columns; it collects faults.
type line struct {
	m       *Mapping
	columns map[string][]string
	record
	faults []errs.Field
	lang   string
}

func (m *Mapping) line(kind string, r record) *line {
	l := &line{m: m, columns: m.columns[kind], record: r}
	l.lang = strings.ToLower(l.text("language"))
	return l
}

func (l *line) fault(path, code string) {
	l.faults = append(l.faults, errs.Field{Path: path, Code: code})
}

// value is a property's value, nil where the file has none of its columns.
func (l *line) value(property string) any {
	for _, column := range l.columns[property] {
		if v, ok := l.values[column]; ok && v != nil && v != "" {
			return v
		}
	}
	return nil
}

// text is a property as a text; numbers and booleans are written out.
func (l *line) text(property string) string {
	switch v := l.value(property).(type) {
	case nil:
		return ""
	case string:
		return strings.TrimSpace(strings.ReplaceAll(v, "\x00", ""))
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	case []any: // a list where a text was expected: its parts
		return strings.Join(l.list(property), ", ")
	}
	l.fault(property, "wrong_format")
	return ""
}

// list is a property as a list: a JSON list, or a text with separators.
func (l *line) list(property string) []string {
	switch v := l.value(property).(type) {
	case nil:
		return nil
	case []any:
		out := make([]string, 0, len(v))
		for _, item := range v {
			switch item := item.(type) {
			case string:
				if item = strings.TrimSpace(item); item != "" {
					out = append(out, item)
				}
			case json.Number:
				out = append(out, item.String())
			case nil:
			default:
				l.fault(property, "wrong_format")
				return nil
			}
		}
		return out
	case string:
		var out []string
		for _, part := range strings.FieldsFunc(v, func(r rune) bool { return strings.ContainsRune(";；、，|", r) || r == ',' }) {
			if part = strings.TrimSpace(part); part != "" {
				out = append(out, part)
			}
		}
		return out
	}
	l.fault(property, "wrong_format")
	return nil
}

// inBoth is a bilingual text: of its columns by language, and of the one
// without, which is in the record's language.
func (l *line) inBoth(property string) text.Text {
	t := text.Text{Zh: l.text(property + "_zh"), En: l.text(property + "_en")}
	if plain := l.text(property); plain != "" {
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
	return strings.IndexFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) }) >= 0
}

// code is a property's code in a coded list, given as code or as name.
func (l *line) code(property, list string) string {
	return l.codeOf(property, list, l.text(property))
}

func (l *line) codeOf(path, list, given string) string {
	if given == "" || l.m.taxonomies.Has(list, given) {
		return given
	}
	if code, ok := l.m.taxonomies.ByName(list, given); ok {
		return code
	}
	if lower := strings.ToLower(given); l.m.taxonomies.Has(list, lower) {
		return lower
	}
	l.fault(path, "unknown_value")
	return ""
}

func (l *line) codes(property, list string) []string {
	var out []string
	for i, given := range l.list(property) {
		if code := l.codeOf(property+"["+strconv.Itoa(i)+"]", list, given); code != "" {
			out = append(out, code)
		}
	}
	return out
}

// field is the technical field: as given, else by class, else by discipline.
func (l *line) field() string {
	if given := l.code("technical_field", taxonomy.TechnicalField); given != "" {
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

// number is a whole number; words around it ("TRL 5", "5级") are overlooked.
func (l *line) number(property string) int {
	s := l.text(property)
	if s == "" {
		return 0
	}
	digits := strings.TrimFunc(s, func(r rune) bool { return r < '0' || r > '9' })
	n, err := strconv.Atoi(digits)
	if err != nil || strings.HasPrefix(s, "-") {
		l.fault(property, "not_a_number")
		return 0
	}
	return n
}

// amount is an amount of money in CNY, as 120000, "120,000.00" or "12万元".
func (l *line) amount(property string) *money.Amount {
	s := l.text(property)
	if s == "" {
		return nil
	}
	s = strings.NewReplacer(",", "", "，", "", "￥", "", "¥", "", "元", "", " ", "").Replace(s)
	tenThousands := strings.HasSuffix(s, "万")
	fen, err := money.ParseFen(strings.TrimSuffix(s, "万"))
	if err == nil && tenThousands {
		const most = (1<<63 - 1) / 10_000
		if fen > most || fen < -most {
			err = errs.New(errs.Invalid, "amount_overflow")
		}
		fen *= 10_000
	}
	if err != nil {
		l.fault(property, "not_an_amount")
		return nil
	}
	a := money.Fen(fen)
	return &a
}

var yes = map[string]bool{"true": true, "yes": true, "1": true, "是": true, "y": true}
var no = map[string]bool{"false": true, "no": true, "0": true, "否": true, "n": true, "": true}

func (l *line) flag(property string) bool {
	s := strings.ToLower(l.text(property))
	if !yes[s] && !no[s] {
		l.fault(property, "not_a_yes_or_no")
	}
	return yes[s]
}

// objects reads a list of objects: JSON, or JSON inside a cell.
func objects[T any](l *line, property string) []T {
	v := l.value(property)
	if v == nil {
		return nil
	}
	raw, ok := v.(string)
	if !ok {
		b, err := json.Marshal(v)
		if err != nil {
			l.fault(property, "wrong_format")
			return nil
		}
		raw = string(b)
	}
	d := json.NewDecoder(strings.NewReader(raw))
	d.DisallowUnknownFields()
	var out []T
	if err := d.Decode(&out); err != nil {
		l.fault(property, "wrong_format")
		return nil
	}
	return out
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
