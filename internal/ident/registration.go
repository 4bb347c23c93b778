package ident

import (
	"fmt"
	"strings"

	"chengqiao/internal/errs"
)

// ContractNumber is the registration number of a technology contract 技术合同
// 登记编号: 16 digits (year, region, registry, serial), or 14 of the older
// form. It is text: leading digits matter and nothing is computed from it.
type ContractNumber string

// ParseContractNumber reads a registration number, forgiving surrounding
// space. Errors are errs.Invalid: "required", "contract_number_form".
func ParseContractNumber(s string) (ContractNumber, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return "", errs.New(errs.Invalid, "required")
	}
	if !allDigits(s) || (len(s) != 16 && len(s) != 14) {
		return "", errs.New(errs.Invalid, "contract_number_form")
	}
	return ContractNumber(s), nil
}

// String is the canonical text.
func (n ContractNumber) String() string { return string(n) }

// AchievementNumber is the registration number of a scientific achievement
// 科技成果登记号: three digits of the department, four of the year, 'Y', four of
// the serial.
type AchievementNumber string

const achievementNumberLength = 12

// ParseAchievementNumber reads a registration number, forgiving case and
// surrounding space. Errors are errs.Invalid: "required",
// "achievement_number_form".
func ParseAchievementNumber(s string) (AchievementNumber, error) {
	s = strings.ToUpper(strings.TrimSpace(s))
	if s == "" {
		return "", errs.New(errs.Invalid, "required")
	}
	if len(s) != achievementNumberLength || !allDigits(s[:7]) || s[7] != 'Y' || !allDigits(s[8:]) {
		return "", errs.New(errs.Invalid, "achievement_number_form")
	}
	return AchievementNumber(s), nil
}

// NewAchievementNumber writes a number from its parts: department 0-999, year
// of four digits, serial 0-9999. Errors are those of ParseAchievementNumber.
func NewAchievementNumber(department, year, serial int) (AchievementNumber, error) {
	return ParseAchievementNumber(fmt.Sprintf("%03d%04dY%04d", department, year, serial))
}

// String is the canonical text.
func (n AchievementNumber) String() string { return string(n) }

// Year is the year of registration as four digits; "" for a value that was
// never parsed.
func (n AchievementNumber) Year() string {
	if len(n) != achievementNumberLength {
		return ""
	}
	return string(n[3:7])
}
