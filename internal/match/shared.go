package match

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"chengqiao/internal/quantity"
	"chengqiao/internal/search/analysis"
)

const (
	// sharedLimit is how many shared expressions a reason names.
	sharedLimit = 6
	// enough of them need no words beside them that many listings say.
	enough = 3
	// longestWords and longestPairs are how many words and pairs of Han characters
	// an expression has at most: of a sentence that was copied the part is named
	// that tells most.
	longestWords, longestPairs = 8, 24
)

// naming says how much what two texts share must tell to be named.
type naming struct {
	// tells is how much a term tells by its number, and stranger one without.
	tells    func(term int32) float64
	stranger func(term string) float64
	// bond is how much oftener than by chance the two characters of a pair are in one
	// listing side by side, and in how many they are.
	bond func(pair string) (bond float64, seen int32)
	// least: an expression without any term that tells so much says nothing.
	least float64
	// seldom: a lone word that tells less is named where little else is.
	seldom float64
}

// tellsOf is how much a token of a text tells.
func (n naming) tellsOf(c *cut, at int) float64 {
	if term := c.terms[at]; term != noTerm {
		return n.tells(term)
	}
	return n.stranger(c.tokens[at].Term)
}

// rarest is how much the one of some terms tells that tells most.
func (n naming) rarest(terms []int32) float64 {
	most := 0.0
	for _, term := range terms {
		most = max(most, n.tells(term))
	}
	return most
}

// run is an expression that two texts share: neighbouring tokens of the first.
type run struct {
	surface string
	at      int // the place of the first
	tokens  []Token
	terms   []int32 // by their numbers, one for each token
	tells   float64
	// doubtful: it may be no word by itself.
	doubtful bool
}

// trimmed is the run without what belongs to no expression at its edges, and
// without the tokens that reach there.
func (r run) trimmed() run {
	part := trimmed(r.surface)
	from := r.tokens[0].Start + strings.Index(r.surface, part)
	to := from + len(part)
	first, behind := 0, len(r.tokens)
	for first < behind && r.tokens[first].Start < from {
		first++
	}
	for behind > first && r.tokens[behind-1].End > to {
		behind--
	}
	return run{surface: part, at: r.at + first, tokens: r.tokens[first:behind], terms: r.terms[first:behind], doubtful: r.doubtful}
}

// withoutFigures is the run, of a text, without figures and their units at its
// edges: they say how much, and not of what. Of "100 Ah 方形" and "保持率 85 %" only
// 方形 and 保持率 are left; the 26 of 天玉 26 is part of a name.
func (r run) withoutFigures(text string) run {
	word := func(at int) string { return text[r.tokens[at].Start:r.tokens[at].End] }
	first, behind := 0, len(r.tokens)
	measure := func(at int) bool {
		before, after := text[:r.tokens[at].Start], text[r.tokens[at].End:]
		return quantity.IsUnit(word(at)) && figureEnds(before) || isFigure(word(at)) && unitBegins(after) || isMeasured(word(at)) && !classBegins(after)
	}
	for first < behind && measure(first) {
		first++
	}
	for behind > first && measure(behind-1) {
		behind--
	}
	if first == 0 && behind == len(r.tokens) {
		return r
	}
	r.at, r.tokens, r.terms = r.at+first, r.tokens[first:behind], r.terms[first:behind]
	if len(r.tokens) > 0 {
		r.surface = text[r.tokens[0].Start:r.tokens[len(r.tokens)-1].End]
	}
	return r
}

func isFigure(word string) bool {
	return word != "" && strings.Trim(word, "0123456789.,") == ""
}

// isMeasured tells whether a word is a figure with its unit: 27kg, and not 316L, 4K or 2B,
// which name kinds.
func isMeasured(word string) bool {
	unitName := strings.TrimLeft(word, "0123456789")
	if len(unitName) == len(word) || !quantity.IsUnit(unitName) {
		return false
	}
	return len(unitName) > 1 || !unicode.IsUpper(rune(unitName[0])) || unitName == "W" || unitName == "V"
}

// classBegins tells whether a text begins with a word for a class: 级 of 510MPa级.
func classBegins(s string) bool {
	first, _ := utf8.DecodeRuneInString(s)
	return strings.ContainsRune("级型档类級檔類", first)
}

// figureEnds tells whether a text ends with a figure, or inside a unit behind one ("150 Wh/").
func figureEnds(s string) bool {
	s = strings.TrimRight(s, " ")
	last, _ := utf8.DecodeLastRuneInString(s)
	return s != "" && strings.ContainsRune("0123456789/·", last)
}

const (
	latin = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	// longestUnit bounds the signs of a unit that is not of letters: ℃, μm, 公斤, 立方米.
	longestUnit = 3
)

// unitBegins tells whether a text begins with a unit.
func unitBegins(s string) bool {
	s = strings.TrimLeft(s, " ")
	if word := len(s) - len(strings.TrimLeft(s, latin)); word > 0 {
		return quantity.IsUnit(s[:word])
	}
	signs := []rune(s[:min(len(s), longestUnit*utf8.UTFMax)])
	for n := range min(len(signs), longestUnit) {
		if quantity.IsUnit(string(signs[:n+1])) {
			return true
		}
	}
	return false
}

// shared finds the longest expressions that stand in both wordings as people
// wrote them in the first, those that tell most first. Where both are written in
// Chinese, so are the things that they have in common: a lone English word of their
// translations is none of them.
func shared(own *wording, other *concordance, by naming) []string {
	best := map[string]run{} // by folded surface
	both := inChinese(own.tokens) && other.inChinese()
	for i := range own.texts {
		translation := both && !inChinese(own.texts[i].tokens)
		for r := range other.runsOf(&own.texts[i], by) {
			if by.rarest(r.terms) < by.least {
				continue // nor does a part of it tell more
			}
			if r = other.untorn(r, &own.texts[i], by); len(r.tokens) == 0 {
				continue
			}
			if r = r.trimmed().withoutFigures(own.texts[i].text); len(r.tokens) == 0 {
				continue
			}
			r.surface = withoutGaps(r.surface)
			if by.rarest(r.terms) < by.least || translation && len(r.terms) == 1 || !r.worthNaming() {
				continue
			}
			for _, term := range r.terms {
				r.tells += by.tells(term)
			}
			key := strings.ToLower(r.surface)
			known, ok := best[key]
			r.doubtful = r.doubtful && (!ok || known.doubtful)
			if ok && r.tells <= known.tells {
				known.doubtful = r.doubtful
				r = known
			}
			best[key] = r
		}
	}
	return named(best, by.seldom)
}

// named picks the expressions that are told: those that tell most, each word
// of them once, lone words that tell less than seldom, or may be none, where there is
// little else.
func named(found map[string]run, seldom float64) []string {
	runs := slices.Collect(maps.Values(found))
	slices.SortFunc(runs, func(a, b run) int {
		return cmp.Or(-cmp.Compare(a.tells, b.tells), strings.Compare(a.surface, b.surface))
	})
	slices.SortStableFunc(runs, func(a, b run) int { return cmp.Compare(doubt(a), doubt(b)) })
	var out []string
	said := map[int32]bool{}
	for _, r := range runs {
		repeats := !slices.ContainsFunc(r.terms, func(term int32) bool { return !said[term] })
		inside := slices.ContainsFunc(out, func(s string) bool {
			return strings.Contains(strings.ToLower(s), strings.ToLower(r.surface))
		})
		usual := len(r.terms) == 1 && (r.tells < seldom || r.doubtful) && len(out) >= enough
		if repeats || inside || usual {
			continue
		}
		out = append(out, r.surface)
		if len(out) == sharedLimit {
			break
		}
		for _, term := range r.terms {
			said[term] = true
		}
	}
	return out
}

// doubt is 1 for what may be no word.
func doubt(r run) int {
	if r.doubtful {
		return 1
	}
	return 0
}

// neighbours tells whether b follows a in the text with nothing but a space
// or hyphen between them.
func neighbours(a, b Token, text string) bool {
	if !touching(a, b) {
		return false
	}
	return a.End >= b.Start || strings.Trim(text[a.End:b.Start], joiners) == ""
}

// touching tells whether two tokens can be neighbours by their places alone.
func touching(a, b Token) bool {
	if a.Han != b.Han {
		return b.Start >= a.End && b.Start-a.End <= 1
	}
	if a.Han {
		return b.Start > a.Start && b.Start < a.End
	}
	return b.Start >= a.End && b.Start-a.End <= 2
}

// Characters that join expressions: at the beginning or end of a shared
// stretch they belong to none. Of those that begin or end words as well (对流,
// 饱和), the ones are taken that do so seldom.
const (
	leadingHan  = "的了和与及或并且而是将把被在对"
	trailingHan = "的了或且而在中和与及也其无不未已较更很是等含"
)

// endingSo are words that end with one of them.
var endingSo = []string{"中等", "高等", "平等", "相等", "同等", "均等", "优等", "包含", "蕴含", "隐含"}

// opening is how abstracts begin to speak of something.
var opening = []string{"针对", "为了", "为解决", "通过", "一种", "基于", "关于", "对于", "近年来", "随着"}

// comparing are what stands between what is measured and its figure.
var comparing = []string{"不低于", "不高于", "不少于", "不小于", "不大于", "不超过", "高于", "低于", "大于", "小于", "达到"}

// edgeWords do the same in English.
var edgeWords = map[string]bool{
	"a": true, "across": true, "all": true, "also": true, "an": true, "and": true, "any": true, "are": true, "as": true, "at": true, "be": true, "been": true, "by": true,
	"between": true, "both": true, "can": true, "during": true, "each": true, "for": true, "from": true, "has": true, "have": true, "in": true, "into": true, "is": true,
	"it": true, "its": true, "may": true, "more": true, "not": true, "of": true, "on": true, "or": true,
	"such": true, "than": true, "that": true, "the": true, "their": true, "these": true, "this": true,
	"through": true, "to": true, "under": true, "used": true, "using": true, "via": true, "was": true, "when": true,
	"where": true, "while": true, "within": true, "we": true, "which": true, "will": true, "with": true, "would": true,
	"but": true, "however": true, "if": true, "many": true, "most": true, "no": true, "once": true, "only": true, "other": true, "our": true,
	"rather": true, "since": true, "so": true, "some": true, "then": true, "there": true, "they": true, "thus": true,
}

func trimmed(s string) string {
	for {
		before := s
		s = strings.TrimFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsPunct(r) })
		for _, word := range comparing {
			s = strings.TrimSuffix(s, word)
		}
		for _, words := range opening {
			s = strings.TrimPrefix(s, words)
		}
		s = strings.TrimLeft(s, leadingHan)
		if !slices.ContainsFunc(endingSo, func(word string) bool { return strings.HasSuffix(s, word) }) {
			s = strings.TrimRight(s, trailingHan)
		}
		if first, rest, ok := strings.Cut(s, " "); ok && edgeWords[strings.ToLower(first)] {
			s = rest
		}
		if i := strings.LastIndexByte(s, ' '); i >= 0 && edgeWords[strings.ToLower(s[i+1:])] {
			s = s[:i]
		}
		if s == before {
			return s
		}
	}
}

// worthNaming is worthNaming of the run, in simplified characters too.
func (r run) worthNaming() bool {
	return worthNaming(r.surface) && (!r.tokens[0].Han || worthNaming(analysis.Key(r.surface)))
}

// worthNaming leaves out what says nothing by itself: one character, a bare
// number, words that only join or measure (per mu, CNY, kWh, 每亩, 两年, 降至), or that
// tell of any work in any field (关键技术的研究与应用).
func worthNaming(s string) bool {
	if utf8.RuneCountInString(s) < 2 || strings.IndexFunc(s, unicode.IsLetter) < 0 {
		return false
	}
	measures := func(r rune) bool { return !unicode.IsLetter(r) || strings.ContainsRune(measuring, r) }
	if strings.TrimFunc(strings.ReplaceAll(s, "小时", "时"), measures) == "" { // 小米 is millet
		return false
	}
	joins := func(r rune) bool { return strings.ContainsRune(leadingHan+trailingHan+"为该", r) }
	if degree.MatchString(s) {
		return false
	}
	if strings.TrimFunc(formWords().Replace(s), joins) == "" {
		return false
	}
	return slices.ContainsFunc(strings.Fields(s), func(word string) bool {
		lower := strings.ToLower(word)
		return !quantity.IsUnit(word) && !edgeWords[lower] && !measureWords[lower]
	})
}

// degree is how much something is, without what: 率高 of 发病率高, 量大 of 产量大.
var degree = regexp.MustCompile("^[率量度性值比物](?:[高低大小强弱多少好差]|不[高低大小强足])达?$")

// measuring are the characters of which amounts, times and changes are written.
const measuring = "一二两三四五六七八九十百千万亿半零每各年季月周日天时分秒亩元吨斤克米升吋寸次个只头株级项台套件批处约近达至到升降增减超过以上下内外前后间"

// formWords takes out the words that say how something is dealt with, and not with what.
var formWords = sync.OnceValue(func() *strings.Replacer {
	words := strings.Fields(`研究 应用 关键 技术 方法 方式 系统 分析 设计 实现 问题 影响 传统 针对 现有 目前 当前 近年 年来 解决 提高 提升 提供 参考
		借鉴 依据 基础 理论 实践 经验 发展 现状 趋势 未来 背景 环境 角度 进行 通过 采用 利用 使用 结果 表明 不同 我国 国内外 重要 意义 作用 探讨 探索
		阐述 推广 示范 集成 开发 攻关 创新 项目 成果 产品 产业化 有效 较低 较高 较好 更好 存在 不足 缺点 优点 具有 特点 要求 情况 支持 需要
		能够 可以 主要 相关 一定 过程 条件 水平 需求 特别 如何 若干 建设 构建 建立 提出 对比 比较 组成部分
		规模 工艺 装置 设备 性能 成本 最低 最高 最大 最小 运行 稳定 错误 过高 过低`)
	slices.SortStableFunc(words, func(a, b string) int { return len(b) - len(a) })
	pairs := make([]string, 0, 2*len(words))
	for _, w := range words {
		pairs = append(pairs, w, "")
	}
	return strings.NewReplacer(pairs...)
})

// measureWords are those that stand beside figures, and say how these change.
var measureWords = func() map[string]bool {
	words := map[string]bool{}
	for _, w := range strings.Fields(`per mu cny rmb usd eur yuan year years month months day days hour hours minute minutes
		percent kg km cm mm ml least most about over up down less every
		fall falls fell rise rises rose drop drops increase increases increased decrease decreases decreased reduce reduces reduced`) {
		words[w] = true
	}
	return words
}()
