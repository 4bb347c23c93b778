// Package rights says what a buyer gets of a result (the offer, exclusive or
// not, in which field of use, where, for how long), and whether one grant of
// it leaves room for another: what one contract has taken, another cannot get
// (domain.md section 2). It holds values and pure functions; who granted what
// is kept elsewhere.
package rights

import (
	"time"

	"chengqiao/internal/clock"
)

// Rights are what a buyer of a component gets. What is not said is not
// limited: no field of use is every field, no territory is everywhere, no term
// is for as long as the right lasts. An exclusivity that is not said is that
// of a plain licence (Civil Code, judicial interpretation on technology
// contracts).
type Rights struct {
	Offer       string `json:"offer,omitempty"`
	Exclusivity string `json:"exclusivity,omitempty"`
	// FieldOfUse lists the fields in words, divided by commas.
	FieldOfUse string `json:"field_of_use,omitempty"`
	// Territory lists regions by their GB/T 2260 codes, "CN" for the whole
	// country, or in words, divided by commas.
	Territory  string `json:"territory,omitempty"`
	TermMonths int    `json:"term_months,omitempty"`
}

// The offers.
const (
	Assign  = "assign"   // 转让: of the patent, the application or the know-how
	Licence = "licence"  // 专利实施许可
	KnowHow = "know_how" // 技术秘密许可
	Service = "service"  // work, which takes no right
	Sale    = "sale"     // of things, which takes no right
)

// The exclusivities of a licence.
const (
	Exclusive    = "EXCLUSIVE"     // 独占: the owner too is excluded
	Sole         = "SOLE"          // 排他: others are, the owner keeps use
	NonExclusive = "NON_EXCLUSIVE" // 普通
	Open         = "OPEN"          // 开放许可: anybody can take it
)

// Grants tells whether anything of the right goes over: by an assignment or a
// licence, not by work or by things sold.
func (r Rights) Grants() bool { return r.Offer == Assign || r.Offer == Licence || r.Offer == KnowHow }

// excludes tells whether no third party may have the same beside it.
func (r Rights) excludes() bool {
	return r.Offer == Assign || r.Exclusivity == Exclusive || r.Exclusivity == Sole
}

// Grant is rights that went over on a civil date.
type Grant struct {
	Rights Rights
	On     clock.Date
}

// Taken is a grant of rights in an achievement, by way of the package in which
// they were offered.
type Taken struct {
	AchievementID string
	PackageID     string
	Grant
}

// Until is the first day on which the right is free again; "" where it never
// is: an assignment has no term, and neither has a licence that names none.
func (g Grant) Until() clock.Date {
	if g.Rights.Offer == Assign || g.Rights.TermMonths == 0 {
		return ""
	}
	from, err := time.Parse(time.DateOnly, string(g.On))
	if err != nil {
		return ""
	}
	const monthsOfYear = 12
	until := from.AddDate(g.Rights.TermMonths/monthsOfYear, g.Rights.TermMonths%monthsOfYear, 0)
	return clock.Date(until.Format(time.DateOnly))
}

// InForce tells whether the grant takes something on a day.
func (g Grant) InForce(today clock.Date) bool {
	until := g.Until()
	return g.Rights.Grants() && (until == "" || today < until)
}

// Bars tells whether the grant leaves no room for wanted rights from today:
//
//   - An assignment took all there was: nothing can be granted any more.
//   - What is exclusive or sole bars every other licence that meets it in field
//     of use and territory, and is barred by every earlier one, an open licence
//     included (Patent Law art. 51: none exclusive beside an open one).
//   - Plain and open licences stand beside each other.
//   - An assignment may follow a plain licence, which the buyer of the right
//     has to bear (让与不破许可), but no exclusive or sole one, which has taken
//     what the buyer would get.
func (g Grant) Bars(wanted Rights, today clock.Date) bool {
	switch taken := g.Rights; {
	case !wanted.Grants() || !g.InForce(today):
		return false
	case taken.Offer == Assign:
		return true
	case wanted.Offer == Assign:
		return taken.excludes()
	default:
		return (taken.excludes() || wanted.excludes()) && taken.meets(wanted)
	}
}

// meets tells whether both reach into one field of use in one territory.
func (r Rights) meets(other Rights) bool {
	return fieldsMeet(r.FieldOfUse, other.FieldOfUse) && territoriesMeet(r.Territory, other.Territory)
}

// Room is how much of something is still to be had.
type Room string

// The rooms.
const (
	Free   Room = "free"   // nothing has been taken
	Partly Room = "partly" // something has, and something can still be granted
	None   Room = "none"   // nothing can be granted any more
)

// RoomIn is what grants leave of one achievement today: none after an
// assignment or a licence that excludes everybody from every field everywhere,
// partly after any other.
func RoomIn(grants []Grant, today clock.Date) Room {
	room := Free
	for _, g := range grants {
		if !g.InForce(today) {
			continue
		}
		if g.Bars(Rights{Offer: Licence, Exclusivity: NonExclusive}, today) && g.Rights.whole() {
			return None
		}
		room = Partly
	}
	return room
}

// whole tells whether it is limited neither in field nor in territory. An
// assignment never is.
func (r Rights) whole() bool {
	return r.Offer == Assign || len(fieldsIn(r.FieldOfUse)) == 0 && everywhere(r.Territory)
}
