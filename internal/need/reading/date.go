package reading

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"chengqiao/internal/clock"
)

var (
	dayRE     = regexp.MustCompile(`(20\d\d)\s?[年./-]\s?(\d{1,2})\s?[月./-]\s?(\d{1,2})\s?[日号]?`)
	monthRE   = regexp.MustCompile(`((20\d\d|今|明|后|本)年\s?(\d{1,2})\s?月份?)(\s?(?:底|末)|\s?(?:初|上旬|中旬|下旬|中)|\s?\d)?(\s?(?:之?前|以前))?`)
	yearRE    = regexp.MustCompile(`(20\d\d|今|明|后|本|当)年\s?(?:(年?底|年?末|内)|(上半年|一季度|第一季度|二季度|第二季度|三季度|第三季度|四季度|第四季度|下半年))`)
	yearEndRE = regexp.MustCompile(`(?:^|[^\p{Han}\d])年底(?:之?前)?`)
	shortRE   = regexp.MustCompile(`(?:^|[^\d年])((\d{1,2})\s?月\s?(\d{1,2})\s?[日号])`)
	shortEnd  = regexp.MustCompile(`(?:^|[^\d年])((\d{1,2})\s?月\s?[底末])`)
	periodRE  = regexp.MustCompile(`(\d{1,3}|[一二两三四五六七八九十]{1,3}|半)\s?个?\s?(年|月|周|星期|天|日)(半)?\s?(?:之内|以内|内)?`)
	// dayBehindRE is the day behind a month.
	dayBehindRE = regexp.MustCompile(`^\s?(\d{1,2})\s?[日号]`)
	englishRE   = regexp.MustCompile(`(?i)\b(?:(\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?,?\s+(20\d\d)|(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(20\d\d)|end\s+of\s+(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?,?\s+(20\d\d)|end\s+of\s+(20\d\d))\b`)
	monthsRE    = regexp.MustCompile(`(?i)\b(\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|twelve|eighteen)\s+(days?|weeks?|months?|years?)\b`)
)

// What a sentence speaks of that has a date.
var (
	offersRE   = regexp.MustCompile(`(?i)截止|征集至|有效期|报名|应征|应答|揭榜申请|申报材料|反馈|前(?:与我|联系|回复|提交)|\bdeadline|(?:respond|reply|apply|answer|submit)\b|offers? (?:are )?(?:due|by|until)|proposals? (?:are )?due|closing date`)
	completeRE = regexp.MustCompile(`(?i)完成|交付|投产|投用|投运|竣工|验收|结题|落地|上线|解决|建成|实现|见效|量产|(?:项目|研发|实施|开发)周期|工期|\bcomplet|\bdeliver|\bfinish|in operation|commission(?:ed|ing)|\bduration|\binstalled|\brunning by|up and running|in place by|\bready by`)
	// pastRE tells of a sentence that it speaks of what has been.
	pastRE = regexp.MustCompile(`(?i)成立|始建|建于|投产于|已于|已经?完成|曾|自20|以来|获得|通过了|完成了|已投产|founded|since|established|was (?:built|completed)`)
	// withinRE makes a period one that ends when it is over, counted from now.
	withinRE = regexp.MustCompile(`(?i)(?:之内|以内|内)\s*$`)
)

// dated is a date in a text.
type dated struct {
	stretch
	day clock.Date
	// counted tells that it was counted from today.
	counted bool
}

// dates are those of a stretch in order, each the last day that is meant.
func (d *draft) dates(s stretch) []dated {
	folded := d.of(s)
	year, _ := strconv.Atoi(string(d.today[:4]))
	var out []dated
	add := func(start, end int, day clock.Date, counted bool) {
		at := stretch{s.start + start, s.start + end}
		if day == "" || end <= start {
			return
		}
		for _, known := range out {
			if known.meets(at) {
				return
			}
		}
		i := len(out)
		for i > 0 && out[i-1].start > at.start {
			i--
		}
		out = append(out[:i], append([]dated{{at, day, counted}}, out[i:]...)...)
	}
	for _, m := range dayRE.FindAllStringSubmatchIndex(folded, -1) {
		if !digitAt(folded, m[0]-1) && !digitAt(folded, m[1]) {
			add(m[0], m[1], day(folded[m[2]:m[3]], folded[m[4]:m[5]], folded[m[6]:m[7]]), false)
		}
	}
	for _, m := range monthRE.FindAllStringSubmatchIndex(folded, -1) {
		rest := ""
		if m[8] >= 0 {
			rest = strings.TrimSpace(folded[m[8]:m[9]])
		}
		before := m[10] >= 0
		which := yearOf(folded[m[4]:m[5]], year)
		switch {
		case rest != "" && rest[0] >= '0' && rest[0] <= '9': // 明年6月15日
			if n := dayBehindRE.FindStringSubmatchIndex(folded[m[3]:]); n != nil {
				add(m[2], m[3]+n[1], day(strconv.Itoa(which), folded[m[6]:m[7]], folded[m[3]+n[2]:m[3]+n[3]]), false)
			}
		case rest == "底" || rest == "末":
			add(m[2], m[9], monthEnd(which, folded[m[6]:m[7]]), false)
		case rest == "" && !before:
			add(m[2], m[3], monthEnd(which, folded[m[6]:m[7]]), false)
		}
	}
	for _, m := range yearRE.FindAllStringSubmatchIndex(folded, -1) {
		which := yearOf(folded[m[2]:m[3]], year)
		month := 12
		if m[6] >= 0 {
			switch part := strings.TrimPrefix(folded[m[6]:m[7]], "第"); part {
			case "一季度":
				month = 3
			case "上半年", "二季度":
				month = 6
			case "三季度":
				month = 9
			}
		}
		add(m[0], m[1], monthEnd(which, strconv.Itoa(month)), false)
	}
	for _, m := range yearEndRE.FindAllStringIndex(folded, -1) {
		start := m[0] + strings.Index(folded[m[0]:m[1]], "年底")
		add(start, m[1], monthEnd(year, "12"), false)
	}
	for _, m := range shortRE.FindAllStringSubmatchIndex(folded, -1) {
		add(m[2], m[3], d.next(func(y int) clock.Date {
			return day(strconv.Itoa(y), folded[m[4]:m[5]], folded[m[6]:m[7]])
		}, year), false)
	}
	for _, m := range shortEnd.FindAllStringSubmatchIndex(folded, -1) {
		add(m[2], m[3], d.next(func(y int) clock.Date { return monthEnd(y, folded[m[4]:m[5]]) }, year), false)
	}
	for _, m := range englishRE.FindAllStringSubmatch(folded, -1) {
		at := strings.Index(folded, m[0])
		var on clock.Date
		switch {
		case m[3] != "":
			on = day(m[3], monthNamed(m[2]), m[1])
		case m[6] != "":
			on = day(m[6], monthNamed(m[4]), m[5])
		case m[8] != "":
			y, _ := strconv.Atoi(m[8])
			on = monthEnd(y, monthNamed(m[7]))
		default:
			y, _ := strconv.Atoi(m[9])
			on = monthEnd(y, "12")
		}
		add(at, at+len(m[0]), on, false)
	}
	for _, m := range periodRE.FindAllStringSubmatchIndex(folded, -1) {
		half := m[6] >= 0
		if n, ok := counted(folded[m[2]:m[3]]); ok {
			add(m[0], m[1], d.after(n, half, folded[m[4]:m[5]]), true)
		}
	}
	for _, m := range monthsRE.FindAllStringSubmatchIndex(folded, -1) {
		if n, ok := counted(strings.ToLower(folded[m[2]:m[3]])); ok {
			add(m[0], m[1], d.after(n, false, strings.ToLower(folded[m[4]:m[5]])), true)
		}
	}
	return out
}

func digitAt(s string, i int) bool { return i >= 0 && i < len(s) && s[i] >= '0' && s[i] <= '9' }

// day is a date that there is; "" for none.
func day(year, month, dayOfMonth string) clock.Date {
	two := func(s string) string {
		if len(s) == 1 {
			return "0" + s
		}
		return s
	}
	out, err := clock.ParseDate(year + "-" + two(month) + "-" + two(dayOfMonth))
	if err != nil {
		return ""
	}
	return out
}

// monthEnd is the last day of a month.
func monthEnd(year int, month string) clock.Date {
	m, err := strconv.Atoi(month)
	if err != nil || m < 1 || m > 12 {
		return ""
	}
	return clock.Date(time.Date(year, time.Month(m)+1, 0, 0, 0, 0, 0, time.UTC).Format(time.DateOnly))
}

func monthNamed(name string) string {
	at := strings.Index("janfebmaraprmayjunjulaugsepoctnovdec", strings.ToLower(name[:3]))
	return strconv.Itoa(at/3 + 1)
}

func yearOf(s string, now int) int {
	switch s {
	case "今", "本", "当":
		return now
	case "明":
		return now + 1
	case "后":
		return now + 2
	}
	y, _ := strconv.Atoi(s)
	return y
}

// next is the first date of a year, this one or the next, that is not past.
func (d *draft) next(of func(year int) clock.Date, year int) clock.Date {
	if on := of(year); on >= d.today {
		return on
	}
	return of(year + 1)
}

// numerals are small numbers as words.
var numerals = map[string]int{"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10, "十二": 12, "十五": 15, "十八": 18, "二十": 20, "二十四": 24, "三十": 30,
	"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "twelve": 12, "eighteen": 18}

// counted is a number of periods; 半 of a year is half of one, which after knows.
func counted(s string) (int, bool) {
	if s == "半" {
		return 0, true
	}
	if n, ok := numerals[s]; ok {
		return n, true
	}
	n, err := strconv.Atoi(s)
	return n, err == nil && n > 0
}

// after is the day so many periods from today; n is 0 for half of one.
func (d *draft) after(n int, half bool, unit string) clock.Date {
	months := 0
	switch unit = strings.TrimSuffix(unit, "s"); unit {
	case "年", "year":
		months = 12 * n
		if half || n == 0 {
			months += 6
		}
	case "月", "month":
		if half || n == 0 {
			return ""
		}
		months = n
	case "周", "星期", "week":
		return d.today.AddDays(7 * n)
	case "天", "日", "day":
		return d.today.AddDays(n)
	}
	if months <= 0 || months > 240 {
		return ""
	}
	today, err := time.Parse(time.DateOnly, string(d.today))
	if err != nil {
		return ""
	}
	first := time.Date(today.Year(), today.Month()+time.Month(months), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return clock.Date(first.AddDate(0, 0, min(today.Day(), last)-1).Format(time.DateOnly))
}

// onlyDateRE is what a date may have around it and be all that is said.
var onlyDateRE = regexp.MustCompile(`(?i)^(?:[\s,.。:()]|之?前|以前|为止|止|至|到|底|完成|截止|有效|即|自|from|to|until|by|on|before|within|约|内|起|项目|周期|合同签订后|签订合同后|~|-|–|—)*$`)

// dateOf reads the dates of a labelled value; all tells that it says nothing else.
func (d *draft) dateOf(s stretch, label string) (all bool) {
	if s.end-s.start > longestSentence {
		return false
	}
	found := d.dates(s)
	if len(found) == 0 || len(found) > 2 {
		return false
	}
	last := found[len(found)-1]
	read := false
	switch {
	case len(found) == 2 && (label == "period" || label == "end_on") && !found[0].counted && !last.counted && found[0].day < last.day:
		first := found[0].day
		if !strings.ContainsAny(d.of(found[0].stretch), "日号-./") || strings.HasSuffix(d.of(found[0].stretch), "月") {
			first = clock.Date(string(first[:8]) + "01") // of a month
		}
		read = d.date("start_on", dated{found[0].stretch, first, false}, true)
		read = d.date("end_on", last, false) && read
	case len(found) == 2:
	case label == "deadline":
		read = d.date("deadline", last, false)
	case label == "start_on":
		if day := d.of(last.stretch); !last.counted && strings.ContainsAny(day, "日号-./") {
			read = d.date("start_on", last, true)
		}
	default:
		read = d.date("end_on", last, false)
	}
	if !read {
		return false
	}
	return onlyDateRE.MatchString(d.folded[s.start:found[0].start]) && onlyDateRE.MatchString(d.folded[last.end:s.end]) &&
		(len(found) == 1 || onlyDateRE.MatchString(d.folded[found[0].end:last.start]))
}

// date proposes a date that is still to come, or may be past where a start is meant.
func (d *draft) date(path string, on dated, past bool) bool {
	if d.has(path) || !past && on.day < d.today {
		return false
	}
	c := &d.out.Content
	switch path {
	case "start_on":
		c.StartOn = on.day
	case "end_on":
		c.EndOn = on.day
	default:
		c.Deadline = on.day
	}
	from := clock.Date("")
	if on.counted {
		from = d.today
	}
	d.from(path, from, on.stretch)
	d.measured = append(d.measured, on.stretch)
	return true
}

// readDates reads the last day of offers and the end that sentences speak of: in one that
// speaks of either alone, and has one date.
func (d *draft) readDates(sentences []sentence) {
	for _, s := range sentences {
		folded := d.of(s.stretch)
		offers, complete := offersRE.MatchString(folded), completeRE.MatchString(folded)
		if offers == complete || pastRE.MatchString(folded) || s.label == "introduction" {
			continue
		}
		found := d.dates(s.stretch)
		if len(found) != 1 {
			continue
		}
		on := found[0]
		if on.counted && !withinRE.MatchString(d.of(on.stretch)) && !withinEnglish(d.folded[s.start:on.start]) {
			continue // 运行 10 年
		}
		// In a longer sentence the date stands beside what it is of.
		clause := d.clauseOf(s.stretch, on.stretch)
		switch near := d.of(clause); {
		case offers && offersRE.MatchString(near):
			d.date("deadline", on, false)
		case complete && completeRE.MatchString(near):
			d.date("end_on", on, false)
		}
	}
}

func withinEnglish(before string) bool {
	before = strings.ToLower(strings.TrimSpace(before))
	return strings.HasSuffix(before, "within") || strings.HasSuffix(before, "within the next") || strings.HasSuffix(before, "in less than")
}

// clauseOf is the clause of a sentence in which something stands.
func (d *draft) clauseOf(s, inner stretch) stretch {
	for _, c := range d.cut(s, endsClause) {
		if c.holds(inner) {
			return c
		}
	}
	return s
}
