package embedded

import (
	"context"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"chengqiao/internal/errs"
	"chengqiao/internal/policy"
	"chengqiao/internal/search"
)

// prepared is a document ready to be indexed.
type prepared struct {
	id     string
	record *record
	fields [][]termCount // by fieldNumber, sorted by term
	// wording is what it says, as in wordings.
	wording []byte
}

// termCount is a term with how often a document says it.
type termCount struct {
	term  string
	count uint8
}

func (g *generation) prepare(d *search.Document) prepared {
	p := prepared{id: d.ID, fields: make([][]termCount, fieldCount)}
	lengths := make([]uint32, len(weighted))
	read := g.analyzer.Reading()
	terms := d.Terms(read)
	for i, w := range weighted {
		lengths[i] = uint32(terms[w.tier].Lengths[w.area])
	}
	for tier, said := range terms {
		for area, list := range said.Areas {
			if !slices.Contains(policy.AllTiers, tier) {
				continue // nobody reads an unknown tier
			}
			p.fields[fieldNumber(tier, area)] = countTerms(list)
		}
	}
	p.wording = wordingOf(read, d)
	for field, phrases := range phrasesOf(d) {
		p.fields[field] = countTerms(phrases)
	}
	p.record = newRecord(d, lengths)
	return p
}

// prepareAll prepares documents on all processors. Error: ctx's.
func (g *generation) prepareAll(ctx context.Context, documents []search.Document) ([]prepared, error) {
	out := make([]prepared, len(documents))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i := range documents {
		group.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			return errs.Caught(func() error {
				out[i] = g.prepare(&documents[i])
				return nil
			})
		})
	}
	return out, group.Wait()
}

// countTerms sorts terms and counts what repeats.
func countTerms(terms []string) []termCount {
	sorted := slices.Clone(terms)
	slices.Sort(sorted)
	out := make([]termCount, 0, len(sorted))
	for _, t := range sorted {
		if n := len(out); n > 0 && out[n-1].term == t {
			out[n-1].count = uint8(min(int(out[n-1].count)+1, maxCount))
			continue
		}
		out = append(out, termCount{t, 1})
	}
	return out
}

// newSegment makes the segment of documents that take the slots from first on.
func newSegment(documents []prepared, first uint32) *segment {
	s := &segment{first: first, last: first + uint32(len(documents)) - 1, documents: len(documents), fields: make([]postings, fieldCount)}
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for f := range s.fields {
		group.Go(func() error {
			s.fields[f] = newPostings(documents, f, first)
			return nil
		})
	}
	s.wordings = newWordings(documents)
	_ = group.Wait() // none of them fails
	s.prepareBooks()
	s.books() // here, and not while somebody waits for a suggestion
	return s
}

// newPostings groups the documents' terms.
func newPostings(documents []prepared, field int, first uint32) postings {
	numbers := map[string]int{} // a term's place in terms and sizes
	var terms []string
	var sizes []int
	held := 0
	for i := range documents {
		for _, t := range documents[i].fields[field] {
			n, ok := numbers[t.term]
			if !ok {
				n = len(terms)
				numbers[t.term] = n
				terms, sizes = append(terms, t.term), append(sizes, 0)
			}
			sizes[n]++
			held++
		}
	}
	slices.Sort(terms)
	p := postings{slots: make([]uint32, held), starts: make([]uint32, 1, len(terms)+1), ends: make([]uint32, 0, len(terms))}
	if counted(field) {
		p.counts = make([]uint8, held)
	}
	next := make([]uint32, len(terms)) // where the next holder goes, by number
	at := uint32(0)
	for _, t := range terms {
		n := numbers[t]
		next[n] = at
		at += uint32(sizes[n])
		p.terms = append(p.terms, t...)
		p.ends = append(p.ends, uint32(len(p.terms)))
		p.starts = append(p.starts, at)
	}
	for i := range documents {
		for _, t := range documents[i].fields[field] {
			k := &next[numbers[t.term]]
			p.slots[*k] = first + uint32(i)
			if p.counts != nil {
				p.counts[*k] = t.count
			}
			*k++
		}
	}
	return p
}
