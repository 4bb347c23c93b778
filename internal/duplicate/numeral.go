package duplicate

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// What counts: digits; Roman numerals standing alone; Chinese ones before a
// word that numbers things, or in brackets; a letter before 型.
var (
	digits   = regexp.MustCompile(`\d+(?:\.\d+)?`)
	roman    = regexp.MustCompile(`(?:^|[^a-z0-9])([ivx]{1,4})(?:$|[^a-z0-9])`)
	chinese  = regexp.MustCompile(`第?([一二三四五六七八九十]{1,3})(?:期|阶段|部分|号|代|型|批|季|卷|篇|册|步|[)）])`)
	lettered = regexp.MustCompile(`([a-z])型`)
)

var romanValues = map[byte]int{'i': 1, 'v': 5, 'x': 10}

// numerals are the numbers of a folded text in one writing, sorted, once each:
// "Ⅱ", "II", "二期" and "2" are the same.
func numerals(folded string) []string {
	out := digits.FindAllString(folded, -1)
	for _, m := range roman.FindAllStringSubmatch(folded, -1) {
		out = append(out, strconv.Itoa(ofRoman(m[1])))
	}
	for _, m := range chinese.FindAllStringSubmatch(folded, -1) {
		out = append(out, strconv.Itoa(ofChinese(m[1])))
	}
	for _, m := range lettered.FindAllStringSubmatch(folded, -1) {
		out = append(out, m[1])
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func ofRoman(s string) int {
	total := 0
	for i := range len(s) {
		value := romanValues[s[i]]
		if i+1 < len(s) && value < romanValues[s[i+1]] {
			value = -value
		}
		total += value
	}
	return total
}

// ofChinese reads 一 to 九十九.
func ofChinese(s string) int {
	total, unit := 0, 0
	for _, r := range s {
		if r == '十' {
			total += max(unit, 1) * 10
			unit = 0
			continue
		}
		unit = strings.IndexRune("一二三四五六七八九", r)/len("一") + 1
	}
	return total + unit
}

// part tells whether a folded title says which part of a series it is.
func part(folded string) bool { return roman.MatchString(folded) || chinese.MatchString(folded) }

// measured are the numbers of a running text that say something: of two digits
// or with a fraction, sorted, once each.
func measured(folded string) []string {
	out := slices.DeleteFunc(digits.FindAllString(folded, -1), func(s string) bool { return len(s) < 2 })
	slices.Sort(out)
	return slices.Compact(out)
}

// common counts what two sorted lists share.
func common[T string | uint64](a, b []T) int {
	n := 0
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] == b[j]:
			n, i, j = n+1, i+1, j+1
		case a[i] < b[j]:
			i++
		default:
			j++
		}
	}
	return n
}
