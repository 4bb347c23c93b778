package duplicate

import (
	"slices"
	"unicode/utf8"

	"chengqiao/internal/search/analysis"
	"chengqiao/internal/text"
)

// Finder sketches views and compares them. Safe for concurrent use.
type Finder struct {
	analyzer *analysis.Analyzer
	model    Model
	generic  map[string]bool
}

// NewFinder makes a finder of a model.
func NewFinder(model Model) *Finder {
	// Without synonym groups: what texts share are their words as written.
	f := &Finder{analyzer: analysis.New(nil), model: model, generic: map[string]bool{}}
	for _, word := range model.Generic {
		for _, u := range f.units(word) {
			f.generic[u] = true
		}
		for _, p := range pairs(f.units(word)) {
			f.generic[p] = true
		}
	}
	return f
}

// Model is the finder's.
func (f *Finder) Model() Model { return f.model }

// Sketch is a view cut for comparison.
type Sketch struct {
	view   View
	titles [2]titleSketch // Chinese, English
	bodies [2]bodySketch
	// says counts the words and pairs of characters of title and running text.
	says map[string]int
}

type titleSketch struct {
	// grams are pairs of Han characters and triples of letters, sorted hashes.
	grams   []uint64
	phrases []uint64
	numbers []string
	part    bool     // says which part of a series it is
	subject []string // words and pairs of the title
}

type bodySketch struct {
	phrases []uint64 // sorted, once each
	figures []string
}

// Sketch cuts a view.
func (f *Finder) Sketch(v View) *Sketch {
	s := &Sketch{view: v, says: map[string]int{}}
	for i, t := range [2]string{v.Title.Zh, v.Title.En} {
		if t != "" {
			s.titles[i] = f.title(t)
			for _, u := range s.titles[i].subject {
				s.says[u]++
			}
		}
	}
	for i, t := range [2]string{v.Body.Zh, v.Body.En} {
		if t == "" {
			continue
		}
		units := f.units(t)
		length := f.model.Sketch.WordPhrase
		if mostlyHan(units) {
			length = f.model.Sketch.HanPhrase
		}
		s.bodies[i] = bodySketch{phrases: phrases(units, length), figures: measured(text.Fold(t))}
		for _, u := range subjects(units) {
			s.says[u]++
		}
	}
	return s
}

// of is the sketch of another view with the same texts.
func (s *Sketch) of(v View) *Sketch {
	other := *s
	other.view = v
	return &other
}

func (f *Finder) title(t string) titleSketch {
	units, folded := f.units(t), text.Fold(t)
	length := f.model.Sketch.WordTitlePhrase
	if mostlyHan(units) {
		length = f.model.Sketch.HanTitlePhrase
	}
	return titleSketch{
		grams: grams(units), phrases: phrases(units, length),
		numbers: numerals(folded), part: part(folded), subject: subjects(units),
	}
}

// units are the Han characters and the stems of a text in reading order:
// folded, simplified, without punctuation.
func (f *Finder) units(t string) []string {
	tokens := f.analyzer.AppendTokens(nil, t)
	out := make([]string, 0, len(tokens))
	for _, token := range tokens {
		if token.Han && utf8.RuneCountInString(token.Term) > 1 {
			continue
		}
		out = append(out, token.Term)
	}
	return out
}

func han(unit string) bool {
	r, _ := utf8.DecodeRuneInString(unit)
	return r > 0x2E7F // where the ideographic blocks begin
}

func mostlyHan(units []string) bool {
	n := 0
	for _, u := range units {
		if han(u) {
			n++
		}
	}
	return 2*n >= len(units)
}

// pairs are the neighbouring Han characters.
func pairs(units []string) []string {
	var out []string
	for i := 0; i+1 < len(units); i++ {
		if han(units[i]) && han(units[i+1]) {
			out = append(out, units[i]+units[i+1])
		}
	}
	return out
}

// subjects are what a text can be about: pairs of Han characters, and words.
func subjects(units []string) []string {
	out := pairs(units)
	for _, u := range units {
		if !han(u) && len(u) > 2 {
			out = append(out, u)
		}
	}
	return out
}

// phrases are the hashes of every run of so many units, sorted, once each; the
// whole where it is shorter.
func phrases(units []string, length int) []uint64 {
	if len(units) == 0 {
		return nil
	}
	length = min(length, len(units))
	hashes := make([]uint64, len(units))
	for i, u := range units {
		hashes[i] = hashOf(u)
	}
	out := make([]uint64, 0, len(units)-length+1)
	for i := 0; i+length <= len(units); i++ {
		var h uint64
		for _, unit := range hashes[i : i+length] {
			h = mixed(h ^ unit)
		}
		out = append(out, h)
	}
	return sortedOnce(out)
}

// grams are what titles are compared by: small pieces, so that a misspelt
// character costs little.
func grams(units []string) []uint64 {
	var out []uint64
	for _, p := range pairs(units) {
		out = append(out, hashOf(p))
	}
	for _, u := range units {
		if han(u) {
			continue
		}
		letters := []rune("^" + u + "$")
		for i := 0; i+3 <= len(letters); i++ {
			out = append(out, hashOf(string(letters[i:i+3])))
		}
	}
	if len(out) == 0 {
		for _, u := range units {
			out = append(out, hashOf(u))
		}
	}
	return sortedOnce(out)
}

func sortedOnce(hashes []uint64) []uint64 {
	slices.Sort(hashes)
	return slices.Compact(hashes)
}

// hashOf is FNV-1a over the parts, each ended by a zero byte, spread.
func hashOf(parts ...string) uint64 {
	const offset, prime = 14695981039346656037, 1099511628211
	var h uint64 = offset
	for _, p := range parts {
		for i := range len(p) {
			h = (h ^ uint64(p[i])) * prime
		}
		h *= prime
	}
	return mixed(h)
}

// mixed spreads a hash over all of its bits (the finisher of SplitMix64): FNV
// leaves the upper ones of short texts alike, and keys are the smallest.
func mixed(h uint64) uint64 {
	h ^= h >> 30
	h *= 0xbf58476d1ce4e5b9
	h ^= h >> 27
	h *= 0x94d049bb133111eb
	return h ^ h>>31
}

// Keys are what a sketch is found by, sorted, once each, for listings of a
// kind. The smallest hashes of a set are a fair sample of it, and the same
// phrase is the smallest in every text that has it: a text that was cut short
// or put in another order still shares keys with the whole.
func (f *Finder) Keys(kind string, s *Sketch) []int64 {
	var out []int64
	const sign = 1 << 63
	add := func(sort string, hash uint64) {
		out = append(out, int64((hash^hashOf(kind, sort))&^sign))
	}
	for _, t := range s.titles {
		for _, h := range t.phrases[:min(len(t.phrases), f.model.Sketch.TitleKeys)] {
			add("title", h)
		}
	}
	for _, b := range s.bodies {
		for _, h := range b.phrases[:min(len(b.phrases), f.model.Sketch.BodyKeys)] {
			add("body", h)
		}
	}
	for _, i := range s.view.Identifiers {
		if i.Kind != FundingNumber { // one project pays for many results
			out = append(out, int64(hashOf(kind, string(i.Kind), i.Value)|sign))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
