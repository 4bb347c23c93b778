package analysis

import (
	"bufio"
	"bytes"
	"cmp"
	"fmt"
	"hash/fnv"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// CommonFile is the place of the common terms among the program's configuration files.
const CommonFile = "common_terms.tsv"

// Common are terms that texts of every subject use, each with how many of a
// thousand texts of its language do. A young market cannot tell them from those
// that say what a listing is about: with thirty listings, 系统 in three of them
// stands in as few as 苦咸水 does.
type Common map[string]int

// Share is the part of all texts of its language that a term is taken to stand in; 0
// of one that is not common.
func (c Common) Share(term string) float64 { return float64(c[term]) / 1000 }

// leastCommon is how many of a thousand texts have a term at least that is kept.
const leastCommon = 10

// CommonOf keeps the common ones of terms, each with the share of texts that
// have it.
func CommonOf(shares map[string]float64) Common {
	out := Common{}
	for term, share := range shares {
		if n := int(math.Round(share * 1000)); n >= leastCommon {
			out[term] = n
		}
	}
	return out
}

// ParseCommon reads lines of a term, a tab and a number from 1 to 1000. Lines
// that begin with # are remarks.
func ParseCommon(raw []byte) (Common, error) {
	out := Common{}
	lines := bufio.NewScanner(bytes.NewReader(raw))
	for n := 1; lines.Scan(); n++ {
		if strings.HasPrefix(lines.Text(), "#") {
			continue
		}
		term, number, _ := strings.Cut(lines.Text(), "\t")
		share, err := strconv.Atoi(number)
		if term == "" || err != nil || share < 1 || share > 1000 {
			return nil, fmt.Errorf("common terms: line %d is not a term, a tab and a number from 1 to 1000", n)
		}
		if _, twice := out[term]; twice {
			return nil, fmt.Errorf("common terms: line %d: %s stands there twice", n, term)
		}
		out[term] = share
	}
	return out, lines.Err()
}

// Write writes what ParseCommon reads, the commonest first. Errors: the writer's.
func (c Common) Write(w io.Writer) error {
	terms := slices.Collect(maps.Keys(c))
	slices.SortFunc(terms, func(a, b string) int {
		return cmp.Or(c[b]-c[a], strings.Compare(a, b))
	})
	for _, term := range terms {
		if _, err := fmt.Fprintf(w, "%s\t%d\n", term, c[term]); err != nil {
			return err
		}
	}
	return nil
}

// Digest tells sets of common terms apart.
func (c Common) Digest() uint64 {
	h := fnv.New64a()
	_ = c.Write(h) // a hash takes everything
	return h.Sum64()
}

// imagined is how many documents are imagined beside those that there are: a term
// is held to be at least as common as it is among them. So common words of a
// language that few documents are in, or any in a catalogue of two dozen, do not
// pass for rare ones. It is what matching has (`background` in the model); from
// 1,000 to 5,000 the figures of docs/evaluation.md differ by less than .01.
const imagined = 1000

// Rarity is how much it tells of a document that it has a term which so many of the
// documents have: the inverse document frequency of BM25. The term "" is anything
// that is more than one term.
func (a *Analyzer) Rarity(term string, holders, documents int) float64 {
	n := float64(documents) + imagined
	df := max(float64(holders), imagined*a.common.Share(term))
	return math.Log(1 + max(0, n-df+0.5)/(df+0.5))
}
