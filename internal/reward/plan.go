package reward

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/policy"
	"chengqiao/internal/text"
)

// PlanKind is the kind of plans in journal and history.
const PlanKind = "plan"

// The states of a plan (domain.md section 7, life of a reward plan).
const (
	PlanDraft      lifecycle.State = "draft"
	PlanProposed   lifecycle.State = "proposed"   // the contributors confirm
	PlanConfirmed  lifecycle.State = "confirmed"  // all have
	PlanDecided    lifecycle.State = "decided"    // the institution has decided, minutes attached
	PlanPublicised lifecycle.State = "publicised" // 公示
	PlanDisputed   lifecycle.State = "disputed"   // an objection waits for its answer
	PlanEffective  lifecycle.State = "effective"
	PlanSuperseded lifecycle.State = "superseded" // by a later version
)

// PlanMachine holds the legal steps of a plan. A single confirmation leaves
// it proposed and is no step; the last one is.
var PlanMachine = lifecycle.Machine{Kind: PlanKind, Edges: []lifecycle.Edge{
	{From: lifecycle.New, To: PlanDraft, Action: string(policy.PlanCreate)},
	{From: PlanDraft, To: PlanProposed, Action: string(policy.PlanPropose)},
	{From: PlanProposed, To: PlanConfirmed, Action: string(policy.PlanConfirmed)},
	{From: PlanConfirmed, To: PlanDecided, Action: string(policy.PlanDecide)},
	{From: PlanDecided, To: PlanPublicised, Action: string(policy.PlanPublicise)},
	{From: PlanPublicised, To: PlanDisputed, Action: string(policy.PlanObject), NeedsReason: true},
	{From: PlanDisputed, To: PlanPublicised, Action: string(policy.PlanAnswer), NeedsReason: true},
	{From: PlanPublicised, To: PlanEffective, Action: string(policy.PlanEffect)},
	{From: PlanEffective, To: PlanSuperseded, Action: string(policy.PlanSupersede)},
	{From: PlanProposed, To: PlanDraft, Action: string(policy.PlanReopen), NeedsReason: true},
	{From: PlanConfirmed, To: PlanDraft, Action: string(policy.PlanReopen), NeedsReason: true},
	{From: PlanDecided, To: PlanDraft, Action: string(policy.PlanReopen), NeedsReason: true},
	{From: PlanPublicised, To: PlanDraft, Action: string(policy.PlanReopen), NeedsReason: true},
	{From: PlanDisputed, To: PlanDraft, Action: string(policy.PlanReopen), NeedsReason: true},
}}

// Leader tells whether a contributor leads the institution, which the
// decision has to look at.
type Leader string

// The leaders.
const (
	NoLeader     Leader = "none"
	DeputyLeader Leader = "deputy" // 副职
	ChiefOfAll   Leader = "chief"  // 正职: cash after a collective decision, no equity
)

// Agreed is the id of a rule that the owner's people agreed on themselves.
const Agreed = "agreed"

// Limits of a plan.
const (
	MaxContributors = 200
	MaxWeight       = 1_000_000
)

// Plan is how one owner of one contract shares what the contract earns. A
// change of weights is a new plan with the next number, for later receipts.
type Plan struct {
	ID         string
	Position   lifecycle.Position
	Version    int64
	ContractID string
	OwnerOrg   string
	// Number counts the plans of a contract and owner from 1.
	Number int64
	Rule   Rule
	// LegalFloor names the legal rule that the plan was last held against, as
	// id/version.
	LegalFloor   string
	Contributors []PlanContributor
	CreatedBy    string
	CreatedAt    time.Time
	// ProposedBy prepared what is decided: somebody else decides.
	ProposedBy string
	// MinutesFile is the record of the collective decision, NoticeFile that of
	// the publicity.
	MinutesFile, NoticeFile string
	// PublicityFrom and PublicityEnds are the first and last day of the notice; one
	// of no days ends the day before.
	PublicityFrom, PublicityEnds clock.Date
	// EffectiveAt is when receipts began to follow it; zero before.
	EffectiveAt time.Time
}

// PlanContributor is a contributor with the confirmation given in person. Its
// ID is the person's.
type PlanContributor struct {
	Contributor
	Leader      Leader
	ConfirmedAt time.Time
}

// people are the contributors as the computation takes them.
func (p Plan) people() []Contributor {
	out := make([]Contributor, len(p.Contributors))
	for i, c := range p.Contributors {
		out[i] = c.Contributor
		out[i].ChiefLeader = c.Leader == ChiefOfAll
	}
	return out
}

// Persons are the ids of the contributors.
func (p Plan) Persons() []string {
	out := make([]string, len(p.Contributors))
	for i, c := range p.Contributors {
		out[i] = c.ID
	}
	return out
}

// RuleName is the rule's id/version.
func (r Rule) RuleName() string {
	if r.ID == "" {
		return ""
	}
	return fmt.Sprintf("%s/%d", r.ID, r.Version)
}

// Facts are what policy has to know of a plan.
func (p Plan) Facts() policy.Facts {
	return policy.Facts{OwnerOrg: p.OwnerOrg, Persons: p.Persons(), PreparedBy: p.ProposedBy}
}

// confirmedBy is the plan's contributors after the actor confirmed what names
// the actor, under any entry; false when nothing was left to confirm.
func (p Plan) confirmedBy(actor policy.Actor, at time.Time) ([]PlanContributor, bool) {
	out, changed := slices.Clone(p.Contributors), false
	for i, c := range out {
		if actor.Is([]string{c.ID}) && c.ConfirmedAt.IsZero() {
			out[i].ConfirmedAt, changed = at, true
		}
	}
	return out, changed
}

// confirmed tells whether every contributor has confirmed.
func (p Plan) confirmed() bool {
	return !slices.ContainsFunc(p.Contributors, func(c PlanContributor) bool { return c.ConfirmedAt.IsZero() })
}

// termsRead tells whether who read the plan at an earlier version has read the
// terms as they stand. While they are being confirmed they cannot change, and
// each version is one person's confirmation, of one instant.
func (p Plan) termsRead(version int64) bool {
	if p.Position.State != PlanProposed {
		return false
	}
	confirmations := map[time.Time]bool{}
	for _, c := range p.Contributors {
		if !c.ConfirmedAt.IsZero() {
			confirmations[c.ConfirmedAt] = true
		}
	}
	return version <= p.Version && version >= p.Version-int64(len(confirmations))
}

// began tells whether the plan was ever in effect.
func (p Plan) began() bool { return !p.EffectiveAt.IsZero() }

// clearAgreement forgets what was agreed on terms that are open again.
func (p *Plan) clearAgreement() {
	for i := range p.Contributors {
		p.Contributors[i].ConfirmedAt = time.Time{}
	}
	p.MinutesFile, p.NoticeFile, p.ProposedBy = "", "", ""
	p.PublicityFrom, p.PublicityEnds = "", ""
}

// PlanView is a plan as one reader may see it.
type PlanView struct {
	Plan
	// ContractName is what the contract is called that the plan is for.
	ContractName string
	OwnerName    text.Text
	// Names are the contributors' names by person.
	Names map[string]string
	// Actions are the verbs of what the reader may do now: edit, propose,
	// confirm, reopen, decide, publicise, object, answer, effect.
	Actions []string
}

// actionsFor are the verbs that the actor may use now. Decision and effect
// may still be refused for what is missing (minutes, days of publicity).
func (p Plan) actionsFor(actor policy.Actor) []string {
	var out []string
	may := func(a policy.Action) bool { return policy.Check(actor, a, p.Facts()).Allowed() }
	if p.Position.State == PlanDraft && may(policy.PlanEdit) {
		out = append(out, "edit")
	}
	if p.Position.State == PlanProposed && may(policy.PlanConfirm) {
		if _, open := p.confirmedBy(actor, time.Time{}); open {
			out = append(out, "confirm")
		}
	}
	for _, action := range PlanMachine.Actions(p.Position.State) {
		switch policy.Action(action) {
		case policy.PlanConfirmed, policy.PlanSupersede:
			continue // the program's own
		}
		if may(policy.Action(action)) {
			_, verb, _ := strings.Cut(action, ".")
			out = append(out, verb)
		}
	}
	return out
}

// PlanForm is what a person says of a plan.
type PlanForm struct {
	// Rule is nil for the default of the owner's place.
	Rule *RuleForm
	// Contributors are nil for those of the owner's achievements.
	Contributors []PlanContributor
}

// RuleForm is a rule that a person proposes.
type RuleForm struct {
	Base     Base
	FloorBps int64
	// TeamBps is nil for the floor.
	TeamBps *int64
}

// contributorFaults collects the faults of a plan's people: besides those of
// the computation, weights from 1 to MaxWeight and a known leader.
func contributorFaults(list []PlanContributor) []errs.Field {
	if len(list) > MaxContributors {
		return []errs.Field{{Path: "contributors", Code: "too_many", Params: errs.Params{"max": MaxContributors}}}
	}
	faults := validateContributors(Plan{Contributors: list}.people(), "person_id")
	for i, c := range list {
		path := fmt.Sprintf("contributors[%d].", i)
		if c.Weight == 0 || c.Weight > MaxWeight {
			faults = append(faults, errs.Field{Path: path + "weight", Code: "out_of_range"})
		}
		if c.Leader != NoLeader && c.Leader != DeputyLeader && c.Leader != ChiefOfAll {
			faults = append(faults, errs.Field{Path: path + "leader", Code: "unknown_value"})
		}
	}
	return faults
}

// tooLight is why rates cannot reach the floor where no team rate does.
const tooLight = "main_contributors_too_light"

// belowFloor is the error for rates that cannot reach the floor, with the
// team rate that would, or with the reason tooLight where none does.
func belowFloor(rule Rule, people []Contributor) error {
	g := GuaranteeOf(rule, people)
	if g.Holds() {
		return nil
	}
	params := errs.Params{
		"main_bps_times_weight": g.MainBpsTimesWeight.String(), "required": g.Required.String(),
		"floor_bps": int64(rule.FloorBps),
	}
	if needed, ok := teamRateNeeded(rule, people); ok {
		params["needed_bps"] = int64(needed)
	} else {
		params["reason"] = tooLight
	}
	return errs.Newp(errs.Invalid, CodeBelowFloor, params)
}
