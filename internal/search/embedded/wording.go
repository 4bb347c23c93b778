package embedded

import (
	"bytes"
	"slices"

	"chengqiao/internal/policy"
	"chengqiao/internal/search"
	"chengqiao/internal/search/analysis"
)

// wordings are what the documents of a segment say, as phrases are looked for
// (analysis.AppendWording): postings tell which words a document has, and not
// which stand beside each other. A document's pieces follow each other, each
// with its tier and property in front and pieceEnd behind.
//
// They are kept beside the postings, a kilobyte for a listing: a phrase of common
// words has to be looked for in thousands of documents.
type wordings struct {
	text []byte
	// starts[i] is where the i-th slot's document begins; one more is the end.
	starts []uint64
}

// Control bytes: no term holds any.
const (
	pieceEnd   = 0
	pieceMarks = 2 // tier and property
)

// wordingOf writes a document's pieces. Those of an unknown tier are nobody's.
func wordingOf(r *analysis.Reading, d *search.Document) []byte {
	var out []byte
	d.Pieces(func(tier policy.Tier, in search.Property, text string) {
		if t := slices.Index(policy.AllTiers, tier); t >= 0 {
			out = append(out, byte(1+t), propertyMark(in))
			out = append(r.AppendWording(out, text), pieceEnd)
		}
	})
	return out
}

// propertyMark is 1 for what is no property.
func propertyMark(p search.Property) byte { return byte(2 + slices.Index(search.AllProperties, p)) }

func newWordings(documents []prepared) wordings {
	size := 0
	for i := range documents {
		size += len(documents[i].wording)
	}
	m := wordingsMaker{newArray[byte](nil, size), newArray[uint64](nil, len(documents)+1)}
	m.starts.add(0)
	for i := range documents {
		m.add(documents[i].wording)
	}
	return m.wordings()
}

// at is what the i-th slot's document says; nothing for a dead slot.
func (w *wordings) at(i uint32) []byte { return w.text[w.starts[i]:w.starts[i+1]] }

// wordingsMaker makes wordings, document after document.
type wordingsMaker struct {
	text   *array[byte]
	starts *array[uint64]
}

// newWordingsMaker has room for what segments say together, in so many slots.
func newWordingsMaker(d *segmentDraft, segments []*segment, slots int) *wordingsMaker {
	size := 0
	for _, s := range segments {
		size += len(s.wordings.text)
	}
	return &wordingsMaker{newArray[byte](d, size), newArray[uint64](d, slots+1)}
}

func (m *wordingsMaker) add(text []byte) {
	m.text.add(text...)
	m.starts.add(uint64(m.text.length))
}

// wordings are what was made in memory.
func (m *wordingsMaker) wordings() wordings {
	return wordings{text: m.text.values, starts: m.starts.values}
}

// merge takes over those of segments that follow each other, from the slot first
// on; dead slots between say nothing. It gives the number of documents that stay.
func (m *wordingsMaker) merge(segments []*segment, first, last uint32, place func(slot uint32) (uint32, bool)) (documents int) {
	m.starts.add(0)
	for _, s := range segments {
		for slot := s.first; slot <= s.last; slot++ {
			to, stays := place(slot)
			if !stays {
				continue
			}
			for m.starts.length <= int(to-first) {
				m.add(nil)
			}
			m.add(s.wordings.at(slot - s.first))
			documents++
		}
	}
	for m.starts.length < int(last-first)+2 {
		m.add(nil)
	}
	return documents
}

// lookup is a clause as it is looked for in wordings for one reader.
type lookup struct {
	clause search.Clause
	// reads tells of each of policy.AllTiers whether the reader has it.
	reads []bool
	// property is the mark of the only one that counts; 0 for all.
	property byte
}

// in tells whether a document says the phrase where the reader reads it; full
// readers read all tiers.
func (l *lookup) in(text []byte, full bool) bool {
	if !l.clause.Phrase.InWording(text) {
		return false
	}
	for len(text) > 0 {
		end := bytes.IndexByte(text, pieceEnd)
		tier, property := text[0]-1, text[1]
		if (full || l.reads[tier]) && (l.property == 0 || l.property == property) &&
			l.clause.Phrase.InWording(text[pieceMarks:end]) {
			return true
		}
		text = text[end+1:]
	}
	return false
}
