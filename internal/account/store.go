package account

import (
	"context"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/policy"
)

// Store keeps accounts and organisations. Writes join the transaction in ctx;
// single reads give errs.NotFound "not_found" for an absent row, and updates
// by version errs.Stale "stale_version".
type Store interface {
	AccountStore
	SessionStore
	OrganisationStore
	CredentialStore
	HandoverStore
}

// AccountStore keeps persons, accounts, identifiers, tokens and consents.
type AccountStore interface {
	InsertPerson(ctx context.Context, p Person) error
	Person(ctx context.Context, id string) (Person, error)
	// Persons are those of the ids that there are, in any order.
	Persons(ctx context.Context, ids []string) ([]Person, error)
	// SavePerson stores name, account and erasure.
	SavePerson(ctx context.Context, p Person) error
	// NamedBy lists the entries that an organisation made and the persons of
	// its members, whose name contains query (folded; "" for all), by name.
	// Those of an erased account are not among them: a name that the law keeps
	// stays with its record.
	NamedBy(ctx context.Context, org, query string, limit int) ([]Person, error)
	// EntriesOf are all entries of an account, its own among them.
	EntriesOf(ctx context.Context, account string) ([]Person, error)

	InsertAccount(ctx context.Context, a Account) error
	Account(ctx context.Context, id string) (Account, error)
	// AccountNames are the names of the accounts' own persons, by account.
	AccountNames(ctx context.Context, ids []string) (map[string]string, error)
	// Accounts chooses some, newest first, without memberships, last sign-in and
	// actions. next is the cursor where the window ended before the accounts
	// did; "" otherwise.
	Accounts(ctx context.Context, f AccountFilter) (found []Governed, next string, err error)
	// LastSignIns are when those of the accounts that ever signed in last did, by account.
	LastSignIns(ctx context.Context, ids []string) (map[string]time.Time, error)
	// SaveAccount stores everything of the row that still has the version before.
	SaveAccount(ctx context.Context, a Account) error

	// InsertIdentifier keeps a new one. Error: errs.Conflict
	// "identifier_exists" when its folded form is taken.
	InsertIdentifier(ctx context.Context, i Identifier) error
	// IdentifierByValue finds one by its folded form.
	IdentifierByValue(ctx context.Context, kind IdentifierKind, folded string) (Identifier, error)
	Identifiers(ctx context.Context, account string) ([]Identifier, error)
	VerifyIdentifier(ctx context.Context, id string, at time.Time) error
	DeleteIdentifiers(ctx context.Context, account string) error
	// ForgetAnswers drops the answers that are kept for repeated requests: the
	// account's own, and those to others that hold one of the words.
	ForgetAnswers(ctx context.Context, account string, words []string) error

	InsertToken(ctx context.Context, t Token) error
	Token(ctx context.Context, id string) (Token, error)
	// UseToken marks a token that is not used yet and forgets its
	// registration; errs.Stale otherwise.
	UseToken(ctx context.Context, id string, at time.Time) error
	// WithdrawTokens does so with all unused tokens of an account for a purpose.
	WithdrawTokens(ctx context.Context, account string, p Purpose, at time.Time) error

	// PruneTokens forgets up to limit whose life ended before an instant.
	PruneTokens(ctx context.Context, before time.Time, limit int) (int64, error)
	// UnprovenSince are accounts opened before an instant and still unconfirmed,
	// without those that a kept token could still prove.
	UnprovenSince(ctx context.Context, before time.Time, limit int) ([]string, error)

	InsertConsent(ctx context.Context, c Consent) error
	// Consents are all decisions of an account, oldest first.
	Consents(ctx context.Context, account string) ([]Consent, error)
	// PersonContacts are those of the accounts whose last decision about
	// ConsentContact is given and whose address is proven, once for each of the
	// organisations that they belong to, by name.
	PersonContacts(ctx context.Context, accounts, orgs []string) ([]PersonContact, error)
}

// SessionStore keeps sessions.
type SessionStore interface {
	InsertSession(ctx context.Context, s Session) error
	// SessionByHash finds a session by its secret's hash, ended or not.
	SessionByHash(ctx context.Context, hash string) (Session, error)
	// Sessions are those of an account that have not ended at an instant,
	// latest seen first.
	Sessions(ctx context.Context, account string, now time.Time) ([]Session, error)
	// SeeSession stores when a session was last seen and until when it lives.
	SeeSession(ctx context.Context, id string, at, expires time.Time) error
	SetActingOrg(ctx context.Context, id, org string) error
	// DeleteSession and DeleteSessions forget sessions; absent ones are no error.
	DeleteSession(ctx context.Context, id string) error
	DeleteSessions(ctx context.Context, account string) error
	// PruneSessions forgets up to limit that ended before an instant.
	PruneSessions(ctx context.Context, before time.Time, limit int) (int64, error)
}

// CredentialStore keeps credentials.
type CredentialStore interface {
	InsertCredential(ctx context.Context, c Credential) error
	Credential(ctx context.Context, id string) (Credential, error)
	// SaveCredential stores where it stands, if it still has the version before.
	SaveCredential(ctx context.Context, c Credential) error
	// Credentials chooses some, by id.
	Credentials(ctx context.Context, f CredentialFilter) ([]Credential, error)
	// EraseCredentials forgets what the credentials of a person say.
	EraseCredentials(ctx context.Context, person string) error
	// Brokers are the members of an organisation with a verified broker's
	// certificate that holds on a day, by name.
	Brokers(ctx context.Context, org string, day clock.Date, limit int) ([]Broker, error)
}

// HandoverStore keeps handovers.
type HandoverStore interface {
	// InsertHandover keeps an offer. Error: errs.Conflict "handover_open" when
	// the organisation has one.
	InsertHandover(ctx context.Context, h Handover) error
	// OpenHandover is an organisation's that is not ended, with names.
	OpenHandover(ctx context.Context, org string) (Handover, error)
	// EndHandover ends an open one; errs.Stale "stale_version" when it has ended before.
	EndHandover(ctx context.Context, id string, outcome HandoverOutcome, at time.Time) error
}

// OrganisationStore keeps organisations, members and invitations.
type OrganisationStore interface {
	// InsertOrganisation keeps a new one. Error: errs.Conflict
	// "organisation_exists" when a verified one has its credit code.
	InsertOrganisation(ctx context.Context, o Organisation) error
	Organisation(ctx context.Context, id string) (Organisation, error)
	// SaveOrganisation stores everything of the row that still has the version
	// before. Error: also "organisation_exists".
	SaveOrganisation(ctx context.Context, o Organisation) error
	Organisations(ctx context.Context, f OrganisationFilter) ([]Organisation, error)
	// Heads are those of the ids that there are, in any order.
	Heads(ctx context.Context, ids []string) ([]Head, error)
	// VerifiedCode tells whether a verified organisation has the credit code.
	VerifiedCode(ctx context.Context, code string) (bool, error)

	// InsertMember keeps a role. Error: errs.Conflict "member_exists".
	InsertMember(ctx context.Context, m Member, addedBy string) error
	Member(ctx context.Context, id string) (Member, error)
	// Members are an organisation's, with names and addresses, by name.
	Members(ctx context.Context, org string) ([]Member, error)
	DeleteMember(ctx context.Context, id string) error
	DeleteMemberships(ctx context.Context, account string) error
	// Memberships are an account's, one an organisation, by its id.
	Memberships(ctx context.Context, account string) ([]Membership, error)
	// MembershipsOf are those of several accounts, by account.
	MembershipsOf(ctx context.Context, accounts []string) (map[string][]Membership, error)
	// ActiveAccountsOf are the accounts with a role in an organisation that can sign in.
	ActiveAccountsOf(ctx context.Context, org string, role policy.Role) ([]string, error)
	// AccountsOf are the accounts with one of the roles in an organisation,
	// with any if none is named.
	AccountsOf(ctx context.Context, org string, roles ...policy.Role) ([]string, error)

	InsertInvitation(ctx context.Context, i Invitation) error
	Invitation(ctx context.Context, id string) (Invitation, error)
	// RenewInvitation stores who invites, and until when, of an open one;
	// errs.Stale "stale_version" when it has ended before.
	RenewInvitation(ctx context.Context, i Invitation) error
	// InvitationsTo are an organisation's open ones of an address in folded
	// form, oldest first, whatever they are for.
	InvitationsTo(ctx context.Context, org, folded string, now time.Time) ([]Invitation, error)
	// OpenInvitations are an organisation's to roles, with the names invited.
	OpenInvitations(ctx context.Context, org string, now time.Time) ([]Member, error)
	// InvitationsToClaim are an organisation's open ones to claim one of the
	// entries, oldest first.
	InvitationsToClaim(ctx context.Context, org string, persons []string, now time.Time) ([]Invitation, error)
	// Invited tells whether an address in folded form has an open invitation.
	Invited(ctx context.Context, folded string, now time.Time) (bool, error)
	// EndInvitation ends an open one and forgets its address; errs.Stale
	// "stale_version" when it has ended before.
	EndInvitation(ctx context.Context, id string, at time.Time) error
	// EndInvitationsTo ends all open ones to an entry.
	EndInvitationsTo(ctx context.Context, person string, at time.Time) error
	// EndInvitationsAt ends all open ones of an address in folded form.
	EndInvitationsAt(ctx context.Context, folded string, at time.Time) error
	// PruneInvitations ends up to limit that nobody accepted in time.
	PruneInvitations(ctx context.Context, now time.Time, limit int) (int64, error)
}
