package embedded

import (
	"bytes"
	"errors"
	"log/slog"
	"math/bits"
	"runtime"

	"golang.org/x/sync/errgroup"
)

// fanOut is how many segments of a size make one of the next: with four, a
// hundred thousand documents are in a dozen segments, and each posting has been
// copied eight times.
const fanOut = 4

// tier is the size of a segment of so many documents: each is fanOut times the
// one below.
func tier(documents int) int { return bits.Len(uint(documents)) / 2 }

// mappedFrom is from how many documents on a segment lies in a file: some ten
// megabytes.
const mappedFrom = 4096

// unsettled is from which on the last segments are to be merged, so that sizes
// fall from first to last with fewer than fanOut of a size; the number of segments
// where that is so.
func unsettled(segments []*segment) int {
	if len(segments) == 0 {
		return 0
	}
	// The last of n segments is, or would be, of so many documents.
	n := len(segments)
	documents := segments[n-1].documents
	for {
		from, together := n-1, documents
		for from > 0 && tier(segments[from-1].documents) <= tier(documents) {
			from--
			together += segments[from].documents
		}
		if from == n-1 || n-from < fanOut && tier(segments[from].documents) == tier(documents) {
			break
		}
		n, documents = from+1, together
	}
	if n == len(segments) {
		return n
	}
	return n - 1
}

// settle merges the last segments where there are too many. Postings of slots
// that are no longer live are left out. A merge that fails is put off: what is
// unmerged only takes more time.
func (g *generation) settle(segments []*segment, live func(slot uint32) bool) (settled, merged []*segment) {
	from := unsettled(segments)
	if from == len(segments) {
		return segments, nil
	}
	merged = segments[from:]
	one, err := mergeInto(g.path, merged, merged[0].first, merged[len(merged)-1].last, func(slot uint32) (uint32, bool) { return slot, live(slot) })
	if err != nil {
		slog.Warn("the search index's segments cannot be merged", "path", g.path, "error", err)
		return segments, nil
	}
	return append(segments[:from:from], one), merged
}

// mergeInto makes one segment of several, in a file of the folder where it is large.
func mergeInto(folder string, segments []*segment, first, last uint32, place func(slot uint32) (uint32, bool)) (*segment, error) {
	documents := 0
	for _, s := range segments {
		documents += s.documents
	}
	if documents < mappedFrom {
		return merge(segments, first, last, place, nil)
	}
	d, err := draftSegment(newSegmentPath(folder))
	if err != nil {
		return nil, err
	}
	out, err := merge(segments, first, last, place, d)
	if err != nil {
		return nil, errors.Join(err, d.abandon())
	}
	return out, nil
}

// merge makes one segment of several that follow each other: in memory, or of a
// draft. place gives each slot's number in the new one, from first to last and
// ascending with the old, and whether it stays.
func merge(segments []*segment, first, last uint32, place func(slot uint32) (uint32, bool), d *segmentDraft) (*segment, error) {
	out := &segment{first: first, last: last, fields: make([]postings, fieldCount)}
	makers := make([]*postingsMaker, fieldCount)
	for f := range makers {
		makers[f] = newPostingsMaker(d, segments, f)
	}
	wordings := newWordingsMaker(d, segments, int(last-first)+1)
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	group.Go(func() error {
		out.documents = wordings.merge(segments, first, last, place)
		return nil
	})
	for f := range makers {
		group.Go(func() error {
			makers[f].merge(segments, f, place)
			return nil
		})
	}
	_ = group.Wait() // none of them fails before it is finished
	if d != nil {
		if err := finishMerge(out, makers, wordings, d); err != nil {
			return nil, err
		}
		var err error
		if out, err = openSegment(d.file.Name(), false); err != nil {
			return nil, err
		}
	} else {
		for f := range makers {
			out.fields[f] = makers[f].postings()
		}
		out.wordings = wordings.wordings()
		out.prepareBooks()
	}
	out.books() // here, and not while somebody waits for a suggestion
	return out, nil
}

// finishMerge writes what is left of a segment into its file.
func finishMerge(s *segment, makers []*postingsMaker, w *wordingsMaker, d *segmentDraft) error {
	var extents []extent
	var failed []error
	put := func(e extent, err error) {
		extents, failed = append(extents, e), append(failed, err)
	}
	for _, m := range makers {
		put(m.terms.finish())
		put(m.ends.finish())
		put(m.starts.finish())
		put(m.slots.finish())
		put(m.counts.finish())
	}
	put(w.text.finish())
	put(w.starts.finish())
	if err := errors.Join(failed...); err != nil {
		return err
	}
	return d.finish(s, extents)
}

// postingsMaker makes the postings of a field, term after term.
type postingsMaker struct {
	terms               *array[byte]
	ends, starts, slots *array[uint32]
	counts              *array[byte]
}

// newPostingsMaker has room for what segments hold of a field together.
func newPostingsMaker(d *segmentDraft, segments []*segment, field int) *postingsMaker {
	var size, terms, held, counts int
	for _, s := range segments {
		p := &s.fields[field]
		size, terms, held, counts = size+len(p.terms), terms+p.len(), held+len(p.slots), counts+len(p.counts)
	}
	return &postingsMaker{
		terms: newArray[byte](d, size), ends: newArray[uint32](d, terms), starts: newArray[uint32](d, terms+1),
		slots: newArray[uint32](d, held), counts: newArray[byte](d, counts),
	}
}

// postings are what was made in memory.
func (m *postingsMaker) postings() postings {
	p := postings{terms: m.terms.values, ends: m.ends.values, starts: m.starts.values, slots: m.slots.values}
	if m.counts.length > 0 {
		p.counts = m.counts.values
	}
	return p
}

func (m *postingsMaker) merge(segments []*segment, field int, place func(slot uint32) (uint32, bool)) {
	m.starts.add(0)
	next := make([]int, len(segments)) // the term that each segment is at
	for {
		var least []byte
		for i, s := range segments {
			if p := &s.fields[field]; next[i] < p.len() {
				if t := p.term(next[i]); least == nil || bytes.Compare(t, least) < 0 {
					least = t
				}
			}
		}
		if least == nil {
			return
		}
		before := m.slots.length
		for i, s := range segments {
			p := &s.fields[field]
			if next[i] == p.len() || !bytes.Equal(p.term(next[i]), least) {
				continue
			}
			holders, counts := p.at(next[i])
			next[i]++
			for k, slot := range holders {
				to, stays := place(slot)
				if !stays {
					continue
				}
				m.slots.add(to)
				if counts != nil {
					m.counts.add(counts[k])
				}
			}
		}
		if m.slots.length > before {
			m.terms.add(least...)
			m.ends.add(uint32(m.terms.length))
			m.starts.add(uint32(m.slots.length))
		}
	}
}
