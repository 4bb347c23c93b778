package text_test

import (
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"chengqiao/internal/text"
)

func TestATextIsReadInTheLanguageThereIs(t *testing.T) {
	both := text.Text{Zh: "电池", En: "Battery"}
	for _, c := range []struct {
		text         text.Text
		locale, want string
	}{
		{both, text.Chinese, "电池"},
		{both, text.English, "Battery"},
		{text.Zh("电池"), text.English, "电池"},
		{text.En("Battery"), text.Chinese, "Battery"},
		{text.Text{}, text.English, ""},
	} {
		if got := c.text.In(c.locale); got != c.want {
			t.Errorf("%+v in %s is %q, want %q", c.text, c.locale, got, c.want)
		}
	}
}

func TestAnAbsentTextLeavesNoTraceInJSON(t *testing.T) {
	got, err := json.Marshal(struct {
		A text.Text `json:"a,omitzero"`
		B text.Text `json:"b,omitzero"`
	}{B: text.Zh("有")})
	if err != nil || string(got) != `{"b":{"zh":"有"}}` {
		t.Fatalf("%s, %v", got, err)
	}
}

// Contents that are stored, published and signed stay as they were written.
func TestATextOfAnOlderProgramIsReadInTheLanguageOfItsScript(t *testing.T) {
	for raw, want := range map[string]text.Text{
		`"容量保持率"`:                    text.Zh("容量保持率"),
		`"COP (A7/W35)"`:             text.En("COP (A7/W35)"),
		`"亩产 / grain yield"`:         text.Zh("亩产 / grain yield"),
		`"−30 ℃，0.5C"`:               text.En("−30 ℃，0.5C"),
		`""`:                         {},
		`null`:                       {},
		`{"zh":"亩产","en":"Yield"}`:   {Zh: "亩产", En: "Yield"},
		`{"en":"\"quoted\" \u00b0"}`: text.En("\"quoted\" °"),
	} {
		var got text.Text
		if err := json.Unmarshal([]byte(raw), &got); err != nil || got != want {
			t.Errorf("%s is %+v, %v", raw, got, err)
		}
	}
	for _, raw := range []string{`7`, `["甲"]`, `{"zh":7}`} {
		var got text.Text
		if err := json.Unmarshal([]byte(raw), &got); err == nil {
			t.Errorf("%s is read as %+v", raw, got)
		}
	}
}

func TestFoldingMakesWritingsOfOneWordEqual(t *testing.T) {
	for _, pair := range [][2]string{
		{"ＬｉＦｅＰＯ４　电池", "lifepo4 电池"},
		{"  a \n b ", "a b"},
		{"ⅣB族", "ivb族"},
		{"\u1ffa\u0345", "\u1ff2"}, // ῲ, written with its capital and a mark
	} {
		if got := text.Fold(pair[0]); got != pair[1] {
			t.Errorf("%q folds to %q, want %q", pair[0], got, pair[1])
		}
	}
}

func TestFoldingTwiceChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		once := text.Fold(rapid.String().Draw(t, "text"))
		if twice := text.Fold(once); twice != once {
			t.Fatalf("%q folds again to %q", once, twice)
		}
	})
}

func TestATextOfSpacesIsBlank(t *testing.T) {
	for _, blank := range []string{"", " ", "\t\r\n", "\u3000\u00a0", "\u200b\ufeff \u200d", "\x00"} {
		if !text.Blank(blank) {
			t.Errorf("%q is taken for a text", blank)
		}
	}
	for _, said := range []string{"a", " 。 ", "\u200b无\u200b", "-", "0", "👍"} {
		if text.Blank(said) {
			t.Errorf("%q is taken for nothing", said)
		}
	}
}

func TestATrimmedTextHasNoLanguageInWhichNothingIsToRead(t *testing.T) {
	for in, want := range map[text.Text]text.Text{
		{Zh: " 成桥\n", En: "\u200b"}:          {Zh: "成桥"},
		{Zh: "\u3000\u200d", En: " bridge "}: {En: "bridge"},
		{Zh: "\ufeff"}:                       {},
	} {
		if got := in.Trimmed(); got != want {
			t.Errorf("%q is trimmed to %q, want %q", in, got, want)
		}
	}
}

// However it is written, what is read is what the general way reads.
func TestATextIsReadAsJSONReadsIt(t *testing.T) {
	type both struct {
		Zh string `json:"zh"`
		En string `json:"en"`
	}
	pieces := []string{`{`, `}`, `"zh":`, `"en":`, `"zh" : `, `"ru":`, `"成果"`, `"a \"b\""`, `""`, "\"\xff\"", `,`, ` `, `null`, `1`, `{}`}
	rapid.Check(t, func(rt *rapid.T) {
		raw := "{" + strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 8).Draw(rt, "pieces"), "") + "}"
		var want both
		var got text.Text
		wantErr, gotErr := json.Unmarshal([]byte(raw), &want), json.Unmarshal([]byte(raw), &got)
		if (wantErr == nil) != (gotErr == nil) || wantErr == nil && got != (text.Text{Zh: want.Zh, En: want.En}) {
			rt.Fatalf("%s is read as %+v (%v), want %+v (%v)", raw, got, gotErr, want, wantErr)
		}
	})
}
