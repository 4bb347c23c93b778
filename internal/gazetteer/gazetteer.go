// Package gazetteer owns the names of regions as texts have them: in Chinese as people say
// them, in English and in pinyin. It finds where a text names one; which region that is,
// the taxonomies tell.
package gazetteer

import (
	"io/fs"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"chengqiao/internal/search/analysis"
	"chengqiao/internal/taxonomy"
)

// surelyPlace is how many characters a name has at least that is one wherever it stands.
// Shorter ones are parts of other words as well: 哈密瓜, 白银.
const surelyPlace = 3

// Names are those of regions, in Chinese as people say them, in English and in pinyin.
type Names struct {
	names map[string][]nameRest // the Chinese ones by their first two characters
	// latin are the others, of folded words with a space between, by their first word.
	latin map[string][]string
	all   []string
}

// nameRest is a name behind its first two characters.
type nameRest struct {
	rest     string
	province bool
}

// provincial is how the code of a province ends.
const provincial = "0000"

// Load reads the regions among the program's taxonomies. Errors: those of
// taxonomy.Load.
func Load(files fs.FS) (Names, error) {
	set, err := taxonomy.Load(files)
	if err != nil {
		return Names{}, err
	}
	p := Names{names: map[string][]nameRest{}, latin: map[string][]string{}}
	for _, region := range set.List(taxonomy.Region) {
		name := taxonomy.ShortName(region.Name.Zh)
		if opening := twoCharacters(name); opening != "" {
			p.names[opening] = append(p.names[opening], nameRest{name[len(opening):], strings.HasSuffix(region.Code, provincial)})
			p.all = append(p.all, name)
		}
		p.addLatin(analysis.Key(region.Name.En))
		if utf8.RuneCountInString(name) >= surelyPlace {
			for _, pinyin := range analysis.Pinyin(name) {
				p.addLatin(pinyin)
			}
		}
	}
	return p, nil
}

// All are the names in the order in which they were read.
func (p Names) All() []string { return slices.Clone(p.all) }

// addLatin adds a name that is written in words.
func (p *Names) addLatin(key string) {
	first, _, _ := strings.Cut(key, " ")
	if len(key) < leastLatin || slices.Contains(p.latin[first], key) {
		return
	}
	p.latin[first] = append(p.latin[first], key)
	p.all = append(p.all, key)
}

// leastLatin is how many letters the name of a place has at least: of shorter ones, as
// Ili, some are words.
const leastLatin = 4

// twoCharacters are the first two Han characters with which a text begins; "" for others.
func twoCharacters(s string) string {
	first, one := utf8.DecodeRuneInString(s)
	second, two := utf8.DecodeRuneInString(s[one:])
	if !unicode.Is(unicode.Han, first) || !unicode.Is(unicode.Han, second) {
		return ""
	}
	return s[:one+two]
}

// Extent is where something stands in a text, in bytes.
type Extent struct{ Start, End int }

// In are the places that a text names, in order.
func (p Names) In(text string) []Extent {
	var out []Extent
	before := ' '
	for at := 0; at < len(text); {
		r, size := utf8.DecodeRuneInString(text[at:])
		if unicode.Is(unicode.Latin, r) {
			word := lettersOf(text[at:])
			length := p.latinAt(text[at:], word)
			if length > 0 {
				out = append(out, Extent{at, at + length})
			}
			at += max(length, word)
			before = 'a'
			continue
		}
		if opening := twoCharacters(text[at:]); opening != "" {
			if length := p.at(text[at:], p.names[opening], len(opening), before); length > 0 {
				out = append(out, Extent{at, at + length})
				at += length
				before, _ = utf8.DecodeLastRuneInString(text[:at])
				continue
			}
		}
		before = r
		at += size
	}
	return out
}

// Begins is how long the longest Chinese name is with which a text begins, which may be
// part of another word there; 0 for none.
func (p Names) Begins(text string) int {
	opening := twoCharacters(text)
	longest := 0
	for _, name := range p.names[opening] {
		if opening != "" && strings.HasPrefix(text[len(opening):], name.rest) {
			longest = max(longest, len(opening)+len(name.rest))
		}
	}
	return longest
}

// at is how long the longest of some names is with which a text begins, 0 for none.
func (p Names) at(text string, names []nameRest, opening int, before rune) int {
	longest := 0
	for _, name := range names {
		if !strings.HasPrefix(text[opening:], name.rest) {
			continue
		}
		length := opening + len(name.rest)
		behind, _ := utf8.DecodeRuneInString(text[length:])
		apart := !unicode.Is(unicode.Han, before) && (name.province || !unicode.Is(unicode.Han, behind) || strings.ContainsRune("市省州县地", behind))
		if utf8.RuneCountInString(text[:length]) >= surelyPlace || apart {
			longest = max(longest, length)
		}
	}
	return longest
}

// lettersOf is how many bytes of letters a text begins with.
func lettersOf(text string) int {
	return len(text) - len(strings.TrimLeftFunc(text, func(r rune) bool { return unicode.In(r, unicode.Latin, unicode.Mn) || r == '\'' || r == '’' }))
}

// latinAt is how long the longest name is with which a text begins whose first word is so
// long, 0 for none.
func (p Names) latinAt(text string, word int) int {
	longest := 0
	for _, name := range p.latin[analysis.Key(text[:word])] {
		end := word
		for n := strings.Count(name, " "); n > 0 && end < len(text) && text[end] == ' '; n-- {
			end += 1 + lettersOf(text[end+1:])
		}
		if analysis.Key(text[:end]) == name {
			longest = max(longest, end)
		}
	}
	return longest
}
