package importer

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"chengqiao/internal/taxonomy"
	"chengqiao/internal/text"
)

// mappingFile is the mapping's place among the program's data files.
const mappingFile = "import.yaml"

// Mapping says what the columns of files mean, and which ones templates and
// exports have.
type Mapping struct {
	kinds map[string]kindMapping
	lists map[string]string
	// values are the codes by what files call them beside the lists' names.
	values      map[string]map[string]string
	clc         map[string]string
	disciplines map[string]string
	taxonomies  *taxonomy.Set
	// harvest is the source whose records are read; nil for any other file.
	harvest *Harvest
}

// kindMapping is the columns of one kind of listing.
type kindMapping struct {
	// names finds a property by a column's name.
	names map[string]named
	// groups finds the fields of repeated properties, by the group's name.
	groups map[string]group
	sheet  []SheetColumn
}

// named is a property with the place of a name among its names: the lower one
// is preferred where a file has several.
type named struct {
	property string
	rank     int
}

type group struct {
	property string
	fields   map[string]string
}

// SheetColumn is a column of templates and exports, or a group of them.
type SheetColumn struct {
	Property string `yaml:"property"`
	Zh       string `yaml:"zh"`
	En       string `yaml:"en"`
	// Required: no record without it, though another language may stand in.
	Required bool      `yaml:"required"`
	Help     text.Text `yaml:"help"`
	Example  text.Text `yaml:"example"`
	// Repeat is how often a group stands in the template.
	Repeat int           `yaml:"repeat"`
	Fields []SheetColumn `yaml:"fields"`
	// Field is the property of an item, in a group; of a bilingual one in one
	// language: metric_zh.
	Field string `yaml:"field"`
	// Also are further names of a group's fields, and what they mean: columns
	// that are read, and stand in no template and no export.
	Also map[string]string `yaml:"also"`
	// Template is false for columns that exports alone have.
	Template *bool `yaml:"template"`
	// List is the coded list of its values, if they are coded.
	List string `yaml:"-"`
}

// InTemplate tells whether templates have the column.
func (c SheetColumn) InTemplate() bool { return c.Template == nil || *c.Template }

// Label is the column's name; that of a group is its first part.
func (c SheetColumn) Label(locale string) string {
	if locale == text.English {
		return c.En
	}
	return c.Zh
}

// Numbered is the name of a field's column in the n-th item of a group:
// 知识产权1类型, "IP 1 kind".
func (c SheetColumn) Numbered(locale string, n int, field SheetColumn) string {
	if locale == text.English {
		return c.En + " " + strconv.Itoa(n) + " " + field.En
	}
	return c.Zh + strconv.Itoa(n) + field.Zh
}

// LoadMapping reads the mapping among the program's data files, see ParseMapping.
func LoadMapping(files fs.FS, taxonomies *taxonomy.Set) (*Mapping, error) {
	raw, err := fs.ReadFile(files, mappingFile)
	if err != nil {
		return nil, fmt.Errorf("import mapping: %w", err)
	}
	return ParseMapping(raw, taxonomies)
}

// ParseMapping reads a mapping. It refuses unknown keys, classes and values that
// lead to a code that the taxonomies do not have, and names of two meanings.
func ParseMapping(raw []byte, taxonomies *taxonomy.Set) (*Mapping, error) {
	var w struct {
		Columns     map[string]map[string][]string `yaml:"columns"`
		Lists       map[string]string              `yaml:"lists"`
		Values      map[string]map[string][]string `yaml:"values"`
		Sheets      map[string][]SheetColumn       `yaml:"sheets"`
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
	for property, list := range w.Lists {
		if len(taxonomies.List(list)) == 0 {
			return nil, fmt.Errorf("import mapping: %s has its codes from the unknown list %q", property, list)
		}
	}
	values, err := valuesOf(w.Values, taxonomies)
	if err != nil {
		return nil, fmt.Errorf("import mapping: %w", err)
	}
	m := &Mapping{kinds: map[string]kindMapping{}, lists: w.Lists, values: values, clc: w.CLC, disciplines: map[string]string{}, taxonomies: taxonomies}
	for name, field := range w.Disciplines {
		m.disciplines[text.Fold(name)] = field
	}
	for kind, properties := range w.Columns {
		s, known := shapes[kind]
		if !known {
			return nil, fmt.Errorf("import mapping: %q is no kind of listing", kind)
		}
		k, err := m.kind(s, properties, w.Sheets[kind])
		if err != nil {
			return nil, fmt.Errorf("import mapping: %s: %w", kind, err)
		}
		m.kinds[kind] = k
	}
	return m, nil
}

func (m *Mapping) kind(s shape, properties map[string][]string, sheet []SheetColumn) (kindMapping, error) {
	k := kindMapping{names: map[string]named{}, groups: map[string]group{}}
	add := func(name, property string, rank int) error {
		key := headingKey(name)
		if known, there := k.names[key]; there && known.property != property {
			return fmt.Errorf("%q means both %s and %s", name, known.property, property)
		} else if !there {
			k.names[key] = named{property, rank}
		}
		return nil
	}
	for property, names := range properties {
		if len(names) == 0 {
			return k, fmt.Errorf("%s has no column", property)
		}
		for rank, n := range names {
			if err := add(n, property, rank); err != nil {
				return k, err
			}
		}
	}
	for _, c := range sheet {
		c.List = m.lists[c.Property]
		fields := map[string]string{}
		if p, ok := s.property(c.Property); ok {
			for _, f := range p.item {
				for _, name := range f.names() {
					fields[headingKey(name)] = name
				}
			}
		}
		for name, field := range c.Also {
			if !slices.Contains(slices.Collect(maps.Values(fields)), field) {
				return k, fmt.Errorf("%s of %s means the unknown field %q", name, c.Property, field)
			}
			fields[headingKey(name)] = field
		}
		for i, f := range c.Fields {
			c.Fields[i].List = m.lists[c.Property+"."+f.Field]
			for _, name := range []string{f.Field, f.Zh, f.En} {
				fields[headingKey(name)] = f.Field
			}
		}
		for _, name := range []string{c.Property, c.Zh, c.En} {
			if len(c.Fields) > 0 {
				k.groups[headingKey(name)] = group{c.Property, fields}
			} else if err := add(name, c.Property, len(properties[c.Property])); err != nil {
				return k, err
			}
		}
		k.sheet = append(k.sheet, c)
	}
	// A content's own names come last: a file of elsewhere may mean something
	// else by them.
	for _, p := range s {
		for _, name := range p.names() {
			if _, there := k.names[headingKey(name)]; !there {
				k.names[headingKey(name)] = named{property: name}
			}
		}
	}
	return k, nil
}

// valuesOf turns the other names of codes about: the code by the name.
func valuesOf(given map[string]map[string][]string, taxonomies *taxonomy.Set) (map[string]map[string]string, error) {
	out := map[string]map[string]string{}
	for list, codes := range given {
		out[list] = map[string]string{}
		for code, names := range codes {
			if !taxonomies.Has(list, code) {
				return nil, fmt.Errorf("values of the unknown code %q of %s", code, list)
			}
			for _, name := range names {
				other, twice := out[list][text.Fold(name)]
				if named, ok := taxonomies.ByName(list, name); ok {
					other, twice = named, true
				}
				if twice {
					return nil, fmt.Errorf("%s of %s stands for %s and %s", name, list, other, code)
				}
				out[list][text.Fold(name)] = code
			}
		}
	}
	return out, nil
}

// headingKey is the form in which headings are compared: without space, marks
// of required fields, or underlines.
func headingKey(name string) string {
	return strings.NewReplacer(" ", "", "*", "", "_", "").Replace(text.Fold(name))
}

// Sheet is the columns of a kind's templates and exports.
func (m *Mapping) Sheet(kind string) []SheetColumn { return m.kinds[kind].sheet }

// recognise finds the property that a column's name means; "" for none.
func (m *Mapping) recognise(kind, name string) named {
	k := m.kinds[kind]
	key := headingKey(name)
	if n, ok := k.names[key]; ok {
		return n
	}
	digits := strings.IndexFunc(key, func(r rune) bool { return r >= '0' && r <= '9' })
	if digits <= 0 {
		return named{}
	}
	rest := strings.TrimLeftFunc(key[digits:], func(r rune) bool { return r >= '0' && r <= '9' })
	g, ok := k.groups[key[:digits]]
	if !ok {
		return named{}
	}
	n, err := strconv.Atoi(key[digits : len(key)-len(rest)])
	field, known := g.fields[strings.TrimLeft(rest, ".:-")]
	if err != nil || !known || n < 1 || n > maxItems {
		return named{}
	}
	return named{property: itemProperty(g.property, n, field)}
}

// maxItems bounds the number of an item in a column's name.
const maxItems = 100

// itemProperty is the property of a field of the n-th item: ip_items.1.kind.
func itemProperty(property string, n int, field string) string {
	return property + "." + strconv.Itoa(n) + "." + field
}

// Property is a meaning that a column can have, for choosing it.
type Property struct {
	// Name is "title_zh", or "ip_items.1.kind" of an item's field.
	Name  string
	Label text.Text
	// List is the coded list of its values, "" if they are not coded.
	List     string
	Required bool
}

// Recognise proposes a property for each column; "" where the name says none.
func (m *Mapping) Recognise(kind string, columns []string) []string {
	out := make([]string, 0, len(columns))
	for _, c := range columns {
		out = append(out, m.recognise(kind, c).property)
	}
	return out
}

// unknown are the columns whose names say nothing.
func (m *Mapping) unknown(kind string, columns []string) []string {
	var out []string
	for i, property := range m.Recognise(kind, columns) {
		if property == "" && columns[i] != "" {
			out = append(out, columns[i])
		}
	}
	return out
}

// Properties are the meanings that columns of a kind can have.
func (m *Mapping) Properties(kind string) []Property {
	var out []Property
	for _, c := range m.kinds[kind].sheet {
		if len(c.Fields) == 0 {
			out = append(out, Property{Name: c.Property, Label: text.Text{Zh: c.Zh, En: c.En}, List: c.List, Required: c.Required})
			continue
		}
		for n := 1; n <= max(c.Repeat, shownItems); n++ {
			for _, f := range c.Fields {
				out = append(out, Property{
					Name: itemProperty(c.Property, n, f.Field), List: f.List,
					Label: text.Text{Zh: c.Numbered(text.Chinese, n, f), En: c.Numbered(text.English, n, f)},
				})
			}
		}
	}
	return out
}

// shownItems is how many items of a group can be chosen by hand.
const shownItems = 5

// knows tells whether a column may be given the property.
func (m *Mapping) knows(kind, property string) bool {
	for _, n := range m.kinds[kind].names {
		if n.property == property {
			return true
		}
	}
	name, rest, _ := strings.Cut(property, ".")
	number, field, _ := strings.Cut(rest, ".")
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || n > maxItems {
		return false
	}
	for _, g := range m.kinds[kind].groups {
		if g.property == name && slices.Contains(slices.Collect(maps.Values(g.fields)), field) {
			return true
		}
	}
	return false
}
