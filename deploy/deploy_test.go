package deploy_test

import (
	"context"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// root is the project's folder.
const root = ".."

func TestInitGivesTheRolesWhatTheyNeedAndNoMore(t *testing.T) {
	secrets := makeSecrets(t)
	server := setUpPostgres(t, secrets)

	owner := connect(t, server, "chengqiao_migrate", read(t, filepath.Join(secrets, "migrate_password")))
	if _, err := owner.Exec(t.Context(), `CREATE TABLE notes (id TEXT PRIMARY KEY)`); err != nil {
		t.Fatalf("migrations cannot create a table: %v", err)
	}
	program := connect(t, server, "chengqiao", read(t, filepath.Join(secrets, "run_password")))
	if _, err := program.Exec(t.Context(), `INSERT INTO notes (id) VALUES ('a')`); err != nil {
		t.Errorf("the program cannot write a row: %v", err)
	}
	for _, sql := range []string{`DROP TABLE notes`, `CREATE TABLE more (id TEXT)`, `TRUNCATE notes`, `ALTER ROLE chengqiao SUPERUSER`} {
		if _, err := program.Exec(t.Context(), sql); err == nil {
			t.Errorf("the program's role was allowed to %s", sql)
		}
	}
}

func TestSecretsAreMadeOnceAndFitTogether(t *testing.T) {
	dir := makeSecrets(t)
	before := map[string]string{}
	for _, path := range glob(t, filepath.Join(dir, "*")) {
		before[path] = read(t, path)
	}
	run(t, "./make-secrets.sh", dir)
	seen := map[string]bool{}
	for path, content := range before {
		if read(t, path) != content {
			t.Errorf("%s changed in a second run", path)
		}
		if seen[content] || len(content) < 48 || strings.ContainsAny(content, " \n") {
			t.Errorf("%s holds %q", path, content)
		}
		seen[content] = true
	}
	for holder, part := range map[string]string{"dsn": "run_password", "migrate_dsn": "migrate_password", "redis_url": "redis_password"} {
		if !strings.Contains(read(t, filepath.Join(dir, holder)), ":"+read(t, filepath.Join(dir, part))+"@") {
			t.Errorf("%s does not hold the %s", holder, part)
		}
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the folder is %v, %v", info.Mode(), err)
	}
}

// makeSecrets runs the script and gives the folder that it filled.
func makeSecrets(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "secrets")
	run(t, "./make-secrets.sh", dir)
	return dir
}

func run(t *testing.T, name string, args ...string) {
	t.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func glob(t *testing.T, pattern string) []string {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(paths)
	return paths
}

// connect opens the database chengqiao on the server at host:port.
func connect(t *testing.T, server, user, password string) *pgx.Conn {
	t.Helper()
	u := url.URL{Scheme: "postgres", User: url.UserPassword(user, password), Host: server, Path: "/chengqiao", RawQuery: "sslmode=disable"}
	return connectDSN(t, u.String())
}

func connectDSN(t *testing.T, dsn string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}
