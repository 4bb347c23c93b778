package analysis

import (
	"strings"
	"unicode"
)

// twins are the small letters that look alike in Cyrillic and Latin, capitals
// counted, as they are typed for each other where a keyboard has both.
var twins = func() (t struct{ latin, cyrillic map[rune]rune }) {
	t.latin, t.cyrillic = map[rune]rune{}, map[rune]rune{}
	for _, pair := range strings.Fields("аa вb еe кk мm нh оo рp сc тt уy хx іi јj ѕs") {
		letters := []rune(pair)
		t.latin[letters[0]], t.cyrillic[letters[1]] = letters[1], letters[0]
	}
	return t
}()

// inOneScript is a folded word in the script that it is meant in, where letters of
// the other got into it: лазeр with a Latin e, СO2 with a Cyrillic С; СО2 without any
// Latin letter is a formula all the same. What has letters of both that cannot be meant
// so stays as it is.
func inOneScript(word string) string {
	latin, cyrillic, digits := 0, 0, 0
	likeCyrillic, likeLatin := true, true
	for _, r := range word {
		switch {
		case r >= 'a' && r <= 'z':
			latin++
			likeCyrillic = likeCyrillic && twins.cyrillic[r] != 0
		case unicode.Is(unicode.Cyrillic, r):
			cyrillic++
			likeLatin = likeLatin && twins.latin[r] != 0
		case unicode.IsDigit(r):
			digits++
		}
	}
	formula := digits > 0 && likeLatin // which is Latin
	to := twins.latin
	switch {
	case cyrillic == 0 || latin == 0 && !formula:
		return word
	case likeCyrillic && !formula && (cyrillic >= latin || !likeLatin):
		to = twins.cyrillic
	case !likeLatin:
		return word
	}
	return strings.Map(func(r rune) rune {
		if twin := to[r]; twin != 0 {
			return twin
		}
		return r
	}, word)
}
