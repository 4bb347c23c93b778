package servertest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"

	"chengqiao/deploy"
)

// Database is a fresh, empty PostgreSQL database with the privileges of a real
// deployment (deploy/postgres/grants.sql).
type Database struct {
	// MigrateDSN connects as the role that migrations use; it owns the tables.
	MigrateDSN string
	// RunDSN connects as the role of the running program, which can read and
	// write rows and nothing else.
	RunDSN string
}

// Postgres gives the DSN of a fresh, empty database, as the role that may
// create tables in it. It is dropped when the test ends.
func Postgres(t testing.TB) (dsn string) {
	t.Helper()
	return PostgresDatabase(t).MigrateDSN
}

// PostgresDatabase gives a fresh, empty database with both roles. It is
// dropped when the test ends, whoever is still connected.
func PostgresDatabase(t testing.TB) Database {
	t.Helper()
	server, err := sharedPostgres()
	require(t, err)
	name := fmt.Sprintf("t%d", databases.Add(1))
	require(t, server.create(name))
	t.Cleanup(func() {
		if err := server.drop(name); err != nil {
			t.Errorf("servertest: drop the database: %v", err)
		}
	})
	return server.database(name)
}

var databases atomic.Int64

// superuser is the owner of the test cluster; tests never see it.
const superuser = "postgres"

type postgres struct {
	*process
	port     int
	password string
}

// sharedPostgres starts the one server of this test process. It is never
// stopped: it ends with the process.
var sharedPostgres = sync.OnceValues(func() (*postgres, error) {
	s, err := startPostgres()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), startWithin)
	defer cancel()
	for _, role := range []string{deploy.MigrateRole, deploy.RunRole} {
		// The secret is letters and digits; CREATE ROLE takes no parameters.
		if err := s.exec(ctx, superuser, fmt.Sprintf("CREATE ROLE %s LOGIN PASSWORD '%s'", role, s.password)); err != nil {
			return nil, err
		}
	}
	return s, nil
})

// PostgresServer starts a server of the test's own, as new as initdb makes it:
// without our roles. The DSN is the superuser's, for its database "postgres".
// It is for tests of how a deployment sets a server up.
func PostgresServer(t testing.TB) (superuserDSN string) {
	t.Helper()
	s, err := startPostgres()
	require(t, err)
	(&Server{process: s.process}).cleanup(t)
	return s.dsn(superuser, superuser)
}

func startPostgres() (*postgres, error) {
	w, err := openWorkspace()
	if err != nil {
		return nil, err
	}
	initdb, err := w.binary(initdbTool)
	if err != nil {
		return nil, err
	}
	bin, err := w.binary(postgresTool)
	if err != nil {
		return nil, err
	}
	dir, err := w.serverDir("postgres")
	if err != nil {
		return nil, err
	}
	s := &postgres{password: secret()}
	data := filepath.Join(dir, "data")
	if err := s.initialise(w, initdb, dir, data); err != nil {
		return nil, err
	}
	return s, onFreePort(func(port int) error {
		s.port = port
		s.process = &process{
			name: "postgres", path: bin, dir: dir, who: w.account,
			// Immediate shutdown: the server ends its own children first.
			deathSignal: syscall.SIGQUIT,
			args:        postgresArgs(data, port),
		}
		return s.start(func(ctx context.Context) error {
			return s.exec(ctx, superuser, "SELECT 1")
		})
	})
}

// postgresArgs gives up durability for speed: the data are thrown away anyway.
func postgresArgs(data string, port int) []string {
	args := []string{"-D", data, "-p", strconv.Itoa(port), "-h", "127.0.0.1", "-k", ""}
	for _, setting := range []string{
		"fsync=off", "synchronous_commit=off", "full_page_writes=off",
		"wal_level=minimal", "max_wal_senders=0", "max_wal_size=256MB",
		"shared_buffers=64MB", "max_connections=200", "jit=off",
		"dynamic_shared_memory_type=mmap",
		"timezone=UTC", "log_min_messages=warning",
	} {
		args = append(args, "-c", setting)
	}
	return args
}

// initialise makes the cluster. The C locale orders text by bytes, as SQLite
// does and as docker-compose.yml asks of the real server.
func (s *postgres) initialise(w *workspace, initdb, dir, data string) error {
	passwords := filepath.Join(dir, "password")
	if err := os.WriteFile(passwords, []byte(s.password+"\n"), 0o600); err != nil {
		return err
	}
	if w.account != nil {
		if err := os.Chown(passwords, w.account.uid, w.account.gid); err != nil {
			return err
		}
	}
	cmd := exec.Command(initdb, "-D", data, "-U", superuser, "--pwfile", passwords,
		"--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions")
	cmd.Dir = dir
	cmd.Env = []string{"PATH=/usr/bin:/bin", "LC_ALL=C", "TZ=UTC", "HOME=" + dir}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: w.account.credential()}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out.String())
	}
	return nil
}

func (s *postgres) create(name string) error {
	if err := s.copy(name, "template0"); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), startWithin)
	defer cancel()
	return s.exec(ctx, name, deploy.PostgresGrants)
}

// copy makes a database from another one that nobody is connected to. Rights
// inside come along, rights to connect do not.
func (s *postgres) copy(name, from string) error {
	ctx, cancel := context.WithTimeout(context.Background(), startWithin)
	defer cancel()
	for _, sql := range []string{
		fmt.Sprintf("CREATE DATABASE %s OWNER %s TEMPLATE %s", name, deploy.MigrateRole, from),
		fmt.Sprintf("REVOKE ALL ON DATABASE %s FROM PUBLIC", name),
		fmt.Sprintf("GRANT CONNECT ON DATABASE %s TO %s", name, deploy.RunRole),
	} {
		if err := s.exec(ctx, superuser, sql); err != nil {
			return err
		}
	}
	return nil
}

func (s *postgres) drop(name string) error {
	ctx, cancel := context.WithTimeout(context.Background(), startWithin)
	defer cancel()
	return s.exec(ctx, superuser, fmt.Sprintf("DROP DATABASE %s WITH (FORCE)", name))
}

// exec runs statements as the superuser in the named database.
func (s *postgres) exec(ctx context.Context, database, sql string) (err error) {
	conn, err := pgx.Connect(ctx, s.dsn(superuser, database))
	if err != nil {
		return err
	}
	defer func() {
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), startWithin)
		defer cancel()
		err = errors.Join(err, conn.Close(closing))
	}()
	_, err = conn.PgConn().Exec(ctx, sql).ReadAll()
	return err
}

func (s *postgres) dsn(role, database string) string {
	u := url.URL{
		Scheme: "postgres", User: url.UserPassword(role, s.password),
		Host: loopback(s.port), Path: "/" + database, RawQuery: "sslmode=disable",
	}
	return u.String()
}
