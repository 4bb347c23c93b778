package embedded

import (
	"bytes"
	"maps"
	"slices"
	"strings"
	"sync"

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

// phraseBook finds the phrases of one field. Like a segment it is never changed.
type phraseBook struct {
	phrases *postings
	names   *analysis.NameBook
}

// prepareBooks lets a segment's books be made once, when they are first asked for.
func (s *segment) prepareBooks() {
	s.books = sync.OnceValue(func() []*phraseBook {
		books := make([]*phraseBook, phraseFields)
		var group sync.WaitGroup
		for i := range books {
			group.Go(func() { books[i] = newPhraseBook(&s.fields[termFields+i]) })
		}
		group.Wait()
		return books
	})
}

func newPhraseBook(p *postings) *phraseBook {
	l := &phraseBook{phrases: p}
	l.names = analysis.NewNameBook(p.len(), l.key)
	return l
}

// key is that of a phrase.
func (l *phraseBook) key(phrase uint32) []byte {
	term := l.phrases.term(int(phrase))
	return term[:max(0, bytes.IndexByte(term, 0))]
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
