package app_test

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"chengqiao/internal/servertest"
)

// TestAnotherSearchEngineIsFilledWhenItIsChosen starts the program on data that
// another engine had indexed.
func TestAnotherSearchEngineIsFilledWhenItIsChosen(t *testing.T) {
	t.Parallel()
	url, key := servertest.Meilisearch(t)
	w := &world{t: t, env: quick, dir: t.TempDir()}
	w.restart("--demo")
	want := ""
	eventually(t, 60*time.Second, "the first engine has listings", func() error {
		if want = w.visitor().Get("/search").Expect(http.StatusOK).Text("total"); want == "0" {
			return errors.New("none")
		}
		return nil
	})
	if code := w.stop(); code != 0 {
		t.Fatalf("the program ends with %d:\n%s", code, w.out)
	}
	w.env = quick.with(settings{"CHENGQIAO_SEARCH__ENGINE": "meilisearch", "CHENGQIAO_SEARCH__URL": url, "CHENGQIAO_SEARCH__KEY": key})
	w.restart()
	eventually(t, 60*time.Second, "the new engine has every listing", func() error {
		if total := w.visitor().Get("/search").Expect(http.StatusOK).Text("total"); total != want {
			return fmt.Errorf("%s of %s", total, want)
		}
		return nil
	})
	if found := w.visitor().Get("/search?q=" + "电池").Expect(http.StatusOK); !found.Has("hits.1") {
		t.Errorf("%s", found.Body)
	}
}
