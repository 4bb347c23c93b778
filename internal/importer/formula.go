package importer

import "strings"

// opening are the characters with which spreadsheets begin a formula, the
// full-width ones of East Asian editions among them.
const opening = "=+-@\t\r＝＋－＠"

// Neutral is a text as a cell of CSV that no spreadsheet takes for a formula:
// an apostrophe stands before it. Restore undoes it, and nothing else.
func Neutral(s string) string {
	if dangerous(s) {
		return "'" + s
	}
	return s
}

// Restore is the text that Neutral was given.
func Restore(cell string) string {
	if rest, ok := strings.CutPrefix(cell, "'"); ok && dangerous(rest) {
		return rest
	}
	return cell
}

// dangerous tells whether a text, with or without apostrophes before it,
// begins like a formula.
func dangerous(s string) bool {
	s = strings.TrimLeft(s, "'")
	for _, r := range s {
		return strings.ContainsRune(opening, r)
	}
	return false
}
