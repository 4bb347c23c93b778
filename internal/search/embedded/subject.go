package embedded

import (
	"bytes"
	"math"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"chengqiao/internal/policy"
	"chengqiao/internal/search"
	"chengqiao/internal/search/analysis"
)

// Weights say how much it counts that a document is about what a short text
// names and does not only mention it. Each is the logarithm of the factor by
// which a score grows where its share is whole; none is negative.
type Weights struct {
	// Says counts the expressions that it says as they are written, or by another name
	// of them.
	Says float64
	// Heads counts those that its title or a keyword says as words of their own:
	// half of it that they begin so, half that they end so.
	Heads float64
	// Alone counts how often it says them as words of their own, by the logarithm.
	Alone float64
}

// shippedWeights are learnt from judged queries (docs/evaluation.md, search by
// keywords).
var shippedWeights = Weights{Says: 0.65, Heads: 0.4, Alone: 0.2}

// regarded is how many of the first documents are looked at once more: their
// wordings are read, which is too much to do for all. It is fixed, so that each
// page goes on where the one before it ends.
const regarded = 60

// subject is what a short text names. Its zero value, of a long text, names
// nothing: who writes much describes something and does not name it.
type subject struct{ expressions []analysis.Expression }

func newSubject(a *analysis.Analyzer, text string, plan analysis.Plan) subject {
	if plan.Empty() || search.Long(plan) {
		return subject{}
	}
	return subject{a.Expressions(text)}
}

// Weigh takes other weights in place of the shipped ones, for evaluation.
func (e *Engine) Weigh(w Weights) error {
	g, release, err := e.open()
	if err != nil {
		return err
	}
	defer release()
	g.mu.Lock()
	defer g.mu.Unlock()
	g.weights = w
	return nil
}

// first are the first documents of a set, in order, at least up to the end of
// the page. By relevance, the query's own come first; of the others those about the
// subject come forward among the first so many. Factors are never below one, so none of
// those falls behind the rest.
func (g *generation) first(set *roaring.Bitmap, q *search.Query, a asked, scores []mark) []uint32 {
	end := q.Offset + q.Limit
	if scores != nil && len(a.also) > 0 {
		ahead := slices.DeleteFunc(a.also, func(o uint32) bool { return !set.Contains(o) })
		if a.also = nil; len(ahead) < end {
			behind := *q
			behind.Offset, behind.Limit = 0, end-len(ahead)
			ahead = append(ahead, g.first(roaring.AndNot(set, roaring.BitmapOf(ahead...)), &behind, a, scores)...)
		}
		return ahead[:min(end, len(ahead))]
	}
	if scores == nil && (q.Sort == search.SortRelevance || q.Sort == search.SortNewest) {
		return g.columns.newest(set, end)
	}
	by := g.columns.order(q, scores)
	if scores == nil || len(a.subject.expressions) == 0 {
		return top(set.ToArray(), end, by)
	}
	list := top(set.ToArray(), max(end, regarded), by)
	near := list[:min(regarded, len(list))]
	g.regard(a, near, scores, q.Reader)
	top(near, len(near), by)
	return list[:min(end, len(list))]
}

// regard raises the scores of documents that are about the subject. Only what
// the reader reads of them counts.
func (g *generation) regard(a asked, slots []uint32, marks []mark, reader search.Reader) {
	reads := make([]bool, len(policy.AllTiers))
	for i, tier := range policy.AllTiers {
		reads[i] = reader.Reads(tier)
	}
	v := view{of: a.subject, sightings: make([]sightings, len(a.subject.expressions))}
	for _, slot := range slots {
		clear(v.sightings)
		full := a.full.Contains(slot)
		v.read(g.wording(slot), func(tier byte) bool { return full || reads[tier] })
		marks[slot].score *= float32(math.Exp(v.worth(g.weights)))
	}
}

// wording is what a slot's document says.
func (g *generation) wording(slot uint32) []byte {
	i := slices.IndexFunc(g.segments, func(x *segment) bool { return slot <= x.last })
	return g.segments[i].wordings.at(slot - g.segments[i].first)
}

// view is how a document speaks of a subject.
type view struct {
	of        subject
	sightings []sightings // by expression
}

// sightings are those of one expression.
type sightings struct {
	said         bool
	begins, ends bool // as a word of its own in the title or a keyword
	alone        int
}

// read looks through the pieces of a document that the reader reads, for names in
// other scripts where none says the expression in the one that it is written in: so no
// listing gains by saying it in two languages.
func (v view) read(text []byte, reads func(tier byte) bool) {
	for i, e := range v.of.expressions {
		at := &v.sightings[i]
		if at.look(text, reads, e.Names); !at.said {
			at.look(text, reads, e.Foreign)
		}
	}
}

// look takes in what pieces say of some names.
func (s *sightings) look(text []byte, reads func(tier byte) bool, names []analysis.Phrase) {
	title, keyword := propertyMark(search.PropertyTitle), propertyMark(search.PropertyKeyword)
	for len(text) > 0 {
		end := bytes.IndexByte(text, pieceEnd)
		if reads(text[0] - 1) {
			heads := text[1] == title || text[1] == keyword
			for _, name := range names {
				name.Sightings(text[pieceMarks:end], func(x analysis.Sighting) {
					s.said = true
					s.begins = s.begins || heads && x.Begins
					s.ends = s.ends || heads && x.Ends
					if x.Begins && x.Ends {
						s.alone++
					}
				})
			}
		}
		text = text[end+1:]
	}
}

// worth is the mean over the expressions of what the sightings weigh.
func (v view) worth(w Weights) float64 {
	sum := 0.0
	for _, s := range v.sightings {
		if !s.said {
			continue
		}
		sum += w.Says + w.Alone*math.Log1p(float64(s.alone))
		if s.begins {
			sum += w.Heads / 2
		}
		if s.ends {
			sum += w.Heads / 2
		}
	}
	return sum / float64(len(v.sightings))
}
