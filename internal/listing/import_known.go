package listing

import (
	"context"
	"errors"
	"slices"

	"chengqiao/internal/errs"
	"chengqiao/internal/ident"
	"chengqiao/internal/policy"
)

// Foreseen is what importing a record would do, with what review would still
// ask of it.
type Foreseen struct {
	Imported
	Unready []errs.Field
}

// Foresee says what Import would do with a batch, and changes nothing. Errors:
// those of policy.
func (s *Service[C]) Foresee(ctx context.Context, actor policy.Actor, b Batch[C]) ([]Foreseen, error) {
	records, err := s.received(actor, b)
	if err != nil {
		return nil, err
	}
	known, err := s.known(ctx, b)
	if err != nil {
		return nil, err
	}
	out := make([]Foreseen, len(records))
	for i, r := range records {
		out[i].Imported = Imported{SourceID: r.ID, Outcome: Created, Faults: r.faults}
		l := Listing{Kind: s.rules.Kind, OwnerOrg: b.OwnerOrg}
		if there, ok := known[r.ID]; ok {
			outcome, code, err := s.foreseen(there, r, b.Publish)
			if err != nil {
				return nil, err
			}
			l, out[i].ListingID, out[i].Outcome = there.record.Listing, there.record.ID, outcome
			if code != "" {
				out[i].Faults = append(out[i].Faults, errs.Field{Path: "source_id", Code: code})
			}
		}
		if len(out[i].Faults) > 0 {
			out[i].Outcome = Rejected
			continue
		}
		if out[i].Unready, err = s.kind.CheckSubmission(ctx, l, r.Content); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// known is a listing that a record has become before, or is.
type known struct {
	record Record
	// hash is over the content as it was imported last.
	hash string
	// own: the record bears the listing's own id.
	own bool
	// given: the listing is another organisation's by now.
	given bool
}

// known finds the listings of a batch's records: those that were imported from
// its source, and the owner's own by their ids.
func (s *Service[C]) known(ctx context.Context, b Batch[C]) (map[string]known, error) {
	ids := make([]string, 0, len(b.Records))
	for _, r := range b.Records {
		ids = append(ids, r.ID)
	}
	sources, err := s.deps.Store.Sources(ctx, s.rules.Kind, b.OwnerOrg, b.Source, ids)
	if err != nil {
		return nil, err
	}
	out := make(map[string]known, len(sources))
	became := make(map[string][]Source, len(sources))
	var wanted []string
	for _, source := range sources {
		wanted = append(wanted, source.ListingID)
		became[source.ListingID] = append(became[source.ListingID], source)
		out[source.SourceID] = known{}
	}
	for _, id := range ids {
		if _, there := out[id]; !there && ident.IsID(id) {
			wanted = append(wanted, id)
		}
	}
	slices.Sort(wanted)
	records, err := s.deps.Store.LoadMany(ctx, s.rules.Kind, slices.Compact(wanted))
	if err != nil {
		return nil, err
	}
	for _, r := range records {
		for _, source := range became[r.ID] {
			out[source.SourceID] = known{record: r, hash: source.Hash, given: r.OwnerOrg != b.OwnerOrg}
		}
		if _, imported := out[r.ID]; !imported && r.OwnerOrg == b.OwnerOrg && slices.Contains(ids, r.ID) {
			out[r.ID] = known{record: r, own: true}
		}
	}
	return out, nil
}

// foreseen is what a record does to its listing: Unchanged or Updated, or the
// code of what hinders it. What people have done to a listing here is theirs.
func (s *Service[C]) foreseen(there known, r received[C], publish bool) (outcome, code string, err error) {
	record := there.record
	waiting := record.Live == nil && record.Working != nil && record.Working.Position.State == Draft
	imported := there.hash
	if there.own {
		inside, err := s.printNow(record, record.Working)
		if err != nil {
			return "", "", err
		}
		imported = inside.now
	}
	if same, err := r.print.is(imported); err != nil {
		return "", "", err
	} else if same && !there.given && (!publish || !waiting) {
		return Unchanged, "", nil
	}
	switch {
	case there.given, slices.Contains(s.rules.Final, record.Position.State):
		return Rejected, "listing_ended", nil
	case there.own && record.Working != nil && record.Working.Position.State == InReview:
		return Rejected, "in_review", nil
	case there.own && r.Version != record.Version:
		return Rejected, "changed_here", nil
	case there.own:
		return Updated, "", nil
	case record.Position.State == Suspended:
		return Rejected, "listing_suspended", nil
	case record.Working != nil && (record.Live != nil || record.Working.Position.State != Draft):
		return Rejected, "working_copy_open", nil
	}
	now, err := s.printNow(record, record.Live)
	if err != nil {
		return "", "", err
	}
	untouched, err := now.is(imported)
	if err != nil {
		return "", "", err
	}
	if !untouched {
		return Rejected, "changed_here", nil
	}
	return Updated, "", nil
}

// printNow is of the content that the listing has here: the preferred
// revision, or else the other one.
func (s *Service[C]) printNow(record Record, preferred *Revision) (fingerprint, error) {
	for _, r := range []*Revision{preferred, record.Live, record.Working} {
		if r == nil {
			continue
		}
		content, err := decode[C](r.Content)
		if err != nil {
			return fingerprint{}, err
		}
		return fingerprintOf(content)
	}
	return fingerprint{}, nil
}

// submit submits what a batch has made or changed. One that review refuses is
// rejected; it stays as a draft unless the caller undoes the transaction.
func (in *importing[C]) submit(ctx context.Context, out []Imported) error {
	s := in.service
	var ids []string
	for _, o := range out {
		if o.Outcome == Created || o.Outcome == Updated {
			ids = append(ids, o.ListingID)
		}
	}
	records, err := s.deps.Store.LoadMany(ctx, s.rules.Kind, ids)
	if err != nil {
		return err
	}
	faults := map[string][]errs.Field{}
	for _, record := range records {
		err := s.review(ctx, in.actor, &record, StepRequest{Action: Submit, Version: record.Version})
		var refused *errs.Error
		switch {
		case errors.As(err, &refused) && refused.Kind == errs.Invalid:
			faults[record.ID] = refused.Fields
		case err != nil:
			return err
		}
	}
	for i := range out {
		if f := faults[out[i].ListingID]; len(f) > 0 {
			out[i].Outcome, out[i].Faults = Rejected, f
		}
	}
	return nil
}
