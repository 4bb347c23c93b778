package match

import (
	"cmp"
	"math/big"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"chengqiao/internal/text"
)

// VerdictKind says how a requirement stands.
type VerdictKind string

// The verdicts. Unknown is not a mark against a result: it is to be asked.
const (
	Met     VerdictKind = "met"
	Unmet   VerdictKind = "unmet"
	Unknown VerdictKind = "unknown"
)

// Verdict is how one requirement of a need stands with one result.
type Verdict struct {
	Criterion string
	// Operator, Threshold and Unit are what is wanted; empty where it is not measured.
	Operator, Threshold, Unit string
	Must                      bool
	Verdict                   VerdictKind
	// Evidence is the claim, or the sentence, that the verdict rests on or
	// that makes the question worth asking.
	Evidence string
	// Conditions are those under which a claim was measured; Declared is one that
	// nothing but its owner's word stands behind.
	Conditions string
	Declared   bool
	// Question is what to ask where the verdict is unknown.
	Question text.Text
}

// leastLikeness is how alike two names of metrics must be (Dice coefficient
// of their terms), and the least where their units agree as well.
const (
	leastLikeness         = 0.6
	leastLikenessWithUnit = 0.45
)

// judge judges results by needs. One side of a list of matches is the same in all of
// its pairs, so what a need requires and what a result claims is read once each. It is
// for one goroutine.
type judge struct {
	analyse Analyser
	needs   map[*View]*required
	results map[*View]*claimed
}

func newJudge(analyse Analyser) *judge {
	return &judge{analyse: analyse, needs: map[*View]*required{}, results: map[*View]*claimed{}}
}

// required is what a need requires: the names of what each of its requirements
// measures, and what its texts say, which is looked at where the names leave it open
// whether a claim is on the same.
type required struct {
	names   [][]metric
	terms   func() map[string]bool
	figures func() []string
}

// claimed is what a result claims, each value by itself, with the names of what is
// measured, and what its texts say.
type claimed struct {
	claims []Claim
	names  []metric
	terms  func() map[string]bool
}

func (j *judge) required(need *View) *required {
	if read, ok := j.needs[need]; ok {
		return read
	}
	read := &required{
		terms: sync.OnceValue(func() map[string]bool { return termSet(j.analyse, need.said()...) }),
		figures: sync.OnceValue(func() []string {
			_, figures := withoutConditions(strings.Join(need.said(), " ; "))
			return figures
		}),
	}
	for _, r := range need.Requirements {
		read.names = append(read.names, r.namesOf(j.analyse))
	}
	j.needs[need] = read
	return read
}

func (j *judge) claimed(result *View) *claimed {
	if read, ok := j.results[result]; ok {
		return read
	}
	read := &claimed{terms: sync.OnceValue(func() map[string]bool { return termSet(j.analyse, result.said()...) })}
	for _, c := range result.Claims {
		read.claims = append(read.claims, c.oneByOne()...)
	}
	for _, c := range read.claims {
		read.names = append(read.names, metricOf(j.analyse, c.Metric))
	}
	j.results[result] = read
	return read
}

// verdicts are those of a need's requirements on a result, in their order.
func (j *judge) verdicts(need, result *View) []Verdict {
	if len(need.Requirements) == 0 {
		return nil
	}
	pair := judgement{result: result, need: j.required(need), said: j.claimed(result)}
	out := make([]Verdict, 0, len(need.Requirements))
	said := map[string]int{}
	for i, r := range need.Requirements {
		v := pair.of(i, r)
		said[v.Evidence]++
		out = append(out, v)
	}
	for i, r := range need.Requirements {
		if v := &out[i]; said[v.Evidence] > 1 {
			v.Evidence = clauseAbout(r, v.Evidence)
		}
	}
	return out
}

// judgement judges a result by a need.
type judgement struct {
	result *View
	need   *required
	said   *claimed
}

// of gives the verdict on the requirement at a place.
func (j *judgement) of(at int, r Requirement) Verdict {
	v := Verdict{Criterion: r.Criterion, Must: r.Must, Verdict: Unknown}
	if r.Threshold != "" {
		v.Operator, v.Threshold, v.Unit = r.Operator, r.Threshold, r.Unit
	}
	if claims, same := j.closestClaims(at, r); len(claims) > 0 {
		v.Evidence = told(claims)
		v.Declared = slices.ContainsFunc(claims, func(c Claim) bool { return !c.Proven })
		if len(claims) == 1 {
			if v.Conditions = claims[0].Conditions; same {
				v.Verdict = claims[0].against(r)
			}
		}
	} else if r.Threshold != "" {
		v.Evidence = sentenceAbout(r, j.result)
	}
	if v.Verdict == Unknown {
		v.Question = r.question()
	}
	return v
}

// String is the claim as people read it: metric, value and unit.
func (c Claim) String() string {
	s := c.Metric + ": " + c.Value
	if c.Unit != "" && !strings.Contains(c.Value, c.Unit) {
		s += " " + c.Unit
	}
	return s
}

// against judges a claim on a requirement's threshold. It is unknown where
// there is no threshold, no number, or no way from one unit to the other.
func (c Claim) against(r Requirement) VerdictKind {
	threshold, ok := new(big.Rat).SetString(r.Threshold)
	if !ok || r.Operator == "" {
		return Unknown
	}
	value, claimed, ok := c.quantity()
	if !ok {
		return Unknown
	}
	claimed, wanted := eachOf(c.Metric, claimed), eachOf(r.name(), r.Unit)
	if claimed == "" && isPercent(wanted) && value.isFraction() {
		return value.meetsAsShare(r.Operator, threshold)
	}
	if !sameSpelling(claimed, wanted) && !sameCount(c.Metric, claimed, wanted) {
		from, to, ok := sameKind(claimed, wanted)
		if !ok {
			return Unknown
		}
		if isDifference(c.Metric) || isDifference(r.name()) {
			from.offset, to.offset = nil, nil
		}
		value, threshold = value.inBase(from), to.toBase(threshold)
	}
	if inUse(c.Metric, r.Unit) || inUse(r.name(), r.Unit) {
		return value.serves(r.Operator, threshold, endIn(c.Metric), endIn(r.name()))
	}
	return value.meets(r.Operator, threshold)
}

// name is what a requirement measures as its need calls it.
func (r Requirement) name() string { return cmp.Or(r.Metric, r.Criterion) }

// quantity is a claim's value with its unit, which stands in a field of its own or
// behind the number: "2 万吨" in 吨, "95 %" in %. ok is false where what stands behind
// the number is no such unit, as in "1:3" or "1/3": then it is not that number alone.
func (c Claim) quantity() (v interval, unitName string, ok bool) {
	v, behind, ok := parseQuantity(howMuch(c.Value, c.Metric))
	switch {
	case !ok:
		return interval{}, "", false
	case c.Unit == "":
		return v, behind, true
	case behind == "" || sameSpelling(behind, c.Unit):
		return v, c.Unit, true
	case scales[behind] != nil:
		return v, behind + c.Unit, true
	}
	_, _, ok = sameKind(behind, c.Unit)
	return v, behind, ok
}

func sameSpelling(a, b string) bool { return unitKey(a) == unitKey(b) }

func unitKey(s string) string {
	return unitSpellings.Replace(unitSpellings.Replace(norm.NFKC.String(s)))
}

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

// commonUnit is the unit of a claim, where what is asked for is of the same kind.
func commonUnit(c Claim, other string) (unit, bool) {
	name := c.Unit
	if name == "" {
		_, name, _ = parseQuantity(howMuch(c.Value, c.Metric))
	}
	if u, _, ok := sameKind(eachOf(c.Metric, name), other); ok {
		return u, true
	}
	if v, _, ok := parseQuantity(c.Value); name == "" && ok && v.isFraction() && isPercent(other) {
		return unit{}, true
	}
	return unit{}, name != "" && sameSpelling(name, other) // HRC, dBi
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

// sentenceAbout quotes the sentence of a result's text that names the metric with a
// figure behind it that may be one of it. It is no verdict: the figure may be that of
// the method it is compared with.
func sentenceAbout(r Requirement, result *View) string {
	metric := strings.ToLower(r.Metric)
	if metric == "" {
		return ""
	}
	for _, f := range []Field{Points, Body} {
		for _, t := range result.Texts[f] {
			for _, sentence := range sentences(t) {
				lower := strings.ToLower(sentence)
				if i := strings.Index(lower, metric); i >= 0 && len(lower) == len(sentence) && figureIn(sentence[i+len(metric):], r.Unit) {
					return quoted(sentence, i, i+len(metric))
				}
			}
		}
	}
	return ""
}

// clauseRE is what stands between the clauses of a sentence, or the cells of a table
// that was written in a row, and not in a number.
var clauseRE = regexp.MustCompile(`[，、|｜…]|, `)

// clauseAbout is what of a sentence tells of a requirement's metric, up to its figure:
// a sentence with the figures of several requirements is quoted for each of them.
func clauseAbout(r Requirement, sentence string) string {
	lower := strings.ToLower(sentence)
	at := strings.Index(lower, strings.ToLower(r.Metric))
	if r.Metric == "" || at < 0 || len(lower) != len(sentence) {
		return sentence
	}
	behind := at + len(r.Metric)
	figure := figureRE.FindStringIndex(sentence[behind:])
	if figure == nil {
		return sentence
	}
	from, to := 0, len(sentence)
	if before := clauseRE.FindAllStringIndex(sentence[:at], -1); before != nil {
		from = before[len(before)-1][1]
	}
	behind += figure[1]
	if end := clauseRE.FindStringIndex(sentence[behind:]); end != nil {
		to = behind + end[0]
	}
	return strings.TrimSpace(sentence[from:to])
}

var (
	figureRE = regexp.MustCompile(`\d+(?:\.\d+)?`)
	// chanceRE is before the figure of how probably something is chance: P<0.05.
	chanceRE = regexp.MustCompile(`(?i)(?:^|[^a-z])p\s*[<>=≤≥＜＞＝]\s*$`)
)

// figureIn tells whether there is a figure in a text that may be measured in a unit.
func figureIn(text, unitName string) bool {
	for _, at := range figureRE.FindAllStringIndex(text, -1) {
		before, _ := utf8.DecodeLastRuneInString(text[:at[0]])
		if latinLetter(before) || chanceRE.MatchString(text[:at[0]]) {
			continue
		}
		behind := text[at[1]:]
		if unitName == "" || strings.HasPrefix(strings.TrimLeft(behind, " "), unitName) {
			return true
		}
		if _, _, ok := sameKind(strings.TrimSpace(behind[:leadingUnit(behind)]), unitName); ok {
			return true
		}
	}
	return false
}

// longestQuote bounds a quoted sentence, in characters, and quotedBefore what of it
// stands before what it is quoted for.
const (
	longestQuote = 160
	quotedBefore = 60
)

// quoted is a sentence, or of a long one what is around a part of it.
func quoted(sentence string, from, to int) string {
	if utf8.RuneCountInString(sentence) <= longestQuote {
		return sentence
	}
	before, after := []rune(sentence[:from]), []rune(sentence[to:])
	opening := ""
	if len(before) > quotedBefore {
		before, opening = before[len(before)-quotedBefore:], "…"
	}
	ending := ""
	if room := longestQuote - len(before) - utf8.RuneCountInString(sentence[from:to]); len(after) > room {
		after, ending = after[:max(room, 0)], "…"
	}
	return opening + string(before) + sentence[from:to] + string(after) + ending
}

func sentences(s string) []string {
	var out []string
	for _, part := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("。；;！!？?\n", r) }) {
		for _, p := range strings.Split(part, ". ") {
			if p = strings.TrimSpace(p); p != "" {
				out = append(out, p)
			}
		}
	}
	return out
}

var operatorWords = map[string][2]string{
	">=": {"不低于", "at least"},
	"<=": {"不高于", "at most"},
	"=":  {"为", "exactly"},
}

// question is what a need's owner asks about a requirement, in both languages
// around the requirement's own words.
func (r Requirement) question() text.Text {
	words, ok := operatorWords[r.Operator]
	if !ok || r.Threshold == "" {
		return text.Text{
			Zh: "贵方成果能否满足“" + r.Criterion + "”？有何依据（检测报告、应用案例等）？",
			En: "Can your result meet “" + r.Criterion + "”? What supports it (test report, reference case)?",
		}
	}
	name := r.name()
	amount := r.Threshold
	if r.Unit != "" {
		amount += " " + r.Unit
	}
	return text.Text{
		Zh: "“" + name + "”能否" + words[0] + " " + amount + "？在什么测试条件下测得，有无第三方报告？",
		En: "Is “" + name + "” " + words[1] + " " + amount + "? Under which test conditions was it measured, and is there a third-party report?",
	}
}

// fit is the feature of measured requirements: met less unmet, between -1 and
// 1, those that must be met counting double.
func fit(verdicts []Verdict) float64 {
	var sum, all float64
	for _, v := range verdicts {
		w := 1.0
		if v.Must {
			w = 2
		}
		all += w
		switch v.Verdict {
		case Met:
			sum += w
		case Unmet:
			sum -= w
		}
	}
	if all == 0 {
		return 0
	}
	return sum / all
}

// missesMust tells whether a requirement that must be met is not.
func missesMust(verdicts []Verdict) bool {
	return slices.ContainsFunc(verdicts, func(v Verdict) bool { return v.Must && v.Verdict == Unmet })
}
