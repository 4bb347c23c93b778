package app_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

const (
	harvested = `{"id":"s-1","lang":"en","title":"Mesh tool","description":"Generates meshes for flow solvers.","center":"ARC","tags":["NASA","Aeronautics"],"keywords":["mesh generation"],"url":"https://records.example/s-1"}`
	another   = `{"id":"s-2","lang":"en","title":"Orbit tool","description":"Computes orbits.","center":"GSFC","tags":["NASA","Something Else"],"keywords":[],"url":"javascript:alert(1)"}`
)

// harvest takes records over and gives the report.
func (w *world) harvest(lines ...string) (report struct{ Read, Created, Updated, Unchanged, Rejected, Vanished int }) {
	w.t.Helper()
	out, errOut, code := runCommand(w.t, w.env, nil, "import", "achievements", write(w.t.(*testing.T), "records.jsonl", strings.Join(lines, "\n")+"\n"),
		"--data", w.dir, "--owner", platformName, "--harvest", "nasa-software", "--publish", "--on-error", "skip", "--json")
	if err := json.Unmarshal([]byte(out), &report); err != nil || code != 0 && code != 3 {
		w.t.Fatalf("the harvest ends with %d: %s%s", code, out, errOut)
	}
	return report
}

func TestAHarvestedRecordShowsItsSourceAndIsMarkedWhenItHasVanished(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	if r := w.harvest(harvested, another); r.Created != 2 || r.Vanished != 0 {
		t.Fatalf("%+v", r)
	}
	visitor := w.visitor()
	var found struct {
		Hits []struct{ ID string }
	}
	listing := ""
	eventually(t, "the search finds the record", func() error {
		visitor.Get("/search?q=" + "mesh").Expect(http.StatusOK).Into(&found)
		if len(found.Hits) == 0 {
			return fmt.Errorf("nothing yet")
		}
		listing = found.Hits[0].ID
		return nil
	})
	shown := visitor.Get("/achievements/" + listing).Expect(http.StatusOK)
	if shown.Text("origin.name.en") != "NASA Software Catalog" || shown.Text("origin.link") != "https://records.example/s-1" ||
		!strings.Contains(shown.Text("origin.licence.en"), "US Government work") || shown.Text("origin.at_source") != "true" || shown.Has("origin.vanished_on") {
		t.Fatalf("%s", shown.Body)
	}
	if shown.Text("content.technical_field") != "aerospace" || shown.Text("content.form") != "software" {
		t.Errorf("%s", shown.Body)
	}
	_, page := w.get(nil, "/achievements/"+listing)
	for _, part := range []string{`"isBasedOn"`, `https://records.example/s-1`, `"license"`, `NASA`} {
		if !strings.Contains(page, part) {
			t.Errorf("the public page lacks %s:\n%s", part, page)
		}
	}

	if r := w.harvest(harvested); r.Unchanged != 1 || r.Vanished != 1 {
		t.Fatalf("%+v", r)
	}
	// A row that nobody can tell apart may be any record: nothing vanishes.
	if r := w.harvest(`{"id":"s-2"`); r.Vanished != 0 {
		t.Fatalf("%+v", r)
	}
	if r := w.harvest(strings.Replace(another, "orbits", "all orbits", 1)); r.Updated != 1 || r.Vanished != 1 {
		t.Fatalf("%+v", r)
	}
	if gone := visitor.Get("/achievements/" + listing).Expect(http.StatusOK); gone.Text("origin.vanished_on") == "" {
		t.Errorf("%s", gone.Body)
	}
}
