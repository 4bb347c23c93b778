package querytext

import (
	"strings"
	"unicode"

	"chengqiao/internal/search"
)

// properties are the fields that words are looked for in, by their names in
// lower case.
var properties = map[string]search.Property{
	"title": search.PropertyTitle, "标题": search.PropertyTitle, "题名": search.PropertyTitle, "名称": search.PropertyTitle,
	"keyword": search.PropertyKeyword, "keywords": search.PropertyKeyword, "关键词": search.PropertyKeyword, "关键字": search.PropertyKeyword,
	"org": search.PropertyOrganisation, "organisation": search.PropertyOrganisation, "organization": search.PropertyOrganisation,
	"单位": search.PropertyOrganisation, "机构": search.PropertyOrganisation,
	"claim": search.PropertyClaim, "claims": search.PropertyClaim, "指标": search.PropertyClaim,
	"abstract": search.PropertyAbstract, "摘要": search.PropertyAbstract,
}

// fieldNames are how properties are written.
var fieldNames = map[search.Property]string{
	search.PropertyTitle: "title", search.PropertyKeyword: "keyword", search.PropertyOrganisation: "org",
	search.PropertyClaim: "claim", search.PropertyAbstract: "abstract",
}

// numbers are the fields that take a range.
var numbers = map[string]search.Number{
	"trl": search.NumberTRL, "成熟度": search.NumberTRL, "技术成熟度": search.NumberTRL,
	"price": search.NumberPrice, "价格": search.NumberPrice,
	"year": search.NumberYear, "年份": search.NumberYear,
}

// writtenNumbers are how numbers are written.
var writtenNumbers = map[search.Number]string{
	search.NumberTRL: "trl", search.NumberPrice: "price", search.NumberYear: "year",
}

func isColon(r rune) bool { return r == ':' || r == '：' }

// longestField is how many letters a field's name may have.
const longestField = 16

// fieldAt reads the name of a field before a colon; the length is that of both.
// It is "" for anything else.
func fieldAt(text []rune) (name string, length int) {
	for i, r := range text {
		switch {
		case i > 0 && isColon(r):
			return strings.ToLower(string(text[:i])), i + 1
		case i == longestField || !unicode.IsLetter(r) && r != '_':
			return "", 0
		}
	}
	return "", 0
}

// comparedAt reads the name of a number before a sign that compares; the length
// is the name's. People leave out the colon: trl>=6, 价格<50万. It is 0 for
// anything else.
func comparedAt(text []rune) (n search.Number, length int) {
	for i, r := range text {
		switch {
		case strings.ContainsRune("<>=≤≥＜＞＝", r):
			number, ok := numbers[strings.ToLower(string(text[:i]))]
			if !ok {
				return "", 0
			}
			return number, i
		case i == longestField || !unicode.IsLetter(r):
			return "", 0
		}
	}
	return "", 0
}

// notFields stand before colons in what people look for.
var notFields = map[string]bool{
	"http": true, "https": true, "ftp": true, "mailto": true, "urn": true, "doi": true, "isbn": true, "issn": true,
}

// meantAsField tells whether a name before a colon that is no field's was meant
// to be one. Ratios (Fe:Ni, 1:2), times, addresses and Chinese punctuation were
// not: only a word in small letters, or a short Chinese one before a half-width
// colon, with something right behind it.
func meantAsField(name []rune, colon rune, behind []rune) bool {
	const shortest, longestHan = 3, 5
	if colon != ':' || notFields[string(name)] || len(behind) == 0 || behind[0] == '/' || unicode.IsSpace(behind[0]) || unicode.IsDigit(behind[0]) {
		return false
	}
	small, han := len(name) >= shortest, len(name) <= longestHan
	for _, r := range name {
		small = small && (r >= 'a' && r <= 'z' || r == '_')
		han = han && unicode.Is(unicode.Han, r)
	}
	return small || han
}
