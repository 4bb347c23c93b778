package importer

import (
	"reflect"
	"slices"
	"strings"

	"chengqiao/internal/catalog"
	"chengqiao/internal/clock"
	"chengqiao/internal/money"
	"chengqiao/internal/need"
	"chengqiao/internal/text"
)

// form is how a property of a content is written in a cell.
type form uint8

const (
	plain     form = iota // a text, a code where the property has a coded list
	bilingual             // two columns
	date
	number
	flag
	amount
	texts // a list in one cell
	items // a group of columns an item
	other // JSON
)

// shape is a type of content by its properties as JSON names them, so that a
// property which a domain adds is imported and exported without a word here.
type shape []property

type property struct {
	name  string
	index []int
	form  form
	// item is the shape of a list's items.
	item shape
}

// contentTypes are the contents by kind of listing, shapes their shapes.
var (
	contentTypes = map[string]reflect.Type{
		catalog.AchievementKind: reflect.TypeFor[catalog.AchievementContent](),
		catalog.PackageKind:     reflect.TypeFor[catalog.PackageContent](),
		need.Kind:               reflect.TypeFor[need.Content](),
	}
	shapes = func() map[string]shape {
		out := map[string]shape{}
		for kind, t := range contentTypes {
			out[kind] = shapeOf(t)
		}
		return out
	}()
)

// names are those under which a file may say it: a bilingual one also in each
// language by itself.
func (p property) names() []string {
	if p.form != bilingual {
		return []string{p.name}
	}
	return []string{p.name, p.name + "_zh", p.name + "_en"}
}

// named finds a property by one of its names, with the language that the name says.
func (s shape) named(name string) (p property, language string, ok bool) {
	for _, p := range s {
		if slices.Contains(p.names(), name) {
			return p, strings.TrimPrefix(strings.TrimPrefix(name, p.name), "_"), true
		}
	}
	return property{}, "", false
}

// property finds one by its name.
func (s shape) property(name string) (property, bool) {
	i := slices.IndexFunc(s, func(p property) bool { return p.name == name })
	if i < 0 {
		return property{}, false
	}
	return s[i], true
}

// shapeOf reads the shape of a struct.
func shapeOf(t reflect.Type) shape {
	var out shape
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !f.IsExported() || name == "" || name == "-" {
			continue
		}
		p := property{name: name, index: f.Index, form: formOf(f.Type)}
		if p.form == items {
			p.item = shapeOf(f.Type.Elem())
		}
		out = append(out, p)
	}
	return out
}

func formOf(t reflect.Type) form {
	switch t {
	case reflect.TypeFor[text.Text]():
		return bilingual
	case reflect.TypeFor[clock.Date]():
		return date
	case reflect.TypeFor[*money.Amount]():
		return amount
	case reflect.TypeFor[[]string]():
		return texts
	}
	switch t.Kind() {
	case reflect.String:
		return plain
	case reflect.Int, reflect.Int64:
		return number
	case reflect.Bool:
		return flag
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Struct {
			return items
		}
	}
	return other
}
