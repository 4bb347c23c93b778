package match

import (
	"math"
	"slices"
)

// square is a symmetric matrix of n × n, or a triangular one.
type square struct {
	n int
	v []float64
}

func newSquare(n int) square { return square{n, make([]float64, n*n)} }

func (s square) row(i int) []float64 { return s.v[i*s.n : (i+1)*s.n] }

// panel is how many rows are added to another at a time: each number of that one
// is read and written once for all of them.
const panel = 4

// add adds the rows to sum, each so many times.
func add(sum []float64, times [panel]float64, rows [panel][]float64) {
	a, b, c, d := rows[0][:len(sum)], rows[1][:len(sum)], rows[2][:len(sum)], rows[3][:len(sum)]
	for i := range sum {
		sum[i] += times[0]*a[i] + times[1]*b[i] + times[2]*c[i] + times[3]*d[i]
	}
}

// dots are the products of x with each of the rows.
func dots(x []float64, rows [panel][]float64) (sums [panel]float64) {
	a, b, c, d := rows[0][:len(x)], rows[1][:len(x)], rows[2][:len(x)], rows[3][:len(x)]
	var ofA, ofB, ofC, ofD float64
	for i, v := range x {
		ofA += v * a[i]
		ofB += v * b[i]
		ofC += v * c[i]
		ofD += v * d[i]
	}
	return [panel]float64{ofA, ofB, ofC, ofD}
}

// cholesky gives the upper triangle r of s = rᵀ × r, of which the upper triangle
// is read. What is nearly singular is held up by a small share of the trace.
func (s square) cholesky() square {
	const ridge, least = 1e-6, 1e-30
	trace := 0.0
	for i := range s.n {
		trace += s.row(i)[i]
	}
	r := newSquare(s.n)
	copy(r.v, s.v)
	for i := range s.n {
		row := r.row(i)
		clear(row[:i])
		row[i] = math.Sqrt(max(row[i]+ridge*trace/float64(s.n), least))
		for j := i + 1; j < s.n; j++ {
			row[j] /= row[i]
		}
		for j := i + 1; j < s.n; j++ {
			below, x, beside := r.row(j)[j:], row[j], row[j:]
			for k := range below {
				below[k] -= x * beside[k]
			}
		}
	}
	return r
}

// of are the numbers of a panel of rows from a column on.
func (r square) of(first, column int) (rows [panel][]float64) {
	for i := range rows {
		rows[i] = r.row(first + i)[column:]
	}
	return rows
}

// forward solves y × r = x in place for each row x of many, for an upper triangle r.
func (r square) forward(rows []float64) {
	for from := 0; from < r.n; from += panel {
		to := min(from+panel, r.n)
		for x := range slices.Chunk(rows, r.n) {
			for i := from; i < to; i++ {
				row := r.row(i)
				x[i] /= row[i]
				for j := i + 1; j < to; j++ {
					x[j] -= x[i] * row[j]
				}
			}
			if to < r.n { // only the last panel can be smaller, and nothing is behind it
				add(x[to:], [panel]float64{-x[from], -x[from+1], -x[from+2], -x[from+3]}, r.of(from, to))
			}
		}
	}
}

// backward solves y × rᵀ = x in place for each row x of many, for an upper triangle r.
func (r square) backward(rows []float64) {
	for from := (r.n - 1) / panel * panel; from >= 0; from -= panel {
		to := min(from+panel, r.n)
		for x := range slices.Chunk(rows, r.n) {
			if to < r.n { // only the last panel can be smaller, and nothing is behind it
				for i, sum := range dots(x[to:], r.of(from, to)) {
					x[from+i] -= sum
				}
			}
			for i := to - 1; i >= from; i-- {
				row := r.row(i)
				for j := i + 1; j < to; j++ {
					x[i] -= row[j] * x[j]
				}
				x[i] /= row[i]
			}
		}
	}
}
