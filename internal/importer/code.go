package importer

import (
	"slices"
	"strings"
	"unicode"

	"chengqiao/internal/taxonomy"
	"chengqiao/internal/text"
)

// Code is the code of a coded list by what people call it: the code itself, a name of
// the list or another that the mapping gives, and an address of which each place lies in
// the one before. "" is "".
func (m *Mapping) Code(list, given string) (code string, ok bool) {
	if given == "" || m.taxonomies.Has(list, given) {
		return given, true
	}
	if code, ok := m.taxonomies.ByName(list, given); ok {
		return code, true
	}
	if code, ok := m.values[list][text.Fold(given)]; ok {
		return code, true
	}
	for _, cased := range []string{strings.ToLower(given), strings.ToUpper(given)} {
		if m.taxonomies.Has(list, cased) {
			return cased, true
		}
	}
	if list == taxonomy.Region {
		return m.placeWithin(given)
	}
	return "", false
}

// placeWithin is the region of an address that names those above it first:
// 新疆乌鲁木齐, 广东省 深圳市, 新疆/乌鲁木齐市.
func (m *Mapping) placeWithin(given string) (string, bool) {
	joined := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || strings.ContainsRune("/\\-·>，,、", r) {
			return -1
		}
		return r
	}, text.Fold(given))
	for i := range joined {
		above, known := m.taxonomies.ByName(taxonomy.Region, joined[:i])
		if !known {
			continue
		}
		code, known := m.taxonomies.ByName(taxonomy.Region, joined[i:])
		if known && slices.Contains(m.taxonomies.Path(taxonomy.Region, code), above) {
			return code, true
		}
	}
	return "", false
}
