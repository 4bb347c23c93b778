package analysis

import (
	"cmp"
	"math"
)

// Half of a text is not half of its units: 钙钛矿太阳能电池 is one, as a name of the synonym
// list, and 稳定性 is two pairs, of which whatever is stable has both. So the expressions of
// a short text, which are what it names, count the same, and each unit is as great a part
// of its own as it stands for words of it. Two characters of Han are about a word.

// expressionShare is what an expression counts. It can be divided by each number up to
// ten, and those of a text that is shared fit into 16 bits.
const expressionShare = 2_520

// MaxShared is how many units a text may have whose expressions count the same. Who writes
// more describes something: every unit counts one.
const MaxShared = 10

// shared is the plan of units, with the part of the text that each is. Those of an
// expression stand together.
func shared(units []Unit) Plan {
	if len(units) > MaxShared {
		for i := range units {
			units[i].Share = 1
		}
		return Plan{Units: units}
	}
	for from, to := 0, 0; from < len(units); from = to {
		whole := 0.0
		for to = from; to < len(units) && units[to].expression == units[from].expression; to++ {
			whole += cmp.Or(units[to].wordCount, 1)
		}
		at, words := 0, 0.0
		for i := from; i < to; i++ {
			words += cmp.Or(units[i].wordCount, 1)
			end := int(math.Round(words * expressionShare / whole))
			units[i].Share, at = end-at, end // together exactly the whole
		}
	}
	return Plan{Units: units}
}

// Shares is what all units of a plan are together.
func (p Plan) Shares() int {
	sum := 0
	for _, u := range p.Units {
		sum += u.Share
	}
	return sum
}

// wordsOfHan is how many words so many characters are.
func wordsOfHan(characters int) float64 { return max(1, math.Floor(float64(characters)/2)) }

// wordsOf is how many words an expression is.
func wordsOf(expression []atom) float64 {
	han := 0
	for _, a := range expression {
		if a.han {
			han++
		}
	}
	words := float64(len(expression) - han)
	if han > 0 {
		words += wordsOfHan(han)
	}
	return words
}

// overlap is how much of what one of so many pairs of a stretch of Han tells is its own.
// Each shares its characters with the next: three characters are about a word and a half.
func overlap(pairs int) float64 { return float64(pairs+1) / float64(2*pairs) }

// Tells is the factor by which what a unit tells, by its rarity, counts among the others'.
func (u Unit) Tells() float64 { return cmp.Or(u.overlap, 1) }

// leastDescribing is the number of words from which on a text describes something rather
// than naming it: keywords that authors give have four at most.
const leastDescribing = 6

// Describes tells that a text has so many words, or of Han twice as many characters, that
// it describes something. A name counts for as many words as it is written in.
func (p Plan) Describes() bool {
	words := 0.0
	for _, u := range p.Units {
		words += cmp.Or(u.wordCount, 1)
	}
	return words >= leastDescribing
}
