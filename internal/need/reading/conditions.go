package reading

import (
	"regexp"
	"slices"
	"strings"

	"chengqiao/internal/taxonomy"
	"chengqiao/internal/text"
)

// nowRE tells that something is said of what there is, and not of what is wanted.
var nowRE = regexp.MustCompile(`(?i)现有|目前|当前|现状|原有|传统|仅|只有|只能|现行|以往|过去|已有|已建|现为|现在|\b(?:current(?:ly)?|existing|today|at present|now|so far|conventional|only|reaches|stands at|at the moment)\b`)

var (
	readinessRE = regexp.MustCompile(`(?i)(?:\btrl|技术(?:就绪|成熟)[度程]?|成熟度)(?:等级|级别|水平|\s?level)?[^\d。;,\n]{0,14}?\s?(?:trl\s?-?)?([1-9])(?:\s?(?:~|-|–|至|到|to)\s?(?:trl\s?)?([1-9]))?`)
	readyNumRE  = regexp.MustCompile(`([1-9])(?:\s?(?:~|-|–|至|到|to)\s?([1-9]))?`)
	readyRest   = regexp.MustCompile(`(?i)^(?:[\s:.。()≥>=]|trl|级|及?以上|不低于|至少|达到|or (?:higher|above|more)|at least|level|minimum|第)*$`)
	atMostReady = regexp.MustCompile(`(?i)不高于|不超过|以下|≤|at most|below|up to`)
)

// readReadiness reads the least readiness in sentences that speak of one.
func (d *draft) readReadiness(sentences []sentence) {
	for _, s := range sentences {
		if s.label != "introduction" && readinessRE.MatchString(d.of(s.stretch)) {
			d.readinessOf(s.stretch, false)
		}
	}
}

// readinessOf reads the readiness that a stretch asks for; all tells that it says nothing
// else.
func (d *draft) readinessOf(s stretch, labelled bool) (all bool) {
	folded := d.of(s)
	re := readinessRE
	if labelled {
		re = readyNumRE
	}
	at := re.FindStringSubmatchIndex(folded)
	if at == nil || d.has("min_trl") || atMostReady.MatchString(folded) || !labelled && nowRE.MatchString(d.of(d.clauseOf(s, stretch{s.start + at[0], s.start + at[1]}))) {
		return false
	}
	if end := at[3]; end < len(folded) && (folded[end] >= '0' && folded[end] <= '9' || folded[end] == '.' || folded[end] == '%') {
		return false
	}
	d.out.Content.MinTRL = int(folded[at[2]] - '0')
	found := stretch{s.start + at[0], s.start + at[1]}
	d.from("min_trl", "", found)
	d.measured = append(d.measured, found)
	return labelled && readyRest.MatchString(folded[:at[0]]) && readyRest.MatchString(folded[at[1]:])
}

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

var (
	// liesRE stands before the place where the asker is, and companyRE behind one with
	// which the name of the asker begins.
	liesRE    = regexp.MustCompile(`(?i)(?:位于|地处|坐落于|坐落在|设在|建在|总部在|厂址在|项目在|所在地[为是:]?|实施地点[在为是:]|(?:based|located|situated) in|(?:plant|site|factory|company|farm|mine|cooperative) (?:in|near))\s*`)
	companyIn = regexp.MustCompile(`(?:^|[,:\s])(?:我们?是|我公司是|公司是|我厂是|本公司是)?\s*`)
	companyRE = regexp.MustCompile(`^(?:某|一家|本地|的)?\s*[^,。;:\s]{0,16}?(?:公司|集团|厂|合作社|企业|园区|煤矿|农场|牧场|团场)`)
	suffixRE  = regexp.MustCompile(`^(?:市|地区|省|自治区|特别行政区|自治州|(?:\p{Han}{1,5}族)?自治州|州|境内|,? ?)`)
)

// readRegion reads where the asker is: where all such places are one, or one within
// another.
func (d *draft) readRegion(sentences []sentence) {
	if d.has("region") {
		return
	}
	region, from := "", stretch{}
	for _, s := range sentences {
		folded := d.of(s.stretch)
		for _, where := range []struct {
			before *regexp.Regexp
			behind *regexp.Regexp
		}{{liesRE, nil}, {companyIn, companyRE}} {
			for _, at := range where.before.FindAllStringIndex(folded, -1) {
				code, end := d.placeAt(folded[at[1]:], where.behind == nil)
				if code == "" || where.behind != nil && !where.behind.MatchString(folded[at[1]+end:]) {
					continue
				}
				found := stretch{s.start + at[1], s.start + at[1] + end}
				switch {
				case region == "" || slices.Contains(d.pathOf(code), region):
					region, from = code, found
				case !slices.Contains(d.pathOf(region), code):
					return // two places, and no telling which
				}
			}
		}
	}
	if region != "" {
		d.out.Content.Region = region
		d.from("region", "", d.trim(from, ","))
	}
}

// placeAt is the region with whose name a text begins, and where that ends: that of the
// last of several places, each in the one before. A short name counts that may be part of
// a word (哈密 of 哈密瓜) where a place is sure to stand, or something behind it says so.
func (d *draft) placeAt(s string, sure bool) (region string, end int) {
	for {
		rest := s[end:]
		length := 0
		if places := d.places.In(rest[:min(len(rest), longestPlace)]); len(places) > 0 && places[0].Start == 0 {
			length = places[0].End
		} else if n := d.places.Begins(rest); n > 0 && (sure || region != "" || placedRE.MatchString(rest[n:])) {
			length = n
		}
		code, ok := d.regionCalled(rest[:length], rest[length:])
		if !ok || region != "" && !slices.Contains(d.pathOf(code), region) {
			return region, end
		}
		region = code
		end += length
		end += len(suffixRE.FindString(s[end:]))
	}
}

// placedRE stands behind the name of a place.
var placedRE = regexp.MustCompile(`^(?:市|地区|州|县|某|一家|本地|当地|的)`)

// longestPlace bounds how far a name is looked for, in bytes.
const longestPlace = 90

// onlyPlace is the region of a value that begins with names of places of which each lies
// in the one before: 新疆克拉玛依市独山子区.
func (d *draft) onlyPlace(s stretch) (string, bool) {
	region, _ := d.placeAt(d.of(s), true)
	return region, region != ""
}

// regionCalled is the region of a name in a text; with what stands behind it where that
// tells two apart, as 吉林市 and 吉林.
func (d *draft) regionCalled(name, behind string) (string, bool) {
	for _, suffix := range []string{"市", "地区", "省", "自治区", "特别行政区"} {
		if strings.HasPrefix(behind, suffix) {
			if code, ok := d.codes.Code(taxonomy.Region, name+suffix); ok && code != "" {
				return code, true
			}
		}
	}
	code, ok := d.codes.Code(taxonomy.Region, name)
	return code, ok && code != "" && name != ""
}

// pathOf is a region's code with those above it, as GB/T 2260 writes them.
func (d *draft) pathOf(code string) []string {
	if len(code) != 6 {
		return []string{code}
	}
	return []string{code, code[:4] + "00", code[:2] + "0000"}
}

const (
	// leastCues is how much the words that tell of a field have to come to, where one in
	// the title counts twice; and twice as much as those of any other.
	leastCues = 3
	inTitle   = 2
	shownCues = 4
)

// readField proposes the technical field that the words tell of, without doubt.
func (d *draft) readField() {
	if d.has("technical_field") || d.unread["technical_field"] {
		return
	}
	title := strings.ToLower(d.out.Content.Title.Zh + " " + d.out.Content.Title.En)
	body := strings.ToLower(d.folded)
	best, second := 0, 0
	var code string
	var seen []stretch
	for _, field := range d.lexicon.fields {
		n := 0
		var at []stretch
		for _, word := range field.words {
			i := tells(body, word)
			if i < 0 {
				continue
			}
			n++
			if tells(title, word) >= 0 {
				n += inTitle - 1
			}
			if len(body) == len(d.folded) && len(at) < shownCues {
				at = append(at, stretch{i, i + len(word)})
			}
		}
		if n > best {
			best, second, code, seen = n, best, field.code, at
		} else {
			second = max(second, n)
		}
	}
	if best < leastCues || best < 2*second || len(seen) == 0 {
		return
	}
	slices.SortFunc(seen, func(a, b stretch) int { return a.start - b.start })
	d.out.Content.TechnicalField = code
	d.from("technical_field", "", seen...)
}

// companyIsRE is how a company begins to say what it does.
var companyIsRE = regexp.MustCompile(`(?i)(?:我公司|本公司|公司|我厂|我们|我司|我社|企业|集团)[^。;]{0,20}?(?:是一?家|是|为|主要从事|从事|主营|专业生产|主要生产)|\bwe (?:are|run|operate|make|produce)\b`)

// readIndustry proposes the industry that a company says it is in.
func (d *draft) readIndustry(sentences []sentence) {
	if d.has("industry") {
		return
	}
	code, from := "", stretch{}
	for _, s := range sentences {
		at := companyIsRE.FindStringIndex(d.of(s.stretch))
		if at == nil {
			continue
		}
		told := strings.ToLower(d.of(s.stretch)[at[0]:])
		for _, industry := range d.lexicon.industries {
			for _, word := range industry.words {
				i := tells(told, word)
				if i < 0 {
					continue
				}
				if code != "" && code != industry.code {
					return
				}
				code, from = industry.code, stretch{s.start + at[0] + i, s.start + at[0] + i + len(word)}
			}
		}
	}
	if code != "" {
		d.out.Content.Industry = code
		d.from("industry", "", from)
	}
}
