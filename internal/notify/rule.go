package notify

import (
	"slices"

	"chengqiao/internal/event"
	"chengqiao/internal/policy"
)

// audience is which of those concerned are told.
type audience uint8

const (
	owners   audience = iota // members of the organisation that owns the subject
	asked                    // members of the side that has to answer
	asker                    // members of the side that waits for the answer
	parties                  // members of both sides
	others                   // members of the side that did not act
	mediator                 // members of the mediator whose proposal it came from
	persons                  // the persons whom the subject is about
	staff                    // members of the platform
)

// Groups of roles, by what they are told for.
var (
	negotiators = []policy.Role{policy.Officer, policy.Head, policy.Engineer, policy.Manager, policy.Broker}
	writers     = []policy.Role{policy.Officer, policy.Head, policy.Inventor, policy.Engineer, policy.Manager, policy.Broker}
	mediators   = []policy.Role{policy.Broker, policy.Officer, policy.Head}
	signers     = []policy.Role{policy.Head, policy.Manager, policy.Chief, policy.Operator}
	binders     = []policy.Role{policy.Officer, policy.Head, policy.Manager} // let others offer what is theirs
	cashiers    = []policy.Role{policy.Finance, policy.Head, policy.Manager}
	reviewers   = []policy.Role{policy.Reviewer}
	// holders have credentials of their own, or answer for the organisation's.
	holders   = slices.Concat(negotiators, signers)
	everybody = slices.Concat(writers, signers, cashiers,
		[]policy.Role{policy.Reviewer, policy.Verifier, policy.Registrar, policy.Analyst})
)

// rule says who is told of an event, and by which code.
type rule struct {
	on event.Name
	// state, where it is set, must be the event's state.
	state string
	// when, where it is set, must hold too.
	when func(event.Event) bool
	// byPerson: not when the program did it, as an import publishes thousands.
	byPerson bool
	code     string
	to       audience
	roles    []policy.Role
	// letter, where it is set, is the topic of a letter that is written too, whose
	// template bears the code's name.
	letter Topic
	// while, where it is set, is the state that the subject must still have when
	// the letter is written, which is days later where the mail server was away.
	// With a kind in of it is that of the thing which the event names by "<of>_id".
	while string
	of    string
	// gathered: a letter tells of several at once, once they were unread for a
	// while (GatherDue).
	gathered bool
}

// rules is the whole of who is told what. One event can have several.
var rules = []rule{
	{on: event.MatchProposed, code: "match_proposed", to: owners, roles: negotiators, letter: TopicProposals, while: "open", of: "proposal"},
	{on: event.MatchFound, code: "match_found", to: owners, roles: negotiators},
	{on: event.IntroductionMade, code: "introduction_made", to: asked, roles: negotiators, letter: TopicIntroductions, while: "open"},
	{on: event.IntroductionAnswered, state: "accepted", code: "introduction_accepted", to: asker, roles: negotiators, letter: TopicIntroductions},
	{on: event.IntroductionAnswered, state: "declined", code: "introduction_declined", to: asker, roles: negotiators, letter: TopicIntroductions},
	{on: event.IntroductionWithdrawn, code: "introduction_withdrawn", to: asked, roles: negotiators},
	{on: event.IntroductionLapsed, code: "introduction_lapsed", to: parties, roles: negotiators},
	{on: event.IntroductionMade, code: "proposal_introduced", to: mediator, roles: mediators},
	{on: event.IntroductionAnswered, state: "accepted", code: "proposal_accepted", to: mediator, roles: mediators},
	{on: event.IntroductionAnswered, state: "declined", code: "proposal_declined", to: mediator, roles: mediators},
	{on: event.IntroductionLapsed, code: "proposal_lapsed", to: mediator, roles: mediators},
	{on: event.MessagePosted, code: "message_posted", to: others, roles: negotiators, gathered: true},
	{on: event.NDASigned, code: "nda_signed", to: others, roles: negotiators},
	{on: event.FileRequested, code: "file_requested", to: asked, roles: negotiators, letter: TopicRequests, while: "asked"},
	{on: event.FileRequestAnswered, state: "granted", code: "file_granted", to: asker, roles: negotiators},
	{on: event.FileRequestAnswered, state: "declined", code: "file_declined", to: asker, roles: negotiators},
	{on: event.FileRequestAnswered, state: "revoked", code: "file_revoked", to: asker, roles: negotiators},
	{on: event.DealChanged, state: "contracted", code: "deal_contracted", to: parties, roles: negotiators},
	{on: event.DealChanged, state: "closed", code: "deal_closed", to: others, roles: negotiators},

	{on: event.AchievementSubmitted, code: "listing_submitted", to: staff, roles: reviewers},
	{on: event.PackageSubmitted, code: "listing_submitted", to: staff, roles: reviewers},
	{on: event.NeedSubmitted, code: "listing_submitted", to: staff, roles: reviewers},
	{on: event.AchievementReturned, code: "listing_returned", to: owners, roles: writers, letter: TopicListings},
	{on: event.PackageReturned, code: "listing_returned", to: owners, roles: writers, letter: TopicListings},
	{on: event.NeedReturned, code: "listing_returned", to: owners, roles: writers, letter: TopicListings},
	{on: event.AchievementPublished, byPerson: true, code: "listing_published", to: owners, roles: writers, letter: TopicListings},
	{on: event.PackagePublished, byPerson: true, code: "listing_published", to: owners, roles: writers, letter: TopicListings},
	{on: event.NeedPublished, byPerson: true, code: "listing_published", to: owners, roles: writers, letter: TopicListings},
	{on: event.AgreementAsked, code: "agreement_asked", to: asked, roles: binders, letter: TopicRequests, while: "asked"},
	{on: event.AgreementAnswered, state: "agreed", code: "agreement_given", to: asker, roles: negotiators},
	{on: event.AgreementAnswered, state: "declined", code: "agreement_declined", to: asker, roles: negotiators},
	{on: event.AgreementAnswered, state: "withdrawn", code: "agreement_withdrawn", to: asker, roles: negotiators},
	{on: event.WebhookDisabled, code: "webhook_disabled", to: owners, roles: slices.Concat([]policy.Role{policy.Officer}, signers), letter: topicEssential},
	{on: event.AchievementExpiring, code: "listing_expiring", to: owners, roles: negotiators, letter: TopicListings},
	{on: event.PackageExpiring, code: "listing_expiring", to: owners, roles: negotiators, letter: TopicListings},
	{on: event.AchievementHidden, state: "expired", code: "listing_expired", to: owners, roles: negotiators, letter: TopicListings},
	{on: event.PackageHidden, state: "expired", code: "listing_expired", to: owners, roles: negotiators, letter: TopicListings},
	{on: event.ContributionAsked, code: "contribution_to_confirm", to: persons, letter: TopicRewards},
	{on: event.ContributionAnswered, state: "declined", code: "contribution_declined", to: owners, roles: negotiators},
	{on: event.OrganisationVerified, when: judged, code: "organisation_verified", to: owners, roles: signers, letter: topicEssential, while: "verified"},
	{on: event.OrganisationChanged, state: "rejected", when: itself, code: "organisation_rejected", to: owners, roles: signers, letter: topicEssential, while: "rejected"},
	{on: event.OrganisationChanged, state: "expired", when: itself, code: "organisation_expired", to: owners, roles: signers, letter: topicEssential, while: "expired"},
	{on: event.OrganisationChanged, when: credentialIn("refused"), code: "credential_refused", to: owners, roles: holders},
	{on: event.OrganisationChanged, when: credentialIn("verified"), code: "credential_verified", to: owners, roles: holders},
	{on: event.MemberChanged, when: handoverOffered, code: "handover_offered", to: owners, roles: everybody},

	{on: event.ContractDrafted, code: "contract_drafted", to: others, roles: negotiators},
	{on: event.ContractChanged, state: "proposed", code: "contract_to_sign", to: parties, roles: signers, letter: TopicContracts, while: "proposed"},
	{on: event.ContractChanged, state: "half_signed", code: "contract_half_signed", to: others, roles: signers, letter: TopicContracts, while: "half_signed"},
	{on: event.ContractChanged, state: "draft", when: reopened, code: "contract_reopened", to: others, roles: negotiators, letter: TopicContracts, while: "draft"},
	{on: event.ContractChanged, state: "discarded", code: "contract_discarded", to: others, roles: negotiators},
	{on: event.ContractSigned, state: "signed", code: "contract_signed", to: parties, roles: slices.Concat(negotiators, []policy.Role{policy.Finance})},
	{on: event.ContractChanged, state: "completed", code: "contract_completed", to: others, roles: slices.Concat(negotiators, []policy.Role{policy.Finance})},
	{on: event.ContractChanged, state: "terminated", code: "contract_terminated", to: others, roles: slices.Concat(negotiators, []policy.Role{policy.Finance}), letter: TopicContracts, while: "terminated"},
	{on: event.ReceiptRecorded, code: "receipt_recorded", to: parties, roles: cashiers},
	{on: event.RefundRecorded, code: "refund_recorded", to: parties, roles: cashiers},

	{on: event.PlanChanged, state: "proposed", code: "plan_to_confirm", to: persons, letter: TopicRewards, while: "proposed"},
	{on: event.RewardComputed, code: "reward_to_approve", to: owners, roles: cashiers, letter: TopicRewards, while: "computed"},
	{on: event.RewardHeld, code: "reward_held", to: owners, roles: cashiers},
	{on: event.RewardApproved, code: "reward_approved", to: persons, letter: TopicRewards},
	{on: event.RewardPaid, code: "reward_paid", to: persons, letter: TopicRewards},
}

// reopened: a contract is a draft again, and not one whose terms were changed.
func reopened(ev event.Event) bool { return ev.Data["from"] != nil }

// credentialIn: the change of an organisation is that of one of its
// credentials, into a state.
func credentialIn(state string) func(event.Event) bool {
	return func(ev event.Event) bool { return ev.Data["credential_state"] == state }
}

// itself: the change of an organisation is of its own state, not of a credential.
func itself(ev event.Event) bool { return ev.Data["credential_state"] == nil }

// judged: the platform's own organisation is verified by whoever makes it.
func judged(ev event.Event) bool { return ev.Data["kind"] != string(policy.Platform) }

// handoverOffered: the change of a member is the offer to take the organisation over.
func handoverOffered(ev event.Event) bool { return ev.Data["change"] == "handover_offered" }

// applies tells whether the rule speaks of the event.
func (r rule) applies(ev event.Event) bool {
	if r.on != ev.Name || r.byPerson && ev.BySystem() || r.when != nil && !r.when(ev) {
		return false
	}
	state, _ := ev.Data["state"].(string)
	return r.state == "" || r.state == state
}

// orgs are the organisations whose members the rule tells.
func (r rule) orgs(ev event.Event, c Concerned) []string {
	var out []string
	switch r.to {
	case owners:
		out = []string{c.OwnerOrg}
	case asked:
		out = []string{c.Asked}
	case asker:
		out = []string{c.Asker}
	case mediator:
		out = []string{c.Mediator}
	case parties:
		out = c.Parties
	case others:
		for _, org := range c.Parties {
			if org != ev.OrgID {
				out = append(out, org)
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(out), func(org string) bool { return org == "" })
}

// Notifies tells whether some rule speaks of an event: what the journal
// subscribes Service.Notify to.
func Notifies(ev event.Event) bool {
	return slices.ContainsFunc(rules, func(r rule) bool { return r.applies(ev) })
}

// WritesLetters tells whether some rule writes a letter of an event: what the
// journal subscribes Service.Mail to. Letters that somebody has asked for and
// waits for, as after a forgotten password, have an event of their own
// (event.MailRequested), so that no other letters stand before them.
func WritesLetters(ev event.Event) bool {
	return ev.Name == event.MessagesGathered ||
		slices.ContainsFunc(rules, func(r rule) bool { return r.letter != "" && r.applies(ev) })
}
