package duplicate

import (
	"time"

	"chengqiao/internal/lifecycle"
	"chengqiao/internal/policy"
)

// PairKind names pairs in journal and history.
const PairKind = "duplicate"

// The states of a pair.
const (
	Suspected lifecycle.State = "suspected" // 疑似重复
	Merged    lifecycle.State = "merged"    // 已合并
	Apart     lifecycle.State = "apart"     // 已确认不同
	Cleared   lifecycle.State = "cleared"   // no longer alike, or one of them ended
)

// States are all of them, for filters.
var States = []lifecycle.State{Suspected, Merged, Apart, Cleared}

// Machine is the life of a pair. Nothing leaves it for good: each decision can
// be undone, and what was cleared is found again when it comes back.
var Machine = lifecycle.Machine{Kind: PairKind, Edges: []lifecycle.Edge{
	{From: lifecycle.New, To: Suspected, Action: string(policy.DuplicateFind)},
	{From: Suspected, To: Cleared, Action: string(policy.DuplicateClear)},
	{From: Cleared, To: Suspected, Action: string(policy.DuplicateFind)},
	{From: Apart, To: Suspected, Action: string(policy.DuplicateFind)}, // changed so that it must be asked again
	{From: Suspected, To: Merged, Action: string(policy.DuplicateMerge)},
	{From: Suspected, To: Apart, Action: string(policy.DuplicateApart)},
	{From: Merged, To: Suspected, Action: string(policy.DuplicateUndo)},
	{From: Apart, To: Suspected, Action: string(policy.DuplicateUndo)},
}}

// millionths is the unit in which scores are stored.
const millionths = 1_000_000

// Pair is two listings of one kind that were suspected to be the same.
type Pair struct {
	ID string
	// Kind is that of both listings.
	Kind     string
	Position lifecycle.Position
	Version  int64
	// First is the listing with the smaller id.
	First, Second       string
	FirstOrg, SecondOrg string
	// Score is in millionths, by the views that both owners have; OpenScore by
	// those that anybody has, 0 where these are not suspected.
	Score, OpenScore int64
	// Model is the version of the model that gave the scores.
	Model string
	// Survivor is the listing that stayed, of a merged pair.
	Survivor string
	// Kept is what a decision needs to be undone or upheld.
	Kept      Kept
	CreatedAt time.Time
	UpdatedAt time.Time
}

// Kept is what is remembered of a decision.
type Kept struct {
	// Score and Codes are what spoke for a pair when it was kept apart.
	Score int64  `json:"score,omitempty"`
	Codes []Code `json:"codes,omitempty"`
	// Carried tells that the survivor's working copy was changed by the
	// merger; Before is what it said until then, nil where there was none, and
	// After the survivor's version then.
	Carried bool   `json:"carried,omitempty"`
	Before  []byte `json:"before,omitempty"`
	After   int64  `json:"after,omitempty"`
}

// Other is the listing of the pair that is not id.
func (p Pair) Other(id string) string {
	if id == p.First {
		return p.Second
	}
	return p.First
}

// owners are the organisations behind the pair, once each.
func (p Pair) owners() []string {
	if p.FirstOrg == p.SecondOrg {
		return []string{p.FirstOrg}
	}
	return []string{p.FirstOrg, p.SecondOrg}
}

func (p Pair) ownerOf(id string) string {
	if id == p.First {
		return p.FirstOrg
	}
	return p.SecondOrg
}

// ownOf is the actor's organisation where it owns a side; "" otherwise.
func (p Pair) ownOf(actor policy.Actor) string {
	if actor.OrgID == p.FirstOrg || actor.OrgID == p.SecondOrg {
		return actor.OrgID
	}
	return ""
}

// facts are what policy has to know: owners of both sides are parties, and the
// only owner of both is the owner.
func (p Pair) facts() policy.Facts {
	f := policy.Facts{Parties: p.owners()}
	if p.FirstOrg == p.SecondOrg {
		f.OwnerOrg = p.FirstOrg
	}
	return f
}

// readable tells whether this reader may know of the pair: its owners, and the
// platform where what anybody has of both is suspected.
func (p Pair) readable(actor policy.Actor) bool {
	if !policy.Check(actor, policy.DuplicateRead, p.facts()).Allowed() {
		return false
	}
	return p.OpenScore > 0 || actor.System || p.FirstOrg == p.SecondOrg && actor.OrgID == p.FirstOrg
}
