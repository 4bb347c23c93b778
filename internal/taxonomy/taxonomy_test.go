package taxonomy_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"chengqiao/config"
	"chengqiao/internal/taxonomy"
)

func shipped(t *testing.T) *taxonomy.Set {
	t.Helper()
	s, err := taxonomy.Load(config.Files)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestTheShippedListsAreWhole(t *testing.T) {
	s := shipped(t)
	for list, count := range map[string]int{
		taxonomy.TechnicalField: 11, taxonomy.TRL: 9, taxonomy.IPKind: 9, taxonomy.IPState: 10,
		taxonomy.Industry: 20 + 97,
	} {
		if got := len(s.List(list)); got != count {
			t.Errorf("%s has %d terms, want %d", list, got, count)
		}
	}
	if first := s.List(taxonomy.TechnicalField)[0].Name.Zh; first != "电子信息" {
		t.Errorf("the registration's list begins with %q", first)
	}
	if got := len(s.Children(taxonomy.Region, "")); got != 34 {
		t.Errorf("%d provinces, want 34", got)
	}
	if got := len(s.Children(taxonomy.Region, "650000")); got != 14+12 {
		t.Errorf("the home region has %d divisions, want 26", got)
	}
}

func TestACodeKnowsWhatItBelongsTo(t *testing.T) {
	s := shipped(t)
	for _, c := range []struct {
		list, code string
		want       []string
	}{
		{taxonomy.Region, "652300", []string{"652300", "650000"}},
		{taxonomy.Region, "110000", []string{"110000"}},
		{taxonomy.Industry, "C26", []string{"C26", "C"}},
		{taxonomy.Industry, "Z99", nil},
	} {
		if got := s.Path(c.list, c.code); !slices.Equal(got, c.want) {
			t.Errorf("path of %s %s is %v, want %v", c.list, c.code, got, c.want)
		}
	}
}

func TestAnUnknownCodeIsShownAsItself(t *testing.T) {
	s := shipped(t)
	if got := s.Name(taxonomy.Form, "hologram").Zh; got != "hologram" {
		t.Errorf("shown as %q", got)
	}
	if s.Has(taxonomy.Form, "hologram") || !s.Has(taxonomy.Form, "prototype") {
		t.Error("membership is wrong")
	}
}

func TestFreeTextFindsItsCode(t *testing.T) {
	s := shipped(t)
	for called, want := range map[string]string{
		"北京": "110000", "新疆": "650000", "Xinjiang": "650000", "广西": "450000", "香港": "810000", "陕西省": "610000",
		"乌鲁木齐": "650100", "Urumqi": "650100", "巴音郭楞": "652800", "伊犁": "654000", "吉林": "220000", "海南": "460000",
		"Guangdong Province": "440000", "Xinjiang Uygur Autonomous Region": "650000", "Ürümqi City": "650100",
	} {
		if got, ok := s.ByName(taxonomy.Region, called); !ok || got != want {
			t.Errorf("%s is %q, want %q", called, got, want)
		}
	}
	if got, ok := s.ByName(taxonomy.Region, "亚特兰蒂斯"); ok {
		t.Errorf("an invented place is %s", got)
	}
}

func TestABrokenListSaysAllThatIsWrongWithIt(t *testing.T) {
	_, err := taxonomy.Load(fstest.MapFS{"taxonomies/a.yaml": {Data: []byte(`
form:
  - {code: "a b", zh: 甲, en: A}
  - {code: x, zh: 乙, en: B}
  - {code: x, zh: 丙, en: C}
  - {code: y, zh: 丁}
  - {code: z, zh: 戊, en: E, parent: nowhere}
`)}})
	if err == nil {
		t.Fatal("it was loaded")
	}
	for _, want := range []string{`malformed code "a b"`, "x stands twice", "y has no name", `z stands before its parent "nowhere"`, "no list region"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not say %q: %v", want, err)
		}
	}
}
