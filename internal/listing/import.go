package listing

import (
	"context"

	"chengqiao/internal/errs"
	"chengqiao/internal/journal"
	"chengqiao/internal/policy"
)

// Batch is records of elsewhere to be listed for an owner.
type Batch[C any] struct {
	OwnerOrg string
	// Source names where they come from; with an owner and a record's own id
	// it is what makes importing twice do nothing.
	Source string
	// Publish publishes them at once, the review being recorded as the
	// actor's: the platform's operator vouches for them.
	Publish bool
	// Submit submits them for review; one that review would not take is
	// rejected. It is not said together with Publish.
	Submit  bool
	Records []SourceRecord[C]
}

// SourceRecord is one of them.
type SourceRecord[C any] struct {
	// ID is the record's at its source; that of a listing of the owner here is
	// the listing itself, as an export wrote it.
	ID string
	// Version is the listing's when it was exported: a listing that has changed
	// since is not written over. Of records of elsewhere it is 0.
	Version int64
	Content C
}

// The outcomes of a record.
const (
	Created   = "created"
	Updated   = "updated"
	Unchanged = "unchanged"
	Rejected  = "rejected"
)

// Imported says what became of a record.
type Imported struct {
	SourceID  string
	ListingID string
	Outcome   string
	// Faults are why it was rejected.
	Faults []errs.Field
}

// Import lists a batch in one transaction (it joins the one in ctx, so that a
// caller can make a whole file of batches all or nothing). A record is taken
// whole or rejected with its faults, in the order of the batch; a rejected one
// hinders no other. A record known by its source id is left alone while its
// content is the same, and becomes a new version when it has changed, unless
// somebody is editing the listing. Errors: those of policy.
func (s *Service[C]) Import(ctx context.Context, actor policy.Actor, b Batch[C]) ([]Imported, error) {
	records, err := s.received(actor, b)
	if err != nil {
		return nil, err
	}
	var out []Imported
	err = s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		in := &importing[C]{service: s, actor: actor, batch: b}
		var err error
		out, err = in.run(ctx, records)
		return err
	})
	return out, err
}

// received is a record of a batch in its stored form, with what is wrong with
// it alone.
type received[C any] struct {
	SourceRecord[C]
	print  fingerprint
	faults []errs.Field
}

// received checks that the actor may import the batch, and looks at each record.
func (s *Service[C]) received(actor policy.Actor, b Batch[C]) ([]received[C], error) {
	facts := policy.Facts{OwnerOrg: b.OwnerOrg}
	wanted := []string{Create, Edit}
	if b.Publish || b.Submit {
		wanted = append(wanted, Submit)
	}
	if b.Publish {
		wanted = append(wanted, Publish)
	}
	for _, verb := range wanted {
		if err := policy.Check(actor, s.rules.action(verb), facts).Err(); err != nil {
			return nil, err
		}
	}
	out := make([]received[C], len(b.Records))
	for i, r := range b.Records {
		r.Content = s.kind.Clean(r.Content)
		print, err := fingerprintOf(r.Content)
		if err != nil {
			return nil, err
		}
		out[i] = received[C]{SourceRecord: r, print: print, faults: s.refuse(r.ID, r.Content, b.Publish)}
	}
	return out, nil
}

// maxSourceID bounds the id of a record elsewhere.
const maxSourceID = 200

func (s *Service[C]) refuse(sourceID string, content C, publish bool) []errs.Field {
	var f Faults
	f.Required("source_id", sourceID != "")
	f.String("source_id", sourceID, maxSourceID)
	faults := append(f.Fields(), s.kind.Check(content)...)
	if publish {
		faults = append(faults, s.kind.CheckImport(content)...)
	}
	return faults
}

// importing is one run over a batch: what is new is gathered and written by
// few statements, what is known is changed one by one.
type importing[C any] struct {
	service *Service[C]
	actor   policy.Actor
	batch   Batch[C]

	records []Record
	sources []Source
	parts   map[string][]string
	entries []journal.Entry
}

func (in *importing[C]) run(ctx context.Context, records []received[C]) ([]Imported, error) {
	in.records, in.sources, in.entries, in.parts = nil, nil, nil, map[string][]string{}
	known, err := in.service.known(ctx, in.batch)
	if err != nil {
		return nil, err
	}
	out := make([]Imported, len(records))
	seen := make(map[string]bool, len(records))
	for i, r := range records {
		out[i] = Imported{SourceID: r.ID, Outcome: Rejected, Faults: r.faults}
		if len(r.faults) > 0 {
			continue
		}
		if seen[r.ID] { // a second record of this id in the batch is a mistake
			out[i].Faults = []errs.Field{{Path: "source_id", Code: "duplicate"}}
			continue
		}
		seen[r.ID] = true
		if there, ok := known[r.ID]; ok {
			if err := in.change(ctx, &out[i], there, r); err != nil {
				return nil, err
			}
			continue
		}
		id, err := in.add(r.Content)
		if err != nil {
			return nil, err
		}
		in.sources = append(in.sources, in.source(r.ID, id, r.print.now))
		out[i].ListingID, out[i].Outcome = id, Created
	}
	if err := in.flush(ctx); err != nil || !in.batch.Submit {
		return out, err
	}
	return out, in.submit(ctx, out)
}

func (in *importing[C]) source(sourceID, listingID, hash string) Source {
	return Source{
		Kind: in.service.rules.Kind, OwnerOrg: in.batch.OwnerOrg, Source: in.batch.Source, SourceID: sourceID,
		ListingID: listingID, Hash: hash,
	}
}

// add gathers a new listing.
func (in *importing[C]) add(content C) (string, error) {
	s := in.service
	record, entries, err := s.begin(in.actor, in.batch.OwnerOrg, content)
	if err != nil {
		return "", err
	}
	in.entries = append(in.entries, entries...)
	if in.batch.Publish {
		published, err := in.published(&record, content)
		if err != nil {
			return "", err
		}
		in.entries = append(in.entries, published...)
		if parts := s.kind.Terms(content).Parts; len(parts) > 0 {
			in.parts[record.ID] = parts
		}
	}
	in.records = append(in.records, record)
	return record.ID, nil
}

// published takes the working copy through review and makes it live, and is
// the record of these steps.
func (in *importing[C]) published(record *Record, content C) ([]journal.Entry, error) {
	s := in.service
	submit, err := s.reviewStep(*record, Submit, "")
	if err != nil {
		return nil, err
	}
	w := *record.Working
	w.Position, w.SubmittedAt = after(submit), s.deps.Clock.Now()
	record.Working = &w
	review, err := s.reviewStep(*record, Publish, "")
	if err != nil {
		return nil, err
	}
	life, err := s.golive(record, review, content)
	if err != nil {
		return nil, err
	}
	return []journal.Entry{
		s.reviewEntry(in.actor, record.Listing, submit),
		s.reviewEntry(in.actor, record.Listing, review),
		s.entry(in.actor, record.Listing, life, "published"),
	}, nil
}

// change brings a known listing to what its record says now.
func (in *importing[C]) change(ctx context.Context, out *Imported, there known, r received[C]) error {
	s := in.service
	outcome, code, err := s.foreseen(there, r, in.batch.Publish)
	out.ListingID = there.record.ID
	switch {
	case err != nil:
		return err
	case code != "":
		out.Faults = []errs.Field{{Path: "source_id", Code: code}}
		return nil
	case outcome == Unchanged:
		out.Outcome = Unchanged
		return nil
	}
	record := there.record
	if err := s.write(ctx, in.actor, &record, r.Content); err != nil {
		return err
	}
	if in.batch.Publish {
		if err := in.publishNow(ctx, &record, r.Content); err != nil {
			return err
		}
	}
	out.Outcome = Updated
	if !there.own {
		in.sources = append(in.sources, in.source(r.ID, record.ID, r.print.now))
	}
	return nil
}

func (in *importing[C]) publishNow(ctx context.Context, record *Record, content C) error {
	s := in.service
	entries, err := in.published(record, content)
	if err != nil {
		return err
	}
	if err := s.deps.Store.Save(ctx, record.Listing); err != nil {
		return err
	}
	if err := s.deps.Store.SaveRevision(ctx, *record.Live); err != nil {
		return err
	}
	if err := s.deps.Store.SetParts(ctx, record.ID, s.kind.Terms(content).Parts); err != nil {
		return err
	}
	return s.deps.Journal.WriteAll(ctx, entries)
}

// flush writes what was gathered.
func (in *importing[C]) flush(ctx context.Context) error {
	store := in.service.deps.Store
	if err := store.Insert(ctx, in.records); err != nil {
		return err
	}
	for id, parts := range in.parts {
		if err := store.SetParts(ctx, id, parts); err != nil {
			return err
		}
	}
	if err := store.KeepSources(ctx, in.sources); err != nil {
		return err
	}
	return in.service.deps.Journal.WriteAll(ctx, in.entries)
}
