package reward_test

import (
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"chengqiao/internal/errs"
	"chengqiao/internal/reward"
)

func goldenCases(t *testing.T) []byte {
	t.Helper()
	raw, err := os.ReadFile("testdata/money.json")
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestEveryWorkedCaseHolds(t *testing.T) {
	var out bytes.Buffer
	summary, err := reward.ComputeCases(bytes.NewReader(goldenCases(t)), &out)
	if err != nil {
		t.Fatal(err)
	}
	if summary.Cases != 65 {
		t.Errorf("%d cases computed, want 65", summary.Cases)
	}
	for _, m := range summary.Mismatches {
		t.Errorf("%s %q differs in %v", m.Path, m.Name, m.Fields)
	}
	// The whole result is the expected one, explanations of a rejection included.
	var full map[string][]map[string]any
	d := json.NewDecoder(&out)
	d.UseNumber()
	if err := d.Decode(&full); err != nil {
		t.Fatal(err)
	}
	for section, cases := range full {
		for _, c := range cases {
			want, got := canonical(t, c["expected"]), canonical(t, c["result"])
			if want != got {
				t.Errorf("%s %q\n got %s\nwant %s", section, c["name"], got, want)
			}
		}
	}
}

func canonical(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestComputedCasesKeepOrderAndUnknownFields(t *testing.T) {
	in := `{
 "about": {"z": 1, "a": 2},
 "plans": [],
 "rewards": [
  {"note": "<kept>", "events": [], "contributors": [{"id": "b", "role": "COMPLETER", "weight": 1}], "rule": {"base": "NET", "floor_bps": 5000}, "expected": {"status": "OK"}, "name": "first", "more": [1.50]}
 ]
}`
	var out bytes.Buffer
	summary, err := reward.ComputeCases(strings.NewReader(in), &out)
	if err != nil || len(summary.Mismatches) != 0 || summary.Cases != 1 {
		t.Fatalf("%+v (%v)", summary, err)
	}
	last := -1
	for _, field := range []string{`"about"`, `"z"`, `"a"`, `"plans"`, `"rewards"`, `"<kept>"`, `"events"`, `"contributors"`, `"rule"`, `"expected"`, `"result"`, `"name"`, `"more"`, `1.50`} {
		at := strings.Index(out.String(), field)
		if at <= last {
			t.Fatalf("%s is missing or out of order in\n%s", field, out.String())
		}
		last = at
	}
}

func TestComputingComputedCasesReplacesTheResult(t *testing.T) {
	var once, twice bytes.Buffer
	if _, err := reward.ComputeCases(bytes.NewReader(goldenCases(t)), &once); err != nil {
		t.Fatal(err)
	}
	if _, err := reward.ComputeCases(bytes.NewReader(once.Bytes()), &twice); err != nil {
		t.Fatal(err)
	}
	if once.String() != twice.String() {
		t.Error("a second run changes the document")
	}
}

func TestMismatchesAreNamed(t *testing.T) {
	in := `{"royalty": [
	 {"name": "right", "terms": {"rate_bps": 350}, "base_fen": 100, "expected": {"royalty_fen": 4}},
	 {"name": "wrong", "terms": {"rate_bps": 350}, "base_fen": 100, "expected": {"royalty_fen": 3, "payable_fen": 4, "unheard_of": 1}},
	 {"name": "unasked", "terms": {"rate_bps": 350}, "base_fen": 100}
	], "plans": [
	 {"name": "rejected", "base_fen": 10, "net_fen": 10, "floor_bps": 5000, "plan": [], "expected": {"status": "REJECTED", "code": "main_contributors_below_floor", "short_by_fen": 999}},
	 {"name": "other code", "base_fen": 10, "net_fen": 10, "floor_bps": 5000, "plan": [], "expected": {"status": "REJECTED", "code": "refund_exceeds_receipts"}}
	]}`
	summary, err := reward.ComputeCases(strings.NewReader(in), &bytes.Buffer{})
	if err != nil {
		t.Fatal(err)
	}
	if summary.Cases != 5 || len(summary.Mismatches) != 2 {
		t.Fatalf("%+v", summary)
	}
	if m := summary.Mismatches[0]; m.Path != "royalty[1]" || m.Name != "wrong" || !slices.Equal(m.Fields, []string{"royalty_fen", "unheard_of"}) {
		t.Errorf("%+v", m)
	}
	if m := summary.Mismatches[1]; m.Path != "plans[1]" || !slices.Equal(m.Fields, []string{"code"}) {
		t.Errorf("%+v", m)
	}
}

func TestNeighboursAboveFloatPrecisionDiffer(t *testing.T) {
	in := `{"royalty": [{"name": "n", "terms": {"rate_bps": 10000}, "base_fen": 9007199254740993, "expected": {"royalty_fen": 9007199254740992}}]}`
	summary, err := reward.ComputeCases(strings.NewReader(in), &bytes.Buffer{})
	if err != nil || len(summary.Mismatches) != 1 {
		t.Errorf("%+v (%v)", summary, err)
	}
}

func TestBadCasesAreNamedByCaseAndField(t *testing.T) {
	rewardOf := func(rule, contributors, events string) string {
		return `{"rewards": [{"name": "good", "rule": {"base": "NET", "floor_bps": 5000}, "contributors": [{"id": "a", "role": "COMPLETER", "weight": 1}], "events": []},
		 {"name": "bad", "rule": ` + rule + `, "contributors": ` + contributors + `, "events": ` + events + `}]}`
	}
	const rule, people = `{"base": "NET", "floor_bps": 5000}`, `[{"id": "a", "role": "COMPLETER", "weight": 1}]`
	for _, c := range []struct{ in, path, code string }{
		{rewardOf(`{"base": "NET"}`, people, `[]`), "rewards[1].rule.floor_bps", "required"},
		{rewardOf(`{"base": "GROSS", "floor_bps": 5000}`, people, `[]`), "rewards[1].rule.base", "unknown_value"},
		{rewardOf(`{"base": "NET", "floor_bps": 10001}`, people, `[]`), "rewards[1].rule.floor_bps", "out_of_range"},
		{rewardOf(`{"base": "NET", "floor_bps": 5000, "team_bps": -1}`, people, `[]`), "rewards[1].rule.team_bps", "out_of_range"},
		{rewardOf(`{"base": "NET", "floor_bps": 5000.5}`, people, `[]`), "rewards[1].rule.floor_bps", "wrong_type"},
		{rewardOf(rule, `[]`, `[]`), "rewards[1].contributors", "required"},
		{rewardOf(rule, `{}`, `[]`), "rewards[1].contributors", "wrong_type"},
		{rewardOf(rule, `[{"id": "a", "role": "COMPLETER", "weight": 1}, {"id": "a", "role": "SUPPORT", "weight": 1}]`, `[]`), "rewards[1].contributors[1].id", "duplicate"},
		{rewardOf(rule, `[{"id": "a", "role": "BOSS", "weight": 1}]`, `[]`), "rewards[1].contributors[0].role", "unknown_value"},
		{rewardOf(rule, `[{"id": "a", "role": "COMPLETER"}]`, `[]`), "rewards[1].contributors[0].weight", "required"},
		{rewardOf(rule, `[{"id": "a", "role": "COMPLETER", "weight": -1}]`, `[]`), "rewards[1].contributors[0].weight", "negative"},
		{rewardOf(rule, `[{"id": "a", "role": "COMPLETER", "weight": 0}]`, `[]`), "rewards[1].contributors", "weights_sum_zero"},
		{rewardOf(rule, people, `[{"type": "RECEIPT", "amount_fen": 1}, {"type": "RECEIPT", "amount_fen": 1.5}]`), "rewards[1].events[1].amount_fen", "wrong_type"},
		{rewardOf(rule, people, `[{"type": "RECEIPT", "amount_fen": "1"}]`), "rewards[1].events[0].amount_fen", "wrong_type"},
		{rewardOf(rule, people, `[{"type": "RECEIPT", "amount_fen": 9223372036854775808}]`), "rewards[1].events[0].amount_fen", "wrong_type"},
		{rewardOf(rule, people, `[{"type": "RECEIPT"}]`), "rewards[1].events[0].amount_fen", "required"},
		{rewardOf(rule, people, `[7]`), "rewards[1].events[0]", "wrong_type"},
		{rewardOf(rule, people, `[{"type": "GIFT", "amount_fen": 1}]`), "rewards[1].events[0].type", "unknown_value"},
		{rewardOf(rule, people, `[{"type": "RECEIPT", "amount_fen": -1}]`), "rewards[1].events[0].amount_fen", "negative"},
		{rewardOf(rule, people, `[{"type": "REFUND", "amount_fen": 0, "taxes_fen": 1}]`), "rewards[1].events[0].taxes_fen", "not_on_refund"},
		{rewardOf(rule, people, `[{"type": "RECEIPT", "amount_fen": 9223372036854775807}, {"type": "RECEIPT", "amount_fen": 1}]`), "rewards[1].events[1].amount_fen", "amount_overflow"},
		{`{"rewards": {}}`, "rewards", "not_a_list"},
		{`{"rewards": [1]}`, "rewards[0]", "not_an_object"},
		{`{"equity": [{"name": "bad", "rule": {"floor_bps": 1}, "contributors": [{"id": "a", "weight": 1}]}]}`, "equity[0].shares", "required"},
		{`{"equity": [{"name": "bad", "shares": -1, "rule": {"floor_bps": 1}, "contributors": [{"id": "a", "weight": 1}]}]}`, "equity[0].shares", "negative"},
		{`{"royalty": [{"name": "bad", "terms": {}, "base_fen": 1}]}`, "royalty[0].terms.rate_bps", "required"},
		{`{"royalty": [{"name": "bad", "terms": {"rate_bps": 1}}]}`, "royalty[0].base_fen", "required"},
		{`{"royalty": [{"name": "bad", "terms": {"tiers": [{"upto_fen": 5, "rate_bps": 1}]}, "base_fen": 1}]}`, "royalty[0].terms.tiers[0].upto_fen", "last_tier_limited"},
		{`{"royalty": [{"name": "bad", "terms": {"rate_bps": 1}, "base_fen": 1, "days": -1}]}`, "royalty[0].days", "negative"},
		{`{"plans": [{"name": "bad", "base_fen": 1, "floor_bps": 1, "plan": []}]}`, "plans[0].net_fen", "required"},
		{`{"plans": [{"name": "bad", "base_fen": 1, "net_fen": 1, "floor_bps": 1, "plan": [{"id": "a", "role": "COMPLETER"}]}]}`, "plans[0].plan[0].amount_fen", "required"},
	} {
		var out bytes.Buffer
		_, err := reward.ComputeCases(strings.NewReader(c.in), &out)
		e := errs.As(err)
		if err == nil || e.Kind != errs.Invalid || len(e.Fields) == 0 || e.Fields[0].Path != c.path || e.Fields[0].Code != c.code {
			t.Errorf("%v, want %s at %s", err, c.code, c.path)
		}
		if strings.Contains(c.in, `"bad"`) && e.Params["case"] != "bad" {
			t.Errorf("%v does not name the case", err)
		}
		if out.Len() > 0 {
			t.Errorf("%s: something was written", c.path)
		}
	}
}

func TestWhatIsNoJSONIsMalformed(t *testing.T) {
	for _, in := range []string{"", "[]", "7", `{"rewards": [}`, `{"a": 1} x`, `{"a": 1}{}`, `{"a"`} {
		if _, err := reward.ComputeCases(strings.NewReader(in), &bytes.Buffer{}); errs.KindOf(err) != errs.Malformed {
			t.Errorf("%q: %v", in, err)
		}
	}
}

func FuzzComputeCases(f *testing.F) {
	f.Add([]byte(`{"rewards": [{"name": "a", "rule": {"base": "NET", "floor_bps": 5000}, "contributors": [{"id": "a", "role": "COMPLETER", "weight": 1}], "events": [{"type": "RECEIPT", "amount_fen": 5}]}]}`))
	f.Add([]byte(`{"equity": [{"shares": 3, "rule": {"floor_bps": 7000}, "contributors": [{"id": "a", "weight": 5}]}]}`))
	f.Add([]byte(`{"royalty": [{"terms": {"tiers": [{"upto_fen": 5, "rate_bps": 1}, {"upto_fen": null, "rate_bps": 1}]}, "base_fen": 1}]}`))
	f.Add([]byte(`{"plans": [{"base_fen": 1, "net_fen": 1, "floor_bps": 1, "plan": []}], "x": null}`))
	f.Fuzz(func(t *testing.T, in []byte) {
		var out bytes.Buffer
		if _, err := reward.ComputeCases(bytes.NewReader(in), &out); err != nil {
			if kind := errs.KindOf(err); kind != errs.Invalid && kind != errs.Malformed {
				t.Fatalf("%q: %v is not the input's fault", in, err)
			}
			return
		}
		if !json.Valid(out.Bytes()) {
			t.Fatalf("%q became %q", in, out.Bytes())
		}
	})
}
