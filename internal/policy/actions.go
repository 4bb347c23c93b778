package policy

// Action names one thing that can be done: kind, dot, verb. Steps of state
// machines use the same names.
type Action string

// The actions.
const (
	AccountRegister Action = "account.register"
	SessionCreate   Action = "session.create"
	AccountRead     Action = "account.read"
	AccountEdit     Action = "account.edit"
	AccountExport   Action = "account.export"
	AccountErase    Action = "account.erase"
	AccountRecover  Action = "account.recover" // set a new password by a letter
	// By the platform's operator, over others' accounts.
	AccountList    Action = "account.list"
	AccountSuspend Action = "account.suspend"
	AccountRestore Action = "account.restore"
	AccountSignOut Action = "account.sign_out" // on all devices

	OrganisationRegister    Action = "organisation.register"
	OrganisationRead        Action = "organisation.read"
	OrganisationReadPrivate Action = "organisation.read_private"
	OrganisationEdit        Action = "organisation.edit"
	OrganisationSubmit      Action = "organisation.submit"
	OrganisationVerify      Action = "organisation.verify"
	OrganisationReject      Action = "organisation.reject"
	OrganisationRevoke      Action = "organisation.revoke"
	OrganisationExpire      Action = "organisation.expire" // its last proof has ended
	MemberList              Action = "member.list"
	MemberChange            Action = "member.change"
	HandoverOffer           Action = "handover.offer"  // of who decides, to another member
	HandoverAnswer          Action = "handover.answer" // by that member
	CredentialRead          Action = "credential.read"
	CredentialSubmit        Action = "credential.submit"     // what proves the organisation
	CredentialSubmitOwn     Action = "credential.submit_own" // one's own certificate
	CredentialVerify        Action = "credential.verify"
	CredentialRefuse        Action = "credential.refuse"
	CredentialRevoke        Action = "credential.revoke"
	CredentialExpire        Action = "credential.expire"
	CredentialWithdraw      Action = "credential.withdraw"
	PersonInvite            Action = "person.invite"
	PersonClaim             Action = "person.claim"

	AchievementCreate  Action = "achievement.create"
	AchievementRead    Action = "achievement.read"
	AchievementInside  Action = "achievement.read_inside" // drafts, history, disclosure log
	AchievementEdit    Action = "achievement.edit"
	AchievementSubmit  Action = "achievement.submit"
	AchievementRecall  Action = "achievement.recall"
	AchievementDiscard Action = "achievement.discard" // drop the working copy of something published
	AchievementReturn  Action = "achievement.return"
	AchievementPublish Action = "achievement.publish"
	AchievementSuspend Action = "achievement.suspend"
	AchievementResume  Action = "achievement.resume"
	AchievementConfirm Action = "achievement.reconfirm"
	AchievementExpire  Action = "achievement.expire"
	AchievementRevoke  Action = "achievement.withdraw"
	// In favour of a listing that it repeats, and back into each state.
	AchievementMerge            Action = "achievement.merge"
	AchievementUnmerge          Action = "achievement.unmerge"
	AchievementUnmergeDraft     Action = "achievement.unmerge_draft"
	AchievementUnmergeSuspended Action = "achievement.unmerge_suspended"
	AchievementUnmergeExpired   Action = "achievement.unmerge_expired"

	PackageVersions     Action = "package.read_versions" // earlier ones
	AchievementVersions Action = "achievement.read_versions"

	AgreementAsk      Action = "agreement.ask"
	AgreementRead     Action = "agreement.read"
	AgreementAgree    Action = "agreement.agree"
	AgreementDecline  Action = "agreement.decline"
	AgreementWithdraw Action = "agreement.withdraw"
	AgreementLapse    Action = "agreement.lapse"

	PackageCreate  Action = "package.create"
	PackageRead    Action = "package.read"
	PackageInside  Action = "package.read_inside"
	PackageEdit    Action = "package.edit"
	PackageSubmit  Action = "package.submit"
	PackageRecall  Action = "package.recall"
	PackageDiscard Action = "package.discard" // drop the working copy of something published
	PackageReturn  Action = "package.return"
	PackagePublish Action = "package.publish"
	PackageSuspend Action = "package.suspend"
	PackageResume  Action = "package.resume"
	PackageConfirm Action = "package.reconfirm"
	PackageExpire  Action = "package.expire"
	PackageRevoke  Action = "package.withdraw"

	NeedCreate  Action = "need.create"
	NeedRead    Action = "need.read"
	NeedInside  Action = "need.read_inside"
	NeedEdit    Action = "need.edit"
	NeedSubmit  Action = "need.submit"
	NeedRecall  Action = "need.recall"
	NeedDiscard Action = "need.discard" // drop the working copy of something published
	NeedReturn  Action = "need.return"
	NeedPublish Action = "need.publish"
	NeedSuspend Action = "need.suspend"
	NeedResume  Action = "need.resume"
	NeedMatch   Action = "need.match" // a deal has begun from it
	NeedReopen  Action = "need.reopen"
	NeedExpire  Action = "need.expire"
	NeedClose   Action = "need.close"

	NeedMerge            Action = "need.merge"
	NeedUnmerge          Action = "need.unmerge"
	NeedUnmergeDraft     Action = "need.unmerge_draft"
	NeedUnmergeSuspended Action = "need.unmerge_suspended"

	ListingImport      Action = "listing.import" // files of one's own into listings
	ListingExport      Action = "listing.export" // one's own listings into a file
	ListingReviewQueue Action = "listing.review_queue"
	ListingReviewClaim Action = "listing.review_claim" // have a submission before oneself
	ListingRemind      Action = "listing.remind"       // of its last day
	ContributionAsk    Action = "contribution.ask"
	ContributionRead   Action = "contribution.read_own"
	ContributionAnswer Action = "contribution.answer" // a contributor, in person
	FileUpload         Action = "file.upload"         // to a listing
	RecordAttach       Action = "record.attach"       // to a contract, a plan, a payment, an organisation

	FileLog             Action = "file.log" // who was given it
	FileRequestAsk      Action = "file_request.ask"
	FileRequestRead     Action = "file_request.read"
	FileRequestGrant    Action = "file_request.grant"
	FileRequestDecline  Action = "file_request.decline"
	FileRequestWithdraw Action = "file_request.withdraw"
	FileRequestRevoke   Action = "file_request.revoke"
	DisclosureRead      Action = "disclosure.read" // who saw what of the own listings
	NoteRead            Action = "note.read"       // an organisation's own notes on listings
	NoteWrite           Action = "note.write"

	SearchRun         Action = "search.run"
	SearchSave        Action = "search.save"        // keep a query under a name, with its alerts and its feed
	SearchAlert       Action = "search.alert"       // tell a person what a saved query found
	SearchUnsubscribe Action = "search.unsubscribe" // end the letters of an alert by the signed link of one

	TokenCreate    Action = "token.create"
	TokenRead      Action = "token.read"
	TokenRevoke    Action = "token.revoke"
	WebhookManage  Action = "webhook.manage"
	WebhookDisable Action = "webhook.disable" // an endpoint failed too long

	MatchRead     Action = "match.read"
	MatchFeedback Action = "match.feedback"
	MatchFind     Action = "match.find" // a strong match was found
	// MatchPrecision is to see how well the versions of the model did.
	MatchPrecision Action = "match.precision"
	// EmbeddingKeep: texts were sent to the embedding service.
	EmbeddingKeep Action = "embedding.keep"

	DeskRead         Action = "desk.read"         // what waits for somebody to put two sides together
	DeskSetAside     Action = "desk.set_aside"    // keep something off its organisation's desk
	ProposalMake     Action = "proposal.make"     // put a need and a result before both sides
	ProposalWithdraw Action = "proposal.withdraw" // by the mediator that made it

	DuplicateList  Action = "duplicate.list"
	DuplicateHint  Action = "duplicate.hint" // what a text of one's own looks like
	DuplicateRead  Action = "duplicate.read"
	DuplicateFind  Action = "duplicate.find"
	DuplicateClear Action = "duplicate.clear" // no longer alike
	DuplicateMerge Action = "duplicate.merge" // by the owner of the listing that goes
	DuplicateApart Action = "duplicate.keep_apart"
	DuplicateUndo  Action = "duplicate.undo"

	IntroductionCreate   Action = "introduction.create"
	IntroductionRead     Action = "introduction.read"
	IntroductionAccept   Action = "introduction.accept"
	IntroductionDecline  Action = "introduction.decline"
	IntroductionWithdraw Action = "introduction.withdraw"
	IntroductionLapse    Action = "introduction.lapse"
	DealOpen             Action = "deal.open"
	DealRead             Action = "deal.read"
	DealReadMessages     Action = "deal.read_messages"
	DealMessage          Action = "deal.message"
	DealNDASign          Action = "deal.nda_sign"
	DealContract         Action = "deal.contract" // reached a contract
	DealClose            Action = "deal.close"

	ContractDraft     Action = "contract.draft"
	ContractRead      Action = "contract.read"
	ContractEdit      Action = "contract.edit"
	ContractPropose   Action = "contract.propose"
	ContractReopen    Action = "contract.reopen"
	ContractSign      Action = "contract.sign"
	ContractComplete  Action = "contract.complete"
	ContractTerminate Action = "contract.terminate"
	ContractDiscard   Action = "contract.discard"
	ReceiptRecord     Action = "receipt.record"
	ReceiptRead       Action = "receipt.read"
	RefundRecord      Action = "refund.record"

	PlanCreate     Action = "plan.create"
	PlanRead       Action = "plan.read"
	PlanEdit       Action = "plan.edit"
	PlanPropose    Action = "plan.propose"
	PlanConfirm    Action = "plan.confirm"  // a contributor, in person
	PlanConfirmed  Action = "plan.complete" // the last confirmation arrived
	PlanReopen     Action = "plan.reopen"
	PlanDecide     Action = "plan.decide"
	PlanPublicise  Action = "plan.publicise"
	PlanObject     Action = "plan.object"
	PlanAnswer     Action = "plan.answer"
	PlanEffect     Action = "plan.effect"
	PlanSupersede  Action = "plan.supersede"
	RewardRead     Action = "reward.read"
	RewardReadOwn  Action = "reward.read_own"
	RewardCompute  Action = "reward.compute"
	RewardHold     Action = "reward.hold"
	RewardRelease  Action = "reward.release"
	RewardApprove  Action = "reward.approve"
	RewardPay      Action = "reward.pay"
	RewardAccept   Action = "reward.accept" // the contributor confirms the payment
	RewardSettle   Action = "reward.settle" // who has not confirmed it has erased the account
	StatisticsRead Action = "statistics.read"

	NotificationRead  Action = "notification.read"
	LetterChoose      Action = "letter.choose"      // which kinds of letters one gets
	LetterUnsubscribe Action = "letter.unsubscribe" // end a kind of letters by the signed link of one
	LetterGather      Action = "letter.gather"      // write of several messages at once
	LiveEvents        Action = "events.listen"
	BacklogRead       Action = "backlog.read" // what waits to be delivered
	DeadLetterRead    Action = "dead_letter.read"
	DeadLetterRetry   Action = "dead_letter.retry"
	AuditRead         Action = "audit.read"
	SynonymRead       Action = "synonym.read"
	SynonymEdit       Action = "synonym.edit"
)
