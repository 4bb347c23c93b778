package analysis

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Typed is what a person has typed so far of a name: its last word may be
// unfinished, and Chinese may be spelled in pinyin or by initials.
type Typed struct {
	key string
	// words are the key's, by spaces.
	words []string
	// sound is the key without spaces where it could be pinyin or initials.
	sound string
	parts []TypedPart
}

// TypedPart is one stretch of Han characters or one word of what was typed.
type TypedPart struct {
	// Terms are what a title with it is indexed under: the stretch's bigrams, or
	// the word's stem.
	Terms []string
	// Word is the word unstemmed; "" for Han.
	Word string
	// Single is a Han character alone; its Terms are the character.
	Single bool
}

// NewTyped reads what was typed. Empty tells that nothing can be looked for.
func NewTyped(text string) Typed {
	t := Typed{key: Key(text)}
	t.words = strings.Fields(t.key)
	if sound := strings.ReplaceAll(t.key, " ", ""); len(sound) >= leastSound && isLetters(sound) {
		t.sound = sound
	}
	sequence := atoms(text)
	for i := 0; i < len(sequence); {
		at := sequence[i]
		if !at.han {
			t.parts = append(t.parts, TypedPart{Terms: []string{at.term}, Word: at.word})
			i++
			continue
		}
		end := i + 1
		for ; end < len(sequence) && bigram(sequence[end-1:]); end++ {
		}
		part := TypedPart{}
		for k := i; k+1 < end; k++ {
			part.Terms = append(part.Terms, sequence[k].term+sequence[k+1].term)
		}
		if end == i+1 {
			part = TypedPart{Terms: []string{at.term}, Single: true}
		}
		t.parts = append(t.parts, part)
		i = end
	}
	return t
}

// Parts are the stretches and words of what was typed, in order.
func (t Typed) Parts() []TypedPart { return t.parts }

// leastSound: one letter begins every fifth character there is.
const leastSound = 2

func isLetters(s string) bool {
	for i := range len(s) {
		if s[i] < 'a' || s[i] > 'z' {
			return false
		}
	}
	return s != ""
}

// Key is what was typed as a key.
func (t Typed) Key() string { return t.key }

// Sound is what was typed as pinyin or initials; "" where it is neither.
func (t Typed) Sound() string { return t.sound }

// SoundTerm is what a name that sounds so is indexed under.
func (t Typed) SoundTerm() string { return stem(t.sound) }

// Empty tells that nothing that can be looked for was typed.
func (t Typed) Empty() bool { return t.key == "" }

// Closeness is how well a name answers what was typed; less is closer.
type Closeness uint8

// The ways in which a name answers.
const (
	Exact        Closeness = iota // it is the name
	Begins                        // the name begins with it
	Inside                        // a word, or from some Han character on, begins with it
	Words                         // every word of it begins one of the name's
	SoundsExact                   // the name is spelled like that
	SoundsBegins                  // its spelling begins with it
	SoundsInside                  // from some character on
	Apart                         // it does not answer
)

// Closeness tells how the name of a key answers what was typed.
func (t Typed) Closeness(key string) Closeness {
	switch {
	case t.key == "" || key == "":
		return Apart
	case key == t.key:
		return Exact
	case strings.HasPrefix(key, t.key):
		return Begins
	}
	if begins(key, t.key) {
		return Inside
	}
	if len(t.words) > 1 && !slices.ContainsFunc(t.words, func(w string) bool { return !begins(key, w) }) {
		return Words
	}
	return t.heard(key)
}

// begins tells whether a part begins with s at any place where one can begin.
func begins(key, s string) bool {
	if !strings.Contains(key, s) {
		return false
	}
	found := false
	Beginnings(key, func(at int) { found = found || strings.HasPrefix(key[at:], s) })
	return found
}

// heard compares by sound.
func (t Typed) heard(key string) Closeness {
	if t.sound == "" {
		return Apart
	}
	best := Apart
	for i, r := range key {
		if classify(r) != ideograph {
			continue
		}
		next := i + utf8.RuneLen(r)
		initials := abbreviates(key[i:], t.sound)
		if !initials && !soundsLike(key[i:], t.sound) {
			continue
		}
		switch {
		case i > 0:
			best = min(best, SoundsInside)
		case soundsWhole(key, t.sound) || initials && len(t.sound) == utf8.RuneCountInString(key) && next < len(key):
			best = min(best, SoundsExact)
		default:
			best = min(best, SoundsBegins)
		}
	}
	return best
}

// leastSyllable: shorter syllables are as well two letters of a word.
const leastSyllable = 3

// soundsLike tells whether the pinyin of the Han characters at the beginning of
// s begins with a sound. Whoever has typed the first of them whole goes on with
// the second; one that ends inside the first is none.
func soundsLike(s, sound string) bool {
	if spelledFrom(s, sound, 0, false) {
		return true
	}
	first, size := utf8.DecodeRuneInString(s)
	second, _ := utf8.DecodeRuneInString(s[size:])
	return len(sound) >= leastSyllable && slices.Contains(readings()[first], sound) && classify(second) == ideograph
}

// soundsWhole tells whether the pinyin of s is the sound, from end to end.
func soundsWhole(s, sound string) bool { return spelledFrom(s, sound, 0, true) }

func spelledFrom(s, sound string, characters int, whole bool) bool {
	if sound == "" {
		return characters > 1 && (!whole || s == "")
	}
	r, size := utf8.DecodeRuneInString(s)
	for _, reading := range readings()[r] {
		switch {
		case strings.HasPrefix(sound, reading):
			if spelledFrom(s[size:], sound[len(reading):], characters+1, whole) {
				return true
			}
		case !whole && characters > 0 && strings.HasPrefix(reading, sound):
			return true
		}
	}
	return false
}

// abbreviates tells whether the Han characters at the beginning of s have these
// initials.
func abbreviates(s, initials string) bool {
	for initials != "" {
		r, size := utf8.DecodeRuneInString(s)
		if !slices.ContainsFunc(readings()[r], func(reading string) bool { return reading[0] == initials[0] }) {
			return false
		}
		s, initials = s[size:], initials[1:]
	}
	return true
}
