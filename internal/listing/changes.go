package listing

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"chengqiao/internal/errs"
	"chengqiao/internal/text"
)

// Change is one place in which two contents differ.
type Change struct {
	// Path is the place as in a FieldReason: "claims[1].value".
	Path string
	// Before and After are the JSON values there; nil where there was, or is, none.
	Before, After json.RawMessage
}

// maxChanges bounds a difference: beyond it the reader reads the whole.
const maxChanges = 300

// ChangesOf are the places in which b differs from a, in the order of their
// paths. Objects are compared field by field and lists item by item; a text that
// an older program wrote as a plain string is one in the language of its script.
func ChangesOf(a, b json.RawMessage) ([]Change, error) {
	var before, after any
	for _, each := range []struct {
		raw  json.RawMessage
		into *any
	}{{a, &before}, {b, &after}} {
		decoder := json.NewDecoder(bytes.NewReader(each.raw))
		decoder.UseNumber() // 1.10 is not 1.1
		if err := decoder.Decode(each.into); err != nil {
			return nil, errs.Wrap(errs.Internal, "internal", fmt.Errorf("decode content: %w", err))
		}
	}
	d := difference{}
	d.compare("", before, after)
	return d.changes, d.err
}

type difference struct {
	changes []Change
	err     error
}

func (d *difference) compare(path string, a, b any) {
	if d.err != nil || len(d.changes) >= maxChanges {
		return
	}
	a, b = inLanguages(a, b), inLanguages(b, a)
	switch was := a.(type) {
	case map[string]any:
		if is, ok := b.(map[string]any); ok {
			keys := map[string]bool{}
			for k := range was {
				keys[k] = true
			}
			for k := range is {
				keys[k] = true
			}
			for _, k := range slices.Sorted(maps.Keys(keys)) {
				below := k
				if path != "" {
					below = path + "." + k
				}
				d.compare(below, was[k], is[k])
			}
			return
		}
	case []any:
		if is, ok := b.([]any); ok {
			for i := range max(len(was), len(is)) {
				d.compare(At(path, i, ""), item(was, i), item(is, i))
			}
			return
		}
	}
	before, after := d.encode(a), d.encode(b)
	if !bytes.Equal(before, after) {
		d.changes = append(d.changes, Change{Path: path, Before: before, After: after})
	}
}

// inLanguages is a plain string as a text where it is compared with one.
func inLanguages(v, other any) any {
	s, plain := v.(string)
	both, ok := other.(map[string]any)
	if !plain || !ok {
		return v
	}
	for key := range both {
		if key != "zh" && key != "en" {
			return v
		}
	}
	out := map[string]any{}
	t := text.Of(s)
	if t.Zh != "" {
		out["zh"] = t.Zh
	}
	if t.En != "" {
		out["en"] = t.En
	}
	return out
}

func item(list []any, i int) any {
	if i < len(list) {
		return list[i]
	}
	return nil
}

func (d *difference) encode(v any) json.RawMessage {
	if v == nil {
		return nil
	}
	raw, err := json.Marshal(v)
	if err != nil {
		d.err = errs.Wrap(errs.Internal, "internal", fmt.Errorf("encode content: %w", err))
	}
	return raw
}
