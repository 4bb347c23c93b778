package match

import (
	"slices"
	"strings"

	"chengqiao/internal/quantity"
)

// phrase is two words that stand side by side, of which neither only joins
// others: long texts share many words, and few pairs of words, by chance. Han
// needs none, its terms are pairs already. The upper bits are what the words
// hash to, the lowest eight how often they stand there.
type phrase uint32

const (
	phraseCountBits = 8
	mostPhraseCount = 1<<phraseCountBits - 1
	// phraseBuckets is in how many buckets phrases are counted: a catalogue of
	// 57,000 has 1.2 million different ones.
	phraseBuckets = 1 << 21
)

func (p phrase) key() uint32    { return uint32(p) >> phraseCountBits }
func (p phrase) count() int     { return int(p & mostPhraseCount) }
func (p phrase) bucket() uint32 { return p.key() % phraseBuckets }

// joiners may stand between the words of an expression.
const joiners = " -\u00a0"

// phrases collects the phrases of a view by their keys.
type phrases struct {
	counts map[uint32]int
	before string // the word before, "" where none can be continued
	end    int    // where it ends
	figure bool   // it is a number
	han    bool   // it stands among Han
}

// begin says that what comes next continues nothing.
func (p *phrases) begin() { p.before, p.figure, p.han = "", false, false }

// add takes the next token of a text, which counts so many times.
func (p *phrases) add(t Token, text string, times int) {
	if t.Synonym {
		return // beside the words that it stands for
	}
	if t.Han || edgeWords[strings.ToLower(text[t.Start:t.End])] {
		p.begin()
		p.han = t.Han
		return
	}
	word := text[t.Start:t.End]
	if p.figure && p.han && quantity.IsUnit(word) {
		p.before, p.figure = "", false
		return // in Chinese, 8 ℃ says how much, and stands in texts on every subject
	}
	if p.figure = isFigure(word); !p.figure {
		p.han = false
	}
	// Several words may come of one character (½, ㎡); those overlap.
	if p.before != "" && t.Start >= p.end && strings.Trim(text[p.end:t.Start], joiners) == "" {
		if p.counts == nil {
			p.counts = map[uint32]int{}
		}
		p.counts[uint32(hashOf(p.before+" "+t.Term)>>40)] += times
	}
	p.before, p.end = t.Term, t.End
}

// list gives the phrases in order.
func (p *phrases) list() []phrase {
	out := make([]phrase, 0, len(p.counts))
	for key, n := range p.counts {
		out = append(out, phrase(key<<phraseCountBits|uint32(min(n, mostPhraseCount))))
	}
	slices.Sort(out)
	return out
}
