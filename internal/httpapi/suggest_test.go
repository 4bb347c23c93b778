package httpapi_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestTypingIsCompletedWithListingsKeywordsRegionsAndOrganisations(t *testing.T) {
	w := serveFinding(t)
	id, needID := w.stock(t)
	client := w.as("")
	got := client.Get("/suggestions?q=" + url.QueryEscape("电解")).Expect(http.StatusOK)
	if got.Text("keywords.0.text") != "电解液" || got.Text("keywords.0.count") != "2" ||
		!strings.Contains(string(got.Body), id) || !strings.Contains(string(got.Body), needID) {
		t.Errorf("%s", got.Body)
	}
	for locale, name := range map[string]string{"en": "Tianshan Institute", "zh-CN": "天山研究所"} {
		got := client.Get("/suggestions?q=tsyjs&locale=" + locale).Expect(http.StatusOK)
		if got.Text("organisations.0.id") != "lab" || got.Text("organisations.0.name") != name || got.Text("organisations.0.count") != "1" {
			t.Errorf("%s: %s", locale, got.Body)
		}
	}
	for locale, name := range map[string]string{"en": "Ürümqi", "zh-CN": "乌鲁木齐市"} {
		got := client.Get("/suggestions?q=wulu&locale=" + locale).Expect(http.StatusOK)
		if got.Text("regions.0.region") != "650100" || got.Text("regions.0.name") != name || got.Text("regions.0.count") == "0" || got.Has("regions.1") {
			t.Errorf("%s: %s", locale, got.Body)
		}
	}
	if got := client.Get("/suggestions?q=SECRETR").Expect(http.StatusOK); strings.Contains(string(got.Body), "SECRET") {
		t.Errorf("%s", got.Body)
	}
	client.Get("/suggestions").Refused(http.StatusUnprocessableEntity, "invalid_fields")
}

func TestASearchThatFindsNothingSaysWhatWould(t *testing.T) {
	w := serveFinding(t)
	id, _ := w.stock(t)
	client := w.as("")
	if got := client.Get("/search?q=elektrolyte").Expect(http.StatusOK); got.Text("did_you_mean") != "electrolyte" {
		t.Errorf("%s", got.Body)
	}
	got := client.Get("/search?trl_min=9&region=650000&q=" + url.QueryEscape("电解液")).Expect(http.StatusOK)
	if got.Text("total") != "0" || got.Text("without.0.filter") != "all" || got.Text("without.0.total") != "2" ||
		got.Text("without.1.filter") != "trl" || got.Text("without.1.total") != "1" || got.Has("without.2") {
		t.Errorf("%s", got.Body)
	}
	got = client.Get("/search?kind=achievement&q=" + url.QueryEscape("钛合金叶片电解液")).Expect(http.StatusOK)
	if got.Text("total") != "0" || got.Text("nearest.0.id") != id {
		t.Errorf("%s", got.Body)
	}
}

func TestAFacetIsSearchedByTheNamesOfItsValues(t *testing.T) {
	w := serveFinding(t)
	w.stock(t)
	client := w.as("")
	for query, want := range map[string]string{
		"facet=organisation&facet_words=tianshan": "lab", "facet=organisation&facet_words=" + url.QueryEscape("绿"): "plant",
		"facet=region&facet_words=wulumuqi": "650100", "facet=field&facet_words=energy": "new_energy",
	} {
		got := client.Get("/search?" + query).Expect(http.StatusOK)
		if got.Text("facets.0.values.0.code") != want || got.Has("facets.0.values.1") || got.Has("facets.1") || got.Has("hits.0") {
			t.Errorf("%s: %s", query, got.Body)
		}
	}
	if got := client.Get("/search?kind=need&facet=organisation&facet_words=tianshan").Expect(http.StatusOK); got.Has("facets.0.values.0") {
		t.Errorf("the other filters do not count: %s", got.Body)
	}
	client.Get("/search?facet=colour").Refused(http.StatusUnprocessableEntity, "invalid_fields")
}

func TestASearchCountsTheFacetsThatAreAskedFor(t *testing.T) {
	w := serveFinding(t)
	w.stock(t)
	client := w.as("")
	if got := client.Get("/search").Expect(http.StatusOK); !got.Has("facets.14.name") || got.Text("facets.0.name") != "kind" {
		t.Errorf("all: %s", got.Body)
	}
	got := client.Get("/search?facets=field&facets=kind&facets=field").Expect(http.StatusOK)
	if got.Text("facets.0.name") != "field" || !got.Has("facets.0.values.0") || got.Text("facets.1.name") != "kind" || got.Has("facets.2") || !got.Has("hits.0") {
		t.Errorf("two: %s", got.Body)
	}
	if got := client.Get("/search?facets=none").Expect(http.StatusOK); got.Has("facets.0") || !got.Has("hits.0") || got.Text("total") == "0" {
		t.Errorf("none: %s", got.Body)
	}
	if got := client.Get("/search?facets=colour").Refused(http.StatusUnprocessableEntity, "invalid_fields"); !strings.HasPrefix(got.Text("fields.0.path"), "facets") {
		t.Errorf("unknown: %s", got.Body)
	}
}
