// Package text owns the bilingual text: what people write about listings and
// organisations, in Chinese and English, of which either may be absent.
package text

import (
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
