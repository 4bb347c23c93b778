package analysis

import (
	"bytes"
	"cmp"
	"slices"
	"sort"
	"strings"
)

// NameBook finds names from any place where one can begin to type them, and by
// sound. It is never changed, and holds no pointers beside the access to keys.
type NameBook struct {
	key func(name uint32) []byte
	// places are ordered by the text of the key from there on.
	places []namePlace
	// sounds are ordered; sound i is that of the name soundOf[i].
	sounds    []byte
	soundEnds []uint32
	soundOf   []uint32
}

// namePlace is a place in the key of a name.
type namePlace struct {
	name uint32
	at   uint16
}

// NewNameBook makes a book of n names by their keys, which do not change. Of
// equal keys that follow each other the first stands for all.
func NewNameBook(n int, key func(name uint32) []byte) *NameBook {
	b := &NameBook{key: key}
	type sound struct {
		text string
		name uint32
	}
	var sounds []sound
	last := ""
	for i := range uint32(n) {
		k := string(key(i))
		if i > 0 && k == last {
			continue
		}
		last = k
		Beginnings(k, func(at int) { b.places = append(b.places, namePlace{i, uint16(at)}) })
		for _, s := range Sounds(k) {
			sounds = append(sounds, sound{s, i})
		}
	}
	slices.SortFunc(b.places, func(x, y namePlace) int {
		return cmp.Or(bytes.Compare(b.from(x), b.from(y)), cmp.Compare(x.name, y.name))
	})
	slices.SortFunc(sounds, func(x, y sound) int {
		return cmp.Or(strings.Compare(x.text, y.text), cmp.Compare(x.name, y.name))
	})
	for _, s := range sounds {
		b.sounds = append(b.sounds, s.text...)
		b.soundEnds = append(b.soundEnds, uint32(len(b.sounds)))
		b.soundOf = append(b.soundOf, s.name)
	}
	return b
}

func (b *NameBook) from(p namePlace) []byte { return b.key(p.name)[p.at:] }

func (b *NameBook) sound(i int) []byte {
	if i == 0 {
		return b.sounds[:b.soundEnds[0]]
	}
	return b.sounds[b.soundEnds[i-1]:b.soundEnds[i]]
}

// Answering visits the names that what was typed begins, with how it was found:
// Begins, Inside, or SoundsBegins. How close they are is for Typed.Closeness to
// tell; a name may come several times.
func (b *NameBook) Answering(t Typed, visit func(name uint32, found Closeness)) {
	b.beginning(t.key, func(p namePlace) {
		if p.at == 0 {
			visit(p.name, Begins)
		} else {
			visit(p.name, Inside)
		}
	})
	if t.sound == "" {
		return
	}
	sound := []byte(t.sound)
	for i := sort.Search(len(b.soundOf), func(i int) bool { return bytes.Compare(b.sound(i), sound) >= 0 }); i < len(b.soundOf); i++ {
		if !bytes.HasPrefix(b.sound(i), sound) {
			return
		}
		visit(b.soundOf[i], SoundsBegins)
	}
}

// beginning visits the places from which on a key begins with a text.
func (b *NameBook) beginning(text string, visit func(p namePlace)) {
	typed := []byte(text)
	for i := sort.Search(len(b.places), func(i int) bool { return bytes.Compare(b.from(b.places[i]), typed) >= 0 }); i < len(b.places); i++ {
		if p := b.places[i]; bytes.HasPrefix(b.from(p), typed) {
			visit(p)
		} else {
			return
		}
	}
}

// scattered visits the names of which a part begins with the longest word of
// what was typed: all that answer each of its words wherever they stand.
func (b *NameBook) scattered(t Typed, visit func(name uint32)) {
	if len(t.words) < 2 {
		return
	}
	longest := slices.MaxFunc(t.words, func(x, y string) int { return cmp.Compare(len(x), len(y)) })
	b.beginning(longest, func(p namePlace) { visit(p.name) })
}
