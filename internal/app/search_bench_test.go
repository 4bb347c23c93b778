package app_test

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// searched are the texts of the benchmark: short, Chinese and English, frequent
// and rare.
var searched = strings.Fields("电池 玉米 图像识别 battery laser 机器学习 graphene 糖尿病 sensor 污水处理 小麦 催化剂 robot 激光 水稻 vaccine 燃料电池 传感器 carbon 材料")

// BenchmarkSearchOverHTTP measures the running program on the 62,618 real
// listings of CHENGQIAO_DATA: pages of 20 cards with all facets and highlights,
// and pages without a query, for one client and for four.
func BenchmarkSearchOverHTTP(b *testing.B) {
	data := os.Getenv("CHENGQIAO_DATA")
	if data == "" {
		b.Fatal("CHENGQIAO_DATA names no folder with achievements_*.jsonl.gz")
	}
	env := settings{
		"CHENGQIAO_DATA_DIR": b.TempDir(), "CHENGQIAO_LOG__LEVEL": "warn", "CHENGQIAO_SERVER__REQUESTS_PER_MINUTE": "0",
	}
	if _, problems, code := runCommand(b, env, nil, "demo"); code != 0 {
		b.Fatal(problems)
	}
	for _, name := range []string{"achievements_zh.jsonl.gz", "achievements_en.jsonl.gz"} {
		_, problems, code := runCommand(b, env, nil, "import", "achievements", filepath.Join(data, name),
			"--owner", "天山绿洲农业研究院（演示）", "--source", name, "--publish", "--on-error", "skip")
		if code != 0 {
			b.Fatal(problems)
		}
	}
	p := serve(b, env)
	for _, kind := range []string{"text", "browse"} {
		for name, clients := range map[string]int{"1-client": 1, "4-clients": 4} {
			b.Run(kind+"/"+name, func(b *testing.B) { measureSearch(b, p.address, kind == "text", clients) })
		}
	}
}

// measureSearch shares b.N requests among clients and reports the time below
// which half and 99 of 100 answers came, in milliseconds.
func measureSearch(b *testing.B, address string, text bool, clients int) {
	requests := make(chan string)
	var mu sync.Mutex
	var took []float64
	var group sync.WaitGroup
	b.ResetTimer()
	for range clients {
		client := &http.Client{Transport: &http.Transport{DisableCompression: true}}
		group.Go(func() {
			for address := range requests {
				began := time.Now()
				res, err := client.Get(address)
				if err != nil {
					b.Error(err)
					continue
				}
				_, err = io.Copy(io.Discard, res.Body)
				if err = errors.Join(err, res.Body.Close()); err != nil || res.StatusCode != http.StatusOK {
					b.Errorf("%s: %v", res.Status, err)
				}
				mu.Lock()
				took = append(took, float64(time.Since(began).Microseconds())/1000)
				mu.Unlock()
			}
		})
	}
	for i := range b.N {
		query := url.Values{"page_size": {"20"}}
		if text {
			query.Set("q", searched[i%len(searched)])
		}
		requests <- address + "/api/v1/search?" + query.Encode()
	}
	close(requests)
	group.Wait()
	b.StopTimer()
	slices.Sort(took)
	b.ReportMetric(float64(len(took))/b.Elapsed().Seconds(), "requests/s")
	b.ReportMetric(took[len(took)/2], "p50-ms")
	b.ReportMetric(took[len(took)*99/100], "p99-ms")
}
