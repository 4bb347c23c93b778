package reading

import (
	"regexp"
	"slices"
	"strings"

	"chengqiao/internal/taxonomy"
	"chengqiao/internal/text"
)

var (
	waysRE  = regexp.MustCompile(`(?i)(?:合作(?:方式|模式|形式)|(?:可以?|拟|愿意?|希望|接受|采取|采用|通过|以)[^。;,]{0,12}?)\s?(?:为|是|:|可以是|包括|可以?采取|可以?采用|采用|采取|通过|以)?\s*([^。;]{2,60})|(?:cooperation|collaboration)(?: may be| can be| is| by|:)?\s*([^.;]{3,80})`)
	trailRE = regexp.MustCompile(`(?i)^(?:可以?|也可以?|采取|采用|通过|或者?|以|为|及|与|接受|进行|the |an? |either |by |through |or |and )+|(?:等|均可|都可以?|皆可|的?(?:方式|形式|模式)|合作|进行|方式合作|等多种|解决|开展|is possible|are possible|possible|welcome|is fine)+$`)
	// wordsApartRE sets kinds apart whose names have several words.
	wordsApartRE = regexp.MustCompile(`(?i)[,;/]|\s(?:or|and)\s`)
	apartRE      = regexp.MustCompile(`[、,/;+|\s]|或者?|以及|及|和|与|\bor\b|\band\b`)
)

// ways are kinds of cooperation as they are called beside the list's names, where they
// leave no doubt.
var ways = []struct{ name, code string }{
	{"委托", "development_commissioned"}, {"委托研究", "development_commissioned"}, {"联合攻关", "development_joint"}, {"合作攻关", "development_joint"}, {"共同开发", "development_joint"},
	{"共同研发", "development_joint"}, {"产学研合作", "development_joint"}, {"入股", "equity"}, {"咨询", "consulting"}, {"面谈", "negotiable"}, {"joint research", "development_joint"},
	{"joint r&d", "development_joint"}, {"co-development", "development_joint"}, {"commissioned research", "development_commissioned"}, {"contract research", "development_commissioned"},
	{"licensing of patents", "licence_patent"}, {"patent license", "licence_patent"}, {"know-how license", "licence_know_how"}, {"technical services", "service"}, {"equity", "equity"},
}

// A kind of cooperation has so many characters at least, and before it whom with at most.
const shortestWay, longestWith = 4, 8

// cooperations are the kinds that a stretch names; all tells that it names nothing else.
func (d *draft) cooperations(value string) (codes []string, all bool) {
	all = true
	for _, list := range apartRE.Split(bracketRE.ReplaceAllString(value, ""), -1) {
		name := strings.Trim(list, " 。.:")
		if name == "" {
			continue
		}
		code, ok := d.way(name)
		if !ok {
			all = false
			continue
		}
		if !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	if len(codes) == 0 && value != "" { // names of several words
		for _, part := range wordsApartRE.Split(value, -1) {
			if code, ok := d.way(strings.Trim(part, " .")); ok && !slices.Contains(codes, code) {
				codes = append(codes, code)
			} else if strings.Trim(part, " .") != "" {
				all = false
			}
		}
		all = len(codes) > 0
	}
	return codes, all
}

func (d *draft) way(name string) (string, bool) {
	for _, called := range []string{name, trailRE.ReplaceAllString(name, ""), trailRE.ReplaceAllString(trailRE.ReplaceAllString(name, ""), "")} {
		if code, ok := d.codes.Code(taxonomy.Cooperation, called); ok && code != "" {
			return code, true
		}
		for _, w := range ways {
			if w.name == strings.ToLower(called) {
				return w.code, true
			}
		}
	}
	// 高校联合研发 ends with one.
	for i, rest := 0, []rune(name); i < longestWith && len(rest)-i >= shortestWay; i++ {
		if code, ok := d.codes.Code(taxonomy.Cooperation, string(rest[i:])); ok && text.Han(name) {
			return code, true
		}
	}
	return "", false
}

// readCooperation reads the kinds of cooperation that a sentence offers.
func (d *draft) readCooperation(sentences []sentence) {
	for _, s := range sentences {
		if d.has("cooperation") || s.label == "introduction" {
			continue
		}
		folded := d.of(s.stretch)
		for _, m := range waysRE.FindAllStringSubmatchIndex(folded, -1) {
			group := 2
			if m[2] < 0 {
				group = 4
			}
			if codes, _ := d.cooperations(folded[m[group]:m[group+1]]); len(codes) > 0 && !strings.Contains(folded, "不接受") && !strings.Contains(folded, "不考虑") {
				d.out.Content.Cooperation = codes
				d.from("cooperation", "", d.trim(stretch{s.start + m[group], s.start + m[group+1]}, ","))
				break
			}
		}
	}
}
