package indexing_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"chengqiao/internal/catalog"
	"chengqiao/internal/indexing"
	"chengqiao/internal/listing"
	"chengqiao/internal/outbox"
	"chengqiao/internal/search/analysis"
	"chengqiao/internal/search/embedded"
	"chengqiao/internal/text"
)

// victimFolder tells a copy of this test program to be the one that is killed.
const victimFolder = "CHENGQIAO_TEST_VICTIM_FOLDER"

func TestMain(m *testing.M) {
	if dir := os.Getenv(victimFolder); dir != "" {
		if err := victim(context.Background(), dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// victim publishes without end while its indexes follow, and tells of each
// commit on standard output.
func victim(ctx context.Context, dir string) error {
	w, err := openWorld(ctx, dir)
	if err != nil {
		return err
	}
	engine, err := embedded.Open(ctx, filepath.Join(dir, "search"), analysis.New(nil))
	if err != nil {
		return err
	}
	var committed, dispatched outbox.Bell
	go outbox.NewDispatcher(w.queue, &committed, &dispatched, 5*time.Millisecond, quiet).Run(ctx)
	go indexing.NewSearch(engine, w.listings, w.queue, quiet).Follow(ctx, &dispatched, 5*time.Millisecond)
	for i := 0; ; i++ {
		done, err := w.achievements.Import(ctx, operator, listing.Batch[catalog.AchievementContent]{
			OwnerOrg: "lab", Source: "victim", Publish: true,
			Records: []listing.SourceRecord[catalog.AchievementContent]{{
				ID:      fmt.Sprintf("%d-%d", os.Getpid(), i),
				Content: catalog.AchievementContent{Title: text.En(fmt.Sprintf("Record %d", i)), Abstract: text.En("unkillable")},
			}},
		})
		if err != nil {
			return err
		}
		committed.Ring()
		fmt.Println(done[0].ListingID)
	}
}

// A program that is killed at any moment between commit and indexing loses
// nothing: the next one goes on where the index stands.
func TestKillingTheProgramBetweenCommitAndIndexingLosesNothing(t *testing.T) {
	dir := t.TempDir()
	committed := map[string]bool{}
	for _, after := range []int{1, 10, 60, 200} { // commits seen before the kill
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), victimFolder+"="+dir)
		cmd.Stderr = os.Stderr
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for n := 0; lines.Scan(); n++ {
			committed[strings.TrimSpace(lines.Text())] = true
			if n+1 == after {
				_ = cmd.Process.Kill() // what is still in the pipe was committed too
			}
		}
		if err := cmd.Wait(); err == nil || !strings.Contains(err.Error(), "killed") {
			t.Fatalf("the victim ended by itself: %v", err)
		}
	}

	w, err := openWorld(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.db.Close() })
	engine := w.engine(t)
	keeper := indexing.NewSearch(engine, w.listings, w.queue, quiet)
	position, err := engine.Cursor(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	w.caughtUp(t, position, keeper.Apply)
	r, err := keeper.Reconcile(t.Context())
	if err != nil || !r.True() {
		t.Errorf("the index differed from the store: %+v %v", r, err)
	}
	if r.Compared < len(committed) {
		t.Errorf("%d listings in the store, %d were committed", r.Compared, len(committed))
	}
	for id := range committed {
		documents, err := w.listings.Load(t.Context(), []string{id})
		if err != nil || len(documents) != 1 {
			t.Fatalf("%s was committed and is gone: %v", id, err)
		}
	}
}
