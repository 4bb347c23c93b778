package analysis_test

import (
	"slices"
	"testing"

	"chengqiao/config"
	"chengqiao/internal/search/analysis"
	"chengqiao/internal/taxonomy"
)

func shippedGroups(t *testing.T) []analysis.FieldGroups {
	t.Helper()
	data, err := config.Files.ReadFile("synonyms.yaml")
	if err != nil {
		t.Fatal(err)
	}
	fields, err := analysis.ParseGroups(data)
	if err != nil {
		t.Fatal(err)
	}
	return fields
}

func TestEveryTechnicalFieldHasSynonyms(t *testing.T) {
	set, err := taxonomy.Load(config.Files)
	if err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for _, term := range set.List("technical_field") {
		want = append(want, term.Code)
	}
	for _, f := range shippedGroups(t) {
		got = append(got, f.Field)
		if n := len(f.Groups); n < 25 {
			t.Errorf("%s has %d groups", f.Field, n)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("the fields are %v, want %v", got, want)
	}
}

func TestNoShippedExpressionStandsInTwoGroups(t *testing.T) {
	of := map[string]string{}
	for _, f := range shippedGroups(t) {
		for _, group := range f.Groups {
			seen := map[string]bool{}
			for _, expression := range group {
				spelling := analysis.Spelling(expression)
				if other, known := of[spelling]; known && !seen[spelling] {
					t.Errorf("%q stands in %q and in %q", expression, other, group[0])
				}
				seen[spelling] = true
				of[spelling] = group[0]
			}
		}
	}
}
