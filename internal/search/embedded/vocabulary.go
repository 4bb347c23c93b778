package embedded

import (
	"bytes"
	"cmp"
	"maps"
	"slices"
	"sort"
	"strings"

	"golang.org/x/sync/errgroup"

	"chengqiao/internal/policy"
	"chengqiao/internal/search"
	"chengqiao/internal/search/analysis"
)

// Keywords and organisations' names are kept whole too, in fields of their own
// behind those of the terms. A phrase is its key (analysis.Key), and behind a
// zero byte what is shown of it: so writings of one key stand together, and
// segments are merged without knowing what their terms are.

// phraseKinds are the sorts of phrases, each a field for every tier.
const (
	keywordPhrases = iota
	organisationPhrases
	phraseKinds
)

// phraseFields is the number of fields with phrases.
var phraseFields = phraseKinds * len(policy.AllTiers)

// phraseNumber is the place of a tier's phrases among the books.
func phraseNumber(kind, tier int) int { return kind*len(policy.AllTiers) + tier }

// phrasesOf are a document's phrases by field.
func phrasesOf(d *search.Document) map[int][]string {
	out := map[int][]string{}
	for tier, phrases := range d.Phrases() {
		n := slices.Index(policy.AllTiers, tier)
		if n < 0 {
			continue // nobody reads an unknown tier
		}
		for _, k := range phrases.Keywords {
			field := termFields + phraseNumber(keywordPhrases, n)
			out[field] = append(out[field], analysis.Key(k)+separator+k)
		}
		if o := phrases.Organisation; o != nil {
			shown := []string{o.ID, o.Kind}
			for _, language := range slices.Sorted(maps.Keys(o.Names)) {
				shown = append(shown, language, o.Names[language])
			}
			field := termFields + phraseNumber(organisationPhrases, n)
			for _, name := range o.Names {
				out[field] = append(out[field], analysis.Key(name)+separator+strings.Join(shown, separator))
			}
		}
	}
	return out
}

const separator = "\x00"

// organisationOf reads what is shown of an organisation.
func organisationOf(shown string) search.OrganisationSuggestion {
	const head = 2
	parts := strings.Split(shown, separator)
	o := search.OrganisationSuggestion{ID: parts[0], Kind: parts[1], Names: map[string]string{}}
	for i := head; i+1 < len(parts); i += 2 {
		o.Names[parts[i]] = parts[i+1]
	}
	return o
}

// phraseBook finds the phrases of one field from any place where one can begin to
// type them, and by sound. Like a segment it is never changed and holds no
// pointers.
type phraseBook struct {
	phrases *postings
	// places are ordered by the text of the key from there on.
	places []phrasePlace
	// sounds are ordered; sound i is that of the phrase soundOf[i].
	sounds    []byte
	soundEnds []uint32
	soundOf   []uint32
}

// phrasePlace is a place in the key of a phrase.
type phrasePlace struct {
	phrase uint32
	at     uint16
}

// prepareBooks makes a segment's books.
func (s *segment) prepareBooks() {
	s.books = make([]*phraseBook, phraseFields)
	var group errgroup.Group
	for i := range s.books {
		group.Go(func() error {
			s.books[i] = newPhraseBook(&s.fields[termFields+i])
			return nil
		})
	}
	_ = group.Wait() // none of them fails
}

func newPhraseBook(p *postings) *phraseBook {
	l := &phraseBook{phrases: p}
	type sound struct {
		text   string
		phrase uint32
	}
	var sounds []sound
	last := ""
	for i := range p.len() {
		key := string(l.key(uint32(i)))
		if key == last {
			continue // another writing of the phrase before
		}
		last = key
		analysis.Beginnings(key, func(at int) { l.places = append(l.places, phrasePlace{uint32(i), uint16(at)}) })
		for _, s := range analysis.Sounds(key) {
			sounds = append(sounds, sound{s, uint32(i)})
		}
	}
	slices.SortFunc(l.places, func(a, b phrasePlace) int {
		return cmp.Or(bytes.Compare(l.text(a), l.text(b)), cmp.Compare(a.phrase, b.phrase))
	})
	slices.SortFunc(sounds, func(a, b sound) int {
		return cmp.Or(strings.Compare(a.text, b.text), cmp.Compare(a.phrase, b.phrase))
	})
	for _, s := range sounds {
		l.sounds = append(l.sounds, s.text...)
		l.soundEnds = append(l.soundEnds, uint32(len(l.sounds)))
		l.soundOf = append(l.soundOf, s.phrase)
	}
	return l
}

// key is that of a phrase.
func (l *phraseBook) key(phrase uint32) []byte {
	term := l.phrases.term(int(phrase))
	return term[:max(0, bytes.IndexByte(term, 0))]
}

func (l *phraseBook) text(p phrasePlace) []byte { return l.key(p.phrase)[p.at:] }

func (l *phraseBook) sound(i int) []byte {
	if i == 0 {
		return l.sounds[:l.soundEnds[0]]
	}
	return l.sounds[l.soundEnds[i-1]:l.soundEnds[i]]
}

// way is how a phrase was found, before its closeness is known.
type way uint8

const (
	begins way = iota
	inside
	sounds
	ways
)

// answering visits the phrases that answer what was typed, with how many
// documents hold them in this writing; one may come several times.
func (l *phraseBook) answering(t analysis.Typed, visit func(phrase uint32, way way, holders int)) {
	typed := []byte(t.Key())
	for i := sort.Search(len(l.places), func(i int) bool { return bytes.Compare(l.text(l.places[i]), typed) >= 0 }); i < len(l.places); i++ {
		p := l.places[i]
		if !bytes.HasPrefix(l.text(p), typed) {
			break
		}
		found := begins
		if p.at > 0 {
			found = inside
		}
		visit(p.phrase, found, l.holders(p.phrase))
	}
	if t.Sound() == "" {
		return
	}
	sound := []byte(t.Sound())
	for i := sort.Search(len(l.soundOf), func(i int) bool { return bytes.Compare(l.sound(i), sound) >= 0 }); i < len(l.soundOf); i++ {
		if !bytes.HasPrefix(l.sound(i), sound) {
			break
		}
		visit(l.soundOf[i], sounds, l.holders(l.soundOf[i]))
	}
}

// holders is how many documents hold a phrase in its first writing.
func (l *phraseBook) holders(phrase uint32) int {
	return int(l.phrases.starts[phrase+1] - l.phrases.starts[phrase])
}

// writings visits the writings of a key: what is shown, and who holds it.
func (l *phraseBook) writings(key string, visit func(shown string, holders []uint32)) {
	from := key + separator
	for i := l.phrases.from(from); i < l.phrases.len(); i++ {
		term := l.phrases.term(i)
		if !bytes.HasPrefix(term, []byte(from)) {
			return
		}
		holders, _ := l.phrases.at(i)
		visit(string(term[len(from):]), holders)
	}
}
