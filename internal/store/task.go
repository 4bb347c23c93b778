package store

import (
	"context"
	"strings"

	"chengqiao/internal/clock"
	"chengqiao/internal/notify"
	"chengqiao/internal/sqldb"
)

// Task finds what waits for people. It only reads.
type Task struct{ db *sqldb.DB }

var _ notify.TaskStore = (*Task)(nil)

// NewTask makes the finder of tasks.
func NewTask(db *sqldb.DB) *Task { return &Task{db} }

// find runs a query that gives kind, id, title_zh, title_en, due and since.
func (s *Task) find(ctx context.Context, query string, args ...any) ([]notify.Task, error) {
	return sqldb.All(ctx, s.db, func(row sqldb.Row) (notify.Task, error) {
		var t notify.Task
		var due, since int64
		err := row.Scan(&t.Kind, &t.SubjectID, &t.Title.Zh, &t.Title.En, &due, &since)
		t.DueAt, t.Since = clock.FromMicros(due), clock.FromMicros(since)
		return t, err
	}, query, args...)
}

// findByContract is find for what bears its contract's name: kind, id, terms,
// the name of a party, when money moved and how much, and since.
func (s *Task) findByContract(ctx context.Context, query string, args ...any) ([]notify.Task, error) {
	return sqldb.All(ctx, s.db, func(row sqldb.Row) (notify.Task, error) {
		var t notify.Task
		var terms contractName
		var since int64
		err := row.Scan(&t.Kind, &t.SubjectID, sqldb.IntoJSON(&terms), sqldb.IntoJSON(&t.Party), &t.MovedOn, &t.Fen, &since)
		t.Title.Zh, t.Since = terms.Name, clock.FromMicros(since)
		return t, err
	}, query, args...)
}

// planTask is what findByContract reads of a plan p; its contract is told from
// others of its name by the buyer, who pays.
const planTask = `SELECT p.kind, p.id, c.terms, b.name, '', 0, p.created_at
		FROM plans p JOIN contracts c ON c.id = p.contract_id JOIN contract_parties b ON b.contract_id = c.id AND b.side = 'buyer'`

// distributionTask is the same of a distribution d, with the columns that say
// how much money it is about and since when it waits.
func distributionTask(fen, since string) string {
	return `SELECT d.kind, d.id, c.terms, b.name, d.moved_on, ` + fen + `, ` + since + `
		FROM distributions d JOIN contracts c ON c.id = d.contract_id JOIN contract_parties b ON b.contract_id = c.id AND b.side = 'buyer'`
}

// ListingsInReview implements notify.TaskStore.
func (s *Task) ListingsInReview(ctx context.Context, w notify.Waiting) ([]notify.Task, error) {
	return s.find(ctx, `
		SELECT l.kind, l.id, w.title_zh, w.title_en, 0, w.submitted_at
		FROM revisions w JOIN listings l ON l.id = w.listing_id
		WHERE w.state = 'in_review' ORDER BY w.submitted_at, w.listing_id LIMIT $1`, w.Limit)
}

// ReturnedListings implements notify.TaskStore.
func (s *Task) ReturnedListings(ctx context.Context, w notify.Waiting) ([]notify.Task, error) {
	if len(w.Kinds)+len(w.Written) == 0 {
		return nil, nil
	}
	var c conditions
	c.add(`l.owner_org = ? AND w.state = 'returned'`, w.OrgID)
	may, args := `1 = 0`, []any{}
	if len(w.Kinds) > 0 {
		may, args = may+` OR l.kind IN (`+marks(len(w.Kinds))+`)`, sqldb.Args(args, w.Kinds)
	}
	if len(w.Written) > 0 {
		may += ` OR l.kind IN (` + marks(len(w.Written)) + `) AND (l.created_by = ?`
		args = append(sqldb.Args(args, w.Written), w.AccountID)
		if len(w.PersonIDs) > 0 {
			may += ` OR EXISTS (SELECT 1 FROM contributions p WHERE p.listing_id = l.id AND p.person_id IN (` + marks(len(w.PersonIDs)) + `))`
			args = sqldb.Args(args, w.PersonIDs)
		}
		may += `)`
	}
	c.add(`(`+may+`)`, args...)
	return s.find(ctx, `
		SELECT l.kind, l.id, w.title_zh, w.title_en, 0, w.updated_at
		FROM listings l JOIN revisions w ON w.listing_id = l.id AND w.`+openRevision+`
		WHERE `+c.where()+` ORDER BY w.updated_at, l.id LIMIT `+c.limit(w.Limit), c.args...)
}

// marks are n places for conditions.add.
func marks(n int) string { return strings.TrimSuffix(strings.Repeat("?, ", n), ", ") }

// UnansweredContributions implements notify.TaskStore.
func (s *Task) UnansweredContributions(ctx context.Context, w notify.Waiting) ([]notify.Task, error) {
	if len(w.PersonIDs) == 0 {
		return nil, nil
	}
	return s.find(ctx, `
		SELECT 'contribution', c.id, coalesce(w.title_zh, v.title_zh, ''), coalesce(w.title_en, v.title_en, ''), 0, c.asked_at
		FROM contributions c JOIN listings l ON l.id = c.listing_id
		LEFT JOIN revisions w ON w.listing_id = l.id AND w.`+openRevision+`
		LEFT JOIN revisions v ON v.id = l.live_revision
		WHERE c.answer = 'asked' AND c.person_id IN (`+sqldb.Placeholders(2, len(w.PersonIDs))+`)
		ORDER BY c.asked_at, c.id LIMIT $1`, sqldb.Args([]any{w.Limit}, w.PersonIDs)...)
}

// ExpiringListings implements notify.TaskStore. A need has its own deadline
// and is not reconfirmed.
func (s *Task) ExpiringListings(ctx context.Context, w notify.Waiting) ([]notify.Task, error) {
	return sqldb.All(ctx, s.db, func(row sqldb.Row) (notify.Task, error) {
		var t notify.Task
		var confirmBy clock.Date
		err := row.Scan(&t.Kind, &t.SubjectID, &t.Title.Zh, &t.Title.En, &confirmBy)
		t.DueAt = confirmBy.End()
		return t, err
	}, `SELECT l.kind, l.id, v.title_zh, v.title_en, l.confirm_by
		FROM listings l JOIN revisions v ON v.id = l.live_revision
		WHERE l.owner_org = $1 AND l.kind IN ('achievement', 'package') AND l.state = 'published'
		  AND l.confirm_by <> '' AND l.confirm_by <= $2
		ORDER BY l.confirm_by, l.id LIMIT $3`, w.OrgID, w.Before, w.Limit)
}

// OpenIntroductions implements notify.TaskStore. Who asks about a need of its
// own without a name is not named.
func (s *Task) OpenIntroductions(ctx context.Context, w notify.Waiting) ([]notify.Task, error) {
	return sqldb.All(ctx, s.db, func(row sqldb.Row) (notify.Task, error) {
		var t notify.Task
		var due, since int64
		err := row.Scan(&t.Kind, &t.SubjectID, &t.Title.Zh, &t.Title.En, sqldb.IntoJSON(&t.Party), &due, &since)
		t.DueAt, t.Since = clock.FromMicros(due), clock.FromMicros(since)
		return t, err
	}, `
		SELECT i.kind, i.id, `+aboutTitle+`, o.name, i.answer_by, i.made_at
		FROM introductions i `+aboutTables("i")+`
		LEFT JOIN organisations o ON o.id = i.from_org AND (i.seller_asks OR NOT i.anonymous)
		WHERE i.to_org = $1 AND i.state = 'open' ORDER BY i.answer_by, i.id LIMIT $2`, w.OrgID, w.Limit)
}

// OpenFileRequests implements notify.TaskStore.
func (s *Task) OpenFileRequests(ctx context.Context, w notify.Waiting) ([]notify.Task, error) {
	return s.find(ctx, `
		SELECT r.kind, r.id, coalesce(v.title_zh, ''), coalesce(v.title_en, ''), 0, r.asked_at
		FROM file_requests r JOIN listings l ON l.id = r.subject_id LEFT JOIN revisions v ON v.id = l.live_revision
		WHERE r.owner_org = $1 AND r.state = 'asked' ORDER BY r.asked_at, r.id LIMIT $2`, w.OrgID, w.Limit)
}

// ForsakenNeeds implements notify.TaskStore.
func (s *Task) ForsakenNeeds(ctx context.Context, w notify.Waiting) ([]notify.Task, error) {
	return s.find(ctx, `
		SELECT l.kind, l.id, v.title_zh, v.title_en, 0, max(d.ended_at)
		FROM listings l JOIN revisions v ON v.id = l.live_revision
		JOIN deals d ON d.buyer_org = l.owner_org AND d.need_id = l.id
		WHERE l.owner_org = $1 AND l.kind = 'need' AND l.state = 'matched'
		GROUP BY l.kind, l.id, v.title_zh, v.title_en
		HAVING max(CASE d.state WHEN 'closed' THEN 0 ELSE 1 END) = 0
		ORDER BY max(d.ended_at), l.id LIMIT $2`, w.OrgID, w.Limit)
}

// UnsignedContracts implements notify.TaskStore.
func (s *Task) UnsignedContracts(ctx context.Context, w notify.Waiting) ([]notify.Task, error) {
	return s.findByContract(ctx, `
		SELECT c.kind, c.id, c.terms, o.name, '', 0, c.drafted_at
		FROM contracts c JOIN contract_parties p ON p.contract_id = c.id
		JOIN contract_parties o ON o.contract_id = c.id AND o.side <> p.side
		WHERE c.state IN ('proposed', 'half_signed') AND (c.seller_org = $1 OR c.buyer_org = $1) AND p.org_id = $1 AND p.signed_at = 0
		ORDER BY c.drafted_at, c.id LIMIT $2`, w.OrgID, w.Limit)
}

// UnconfirmedPlans implements notify.TaskStore.
func (s *Task) UnconfirmedPlans(ctx context.Context, w notify.Waiting) ([]notify.Task, error) {
	if len(w.PersonIDs) == 0 {
		return nil, nil
	}
	return s.findByContract(ctx, planTask+` JOIN plan_contributors m ON m.plan_id = p.id
		WHERE p.state = 'proposed' AND m.confirmed_at = 0 AND m.person_id IN (`+sqldb.Placeholders(2, len(w.PersonIDs))+`)
		ORDER BY p.created_at, p.id LIMIT $1`, sqldb.Args([]any{w.Limit}, w.PersonIDs)...)
}

const undecidedPlans = planTask + `
	WHERE p.owner_org = $1 AND p.state = 'confirmed' AND p.proposed_by <> $2
	ORDER BY p.created_at, p.id LIMIT $3`

// UndecidedPlans implements notify.TaskStore.
func (s *Task) UndecidedPlans(ctx context.Context, w notify.Waiting) ([]notify.Task, error) {
	return s.findByContract(ctx, undecidedPlans, w.OrgID, w.AccountID, w.Limit)
}

// UnapprovedDistributions implements notify.TaskStore.
func (s *Task) UnapprovedDistributions(ctx context.Context, w notify.Waiting) ([]notify.Task, error) {
	return s.findByContract(ctx, distributionTask("d.amount_fen", "d.computed_at")+`
		WHERE d.owner_org = $1 AND d.state = 'computed' AND d.prepared_by <> $2
		ORDER BY d.computed_at, d.id LIMIT $3`, w.OrgID, w.AccountID, w.Limit)
}

// UnpaidDistributions implements notify.TaskStore.
func (s *Task) UnpaidDistributions(ctx context.Context, w notify.Waiting) ([]notify.Task, error) {
	return s.findByContract(ctx, distributionTask("d.amount_fen", "d.approved_at")+`
		WHERE d.owner_org = $1 AND d.state = 'approved'
		ORDER BY d.approved_at, d.id LIMIT $2`, w.OrgID, w.Limit)
}

// HeldDistributions implements notify.TaskStore.
func (s *Task) HeldDistributions(ctx context.Context, w notify.Waiting) ([]notify.Task, error) {
	return s.findByContract(ctx, distributionTask("d.amount_fen", "d.computed_at")+`
		WHERE d.owner_org = $1 AND d.state = 'held'
		ORDER BY d.computed_at, d.id LIMIT $2`, w.OrgID, w.Limit)
}

// UnacceptedDistributions implements notify.TaskStore.
func (s *Task) UnacceptedDistributions(ctx context.Context, w notify.Waiting) ([]notify.Task, error) {
	if len(w.PersonIDs) == 0 {
		return nil, nil
	}
	return s.findByContract(ctx, distributionTask("own.fen", "d.approved_at")+`
		JOIN (SELECT s.distribution_id AS id, CAST(SUM(s.amount_fen) AS BIGINT) AS fen FROM distribution_shares s
			WHERE s.accepted_at = 0 AND s.amount_fen <> 0 AND s.person_id IN (`+sqldb.Placeholders(2, len(w.PersonIDs))+`)
			GROUP BY s.distribution_id) own ON own.id = d.id
		WHERE d.state = 'paid'
		ORDER BY d.approved_at, d.id LIMIT $1`, sqldb.Args([]any{w.Limit}, w.PersonIDs)...)
}

// UnpublicisedPlans implements notify.TaskStore.
func (s *Task) UnpublicisedPlans(ctx context.Context, w notify.Waiting) ([]notify.Task, error) {
	return s.findByContract(ctx, plansInState, w.OrgID, "decided", w.Limit)
}

// DisputedPlans implements notify.TaskStore.
func (s *Task) DisputedPlans(ctx context.Context, w notify.Waiting) ([]notify.Task, error) {
	return s.findByContract(ctx, plansInState, w.OrgID, "disputed", w.Limit)
}

// plansInState are an organisation's plans in a state.
const plansInState = planTask + `
	WHERE p.owner_org = $1 AND p.state = $2
	ORDER BY p.created_at, p.id LIMIT $3`

// PublicisedPlans implements notify.TaskStore.
func (s *Task) PublicisedPlans(ctx context.Context, w notify.Waiting) ([]notify.Task, error) {
	return s.findByContract(ctx, planTask+`
		WHERE p.owner_org = $1 AND p.state = 'publicised' AND p.publicity_ends < $2
		ORDER BY p.created_at, p.id LIMIT $3`, w.OrgID, w.Today, w.Limit)
}

// PendingOrganisations implements notify.TaskStore.
func (s *Task) PendingOrganisations(ctx context.Context, w notify.Waiting) ([]notify.Task, error) {
	return sqldb.All(ctx, s.db, func(row sqldb.Row) (notify.Task, error) {
		var t notify.Task
		var since int64
		err := row.Scan(&t.Kind, &t.SubjectID, sqldb.IntoJSON(&t.Title), &since)
		t.Since = clock.FromMicros(since)
		return t, err
	}, `SELECT o.kind, o.id, o.name, s.at
		FROM organisations o
		JOIN steps s ON s.kind = o.kind AND s.subject_id = o.id AND s.seq = o.step_seq
		WHERE o.state = 'pending' ORDER BY s.at, o.id LIMIT $1`, w.Limit)
}
