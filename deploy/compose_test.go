package deploy_test

import (
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"chengqiao/internal/config"
)

// compose is as much of docker-compose.yml as the tests look at. No Docker
// engine is needed to run them, so they cannot tell that it runs.
type compose struct {
	Services map[string]service
	Volumes  map[string]any
	Networks map[string]struct{ Internal bool }
	Secrets  map[string]struct{ File string }
}

type service struct {
	Image       string
	Build       string
	Restart     string
	Command     any
	Environment map[string]string
	Secrets     []string
	Volumes     []string
	Networks    []string
	Ports       []string
	Healthcheck *struct {
		Test []string
	}
	DependsOn map[string]struct{ Condition string } `yaml:"depends_on"`
}

func loadCompose(t *testing.T) compose {
	t.Helper()
	var c compose
	if err := yaml.Unmarshal([]byte(read(t, filepath.Join(root, "docker-compose.yml"))), &c); err != nil {
		t.Fatal(err)
	}
	return c
}

// commandOf is a service's command where that is a list.
func (c compose) commandOf(t *testing.T, name string) []string {
	t.Helper()
	list, ok := c.Services[name].Command.([]any)
	if !ok {
		t.Fatalf("the command of %s is no list", name)
	}
	words := make([]string, len(list))
	for i, word := range list {
		words[i] = fmt.Sprint(word)
	}
	return words
}

var replicas = []string{"app-1", "app-2"}

func TestComposeHasEveryServer(t *testing.T) {
	want := []string{"app-1", "app-2", "grafana", "meilisearch", "migrate", "postgres", "prometheus", "proxy", "redis"}
	if got := slices.Sorted(maps.Keys(loadCompose(t).Services)); !slices.Equal(got, want) {
		t.Errorf("the services are %v, want %v", got, want)
	}
}

func TestImagesAreOfficialAndPinned(t *testing.T) {
	pinned := regexp.MustCompile(`^(postgres:\d+\.\d+-alpine|redis:\d+\.\d+\.\d+-alpine|getmeili/meilisearch:v\d+\.\d+\.\d+|caddy:\d+\.\d+\.\d+-alpine|prom/prometheus:v\d+\.\d+\.\d+|grafana/grafana:\d+\.\d+\.\d+)$`)
	for name, s := range loadCompose(t).Services {
		if s.Build != "" {
			if s.Build != "." || s.Image != "chengqiao" {
				t.Errorf("%s is built from %q as %q", name, s.Build, s.Image)
			}
			continue
		}
		if !pinned.MatchString(s.Image) {
			t.Errorf("%s runs %q", name, s.Image)
		}
	}
	if image := loadCompose(t).Services["meilisearch"].Image; !strings.HasPrefix(image, "getmeili/meilisearch:v1.21.") {
		t.Errorf("Meilisearch is %s, want the version that the tests run on", image)
	}
}

func TestEveryLastingServiceTellsItsHealthAndComesBack(t *testing.T) {
	for name, s := range loadCompose(t).Services {
		if name == "migrate" {
			if s.Restart != "no" {
				t.Errorf("migrate would run again and again: %q", s.Restart)
			}
			continue
		}
		if s.Healthcheck == nil || len(s.Healthcheck.Test) < 2 {
			t.Errorf("%s has no health check", name)
		}
		if s.Restart != "unless-stopped" {
			t.Errorf("%s has restart %q", name, s.Restart)
		}
	}
}

func TestServicesWaitForWhatTheyNeed(t *testing.T) {
	c := loadCompose(t)
	for _, name := range replicas {
		for server, condition := range map[string]string{
			"postgres": "service_healthy", "redis": "service_healthy", "meilisearch": "service_healthy",
			"migrate": "service_completed_successfully",
		} {
			if got := c.Services[name].DependsOn[server].Condition; got != condition {
				t.Errorf("%s waits for %s to be %q, want %q", name, server, got, condition)
			}
		}
		if got := c.Services["proxy"].DependsOn[name].Condition; got != "service_healthy" {
			t.Errorf("the proxy waits for %s to be %q", name, got)
		}
	}
	if got := c.Services["migrate"].DependsOn["postgres"].Condition; got != "service_healthy" {
		t.Errorf("migrate waits for postgres to be %q", got)
	}
}

func TestWhatServicesNameIsDeclared(t *testing.T) {
	c := loadCompose(t)
	used := map[string]bool{}
	for name, s := range c.Services {
		for server := range s.DependsOn {
			if _, ok := c.Services[server]; !ok {
				t.Errorf("%s waits for %s, which is no service", name, server)
			}
		}
		for _, secret := range s.Secrets {
			used[secret] = true
			if c.Secrets[secret].File != "deploy/secrets/"+secret {
				t.Errorf("%s takes the secret %s from %q", name, secret, c.Secrets[secret].File)
			}
		}
		for _, network := range s.Networks {
			if _, ok := c.Networks[network]; !ok {
				t.Errorf("%s is in the network %s, which is not declared", name, network)
			}
		}
		for _, volume := range s.Volumes {
			source, _, _ := strings.Cut(volume, ":")
			if strings.HasPrefix(source, "./") {
				if _, err := os.Stat(filepath.Join(root, source)); err != nil {
					t.Errorf("%s mounts %s: %v", name, source, err)
				}
			} else if _, ok := c.Volumes[source]; !ok {
				t.Errorf("%s has the volume %s, which is not declared", name, source)
			}
		}
	}
	made := makeSecrets(t)
	for secret := range c.Secrets {
		if !used[secret] {
			t.Errorf("nobody uses the secret %s", secret)
		}
		if _, err := os.Stat(filepath.Join(made, secret)); err != nil {
			t.Errorf("make-secrets.sh does not make %s", secret)
		}
	}
}

func TestOnlyTheProxyCanBeReachedFromOutside(t *testing.T) {
	c := loadCompose(t)
	for name, s := range c.Services {
		for _, port := range s.Ports {
			if name != "proxy" && !strings.HasPrefix(port, "127.0.0.1:") {
				t.Errorf("%s publishes %v", name, s.Ports)
			}
		}
	}
	for _, server := range []string{"postgres", "redis", "meilisearch", "prometheus"} {
		if networks := c.Services[server].Networks; !slices.Equal(networks, []string{"inside"}) {
			t.Errorf("%s is in %v", server, networks)
		}
	}
	if !c.Networks["inside"].Internal {
		t.Error("the inner network has a way out")
	}
}

func TestReplicasShareFilesAndNothingElseOnDisk(t *testing.T) {
	c := loadCompose(t)
	shared := map[string]int{}
	for _, name := range replicas {
		for _, volume := range c.Services[name].Volumes {
			shared[volume]++
		}
	}
	for volume, n := range shared {
		if want := map[bool]int{true: 2, false: 1}[volume == "files:/files"]; n != want {
			t.Errorf("%d replicas have %s, want %d", n, volume, want)
		}
	}
}

// TestTheProgramTakesItsComposeSettings loads the configuration as the program
// does in each container, with the secrets that the script makes.
func TestTheProgramTakesItsComposeSettings(t *testing.T) {
	c, secrets := loadCompose(t), makeSecrets(t)
	for _, name := range append(slices.Clone(replicas), "migrate") {
		settings, err := config.Load(config.Sources{Environ: environOf(t, c, name, secrets)})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if settings.Database.Driver != "postgres" || settings.DataDir != "/data" {
			t.Errorf("%s runs on %s in %s", name, settings.Database.Driver, settings.DataDir)
		}
		hosts(t, c, name, settings.Database.DSN.Reveal())
		if name == "migrate" {
			if settings.Database.MigrateDSN == settings.Database.DSN {
				t.Error("migrations run as the program does")
			}
			continue
		}
		if settings.Search.Engine != "meilisearch" || settings.KV.Backend != "redis" || settings.Blob.Dir != "/files" {
			t.Errorf("%s: search is %s, kv is %s, files are in %s", name, settings.Search.Engine, settings.KV.Backend, settings.Blob.Dir)
		}
		if settings.Auth.TokenKey == "" {
			t.Errorf("%s makes a key for links of its own", name)
		}
		if settings.Database.MigrateDSN != settings.Database.DSN {
			t.Errorf("%s knows the role that owns the tables", name)
		}
		hosts(t, c, name, settings.Search.URL)
		hosts(t, c, name, settings.KV.URL.Reveal())
	}
}

// TestAnyMailServerCanBeNamed holds that one which wants TLS from the start, on
// port 465, is named from outside as any other.
func TestAnyMailServerCanBeNamed(t *testing.T) {
	c := loadCompose(t)
	for _, name := range replicas {
		for _, setting := range []string{"BACKEND", "FROM", "HOST", "PORT", "SECURITY", "USERNAME", "PASSWORD"} {
			if value := c.Services[name].Environment["CHENGQIAO_MAIL__"+setting]; !strings.HasPrefix(value, "${CHENGQIAO_MAIL_"+setting+":-") {
				t.Errorf("%s: the mail server's %s is %q, whatever is said outside", name, strings.ToLower(setting), value)
			}
		}
	}
}

// hosts checks that a URL's host is a service.
func hosts(t *testing.T, c compose, user, address string) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Errorf("%s: an address cannot be read", user)
		return
	}
	if _, ok := c.Services[u.Hostname()]; !ok {
		t.Errorf("%s wants %s at %s, which is no service", user, u.Scheme, u.Hostname())
	}
}

var variable = regexp.MustCompile(`\$\{[A-Z_]+:-([^}]*)\}`)

// environOf is a service's environment with nothing set outside and its
// secrets in a folder of the test.
func environOf(t *testing.T, c compose, name, secrets string) []string {
	t.Helper()
	var environ []string
	for key, value := range c.Services[name].Environment {
		value = variable.ReplaceAllString(value, "$1")
		if secret, ok := strings.CutPrefix(value, "/run/secrets/"); ok {
			if !slices.Contains(c.Services[name].Secrets, secret) {
				t.Errorf("%s reads the secret %s, which it is not given", name, secret)
			}
			value = filepath.Join(secrets, secret)
		}
		environ = append(environ, key+"="+value)
	}
	return environ
}

func TestNoSecretStandsInTheFile(t *testing.T) {
	for name, s := range loadCompose(t).Services {
		for key, value := range s.Environment {
			secret := regexp.MustCompile(`PASSWORD|KEY|DSN|SECRET`).MatchString(key)
			if secret && !strings.HasSuffix(key, "_FILE") && variable.ReplaceAllString(value, "$1") != "" {
				t.Errorf("%s has %s=%s", name, key, value)
			}
		}
	}
}

func TestTheProxyKnowsEveryReplica(t *testing.T) {
	c := loadCompose(t)
	caddyfile := read(t, "Caddyfile")
	upstreams := regexp.MustCompile(`(?m)^\s*reverse_proxy (.*) \{$`).FindStringSubmatch(caddyfile)
	if upstreams == nil {
		t.Fatal("the Caddyfile has no reverse_proxy")
	}
	var want []string
	for _, name := range replicas {
		want = append(want, name+c.Services[name].Environment["CHENGQIAO_SERVER__LISTEN"])
	}
	if got := strings.Fields(upstreams[1]); !slices.Equal(got, want) {
		t.Errorf("the proxy sends requests to %v, want %v", got, want)
	}
	for _, name := range replicas {
		if !strings.Contains(strings.Join(c.Services[name].Healthcheck.Test, " "), "/readyz") {
			t.Errorf("%s is healthy by another measure than the proxy's", name)
		}
	}
	if !strings.Contains(caddyfile, "health_uri /readyz") {
		t.Error("the proxy does not ask for readiness")
	}
}

func TestTheDockerfileBuildsAndRunsWithoutRights(t *testing.T) {
	var bases, stages, copied []string
	user := ""
	for line := range strings.Lines(read(t, filepath.Join(root, "Dockerfile"))) {
		word := strings.Fields(line)
		if len(word) == 0 {
			continue
		}
		switch word[0] {
		case "FROM":
			bases = append(bases, word[1])
			if len(word) == 4 {
				stages = append(stages, word[3])
			}
			user = ""
		case "USER":
			user = word[1]
		case "COPY":
			if from, ok := strings.CutPrefix(word[1], "--from="); ok {
				if !slices.Contains(stages, from) {
					t.Errorf("copies from %s, which is no stage before", from)
				}
				continue
			}
			copied = append(copied, word[1:len(word)-1]...)
		}
	}
	if want := []string{"web", "program"}; !slices.Equal(stages, want) {
		t.Errorf("the stages are %v, want %v and one that runs", stages, want)
	}
	for _, base := range bases {
		if !regexp.MustCompile(`^(node|golang|alpine):\d+(\.\d+)?(-alpine)?$`).MatchString(base) {
			t.Errorf("starts from %q", base)
		}
	}
	if user == "" || strings.HasPrefix(user, "0") || user == "root" {
		t.Errorf("the program runs as %q", user)
	}
	for _, path := range copied {
		if _, err := os.Stat(filepath.Join(root, path)); err != nil {
			t.Errorf("copies %s: %v", path, err)
		}
	}
	goVersion := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindStringSubmatch(read(t, filepath.Join(root, "go.mod")))[1]
	if !slices.Contains(bases, fmt.Sprintf("golang:%s-alpine", goVersion)) {
		t.Errorf("builds with %v, the module wants Go %s", bases, goVersion)
	}
}

// TestTheImageHasWhatTheProgramIsBuiltFrom: a new top folder of Go code has to
// be named in the Dockerfile and let through by .dockerignore.
func TestTheImageHasWhatTheProgramIsBuiltFrom(t *testing.T) {
	dockerfile, ignore := read(t, filepath.Join(root, "Dockerfile")), read(t, filepath.Join(root, ".dockerignore"))
	for _, path := range glob(t, filepath.Join(root, "*")) {
		name := filepath.Base(path)
		if name == "tools" || !holdsGo(t, path) {
			continue
		}
		if !strings.Contains(dockerfile, "COPY "+name) {
			t.Errorf("the Dockerfile does not copy %s", name)
		}
		if !strings.Contains(ignore, "\n!"+name+"\n") {
			t.Errorf(".dockerignore holds %s back", name)
		}
	}
}

func holdsGo(t *testing.T, dir string) bool {
	t.Helper()
	found := false
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && d.Name() == "node_modules" {
			return filepath.SkipDir
		}
		if strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
			found = true
			return filepath.SkipAll
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
