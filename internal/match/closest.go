package match

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// leastLikeness is how alike two names of metrics must be (Dice coefficient
// of their terms), and the least where their units agree as well.
const (
	leastLikeness         = 0.6
	leastLikenessWithUnit = 0.45
)

// mostQuoted bounds the claims that are quoted beside a requirement.
const mostQuoted = 3

// closestClaims find the claim about the same metric, or one that may be: of a
// name that is alike, and narrower than one side speaks of, or measured under other
// conditions. They are several where these are as near and do not come to the same verdict.
func (j *judgement) closestClaims(at int, r Requirement) (best []Claim, same bool) {
	var bestLike float64
	for i, c := range j.said.claims {
		like, isSame := 0.0, false
		for _, wanted := range j.need.names[at] {
			l, s := j.compare(wanted, i, r.Unit)
			if s && !isSame || s == isSame && l > like {
				like, isSame = l, s
			}
		}
		if like == 0 || !isSame && j.answersAnother(at, i) {
			continue
		}
		switch {
		case isSame && !same || isSame == same && like > bestLike:
			best, same, bestLike = []Claim{c}, isSame, like
		case isSame == same && like == bestLike && len(best) < mostQuoted && c.against(r) != best[0].against(r):
			best = append(best, c)
		}
	}
	return best, same
}

// told are claims as people read them, each with its conditions where there are several.
func told(claims []Claim) string {
	if len(claims) == 1 {
		return claims[0].String()
	}
	each := make([]string, len(claims))
	for i, c := range claims {
		if each[i] = c.String(); c.Conditions != "" {
			each[i] += " (" + c.Conditions + ")"
		}
	}
	return strings.Join(each, "; ")
}

// compare tells how alike what is wanted, in a unit, and what the claim at a place
// measures are, 0 for too little, and whether they are the same.
func (j *judgement) compare(wanted metric, at int, unitName string) (like float64, same bool) {
	c, claimed := j.said.claims[at], j.said.names[at]
	if opposed(wanted.name, c.Metric) {
		return 0, false
	}
	related := claimed.to(wanted)
	quantity, agree := commonUnit(c, eachOf(wanted.name, unitName))
	least := leastLikeness
	if agree {
		least = leastLikenessWithUnit
	}
	like = dice(wanted.terms, claimed.terms)
	switch {
	case related == apart && like < leastLikeness && wanted.head != claimed.head:
		return 0, false // 出水COD and 出水氨氮 share where, and not what
	case related != apart && agree:
		like = max(like, dice(wanted.parts, claimed.parts))
	}
	if like < least {
		return 0, false
	}
	dimensioned := len(quantity.dim) > 0
	switch {
	case related == apart, !c.under(wanted), ofWhatGoesIn(c.Metric) && !ofWhatGoesIn(wanted.name):
		return like, false
	case dimensioned && related == equal:
		return like, true
	case !speaksOf(claimed.meant, wanted.meant, j.need.terms): // of something that is not asked about: 表面温度 for 温度
		return like, false
	case dimensioned: // a unit with a dimension tells what is measured
		return like, true
	}
	// A share of anything is a share: 残膜回收率 is no 回收率 of water.
	known := !slices.ContainsFunc(claimed.figures, func(f string) bool {
		return !slices.Contains(wanted.figures, f) && !slices.Contains(j.need.figures(), f)
	})
	return like, known && (related == equal || speaksOf(wanted.meant, claimed.meant, j.said.terms))
}

// answersAnother tells whether a claim is on the very metric of a requirement other
// than the one at a place, and so is nothing to ask about there.
func (j *judgement) answersAnother(at, claim int) bool {
	for i, names := range j.need.names {
		if i != at && slices.ContainsFunc(names, func(m metric) bool {
			return m.to(j.said.names[claim]) == equal && len(m.figures) == len(j.said.names[claim].figures)
		}) {
			return true
		}
	}
	return false
}

// opposites are words of which one metric has the one where another has the other.
var opposites = [][2]string{
	{"最高", "最低"}, {"最大", "最小"}, {"上限", "下限"}, {"高温", "低温"}, {"常温", "低温"}, {"常温", "高温"}, {"进水", "出水"}, {"进口", "出口"}, {"入口", "出口"},
	{"充电", "放电"}, {"正极", "负极"}, {"阴极", "阳极"}, {"纵向", "横向"}, {"轴向", "径向"}, {"动态", "静态"}, {"拉伸", "压缩"}, {"抗拉", "抗压"}, {"抗折", "抗压"},
	{"上行", "下行"}, {"输入", "输出"}, {"白天", "夜间"}, {"短期", "长期"},
	{"maximum", "minimum"}, {"max", "min"}, {"upper", "lower"}, {"high", "low"}, {"inlet", "outlet"}, {"influent", "effluent"}, {"charge", "discharge"},
	{"charging", "discharging"}, {"input", "output"}, {"anode", "cathode"}, {"axial", "radial"}, {"tensile", "compressive"}, {"horizontal", "vertical"},
	{"uplink", "downlink"}, {"static", "dynamic"}, {"dry", "wet"},
}

// opposed tells whether two names are of opposite metrics: 最低工作温度 and 最高工作温度.
func opposed(a, b string) bool {
	return slices.ContainsFunc(opposites, func(o [2]string) bool {
		first, second := names(a, o[0]), names(a, o[1])
		return first != second && names(b, o[0]) == second && names(b, o[1]) == first
	})
}

// goingIn say of a metric that it is of what is treated, and not of what comes of it.
var goingIn = []string{"进水", "原水", "初始", "处理前", "改造前", "influent", "initial", "feed", "raw", "untreated"}

func ofWhatGoesIn(metric string) bool {
	return slices.ContainsFunc(goingIn, func(word string) bool { return names(metric, word) })
}

// names tells whether a name has a word: an English one as a word of its own.
func names(name, word string) bool {
	if word[0] >= utf8.RuneSelf {
		return strings.Contains(name, word)
	}
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return !unicode.IsLetter(r) })
	return slices.Contains(words, word)
}

// speaksOf tells whether the other side's texts know at least half of the terms
// by which a name goes beyond that of the other side: terms across the seam of
// two words stand nowhere else.
func speaksOf(name, other map[string]bool, texts func() map[string]bool) bool {
	beyond, known := 0, 0
	for t := range name {
		if !other[t] {
			beyond++
			if texts()[t] {
				known++
			}
		}
	}
	return 2*known >= beyond
}

// termSet are the terms of texts, single characters only where there are no others.
func termSet(analyse Analyser, texts ...string) map[string]bool {
	set := map[string]bool{}
	var tokens []Token
	for _, s := range texts {
		tokens = analyse(tokens, s)
	}
	for _, t := range tokens {
		if !t.Single() {
			set[t.Term] = true
		}
	}
	if len(set) == 0 { // a name of one character
		for _, t := range tokens {
			set[t.Term] = true
		}
	}
	return set
}

func dice(a, b map[string]bool) float64 {
	if len(a)+len(b) == 0 {
		return 0
	}
	shared := 0
	for t := range a {
		if b[t] {
			shared++
		}
	}
	return 2 * float64(shared) / float64(len(a)+len(b))
}
