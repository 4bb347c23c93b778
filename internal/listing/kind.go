package listing

import (
	"context"
	"strings"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/event"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/policy"
	"chengqiao/internal/text"
)

// Rules are what a kind of listing says about itself as data.
type Rules struct {
	// Kind is the name in journal, events and policy: "achievement".
	Kind string
	// Life and Review are the machines of the listing and of its revisions.
	Life, Review lifecycle.Machine
	// End is the verb that ends a listing and discards its working copy.
	End string
	// Final are the states in which nothing can be edited any more.
	Final []lifecycle.State
	// Readable are the states in which its audience may read a listing; in
	// Published alone it is also found.
	Readable []lifecycle.State
	// Tiers is the default tier of every field of the content by its JSON
	// name. An owner can choose another one for all but the Fixed fields.
	Tiers map[string]policy.Tier
	// Fixed are the fields whose tier cannot be chosen.
	Fixed []string
}

// Machines are both, for the store's edges.
func (r Rules) Machines() []lifecycle.Machine { return []lifecycle.Machine{r.Life, r.Review} }

func (r Rules) action(verb string) policy.Action { return policy.Action(r.Kind + "." + verb) }

func (r Rules) event(what string) event.Name { return event.Name(r.Kind + "." + what) }

// has tells whether the machine knows a step by this verb.
func has(m lifecycle.Machine, action policy.Action) bool {
	for _, e := range m.Edges {
		if e.Action == string(action) {
			return true
		}
	}
	return false
}

// verbOf takes the kind off an action.
func verbOf(action string) string {
	_, verb, _ := strings.Cut(action, ".")
	return verb
}

// Terms are what a content says about who may read it.
type Terms struct {
	// Audience is the tier of the whole listing; "" is public.
	Audience policy.Tier
	// Tiers are the owner's choices by field.
	Tiers map[string]policy.Tier
	// Persons are the persons it is about; they read all of it, and write it
	// where they belong to the owner.
	Persons []string
	// Anonymous hides the organisation from all but those introduced.
	Anonymous bool
	// Parts are the listings that it contains.
	Parts []string
}

// Kind is what a domain says of the contents of its kind of listing. C is
// stored as JSON under its own field names.
type Kind[C any] interface {
	Rules() Rules
	Title(c C) text.Text
	Terms(c C) Terms
	// TechnicalField is the code of the field it is in; "" where it says none.
	TechnicalField(c C) string
	// Quality is how much it says of what its readers look for: a function of
	// the content alone.
	Quality(c C) Quality
	// Clean brings a content into its stored form: space trimmed, repeated
	// keywords dropped, numbers in canonical writing, what is not the
	// writer's to say left out.
	Clean(c C) C
	// Check is what every draft must satisfy.
	Check(c C) []errs.Field
	// CheckSubmission is what review asks beyond Check of a content of l.
	CheckSubmission(ctx context.Context, l Listing, c C) ([]errs.Field, error)
	// CheckImport is what an imported record must satisfy beyond Check to be
	// published by the platform's operator: other people's records seldom
	// have what a listing written here has.
	CheckImport(c C) []errs.Field
	// Complete fills at submission what comes from elsewhere.
	Complete(ctx context.Context, owner string, c C) (C, error)
	// Present fills what is not stored (the names of persons) and, outside of
	// the owner and review, leaves out what no tier opens.
	Present(ctx context.Context, c C, inside bool) (C, error)
	// ConfirmBy is the last day on which c holds, published today.
	ConfirmBy(c C, today clock.Date, days int) clock.Date
	// Outcome is how a step by this verb ends the listing, "" where it does
	// not; wished is what the caller said.
	Outcome(verb, wished string) (string, error)
}
