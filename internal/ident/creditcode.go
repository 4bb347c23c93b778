package ident

import (
	"strings"

	"chengqiao/internal/errs"
)

// CreditCode is a unified social credit code 统一社会信用代码 (GB 32100-2015) in
// its canonical text: 18 characters in upper case whose two checks hold.
type CreditCode string

// creditAlphabet holds the digits of the code's base 31 in order of value;
// I, O, S, V and Z are left out for their likeness to digits.
const creditAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// orgAlphabet holds the values 0-35 of the organisation code's characters
// (GB 11714), which knows all letters.
const orgAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

// orgWeights are the weights of the organisation code's eight places.
var orgWeights = [8]int{3, 7, 9, 10, 5, 8, 4, 2}

const (
	creditLength = 18
	// The parts of a code, as half-open ranges of its characters.
	regionStart, regionEnd = 2, 8
	orgStart, orgEnd       = 8, 17
)

// ParseCreditCode reads a code, forgiving case and surrounding space. Errors
// are errs.Invalid: "credit_code_length", "credit_code_character" (with the
// position from 1), "credit_code_organisation_check" when place 17 does not
// check places 9-16, and "credit_code_check" when place 18 does not check the
// rest.
func ParseCreditCode(s string) (CreditCode, error) {
	s = strings.ToUpper(strings.TrimSpace(s))
	if len(s) != creditLength {
		return "", errs.Newp(errs.Invalid, "credit_code_length", errs.Params{"expected": creditLength})
	}
	if err := creditCharacters(s); err != nil {
		return "", err
	}
	if s[orgEnd-1] != orgCheck(s[orgStart:orgEnd-1]) {
		return "", errs.New(errs.Invalid, "credit_code_organisation_check")
	}
	if s[creditLength-1] != creditCheck(s[:creditLength-1]) {
		return "", errs.New(errs.Invalid, "credit_code_check")
	}
	return CreditCode(s), nil
}

// CompleteCreditCode makes a code from its first 16 characters by computing
// both checks: for values that a demo or a test needs. Errors are
// "credit_code_length" and "credit_code_character" as in ParseCreditCode.
func CompleteCreditCode(prefix16 string) (CreditCode, error) {
	s := strings.ToUpper(strings.TrimSpace(prefix16))
	if len(s) != creditLength-2 {
		return "", errs.Newp(errs.Invalid, "credit_code_length", errs.Params{"expected": creditLength - 2})
	}
	if err := creditCharacters(s); err != nil {
		return "", err
	}
	s += string(orgCheck(s[orgStart:]))
	s += string(creditCheck(s))
	return CreditCode(s), nil
}

// String is the canonical text.
func (c CreditCode) String() string { return string(c) }

// Region is the GB/T 2260 code of the registering authority, places 3-8.
func (c CreditCode) Region() string {
	if len(c) != creditLength {
		return ""
	}
	return string(c[regionStart:regionEnd])
}

// Organisation is the nine-character organisation code, places 9-17.
func (c CreditCode) Organisation() string {
	if len(c) != creditLength {
		return ""
	}
	return string(c[orgStart:orgEnd])
}

// creditCharacters refuses a character outside the alphabet, and a letter
// inside the region code, which GB/T 2260 writes in digits.
func creditCharacters(s string) error {
	for i := range len(s) {
		digit := s[i] >= '0' && s[i] <= '9'
		inRegion := i >= regionStart && i < regionEnd
		if strings.IndexByte(creditAlphabet, s[i]) < 0 || (inRegion && !digit) {
			return errs.Newp(errs.Invalid, "credit_code_character", errs.Params{"position": i + 1})
		}
	}
	return nil
}

// orgCheck is the check character of the organisation code's eight places.
func orgCheck(eight string) byte {
	sum := 0
	for i := range len(orgWeights) {
		sum += strings.IndexByte(orgAlphabet, eight[i]) * orgWeights[i]
	}
	switch check := 11 - sum%11; check {
	case 10:
		return 'X'
	case 11:
		return '0'
	default:
		return byte('0' + check)
	}
}

// creditCheck is the check character of the first 17 places: place i (from 1)
// weighs 3^(i-1) mod 31.
func creditCheck(seventeen string) byte {
	sum, weight := 0, 1
	for i := range len(seventeen) {
		sum += strings.IndexByte(creditAlphabet, seventeen[i]) * weight
		weight = weight * 3 % 31
	}
	return creditAlphabet[(31-sum%31)%31]
}
