// Package text owns the bilingual text: what people write about listings and
// organisations, in Chinese and English, of which either may be absent.
package text

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Chinese is the product's first language; English its second.
const (
	Chinese = "zh-CN"
	English = "en"
)

// Text is one text in both languages; "" is an absent one.
type Text struct {
	Zh string `json:"zh,omitempty"`
	En string `json:"en,omitempty"`
}

// Zh is a Chinese text alone.
func Zh(s string) Text { return Text{Zh: s} }

// En is an English text alone.
func En(s string) Text { return Text{En: s} }

// Of is a text in one language as its script tells it: Chinese where there is a
// Han character, English otherwise.
func Of(s string) Text {
	if Han(s) {
		return Zh(s)
	}
	return En(s)
}

// Han tells whether there is a Han character in a text.
func Han(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

// UnmarshalJSON reads both languages, and what an older program wrote in one as
// a plain string: see Of. The contract asks its callers for both; what is
// stored, published and signed stays as it was written.
func (t *Text) UnmarshalJSON(raw []byte) error {
	if len(raw) > 0 && raw[0] == '"' {
		var s string
		if err := json.Unmarshal(raw, &s); err != nil {
			return fmt.Errorf("text: %w", err)
		}
		*t = Of(s)
		return nil
	}
	if plain, ok := readPlain(raw); ok {
		*t = plain
		return nil
	}
	type both Text // without this method
	return json.Unmarshal(raw, (*both)(t))
}

// readPlain reads {"zh":"…","en":"…"} with either or both, as programs write them, where
// nothing is escaped: a listing has dozens of texts, and the general way takes as long
// for each as for a document. The bytes are known to be JSON; whatever else they are is
// left to that way.
func readPlain(raw []byte) (t Text, ok bool) {
	if len(raw) < 2 || raw[0] != '{' || bytes.IndexByte(raw, '\\') >= 0 || !utf8.Valid(raw) {
		return Text{}, false
	}
	for rest := raw[1:]; ; rest = rest[1:] {
		if len(rest) == 1 && rest[0] == '}' {
			return t, true
		}
		var into *string
		switch {
		case bytes.HasPrefix(rest, []byte(`"zh":"`)):
			into = &t.Zh
		case bytes.HasPrefix(rest, []byte(`"en":"`)):
			into = &t.En
		default:
			return Text{}, false
		}
		rest = rest[len(`"zh":"`):]
		end := bytes.IndexByte(rest, '"')
		if end < 0 || *into != "" {
			return Text{}, false
		}
		*into = string(rest[:end])
		if rest = rest[end+1:]; len(rest) == 1 && rest[0] == '}' {
			return t, true
		}
		if len(rest) == 0 || rest[0] != ',' {
			return Text{}, false
		}
	}
}

// Languages are those in which there is a text, Chinese first.
func (t Text) Languages() []string {
	var out []string
	if t.Zh != "" {
		out = append(out, Chinese)
	}
	if t.En != "" {
		out = append(out, English)
	}
	return out
}

// IsZero tells whether the text is absent in both languages; encoding/json
// asks it for omitzero.
func (t Text) IsZero() bool { return t == Text{} }

// In is the text in a locale, or in the other language where it is absent.
func (t Text) In(locale string) string {
	if locale == English && t.En != "" || t.Zh == "" {
		return t.En
	}
	return t.Zh
}

// Trimmed is the text without space around it. A language in which there is
// nothing to read is absent.
func (t Text) Trimmed() Text {
	return Text{Zh: trimmed(t.Zh), En: trimmed(t.En)}
}

func trimmed(s string) string {
	if Blank(s) {
		return ""
	}
	return strings.TrimSpace(s)
}

// Folded is both languages in the form in which lists search: see Fold.
func (t Text) Folded() string {
	return strings.TrimSpace(Fold(t.Zh) + " " + Fold(t.En))
}

// Fold is the form in which a text is compared: full-width and compatibility
// characters made plain (NFKC), lower case, runs of space as one. SQLite's own
// lower() knows ASCII alone, so folded columns and their queries are made here.
func Fold(s string) string {
	// Made plain again: a lower-case letter may join the mark after it, as some
	// Greek ones do whose capitals have no such form.
	s = norm.NFKC.String(strings.ToLower(norm.NFKC.String(s)))
	return strings.Join(strings.FieldsFunc(s, unicode.IsSpace), " ")
}

// Length is how long a person finds a text: its characters, not its bytes.
func Length(s string) int { return utf8.RuneCountInString(s) }

// Blank tells that there is nothing to read in a text: no character at all, or
// only spaces and characters without a form (U+200B), of whatever width.
func Blank(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsGraphic(r) && !unicode.IsSpace(r) })
}
