package app_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
)

var metricsAddress = regexp.MustCompile(`http://127\.0\.0\.1:\d+/metrics`)

// numbers reads what the program tells Prometheus.
func (w *world) numbers() map[string]float64 {
	w.t.Helper()
	address := metricsAddress.FindString(w.out.String())
	res, err := http.Get(address)
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		w.t.Fatalf("%s answers %s: %s, %v", address, res.Status, text, err)
	}
	told := map[string]float64{}
	for line := range strings.Lines(string(text)) {
		at := strings.LastIndexByte(strings.TrimSpace(line), ' ')
		if value, err := strconv.ParseFloat(strings.TrimSpace(line[at+1:]), 64); err == nil && !strings.HasPrefix(line, "#") {
			told[line[:at]] = value
		}
	}
	return told
}

func TestWhoWatchesOverTheProgramSeesWhatItDoes(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var traces bytes.Buffer
	// Names and texts stand as they are in what a collector is sent.
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		_, _ = io.Copy(&traces, r.Body)
	}))
	defer collector.Close()
	w := newWorld(t, settings{
		"CHENGQIAO_METRICS__LISTEN": "127.0.0.1:0", "CHENGQIAO_LOG__LEVEL": "info",
		"CHENGQIAO_TRACING__ENDPOINT": collector.URL, "CHENGQIAO_TRACING__SHARE": "1",
	})
	head := w.join("head@watched.example", "郑守望")
	w.organisation(head, "institute", "瞭望研究所")
	path := w.published(head, w.staff("reviewer"), "achievements", result("苦咸水淡化", head.personID))
	finds(t, w.visitor(), "苦咸水淡化", id(path), true)
	finds(t, w.visitor(), "无人写过的词组", id(path), false)

	eventually(t, "the numbers tell of it", func() error {
		told := w.numbers()
		for name, least := range map[string]float64{
			`chengqiao_state_readable`:                   1,
			`chengqiao_index_listings{index="search"}`:   1,
			`chengqiao_index_listings{index="matching"}`: 1,
			`chengqiao_http_request_duration_seconds_count{method="GET",route="/api/v1/search",status="200"}`: 2,
			`chengqiao_search_duration_seconds_count{asked="words",result="found"}`:                           1,
			`chengqiao_search_duration_seconds_count{asked="words",result="nothing"}`:                         1,
			`chengqiao_outbox_events_total{consumer="live",result="done"}`:                                    1,
			`chengqiao_job_last_success_timestamp_seconds{name="lapse introductions"}`:                        1.7e9,
			`chengqiao_database_connections{pool="writer",state="max"}`:                                       1,
			`go_goroutines`: 1,
		} {
			if told[name] < least {
				return fmt.Errorf("%s is %v", name, told[name])
			}
		}
		for _, none := range []string{`chengqiao_index_behind_events{index="search"}`, `chengqiao_index_behind_events{index="matching"}`,
			`chengqiao_outbox_waiting{consumer="notices"}`, `chengqiao_outbox_waiting{consumer="webhook deliveries"}`,
			`chengqiao_outbox_overdue_seconds{consumer="webhook deliveries"}`, `chengqiao_outbox_dead_letters{consumer="notices"}`} {
			if value, ok := told[none]; !ok || value != 0 {
				return fmt.Errorf("%s is %v, told: %v", none, value, ok)
			}
		}
		return nil
	})
	if status, page := w.get(nil, "/metrics"); strings.Contains(page, "chengqiao_http") {
		t.Errorf("the public can read the numbers: %d", status)
	}
	if code := w.stop(); code != 0 {
		t.Errorf("the program ends with %d:\n%s", code, w.out)
	}
	sent := traces.String()
	for _, want := range []string{"GET /api/v1/search", "search words", "sql SELECT", "sql transaction", "outbox live"} {
		if !strings.Contains(sent, want) {
			t.Errorf("no trace tells of %q", want)
		}
	}
	for _, said := range []string{"苦咸水淡化", "无人写过的词组", "head@watched.example", head.password, head.token} {
		if strings.Contains(sent, said) {
			t.Errorf("traces tell of %q", said)
		}
	}
	out, _, _ := runCommand(t, w.env, nil, "doctor", "--data", w.dir)
	if !strings.Contains(out, "✓ tracing") {
		t.Errorf("doctor says of a collector that answers: %s", out)
	}
	collector.Close()
	out, _, code := runCommand(t, w.env, nil, "doctor", "--data", w.dir)
	if code != 1 || !strings.Contains(out, "✗ tracing") {
		t.Errorf("doctor ends with %d where no collector answers: %s", code, out)
	}
}

func TestNumbersThatCannotBeToldWhereTheyAreAskedForEndTheStart(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	env := quick.with(settings{"CHENGQIAO_SERVER__LISTEN": "127.0.0.1:0", "CHENGQIAO_METRICS__LISTEN": taken.Addr().String()})
	_, errOut, code := runCommand(t, env, nil, "serve", "--data", founded(t))
	if code != 1 || !strings.Contains(errOut, "metrics.listen") {
		t.Errorf("the program ends with %d: %s", code, errOut)
	}
}
