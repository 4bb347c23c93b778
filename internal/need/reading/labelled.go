package reading

import (
	"strings"

	"chengqiao/internal/taxonomy"
	"chengqiao/internal/text"
)

const (
	maxKeywords    = 5
	longestKeyword = 60
	longestPartner = 1000
)

// readLabelled reads what a heading on the same line says the meaning of. A line that is
// read in full needs not stand in the problem's text.
func (d *draft) readLabelled(p *piece) {
	if !p.first || p.value.empty() || d.isHidden(p.value) {
		return
	}
	value := d.of(p.value)
	c := &d.out.Content
	read := false
	switch p.label {
	case "technical_field":
		read = d.code(p, taxonomy.TechnicalField, "technical_field", &c.TechnicalField)
	case "industry":
		read = d.code(p, taxonomy.Industry, "industry", &c.Industry)
	case "region":
		read = d.code(p, taxonomy.Region, "region", &c.Region)
	case "keywords":
		read = d.readKeywords(p)
	case "cooperation":
		codes, all := d.cooperations(value)
		if len(codes) > 0 && !d.has("cooperation") {
			c.Cooperation = codes
			d.from("cooperation", "", p.value)
			read = all
		}
	case "wished_partners":
		if len([]rune(value)) <= longestPartner && !d.has("wished_partners") {
			c.WishedPartners = d.said(p.value)
			d.from("wished_partners", "", p.value)
			read = true
		}
	case "budget", "budget_max", "budget_min":
		read = d.budgetOf(p.value, p.heading, p.label)
	case "deadline", "end_on", "start_on", "period":
		read = d.dateOf(p.value, p.label)
	case "min_trl":
		read = d.readinessOf(p.value, true)
	}
	d.unread[p.label] = d.unread[p.label] || !read
	if read {
		d.understood[p.line] = true
	}
}

// code reads the one code that a value names.
func (d *draft) code(p *piece, list, path string, into *string) bool {
	if d.has(path) || p.value.end-p.value.start > longestPlace {
		return false
	}
	called := strings.Trim(d.of(p.value), " 。.,;")
	code, ok := d.codes.Code(list, called)
	if list == taxonomy.Region && (!ok || code == "") {
		code, ok = d.onlyPlace(p.value)
	}
	if !ok || code == "" {
		return false
	}
	*into = code
	d.from(path, "", p.value)
	return true
}

func (d *draft) readKeywords(p *piece) bool {
	parts := d.cut(p.value, func(_, r, _ rune) bool { return strings.ContainsRune(",;、/|。", r) })
	if len(parts) == 1 && text.Han(d.of(p.value)) {
		parts = d.cut(p.value, func(_, r, _ rune) bool { return r == ' ' })
	}
	if len(parts) > maxKeywords || d.has("keywords_zh") || d.has("keywords_en") {
		return false
	}
	var zh, en []stretch
	c := &d.out.Content
	for _, s := range parts {
		word := d.said(s)
		if text.Length(word) > longestKeyword {
			return false
		}
		if d.chinese {
			c.KeywordsZh, zh = append(c.KeywordsZh, word), append(zh, s)
		} else {
			c.KeywordsEn, en = append(c.KeywordsEn, word), append(en, s)
		}
	}
	if len(zh) > 0 {
		d.from("keywords_zh", "", p.value)
	}
	if len(en) > 0 {
		d.from("keywords_en", "", p.value)
	}
	return true
}
