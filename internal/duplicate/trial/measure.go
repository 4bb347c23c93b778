package trial

import (
	"cmp"
	"math/rand/v2"
	"slices"

	"chengqiao/internal/duplicate"
)

// Figures are what came out.
type Figures struct {
	// Records is how many records stood in the catalogue, Altered how many
	// altered ones were looked for in it.
	Records int `json:"records"`
	Altered int `json:"altered"`
	// Precision is the share of suspicions that were right, Recall the share
	// of altered records whose original was suspected.
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
	// Kinds has each alteration.
	Kinds []KindFigures `json:"kinds"`
	// Twins is how many records of the catalogue suspect each other unaltered:
	// nobody has judged those, and they count for nothing above.
	Twins int `json:"twins"`
	// Compared is how many comparisons were made for each altered record.
	Compared float64 `json:"compared"`
}

// KindFigures are one alteration's.
type KindFigures struct {
	Name string `json:"name"`
	Same bool   `json:"same"`
	Of   int    `json:"of"`
	// Suspected is how many had their original suspected: right where the
	// alteration keeps the listing the same, wrong elsewhere.
	Suspected int `json:"suspected"`
	// Strangers is how many suspicions fell on another record.
	Strangers int `json:"strangers"`
}

// Options say how much is altered.
type Options struct {
	// Each is how many records are altered in each way at most.
	Each int
	Seed uint64
}

// catalogue is the records with the keys they are found by.
type catalogue struct {
	finder   *duplicate.Finder
	sketches []*duplicate.Sketch
	buckets  map[int64][]int
	compared int
}

const kind = "achievement"

func newCatalogue(f *duplicate.Finder, records []Record) *catalogue {
	c := &catalogue{finder: f, buckets: map[int64][]int{}}
	for i, r := range records {
		s := f.Sketch(r.View)
		c.sketches = append(c.sketches, s)
		for _, key := range f.Keys(kind, s) {
			c.buckets[key] = append(c.buckets[key], i)
		}
	}
	return c
}

// suspects are the records that a sketch is suspected to repeat, best first.
func (c *catalogue) suspects(s *duplicate.Sketch, except int) []int {
	model := c.finder.Model()
	shared := map[int]int{}
	for _, key := range c.finder.Keys(kind, s) {
		bucket := c.buckets[key]
		if len(bucket) > model.LargestBucket {
			continue
		}
		for _, i := range bucket {
			shared[i]++
			if key < 0 { // an identifier
				shared[i] = max(shared[i], model.SharedKeys)
			}
		}
	}
	scores := map[int]float64{}
	for i, keys := range shared {
		if keys >= model.SharedKeys && i != except {
			c.compared++
			scores[i] = c.finder.Compare(s, c.sketches[i]).Score
		}
	}
	var out []int
	for i, score := range scores {
		if score >= model.Possible {
			out = append(out, i)
		}
	}
	slices.SortFunc(out, func(a, b int) int { return cmp.Or(-cmp.Compare(scores[a], scores[b]), cmp.Compare(a, b)) })
	return out[:min(len(out), model.LargestFamily)]
}

// Measure alters records and looks for what became of them.
func Measure(f *duplicate.Finder, records []Record, o Options) Figures {
	c := newCatalogue(f, records)
	twins := make([][]int, len(records))
	out := Figures{Records: len(records)}
	for i := range records {
		twins[i] = c.suspects(c.sketches[i], i)
		if len(twins[i]) > 0 {
			out.Twins++
		}
	}
	c.compared = 0
	right, wrong, wanted := 0, 0, 0
	for n, a := range Alterations {
		chance := rand.New(rand.NewPCG(o.Seed, uint64(n)))
		k := KindFigures{Name: a.Name, Same: a.Same}
		for _, i := range chance.Perm(len(records)) {
			if k.Of == o.Each {
				break
			}
			altered, ok := a.Apply(chance, records[i], records)
			if !ok {
				continue
			}
			k.Of++
			for _, found := range c.suspects(f.Sketch(altered.View), -1) {
				switch {
				case found == i:
					k.Suspected++
				case !slices.Contains(twins[i], found):
					k.Strangers++
				}
			}
		}
		out.Altered += k.Of
		wrong += k.Strangers
		if a.Same {
			right, wanted = right+k.Suspected, wanted+k.Of
		} else {
			wrong += k.Suspected
		}
		out.Kinds = append(out.Kinds, k)
	}
	out.Precision, out.Recall = share(right, right+wrong), share(right, wanted)
	out.Compared = share(c.compared, out.Altered)
	return out
}

func share(part, whole int) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}
