package deal

import (
	"slices"
	"unicode/utf8"

	"chengqiao/internal/errs"
)

// DeclineReasons are the codes with which an introduction is declined. Every
// introduction ends in yes or in one of them (domain.md section 5), so that
// what keeps the two sides apart can be counted.
var DeclineReasons = []string{
	"not_available",   // 成果已被占用或不再提供
	"not_suitable",    // 技术不符合需要
	"not_mature",      // 成熟度不足
	"budget_too_low",  // 预算不足
	"price_too_high",  // 报价过高
	"no_capacity",     // 暂无人力承接
	"already_talking", // 已与他人洽谈
	"unknown_party",   // 对方情况不明
	ReasonOther,
}

// CloseReasons are the codes with which a deal ends without a contract.
var CloseReasons = []string{
	"price_not_agreed",  // 价格未谈拢
	"terms_not_agreed",  // 条款未谈拢
	"not_suitable",      // 技术不符合需要
	"not_mature",        // 成熟度不足
	"rights_not_free",   // 权利已被占用
	"need_changed",      // 需求已变化
	"partner_silent",    // 对方不再回应
	"funding_missing",   // 资金未落实
	"done_elsewhere",    // 已另行解决
	"opened_by_mistake", // 误开
	ReasonOther,
}

// ReasonOther stands for a reason that is not in the list and has to be told
// in words.
const ReasonOther = "other"

// MaxReason is the length of a reason told in words, in characters.
const MaxReason = 2000

// Reason says why something ended: a code of the list, and words.
type Reason struct {
	Code string
	// Text is for the other side to read; it may stay empty, unless Code is
	// ReasonOther.
	Text string
}

// check refuses a reason that is not on the list.
func (r Reason) check(list []string) error {
	var fields []errs.Field
	switch {
	case r.Code == "":
		fields = append(fields, errs.Field{Path: "reason_code", Code: "required"})
	case !slices.Contains(list, r.Code):
		fields = append(fields, errs.Field{Path: "reason_code", Code: "unknown_value"})
	case r.Code == ReasonOther && r.Text == "":
		fields = append(fields, errs.Field{Path: "reason", Code: "required"})
	}
	if utf8.RuneCountInString(r.Text) > MaxReason {
		fields = append(fields, errs.Field{Path: "reason", Code: "too_long", Params: errs.Params{"max": MaxReason}})
	}
	return errs.InvalidFields(fields)
}
