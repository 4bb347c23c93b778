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
	SessionKind      = "session"
)

// States of an account.
const (
	Unconfirmed lifecycle.State = "unconfirmed" // the address is not proven yet; cannot sign in
	Active      lifecycle.State = "active"
	Erased      lifecycle.State = "erased"
)

// States of an organisation's verification by the platform.
const (
	Unverified lifecycle.State = "unverified"
	Pending    lifecycle.State = "pending"
	Verified   lifecycle.State = "verified"
	Rejected   lifecycle.State = "rejected"
)

// Machine is the life of an account. Proving the address completes the
// registration.
var Machine = lifecycle.Machine{Kind: Kind, Edges: []lifecycle.Edge{
	{From: lifecycle.New, To: Unconfirmed, Action: string(policy.AccountRegister)},
	{From: Unconfirmed, To: Active, Action: string(policy.AccountRegister)},
	{From: Active, To: Erased, Action: string(policy.AccountErase)},
	{From: Unconfirmed, To: Erased, Action: string(policy.AccountErase)}, // nobody ever proved the address
}}

// OrganisationMachine is the verification of an organisation. A rejected or
// revoked one mends what is wrong and submits again.
var OrganisationMachine = lifecycle.Machine{Kind: OrganisationKind, Edges: []lifecycle.Edge{
	{From: lifecycle.New, To: Unverified, Action: string(policy.OrganisationRegister)},
	{From: Unverified, To: Pending, Action: string(policy.OrganisationSubmit)},
	{From: Rejected, To: Pending, Action: string(policy.OrganisationSubmit)},
	{From: Pending, To: Verified, Action: string(policy.OrganisationVerify)},
	{From: Pending, To: Rejected, Action: string(policy.OrganisationReject), NeedsReason: true},
	{From: Verified, To: Rejected, Action: string(policy.OrganisationRevoke), NeedsReason: true},
}}

// Machines are the package's state machines.
var Machines = []lifecycle.Machine{Machine, OrganisationMachine}
