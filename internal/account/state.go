package account

import (
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/policy"
)

// Kinds of subjects in the journal.
const (
	Kind             = "account"
	OrganisationKind = "organisation"
	PersonKind       = "person"
	// CredentialKindName is that of credentials, whatever their CredentialKind.
	CredentialKindName = "credential"
	SessionKind        = "session"
)

// States of an account.
const (
	Unconfirmed lifecycle.State = "unconfirmed" // the address is not proven yet; cannot sign in
	Active      lifecycle.State = "active"
	Suspended   lifecycle.State = "suspended" // by the platform's operator; cannot sign in
	Erased      lifecycle.State = "erased"
)

// States of an organisation's verification by the platform.
const (
	Unverified lifecycle.State = "unverified"
	Pending    lifecycle.State = "pending"
	Verified   lifecycle.State = "verified"
	Rejected   lifecycle.State = "rejected"
	Lapsed     lifecycle.State = "expired" // the last proof of what it is has ended
)

// States of a credential.
const (
	CredentialSubmitted lifecycle.State = "submitted"
	CredentialVerified  lifecycle.State = "verified"
	CredentialRefused   lifecycle.State = "refused"
	CredentialRevoked   lifecycle.State = "revoked"
	CredentialExpired   lifecycle.State = "expired"
	CredentialWithdrawn lifecycle.State = "withdrawn"
)

// Machine is the life of an account. Proving the address completes the
// registration. A suspended account can be erased too: that the platform has shut
// somebody out is no ground to keep what is known of them (PIPL art. 47).
var Machine = lifecycle.Machine{Kind: Kind, Edges: []lifecycle.Edge{
	{From: lifecycle.New, To: Unconfirmed, Action: string(policy.AccountRegister)},
	{From: Unconfirmed, To: Active, Action: string(policy.AccountRegister)},
	{From: Active, To: Suspended, Action: string(policy.AccountSuspend), NeedsReason: true},
	{From: Suspended, To: Active, Action: string(policy.AccountRestore), NeedsReason: true},
	{From: Active, To: Erased, Action: string(policy.AccountErase)},
	{From: Suspended, To: Erased, Action: string(policy.AccountErase)},
	{From: Unconfirmed, To: Erased, Action: string(policy.AccountErase)}, // nobody ever proved the address
}}

// OrganisationMachine is the verification of an organisation. A rejected or
// revoked one mends what is wrong and submits again; one whose proof has
// expired submits with a new one.
var OrganisationMachine = lifecycle.Machine{Kind: OrganisationKind, Edges: []lifecycle.Edge{
	{From: lifecycle.New, To: Unverified, Action: string(policy.OrganisationRegister)},
	{From: Unverified, To: Pending, Action: string(policy.OrganisationSubmit)},
	{From: Rejected, To: Pending, Action: string(policy.OrganisationSubmit)},
	{From: Pending, To: Verified, Action: string(policy.OrganisationVerify)},
	{From: Pending, To: Rejected, Action: string(policy.OrganisationReject), NeedsReason: true},
	{From: Verified, To: Rejected, Action: string(policy.OrganisationRevoke), NeedsReason: true},
	{From: Verified, To: Lapsed, Action: string(policy.OrganisationExpire)},
	{From: Lapsed, To: Pending, Action: string(policy.OrganisationSubmit)},
}}

// CredentialMachine is the life of a credential. A refused, revoked or expired
// one is replaced by another: what was looked at does not change.
var CredentialMachine = lifecycle.Machine{Kind: CredentialKindName, Edges: []lifecycle.Edge{
	{From: lifecycle.New, To: CredentialSubmitted, Action: string(policy.CredentialSubmit)},
	{From: lifecycle.New, To: CredentialSubmitted, Action: string(policy.CredentialSubmitOwn)},
	{From: CredentialSubmitted, To: CredentialVerified, Action: string(policy.CredentialVerify)},
	{From: CredentialSubmitted, To: CredentialRefused, Action: string(policy.CredentialRefuse), NeedsReason: true},
	{From: CredentialVerified, To: CredentialRevoked, Action: string(policy.CredentialRevoke), NeedsReason: true},
	{From: CredentialVerified, To: CredentialExpired, Action: string(policy.CredentialExpire)},
	{From: CredentialSubmitted, To: CredentialWithdrawn, Action: string(policy.CredentialWithdraw)},
	{From: CredentialVerified, To: CredentialWithdrawn, Action: string(policy.CredentialWithdraw)},
}}

// Machines are the package's state machines.
var Machines = []lifecycle.Machine{Machine, OrganisationMachine, CredentialMachine}
