package app_test

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"chengqiao/internal/httpapi/contracttest"
)

func result(title string, contributor string) body {
	return body{"title": zh(title), "abstract": zh(title + "的摘要"), "technical_field": "agriculture",
		"contributors": []body{{"person_id": contributor, "role": "COMPLETER", "weight": 1}}}
}

// TestAKillBetweenCommitAndIndexLosesNothing kills the program the moment it
// has answered a publication, again and again, and looks for all of it.
func TestAKillBetweenCommitAndIndexLosesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	head := w.join("head@crash.example", "周秉文")
	w.organisation(head, "institute", "断电研究所")
	reviewer := w.staff("reviewer")
	terms := []string{"葡萄", "红枣", "核桃", "苹果", "棉花"}
	paths := map[string]string{}
	for _, term := range terms {
		paths[term] = w.published(head, reviewer, "achievements", result(term, head.personID))
		w.kill()
		w.restart()
		head, reviewer = head.again(), reviewer.again()
	}
	for term, path := range paths {
		finds(t, w.visitor(), term, id(path), true)
	}
	step(head.Client, paths["葡萄"], "suspend", body{"reason": "暂停"}).Expect(http.StatusOK)
	w.kill()
	w.restart()
	finds(t, w.visitor(), "葡萄", id(paths["葡萄"]), false)
	finds(t, w.visitor(), "红枣", id(paths["红枣"]), true)
	if code := w.stop(); code != 0 {
		t.Errorf("the program ends with %d:\n%s", code, w.out)
	}
	out, errOut, code := runCommand(t, w.env, nil, "reconcile", "--data", w.dir)
	if code != 0 || !strings.HasPrefix(out, "4 compared: 0 missing, 0 changed, 0 extra") {
		t.Errorf("reconcile ends with %d: %s%s", code, out, errOut)
	}
}

// again is the same session at the program as it runs now.
func (p *person) again() *person {
	p.w.t.Helper()
	other := *p
	other.Client = p.w.visitor()
	other.Organisation = p.Organisation
	other.Session(p.token)
	if me := other.Get("/me").Expect(http.StatusOK); me.Text("signed_in") != "true" {
		p.w.t.Fatalf("the session has not survived a restart: %s", me.Body)
	}
	return &other
}

const platformName = "成桥测试平台"

// records writes n importable achievements as JSON Lines.
func records(t *testing.T, n int) string {
	t.Helper()
	var b strings.Builder
	for i := range n {
		line, err := json.Marshal(map[string]any{"id": fmt.Sprintf("r-%d", i), "title": fmt.Sprintf("第%d项节水灌溉成果", i),
			"abstract": "膜下滴灌与水肥一体化", "keywords": []string{"滴灌", "节水"}, "year": 2020 + i%6})
		if err != nil {
			t.Fatal(err)
		}
		b.Write(append(line, '\n'))
	}
	return write(t, "records.jsonl", b.String())
}

func write(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// listings counts the listings of a kind in the database of a data folder.
func listings(t *testing.T, dir, kind string) int {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "chengqiao.db")+"?mode=ro&_pragma=busy_timeout(10000)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var n int
	if err := db.QueryRow(`SELECT count(*) FROM listings WHERE kind = $1`, kind).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestAKilledImportGoesOnWhereItWas(t *testing.T) {
	t.Parallel()
	const n = 2000
	dir, file := founded(t), records(t, n)
	for _, mode := range []string{"skip", "stop"} {
		args := []string{"import", "achievements", file, "--data", dir, "--owner", platformName, "--source", mode, "--publish", "--json", "--on-error", mode}
		before := listings(t, dir, "achievement")
		cmd := command(t.Context(), quick, args...)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if mode == "skip" {
			eventually(t, "the import has taken something", func() error {
				if listings(t, dir, "achievement") == before {
					return fmt.Errorf("nothing yet")
				}
				return nil
			})
		} else {
			// All of it is one transaction: it is cut off when its log has begun
			// to grow, before or after the commit, as the machine is fast.
			eventually(t, "the import has begun to write", func() error {
				if info, err := os.Stat(filepath.Join(dir, "chengqiao.db-wal")); err != nil || info.Size() == 0 {
					return fmt.Errorf("nothing yet")
				}
				return nil
			})
		}
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		taken := listings(t, dir, "achievement") - before
		if mode == "skip" && taken == 0 || mode == "stop" && taken != 0 && taken != n {
			t.Fatalf("--on-error %s: cut off with %d of %d records taken", mode, taken, n)
		}
		out, errOut, code := runCommand(t, quick, nil, args...)
		var report struct{ Read, Created, Updated, Unchanged, Rejected int }
		if err := json.Unmarshal([]byte(out), &report); code != 0 || err != nil {
			t.Fatalf("the import ends with %d: %s%s", code, out, errOut)
		}
		if report.Read != n || report.Unchanged != taken || report.Created != n-taken || report.Updated+report.Rejected != 0 {
			t.Errorf("--on-error %s after %d: %+v", mode, taken, report)
		}
		if got := listings(t, dir, "achievement") - before; got != n {
			t.Errorf("%d listings, want %d", got, n)
		}
	}
	out, errOut, code := runCommand(t, quick, nil, "reconcile", "--data", dir)
	if want := fmt.Sprintf("%d compared: 0 missing, 0 changed, 0 extra", 2*n); code != 0 || !strings.HasPrefix(out, want) {
		t.Errorf("reconcile ends with %d: %s%s", code, out, errOut)
	}
}

// TestATerminalThatIsClosedEndsTheProgramInOrder: it would die without putting down
// what the next start needs.
func TestATerminalThatIsClosedEndsTheProgramInOrder(t *testing.T) {
	t.Parallel()
	if signal.Ignored(syscall.SIGHUP) { // the tests run under nohup, and the program would too
		heard := make(chan os.Signal, 1)
		signal.Notify(heard, syscall.SIGHUP)
		defer signal.Ignore(syscall.SIGHUP)
	}
	w := newWorld(t, settings{"CHENGQIAO_LOG__LEVEL": "info"})
	if code := w.end(syscall.SIGHUP); code != 0 || !strings.Contains(w.out.String(), "shutting down") {
		t.Errorf("the program ends with %d:\n%s", code, w.out)
	}
}

// TestStoppingFinishesWhatRuns asks the program to end while a file is half
// uploaded and a page listens.
func TestStoppingFinishesWhatRuns(t *testing.T) {
	t.Parallel()
	w := newWorld(t, settings{"CHENGQIAO_LOG__FORMAT": "json", "CHENGQIAO_LOG__LEVEL": "info", "CHENGQIAO_SERVER__SHUTDOWN_TIMEOUT": "2m"})
	head := w.join("head@stop.example", "周秉文")
	w.organisation(head, "institute", "慢速研究所")
	draft := head.Post("/achievements", body{"title": zh("附件很大")}, contracttest.Header("X-Request-Id", "trace-me-42")).Expect(http.StatusCreated)
	subject := draft.Text("head.id")
	heard := head.listen(w.address)

	reader, writer := io.Pipe()
	form := multipart.NewWriter(writer)
	type answer struct {
		res *http.Response
		err error
	}
	answered := make(chan answer, 1)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.address+"/api/v1/files", reader)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", form.FormDataContentType())
	req.Header.Set("Acting-Organisation", head.Organisation)
	req.AddCookie(&http.Cookie{Name: "chengqiao_session", Value: head.token})
	go func() {
		res, err := http.DefaultClient.Do(req)
		answered <- answer{res, err}
	}()
	for _, field := range [][2]string{{"kind", "achievement"}, {"subject_id", subject}, {"tier", "NDA"}} {
		if err := form.WriteField(field[0], field[1]); err != nil {
			t.Fatal(err)
		}
	}
	part, err := form.CreateFormFile("file", "检测报告.pdf")
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(part, "%PDF-1.7\n"+strings.Repeat("前半", 40_000))
	eventually(t, "the upload has reached the program", func() error {
		if parts, err := os.ReadDir(filepath.Join(w.dir, "uploads")); err != nil || len(parts) == 0 {
			return fmt.Errorf("nothing there yet (%v)", err)
		}
		return nil
	})
	if err := w.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	eventually(t, "nothing new is taken", func() error {
		res, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Get(w.address + "/healthz")
		if err == nil {
			res.Body.Close()
			return fmt.Errorf("it still answers")
		}
		return nil
	})
	// Should the request be gone, its answer tells more than these errors.
	fmt.Fprint(part, strings.Repeat("后半", 40_000))
	_, _ = form.Close(), writer.Close()
	got := <-answered
	if got.err != nil {
		t.Fatalf("the running request was cut off: %v\n%s", got.err, w.out)
	}
	if text := readAll(t, got.res); got.res.StatusCode != http.StatusCreated {
		t.Errorf("the running request is answered %d: %s", got.res.StatusCode, text)
	}
	w.wait()
	if code := w.cmd.ProcessState.ExitCode(); code != 0 {
		t.Errorf("the program ends with %d:\n%s", code, w.out)
	}
	if strings.Contains(heard.String(), "error") {
		t.Errorf("%s", heard)
	}
	w.logsTheRequest(t, "trace-me-42")

	// The same folder again, with everything in it.
	w.restart()
	if _, health := w.get(nil, "/healthz"); health != "ok\n" {
		t.Errorf("/healthz answers %q", health)
	}
	if files := head.again().Get("/files?kind=achievement&subject_id=" + subject).Expect(http.StatusOK); files.Text("items.0.name") != "检测报告.pdf" {
		t.Errorf("%s", files.Body)
	}
	if code := w.stop(); code != 0 {
		t.Errorf("the program ends with %d:\n%s", code, w.out)
	}
}

// logsTheRequest holds that the log is JSON, a record a line, and that one of
// them carries the request's id.
func (w *world) logsTheRequest(t *testing.T, request string) {
	t.Helper()
	for line := range strings.Lines(w.out.String()) {
		var record map[string]any
		if strings.HasPrefix(line, "{") && json.Unmarshal([]byte(line), &record) == nil && record["request_id"] == request {
			if record["method"] != http.MethodPost || record["status"] != float64(http.StatusCreated) || record["account"] == "" {
				t.Errorf("%s", line)
			}
			return
		}
	}
	t.Errorf("no record of the request %s in\n%s", request, w.out)
}
