package need

import (
	"context"

	"chengqiao/internal/listing"
	"chengqiao/internal/policy"
	"chengqiao/internal/taxonomy"
)

// Deps are what needs work with; Introductions is wanted.
type Deps struct {
	listing.Deps
	Taxonomies *taxonomy.Set
}

// Needs is the use cases of needs.
type Needs struct {
	*listing.Service[Content]
}

// NewNeeds makes the service.
func NewNeeds(d Deps) *Needs {
	return &Needs{listing.NewService[Content](&needs{rules: Rules(), taxonomies: d.Taxonomies, clock: d.Clock, weights: d.Weights[Kind]}, d.Deps)}
}

// Matched says that a deal has begun from a published need: it leaves search
// until it is reopened. It joins the transaction in ctx, and does nothing to a
// need that is matched or closed already. Error: errs.NotFound.
func (n *Needs) Matched(ctx context.Context, id string) error {
	return n.StepIf(ctx, policy.SystemActor(), id, listing.Published, listing.StepRequest{Action: listing.Match})
}

// Copy begins a new draft with what a need of one's own says. Errors: those of
// Create, errs.NotFound.
func (n *Needs) Copy(ctx context.Context, actor policy.Actor, id string) (listing.WorkingCopy[Content], error) {
	content, err := n.Source(ctx, actor, id)
	if err != nil {
		return listing.WorkingCopy[Content]{}, err
	}
	content.Title, content.Source = listing.CopyTitle(content.Title, maxTitle), ""
	return n.Create(ctx, actor, content)
}
