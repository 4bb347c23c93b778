package match

import (
	"math/big"
	"slices"

	"chengqiao/internal/quantity"
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
	has := func(word string) bool { return quantity.Names(name, word) }
	switch lower, upper := slices.ContainsFunc(lowerWords, has), slices.ContainsFunc(upperWords, has); {
	case lower && !upper:
		return lowerEnd
	case upper && !lower:
		return upperEnd
	}
	return noEnd
}

// serves judges a range through which something serves: from -20 to 60 ℃ it serves at
// -20 and below zero, and at 60. A claim of one end says nothing of the other; nor
// does a single value of how far down it goes.
func serves(v quantity.Interval, operator string, threshold *big.Rat, claimed, wanted end) VerdictKind {
	single := v.Low != nil && v.High != nil && v.Low.Cmp(v.High) == 0
	switch {
	case operator == "<=" && wanted == upperEnd && claimed != lowerEnd && v.High != nil:
		return meets(quantity.Interval{Low: v.High, High: v.High}, operator, threshold)
	case operator == ">=" && wanted == lowerEnd && claimed != upperEnd && v.Low != nil:
		return meets(quantity.Interval{Low: v.Low, High: v.Low}, operator, threshold)
	case operator == "=":
		return meets(v, operator, threshold)
	case operator == "<=" && (claimed == upperEnd || single && claimed == noEnd && v.Low.Cmp(threshold) > 0):
		v.Low = nil
	case operator == "<=" && v.Low != nil:
		v.High = v.Low
	case operator == ">=" && claimed == lowerEnd:
		v.High = nil
	case operator == ">=" && v.High != nil:
		v.Low = v.High
	}
	return meets(v, operator, threshold)
}

// differences are words by which a metric is one of degrees between two temperatures,
// or around one.
var differences = []string{"温升", "温差", "过热度", "过冷度", "升温幅度", "降温幅度", "精度", "误差", "偏差", "波动", "均匀", "温度稳定性", "控温稳定性", "分辨率", "漂移",
	"rise", "difference", "accuracy", "uniformity", "resolution", "gradient", "deviation", "fluctuation", "error", "drift", "tolerance"}

// isDifference tells whether degrees of a metric count from no zero: 5 K of 温升 are 5 ℃.
func isDifference(metric string) bool {
	return slices.ContainsFunc(differences, func(word string) bool { return quantity.Names(metric, word) })
}
