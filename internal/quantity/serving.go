package quantity

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Of a temperature these say that something works at it, and of others those of
// rangeWords that it can be had at any value of a range.
var (
	usageWords = []string{"工作", "使用", "适用", "适应", "运行", "服役", "操作", "环境", "耐", "operating", "operation", "working", "service", "ambient", "use"}
	rangeWords = []string{"测量范围", "检测范围", "量程", "调节范围", "可调范围", "调速范围", "控制范围", "工作范围", "适用范围", "温度范围", "湿度范围",
		"频率范围", "工作频段", "电压范围", "转速范围", "流量范围", "压力范围", "波长范围", "光谱范围",
		"measuring range", "measurement range", "operating range", "temperature range", "humidity range", "frequency range", "voltage range", "speed range",
		"flow range", "pressure range", "spectral range"}
)

// Serving tells whether a range of a metric in a unit is one through which something
// serves, as that of 工作温度, and not one in which its value lies, as that of 反应温度.
func Serving(metric, unitName string) bool {
	lower := strings.ToLower(metric)
	if slices.ContainsFunc(rangeWords, func(word string) bool { return strings.Contains(lower, word) }) {
		return true
	}
	u, ok := ParseUnit(unitName)
	temperature := ok && len(u.dim) == 1 && u.dim["K"] == 1 && (strings.Contains(metric, "温") || Names(metric, "temperature"))
	return temperature && slices.ContainsFunc(usageWords, func(word string) bool { return Names(metric, word) })
}

// Names tells whether the name of a metric has a word: an English one as a word of its own.
func Names(name, word string) bool {
	if word[0] >= utf8.RuneSelf {
		return strings.Contains(name, word)
	}
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return !unicode.IsLetter(r) })
	return slices.Contains(words, word)
}
