package match_test

import (
	"testing"

	"chengqiao/internal/match"
	"chengqiao/internal/text"
)

func TestWhatServesThroughARangeServesAtEachOfItsValues(t *testing.T) {
	to := func(metric, value string) match.Claim { return match.Claim{Metric: text.Of(metric), Value: value} }
	areJudged(t, []claimCase{
		{"工作温度", "<=", "-20", "℃", to("工作温度", "-20~60 ℃"), match.Met},
		{"工作温度", "<=", "-30", "℃", to("工作温度", "-20~60 ℃"), match.Unmet},
		{"工作温度", ">=", "60", "℃", to("工作温度", "-20~60 ℃"), match.Met},
		{"工作温度", ">=", "70", "℃", to("工作温度", "-20~60 ℃"), match.Unmet},
		{"工作温度", "=", "25", "℃", to("工作温度", "-20~60 ℃"), match.Met},
		{"最低工作温度", "<=", "-30", "℃", to("工作温度", "-35～65℃"), match.Met},
		{"最高工作温度", ">=", "60", "℃", to("工作温度", "-35～65℃"), match.Met},
		{"工作温度下限", "<=", "-40", "℃", to("工作温度范围", "-35～65℃"), match.Unmet},
		{"最高工作温度", "<=", "60", "℃", to("工作温度", "-35～65℃"), match.Unmet},
		{"适应温度", "<=", "-25", "℃", to("适用环境温度", "-30~40 ℃"), match.Met},
		{"使用温度", ">=", "600", "K", to("最高使用温度", "350 ℃"), match.Met},
		{"耐温", ">=", "350", "℃", to("耐温性", "300 ℃"), match.Unmet},
		{"工作温度", "<=", "-20", "℃", to("工作温度", "≥ -40 ℃"), match.Met},
		{"operating temperature", "<=", "-20", "°C", to("Operating temperature", "-40 to 85 °C"), match.Met},
		{"测量范围", ">=", "100", "MPa", to("测量范围", "0-160 MPa"), match.Met},
		// One end tells nothing of the other, and one value nothing of what is below it.
		{"工作温度", "<=", "-20", "℃", to("最高工作温度", "85 ℃"), match.Unknown},
		{"工作温度", ">=", "60", "℃", to("最低工作温度", "-40 ℃"), match.Unknown},
		{"工作温度", "<=", "-20", "℃", to("工作温度", "25 ℃"), match.Unknown},
		// Where a value lies somewhere in a range, it may lie on either side.
		{"反应温度", "<=", "60", "℃", to("反应温度", "50~80 ℃"), match.Unknown},
		{"工作电流", "<=", "80", "mA", to("工作电流", "60~100 mA"), match.Unknown},
		{"运行成本", "<=", "4", "元/吨", to("运行成本", "3~5 元/吨"), match.Unknown},
	}, "")
}

func TestDegreesBetweenTwoTemperaturesCountFromNoZero(t *testing.T) {
	areJudged(t, []claimCase{
		{"温升", "<=", "5", "K", match.Claim{Metric: text.Of("温升"), Value: "3℃"}, match.Met},
		{"温升", "<=", "5", "℃", match.Claim{Metric: text.Of("温升"), Value: "8 K"}, match.Unmet},
		{"温差", "<=", "9", "℉", match.Claim{Metric: text.Of("温差"), Value: "4℃"}, match.Met},
		{"控温精度", "<=", "0.1", "℃", match.Claim{Metric: text.Of("控温精度"), Value: "±0.5K"}, match.Unmet},
		{"temperature accuracy", "<=", "0.5", "°C", match.Claim{Metric: text.Of("Temperature accuracy"), Value: "1 K"}, match.Unmet},
		{"出口温度", "<=", "-10", "℃", match.Claim{Metric: text.Of("出口温度"), Value: "253.15 K"}, match.Met},
	}, "")
}
