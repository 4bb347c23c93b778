package ident

import (
	"strings"

	"chengqiao/internal/errs"
)

// PatentNumber is a Chinese patent application number in its canonical text:
// "201710601862.3", or "ZL201710601862.3" once granted.
type PatentNumber string

// PatentKind is the digit of a patent number that tells what is protected.
type PatentKind byte

// The kinds, as digits of the number.
const (
	Invention       PatentKind = '1' // 发明
	UtilityModel    PatentKind = '2' // 实用新型
	Design          PatentKind = '3' // 外观设计
	InventionPCT    PatentKind = '8' // 进入中国国家阶段的 PCT 发明
	UtilityModelPCT PatentKind = '9' // 进入中国国家阶段的 PCT 实用新型
)

const (
	// grantedPrefix stands for 专利 and precedes the number of a granted patent.
	grantedPrefix = "ZL"
	// The form since October 2003 has year (4), kind (1), serial (7); the
	// older one year (2), kind (1), serial (5).
	patentDigits, oldPatentDigits = 12, 8
	// firstNewFormYear is when the twelve-digit form began.
	firstNewFormYear = "2003"
)

// ParsePatentNumber reads a number of either form, with or without ZL and
// with or without its check digit, forgiving case and spaces; what lacks the
// check digit gets it. Errors are errs.Invalid: "required" for an empty text,
// "patent_number_form", "patent_number_year", "patent_number_kind", and
// "patent_number_check" when the check digit is wrong.
func ParsePatentNumber(s string) (PatentNumber, error) {
	text := strings.ToUpper(strings.Join(strings.Fields(s), ""))
	if text == "" {
		return "", errs.New(errs.Invalid, "required")
	}
	number, granted := strings.CutPrefix(text, grantedPrefix)
	digits, check, hasCheck := strings.Cut(number, ".")
	if !allDigits(digits) || (hasCheck && len(check) != 1) {
		return "", errs.New(errs.Invalid, "patent_number_form")
	}
	completed, err := CompletePatentNumber(digits)
	if err != nil {
		return "", err
	}
	if hasCheck && completed[len(completed)-1] != check[0] {
		return "", errs.New(errs.Invalid, "patent_number_check")
	}
	if granted {
		return grantedPrefix + completed, nil
	}
	return completed, nil
}

// CompletePatentNumber adds the check digit to 12 digits (or 8 of the old
// form). Errors are those of ParsePatentNumber about form, year and kind.
func CompletePatentNumber(digits string) (PatentNumber, error) {
	if !allDigits(digits) {
		return "", errs.New(errs.Invalid, "patent_number_form")
	}
	var kind PatentKind
	switch len(digits) {
	case patentDigits:
		if digits[:4] < firstNewFormYear {
			return "", errs.New(errs.Invalid, "patent_number_year")
		}
		kind = PatentKind(digits[4])
	case oldPatentDigits:
		kind = PatentKind(digits[2])
	default:
		return "", errs.New(errs.Invalid, "patent_number_form")
	}
	switch kind {
	case Invention, UtilityModel, Design, InventionPCT, UtilityModelPCT:
	default:
		return "", errs.New(errs.Invalid, "patent_number_kind")
	}
	return PatentNumber(digits + "." + string(patentCheck(digits))), nil
}

// String is the canonical text.
func (n PatentNumber) String() string { return string(n) }

// Granted says whether the number carries the ZL of a granted patent.
func (n PatentNumber) Granted() bool { return strings.HasPrefix(string(n), grantedPrefix) }

// Application is the number without ZL: the same before and after the grant,
// so what two records of one patent have in common.
func (n PatentNumber) Application() PatentNumber {
	return PatentNumber(strings.TrimPrefix(string(n), grantedPrefix))
}

// Kind tells what is protected; 0 for a value that was never parsed.
func (n PatentNumber) Kind() PatentKind {
	digits, _, _ := strings.Cut(string(n.Application()), ".")
	switch len(digits) {
	case patentDigits:
		return PatentKind(digits[4])
	case oldPatentDigits:
		return PatentKind(digits[2])
	}
	return 0
}

// patentCheck weighs the digits by 2-9, starting again at 2 after 9; the sum
// modulo 11 is the check, ten written X.
func patentCheck(digits string) byte {
	sum := 0
	for i := range len(digits) {
		sum += int(digits[i]-'0') * (i%8 + 2)
	}
	check := sum % 11
	if check == 10 {
		return 'X'
	}
	return byte('0' + check)
}

// allDigits says whether s is one or more ASCII digits.
func allDigits(s string) bool {
	if s == "" {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
