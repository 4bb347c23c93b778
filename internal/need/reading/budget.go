package reading

import (
	"math/big"
	"regexp"
	"strings"

	"chengqiao/internal/money"
)

var (
	amountRE = regexp.MustCompile(`(?i)(rmb|cny|¥|人民币|us\$|usd|eur|gbp|hk\$|\$|€|£)?\s*(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,12}(?:\.\d{1,4})?)\s*(千万|百万|亿|万|千|million|m\b|thousand|k\b)?\s*(人民币|元|块|rmb|cny|yuan|美元|美金|欧元|英镑|港元|港币|日元|卢布|坚戈|usd|eur|dollars?|euros?)?`)
	// betweenRE stands between the two ends of a range of amounts.
	betweenRE = regexp.MustCompile(`^\s*(?:~|至|到|-|—+|–|to\b|and\b)\s*$`)
	atMostRE  = regexp.MustCompile(`(?i)不超过|不高于|不大于|最高|上限|至多|≤|<|up to|at most|not exceeding|no more than|maximum|max\.?|within|below`)
	atLeastRE = regexp.MustCompile(`(?i)不低于|不少于|最低|下限|至少|≥|>|at least|no less than|from|minimum`)
	behindRE  = regexp.MustCompile(`^\s*(?:人民币|元)?\s*(以内|以下|之内|内|以上|起)`)
	// wholeRE is what an amount may have around it and be all that is said.
	wholeRE = regexp.MustCompile(`(?i)^(?:[\s,.。;:约()（）]|预算|大约|左右|人民币|不超过|不高于|最高|上限|不低于|不少于|最低|至少|为|在|以内|以下|之内|以上|起|≤|≥|<|>|up to|at most|not exceeding|no more than|at least|about|approx\.?|between|from|total|in all|合计|共计|总计)*$`)
	// spendsRE tells of a sentence that it speaks of what the need may cost.
	spendsRE = regexp.MustCompile(`(?i)预算|经费|(?:研发|合作|项目|攻关)(?:资金|费用)|(?:拟|计划|预计|愿|愿意|可)(?:投入|出资|支付)|揭榜(?:金额|资金)|悬赏|酬金|\bbudget|\bfunding|willing to (?:pay|invest)`)
	unitRE   = regexp.MustCompile(`[(\[](?:单位:?)?(?:人民币)?(万元|元|亿元)[)\]]`)
)

var (
	multiples = map[string]int64{"": 1, "千": 1e3, "thousand": 1e3, "k": 1e3, "万": 1e4, "百万": 1e6, "million": 1e6, "m": 1e6, "千万": 1e7, "亿": 1e8}
	ofCNY     = map[string]bool{"": true, "人民币": true, "元": true, "块": true, "rmb": true, "cny": true, "yuan": true, "¥": true}
)

// sum is an amount as it was written.
type sum struct {
	stretch
	number *big.Rat
	scale  string
	// yuan tells that its currency is said or, with 万, meant to be CNY; foreign that it
	// is another one.
	yuan, foreign bool
}

func (d *draft) sums(s stretch) []sum {
	var out []sum
	folded := d.of(s)
	for _, at := range amountRE.FindAllStringSubmatchIndex(folded, -1) {
		group := func(i int) string {
			if at[2*i] < 0 {
				return ""
			}
			return strings.ToLower(folded[at[2*i]:at[2*i+1]])
		}
		number, ok := new(big.Rat).SetString(strings.ReplaceAll(group(2), ",", ""))
		if !ok {
			continue
		}
		before, behind := group(1), group(4)
		out = append(out, sum{
			stretch: stretch{s.start + at[0], s.start + at[1]}, number: number, scale: group(3),
			foreign: !ofCNY[before] || !ofCNY[behind],
			yuan:    before != "" || behind != "" || strings.ContainsAny(group(3), "千万亿"),
		})
	}
	return out
}

// fen is an amount of money; ok is false where it is none that the program can hold.
func (s sum) fen(scale string) (money.Amount, bool) {
	fen := new(big.Rat).Mul(s.number, new(big.Rat).SetInt64(multiples[scale]*100))
	if !fen.IsInt() || !fen.Num().IsInt64() || fen.Num().Int64() > money.MaxWritten || fen.Sign() <= 0 {
		return money.Amount{}, false
	}
	return money.Fen(fen.Num().Int64()), true
}

// budgetOf reads a stretch that speaks of the budget; all tells that it says nothing else.
func (d *draft) budgetOf(s stretch, heading, label string) (all bool) {
	if d.has("budget_min") && d.has("budget_max") || label == "budget" && (d.has("budget_min") || d.has("budget_max")) {
		return false
	}
	if s.end-s.start > longestSentence {
		return false
	}
	sums := d.sums(s)
	if len(sums) == 0 {
		return false
	}
	unit := "" // 预算(万元): 80
	if m := unitRE.FindStringSubmatch(heading); m != nil {
		unit = m[1]
	}
	for i := range sums {
		if unit != "" && !sums[i].yuan {
			sums[i].yuan, sums[i].scale = true, strings.TrimSuffix(unit, "元")
		}
	}
	first, last := d.firstOf(sums)
	if first == nil || first.foreign || last.foreign {
		return false
	}
	scale := first.scale
	if last != first && scale == "" && !strings.ContainsAny(d.of(first.stretch), "元¥") {
		scale = last.scale // 50-80万元
	}
	low, ok := first.fen(scale)
	high, okHigh := last.fen(last.scale)
	if !ok || !okHigh || last != first && high.Fen() < low.Fen() {
		return false
	}
	whole := stretch{first.start, last.end}
	before, behind := d.folded[s.start:whole.start], d.folded[whole.end:s.end]
	if m := behindRE.FindStringSubmatch(behind); m != nil {
		before += m[1]
	}
	propose := func(path string, amount money.Amount) {
		if d.has(path) {
			return
		}
		if path == "budget_min" {
			d.out.Content.BudgetMin = &amount
		} else {
			d.out.Content.BudgetMax = &amount
		}
		d.from(path, "", whole)
	}
	switch {
	case last != first:
		propose("budget_min", low)
		propose("budget_max", high)
	case label == "budget_min", label == "budget" && (atLeastRE.MatchString(before) || strings.HasSuffix(before, "以上") || strings.HasSuffix(before, "起")) && !atMostRE.MatchString(before):
		propose("budget_min", low)
	default:
		propose("budget_max", high)
	}
	d.measured = append(d.measured, whole)
	return len(sums) == map[bool]int{true: 2, false: 1}[last != first] && wholeRE.MatchString(d.folded[s.start:whole.start]) && wholeRE.MatchString(d.folded[whole.end:s.end])
}

// firstOf is the first amount of money among numbers, or the two ends of the first range
// of them; nil for none.
func (d *draft) firstOf(sums []sum) (first, last *sum) {
	for i := range sums {
		last = &sums[i]
		if i+1 < len(sums) && betweenRE.MatchString(d.folded[sums[i].end:sums[i+1].start]) {
			last = &sums[i+1]
		}
		if sums[i].yuan || last.yuan {
			return &sums[i], last
		}
	}
	return nil, nil
}

// readBudget reads the budget in sentences that speak of it.
func (d *draft) readBudget(sentences []sentence) {
	for _, s := range sentences {
		at := spendsRE.FindStringIndex(d.of(s.stretch))
		if at == nil || s.label == "introduction" {
			continue
		}
		for _, clause := range d.cut(s.stretch, endsClause) {
			if clause.end > s.start+at[0] && !d.has("budget_min") && !d.has("budget_max") {
				clause.start = max(clause.start, s.start+at[0])
				d.budgetOf(clause, "", "budget")
			}
		}
	}
}
