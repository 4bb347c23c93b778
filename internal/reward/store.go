package reward

import (
	"context"

	"chengqiao/internal/lifecycle"
)

// Store keeps plans and distributions. Writes join the transaction in ctx.
type Store interface {
	// InsertPlan keeps a new plan with its contributors. Error: errs.Conflict
	// "plan_in_progress" when the contract and owner have one that is neither
	// effective nor superseded.
	InsertPlan(ctx context.Context, p Plan) error
	// Plan is one by its id; errs.NotFound.
	Plan(ctx context.Context, id string) (Plan, error)
	// SavePlan stores the whole plan over the row that still has the version
	// before; errs.Stale "stale_version" otherwise.
	SavePlan(ctx context.Context, p Plan) error
	// Plans are those of a contract, by owner and number.
	Plans(ctx context.Context, contractID string) ([]Plan, error)

	// InsertDistribution keeps a new one with its shares. Error: errs.Conflict
	// "distribution_exists" when its movement and owner have one.
	InsertDistribution(ctx context.Context, d Distribution) error
	// Distribution is one by its id; errs.NotFound.
	Distribution(ctx context.Context, id string) (Distribution, error)
	// SaveDistribution stores state, approval, payment and acceptances over
	// the row that still has the version before; errs.Stale otherwise. What
	// was computed never changes.
	SaveDistribution(ctx context.Context, d Distribution) error
	// Distributions are those of a contract, by plan and Seq.
	Distributions(ctx context.Context, contractID string) ([]Distribution, error)

	// Unconfirmable are up to limit paid distributions that only people who have
	// erased their accounts have still to confirm.
	Unconfirmable(ctx context.Context, limit int) ([]string, error)

	// OwnShares are the shares of a person, who may be entered under several
	// ids: newest distribution first, after the last share already seen (nil
	// begins at the newest).
	OwnShares(ctx context.Context, persons []string, after *OwnShareKey, limit int) ([]OwnShare, error)
	OwnTotals(ctx context.Context, persons []string) (OwnTotals, error)
	// OfContract are the persons in any plan of a contract.
	OfContract(ctx context.Context, contractID string) ([]string, error)
}

// Contracts reads what is earned.
type Contracts interface {
	// Earning is a contract as plans have to know it; errs.NotFound.
	Earning(ctx context.Context, contractID string) (Earning, error)
	// Movements are its receipts and refunds without VAT, in the order in
	// which they were recorded.
	Movements(ctx context.Context, contractID string) ([]Movement, error)
}

// Achievements reads who contributed to a result.
type Achievements interface {
	// Contributors are those of the achievement, with the weights agreed so
	// far; none when it says nothing. Error: errs.NotFound.
	Contributors(ctx context.Context, achievementID string) ([]Contributor, error)
}

// Persons reads who the contributors are.
type Persons interface {
	// Names are the names of those of the persons that exist, by id.
	Names(ctx context.Context, personIDs []string) (map[string]string, error)
}

// Organisations reads where an owner is.
type Organisations interface {
	// Region is the GB/T 2260 code of an organisation; "" when it has none.
	Region(ctx context.Context, orgID string) (string, error)
}

// Files knows the files of plans and distributions.
type Files interface {
	// Attached tells which of the files belong to the subject.
	Attached(ctx context.Context, kind, subject string, fileIDs []string) (map[string]bool, error)
}

// History reads the steps that the journal keeps.
type History interface {
	Steps(ctx context.Context, kind, subject string) ([]lifecycle.Step, error)
}
