package match

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Whether what two texts share begins and ends where words do. Chinese is written without
// spaces, so 氏菌病 may be shared where 布氏菌病 is one word.

// seam tells whether a run's edge is none of an expression's: it splits a number
// (吨水能耗 0 of 0.78), or the pair of Han characters there is the seam of two words,
// since the pair across the edge is the commoner. 低温电池 and 高温电池 share 电池, and not
// 温电池, since 低温 is said more often than 温电. What joins words (模型的) is the end of
// one however often it is said.
func (c *cut) seam(edge, beside int, by naming) bool {
	if !c.tokens[edge].Han {
		return c.splitsNumber(edge, beside > edge)
	}
	pair, tells := c.across(edge, beside, by)
	if pair == "" {
		return false
	}
	outer, size := utf8.DecodeRuneInString(pair)
	if beside > edge {
		outer, _ = utf8.DecodeRuneInString(pair[size:])
	}
	if strings.ContainsRune(leadingHan+trailingHan, outer) {
		return false
	}
	edgeTells := by.tellsOf(c, edge)
	switch whole, inside := c.named(edge, beside > edge); {
	case whole:
		return false
	case inside == certainly:
		return true
	case inside == probably:
		return tells <= edgeTells
	}
	return tells < edgeTells
}

// longestRoot bounds the names, in bytes, inside which an expression does not begin:
// 电解液 is one, and 离子 is a word of its own in 磷酸铁锂离子电池.
const longestRoot = len("电解液")

// certainty is how surely an edge is inside a word.
type certainty uint8

const (
	unlikely certainty = iota
	probably
	certainly
)

// named tells by the names that a text has whether the pair of Han characters with which
// an expression begins, or ends, does so with a whole name or inside one: 解液 of 电解液,
// 区储 of 寒区储能.
func (c *cut) named(edge int, ends bool) (whole bool, inside certainty) {
	t := c.tokens[edge]
	_, size := utf8.DecodeRuneInString(c.text[t.Start:])
	second := t.Start + size
	last, _ := utf8.DecodeRuneInString(c.text[second:])
	joined := strings.ContainsRune(leadingHan+trailingHan, last)
	for _, n := range c.names {
		switch {
		case ends && n.end == t.End, !ends && n.start == t.Start:
			whole = true
		case ends && n.start == second && n.end > t.End:
			inside = max(inside, probably)
			if n.end-n.start >= longestRoot { // 能量 may stand in 储能量 by chance, and 乳房炎 nowhere
				inside = certainly
			}
		case !ends:
			within := n.start < t.Start && t.Start < n.end && n.end-n.start <= longestRoot
			if n.start == second || within && (t.End <= n.end || joined) {
				inside = max(inside, probably)
			}
		}
	}
	return whole, inside
}

// beheaded is where the name of the text ends of which a run that begins with a token
// leaves out the first character alone, which hardly is a word: 极材料 of 负极材料; 0 if it
// does no such thing.
func (c *cut) beheaded(first int) int {
	t := c.tokens[first]
	if !t.Han || c.begins(first) {
		return 0
	}
	for _, n := range c.names {
		if n.start < t.Start && t.Start < n.end && utf8.RuneCountInString(c.text[n.start:t.Start]) == 1 {
			return n.end
		}
	}
	return 0
}

// begins tells whether a name of the text begins with a token.
func (c *cut) begins(at int) bool {
	whole, _ := c.named(at, false)
	return whole
}

// across is the pair of Han characters that begins inside a run and ends beside
// it, or the other way round, and how much it tells; "" where there is none. Of a
// need it may have been passed over, as no part of what is sought, and stands in
// the text alone.
func (c *cut) across(edge, beside int, by naming) (pair string, tells float64) {
	at := c.tokens[edge]
	if beside >= 0 && beside < len(c.tokens) && c.tokens[beside].Han && touching(c.tokens[min(edge, beside)], c.tokens[max(edge, beside)]) {
		return c.tokens[beside].Term, by.tellsOf(c, beside)
	}
	inside, size := utf8.DecodeLastRuneInString(c.text[:at.End])
	outer, _ := utf8.DecodeRuneInString(c.text[at.End:])
	pair = c.text[at.End-size:at.End] + string(outer)
	if beside < edge {
		inside, size = utf8.DecodeRuneInString(c.text[at.Start:])
		outer, _ = utf8.DecodeLastRuneInString(c.text[:at.Start])
		pair = string(outer) + c.text[at.Start:at.Start+size]
	}
	if !unicode.Is(unicode.Han, inside) || !unicode.Is(unicode.Han, outer) {
		return "", 0
	}
	return pair, by.stranger(pair)
}

const (
	// enoughSeen is in how many listings a pair of Han characters stands at least, for
	// how firmly it holds together to be known.
	enoughSeen = 5
	// loose is what a pair holds together at most that may be the seam of two words, and
	// firm the least of the pair beside it, unless what goes on beyond is unmistakable.
	loose, firm, unmistakable = 0.5, 0.25, 5
	// A word goes on beyond an edge where the pair across it holds together so much
	// firmer than the one at the edge, and so much at least.
	firmer, leastFirm = 1.5, 0.08
	// muchFirmer is how much firmer the pair beside an edge is at least that is a word by
	// itself, of which the edge is no part.
	muchFirmer = 10
)

// untorn is a run of a text without the pairs at its edges that are the seams of two words
// in it, or wherever they stand in the concordance: 膜回 of 残膜回收率 and 地膜回收率, 线系 of
// 热线系统 and 在线系统. How often two characters stand side by side says less of that than how
// much oftener than by chance. Whether a pair by itself is a word is less sure: see doubtful.
func (c *concordance) untorn(r run, own *cut, by naming) run {
	first, last := r.at, r.at+len(r.tokens)-1
	// 氏菌病 of 布氏菌病 and 李氏菌病, unless somebody sets it apart.
	if end := own.beheaded(first); end > 0 && !c.edges(own.terms[first], -1) {
		for first <= last && own.tokens[first].Start < end && !own.begins(first) {
			first++
		}
	}
	for first < last && c.torn(own, first, -1, by) {
		first++
	}
	for last > first && c.torn(own, last, 1, by) {
		last--
	}
	if first > last {
		return run{}
	}
	if last-first+1 < len(r.tokens) {
		tokens := own.tokens[first : last+1]
		r = run{surface: own.text[tokens[0].Start:tokens[len(tokens)-1].End], at: first, tokens: tokens, terms: own.terms[first : last+1]}
	}
	r.doubtful = first == last && (c.inside(own, first, -1, by) || c.inside(own, first, 1, by))
	return r
}

// torn tells whether the pair at an edge of a run of several is the seam of two words, of
// which one goes on to the side of the step.
func (c *concordance) torn(own *cut, edge, step int, by naming) bool {
	t, next := own.tokens[edge], own.tokens[edge-step]
	if !t.Han || !next.Han {
		return false
	}
	pair := own.beyond(edge, step, by)
	if pair == "" {
		return false
	}
	held, seen := by.bond(t.Term)
	left, leftSeen := by.bond(next.Term)
	goesOn := func(pair string) bool {
		bond, seen := by.bond(pair)
		return seen >= enoughSeen && bond > max(firmer*held, leastFirm) && (left >= firm || bond >= unmistakable)
	}
	// 采 of 自动采摘 and 自动采收, and 线 of 在线监测 and 离线监测: nothing is known of 动采
	// and 线监, and beside the word that is known they hold together least.
	if left >= loose && leftSeen >= enoughSeen && held*muchFirmer <= left && !(step > 0 && endsWord(t.Term)) {
		looser := func(pair string) bool { bond, _ := by.bond(pair); return bond >= held }
		if looser(pair) && c.alwaysBeside(own.terms[edge], step, looser) {
			return true
		}
	}
	if held < loose && (goesOn(pair) || c.alwaysBeside(own.terms[edge], step, goesOn)) {
		return true
	}
	// 防 of 叶片防覆冰 and 叶片防冰: 叶片 is known to be a word and 片防 is not, however
	// little is known of those that begin with 防.
	return seen < enoughSeen && leftSeen >= enoughSeen && left >= firm && !(step > 0 && endsWord(t.Term)) &&
		c.alwaysBeside(own.terms[edge], step, func(string) bool { return true })
}

// wordEnds are the characters with which many words end that are as seldom as their
// subjects: 脱硝剂, 保持率.
const wordEnds = "率度性量剂器机仪法膜层液粉料材素酶菌炉泵阀罐管网板带体物型化"

func endsWord(pair string) bool {
	last, _ := utf8.DecodeLastRuneInString(pair)
	return strings.ContainsRune(wordEnds, last)
}

// inside tells whether a pair by itself may be a part of words, since it goes on in known
// ones to a side in the text, and wherever it stands in the concordance: 活率 of 成活率 and
// 存活率.
func (c *concordance) inside(own *cut, at, step int, by naming) bool {
	t := own.tokens[at]
	if held, _ := by.bond(t.Term); !t.Han || held >= loose {
		return false
	}
	known := func(pair string) bool {
		_, seen := by.bond(pair)
		return seen >= enoughSeen
	}
	pair := own.beyond(at, step, by)
	return pair != "" && known(pair) && c.alwaysBeside(own.terms[at], step, known)
}

// beyond is the pair that goes beyond an edge of a run; "" where a name or what joins
// words ends there.
func (c *cut) beyond(edge, step int, by naming) string {
	pair, _ := c.across(edge, edge+step, by)
	if whole, _ := c.named(edge, step > 0); whole || pair == "" || joins(pair, step) {
		return ""
	}
	return pair
}

// joins tells whether the outer character of a pair beyond an edge only joins words.
func joins(pair string, step int) bool {
	outer, _ := utf8.DecodeRuneInString(pair)
	if step > 0 {
		outer, _ = utf8.DecodeLastRuneInString(pair)
	}
	return strings.ContainsRune(leadingHan+trailingHan, outer)
}

// edges tells whether a pair of Han characters stands at the edge of what is written in
// Han somewhere in the concordance, and so is no seam of words: 含油 of 含油量：3 mg/L.
func (c *concordance) edges(term int32, step int) bool {
	for at := int(c.first[term]); at != 0; at = int(c.next[at]) {
		t, beside := c.tokens[at], c.tokens[at+step]
		if t.Han && (beside == nil || !beside.Han || !touching(*c.tokens[min(at, at+step)], *c.tokens[max(at, at+step)])) {
			return true
		}
	}
	return false
}

// alwaysBeside tells whether a pair of which something is so stands beside a term
// wherever that is.
func (c *concordance) alwaysBeside(term int32, step int, so func(pair string) bool) bool {
	for at := int(c.first[term]); at != 0; at = int(c.next[at]) {
		beside := c.tokens[at+step]
		if beside == nil || !beside.Han || !touching(*c.tokens[min(at, at+step)], *c.tokens[max(at, at+step)]) || joins(beside.Term, step) || !so(beside.Term) {
			return false
		}
	}
	return c.first[term] != 0
}

// splitsNumber tells whether a token's number, or that of a standard, goes on behind it,
// or before it.
func (c *cut) splitsNumber(at int, behind bool) bool {
	t := c.tokens[at]
	if behind {
		return t.End+1 < len(c.text) && digit(c.text[t.End-1]) && strings.IndexByte(".,-", c.text[t.End]) >= 0 && digit(c.text[t.End+1])
	}
	return t.Start > 1 && digit(c.text[t.Start]) && strings.IndexByte(".,-", c.text[t.Start-1]) >= 0 && digit(c.text[t.Start-2])
}

func digit(b byte) bool { return '0' <= b && b <= '9' }
