package store

// The queries of lists, for the test that asks the engines how they would run.
var (
	ContractsQuery     = contractsQuery
	DealsQuery         = dealsQuery
	IntroductionsQuery = introductionsQuery
	AuditQuery         = auditQuery
	NotificationsQuery = notificationsQuery
)

// UndecidedPlans is the query of one kind of task.
const UndecidedPlans = undecidedPlans
