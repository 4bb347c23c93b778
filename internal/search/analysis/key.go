package analysis

import "strings"

// Key is a name as it is looked up and compared: its words folded but not
// stemmed, one space where anything stood between them, Han characters as they
// stand. Names of one key are one name in several writings.
func Key(text string) string {
	var b strings.Builder
	for i, at := range atoms(text) {
		if i > 0 && !at.joined {
			b.WriteByte(' ')
		}
		if at.han {
			b.WriteString(at.term)
		} else {
			b.WriteString(at.word)
		}
	}
	return b.String()
}

// Beginnings visits the places of a key at which a word or a Han character
// begins: those from which on people type a name.
func Beginnings(key string, visit func(at int)) {
	after := separator
	for i, r := range key {
		c := classify(r)
		if c == ideograph || c == letter && after != letter && after != mark {
			visit(i)
		}
		after = c
	}
}

// Sounds gives the spellings of a key's Han stretches by which it may be typed,
// from each of their characters on to their end: the pinyin of two characters
// or more, and the initials of as many. 锂电池 sounds lidianchi, dianchi, ldc, dc.
func Sounds(key string) []string {
	sequence := atoms(key)
	var out []string
	for i, at := range sequence {
		if !at.han {
			continue
		}
		end := i + 1
		for end < len(sequence) && end-i < maxSounds && bigram(sequence[end-1:]) {
			end++
		}
		if end-i < 2 {
			continue
		}
		spelled, initials := []string{""}, []string{""}
		for _, x := range sequence[i:end] {
			read := readings()[firstRune(x.term)]
			if len(read) == 0 {
				spelled, initials = nil, nil
				break
			}
			spelled, initials = extend(spelled, read), extend(initials, firstLetters(read))
		}
		out = append(append(out, spelled...), initials...)
	}
	return unique(out)
}

// maxSounds is how many characters of a stretch are spelled: who types pinyin
// has chosen long before the twelfth.
const maxSounds = 12

func unique(list []string) []string {
	seen := make(map[string]bool, len(list))
	out := list[:0]
	for _, s := range list {
		if !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}
