package deploy_test

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"chengqiao/internal/servertest"
)

// TestTheReplicasRunOnWhatComposeSetsUp does what `docker compose up` does
// without Docker: real servers, the database as init.sh makes it, `migrate` as
// the role that owns the tables, then both replicas with their environment as
// it stands in the file, but for the addresses.
func TestTheReplicasRunOnWhatComposeSetsUp(t *testing.T) {
	c, secrets := loadCompose(t), makeSecrets(t)
	database := setUpPostgres(t, secrets)
	redis := servertest.Redis(t)
	search, masterKey := servertest.Meilisearch(t)
	u, err := url.Parse(search)
	if err != nil {
		t.Fatal(err)
	}
	// The servers of the test have addresses and keys of their own.
	replace(t, filepath.Join(secrets, "dsn"), "@postgres:5432/", "@"+database+"/")
	replace(t, filepath.Join(secrets, "migrate_dsn"), "@postgres:5432/", "@"+database+"/")
	write(t, filepath.Join(secrets, "redis_url"), "redis://"+redis+"/0")
	write(t, filepath.Join(secrets, "meili_master_key"), masterKey)

	program := filepath.Join(t.TempDir(), "chengqiao")
	run(t, "go", "build", "-o", program, "../cmd/chengqiao")
	files := t.TempDir()
	start := func(name string, args ...string) *replica {
		environ := []string{"PATH=" + os.Getenv("PATH")}
		for _, setting := range environOf(t, c, name, secrets) {
			key, value, _ := strings.Cut(setting, "=")
			switch key {
			case "CHENGQIAO_DATA_DIR":
				value = t.TempDir()
			case "CHENGQIAO_BLOB__DIR":
				value = files
			case "CHENGQIAO_SEARCH__URL":
				value = "http://" + u.Host
			case "CHENGQIAO_SERVER__LISTEN", "CHENGQIAO_METRICS__LISTEN":
				value = "127.0.0.1:0" // it says which port it was given
			}
			environ = append(environ, key+"="+value)
		}
		return startReplica(t, program, environ, args...)
	}

	migrate := start("migrate", c.commandOf(t, "migrate")...)
	if err := migrate.wait(); err != nil {
		t.Fatalf("migrate: %v\n%s", err, migrate.output())
	}
	for _, name := range replicas {
		r := start(name, "serve")
		r.waitReady(t, name)
	}
}

// setUpPostgres gives host:port of a server that init.sh has been run on.
func setUpPostgres(t *testing.T, secrets string) string {
	t.Helper()
	admin := connectDSN(t, servertest.PostgresServer(t))
	if _, err := admin.Exec(t.Context(), "CREATE DATABASE chengqiao"); err != nil {
		t.Fatal(err)
	}
	config := admin.Config()
	port := strconv.Itoa(int(config.Port))
	init := exec.Command("sh", "postgres/init.sh")
	init.Env = append(os.Environ(), "PGHOST="+config.Host, "PGPORT="+port, "PGPASSWORD="+config.Password, "PGSSLMODE=disable",
		"POSTGRES_USER=postgres", "POSTGRES_DB=chengqiao", "CHENGQIAO_SECRETS="+secrets, "CHENGQIAO_GRANTS=postgres/grants.sql")
	if out, err := init.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return net.JoinHostPort(config.Host, port)
}

// replica is the program in a process of its own.
type replica struct {
	cmd  *exec.Cmd
	done chan error

	mu  sync.Mutex
	out bytes.Buffer
}

func startReplica(t *testing.T, program string, environ []string, args ...string) *replica {
	t.Helper()
	r := &replica{cmd: exec.Command(program, args...), done: make(chan error, 1)}
	r.cmd.Env, r.cmd.Dir = environ, t.TempDir()
	r.cmd.Stdout, r.cmd.Stderr = r, r
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { r.done <- r.cmd.Wait() }()
	t.Cleanup(func() {
		_ = r.cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-r.done:
		case <-time.After(2 * time.Minute):
			_ = r.cmd.Process.Kill()
			t.Errorf("did not stop when told to:\n%s", r.output())
		}
	})
	return r
}

// Write keeps what the program prints.
func (r *replica) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.out.Write(p)
}

func (r *replica) output() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.out.String()
}

func (r *replica) wait() error {
	err := <-r.done
	r.done <- err
	return err
}

var listening = regexp.MustCompile(`listening on (http://[0-9.:]+)`)

// ready tells whether the replica has said where it listens and answers there.
func (r *replica) ready(ctx context.Context) bool {
	said := listening.FindStringSubmatch(r.output())
	if said == nil {
		return false
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, said[1]+"/readyz", nil)
	if err != nil {
		return false
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	_ = res.Body.Close()
	return res.StatusCode == http.StatusOK
}

func (r *replica) waitReady(t *testing.T, name string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	for !r.ready(ctx) {
		select {
		case err := <-r.done:
			r.done <- err
			t.Fatalf("%s ended: %v\n%s", name, err, r.output())
		case <-ctx.Done():
			t.Fatalf("%s is not ready:\n%s", name, r.output())
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func replace(t *testing.T, path, old, new string) {
	t.Helper()
	content := read(t, path)
	if !strings.Contains(content, old) {
		t.Fatalf("%s does not hold %s", path, old)
	}
	write(t, path, strings.Replace(content, old, new, 1))
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}
