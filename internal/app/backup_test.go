package app_test

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"chengqiao/internal/backup"
	"chengqiao/internal/backup/backuptest"
	"chengqiao/internal/blob/s3test"
	"chengqiao/internal/servertest"
	"chengqiao/internal/sqldb"
)

// rowsOf are the rows of each table in a backup, written so that those of both
// engines are the same.
func rowsOf(t *testing.T, path string) map[string][]string {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	r, err := backup.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string][]string{}
	for {
		entry, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if entry.Table == "" {
			continue
		}
		columns := r.Head().Tables[entry.Table]
		for row, err := entry.Row(); !errors.Is(err, io.EOF); row, err = entry.Row() {
			if err != nil {
				t.Fatal(err)
			}
			values := map[string]any{}
			for i, v := range row {
				var object map[string]any
				if text, ok := v.(string); ok && json.Unmarshal([]byte(text), &object) == nil {
					v = object
				}
				values[columns[i]] = v
			}
			line, err := json.Marshal(values)
			if err != nil {
				t.Fatal(err)
			}
			rows[entry.Table] = append(rows[entry.Table], string(line))
		}
	}
	for _, lines := range rows {
		slices.Sort(lines)
	}
	return rows
}

func sameRows(t *testing.T, what string, got, want map[string][]string) {
	t.Helper()
	for table := range want {
		if !slices.Equal(got[table], want[table]) {
			t.Errorf("%s: %s has %d rows, not the %d before", what, table, len(got[table]), len(want[table]))
		}
	}
	if len(got) != len(want) {
		t.Errorf("%s: rows in %d tables, not in %d", what, len(got), len(want))
	}
}

// contentsOf are the files below a folder.
func contentsOf(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	if err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		out[strings.TrimPrefix(path, dir)] = strings.TrimSpace(string(content))
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

// backedUp is what `backup --json` tells.
type backedUp struct {
	Rows, Files, Letters int64
	Tables               int
	TokenKey             bool     `json:"token_key"`
	FilesAtFault         []string `json:"files_at_fault"`
	SHA256               string   `json:"sha256"`
	Engine               string
}

// made takes a backup and reads what it tells.
func made(t *testing.T, env settings, dir string) (path string, b backedUp) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "backup.tar.gz")
	out, errOut, code := runCommand(t, env, nil, "backup", "--out", path, "--data", dir, "--json")
	if code != 0 {
		t.Fatalf("backup ends with %d: %s%s", code, out, errOut)
	}
	if err := json.Unmarshal([]byte(out), &b); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return path, b
}

// onPostgres is a database without tables, with the roles of a deployment.
func onPostgres(t *testing.T) (migrating, running settings) {
	t.Helper()
	database := servertest.PostgresDatabase(t)
	running = quick.with(settings{"CHENGQIAO_DATABASE__DRIVER": "postgres", "CHENGQIAO_DATABASE__DSN": database.RunDSN})
	return running.with(settings{"CHENGQIAO_DATABASE__MIGRATE_DSN": database.MigrateDSN}), running
}

// TestABackupIsBroughtBackOnEitherEngine takes the demo, whose deal has gone all
// the way, from SQLite to PostgreSQL and back again. Nothing is lost on the way,
// searches find as many as before, and history stays closed.
func TestABackupIsBroughtBackOnEitherEngine(t *testing.T) {
	t.Parallel()
	w := &world{t: t, env: quick, dir: filepath.Join(t.TempDir(), "first")}
	w.restart("--demo")
	w.stored(t) // until all is worked off
	totals := func(w *world) (out []string) {
		for _, q := range []string{"", "电池", "玉米", "节水", "battery"} {
			out = append(out, total(w.visitor(), q))
		}
		return out
	}
	eventually(t, "the index is made", func() error {
		if n := total(w.visitor(), ""); n == "0" {
			return errors.New("nothing is found")
		}
		return nil
	})
	found := totals(w)
	path, first := made(t, w.env, w.dir) // the server goes on
	if first.Engine != "sqlite" || first.Rows == 0 || first.Files == 0 || first.Letters == 0 || !first.TokenKey || len(first.FilesAtFault) != 0 {
		t.Errorf("the backup holds %+v", first)
	}
	w.stop()
	want, files, letters := rowsOf(t, path), contentsOf(t, filepath.Join(w.dir, "files")), contentsOf(t, filepath.Join(w.dir, "mail"))

	migrating, running := onPostgres(t)
	for _, to := range []struct {
		what            string
		restoring, then settings
	}{{"PostgreSQL", migrating, running}, {"SQLite", quick, quick}} {
		dir := filepath.Join(t.TempDir(), "a", "data")
		if out, errOut, code := runCommand(t, to.restoring, nil, "restore", path, "--data", dir); code != 0 {
			t.Fatalf("to %s: restore ends with %d: %s%s", to.what, code, out, errOut)
		}
		private(t, dir)
		if got := contentsOf(t, filepath.Join(dir, "files")); !maps.Equal(got, files) {
			t.Errorf("to %s: %d uploaded files of %d came back", to.what, len(got), len(files))
		}
		if got := contentsOf(t, filepath.Join(dir, "mail")); !maps.Equal(got, letters) {
			t.Errorf("to %s: %d letters of %d came back", to.what, len(got), len(letters))
		}
		var again backedUp
		path, again = made(t, to.then, dir)
		if again.Rows != first.Rows || again.Tables != first.Tables || again.Files != first.Files || again.Letters != first.Letters {
			t.Errorf("to %s: %+v became %+v", to.what, first, again)
		}
		sameRows(t, "to "+to.what, rowsOf(t, path), want)

		there := &world{t: t, env: to.then, dir: dir}
		there.restart()
		eventually(t, "the index is made and finds what it found", func() error {
			if got := totals(there); !slices.Equal(got, found) {
				return fmt.Errorf("to %s: searches find %v, before %v", to.what, got, found)
			}
			return nil
		})
		own := there.signIn("inventor@demo.example", "chengqiao-demo-2026").Get("/me/rewards").Expect(http.StatusOK)
		if own.Text("items.0.amount.amount") == "" {
			t.Errorf("to %s: the inventor has no share: %s", to.what, own.Body)
		}
		if code := there.stop(); code != 0 {
			t.Errorf("to %s: the program ends with %d:\n%s", to.what, code, there.out)
		}
		if out, errOut, code := runCommand(t, to.then, nil, "reconcile", "--data", dir); code != 0 {
			t.Errorf("to %s: reconcile ends with %d: %s%s", to.what, code, out, errOut)
		}
		historyIsClosed(t, to.restoring, dir)
	}
}

// private holds that only their owner reads the files of a folder.
func private(t *testing.T, dir string) {
	t.Helper()
	if err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s is %v", path, info.Mode())
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// historyIsClosed holds that the guards of the database are back, by its owner.
func historyIsClosed(t *testing.T, env settings, dir string) {
	t.Helper()
	cfg := sqldb.Config{Driver: sqldb.SQLite, DSN: filepath.Join(dir, "chengqiao.db")}
	if dsn := env["CHENGQIAO_DATABASE__MIGRATE_DSN"]; dsn != "" {
		cfg = sqldb.Config{Driver: sqldb.Postgres, DSN: dsn}
	}
	db, err := sqldb.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, statement := range []string{
		`UPDATE audit SET action = 'x'`, `DELETE FROM steps`, `DELETE FROM files`,
		`UPDATE accounts SET state = 'closed'`, `DELETE FROM persons`,
	} {
		if _, err := db.Exec(t.Context(), statement); err == nil {
			t.Errorf("%s: %s goes through", cfg.Driver, statement)
		}
	}
}

// TestABackupBesideWritersHoldsTogether takes backups while people write and
// upload. A restore proves every reference of the rows; every file that they name
// is there.
func TestABackupBesideWritersHoldsTogether(t *testing.T) {
	t.Parallel()
	migrating, running := onPostgres(t)
	second, _ := onPostgres(t)
	for _, from := range []struct {
		what string
		env  settings
		to   settings
	}{{"sqlite", quick, second}, {"postgres", running, quick}} {
		t.Run(from.what, func(t *testing.T) {
			w := &world{t: t, env: from.env, dir: t.TempDir()}
			if from.what == "postgres" {
				if out, errOut, code := runCommand(t, migrating, nil, "migrate", "--data", w.dir); code != 0 {
					t.Fatalf("migrate ends with %d: %s%s", code, out, errOut)
				}
			}
			found(t, from.env, w.dir)
			w.restart()
			head := w.join("head@writers.example", "周秉文")
			w.organisation(head, "institute", "忙碌研究所")

			out := t.TempDir()
			var paths []string
			written := 0
			write := func() {
				draft := head.Post("/achievements", result(fmt.Sprintf("第%d项成果", written), head.personID)).Expect(http.StatusCreated)
				head.upload("achievement", draft.Text("head.id"), "PUBLIC", fmt.Sprint("证明", written))
				step(head.Client, "/achievements/"+draft.Text("head.id"), "submit", nil).Expect(http.StatusOK)
				written++
			}
			write() // however quick the backups are, there is a file
			done := make(chan error, 1)
			go func() {
				for i := range 4 {
					path := filepath.Join(out, fmt.Sprintf("%d.tar.gz", i))
					if said, err := command(context.Background(), from.env, "backup", "--out", path, "--data", w.dir).CombinedOutput(); err != nil {
						done <- fmt.Errorf("%w: %s", err, said)
						return
					}
					paths = append(paths, path)
				}
				done <- nil
			}()
			for busy := true; busy; {
				write()
				select {
				case err := <-done:
					if err != nil {
						t.Fatal(err)
					}
					busy = false
				default:
				}
			}
			w.stop()
			last := 0
			for i, path := range paths {
				rows := rowsOf(t, path)
				if n := len(rows["files"]); n < last || i == len(paths)-1 && n == 0 {
					t.Errorf("backup %d has %d files, the one before %d", i, n, last)
				}
				last = len(rows["files"])
				dir := filepath.Join(t.TempDir(), "data")
				to := quick
				if i == len(paths)-1 {
					to = from.to
				}
				if said, errOut, code := runCommand(t, to, nil, "restore", path, "--data", dir); code != 0 {
					t.Fatalf("restore ends with %d: %s%s", code, said, errOut)
				}
				if n := len(contentsOf(t, filepath.Join(dir, "uploads"))); n != 0 {
					t.Errorf("%d uploads on their way were left", n)
				}
				if last > 0 {
					if n := len(contentsOf(t, filepath.Join(dir, "files"))); n != last {
						t.Errorf("%d files for %d rows", n, last)
					}
				}
			}
		})
	}
}

// TestUploadedFilesInS3AreInTheBackup takes files from one storage to another,
// tells of one that is damaged, and on the way back leaves those that are there.
func TestUploadedFilesInS3AreInTheBackup(t *testing.T) {
	t.Parallel()
	on := func(s *s3test.Server) settings {
		return quick.with(settings{
			"CHENGQIAO_BLOB__BACKEND": "s3", "CHENGQIAO_BLOB__ENDPOINT": s.URL, "CHENGQIAO_BLOB__REGION": "cn-north-1", "CHENGQIAO_BLOB__BUCKET": s3test.Bucket,
			"CHENGQIAO_BLOB__ACCESS_KEY": s3test.AccessKey, "CHENGQIAO_BLOB__SECRET_KEY": s3test.SecretKey, "CHENGQIAO_BLOB__PATH_STYLE": "true",
			"SSL_CERT_FILE": s.CertificateFile(t),
		})
	}
	one, two := s3test.Start(t), s3test.Start(t)
	w := newWorld(t, on(one))
	head := w.join("head@s3.example", "周秉文")
	w.organisation(head, "institute", "云上研究所")
	draft := head.Post("/achievements", result("云上成果", head.personID)).Expect(http.StatusCreated)
	for i := range 3 {
		head.upload("achievement", draft.Text("head.id"), "PUBLIC", fmt.Sprint("证明", i))
	}
	w.stop()
	want := one.Objects()
	path, b := made(t, w.env, w.dir)
	if b.Files != int64(len(want)) || len(b.FilesAtFault) != 0 {
		t.Errorf("of %d files the backup holds %+v", len(want), b)
	}
	damaged := slices.Sorted(maps.Keys(want))[0]
	two.Set(damaged, []byte("damaged"))
	dir := filepath.Join(t.TempDir(), "data")
	for _, restored := range []string{dir, filepath.Join(t.TempDir(), "again")} {
		if out, errOut, code := runCommand(t, on(two), nil, "restore", path, "--data", restored); code != 0 {
			t.Fatalf("restore ends with %d: %s%s", code, out, errOut)
		}
		if got := two.Objects(); !reflect.DeepEqual(got, want) {
			t.Errorf("%d objects came to the other storage, not as the %d were", len(got), len(want))
		}
	}
	// A restore that fails takes away what it has brought, and nothing else.
	broken := repacked(t, path, func(h *tar.Header, content []byte) []byte {
		if h.Name == "database/accounts/000001.jsonl" { // its rows refer to no step
			return bytes.ReplaceAll(content, []byte(`"active",2`), []byte(`"active",9`))
		}
		return content
	})
	three := s3test.Start(t)
	three.Set(damaged, want[damaged].Content)
	none := filepath.Join(t.TempDir(), "none")
	if out, errOut, code := runCommand(t, on(three), nil, "restore", broken, "--data", none); code != 1 || !strings.Contains(errOut, "backup_damaged") {
		t.Errorf("a backup that was altered: %d %s%s", code, out, errOut)
	}
	if left := three.Objects(); len(left) != 1 {
		t.Errorf("%d objects are left", len(left))
	}

	// One is damaged and one is gone: all else is backed up, and the two are told.
	keys := slices.Sorted(maps.Keys(want))
	two.Set(keys[0], append(slices.Clone(want[keys[0]].Content[1:]), 'x'))
	two.Set(keys[1], nil)
	faulty := filepath.Join(t.TempDir(), "faulty.tar.gz")
	out, errOut, code := runCommand(t, on(two), nil, "backup", "--out", faulty, "--data", dir, "--json")
	if err := json.Unmarshal([]byte(out), &b); code != 3 || err != nil || len(b.FilesAtFault) != 2 || b.Files != int64(len(want))-1 {
		t.Errorf("%d %v %s%s", code, err, out, errOut)
	}
	chengqiao(t, "restore", faulty, "--check").ends(3, "2 uploaded files")
}

// repacked is a backup whose entries somebody has changed, with a manifest that
// was changed with them where change does so.
func repacked(t *testing.T, path string, change func(h *tar.Header, content []byte) []byte) string {
	t.Helper()
	archive, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return write(t, "repacked.tar.gz", string(backuptest.Repacked(t, archive, change)))
}

func TestARestoreThatIsRefusedLeavesNothing(t *testing.T) {
	t.Parallel()
	dir := founded(t)
	path, _ := made(t, quick, dir)
	archive, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	altered := slices.Clone(archive)
	altered[len(altered)/2] ^= 4
	newer := repacked(t, path, func(h *tar.Header, content []byte) []byte {
		if h.Name == "backup.json" {
			return bytes.Replace(content, []byte(`"schema_version": `), []byte(`"schema_version": 9`), 1)
		}
		return content
	})
	otherTables := repacked(t, path, func(h *tar.Header, content []byte) []byte {
		if h.Name == "backup.json" {
			return bytes.Replace(content, []byte(`"edges"`), []byte(`"ledges"`), 1)
		}
		return content
	})
	occupied, migrated := onPostgres(t)
	chengqiaoWith := func(env settings, args ...string) ran {
		t.Helper()
		r := ran{t: t, line: strings.Join(args, " ")}
		r.out, r.errOut, r.code = runCommand(t, env, nil, args...)
		return r
	}
	chengqiaoWith(occupied, "migrate", "--data", t.TempDir()).ends(0)
	found(t, migrated, t.TempDir())
	unreachable := quick.with(settings{"CHENGQIAO_DATABASE__DRIVER": "postgres", "CHENGQIAO_DATABASE__DSN": "postgres://nobody@127.0.0.1:1/none"})
	configured := quick.with(settings{"CHENGQIAO_AUTH__TOKEN_KEY": "another-key-than-that-of-the-backup-2026"})
	for what, c := range map[string]struct {
		env  settings
		file string
		code int
		says string
	}{
		"cut off":             {quick, write(t, "cut.tar.gz", string(archive[:len(archive)*2/3])), 1, "backup_damaged"},
		"altered":             {quick, write(t, "altered.tar.gz", string(altered)), 1, "backup_damaged"},
		"no backup":           {quick, write(t, "no.tar.gz", "text"), 1, "backup_damaged"},
		"empty":               {quick, write(t, "empty.tar.gz", ""), 1, "backup_damaged"},
		"of a newer schema":   {quick, newer, 1, "backup_newer"},
		"of other tables":     {quick, otherTables, 1, "edges"},
		"not there":           {quick, filepath.Join(dir, "none.tar.gz"), 2, "none.tar.gz"},
		"a folder":            {quick, dir, 2, "is no file"},
		"into a full one":     {occupied, path, 2, "its table"},
		"no server":           {unreachable, path, 1, "store_unavailable"},
		"with another key":    {configured, path, 2, "auth.token_key is not the key"},
		"without its own key": {quick, madeWith(t, configured, dir), 2, "set the same"},
	} {
		at := t.TempDir()
		chengqiaoWith(c.env, "restore", c.file, "--data", filepath.Join(at, "a", "b")).ends(c.code, c.says)
		if left, err := os.ReadDir(at); err != nil || len(left) != 0 {
			t.Errorf("%s: %v is left (%v)", what, left, err)
		}
	}
	before := contentsOf(t, dir)
	chengqiao(t, "restore", path, "--data", dir).ends(2, "only where nothing is yet", "token.key", "chengqiao.db")
	if !maps.Equal(contentsOf(t, dir), before) {
		t.Error("a data folder in use was changed")
	}
	// The log that a server which was killed leaves would be played into the new database.
	for _, left := range []string{"chengqiao.db-wal", "chengqiao.db-journal"} {
		at := t.TempDir()
		if err := os.WriteFile(filepath.Join(at, left), []byte("pages"), 0o600); err != nil {
			t.Fatal(err)
		}
		chengqiao(t, "restore", path, "--data", at).ends(2, "only where nothing is yet", left)
	}
	// With the key that the configuration has all is well.
	chengqiaoWith(configured, "restore", madeWith(t, configured, dir), "--data", filepath.Join(t.TempDir(), "b")).ends(0, "no token.key")
	chengqiao(t, "restore", path, "--check").ends(0, "proven")
	chengqiao(t, "restore").ends(2, "accepts 1 arg")
	chengqiao(t, "backup", "--data", dir).ends(2, "--out is needed")
	chengqiao(t, "backup", "--out", filepath.Join(t.TempDir(), "x"), "--data", dir).ends(0, "not in it: the indexes")
	chengqiao(t, "backup", "--out", filepath.Join(dir, "none", "x"), "--data", dir).ends(2, "--out")
	chengqiao(t, "backup", "--out", path, "--data", filepath.Join(dir, "mistyped")).ends(2, "there is no database")
	chengqiaoWith(migrated, "backup", "--out", path, "--data", filepath.Join(dir, "mistyped")).ends(2, "there is no", "token.key")
	if _, err := os.Stat(filepath.Join(dir, "mistyped")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a folder that was mistyped is made (%v)", err)
	}
}

func madeWith(t *testing.T, env settings, dir string) string {
	t.Helper()
	path, _ := made(t, env, dir)
	return path
}

// TestABackupOrRestoreThatIsCutOffLeavesNothingHalf ends both by a signal and by
// a disk without room.
func TestABackupOrRestoreThatIsCutOffLeavesNothingHalf(t *testing.T) {
	t.Parallel()
	dir := founded(t)
	chengqiao(t, "import", "achievements", records(t, 3000), "--data", dir, "--owner", platformName, "--publish").ends(0)
	path, _ := made(t, quick, dir)
	want := rowsOf(t, path)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	// ended sends the command a signal once something is there, and gives its exit code.
	ended := func(by syscall.Signal, when string, args ...string) int {
		t.Helper()
		cmd := command(t.Context(), quick, args...)
		cmd.Stderr = t.Output()
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		over := make(chan struct{})
		go func() {
			_ = cmd.Wait()
			close(over)
		}()
		for begun := false; !begun; {
			select {
			case <-over:
				begun = true
			case <-time.After(time.Millisecond):
				matches, _ := filepath.Glob(when)
				begun = len(matches) > 0
			}
		}
		_ = cmd.Process.Signal(by)
		<-over
		return cmd.ProcessState.ExitCode()
	}
	// A restore may be quicker than the signal: then all is there, and it is begun again.
	const tries = 30
	interrupted := 0
	for try := 0; interrupted == 0 && try < tries; try++ {
		for _, when := range []string{"", "chengqiao.db.restoring", "chengqiao.db.restoring-wal", "token.key"} {
			at := t.TempDir()
			data := filepath.Join(at, "data")
			switch code := ended(syscall.SIGINT, filepath.Join(data, when), "restore", path, "--data", data); code {
			case 130:
				interrupted++
				if left, err := os.ReadDir(at); err != nil || len(left) != 0 {
					t.Errorf("interrupted at %q: %v is left (%v)", when, left, err)
				}
			case 0:
				sameRows(t, "after "+when, rowsOf(t, madeWith(t, quick, data)), want)
			default:
				t.Errorf("interrupted at %q it ends with %d", when, code)
			}
		}
	}
	// Killed outright it leaves what is no database; with that out of the way it is
	// begun again.
	data, part := "", ""
	for try := 0; ; try++ {
		data = filepath.Join(t.TempDir(), "data")
		part = filepath.Join(data, "chengqiao.db.restoring")
		ended(syscall.SIGKILL, part+"-wal", "restore", path, "--data", data)
		if _, err := os.Stat(filepath.Join(data, "chengqiao.db")); errors.Is(err, fs.ErrNotExist) {
			break
		} else if try == tries {
			t.Fatalf("%d restores were quicker than the kill (%v)", tries, err)
		}
	}
	chengqiao(t, "restore", path, "--data", data).ends(2, "chengqiao.db.restoring is there")
	if err := os.Remove(part); err != nil {
		t.Fatal(err)
	}
	chengqiao(t, "restore", path, "--data", data).ends(0)
	sameRows(t, "after a kill", rowsOf(t, madeWith(t, quick, data)), want)
	if interrupted == 0 {
		t.Error("no restore was interrupted")
	}
	out := filepath.Dir(path)
	if code := ended(syscall.SIGINT, path+".*.part", "backup", "--out", path, "--data", dir); code != 130 && code != 0 {
		t.Errorf("an interrupted backup ends with %d", code)
	}
	chengqiao(t, "restore", path, "--check").ends(0)
	if left, err := os.ReadDir(out); err != nil || len(left) != 1 {
		t.Errorf("a backup that was interrupted leaves %v (%v)", left, err)
	}

	// A limit of a file's size ends both half-way, as a full disk does.
	limited := func(blocks int, args ...string) (string, int) {
		t.Helper()
		shell := exec.Command("sh", "-c", fmt.Sprintf(`ulimit -f %d; trap '' XFSZ; exec "$@"`, blocks), "sh")
		cmd := command(t.Context(), quick, args...)
		shell.Args, shell.Env = append(shell.Args, cmd.Args...), cmd.Env
		said, _ := shell.CombinedOutput()
		return string(said), shell.ProcessState.ExitCode()
	}
	if err := os.WriteFile(path, before, 0o600); err != nil {
		t.Fatal(err)
	}
	if said, code := limited(100, "backup", "--out", path, "--data", dir); code != 1 {
		t.Errorf("a backup without room ends with %d: %s", code, said)
	}
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(after, before) {
		t.Errorf("a backup without room leaves another file (%v)", err)
	}
	for _, blocks := range []int{1, 200, 4000} {
		at := t.TempDir()
		if said, code := limited(blocks, "restore", path, "--data", filepath.Join(at, "data")); code != 1 {
			t.Errorf("a restore with room for %d blocks ends with %d: %s", blocks, code, said)
		}
		if left, err := os.ReadDir(at); err != nil || len(left) != 0 {
			t.Errorf("a restore with room for %d blocks leaves %v (%v)", blocks, left, err)
		}
	}
	chengqiao(t, "backup", "--out", "/dev/full", "--data", dir).ends(1, "no space left")
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
}

// TestAHandInTheDatabaseIsToldAndKeepsNobodyFromGoingOn takes away a row that
// others refer to, as SQLite's own shell lets anybody do.
func TestAHandInTheDatabaseIsToldAndKeepsNobodyFromGoingOn(t *testing.T) {
	t.Parallel()
	dir := founded(t)
	behindItsBack(t, dir, `DELETE FROM organisations`)
	path := filepath.Join(t.TempDir(), "backup.tar.gz")
	chengqiao(t, "backup", "--out", path, "--data", dir).ends(3, "refer to none of organisations")
	chengqiao(t, "restore", path, "--check").ends(3, "refer to none of organisations")
	again := filepath.Join(t.TempDir(), "data")
	chengqiao(t, "restore", path, "--data", again).ends(3, "refer to none of organisations")
	second := filepath.Join(t.TempDir(), "second.tar.gz")
	chengqiao(t, "backup", "--out", second, "--data", again).ends(3)
	sameRows(t, "again", rowsOf(t, second), rowsOf(t, path))
	migrating, _ := onPostgres(t)
	none := filepath.Join(t.TempDir(), "none")
	out, errOut, code := runCommand(t, migrating, nil, "restore", path, "--data", none)
	if code != 1 || !strings.Contains(errOut, "reference_missing") {
		t.Errorf("%d %s%s", code, out, errOut)
	}
	if _, err := os.Stat(none); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("something is left: %v", err)
	}
}

// TestASharedIndexOfLaterDaysIsMadeAnewAfterARestore brings back what was before
// a listing that Meilisearch has: `reindex` takes it out, as restore says.
func TestASharedIndexOfLaterDaysIsMadeAnewAfterARestore(t *testing.T) {
	t.Parallel()
	shared := settings{"CHENGQIAO_SEARCH__ENGINE": "meilisearch"}
	shared["CHENGQIAO_SEARCH__URL"], shared["CHENGQIAO_SEARCH__KEY"] = servertest.Meilisearch(t)
	migrating, running := onPostgres(t)
	w := &world{t: t, env: running.with(shared), dir: t.TempDir()}
	if out, errOut, code := runCommand(t, migrating, nil, "migrate", "--data", w.dir); code != 0 {
		t.Fatalf("migrate ends with %d: %s%s", code, out, errOut)
	}
	found(t, w.env, w.dir)
	w.restart()
	reviewer, head := w.staff("reviewer"), w.join("head@later.example", "周秉文")
	w.organisation(head, "institute", "往日研究所")
	before := w.published(head, reviewer, "achievements", result("滴灌带成果", head.personID))
	finds(t, w.visitor(), "滴灌带", id(before), true)
	path, _ := made(t, w.env, w.dir)
	later := w.published(head, reviewer, "achievements", result("孜然烘干成果", head.personID))
	finds(t, w.visitor(), "孜然烘干", id(later), true)
	w.stop()

	migrating, running = onPostgres(t)
	there := &world{t: t, env: running.with(shared), dir: filepath.Join(t.TempDir(), "data")}
	out, errOut, code := runCommand(t, migrating.with(shared), nil, "restore", path, "--data", there.dir)
	if code != 0 || !strings.Contains(out, "chengqiao reindex") {
		t.Fatalf("restore ends with %d: %s%s", code, out, errOut)
	}
	if out, errOut, code := runCommand(t, there.env, nil, "reindex", "--data", there.dir); code != 0 || !strings.HasPrefix(out, "1 documents") {
		t.Errorf("reindex ends with %d: %s%s", code, out, errOut)
	}
	there.restart()
	finds(t, there.visitor(), "滴灌带", id(before), true)
	finds(t, there.visitor(), "孜然烘干", id(later), false)
	if got := total(there.visitor(), "孜然烘干"); got != "0" {
		t.Errorf("what was made later counts %s", got)
	}
	head.w = there // whose session is in the backup too
	again := there.published(head.again(), there.staff("reviewer"), "achievements", result("红枣分级成果", head.personID))
	finds(t, there.visitor(), "红枣分级", id(again), true)
}
