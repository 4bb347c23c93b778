package synonym

import (
	"context"
	"slices"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/ident"
	"chengqiao/internal/journal"
	"chengqiao/internal/policy"
	"chengqiao/internal/search/analysis"
)

// Kind is the kind of a group in the audit.
const Kind = "synonym_group"

// Deps are what the service works with.
type Deps struct {
	Tx      journal.Transactor
	Store   Store
	Journal journal.Journal
	Clock   clock.Clock
	// Fields are the codes of the technical fields, in their order.
	Fields []string
	// Shipped is the list that ships with the program.
	Shipped []analysis.FieldGroups
	// Applied is the number of the revision that this process's indexes are
	// made with; negative while they are made.
	Applied func() int64
	// Counter tells what an expression finds.
	Counter Counter
}

// Service is the use cases of the list.
type Service struct {
	deps    Deps
	shipped []Group
}

// NewService makes the service.
func NewService(d Deps) *Service { return &Service{deps: d, shipped: defaults(d.Shipped)} }

// groups is the whole list.
func (s *Service) groups(ctx context.Context) ([]Group, error) {
	rows, err := s.deps.Store.Rows(ctx)
	if err != nil {
		return nil, err
	}
	return merged(s.shipped, rows), nil
}

// Revision is the list's number and time, for those who follow it.
func (s *Service) Revision(ctx context.Context) (Revision, error) { return s.deps.Store.Revision(ctx) }

// Synonyms are those in use, with the number of a revision that holds them all.
func (s *Service) Synonyms(ctx context.Context) (*analysis.Synonyms, int64, error) {
	// The number first: what is changed in between comes with the next.
	revision, err := s.deps.Store.Revision(ctx)
	if err != nil {
		return nil, 0, err
	}
	list, err := s.groups(ctx)
	if err != nil {
		return nil, 0, err
	}
	var used [][]string
	for _, g := range list {
		if g.State != Disabled {
			used = append(used, g.Expressions)
		}
	}
	synonyms, err := analysis.NewSynonyms(used)
	return synonyms, revision.Number, err
}

// Filter chooses groups.
type Filter struct {
	// Field is a code; "" is all.
	Field string
	// State is one of AllStates; "" is all.
	State State
	// Query is in one of the expressions, however it is written.
	Query string
	// After is the id of the last group already seen.
	After string
	Limit int
}

// Page is a part of the list in its order: by field, what ships before what was
// added.
type Page struct {
	Items []Group
	// Total counts what the filter chooses; ByField counts the same with every
	// field open.
	Total   int
	ByField map[string]int
	Next    string
}

// Groups lists a part. Errors: those of policy for synonym.read; errs.Malformed
// "malformed_cursor" where the group that was seen last is not among them.
func (s *Service) Groups(ctx context.Context, actor policy.Actor, f Filter) (Page, error) {
	if err := s.check(actor, policy.SynonymRead); err != nil {
		return Page{}, err
	}
	list, err := s.groups(ctx)
	if err != nil {
		return Page{}, err
	}
	slices.SortStableFunc(list, func(a, b Group) int {
		return slices.Index(s.deps.Fields, a.Field) - slices.Index(s.deps.Fields, b.Field)
	})
	page := Page{ByField: map[string]int{}}
	wanted := analysis.Spelling(f.Query)
	var chosen []Group
	for _, g := range list {
		if f.State != "" && g.State != f.State || f.Query != "" && !g.says(f.Query, wanted) {
			continue
		}
		page.ByField[g.Field]++
		if f.Field == "" || g.Field == f.Field {
			chosen = append(chosen, g)
		}
	}
	page.Total = len(chosen)
	from := 0
	if f.After != "" {
		seen := slices.IndexFunc(chosen, func(g Group) bool { return g.ID == f.After })
		if seen < 0 {
			return Page{}, errs.New(errs.Malformed, "malformed_cursor")
		}
		from = seen + 1
	}
	page.Items = chosen[from:min(from+f.Limit, len(chosen))]
	if from+f.Limit < len(chosen) {
		page.Next = page.Items[len(page.Items)-1].ID
	}
	return page, nil
}

// Group is one of the list, with what of it stands in others. Errors: those of
// policy for synonym.read; errs.NotFound "not_found".
func (s *Service) Group(ctx context.Context, actor policy.Actor, id string) (Group, []Shared, error) {
	if err := s.check(actor, policy.SynonymRead); err != nil {
		return Group{}, nil, err
	}
	list, err := s.groups(ctx)
	if err != nil {
		return Group{}, nil, err
	}
	g, err := find(list, id)
	return g, shared(list, g), err
}

func find(list []Group, id string) (Group, error) {
	i := slices.IndexFunc(list, func(g Group) bool { return g.ID == id })
	if i < 0 {
		return Group{}, errs.New(errs.NotFound, "not_found")
	}
	return list[i], nil
}

// Add adds a group of the operator's own. Errors: those of policy for
// synonym.edit; errs.Invalid "invalid_fields"; errs.Conflict
// "too_many_synonyms".
func (s *Service) Add(ctx context.Context, actor policy.Actor, form Form) (g Group, also []Shared, err error) {
	if err := s.check(actor, policy.SynonymEdit); err != nil {
		return g, nil, err
	}
	if form, err = s.complete(form); err != nil {
		return g, nil, err
	}
	err = s.change(ctx, func(ctx context.Context, list []Group, rows int) error {
		if rows >= MaxRows {
			return tooMany()
		}
		g = Group{
			ID: ident.NewID(), Field: form.Field, Expressions: form.Expressions, State: Own,
			UpdatedAt: s.deps.Clock.Now(), UpdatedBy: actor.AccountID, Version: 1,
		}
		also = shared(list, g)
		if err := s.deps.Store.InsertRow(ctx, g.row()); err != nil {
			return err
		}
		return s.write(ctx, actor, g.ID, g.Version, "added")
	})
	return g, also, err
}

// Save changes a group of the version last read. Errors as in Add;
// errs.NotFound "not_found"; errs.Stale "stale_version".
func (s *Service) Save(ctx context.Context, actor policy.Actor, id string, version int64, form Form) (g Group, also []Shared, err error) {
	if err := s.check(actor, policy.SynonymEdit); err != nil {
		return g, nil, err
	}
	if form, err = s.complete(form); err != nil {
		return g, nil, err
	}
	err = s.change(ctx, func(ctx context.Context, list []Group, rows int) error {
		if g, err = find(list, id); err != nil {
			return err
		}
		if g.Version != version {
			return errs.New(errs.Stale, "stale_version")
		}
		if g.State == Own && form.Disabled {
			return errs.InvalidFields([]errs.Field{{Path: "disabled", Code: "only_shipped"}})
		}
		g.Field, g.Expressions = form.Field, form.Expressions
		if g.State != Own {
			g.State = Changed
			if form.Disabled {
				g.State = Disabled
			}
		}
		g.UpdatedAt, g.UpdatedBy, g.Version = s.deps.Clock.Now(), actor.AccountID, version+1
		also = shared(list, g)
		if version > 0 {
			err = s.deps.Store.SaveRow(ctx, g.row())
		} else if rows >= MaxRows {
			err = tooMany()
		} else {
			err = s.deps.Store.InsertRow(ctx, g.row())
		}
		if err != nil {
			return err
		}
		return s.write(ctx, actor, g.ID, g.Version, "saved")
	})
	return g, also, err
}

// Remove takes an operator's own group out; a shipped one is again as it ships.
// Errors: those of policy for synonym.edit; errs.NotFound "not_found";
// errs.Stale "stale_version".
func (s *Service) Remove(ctx context.Context, actor policy.Actor, id string, version int64) error {
	if err := s.check(actor, policy.SynonymEdit); err != nil {
		return err
	}
	return s.change(ctx, func(ctx context.Context, list []Group, _ int) error {
		g, err := find(list, id)
		if err != nil {
			return err
		}
		if g.Version == 0 || g.Version != version {
			return errs.New(errs.Stale, "stale_version")
		}
		if err := s.deps.Store.DeleteRow(ctx, id, version); err != nil {
			return err
		}
		return s.write(ctx, actor, id, version+1, "removed")
	})
}

// Status says whether the list is in use.
type Status struct {
	Revision
	// Applied: search and matching of the process that answers use it.
	Applied bool
}

// Status tells of the list. Errors: those of policy for synonym.read.
func (s *Service) Status(ctx context.Context, actor policy.Actor) (Status, error) {
	if err := s.check(actor, policy.SynonymRead); err != nil {
		return Status{}, err
	}
	revision, err := s.deps.Store.Revision(ctx)
	return Status{Revision: revision, Applied: s.deps.Applied() >= revision.Number}, err
}

func (s *Service) check(actor policy.Actor, action policy.Action) error {
	return policy.Check(actor, action, policy.Facts{}).Err()
}

// change runs one change of the list, one at a time of all replicas, with the
// list and the number of rows before it.
func (s *Service) change(ctx context.Context, fn func(ctx context.Context, list []Group, rows int) error) error {
	return s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		if _, err := s.deps.Store.Advance(ctx, s.deps.Clock.Now()); err != nil {
			return err
		}
		rows, err := s.deps.Store.Rows(ctx)
		if err != nil {
			return err
		}
		return fn(ctx, merged(s.shipped, rows), len(rows))
	})
}

func (s *Service) write(ctx context.Context, actor policy.Actor, id string, version int64, what string) error {
	return s.deps.Journal.Write(ctx, journal.Entry{
		Actor: actor, Action: policy.SynonymEdit, Kind: Kind, Subject: id, Version: version,
		At: s.deps.Clock.Now(), Detail: map[string]any{"change": what},
	})
}

func tooMany() error {
	return errs.Newp(errs.Conflict, "too_many_synonyms", errs.Params{"max": MaxRows})
}
