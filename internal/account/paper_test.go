package account_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"chengqiao/config"
	"chengqiao/internal/account"
)

func TestWhatARegistrationConsentsToIsThereInBothLanguages(t *testing.T) {
	papers, err := account.LoadPapers(config.Files)
	if err != nil || len(papers) != 2 || papers[0].Purpose != account.ConsentTerms || papers[1].Purpose != account.ConsentPrivacy {
		t.Fatalf("%+v (%v)", papers, err)
	}
	for _, p := range papers {
		if p.Version == "" || p.Title.Zh == "" || p.Description.En == "" || len(p.Chapters) < 5 || p.Chapters[0].Text.En == "" {
			t.Errorf("%+v", p)
		}
	}
}

func TestAPaperWithoutItsTextInOneLanguageIsRefused(t *testing.T) {
	both := `{"terms":{"title":"t","description":"d","who":{"title":"w","text":"x"}},"privacy":{"title":"t","description":"d","kept":{"title":"k","text":"x"}}}`
	files := fstest.MapFS{
		"legal/papers.json": {Data: []byte(`{"terms":{"version":"1","chapters":["who"]},"privacy":{"version":"1","chapters":["kept"]}}`)},
		"legal/zh-CN.json":  {Data: []byte(both)},
		"legal/en.json":     {Data: []byte(strings.Replace(both, `"title":"k","text":"x"`, `"title":"k"`, 1))},
	}
	if _, err := account.LoadPapers(files); err == nil || !strings.Contains(err.Error(), "privacy") || !strings.Contains(err.Error(), "kept text") {
		t.Errorf("refused with %v", err)
	}
}
