package analysis

import (
	"slices"
	"strings"
	"sync"
	"unicode"

	gopinyin "github.com/mozillazg/go-pinyin"
	"golang.org/x/text/unicode/norm"
)

const (
	// maxReadings are the readings of one character that are indexed: with two,
	// 银行 is found as yinhang and 重庆 as chongqing; more brings rare ones.
	maxReadings = 2
	// maxSpelled is the longest stretch of characters indexed as one word of
	// pinyin; longer queries are matched by several of them.
	maxSpelled = 4
	// maxInitials is the longest stretch indexed by initials.
	maxInitials = 6
	// maxCombinations bounds the spellings of one stretch.
	maxCombinations = 8
	// longestSyllable in letters: zhuang, chuang, shuang.
	longestSyllable = 6
	// Syllables of 11 letters or fewer in five are an English word's rather than
	// a name's in pinyin, of which hardly one in fifty is as short.
	shortLetters, shortSyllables = 11, 5
)

// readings are the toneless spellings of each character, most usual first.
var readings = sync.OnceValue(func() map[rune][]string {
	out := make(map[rune][]string, len(gopinyin.PinyinDict))
	for code, toned := range gopinyin.PinyinDict {
		out[rune(code)] = plainReadings(toned)
	}
	return out
})

// plainReadings takes the tones off "diàn,tián" and drops what repeats.
func plainReadings(toned string) []string {
	var out []string
	for _, reading := range strings.Split(toned, ",") {
		plain := toneless(reading)
		if plain != "" && !slices.Contains(out, plain) {
			out = append(out, plain)
		}
		if len(out) == maxReadings {
			break
		}
	}
	return out
}

// toneless spells ü as v, as it is typed.
func toneless(reading string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(strings.ReplaceAll(norm.NFC.String(reading), "ü", "v")) {
		switch {
		case r >= 'a' && r <= 'z':
			b.WriteRune(r)
		case r == 0x308 && strings.HasSuffix(b.String(), "u"): // ǜ decomposes to u, diaeresis, tone
			s := strings.TrimSuffix(b.String(), "u")
			b.Reset()
			b.WriteString(s + "v")
		}
	}
	return b.String()
}

// syllables are all toneless syllables there are.
var syllables = sync.OnceValue(func() map[string]bool {
	out := make(map[string]bool, 450)
	for _, plain := range readings() {
		for _, s := range plain {
			out[s] = true
		}
	}
	return out
})

// spellings gives the pinyin words and the initials of every stretch of
// touching Han characters: 锂电池 → lidian, dianchi, lidianchi; ld, dc, ldc.
func spellings(sequence []atom) (words, initials []string) {
	for i, at := range sequence {
		if !at.han {
			continue
		}
		for n := 2; n <= maxInitials && i+n <= len(sequence) && bigram(sequence[i+n-2:]); n++ {
			w, in := stretchSpellings(sequence[i : i+n])
			words, initials = append(words, w...), append(initials, in...)
		}
	}
	return words, initials
}

// stretchSpellings gives the words and initials by which one whole stretch can
// be typed; several, where its characters have several readings.
func stretchSpellings(stretch []atom) (words, initials []string) {
	spelled, initials := []string{""}, []string{""}
	for _, at := range stretch {
		read := readings()[firstRune(at.term)]
		if len(read) == 0 {
			return nil, nil
		}
		initials = extend(initials, firstLetters(read))
		spelled = extend(spelled, read)
	}
	if len(stretch) > maxSpelled {
		return nil, initials
	}
	for i, s := range spelled {
		spelled[i] = stem(s)
	}
	return spelled, initials
}

func extend(prefixes, endings []string) []string {
	var out []string
	for _, p := range prefixes {
		for _, e := range endings {
			if s := p + e; !slices.Contains(out, s) && len(out) < maxCombinations {
				out = append(out, s)
			}
		}
	}
	return out
}

func firstLetters(read []string) []string {
	var out []string
	for _, s := range read {
		if !slices.Contains(out, s[:1]) {
			out = append(out, s[:1])
		}
	}
	return out
}

// syllabify cuts a word of letters into syllables; nil if it is not pinyin
// through and through. Of several ways the one with longer syllables first.
func syllabify(word string) []string {
	known := syllables()
	dead := make([]bool, len(word)+1) // no way leads from here to the end
	var cut func(from int) []string
	cut = func(from int) []string {
		if from == len(word) {
			return []string{}
		}
		for n := min(longestSyllable, len(word)-from); n > 0 && !dead[from]; n-- {
			if !known[word[from:from+n]] {
				continue
			}
			if rest := cut(from + n); rest != nil {
				return append([]string{word[from : from+n]}, rest...)
			}
		}
		dead[from] = true
		return nil
	}
	return cut(0)
}

// longPinyin gives the indexed words that together cover a spelling of more
// syllables than one word holds; nil for anything else. English words that are
// pinyin by accident, as simulation and maintenance, have short syllables.
func longPinyin(word string) []string {
	if word == "" || len(word) > maxWord || wordScript(word) != unicode.Latin {
		return nil
	}
	parts := syllabify(word)
	if len(parts) <= maxSpelled || len(word)*shortSyllables <= len(parts)*shortLetters {
		return nil
	}
	var out []string
	for i := 0; i < len(parts); i += maxSpelled {
		from := min(i, len(parts)-maxSpelled)
		out = append(out, stem(strings.Join(parts[from:from+maxSpelled], "")))
	}
	return out
}

func firstRune(s string) rune {
	for _, r := range s {
		return r
	}
	return 0
}
