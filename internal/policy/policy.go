package policy

import (
	"slices"
	"strings"

	"chengqiao/internal/errs"
)

// Facts are what the rules need to know of a subject. Services fill the ones
// that apply; an absent fact never allows anything.
type Facts struct {
	// OwnerOrg owns the subject.
	OwnerOrg string
	// Parties are the organisations on either side (deal, contract), the
	// owner included where it is one.
	Parties []string
	// Counterparty is who has to answer or to sign (introduction).
	Counterparty string
	// Persons are the persons the subject is about (contributors, the account's own person).
	Persons []string
	// AccountID owns the subject personally (a session, a consent).
	AccountID string
	// PreparedBy is the account that prepared what is now to be approved.
	PreparedBy string
	// Published: a live published version exists.
	Published bool
	// Authors are the persons whom the newest text of a listing names, and
	// CreatedBy is the account that began it: they write it where they belong
	// to its owner.
	Authors   []string
	CreatedBy string
	// Conflicted: the actor would judge in their own cause, as a member of the
	// owner or a person named.
	Conflicted bool
	// Audience is the tier of the whole published subject.
	Audience Tier
	// NDAWith are the organisations with a signed NDA in a deal about it.
	NDAWith []string
}

// Outcome is what a rule says.
type Outcome uint8

// The outcomes. Hide answers like an absent subject, so that its existence is
// not disclosed to who may not even read it.
const (
	Allow Outcome = iota
	Hide
	SignIn
	Deny
)

// Decision is an outcome with the reason for a denial.
type Decision struct {
	Outcome Outcome
	// Reason is a stable code: "role_missing", "organisation_not_verified",
	// "two_persons_required", "not_a_party", "scope_missing", "own_account".
	Reason string
}

// Allowed tells whether the action may go on.
func (d Decision) Allowed() bool { return d.Outcome == Allow }

// Err is nil for Allow; otherwise errs.NotFound "not_found",
// errs.Unauthenticated "sign_in_required" or errs.Forbidden "not_allowed"
// with Params["reason"].
func (d Decision) Err() error {
	switch d.Outcome {
	case Allow:
		return nil
	case Hide:
		return errs.New(errs.NotFound, "not_found")
	case SignIn:
		return errs.New(errs.Unauthenticated, "sign_in_required")
	default:
		return errs.Newp(errs.Forbidden, "not_allowed", errs.Params{"reason": d.Reason})
	}
}

// Check decides whether the actor may do the action on the subject with these
// facts. An unknown action is a programmer's mistake and panics.
func Check(actor Actor, action Action, facts Facts) Decision {
	r, ok := rules[action]
	if !ok {
		panic("policy: no rule for action " + string(action))
	}
	if actor.System {
		return Decision{Outcome: Allow}
	}
	if !actor.Covers(action) {
		return withoutScope(r, Check(Actor{}, action, facts))
	}
	reason := ""
	for _, g := range r.grants {
		if !g.relation.holds(actor, facts) {
			continue
		}
		if len(g.roles) > 0 && !actor.Has(g.roles...) {
			reason = moreTelling(reason, "role_missing")
			continue
		}
		if g.verified && !actor.OrgVerified {
			reason = moreTelling(reason, "organisation_not_verified")
			continue
		}
		if g.secondPerson && facts.PreparedBy == actor.AccountID {
			reason = moreTelling(reason, "two_persons_required")
			continue
		}
		if g.impartial && facts.Conflicted {
			reason = moreTelling(reason, "conflict_of_interest")
			continue
		}
		if g.others && facts.AccountID == actor.AccountID {
			reason = moreTelling(reason, "own_account")
			continue
		}
		return Decision{Outcome: Allow}
	}
	if r.hidden && reason == "" && !reads(actor, action, facts) {
		return Decision{Outcome: Hide}
	}
	if !actor.SignedIn() {
		return Decision{Outcome: SignIn}
	}
	if reason == "" {
		reason = "not_a_party"
	}
	return Decision{Outcome: Deny, Reason: reason}
}

// reads tells whether the actor may read the subject of an action at all: from
// such a reader its existence is no secret, and the refusal says why.
func reads(actor Actor, action Action, facts Facts) bool {
	kind, _, _ := strings.Cut(string(action), ".")
	read := Action(kind + ".read")
	_, ok := rules[read]
	return ok && read != action && Check(actor, read, facts).Allowed()
}

// reasonRank orders the reasons by how near the actor came to being allowed.
var reasonRank = []string{"", "role_missing", "organisation_not_verified", "two_persons_required", "conflict_of_interest", "own_account"}

func moreTelling(a, b string) string {
	if slices.Index(reasonRank, b) > slices.Index(reasonRank, a) {
		return b
	}
	return a
}

// Scope is Check's counterpart for lists: which subjects an actor may list.
// A query returns a row when any part of it holds.
type Scope struct {
	// All: no restriction.
	All bool
	// Published: every row with a live published version.
	Published bool
	// OwnerOrg, PartyOrg and PersonID admit the rows of that organisation or
	// person; empty admits none.
	OwnerOrg string
	PartyOrg string
	PersonID string
	// Entries are further entries of the same person, see Actor.
	Entries []string
}

// ScopeOf derives the list scope of an action from the same grants that Check
// uses, so that a list never shows what a single read would refuse.
func ScopeOf(actor Actor, action Action) Scope {
	r, ok := rules[action]
	if !ok {
		panic("policy: no rule for action " + string(action))
	}
	if actor.System {
		return Scope{All: true}
	}
	if !actor.Covers(action) {
		return ScopeOf(Actor{}, action)
	}
	var s Scope
	for _, g := range r.grants {
		if len(g.roles) > 0 && !actor.Has(g.roles...) || g.verified && !actor.OrgVerified {
			continue
		}
		if g.others {
			continue // no part of a scope leaves one's own out
		}
		switch g.relation {
		case anyone:
			s.All = true
		case signedIn, member:
			s.All = s.All || g.relation.holds(actor, Facts{})
		case platformStaff:
			s.All = s.All || actor.OrgKind == Platform
		case authorityStaff:
			s.All = s.All || actor.OrgKind == Authority
		case publishedToReader:
			s.Published = true
		case owner:
			s.OwnerOrg = actor.OrgID
		case party, counterparty:
			s.PartyOrg = actor.OrgID
		case self:
			s.PersonID, s.Entries = actor.PersonID, actor.Entries
		}
	}
	return s
}
