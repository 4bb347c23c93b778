// Package event owns the envelope of what happened and the registry of event
// names. Events are written in the transaction of the change (see journal)
// and delivered by outbox; they carry ids, never texts or personal data.
package event

import (
	"slices"
	"time"
)

// Name is a registered event name: kind, dot, past participle.
type Name string

// Interest tells whether somebody wants to be told of an event.
type Interest func(Event) bool

// Named is the interest in events of these names.
func Named(names ...Name) Interest {
	return func(e Event) bool { return slices.Contains(names, e.Name) }
}

// Event is one thing that happened to one subject.
type Event struct {
	// ID is a UUIDv7 made by the writer.
	ID   string
	Name Name
	// Kind is the subject's kind as in lifecycle: "package", "need".
	Kind    string
	Subject string
	// Version is the subject's version after the change.
	Version int64
	At      time.Time
	// AccountID and OrgID say who acted; empty for the system itself.
	AccountID string
	OrgID     string
	// Data holds ids, states and numbers that consumers need to route; small.
	Data map[string]any
	// Trace is where in a recorded trace it happened (see span.Place); "" where
	// nothing was recorded.
	Trace string
}

// BySystem tells that nobody did it but the program, as an import publishes
// thousands.
func (e Event) BySystem() bool { return e.AccountID == "" }

// The registered names. A consumer subscribes by these.
const (
	OrganisationRegistered Name = "organisation.registered"
	OrganisationVerified   Name = "organisation.verified"
	OrganisationChanged    Name = "organisation.changed"
	MemberChanged          Name = "member.changed"
	MailRequested          Name = "mail.requested"

	AchievementChanged   Name = "achievement.changed"
	AchievementSubmitted Name = "achievement.submitted"
	AchievementReturned  Name = "achievement.returned"
	AchievementPublished Name = "achievement.published"
	AchievementHidden    Name = "achievement.hidden"
	AchievementExpiring  Name = "achievement.expiring" // leaves search soon

	PackageChanged   Name = "package.changed"
	PackageSubmitted Name = "package.submitted"
	PackageReturned  Name = "package.returned"
	PackagePublished Name = "package.published"
	PackageHidden    Name = "package.hidden"
	PackageExpiring  Name = "package.expiring"

	AgreementAsked    Name = "agreement.asked"
	AgreementAnswered Name = "agreement.answered"
	AgreementChanged  Name = "agreement.changed"

	NeedChanged   Name = "need.changed"
	NeedSubmitted Name = "need.submitted"
	NeedReturned  Name = "need.returned"
	NeedPublished Name = "need.published"
	NeedHidden    Name = "need.hidden"

	ContributorInvited   Name = "contributor.invited"
	ContributorConfirmed Name = "contributor.confirmed"
	ContributionAsked    Name = "contribution.asked"
	ContributionAnswered Name = "contribution.answered"

	FileRequested        Name = "file_request.made"
	FileRequestAnswered  Name = "file_request.answered"
	FileRequestWithdrawn Name = "file_request.withdrawn"

	MatchFound             Name = "match.found"
	MatchProposed          Name = "match.proposed" // by a mediator, of either side
	MatchProposalWithdrawn Name = "match.proposal_withdrawn"
	EmbeddingKept          Name = "embedding.kept" // of listings: where their texts lie is known

	ImportConfirmed  Name = "import.confirmed"
	SavedSearchFound Name = "saved_search.found" // of a saved query: something new that its owner has not been told of
	WebhookDisabled  Name = "webhook.disabled"

	IntroductionMade      Name = "introduction.made"
	IntroductionAnswered  Name = "introduction.answered"
	IntroductionWithdrawn Name = "introduction.withdrawn"
	IntroductionLapsed    Name = "introduction.lapsed"
	DealOpened            Name = "deal.opened"
	DealChanged           Name = "deal.changed"
	MessagePosted         Name = "message.posted"
	MessagesGathered      Name = "message.gathered" // of a deal: what one person has not read asks for a letter
	NDASigned             Name = "nda.signed"

	ContractDrafted Name = "contract.drafted"
	ContractChanged Name = "contract.changed"
	ContractSigned  Name = "contract.signed"
	ReceiptRecorded Name = "receipt.recorded"
	RefundRecorded  Name = "refund.recorded"
	PlanChanged     Name = "plan.changed"
	PlanEffective   Name = "plan.effective"
	RewardComputed  Name = "reward.computed"
	RewardHeld      Name = "reward.held"
	RewardApproved  Name = "reward.approved"
	RewardPaid      Name = "reward.paid"
)
