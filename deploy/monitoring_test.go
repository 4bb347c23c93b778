package deploy_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"chengqiao/internal/telemetry"
)

// everyNumber is what the program tells once it has done a little of everything.
func everyNumber(t *testing.T) string {
	t.Helper()
	m := telemetry.NewMetrics()
	_, ended := telemetry.Requests{Metrics: m, Tracing: telemetry.Untraced()}.Begin(httptest.NewRequest(http.MethodGet, "/", nil))
	ended("/", http.StatusOK, false)
	m.Searched("words", 1, nil, time.Millisecond)
	m.Handled("letters", 1, "done", time.Millisecond)
	m.Ran("expire needs", nil, time.Millisecond, time.Now())
	m.Watch(func(context.Context) (telemetry.State, error) {
		return telemetry.State{
			Consumers: []telemetry.ConsumerState{{Name: "letters"}}, Indexes: []telemetry.IndexState{{Name: "search"}},
			Pools: []telemetry.PoolState{{Name: "writer"}},
		}, nil
	}, slog.New(slog.DiscardHandler))
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	return "\n" + w.Body.String()
}

var (
	numberName = regexp.MustCompile(`\b(?:chengqiao|go|process)_[a-z_]+\b`)
	grouping   = regexp.MustCompile(`by \(([a-z, ]+)\)`)
	selecting  = regexp.MustCompile(`([a-z_]+)(?:=~|!=|!~|=)"`)
)

// asksOfWhatIsTold fails where an expression names a number or a label that the
// program does not tell.
func asksOfWhatIsTold(t *testing.T, told, where, expression string) {
	t.Helper()
	names := numberName.FindAllString(regexp.MustCompile(`"[^"]*"`).ReplaceAllString(expression, ""), -1)
	if len(names) == 0 && !strings.HasPrefix(expression, "up{") {
		t.Errorf("%s asks of nothing: %s", where, expression)
	}
	for _, name := range names {
		line := regexp.MustCompile(`(?m)^` + name + `(?:\{(.*)\})? \S+$`).FindStringSubmatch(told)
		if line == nil {
			t.Errorf("%s asks of %s, which the program does not tell", where, name)
			continue
		}
		var labels []string
		for _, by := range grouping.FindAllStringSubmatch(expression, -1) {
			labels = append(labels, strings.Split(by[1], ", ")...)
		}
		for _, by := range selecting.FindAllStringSubmatch(expression, -1) {
			labels = append(labels, by[1])
		}
		for _, label := range labels {
			// Prometheus adds these two itself.
			if label != "instance" && label != "job" && !strings.Contains(","+line[1], ","+label+`="`) {
				t.Errorf("%s asks for %s of %s, which has {%s}", where, label, name, line[1])
			}
		}
	}
}

func TestTheDashboardShowsWhatTheProgramTells(t *testing.T) {
	var dashboard struct {
		Panels []struct {
			ID      int
			Type    string
			Title   string
			GridPos struct{ X, Y, W, H int }
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal([]byte(read(t, "grafana/dashboards/chengqiao.json")), &dashboard); err != nil {
		t.Fatal(err)
	}
	told := everyNumber(t)
	taken := map[[2]int]string{}
	var ids []int
	for _, p := range dashboard.Panels {
		if slices.Contains(ids, p.ID) {
			t.Errorf("two panels have the id %d", p.ID)
		}
		ids = append(ids, p.ID)
		for x := p.GridPos.X; x < p.GridPos.X+p.GridPos.W; x++ {
			for y := p.GridPos.Y; y < p.GridPos.Y+p.GridPos.H; y++ {
				if other, ok := taken[[2]int{x, y}]; ok {
					t.Fatalf("%s lies over %s", p.Title, other)
				}
				taken[[2]int{x, y}] = p.Title
			}
		}
		if p.Type != "row" && len(p.Targets) == 0 {
			t.Errorf("%s shows nothing", p.Title)
		}
		for _, target := range p.Targets {
			asksOfWhatIsTold(t, told, p.Title, target.Expr)
		}
	}
}

func TestAlertsAreAboutWhatTheProgramTells(t *testing.T) {
	var alerts struct {
		Groups []struct {
			Rules []struct {
				Alert, Expr string
				Annotations struct{ Summary string }
			}
		}
	}
	if err := yaml.Unmarshal([]byte(read(t, "prometheus/alerts.yml")), &alerts); err != nil {
		t.Fatal(err)
	}
	told := everyNumber(t)
	for _, group := range alerts.Groups {
		for _, rule := range group.Rules {
			asksOfWhatIsTold(t, told, rule.Alert, rule.Expr)
			if rule.Annotations.Summary == "" {
				t.Errorf("%s does not say what it is about", rule.Alert)
			}
		}
	}
}

func TestPrometheusReadsEveryReplica(t *testing.T) {
	c := loadCompose(t)
	var settings struct {
		ScrapeConfigs []struct {
			StaticConfigs []struct{ Targets []string } `yaml:"static_configs"`
		} `yaml:"scrape_configs"`
	}
	if err := yaml.Unmarshal([]byte(read(t, "prometheus/prometheus.yml")), &settings); err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, name := range replicas {
		want = append(want, name+c.Services[name].Environment["CHENGQIAO_METRICS__LISTEN"])
	}
	if len(settings.ScrapeConfigs) != 1 || !slices.Equal(settings.ScrapeConfigs[0].StaticConfigs[0].Targets, want) {
		t.Errorf("Prometheus reads %+v, want %v", settings.ScrapeConfigs, want)
	}
}
