package embedded

import (
	"bytes"
	"slices"
	"sort"

	"github.com/edsrzf/mmap-go"

	"chengqiao/internal/policy"
	"chengqiao/internal/search"
)

// A segment holds the postings of some consecutive slots. It is never changed:
// what a batch brings is a new segment, and some old ones are now and then
// merged into one. Its arrays hold no pointers: those of a small segment lie in
// memory, those of a large one in a file that is mapped.
type segment struct {
	// The slots are first to last.
	first, last uint32
	// documents is how many documents were in the segment when it was made, for
	// the choice of what to merge.
	documents int
	fields    []postings // by fieldNumber
	wordings  wordings
	// books find the phrases of the last fields, by phraseNumber; they are
	// made from those.
	books func() []*phraseBook
	// path is the segment's file; empty while it has none.
	path string
	// mapping is what the arrays lie in; nil for memory.
	mapping mmap.MMap
	// named: the last snapshot names the file, which is to be left for it.
	named bool
}

// postings are the terms of one field, sorted, with who holds each.
type postings struct {
	// terms are all terms, one behind the other; ends[i] is where term i ends.
	terms []byte
	ends  []uint32
	// slots[starts[i]:starts[i+1]] hold term i, in ascending order.
	starts []uint32
	slots  []uint32
	// counts[k] is how often the document in slots[k] says the term, at most
	// maxCount; nil in fields where only presence counts.
	counts []uint8
}

// maxCount bounds a term's frequency in a document: BM25 has long been flat there.
const maxCount = 255

// fieldNumber is the place of a tier's area among the fields.
func fieldNumber(tier policy.Tier, area search.Area) int {
	return slices.Index(policy.AllTiers, tier)*len(search.AllAreas) + slices.Index(search.AllAreas, area)
}

// termFields is the number of fields that hold an area's terms; behind them are
// those that hold phrases.
var termFields = len(policy.AllTiers) * len(search.AllAreas)

// fieldCount is the number of fields.
var fieldCount = termFields + phraseFields

// counted tells whether a field keeps how often a document says a term.
func counted(field int) bool {
	if field >= termFields {
		return false
	}
	area := search.AllAreas[field%len(search.AllAreas)]
	return area == search.AreaTitle || area == search.AreaBody
}

func (p *postings) len() int { return len(p.ends) }

// term is the i-th term.
func (p *postings) term(i int) []byte {
	if i == 0 {
		return p.terms[:p.ends[0]]
	}
	return p.terms[p.ends[i-1]:p.ends[i]]
}

// from is the place of the first term that is not before t.
func (p *postings) from(t string) int {
	return sort.Search(p.len(), func(i int) bool { return string(p.term(i)) >= t })
}

// list gives who holds a term, and how often; nil for an unknown one.
func (p *postings) list(t string) (holders []uint32, counts []uint8) {
	i := p.from(t)
	if i == p.len() || string(p.term(i)) != t {
		return nil, nil
	}
	return p.at(i)
}

func (p *postings) at(i int) (holders []uint32, counts []uint8) {
	from, to := p.starts[i], p.starts[i+1]
	if p.counts != nil {
		counts = p.counts[from:to]
	}
	return p.slots[from:to], counts
}

// beginning visits the terms that begin with a prefix, in order, until visit
// says that it has enough.
func (p *postings) beginning(prefix string, visit func(term string) bool) {
	for i := p.from(prefix); i < p.len() && bytes.HasPrefix(p.term(i), []byte(prefix)); i++ {
		if !visit(string(p.term(i))) {
			return
		}
	}
}
