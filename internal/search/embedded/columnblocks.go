package embedded

import (
	"runtime"

	"github.com/RoaringBitmap/roaring/v2"
	"golang.org/x/sync/errgroup"

	"chengqiao/internal/policy"
)

// The snapshot keeps the columns as they are, each in a block of its own, in this
// machine's byte order; what can be counted from them is counted anew.

// blocks are the columns' blocks, which read takes in the same order.
func (c *columns) blocks() [][]byte {
	out := [][]byte{textsBlock(c.ids)}
	for _, l := range []*labels{c.kinds, c.owners} {
		out = append(out, textsBlock(l.values), bytesOf(l.of))
	}
	at, length := make([]uint64, len(c.places)), make([]uint32, len(c.places))
	for o, p := range c.places {
		at[o], length[o] = uint64(p.at), p.length
	}
	out = append(out, bytesOf(c.checksums), bytesOf(c.published), bytesOf(at), bytesOf(length), c.audiences)
	for _, column := range c.numbers {
		out = append(out, bytesOf(column))
	}
	for _, column := range c.lengths {
		out = append(out, bytesOf(column))
	}
	for _, f := range c.facets {
		var e encoder
		for _, numbers := range f.combinations {
			e.unsigned(uint64(len(numbers)))
			for _, n := range numbers {
				e.unsigned(uint64(n))
			}
		}
		out = append(out, textsBlock(f.values), e.b, bytesOf(f.held))
	}
	return append(out, flagsBlock(c.alive))
}

func textsBlock(list []string) []byte {
	var e encoder
	e.texts(list)
	return e.b
}

func flagsBlock(flags []bool) []byte {
	out := make([]byte, len(flags))
	for i, f := range flags {
		if f {
			out[i] = 1
		}
	}
	return out
}

// read fills empty columns with the blocks that next gives. The error is
// errSnapshot for what does not fit together.
func (c *columns) read(next func() []byte) error {
	fits := true
	c.ids = textsOf(next(), &fits)
	slots := len(c.ids)
	for _, l := range []*labels{c.kinds, c.owners} {
		l.values = textsOf(next(), &fits)
		l.of = valuesOf[uint32](next(), slots, &fits)
		for i, v := range l.values {
			l.number[v] = uint32(i)
		}
		for _, n := range l.of {
			fits = fits && int(n) < len(l.values)
		}
	}
	c.checksums = valuesOf[uint64](next(), slots, &fits)
	c.published = valuesOf[int64](next(), slots, &fits)
	at, length := valuesOf[uint64](next(), slots, &fits), valuesOf[uint32](next(), slots, &fits)
	c.places = make([]place, slots)
	for o := range min(len(at), len(length)) {
		c.places[o] = place{int64(at[o]), length[o]}
	}
	c.audiences = valuesOf[byte](next(), slots, &fits)
	for i := range c.numbers {
		c.numbers[i] = valuesOf[int64](next(), slots, &fits)
	}
	for i := range c.lengths {
		c.lengths[i] = valuesOf[uint32](next(), slots, &fits)
	}
	for _, f := range c.facets {
		f.read(next, slots, &fits)
	}
	c.alive = make([]bool, slots)
	for o, flag := range valuesOf[byte](next(), slots, &fits) {
		c.alive[o] = flag == 1
	}
	for _, a := range c.audiences {
		fits = fits && (a == noAudience || int(a) < len(policy.AllTiers))
	}
	if !fits {
		return errSnapshot
	}
	c.count()
	return nil
}

// read fills an empty facet.
func (f *facetColumn) read(next func() []byte, slots int, fits *bool) {
	f.values = textsOf(next(), fits)
	for i, v := range f.values {
		f.number[v] = uint32(i)
		f.holders = append(f.holders, roaring.New())
	}
	d := decoder{b: next()}
	for len(d.b) > 0 {
		numbers := make([]uint32, min(d.unsigned(), uint64(len(d.b))))
		for i := range numbers {
			numbers[i] = uint32(d.unsigned())
			*fits = *fits && int(numbers[i]) < len(f.values)
		}
		f.combination[string(combinationKey(nil, numbers))] = uint32(len(f.combinations))
		f.combinations = append(f.combinations, numbers)
	}
	f.held = valuesOf[uint32](next(), slots, fits)
	for _, c := range f.held {
		*fits = *fits && int(c) <= len(f.combinations)
	}
	*fits = *fits && !d.bad
}

// count makes what follows from the columns.
func (c *columns) count() {
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for _, f := range c.facets {
		group.Go(func() error {
			for o := range f.held {
				for _, n := range f.numbers(uint32(o)) {
					f.holders[n].Add(uint32(o))
				}
			}
			return nil
		})
	}
	live, gone := newSlotSet(len(c.ids)), newSlotSet(len(c.ids))
	c.byID = make(map[string]uint32, len(c.ids))
	for o, alive := range c.alive {
		c.latest = latestWith(c.latest, o, c.published[o])
		if !alive {
			gone.put(uint32(o))
			continue
		}
		live.put(uint32(o))
		c.byID[c.ids[o]] = uint32(o)
		c.belongs(uint32(o))
		for i := range c.lengths {
			n := c.lengths[i][o]
			c.totals[i] += int64(n)
			if n > 0 {
				c.filled[i]++
			}
		}
	}
	c.live, c.gone = roaring.FromDense(live, true), roaring.FromDense(gone, true)
	_ = group.Wait() // none of them fails
}

// textsOf are the texts of a block, cut from one copy of it.
func textsOf(block []byte, fits *bool) []string {
	d := decoder{b: block, whole: string(block)}
	list := d.texts()
	*fits = *fits && !d.bad && len(d.b) == 0
	return list
}

// valuesOf are so many values of a block.
func valuesOf[T byte | uint32 | uint64 | int64](block []byte, n int, fits *bool) []T {
	if len(block) != n*sizeOf[T]() {
		*fits = false
		return nil
	}
	values := make([]T, n)
	copy(bytesOf(values), block)
	return values
}
