package rights

import (
	"slices"
	"strings"

	"chengqiao/internal/text"
)

// China is the code of the whole country in a territory. A region's code is
// that of GB/T 2260, another country's that of ISO 3166 (two letters).
const China = "CN"

const (
	// regionDigits is the length of a GB/T 2260 code, countryLetters that of a
	// country's.
	regionDigits   = 6
	countryLetters = 2
	digits         = "0123456789"
)

// worldWords are the words for no limit of territory.
var worldWords = []string{"全球", "全世界", "世界", "worldwide", "world", "global"}

// codeOfWord are the codes of what is often written in words, folded, and the
// regions that have a code in both standards.
var codeOfWord = map[string]string{
	"中国": "cn", "全国": "cn", "中国大陆": "cn", "中华人民共和国": "cn", "china": "cn", "prc": "cn",
	"tw": "710000", "hk": "810000", "mo": "820000",
}

// listed divides what stands between commas, folded so that full width and
// case make no difference.
func listed(s string) []string {
	var out []string
	for _, part := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(",，、;；/\n", r) }) {
		if part = strings.TrimSpace(text.Fold(part)); part != "" {
			out = append(out, part)
		}
	}
	return out
}

// fieldsIn are the fields of use in it; none is every field.
func fieldsIn(s string) []string { return listed(s) }

// fieldsMeet tells whether a field of one is in the other. Fields are words:
// one that stands within another (农业, 农业灌溉) is taken for its wider field,
// since two buyers must rather be parted by clear words than meet in court.
func fieldsMeet(a, b string) bool {
	return anyMeet(fieldsIn(a), fieldsIn(b), func(x, y string) bool {
		return strings.Contains(x, y) || strings.Contains(y, x)
	})
}

// anyMeet tells whether a member of one list meets one of the other; an empty
// list meets everything.
func anyMeet(a, b []string, meet func(x, y string) bool) bool {
	if len(a) == 0 || len(b) == 0 {
		return true
	}
	for _, x := range a {
		for _, y := range b {
			if meet(x, y) {
				return true
			}
		}
	}
	return false
}

// territoriesIn are the territories in it; none is everywhere.
func territoriesIn(s string) []string {
	parts := listed(s)
	for i, part := range parts {
		if slices.Contains(worldWords, part) {
			return nil
		}
		if code, ok := codeOfWord[part]; ok {
			parts[i] = code
		}
	}
	return parts
}

func everywhere(territory string) bool { return len(territoriesIn(territory)) == 0 }

// territoriesMeet tells whether a place can lie in both. Regions are compared
// by the hierarchy of their codes. A territory that is told in words meets
// every other: nobody can prove from "西北" that it leaves out 650000.
func territoriesMeet(a, b string) bool {
	return anyMeet(territoriesIn(a), territoriesIn(b), func(x, y string) bool {
		within, coded := path(x)
		other, otherCoded := path(y)
		return !coded || !otherCoded || strings.HasPrefix(within, other) || strings.HasPrefix(other, within)
	})
}

// path is what the paths of all places inside a territory begin with: "cn" of
// the whole country, "cn65" of 650000, "cn6501" of 650100, "kz" of Kazakhstan.
// false: it is told in words.
func path(territory string) (string, bool) {
	switch {
	case len(territory) == countryLetters && strings.Trim(territory, "abcdefghijklmnopqrstuvwxyz") == "":
		return territory, true
	case len(territory) != regionDigits || strings.Trim(territory, digits) != "":
		return "", false
	}
	const level = 2 // digits
	for strings.HasSuffix(territory, "00") && len(territory) > level {
		territory = territory[:len(territory)-level]
	}
	return "cn" + territory, true
}
