package match

import (
	"math"
	"runtime"

	"chengqiao/internal/beside"
)

// cell is one number of a sparse row.
type cell struct {
	column int32
	value  float32
}

// shared work is cut into this many parts, whatever the machine has: each
// number is summed by one part in one order, so that the result is the same
// everywhere.
const parts = 16

// inParts runs work on the parts of a task, on half of the processors: others
// are being served meanwhile.
func inParts(work func(part int)) {
	beside.All(parts, max(1, runtime.GOMAXPROCS(0)/2), work)
}

// dense is a matrix of rows of equal width.
type dense struct {
	width int
	v     []float32
}

func newDense(rows, width int) dense { return dense{width, make([]float32, rows*width)} }

func (d dense) rows() int           { return len(d.v) / d.width }
func (d dense) row(i int) []float32 { return d.v[i*d.width : (i+1)*d.width] }

// times sets out to sparse × d.
func (d dense) times(sparse [][]cell, out dense) {
	inParts(func(part int) {
		for i := part; i < len(sparse); i += parts {
			sum := out.row(i)
			clear(sum)
			for _, c := range sparse[i] {
				row := d.row(int(c.column))
				for j := range sum {
					sum[j] += c.value * row[j]
				}
			}
		}
	})
}

// timesTransposed sets out to sparseᵀ × d.
func (d dense) timesTransposed(sparse [][]cell, out dense) {
	clear(out.v)
	inParts(func(part int) {
		from, to := part*d.width/parts, (part+1)*d.width/parts
		for i := range sparse {
			row := d.row(i)[from:to]
			for _, c := range sparse[i] {
				sum := out.row(int(c.column))[from:to]
				for j := range sum {
					sum[j] += c.value * row[j]
				}
			}
		}
	})
}

// square is a symmetric matrix of n × n, or a triangular one.
type square struct {
	n int
	v []float64
}

func newSquare(n int) square { return square{n, make([]float64, n*n)} }

func (s square) row(i int) []float64 { return s.v[i*s.n : (i+1)*s.n] }

// product is the upper triangle of aᵀ × b.
func product(a, b dense) square {
	sums := make([]square, parts)
	inParts(func(part int) {
		s := newSquare(a.width)
		for i := part; i < a.rows(); i += parts {
			left, right := a.row(i), b.row(i)
			for j, x := range left {
				out, y := s.row(j)[j:], right[j:]
				for k := range out {
					out[k] += float64(x) * float64(y[k])
				}
			}
		}
		sums[part] = s
	})
	for _, s := range sums[1:] {
		for i, x := range s.v {
			sums[0].v[i] += x
		}
	}
	return sums[0]
}

// cholesky gives the upper triangle r of s = rᵀ × r. What is nearly singular
// is held up by a small share of the trace.
func (s square) cholesky() square {
	const ridge = 1e-6
	trace := 0.0
	for i := range s.n {
		trace += s.row(i)[i]
	}
	r := newSquare(s.n)
	for i := range s.n {
		for j := i; j < s.n; j++ {
			sum := s.row(i)[j]
			for k := range i {
				sum -= r.row(k)[i] * r.row(k)[j]
			}
			if i == j {
				r.row(i)[i] = math.Sqrt(max(sum+ridge*trace/float64(s.n), 1e-30))
			} else {
				r.row(i)[j] = sum / r.row(i)[i]
			}
		}
	}
	return r
}

// forward solves y × r = x in place, for an upper triangle r.
func (r square) forward(x []float64) {
	for i := range x {
		row := r.row(i)
		x[i] /= row[i]
		for j := i + 1; j < len(x); j++ {
			x[j] -= x[i] * row[j]
		}
	}
}

// backward solves y × rᵀ = x in place, for an upper triangle r.
func (r square) backward(x []float64) {
	for i := len(x) - 1; i >= 0; i-- {
		row := r.row(i)
		sum := x[i]
		for j := i + 1; j < len(x); j++ {
			sum -= row[j] * x[j]
		}
		x[i] = sum / row[i]
	}
}

// solveRows changes each row of d by solve.
func (d dense) solveRows(solve func(x []float64)) {
	inParts(func(part int) {
		x := make([]float64, d.width)
		for i := part; i < d.rows(); i += parts {
			row := d.row(i)
			for j, v := range row {
				x[j] = float64(v)
			}
			solve(x)
			for j, v := range x {
				row[j] = float32(v)
			}
		}
	})
}

// orthonormal makes the columns orthonormal, by Cholesky twice: once is not
// exact enough where columns are nearly alike.
func (d dense) orthonormal() {
	for range 2 {
		d.solveRows(product(d, d).cholesky().forward)
	}
}
