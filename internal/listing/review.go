package listing

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/journal"
	"chengqiao/internal/policy"
)

// ClaimFor is how long a reviewer keeps a submission without a word: one who
// went home does not hold it up for the next day.
const ClaimFor = 2 * time.Hour

// Claim is the reviewer who has a submission before them, until when.
type Claim struct {
	RevisionID string
	AccountID  string
	Until      time.Time
}

// Round is what one round of review found of one text.
type Round struct {
	RevisionID string
	// Seq is the step of the revision that ended the round.
	Seq       int64
	Reason    string
	At        time.Time
	Checklist []CheckAnswer
	// Content is what was before the reviewer; of a publication it is kept as
	// the version and is empty here.
	Content json.RawMessage
}

// Members knows who belongs to which organisation.
type Members interface {
	// OrganisationsOf are those of which an account is a member.
	OrganisationsOf(ctx context.Context, accountID string) ([]string, error)
}

// conflicted tells whether a reviewer would judge in their own cause: as a
// member of the owner, for whichever organisation they act now, or as a person
// whom the listing names.
func conflicted(ctx context.Context, members Members, actor policy.Actor, owner string, persons []string) (bool, error) {
	if members == nil || actor.System || actor.OrgKind != policy.Platform {
		return false, nil
	}
	if actor.Is(persons) {
		return true, nil
	}
	orgs, err := members.OrganisationsOf(ctx, actor.AccountID)
	return slices.Contains(orgs, owner), err
}

// decide holds what a reviewer is about to decide against the claims and the
// checklist, and ends the claim. The program's own work (a demonstration, an
// import) has no checklist.
func (s *Service[C]) decide(ctx context.Context, actor policy.Actor, revisionID string, req StepRequest) error {
	if !actor.System {
		if err := s.deps.Checklists.check(s.rules.Kind, req.Action, req.Checklist); err != nil {
			return err
		}
		claims, err := s.deps.Store.Claims(ctx, []string{revisionID}, s.deps.Clock.Now())
		if err != nil {
			return err
		}
		if len(claims) > 0 && claims[0].AccountID != actor.AccountID {
			return errs.New(errs.Conflict, "claimed_by_other")
		}
	}
	return s.deps.Store.Release(ctx, revisionID, "")
}

// Queue is the list of all kinds of listings that wait for review.
type Queue struct {
	deps  QueueDeps
	rules map[string]Rules
}

// QueueDeps are what the queue works with.
type QueueDeps struct {
	Tx         journal.Transactor
	Store      Store
	Journal    journal.Journal
	Clock      clock.Clock
	Members    Members
	Checklists Checklists
}

// NewQueue makes the queue of these kinds.
func NewQueue(deps QueueDeps, kinds ...Rules) *Queue {
	q := &Queue{deps: deps, rules: map[string]Rules{}}
	for _, r := range kinds {
		q.rules[r.Kind] = r
	}
	return q
}

// The choices of a QueueFilter by who has a submission.
const (
	ClaimFree = "free" // nobody else has it
	ClaimMine = "mine"
)

// QueueFilter chooses among what waits.
type QueueFilter struct {
	// Kind and TechnicalField are "" for all of them.
	Kind, TechnicalField string
	// WaitingDays keeps those that have waited at least so long.
	WaitingDays int
	// Claim is ClaimFree, ClaimMine or "".
	Claim  string
	Cursor string
	Limit  int
}

// List is what waits for review, oldest first. Errors: those of policy;
// errs.Malformed "malformed_cursor".
func (q *Queue) List(ctx context.Context, actor policy.Actor, f QueueFilter) (Page[Head], error) {
	if err := policy.Check(actor, policy.ListingReviewQueue, policy.Facts{}).Err(); err != nil {
		return Page[Head]{}, err
	}
	mark, err := parseMark(f.Cursor)
	if err != nil {
		return Page[Head]{}, err
	}
	limit, now := bounded(f.Limit), q.deps.Clock.Now()
	filter := ReviewFilter{
		Kind: f.Kind, TechnicalField: f.TechnicalField, AccountID: actor.AccountID, Now: now, After: mark, Limit: limit + 1,
		Unclaimed: f.Claim == ClaimFree,
	}
	if f.Claim == ClaimMine {
		filter.ClaimedBy = actor.AccountID
	}
	if f.WaitingDays > 0 {
		filter.SubmittedBefore = now.Add(-time.Duration(f.WaitingDays) * 24 * time.Hour)
	}
	records, err := q.deps.Store.InReview(ctx, filter)
	if err != nil {
		return Page[Head]{}, err
	}
	own, err := q.organisations(ctx, actor)
	if err != nil {
		return Page[Head]{}, err
	}
	page := pageOf(records, limit,
		func(r Record) Head {
			facts := policy.Facts{OwnerOrg: r.OwnerOrg, Conflicted: slices.Contains(own, r.OwnerOrg)}
			return headOf(q.rules[r.Kind], actor, r, true, facts)
		},
		func(r Record) Mark { return Mark{r.Working.SubmittedAt, r.ID} })
	return page, q.claims(ctx, records, page.Items)
}

func (q *Queue) organisations(ctx context.Context, actor policy.Actor) ([]string, error) {
	if q.deps.Members == nil || actor.System {
		return nil, nil
	}
	return q.deps.Members.OrganisationsOf(ctx, actor.AccountID)
}

// claims puts to heads who has them.
func (q *Queue) claims(ctx context.Context, records []Record, heads []Head) error {
	revisions := make([]string, len(heads))
	for i := range heads {
		revisions[i] = records[i].Working.ID
	}
	claims, err := q.deps.Store.Claims(ctx, revisions, q.deps.Clock.Now())
	for _, c := range claims {
		heads[slices.Index(revisions, c.RevisionID)].Claim = &c
	}
	return err
}

// Submission is what a reviewer has to know beside the text itself.
type Submission struct {
	Checklist []CheckPoint
	Claim     *Claim
	// Round counts the submissions of this revision, from 1.
	Round int
	// Previous is the round that returned it last; nil in the first.
	Previous *Round
	// Against is what Changes compare with: Returned, the text of the previous
	// round; Published, the live version; "" where there is neither.
	Against string
	Changes []Change
}

// Submission reads it. Errors: errs.NotFound, also when nothing waits for
// review; those of policy.
func (q *Queue) Submission(ctx context.Context, actor policy.Actor, kind, id string) (Submission, error) {
	record, err := q.load(ctx, actor, policy.ListingReviewQueue, kind, id)
	if err != nil {
		return Submission{}, err
	}
	out := Submission{Checklist: q.deps.Checklists[kind], Round: 1}
	claims, err := q.deps.Store.Claims(ctx, []string{record.Working.ID}, q.deps.Clock.Now())
	if err != nil {
		return out, err
	}
	if len(claims) > 0 {
		out.Claim = &claims[0]
	}
	returned, err := q.deps.Store.CountRounds(ctx, record.Working.ID)
	if err != nil {
		return out, err
	}
	out.Round += returned
	var before json.RawMessage
	switch {
	case returned > 0:
		last, err := q.deps.Store.LastRound(ctx, record.Working.ID)
		if err != nil {
			return out, err
		}
		out.Previous, out.Against, before = &last, string(Returned), last.Content
	case record.Live != nil:
		out.Against, before = string(Published), record.Live.Content
	default:
		return out, nil
	}
	out.Changes, err = ChangesOf(before, record.Working.Content)
	return out, err
}

// Claim gives a submission to the actor for ClaimFor, or renews it. Errors:
// errs.Conflict "claimed_by_other"; errs.NotFound; those of policy.
func (q *Queue) Claim(ctx context.Context, actor policy.Actor, kind, id string) (Claim, error) {
	claim := Claim{AccountID: actor.AccountID, Until: q.deps.Clock.Now().Add(ClaimFor)}
	err := q.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		record, err := q.load(ctx, actor, policy.ListingReviewClaim, kind, id)
		if err != nil {
			return err
		}
		claim.RevisionID = record.Working.ID
		if err := q.deps.Store.Claim(ctx, claim, q.deps.Clock.Now()); err != nil {
			return err
		}
		return q.record(ctx, actor, record, true)
	})
	return claim, err
}

// Release gives a submission back to the queue. Errors: errs.NotFound; those
// of policy.
func (q *Queue) Release(ctx context.Context, actor policy.Actor, kind, id string) error {
	return q.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		record, err := q.load(ctx, actor, policy.ListingReviewClaim, kind, id)
		if err != nil {
			return err
		}
		if err := q.deps.Store.Release(ctx, record.Working.ID, actor.AccountID); err != nil {
			return err
		}
		return q.record(ctx, actor, record, false)
	})
}

func (q *Queue) record(ctx context.Context, actor policy.Actor, record Record, taken bool) error {
	return q.deps.Journal.Write(ctx, journal.Entry{
		Actor: actor, Action: policy.ListingReviewClaim, Kind: record.Working.Kind, Subject: record.Working.ID,
		Version: record.Version, At: q.deps.Clock.Now(), Detail: map[string]any{"listing": record.ID, "taken": taken},
	})
}

// load reads what waits for review for one who may do the action with it.
func (q *Queue) load(ctx context.Context, actor policy.Actor, action policy.Action, kind, id string) (Record, error) {
	if _, known := q.rules[kind]; !known {
		return Record{}, errs.New(errs.NotFound, "not_found")
	}
	record, err := q.deps.Store.Load(ctx, kind, id)
	if err != nil {
		return Record{}, err
	}
	facts := policy.Facts{OwnerOrg: record.OwnerOrg}
	if facts.Conflicted, err = conflicted(ctx, q.deps.Members, actor, record.OwnerOrg, nil); err != nil {
		return Record{}, err
	}
	if err := policy.Check(actor, action, facts).Err(); err != nil {
		return Record{}, err
	}
	if record.Working == nil || record.Working.Position.State != InReview {
		return Record{}, errs.New(errs.NotFound, "not_found")
	}
	return record, nil
}
