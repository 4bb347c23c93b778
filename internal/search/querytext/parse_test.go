package querytext_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"chengqiao/internal/search"
	"chengqiao/internal/search/analysis"
	"chengqiao/internal/search/querytext"
)

// shown writes a query so that a test reads as a sentence: words, with a question
// mark before those that are wished for, then what it holds to, then what was
// misread.
func shown(q querytext.Query) string {
	told := q
	told.Words = ""
	parts := []string{q.Words}
	if q.Wishes != "" {
		parts[0] += " ?" + q.Wishes
	}
	if s := told.String(); s != "" {
		parts = append(parts, s)
	}
	for _, m := range q.Misread {
		parts = append(parts, fmt.Sprintf("%s(%s) %s", m.Why, m.Text, m.Taken))
	}
	return strings.Join(parts, " | ")
}

func TestATextBecomesWordsConditionsAndRanges(t *testing.T) {
	for text, want := range map[string]string{
		"":                  "",
		"电池 回收":             "电池 回收",
		"  电池　回收\n":         "电池 回收",
		`"动力电池" 回收`:         `回收 | "动力电池"`,
		"“动力电池”回收":          `回收 | "动力电池"`,
		"回收“动力电池”工艺":        `回收 工艺 | "动力电池"`,
		"「热管理」『电池 组』":       ` | "热管理" "电池 组"`,
		"“动力电池\" 回收":        `回收 | "动力电池"`,
		"电池 -回收":            `电池 | -"回收"`,
		"电池 －回收，再生":         `电池 ，再生 | -"回收"`,
		`电池 -"成套 工艺"`:       `电池 | -"成套 工艺"`,
		"lithium-ion":       "lithium-ion",
		"锂-硫 电池":            "锂-硫 电池",
		"-40℃ 电池":           "-40℃ 电池",
		"电池 --- 回收":         "电池 --- 回收",
		"title:电池":          ` | title:"电池"`,
		"标题：电池 回收":          `回收 | title:"电池"`,
		`Title:"lithium x"`: ` | title:"lithium x"`,
		"-title:battery":    ` | -title:"battery"`,
		"关键词:储能 单位:农科院 指标:温差 摘要:“盐碱地”": ` | keyword:"储能" org:"农科院" claim:"温差" abstract:"盐碱地"`,
		"organisation:lab":         ` | org:"lab"`,
		"trl:>=6":                  " | trl:6..",
		"成熟度：≥6级":                  " | trl:6..",
		"trl:4..8 year:2020..2024": " | trl:4..8 year:2020..2024",
		"trl:8-4":                  " | trl:4..8",
		"trl:6":                    " | trl:6..6",
		"trl:>6 trl:<9":            " | trl:7..8",
		"year:2024年 年份:..2025":     " | year:2024..2024",
		"price:<=50万":              " | price:..500000",
		"价格：10-50万元":               " | price:100000..500000",
		"价格:10万～1.5百万":             " | price:100000..1500000",
		"price:100,000..":          " | price:100000..",
		"price:50w":                " | price:500000..500000",
		"电池 title:x -y trl:7":      `电池 | title:"x" -"y" trl:7..7`,
		"电池 trl>=6 价格<50万":         "电池 | trl:6.. price:..499999.99",
		"成熟度≥6 YEAR＞2020":          " | trl:6.. year:2021..",
		"year=2024":                " | year:2024..2024",

		// What only looks like an operator.
		"Fe:Ni 合金":             "Fe:Ni 合金",
		"1:2 12:30":            "1:2 12:30",
		"http://a.cn/x?y=z":    "http://a.cn/x?y=z",
		"doi:10.1000/182":      "doi:10.1000/182",
		"pH:7":                 "pH:7",
		"需求：低温电池":              "需求：低温电池",
		"a: b":                 "a: b",
		`19" rack`:             `19" rack`,
		"C++ a&b #4 (x) [y] *": "C++ a&b #4 (x) [y] *",
		"OR 电池 or 回收 NOT":      "OR 电池 or 回收 NOT",
		"trl>high x>=6 price>": "trl>high x>=6 price>",
		"-trl>6":               ` | -"trl>6"`,

		// What cannot be read is told. Marks are passed over.
		`"电池 回收`:    `电池 回收 | open_quote("电池 回收) words`,
		"电池 “回收 -旧": `电池 回收 | -"旧" | open_quote(“回收 -旧) words`,
		"电池 - 回收":   "电池 回收 | lone_minus(-) nothing",
		"电池 -":      "电池 | lone_minus(-) nothing",
		"-。":        "。 | lone_minus(-) nothing",
		`电池 "" x`:   `电池 x | empty_phrase("") nothing`,
		`-"…"`:      ` | empty_phrase("…") nothing`,
		`标题:"" x`:   `x | empty_phrase("") nothing`,
		`标题:"电池 x`:  `电池 x | open_quote("电池 x) words`,

		// Alternatives: OR joins what stands right beside it.
		"电池 AND 回收": "电池 回收",
		"电池 OR 回收":  " | (电池 OR 回收)",
		"锂电池 OR 钠电池 OR 固态电池 回收":                  "回收 | (锂电池 OR 钠电池 OR 固态电池)",
		"锂电池 或 钠电池 或者 固态电池 和 回收":                 "回收 | (锂电池 OR 钠电池 OR 固态电池)",
		"或 电池 与 回收 或":                            "或 电池 回收 | lone_or(或) nothing",
		"锂电池或钠电池":                                "锂电池或钠电池",
		"回收 锂电池|钠电池｜ 固态电池 || x":                  "回收 | (锂电池 OR 钠电池 OR 固态电池 OR x)",
		"(锂电池 OR 钠电池) AND （回收 OR 再生） trl:>=6":    " | (锂电池 OR 钠电池) (回收 OR 再生) trl:6..",
		`(battery recycling) OR "molten salt" x`: `x | ((battery recycling) OR "molten salt")`,
		"((a b) OR c) OR (d | (e | f))":          " | ((a b) OR c OR d OR e OR f)",
		"title:电池 OR 摘要:“热 管理” OR 储能":            ` | (title:"电池" OR abstract:"热 管理" OR 储能)`,
		`title:(电池 OR "热管理")`:                    ` | (title:"电池" OR title:"热管理")`,
		"-(旧 OR 废 OR title:x) 电池":                `电池 | -"旧" -"废" -title:"x"`,
		"电池 OR 电池":                               "电池",
		"(电池) OR 回收":                             " | (电池 OR 回收)",
		"(a AND b) OR c":                         " | ((a b) OR c)",
		"电池 OR 回收 OR":                            " | (电池 OR 回收) | lone_or(OR) nothing",
		"电池 OR 回收 or 再生":                         "or 再生 | (电池 OR 回收)",

		// What an OR cannot join is held to together, and told.
		`"电池" | -旧 ｜ trl:6`:       ` | "电池" -"旧" trl:6..6 | lone_or(|) nothing | lone_or(｜) nothing`,
		"电池 OR trl:6":             "电池 | trl:6..6 | lone_or(OR) nothing",
		"电池 OR":                   "电池 | lone_or(OR) nothing",
		"电池 OR OR 回收":             "电池 回收 | lone_or(OR) nothing",
		"电池 OR colour:red":        "电池 ?colour red | lone_or(OR) nothing | unknown_field(colour:red) wish",
		"电池 OR (回收 -旧)":           `电池 (回收 | -"旧)" | lone_or(OR) nothing`,
		"title:(a b) OR c":        `b) c | title:"(a" | lone_or(OR) nothing`,
		"-(a b)":                  `b) | -"(a"`,
		"(a OR b":                 "(a b | lone_or(OR) nothing",
		"(((a OR b))) c":          "c | (a OR b)",
		"((((a OR b)))) c":        "((((a b)))) c | lone_or(OR) nothing",
		"METHOD AND/OR APPARATUS": "METHOD AND/OR APPARATUS",
		"|x y| z(x)|y":            "x y z(x) y | lone_or(|) nothing",
		"colour:a year:OR":        "a ?colour | unknown_field(colour:a) words | bad_range(year:OR) nothing",

		// A field that cannot be read takes nothing from what the rest finds.
		"year:abc 电池":         "电池 ?abc | bad_range(year:abc) wish",
		"电池 trl:high":         "电池 ?high | bad_range(trl:high) wish",
		"title: 电池":           "电池 | empty_field(title:) nothing",
		"电池 trl:":             "电池 | empty_field(trl:) nothing",
		"colour:red 电池":       "电池 ?colour red | unknown_field(colour:red) wish",
		"作者:张三丰 电池":           "电池 ?作者 张三丰 | unknown_field(作者:张三丰) wish",
		`inventor:"Li Wu" 电池`: `电池 ?inventor Li Wu | unknown_field(inventor:"Li Wu") wish`,
		`inventor:"Li Wu`:     `Wu ?inventor Li | open_quote("Li Wu) words | unknown_field(inventor:"Li) wish`,
		`inventor:"" 电池`:      `电池 ?inventor | empty_phrase("") nothing | unknown_field(inventor:"") wish`,
		"colour:-red 电池":      "电池 ?colour red | unknown_field(colour:-red) wish",
		"year:2024 trl:high":  " ?high | year:2024..2024 | bad_range(trl:high) wish",
		"title:电池 trl:high":   ` ?high | title:"电池" | bad_range(trl:high) wish`,
		"电池 trl:x trl:x":      "电池 ?x x | bad_range(trl:x) wish",
		"电池 -colour:red":      `电池 | -"colour:red" | unknown_field(colour:red) excluded`,
		"电池 -trl:6 -title:":   "电池 | bad_range(trl:6) nothing | empty_field(title:) nothing",

		// Where nothing else is asked for, it is what is meant.
		"colour:red":        "red ?colour | unknown_field(colour:red) words",
		`inventor:"Li Wu"`:  `Li Wu ?inventor | unknown_field(inventor:"Li Wu") words`,
		"作者:张三":             "张三 ?作者 | unknown_field(作者:张三) words",
		"作者:张三 -电池":         `张三 ?作者 | -"电池" | unknown_field(作者:张三) words`,
		"trl:high 。":        "。 high | bad_range(trl:high) words",
		"trl:high year:abc": "high abc | bad_range(trl:high) words | bad_range(year:abc) words",
		"trl:high title:":   "high | bad_range(trl:high) words | empty_field(title:) nothing",
		"trl:12":            "12 | bad_range(trl:12) words",
		"trl:a:-b":          "a b | bad_range(trl:a:-b) words",
		"year:20":           "20 | bad_range(year:20) words",
		"price:5个":          "5个 | bad_range(price:5个) words",
		"trl:":              "trl | empty_field(trl:) words",
		"trl:..":            "trl | bad_range(trl:..) words",
		"电池 trl:>9":         "电池 ?>9 | bad_range(trl:>9) wish",
		"电池 price:<0":       "电池 ?<0 | bad_range(price:<0) wish",
		"-trl:6":            " | bad_range(trl:6) nothing",
	} {
		if got := shown(querytext.Parse(text)); got != want {
			t.Errorf("%q\nis read as %s\nwant       %s", text, got, want)
		}
	}
}

func TestALongTextsPunctuationIsNoOperator(t *testing.T) {
	text := "摘要：" + strings.Repeat("我们需要面向高寒地区的“智能化”热管理方案，续航不降低。", 5)
	if q := querytext.Parse(text); len(q.Conditions)+len(q.Misread) != 0 {
		t.Errorf("%s", shown(q))
	}
	if q := querytext.Parse(text + ` -回收 "成套工艺" title:电池`); len(q.Conditions) != 3 {
		t.Errorf("%s", shown(q))
	}
}

func TestALongTextsAlternativesStandInBrackets(t *testing.T) {
	text := strings.Repeat("我们需要面向高寒地区的热管理方案，续航不降低。", 5) + " METHOD FOR IRON OR STEEL"
	if q := querytext.Parse(text); len(q.OneOf)+len(q.Misread) != 0 {
		t.Errorf("%s", shown(q))
	}
	text = "(锂离子电池 OR 锂电池 OR 钠离子电池 OR 固态电池 OR 液流电池 OR 超级电容器 OR 储能电站) AND (回收 OR 再生 OR 梯次利用 OR 循环利用 OR 湿法冶金) AND 电解液"
	if q := querytext.Parse(text); len(q.OneOf) != 2 || len(q.OneOf[0]) != 7 || q.Words != "电解液" {
		t.Errorf("%s", shown(q))
	}
}

func TestAlternativesBeyondTheBoundAreTold(t *testing.T) {
	var words []string
	for i := range search.MaxAlternatives + 2 {
		words = append(words, fmt.Sprintf("w%d", i))
	}
	q := querytext.Parse("(" + strings.Join(words, " OR ") + ")")
	if len(q.OneOf) != 1 || len(q.OneOf[0]) != search.MaxAlternatives || len(q.Misread) != 2 || q.Misread[0].Why != querytext.TooMany {
		t.Errorf("%s", shown(q))
	}
	if q := querytext.Parse(strings.Join(words, "|") + " (a OR b)"); len(q.OneOf) != 1 {
		t.Errorf("%s", shown(q))
	}
}

func BenchmarkBracketsThatHoldNothing(b *testing.B) {
	text := strings.Repeat("( ", 120) + "a" + strings.Repeat(" )", 120)
	for b.Loop() {
		querytext.Parse(text)
	}
}

func TestConditionsBeyondTheBoundAreWordsAndTold(t *testing.T) {
	var text strings.Builder
	for i := range search.MaxConditions + 3 {
		fmt.Fprintf(&text, `"词%c" `, 'a'+rune(i))
	}
	q := querytext.Parse(text.String())
	if len(q.Conditions) != search.MaxConditions || q.Words != "词q 词r 词s" || len(q.Misread) != 3 || q.Misread[0].Why != querytext.TooMany {
		t.Errorf("%s", shown(q))
	}
}

func TestAQueryIsAskedWithoutEachOfItsParts(t *testing.T) {
	for text, want := range map[string]string{
		"":                    "",
		"电池":                  "",
		"-电池":                 "",
		"电池 回收":               "回收 (电池), 电池 (回收)",
		"废旧电池 lithium-ion":    "lithium-ion (废旧电池), 废旧电池 (lithium-ion)",
		`电池 "成套 工艺" trl:>=6`:  `"成套 工艺" trl:6.. (电池), 电池 trl:6.. ("成套 工艺"), 电池 "成套 工艺" (trl:6..)`,
		"电池 -回收":              `电池 (-"回收")`, // nothing but an exclusion asks for nothing
		"电池 year:abc":         "",
		"(a OR b) 电池":         "(a OR b) (电池), 电池 ((a OR b))",
		"a1 b1 c1 d1 e1":      "",
		"ZL 2019 1 0123456.7": "",
		"10 kW 电机 5 °C":       "电机 5 °C (10 kW), 10 kW 5 °C (电机), 10 kW 电机 (5 °C)",
	} {
		var got []string
		without, alone := querytext.Parse(text).Fewer(4)
		for _, f := range without {
			got = append(got, fmt.Sprintf("%s (%s)", f.Query, f.LeftOut))
		}
		for _, f := range alone {
			if q := f.Query; len(analysis.Spaced(q.Words))+len(q.Conditions)+len(q.OneOf)+len(q.Ranges) != 1 || f.LeftOut == "" {
				t.Errorf("%q: %s is not one part, without %s", text, q, f.LeftOut)
			}
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("%q without each of its parts: %s, want %s", text, strings.Join(got, ", "), want)
		}
	}
}

// FuzzParse: whatever is typed is read; what is read can be written and read
// again; and no word is made up. Of a quotation mark that is passed over, a number
// and its unit may be left side by side (5“V): such a value is none made up.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"电池 回收", `"动力电池" -回收 title:电池 trl:>=6 price:<=50万`, "“a”b「c」-“d", "标题：“电池", "-title:\"x", "foo:-bar:“x” trl:3..2",
		"year:1..9 价格:10-50万元 成熟度：≥6级", `19" 5” "a`, "- -- --x -－x :: title::x", "«a» „b“ ＂c＂ 『d』", "http://a:b@c title:http://x",
		strings.Repeat("长文“引号”，", 30) + "标题：x -y",
		"a OR b|c (d OR e) -(f OR g) title:(h | i) ((j k) OR “l m”) OR n", "(a OR (b OR (c OR (d OR e", "|a||b| OR | OR a|-b", "或 a 或 b 且 c 与", "5“V",
	} {
		f.Add(seed)
	}
	a := analysis.New(nil)
	terms := func(text string) []string {
		all := a.Terms(text).Singles
		for _, w := range a.Terms(text).Words {
			if !strings.HasPrefix(w, analysis.ValueMark) && !slices.ContainsFunc([]rune(w), func(r rune) bool { return r >= 0x2e80 }) {
				all = append(all, w)
			}
		}
		slices.Sort(all)
		return slices.Compact(all)
	}
	f.Fuzz(func(t *testing.T, text string) {
		q := querytext.Parse(text)
		if !utf8.ValidString(q.String()) {
			t.Fatalf("%q is read as %q", text, q)
		}
		written := q.String()
		again := querytext.Parse(written)
		if len([]rune(text)) <= 40 && again.String() != written {
			t.Fatalf("%q is read as\n%s\nand that as\n%s", text, written, again)
		}
		if len(again.Conditions) < len(q.Conditions) && len(q.Conditions) < search.MaxConditions {
			t.Fatalf("%q is read as\n%s\nand that as\n%s", text, written, again)
		}
		known := terms(text)
		for _, c := range q.Conditions {
			if strings.TrimSpace(c.Phrase) != c.Phrase || c.Phrase == "" {
				t.Fatalf("%q holds to %q", text, c.Phrase)
			}
		}
		for _, among := range q.OneOf {
			for _, alternative := range among {
				for _, w := range terms(alternative.Text) {
					if !slices.Contains(known, w) {
						t.Fatalf("%q makes up %q: %s", text, w, written)
					}
				}
			}
		}
		for _, w := range terms(q.Words + " " + q.Wishes) {
			if !slices.Contains(known, w) {
				t.Fatalf("%q makes up %q: %s", text, w, written)
			}
		}
	})
}
