package catalog

import (
	"context"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"chengqiao/config"
	"chengqiao/internal/errs"
	"chengqiao/internal/listing"
	"chengqiao/internal/money"
	"chengqiao/internal/policy"
	"chengqiao/internal/taxonomy"
	"chengqiao/internal/text"
)

type everybody struct{}

func (everybody) Names(_ context.Context, ids []string) (map[string]string, error) {
	out := map[string]string{}
	for _, id := range ids {
		if id != "nobody" {
			out[id] = "某人"
		}
	}
	return out, nil
}

// ownFiles are what is attached to the achievement "ach".
type ownFiles map[string]bool

func (f ownFiles) Attached(_ context.Context, kind, subject string, ids []string) (map[string]bool, error) {
	out := map[string]bool{}
	for _, id := range ids {
		out[id] = kind == AchievementKind && subject == "ach" && f[id]
	}
	return out, nil
}

func kind(t testing.TB) *achievements {
	t.Helper()
	lists, err := taxonomy.Load(config.Files)
	if err != nil {
		t.Fatal(err)
	}
	return &achievements{rules: AchievementRules(), taxonomies: lists, persons: everybody{}, files: ownFiles{"report": true}}
}

// whole is an achievement without a fault.
func whole() AchievementContent {
	return AchievementContent{
		Title: text.Zh("标题"), Abstract: text.Zh("摘要"), TechnicalField: "electronics",
		Contributors: []Contributor{{PersonID: "p1", Role: Completer, Weight: 1}},
	}
}

func faults(fields []errs.Field) []string {
	var out []string
	for _, f := range fields {
		out = append(out, f.Path+" "+f.Code)
	}
	return out
}

func TestWhatEveryDraftMustSatisfy(t *testing.T) {
	k := kind(t)
	long := func(n int) string { return strings.Repeat("长", n) }
	dollars, err := money.New(1, "USD")
	if err != nil {
		t.Fatal(err)
	}
	negative := money.Fen(-1)
	for name, c := range map[string]struct {
		change func(*AchievementContent)
		want   []string
	}{
		"nothing but a title":            {func(c *AchievementContent) { *c = AchievementContent{Title: text.Zh("标题")} }, nil},
		"nothing at all":                 {func(c *AchievementContent) { *c = AchievementContent{} }, nil},
		"a title of 300 characters":      {func(c *AchievementContent) { c.Title.Zh = long(300) }, nil},
		"a title of 301 characters":      {func(c *AchievementContent) { c.Title.Zh = long(301) }, []string{"title.zh too_long"}},
		"an abstract of 5,001":           {func(c *AchievementContent) { c.Abstract.En = long(5001) }, []string{"abstract.en too_long"}},
		"an unknown field":               {func(c *AchievementContent) { c.TechnicalField = "alchemy" }, []string{"technical_field unknown_value"}},
		"an unknown region":              {func(c *AchievementContent) { c.Region = "999999" }, []string{"region unknown_value"}},
		"an industry division":           {func(c *AchievementContent) { c.Industry = "C26" }, nil},
		"a cooperation named twice":      {func(c *AchievementContent) { c.Cooperation = []string{"service", "service"} }, []string{"cooperation[1] duplicate"}},
		"TRL 10":                         {func(c *AchievementContent) { c.TRL = 10 }, []string{"trl out_of_range"}},
		"evidence for a level twice":     {func(c *AchievementContent) { c.TRLEvidence = []LevelEvidence{{Level: 4}, {Level: 4}} }, []string{"trl_evidence[1].level duplicate"}},
		"a contributor twice":            {func(c *AchievementContent) { c.Contributors = append(c.Contributors, c.Contributors[0]) }, []string{"contributors[1].person_id duplicate"}},
		"a role that is none":            {func(c *AchievementContent) { c.Contributors[0].Role = "BOSS" }, []string{"contributors[0].role unknown_value"}},
		"a weight beyond a million":      {func(c *AchievementContent) { c.Contributors[0].Weight = 1_000_001 }, []string{"contributors[0].weight out_of_range"}},
		"a negative weight":              {func(c *AchievementContent) { c.Contributors[0].Weight = -1 }, []string{"contributors[0].weight out_of_range"}},
		"an IP item without a kind":      {func(c *AchievementContent) { c.IPItems = []IPItem{{}} }, []string{"ip_items[0].kind required"}},
		"a date that is none":            {func(c *AchievementContent) { c.IPItems = []IPItem{{Kind: "know_how", FiledOn: "2026-02-30"}} }, []string{"ip_items[0].filed_on wrong_format"}},
		"a year of the future past 2100": {func(c *AchievementContent) { c.Year = 2101 }, []string{"year out_of_range"}},
		"a registration number malformed": {func(c *AchievementContent) { c.RegistrationNumber = "123" }, []string{
			"registration_number achievement_number_form"}},
		"a price in dollars":         {func(c *AchievementContent) { c.Price = &dollars }, []string{"price.currency unknown_value"}},
		"a negative price":           {func(c *AchievementContent) { c.Price = &negative }, []string{"price.amount out_of_range"}},
		"a tier for a field unknown": {func(c *AchievementContent) { c.Tiers = map[string]policy.Tier{"colour": policy.TierNDA} }, []string{"tiers.colour unknown_field"}},
		"a tier for the title":       {func(c *AchievementContent) { c.Tiers = map[string]policy.Tier{"title": policy.TierNDA} }, []string{"tiers.title unknown_field"}},
		"a tier that is none":        {func(c *AchievementContent) { c.Tiers = map[string]policy.Tier{"price": "FRIENDS"} }, []string{"tiers.price unknown_value"}},
		"an audience that is none":   {func(c *AchievementContent) { c.Audience = "FRIENDS" }, []string{"audience unknown_value"}},
		"a NUL in a text":            {func(c *AchievementContent) { c.Abstract.Zh = "a\x00b" }, []string{"abstract.zh wrong_format"}},
		"51 keywords":                {func(c *AchievementContent) { c.KeywordsEn = slices.Repeat([]string{"k"}, 51) }, []string{"keywords_en too_many"}},
		"a claim too long in English": {func(c *AchievementContent) {
			c.Claims = []Claim{{Metric: text.Text{Zh: strings.Repeat("长", 200), En: strings.Repeat("e", 201)}, Baseline: text.Zh(strings.Repeat("长", 501))}}
		}, []string{"claims[0].metric.en too_long", "claims[0].baseline.zh too_long"}},
		"an evidence too long": {func(c *AchievementContent) {
			c.TRLEvidence = []LevelEvidence{{Level: 4, Text: text.En(strings.Repeat("e", 2001))}}
		}, []string{"trl_evidence[0].text.en too_long"}},
		"a title too long": {func(c *AchievementContent) {
			c.IPItems = []IPItem{{Kind: "know_how", Title: text.En(strings.Repeat("e", 301))}}
		}, []string{"ip_items[0].title.en too_long"}},
		"a proof of an unknown kind":  {func(c *AchievementContent) { c.Claims = []Claim{{ProofKind: "hearsay"}} }, []string{"claims[0].proof_kind unknown_value"}},
		"every tier chosen correctly": {func(c *AchievementContent) { c.Tiers = map[string]policy.Tier{"price": policy.TierPublic} }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			content := whole()
			c.change(&content)
			if got := faults(k.Check(content)); !slices.Equal(got, c.want) {
				t.Errorf("faults %v, want %v", got, c.want)
			}
		})
	}
}

func TestWhatSubmissionAsksBeyondThat(t *testing.T) {
	k := kind(t)
	patent := func(p IPItem) func(*AchievementContent) {
		return func(c *AchievementContent) { c.IPItems = []IPItem{p} }
	}
	offering := func(mode string, items ...IPItem) func(*AchievementContent) {
		return func(c *AchievementContent) { c.Cooperation, c.IPItems = []string{mode}, items }
	}
	granted := IPItem{Kind: Invention, Number: "ZL201710601862.3", LegalState: Granted}
	pending := IPItem{Kind: Invention, Number: "201710601862.3", LegalState: "published"}
	for name, c := range map[string]struct {
		change func(*AchievementContent)
		want   []string
	}{
		"whole":                           {func(*AchievementContent) {}, nil},
		"a value line instead":            {func(c *AchievementContent) { c.Abstract, c.ValueLine = text.Text{}, text.En("better") }, nil},
		"neither abstract nor value line": {func(c *AchievementContent) { c.Abstract = text.Text{} }, []string{"abstract required"}},
		"no field":                        {func(c *AchievementContent) { c.TechnicalField = "" }, []string{"technical_field required"}},
		"nobody":                          {func(c *AchievementContent) { c.Contributors = nil }, []string{"contributors required"}},
		"helpers alone":                   {func(c *AchievementContent) { c.Contributors[0].Role = Support }, []string{"contributors main_contributor_missing"}},
		"a contributor without a weight":  {func(c *AchievementContent) { c.Contributors[0].Weight = 0 }, []string{"contributors[0].weight required"}},
		"a contributor nobody knows":      {func(c *AchievementContent) { c.Contributors[0].PersonID = "nobody" }, []string{"contributors[0].person_id unknown_person"}},
		"a proven claim without its file": {func(c *AchievementContent) {
			c.Claims = []Claim{{Metric: text.Of("效率"), Value: "9", ProofKind: Document}}
		}, []string{"claims[0].proof_file_id required"}},
		"a claim with its own file": {func(c *AchievementContent) {
			c.Claims = []Claim{{Metric: text.Of("效率"), Value: "9", ProofKind: Document, ProofFileID: "report"}}
		}, nil},
		"a claim with another's file": {func(c *AchievementContent) {
			c.Claims = []Claim{{Metric: text.Of("效率"), Value: "9", ProofKind: Document, ProofFileID: "theirs"}}
		}, []string{"claims[0].proof_file_id file_not_attached"}},
		"a level with its own file":   {func(c *AchievementContent) { c.TRLEvidence = []LevelEvidence{{Level: 4, FileID: "report"}} }, nil},
		"a level with another's file": {func(c *AchievementContent) { c.TRLEvidence = []LevelEvidence{{Level: 3}, {Level: 4, FileID: "theirs"}} }, []string{"trl_evidence[1].file_id file_not_attached"}},
		"a claim without its name":    {func(c *AchievementContent) { c.Claims = []Claim{{Value: "9"}} }, []string{"claims[0].metric required"}},
		"a claim named in English":    {func(c *AchievementContent) { c.Claims = []Claim{{Metric: text.En("Efficiency"), Value: "9"}} }, nil},
		"a declared claim": {func(c *AchievementContent) {
			c.Claims = []Claim{{Metric: text.Of("效率"), Value: "9", ProofKind: Declared}}
		}, nil},
		"a listed price left open":        {func(c *AchievementContent) { c.PriceMode = "listing" }, []string{"price required"}},
		"a granted patent":                {patent(granted), nil},
		"a wrong check digit":             {patent(IPItem{Kind: Invention, Number: "201710601862.4", LegalState: Granted}), []string{"ip_items[0].number patent_number_check"}},
		"a number of another kind":        {patent(IPItem{Kind: Design, Number: "201710601862.3", LegalState: Granted}), []string{"ip_items[0].number patent_number_kind_mismatch"}},
		"a granted patent without number": {patent(IPItem{Kind: Invention, LegalState: Granted}), []string{"ip_items[0].number required"}},
		"an application kept to itself":   {patent(IPItem{Kind: Invention, LegalState: "examination"}), nil},
		"a patent of unknown state":       {patent(IPItem{Kind: Invention, Number: "201710601862.3"}), []string{"ip_items[0].legal_state required"}},
		"granted before it was filed":     {patent(IPItem{Kind: Invention, Number: "201710601862.3", LegalState: Granted, FiledOn: "2020-01-02", GrantedOn: "2020-01-01"}), []string{"ip_items[0].granted_on before_filing"}},
		"know-how without a number":       {patent(IPItem{Kind: "know_how"}), nil},
		"licensing a granted patent":      {offering("licence_patent", granted), nil},
		"licensing a pending one":         {offering("licence_patent", pending), []string{"cooperation[0] patent_not_granted"}},
		"assigning a pending one":         {offering("transfer_patent", pending), []string{"cooperation[0] patent_not_granted"}},
		"licensing it as know-how":        {offering("licence_know_how", pending), nil},
		"assigning the application":       {offering("transfer_application", pending), nil},
		"assigning no application":        {offering("transfer_application", granted), []string{"cooperation[0] no_pending_application"}},
		"licensing with no patent at all": {offering("licence_patent"), []string{"cooperation[0] patent_not_granted"}},
	} {
		t.Run(name, func(t *testing.T) {
			content := whole()
			c.change(&content)
			got, err := k.CheckSubmission(context.Background(), listing.Listing{ID: "ach", OwnerOrg: "lab"}, content)
			if err != nil || !slices.Equal(faults(got), c.want) {
				t.Errorf("faults %v, want %v (%v)", faults(got), c.want, err)
			}
			if more := k.Check(content); len(more) > 0 {
				t.Errorf("the case is no legal draft: %v", more)
			}
		})
	}
}

func TestCleaningWritesNumbersCanonicallyAndDropsWhatIsNotTheWriters(t *testing.T) {
	k := kind(t)
	c := whole()
	c.Title = text.Text{Zh: "  标题 ", En: " \t"}
	c.KeywordsZh = []string{" 电池", "电池 ", "", "ＬＦＰ", "lfp"}
	c.IPItems = []IPItem{{Kind: Invention, Number: " zl2017 1060 1862 "}, {Kind: Invention, Number: "未知"}}
	c.Contributors[0].Name = "冒名"
	got := k.Clean(c)
	if got.Title != text.Zh("标题") || !slices.Equal(got.KeywordsZh, []string{"电池", "ＬＦＰ"}) ||
		got.IPItems[0].Number != "ZL201710601862.3" || got.IPItems[1].Number != "未知" || got.Contributors[0].Name != "" {
		t.Errorf("%+v", got)
	}
	if again := k.Clean(got); !reflect.DeepEqual(again, got) {
		t.Errorf("cleaning twice gives %+v", again)
	}
}

func TestWeightsAreAcceptedExactlyWhenTheySumToTenThousand(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		weights := rapid.SliceOfN(rapid.IntRange(0, FullWeightBps), 1, 50).Draw(t, "weights")
		if rapid.Bool().Draw(t, "repaired") {
			// Make the sum right by cutting what is too much and giving the rest to the last.
			left := FullWeightBps
			for i := range weights {
				weights[i] = min(weights[i], left)
				left -= weights[i]
			}
			weights[len(weights)-1] += left
		}
		sum := 0
		var components []Component
		for _, w := range weights {
			sum += w
			components = append(components, Component{WeightBps: w})
		}
		var f listing.Faults
		CheckWeights(&f, components)
		switch {
		case sum == FullWeightBps && len(f.Fields()) > 0:
			t.Fatalf("%v sum to 10,000 and are refused", weights)
		case sum != FullWeightBps && (len(f.Fields()) != 1 || f.Fields()[0].Params["sum"] != sum):
			t.Fatalf("%v sum to %d: %v", weights, sum, f.Fields())
		}
	})
}

// A content that passes Check is stored and read back the same: no field is
// lost on the way through JSON, whatever it holds.
func TestAnyTextSurvivesCleaningOnceAndForAll(t *testing.T) {
	k := kind(t)
	words := rapid.SliceOfN(rapid.String(), 0, 6)
	rapid.Check(t, func(t *rapid.T) {
		c := AchievementContent{
			Title: text.Text{Zh: rapid.String().Draw(t, "zh"), En: rapid.String().Draw(t, "en")}, KeywordsZh: words.Draw(t, "keywords"),
			IPItems: []IPItem{{Kind: Invention, Number: rapid.String().Draw(t, "number")}},
		}
		once := k.Clean(c)
		if twice := k.Clean(once); !reflect.DeepEqual(once, twice) {
			t.Fatalf("%+v\n%+v", once, twice)
		}
		for _, f := range k.Check(once) {
			if f.Path == "" || f.Code == "" {
				t.Fatalf("a fault without a place: %+v", f)
			}
		}
	})
}

// Every field has a default tier, so that none is shown or hidden by accident.
func TestEveryFieldHasItsTier(t *testing.T) {
	for _, c := range []struct {
		rules   listing.Rules
		content any
	}{{AchievementRules(), AchievementContent{}}, {PackageRules(), PackageContent{}}} {
		var names []string
		for f := range reflect.TypeOf(c.content).Fields() {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			names = append(names, name)
			if !c.rules.Tiers[name].Valid() {
				t.Errorf("%s: %s has no default tier", c.rules.Kind, name)
			}
		}
		for field := range c.rules.Tiers {
			if !slices.Contains(names, field) {
				t.Errorf("%s: there is a tier for %s, which is no field", c.rules.Kind, field)
			}
		}
		for _, field := range c.rules.Fixed {
			if !slices.Contains(names, field) {
				t.Errorf("%s: %s is fixed and no field", c.rules.Kind, field)
			}
		}
	}
}
