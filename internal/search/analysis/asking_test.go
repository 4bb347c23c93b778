package analysis_test

import (
	"slices"
	"testing"
)

func TestAQuestionAsksForWhatItNames(t *testing.T) {
	a := shipped(t)
	for question, named := range map[string]string{
		"请问有没有能处理含盐废水的膜技术":             "处理含盐废水的膜技术",
		"怎么防治棉花黄萎病":                    "防治棉花黄萎病",
		"棉花黄萎病怎么防治？":                   "棉花黄萎病 防治",
		"请问哪家单位有石墨烯导热膜的成果？":            "石墨烯导热膜的成果",
		"我们厂想找一种低成本的秸秆还田技术":            "低成本的秸秆还田技术",
		"有没有能源管理系统吗":                   "能源管理系统",
		"哪些高校 滴灌":                      "滴灌",
		"how to remove arsenic":        "remove arsenic",
		"what is the best battery for": "best battery",
		"锂电池的技术":                       "锂电池",
		"锂电池技术":                        "锂电池",
		"LED技术":                        "LED",
		"电场调控的方法":                      "电场调控",
		"有关石墨烯的相关研究":                   "石墨烯",
		"关于碳捕集方面的项目":                   "碳捕集",
		"石墨烯相关技术":                      "石墨烯",
		"空间自相关":                        "空间 空间自 自相关",
		"我想买一台采棉机":                     "采棉机",
		"求一种耐磨涂层":                      "耐磨 涂层",
		"专利号ZL202110123456.7":          "202110123456.7",
		"专利号：ZL 2021 1 0123456.7":      "202110123456.7",
		"公开号 CN112345678A":             "CN112345678A",
		"软著登字第2023SR0456123":           "2023SR0456123",
		"什么材料可以耐高温":                    "材料 耐高温",
		"需要一种能够降解农膜的菌":                 "降解农膜的菌",
		// What joins two names is part of neither.
		"锂电池和钠离子电池": "锂电池 钠离子电池",
		"石墨烯的热管理":   "石墨烯 热管理",
		"处理废水的膜":    "处理 废水 膜",
		"石墨烯中的大肠杆菌": "石墨烯 大肠杆菌",
		"锂电池的正极与负极": "锂电池 正极 负极",
	} {
		got, want := a.Plan(question).Key(), a.Plan(named).Key()
		if got != want {
			t.Errorf("%q asks for %q, want %q", question, got, want)
		}
	}
	for _, meant := range []string{"需要量", "能源", "吗啡", "可能性", "怎么样", "技术", "方法学", "的确良", "和田玉", "关于"} {
		if plan := a.Plan(meant); !slices.ContainsFunc([]rune(plan.Key()), func(r rune) bool { return r == []rune(meant)[0] }) {
			t.Errorf("%q asks for %q", meant, plan.Key())
		}
	}
}
