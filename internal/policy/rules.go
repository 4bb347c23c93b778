package policy

import "slices"

// relation is how the actor stands to the subject.
type relation uint8

const (
	anyone            relation = iota // also without signing in
	signedIn                          // has an account
	member                            // acts for some organisation
	owner                             // acts for the organisation that owns the subject
	author                            // the same, and wrote the subject or is named in it
	party                             // acts for one of the parties
	counterparty                      // acts for the side that has to answer
	self                              // the subject is about the actor's own person or account
	publishedToReader                 // published, and its audience includes the actor
	underNDA                          // published, and acts for an organisation with a signed NDA about it
	platformStaff                     // acts for the platform
	authorityStaff                    // acts for an authority
	mediator                          // acts for the subject's owner, which mediates: a brokerage or a station
)

func (r relation) holds(a Actor, f Facts) bool {
	switch r {
	case anyone:
		return true
	case signedIn:
		return a.SignedIn()
	case member:
		return a.SignedIn() && a.OrgID != ""
	case owner:
		return a.OrgID != "" && a.OrgID == f.OwnerOrg
	case author:
		return a.OrgID != "" && a.OrgID == f.OwnerOrg &&
			(a.Is(f.Authors) || a.AccountID != "" && a.AccountID == f.CreatedBy)
	case party:
		return a.OrgID != "" && slices.Contains(f.Parties, a.OrgID)
	case counterparty:
		return a.OrgID != "" && a.OrgID == f.Counterparty
	case self:
		return a.Is(f.Persons) ||
			a.AccountID != "" && a.AccountID == f.AccountID
	case publishedToReader:
		return f.Published && slices.Contains(TiersOf(a, f), f.Audience)
	case underNDA:
		return f.Published && a.OrgID != "" && slices.Contains(f.NDAWith, a.OrgID)
	case platformStaff:
		return a.OrgKind == Platform
	case authorityStaff:
		return a.OrgKind == Authority
	case mediator:
		return owner.holds(a, f) && (a.OrgKind == Brokerage || a.OrgKind == Station)
	}
	return false
}

// grant allows the action to those who stand in the relation, hold one of the
// roles (any, if none is named), and meet the conditions.
type grant struct {
	relation relation
	roles    []Role
	// verified: the acting organisation must be verified by the platform.
	verified bool
	// secondPerson: not by the account that prepared it (domain.md section 9:
	// payments need two people).
	secondPerson bool
	// impartial: not by one who belongs to the subject's owner or is named in it.
	impartial bool
	// others: not over one's own account, on which nobody could take it back.
	others bool
}

type rule struct {
	// hidden: who is not granted gets the same answer as for something absent.
	hidden bool
	grants []grant
}

// Groups of roles, by what they do for their organisation.
var (
	listers   = []Role{Officer, Head, Engineer, Manager, Broker}           // prepare listings and talk
	drafters  = []Role{Officer, Head, Inventor, Engineer, Manager, Broker} // write drafts
	deciders  = []Role{Head, Manager, Chief, Operator}                     // bind the organisation
	mediators = []Role{Broker, Officer, Head}                              // put others together
	cashiers  = []Role{Finance, Head, Manager}                             // record and pay money
	planners  = []Role{Officer, Head, Engineer, Manager}                   // prepare reward plans
	// readers see contracts and the money on them. An inventor is not among
	// them: what an inventor has a share in is read as a person.
	readers = slices.Concat(listers, []Role{Finance})
)

// internalOnly marks what only the program itself does.
var internalOnly = rule{hidden: true}

func public() rule   { return rule{grants: []grant{{relation: anyone}}} }
func personal() rule { return rule{hidden: true, grants: []grant{{relation: self}}} }
func byOwner(roles []Role, verified bool) rule {
	return rule{hidden: true, grants: []grant{{relation: owner, roles: roles, verified: verified}}}
}
func byMediator(hidden bool) rule {
	return rule{hidden: hidden, grants: []grant{{relation: mediator, roles: mediators, verified: true}}}
}
func byReviewer() rule {
	return rule{hidden: true, grants: []grant{{relation: platformStaff, roles: []Role{Reviewer}, impartial: true}}}
}

// overAccounts: the platform's operator, over the accounts of others.
func overAccounts() rule {
	return rule{grants: []grant{{relation: platformStaff, roles: []Role{Operator}, others: true}}}
}

// byWriters: the owner's people who prepare listings, and an inventor what the
// inventor wrote or is named in: no colleague's.
func byWriters() rule {
	return rule{hidden: true, grants: []grant{
		{relation: owner, roles: listers},
		{relation: author, roles: []Role{Inventor}},
	}}
}

// byOwnerOrStaff: the owner's people, or the platform's people of a role.
func byOwnerOrStaff(roles []Role, staff ...Role) rule {
	return rule{hidden: true, grants: []grant{
		{relation: owner, roles: roles},
		{relation: platformStaff, roles: staff},
	}}
}
func byParty(roles []Role) rule {
	return rule{hidden: true, grants: []grant{{relation: party, roles: roles}}}
}

// byVerifiedParty: what binds a party. One whose verification was revoked
// since still reads and talks, and signs nothing.
func byVerifiedParty(roles []Role) rule {
	return rule{hidden: true, grants: []grant{{relation: party, roles: roles, verified: true}}}
}

// listingRead: the published version to its audience, everything to the
// owner, to the persons it names, and to the reviewer.
var listingRead = rule{hidden: true, grants: []grant{
	{relation: publishedToReader},
	{relation: owner},
	{relation: self},
	{relation: platformStaff, roles: []Role{Reviewer}},
}}

var listingInside = rule{hidden: true, grants: []grant{
	{relation: owner},
	{relation: platformStaff, roles: []Role{Reviewer}},
}}

// ownOrDecided: what a person made for an organisation, by that person or by
// those who decide for the organisation.
var ownOrDecided = rule{hidden: true, grants: []grant{
	{relation: self},
	{relation: owner, roles: deciders},
}}

// versionsRead: an earlier version may hold what its owner has taken back
// since, so besides the owner and the reviewer it is for those alone who stand
// under an NDA with the owner.
var versionsRead = rule{hidden: true, grants: []grant{
	{relation: owner},
	{relation: platformStaff, roles: []Role{Reviewer}},
	{relation: underNDA},
}}

// rules is the whole of the platform's authorisation.
var rules = map[Action]rule{
	AccountRegister: public(),
	SessionCreate:   public(),
	AccountRecover:  public(),
	AccountRead:     personal(),
	AccountEdit:     personal(),
	AccountExport:   personal(),
	AccountErase:    personal(),
	AccountList:     {grants: []grant{{relation: platformStaff, roles: []Role{Operator}}}},
	AccountSuspend:  overAccounts(),
	AccountRestore:  overAccounts(),
	AccountSignOut:  overAccounts(),

	OrganisationRegister:    {grants: []grant{{relation: signedIn}}},
	OrganisationRead:        public(),
	OrganisationReadPrivate: {hidden: true, grants: []grant{{relation: owner}, {relation: platformStaff}}},
	OrganisationEdit:        byOwner(deciders, false),
	OrganisationSubmit:      byOwner(deciders, false),
	OrganisationVerify:      {grants: []grant{{relation: platformStaff, roles: []Role{Verifier}}}},
	OrganisationReject:      {grants: []grant{{relation: platformStaff, roles: []Role{Verifier}}}},
	OrganisationRevoke:      {grants: []grant{{relation: platformStaff, roles: []Role{Verifier}}}},
	MemberList:              byOwner(nil, false),
	OrganisationExpire:      internalOnly,
	MemberChange:            byOwner(deciders, false),
	HandoverOffer:           byOwner(deciders, false),
	HandoverAnswer:          personal(),
	CredentialRead:          byOwnerOrStaff(nil, Verifier),
	CredentialSubmit:        byOwner(deciders, false),
	CredentialSubmitOwn:     byOwner(nil, false),
	CredentialVerify:        {grants: []grant{{relation: platformStaff, roles: []Role{Verifier}}}},
	CredentialRefuse:        {grants: []grant{{relation: platformStaff, roles: []Role{Verifier}}}},
	CredentialRevoke:        {grants: []grant{{relation: platformStaff, roles: []Role{Verifier}}}},
	CredentialExpire:        internalOnly,
	CredentialWithdraw:      {hidden: true, grants: []grant{{relation: owner, roles: deciders}, {relation: self}}},
	PersonInvite:            byOwner(drafters, false),
	PersonClaim:             {grants: []grant{{relation: signedIn}}},

	AchievementCreate:  {grants: []grant{{relation: member, roles: drafters}}},
	AchievementRead:    listingRead,
	AchievementInside:  listingInside,
	AchievementEdit:    byWriters(),
	AchievementSubmit:  byOwner(listers, true),
	AchievementRecall:  byOwner(listers, false),
	AchievementDiscard: byOwner(listers, false),
	AchievementReturn:  byReviewer(),
	AchievementPublish: byReviewer(),
	AchievementSuspend: byOwnerOrStaff(listers, Reviewer),
	AchievementResume:  byOwner(listers, true),
	AchievementConfirm: byOwner(listers, true),
	AchievementExpire:  internalOnly,
	AchievementRevoke:  byOwner(listers, false),

	AchievementMerge:            byOwner(listers, true),
	AchievementUnmerge:          byOwner(listers, true),
	AchievementUnmergeDraft:     byOwner(listers, true),
	AchievementUnmergeSuspended: byOwner(listers, true),
	AchievementUnmergeExpired:   byOwner(listers, true),

	PackageCreate:  {grants: []grant{{relation: member, roles: listers}}},
	PackageRead:    listingRead,
	PackageInside:  listingInside,
	PackageEdit:    byOwner(listers, false),
	PackageSubmit:  byOwner(listers, true),
	PackageRecall:  byOwner(listers, false),
	PackageDiscard: byOwner(listers, false),
	PackageReturn:  byReviewer(),
	PackagePublish: byReviewer(),
	PackageSuspend: byOwnerOrStaff(listers, Reviewer),
	PackageResume:  byOwner(listers, true),
	PackageConfirm: byOwner(listers, true),
	PackageExpire:  internalOnly,
	PackageRevoke:  byOwner(listers, false),

	PackageVersions:     versionsRead,
	AchievementVersions: versionsRead,

	// Having one's own in another's package binds one's organisation.
	AgreementAsk:      internalOnly,
	AgreementRead:     byParty(listers),
	AgreementAgree:    byOwner([]Role{Officer, Head, Manager}, true),
	AgreementDecline:  byOwner([]Role{Officer, Head, Manager}, false),
	AgreementWithdraw: byOwner([]Role{Officer, Head, Manager}, false),
	AgreementLapse:    internalOnly,

	NeedCreate:  {grants: []grant{{relation: member, roles: listers}}},
	NeedRead:    listingRead,
	NeedInside:  listingInside,
	NeedEdit:    byOwner(listers, false),
	NeedSubmit:  byOwner(listers, true),
	NeedRecall:  byOwner(listers, false),
	NeedDiscard: byOwner(listers, false),
	NeedReturn:  byReviewer(),
	NeedPublish: byReviewer(),
	NeedSuspend: byOwnerOrStaff(listers, Reviewer),
	NeedResume:  byOwner(listers, true),
	NeedMatch:   internalOnly,
	NeedReopen:  byOwner(listers, true),
	NeedExpire:  internalOnly,
	NeedClose:   byOwner(listers, false),

	NeedMerge:            byOwner(listers, true),
	NeedUnmerge:          byOwner(listers, true),
	NeedUnmergeDraft:     byOwner(listers, true),
	NeedUnmergeSuspended: byOwner(listers, true),

	ListingImport:      byOwner(listers, false),
	ListingExport:      byOwner(listers, false),
	ListingReviewQueue: {grants: []grant{{relation: platformStaff, roles: []Role{Reviewer}}}},
	ListingReviewClaim: {grants: []grant{{relation: platformStaff, roles: []Role{Reviewer}, impartial: true}}},
	ListingRemind:      internalOnly,
	ContributionAsk:    byOwner(listers, false),
	ContributionRead:   personal(),
	ContributionAnswer: personal(),
	// Files are read by the action that reads what they are attached to.
	FileUpload: byWriters(),
	RecordAttach: {hidden: true, grants: []grant{
		{relation: owner, roles: slices.Concat(readers, deciders)},
		{relation: party, roles: readers},
	}},

	FileLog: byOwner(drafters, false),
	// Asking is for members whose organisation the platform knows: an owner has
	// to see whom a grant is for.
	FileRequestAsk:      {grants: []grant{{relation: publishedToReader, roles: listers, verified: true}}},
	FileRequestRead:     byParty(listers),
	FileRequestGrant:    byOwner(listers, true),
	FileRequestDecline:  byOwner(listers, false),
	FileRequestWithdraw: {hidden: true, grants: []grant{{relation: counterparty, roles: listers}}},
	FileRequestRevoke:   byOwner(listers, false),
	DisclosureRead:      byOwner(drafters, false),
	// A note is its organisation's alone: not even the platform's people read it.
	NoteRead:  byOwner(nil, false),
	NoteWrite: byOwner(nil, false),

	SearchRun:         public(),
	SearchSave:        personal(),
	SearchAlert:       internalOnly,
	SearchUnsubscribe: public(), // the link's signature is what proves it

	TokenCreate:    byOwner(nil, false),
	TokenRead:      ownOrDecided,
	TokenRevoke:    ownOrDecided,
	WebhookManage:  byOwner(slices.Concat([]Role{Officer}, deciders), false),
	WebhookDisable: internalOnly,

	MatchRead: {hidden: true, grants: []grant{
		{relation: owner, roles: listers},
		{relation: platformStaff, roles: []Role{Reviewer, Operator}},
	}},
	MatchFeedback:  byOwner(listers, false),
	MatchFind:      internalOnly,
	MatchPrecision: public(),
	EmbeddingKeep:  internalOnly,

	// A mediator's own proposals; the desk itself is no secret.
	DeskRead:         byMediator(false),
	DeskSetAside:     byMediator(false),
	ProposalMake:     byMediator(false),
	ProposalWithdraw: byMediator(true),

	DuplicateList: {grants: []grant{
		{relation: owner, roles: listers},
		{relation: platformStaff, roles: []Role{Reviewer, Operator}},
	}},
	DuplicateHint: byOwner(drafters, false),
	// Both owners, and the platform's people: of what anybody may read.
	DuplicateRead: {hidden: true, grants: []grant{
		{relation: party, roles: listers},
		{relation: platformStaff, roles: []Role{Reviewer, Operator}},
	}},
	DuplicateFind:  internalOnly,
	DuplicateClear: internalOnly,
	DuplicateMerge: byOwner(listers, true),
	// A pair of two owners is the platform's to decide.
	DuplicateApart: byOwnerOrStaff(listers, Reviewer, Operator),
	DuplicateUndo:  byOwnerOrStaff(listers, Reviewer, Operator),

	IntroductionCreate:   {grants: []grant{{relation: member, roles: listers, verified: true}}},
	IntroductionRead:     byParty(listers),
	IntroductionAccept:   {hidden: true, grants: []grant{{relation: counterparty, roles: listers, verified: true}}},
	IntroductionDecline:  {hidden: true, grants: []grant{{relation: counterparty, roles: listers}}},
	IntroductionWithdraw: byOwner(listers, false),
	IntroductionLapse:    internalOnly,
	DealOpen:             internalOnly,
	DealRead:             byParty(readers),
	DealReadMessages:     byParty(listers),
	DealMessage:          byParty(listers),
	DealNDASign:          byVerifiedParty(slices.Concat([]Role{Officer, Broker}, deciders)),
	DealContract:         internalOnly,
	DealClose:            byParty(listers),

	ContractDraft: byParty(listers),
	// A registry reads what is submitted to it: no contract by itself.
	ContractRead: {hidden: true, grants: []grant{
		{relation: party, roles: readers},
		{relation: self},
	}},
	ContractEdit:      byParty(listers),
	ContractPropose:   byParty(listers),
	ContractReopen:    byParty(listers),
	ContractSign:      byVerifiedParty(deciders),
	ContractComplete:  byParty(listers),
	ContractTerminate: byParty(deciders),
	ContractDiscard:   byParty(listers),
	ReceiptRecord:     byOwner(slices.Concat([]Role{Officer}, cashiers), false),
	ReceiptRead:       byParty(readers),
	RefundRecord:      byOwner(slices.Concat([]Role{Officer}, cashiers), false),

	PlanCreate: byOwner(planners, false),
	PlanRead: {hidden: true, grants: []grant{
		{relation: owner, roles: slices.Concat(planners, []Role{Finance})},
		{relation: self},
	}},
	PlanEdit:      byOwner(planners, false),
	PlanPropose:   byOwner(planners, false),
	PlanConfirm:   personal(),
	PlanConfirmed: internalOnly,
	PlanReopen:    byOwner(planners, false),
	PlanDecide:    {hidden: true, grants: []grant{{relation: owner, roles: []Role{Head, Manager}, secondPerson: true}}},
	PlanPublicise: byOwner(planners, false),
	PlanObject:    {hidden: true, grants: []grant{{relation: self}, {relation: owner}}},
	PlanAnswer:    byOwner(planners, false),
	PlanEffect:    byOwner(planners, false),
	PlanSupersede: internalOnly,
	RewardRead: {hidden: true, grants: []grant{
		{relation: owner, roles: []Role{Officer, Head, Finance, Manager}},
	}},
	RewardReadOwn: personal(),
	RewardCompute: internalOnly,
	RewardHold:    internalOnly,
	RewardRelease: byOwner([]Role{Head, Manager}, false),
	RewardApprove: {hidden: true, grants: []grant{{relation: owner, roles: cashiers, secondPerson: true}}},
	RewardPay:     byOwner([]Role{Finance}, false),
	RewardAccept:  personal(),
	RewardSettle:  internalOnly,
	StatisticsRead: {grants: []grant{
		{relation: authorityStaff, roles: []Role{Analyst, Head}, verified: true},
		{relation: platformStaff, roles: []Role{Operator}},
	}},

	NotificationRead:  {grants: []grant{{relation: self}}},
	LetterChoose:      {grants: []grant{{relation: self}}},
	LetterUnsubscribe: public(), // the link's signature is what proves it
	LetterGather:      internalOnly,
	LiveEvents:        {grants: []grant{{relation: signedIn}}},
	BacklogRead:       {grants: []grant{{relation: platformStaff, roles: []Role{Operator}}}},
	DeadLetterRead:    {grants: []grant{{relation: platformStaff, roles: []Role{Operator}}}},
	DeadLetterRetry:   {grants: []grant{{relation: platformStaff, roles: []Role{Operator}}}},
	SynonymRead:       {grants: []grant{{relation: platformStaff, roles: []Role{Operator}}}},
	SynonymEdit:       {grants: []grant{{relation: platformStaff, roles: []Role{Operator}}}},
	AuditRead:         {grants: []grant{{relation: platformStaff, roles: []Role{Operator}}}},
}

// Actions lists every action that has a rule, sorted.
func Actions() []Action {
	out := make([]Action, 0, len(rules))
	for a := range rules {
		out = append(out, a)
	}
	slices.Sort(out)
	return out
}
