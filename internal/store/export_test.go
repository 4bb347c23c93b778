package store

// The queries of lists, for the test that asks the engines how they would run.
var (
	ContractsQuery     = contractsQuery
	DealsQuery         = dealsQuery
	IntroductionsQuery = introductionsQuery
	AuditQuery         = auditQuery
	NotificationsQuery = notificationsQuery
	DueTalksQuery      = dueTalksQuery
	FileRequestsQuery  = fileRequestsQuery
	NotesQuery         = notesQuery
	DisclosuresQuery   = disclosuresQuery
	WaitingQuery       = waitingQuery
	IdleQuery          = idleQuery
	ProposalsQuery     = proposalsQuery
	SignedQuery        = signedQuery
	NewOf              = newOf
	ByUpdateQuery      = byUpdateQuery
	SharingQuery       = sharingQuery
	AccountsQuery      = accountsQuery
	WindowEndQuery     = windowEndQuery
	LastSignInsQuery   = lastSignInsQuery
)

// Queries that are the same for everybody.
const (
	UndecidedPlans = undecidedPlans
	GrantedQuery   = grantedQuery
	NeedsMatching  = needsMatching
	AddressesDue   = addressesDue
	DueOf          = dueOf
	AnyDue         = anyDue
	ToldQuery      = toldQuery
)

// Seeded are the tables that are not empty in a new store.
var Seeded = seeded
