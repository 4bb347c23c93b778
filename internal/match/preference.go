package match

import (
	"cmp"
	"context"
	"math"
	"slices"

	"chengqiao/internal/policy"
)

// Judgement is what an organisation said of one listing in the matches of
// another.
type Judgement struct {
	Ref     Ref
	Opinion Opinion
	// Code is why it is irrelevant, of the coded list; "" where it was not said.
	Code string
}

// How far what an organisation said moves its own list. A listing moves by the
// one among the judged that it resembles most on either side, so that the
// reason can name it; the bounds keep opinions on a few from burying the rest.
const (
	// preferred is how many of the best listings are looked at, and most how
	// many judgements of either opinion, the latest.
	preferred, most = 100, 16
	// alike is the resemblance from which on two listings speak of the same,
	// and same that from which on nothing more is gained.
	alike, same = 0.2, 0.7
	// raise and sink are the greatest shares of a score that likeness to a
	// relevant or an irrelevant listing moves, and grudge what sharing the very
	// fact does for which another was refused.
	raise, sink, grudge = 0.25, 0.4, 0.15
	// telling is the least move that is told as a reason.
	telling = 0.03
)

// Pull is how a listing moves in an organisation's own list.
type Pull struct {
	// Factor multiplies its score; 1, or 0 where nothing was judged, for one
	// that stays.
	Factor float64
	// Code says why: LikeRelevant, LikeIrrelevant or SameGrudge, "" for none
	// worth telling; By is the judged listing that it is due to.
	Code ReasonCode
	By   Judgement
}

// moves tells whether it moves a listing at all.
func (p Pull) moves() bool { return p.Factor != 0 && p.Factor != 1 }

// ofSubject tells whether an opinion is about what a listing is, and not about
// its price, its owner or what was there already.
func (j Judgement) ofSubject() bool {
	switch j.Code {
	case "", "wrong_subject", "wrong_route", "cannot_meet":
		return true
	}
	return false
}

// Pulls tells for the first of the ranked listings, as a reader of these tiers
// has them, how what was judged moves them, by place; later ones stay. The
// latest judgements come first.
func (x *Index) Pulls(judged []Judgement, ranked []Ranked, tiers []policy.Tier) []Pull {
	pulls := make([]Pull, len(ranked))
	for i := range pulls {
		pulls[i].Factor = 1
	}
	if len(judged) == 0 {
		return pulls
	}
	x.mu.RLock()
	defer x.mu.RUnlock()
	who := readerOf(tiers)
	listings := make([]weighedSlot, 0, preferred)
	for _, r := range ranked[:min(len(ranked), preferred)] {
		listings = append(listings, x.weighedSlot(x.slotOf(r.Ref, who), who))
	}
	counted := map[Opinion]int{}
	moves := make([]move, len(listings))
	for _, j := range judged {
		s := x.slotOf(j.Ref, who)
		if s == nil || counted[j.Opinion] == most {
			continue // it has left the market, or is one of long ago
		}
		counted[j.Opinion]++
		x.compareWith(j, x.weighedSlot(s, who), listings, moves)
	}
	for i, m := range moves {
		self := ranked[i].Ref
		if at := slices.IndexFunc(judged, func(j Judgement) bool { return j.Ref == self }); at >= 0 && judged[at].Opinion == Relevant {
			m = move{up: m.up, upBy: judged[at]} // what was said of itself counts before what was said of its like
		}
		pulls[i] = m.pull(self)
	}
	return pulls
}

// move gathers what moves one listing.
type move struct {
	up, down, fact   float64
	upBy, by, factBy Judgement
}

func (m move) pull(self Ref) Pull {
	p := Pull{Factor: 1 + m.up - m.down - m.fact}
	told := max(m.up, m.down, m.fact)
	switch {
	case told < telling:
		return p
	case told == m.up:
		p.Code, p.By = LikeRelevant, m.upBy
	case told == m.down:
		p.Code, p.By = LikeIrrelevant, m.by
	default:
		p.Code, p.By = SameGrudge, m.factBy
	}
	if p.By.Ref == self {
		p.Code, p.By = "", Judgement{} // a listing is no reason for itself
	}
	return p
}

// weighedSlot is a slot with the length of its vector.
type weighedSlot struct {
	*slot
	who     readers // for whom it is
	entries []entry
	weights []float32 // by place in entries
	length  float64
}

func (x *Index) weighedSlot(s *slot, who readers) weighedSlot {
	w := weighedSlot{slot: s, who: who}
	if s == nil {
		return w
	}
	w.entries = s.vector.unpack(nil)
	w.weights = make([]float32, len(w.entries))
	sum := 0.0
	for i, e := range w.entries {
		v := float64(e.impact) / impactScale * x.rarity(e.id)
		w.weights[i] = float32(v)
		sum += v * v
	}
	w.length = math.Sqrt(sum)
	return w
}

// compareWith adds to the moves of listings what one judgement does to them.
// The caller holds the read lock.
func (x *Index) compareWith(j Judgement, own weighedSlot, listings []weighedSlot, moves []move) {
	terms := x.zeroed(len(x.terms))
	defer x.scratch.Put(terms)
	for i, e := range own.entries {
		(*terms)[e.id] = own.weights[i]
	}
	for i, l := range listings {
		m := &moves[i]
		switch {
		case l.slot == nil:
		case j.Opinion == Relevant:
			if v := raise * likeness(resemblance(*terms, own, l)); v > m.up {
				m.up, m.upBy = v, j
			}
		case j.ofSubject():
			if v := sink * likeness(resemblance(*terms, own, l)); v > m.down {
				m.down, m.by = v, j
			}
		case own.factsFor(own.who).refused(j.Code, *l.factsFor(l.who)) && m.fact == 0:
			m.fact, m.factBy = grudge, j
		}
	}
}

// resemblance is how much two listings say the same: the cosine of their
// weighted terms, or of their points where these lie nearer.
func resemblance(terms []float32, a, b weighedSlot) float64 {
	if a.length == 0 || b.length == 0 {
		return 0
	}
	sum := 0.0
	for i, e := range b.entries {
		sum += float64(terms[e.id]) * float64(b.weights[i])
	}
	return max(sum/(a.length*b.length), a.point.nearness(b.point))
}

// likeness is a resemblance as a share of what can be told of it.
func likeness(r float64) float64 { return min(max((r-alike)/(same-alike), 0), 1) }

// refused tells whether another listing shares the fact for which this one
// was refused.
func (f facts) refused(code string, other facts) bool {
	switch code {
	case "not_mature":
		return f.trl > 0 && other.trl > 0 && other.trl <= f.trl
	case "price_too_high":
		return f.price > 0 && other.price >= f.price
	case "budget_too_low":
		return f.price > 0 && other.price > 0 && other.price <= f.price
	case "wrong_region":
		return f.region != "" && other.region == f.region
	case "rights_unfit":
		return f.rights != RightsUnknown && other.rights == f.rights
	}
	return false
}

// slotOf is a listing's slot for such a reader; nil where there is none. The
// caller holds the read lock.
func (x *Index) slotOf(ref Ref, who readers) *slot {
	at, ok := x.places[ref]
	if !ok {
		return nil
	}
	place := at.public
	if who == memberReader {
		place = at.members
	}
	if place < 0 {
		return nil
	}
	return &x.halves[sideOf(ref.Kind)].slots[place]
}

// preferring puts an organisation's own order on what was ranked: those it
// finds irrelevant leave, the others move by what it said. It gives the pulls
// by listing.
func (s *Service) preferring(judged []Judgement, ranked []Ranked, tiers []policy.Tier) ([]Ranked, map[Ref]Pull) {
	if len(judged) == 0 {
		return ranked, nil
	}
	hidden := map[Ref]bool{}
	for _, j := range judged {
		hidden[j.Ref] = j.Opinion == Irrelevant
	}
	ranked = slices.DeleteFunc(ranked, func(r Ranked) bool { return hidden[r.Ref] })
	pulls := map[Ref]Pull{}
	for i, p := range s.index().Pulls(judged, ranked, tiers) {
		pulls[ranked[i].Ref] = p
	}
	slices.SortStableFunc(ranked, func(a, b Ranked) int {
		return -cmp.Compare(a.Score*pulls[a.Ref].Factor, b.Score*pulls[b.Ref].Factor)
	})
	return ranked, pulls
}

// counted are how many of the judged are relevant and irrelevant, without what
// has left the market.
func (s *Service) counted(said []Feedback) (relevant, irrelevant int) {
	for _, f := range said {
		switch {
		case !s.index().Has(f.Other):
		case f.Opinion == Relevant:
			relevant++
		default:
			irrelevant++
		}
	}
	return relevant, irrelevant
}

// mostHidden bounds the list of what an organisation finds irrelevant.
const mostHidden = 100

// hidden are those that the organisation finds irrelevant and that are still
// there, as the model sees them, the latest judged first.
func (s *Service) hidden(ctx context.Context, q question) ([]finding, error) {
	if q.own == nil {
		return nil, nil
	}
	var refs []Ref
	for _, j := range q.judged {
		if j.Opinion == Irrelevant && len(refs) < mostHidden {
			refs = append(refs, j.Ref)
		}
	}
	byRef, err := s.live(ctx, refs)
	if err != nil {
		return nil, err
	}
	var out []finding
	judge := newJudge(s.index().analyse)
	for _, ref := range refs {
		other, ok := byRef[ref]
		if !ok {
			continue
		}
		if f, ok := s.finding(q, other); ok {
			f.match.Features = s.index().Compare(s.model, f.need, f.result)
			s.weigh(&f, judge)
			out = append(out, f)
		}
	}
	return out, nil
}

// because adds to the explanations what moved the findings, by the titles of
// the judged listings as their reader has them.
func (s *Service) because(ctx context.Context, q question, found []finding) error {
	var refs []Ref
	for _, f := range found {
		if f.pull.Code != "" && !slices.Contains(refs, f.pull.By.Ref) {
			refs = append(refs, f.pull.By.Ref)
		}
	}
	byRef, err := s.live(ctx, refs)
	if err != nil {
		return err
	}
	for i := range found {
		f := &found[i]
		by, ok := byRef[f.pull.By.Ref]
		if f.pull.Code == "" || !ok {
			continue
		}
		view := by.ViewFor(q.tiers)
		if view == nil {
			continue
		}
		params := map[string]any{"title": view.Title}
		if f.pull.Code == SameGrudge {
			params["reason"] = f.pull.By.Code
		}
		f.explanation.Reasons = append(f.explanation.Reasons, Reason{f.pull.Code, params})
	}
	return nil
}
