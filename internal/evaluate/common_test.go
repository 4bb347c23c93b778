package evaluate_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"chengqiao/internal/evaluate"
	"chengqiao/internal/search/analysis"
)

func TestCommonTermsAreCountedByTheTextsOfTheirLanguage(t *testing.T) {
	var chinese, english strings.Builder
	for i := range 100 {
		subject := ""
		if i < 2 {
			subject = "苦咸水淡化"
		}
		fmt.Fprintf(&chinese, `{"id":"z%d","title":"研究","abstract":"本文提出一种提高系统稳定运行的新方法，PVDF membrane%s","title_en":"unread"}`+"\n", i, subject)
		water := "soil"
		if i < 50 {
			water = "water"
		}
		fmt.Fprintf(&english, `{"id":"e%d","abstract":"the proposed systems of this project one two three four five will clean %s 系统"}`+"\n", i, water)
	}
	chinese.WriteString(`{"id":"short","title":"太短"}` + "\n")
	o := evaluate.CommonOptions{Analyzer: analysis.New(nil), Sets: []evaluate.Options{
		files(t, chinese.String(), "", ""), files(t, english.String(), "", ""), files(t, strings.ReplaceAll(english.String(), "water", "soil"), "", ""),
	}}
	for i := range o.Sets {
		o.Sets[i].Fields = []string{"title", "abstract"}
	}
	got, err := evaluate.Common(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	for term, want := range map[string]int{
		"系统": 1000, "苦咸": 20, "太短": 0, // of a hundred texts long enough
		"system": 1000, "water": 250, "soil": 750, // the two English files count the same
		"pvdf": 0, "membran": 0, "unread": 0, // no words of English texts
	} {
		if got[term] != want {
			t.Errorf("%s: %d, want %d", term, got[term], want)
		}
	}

	o.Sets[0].Fields = []string{"headline"}
	var input *evaluate.InputError
	if _, err := evaluate.Common(t.Context(), o); !errors.As(err, &input) {
		t.Errorf("an unknown field: %v", err)
	}
}
