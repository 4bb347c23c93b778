// Package policy owns all authorisation: pure functions over an actor, an
// action and the facts of the subject. It imports no domain; services ask it,
// handlers never do. The rules stand in one table (rules.go), from which the
// role × action tests and the documentation come.
package policy

import "slices"

// OrgKind is the kind of an organisation 单位 (domain.md section 1).
type OrgKind string

// The kinds of organisations. Platform is the operator of the marketplace
// itself; there is one such organisation.
const (
	Institute  OrgKind = "institute"  // 高校院所
	Enterprise OrgKind = "enterprise" // 企业
	Brokerage  OrgKind = "brokerage"  // 技术转移机构
	Station    OrgKind = "station"    // 技术服务站点
	Registry   OrgKind = "registry"   // 技术合同登记机构
	Funder     OrgKind = "funder"     // 投融资机构
	Provider   OrgKind = "provider"   // 服务机构
	Incubator  OrgKind = "incubator"  // 孵化载体
	Authority  OrgKind = "authority"  // 科技主管部门
	Platform   OrgKind = "platform"   // 平台
)

// OrgKinds lists every kind an organisation can register as.
var OrgKinds = []OrgKind{Institute, Enterprise, Brokerage, Station, Registry, Funder, Provider, Incubator, Authority}

// Role is what a person may do for the organisation acted for (domain.md section 9).
type Role string

// The roles.
const (
	Operator Role = "operator" // platform: runs the system
	Reviewer Role = "reviewer" // platform: reviews listings
	Verifier Role = "verifier" // platform: verifies organisations

	Officer  Role = "officer"  // transfer officer: lists, negotiates, prepares
	Head     Role = "head"     // decides for the organisation
	Finance  Role = "finance"  // records and pays money
	Inventor Role = "inventor" // drafts own achievements, sees own rewards

	Engineer Role = "engineer" // enterprise: searches, posts needs
	Manager  Role = "manager"  // enterprise: decides

	Broker Role = "broker" // mediates under a mandate

	Registrar Role = "registrar" // registry: checks contracts
	Chief     Role = "chief"     // registry: decides on registration

	Analyst Role = "analyst" // authority: reads the statistics
)

// RolesOf lists the roles that a member of an organisation of a kind can hold.
func RolesOf(kind OrgKind) []Role {
	switch kind {
	case Platform:
		return []Role{Operator, Reviewer, Verifier}
	case Institute:
		return []Role{Officer, Head, Finance, Inventor}
	case Enterprise:
		return []Role{Engineer, Manager, Finance}
	case Brokerage:
		return []Role{Broker, Head}
	case Registry:
		return []Role{Registrar, Chief}
	case Authority:
		return []Role{Analyst, Head}
	default:
		return []Role{Officer, Head}
	}
}

// DecidingRole is the role that administers an organisation of a kind: who
// registers it gets this one.
func DecidingRole(kind OrgKind) Role {
	switch kind {
	case Platform:
		return Operator
	case Enterprise:
		return Manager
	case Registry:
		return Chief
	default:
		return Head
	}
}

// Actor is who asks: an account with its person, acting for one organisation
// (or none) with the roles held there. The zero Actor is anyone.
type Actor struct {
	// AccountID is empty for a visitor who has not signed in.
	AccountID string
	PersonID  string
	// Entries are the further person entries that organisations made of the
	// same person, claimed by the account (a contributor named beforehand).
	Entries []string
	// OrgID is the acting organisation; empty when acting for oneself.
	OrgID   string
	OrgKind OrgKind
	// OrgVerified: the platform has verified the acting organisation.
	OrgVerified bool
	Roles       []Role
	// TokenID is the API token that carries the request; "" for a session.
	// TokenScopes are what it was made for: see Covers.
	TokenID     string
	TokenScopes []TokenScope
	// System marks the program's own work (outbox consumers, commands of the
	// operator's shell). It is never made from a request.
	System bool
}

// SystemActor is the program itself.
func SystemActor() Actor { return Actor{System: true} }

// SignedIn tells whether the actor has an account.
func (a Actor) SignedIn() bool { return a.AccountID != "" }

// Is tells whether the actor is one of the persons, under any of the entries
// that name the actor.
func (a Actor) Is(persons []string) bool {
	for _, p := range persons {
		if p != "" && (p == a.PersonID || slices.Contains(a.Entries, p)) {
			return true
		}
	}
	return false
}

// Has tells whether the actor holds one of the roles in the acting organisation.
func (a Actor) Has(roles ...Role) bool {
	for _, r := range roles {
		if slices.Contains(a.Roles, r) {
			return true
		}
	}
	return false
}
