package deal

import (
	"slices"
	"time"

	"chengqiao/internal/lifecycle"
	"chengqiao/internal/policy"
)

// Kind is the kind of deals in journal and history.
const Kind = "deal"

// The states of a deal.
const (
	Negotiating lifecycle.State = "negotiating"
	Contracted  lifecycle.State = "contracted"
	Closed      lifecycle.State = "closed"
)

// Machine holds the legal steps of a deal: it ends in a contract or in a reason.
var Machine = lifecycle.Machine{Kind: Kind, Edges: []lifecycle.Edge{
	{From: lifecycle.New, To: Negotiating, Action: string(policy.DealOpen)},
	{From: Negotiating, To: Contracted, Action: string(policy.DealContract)},
	{From: Negotiating, To: Closed, Action: string(policy.DealClose), NeedsReason: true},
}}

// Deal 项目洽谈 is the negotiation of two organisations about what the introduction
// was about.
type Deal struct {
	ID       string
	Position lifecycle.Position
	Version  int64
	// IntroductionID is the accepted introduction that opened it.
	IntroductionID      string
	SellerOrg, BuyerOrg string
	Topic
	OpenedAt time.Time
	// EndedAt is when it was contracted or closed; zero while negotiating.
	EndedAt time.Time
	// Reason is set when it was closed.
	Reason Reason
	NDA    NDA
}

// Facts are what policy has to know of it: both sides are parties.
func (d Deal) Facts() policy.Facts {
	return policy.Facts{Parties: d.Parties()}
}

// Parties are the two organisations, the seller first.
func (d Deal) Parties() []string { return []string{d.SellerOrg, d.BuyerOrg} }

// actionsFor are what the actor may do now: the verbs of legal steps, and of
// the deeds that are no steps.
func (d Deal) actionsFor(actor policy.Actor) []string {
	out := allowedVerbs(Machine, d.Position.State, actor, d.Facts())
	may := func(a policy.Action) bool { return policy.Check(actor, a, d.Facts()).Allowed() }
	if d.Position.State == Closed {
		return out
	}
	if may(policy.DealMessage) {
		out = append(out, "message")
	}
	if may(policy.DealNDASign) && !d.NDA.SignedBy(actor.OrgID) {
		out = append(out, "nda_sign")
	}
	if d.Position.State == Negotiating && may(policy.ContractDraft) {
		out = append(out, "contract_draft")
	}
	return out
}

// NDA is the minimal record of a deal's agreement on secrecy: which text, who
// signed it for whom, and when.
type NDA struct {
	// TextVersion names the text that was shown (Config.NDAVersion); empty
	// before the first signature. The second party signs what the first signed.
	TextVersion string
	Signatures  []Signature
	// InForceAt is when the second party signed; zero before.
	InForceAt time.Time
}

// Signature is one party's.
type Signature struct {
	OrgID     string
	AccountID string
	PersonID  string
	At        time.Time
}

// InForce tells whether both parties have signed.
func (n NDA) InForce() bool { return !n.InForceAt.IsZero() }

// SignedBy tells whether an organisation has signed.
func (n NDA) SignedBy(org string) bool {
	return slices.ContainsFunc(n.Signatures, func(s Signature) bool { return s.OrgID == org })
}

// Message is one message of a deal. Messages are a record: none is changed or
// taken away.
type Message struct {
	ID        string
	DealID    string
	OrgID     string
	AccountID string
	PersonID  string
	At        time.Time
	Text      string
}

// MaxMessage is the length of a message, in characters.
const MaxMessage = 5000
