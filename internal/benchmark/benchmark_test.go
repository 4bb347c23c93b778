package benchmark_test

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"chengqiao/internal/benchmark"
)

// data is a folder with a few listings.
func data(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, records := range map[string][]benchmark.Record{
		"achievements_zh.jsonl.gz": {
			{ID: "z1", Language: "zh", Title: "盐碱地棉花滴灌", Abstract: "滴灌节水。增产明显。", Keywords: []string{"棉花", "滴灌"}},
			{ID: "z2", Language: "zh", Title: "锂电池正极材料", Abstract: "容量高；循环好。", Keywords: []string{"锂电池"}},
		},
		"achievements_en.jsonl.gz": {
			{ID: "e1", Language: "en", Title: "Laser sensor for water", Abstract: "It measures. It reports."},
			{ID: "e2", Language: "en", Title: "Carbon capture membrane", Abstract: "A membrane; cheap."},
			{ID: "e3", Language: "en", Title: " ", Abstract: "Without a title."},
		},
	} {
		file, err := os.Create(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		zipped := gzip.NewWriter(file)
		for _, r := range records {
			if err := json.NewEncoder(zipped).Encode(r); err != nil {
				t.Fatal(err)
			}
		}
		if err := errors.Join(zipped.Close(), file.Close()); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func corpus(t *testing.T, dir string, n int) []benchmark.Record {
	t.Helper()
	var out []benchmark.Record
	if err := benchmark.Corpus(dir, n, func(r benchmark.Record) error { out = append(out, r); return nil }); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestACorpusBeginsWithTheRealListingsAndIsTheSameEachTime(t *testing.T) {
	dir := data(t)
	const n = 40
	records := corpus(t, dir, n)
	if !reflect.DeepEqual(records, corpus(t, dir, n)) {
		t.Error("the second corpus is another")
	}
	ids := map[string]bool{}
	for _, r := range records {
		ids[r.ID] = true
		if r.Title == "" || r.Abstract == "" || r.TRL == 0 || r.Price == "" {
			t.Errorf("a listing lacks something: %+v", r)
		}
	}
	if len(ids) != n || records[0].ID != "z1" || records[0].Title != "盐碱地棉花滴灌" || records[3].ID != "e2" {
		t.Errorf("%d ids, beginning with %s and %s", len(ids), records[0].ID, records[3].ID)
	}
}

func TestNeedsBeginWithTheRealOnesAndNoTwoAreTheSame(t *testing.T) {
	dir := t.TempDir()
	file, err := os.Create(filepath.Join(dir, "needs_en.jsonl.gz"))
	if err != nil {
		t.Fatal(err)
	}
	zipped := gzip.NewWriter(file)
	_, err = zipped.Write([]byte(`{"id":"a","lang":"en","title":"Sea water pump","description":"It pumps. It lasts."}
{"id":"b","lang":"en","title":"  ","description":"Without a title."}
{"id":"c","lang":"en","title":"Cheap solar kiln","description":"It dries; it is cheap."}
`))
	if err := errors.Join(err, zipped.Close(), file.Close()); err != nil {
		t.Fatal(err)
	}
	var needs []benchmark.NeedRecord
	const n = 10
	if err := benchmark.Needs(dir, n, func(r benchmark.NeedRecord) error { needs = append(needs, r); return nil }); err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for _, r := range needs {
		ids[r.ID] = true
		if r.Title == "" || r.Description == "" {
			t.Errorf("a need lacks something: %+v", r)
		}
	}
	if len(ids) != n || needs[0].Title != "Sea water pump" || needs[1].ID != "c" {
		t.Errorf("%d ids: %+v", len(ids), needs)
	}
}

func TestABriefNeedEndsWithAWord(t *testing.T) {
	for said, want := range map[string]string{
		"It pumps.":                  "It pumps.",
		strings.Repeat("pump ", 200): strings.TrimSpace(strings.Repeat("pump ", benchmark.BriefNeed/5)),
		strings.Repeat("x", 496) + " and more of the same": strings.Repeat("x", 496) + " and",
		strings.Repeat("水", benchmark.BriefNeed+1):         strings.Repeat("水", benchmark.BriefNeed),
	} {
		if got := (benchmark.NeedRecord{Description: said}).Brief().Description; got != want {
			t.Errorf("%d characters came to %d: %q", len([]rune(said)), len([]rune(got)), got)
		}
	}
}

func TestQuestionsAreOfBothLanguages(t *testing.T) {
	questions, err := benchmark.Questions(data(t), 10)
	if err != nil {
		t.Fatal(err)
	}
	for i, q := range questions {
		if ascii := q[0] < 0x80; ascii != (i%2 == 1) {
			t.Errorf("question %d is %q", i, q)
		}
	}
}

func TestEachCallIsMadeOnceAfterTheWarmUp(t *testing.T) {
	const calls = 100
	var made [calls + calls/10]atomic.Int32
	if _, err := benchmark.Load(t.Context(), 4, calls, func(_ context.Context, i int) error { made[i].Add(1); return nil }); err != nil {
		t.Fatal(err)
	}
	for i := range made {
		if n := made[i].Load(); n != 1 {
			t.Errorf("call %d was made %d times", i, n)
		}
	}
}

func TestAFailedCallEndsTheLoad(t *testing.T) {
	broken := errors.New("broken")
	_, err := benchmark.Load(t.Context(), 2, 50, func(_ context.Context, i int) error {
		if i == 20 {
			return broken
		}
		return nil
	})
	if !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
}

func TestSlowStretchesOfTheMachineAreTold(t *testing.T) {
	took := make([]time.Duration, 0, 107)
	add := func(n int, d time.Duration) {
		for range n {
			took = append(took, d)
		}
	}
	add(50, time.Millisecond)
	add(4, 5*time.Millisecond)
	add(50, time.Millisecond)
	add(3, 2*time.Millisecond)
	got := benchmark.SteadinessOf(took)
	want := benchmark.Steadiness{Median: time.Millisecond, P99: 5 * time.Millisecond, Slow: 26. / 126, Longest: 20 * time.Millisecond}
	if got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got := benchmark.SteadinessOf(nil); got != (benchmark.Steadiness{}) {
		t.Errorf("of nothing: %+v", got)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := benchmark.Steady(ctx, time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: %v", err)
	}
}
