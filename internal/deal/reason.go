package deal

import (
	"chengqiao/internal/errs"
	"chengqiao/internal/text"
)

// Reasons knows the coded lists of reasons; taxonomy.Set is one.
type Reasons interface {
	// Has tells whether a list has a code.
	Has(list, code string) bool
}

// ReasonOther stands for a reason that is not in the list and has to be told
// in words.
const ReasonOther = "other"

// MaxReason is the length of a reason told in words, in characters.
const MaxReason = 2000

// Reason says why something ended, so that what keeps the two sides apart can
// be counted: a code of the list taxonomy.DeclineReason (of an introduction)
// or taxonomy.CloseReason (of a deal), and words.
type Reason struct {
	Code string
	// Text is for the other side to read; it may stay empty, unless Code is
	// ReasonOther.
	Text string
}

// coded is the reason with a code: words alone are some other reason.
func (r Reason) coded() Reason {
	if r.Code == "" && r.Text != "" {
		r.Code = ReasonOther
	}
	return r
}

// check refuses a reason that is not on the list.
func (r Reason) check(reasons Reasons, list string) error {
	var fields []errs.Field
	switch {
	case r.Code == "":
		fields = append(fields, errs.Field{Path: "reason_code", Code: "required"})
	case !reasons.Has(list, r.Code):
		fields = append(fields, errs.Field{Path: "reason_code", Code: "unknown_value"})
	case r.Code == ReasonOther && text.Blank(r.Text):
		fields = append(fields, errs.Field{Path: "reason", Code: "required"})
	}
	if text.Length(r.Text) > MaxReason {
		fields = append(fields, errs.Field{Path: "reason", Code: "too_long", Params: errs.Params{"max": MaxReason}})
	}
	return errs.InvalidFields(fields)
}
