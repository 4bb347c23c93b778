package contract

import (
	"slices"
	"strings"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/policy"
	"chengqiao/internal/text"
)

// Kind is the kind of contracts in journal and history.
const Kind = "contract"

// The states of a contract.
const (
	Draft      lifecycle.State = "draft"
	Proposed   lifecycle.State = "proposed"
	HalfSigned lifecycle.State = "half_signed" // one party has signed
	Signed     lifecycle.State = "signed"
	Completed  lifecycle.State = "completed"
	Terminated lifecycle.State = "terminated"
	Discarded  lifecycle.State = "discarded"
)

// Machine holds the legal steps of a contract. Each of the two signatures is a
// step. What one party has signed is no draft to be discarded: it is reopened
// with a reason first, so that history tells why the signature fell away.
var Machine = lifecycle.Machine{Kind: Kind, Edges: []lifecycle.Edge{
	{From: lifecycle.New, To: Draft, Action: string(policy.ContractDraft)},
	{From: Draft, To: Proposed, Action: string(policy.ContractPropose)},
	{From: Draft, To: Discarded, Action: string(policy.ContractDiscard)},
	{From: Proposed, To: Draft, Action: string(policy.ContractReopen), NeedsReason: true},
	{From: Proposed, To: Discarded, Action: string(policy.ContractDiscard), NeedsReason: true},
	{From: Proposed, To: HalfSigned, Action: string(policy.ContractSign)},
	{From: HalfSigned, To: Draft, Action: string(policy.ContractReopen), NeedsReason: true},
	{From: HalfSigned, To: Signed, Action: string(policy.ContractSign)},
	{From: Signed, To: Completed, Action: string(policy.ContractComplete)},
	{From: Signed, To: Terminated, Action: string(policy.ContractTerminate), NeedsReason: true},
}}

// Contract 技术合同 is the agreement that a deal led to.
type Contract struct {
	ID       string
	Position lifecycle.Position
	Version  int64
	DealID   string
	// PackageID is the achievement package it takes; "" when the deal is about
	// a need alone.
	PackageID string
	Terms     Terms
	// Seller and Buyer as they stood when the contract was drafted.
	Seller, Buyer Party
	// Components as offered when the contract was drafted. Their weights sum
	// to 10,000 bps.
	Components []Component
	DraftedBy  string
	DraftedAt  time.Time
	// SignedOn is the civil date of the last signature; "" before.
	SignedOn clock.Date
	// Received and Refunded are the sums of what moved, with VAT, in fen.
	Received, Refunded int64
	// Deducted is what the seller paid of it in taxes, costs and commission, in
	// fen: the seller's own affair.
	Deducted int64
}

// Side says on which side of a contract a party stands.
type Side string

// The sides.
const (
	SellerSide Side = "seller"
	BuyerSide  Side = "buyer"
)

// Organisation is a snapshot of an organisation.
type Organisation struct {
	ID         string
	Name       text.Text
	CreditCode string
	// Region is a GB/T 2260 code.
	Region string
}

// Party is an organisation with its signature.
type Party struct {
	Organisation
	// SignedAt is zero until it has signed; SignedBy is the account that did.
	SignedAt time.Time
	SignedBy string
}

// Signed tells whether the party has signed.
func (p Party) Signed() bool { return !p.SignedAt.IsZero() }

// Component is one thing that the contract takes.
type Component struct {
	Kind          string
	AchievementID string
	Title         text.Text
	OwnerOrg      string
	OwnerName     text.Text
	Rights        Rights
	// WeightBps is the share in the price.
	WeightBps int64
}

// Owner is an organisation that owns components, with their weight together.
type Owner struct {
	OrgID     string
	Name      text.Text
	WeightBps int64
}

// Owners are the owners of the components in the order of their first one.
func (c Contract) Owners() []Owner {
	var out []Owner
	for _, part := range c.Components {
		at := slices.IndexFunc(out, func(o Owner) bool { return o.OrgID == part.OwnerOrg })
		if at < 0 {
			out = append(out, Owner{OrgID: part.OwnerOrg, Name: part.OwnerName})
			at = len(out) - 1
		}
		out[at].WeightBps += part.WeightBps
	}
	return out
}

// Facts are what policy has to know of it: seller and buyer are the parties
// that negotiate and sign, the seller owns its money.
func (c Contract) Facts() policy.Facts {
	return policy.Facts{OwnerOrg: c.Seller.ID, Parties: []string{c.Seller.ID, c.Buyer.ID}}
}

// readFacts let the owners of components read it too, and the persons who
// have a share in what it earns.
func (c Contract) readFacts(persons []string) policy.Facts {
	f := c.Facts()
	for _, o := range c.Owners() {
		if !slices.Contains(f.Parties, o.OrgID) {
			f.Parties = append(f.Parties, o.OrgID)
		}
	}
	f.Persons = persons
	return f
}

// party is the side for which an organisation signs; nil for any other.
func (c *Contract) party(org string) *Party {
	switch org {
	case c.Seller.ID:
		return &c.Seller
	case c.Buyer.ID:
		return &c.Buyer
	}
	return nil
}

// inForce tells whether the contract binds, so that money can come in on it.
// A refund needs no more than its receipt.
func (c Contract) inForce() bool {
	return c.Position.State == Signed || c.Position.State == Completed
}

// View is a contract as one reader may see it.
type View struct {
	Contract
	// Actions are the verbs of what the reader may do now: edit, propose,
	// reopen, sign, complete, terminate, discard, receipt_record, refund_record,
	// plan_create.
	Actions []string
}

func view(c Contract, actor policy.Actor) View {
	v := View{Contract: c}
	may := func(a policy.Action, f policy.Facts) bool { return policy.Check(actor, a, f).Allowed() }
	if c.Position.State == Draft && may(policy.ContractEdit, c.Facts()) {
		v.Actions = append(v.Actions, "edit")
	}
	for _, action := range Machine.Actions(c.Position.State) {
		if !may(policy.Action(action), c.Facts()) {
			continue
		}
		if action == string(policy.ContractSign) {
			if p := c.party(actor.OrgID); p == nil || p.Signed() {
				continue
			}
		}
		_, verb, _ := strings.Cut(action, ".")
		v.Actions = append(v.Actions, verb)
	}
	if c.inForce() && may(policy.ReceiptRecord, c.Facts()) {
		v.Actions = append(v.Actions, "receipt_record")
	}
	if c.Received > c.Refunded && may(policy.RefundRecord, c.Facts()) {
		v.Actions = append(v.Actions, "refund_record")
	}
	owns := slices.ContainsFunc(c.Owners(), func(o Owner) bool { return o.OrgID == actor.OrgID })
	if owns && c.Position.State != Discarded && may(policy.PlanCreate, policy.Facts{OwnerOrg: actor.OrgID}) {
		v.Actions = append(v.Actions, "plan_create")
	}
	return v
}
