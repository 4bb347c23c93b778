package sqldb

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestSQLiteMovesCommitsIntoItsFileBesideTheWriters(t *testing.T) {
	path := filepath.Join(t.TempDir(), "chengqiao.db")
	db, err := Open(context.Background(), Config{Driver: SQLite, DSN: path})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.checkpoints.close(); err != nil {
		t.Fatal(err)
	}
	db.checkpoints, err = openCheckpoints(sqliteDSN(Config{DSN: path}, false), 10*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	write := func(query string, args ...any) {
		t.Helper()
		if _, err := db.Exec(context.Background(), query, args...); err != nil {
			t.Fatal(err)
		}
	}
	size := func(of string) int64 {
		t.Helper()
		info, err := os.Stat(of)
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	write(`CREATE TABLE notes (text TEXT NOT NULL)`)
	const megabytes = 3 // less than what SQLite itself waits for
	anew := false
	for round := int64(1); !anew; round++ {
		if round > 50 {
			t.Fatal("the log never begins anew")
		}
		before := size(path + "-wal")
		write(`INSERT INTO notes (text) VALUES ($1)`, strings.Repeat("x", megabytes<<20))
		anew = size(path+"-wal") == before // it was written over
		for until := time.Now().Add(time.Minute); size(path) < round*megabytes<<20; time.Sleep(5 * time.Millisecond) {
			if time.Now().After(until) {
				t.Fatalf("the file has %d bytes, %d were committed", size(path), round*megabytes<<20)
			}
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path + "-wal"); !os.IsNotExist(err) {
		t.Errorf("the log is still there: %v", err)
	}
}
