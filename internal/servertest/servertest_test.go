package servertest_test

import (
	"bufio"
	"context"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/redis/go-redis/v9"

	"chengqiao/internal/servertest"
)

func TestEachDatabaseIsEmptyAndOnlyMigrationsMayChangeTheSchema(t *testing.T) {
	ctx := t.Context()
	first, second := servertest.PostgresDatabase(t), servertest.PostgresDatabase(t)

	owner := connect(t, first.MigrateDSN)
	if _, err := owner.Exec(ctx, `CREATE TABLE notes (id TEXT PRIMARY KEY)`); err != nil {
		t.Fatalf("migrations cannot create a table: %v", err)
	}
	program := connect(t, first.RunDSN)
	if _, err := program.Exec(ctx, `INSERT INTO notes (id) VALUES ('a')`); err != nil {
		t.Errorf("the program cannot write a row: %v", err)
	}
	for _, sql := range []string{
		`CREATE TABLE more (id TEXT)`, `DROP TABLE notes`, `TRUNCATE notes`, `ALTER TABLE notes ADD COLUMN x TEXT`,
	} {
		if _, err := program.Exec(ctx, sql); err == nil {
			t.Errorf("the program's role was allowed to %s", sql)
		}
	}

	var tables int
	err := connect(t, second.MigrateDSN).QueryRow(ctx,
		`SELECT count(*) FROM pg_tables WHERE schemaname = 'public'`).Scan(&tables)
	if err != nil || tables != 0 {
		t.Errorf("the second database has %d tables (%v), want none", tables, err)
	}
}

func TestDatabaseIsGoneAfterItsTest(t *testing.T) {
	var dsn string
	t.Run("inner", func(t *testing.T) { dsn = servertest.Postgres(t) })
	conn, err := pgx.Connect(t.Context(), dsn)
	if err == nil {
		_ = conn.Close(t.Context())
		t.Fatal("the database can still be reached")
	}
	if !strings.Contains(err.Error(), "does not exist") {
		t.Fatalf("got %v, want that the database does not exist", err)
	}
}

func TestRedisComesBackOnItsAddress(t *testing.T) {
	ctx := t.Context()
	server := servertest.StartRedis(t)
	client := redis.NewClient(&redis.Options{Addr: server.Addr, MaxRetries: -1})
	defer client.Close()
	if err := client.Set(ctx, "k", "v", 0).Err(); err != nil {
		t.Fatal(err)
	}
	server.Stop(t)
	if err := client.Ping(ctx).Err(); err == nil {
		t.Fatal("the stopped server answers")
	}
	server.Start(t)
	if n, err := client.Exists(ctx, "k").Result(); err != nil || n != 0 {
		t.Fatalf("got %d keys (%v) after the restart, want none", n, err)
	}
}

func TestMeilisearchAsksForItsKey(t *testing.T) {
	url, key := servertest.Meilisearch(t)
	for _, c := range []struct {
		key  string
		want int
	}{{key, http.StatusOK}, {"another", http.StatusForbidden}, {"", http.StatusUnauthorized}} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/indexes", nil)
		if err != nil {
			t.Fatal(err)
		}
		if c.key != "" {
			req.Header.Set("Authorization", "Bearer "+c.key)
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != c.want {
			t.Errorf("key %q: got %s, want %d", c.key, res.Status, c.want)
		}
	}
}

// TestServersDieWithAKilledTestProcess runs this test binary once more, has
// it start every server, and kills it.
func TestServersDieWithAKilledTestProcess(t *testing.T) {
	const role = "CHENGQIAO_TEST_STARTS_AND_WAITS"
	if os.Getenv(role) != "" {
		dsn := servertest.Postgres(t)
		config, err := pgx.ParseConfig(dsn)
		if err != nil {
			t.Fatal(err)
		}
		postgres := net.JoinHostPort(config.Host, strconv.Itoa(int(config.Port)))
		url, _ := servertest.Meilisearch(t)
		_, _ = os.Stdout.WriteString("addresses " + postgres + " " + servertest.Redis(t) + " " +
			strings.TrimPrefix(url, "http://") + "\n")
		<-t.Context().Done() // until killed, or until the outer test's patience ends
		return
	}

	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	temp := t.TempDir()
	openUp(t, temp)
	cmd := exec.CommandContext(ctx, os.Args[0], "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), role+"=1", "TMPDIR="+temp, "CHENGQIAO_TEST_DATA="+temp)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var addresses []string
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if list, ok := strings.CutPrefix(lines.Text(), "addresses "); ok {
			addresses = strings.Fields(list)
			break
		}
		t.Log(lines.Text())
	}
	if len(addresses) != 3 {
		t.Fatalf("got the addresses %q, want three", addresses)
	}
	for _, addr := range addresses {
		if !listens(addr) {
			t.Errorf("nothing listens on %s", addr)
		}
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	eventually(t, "a server outlives its test process", func() bool {
		for _, addr := range addresses {
			if listens(addr) {
				return false
			}
		}
		return true
	})
	eventually(t, "the servers' folder outlives its test process", func() bool {
		left, err := os.ReadDir(temp)
		return err == nil && len(left) == 0
	})
}

func listens(addr string) bool {
	conn, err := net.DialTimeout("tcp", addr, time.Second)
	if err != nil {
		return false
	}
	_ = conn.Close()
	return true
}

func eventually(t *testing.T, otherwise string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if holds() {
			return
		}
	}
	t.Error(otherwise)
}

func connect(t *testing.T, dsn string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

// openUp lets every user pass to dir: as root the servers run as somebody else.
func openUp(t *testing.T, dir string) {
	t.Helper()
	for ; dir != os.TempDir() && dir != "/"; dir = filepath.Dir(dir) {
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
}
