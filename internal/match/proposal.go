package match

import (
	"context"
	"strings"
	"time"

	"chengqiao/internal/lifecycle"
	"chengqiao/internal/policy"
	"chengqiao/internal/text"
)

// ProposalKind is the kind of proposals in journal and history.
const ProposalKind = "proposal"

// The states of a proposal.
const (
	Open      lifecycle.State = "open"
	Withdrawn lifecycle.State = "withdrawn"
)

// ProposalMachine holds the legal steps of a proposal.
var ProposalMachine = lifecycle.Machine{Kind: ProposalKind, Edges: []lifecycle.Edge{
	{From: lifecycle.New, To: Open, Action: string(policy.ProposalMake)},
	{From: Open, To: Withdrawn, Action: string(policy.ProposalWithdraw)},
}}

// Proposal is a match that a mediator made by hand and put before both sides.
// Who proposed what to whom, and when, is a record: it is what the mediator's
// part in a deal rests on.
type Proposal struct {
	ID       string
	Position lifecycle.Position
	Version  int64
	// MatchID is the pair's place in the ledger.
	MatchID string
	NeedID  string
	Subject Ref
	// BrokerOrg is the mediator, MadeBy the account that acted for it.
	BrokerOrg, MadeBy string
	// Note says to both sides why.
	Note text.Text
	// Conflict: the mediator itself owns one of the sides.
	Conflict bool
	// Band is how strong the pair was found to be when it was proposed; None
	// where the matching would not have shown it.
	Band   Band
	MadeAt time.Time
	// EndedAt is when it was withdrawn; zero while open.
	EndedAt time.Time
	// Outcomes are what became of the pair by an introduction that was made while
	// the proposal stood, in order of time. Lists fill it.
	Outcomes []Outcome
	// Actions are the verbs of the steps that its reader may take now.
	Actions []string
}

// seenBy is the proposal with what the actor may do about it.
func (p Proposal) seenBy(actor policy.Actor) Proposal {
	for _, action := range ProposalMachine.Actions(p.Position.State) {
		if policy.Check(actor, policy.Action(action), p.Facts()).Allowed() {
			_, verb, _ := strings.Cut(action, ".")
			p.Actions = append(p.Actions, verb)
		}
	}
	return p
}

// Pair is what was proposed.
func (p Proposal) Pair() Pair { return Pair{p.NeedID, p.Subject} }

// Facts are what policy has to know of it: the mediator owns it.
func (p Proposal) Facts() policy.Facts { return policy.Facts{OwnerOrg: p.BrokerOrg} }

// ProposalStore keeps proposals. Writes join the transaction in ctx.
type ProposalStore interface {
	// InsertProposal keeps a new one. Error: errs.Conflict "proposal_exists"
	// when one of the same pair is open.
	InsertProposal(ctx context.Context, p Proposal) error
	// Proposal is one by its id; errs.NotFound.
	Proposal(ctx context.Context, id string) (Proposal, error)
	// SaveProposal stores state and end of the row that still has the version
	// before; errs.Stale "stale_version" otherwise.
	SaveProposal(ctx context.Context, p Proposal) error
	// ProposalsSince counts those that a mediator made since an instant.
	ProposalsSince(ctx context.Context, org string, since time.Time) (int, error)

	// CountDesk counts what a mediator's desk holds, each up to limit.
	CountDesk(ctx context.Context, org string, before time.Time, limit int) (DeskCounts, error)
	// WaitingNeeds lists live needs that members read and that nobody has been
	// introduced to.
	WaitingNeeds(ctx context.Context, f NeedFilter) ([]WaitingNeed, error)
	// IdleMatches lists good pairs of live listings that members read, that nobody
	// acted on and no mediator's open proposal is of, the strongest first.
	IdleMatches(ctx context.Context, f IdleFilter) ([]Match, error)
	// ProposalsOf lists a mediator's, newest first.
	ProposalsOf(ctx context.Context, f ProposalFilter) ([]Proposal, error)
}
