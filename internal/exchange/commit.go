package exchange

import (
	"context"
	"errors"

	"chengqiao/internal/errs"
	"chengqiao/internal/event"
	"chengqiao/internal/journal"
	"chengqiao/internal/listing"
	"chengqiao/internal/policy"
)

// Confirm lets the background work take a preview: every row that is not left
// out, with submission for review if asked for. Errors: those of open and of
// policy for what is done to the listings;
// errs.Conflict "import_has_faults" while a row cannot be taken,
// "import_not_ready_for_review" where review would refuse one, "import_empty".
func (s *Service) Confirm(ctx context.Context, actor policy.Actor, id string, version int64, submit bool) (Preview, error) {
	var out Preview
	err := s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		p, err := s.open(ctx, actor, id, version)
		switch {
		case err != nil:
			return err
		case p.Faulty > 0:
			return errs.Newp(errs.Conflict, "import_has_faults", errs.Params{"rows": p.Faulty})
		case submit && p.Unready > 0:
			return errs.Newp(errs.Conflict, "import_not_ready_for_review", errs.Params{"rows": p.Unready})
		case p.Rows == p.LeftOut:
			return errs.New(errs.Conflict, "import_empty")
		}
		if err := mayTake(actor, p, submit); err != nil {
			return err
		}
		p.State, p.Submit, p.By = Committing, submit, actor
		p.Version++
		if err := s.deps.Store.Save(ctx, p); err != nil {
			return err
		}
		out = p
		return s.deps.Journal.Write(ctx, journal.Entry{
			Actor: actor, Action: policy.ListingImport, Kind: Kind, Subject: p.ID, Version: p.Version, At: s.deps.Clock.Now(),
			Detail: map[string]any{"submit": submit},
			Events: []event.Event{{Name: event.ImportConfirmed}},
		})
	})
	return out, err
}

// mayTake asks of policy what the commit will need, so that nobody confirms what
// the background work must then refuse.
func mayTake(actor policy.Actor, p Preview, submit bool) error {
	verbs := []string{listing.Create, listing.Edit}
	if submit {
		verbs = append(verbs, listing.Submit)
	}
	for _, verb := range verbs {
		if err := policy.Check(actor, policy.Action(p.Listing+"."+verb), policy.Facts{OwnerOrg: p.OrgID}).Err(); err != nil {
			return err
		}
	}
	return nil
}

// errRefused undoes a commit: a row that could be taken when it was confirmed
// cannot be any more.
var errRefused = errs.New(errs.Conflict, "import_has_faults")

// Commit takes a confirmed preview, all of it in one transaction. A preview
// that is not committing is left alone, so that a repetition does nothing. When
// a row is refused nothing is taken, and the preview is open again with the
// reasons; it is open again too when the whole is refused, which no repetition
// would change.
func (s *Service) Commit(ctx context.Context, id string) error {
	var refused []Row
	err := s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		refused = nil
		p, err := s.deps.Store.Load(ctx, id)
		if err != nil || p.State != Committing {
			return gone(err)
		}
		// The version is taken first: of two workers one waits here, and then
		// finds it done.
		p.Version++
		if err := s.deps.Store.Save(ctx, p); err != nil {
			return err
		}
		if refused, err = s.take(ctx, &p); err != nil {
			return err
		}
		p.State = Done
		p.Version++
		if err := s.deps.Store.Save(ctx, p); err != nil {
			return err
		}
		return s.journal(ctx, p.By, p, map[string]any{
			"created": p.Result.Created, "updated": p.Result.Updated, "unchanged": p.Result.Unchanged, "submitted": p.Result.Submitted,
		})
	})
	if kind := errs.KindOf(err); !errors.Is(err, errRefused) && kind != errs.Forbidden && kind != errs.NotFound {
		return err
	}
	return s.reopen(ctx, id, refused)
}

// gone is no error for a preview that is not there any more.
func gone(err error) error {
	if errs.KindOf(err) == errs.NotFound {
		return nil
	}
	return err
}

// take imports the rows and counts them. Error: errRefused with the rows of the
// first batch that had one which cannot be taken.
func (s *Service) take(ctx context.Context, p *Preview) ([]Row, error) {
	p.Result = Result{}
	for after := int64(0); ; {
		rows, err := s.deps.Store.Rows(ctx, p.ID, RowFilter{After: after, Wanted: true, Limit: checkSize})
		if err != nil || len(rows) == 0 {
			return nil, err
		}
		done, err := s.deps.Records.Take(ctx, p.By, Batch{
			Listing: p.Listing, OwnerOrg: p.OrgID, Columns: p.properties(), Submit: p.Submit, Rows: rows,
		})
		if err != nil {
			return nil, err
		}
		var refused []Row
		for i, d := range done {
			switch d.Outcome {
			case listing.Created:
				p.Result.Created++
			case listing.Updated:
				p.Result.Updated++
			case listing.Unchanged:
				p.Result.Unchanged++
			default:
				rows[i].Checked = d
				refused = append(refused, rows[i])
			}
		}
		if len(refused) > 0 {
			return refused, errRefused
		}
		after = rows[len(rows)-1].Number
		if p.Submit {
			p.Result.Submitted = p.Result.Created + p.Result.Updated
		}
		s.deps.Progress.Set(ctx, p.ID, p.Result.Created+p.Result.Updated+p.Result.Unchanged)
	}
}

// reopen gives a preview back with the rows that were refused.
func (s *Service) reopen(ctx context.Context, id string, refused []Row) error {
	return s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		p, err := s.deps.Store.Load(ctx, id)
		if err != nil || p.State != Committing {
			return gone(err)
		}
		if err := s.deps.Store.PutRows(ctx, id, refused); err != nil {
			return err
		}
		p.State, p.Submit = Open, false
		_, err = s.saved(ctx, p)
		return err
	})
}
