// Package trial measures the finder of duplicates: it alters records with a
// seeded source of chance, some as people and programs do when they enter the
// same thing again, some into things that only look the same, and counts what
// the finder says of them. It knows no store.
package trial

import (
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"chengqiao/internal/duplicate"
	"chengqiao/internal/text"
)

// Record is a listing to be altered.
type Record struct {
	ID       string
	View     duplicate.View
	Keywords []string
}

// Alteration is one way to alter a record.
type Alteration struct {
	Name string
	// Same: what comes out is still the same listing.
	Same bool
	// Apply alters a copy; false where the record has nothing to alter so.
	Apply func(chance *rand.Rand, r Record, all []Record) (Record, bool)
}

// Alterations are all ways, those that keep the listing the same first.
var Alterations = []Alteration{
	{"typos", true, typos},
	{"sentences reordered", true, reordered},
	{"other width", true, otherWidth},
	{"traditional characters", true, traditional},
	{"abstract cut short", true, cutShort},
	{"other year", true, otherYear},
	{"one language left out", true, languageLeftOut},
	{"synonyms", true, synonyms},
	{"title alone", true, titleAlone},
	{"retyped", true, retyped},

	{"other subject", false, otherSubject},
	{"other values", false, otherValues},
	{"next part of a series", false, nextPart},
}

// everywhere applies a change to title and running text of both languages.
func everywhere(r Record, change func(string) string) Record {
	for _, t := range []*text.Text{&r.View.Title, &r.View.Body} {
		t.Zh, t.En = change(t.Zh), change(t.En)
	}
	return r
}

// typos exchanges three characters in a hundred for ones from elsewhere in the text.
func typos(chance *rand.Rand, r Record, _ []Record) (Record, bool) {
	return everywhere(r, func(s string) string {
		runes := []rune(s)
		for i := range runes {
			if !isLetter(runes[i]) || chance.IntN(100) >= 3 {
				continue
			}
			if other := runes[chance.IntN(len(runes))]; isLetter(other) {
				runes[i] = other
			}
		}
		return string(runes)
	}), true
}

// isLetter leaves digits and punctuation alone: a wrong digit is another fact.
func isLetter(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || r > 0x2E7F && r < 0xFF00
}

var sentence = regexp.MustCompile(`[^。；;.!?！？]+[。；;.!?！？]?\s*`)

func reordered(chance *rand.Rand, r Record, _ []Record) (Record, bool) {
	parts := sentence.FindAllString(r.View.Body.Zh, -1)
	if len(parts) < 3 {
		return r, false
	}
	chance.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
	r.View.Body.Zh = strings.Join(parts, "")
	return r, true
}

// otherWidth writes ASCII letters, digits and punctuation full-width.
func otherWidth(_ *rand.Rand, r Record, _ []Record) (Record, bool) {
	return everywhere(r, func(s string) string {
		return strings.Map(func(c rune) rune {
			if c > ' ' && c <= '~' {
				return c - '!' + '！'
			}
			return c
		}, s)
	}), true
}

// traditionalOf are common characters with their traditional writing.
var traditionalOf = strings.NewReplacer(
	"国", "國", "学", "學", "术", "術", "设", "設", "计", "計", "实", "實", "现", "現", "应", "應", "业", "業", "产", "產",
	"机", "機", "电", "電", "动", "動", "环", "環", "节", "節", "农", "農", "种", "種", "药", "藥", "医", "醫", "疗", "療",
	"测", "測", "检", "檢", "试", "試", "验", "驗", "结", "結", "构", "構", "组", "組", "织", "織", "网", "網", "络", "絡",
	"数", "數", "据", "據", "库", "庫", "统", "統", "过", "過", "进", "進", "发", "發", "开", "開", "关", "關", "键", "鍵",
	"题", "題", "问", "問", "间", "間", "时", "時", "长", "長", "广", "廣", "质", "質", "资", "資", "费", "費", "对", "對",
	"单", "單", "复", "複", "杂", "雜", "温", "溫", "湿", "濕", "热", "熱", "压", "壓", "气", "氣", "风", "風", "区", "區",
	"与", "與", "为", "為", "从", "從", "会", "會", "样", "樣", "级", "級", "线", "線", "维", "維", "纤", "纖", "联", "聯",
)

func traditional(_ *rand.Rand, r Record, _ []Record) (Record, bool) {
	out := everywhere(r, traditionalOf.Replace)
	return out, out.View.Title != r.View.Title || out.View.Body != r.View.Body
}

// cutShort keeps the first half of the running text.
func cutShort(_ *rand.Rand, r Record, _ []Record) (Record, bool) {
	cut := func(s string) string {
		runes := []rune(s)
		return string(runes[:len(runes)/2])
	}
	r.View.Body = text.Text{Zh: cut(r.View.Body.Zh), En: cut(r.View.Body.En)}
	return r, utf8.RuneCountInString(r.View.Body.Zh+r.View.Body.En) > 60
}

func otherYear(_ *rand.Rand, r Record, _ []Record) (Record, bool) {
	had := r.View.Year
	r.View.Year++
	return r, had != 0
}

func languageLeftOut(_ *rand.Rand, r Record, _ []Record) (Record, bool) {
	if r.View.Title.Zh == "" || r.View.Title.En == "" {
		return r, false
	}
	r.View.Title.En, r.View.Body.En = "", ""
	return r, true
}

// synonymsOf exchanges general words for others of the same meaning.
var synonymsOf = strings.NewReplacer(
	"提高", "提升", "研究", "探究", "方法", "方案", "利用", "借助", "显著", "明显", "降低", "减少", "建立", "构建",
	"分析", "解析", "采用", "使用", "影响", "作用", "实现", "完成", "结果表明", "研究显示", "因此", "所以", "快速", "迅速",
	"improve", "enhance", "method", "approach", "show", "demonstrate", "using", "with", "novel", "new",
)

func synonyms(_ *rand.Rand, r Record, _ []Record) (Record, bool) {
	out := everywhere(r, synonymsOf.Replace)
	return out, out.View.Title != r.View.Title || out.View.Body != r.View.Body
}

// titleAlone is the entry of somebody in a hurry, who named the same people.
func titleAlone(_ *rand.Rand, r Record, _ []Record) (Record, bool) {
	r.View.Body = text.Text{}
	return r, len(r.View.Persons) > 0 && utf8.RuneCountInString(r.View.Title.Zh+r.View.Title.En) >= 8
}

// retyped is several at once.
func retyped(chance *rand.Rand, r Record, all []Record) (Record, bool) {
	r, _ = synonyms(chance, r, all)
	r, _ = typos(chance, r, all)
	r, _ = otherWidth(chance, r, all)
	r.View.Persons, r.View.Year = nil, 0
	return cutShort(chance, r, all)
}

// otherSubject puts another record's keyword where the record names its own:
// the same template about another thing.
func otherSubject(chance *rand.Rand, r Record, all []Record) (Record, bool) {
	i := slices.IndexFunc(r.Keywords, func(k string) bool {
		return usable(k) && strings.Contains(r.View.Title.Zh, k) && strings.Count(r.View.Body.Zh, k) >= 2
	})
	if i < 0 {
		return r, false
	}
	for range 50 {
		other := all[chance.IntN(len(all))]
		j := slices.IndexFunc(other.Keywords, func(k string) bool {
			return usable(k) && !strings.Contains(r.View.Title.Zh+r.View.Body.Zh, k) && !strings.ContainsAny(k, r.Keywords[i])
		})
		if j < 0 {
			continue
		}
		r.View.Title = text.Zh(strings.ReplaceAll(r.View.Title.Zh, r.Keywords[i], other.Keywords[j]))
		r.View.Body = text.Zh(strings.ReplaceAll(r.View.Body.Zh, r.Keywords[i], other.Keywords[j]))
		return withoutIdentifiers(r), true
	}
	return r, false
}

func usable(keyword string) bool {
	n := utf8.RuneCountInString(keyword)
	return n >= 2 && n <= 6 && !slices.ContainsFunc([]rune(keyword), func(c rune) bool { return c < 0x2E80 })
}

var numbers = regexp.MustCompile(`\d+(?:\.\d+)?`)

// otherValues is the same experiment under other conditions: every measured
// value is another, in the title too where it has one.
func otherValues(chance *rand.Rand, r Record, _ []Record) (Record, bool) {
	if len(numbers.FindAllString(r.View.Title.Zh+r.View.Title.En, -1)) == 0 ||
		len(numbers.FindAllString(r.View.Body.Zh+r.View.Body.En, -1)) < 2 {
		return r, false
	}
	shift := 1 + chance.IntN(8)
	r = everywhere(r, func(s string) string {
		return numbers.ReplaceAllStringFunc(s, func(n string) string {
			whole, fraction, _ := strings.Cut(n, ".")
			value, err := strconv.ParseUint(whole, 10, 32)
			if err != nil {
				return n
			}
			out := strconv.FormatUint(value+uint64(shift)*max(1, value/10), 10)
			if fraction != "" {
				out += "." + fraction
			}
			return out
		})
	})
	return withoutIdentifiers(r), true
}

// nextPart is the second project of a series whose description was copied.
func nextPart(chance *rand.Rand, r Record, all []Record) (Record, bool) {
	if numbers.MatchString(r.View.Title.Zh + r.View.Title.En) {
		return r, false
	}
	suffix := []string{"（二期）", " II", "（Ⅱ）", "（第二部分）"}[chance.IntN(4)]
	for _, t := range []*string{&r.View.Title.Zh, &r.View.Title.En} {
		if *t != "" {
			*t += suffix
		}
	}
	return withoutIdentifiers(r), true
}

func withoutIdentifiers(r Record) Record {
	r.View.Identifiers = nil
	return r
}
