package reading

import (
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"chengqiao/internal/need"
	"chengqiao/internal/quantity"
	"chengqiao/internal/text"
)

const (
	maxRequirements  = 50
	longestCriterion = 300 // characters
	// longestName and its like in words bound the name of what is measured.
	longestName      = 16
	longestNameWords = 7
	longestClause    = 400 // bytes of a clause in which a measure is looked for
	mostNumbers      = 8   // of a clause that are looked at
	longestThreshold = 13  // digits before and nine behind the point are what the form takes
)

var (
	// boundRE are words before a number that bound it: from below, from above, and, less
	// surely meant as a requirement, again from below and from above.
	boundRE = regexp.MustCompile(`(?i)(≥|≧|⩾|>=|≮|不低于|不少于|不小于|大于或?等于|至少|至少为|最低|at least|no(?:t)? (?:be )?(?:less|fewer|lower) than|minimum(?: of)?|min\.)|(≤|≦|⩽|<=|≯|不高于|不超过|不大于|不多于|小于或?等于|至多|控制在|降至|降低到|降低至|降到|下降到|下降至|减少到|减少至|缩短到|缩短至|at most|no(?:t)? (?:be )?(?:more|greater|higher) than|not exceed(?:ing)?|must not exceed|up to|maximum(?: of)?|max\.|reduced to|cut to|lowered to)|(>|大于|高于|超过|多于|优于|达到|达|提高到|提高至|提升到|提升至|增至|增加到|延长到|延长至|above|over|more than|(?:greater|higher|longer) than|exceeding|reach(?:es|ing)?|raised to|improved to)|(<|小于|低于|少于|below|under|less than|lower than|within)`)
	// behindNumberRE bounds a number from behind.
	behindNumberRE = regexp.MustCompile(`(?i)^\s*(?:(及?以上|或以上|or (?:more|higher|above)|and above|\+)|(及?以下|或以下|以内|之内|or (?:less|lower|below)|and below))`)
	numberRE       = regexp.MustCompile(`[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?|[+-]?\d{1,12}(?:\.\d{1,9})?`)
	spanRE         = regexp.MustCompile(`^\s*(?:[~至到]|—+|–|-|to\b)\s*`)
	// wishRE tells of a sentence that it says what is wanted.
	wishRE = regexp.MustCompile(`(?i)要求|需要|需求|急需|亟需|必须|应当|应该|(?:需|应|须)(?:不|达|能|具|满足|在|为|有|可|保|控|低|高|≥|≤)|希望|期望|目标|实现|达到|保证|确保|力争|拟(?:达|采用|开发|研发|引进)|寻求|寻找|求购|想|指标|能够|\b(?:must|should|shall|need|needs|want|require|required|requires|target|goal|achieve|expect|looking for|seeking|aim)\b`)
	// softRE tells of a requirement that it need not be met.
	softRE = regexp.MustCompile(`(?i)优先|最好|尽量|尽可能|为宜|可选|加分|更佳|\b(?:preferably|ideally|desirable|nice to have|optional|preferred|would be welcome|if possible|should ideally)\b`)
	// askerRE tells of a sentence that it speaks of who asks or who may answer.
	askerRE = regexp.MustCompile(`(?i)年产|年销|年产值|产值|营业|销售|注册资本|占地|员工|职工|总投资|资产|成立|从业|经验|案例|业绩|团队|资质|拥有|\b(?:employees|turnover|revenue|founded|staff|experience)\b`)
	// prefaceRE is what stands before a list of requirements and asks for nothing.
	prefaceRE = regexp.MustCompile(`(?i)^(?:主要|具体|技术|相关|如下|以下|要求|指标|性能|参数|需|应|须|满足|达到|需要|的|为|包括|:|\s|the|following|requirements?|are|as|follows|must|be|met)*$`)
)

// measured is what a clause asks to be measured.
type measured struct {
	name   string
	limits []limit
}

type limit struct{ operator, threshold, unit string }

// readRequirements reads criteria: each item under a heading of requirements, and of other
// text what is plainly asked for with a number.
func (d *draft) readRequirements(pieces []piece, sentences []sentence) {
	for _, p := range pieces {
		if p.label == "requirements" && !p.value.empty() && !d.isHidden(p.value) && d.readItems(p) {
			d.understood[p.line] = true
		}
	}
	for i, s := range sentences {
		if s.label == "requirements" || s.label == "introduction" {
			continue
		}
		goal := s.label == "expected_goal" || s.label == "technical_key"
		// What is wanted is said from here on, until something is said of what there is or
		// of who asks.
		wanted, aside := goal || i > 0 && asksAbove(d.of(sentences[i-1].stretch)), false
		for _, clause := range d.clauses(s.stretch) {
			said := d.of(clause)
			switch {
			case nowRE.MatchString(said) || askerRE.MatchString(said):
				wanted, aside = false, true
			case goal || wishRE.MatchString(said):
				wanted, aside = true, false
			}
			if !aside {
				d.readProse(clause, wanted)
			}
		}
	}
}

// asksAbove tells whether a sentence asks for what stands below it: 要求如下：.
func asksAbove(s string) bool { return strings.HasSuffix(s, ":") && wishRE.MatchString(s) }

// clauses are those of a sentence; figures that a 、 sets apart are clauses of their own.
func (d *draft) clauses(s stretch) []stretch {
	var out []stretch
	for _, c := range d.cut(s, endsClause) {
		parts := d.cut(c, func(_, r, _ rune) bool { return r == '、' })
		apart := len(parts) > 1
		for _, p := range parts {
			if _, ok := d.measure(p); !ok {
				apart = false
				break
			}
		}
		if !apart {
			parts = []stretch{c}
		}
		for _, p := range parts {
			out = append(out, d.conjoined(p)...)
		}
	}
	return out
}

// andRE joins two measures in English.
var andRE = regexp.MustCompile(`(?i)\s(?:and|with)\s`)

// conjoined are the measures that an "and" joins, where each is one.
func (d *draft) conjoined(s stretch) []stretch {
	for _, at := range andRE.FindAllStringIndex(d.of(s), -1) {
		first, second := d.trim(stretch{s.start, s.start + at[0]}, ""), d.trim(stretch{s.start + at[1], s.end}, "")
		_, a := d.measure(first)
		_, b := d.measure(second)
		if a && b {
			return append([]stretch{first}, d.conjoined(second)...)
		}
	}
	return []stretch{s}
}

// readItems reads a line under a heading of requirements: each of its sentences becomes
// one, or as many as it has measures, and no word of it is lost.
func (d *draft) readItems(p piece) bool {
	if prefaceRE.MatchString(d.of(p.value)) {
		return true
	}
	type found struct {
		at stretch
		m  measured
	}
	var all []found
	for _, item := range d.cut(p.value, endsSentence) {
		for _, item := range d.marked(item) {
			item = d.withoutMark(item)
			from := item.start
			begun := len(all)
			for _, clause := range d.clauses(item) {
				m, ok := d.measure(clause)
				switch {
				case ok && !d.isMeasured(clause):
				case strings.ContainsFunc(d.of(clause), unicode.IsDigit) && len(all) > begun: // a figure of its own
					all, m = append(all, found{at: stretch{from, clause.end}}), measured{}
					from = clause.end
					continue
				default:
					continue
				}
				all = append(all, found{stretch{from, clause.end}, m})
				from = clause.end
			}
			if len(all) == begun {
				all = append(all, found{at: item})
			} else {
				all[len(all)-1].at.end = item.end
			}
		}
	}
	count := 0
	for _, f := range all {
		count += max(1, len(f.m.limits))
		if utf8.RuneCountInString(d.of(f.at)) > longestCriterion {
			return false
		}
	}
	if len(d.out.Content.Requirements)+count > maxRequirements {
		return false
	}
	for _, f := range all {
		if at := d.trim(f.at, ",、;。"); !text.Blank(d.of(at)) {
			d.require(at, f.m)
		}
	}
	return true
}

// marked are the items that numbers begin on one line: 1、…2、….
func (d *draft) marked(s stretch) []stretch {
	var out []stretch
	start := s.start
	for _, at := range inlineMarkRE.FindAllStringSubmatchIndex(d.of(s), -1) {
		if at := s.start + at[2]; at > start {
			out = append(out, d.trim(stretch{start, at}, ""))
			start = at
		}
	}
	out = append(out, d.trim(stretch{start, s.end}, ""))
	return slices.DeleteFunc(out, stretch.empty)
}

var inlineMarkRE = regexp.MustCompile(`(?:^|[^\d.,(])(\d{1,2}[、)]\s*|\(\d{1,2}\)|[\x{2460}-\x{2473}])`)

// readProse reads a clause of running text.
func (d *draft) readProse(clause stretch, wished bool) {
	folded := d.of(clause)
	m, ok := d.measure(clause)
	if !ok || len(d.out.Content.Requirements)+len(m.limits) > maxRequirements || d.isMeasured(clause) || spendsRE.MatchString(folded) {
		return
	}
	if wished || strongRE.MatchString(folded) {
		d.require(d.trim(clause, ",、;。"), m)
	}
}

// strongRE bounds as only a requirement does.
var strongRE = regexp.MustCompile(`(?i)[≥≤≧≦]|>=|<=|不低于|不少于|不小于|不高于|不超过|不大于|at least|at most|(?:no|not) (?:be )?(?:less|more|lower|higher) than|not exceed`)

func (d *draft) isMeasured(s stretch) bool {
	return slices.ContainsFunc(d.measured, func(m stretch) bool { return m.meets(s) })
}

// require proposes a criterion, once for each of its limits.
func (d *draft) require(at stretch, m measured) {
	c := &d.out.Content
	level := need.Must
	if softRE.MatchString(d.of(at)) {
		level = need.Should
	}
	add := func(r need.Requirement) {
		if slices.ContainsFunc(c.Requirements, func(other need.Requirement) bool {
			return other.Criterion == r.Criterion && other.Operator == r.Operator || r.Threshold != "" && other.Metric == r.Metric && other.Operator == r.Operator && other.Threshold == r.Threshold && other.Unit == r.Unit
		}) {
			return
		}
		c.Requirements = append(c.Requirements, r)
		d.from("requirements["+strconv.Itoa(len(c.Requirements)-1)+"]", "", at)
	}
	criterion := d.inLanguage(strings.Join(strings.Fields(d.said(at)), " "))
	if criterion.En != "" {
		criterion = d.titled(criterion.En)
	}
	if len(m.limits) == 0 {
		add(need.Requirement{Criterion: criterion, Level: level})
	}
	metric := text.Zh(m.name)
	if criterion.Zh == "" {
		metric = d.titled(m.name)
	}
	for _, l := range m.limits {
		add(need.Requirement{Criterion: criterion, Metric: metric, Operator: l.operator, Threshold: l.threshold, Unit: l.unit, Level: level})
	}
}

// measure reads what a clause asks to be measured: a name, how it is bounded, a number
// and a unit. ok is false where one of them is not sure.
func (d *draft) measure(clause stretch) (m measured, ok bool) {
	if clause.end-clause.start > longestClause {
		return measured{}, false
	}
	s := d.of(clause)
	for _, number := range numberRE.FindAllStringIndex(s, mostNumbers) {
		if m, ok := measureAt(s, number[0], number[1]); ok {
			return m, true
		}
	}
	return measured{}, false
}

// measureAt reads the measure of which a number is the first.
func measureAt(s string, start, end int) (measured, bool) {
	if before, _ := utf8.DecodeLastRuneInString(s[:start]); unicode.Is(unicode.Latin, before) || before == '.' || unicode.IsDigit(before) {
		return measured{}, false // PM2.5, H2S
	}
	head, operator, plusMinus := leading(s[:start])
	value := s[start:end]
	rest := s[end:]
	unit := quantity.LeadingUnit(rest)
	second := ""
	behind := rest[unit:]
	if span := spanRE.FindString(behind); span != "" && !plusMinus {
		if n := numberRE.FindStringIndex(behind[len(span):]); n != nil && n[0] == 0 {
			second = behind[len(span) : len(span)+n[1]]
			rest = behind[len(span)+n[1]:]
			if behindUnit := quantity.LeadingUnit(rest); behindUnit > 0 {
				unit, behind = behindUnit, rest[behindUnit:]
			} else {
				unit, behind = 0, rest
			}
		}
	}
	unitName := strings.TrimSpace(rest[:unit])
	if b := behindNumberRE.FindStringSubmatch(behind); b != nil {
		behind = behind[len(b[0]):]
		switch {
		case b[1] != "" && (operator == "" || operator == ">="):
			operator = ">="
		case b[2] != "" && (operator == "" || operator == "<="):
			operator = "<="
		default:
			return measured{}, false
		}
	}
	name := nameIn(head)
	if strings.HasSuffix(strings.TrimSpace(s[:start]), "零下") { // the sign is not read here
		return measured{}, false
	}
	if calendarRE.MatchString(value + unitName) {
		return measured{}, false
	}
	if name == "" || !endsThere(behind) || unitName == "" && !countRE.MatchString(name) {
		return measured{}, false
	}
	// How the same is read where claims are held against it tells what it means.
	bounds, _, ok := quantity.Parse(spelt(value, second, unitName))
	if !ok {
		return measured{}, false
	}
	m := measured{name: name}
	add := func(operator string, number *big.Rat) {
		if t, ok := decimal(number); ok {
			m.limits = append(m.limits, limit{operator, t, unitName})
		}
	}
	switch {
	case second != "" && operator == "" && bounds.Low != nil && bounds.High != nil && bounds.Low.Cmp(bounds.High) < 0:
		low, high := ">=", "<="
		if quantity.Serving(name, unitName) {
			low, high = high, low // what serves from -20 to 60 ℃ serves at both
		}
		add(low, bounds.Low)
		add(high, bounds.High)
	case second != "":
	case plusMinus:
		add("<=", bounds.High)
	case operator != "":
		add(operator, bounds.Low)
	}
	return m, len(m.limits) > 0
}

// calendarRE is a year, and no number of years.
var calendarRE = regexp.MustCompile(`^(?:19|20)\d\d年$`)

// spelt is a value as quantity reads it.
func spelt(value, second, unit string) string {
	if second == "" {
		return value + " " + unit
	}
	return value + "~" + second + " " + unit
}

// decimal writes a number as a threshold; ok is false where it would have to be rounded.
func decimal(r *big.Rat) (string, bool) {
	s := r.FloatString(9)
	s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	back, ok := new(big.Rat).SetString(s)
	if !ok || back.Cmp(r) != 0 || len(strings.TrimPrefix(strings.SplitN(s, ".", 2)[0], "-")) >= longestThreshold {
		return "", false
	}
	return s, true
}

// leading is what stands before a number without the words that bound it, and the
// operator that they mean.
func leading(before string) (head, operator string, plusMinus bool) {
	head = strings.TrimRight(before, " :")
	for _, sign := range []string{"±", "+/-"} {
		if cut, found := strings.CutSuffix(head, sign); found {
			head, plusMinus = cut, true
		}
	}
	at := lastBound(head)
	if at == nil {
		return head, "", plusMinus
	}
	operator = "<="
	if at[2] >= 0 || at[6] >= 0 {
		operator = ">="
	}
	return head[:at[0]], operator, plusMinus
}

// longestBound is how many bytes a word that bounds has at most.
const longestBound = 30

// lastBound is the bound with which a text ends.
func lastBound(s string) []int {
	s = strings.TrimRight(s, " :为约")
	from := max(0, len(s)-longestBound)
	for from > 0 && !utf8.RuneStart(s[from]) {
		from--
	}
	all := boundRE.FindAllStringSubmatchIndex(s[from:], -1)
	if len(all) == 0 || from+all[len(all)-1][1] != len(s) {
		return nil
	}
	last := all[len(all)-1]
	for i := range last {
		if last[i] >= 0 {
			last[i] += from
		}
	}
	return last
}

var (
	// leadWordsRE are words before the name of what is measured, trailWordsRE behind it.
	leadWordsRE  = regexp.MustCompile(`^(?:要求|并且|同时|其中|使得|实现|保证|确保|满足|能够|可以|需要|应当|必须|以及|希望|期望|目标是?|力争|争取|做到|达到|主要指标|技术指标|求购|寻求|寻找|急需|且|但|则|将|把|及|和|与|的|其(?:中)?|[,、:\s])+`)
	trailWordsRE = regexp.MustCompile(`(?:应|需|要求?|能够?|可以?|须|必须|为|是|在|控制|保持|维持|稳定|均|都|不|约|大约|做到|要|至|到|[:\s,(])+$`)
	// comparedRE is what something is compared with: 较现有工艺.
	comparedRE = regexp.MustCompile(`(?:较|比|相比|对比)(?:于)?[^,降提减增缩延节]{0,12}?(降低|下降|减少|提高|提升|增加|缩短|延长|节约|节省)$`)
	sentenceRE = regexp.MustCompile(`我们|我厂|公司|目前|现有|已经|因为|由于|但是|如果|问题|的时候|之后|以后|[。;,]`)
	wordBreak  = regexp.MustCompile(`(?i)^(?:an?|the|with|and|need|needs|want|wants|achieve|achieves|reach|have|has|had|ensure|for|that|which|whose|its|must|should|shall|we|our|it|to|is|are|be|of|at|by|will|can|a|where|keep|keeps|remain|remains|stay|stays|giving|give|gives|deliver|delivers|bring|required|require|requires|not|does|do|:|-)$`)
	inName     = regexp.MustCompile(`(?i)^(?:of|per|at|to|in)$`)
)

// oneWord are characters that stand before a name, and those behind them with which they
// are one word: 需 and 需氧量, 使 and 使用寿命.
var oneWord = map[rune]string{'需': "氧求", '使': "用", '应': "力变急答", '并': "网联发", '在': "线位用役", '对': "比流称数焊", '能': "耗量效源力级谱", '可': "靠溶见用燃调吸再追", '要': "素", '须': ""}

// withoutLead is the name of a metric without the words that stand before it.
func withoutLead(s string) string {
	for {
		short := leadWordsRE.ReplaceAllString(s, "")
		first, size := utf8.DecodeRuneInString(short)
		next, _ := utf8.DecodeRuneInString(short[size:])
		if joined, ok := oneWord[first]; ok && !strings.ContainsRune(joined, next) {
			short = short[size:]
		}
		if short == s {
			return s
		}
		s = short
	}
}

// nameIn is the name of what is measured, with which the words before a number end; ""
// where there is none that is plainly one.
func nameIn(head string) string {
	head = strings.TrimRight(head, " :=")
	if !text.Han(head) {
		return englishName(head)
	}
	change := ""
	if m := comparedRE.FindStringSubmatchIndex(head); m != nil {
		change = head[m[2]:m[3]]
		head = head[:m[0]]
	}
	head = trailWordsRE.ReplaceAllString(head, "")
	head = withoutLead(markRE.ReplaceAllString(head, ""))
	head += change
	n := utf8.RuneCountInString(head)
	if n < 2 || n > longestName || sentenceRE.MatchString(head) || !strings.ContainsFunc(head, unicode.IsLetter) || strings.Trim(head, "降低提高升减少增加缩短延长节约省下") == "" {
		return ""
	}
	return strings.TrimSpace(head)
}

func englishName(head string) string {
	words := strings.Fields(strings.Trim(head, " :=-•*"))
	for len(words) > 0 && (wordBreak.MatchString(strings.Trim(words[len(words)-1], ":,"))) {
		words = words[:len(words)-1]
	}
	var name []string
	for i := len(words) - 1; i >= 0; i-- {
		w := strings.Trim(words[i], ":,()")
		if wordBreak.MatchString(w) && !(inName.MatchString(w) && i > 0 && len(name) > 0) || strings.HasSuffix(words[i], ":") && len(name) > 0 {
			break
		}
		name = append([]string{w}, name...)
	}
	for len(name) > 0 && (inName.MatchString(name[0]) || wordBreak.MatchString(name[0])) {
		name = name[1:]
	}
	out := strings.Join(name, " ")
	if len(name) == 0 || len(name) > longestNameWords || !strings.ContainsFunc(out, unicode.IsLetter) || verbOnly.MatchString(out) {
		return ""
	}
	return out
}

// verbOnly is a verb that was taken for a name.
var verbOnly = regexp.MustCompile(`(?i)^(?:treat|process|handle|use|uses|make|produce|operate|work|works|cost|costs|less|more|about|serves|serve|lasts?|still|only)$`)

// endsThere tells whether what stands behind a measure adds nothing to it that could
// change it.
func endsThere(behind string) bool {
	return behindRestRE.MatchString(behind)
}

var behindRestRE = regexp.MustCompile(`(?i)^(?:\s|[.。;,!)]|左右|的?要求|的?水平|\([^()]*\)?|为宜|最好|优先|更佳|条件下|的\p{Han}{1,10}$|的|preferably|ideally|if possible|is preferred|preferred|or better|per cent|are required|is required|required)*$`)

// countRE is how names end of what has no unit: a pH, a ratio, a count.
var countRE = regexp.MustCompile(`(?i)(?:^|[^a-z])ph值?$|系数$|比$|次数$|数量$|倍数$|指数$|数$|\b(?:ph|ratio|factor|index|number|count|cop)$`)
