package message_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"chengqiao/internal/message"
)

func TestEveryCodeInTheProgramHasItsTexts(t *testing.T) {
	used := codesOfProgram(t)
	for _, locale := range message.Locales {
		problems, fields := message.Codes(locale)
		for code, where := range used.problems {
			if problems[code] == "" {
				t.Errorf("%s: no text for the problem %q of %s", locale, code, where)
			}
		}
		for code, where := range used.fields {
			if fields[code] == "" {
				t.Errorf("%s: no text for the field's code %q of %s", locale, code, where)
			}
		}
	}
}

func TestNoTextIsLeftOverFromACodeThatIsGone(t *testing.T) {
	used := codesOfProgram(t)
	problems, fields := message.Codes(message.Locales[0])
	for _, texts := range []map[string]string{problems, fields} {
		for code := range texts {
			if !used.literals[code] {
				t.Errorf("nothing in the program says %q", code)
			}
		}
	}
}

var placeholder = regexp.MustCompile(`\{[a-z_]+\}`)

func TestBothLanguagesHaveTheSameTextsWithTheSamePlaces(t *testing.T) {
	zhProblems, zhFields := message.Codes("zh-CN")
	enProblems, enFields := message.Codes("en")
	for _, pair := range [][2]map[string]string{{zhProblems, enProblems}, {zhFields, enFields}} {
		zh, en := pair[0], pair[1]
		for _, code := range slices.Sorted(maps.Keys(zh)) {
			if _, there := en[code]; !there {
				t.Errorf("%q is said in Chinese alone", code)
			}
		}
		for _, code := range slices.Sorted(maps.Keys(en)) {
			if _, there := zh[code]; !there {
				t.Errorf("%q is said in English alone", code)
				continue
			}
			if a, b := places(zh[code]), places(en[code]); !slices.Equal(a, b) {
				t.Errorf("%q has the places %v in Chinese and %v in English", code, a, b)
			}
			if !strings.ContainsFunc(zh[code], func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
				t.Errorf("%q is not Chinese: %q", code, zh[code])
			}
		}
	}
}

func places(text string) []string {
	found := placeholder.FindAllString(text, -1)
	slices.Sort(found)
	return slices.Compact(found)
}

func TestARefusalSaysItsReason(t *testing.T) {
	for reason, want := range map[string]string{
		"organisation_not_verified": "Your organisation can do this once it is verified.",
		"not_a_party":               "You are not allowed to do this.",
	} {
		if got := message.Problem("en", "not_allowed", map[string]any{"reason": reason}); got != want {
			t.Errorf("%s is told as %q", reason, got)
		}
	}
}

func TestParametersAreFilledInOnceAndAsTheyAre(t *testing.T) {
	for _, c := range []struct {
		text   string
		want   string
		locale string
	}{
		{message.Field("en", "too_long", map[string]any{"max": 300}), "300", "en"},
		{message.Field("zh-CN", "too_long", map[string]any{"max": 300}), "300", "zh-CN"},
		{message.Field("en", "file_unreadable", map[string]any{"path": "{path}{max}", "max": "no"}), "{path}{max}", "en"},
		{message.Problem("zh-CN", "body_too_large", map[string]any{"limit_bytes": int64(50<<20 + 64<<10)}), "上限为 50 MB", "zh-CN"},
		{message.Problem("en", "main_contributors_below_floor", map[string]any{"floor_bps": int64(7000), "needed_bps": int64(7778)}), "70%. Raise the team’s rate to at least 77.78%", "en"},
		{message.Problem("zh-CN", "main_contributors_below_floor", map[string]any{"floor_bps": int64(7000), "reason": "main_contributors_too_light"}), "即使全部分给团队，所得也达不到下限 70%", "zh-CN"},
		{message.Problem("zh-CN", "rule_below_legal_floor", map[string]any{"base": "NET", "floor_bps": int64(7000), "floor_id": "xinjiang-2020"}), "不得低于转化净收入的 70%（xinjiang-2020）", "zh-CN"},
		{message.Problem("en", "file_too_large", map[string]any{"limit_bytes": 1536}), "is 1.5 KB.", "en"},
	} {
		if !strings.Contains(c.text, c.want) {
			t.Errorf("%s: %q does not say %q", c.locale, c.text, c.want)
		}
	}
}

func TestAnUnknownCodeIsShownItselfAndAnUnknownLocaleSpeaksChinese(t *testing.T) {
	if got := message.Problem("en", "no_such_code", nil); got != "no_such_code" {
		t.Errorf("%q", got)
	}
	if got, want := message.Problem("kk", "not_found", nil), message.Problem("zh-CN", "not_found", nil); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
