package match

import (
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

// product is the upper triangle of aᵀ × b. Each part sums rows of it of its own,
// over a few rows of both at a time, so that what it works on stays near.
func product(a, b dense) square {
	const together = 32
	sums := newSquare(a.width)
	inParts(func(part int) {
		room := make([]float64, together*b.width)
		for from := 0; from < b.rows(); from += together {
			near := min(together, b.rows()-from)
			widen(b.v[from*b.width:(from+near)*b.width], room)
			for j := part; j < a.width; j += parts {
				out := sums.row(j)[j:]
				left := func(i int) float64 { return float64(a.v[(from+i)*a.width+j]) }
				right := func(i int) []float64 { return room[i*b.width+j : (i+1)*b.width] }
				i := 0
				for ; i+panel <= near; i += panel {
					add(out, [panel]float64{left(i), left(i + 1), left(i + 2), left(i + 3)}, [panel][]float64{right(i), right(i + 1), right(i + 2), right(i + 3)})
				}
				for ; i < near; i++ {
					x, y := left(i), right(i)
					for k := range out {
						out[k] += x * y[k]
					}
				}
			}
		}
	})
	return sums
}

// solveRows changes the rows of d by solve, which is given some at a time, one
// after the other.
func (d dense) solveRows(solve func(rows []float64)) {
	const together = 16
	inParts(func(part int) {
		room := make([]float64, together*d.width)
		for from := part * together; from < d.rows(); from += parts * together {
			some := d.v[from*d.width : min(from+together, d.rows())*d.width]
			wide := room[:len(some)]
			widen(some, wide)
			solve(wide)
			for i, v := range wide {
				some[i] = float32(v)
			}
		}
	})
}

func widen(from []float32, into []float64) {
	for i, v := range from {
		into[i] = float64(v)
	}
}

// orthonormal makes the columns orthonormal, by Cholesky twice: once is not
// exact enough where columns are nearly alike.
func (d dense) orthonormal() {
	for range 2 {
		d.solveRows(product(d, d).cholesky().forward)
	}
}
