package servertest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
)

// tool is a program that the tests need and the machine provides.
type tool struct {
	name string
	// env names the variable that overrides the search: the binary's path, or
	// for PostgreSQL the folder that holds it.
	env string
	// inFolder says that env names a folder.
	inFolder bool
	// places are glob patterns tried after PATH.
	places []string
}

var (
	postgresTool = tool{name: "postgres", env: "CHENGQIAO_TEST_POSTGRES_BIN", inFolder: true,
		places: []string{"/usr/lib/postgresql/*/bin/postgres"}}
	initdbTool = tool{name: "initdb", env: "CHENGQIAO_TEST_POSTGRES_BIN", inFolder: true,
		places: []string{"/usr/lib/postgresql/*/bin/initdb"}}
	redisTool       = tool{name: "redis-server", env: "CHENGQIAO_TEST_REDIS_BIN"}
	meilisearchTool = tool{name: "meilisearch", env: "CHENGQIAO_TEST_MEILISEARCH_BIN",
		places: []string{filepath.Join(toolFolder(), "meilisearch")}}
)

// toolFolder is where scripts/install-test-tools.sh keeps what apt does not
// offer; the same rule stands there.
func toolFolder() string {
	if dir := os.Getenv("CHENGQIAO_TOOLS"); dir != "" {
		return dir
	}
	if os.Geteuid() == 0 {
		return "/var/cache/chengqiao/tools"
	}
	cache := os.Getenv("XDG_CACHE_HOME")
	if cache == "" {
		cache = filepath.Join(os.Getenv("HOME"), ".cache")
	}
	return filepath.Join(cache, "chengqiao", "tools")
}

// find looks in the variable, in PATH and in the usual places, in this order.
// A variable that names nothing is an error, never passed over in silence.
func (t tool) find() (string, error) {
	if given := os.Getenv(t.env); given != "" {
		path := given
		if t.inFolder {
			path = filepath.Join(given, t.name)
		}
		if err := executable(path); err != nil {
			return "", fmt.Errorf("%s is set, but %w", t.env, err)
		}
		return path, nil
	}
	if path, err := exec.LookPath(t.name); err == nil {
		return filepath.Abs(path)
	}
	for _, pattern := range t.places {
		found, err := filepath.Glob(pattern)
		if err != nil {
			return "", err
		}
		slices.SortFunc(found, byVersion)
		for _, path := range slices.Backward(found) {
			if executable(path) == nil {
				return path, nil
			}
		}
	}
	return "", fmt.Errorf("%s is not on this machine: run scripts/install-test-tools.sh, or name it in %s", t.name, t.env)
}

// byVersion orders /usr/lib/postgresql/9/… before /usr/lib/postgresql/15/….
func byVersion(a, b string) int { return versionIn(a) - versionIn(b) }

func versionIn(path string) int {
	n, err := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
	if err != nil {
		return 0
	}
	return n
}

func executable(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if info.IsDir() || info.Mode()&0o111 == 0 {
		return fmt.Errorf("%s is not an executable file", path)
	}
	return nil
}
