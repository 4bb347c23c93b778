package embedded

import "strings"

// labels are a column of texts of which there are few.
type labels struct {
	values []string
	number map[string]uint32
	of     []uint32 // by slot
}

func newLabels() *labels { return &labels{number: map[string]uint32{}} }

// add gives the next slot its text.
func (l *labels) add(v string) {
	n, ok := l.number[v]
	if !ok {
		v, n = strings.Clone(v), uint32(len(l.values))
		l.number[v] = n
		l.values = append(l.values, v)
	}
	l.of = append(l.of, n)
}

func (l *labels) at(o uint32) string { return l.values[l.of[o]] }
