package listing

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"chengqiao/config"
	"chengqiao/internal/errs"
)

func TestChangesNameThePlaceAndBothValues(t *testing.T) {
	before := `{"title":{"zh":"甲"},"claims":[{"metric":"效率","value":"9.0"},{"metric":"寿命","value":"1"}],"trl":4}`
	after := `{"title":{"zh":"甲","en":"A"},"claims":[{"metric":"效率","value":"9.00"}],"trl":5}`
	changes, err := ChangesOf(json.RawMessage(before), json.RawMessage(after))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range changes {
		got = append(got, c.Path+" "+string(c.Before)+" → "+string(c.After))
	}
	want := []string{
		`claims[0].value "9.0" → "9.00"`, `claims[1] {"metric":"寿命","value":"1"} → `, `title.en  → "A"`, `trl 4 → 5`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("changes %q, want %q", got, want)
	}
	if same, err := ChangesOf(json.RawMessage(after), json.RawMessage(after)); err != nil || len(same) != 0 {
		t.Errorf("a text differs from itself: %v (%v)", same, err)
	}
}

// What an older program wrote in one language as a plain string says the same in its language.
func TestATextThatAnOlderProgramWroteIsNoChange(t *testing.T) {
	before := `{"claims":[{"metric":"效率","value":"9","conditions":"25 ℃"},{"metric":"","value":"1"}],"title":{"zh":"甲"}}`
	for after, want := range map[string][]string{
		`{"claims":[{"metric":{"zh":"效率"},"value":"9","conditions":{"en":"25 ℃"}},{"metric":{},"value":"1"}],"title":{"zh":"甲"}}`: nil,
		`{"claims":[{"metric":{"zh":"效率","en":"Efficiency"},"value":"9","conditions":{"en":"30 ℃"}},{"metric":{},"value":"1"}],"title":{"zh":"甲"}}`: {
			`claims[0].conditions.en "25 ℃" → "30 ℃"`, `claims[0].metric.en  → "Efficiency"`,
		},
	} {
		for _, pair := range [][2]string{{before, after}, {after, before}} {
			changes, err := ChangesOf(json.RawMessage(pair[0]), json.RawMessage(pair[1]))
			if err != nil || len(changes) != len(want) {
				t.Errorf("%+v, %v", changes, err)
			}
			for i, c := range changes {
				if got := c.Path + " " + string(c.Before) + " → " + string(c.After); pair[0] == before && got != want[i] {
					t.Errorf("%s, want %s", got, want[i])
				}
			}
		}
	}
}

func TestEveryPointIsAnsweredBeforeAPublication(t *testing.T) {
	lists, err := LoadChecklists(config.Files)
	if err != nil {
		t.Fatal(err)
	}
	all := func(change func(i int, a *CheckAnswer)) []CheckAnswer {
		var out []CheckAnswer
		for i, p := range lists["package"] {
			a := CheckAnswer{Code: p.Code, OK: true}
			change(i, &a)
			out = append(out, a)
		}
		return out
	}
	right := all(func(int, *CheckAnswer) {})
	wrong := all(func(i int, a *CheckAnswer) {
		if i == 1 {
			a.OK, a.Reason = false, "看不懂"
		}
	})
	bare := all(func(i int, a *CheckAnswer) { a.OK = i != 0 })
	for name, c := range map[string]struct {
		verb    string
		answers []CheckAnswer
		field   string
	}{
		"all right":                       {Publish, right, ""},
		"nothing answered":                {Publish, nil, "check_missing"},
		"one left out":                    {Publish, right[1:], "check_missing"},
		"one wrong":                       {Publish, wrong, "check_failed"},
		"one twice":                       {Publish, append(slices.Clone(right), right[0]), "duplicate"},
		"a point of another list":         {Publish, append(slices.Clone(right), CheckAnswer{Code: "budget", OK: true}), "unknown_value"},
		"returned with a reason":          {Return, wrong, ""},
		"returned before all was read":    {Return, wrong[:2], ""},
		"returned, a fault unexplained":   {Return, bare, "required"},
		"returned without a word on them": {Return, nil, ""},
	} {
		err := lists.check("package", c.verb, c.answers)
		got := ""
		if err != nil {
			got = errs.As(err).Fields[0].Code
		}
		if got != c.field {
			t.Errorf("%s: %q, want %q", name, got, c.field)
		}
	}
	if err := (Checklists{}).check("package", Publish, nil); err != nil {
		t.Errorf("a kind without points: %v", err)
	}
}

func TestALetterConfirmsWhatItWasWrittenAbout(t *testing.T) {
	key := LetterKey("a key of thirty-two characters!!")
	letter := Letter{Kind: "achievement", ListingID: "0198", ConfirmBy: "2026-12-01", AccountID: "acc"}
	token := key.Token(letter)
	day := func(s string) time.Time {
		at, err := time.Parse(time.DateOnly, s)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	if got, err := key.Open(token, day("2026-11-23")); err != nil || got != letter {
		t.Errorf("it opens as %+v (%v)", got, err)
	}
	if _, err := key.Open(token, day("2027-01-30")); err != nil {
		t.Errorf("after its day, within the period: %v", err)
	}
	forged := LetterKey("another key of thirty-two chars!").Token(letter)
	cut := token[:len(token)-2]
	for name, c := range map[string]struct{ token, on string }{
		"too late": {token, "2027-02-01"}, "forged": {forged, "2026-11-23"}, "cut": {cut, "2026-11-23"},
		"empty": {"", "2026-11-23"}, "nonsense": {"a.b", "2026-11-23"}, "of its text alone": {token[:20], "2026-11-23"},
	} {
		if _, err := key.Open(c.token, day(c.on)); errs.CodeOf(err) != "confirmation_invalid" {
			t.Errorf("%s: %v", name, err)
		}
	}
}
