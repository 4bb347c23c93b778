package match_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"chengqiao/internal/match"
	"chengqiao/internal/search/analysis"
)

func TestReasonsNameNoAmountsAndNoJoiningWords(t *testing.T) {
	for s, want := range map[string]bool{
		"磷酸铁锂": true, "滴灌": true, "water": true, "per unit area": true, "TRL": true, "亩产量": true, "年均气温": true,
		"ha": false, "kWh": false, "MPa": false, "hectare yield": true, "m3": false, "Nm³": false, "years": false, "N2": true, "TiO2": true,
		"000 小时": false, "小米": true, "24小时": false, "2030年": false, "5G 基站": true,
		"研究与应用": false, "关键技术": false, "等问题": false, "提供参考和借鉴": false, "为解决": false, "产品": false,
		"决策支持": true, "使用寿命": true, "智能灌溉系统": true, "方法学": true,
		"率高": false, "量大": false, "率不高": false, "率高达": false, "量子": true, "物理": true, "产量高": true, "强度高": true,
		"per mu": false, "CNY": false, "per": false, "每亩": false, "两年": false, "降至": false, "the": false, "fall": false, "yield increase": true, "45": false, "水": false,
	} {
		if got := match.WorthNaming(s); got != want {
			t.Errorf("%q is worth naming: %v", s, got)
		}
	}
}

func TestSharedExpressionsBeginAndEndWithoutTheWordsAroundThem(t *testing.T) {
	for _, c := range []struct {
		own, other string
		want       []string
	}{
		{"香菇多糖等活性物", "富集香菇多糖等组分", []string{"香菇多糖"}},
		{"针对盾构刀盘磨损", "针对盾构刀盘卡滞", []string{"盾构刀盘"}},
		{"为了降低轧辊磨损", "为了降低轧辊振动", []string{"降低轧辊"}},
		{"钒钛磁铁矿是原料", "钒钛磁铁矿是主体", []string{"钒钛磁铁矿"}},
		{"高等植物叶绿体", "高等真菌", []string{"高等"}},
		{"等温淬火球铁", "等温淬火工艺", []string{"等温淬火"}},
	} {
		if got := match.Shared(analyse(), []string{c.own}, []string{c.other}); !slices.Equal(got, c.want) {
			t.Errorf("%q and %q share %q, want %q", c.own, c.other, got, c.want)
		}
	}
}

// In a market too small to tell which characters belong together, the list of synonyms does.
func TestSharedExpressionsAreNotCutInsideNamesOfTheSynonymList(t *testing.T) {
	synonyms, err := analysis.NewSynonyms([][]string{{"催化剂", "catalyst"}, {"充电桩", "charging pile"}, {"储能", "energy storage"}, {"纤维", "fiber"}, {"碳纤维", "carbon fiber"}})
	if err != nil {
		t.Fatal(err)
	}
	knowing := match.AnalyserOf(analysis.New(synonyms))
	for _, c := range []struct {
		own, other string
		want       []string
	}{
		{"加氢催化剂与载体", "溶化剂与载体", []string{"载体"}},
		{"山区充电桩建设", "园区充电桩", []string{"充电桩"}},
		{"船用储能", "船用储罐", []string{"船用"}},
		{"碳纤维增韧", "玄武岩纤维增韧", []string{"纤维增韧"}},
		{"催化剂再生", "催化剂再生炉", []string{"催化剂再生"}},
	} {
		if got := match.Shared(knowing, []string{c.own}, []string{c.other}); !slices.Equal(got, c.want) {
			t.Errorf("%q and %q share %q, want %q", c.own, c.other, got, c.want)
		}
	}
}

// What an author gives as keywords are words, whatever the list of synonyms has.
func TestSharedExpressionsAreNotCutInsideTheKeywordsOfTheNeed(t *testing.T) {
	for _, c := range []struct {
		need, result *match.View
		want         []string
	}{
		{view("", "牧区布氏菌病散发", "布氏菌病"), view("", "家畜李氏菌病流行"), nil},
		{view("", "家畜氏菌病防控", "布氏菌病"), view("", "氏菌病，流行"), []string{"氏菌病"}},
		{view("", "混凝土抗冻耐久性", "耐久性"), view("", "热持久性"), nil},
		{view("", "隐性乳房炎发病", "乳房炎"), view("", "隐性乳品过敏"), []string{"隐性"}},
		{view("", "沙漠公路防护", "沙漠公路"), view("", "沙漠植被"), []string{"沙漠"}},
	} {
		x := filled(t, open(match.Achievement, "result", c.result))
		if got := termsOf(x.Explainer(c.need, match.Need).WithResult(c.result, nil)); !slices.Equal(got, c.want) {
			t.Errorf("%v and %v share %q, want %q", c.need.Texts, c.result.Texts, got, c.want)
		}
	}
}

// A market of two knows what every text says.
func TestASmallMarketKnowsTheWordsOfEveryText(t *testing.T) {
	for _, c := range []struct{ need, result, want string }{
		{"棉花自动采摘装置", "红枣自动采收装置", "自动"},
		{"高分子材料防老化", "功能材料防腐蚀", "材料"},
	} {
		result := view("", c.result)
		x := filled(t, open(match.Achievement, "result", result))
		if got := termsOf(x.Explainer(view("", c.need), match.Need).WithResult(result, nil)); !slices.Contains(got, c.want) {
			t.Errorf("%q and %q share %q, want %q among them", c.need, c.result, got, c.want)
		}
	}
}

func TestBilingualTextsAreNotJoinedByALoneWordOfTheirTranslations(t *testing.T) {
	for name, c := range map[string]struct{ own, other, want []string }{
		"a lone English word of both translations": {
			[]string{"耐盐苜蓿种植模式", "Salt tolerance of alfalfa in fall"}, []string{"节水玉米品种", "Maize with drought tolerance"}, nil},
		"an English expression of both": {
			[]string{"耐盐苜蓿种植模式", "salt tolerance of alfalfa"}, []string{"耐盐玉米品种", "maize with salt tolerance"}, []string{"salt tolerance", "耐盐"}},
		"a name in the Chinese text": {
			[]string{"基于Modbus的泵站监测", "Pump monitoring"}, []string{"支持Modbus的阀门", "Valves"}, []string{"Modbus"}},
		"one side in English alone": {
			[]string{"Salt tolerance of alfalfa"}, []string{"节水玉米品种", "Maize with drought tolerance"}, []string{"tolerance"}},
	} {
		got := match.Shared(analyse(), c.own, c.other)
		if slices.Sort(got); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestOfACopiedSentenceThePartIsNamedThatTells(t *testing.T) {
	sentence := "build an environment that mirrors actual test data to provide a departure point for many long simulations"
	got := match.Shared(analyse(), []string{sentence}, []string{"We " + sentence + " again"})
	if len(got) != 1 || len(strings.Fields(got[0])) > 8 || !strings.Contains(sentence, got[0]) {
		t.Errorf("%q", got)
	}
	han := "采用低温磷酸铁锂电池电解液配方并在零下四十度保持放电容量百分之八十以上而且循环寿命不减少"
	if got := match.Shared(analyse(), []string{han}, []string{han}); len(got) != 1 || utf8.RuneCountInString(got[0]) > 25 || !strings.Contains(han, got[0]) {
		t.Errorf("%q", got)
	}
}

// namedBetween are the expressions by which a need fits a result in a market of many.
func namedBetween(t *testing.T, need, result *match.View, said ...string) []string {
	t.Helper()
	var listings []match.Listing
	for i := range 80 {
		words := "成本，活动，效率，存在，机器"
		if i < 8 {
			words += "，" + strings.Join(said, "，")
		}
		listings = append(listings, open(match.Achievement, fmt.Sprint("other", i), view("", words)))
	}
	x := filled(t, append(listings, open(match.Achievement, "result", result))...)
	return termsOf(x.Explainer(need, match.Need).WithResult(result, nil))
}

// termsOf are the shared expressions that an explanation names.
func termsOf(e match.Explanation) []string {
	for _, r := range e.Reasons {
		if r.Code == match.SharedTerms {
			named, _ := r.Params["terms"].([]string)
			return named
		}
	}
	return nil
}

func TestAnExpressionDoesNotBeginOrEndInTheMiddleOfAWord(t *testing.T) {
	said := []string{"地膜", "残膜", "回收", "机构", "透光"}
	for _, c := range []struct {
		need, result string
		want         []string
	}{
		{"残膜回收率", "地膜回收率", []string{"回收率"}},
		{"残膜回收机型", "残膜回收机构", []string{"残膜回收"}},
		{"透光率损失", "透光率下降", []string{"透光率"}},
		{"残膜回收率", "残膜回收率测定", []string{"残膜回收率"}},
	} {
		if got := namedBetween(t, view("", c.need), view("", c.result), said...); !slices.Equal(got, c.want) {
			t.Errorf("%q and %q share %q, want %q", c.need, c.result, got, c.want)
		}
	}
}

// Of what begins with the character at the edge nothing need be known.
func TestAnExpressionDoesNotTakeOneCharacterOfTheNextWordAlong(t *testing.T) {
	said := []string{"叶片", "疫苗", "系统", "脱硝", "材料"}
	for _, c := range []struct {
		need, result string
		want         []string
	}{
		{"风电叶片防覆冰", "风电叶片防冰", []string{"风电叶片"}},
		{"布病疫苗", "犬病疫苗", []string{"疫苗"}},
		{"产线系统", "热线系统", nil}, // 系统 by itself says nothing
		{"脱硝剂寿命", "脱硝剂再生", []string{"脱硝剂"}},
		{"风电叶片防", "风电叶片防冰", []string{"风电叶片防"}},
	} {
		if got := namedBetween(t, view("", c.need), view("", c.result), said...); !slices.Equal(got, c.want) {
			t.Errorf("%q and %q share %q, want %q", c.need, c.result, got, c.want)
		}
	}
}

// Where one of the texts begins or ends with it, an expression is whole, however often its
// edge goes on otherwise elsewhere.
func TestAnExpressionIsWholeWhereAnAuthorSetItApart(t *testing.T) {
	for result, want := range map[string][]string{"含油量：3": {"含油量"}, "富含油量": {"油量"}} {
		if got := namedBetween(t, view("", "出水含油量"), view("", result), "水含泥"); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", result, got, want)
		}
	}
}

func TestWhatMayBeNoWordIsNamedWhereLittleElseIs(t *testing.T) {
	said := []string{"成活率和存活率"}
	few := namedBetween(t, view("", "成活率"), view("", "存活率"), said...)
	many := namedBetween(t, view("", "成活率，丁酸梭菌，枯草芽孢，肉鸡"), view("", "存活率，丁酸梭菌，枯草芽孢，肉鸡"), said...)
	if !slices.Equal(few, []string{"活率"}) || slices.Contains(many, "活率") || len(many) != 3 {
		t.Errorf("%q, and beside others %q", few, many)
	}
}

func TestReasonsNameNoFiguresThatAreWrittenWithTheirUnits(t *testing.T) {
	for _, c := range []struct {
		own, other string
		want       []string
	}{
		{"日产奶27kg，过瘤胃", "产量27kg；过瘤胃", []string{"过瘤胃"}},
		{"寿命24000h的催化剂", "24000h催化剂", []string{"催化剂"}},
		{"18GHz超宽带", "2-18GHz超宽带", []string{"超宽带"}},
		{"导热系数≥5W", "导热系数8.5W", []string{"导热系数"}},
		{"GB 18918-2002一级标准氨氮", "(GB18918-2002)一级标准氨氮", []string{"一级标准氨氮"}},
		{"510MPa级车轮钢", "某510MPa级车轮钢", []string{"510MPa级车轮钢"}},
		{"不锈钢316L", "316L", []string{"316L"}},
		{"规模", "規模", nil}, {"規模", "规模", nil}, {"一级", "一级", nil}, {"每只", "每只", nil},
	} {
		if got := match.Shared(analyse(), []string{c.own}, []string{c.other}); !slices.Equal(got, c.want) {
			t.Errorf("%q and %q share %q, want %q", c.own, c.other, got, c.want)
		}
	}
}
