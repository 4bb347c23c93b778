package embedded

import (
	"bytes"
	"math/bits"
	"runtime"

	"golang.org/x/sync/errgroup"
)

// fanOut is how many segments of a size make one of the next: with four, a
// hundred thousand documents are in a dozen segments, and each posting has been
// copied eight times.
const fanOut = 4

// tier is the size of a segment: each is fanOut times the one below.
func (s *segment) tier() int { return bits.Len(uint(s.documents)) / 2 }

// settle merges the last segments until their sizes fall from first to last
// with fewer than fanOut of a size. Postings of slots that are no longer live
// are left out.
func settle(segments []*segment, live func(slot uint32) bool) []*segment {
	for n := len(segments); n > 1; n = len(segments) {
		from := n - 1
		for from > 0 && segments[from-1].tier() <= segments[n-1].tier() {
			from--
		}
		if n-from < fanOut && segments[from].tier() == segments[n-1].tier() {
			return segments
		}
		if from == n-1 {
			return segments
		}
		merged := merge(segments[from:], segments[from].first, segments[n-1].last, func(slot uint32) (uint32, bool) { return slot, live(slot) })
		segments = append(segments[:from:from], merged)
	}
	return segments
}

// merge makes one segment of several that follow each other. place gives each
// slot's number in the new one, from first to last and ascending with the old,
// and whether it stays.
func merge(segments []*segment, first, last uint32, place func(slot uint32) (uint32, bool)) *segment {
	out := &segment{first: first, last: last, fields: make([]postings, fieldCount)}
	for _, s := range segments {
		out.documents += s.documents
	}
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for f := range out.fields {
		group.Go(func() error {
			out.fields[f] = mergePostings(segments, f, place)
			return nil
		})
	}
	out.wordings = mergeWordings(segments, first, last, place)
	_ = group.Wait() // none of them fails
	out.prepareBooks()
	out.books() // here, and not while somebody waits for a suggestion
	return out
}

func mergePostings(segments []*segment, field int, place func(slot uint32) (uint32, bool)) postings {
	out := postings{starts: []uint32{0}}
	var size, held int
	for _, s := range segments {
		size += len(s.fields[field].terms)
		held += len(s.fields[field].slots)
	}
	out.terms = make([]byte, 0, size)
	out.slots = make([]uint32, 0, held)
	if counted(field) {
		out.counts = make([]uint8, 0, held)
	}
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
			return out
		}
		before := len(out.slots)
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
				out.slots = append(out.slots, to)
				if counts != nil {
					out.counts = append(out.counts, counts[k])
				}
			}
		}
		if len(out.slots) > before {
			out.terms = append(out.terms, least...)
			out.ends = append(out.ends, uint32(len(out.terms)))
			out.starts = append(out.starts, uint32(len(out.slots)))
		}
	}
}
