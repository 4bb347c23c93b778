package search

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"chengqiao/internal/search/analysis"
)

// Corrector proposes what a query may have meant.
type Corrector interface {
	// Correct gives the text of a query, answered by r, in words that exist. It is
	// empty where nothing is to be corrected or what is proposed would find nothing.
	Correct(ctx context.Context, q Query, r Result) (Correction, error)
}

// Correction is a text with how much a search for it finds.
type Correction struct {
	Text  string
	Total int
}

// CorrectionSource is what corrections are made from: the texts of what is found, and
// names that are suggested. So they are of words that the reader reads or that find
// something for the reader, and of no others.
type CorrectionSource interface {
	Searcher
	Suggester
	// Read gives the texts that a reader reads of some documents.
	Read(ctx context.Context, r Reader, ids []string) ([]Text, error)
}

const (
	// maxPieces is how many words a query may have to be corrected: who writes
	// more describes something.
	maxPieces = 6
	// maxAsked bounds the searches for one correction.
	maxAsked = 24
	// sampled is from how many documents a word is taken.
	sampled = 20
	// leastSyllables of a word that is taken for pinyin.
	leastSyllables = 2
	// longestSpelled is how many Han characters are indexed as one word of pinyin.
	longestSpelled = 4
	// nameWeight: a word of a title or keyword is meant more often than one of
	// the running text.
	nameWeight = 4
	// fewFound is how many documents others have misspelled a word in at most, and
	// timesMore how many times as many have to answer the word that was meant.
	fewFound  = 5
	timesMore = 50
)

// Correct makes a correction from a source. Of a query that everything of answers,
// pinyin is put into the characters that it stands for, and a word that few write
// into one that it is a misspelling of, if many write that.
func Correct(ctx context.Context, s CorrectionSource, q Query, r Result) (Correction, error) {
	pieces := analysis.Pieces(q.Text)
	if q.Match != MatchAuto || q.Offset > 0 || r.Match == "" || len(pieces) == 0 || len(pieces) > maxPieces {
		return Correction{}, nil
	}
	c := correction{ctx: ctx, source: s, reader: q.Reader, found: r.Match == MatchAll}
	c.few = c.found && r.Total <= fewFound
	corrected := q.Text
	if whole, ok := together(pieces); ok && !c.found {
		if to := c.pinyin(whole.Text); to != "" {
			corrected = q.Text[:whole.Start] + to + q.Text[whole.End:]
		}
	}
	if corrected == q.Text {
		var b strings.Builder
		at := 0
		for i, p := range pieces {
			if p.Start < at {
				continue // corrected together with the piece before it
			}
			b.WriteString(q.Text[at:p.Start])
			at = p.End
			if i+1 < len(pieces) {
				if to := c.mixed(p, pieces[i+1]); to != "" {
					b.WriteString(to)
					at = pieces[i+1].End
					continue
				}
			}
			if to := c.piece(p, i == len(pieces)-1); to != "" {
				b.WriteString(to)
			} else {
				b.WriteString(q.Text[p.Start:p.End])
			}
		}
		b.WriteString(q.Text[at:])
		corrected = b.String()
	}
	if c.err != nil || analysis.Key(corrected) == analysis.Key(q.Text) {
		return Correction{}, c.err
	}
	check := q
	check.Text, check.Match, check.Limit, check.Facets, check.Highlight = corrected, MatchAll, 0, nil, nil
	answer, err := s.Search(ctx, check)
	if err != nil || answer.Total == 0 || c.respelling && answer.Total < timesMore*r.Total {
		return Correction{}, err
	}
	return Correction{corrected, answer.Total}, nil
}

// together is pinyin that was typed with spaces, as one piece.
func together(pieces []analysis.Piece) (analysis.Piece, bool) {
	whole := pieces[0]
	for i, p := range pieces {
		if p.Han || analysis.Syllables(p.Text) == 0 {
			return whole, false
		}
		if i > 0 {
			whole.Text += p.Text
			whole.End = p.End
		}
	}
	return whole, len(pieces) > 1 && analysis.Syllables(whole.Text) <= longestSpelled
}

// correction is one at work; its first error stops it.
type correction struct {
	ctx    context.Context
	source CorrectionSource
	reader Reader
	// found: everything of the query is answered; few: by few documents.
	found, few bool
	// respelling: a word that is written was put into another.
	respelling bool
	asked      int
	err        error
}

// ask is a search for one text.
func (c *correction) ask(text string, match Match, limit int) Result {
	if c.err != nil || c.asked >= maxAsked {
		return Result{}
	}
	c.asked++
	r, err := c.source.Search(c.ctx, Query{Reader: c.reader, Text: text, Match: match, Limit: limit})
	c.err = err
	return r
}

// read are the texts of what a search found.
func (c *correction) read(r Result) []Text {
	if c.err != nil || len(r.Hits) == 0 {
		return nil
	}
	ids := make([]string, len(r.Hits))
	for i, h := range r.Hits {
		ids[i] = h.ID
	}
	texts, err := c.source.Read(c.ctx, c.reader, ids)
	c.err = err
	return texts
}

// piece corrects one piece of a query; "" leaves it.
func (c *correction) piece(p analysis.Piece, last bool) string {
	if !p.Han && analysis.Syllables(p.Text) >= leastSyllables {
		if to := c.pinyin(p.Text); to != "" {
			return to
		}
	}
	if c.found && !c.few {
		return ""
	}
	switch written := c.ask(p.Text, MatchAll, 0).Total; {
	case written > 0 && written <= fewFound && !p.Han:
		return c.rarelyWritten(p.Text)
	case written > 0:
		return ""
	case p.Han:
		return c.homophone([]rune(p.Text))
	}
	return c.misspelled(p.Text, last)
}

// rarelyWritten gives the word that one is a misspelling of which others have made
// too: batery stands in few texts, and battery in many.
func (c *correction) rarelyWritten(word string) string {
	most := analysis.MaxEdits(word)
	if most == 0 {
		return ""
	}
	meant, _ := closest(c.read(c.ask(word, MatchClose, sampled)), word, 1, most, false)
	c.respelling = c.respelling || c.found && meant != ""
	return meant
}

// mixed gives the Han characters that a stretch of them means together with a syllable
// of pinyin that touches it: 石墨xi is 石墨烯. What it touches stays as it is.
func (c *correction) mixed(first, second analysis.Piece) string {
	han, spelled := first, second
	if second.Han {
		han, spelled = second, first
	}
	if c.found || first.End != second.Start || !han.Han || spelled.Han || analysis.Syllables(spelled.Text) != 1 {
		return ""
	}
	written := []rune(han.Text)
	for n := min(len(written), longestSpelled-1); n > 0; n-- {
		near := string(written[len(written)-n:])
		rest := string(written[:len(written)-n])
		if second.Han {
			near, rest = string(written[:n]), string(written[n:])
		}
		meant := tally{}
		for _, sound := range analysis.Pinyin(near) {
			word := sound + spelled.Text
			if second.Han {
				word = spelled.Text + sound
			}
			each(c.read(c.ask(word, MatchAll, sampled)), func(s string, weight int) {
				analysis.Spelled(s, word, func(found string, _ analysis.Sighting) {
					if utf8.RuneCountInString(found) == n+1 && (second.Han && strings.HasSuffix(found, near) || first.Han && strings.HasPrefix(found, near)) {
						meant[found] += weight
					}
				})
			})
		}
		if to := meant.most(); to != "" {
			if second.Han {
				return to + rest
			}
			return rest + to
		}
	}
	return ""
}

// tally counts what may have been meant.
type tally map[string]int

// most is what was counted most; of equals the first in order.
func (t tally) most() string {
	best := ""
	for s, n := range t {
		if best == "" || n > t[best] || n == t[best] && s < best {
			best = s
		}
	}
	return best
}

// each visits the pieces of texts that a word may be taken from, with their weight.
func each(texts []Text, visit func(s string, weight int)) {
	for _, t := range texts {
		visit(t.Title, nameWeight)
		for _, k := range t.Keywords {
			visit(k, nameWeight)
		}
		for _, o := range t.Organisations {
			visit(o, nameWeight)
		}
		visit(t.Value, 1)
		visit(t.Abstract, 1)
	}
}

// pinyin gives the Han characters that a word spells, where it is no word itself.
func (c *correction) pinyin(word string) string {
	texts := c.read(c.ask(word, MatchAll, sampled))
	is := false
	each(texts, func(s string, _ int) { // most often the first text says so
		is = is || slices.ContainsFunc(analysis.Pieces(s), func(p analysis.Piece) bool { return p.Text == word })
	})
	if is {
		return ""
	}
	meant := tally{}
	each(texts, func(s string, weight int) {
		analysis.Spelled(s, word, func(stretch string, _ analysis.Sighting) { meant[stretch] += weight })
	})
	return meant.most()
}

// homophone puts other characters of the same sound where a stretch holds some
// that never stand together: 电迟 is 电池.
func (c *correction) homophone(stretch []rune) string {
	if n := len(stretch); n < leastSyllables {
		return ""
	} else if n <= longestSpelled {
		if to := c.alike(string(stretch)); to != "" {
			return to
		}
	}
	together := make([]bool, len(stretch)-1) // whether a pair exists
	for i := range together {
		together[i] = c.ask(string(stretch[i:i+2]), MatchAll, 0).Total > 0
	}
	for i := range stretch {
		if i > 0 && together[i-1] || i < len(together) && together[i] {
			continue
		}
		for _, w := range [][2]int{{i - 1, i + 2}, {i - 2, i + 1}, {i, i + 3}, {i - 1, i + 1}, {i, i + 2}} {
			if w[0] < 0 || w[1] > len(stretch) {
				continue
			}
			if to := c.alike(string(stretch[w[0]:w[1]])); to != "" {
				return string(stretch[:w[0]]) + to + string(stretch[w[1]:])
			}
		}
	}
	return ""
}

// alike is the stretch that sounds like another and is written most.
func (c *correction) alike(stretch string) string {
	meant := tally{}
	for _, sound := range analysis.Pinyin(stretch) {
		if name := c.named(stretch, sound); name != "" {
			return name
		}
		whole := map[string]bool{}
		each(c.read(c.ask(sound, MatchAll, sampled)), func(s string, weight int) {
			analysis.Spelled(s, sound, func(found string, at analysis.Sighting) {
				if utf8.RuneCountInString(found) == utf8.RuneCountInString(stretch) {
					meant[found] += weight
					whole[found] = whole[found] || wholeWhereChanged(stretch, found, at)
				}
			})
		})
		maps.DeleteFunc(meant, func(found string, _ int) bool { return !whole[found] })
		if len(meant) > 0 {
			break // the usual reading
		}
	}
	return meant.most()
}

// named is the name of as many characters as a stretch that sounds so and finds most.
func (c *correction) named(stretch, sound string) string {
	if c.err != nil || c.asked >= maxAsked {
		return ""
	}
	c.asked++
	suggested, err := c.source.Suggest(c.ctx, Typing{Reader: c.reader, Text: sound, Keywords: sampled})
	c.err = err
	meant := tally{}
	for _, k := range suggested.Keywords {
		name := analysis.Key(k.Text)
		if utf8.RuneCountInString(name) == utf8.RuneCountInString(stretch) && slices.Contains(analysis.Pinyin(name), sound) {
			meant[name] = k.Count
		}
	}
	return meant.most()
}

// wholeWhereChanged tells that a stretch which is found in the place of another
// begins and ends there where the two differ: 导热模 is a piece of 导热模型, and
// nobody who typed 导热膜 has meant it.
func wholeWhereChanged(stretch, found string, at analysis.Sighting) bool {
	first, _ := utf8.DecodeRuneInString(stretch)
	last, _ := utf8.DecodeLastRuneInString(stretch)
	begins, _ := utf8.DecodeRuneInString(found)
	ends, _ := utf8.DecodeLastRuneInString(found)
	return (at.Begins || first == begins) && (at.Ends || last == ends)
}

// misspelled gives the word that is the fewest edits away, of those the most
// frequent. The last word may be unfinished rather than wrong: then it is left
// alone where it is found as the beginning that it is, and finished where it goes
// beyond the stem by which words are found (desalinatio).
func (c *correction) misspelled(word string, last bool) string {
	most := analysis.MaxEdits(word)
	if most == 0 {
		return ""
	}
	asked := []string{word}
	if start := beginning(word); start != word {
		asked = append(asked, start)
	}
	for _, text := range asked {
		meant, finished := closest(c.read(c.ask(text, MatchClose, sampled)), word, 0, most, last)
		switch {
		case finished != "" && text == word:
			return ""
		case finished != "" || meant != "":
			return cmp.Or(finished, meant)
		}
	}
	return c.respelled(word)
}

// closest is the word of some texts that the fewest edits lead to, of some number of
// them, and the one that goes on where the last of a query ends.
func closest(texts []Text, word string, least, most int, last bool) (meant, finished string) {
	counted := make([]tally, most+1) // by edits
	longer := tally{}
	each(texts, func(s string, weight int) {
		for _, p := range analysis.Pieces(s) {
			if last && strings.HasPrefix(p.Text, word) {
				longer[p.Text] += weight
			}
			if edits := analysis.Edits(word, p.Text, most); edits >= least && edits <= most {
				if counted[edits] == nil {
					counted[edits] = tally{}
				}
				counted[edits][p.Text] += weight
			}
		}
	})
	for _, t := range counted {
		if len(t) > 0 {
			return t.most(), longer.most()
		}
	}
	return "", longer.most()
}

// The ending that a stem may lack, in letters, and what is left of a word at least.
const (
	longestEnding = 5
	leastStart    = 5
)

// beginning is a word without what may be a misspelled ending: words are
// compared by their stems, and of irrigaton none is taken off.
func beginning(word string) string {
	letters := []rune(word)
	return string(letters[:min(len(letters), max(leastStart, len(letters)-longestEnding))])
}

// respelled gives the word that two swapped letters make, or one that is doubled
// or no longer: of many words the stem, by which they are compared, then differs
// by more than that, or is too short to be forgiven anything (irigation).
func (c *correction) respelled(word string) string {
	meant := tally{}
	letters := []rune(word)
	try := func(from, to int, instead ...rune) {
		other := string(slices.Concat(letters[:from], instead, letters[to:]))
		if n := c.ask(other, MatchAll, 0).Total; n > 0 {
			meant[other] = n
		}
	}
	for i, letter := range letters {
		again := i+1 < len(letters) && letters[i+1] == letter
		if again {
			try(i, i+2, letter)
		} else {
			try(i, i+1, letter, letter)
		}
		if i+1 < len(letters) && !again {
			try(i, i+2, letters[i+1], letter)
		}
	}
	return meant.most()
}
