package reward

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/ident"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/policy"
	"chengqiao/internal/text"
)

// DistributionKind is the kind of distributions in journal and history.
const DistributionKind = "distribution"

// The states of a distribution.
const (
	DistributionComputed  lifecycle.State = "computed"
	DistributionHeld      lifecycle.State = "held" // the institution's share is negative
	DistributionApproved  lifecycle.State = "approved"
	DistributionPaid      lifecycle.State = "paid"
	DistributionConfirmed lifecycle.State = "confirmed" // by all who got something and have an account
)

// DistributionMachine holds the legal steps of a distribution. A single
// acceptance leaves it paid and is no step; the last one is.
var DistributionMachine = lifecycle.Machine{Kind: DistributionKind, Edges: []lifecycle.Edge{
	{From: lifecycle.New, To: DistributionComputed, Action: string(policy.RewardCompute)},
	{From: lifecycle.New, To: DistributionHeld, Action: string(policy.RewardHold), NeedsReason: true},
	{From: DistributionComputed, To: DistributionHeld, Action: string(policy.RewardHold), NeedsReason: true},
	{From: DistributionApproved, To: DistributionHeld, Action: string(policy.RewardHold), NeedsReason: true},
	{From: DistributionHeld, To: DistributionComputed, Action: string(policy.RewardRelease), NeedsReason: true},
	{From: DistributionComputed, To: DistributionApproved, Action: string(policy.RewardApprove)},
	{From: DistributionApproved, To: DistributionPaid, Action: string(policy.RewardPay)},
	{From: DistributionPaid, To: DistributionConfirmed, Action: string(policy.RewardAccept)},
	{From: DistributionPaid, To: DistributionConfirmed, Action: string(policy.RewardSettle), NeedsReason: true},
}}

// Distribution is what one movement of money gives each contributor of one
// owner under one plan. There is one per movement and owner, whatever is
// asked for how often. Amounts are in fen; those of a refund are negative.
type Distribution struct {
	ID         string
	Position   lifecycle.Position
	Version    int64
	ContractID string
	OwnerOrg   string
	PlanID     string
	// Seq counts the distributions of a plan from 1: the order in which its
	// account took them.
	Seq int64
	// MovementID is the receipt or the refund; ReceiptID the receipt itself,
	// or the one that the refund names.
	MovementID, ReceiptID string
	On                    clock.Date
	// Event is the owner's part of the movement.
	Event Event
	// Effect is what it changed; its Shares stand in Shares.
	Effect Effect
	// InstitutionTotal is the institution's cumulative share after it.
	InstitutionTotal int64
	Shares           []Share
	// PreparedBy recorded the movement: somebody else approves.
	PreparedBy string
	ComputedAt time.Time
	ApprovedBy string
	ApprovedAt time.Time
	PaidOn     clock.Date
	// PaymentReference and ProofFile prove the payment.
	PaymentReference, ProofFile string
}

// Share is one contributor's part of a distribution, and why.
type Share struct {
	PersonID string
	Role     Role
	Weight   int64
	// GroupWeight is the weight of the whole group, main contributors or
	// support staff, that the amount was divided in.
	GroupWeight int64
	Amount      int64
	// AcceptedAt is when the contributor confirmed the payment.
	AcceptedAt time.Time
}

// Persons are the contributors' persons.
func (d Distribution) Persons() []string {
	out := make([]string, len(d.Shares))
	for i, s := range d.Shares {
		out[i] = s.PersonID
	}
	return out
}

// Facts are what policy has to know of a distribution.
func (d Distribution) Facts() policy.Facts {
	return policy.Facts{OwnerOrg: d.OwnerOrg, Persons: d.Persons(), PreparedBy: d.PreparedBy}
}

// acceptedBy is the distribution's shares after the actor accepted what names
// the actor, under any entry; false when nothing was left to accept.
func (d Distribution) acceptedBy(actor policy.Actor, at time.Time) ([]Share, bool) {
	out, changed := slices.Clone(d.Shares), false
	for i, s := range out {
		if actor.Is([]string{s.PersonID}) && s.AcceptedAt.IsZero() {
			out[i].AcceptedAt, changed = at, true
		}
	}
	return out, changed
}

// accepted tells whether everybody whose money moved has confirmed it.
func (d Distribution) accepted() bool {
	return !slices.ContainsFunc(d.Shares, func(s Share) bool { return s.Amount != 0 && s.AcceptedAt.IsZero() })
}

// pays tells whether the institution has to pay out on it, so that it can be
// held.
func (d Distribution) pays() bool {
	unpaid := d.Position.State == DistributionComputed || d.Position.State == DistributionApproved
	return unpaid && d.Effect.Pool > 0
}

// DistributionView is a distribution as one reader may see it.
type DistributionView struct {
	Distribution
	// Rule is the plan's, LegalFloor the legal one that it was held against.
	Rule       Rule
	LegalFloor string
	// ContractName is what the contract is called that earned it.
	ContractName string
	OwnerName    text.Text
	// Names are the contributors' names by person.
	Names map[string]string
	// Actions are the verbs of what the reader may do now: approve, release,
	// pay, accept.
	Actions []string
}

func (d Distribution) actionsFor(actor policy.Actor) []string {
	var out []string
	for _, action := range DistributionMachine.Actions(d.Position.State) {
		if policy.Action(action) == policy.RewardHold || !policy.Check(actor, policy.Action(action), d.Facts()).Allowed() {
			continue
		}
		if policy.Action(action) == policy.RewardAccept {
			if _, open := d.acceptedBy(actor, time.Time{}); !open {
				continue
			}
		}
		_, verb, _ := strings.Cut(action, ".")
		out = append(out, verb)
	}
	return out
}

// OwnShare is one's own share of a distribution with what explains it.
type OwnShare struct {
	Share
	DistributionID string
	// Place of the share in the distribution, from 0.
	Place      int64
	ContractID string
	OwnerOrg   string
	State      lifecycle.State
	Type       EventType
	On         clock.Date
	Base, Pool int64
	Rule       Rule
	LegalFloor string
	PaidOn     clock.Date
}

// OwnShareKey is a share's place in the list of one's own.
type OwnShareKey struct {
	DistributionID string
	Place          int64
}

// Key is the share's place in the list.
func (o OwnShare) Key() OwnShareKey { return OwnShareKey{o.DistributionID, o.Place} }

// String is the key as a cursor.
func (k OwnShareKey) String() string { return k.DistributionID + "." + strconv.FormatInt(k.Place, 10) }

// parseOwnShareKey reads a cursor; nil for "". Error: errs.Malformed
// "malformed_cursor".
func parseOwnShareKey(cursor string) (*OwnShareKey, error) {
	if cursor == "" {
		return nil, nil
	}
	id, place, _ := strings.Cut(cursor, ".")
	n, err := strconv.ParseInt(place, 10, 64)
	if err != nil || !ident.IsID(id) {
		return nil, errs.New(errs.Malformed, "malformed_cursor")
	}
	return &OwnShareKey{id, n}, nil
}

// OwnTotals is what a person has got and has still to get, in fen.
type OwnTotals struct{ Owed, Paid int64 }
