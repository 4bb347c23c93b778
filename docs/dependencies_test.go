// Package docs_test holds the documents to what they tell of.
package docs_test

import (
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestEveryDirectDependencyHasItsReasonAndNoneIsLeftOver(t *testing.T) {
	want := append(goModules(t), npmPackages(t)...)
	slices.Sort(want)
	got := documented(t)
	for _, name := range want {
		if !slices.Contains(got, name) {
			t.Errorf("docs/dependencies.md gives no reason for %s", name)
		}
	}
	for _, name := range got {
		if !slices.Contains(want, name) {
			t.Errorf("docs/dependencies.md has %s, which is not used", name)
		}
	}
}

// documented are the names in the first column of the document's tables.
func documented(t *testing.T) []string {
	t.Helper()
	content, err := os.ReadFile("dependencies.md")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, row := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\| \\S").FindAllStringSubmatch(string(content), -1) {
		names = append(names, row[1])
	}
	return names
}

// goModules are the modules whose packages our code, our tests or our
// generators name.
func goModules(t *testing.T) []string {
	t.Helper()
	modules := strings.Fields(goList(t, "-m", "-f", "{{.Path}}", "all"))
	used := map[string]bool{}
	for _, pkg := range strings.Fields(goList(t, "-f", `{{join .Imports " "}} {{join .TestImports " "}} {{join .XTestImports " "}}`, "./...")) {
		// The longest module path that the package lies in: one module can
		// lie in another's folder.
		best := ""
		for _, module := range modules {
			if (pkg == module || strings.HasPrefix(pkg, module+"/")) && len(module) > len(best) {
				best = module
			}
		}
		if best != "" && best != "chengqiao" {
			used[best] = true
		}
	}
	for _, mod := range []string{"../go.mod", "../tools/go.mod"} {
		content, err := os.ReadFile(mod)
		if err != nil {
			t.Fatal(err)
		}
		for _, tool := range regexp.MustCompile(`(?m)^(?:tool )\s*(\S+)/cmd/`).FindAllStringSubmatch(string(content), -1) {
			used[tool[1]] = true
		}
	}
	return slices.Collect(maps.Keys(used))
}

func goList(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list"}, args...)...)
	cmd.Dir = ".."
	cmd.Stderr = t.Output()
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	return string(out)
}

func npmPackages(t *testing.T) []string {
	t.Helper()
	content, err := os.ReadFile("../frontend/package.json")
	if err != nil {
		t.Fatal(err)
	}
	var manifest struct{ Dependencies, DevDependencies map[string]string }
	if err := json.Unmarshal(content, &manifest); err != nil {
		t.Fatal(err)
	}
	return slices.AppendSeq(slices.Collect(maps.Keys(manifest.Dependencies)), maps.Keys(manifest.DevDependencies))
}
