package match

import (
	"slices"
	"strings"

	"chengqiao/internal/quantity"
	"chengqiao/internal/text"
)

// leastLikeness is how alike two names of metrics must be (Dice coefficient
// of their terms), and the least where their units agree as well.
const (
	leastLikeness         = 0.6
	leastLikenessWithUnit = 0.45
)

// mostQuoted bounds the claims that are quoted beside a requirement.
const mostQuoted = 3

// answer is a claim about the metric of a requirement, or about one that may be it,
// in the words of both by which that is seen.
type answer struct {
	claim  *stated
	said   claim
	wanted requirement
	like   float64
	same   bool
}

func (c answer) verdict() VerdictKind { return c.said.against(c.wanted) }

// closestClaims find the claim about the same metric, or one that may be: of a
// name that is alike, and narrower than one side speaks of, or measured under other
// conditions. They are several where these are as near and do not come to the same verdict.
func (j *judgement) closestClaims(at int) []answer {
	var best []answer
	for i := range j.said.claims {
		c := j.closeness(at, i)
		if c.like == 0 || !c.same && j.answersAnother(at, i) {
			continue
		}
		switch {
		case len(best) == 0 || c.same && !best[0].same || c.same == best[0].same && c.like > best[0].like:
			best = []answer{c}
		case c.same == best[0].same && c.like == best[0].like && len(best) < mostQuoted && c.verdict() != best[0].verdict():
			best = append(best, c)
		}
	}
	return best
}

// told are claims as people read them, in each language in which one of them is
// named, each with its conditions where there are several.
func told(claims []answer) text.Text {
	in := func(locale string) string {
		each, named := make([]string, len(claims)), false
		for i, c := range claims {
			said := c.claim.in(locale)
			named = named || said.locale == locale
			if each[i] = said.String(); len(claims) > 1 && said.conditions != "" {
				each[i] += " (" + said.conditions + ")"
			}
		}
		if !named {
			return ""
		}
		return strings.Join(each, "; ")
	}
	return text.Text{Zh: in(text.Chinese), En: in(text.English)}
}

// closeness tells how close a claim is to the requirement at a place. It is seen in
// the first language that shows any likeness, and across the two where neither does.
// Names that have nothing in common in Chinese may be one word in English (率, rate):
// then they are never taken for the same.
func (j *judgement) closeness(at, i int) answer {
	one := &j.said.claims[i]
	apartInChinese := false
	for _, within := range []bool{true, false} {
		for _, asked := range j.need.wanted[at] {
			for n, said := range one.worded {
				if (asked.locale == said.locale) != within {
					continue
				}
				like, same, against := j.compareAll(asked, said, one.names[n])
				switch {
				case like > 0:
					return answer{one, said, asked.requirement, like, same && !apartInChinese}
				case against && within:
					return answer{}
				}
				apartInChinese = apartInChinese || text.Han(asked.name()) && text.Han(said.metric)
			}
		}
	}
	return answer{}
}

// compareAll is compare for the one of the names of what is wanted that is closest. The
// claim is against it where it is like none, and of the opposite of one.
func (j *judgement) compareAll(asked wanted, said claim, name metric) (like float64, same, against bool) {
	for _, w := range asked.names {
		against = against || opposed(w.name, said.metric)
		l, s := j.compare(w, said, name, asked.unit)
		if s && !same || s == same && l > like {
			like, same = l, s
		}
	}
	return like, same, against
}

// compare tells how alike what is wanted, in a unit, and what a claim measures are, 0
// for too little, and whether they are the same.
func (j *judgement) compare(wanted metric, c claim, claimed metric, unitName string) (like float64, same bool) {
	if opposed(wanted.name, c.metric) {
		return 0, false
	}
	related := claimed.to(wanted)
	measured, agree := commonUnit(c, quantity.EachOf(wanted.name, unitName))
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
	dimensioned := measured.Dimensioned()
	switch {
	case related == apart, !c.under(wanted), ofWhatGoesIn(c.metric) && !ofWhatGoesIn(wanted.name):
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
	for i, wanted := range j.need.wanted {
		if i == at {
			continue
		}
		for _, w := range wanted {
			for _, name := range j.said.claims[claim].names {
				if slices.ContainsFunc(w.names, func(m metric) bool {
					return m.to(name) == equal && len(m.figures) == len(name.figures)
				}) {
					return true
				}
			}
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
		first, second := quantity.Names(a, o[0]), quantity.Names(a, o[1])
		return first != second && quantity.Names(b, o[0]) == second && quantity.Names(b, o[1]) == first
	})
}

// goingIn say of a metric that it is of what is treated, and not of what comes of it.
var goingIn = []string{"进水", "原水", "初始", "处理前", "改造前", "influent", "initial", "feed", "raw", "untreated"}

func ofWhatGoesIn(metric string) bool {
	return slices.ContainsFunc(goingIn, func(word string) bool { return quantity.Names(metric, word) })
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
