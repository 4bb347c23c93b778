package match

import (
	"math"
	"math/bits"
)

// space is what the listings themselves tell about which words go together
// (latent semantic analysis): each term is a direction in it, and a text lies
// where its terms point. Two texts that lie close speak of the same even in
// other words, and in another language where listings carry both.
//
// It is learnt from what the public reads, and derived data like the index.
type space struct {
	dims int
	// rows are the terms' places in table by their numbers, -1 for those that
	// it does not know; numbers behind its end are unknown too.
	rows  []int32
	table []int8
	// scales are the terms' weights by row, as shares of 1<<scaleBits. Whole
	// numbers add up to the same in any order, so that a point does not depend
	// on how the index numbered its terms.
	scales []uint32
	// native says by row whether the term was learnt from texts of its own
	// language, rather than as a foreign word in others.
	native []bool
	// size is what the index had.
	size size
}

const scaleBits = 20

// maxDims bounds a space: it costs each listing as many bytes.
const maxDims = 1024

const silhouetteWords = 7

// silhouette are the signs of a point's first numbers: the nearer two points lie,
// the more of them agree. Comparing them costs next to nothing, and to find who may
// be near no more of them are needed (docs/evaluation.md).
type silhouette [silhouetteWords]uint64

func (s *silhouette) differs(from *silhouette) int {
	n := 0
	for i, w := range s {
		n += bits.OnesCount64(w ^ from[i])
	}
	return n
}

// point is where a text lies: a direction. Without numbers it lies nowhere.
type point []int8

// tableScale is the greatest number in points and in rows of the table.
const tableScale = math.MaxInt8

// pointOf is where a text of these terms lies; nil where the space knows none
// of them.
func (s *space) pointOf(entries []entry) point {
	if s == nil {
		return nil
	}
	sum := make([]int64, s.dims)
	for _, e := range entries {
		if int(e.id) >= len(s.rows) || s.rows[e.id] < 0 {
			continue
		}
		at := int(s.rows[e.id])
		weight := int64(e.impact) * int64(s.scales[at])
		for j, v := range s.table[at*s.dims : (at+1)*s.dims] {
			sum[j] += weight * int64(v)
		}
	}
	p := make(point, s.dims)
	if quantise(sum, p) == 0 {
		return nil
	}
	return p
}

// knows tells whether the term's direction says what the term means in its own
// language.
func (s *space) knows(term uint32) bool {
	return s != nil && int(term) < len(s.rows) && s.rows[term] >= 0 && s.native[s.rows[term]]
}

// quantise writes numbers as shares of the greatest of them, which it returns.
func quantise[N int64 | float32](from []N, into []int8) N {
	var greatest N
	for _, v := range from {
		greatest = max(greatest, v, -v)
	}
	if greatest == 0 {
		return 0
	}
	for j, v := range from {
		into[j] = int8(math.Round(float64(v) / float64(greatest) * tableScale))
	}
	return greatest
}

// nearness is the cosine of two points, 0 where it is negative or one of them
// lies nowhere.
func (p point) nearness(q point) float64 {
	if p == nil || q == nil || len(p) != len(q) {
		return 0
	}
	var pq, pp, qq int64
	for j, x := range p {
		y := q[j]
		pq += int64(x) * int64(y)
		pp += int64(x) * int64(x)
		qq += int64(y) * int64(y)
	}
	if pq <= 0 {
		return 0
	}
	return float64(pq) / math.Sqrt(float64(pp)*float64(qq))
}

// outlined are the numbers of a point whose signs its silhouette has.
func (p point) outlined() point { return p[:min(len(p), 64*silhouetteWords)] }

func (p point) silhouette() silhouette {
	var s silhouette
	for j, v := range p.outlined() {
		if v > 0 {
			s[j/64] |= 1 << (j % 64)
		}
	}
	return s
}
