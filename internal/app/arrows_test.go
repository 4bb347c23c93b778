package app_test

import (
	"encoding/json"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// The layers, from the bottom. A package imports only what its row allows.
var (
	values = []string{"errs", "clock", "event", "lifecycle", "journal", "policy", "money", "ident", "text", "rights", "taxonomy", "message", "listing", "recent", "interrupt", "beside", "complaint", "link", "span", "quantity"}
	// terms is how texts become terms, and where they name places: shared by search, matching and reading.
	terms    = []string{"search/analysis", "gazetteer"}
	domains  = []string{"account", "catalog", "need", "exchange", "match", "duplicate", "deal", "document", "disclosure", "note", "contract", "reward", "stats", "notify", "token", "webhook", "savedsearch", "synonym"}
	ports    = []string{"search", "kv", "blob", "mail", "outbox", "embedding", "backup"}
	adapters = []string{"embedding/openai", "search/embedded", "search/meili", "kv/memory", "kv/redis", "blob/folder", "blob/bucket", "mail/smtp", "mail/folder", "watermark", "outward", "store", "sqldb", "telemetry"}
	// engines and frameworks that a domain must not know.
	foreign = []string{
		"database/sql", "net/http", "github.com/gin-gonic/", "github.com/blevesearch/", "github.com/meilisearch/",
		"github.com/redis/", "modernc.org/", "github.com/jackc/", "gocloud.dev", "github.com/spf13/", "github.com/prometheus/", "go.opentelemetry.io/",
	}
)

type listed struct {
	ImportPath string
	Imports    []string
}

func imports(t *testing.T) map[string][]string {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "chengqiao/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	packages := map[string][]string{}
	for dec := json.NewDecoder(strings.NewReader(string(out))); dec.More(); {
		var l listed
		if err := dec.Decode(&l); err != nil {
			t.Fatal(err)
		}
		packages[strings.TrimPrefix(l.ImportPath, "chengqiao/internal/")] = l.Imports
	}
	return packages
}

// own are the project's packages among a package's imports, without the prefix.
func own(imports []string) []string {
	var out []string
	for _, i := range imports {
		if name, ok := strings.CutPrefix(i, "chengqiao/internal/"); ok {
			out = append(out, name)
		}
	}
	return out
}

func under(name string, groups ...[]string) bool {
	for _, g := range groups {
		for _, p := range g {
			if name == p || strings.HasPrefix(name, p+"/") {
				return true
			}
		}
	}
	return false
}

func TestImportsFollowTheLayers(t *testing.T) {
	t.Parallel()
	packages := imports(t)
	for name, imported := range packages {
		for _, dep := range own(imported) {
			switch {
			case name == "errs":
				t.Errorf("errs imports %s, and nothing may be below it", dep)
			case slices.Contains(values, name) && !slices.Contains(values, dep):
				t.Errorf("%s is a value package and imports %s", name, dep)
			case under(name, domains) && !under(dep, values, terms) && !sameDomain(name, dep):
				t.Errorf("%s is a domain and imports %s", name, dep)
			case slices.Contains(ports, name) && !slices.Contains(values, dep) && !sameDomain(name, dep):
				t.Errorf("the port %s imports %s", name, dep)
			case name == "sqldb" && !slices.Contains(values, dep):
				t.Errorf("sqldb imports %s", dep)
			case name == "store" && !under(dep, values, domains, []string{"sqldb", "outbox", "embedding"}):
				t.Errorf("store imports %s", dep)
			case name == "httpapi" && (under(dep, adapters) || dep == "app"):
				t.Errorf("httpapi imports %s", dep)
			case under(dep, adapters) && name != "app" && !adapterMayBeImportedBy(dep, name):
				t.Errorf("%s imports the adapter %s; only app joins adapters", name, dep)
			case dep == "app" && name != "chengqiao/cmd/chengqiao":
				t.Errorf("%s imports app", name)
			}
		}
		if under(name, domains) || slices.Contains(values, name) {
			for _, i := range imported {
				for _, f := range foreign {
					// span is how all others come by traces.
					if strings.HasPrefix(i, f) && (name != "span" || f != "go.opentelemetry.io/") {
						t.Errorf("%s imports %s", name, i)
					}
				}
			}
		}
	}
}

// sameDomain: a domain may have packages of its own below it.
func sameDomain(name, dep string) bool {
	a, _, _ := strings.Cut(name, "/")
	b, _, _ := strings.Cut(dep, "/")
	return a == b
}

// adapterMayBeImportedBy names the exceptions: the store stands on sqldb,
// adapters of one port may share, and the evaluation opens engines of its own.
func adapterMayBeImportedBy(dep, name string) bool {
	switch {
	case dep == "sqldb":
		return name == "store" || name == "outbox" || strings.HasPrefix(name, "store/")
	case strings.Contains(name, "/") && sameDomain(name, dep):
		return true // adapters of one port may share: redis fans out locally as memory does
	case strings.HasPrefix(dep, "search/"):
		return name == "evaluate"
	case dep == "store":
		return strings.HasPrefix(name, "store/")
	}
	return false
}

func TestTheProgramIsOnlyItsEntry(t *testing.T) {
	t.Parallel()
	for _, dep := range own(imports(t)["chengqiao/cmd/chengqiao"]) {
		if dep != "app" {
			t.Errorf("cmd/chengqiao imports %s", dep)
		}
	}
}
