package ident_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"chengqiao/internal/errs"
	"chengqiao/internal/ident"
)

func TestNewIDsAreCanonicalAndSortByTime(t *testing.T) {
	ids := make([]string, 1000)
	for i := range ids {
		ids[i] = ident.NewID()
		if !ident.IsID(ids[i]) {
			t.Fatalf("%q is not a canonical id", ids[i])
		}
	}
	if !slices.IsSorted(ids) {
		t.Error("ids of one writer do not sort by the time they were made")
	}
	if len(slices.Compact(ids)) != 1000 {
		t.Error("an id was made twice")
	}
}

func TestIsIDRefusesOtherForms(t *testing.T) {
	id := ident.NewID()
	for _, s := range []string{"", "x", strings.ToUpper(id), "{" + id + "}", "urn:uuid:" + id, id + "0"} {
		if ident.IsID(s) {
			t.Errorf("%q passes for a key", s)
		}
	}
}

// golden holds codes and numbers published or computed elsewhere.
type golden struct {
	USCC   []goldenCase `json:"uscc"`
	Patent []goldenCase `json:"patent"`
}

type goldenCase struct {
	Value string `json:"value"`
	Valid bool   `json:"valid"`
}

func readGolden(t *testing.T) golden {
	t.Helper()
	raw, err := os.ReadFile("testdata/identifiers.json")
	if err != nil {
		t.Fatal(err)
	}
	var g golden
	if err := json.Unmarshal(raw, &g); err != nil {
		t.Fatal(err)
	}
	if len(g.USCC) != 26 || len(g.Patent) != 33 {
		t.Fatalf("testdata has %d codes and %d patent numbers, not 26 and 33", len(g.USCC), len(g.Patent))
	}
	return g
}

func TestGoldenCreditCodes(t *testing.T) {
	for _, c := range readGolden(t).USCC {
		code, err := ident.ParseCreditCode(c.Value)
		if (err == nil) != c.Valid {
			t.Errorf("%s: valid %v, want %v (%v)", c.Value, err == nil, c.Valid, err)
		}
		if c.Valid && code.String() != c.Value {
			t.Errorf("%s became %s", c.Value, code)
		}
	}
}

func TestGoldenPatentNumbers(t *testing.T) {
	for _, c := range readGolden(t).Patent {
		_, err := ident.ParsePatentNumber(c.Value)
		if (err == nil) != c.Valid {
			t.Errorf("%q: valid %v, want %v (%v)", c.Value, err == nil, c.Valid, err)
		}
	}
}

func TestCreditCodeErrorsSayWhichRuleBroke(t *testing.T) {
	for value, code := range map[string]string{
		"":                     "credit_code_length",
		"91350100M000100Y4":    "credit_code_length",
		"91350100M000100Y433":  "credit_code_length",
		"91350100M000100I43":   "credit_code_character",
		"9135O100M000100Y43":   "credit_code_character",
		"9135A100M000100Y43":   "credit_code_character",
		"91350100M000100Y53":   "credit_code_organisation_check",
		"91350100M000100Y44":   "credit_code_check",
		"成91350100M000100":     "credit_code_character",
		"92350100M000100Y43":   "credit_code_check",
		" 91350100m000100y43 ": "",
	} {
		_, err := ident.ParseCreditCode(value)
		if code == "" {
			if err != nil {
				t.Errorf("%q: %v", value, err)
			}
			continue
		}
		if errs.KindOf(err) != errs.Invalid || errs.CodeOf(err) != code {
			t.Errorf("%q: %v, want %s", value, err, code)
		}
	}
}

func TestCreditCodeParts(t *testing.T) {
	code, err := ident.ParseCreditCode("91350100M000100Y43")
	if err != nil {
		t.Fatal(err)
	}
	if code.Region() != "350100" || code.Organisation() != "M000100Y4" {
		t.Errorf("region %s, organisation %s", code.Region(), code.Organisation())
	}
	if zero := ident.CreditCode(""); zero.Region() != "" || zero.Organisation() != "" {
		t.Error("an unset code has parts")
	}
}

func TestCompletedCreditCodesParseAndOneChangeIsFound(t *testing.T) {
	const alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
	rapid.Check(t, func(t *rapid.T) {
		prefix := rapid.StringMatching(`[159][1239][0-9]{6}[0-9A-HJ-NP-RT-UW-Y]{8}`).Draw(t, "prefix")
		code, err := ident.CompleteCreditCode(prefix)
		if err != nil {
			t.Fatal(err)
		}
		if parsed, err := ident.ParseCreditCode(code.String()); err != nil || parsed != code {
			t.Fatalf("%s does not parse: %v", code, err)
		}
		at := rapid.IntRange(0, 17).Draw(t, "at")
		other := alphabet[rapid.IntRange(0, len(alphabet)-1).Draw(t, "other")]
		if code[at] == other {
			return
		}
		changed := code.String()[:at] + string(other) + code.String()[at+1:]
		if _, err := ident.ParseCreditCode(changed); err == nil {
			t.Fatalf("%s with place %d changed to %s passes", code, at+1, changed)
		}
	})
}

func TestCompleteCreditCodeRefusesWhatIsNoPrefix(t *testing.T) {
	if _, err := ident.CompleteCreditCode("91350100M000100Y4"); errs.CodeOf(err) != "credit_code_length" {
		t.Errorf("17 characters: %v", err)
	}
	if _, err := ident.CompleteCreditCode("91350100M000100I"); errs.CodeOf(err) != "credit_code_character" {
		t.Errorf("a letter outside the alphabet: %v", err)
	}
}

func TestPatentNumbersBecomeCanonical(t *testing.T) {
	for value, want := range map[string]string{
		"201710601862":           "201710601862.3",
		"zl 2017 1 0601862.3":    "ZL201710601862.3",
		"ZL201710601862":         "ZL201710601862.3",
		"95115608.x":             "95115608.X",
		"95115608":               "95115608.X",
		" 97101765.4 ":           "97101765.4",
		"ZL\u00a0201710601862.3": "ZL201710601862.3",
	} {
		got, err := ident.ParsePatentNumber(value)
		if err != nil || got.String() != want {
			t.Errorf("%q became %q (%v), want %q", value, got, err, want)
		}
	}
}

func TestPatentNumberErrorsSayWhichRuleBroke(t *testing.T) {
	for value, code := range map[string]string{
		"":                 "required",
		"  ":               "required",
		"ZL":               "patent_number_form",
		"201710601862.":    "patent_number_form",
		"201710601862.33":  "patent_number_form",
		"2017106018.62":    "patent_number_form",
		"20171060186２.3":   "patent_number_form",
		"199910601862":     "patent_number_year",
		"201740601862":     "patent_number_kind",
		"97401765":         "patent_number_kind",
		"201710601862.4":   "patent_number_check",
		"ZLZL201710601862": "patent_number_form",
	} {
		_, err := ident.ParsePatentNumber(value)
		if errs.KindOf(err) != errs.Invalid || errs.CodeOf(err) != code {
			t.Errorf("%q: %v, want %s", value, err, code)
		}
	}
}

func TestPatentNumberParts(t *testing.T) {
	granted, err := ident.ParsePatentNumber("ZL201710601862.3")
	if err != nil {
		t.Fatal(err)
	}
	pending, err := ident.ParsePatentNumber("201710601862")
	if err != nil {
		t.Fatal(err)
	}
	if !granted.Granted() || pending.Granted() {
		t.Error("ZL does not tell the granted one")
	}
	if granted.Application() != pending {
		t.Error("the same application has two numbers")
	}
	if granted.Kind() != ident.Invention {
		t.Errorf("kind %c, want invention", granted.Kind())
	}
	if old := ident.PatentNumber("95215608.X"); old.Kind() != ident.UtilityModel {
		t.Errorf("old form: kind %c, want utility model", old.Kind())
	}
}

func TestOneChangedDigitOfAPatentNumberIsFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number, err := ident.CompletePatentNumber(rapid.StringMatching(`20[1-4][0-9][12389][0-9]{7}`).Draw(t, "digits"))
		if err != nil {
			t.Fatal(err)
		}
		at := rapid.IntRange(0, 11).Draw(t, "at")
		other := byte('0' + rapid.IntRange(0, 9).Draw(t, "other"))
		if number[at] == other {
			return
		}
		changed := number.String()[:at] + string(other) + number.String()[at+1:]
		if _, err := ident.ParsePatentNumber(changed); err == nil {
			t.Fatalf("%s changed to %s passes", number, changed)
		}
	})
}

func TestRegistrationNumbers(t *testing.T) {
	for _, good := range []string{"2026650100000123", "20266501000001", " 2026650100000123 "} {
		if n, err := ident.ParseContractNumber(good); err != nil || n.String() != strings.TrimSpace(good) {
			t.Errorf("%q: %q, %v", good, n, err)
		}
	}
	for value, code := range map[string]string{
		"": "required", "202665010000012": "contract_number_form", "2026650100000A23": "contract_number_form",
	} {
		if _, err := ident.ParseContractNumber(value); errs.CodeOf(err) != code {
			t.Errorf("%q: %v, want %s", value, err, code)
		}
	}
}

func TestAchievementNumbers(t *testing.T) {
	n, err := ident.ParseAchievementNumber(" 9652024y0123 ")
	if err != nil || n != "9652024Y0123" || n.Year() != "2024" {
		t.Errorf("%q of %q: %v", n, n.Year(), err)
	}
	if made, err := ident.NewAchievementNumber(965, 2024, 123); err != nil || made != n {
		t.Errorf("made %q, want %q (%v)", made, n, err)
	}
	if _, err := ident.NewAchievementNumber(965, 2024, 12345); errs.CodeOf(err) != "achievement_number_form" {
		t.Errorf("a serial of five digits: %v", err)
	}
	for value, code := range map[string]string{
		"": "required", "9652024X0123": "achievement_number_form", "965202Y40123": "achievement_number_form",
		"9652024Y012": "achievement_number_form", "9652024Y012A": "achievement_number_form",
	} {
		if _, err := ident.ParseAchievementNumber(value); errs.CodeOf(err) != code {
			t.Errorf("%q: %v, want %s", value, err, code)
		}
	}
}

// What a parser accepts it writes in a form that it reads as the same thing.

func FuzzParseCreditCode(f *testing.F) {
	for _, s := range []string{"91350100M000100Y43", "9144030071526726xg", "", "成", "91350100M000100Y4\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		code, err := ident.ParseCreditCode(s)
		if err != nil {
			if errs.KindOf(err) != errs.Invalid {
				t.Fatalf("%q: %v is not the caller's mistake", s, err)
			}
			return
		}
		again, err := ident.ParseCreditCode(code.String())
		if err != nil || again != code {
			t.Fatalf("%q → %q → %q (%v)", s, code, again, err)
		}
	})
}

func FuzzParsePatentNumber(f *testing.F) {
	for _, s := range []string{"ZL201710601862.3", "95115608.x", "201710601862", "", ".", "ZL.", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		number, err := ident.ParsePatentNumber(s)
		if err != nil {
			if errs.KindOf(err) != errs.Invalid {
				t.Fatalf("%q: %v is not the caller's mistake", s, err)
			}
			return
		}
		again, err := ident.ParsePatentNumber(number.String())
		if err != nil || again != number || number.Kind() == 0 {
			t.Fatalf("%q → %q → %q (%v)", s, number, again, err)
		}
	})
}

func FuzzParseRegistrationNumbers(f *testing.F) {
	for _, s := range []string{"2026650100000123", "9652024Y0123", "", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if n, err := ident.ParseContractNumber(s); err == nil {
			if again, err := ident.ParseContractNumber(n.String()); err != nil || again != n {
				t.Fatalf("contract %q → %q → %q (%v)", s, n, again, err)
			}
		}
		if n, err := ident.ParseAchievementNumber(s); err == nil {
			if again, err := ident.ParseAchievementNumber(n.String()); err != nil || again != n || n.Year() == "" {
				t.Fatalf("achievement %q → %q → %q (%v)", s, n, again, err)
			}
		}
	})
}
