package search_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"chengqiao/internal/errs"
	"chengqiao/internal/policy"
	"chengqiao/internal/search"
	"chengqiao/internal/search/analysis"
)

func TestHierarchiesGiveAllTheirLevels(t *testing.T) {
	for _, c := range []struct {
		facet  search.Facet
		facets search.Facets
		want   string
	}{
		{search.FacetRegion, search.Facets{Regions: []string{"650104"}}, "650000 650100"},
		{search.FacetRegion, search.Facets{Regions: []string{"650100"}}, "650000 650100"},
		{search.FacetRegion, search.Facets{Regions: []string{"650000"}}, "650000"},
		{search.FacetRegion, search.Facets{Regions: []string{"659003"}}, "650000 659003"},
		{search.FacetRegion, search.Facets{Regions: []string{"429004", "420100"}}, "420000 429004 420100"},
		{search.FacetRegion, search.Facets{Regions: []string{"KZ"}}, "KZ"},
		{search.FacetRegion, search.Facets{Regions: []string{""}}, ""},
		{search.FacetIndustry, search.Facets{Industries: []string{"C"}}, "C"},
		{search.FacetIndustry, search.Facets{Industries: []string{"C38"}}, "C C38"},
		{search.FacetIndustry, search.Facets{Industries: []string{"C3841", "C3842", "A01"}}, "C C38 A A01"},
		{search.FacetTRL, search.Facets{TRL: 6}, "6"},
		{search.FacetTRL, search.Facets{}, ""},
		{search.FacetPublicBenefit, search.Facets{PublicBenefit: true}, "true"},
		{search.FacetPublicBenefit, search.Facets{}, ""},
	} {
		d := search.Document{Facets: c.facets}
		if got := strings.Join(d.Values(c.facet), " "); got != c.want {
			t.Errorf("%s of %+v: %q, want %q", c.facet, c.facets, got, c.want)
		}
	}
}

func TestPriceBandsMeetWithoutOverlap(t *testing.T) {
	for fen, want := range map[int64]string{
		0: "under_100k", 9_999_999: "under_100k", 10_000_000: "100k_500k", 49_999_999: "100k_500k",
		50_000_000: "500k_1m", 99_999_999: "500k_1m", 100_000_000: "1m_5m", 499_999_999: "1m_5m", 500_000_000: "5m_up",
	} {
		if got := search.PriceBand(fen); got != want {
			t.Errorf("%d fen is %s, want %s", fen, got, want)
		}
	}
}

func TestEveryChangeOfADocumentChangesItsChecksum(t *testing.T) {
	base := func() search.Document {
		price := int64(1)
		return search.Document{
			ID: "1", Kind: search.KindNeed, Owner: "o", Audience: policy.TierPublic, PublishedAt: 1, UpdatedAt: 2,
			Texts:  []search.Text{{Tier: policy.TierPublic, Title: "a", Keywords: []string{"b", "c"}}},
			Facets: search.Facets{PriceFen: &price, Fields: []string{"农业"}},
		}
	}
	whole := base()
	again := base()
	if whole.Checksum() != again.Checksum() || len(whole.Checksum()) != 16 {
		t.Fatalf("%s and %s of equal documents", whole.Checksum(), again.Checksum())
	}
	other := int64(2)
	for name, change := range map[string]func(d *search.Document){
		"tier":      func(d *search.Document) { d.Texts[0].Tier = policy.TierNDA },
		"audience":  func(d *search.Document) { d.Audience = policy.TierNDA },
		"owner":     func(d *search.Document) { d.Owner = "p" },
		"keywords":  func(d *search.Document) { d.Texts[0].Keywords = []string{"bc"} },
		"price":     func(d *search.Document) { d.Facets.PriceFen = &other },
		"no price":  func(d *search.Document) { d.Facets.PriceFen = nil },
		"members":   func(d *search.Document) { d.Facets.PriceFen, d.Facets.MembersPriceFen = nil, d.Facets.PriceFen },
		"updated":   func(d *search.Document) { d.UpdatedAt = 3 },
		"published": func(d *search.Document) { d.PublishedAt = 3 },
	} {
		d := base()
		change(&d)
		if d.Checksum() == whole.Checksum() {
			t.Errorf("the %s changes nothing", name)
		}
	}
}

func TestReadersReadWhatIsTheirs(t *testing.T) {
	d := search.Document{ID: "1", Owner: "o", Texts: []search.Text{
		{Tier: policy.TierPublic, Title: "p"}, {Tier: policy.TierMembers, Title: "m"}, {Tier: policy.TierNDA, Title: "n"},
	}}
	members := []policy.Tier{policy.TierPublic, policy.TierMembers}
	for _, c := range []struct {
		name   string
		reader search.Reader
		want   string
	}{
		{"anyone", search.Reader{}, "p"},
		{"a member", search.Reader{Tiers: members, Organisation: "x"}, "pm"},
		{"the owner", search.Reader{Tiers: members, Organisation: "o"}, "pmn"},
		{"a party", search.Reader{Granted: []string{"1"}}, "pmn"},
		{"a party of another", search.Reader{Granted: []string{"2"}}, "p"},
		{"one without an organisation", search.Reader{Organisation: ""}, "p"},
		{"a reviewer", search.Reader{Tiers: policy.AllTiers}, "pmn"},
	} {
		got := ""
		for _, x := range d.Readable(c.reader) {
			got += x.Title
		}
		if got != c.want {
			t.Errorf("%s reads %q, want %q", c.name, got, c.want)
		}
	}
	orphan := search.Document{ID: "1", Texts: d.Texts}
	if n := len(orphan.Readable(search.Reader{})); n != 1 {
		t.Errorf("a document without an owner is read in %d tiers by those without an organisation", n)
	}
}

func TestTextsCountInTheNarrowerOfTierAndAudience(t *testing.T) {
	d := search.Document{
		ID: "1", Source: "XJ77", Audience: policy.TierMembers,
		Texts: []search.Text{{Tier: policy.TierPublic, Title: "alpha"}, {Tier: policy.TierNDA, Title: "omega"}},
	}
	terms := d.Terms(analysis.New(nil).Reading())
	if len(terms[policy.TierPublic].Areas) != 0 {
		t.Errorf("public terms of a members' document: %v", terms[policy.TierPublic])
	}
	if got := terms[policy.TierMembers].Areas[search.AreaBody]; !slices.Equal(got, []string{"alpha", "xj77"}) {
		t.Errorf("members' terms: %v", got)
	}
	if got := terms[policy.TierNDA].Areas[search.AreaTitle]; !slices.Equal(got, []string{"omega"}) {
		t.Errorf("NDA terms: %v", got)
	}
}

func TestLongPassagesAreCutAroundTheFirstMark(t *testing.T) {
	long := strings.Repeat("甲乙丙丁。", 60) + "电池" + strings.Repeat("戊己庚辛。", 60)
	a := analysis.New(nil)
	h := search.NewHighlighter(search.AllProperties, a, a.Plan("电池"), search.MatchAll, nil)
	got := h.Highlights([]search.Text{{Language: "zh", Title: long, Abstract: long, Claims: []string{"电池", "电池二", "电池三", "电池四", "别的"}}}, "")
	if len(got) != 5 {
		t.Fatalf("%d highlights, want title, abstract and three claims", len(got))
	}
	if title := passage(got[0]); title != long || got[0].Before || got[0].After {
		t.Errorf("the title is cut: %q", title)
	}
	abstract := passage(got[1])
	if n := utf8.RuneCountInString(abstract); n != 120 || !got[1].Before || !got[1].After || !strings.Contains(abstract, "电池") {
		t.Errorf("the abstract is cut to %d characters: %q", n, abstract)
	}
}

func TestAnOpeningEndsWithAWord(t *testing.T) {
	english, chinese := strings.Repeat("electrochemical ", 30), strings.Repeat("甲乙丙丁。", 60)
	for text, want := range map[string]string{
		english: strings.TrimSpace(strings.Repeat("electrochemical ", 15)), chinese: strings.Repeat("甲乙丙丁。", 24), "short": "short",
		strings.Repeat("a", 300): strings.Repeat("a", 240),
	} {
		got, goesOn := search.Opening(text)
		if got != want || goesOn != (got != text) {
			t.Errorf("%q opens with %q (goes on: %v), want %q", text, got, goesOn, want)
		}
	}
}

func passage(h search.Highlight) string {
	var b strings.Builder
	for _, p := range h.Parts {
		b.WriteString(p.Text)
	}
	return b.String()
}

func TestHighlightsArePassagesOfTheirText(t *testing.T) {
	a := analysis.New(nil)
	alphabet := rapid.SampledFrom([]rune("电池回收的 batteryＢ.<>&ﬁé\u0301½①\u200b\U00020000"))
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(alphabet, 0, 400, -1).Draw(t, "text")
		query := rapid.StringOfN(alphabet, 0, 12, -1).Draw(t, "query")
		h := search.NewHighlighter(search.AllProperties, a, a.Plan(query), search.MatchClose, nil)
		for _, got := range h.Highlights([]search.Text{{Abstract: text, Title: text}}, "") {
			whole := passage(got)
			if !strings.Contains(text, whole) || !utf8.ValidString(whole) {
				t.Fatalf("%q is no passage of %q", whole, text)
			}
			if got.Before != !strings.HasPrefix(text, whole) && !strings.Contains(text[1:], whole) {
				t.Fatalf("%q of %q: before %v", whole, text, got.Before)
			}
			for i, p := range got.Parts {
				if p.Text == "" || i > 0 && p.Marked == got.Parts[i-1].Marked {
					t.Fatalf("parts %+v", got.Parts)
				}
			}
		}
	})
}

func TestTheNameThatWasTypedIsCountedBeforeWhatListingsWrite(t *testing.T) {
	list := []search.Candidate[string]{
		{Closeness: analysis.Begins, Key: "a", Value: "begins, of the list"},
		{Closeness: analysis.SoundsInside, Count: 3, Key: "b", Value: "sounds inside, written"},
		{Closeness: analysis.SoundsExact, Key: "c", Value: "sounds so, of the list"},
		{Closeness: analysis.SoundsBegins, Count: 1, Key: "d", Value: "begins to sound so, written"},
		{Closeness: analysis.Exact, Key: "e", Value: "is it, of the list"},
	}
	search.RankWritten(list)
	var got []string
	for _, c := range list {
		got = append(got, c.Key)
	}
	if strings.Join(got, "") != "ecdba" {
		t.Errorf("counted in the order %v", got)
	}
}

func TestWhatIsWrongWithATypingIsToldInOneOrder(t *testing.T) {
	typing := search.Typing{Text: strings.Repeat("x", search.MaxTyping+1), Listings: -1, Keywords: -1, Organisations: -1}
	for range 20 {
		fault := errs.As(typing.Validate())
		var paths []string
		for _, f := range fault.Fields {
			paths = append(paths, f.Path)
		}
		if strings.Join(paths, " ") != "text listings keywords organisations" {
			t.Fatal(paths)
		}
	}
}
