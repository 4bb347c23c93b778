package reading

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"chengqiao/internal/text"
)

const (
	// longestTitle bounds a proposed title, longestLine a first line that is one, both in
	// characters; an English line may have more.
	longestTitle  = 200
	longestLine   = 45
	longestLineEn = 120
	shortestTitle = 4
	// soughtWithin is how far from the beginning a text says what it seeks, in bytes.
	soughtWithin = 1500
)

var (
	// aboutRE is what stands around the subject of a title.
	aboutRE = regexp.MustCompile(`^(?:关于|有关)(.{4,80}?)的?(?:技术需求|需求|求助|技术难题|难题|技术攻关)(?:说明书?|公告|的函|函|书|征集)?$`)
	// leadRE is what stands before a title on its line.
	leadRE = regexp.MustCompile(`^(?:[【\[](?:企业|技术|项目)*(?:需求|求购|求助|难题|揭榜挂帅|供需对接)[】\]]\s*:?\s*|(?:企业)?(?:技术需求|技术难题|技术求购|求助|需求)\s*:\s*|(?i:wanted|technology need|technical need|need|request|rfp|call for (?:bids|proposals|solutions))\s*[:–-]\s*)`)
	// formRE is the name of a form or a letter, and not of what is sought.
	formRE = regexp.MustCompile(`(?i)(?:征集表|登记表|申报表|信息表|汇总表|需求表|调查表|申请表|表|通知|说明书?|公告|清单|简介|概况)$|^(?:企业)?(?:技术)?(?:创新)?需求(?:信息)?$|^(?:尊敬|各位|你好|您好|大家好|老师好)|^(?:dear|hello|hi|to whom)\b|\bform$`)
	// speakerRE tells a sentence from a title.
	speakerRE = regexp.MustCompile(`(?i)我们|我公司|我厂|我司|本公司|我单位|我社|公司是|位于|成立于|请问|谁有|有没有|\b(?:we|our|i|us)\b`)
	soughtRE  = regexp.MustCompile(`(?:急需|急寻|寻求|寻找|求购|征集|现需|需要|想找|希望找到|希望引进|拟引进|求)(?:能够?|可以?)?(?:一|这样的?一)?(?:[种套项款台个类])?([^,。;:!?、\n]{4,40}?(?:技术|工艺|方法|方案|设备|装置|系统|材料|品种|配方|菌剂|传感器|平台|涂层|机器人|机))(?:[,。;!?\n]|的?(?:合作|支持)|$)`)
	wantedRE  = regexp.MustCompile(`(?i)\b(?:looking for|seeking|in search of|we need|wish to buy|want to buy|in need of)\s+(?:an?\s|the\s|some\s)?([^,.;:!?\n]{8,90})`)
	// relativeRE is where what is sought begins to be described.
	relativeRE = regexp.MustCompile(`(?i)\s(?:that|which|who|whose|able|capable|because|since|as|so|by|before|within)\s.*$`)
)

// readTitle proposes the title: as labelled, or as the first line.
func (d *draft) readTitle(pieces []piece) {
	for _, p := range pieces {
		if p.label == "title" && !p.value.empty() && p.first && !d.isHidden(p.value) && utf8.RuneCountInString(d.of(p.value)) <= longestTitle {
			if d.propose(p.value, p.line) {
				return
			}
		}
	}
	if len(pieces) == 0 {
		return
	}
	// A message begins 【技术难题】高矿化度矿井水脱盐, where a form has 技术难题: over an answer.
	first := pieces[0]
	headline := first.first && first.label == "problem" && strings.HasPrefix(d.of(first.line), "【")
	if (first.plain || headline) && d.isTitle(first, len(pieces)) {
		d.propose(first.value, first.line)
	}
}

// readSought proposes for the title what the text says that it seeks.
func (d *draft) readSought(sentences []sentence) {
	if d.has("title") {
		return
	}
	for _, one := range sentences {
		if one.start > soughtWithin {
			return
		}
		if s, ok := d.sought(one.stretch); ok && one.label != "introduction" {
			d.out.Content.Title = d.titled(d.said(s))
			d.from("title", "", s)
			return
		}
	}
}

// sought is the phrase in which a stretch says what it seeks.
func (d *draft) sought(s stretch) (stretch, bool) {
	folded := d.of(s)
	if at := soughtRE.FindStringSubmatchIndex(folded); at != nil && !speakerRE.MatchString(folded[at[2]:at[3]]) {
		return stretch{s.start + at[2], s.start + at[3]}, true
	}
	if at := wantedRE.FindStringSubmatchIndex(folded); at != nil {
		phrase := relativeRE.ReplaceAllString(folded[at[2]:at[3]], "")
		if n := len(strings.Fields(phrase)); n >= 2 && n <= 12 && !speakerRE.MatchString(phrase) {
			return stretch{s.start + at[2], s.start + at[2] + len(phrase)}, true
		}
	}
	return stretch{}, false
}

// isTitle tells whether the first line is a title, over more text.
func (d *draft) isTitle(p piece, of int) bool {
	s := d.of(p.value)
	most := longestLine
	if !text.Han(s) {
		most = longestLineEn
	}
	led := leadRE.MatchString(s)
	return (of > 1 || led) && utf8.RuneCountInString(s) <= most && !strings.ContainsAny(s, "。;!?…") && !strings.HasSuffix(s, ",") && !strings.HasSuffix(s, ".") && !strings.HasSuffix(s, ":") &&
		!formRE.MatchString(s) && (led || !speakerRE.MatchString(s) && strings.Count(s, ",") < 2) && !d.isHidden(p.value)
}

// propose takes a stretch for the title, without what stands around it.
func (d *draft) propose(s, line stretch) bool {
	folded := d.of(s)
	s.start += len(leadRE.FindString(folded))
	s = d.trim(s, ",:。.")
	if at := aboutRE.FindStringSubmatchIndex(d.of(s)); at != nil {
		s = stretch{s.start + at[2], s.start + at[3]}
	}
	s = d.trim(s, "《》\"“”")
	n := utf8.RuneCountInString(d.of(s))
	if n < shortestTitle || n > longestTitle || formRE.MatchString(d.of(s)) {
		return false
	}
	d.out.Content.Title = d.titled(d.said(s))
	d.from("title", "", s)
	d.understood[line] = true
	return true
}

// titled is a title in its language, beginning with a capital in English.
func (d *draft) titled(s string) text.Text {
	t := d.inLanguage(strings.Join(strings.Fields(s), " "))
	if t.En != "" {
		r, size := utf8.DecodeRuneInString(t.En)
		t.En = strings.ToUpper(string(r)) + t.En[size:]
	}
	return t
}
