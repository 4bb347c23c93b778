package importer

import (
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// mapped is a record as the service takes it.
type mapped[C any] struct {
	id string
	// version is that of the listing that the record was exported from; 0 is unsaid.
	version int64
	// link is the record's page at its source.
	link    string
	content C
}

// special are the properties that a record says in more than one way.
var special = map[string]func(l *line) any{
	"technical_field": func(l *line) any { return l.field() },
	"funding_project": func(l *line) any { return l.programme() },
	"keywords_zh":     func(l *line) any { zh, _ := l.words(); return zh },
	"keywords_en":     func(l *line) any { _, en := l.words(); return en },
	"source": func(l *line) any {
		if l.kind == "need" {
			return l.credit(l.text("credit_organisation"), l.text("credit_agency"), l.text("credit_programme"), l.called())
		}
		// Authors are names without a person behind them: they are credited in
		// the source text, and do not become contributors, who have rights to
		// rewards.
		return l.credit(l.text("credit_people"), l.text("credit_organisation"))
	},
}

// contentOf maps a line to a content.
func contentOf[C any](l *line, s shape) mapped[C] {
	var c C
	v := reflect.ValueOf(&c).Elem()
	for _, p := range s {
		field := v.FieldByIndex(p.index)
		if made, ok := special[p.name]; ok {
			if value := reflect.ValueOf(made(l)); !value.IsZero() {
				field.Set(value)
			}
			continue
		}
		if p.form == bilingual {
			field.Set(reflect.ValueOf(l.inBoth(p.name)))
			continue
		}
		if p.form == items {
			l.items(field, p)
			continue
		}
		l.set(field, p, p.name, p.name, l.value(p.name))
	}
	if title := v.FieldByName("Title"); title.IsValid() && title.IsZero() && len(l.faults) == 0 {
		l.fault("title", "required") // even as a draft: nobody could tell it from others
	}
	return mapped[C]{l.text("id"), l.numberOf("version", l.value("version")), l.text("link"), c}
}

// set puts a value into a field. name finds the coded list, path names faults.
func (l *line) set(field reflect.Value, p property, name, path string, v any) {
	if v == nil {
		return
	}
	list := l.m.lists[name]
	switch p.form {
	case plain:
		s := l.textOf(path, v)
		if list != "" {
			s = l.codeOf(path, list, s)
		}
		field.SetString(s)
	case date:
		field.SetString(string(l.dateOf(path, v)))
	case number:
		read := l.numberOf
		if name == "year" {
			read = l.yearOf
		}
		n := read(path, v)
		if field.OverflowInt(n) {
			l.fault(path, "out_of_range")
			return
		}
		field.SetInt(n)
	case flag:
		field.SetBool(l.flagOf(path, v))
	case amount:
		if a := l.amountOf(path, v); a != nil {
			field.Set(reflect.ValueOf(a))
		}
	case texts:
		given := l.listOf(path, v)
		if list != "" {
			given = l.codesOf(path, list, given)
		}
		field.Set(reflect.ValueOf(given))
	default:
		l.structured(field, path, v)
	}
}

// structured reads what only JSON can say, in a cell or as it is.
func (l *line) structured(field reflect.Value, path string, v any) {
	raw, ok := v.(string)
	if !ok {
		b, err := json.Marshal(v)
		if err != nil {
			l.fault(path, "wrong_format")
			return
		}
		raw = string(b)
	}
	d := json.NewDecoder(strings.NewReader(raw))
	d.DisallowUnknownFields()
	into := reflect.New(field.Type())
	if err := d.Decode(into.Interface()); err != nil {
		l.fault(path, "wrong_format")
		return
	}
	field.Set(into.Elem())
}

// items reads a list of objects: JSON, JSON inside a cell, or a group of
// numbered columns an item, whose empty numbers are left out.
func (l *line) items(field reflect.Value, p property) {
	var made []reflect.Value
	for i, object := range l.objects(p.name) {
		l.places[at(p.name, i)] = p.name
		made = append(made, l.item(field.Type().Elem(), p, i, object))
	}
	numbered, numbers := l.numbered(p.name)
	for _, n := range numbers {
		l.places[at(p.name, len(made))] = p.name + "." + strconv.Itoa(n)
		made = append(made, l.item(field.Type().Elem(), p, len(made), numbered[n]))
	}
	if len(made) > 0 {
		field.Set(reflect.Append(reflect.MakeSlice(field.Type(), 0, len(made)), made...))
	}
}

// objects are the items that a property says as JSON.
func (l *line) objects(name string) []map[string]any {
	v := l.value(name)
	if raw, ok := v.(string); ok {
		d := json.NewDecoder(strings.NewReader(raw))
		d.UseNumber()
		if err := d.Decode(&v); err != nil {
			l.fault(name, "wrong_format")
			return nil
		}
	}
	if v == nil {
		return nil
	}
	list, ok := v.([]any)
	if !ok {
		l.fault(name, "wrong_format")
		return nil
	}
	out := make([]map[string]any, 0, len(list))
	for _, item := range list {
		object, ok := item.(map[string]any)
		if !ok {
			l.fault(name, "wrong_format")
			return nil
		}
		out = append(out, object)
	}
	return out
}

// numbered are the items of a group's columns by their numbers, which come in
// order.
func (l *line) numbered(name string) (map[int]map[string]any, []int) {
	found := map[int]map[string]any{}
	var numbers []int
	for property, v := range l.values {
		rest, ok := strings.CutPrefix(property, name+".")
		if !ok {
			continue
		}
		number, field, _ := strings.Cut(rest, ".")
		n, err := strconv.Atoi(number)
		if err != nil {
			continue
		}
		if found[n] == nil {
			found[n] = map[string]any{}
			numbers = append(numbers, n)
		}
		found[n][field] = v.value
	}
	slices.Sort(numbers)
	return found, numbers
}

// item reads one item of a list.
func (l *line) item(t reflect.Type, p property, i int, object map[string]any) reflect.Value {
	v := reflect.New(t).Elem()
	known := 0
	for _, f := range p.item {
		there := 0
		for _, name := range f.names() {
			if _, said := object[name]; said {
				there++
			}
		}
		if there == 0 {
			continue
		}
		known += there
		path, given := at(p.name, i)+"."+f.name, object[f.name]
		switch f.form {
		case bilingual:
			v.FieldByIndex(f.index).Set(reflect.ValueOf(l.bothOf(path, object[f.name+"_zh"], object[f.name+"_en"], given)))
		case items, other:
			l.structured(v.FieldByIndex(f.index), path, given)
		default:
			l.set(v.FieldByIndex(f.index), f, p.name+"."+f.name, path, given)
		}
	}
	if known < len(object) {
		l.fault(p.name, "wrong_format")
	}
	return v
}

func at(name string, i int) string { return name + "[" + strconv.Itoa(i) + "]" }

// column is the column that a fault's path speaks of; -1 where the file has
// none for it.
func (l *line) column(path string) int {
	for p := path; p != ""; {
		if c, ok := l.columnOf(p); ok {
			return c
		}
		cut := strings.LastIndexAny(p, ".[")
		if cut < 0 {
			break
		}
		p = p[:cut]
	}
	return -1
}

func (l *line) columnOf(path string) (int, bool) {
	if end := strings.IndexByte(path, ']'); end > 0 {
		place, ok := l.places[path[:end+1]]
		if !ok {
			return 0, false
		}
		path = place + path[end+1:]
		if path == place { // an item as a whole: any of its columns
			return l.first(place)
		}
	}
	names := []string{path}
	switch dot := strings.LastIndexByte(path, '.'); {
	case strings.HasSuffix(path, ".zh") || strings.HasSuffix(path, ".en"):
		names = []string{path[:dot] + "_" + path[dot+1:], path[:dot]}
	case path == "source_id":
		names = []string{"id"}
	case path == "source":
		names = []string{"link"}
	case strings.HasPrefix(path, "keywords_"):
		names = append(names, "keywords")
	default: // a bilingual one as a whole
		names = append(names, path+"_zh", path+"_en")
	}
	for _, n := range names {
		if v, ok := l.values[n]; ok {
			return v.column, true
		}
	}
	return 0, false
}

// first is the first column of an item.
func (l *line) first(place string) (int, bool) {
	best, found := 0, false
	for property, v := range l.values {
		if property == place || strings.HasPrefix(property, place+".") {
			if !found || v.column < best {
				best, found = v.column, true
			}
		}
	}
	return best, found
}
