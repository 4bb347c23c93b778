package match

import (
	"cmp"
	"context"
	"hash/fnv"
	"math"
	"slices"
	"strings"
)

// SpaceModel says how the space is learnt from the listings.
type SpaceModel struct {
	// Dims is its number of dimensions, at most 1,024; 0 means that none is learnt.
	Dims int
	// PerDim is how many listings a dimension takes: fewer listings make a
	// smaller space, so that it does not learn them by heart.
	PerDim int
	// Least is how many listings there must be.
	Least int
	// Sample bounds how many listings it is learnt from, and Terms how many
	// terms it knows: time and memory of learning are bounded by them.
	Sample, Terms int
	// OfEach is how many of these are in Chinese, and how many in other languages,
	// where there are as many: what is said in one language is learnt only from texts
	// in it, and there a word must have been seen. The sample is greater by what that takes.
	OfEach int
	// Candidates is how many listings that lie nearest are scored beside those
	// that share words.
	Candidates int
	// Pairs weighs pairs of Han characters.
	Pairs Contrast
}

// Contrast sets what tells much further apart from what tells little. A text is
// cut into all its pairs of Han characters, of which many are no words but the
// seams of two, or parts of common ones: the rare ones carry what it is about.
type Contrast struct {
	// Exponent is 1 where nothing is changed.
	Exponent float64
	// Even is the weight that stays as it is: the greater ones grow, the
	// smaller ones shrink.
	Even float64
}

func (c Contrast) of(weight float64) float64 { return c.Even * math.Pow(weight/c.Even, c.Exponent) }

// Growth of the index after which its space is learnt anew: by a quarter.
const outgrown = 4

// Outgrown tells whether the space should be learnt: there is none though
// there are listings enough, or there were far fewer, or far more, when it was, in
// Chinese or in other languages.
func (x *Index) Outgrown() bool {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if x.model.Space.Dims == 0 || x.public < x.model.Space.Least {
		return false
	}
	if x.space == nil {
		return true
	}
	moved := func(now, then int) bool {
		return max(now-then, then-now)*outgrown > max(then, x.model.Space.Least)
	}
	then := x.space.size
	return moved(x.chinese, then.chinese) || moved(x.public-x.chinese, then.public-then.chinese)
}

// Learn learns the space from the listings that the public reads, and places
// every listing in it. The index answers by the old one meanwhile. The same
// listings give the same space in whatever order they came. With fewer
// listings than the model asks for, nothing is learnt. Error: ctx's.
func (x *Index) Learn(ctx context.Context) error {
	material := x.material()
	if material == nil {
		x.place(nil)
		return nil
	}
	s, err := material.learn(ctx, x.model.Space.Dims)
	if err != nil {
		return err
	}
	x.place(s)
	return nil
}

// Adopt takes over what another index of the same model has learnt: from
// listings that this one does not hold, or not with all their texts.
func (x *Index) Adopt(from *Index) {
	from.mu.RLock()
	s, terms := from.space, from.terms
	from.mu.RUnlock()
	if s == nil {
		x.place(nil)
		return
	}
	x.mu.Lock()
	own := &space{dims: s.dims, table: s.table, scales: s.scales, native: s.native, size: x.size}
	for id, row := range s.rows {
		if row < 0 {
			continue
		}
		at := int(x.number(terms[id]))
		for len(own.rows) <= at {
			own.rows = append(own.rows, -1)
		}
		own.rows[at] = row
	}
	x.mu.Unlock()
	x.place(own)
}

// material is what a space is learnt from.
type material struct {
	rows [][]cell
	// terms are the numbers of the terms that the columns stand for, and seeds
	// what their names hash to.
	terms  []uint32
	seeds  []uint64
	rarity []float32
	native []bool
	all    int // terms of the index
	size   size
	perDim int
}

// material copies what learning works on, in an order that does not depend on
// how the listings came; nil where there are too few.
func (x *Index) material() *material {
	x.mu.RLock()
	defer x.mu.RUnlock()
	m := x.model.Space
	if m.Dims == 0 || x.public < m.Least || x.public == 0 {
		return nil
	}
	sample := x.sample(m)
	df := make([]int32, len(x.terms))
	var there vector
	for _, s := range sample {
		s.read(&there)
		for _, e := range there.entries {
			df[e.id]++
		}
	}
	out := &material{all: len(x.terms), size: x.size, perDim: m.PerDim}
	out.terms = x.tellable(df, m.Terms)
	column := make([]int32, len(x.terms))
	for i := range column {
		column[i] = -1
	}
	for i, id := range out.terms {
		column[id] = int32(i)
		out.seeds = append(out.seeds, hashOf(x.terms[id]))
		tells := x.rarity(id)
		if x.known[id].class == pair {
			tells = x.model.Space.Pairs.of(tells)
		}
		out.rarity = append(out.rarity, float32(tells))
	}
	out.native = make([]bool, len(out.terms))
	x.markNative(sample, column, out.native)
	for _, s := range sample {
		var row []cell
		s.read(&there)
		for _, e := range there.entries {
			if at := column[e.id]; at >= 0 {
				row = append(row, cell{at, float32(e.impact) / impactScale * out.rarity[at]})
			}
		}
		slices.SortFunc(row, func(a, b cell) int { return cmp.Compare(a.column, b.column) })
		sum := 0.0
		for _, c := range row {
			sum += float64(c.value) * float64(c.value)
		}
		if sum == 0 {
			continue
		}
		for i := range row {
			row[i].value /= float32(math.Sqrt(sum))
		}
		out.rows = append(out.rows, row)
	}
	return out
}

// markNative finds the terms that stand in texts of their own language at least
// as often as in others: a word of letters that Chinese texts quote is not known
// by them as one. The caller holds the read lock.
func (x *Index) markNative(sample []*slot, column []int32, native []bool) {
	balance := make([]int, len(native))
	var there vector
	for _, s := range sample {
		s.read(&there)
		w := written(&there, x.appendTold(nil, &there))
		for _, e := range there.entries {
			if at := column[e.id]; at >= 0 {
				if w.in(x.known[e.id].class) {
					balance[at]++
				} else {
					balance[at]--
				}
			}
		}
	}
	for at, n := range balance {
		native[at] = n >= 0
	}
}

// sample are the public slots that are learnt from: all, or as many as the model says,
// chosen by what their ids hash to. The caller holds the read lock.
func (x *Index) sample(of SpaceModel) []*slot {
	type chosen struct {
		order uint64
		slot  *slot
	}
	var chinese, others []chosen
	for h := range x.halves {
		for i := range x.halves[h].slots {
			s := &x.halves[h].slots[i]
			if s.readers&publicReader == 0 {
				continue
			}
			c := chosen{hashOf(string(s.ref.Kind) + " " + s.ref.ID), s}
			if s.chinese {
				chinese = append(chinese, c)
			} else {
				others = append(others, c)
			}
		}
	}
	byOrder := func(a, b chosen) int {
		return cmp.Or(cmp.Compare(a.order, b.order), strings.Compare(a.slot.ref.ID, b.slot.ref.ID))
	}
	slices.SortFunc(chinese, byOrder)
	slices.SortFunc(others, byOrder)
	left := func(beside []chosen) int { return max(of.OfEach, of.Sample-min(len(beside), of.OfEach)) }
	all := slices.Concat(chinese[:min(len(chinese), left(others))], others[:min(len(others), left(chinese))])
	slices.SortFunc(all, byOrder)
	out := make([]*slot, len(all))
	for i, c := range all {
		out[i] = c.slot
	}
	return out
}

// tellable are the terms that a space can tell something of: those of two
// listings or more, the commoner half of the rare ones first where there are
// too many; in the order of their names. The caller holds the read lock.
func (x *Index) tellable(df []int32, most int) []uint32 {
	const leastListings = 2
	var out []uint32
	for id, n := range df {
		if n >= leastListings && x.known[id].class != singleChar {
			out = append(out, uint32(id))
		}
	}
	byName := func(a, b uint32) int { return strings.Compare(x.terms[a], x.terms[b]) }
	if len(out) > most {
		slices.SortFunc(out, func(a, b uint32) int { return cmp.Or(-cmp.Compare(df[a], df[b]), byName(a, b)) })
		out = out[:most]
	}
	slices.SortFunc(out, byName)
	return out
}

func hashOf(s string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(s))
	return h.Sum64()
}

// learn finds the directions in which the rows differ most, by iterating a
// random subspace, and evens them out: that a few large subjects fill the
// market must not make all else look alike.
func (m *material) learn(ctx context.Context, dims int) (*space, error) {
	dims = max(1, min(dims, len(m.rows)/max(m.perDim, 1)))
	byTerm, byListing := newDense(len(m.terms), dims), newDense(len(m.rows), dims)
	for i, seed := range m.seeds {
		signs(seed, byTerm.row(i))
	}
	images := newDense(len(m.rows), dims)
	// The listings X have the coordinates U in the basis that the iterations lead to;
	// XᵀU(UᵀXXᵀU)⁻¹ takes the terms of any text to coordinates of the same kind.
	iteration := []func(){
		func() { byTerm.times(m.rows, byListing) },
		byListing.orthonormal,
		func() { byListing.timesTransposed(m.rows, byTerm) },
	}
	coordinates := []func(){
		func() { byTerm.times(m.rows, images) },
		func() {
			spread := product(byListing, images).cholesky()
			byListing.solveRows(func(rows []float64) {
				spread.forward(rows)
				spread.backward(rows)
			})
		},
		func() { byListing.timesTransposed(m.rows, byTerm) },
	}
	// Each takes seconds where there is much; who stops the program does not wait for all.
	for _, step := range slices.Concat(iteration, iteration, coordinates) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		step()
	}
	return m.tabulate(byTerm), nil
}

// signs fills a row with +1 and −1 drawn from a seed.
func signs(seed uint64, row []float32) {
	for j := range row {
		seed += 0x9e3779b97f4a7c15 // SplitMix64
		z := (seed ^ seed>>30) * 0xbf58476d1ce4e5b9
		z = (z ^ z>>27) * 0x94d049bb133111eb
		row[j] = 1
		if (z^z>>31)&1 == 0 {
			row[j] = -1
		}
	}
}

func (m *material) tabulate(byTerm dense) *space {
	s := &space{
		dims: byTerm.width, rows: make([]int32, m.all), table: make([]int8, len(byTerm.v)),
		scales: make([]uint32, len(m.terms)), native: m.native, size: m.size,
	}
	scales, most := make([]float32, len(m.terms)), float32(0)
	for i := range s.rows {
		s.rows[i] = -1
	}
	for i, id := range m.terms {
		s.rows[id] = int32(i)
		scales[i] = quantise(byTerm.row(i), s.table[i*s.dims:(i+1)*s.dims]) * m.rarity[i]
		most = max(most, scales[i])
	}
	for i, v := range scales {
		if most > 0 {
			s.scales[i] = uint32(math.Round(float64(v) / float64(most) * (1 << scaleBits)))
		}
	}
	return s
}

// setSpace says what is learnt from now on. The caller holds the lock.
func (x *Index) setSpace(s *space) {
	x.space = s
	for id := range x.known {
		x.known[id].native = s.knows(uint32(id))
	}
}

// place puts a space in the place of the old one. What was placed while the
// listings were looked at without the lock is placed again where it changed.
func (x *Index) place(s *space) {
	var points [sideCount][]point
	var seen [sideCount][]packed
	x.mu.RLock()
	for h := range x.halves {
		for i := range x.halves[h].slots {
			seen[h] = append(seen[h], x.halves[h].slots[i].vector)
		}
	}
	x.mu.RUnlock()
	for h := range seen {
		points[h] = make([]point, len(seen[h]))
		inParts(func(part int) {
			var room []entry
			var numbers pieces[int8]
			for i := part; i < len(seen[h]); i += parts {
				room = seen[h][i].unpack(room)
				if p := s.pointOf(room); p != nil {
					points[h][i] = numbers.keep(p)
				}
			}
		})
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.setSpace(s)
	x.generation++
	for h := range x.halves {
		for i := range x.halves[h].slots {
			v := x.halves[h].slots[i].vector
			if i < len(seen[h]) && len(v) == len(seen[h][i]) && (len(v) == 0 || &v[0] == &seen[h][i][0]) {
				x.halves[h].put(uint32(i), points[h][i])
			} else {
				x.halves[h].put(uint32(i), s.pointOf(v.unpack(nil)))
			}
		}
	}
}
