package app_test

import (
	"errors"
	"fmt"
	"net/http"
	"testing"

	"chengqiao/internal/servertest"
)

// TestAnotherSearchEngineIsFilledWhenItIsChosen starts the program on data that
// another engine had indexed. It never says that there is nothing.
func TestAnotherSearchEngineIsFilledWhenItIsChosen(t *testing.T) {
	t.Parallel()
	url, key := servertest.Meilisearch(t)
	w := &world{t: t, env: quick, dir: t.TempDir()}
	w.restart("--demo")
	want := ""
	eventually(t, "the first engine has listings", func() error {
		if want = w.visitor().Get("/search").Expect(http.StatusOK).Text("total"); want == "0" {
			return errors.New("none")
		}
		return nil
	})
	if code := w.stop(); code != 0 {
		t.Fatalf("the program ends with %d:\n%s", code, w.out)
	}
	w.env = quick.with(settings{"CHENGQIAO_SEARCH__ENGINE": "meilisearch", "CHENGQIAO_SEARCH__URL": url, "CHENGQIAO_SEARCH__KEY": key})
	w.restart() // until it is ready
	if total := w.visitor().Get("/search").Expect(http.StatusOK).Text("total"); total != want {
		t.Errorf("the new engine answers with %s of %s listings", total, want)
	}
	if found := w.visitor().Get("/search?q=" + "电池").Expect(http.StatusOK); !found.Has("hits.1") {
		t.Errorf("%s", found.Body)
	}
}

// TestAnEngineThatIsChosenAgainKnowsWhatHappenedMeanwhile: an index on a server of
// its own is told by deliveries, and there are none while another engine is chosen.
func TestAnEngineThatIsChosenAgainKnowsWhatHappenedMeanwhile(t *testing.T) {
	t.Parallel()
	url, key := servertest.Meilisearch(t)
	onServer := settings{"CHENGQIAO_SEARCH__ENGINE": "meilisearch", "CHENGQIAO_SEARCH__URL": url, "CHENGQIAO_SEARCH__KEY": key}
	w := newWorld(t, onServer)
	head, reviewer := w.join("head@engines.example", "周秉文"), w.staff("reviewer")
	w.organisation(head, "institute", "引擎研究所")
	first := w.published(head, reviewer, "achievements", result("孜然烘干机", head.personID))
	finds(t, w.visitor(), "孜然烘干机", id(first), true)

	choose := func(env settings) {
		t.Helper()
		w.env = env
		w.restart()
		head, reviewer = head.again(), reviewer.again()
	}
	w.stop()
	if out, errOut, code := runCommand(t, w.env, nil, "reindex", "--data", w.dir); code != 0 {
		t.Fatalf("reindex ends with %d: %s%s", code, out, errOut)
	}
	choose(quick)
	second := w.published(head, reviewer, "achievements", result("沙棘脱粒机", head.personID))
	step(head.Client, first, "suspend", body{"reason": "设备检修"}).Expect(http.StatusOK)
	w.stop()
	choose(quick.with(onServer))
	finds(t, w.visitor(), "沙棘脱粒机", id(second), true)
	eventually(t, "what is suspended is not counted", func() error {
		if n := total(w.visitor(), "孜然烘干机"); n != "0" {
			return fmt.Errorf("%s are found", n)
		}
		return nil
	})

	// So is what a command does that is not told of the engine.
	rows := write(t, "rows.jsonl", `{"id":"1","title_zh":"胡麻榨油机","abstract_zh":"一种胡麻榨油机","technical_field":"agriculture"}`)
	if out, errOut, code := runCommand(t, quick, nil, "import", "achievements", rows, "--owner", "引擎研究所", "--publish", "--data", w.dir); code != 0 {
		t.Fatalf("import ends with %d: %s%s", code, out, errOut)
	}
	eventually(t, "what a command imported is found", func() error {
		if n := total(w.visitor(), "胡麻榨油机"); n != "1" {
			return fmt.Errorf("%s are found", n)
		}
		return nil
	})
}
