package match

import (
	"cmp"
	"errors"
	"math"
	"math/bits"
	"slices"

	"chengqiao/internal/policy"
)

// Meaning is where a text lies by an embedding service: a direction of a byte
// for each dimension of the service's model, cut down so that its greatest
// number is ±127. Empty is nowhere.
type Meaning []int8

// MeaningModel says what nearness by an embedding service counts for.
type MeaningModel struct {
	// Share is how much of the score of two texts is their nearness where the
	// service has told of both, 0-1; the rest is what their words come to.
	Share float64
	// Scale is the score of two texts that lie on one another.
	Scale float64
	// Usual is how near any two texts are taken to lie, as a cosine, until the
	// listings themselves tell: that counts as much as so many listings.
	Usual    float64
	Imagined float64
	// Candidates is how many listings that lie nearest are scored beside those
	// that share words or lie near in the space.
	Candidates int
	// Telling is the nearness from which on it is told as a reason, and Alike
	// that from which on a search shows what has none of its words.
	Telling, Alike float64
}

func (m MeaningModel) validate() error {
	if !(m.Share >= 0 && m.Share <= 1 && m.Scale > 0 && m.Usual >= 0 && m.Usual < 1 && m.Imagined > 0 &&
		m.Candidates >= 0 && m.Telling > 0 && m.Telling <= 1 && m.Alike > 0 && m.Alike <= 1) {
		return errors.New("match model: meaning.share, telling and alike must lie between 0 and 1, usual below 1, scale and imagined be positive, candidates not negative")
	}
	return nil
}

// meanings are those of the slots of a half.
type meanings struct {
	// signs of the slots' meanings, so many words each; all zero where there is none.
	signs []uint64
	words int
	count int
}

// maxMeaning bounds the dimensions of a meaning.
const maxMeaning = 8192

// meaningSum is what the meanings that the public reads add up to: it tells how
// near any two of them lie. Whole numbers, so that it does not depend on the
// order in which listings came.
type meaningSum struct {
	sum   []int64
	count int
}

const meaningUnit = 1 << 20

func (m *meaningSum) add(v Meaning, by int64) {
	if len(v) == 0 {
		return
	}
	if m.count == 0 {
		m.sum = make([]int64, len(v))
	}
	if len(m.sum) != len(v) {
		return // of another model; the index is built anew before long
	}
	m.count += int(by)
	length := v.length()
	for j, x := range v {
		m.sum[j] += by * int64(math.Round(float64(x)/length*meaningUnit))
	}
}

func (v Meaning) length() float64 {
	var sum int64
	for _, x := range v {
		sum += int64(x) * int64(x)
	}
	return math.Sqrt(float64(sum))
}

// usual is the mean cosine of two listings: models differ in how much of the
// sphere they use, and nearness begins above it.
func (m *meaningSum) usual(model MeaningModel) float64 {
	n := float64(m.count)
	if n < 2 {
		return model.Usual
	}
	square := 0.0
	for _, x := range m.sum {
		s := float64(x) / meaningUnit
		square += s * s
	}
	measured := (square - n) / (n * (n - 1))
	return min(max((n*measured+model.Imagined*model.Usual)/(n+model.Imagined), 0), 0.99)
}

// nearness is how much nearer two texts lie than any two, 0-1.
func (v Meaning) nearness(w Meaning, usual float64) float64 {
	cosine := point(v).nearness(point(w))
	return max((cosine-usual)/(1-usual), 0)
}

func (v Meaning) signs(into []uint64) {
	clear(into)
	for j, x := range v {
		if x > 0 && j/64 < len(into) {
			into[j/64] |= 1 << (j % 64)
		}
	}
}

// mean keeps the meaning of a slot that had another.
func (h *half) mean(at uint32, v, had Meaning) {
	m := &h.meanings
	m.count += min(len(v), 1) - min(len(had), 1)
	if len(v) > 0 && m.words == 0 {
		m.words = (len(v) + 63) / 64
	}
	if m.words == 0 {
		return
	}
	if missing := len(h.slots)*m.words - len(m.signs); missing > 0 {
		m.signs = append(m.signs, make([]uint64, missing)...)
	}
	v.signs(m.signs[int(at)*m.words : int(at+1)*m.words])
}

// overfetch is how many listings are compared exactly for each that is wanted:
// signs alone tell the nearest only about.
const overfetch = 4

// nearestMeaning are the slots of a half, open to the reader, that lie nearest
// by the embedding service, nearest first, with their cosines. The caller holds
// the read lock.
func (x *Index) nearestMeaning(v Meaning, s side, who readers, admit func(*slot) bool, limit int) []scored {
	h := &x.halves[s]
	m := &h.meanings
	if len(v) == 0 || limit == 0 || m.count == 0 || (len(v)+63)/64 != m.words {
		return nil
	}
	own := make([]uint64, m.words)
	v.signs(own)
	closest := closestOf(limit*overfetch, len(v))
	for at := range h.slots {
		theirs := m.signs[at*m.words : (at+1)*m.words]
		differs := 0
		for i, w := range own {
			differs += bits.OnesCount64(w ^ theirs[i])
		}
		if differs > closest.most {
			continue
		}
		if sl := &h.slots[at]; sl.readers&who != 0 && len(sl.meaning) == len(v) && (admit == nil || admit(sl)) {
			closest.add(uint32(at), differs)
		}
	}
	best := closest.first(h)
	for i := range best {
		best[i].score = float32(point(v).nearness(point(h.slots[best[i].slot].meaning)))
	}
	slices.SortFunc(best, h.order)
	return best[:min(len(best), limit)]
}

// Near is a listing with how near it lies to something asked, 0-1.
type Near struct {
	Ref  Ref
	Near float64
}

// NearestTo are the listings of both sides, as readers of these tiers have
// them, that lie nearest to a meaning, nearest first; those that lie no nearer
// than any two are left out.
func (x *Index) NearestTo(m MeaningModel, v Meaning, tiers []policy.Tier, limit int) []Near {
	x.mu.RLock()
	defer x.mu.RUnlock()
	usual := x.meant.usual(m)
	var out []Near
	for s := range sideCount {
		for _, c := range x.nearestMeaning(v, s, readerOf(tiers), nil, limit) {
			if near := (float64(c.score) - usual) / (1 - usual); near > 0 {
				out = append(out, Near{x.halves[s].slots[c.slot].ref, near})
			}
		}
	}
	slices.SortFunc(out, func(a, b Near) int {
		return cmp.Or(-cmp.Compare(a.Near, b.Near), cmp.Compare(a.Ref.ID, b.Ref.ID))
	})
	return out[:min(len(out), limit)]
}

// NearnessOf tells how near each of the listings lies to a meaning, as readers
// of these tiers have it; those of which it is not known are left out.
func (x *Index) NearnessOf(m MeaningModel, v Meaning, tiers []policy.Tier, refs []Ref) map[Ref]float64 {
	x.mu.RLock()
	defer x.mu.RUnlock()
	usual := x.meant.usual(m)
	out := make(map[Ref]float64, len(refs))
	for _, ref := range refs {
		at, ok := x.places[ref]
		if !ok {
			continue
		}
		slot := at.public
		if readerOf(tiers) == memberReader {
			slot = at.members
		}
		if slot < 0 {
			continue
		}
		if theirs := x.halves[sideOf(ref.Kind)].slots[slot].meaning; len(theirs) > 0 && len(theirs) == len(v) {
			out[ref] = v.nearness(theirs, usual)
		}
	}
	return out
}
