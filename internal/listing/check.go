package listing

import (
	"slices"
	"strconv"
	"strings"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/money"
	"chengqiao/internal/policy"
	"chengqiao/internal/taxonomy"
	"chengqiao/internal/text"
)

// Faults collects what is wrong with a content, by JSON path. The zero value
// is ready.
type Faults struct {
	fields []errs.Field
}

// Fields are the faults found, in the order of the checks.
func (f *Faults) Fields() []errs.Field { return f.fields }

// Err is errs.Invalid "invalid_fields" with the faults, or nil.
func (f *Faults) Err() error { return errs.InvalidFields(f.fields) }

// Add notes a fault.
func (f *Faults) Add(path, code string, params ...errs.Params) {
	field := errs.Field{Path: path, Code: code}
	if len(params) > 0 {
		field.Params = params[0]
	}
	f.fields = append(f.fields, field)
}

// At is the path of an item's field: components[1].weight_bps; without a
// field, that of the item.
func At(list string, i int, field string) string {
	path := list + "[" + strconv.Itoa(i) + "]"
	if field == "" {
		return path
	}
	return path + "." + field
}

// Required notes "required" where there is nothing.
func (f *Faults) Required(path string, there bool) {
	if !there {
		f.Add(path, "required")
	}
}

// String bounds a text by characters.
func (f *Faults) String(path, s string, limit int) {
	if strings.ContainsRune(s, 0) {
		f.Add(path, "wrong_format")
	}
	if text.Length(s) > limit {
		f.Add(path, "too_long", errs.Params{"max": limit})
	}
}

// Text bounds both languages.
func (f *Faults) Text(path string, t text.Text, limit int) {
	f.String(path+".zh", t.Zh, limit)
	f.String(path+".en", t.En, limit)
}

// Count bounds a list.
func (f *Faults) Count(path string, n, limit int) {
	if n > limit {
		f.Add(path, "too_many", errs.Params{"max": limit})
	}
}

// Words bounds a list of short texts, none of them empty.
func (f *Faults) Words(path string, words []string, limit, length int) {
	f.Count(path, len(words), limit)
	for i, w := range words {
		f.Required(At(path, i, ""), w != "")
		f.String(At(path, i, ""), w, length)
	}
}

// Code refuses a code that the list does not have; "" is unsaid.
func (f *Faults) Code(path, code string, set *taxonomy.Set, list string) {
	if code != "" && !set.Has(list, code) {
		f.Add(path, "unknown_value", errs.Params{"list": list})
	}
}

// Codes is Code for each, and refuses repetition.
func (f *Faults) Codes(path string, codes []string, set *taxonomy.Set, list string) {
	for i, c := range codes {
		f.Required(At(path, i, ""), c != "")
		f.Code(At(path, i, ""), c, set, list)
		if slices.Contains(codes[:i], c) {
			f.Add(At(path, i, ""), "duplicate")
		}
	}
}

// Range refuses a number outside of low to high.
func (f *Faults) Range(path string, n, low, high int64) {
	if n < low || n > high {
		f.Add(path, "out_of_range", errs.Params{"min": low, "max": high})
	}
}

// Date refuses what is no date; "" is unsaid.
func (f *Faults) Date(path string, d clock.Date) {
	if d == "" {
		return
	}
	if _, err := clock.ParseDate(string(d)); err != nil {
		f.Add(path, "wrong_format")
	}
}

// Money refuses a negative amount and any currency but CNY; nil is unsaid.
func (f *Faults) Money(path string, a *money.Amount) {
	switch {
	case a == nil:
	case a.Currency() != money.CNY:
		f.Add(path+".currency", "unknown_value")
	case a.Fen() < 0:
		f.Add(path+".amount", "out_of_range", errs.Params{"min": 0})
	}
}

// Disclosure refuses tiers that do not exist and choices for fields whose
// tier cannot be chosen.
func (f *Faults) Disclosure(rules Rules, audience policy.Tier, tiers map[string]policy.Tier) {
	if audience != "" && !audience.Valid() {
		f.Add("audience", "unknown_value")
	}
	for _, field := range sortedKeys(tiers) {
		_, known := rules.Tiers[field]
		switch {
		case !known || slices.Contains(rules.Fixed, field):
			f.Add("tiers."+field, "unknown_field")
		case !tiers[field].Valid():
			f.Add("tiers."+field, "unknown_value")
		}
	}
}

// CleanWords trims, and drops empty and repeated ones.
func CleanWords(words []string) []string {
	var out []string
	seen := make(map[string]bool, len(words))
	for _, w := range words {
		w = strings.TrimSpace(w)
		folded := text.Fold(w)
		if w == "" || seen[folded] {
			continue
		}
		seen[folded] = true
		out = append(out, w)
	}
	return out
}
