package app_test

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"chengqiao/internal/httpapi/contracttest"
)

// applied waits until the server that a person asks uses the list of synonyms.
func applied(t *testing.T, operator *contracttest.Client) {
	t.Helper()
	eventually(t, "the synonyms are applied", func() error {
		if status := operator.Get("/platform/synonyms-status").Expect(http.StatusOK); status.Text("applied") != "true" {
			return fmt.Errorf("%s", status.Body)
		}
		return nil
	})
}

// total is how many listings a text finds.
func total(by *contracttest.Client, text string) string {
	return by.Get("/search?q=" + url.QueryEscape(text)).Expect(http.StatusOK).Text("total")
}

func TestAnOperatorsSynonymsAreFoundBySearchAndMatching(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	operator, reviewer := w.staff("operator"), w.staff("reviewer")
	head := w.join("head@words.example", "周秉文")
	w.organisation(head, "institute", "词语研究所")
	battery := w.published(head, reviewer, "achievements", result("孜然烘干机", head.personID))
	finds(t, w.visitor(), "孜然烘干机", id(battery), true)
	applied(t, operator.Client)

	// A default list for every field, which only the platform's operator sees.
	list := operator.Get("/platform/synonyms?field=agriculture&q=cotton").Expect(http.StatusOK)
	if !strings.Contains(string(list.Body), "棉花") {
		t.Errorf("%s", list.Body)
	}
	reviewer.Get("/platform/synonyms").Refused(http.StatusForbidden, "not_allowed")

	if n := total(w.visitor(), "cuminseeddryer"); n != "0" {
		t.Fatalf("before it is a synonym it finds %s", n)
	}
	group := body{"field": "agriculture", "expressions": []string{"孜然烘干机", "cuminseeddryer"}}
	added := operator.Post("/platform/synonyms", group).Expect(http.StatusCreated)
	if total(w.visitor(), "孜然烘干机") != "1" {
		t.Error("a listing is lost while the list is applied")
	}
	applied(t, operator.Client)
	finds(t, w.visitor(), "cuminseeddryer", id(battery), true)
	preview := operator.Get("/platform/synonyms-preview?expression=cuminseeddryer").Expect(http.StatusOK)
	if preview.Text("items.0.with") != "1" || preview.Text("items.0.alone") != "0" {
		t.Errorf("%s", preview.Body)
	}

	// Whoever edits what another has changed meanwhile is told so.
	path := "/platform/synonyms/" + added.Text("group.id")
	operator.Put(path, body{"field": "agriculture", "expressions": []string{"孜然烘干机", "cumindryer"}}, contracttest.IfMatch(added.ETag())).Expect(http.StatusOK)
	operator.Put(path, group, contracttest.IfMatch(added.ETag())).Refused(http.StatusPreconditionFailed, "stale_version")

	// A start after a change that no server was told of, with the list as a file.
	w.stop()
	out, errOut, code := runCommand(t, w.env, nil, "synonym", "export", "--data", w.dir)
	if code != 0 || !strings.Contains(out, "[孜然烘干机, cumindryer]") {
		t.Fatalf("export ends with %d: %s%s", code, out, errOut)
	}
	file := filepath.Join(t.TempDir(), "synonyms.yaml")
	if err := os.WriteFile(file, []byte(strings.Replace(out, "cumindryer", "cuminmachine", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, errOut, code := runCommand(t, w.env, nil, "synonym", "import", file, "--data", w.dir); code != 0 || !strings.HasPrefix(out, "0 added, 1 changed, 0 switched off") {
		t.Fatalf("import ends with %d: %s%s", code, out, errOut)
	}
	if out, _, _ := runCommand(t, w.env, nil, "synonym", "list", "--state", "own", "--data", w.dir); !strings.Contains(out, "孜然烘干机, cuminmachine") {
		t.Errorf("the list is %q", out)
	}
	w.restart()
	operator = w.staff("operator")
	applied(t, operator.Client)
	finds(t, w.visitor(), "cuminmachine", id(battery), true)
	if n := total(w.visitor(), "cumindryer"); n != "0" {
		t.Errorf("what is no synonym any more finds %s", n)
	}
	if audit := operator.Get("/platform/audit?kind=synonym_group").Expect(http.StatusOK); !strings.Contains(string(audit.Body), `"imported"`) {
		t.Errorf("%s", audit.Body)
	}
}

// synonymsReachBoth: a list that is changed at one replica is used by both, and
// while the shared index is made anew neither loses what it found.
func (c *cluster) synonymsReachBoth(t *testing.T) {
	t.Helper()
	operator := c.one.staff("operator")
	if n := total(c.two.visitor(), "coldweathercell"); n != "0" {
		t.Errorf("before it is a synonym it finds %s", n)
	}
	for i := range 3 { // several edits, one after the other
		operator.Post("/platform/synonyms", body{"field": "new_energy", "expressions": []string{"低温电池", "coldweathercell" + strings.Repeat("s", i), "n" + strconv.Itoa(i)}}).Expect(http.StatusCreated)
		for _, w := range []*world{c.one, c.two} {
			if total(w.visitor(), "低温电池") == "0" {
				t.Errorf("%s loses a listing while the list is applied", w.address)
			}
		}
	}
	for _, w := range []*world{c.one, c.two} {
		applied(t, operator.At(w.address))
		if total(w.visitor(), "coldweathercell") == "0" || total(w.visitor(), "低温电池") == "0" {
			t.Errorf("%s does not use the list that it says it uses", w.address)
		}
	}
}
