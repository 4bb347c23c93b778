package deal

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"chengqiao/internal/errs"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/policy"
)

// IntroductionKind is the kind of introductions in journal and history.
const IntroductionKind = "introduction"

// The states of an introduction.
const (
	Open      lifecycle.State = "open"
	Accepted  lifecycle.State = "accepted"
	Declined  lifecycle.State = "declined"
	Withdrawn lifecycle.State = "withdrawn"
	Lapsed    lifecycle.State = "lapsed" // 无答复
)

// IntroductionMachine holds the legal steps of an introduction: it is answered
// once, taken back before that, or lapses when its clock has run out.
var IntroductionMachine = lifecycle.Machine{Kind: IntroductionKind, Edges: []lifecycle.Edge{
	{From: lifecycle.New, To: Open, Action: string(policy.IntroductionCreate)},
	{From: Open, To: Accepted, Action: string(policy.IntroductionAccept)},
	{From: Open, To: Declined, Action: string(policy.IntroductionDecline), NeedsReason: true},
	{From: Open, To: Withdrawn, Action: string(policy.IntroductionWithdraw)},
	{From: Open, To: Lapsed, Action: string(policy.IntroductionLapse)},
}}

// Introduction 引荐 is one organisation's wish to talk to another about a
// package, a need, or both, or about a result in no package and the need that it
// may meet. Who introduced whom, and when, is a record.
type Introduction struct {
	ID       string
	Position lifecycle.Position
	Version  int64
	// FromOrg asks, ToOrg has to answer. In a reader's copy the one behind an
	// anonymous need is empty while it is concealed from that reader, see For.
	FromOrg, ToOrg string
	// SellerAsks: FromOrg offers the technology; otherwise it wants it.
	SellerAsks bool
	Topic
	// MatchID is the match it started from; empty when a person found it.
	MatchID string
	// BrokerOrg is the mediator that had put the two together by hand when the
	// introduction was made; empty for none.
	BrokerOrg string
	// Anonymous: the need hides its organisation, which is the buyer, until
	// the introduction is accepted.
	Anonymous bool
	Message   string
	// MadeBy is the account that asked.
	MadeBy   string
	MadeAt   time.Time
	AnswerBy time.Time
	// EndedAt is when it was answered, withdrawn or lapsed; zero while open.
	EndedAt time.Time
	// Reason is set when it was declined.
	Reason Reason
	// DealID is the deal that its acceptance opened, DealState how that stands
	// now; both empty for none.
	DealID    string
	DealState lifecycle.State
}

// Facts are what policy has to know of it: the asker owns it, the asked side
// is the counterparty.
func (i Introduction) Facts() policy.Facts {
	return policy.Facts{OwnerOrg: i.FromOrg, Counterparty: i.ToOrg, Parties: []string{i.FromOrg, i.ToOrg}}
}

// Seller is the organisation that offers.
func (i Introduction) Seller() string {
	if i.SellerAsks {
		return i.FromOrg
	}
	return i.ToOrg
}

// Buyer is the organisation that wants it.
func (i Introduction) Buyer() string {
	if i.SellerAsks {
		return i.ToOrg
	}
	return i.FromOrg
}

// For is the copy that members of an organisation may read: the organisation
// behind an anonymous need stays out of it until the introduction is accepted.
func (i Introduction) For(org string) Introduction {
	if !i.Anonymous || i.Position.State == Accepted || org == i.Buyer() {
		return i
	}
	if i.SellerAsks {
		i.ToOrg = ""
	} else {
		i.FromOrg, i.MadeBy = "", ""
	}
	return i
}

// actionsFor are the verbs of the steps that the actor may take now.
func (i Introduction) actionsFor(actor policy.Actor) []string {
	return allowedVerbs(IntroductionMachine, i.Position.State, actor, i.Facts())
}

// allowedVerbs are the legal actions of a state that policy allows, without
// the kind before the dot.
func allowedVerbs(m lifecycle.Machine, from lifecycle.State, actor policy.Actor, facts policy.Facts) []string {
	var out []string
	for _, action := range m.Actions(from) {
		if policy.Check(actor, policy.Action(action), facts).Allowed() {
			_, verb, _ := strings.Cut(action, ".")
			out = append(out, verb)
		}
	}
	return out
}

// Topic is what two organisations talk about: a package or a need, at least one of
// them, or a need and a result that may meet it.
type Topic struct {
	PackageID, NeedID string
	// AchievementID is a result (成果) that is offered as it is; a package is not
	// named then, and a need is.
	AchievementID string
}

// Offered is the package or the result that the talk is about; "" for neither.
func (t Topic) Offered() string { return cmp.Or(t.PackageID, t.AchievementID) }

// ids are those that there are, by their names in events.
func (t Topic) ids() map[string]string {
	return map[string]string{"package_id": t.PackageID, "achievement_id": t.AchievementID, "need_id": t.NeedID}
}

func (t Topic) check() (fields []errs.Field) {
	switch {
	case t.PackageID == "" && t.NeedID == "" && t.AchievementID == "":
		fields = append(fields, errs.Field{Path: "package_id", Code: "required"})
	case t.AchievementID == "":
	case t.PackageID != "":
		fields = append(fields, errs.Field{Path: "achievement_id", Code: "not_with_package"})
	case t.NeedID == "":
		fields = append(fields, errs.Field{Path: "need_id", Code: "required"})
	}
	return fields
}

// pairKey names the two sides of a talk, whoever of them begins it: what is
// offered and the need, or what there is of them with the organisation that asks.
// It goes by what the sides can see of each other and never by the organisation
// that an anonymous need conceals, which a refused second introduction would
// otherwise betray.
func (t Topic) pairKey(asker string) string {
	if t.Offered() != "" && t.NeedID != "" {
		return t.Offered() + "|" + t.NeedID
	}
	return t.Offered() + "|" + t.NeedID + "|" + asker
}

// Box chooses a side of the introductions of an organisation.
type Box string

// The boxes; AnyBox is both.
const (
	AnyBox   Box = ""
	Received Box = "received"
	Sent     Box = "sent"
)

// Valid tells whether b is a known box.
func (b Box) Valid() bool { return slices.Contains([]Box{AnyBox, Received, Sent}, b) }
