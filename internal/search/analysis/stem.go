package analysis

import (
	"hash/maphash"
	"strings"
	"sync/atomic"
	"unicode"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/english"
	"github.com/blevesearch/snowballstem/russian"
)

// maxWord bounds a term in characters; longer runs (base64, a URL without a
// break) are cut, on both sides alike.
const maxWord = 40

// shortestStemmed is the length in letters from which words are stemmed:
// shorter ones ("gas", "ion") carry no ending to take off.
const shortestStemmed = 4

// stemCache remembers stems by a word's hash: the words of a field are few, and
// taking endings off costs more than all else that is done to a word. It is
// bounded, and a word that meets another in its place takes the place.
var stemCache [1 << 15]atomic.Pointer[stemmed]

// stemmed is what is known of a word.
type stemmed struct {
	word, stem string
	// leading tells whether it may lead a compound over a space, once that was asked.
	leading atomic.Uint32
}

const (
	unasked uint32 = iota
	leadsNone
	leadsOne
)

// leads tells whether the word may be one with what follows behind a space.
func (s *stemmed) leads() bool {
	known := s.leading.Load()
	if known == unasked {
		known = leadsNone
		if leads(s.word) {
			known = leadsOne
		}
		s.leading.Store(known)
	}
	return known == leadsOne
}

var stemSeed = maphash.MakeSeed()

// stem reduces a folded word to the form that is indexed: English and Russian
// by the Snowball algorithms, English in American spelling; all else unchanged.
func stem(word string) string { return known(word).stem }

// known is what is known of a folded word.
func known(word string) *stemmed {
	at := &stemCache[maphash.String(stemSeed, word)%uint64(len(stemCache))]
	if s := at.Load(); s != nil && s.word == word {
		return s
	}
	s := &stemmed{word: strings.Clone(word)}
	s.stem = takeEndingOff(s.word)
	at.Store(s)
	return s
}

func takeEndingOff(word string) string {
	if runes := []rune(word); len(runes) > maxWord {
		word = string(runes[:maxWord])
	}
	script := wordScript(word)
	if script == nil || len([]rune(word)) < shortestStemmed {
		return word
	}
	if script == unicode.Latin {
		word = american(word)
		if form, ok := formsOf[word]; ok {
			return form
		}
	}
	env := snowballstem.NewEnv(word)
	if script == unicode.Latin {
		english.Stem(env)
	} else {
		russian.Stem(env)
	}
	if env.Current() == "" {
		return word
	}
	return env.Current()
}

// wordScript is the script of a word that can be stemmed; nil where the word
// mixes scripts or holds digits ("co2", "5g"), which endings do not apply to.
func wordScript(word string) *unicode.RangeTable {
	ascii, cyrillic := true, true
	for _, r := range word {
		if r < 'a' || r > 'z' {
			ascii = false
		}
		if !unicode.Is(unicode.Cyrillic, r) {
			cyrillic = false
		}
	}
	switch {
	case ascii:
		return unicode.Latin
	case cyrillic:
		return unicode.Cyrillic
	}
	return nil
}

// stopWords are dropped from queries that hold anything else: they stand in
// nearly every text of their language and say nothing about its subject.
var stopWords = func() map[string]bool {
	words := map[string]bool{}
	for _, w := range strings.Fields(`
		a an and any are as at be by could does for from has have how in into is it its of on or our should such that
		the their there these this to was we were what when where which why will with would you your
		и в во на с со по для к ко от из о об не что это как или при за до`) {
		words[stem(w)] = true
	}
	return words
}()
