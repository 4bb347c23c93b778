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
	} {
		got, want := a.Plan(question).Key(), a.Plan(named).Key()
		if got != want {
			t.Errorf("%q asks for %q, want %q", question, got, want)
		}
	}
	for _, meant := range []string{"需要量", "能源", "吗啡", "可能性", "怎么样"} {
		if plan := a.Plan(meant); !slices.ContainsFunc([]rune(plan.Key()), func(r rune) bool { return r == []rune(meant)[0] }) {
			t.Errorf("%q asks for %q", meant, plan.Key())
		}
	}
}
