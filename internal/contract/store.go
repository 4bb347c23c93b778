package contract

import (
	"context"

	"chengqiao/internal/lifecycle"
	"chengqiao/internal/rights"
)

// Store keeps contracts and their money. Writes join the transaction in ctx.
type Store interface {
	// InsertContract keeps a new one with its parties and components. Error:
	// errs.Conflict "contract_exists" when the deal has one that was not
	// discarded.
	InsertContract(ctx context.Context, c Contract) error
	// Contract is one by its id; errs.NotFound.
	Contract(ctx context.Context, id string) (Contract, error)
	// SaveContract stores state, terms, signatures and signing date of the row
	// that still has the version before; errs.Stale "stale_version" otherwise.
	SaveContract(ctx context.Context, c Contract) error
	Contracts(ctx context.Context, f Filter) ([]Contract, error)
	// RightsTaken are the rights in any of the achievements that other
	// contracts, signed or completed, took; exceptContract "" is of all.
	RightsTaken(ctx context.Context, exceptContract string, achievements []string) ([]rights.Taken, error)

	// CountMovements counts the receipts and refunds of a contract.
	CountMovements(ctx context.Context, contractID string) (int, error)
	// InsertMovement keeps a receipt or a refund. Error: errs.Conflict
	// "bank_reference_used" when the contract has it already.
	InsertMovement(ctx context.Context, m Movement) error
	// Movement is one by its id, a receipt with what of it went back;
	// errs.NotFound.
	Movement(ctx context.Context, id string) (Movement, error)
	// Movements are those of a contract in the order in which they were recorded.
	Movements(ctx context.Context, contractID string) ([]Movement, error)
}

// Filter chooses contracts, newest first.
type Filter struct {
	// All chooses everybody's; otherwise OrgID must be a party or own a
	// component.
	All   bool
	OrgID string
	State lifecycle.State // "" for every state
	// Before is the id of the last one already seen; "" begins at the newest.
	Before string
	Limit  int
}

// DealSides are what a contract takes over from its deal.
type DealSides struct {
	SellerOrg, BuyerOrg string
	// PackageID is "" when the deal is about a need alone.
	PackageID string
	// Negotiating: the deal is neither closed nor contracted.
	Negotiating bool
}

// Deals reads and moves the deal that a contract comes from.
type Deals interface {
	// Sides are the two sides of a deal; errs.NotFound.
	Sides(ctx context.Context, dealID string) (DealSides, error)
	// MarkContracted records that the contract is signed. It joins the
	// transaction in ctx.
	MarkContracted(ctx context.Context, dealID string) error
}

// Packages reads what a package offers.
type Packages interface {
	// Components are those of the published version, with titles and owners
	// filled in; OwnerName may stay empty. Error: errs.NotFound.
	Components(ctx context.Context, packageID string) ([]Component, error)
	// Disagreeing is the first owner, other than the package's, who does not
	// agree to have these components of its own in the package; "" for none.
	Disagreeing(ctx context.Context, packageID string, components []Component) (string, error)
}

// Organisations reads who the parties are.
type Organisations interface {
	// Snapshot is an organisation as it stands now; errs.NotFound.
	Snapshot(ctx context.Context, orgID string) (Organisation, error)
}

// Contributors tells who has a share in what a contract earns.
type Contributors interface {
	// OfContract are the persons in the reward plans of a contract.
	OfContract(ctx context.Context, contractID string) ([]string, error)
}

// Files knows the files of contracts.
type Files interface {
	// Attached tells which of the files belong to the subject.
	Attached(ctx context.Context, kind, subject string, fileIDs []string) (map[string]bool, error)
}

// History reads the steps that the journal keeps.
type History interface {
	Steps(ctx context.Context, kind, subject string) ([]lifecycle.Step, error)
}
