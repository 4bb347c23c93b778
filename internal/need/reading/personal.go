package reading

import (
	"regexp"
	"slices"
	"strings"
)

// hidden is a stretch that says whom to call and how.
type hidden struct {
	stretch
	kind string
}

// How people are reached, wherever it stands.
var (
	emailRE = regexp.MustCompile(`[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}`)
	// telephoneRE are mobile numbers, those with an area code, those of companies, and
	// international ones, each with the spaces and hyphens people put into them.
	telephoneRE = regexp.MustCompile(`(?:(?:\+|00)\s?\d{1,3}[ -]?)?(?:1[3-9]\d[ -]?\d{4}[ -]?\d{4}|\(?0\d{2,3}\)?[ -]?\d{7,8}(?:-\d{1,6})?|[48]00[ -]\d{3,4}[ -]\d{3,4})|(?:\+|00)\d{1,3}(?:[ -]?\(?\d{2,5}\)?){2,5}`)
	accountRE   = regexp.MustCompile(`(?i)(?:微信号?|wechat(?: id)?|wx|qq号?|qq群)\s*(?:同号|[:是为]\s*[A-Za-z0-9_-]{5,20}|\s?\d{5,12})`)
	creditRE    = regexp.MustCompile(`\b[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}\b`)
	// personRE are names behind words by which one is told whom to turn to.
	personRE = regexp.MustCompile(`(?:联系人|联络人|对接人|负责人|请联系|联系|找)\s*[:是为]?\s*(\p{Han}{1,3}(?:先生|女士|小姐|经理|主任|总监|厂长|工程师|老师|博士|教授|工|总))|(?:联系人|联络人|对接人|项目负责人)\s*[:是为]?\s*(\p{Han}{2,4})(?:[\s,;。(、]|$)|(?i:contact(?: person)?|ask for|call|attn\.?|attention)\s*:?\s*((?:Mr|Ms|Mrs|Dr|Prof)\.?\s(?-i:[A-Z])[\p{Latin}'-]+(?:\s(?-i:[A-Z])[\p{Latin}'.-]+){0,2})`)
	// contactRE are words that say nothing once whom they speak of is left out.
	contactRE = regexp.MustCompile(`(?i)联系人|联系方式|联系电话|联系|联络|咨询|有意者|有意向者?|有兴趣者?|有意|合作者|欢迎|请|来电|致电|电话|手机|座机|传真|邮箱|电子邮件|邮件|微信|同号|或者?|详情|洽谈|面谈|可|及|与|和|者|至|发送?|资料|方案|以下|方式|的|我们?|\b(?:please|contact|call|e-?mail|phone|tel|telephone|mobile|fax|wechat|or|at|us|me|to|for|details|on|write|by|and|the|our|reach|mr|ms|dr)\b`)
)

// personal are the stretches of what is personal, in order, none over another.
func (d *draft) personal() []hidden {
	var out []hidden
	add := func(kind string, start, end int) {
		if s := d.trim(stretch{start, end}, ""); !s.empty() {
			out = append(out, hidden{s, kind})
		}
	}
	for _, at := range emailRE.FindAllStringIndex(d.folded, -1) {
		add(Email, at[0], at[1])
	}
	for _, at := range telephoneRE.FindAllStringIndex(d.folded, -1) {
		if !digitAt(d.folded, at[0]-1) && !digitAt(d.folded, at[1]) && (at[0] == 0 || d.folded[at[0]-1] != '.') {
			add(Telephone, at[0], at[1])
		}
	}
	for _, at := range accountRE.FindAllStringIndex(d.folded, -1) {
		add(Account, at[0], at[1])
	}
	for _, at := range creditRE.FindAllStringIndex(d.folded, -1) {
		add(Organisation, at[0], at[1])
	}
	for _, at := range personRE.FindAllStringSubmatchIndex(d.folded, -1) {
		for group := 2; group < len(at); group += 2 {
			if at[group] >= 0 {
				add(Person, at[group], at[group+1])
			}
		}
	}
	for _, line := range d.lines() {
		body := d.withoutMark(line)
		for _, p := range d.labelled(line, body) {
			if kind, ok := strings.CutPrefix(p.label, "contact."); ok {
				add(kind, p.line.start, p.line.end)
			}
		}
	}
	return apart(d.wholeClauses(out))
}

// hide hides what stands under headings of contacts.
func (d *draft) hide(pieces []piece) {
	for _, p := range pieces {
		if kind, ok := strings.CutPrefix(p.label, "contact."); ok {
			d.hidden = append(d.hidden, hidden{p.line, kind})
		}
	}
	d.hidden = apart(d.hidden)
}

// apart are hidden stretches in order, of which none lies over another.
func apart(of []hidden) []hidden {
	slices.SortStableFunc(of, func(a, b hidden) int {
		if a.start != b.start {
			return a.start - b.start
		}
		return b.end - a.end
	})
	var out []hidden
	for _, h := range of {
		if n := len(out); n > 0 && h.start < out[n-1].end {
			out[n-1].end = max(out[n-1].end, h.end)
			continue
		}
		out = append(out, h)
	}
	return out
}

// wholeClauses widens what is personal to its clause where nothing else is said there:
// 有意者请联系王工 goes as a whole.
func (d *draft) wholeClauses(found []hidden) []hidden {
	if len(found) == 0 {
		return nil
	}
	out := slices.Clone(found)
	found = apart(found)
	for _, line := range d.lines() {
		for _, clause := range d.cut(line, endsClause) {
			for len(found) > 0 && found[0].start < clause.start {
				found = found[1:]
			}
			n := 0
			for n < len(found) && clause.holds(found[n].stretch) {
				n++
			}
			inside := found[:n]
			if n == 0 {
				continue
			}
			rest := d.without(clause, inside)
			rest = contactRE.ReplaceAllString(rest, "")
			if strings.Trim(rest, " :;,.。、()/\t-+") == "" {
				out = append(out, hidden{clause, inside[0].kind})
			}
		}
	}
	return out
}

// without is the folded form of a stretch without some hidden ones in it.
func (d *draft) without(s stretch, inside []hidden) string {
	var b strings.Builder
	from := s.start
	for _, h := range inside {
		if h.start >= from && h.end <= s.end {
			b.WriteString(d.folded[from:h.start])
			from = h.end
		}
	}
	b.WriteString(d.folded[from:s.end])
	return b.String()
}

// isHidden tells whether anything personal is in a stretch.
func (d *draft) isHidden(s stretch) bool {
	at := d.hiddenFrom(s.start)
	return at < len(d.hidden) && d.hidden[at].meets(s)
}

// hiddenFrom is the first of what is personal that ends behind a place.
func (d *draft) hiddenFrom(start int) int {
	at, _ := slices.BinarySearchFunc(d.hidden, start, func(h hidden, start int) int {
		if h.end <= start {
			return -1
		}
		return 1
	})
	return at
}

// leaveOut tells what was left out for being personal.
func (d *draft) leaveOut() {
	for _, h := range d.hidden {
		d.out.LeftOut = append(d.out.LeftOut, LeftOut{h.kind, d.passage(h.stretch)})
	}
	slices.SortStableFunc(d.out.LeftOut, func(a, b LeftOut) int { return a.Start - b.Start })
}
