package contract

import (
	"strings"
	"time"

	"chengqiao/internal/clock"
)

// Rights are what the buyer gets of a component.
type Rights struct {
	Offer       string `json:"offer,omitempty"`
	Exclusivity string `json:"exclusivity,omitempty"`
	FieldOfUse  string `json:"field_of_use,omitempty"`
	Territory   string `json:"territory,omitempty"`
	TermMonths  int    `json:"term_months,omitempty"`
}

// Offers and exclusivities that take something away from others.
const (
	assign     = "assign"    // 转让
	licence    = "licence"   // 专利实施许可
	knowHow    = "know_how"  // 技术秘密许可
	exclusive  = "EXCLUSIVE" // 独占: the owner too is excluded
	sole       = "SOLE"      // 排他: others are, the owner keeps use
	monthsYear = 12
)

// TakenRights are rights in an achievement that a contract in force took.
type TakenRights struct {
	ContractID    string
	AchievementID string
	Rights        Rights
	SignedOn      clock.Date
}

// bars tells whether rights taken on a date leave no room for the wanted ones:
// what one contract has taken, another cannot get.
func (t TakenRights) bars(wanted Rights, today clock.Date) bool {
	taken := t.Rights
	if !taken.granting() || !wanted.granting() || taken.ended(t.SignedOn, today) {
		return false
	}
	switch {
	case taken.Offer == assign:
		return true
	case wanted.Offer == assign:
		// A plain licence outlives the sale of the patent; an exclusive one
		// has taken what the new owner would get.
		return taken.exclusive()
	default:
		return taken.overlaps(wanted) && (taken.exclusive() || wanted.exclusive())
	}
}

// granting: an assignment or a licence, not a service or a sale of things.
func (r Rights) granting() bool {
	return r.Offer == assign || r.Offer == licence || r.Offer == knowHow
}

func (r Rights) exclusive() bool { return r.Exclusivity == exclusive || r.Exclusivity == sole }

// overlaps: in field of use and in territory; an unsaid one is all of it.
func (r Rights) overlaps(other Rights) bool {
	meet := func(a, b string) bool {
		a, b = strings.TrimSpace(a), strings.TrimSpace(b)
		return a == "" || b == "" || strings.EqualFold(a, b)
	}
	return meet(r.FieldOfUse, other.FieldOfUse) && meet(r.Territory, other.Territory)
}

// ended: a licence with a term that has run out. An assignment has none.
func (r Rights) ended(signedOn, today clock.Date) bool {
	if r.Offer == assign || r.TermMonths == 0 {
		return false
	}
	from, err := time.Parse(time.DateOnly, string(signedOn))
	if err != nil {
		return false
	}
	until := from.AddDate(r.TermMonths/monthsYear, r.TermMonths%monthsYear, 0)
	return clock.Date(until.Format(time.DateOnly)) <= today
}
