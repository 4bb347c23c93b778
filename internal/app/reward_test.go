package app_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

func TestRewardComputeHoldsTheGoldenCases(t *testing.T) {
	t.Parallel()
	const golden = "../reward/testdata/money.json"
	stdout, stderr, code := runCommand(t, nil, nil, "reward", "compute", "--file", golden)
	if code != 0 {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	var computed map[string][]map[string]any
	if err := json.Unmarshal([]byte(stdout), &computed); err != nil {
		t.Fatal(err)
	}
	cases := 0
	for section, list := range computed {
		for i, c := range list {
			cases++
			if c["result"] == nil || c["expected"] == nil {
				t.Errorf("%s[%d] has no result beside expected", section, i)
			}
		}
	}
	if cases != 65 {
		t.Errorf("%d cases computed, want 65", cases)
	}
}

func TestRewardComputeTellsWhichCaseDiffers(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../reward/testdata/money.json")
	if err != nil {
		t.Fatal(err)
	}
	wrong := strings.Replace(string(raw), "38888889", "38888890", 1)
	stdout, stderr, code := runCommand(t, nil, strings.NewReader(wrong), "reward", "compute", "--file", "-")
	if code != 3 || !strings.Contains(stderr, "rewards[0]") || stdout == "" {
		t.Fatalf("exit code %d, standard error %q", code, stderr)
	}
}

func TestRewardComputeNamesTheFieldOfBadInput(t *testing.T) {
	t.Parallel()
	in := `{"rewards":[{"name":"x","rule":{"base":"TOTAL","floor_bps":7000},"contributors":[{"id":"p","role":"COMPLETER","weight":1}],"events":[{"type":"RECEIPT","amount_fen":-5}]}]}`
	stdout, stderr, code := runCommand(t, nil, strings.NewReader(in), "reward", "compute", "--file", "-")
	if code != 1 || !strings.Contains(stderr, "rewards[0].events[0].amount_fen") || stdout != "" {
		t.Fatalf("exit code %d, standard output %q, standard error %q", code, stdout, stderr)
	}
}

func TestWrongArgumentsEndWithCodeTwoAndDoNothing(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"reward", "compute"}, {"reward", "compute", "--file", "/no/such/file"}, {"reward", "compute", "--nonsense"}, {"reward", "compute", "extra", "--file", "-"}} {
		if _, stderr, code := runCommand(t, nil, nil, args...); code != 2 || stderr == "" {
			t.Errorf("%v ends with %d: %q", args, code, stderr)
		}
	}
}
