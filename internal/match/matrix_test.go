package match

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Sizes that fill panels, parts and what is read together, and such that do not.
func sizes() [][2]int {
	return [][2]int{{1, 1}, {3, 2}, {7, 3}, {40, 4}, {33, 5}, {100, 17}, {300, 64}, {259, 67}}
}

func randomDense(random *rand.Rand, rows, width int) dense {
	d := newDense(rows, width)
	for i := range d.v {
		d.v[i] = float32(random.NormFloat64())
	}
	return d
}

func near(got, want float64) bool { return math.Abs(got-want) <= 1e-4*(1+math.Abs(want)) }

func TestAProductIsThatOfTheColumns(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, size := range sizes() {
		a, b := randomDense(random, size[0], size[1]), randomDense(random, size[0], size[1])
		got := product(a, b)
		for i := range size[1] {
			for j := i; j < size[1]; j++ {
				want := 0.0
				for k := range size[0] {
					want += float64(a.row(k)[i]) * float64(b.row(k)[j])
				}
				if !near(got.row(i)[j], want) {
					t.Fatalf("%v: %d, %d is %v, want %v", size, i, j, got.row(i)[j], want)
				}
			}
		}
	}
}

func TestATriangleGivesItsMatrixBackAndSolvesIt(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for _, size := range sizes() {
		d, n := randomDense(random, size[0]+size[1], size[1]), size[1]
		s := product(d, d)
		r := s.cholesky()
		for i := range n {
			for j := range n {
				want, got := 0.0, 0.0
				for k := range n {
					got += r.row(k)[i] * r.row(k)[j]
				}
				if j < i {
					if r.row(i)[j] != 0 {
						t.Fatalf("%v: %d, %d lies below the triangle and is %v", size, i, j, r.row(i)[j])
					}
					continue
				}
				if want = s.row(i)[j]; !near(got, want) {
					t.Fatalf("%v: %d, %d is %v, want %v", size, i, j, got, want)
				}
			}
		}
		const rows = 5
		x := make([]float64, rows*n)
		for i := range x {
			x[i] = random.NormFloat64()
		}
		forward, backward := append([]float64{}, x...), append([]float64{}, x...)
		r.forward(forward)
		r.backward(backward)
		for row := range rows {
			for j := range n {
				onward, back := 0.0, 0.0
				for k := range n {
					onward += forward[row*n+k] * r.row(k)[j]
					back += backward[row*n+k] * r.row(j)[k]
				}
				if want := x[row*n+j]; !near(onward, want) || !near(back, want) {
					t.Fatalf("%v: row %d, %d: %v and %v, want %v", size, row, j, onward, back, want)
				}
			}
		}
	}
}

func TestColumnsBecomeOrthonormal(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	d := randomDense(random, 200, 30)
	for i := range d.rows() { // two that are nearly alike
		d.row(i)[1] = d.row(i)[0] + d.row(i)[1]/1000
	}
	d.orthonormal()
	s := product(d, d)
	for i := range 30 {
		for j := i; j < 30; j++ {
			want := 0.0
			if i == j {
				want = 1
			}
			if math.Abs(s.row(i)[j]-want) > 0.01 {
				t.Errorf("%d, %d: %v", i, j, s.row(i)[j])
			}
		}
	}
}
