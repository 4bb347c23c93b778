package match

import (
	"math/big"
	"slices"
	"strings"
)

// end is which end of a range the name of a metric means: 最低工作温度 the lower one.
type end uint8

const (
	noEnd end = iota
	lowerEnd
	upperEnd
)

var (
	lowerWords = []string{"最低", "最小", "下限", "minimum", "min", "lower", "lowest"}
	upperWords = []string{"最高", "最大", "上限", "maximum", "max", "upper", "highest"}
)

func endIn(name string) end {
	has := func(word string) bool { return names(name, word) }
	switch lower, upper := slices.ContainsFunc(lowerWords, has), slices.ContainsFunc(upperWords, has); {
	case lower && !upper:
		return lowerEnd
	case upper && !lower:
		return upperEnd
	}
	return noEnd
}

// Of a temperature these say that something works at it, and of others those of
// rangeWords that it can be had at any value of a range.
var (
	usageWords = []string{"工作", "使用", "适用", "适应", "运行", "服役", "操作", "环境", "耐", "operating", "operation", "working", "service", "ambient", "use"}
	rangeWords = []string{"测量范围", "检测范围", "量程", "调节范围", "可调范围", "调速范围", "控制范围", "工作范围", "适用范围", "温度范围", "湿度范围",
		"频率范围", "工作频段", "电压范围", "转速范围", "流量范围", "压力范围", "波长范围", "光谱范围",
		"measuring range", "measurement range", "operating range", "temperature range", "humidity range", "frequency range", "voltage range", "speed range",
		"flow range", "pressure range", "spectral range"}
)

// inUse tells whether a range of a metric in a unit is one through which something
// serves, as that of 工作温度, and not one in which its value lies, as that of 反应温度.
func inUse(metric, unitName string) bool {
	lower := strings.ToLower(metric)
	if slices.ContainsFunc(rangeWords, func(word string) bool { return strings.Contains(lower, word) }) {
		return true
	}
	u, ok := parseUnit(unitName)
	temperature := ok && len(u.dim) == 1 && u.dim["K"] == 1 && (strings.Contains(metric, "温") || names(metric, "temperature"))
	return temperature && slices.ContainsFunc(usageWords, func(word string) bool { return names(metric, word) })
}

// serves judges a range through which something serves: from -20 to 60 ℃ it serves at
// -20 and below zero, and at 60. A claim of one end says nothing of the other; nor
// does a single value of how far down it goes.
func (v interval) serves(operator string, threshold *big.Rat, claimed, wanted end) VerdictKind {
	single := v.low != nil && v.high != nil && v.low.Cmp(v.high) == 0
	switch {
	case operator == "<=" && wanted == upperEnd && claimed != lowerEnd && v.high != nil:
		return interval{v.high, v.high}.meets(operator, threshold)
	case operator == ">=" && wanted == lowerEnd && claimed != upperEnd && v.low != nil:
		return interval{v.low, v.low}.meets(operator, threshold)
	case operator == "=":
		return v.meets(operator, threshold)
	case operator == "<=" && (claimed == upperEnd || single && claimed == noEnd && v.low.Cmp(threshold) > 0):
		v.low = nil
	case operator == "<=" && v.low != nil:
		v.high = v.low
	case operator == ">=" && claimed == lowerEnd:
		v.high = nil
	case operator == ">=" && v.high != nil:
		v.low = v.high
	}
	return v.meets(operator, threshold)
}

// differences are words by which a metric is one of degrees between two temperatures,
// or around one.
var differences = []string{"温升", "温差", "过热度", "过冷度", "升温幅度", "降温幅度", "精度", "误差", "偏差", "波动", "均匀", "温度稳定性", "控温稳定性", "分辨率", "漂移",
	"rise", "difference", "accuracy", "uniformity", "resolution", "gradient", "deviation", "fluctuation", "error", "drift", "tolerance"}

// isDifference tells whether degrees of a metric count from no zero: 5 K of 温升 are 5 ℃.
func isDifference(metric string) bool {
	return slices.ContainsFunc(differences, func(word string) bool { return names(metric, word) })
}
