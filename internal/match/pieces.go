package match

import "strings"

// pieces cuts slices from large pieces of memory. The garbage collector looks at each
// piece of memory by itself, of which a hundred thousand listings would have a million.
// A large piece lives as long as any that is cut from it, so it is for what comes
// together and mostly stays. The zero value is ready.
type pieces[E any] struct{ left []E }

// pieceSize is how many elements a large piece has, if no single one needs more.
const pieceSize = 1 << 18

// cut gives n zero elements, which do not grow into the next ones.
func (p *pieces[E]) cut(n int) []E {
	if n > len(p.left) {
		p.left = make([]E, max(n, pieceSize))
	}
	out := p.left[:n:n]
	p.left = p.left[n:]
	return out
}

// keep gives a copy.
func (p *pieces[E]) keep(v []E) []E {
	out := p.cut(len(v))
	copy(out, v)
	return out
}

// letters keeps texts in large pieces of memory, as pieces does. The zero value is
// ready.
type letters struct{ b strings.Builder }

func (l *letters) keep(s []byte) string {
	if l.b.Cap()-l.b.Len() < len(s) {
		l.b = strings.Builder{}
		l.b.Grow(max(len(s), pieceSize))
	}
	from := l.b.Len()
	l.b.Write(s) // within its room: what was given before stays where it is
	return l.b.String()[from:]
}
