package app_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"chengqiao/internal/embedding/embeddingtest"
)

// withService are the settings of a program that uses an embedding service.
func withService(s *embeddingtest.Service) settings {
	return settings{
		"CHENGQIAO_EMBEDDING__URL": s.URL, "CHENGQIAO_EMBEDDING__KEY": embeddingtest.Key, "CHENGQIAO_EMBEDDING__MODEL": "test-model",
		"CHENGQIAO_EMBEDDING__SEARCH": "true", "CHENGQIAO_EMBEDDING__SEARCH_TIMEOUT": "1m",
	}
}

// inEnglish is a result without a word in common with inChinese.
func inEnglish(contributor string) body {
	c := result("x", contributor)
	c["title"], c["abstract"] = body{"en": "Lithium battery for cold regions"}, body{"en": "A lithium battery that starts when it is freezing"}
	return c
}

var inChinese = body{"title": zh("严寒地区储能电芯"), "problem": zh("储能电芯在严寒中无法启动"), "technical_field": "new_energy"}

func TestAnEmbeddingServiceBringsTogetherWhatSharesNoWord(t *testing.T) {
	t.Parallel()
	service := embeddingtest.Start(t)
	w := newWorld(t, withService(service))
	head, buyer, reviewer := w.join("head@meaning.example", "周秉文"), w.join("buyer@meaning.example", "程立"), w.staff("reviewer")
	w.organisation(head, "institute", "含义研究所")
	w.organisation(buyer, "enterprise", "含义企业")
	offered := w.published(head, reviewer, "achievements", inEnglish(head.personID))
	wanted := w.published(buyer, reviewer, "needs", inChinese)
	matched := func() error {
		found := buyer.Get(wanted + "/matches").Expect(http.StatusOK)
		if body := string(found.Body); !strings.Contains(body, id(offered)) || !strings.Contains(body, "alike_in_meaning") {
			return fmt.Errorf("%.300s", body)
		}
		return nil
	}
	eventually(t, "the need is matched by what it means", matched)
	searched := func(query string) (hits, alike []string) {
		found := func(more string) (ids []string) {
			var answer struct{ Hits []struct{ ID string } }
			w.visitor().Get("/search?q=" + url.QueryEscape(query) + more).Expect(http.StatusOK).Into(&answer)
			for _, h := range answer.Hits {
				ids = append(ids, h.ID)
			}
			return ids
		}
		return found(""), found("&alike=true")
	}
	if hits, alike := searched("储能电芯"); !slices.Equal(hits, []string{id(wanted)}) || !slices.Equal(alike, []string{id(offered)}) {
		t.Errorf("found %v, alike %v", hits, alike)
	}

	// What is known is not asked again: not for the same search, not after a restart.
	asked := service.Asked()
	searched("储能电芯")
	w.stop()
	w.restart()
	buyer = buyer.again()
	eventually(t, "the need is matched after a restart", matched)
	if more := service.Asked() - asked; more != 0 {
		t.Errorf("it was asked %d times more", more)
	}

	// While the service is away, searches and matches are answered without.
	service.Status(http.StatusServiceUnavailable)
	if hits, alike := searched("严寒地区"); !slices.Equal(hits, []string{id(wanted)}) || len(alike) > 0 {
		t.Errorf("without the service found are %v, alike %v", hits, alike)
	}
	if err := matched(); err != nil {
		t.Errorf("without the service: %v", err)
	}
	service.Instead(nil)

	// Without the settings nothing of it is left.
	w.stop()
	w.env = quick
	w.restart()
	buyer = buyer.again()
	asked = service.Asked()
	if hits, alike := searched("储能电芯"); !slices.Equal(hits, []string{id(wanted)}) || len(alike) > 0 {
		t.Errorf("switched off, found are %v, alike %v", hits, alike)
	}
	if matched() == nil {
		t.Error("switched off, they still match by meaning")
	}
	if service.Asked() != asked {
		t.Error("switched off, it is asked")
	}
}

func TestTheCommandAsksAboutWhatWasPublishedBefore(t *testing.T) {
	t.Parallel()
	service := embeddingtest.Start(t)
	w := newWorld(t, nil)
	head, reviewer := w.join("head@before.example", "周秉文"), w.staff("reviewer")
	w.organisation(head, "institute", "从前研究所")
	w.published(head, reviewer, "achievements", inEnglish(head.personID))
	w.stop()
	env := quick.with(withService(service))
	for range 2 {
		if out, errOut, code := runCommand(t, env, nil, "embed", "--data", w.dir); code != 0 || !strings.HasPrefix(out, "1 listings looked at") {
			t.Fatalf("embed ends with %d: %s%s", code, out, errOut)
		}
	}
	if texts := service.Texts(); len(texts) != 1 || !strings.HasPrefix(texts[0], "Lithium battery") {
		t.Errorf("it was asked about %q", texts)
	}
	if out, _, code := runCommand(t, env, nil, "doctor", "--data", w.dir); code != 0 || !strings.Contains(out, "vectors of 64 numbers") || !strings.Contains(out, "✓ embedding test-model") {
		t.Errorf("doctor ends with %d: %s", code, out)
	}
	wrong := env.with(settings{"CHENGQIAO_EMBEDDING__KEY": "sk-wrong-secret", "CHENGQIAO_EMBEDDING__DIMENSIONS": "32"})
	out, errOut, code := runCommand(t, wrong, nil, "doctor", "--data", w.dir)
	if code != 1 || !strings.Contains(out, "✗ embedding test-model") || strings.Contains(out+errOut, "sk-wrong-secret") {
		t.Errorf("with a wrong key doctor ends with %d: %s%s", code, out, errOut)
	}
	if _, errOut, code := runCommand(t, quick, nil, "embed", "--data", w.dir); code == 0 || !strings.Contains(errOut, "embedding.url") {
		t.Errorf("without a service embed ends with %d: %s", code, errOut)
	}
}
