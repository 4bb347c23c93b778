package embedded_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"chengqiao/internal/errs"
	"chengqiao/internal/policy"
	"chengqiao/internal/search"
	"chengqiao/internal/search/analysis"
	"chengqiao/internal/search/embedded"
)

func open(t *testing.T, dir string) *embedded.Engine {
	t.Helper()
	e, err := embedded.Open(t.Context(), dir, analysis.New(nil))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func document(i int) search.Document {
	return search.Document{
		ID: fmt.Sprintf("d%04d", i), Kind: search.KindNeed,
		Texts: []search.Text{{Tier: policy.TierPublic, Title: fmt.Sprintf("需求 %d", i)}},
	}
}

// crashEnv names the folder in which the test's child process writes until it
// is killed.
const crashEnv = "CHENGQIAO_TEST_CRASH_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(crashEnv); dir != "" {
		if err := writeForEver(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// writeForEver says on standard output which batches are durable.
func writeForEver(dir string) error {
	e, err := embedded.Open(context.Background(), dir, analysis.New(nil))
	if err != nil {
		return err
	}
	for i := 1; ; i++ {
		if err := e.Apply(context.Background(), search.Batch{Upsert: []search.Document{document(i)}, Cursor: int64(i)}); err != nil {
			return err
		}
		fmt.Println(i)
	}
}

func TestAKilledWriterLosesNothingItConfirmed(t *testing.T) {
	dir := t.TempDir()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), crashEnv+"="+dir)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	confirmed := 0
	for confirmed < 25 {
		if _, err := fmt.Fscanln(out, &confirmed); err != nil {
			t.Fatal(err)
		}
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	var exit *exec.ExitError
	if err := child.Wait(); !errors.As(err, &exit) {
		t.Fatal(err)
	}
	e := open(t, dir)
	defer e.Close()
	cursor, err := e.Cursor(t.Context())
	if err != nil || cursor < int64(confirmed) {
		t.Fatalf("cursor %d after %d were confirmed, %v", cursor, confirmed, err)
	}
	// Documents and cursor are of one moment.
	r, err := e.Search(t.Context(), search.Query{Text: "需求"})
	if err != nil || r.Total != int(cursor) {
		t.Errorf("%d documents at cursor %d, %v", r.Total, cursor, err)
	}
}

func TestAFolderIsOpenOnce(t *testing.T) {
	dir := t.TempDir()
	first := open(t, dir)
	defer first.Close()
	if second, err := embedded.Open(t.Context(), dir, analysis.New(nil)); err == nil {
		_ = second.Close()
		t.Error("a folder is open twice")
	}
}

func TestLeftoversOfARebuildAreSweptAway(t *testing.T) {
	dir := t.TempDir()
	e := open(t, dir)
	if err := e.Apply(t.Context(), search.Batch{Upsert: []search.Document{document(1)}}); err != nil {
		t.Fatal(err)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	left := filepath.Join(dir, "g-left-by-a-crash")
	if err := os.MkdirAll(filepath.Join(left, "store"), 0o755); err != nil {
		t.Fatal(err)
	}
	e = open(t, dir)
	defer e.Close()
	if _, err := os.Stat(left); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s is still there: %v", left, err)
	}
	if n, err := e.Count(t.Context()); n != 1 || err != nil {
		t.Errorf("%d documents, %v", n, err)
	}
}

func TestARebuildLeavesOneGeneration(t *testing.T) {
	dir := t.TempDir()
	e := open(t, dir)
	defer e.Close()
	for range 3 {
		err := e.Rebuild(t.Context(), func(ctx context.Context, into search.Sink) error {
			return into.Apply(ctx, search.Batch{Upsert: []search.Document{document(1), document(2)}})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var generations []string
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), "g-") {
			generations = append(generations, entry.Name())
		}
	}
	if len(generations) != 1 {
		t.Errorf("generations %v", generations)
	}
}

func TestAClosedEngineSaysSo(t *testing.T) {
	e := open(t, t.TempDir())
	if err := errors.Join(e.Close(), e.Close()); err != nil {
		t.Fatal(err)
	}
	_, err := e.Search(t.Context(), search.Query{})
	for name, err := range map[string]error{
		"search": err, "apply": e.Apply(t.Context(), search.Batch{}),
		"rebuild": e.Rebuild(t.Context(), func(context.Context, search.Sink) error { return nil }),
	} {
		if errs.KindOf(err) != errs.Unavailable {
			t.Errorf("%s after close: %v", name, err)
		}
	}
}

func TestABrokenPointerIsAnError(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "CURRENT"), []byte("g-gone\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if e, err := embedded.Open(t.Context(), dir, analysis.New(nil)); err == nil {
		_ = e.Close()
		t.Error("an index that is gone is opened")
	}
}

func TestAnOlderProgramsIndexIsOutdated(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "g-old", "store"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "CURRENT"), []byte("g-old\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		e := open(t, dir)
		old, err := e.Outdated(t.Context())
		if n, failed := e.Count(t.Context()); n != 0 || !old || err != nil || failed != nil {
			t.Errorf("%d documents, outdated: %v, %v, %v", n, old, err, failed)
		}
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestACancelledSearchEnds(t *testing.T) {
	e := open(t, t.TempDir())
	defer e.Close()
	if err := e.Apply(t.Context(), search.Batch{Upsert: []search.Document{document(1)}}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := e.Search(ctx, search.Query{Text: "需求"}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if err := e.Apply(ctx, search.Batch{Upsert: []search.Document{document(2)}}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// What was told once is told again only as long as it is true, and to whom.
func TestSuggestionsAreThoseOfTheIndexAsItIsAndOfTheReader(t *testing.T) {
	e := open(t, t.TempDir())
	defer e.Close()
	told := func(r search.Reader) []string {
		t.Helper()
		got, err := e.Suggest(t.Context(), search.Typing{Reader: r, Text: "li", Listings: 9})
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, l := range got.Listings {
			ids = append(ids, l.ID)
		}
		slices.Sort(ids)
		return ids
	}
	public := search.Reader{Tiers: []policy.Tier{policy.TierPublic}}
	members := search.Reader{Tiers: []policy.Tier{policy.TierPublic, policy.TierMembers}}
	owner := search.Reader{Tiers: members.Tiers, Organisation: "org"}
	apply := func(b search.Batch) {
		t.Helper()
		if err := e.Apply(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
	listing := func(id string, tier policy.Tier) search.Document {
		return search.Document{
			ID: id, Kind: search.KindAchievement, Owner: "org", Audience: tier,
			Texts: []search.Text{{Tier: tier, Language: "en", Title: "Lithium cell"}},
		}
	}
	for _, step := range []struct {
		batch                   search.Batch
		public, members, owners []string
	}{
		{search.Batch{Upsert: []search.Document{listing("a", policy.TierPublic)}}, []string{"a"}, []string{"a"}, []string{"a"}},
		{search.Batch{Upsert: []search.Document{listing("b", policy.TierMembers)}}, []string{"a"}, []string{"a", "b"}, []string{"a", "b"}},
		{search.Batch{Upsert: []search.Document{listing("c", policy.TierNDA)}}, []string{"a"}, []string{"a", "b"}, []string{"a", "b", "c"}},
		{search.Batch{Cursor: 7}, []string{"a"}, []string{"a", "b"}, []string{"a", "b", "c"}},
		{search.Batch{Delete: []string{"a"}}, nil, []string{"b"}, []string{"b", "c"}},
	} {
		apply(step.batch)
		for range 2 {
			for _, c := range []struct {
				reader search.Reader
				want   []string
			}{{public, step.public}, {members, step.members}, {owner, step.owners}} {
				if got := told(c.reader); !slices.Equal(got, c.want) {
					t.Errorf("after %+v: %v for %+v, want %v", step.batch, got, c.reader, c.want)
				}
			}
		}
	}
}
