package notify

import (
	"cmp"
	"context"
	"slices"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/policy"
	"chengqiao/internal/text"
)

// Task is one thing that waits for a person.
type Task struct {
	// Code says what to do; clients translate it.
	Code      string
	Kind      string
	SubjectID string
	Title     text.Text
	// Party tells apart what bears one title: whom it is agreed with, or who asks.
	// Empty where nobody is, or who asks does not show its name.
	Party text.Text
	// MovedOn and Fen are when the money of a distribution moved and how much of
	// it is the owner's, or a contributor's own share; less than zero goes back.
	// No day where it is about no money.
	MovedOn clock.Date
	Fen     int64
	// DueAt is until when; zero where nothing presses.
	DueAt time.Time
	// Since is how long it has waited.
	Since time.Time
}

// The codes of tasks.
const (
	ReviewListing       = "review_listing"
	MendReturned        = "mend_returned"
	AnswerIntroduction  = "answer_introduction"
	AnswerFileRequest   = "answer_file_request"
	SignContract        = "sign_contract"
	ConfirmPlan         = "confirm_plan"
	DecidePlan          = "decide_plan"
	ApproveDistribution = "approve_distribution"
	PayDistribution     = "pay_distribution"
	ReleaseDistribution = "release_distribution"
	AcceptDistribution  = "accept_distribution"
	PublicisePlan       = "publicise_plan"
	AnswerObjection     = "answer_objection"
	EffectPlan          = "effect_plan"
	VerifyOrganisation  = "verify_organisation"
	ReconfirmListing    = "reconfirm_listing"
	ConfirmContribution = "confirm_contribution"
	AnswerAgreement     = "answer_agreement"
	ReopenNeed          = "reopen_need"
)

// Waiting says what is asked of a source of tasks.
type Waiting struct {
	// OrgID and AccountID are who it waits for.
	OrgID, AccountID string
	// PersonIDs are all entries under which the account is named.
	PersonIDs []string
	// Kinds are the kinds of listings that the account may edit for OrgID,
	// Written those of which it may edit what it wrote or is named in.
	Kinds, Written []string
	// Before: what is due until then, where a task comes up only near its day.
	Before clock.Date
	// Today, for what can be done only once its day has come.
	Today clock.Date
	Limit int
}

// TaskStore finds what waits, most urgent first, at most Limit. The tasks need
// no Code.
type TaskStore interface {
	// ListingsInReview wait for any reviewer.
	ListingsInReview(ctx context.Context, w Waiting) ([]Task, error)
	// ReturnedListings of OrgID wait to be mended: of one of Kinds, or of one of
	// Written where AccountID or one of PersonIDs wrote it.
	ReturnedListings(ctx context.Context, w Waiting) ([]Task, error)
	// ExpiringListings of OrgID are to be reconfirmed before a day.
	ExpiringListings(ctx context.Context, w Waiting) ([]Task, error)
	// OpenIntroductions wait for OrgID's answer.
	OpenIntroductions(ctx context.Context, w Waiting) ([]Task, error)
	// UnansweredAgreements wait for OrgID to let another offer what is its own.
	UnansweredAgreements(ctx context.Context, w Waiting) ([]Task, error)
	// OpenFileRequests for documents of OrgID wait for its answer.
	OpenFileRequests(ctx context.Context, w Waiting) ([]Task, error)
	// ForsakenNeeds of OrgID are still matched though every deal about them ended
	// without a contract: they wait to be opened again or closed.
	ForsakenNeeds(ctx context.Context, w Waiting) ([]Task, error)
	// UnsignedContracts wait for OrgID's signature.
	UnsignedContracts(ctx context.Context, w Waiting) ([]Task, error)
	// UnconfirmedPlans wait for one of PersonIDs.
	UnconfirmedPlans(ctx context.Context, w Waiting) ([]Task, error)
	// UndecidedPlans of OrgID wait for somebody else than AccountID, who prepared them.
	UndecidedPlans(ctx context.Context, w Waiting) ([]Task, error)
	// UnapprovedDistributions of OrgID wait for somebody else than AccountID,
	// who prepared them.
	UnapprovedDistributions(ctx context.Context, w Waiting) ([]Task, error)
	// UnpaidDistributions of OrgID.
	UnpaidDistributions(ctx context.Context, w Waiting) ([]Task, error)
	// HeldDistributions of OrgID wait for its decision.
	HeldDistributions(ctx context.Context, w Waiting) ([]Task, error)
	// UnacceptedDistributions are paid and wait for one of PersonIDs to say so.
	UnacceptedDistributions(ctx context.Context, w Waiting) ([]Task, error)
	// UnpublicisedPlans of OrgID are decided and wait for their notice.
	UnpublicisedPlans(ctx context.Context, w Waiting) ([]Task, error)
	// DisputedPlans of OrgID wait for an answer to what was objected.
	DisputedPlans(ctx context.Context, w Waiting) ([]Task, error)
	// PublicisedPlans of OrgID whose notice is over on Today wait to take effect.
	PublicisedPlans(ctx context.Context, w Waiting) ([]Task, error)
	// UnansweredContributions wait for one of PersonIDs.
	UnansweredContributions(ctx context.Context, w Waiting) ([]Task, error)
	// PendingOrganisations wait for any verifier.
	PendingOrganisations(ctx context.Context, w Waiting) ([]Task, error)
}

// source is one kind of task: its code, who can do it, and where it is found.
type source struct {
	code string
	find func(TaskStore, context.Context, Waiting) ([]Task, error)
	can  func(policy.Actor) bool
}

// forOwn: the actor can do the action on what the acting organisation owns.
func forOwn(action policy.Action) func(policy.Actor) bool {
	return func(a policy.Actor) bool {
		return policy.Check(a, action, policy.Facts{OwnerOrg: a.OrgID}).Allowed()
	}
}

// editable are the kinds of listings with these facts that the actor may edit
// for the acting organisation: an inventor edits the own achievements alone.
func editable(a policy.Actor, facts policy.Facts) []string {
	var kinds []string
	for _, k := range []struct {
		kind   string
		action policy.Action
	}{{"achievement", policy.AchievementEdit}, {"package", policy.PackageEdit}, {"need", policy.NeedEdit}} {
		if policy.Check(a, k.action, facts).Allowed() {
			kinds = append(kinds, k.kind)
		}
	}
	return kinds
}

// written are the facts of what the actor began for the acting organisation.
func written(a policy.Actor) policy.Facts {
	return policy.Facts{OwnerOrg: a.OrgID, CreatedBy: a.AccountID}
}

// sources are all tasks, in the order of weight where time does not decide.
var sources = []source{
	{AnswerIntroduction, TaskStore.OpenIntroductions, func(a policy.Actor) bool {
		return policy.Check(a, policy.IntroductionAccept, policy.Facts{Counterparty: a.OrgID}).Allowed()
	}},
	{AnswerAgreement, TaskStore.UnansweredAgreements, forOwn(policy.AgreementAgree)},
	{AnswerFileRequest, TaskStore.OpenFileRequests, forOwn(policy.FileRequestDecline)},
	{SignContract, TaskStore.UnsignedContracts, func(a policy.Actor) bool {
		return policy.Check(a, policy.ContractSign, policy.Facts{Parties: []string{a.OrgID}}).Allowed()
	}},
	{ConfirmPlan, TaskStore.UnconfirmedPlans, func(a policy.Actor) bool {
		return policy.Check(a, policy.PlanConfirm, policy.Facts{Persons: []string{a.PersonID}}).Allowed()
	}},
	{DecidePlan, TaskStore.UndecidedPlans, forOwn(policy.PlanDecide)},
	{ApproveDistribution, TaskStore.UnapprovedDistributions, forOwn(policy.RewardApprove)},
	{PayDistribution, TaskStore.UnpaidDistributions, forOwn(policy.RewardPay)},
	{ReleaseDistribution, TaskStore.HeldDistributions, forOwn(policy.RewardRelease)},
	{AcceptDistribution, TaskStore.UnacceptedDistributions, func(a policy.Actor) bool {
		return policy.Check(a, policy.RewardAccept, policy.Facts{Persons: []string{a.PersonID}}).Allowed()
	}},
	{AnswerObjection, TaskStore.DisputedPlans, forOwn(policy.PlanAnswer)},
	{PublicisePlan, TaskStore.UnpublicisedPlans, forOwn(policy.PlanPublicise)},
	{EffectPlan, TaskStore.PublicisedPlans, forOwn(policy.PlanEffect)},
	{ConfirmContribution, TaskStore.UnansweredContributions, func(a policy.Actor) bool {
		return policy.Check(a, policy.ContributionAnswer, policy.Facts{Persons: []string{a.PersonID}}).Allowed()
	}},
	{ReopenNeed, TaskStore.ForsakenNeeds, forOwn(policy.NeedReopen)},
	{MendReturned, TaskStore.ReturnedListings, func(a policy.Actor) bool { return len(editable(a, written(a))) > 0 }},
	{ReviewListing, TaskStore.ListingsInReview, func(a policy.Actor) bool {
		return policy.Check(a, policy.ListingReviewQueue, policy.Facts{}).Allowed()
	}},
	{VerifyOrganisation, TaskStore.PendingOrganisations, func(a policy.Actor) bool {
		return policy.Check(a, policy.OrganisationVerify, policy.Facts{}).Allowed()
	}},
	{ReconfirmListing, TaskStore.ExpiringListings, forOwn(policy.PackageConfirm)},
}

// tasksEach bounds the tasks of one code: a page shows what is next, lists show
// the rest.
const tasksEach = 20

// Tasks is what waits for people, over all domains.
type Tasks struct {
	store      TaskStore
	clock      clock.Clock
	remindDays int
}

// NewTasks makes the list of tasks, in which a listing stands remindDays before
// the day until which it has to be reconfirmed.
func NewTasks(store TaskStore, c clock.Clock, remindDays int) *Tasks {
	return &Tasks{store: store, clock: c, remindDays: remindDays}
}

// Of lists what the actor can do now, for the acting organisation and in
// person, most urgent first: what is due soonest, then what weighs most, then
// what has waited longest. Error: errs.Unauthenticated for a visitor.
func (t *Tasks) Of(ctx context.Context, actor policy.Actor) ([]Task, error) {
	if err := policy.Check(actor, policy.NotificationRead, policy.Facts{AccountID: actor.AccountID}).Err(); err != nil {
		return nil, err
	}
	today := clock.DateOf(t.clock.Now())
	w := Waiting{
		OrgID: actor.OrgID, AccountID: actor.AccountID,
		PersonIDs: distinct(append([]string{actor.PersonID}, actor.Entries...)),
		Kinds:     editable(actor, policy.Facts{OwnerOrg: actor.OrgID}),
		Written:   editable(actor, written(actor)),
		Before:    today.AddDays(t.remindDays), Today: today, Limit: tasksEach,
	}
	weight := map[string]int{}
	var out []Task
	for i, s := range sources {
		weight[s.code] = i
		if !s.can(actor) {
			continue
		}
		found, err := s.find(t.store, ctx, w)
		if err != nil {
			return nil, err
		}
		for _, task := range found {
			task.Code = s.code
			out = append(out, task)
		}
	}
	slices.SortStableFunc(out, func(a, b Task) int {
		return cmp.Or(
			cmp.Compare(dueOrder(a), dueOrder(b)),
			cmp.Compare(weight[a.Code], weight[b.Code]),
			a.Since.Compare(b.Since),
		)
	})
	return out, nil
}

// dueOrder puts what never presses last.
func dueOrder(t Task) int64 {
	if t.DueAt.IsZero() {
		return 1 << 62
	}
	return t.DueAt.UnixMicro()
}
