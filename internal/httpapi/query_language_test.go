package httpapi_test

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"chengqiao/internal/catalog"
	"chengqiao/internal/listing"
	"chengqiao/internal/policy"
	"chengqiao/internal/text"
)

func TestASearchTakesTheQueryLanguage(t *testing.T) {
	w := serveFinding(t)
	w.stock(t)
	for q, total := range map[string]string{
		`"磷酸铁锂电池"`: "2", `"铁锂电池低温"`: "1", `"低温锂电池"`: "0", "电解液 -动力电池": "1", "电解液 －动力": "1",
		"标题：磷酸铁锂": "1", "摘要:磷酸铁锂": "2", "keyword:电解液": "1", "org:天山": "1", "单位：绿洲": "1", "claim:85": "1", "指标:可在现有产线使用": "1",
		"电解液 trl:>=6": "1", "成熟度：4..5": "1", "year:2024": "1", "year:2025..": "0", "price:<=50万": "0",
		"org:天山 OR 单位：绿洲": "2", "qqqq|标题:磷酸铁锂": "1", "(动力电池 或 qqqq) 电解液": "1", `"低温锂电池" OR zzzz`: "0",
		// Nothing hidden meets a condition or breaks one.
		`"特种溶剂"`: "0", "电解液 -特种溶剂": "2",
	} {
		got := w.as("").Get("/search?q=" + url.QueryEscape(q)).Expect(http.StatusOK)
		if got.Text("total") != total || strings.Contains(string(got.Body), "query_syntax") {
			t.Errorf("%s finds %s, want %s: %s", q, got.Text("total"), total, got.Text("notices"))
		}
	}
	for q, total := range map[string]string{`"特种溶剂"`: "1", "电解液 -特种溶剂": "1"} {
		if got := w.as("stranger").Get("/search?q=" + url.QueryEscape(q)).Expect(http.StatusOK); got.Text("total") != total {
			t.Errorf("%s finds %s for a member, want %s", q, got.Text("total"), total)
		}
	}
}

func TestAFacetHasNoValuesThatATypedRangeLeavesNothingOf(t *testing.T) {
	w := serveFinding(t)
	var records []listing.SourceRecord[catalog.AchievementContent]
	for _, year := range []int{2019, 2021, 2022} {
		records = append(records, listing.SourceRecord[catalog.AchievementContent]{ID: strconv.Itoa(year), Content: catalog.AchievementContent{
			Title: text.Zh("电解液 " + strconv.Itoa(year)), Abstract: text.Zh("低温。"), TechnicalField: "new_energy", Year: year,
		}})
	}
	if _, err := w.achievements.Import(t.Context(), policy.SystemActor(), listing.Batch[catalog.AchievementContent]{
		OwnerOrg: "lab", Source: "test", Publish: true, Records: records,
	}); err != nil {
		t.Fatal(err)
	}
	w.settle()
	for q, want := range map[string]string{
		"电解液": "2019 2021 2022", "电解液 year:2020..": "2021 2022", "电解液 year:2020.. year:..2021": "2021",
	} {
		for _, chosen := range []string{"", "&year=2021"} {
			got := w.as("").Get("/search?facets=year&q=" + url.QueryEscape(q) + chosen).Expect(http.StatusOK)
			var years []string
			for i := 0; got.Has("facets.0.values." + strconv.Itoa(i)); i++ {
				years = append(years, got.Text("facets.0.values."+strconv.Itoa(i)+".code"))
			}
			slices.Sort(years)
			if strings.Join(years, " ") != want {
				t.Errorf("%s%s counts %v, want %s", q, chosen, years, want)
			}
		}
	}
}

func TestAPhraseIsMarkedWhole(t *testing.T) {
	w := serveFinding(t)
	id, _ := w.stock(t)
	got := w.as("").Get("/search?q=" + url.QueryEscape(`"铁锂电池低温"`)).Expect(http.StatusOK)
	// 磷酸铁锂电池低温电解液
	if got.Text("hits.0.id") != id || got.Text("hits.0.title.marks.0.0") != "2" || got.Text("hits.0.title.marks.0.1") != "8" ||
		got.Has("hits.0.title.marks.1") || got.Has("hits.0.snippet.marks") {
		t.Errorf("%s", got.Body)
	}
}

func TestBrokenSyntaxIsToldAndEmptiesNothing(t *testing.T) {
	w := serveFinding(t)
	w.stock(t)
	total := w.as("").Get("/search?q=" + url.QueryEscape("电解液")).Expect(http.StatusOK).Text("total")
	for q, want := range map[string]string{
		`"电解液`: "open_quote words", "电解液 -": "lone_minus nothing", "电解液 title:": "empty_field nothing", "colour:电解液": "unknown_field words",
		"电解液 trl:high": "bad_range wish", `电解液 ""`: "empty_phrase nothing", "year:abc 电解液": "bad_range wish", `电解液 inventor:"Li Wu"`: "unknown_field wish",
		"电解液 -colour:red": "unknown_field excluded", "电解液 OR": "lone_or nothing",
	} {
		got := w.as("").Get("/search?q=" + url.QueryEscape(q)).Expect(http.StatusOK)
		told := got.Text("misread.0.reason") + " " + got.Text("misread.0.taken")
		if got.Text("notices.0") != "query_syntax" || told != want || got.Text("misread.0.text") == "" || got.Text("total") != total || got.Has("notices.1") {
			t.Errorf("%s: %s", q, got.Body)
		}
	}
	for _, q := range []string{"Fe:Ni", "1:2", "http://example.org/x", "12:30", "lithium-ion", "需求：电解液", "-40℃"} {
		if got := w.as("").Get("/search?q=" + url.QueryEscape(q)).Expect(http.StatusOK); strings.Contains(string(got.Body), "query_syntax") {
			t.Errorf("%s is told to be misread: %s", q, got.Body)
		}
	}
}

func TestATextWithoutWordsListsEverythingAndSaysSo(t *testing.T) {
	w := serveFinding(t)
	w.stock(t)
	total := w.as("").Get("/search").Expect(http.StatusOK).Text("total")
	for _, q := range []string{"💧", "！！！", "★ ★"} {
		if got := w.as("").Get("/search?q=" + url.QueryEscape(q)).Expect(http.StatusOK); got.Text("notices.0") != "query_wordless" || got.Text("total") != total {
			t.Errorf("%s: %s", q, got.Body)
		}
	}
	for _, q := range []string{"", " ", "电解液", "trl:>=1", "-水", `"电解液"`, "电解液 OR 水", "title:电解液", "的"} {
		if got := w.as("").Get("/search?q=" + url.QueryEscape(q)).Expect(http.StatusOK); strings.Contains(string(got.Body), "query_wordless") {
			t.Errorf("%s is told to have no words: %s", q, got.Body)
		}
	}
}

func TestAFilterThatThereIsNotIsNamed(t *testing.T) {
	w := serveFinding(t)
	client := w.as("")
	got := client.Get("/search?colour=red&q=x&size=3").Refused(http.StatusUnprocessableEntity, "invalid_fields")
	if got.Text("fields.0.path") != "colour" || got.Text("fields.0.code") != "unknown_field" || got.Text("fields.1.path") != "size" {
		t.Errorf("%s", got.Body)
	}
	if got := client.Get("/search?field=nonsense").Expect(http.StatusOK); got.Text("total") != "0" {
		t.Errorf("an unknown value: %s", got.Body)
	}
	client.Get("/taxonomies?x=1").Refused(http.StatusUnprocessableEntity, "invalid_fields")
}

func TestTenThousandCharactersAreCutAndTold(t *testing.T) {
	w := serveFinding(t)
	w.stock(t)
	got := w.as("").Get("/search?q=" + url.QueryEscape(strings.Repeat("电解液", 10_000/3+1))).Expect(http.StatusOK)
	if got.Text("notices.0") != "query_cut" || got.Text("total") == "0" {
		t.Errorf("%s", got.Body)
	}
}
