package servertest

import (
	"fmt"
	"sync"
	"testing"

	"chengqiao/deploy"
)

// template is a database that others are copied from.
type template struct {
	name string
	once sync.Once
	err  error
}

var (
	templatesMu sync.Mutex
	templates   = map[string]*template{}
)

// PostgresCopy is PostgresDatabase for a database that is not empty: prepare
// fills a first one, once per test process and key, and everybody gets a copy
// of it. Copying takes a fraction of the time that migrating does. prepare
// closes its connections before it returns.
func PostgresCopy(t testing.TB, key string, prepare func(Database) error) Database {
	t.Helper()
	server, err := sharedPostgres()
	require(t, err)
	templatesMu.Lock()
	from, ok := templates[key]
	if !ok {
		from = &template{name: fmt.Sprintf("original%d", databases.Add(1))}
		templates[key] = from
	}
	templatesMu.Unlock()
	from.once.Do(func() {
		if from.err = server.create(from.name); from.err == nil {
			from.err = prepare(server.database(from.name))
		}
	})
	require(t, from.err)

	name := fmt.Sprintf("t%d", databases.Add(1))
	require(t, server.copy(name, from.name))
	t.Cleanup(func() {
		if err := server.drop(name); err != nil {
			t.Errorf("servertest: drop the database: %v", err)
		}
	})
	return server.database(name)
}

// database names both roles' ways into a database.
func (s *postgres) database(name string) Database {
	return Database{MigrateDSN: s.dsn(deploy.MigrateRole, name), RunDSN: s.dsn(deploy.RunRole, name)}
}
