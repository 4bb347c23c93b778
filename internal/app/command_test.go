package app_test

import (
	"compress/gzip"
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/meilisearch/meilisearch-go"

	"chengqiao/internal/servertest"
)

// result of a command.
type ran struct {
	t           *testing.T
	line        string
	out, errOut string
	code        int
}

// chengqiao runs a command with the quick settings.
func chengqiao(t *testing.T, args ...string) ran {
	t.Helper()
	r := ran{t: t, line: "chengqiao " + strings.Join(args, " ")}
	r.out, r.errOut, r.code = runCommand(t, quick, nil, args...)
	return r
}

// ends fails the test unless the command ended with the code and said each of
// these somewhere.
func (r ran) ends(code int, says ...string) ran {
	r.t.Helper()
	if r.code != code {
		r.t.Fatalf("%s ends with %d, want %d:\n%s%s", r.line, r.code, code, r.out, r.errOut)
	}
	for _, word := range says {
		if !strings.Contains(r.out+r.errOut, word) {
			r.t.Errorf("%s does not say %q:\n%s%s", r.line, word, r.out, r.errOut)
		}
	}
	return r
}

// counts are an import's, as JSON.
type counts struct{ Read, Created, Updated, Unchanged, Rejected int }

func (r ran) counts(want counts) {
	r.t.Helper()
	var got counts
	if err := json.Unmarshal([]byte(r.out), &got); err != nil {
		r.t.Fatalf("%s: %v: %s", r.line, err, r.out)
	}
	if got != want {
		r.t.Errorf("%s counts %+v, want %+v", r.line, got, want)
	}
}

// commands are all the program has, with what leads to each.
func commands(t *testing.T, path ...string) [][]string {
	t.Helper()
	all := [][]string{path}
	help := chengqiao(t, append(slices.Clone(path), "--help")...).ends(0).out
	_, list, _ := strings.Cut(help, "Available Commands:\n")
	list, _, _ = strings.Cut(list, "\n\n")
	for _, m := range regexp.MustCompile(`(?m)^  (\S+)`).FindAllStringSubmatch(list, -1) {
		if m[1] != "help" {
			all = append(all, commands(t, append(slices.Clone(path), m[1])...)...)
		}
	}
	return all
}

func TestEveryCommandShowsHowItIsUsed(t *testing.T) {
	t.Parallel()
	all := commands(t)
	if len(all) < 16 {
		t.Errorf("only %d commands were found: %v", len(all), all)
	}
	for _, path := range all {
		help := chengqiao(t, append(path, "--help")...).ends(0).out
		_, example, ok := strings.Cut(help, "Examples:\n")
		if !ok || !strings.Contains(example, strings.Join(append([]string{"chengqiao"}, path...), " ")) {
			t.Errorf("chengqiao %s --help has no example:\n%s", strings.Join(path, " "), help)
		}
	}
}

func TestWrongArgumentsDoNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	empty := write(t, "empty.jsonl", "")
	chengqiao(t, "migrate", "--data", filepath.Join(dir, "data")).ends(0)
	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{"frobnicate"}, `no command "frobnicate"`},
		{[]string{"serv"}, `did you mean "serve"`},
		{[]string{"import", "patents", empty}, `no command "patents"`},
		{[]string{"eval", "everything"}, `no command "everything"`},
		{[]string{"user", "delete"}, `no command "delete"`},
		{[]string{"serve", "--colour"}, "unknown flag"},
		{[]string{"serve", "now"}, "accepts 0 arg"},
		{[]string{"serve", "--set", "server.listen"}, "key=value"},
		{[]string{"serve", "--set", "server.liston=:1"}, "server.liston"},
		{[]string{"serve", "--set", "auth.argon2_memory_kib=1", "--set", "database.driver=oracle"}, "database.driver"},
		{[]string{"serve", "--set", "reward.publicity_days=0"}, "reward.publicity_days"},
		{[]string{"serve", "--set", "document.types=application/pdf,application/x-nothing"}, "document.types: One of: application/msword, application/pdf"},
		{[]string{"serve", "--set", "home_region=123456"}, "region.yaml"},
		{[]string{"serve", "--config", filepath.Join(dir, "none.yaml")}, "none.yaml"},
		{[]string{"import", "achievements"}, "accepts 1 arg"},
		{[]string{"import", "achievements", empty}, "--owner"},
		{[]string{"import", "achievements", empty, "--owner", platformName, "--on-error", "shrug"}, "stop or skip"},
		{[]string{"import", "achievements", filepath.Join(dir, "none.jsonl"), "--owner", platformName}, "there is no file "},
		{[]string{"import", "achievements", empty, "--owner", "没有这个单位"}, "没有这个单位"},
		{[]string{"import", "achievements", dir, "--owner", platformName}, "file_is_folder"},
		{[]string{"export", "needs", "--owner", platformName, "--locale", "fr"}, "zh-CN or en"},
		{[]string{"user", "list", "--state", "erased"}, "--state takes unconfirmed"},
		{[]string{"user", "suspend", "nobody@example.org"}, "--reason is needed"},
		{[]string{"user", "suspend", "nobody@example.org", "--reason", "x"}, "nobody signs in as"},
		{[]string{"user", "restore"}, "accepts 1 arg"},
		{[]string{"user", "erase", "nobody@example.org", "--yes", "y"}, "--yes takes the address once more"},
		{[]string{"synonym", "list", "--state", "weird"}, "--state"},
		{[]string{"synonym", "list", "--field", "农业"}, "--field takes the code"},
		{[]string{"synonym", "import", filepath.Join(dir, "none.yaml")}, "none.yaml"},
		{[]string{"synonym", "import", dir}, "folder"},
		{[]string{"reward", "compute", "--file", dir}, "folder"},
		{[]string{"embed"}, "embedding.url is empty"},
		{[]string{"doctor", "--config", ""}, "--config is empty"},
		{[]string{"eval", "search", "--docs", empty}, "is needed"},
		{[]string{"match", "train", "--docs", empty, "--queries", empty, "--qrels", empty, "--out", filepath.Join(dir, "none", "model.yaml")}, "there is no folder"},
		{[]string{"eval", "match", "--docs", filepath.Join(dir, "none"), "--queries", empty, "--qrels", empty}, "none"},
		{[]string{"reward", "compute"}, "--file"},
		{[]string{"reward", "compute", "--file", filepath.Join(dir, "none.json")}, "none.json"},
	} {
		chengqiao(t, append(c.args, "--data", filepath.Join(dir, "data"))...).ends(2, c.says)
	}
	chengqiao(t, "export", "needs", "--owner", platformName, "--data", "").ends(2, "--data is empty")
	// A folder that was mistyped is neither made nor taken for an empty one.
	mistyped := filepath.Join(dir, "dtaa")
	for _, args := range [][]string{{"export", "needs", "--owner", platformName}, {"import", "needs", empty, "--owner", platformName},
		{"synonym", "list"}, {"user", "list"}, {"reindex"}, {"reconcile"}, {"duplicates", "scan"}, {"embed"}, {"match", "train", "--from-ledger"}} {
		chengqiao(t, append(args, "--data", mistyped)...).ends(2, "there is no database")
	}
	chengqiao(t, "doctor", "--data", mistyped).ends(1, "✗ database", "is not there")
	if _, err := os.Stat(mistyped); !os.IsNotExist(err) {
		t.Errorf("a mistyped folder was made (%v)", err)
	}
	// All faults of a configuration are told at once.
	chengqiao(t, "doctor", "--data", dir, "--set", "auth.argon2_memory_kib=1", "--set", "database.driver=oracle").ends(2, "database.driver", "auth.argon2_memory_kib")
}

func TestStaffAreMadeAtTheMachine(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	create := func(stdin string, args ...string) ran {
		t.Helper()
		r := ran{t: t, line: "user create " + strings.Join(args, " ")}
		r.out, r.errOut, r.code = runCommand(t, quick, strings.NewReader(stdin), append([]string{"user", "create", "--data", dir}, args...)...)
		return r
	}
	who := []string{"--email", "op@platform.example", "--name", "王岚"}
	create("", who...).ends(2, "password")
	create(staffPassword+"\n", append(who, "--role", "head")...).ends(2, "--role")
	create(staffPassword+"\n", append(who, "--platform", platformName, "--credit-code", "12650100D00000013P", "--region", "650100")...).
		ends(1, "credit_code_check")
	create("short\n", append(who, "--platform", platformName, "--credit-code", creditCode("12", "650100"), "--region", "650100")...).ends(1, "too_short")
	// What was refused has left nothing: the same address is free.
	create(staffPassword+"\n", append(who, "--platform", platformName, "--credit-code", creditCode("12", "650100"), "--region", "650100")...).ends(0, "op@platform.example")
	create(staffPassword+"\n", who...).ends(1, "identifier_exists")
	create(staffPassword+"\n", "--email", "rev@platform.example", "--name", "沈清", "--role", "reviewer").ends(0, "reviewer")
	chengqiao(t, "migrate", "--data", dir).ends(0, "up to date")
	chengqiao(t, "doctor", "--data", dir).ends(0, "✓ database sqlite", "✓ mail folder", "✓ files folder", "✓ kv memory")
	chengqiao(t, "doctor", "--data", filepath.Join(dir, "token.key", "no-folder")).ends(1, "✗")
}

func TestDoctorTellsOfTheSearchServerAndMakesNothingThere(t *testing.T) {
	t.Parallel()
	url, key := servertest.Meilisearch(t)
	dir := founded(t)
	doctor := func(key string) ran {
		r := ran{t: t, line: "doctor"}
		env := quick.with(settings{"CHENGQIAO_SEARCH__ENGINE": "meilisearch", "CHENGQIAO_SEARCH__URL": url, "CHENGQIAO_SEARCH__KEY": key})
		r.out, r.errOut, r.code = runCommand(t, env, nil, "doctor", "--data", dir)
		return r
	}
	doctor(key).ends(0, "✓ search meilisearch")
	doctor("wrong").ends(1, "✗ search meilisearch", "the key is not taken")
	list, err := meilisearch.New(url, meilisearch.WithAPIKey(key)).ListIndexesWithContext(t.Context(), nil)
	if err != nil || list.Total != 0 {
		t.Errorf("the server has %+v, %v", list, err)
	}
}

func zipped(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := gzip.NewWriter(file)
	if _, err := w.Write([]byte(content)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

const goodRecords = `{"id":"a","title":"节水滴灌","abstract":"膜下滴灌","year":2024}
{"id":"b","title":"耐旱玉米","abstract":"密植栽培","year":2025}

{"id":"c","title":"Saline soil","abstract":"Alfalfa rotation","lang":"en"}
`

const badRecords = `{"id":"d","title":"好的一行","abstract":"有摘要"}
{"id":"e","title":"","abstract":"没有题目"}
{"id":"f","title":"半行
["not", "an object"]
{"id":"d","title":"编号重复","abstract":"二"}
{"title":"没有编号","abstract":"三"}
{"id":"g","title":"年份不对","abstract":"四","year":"去年"}
{"id":"h","title":"又一好的一行","abstract":"有摘要"}
`

func TestFilesAreImportedWholeOrReported(t *testing.T) {
	t.Parallel()
	dir := founded(t)
	imported := func(kind, file string, flags ...string) ran {
		t.Helper()
		return chengqiao(t, append([]string{"import", kind, file, "--data", dir, "--owner", platformName, "--json"}, flags...)...)
	}
	good := zipped(t, "good.jsonl.gz", goodRecords)
	imported("achievements", good, "--publish").ends(0).counts(counts{Read: 3, Created: 3})
	imported("achievements", good, "--publish").ends(0).counts(counts{Read: 3, Unchanged: 3})
	changed := write(t, "changed.jsonl", strings.Replace(goodRecords, "密植栽培", "密植栽培与机收", 1))
	imported("achievements", changed, "--publish").ends(0).counts(counts{Read: 3, Updated: 1, Unchanged: 2})
	imported("achievements", good, "--publish", "--source", "elsewhere").ends(0).counts(counts{Read: 3, Created: 3})

	bad := write(t, "bad.jsonl", badRecords)
	imported("achievements", bad).ends(3, "nothing of", "bad.jsonl:2: title", "(required)")
	if n := listings(t, dir, "achievement"); n != 6 {
		t.Errorf("a stopped import leaves %d listings, want 6", n)
	}
	report := filepath.Join(t.TempDir(), "report.jsonl")
	imported("achievements", bad, "--on-error", "skip", "--report", bad).ends(2, "written over")
	if text, err := os.ReadFile(bad); err != nil || string(text) != badRecords {
		t.Errorf("the file that is imported is written over: %v %q", err, text)
	}
	imported("achievements", bad, "--publish", "--on-error", "skip", "--report", report).ends(3, "6 lines").counts(counts{Read: 8, Created: 2, Rejected: 6})
	if n := listings(t, dir, "achievement"); n != 8 {
		t.Errorf("%d listings, want 8", n)
	}
	text, err := os.ReadFile(report)
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for line := range strings.Lines(string(text)) {
		var r struct {
			Line   int
			Faults []struct{ Path, Code string }
		}
		if err := json.Unmarshal([]byte(line), &r); err != nil || len(r.Faults) == 0 {
			t.Fatalf("%q: %v", line, err)
		}
		told = append(told, fmt.Sprintf("%d %s %s", r.Line, r.Faults[0].Path, r.Faults[0].Code))
	}
	want := []string{"2 title required", "3  malformed_json", "4  not_an_object", "5 source_id duplicate", "6 source_id required", "7 year not_a_number"}
	if !slices.Equal(told, want) {
		t.Errorf("the report is %q, want %q", told, want)
	}

	needs := write(t, "needs.csv", "编号,需求名称,技术难题,技术领域\nn-1,\"低温电池, 求购\",放电容量不足,新能源与高效节能\nn-2,节水玉米,灌溉配额下降,农业\nn-3,,没有名称,农业\n")
	imported("needs", needs, "--publish", "--on-error", "skip").ends(3, "needs.csv:4: title").counts(counts{Read: 3, Created: 2, Rejected: 1})
	imported("needs", needs, "--on-error", "stop").ends(3)
	// A column whose name says nothing is not passed over in silence, also where the import stops.
	misspelt := write(t, "misspelt.csv", "编号,需求名陈,技术难题\nn-4,高盐废水,能耗高\n")
	stopped := imported("needs", misspelt).ends(3, "misspelt.csv:2: title", "left out: 需求名陈")
	if strings.Count(stopped.errOut, "需求名陈") != 1 || !strings.Contains(stopped.out, `"unknown_columns":["需求名陈"]`) {
		t.Errorf("%s%s", stopped.errOut, stopped.out)
	}
	unnamed := write(t, "columns.jsonl", `{"id":"n-5","title":"节水玉米","description":"灌溉配额下降"}`+"\n"+`{"id":"n-6","title":"低温电池","description":"放电容量不足","remark":"急"}`+"\n")
	imported("needs", unnamed, "--on-error", "skip").ends(0, "left out: remark")
	if n := listings(t, dir, "need"); n != 4 {
		t.Errorf("%d needs, want 4", n)
	}
	provenAndMended(t, dir, 10)
}

func TestAnImportThatEndsEarlyTellsWhatItDidAndWhereItStopped(t *testing.T) {
	t.Parallel()
	dir := founded(t)
	type report struct {
		counts
		Stopped *struct {
			Code   string
			Line   int
			ID     string
			Faults []struct{ Path, Code string }
		}
	}
	tells := func(r ran) report {
		t.Helper()
		var told report
		if err := json.Unmarshal([]byte(r.out), &told); err != nil {
			t.Fatalf("%s: %v: %q", r.line, err, r.out)
		}
		return told
	}
	imported := func(file string, flags ...string) ran {
		t.Helper()
		return chengqiao(t, append([]string{"import", "achievements", file, "--data", dir, "--owner", platformName}, flags...)...)
	}

	bad := write(t, "bad.jsonl", badRecords)
	told := tells(imported(bad, "--json").ends(3, "stopped at line 2"))
	if told.counts != (counts{Read: 8, Rejected: 1}) {
		t.Errorf("it counts %+v", told.counts)
	}
	if s := told.Stopped; s == nil || s.Code != "import_stopped" || s.Line != 2 || len(s.Faults) != 1 || s.Faults[0].Path != "title" || s.Faults[0].Code != "required" {
		t.Errorf("it stopped at %+v", s)
	}
	imported(bad).ends(3, "8 read: 0 created", "1 rejected")

	whole, err := os.ReadFile(records(t, 2000))
	if err != nil {
		t.Fatal(err)
	}
	packed, err := os.ReadFile(zipped(t, "whole.jsonl.gz", string(whole)))
	if err != nil {
		t.Fatal(err)
	}
	told = tells(imported(write(t, "cut.jsonl.gz", string(packed[:len(packed)/2])), "--on-error", "skip", "--json").ends(1, "(file_unreadable)"))
	if n := listings(t, dir, "achievement"); n == 0 || told.Created != n || told.Read != n {
		t.Errorf("it counts %+v, and %d listings are there", told.counts, n)
	}
	if s := told.Stopped; s == nil || s.Code != "file_unreadable" {
		t.Errorf("it stopped for %+v", s)
	}

	if told = tells(imported(write(t, "good.jsonl", goodRecords), "--json").ends(0)); told.Stopped != nil {
		t.Errorf("what was imported whole stopped for %+v", told.Stopped)
	}
}

// provenAndMended holds that the index of a folder has n documents, and that a
// difference behind the program's back is found, told and mended.
func provenAndMended(t *testing.T, dir string, n int) {
	t.Helper()
	same := fmt.Sprintf("%d compared: 0 missing, 0 changed, 0 extra", n)
	chengqiao(t, "reconcile", "--data", dir).ends(0, same)
	chengqiao(t, "reindex", "--data", dir).ends(0, fmt.Sprintf("%d documents indexed", n))
	chengqiao(t, "reconcile", "--data", dir).ends(0, same)
	behindItsBack(t, dir, `UPDATE organisations SET name = '{"zh":"改了名字的平台"}'`)
	mended := chengqiao(t, "reconcile", "--data", dir, "--json").ends(3)
	var found struct{ Compared, Missing, Changed, Extra int }
	if err := json.Unmarshal([]byte(mended.out), &found); err != nil || found.Compared != n || found.Changed != n || found.Missing+found.Extra != 0 {
		t.Errorf("%v %s%s", err, mended.out, mended.errOut)
	}
	chengqiao(t, "reconcile", "--data", dir).ends(0, same)
}

func behindItsBack(t *testing.T, dir, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "chengqiao.db")+"?_pragma=busy_timeout(10000)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	done, err := db.Exec(statement)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		t.Fatalf("%d rows (%v)", n, err)
	}
}

func TestRankingIsMeasuredOnFilesAlone(t *testing.T) {
	t.Parallel()
	docs := zipped(t, "docs.jsonl.gz", `{"id":"d1","title":"低温磷酸铁锂电池","abstract":"零下三十度放电","lang":"zh"}
{"id":"d2","title":"耐旱玉米新品种","abstract":"密植与滴灌","lang":"zh"}
{"id":"d3","title":"苦咸水淡化膜","abstract":"低能耗脱盐","lang":"zh"}
{"id":"d4","title":"玉米收获机","abstract":"籽粒破碎率低","lang":"zh"}
`)
	queries := write(t, "queries.jsonl", `{"qid":"q1","query":"玉米","lang":"zh","exclude":"d4"}
{"qid":"q2","query":"电池","lang":"zh"}
`)
	qrels := write(t, "qrels.tsv", "q1\t0\td2\t2\nq2\t0\td1\t1\nq2\t0\td3\t0\n")
	meili, key := servertest.Meilisearch(t)
	before := t.TempDir()
	for _, c := range []struct {
		name string
		env  settings
		args []string
	}{
		{"search, embedded", nil, []string{"search"}},
		{"search, meilisearch", settings{"CHENGQIAO_SEARCH__KEY": key}, []string{"search", "--engine", "meilisearch", "--url", meili}},
		{"match", nil, []string{"match"}},
		{"search, title alone", nil, []string{"search", "--fields", "title"}},
		{"match, judged alone", nil, []string{"match", "--judged-only"}},
	} {
		env := quick.with(c.env).with(settings{"TMPDIR": before})
		args := append(append([]string{"eval"}, c.args...), "--docs", docs, "--queries", queries, "--qrels", qrels, "--json")
		out, errOut, code := runCommand(t, env, nil, args...)
		var figures map[string]float64
		if err := json.Unmarshal([]byte(out), &figures); code != 0 || err != nil {
			t.Errorf("%s ends with %d (%v): %s%s", c.name, code, err, out, errOut)
			continue
		}
		// Each query has one right answer, and no other document says its word.
		for name, want := range map[string]float64{"ndcg_at_10": 1, "recall_at_20": 1, "mrr": 1, "queries": 2} {
			if figures[name] != want {
				t.Errorf("%s: %s is %v, want %v", c.name, name, figures[name], want)
			}
		}
		if figures["queries_per_second"] <= 0 {
			t.Errorf("%s: %v", c.name, figures)
		}
	}
	if left, err := os.ReadDir(before); err != nil || len(left) != 0 {
		t.Errorf("evaluating leaves %v (%v)", left, err)
	}
	c := &cluster{meili: meili, key: key}
	var indexes struct{ Results []struct{ UID string } }
	if c.askMeili(t, "GET", "/indexes", &indexes); len(indexes.Results) != 0 {
		t.Errorf("evaluating leaves the indexes %v", indexes.Results)
	}
	text := chengqiao(t, "eval", "search", "--docs", docs, "--queries", queries, "--qrels", qrels).ends(0, "nDCG@10    1.0000", "queries    2")
	if text.errOut != "" {
		t.Errorf("%s", text.errOut)
	}
	broken := write(t, "broken.jsonl", "{\"qid\":\"q1\"\n")
	chengqiao(t, "eval", "search", "--docs", docs, "--queries", broken, "--qrels", qrels).ends(2, "broken.jsonl")
}

// TestAnExportTakesTheOldOnesPlaceWhenItIsWhole writes to where there is no room.
func TestAnExportTakesTheOldOnesPlaceWhenItIsWhole(t *testing.T) {
	t.Parallel()
	dir := founded(t)
	var records strings.Builder
	for i := range 30 {
		fmt.Fprintf(&records, `{"id":"r%d","title":"节水滴灌","abstract":"%s"}`+"\n", i, strings.Repeat("膜下滴灌", 1000))
	}
	chengqiao(t, "import", "achievements", write(t, "good.jsonl", records.String()), "--data", dir, "--owner", platformName).ends(0)
	out := t.TempDir()
	path := filepath.Join(out, "achievements.csv")
	export := []string{"export", "achievements", "--data", dir, "--owner", platformName, "--out"}
	chengqiao(t, append(export, path)...).ends(0)
	before, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(before), "节水滴灌") {
		t.Fatalf("%v %s", err, before)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	chengqiao(t, append(export, path)...).ends(0)
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
	chengqiao(t, append(export, "/dev/full")...).ends(1, "no space left")
	// A limit of a file's size ends the export half-way, as a full disk does.
	limited := exec.Command("sh", "-c", `ulimit -f 200; trap '' XFSZ; exec "$@"`, "sh")
	cmd := command(t.Context(), quick, append(export, path)...)
	limited.Args, limited.Env, limited.Dir = append(limited.Args, cmd.Args...), cmd.Env, cmd.Dir
	if said, err := limited.CombinedOutput(); err == nil || !strings.Contains(string(said), "file too large") {
		t.Errorf("an export without room: %v %s", err, said)
	}
	after, err := os.ReadFile(path)
	if err != nil || string(after) != string(before) {
		t.Errorf("an export that failed leaves %v %q", err, after)
	}
	if left, err := os.ReadDir(out); err != nil || len(left) != 1 {
		t.Errorf("left %v (%v)", left, err)
	}
}

func TestStaffAreMadeBesideAServer(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	out, errOut, code := runCommand(t, quick, strings.NewReader(staffPassword+"\n"), "user", "create", "--data", w.dir,
		"--email", "second@platform.example", "--name", "新审核", "--role", "reviewer")
	if code != 0 {
		t.Fatalf("ends with %d: %s%s", code, out, errOut)
	}
	w.signIn("second@platform.example", staffPassword).Get("/reviews").Expect(200)
}
