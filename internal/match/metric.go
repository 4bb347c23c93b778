package match

import (
	"math/big"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"chengqiao/internal/quantity"
	"chengqiao/internal/text"
)

// metric is the name of what is measured, as it is compared with another.
type metric struct {
	name string
	// terms are those of texts; parts are single characters and words, without what
	// says that something is measured at all (含量). All the parts of a wider name
	// stand in a narrower one.
	terms, parts map[string]bool
	// meant are the terms without words that make no other metric of one: 额定功率 is a 功率.
	meant map[string]bool
	// head is the last of the parts, which mostly says what kind of thing it is.
	head string
	// figures say under which conditions: the -40 of -40℃冲击功.
	figures []string
}

// relation is how the names of two metrics stand to one another.
type relation uint8

const (
	apart  relation = iota // each has a part that the other lacks: COD去除率, BOD去除率
	wider                  // the other is a narrower one
	narrow                 // the other is a wider one
	equal
)

// measuringWords say that something is measured, and not what.
var measuringWords = strings.NewReplacer("含量", "", "浓度", "", "数值", "", "指标", "", "水平", "", "能力", "", "性能", "", "范围", "", "大小", "", "发生率", "率", "效率", "率",
	"使用寿命", "寿命", "工作寿命", "寿命", "服役寿命", "寿命", "测量精度", "精度", "检测精度", "精度", "测量误差", "误差", "检测误差", "误差")

// testRE says behind the name of what is measured that it is: 中性盐雾试验.
var testRE = regexp.MustCompile(`(?:试验|测试|检验|值)$`)

// workingTemperatureRE are the names of the temperature at which something works.
var workingTemperatureRE = regexp.MustCompile(`(?:工作|使用|适用|适应|运行|服役|操作|应用)(?:环境)?温度|^环境温度`)

// sameMetricRE are words by which a metric is narrower, and none of something else.
var sameMetricRE = regexp.MustCompile(`额定|最大|最小|最高|最低|平均|实测|实际|典型|设计|出口|出水|单机|整机|系统|单位|角度|质量|[量性]$|(?i:\b(?:rated|maximum|max|minimum|min|average|mean|measured|typical|nominal|design|outlet|effluent|overall)\b)`)

// metricOf reads the name of a metric.
func metricOf(analyse Analyser, name string) metric {
	bare, figures := withoutConditions(name)
	bare = workingTemperatureRE.ReplaceAllString(bare, "工作温度")
	if short := testRE.ReplaceAllString(measuringWords.Replace(bare), ""); utf8.RuneCountInString(strings.TrimSpace(short)) > 1 {
		bare = short
	}
	m := metric{
		name: name, terms: termSet(analyse, bare), parts: map[string]bool{}, figures: figures,
		meant: termSet(analyse, sameMetricRE.ReplaceAllString(bare, " ")),
	}
	tokens := analyse(nil, bare)
	inGroup := func(t Token) bool {
		return slices.ContainsFunc(tokens, func(g Token) bool { return g.Synonym && g.Start <= t.Start && t.End <= g.End })
	}
	for _, t := range tokens {
		if t.Synonym || (t.Single() || !t.Han) && !inGroup(t) {
			m.parts[t.Term], m.head = true, t.Term
		}
	}
	return m
}

// to tells how a name stands to another.
func (m metric) to(other metric) relation {
	inside, around := holds(other.parts, m.parts), holds(m.parts, other.parts)
	switch {
	case inside && around:
		return equal
	case inside:
		return wider
	case around:
		return narrow
	}
	return apart
}

// holds tells whether all the parts of a name stand in another.
func holds(all, some map[string]bool) bool {
	for part := range some {
		if !all[part] {
			return false
		}
	}
	return len(some) > 0
}

// conditionRE is a figure as it stands in the name of a metric.
var conditionRE = regexp.MustCompile(`[-+]?\d+(?:\.\d+)?`)

// oneSign writes numbers below zero with a hyphen for the minus sign, and the scales of
// temperature as one sign, which is no letter of the word behind it.
var oneSign = strings.NewReplacer("零下 ", "-", "零下", "-", "\u2212", "-", "°C", "℃", "°F", "℉")

// withoutConditions takes the figures, with their units, out of a name: 容量保持率 and
// -30 of -30℃容量保持率. Those of names stay there: PM2.5, H2S.
func withoutConditions(name string) (bare string, figures []string) {
	name = oneSign.Replace(norm.NFKC.String(name))
	var b strings.Builder
	from := 0
	for _, at := range conditionRE.FindAllStringIndex(name, -1) {
		start, figure := at[0], name[at[0]:at[1]]
		if start < from { // in the unit of the one before
			continue
		}
		before, _ := utf8.DecodeLastRuneInString(name[:start])
		signed := figure[0] == '-' || figure[0] == '+'
		switch {
		case start > 0 && (before == '.' || unicode.IsLetter(before) && !ideograph(before)):
			continue
		case signed && unicode.IsDigit(before): // to the second of two
			figure = figure[1:]
		}
		value, ok := new(big.Rat).SetString(strings.TrimPrefix(figure, "+"))
		if !ok {
			continue
		}
		figures = append(figures, value.RatString())
		b.WriteString(name[from:start])
		b.WriteByte(' ')
		from = at[1] + quantity.LeadingUnit(name[at[1]:])
	}
	b.WriteString(name[from:])
	return b.String(), figures
}

func latinLetter(r rune) bool { return unicode.Is(unicode.Latin, r) }

// seriesRE is the name of a metric with what each of several values is of: 抗压强度（3d/7d/28d）.
var seriesRE = regexp.MustCompile(`^(.*?)\s*\(([^()]*[/、][^()]*)\)\s*(.*)$`)

// oneByOne are the claims that one makes for a row of values, or it alone. Where the
// name of the metric tells in one language alone what each value is of, it is read there.
func (c Claim) oneByOne(analyse Analyser) []stated {
	var out []stated
	for _, worded := range c.worded() {
		row := worded.oneByOne()
		if len(row) > len(out) {
			out = make([]stated, len(row))
			for i := range out {
				out[i].conditions, out[i].proven = c.Conditions, c.Proven
			}
		} else if len(row) < len(out) {
			continue
		}
		for i, each := range row {
			out[i].add(analyse, each)
		}
	}
	return out
}

func (c claim) oneByOne() []claim {
	named := seriesRE.FindStringSubmatch(norm.NFKC.String(c.metric))
	if named == nil {
		return []claim{c}
	}
	apart := func(s string) []string {
		return strings.FieldsFunc(s, func(r rune) bool { return r == '/' || r == '、' })
	}
	of, values := apart(named[2]), apart(norm.NFKC.String(c.value))
	if _, unitOfAll := quantity.ParseUnit(named[2]); unitOfAll || len(of) != len(values) {
		return []claim{c} // 产量（t/h）
	}
	out := make([]claim, len(of))
	for i := range of {
		out[i] = c
		out[i].metric, out[i].value = named[1]+"("+strings.TrimSpace(of[i])+")"+named[3], strings.TrimSpace(values[i])
		if _, _, ok := quantity.Parse(out[i].value); !ok {
			return []claim{c}
		}
	}
	return out
}

// under tells whether the conditions that are in the name of what is wanted are among
// those under which a claim was measured.
func (c claim) under(wanted metric) bool {
	if len(wanted.figures) == 0 {
		return true
	}
	_, said := withoutConditions(strings.Join([]string{c.metric, c.conditions, remarkOf(c.value)}, " ; "))
	return !slices.ContainsFunc(wanted.figures, func(f string) bool { return !slices.Contains(said, f) })
}

// remarkOf is what stands in brackets behind a value.
func remarkOf(value string) string {
	_, remark, _ := strings.Cut(norm.NFKC.String(value), "(")
	return remark
}

// comparingRE is where what is measured ends in a criterion, and how much begins.
var comparingRE = regexp.MustCompile(`不低于|不高于|不少于|不小于|不大于|不超过|低于|高于|小于|大于|达到|(?i:at least|at most|below|above|less than|more than)|[≥≤<>=＜＞＝\d(（:：,，。;；]`)

// boundRE are the words and signs of a criterion that say how a value is bounded.
var boundRE = regexp.MustCompile(`不低于|不高于|不少于|不小于|不大于|不超过|低于|高于|小于|大于|达到|以上|以下|以内|(?i:\b(?:no|not) (?:less|more|lower|higher|greater|fewer) than\b|\b(?:at least|at most|below|above|less than|more than|up to|or more|or less)\b)|[≥≤<>=＜＞＝]`)

// Subject is what a requirement says without the amount that it asks for: that is held
// against claims. Among the words of a need 不低于 25 would be what all needs share.
func (r Requirement) Subject() text.Text {
	var out text.Text
	for _, w := range r.worded() {
		if w.locale == text.Chinese {
			out.Zh = w.subject()
		} else {
			out.En = w.subject()
		}
	}
	return out
}

func (r requirement) subject() string {
	if r.threshold == "" {
		return strings.TrimSpace(r.criterion + " " + r.metric)
	}
	criterion := r.criterion
	if at := strings.LastIndex(criterion, r.threshold); at >= 0 {
		before, behind := criterion[:at], criterion[at+len(r.threshold):]
		if !strings.ContainsAny(before[max(0, len(before)-1):], numeral) && !strings.ContainsAny(behind[:min(1, len(behind))], numeral) {
			criterion = before + " " + strings.TrimPrefix(strings.TrimLeft(behind, " "), r.unit)
		}
	}
	return strings.Join(strings.Fields(boundRE.ReplaceAllString(criterion, " ")+" "+r.metric), " ")
}

// numeral is what a number is written with.
const numeral = "0123456789.,"

// longestName is how many characters the name of a metric has at most that is read
// from a criterion.
const longestName = 16

// namesOf are the names of what a requirement measures: that of its metric, and that
// with which its criterion begins, unless that is a wider one.
func (r requirement) namesOf(analyse Analyser) []metric {
	head := r.criterion
	if at := comparingRE.FindStringIndex(head); at != nil {
		head = head[:at[0]]
	}
	if r.metric == "" {
		return []metric{metricOf(analyse, r.criterion)}
	}
	names := []metric{metricOf(analyse, r.metric)}
	if n := utf8.RuneCountInString(head); n > 1 && n <= longestName {
		if other := metricOf(analyse, head); !holds(names[0].parts, other.parts) && len(other.parts) > 0 {
			other.figures = append(other.figures, names[0].figures...)
			names = append(names, other)
		}
	}
	return names
}
