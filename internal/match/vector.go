package match

import (
	"math"
	"slices"

	"chengqiao/internal/gazetteer"
)

// entry is one term of one listing.
type entry struct {
	id uint32 // the term's number
	// impact is how strongly the listing is about the term, saturated and
	// discounted by length, as a share of 65535.
	impact uint16
	// fields are the fields in which the term stands, one bit each.
	fields uint8
	// mention is how surely the listing speaks of the term at all, as a share
	// of 255: saturated sooner and discounted less by length than impact.
	mention uint8
}

func byID(e entry, id uint32) int {
	switch {
	case e.id < id:
		return -1
	case e.id > id:
		return 1
	}
	return 0
}

const (
	impactScale  = math.MaxUint16
	mentionScale = math.MaxUint8
)

// weighted is a term with its impact before it has a number.
type weighted struct {
	term    string
	impact  uint16
	fields  uint8
	mention uint8
}

// longestTerm bounds a term, in bytes: beyond it stands no word but noise.
const longestTerm = 96

func bit(f Field) uint8 { return 1 << f }

// weighed is what a view's texts come to.
type weighed struct {
	terms   []weighted // by term
	phrases []phrase   // in order
}

func (w weighed) equal(other weighed) bool {
	return slices.Equal(w.terms, other.terms) && slices.Equal(w.phrases, other.phrases)
}

// weigh turns a view's texts into weighted terms, as its side cuts them.
func (x *Index) weigh(view *View, of side) weighed {
	return x.model.weigh(view, of, x.cutting(view, of))
}

// weigh turns a view's texts into weighted terms by BM25F: the counts of a
// term in the fields are discounted each by its field's length, weighted,
// added and saturated. Han and other scripts are measured apart, so that a
// text in two languages is not a long one.
//
// The beginning of a need's longer texts counts more: there people say what
// they want, and then tell of circumstances.
func (m TermModel) weigh(view *View, of side, cutting func(Field) Analyser) weighed {
	type stat struct {
		tf, mentioned float64
		fields        uint8
	}
	stats := map[string]*stat{}
	var tokens []Token
	pairs := phrases{}
	for f := range fieldCount {
		var han, words int
		type count struct {
			n   float64
			han bool
		}
		counts := map[string]*count{}
		cut := cutting(f)
		for _, s := range view.Texts[f] {
			pairs.begin()
			tokens = cut(tokens[:0], s)
			lead := 0
			var places []gazetteer.Extent
			if of == needs {
				places = m.Places.In(s)
				if f == Body {
					lead = m.Lead.end(s)
				}
			}
			for _, token := range tokens {
				if len(token.Term) > longestTerm {
					pairs.begin()
					continue
				}
				times := 1
				if !token.Han && token.Start < lead {
					times = m.Lead.Times
				}
				pairs.add(token, s, times)
				c := counts[token.Term]
				if c == nil {
					c = &count{han: token.Han}
					counts[token.Term] = c
				}
				if inside(&places, token) {
					c.n += placeShare
				} else {
					c.n += float64(times)
				}
				switch {
				case token.Synonym: // no word of its own
				case !token.Han:
					words++
				case !token.Single():
					han++
				}
			}
		}
		field := m.Fields[f]
		hanLength, wordLength := float64(han)/field.HanLength, float64(words)/field.WordLength
		for term, c := range counts {
			length := wordLength
			if c.han {
				length = hanLength
			}
			s := stats[term]
			if s == nil {
				s = &stat{}
				stats[term] = s
			}
			s.tf += m.Strength.counts(field.Weight*c.n, length)
			s.mentioned += m.Mention.counts(field.Weight*c.n, length)
			s.fields |= bit(f)
		}
	}
	out := make([]weighted, 0, len(stats))
	for term, s := range stats {
		impact := math.Round(m.Strength.saturated(s.tf) * impactScale)
		if impact < 1 {
			continue // a field of no weight
		}
		mention := math.Round(m.Mention.saturated(s.mentioned) * mentionScale)
		out = append(out, weighted{term, uint16(impact), s.fields, uint8(mention)})
	}
	slices.SortFunc(out, func(a, b weighted) int {
		if a.term < b.term {
			return -1
		}
		return 1
	})
	return weighed{out, pairs.list()}
}
