package app_test

import (
	"net/http"
	"strings"
	"testing"
)

func TestATextIsReadForWhoMayWriteNeedsAndNothingIsKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	text := "需求名称：高盐废水零排放😀\n技术指标：回收率≥95%\n预算：80万元\n希望三个月内完成。\n联系人：王建国"
	w.visitor().Post("/needs/readings", map[string]any{"text": text}).Expect(http.StatusUnauthorized)
	engineer := w.join("engineer@enterprise.example", "古丽娜尔")
	w.organisation(engineer, "enterprise", "化工公司")
	var got struct {
		Content struct {
			Title        map[string]string
			Requirements []map[string]any
		}
		Sources []struct {
			Path     string
			Passages []struct {
				Start, End int
				Quote      string
			}
			CountedFrom string `json:"counted_from"`
		}
		LeftOut []struct{ Kind string } `json:"left_out"`
	}
	engineer.Post("/needs/readings", map[string]any{"text": text}).Expect(http.StatusOK).Into(&got)
	if got.Content.Title["zh"] != "高盐废水零排放😀" || len(got.Content.Requirements) != 1 || len(got.LeftOut) != 1 || got.LeftOut[0].Kind != "person" {
		t.Errorf("%+v", got)
	}
	characters := []rune(text)
	counted := false
	for _, s := range got.Sources {
		counted = counted || s.Path == "end_on" && s.CountedFrom != ""
		for _, p := range s.Passages {
			if said := strings.TrimSpace(string(characters[p.Start:p.End])); said != p.Quote {
				t.Errorf("%s: %q stands at %d to %d, %q is told", s.Path, said, p.Start, p.End, p.Quote)
			}
		}
	}
	if !counted {
		t.Errorf("no end that was counted from a day: %+v", got.Sources)
	}
	engineer.Post("/needs/readings", map[string]any{"text": strings.Repeat("长", 20001)}).Expect(http.StatusUnprocessableEntity)
	for range 30 {
		if engineer.Post("/needs/readings", map[string]any{"text": "需求"}).Status == http.StatusTooManyRequests {
			return
		}
	}
	t.Error("thirty more texts are read in a minute")
}
