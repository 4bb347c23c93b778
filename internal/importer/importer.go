package importer

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"slices"
	"sync/atomic"

	"chengqiao/internal/catalog"
	"chengqiao/internal/errs"
	"chengqiao/internal/journal"
	"chengqiao/internal/listing"
	"chengqiao/internal/need"
	"chengqiao/internal/policy"
)

// OnError says what a line that cannot be taken does to the others.
type OnError string

// The choices.
const (
	// Stop ends at the first bad line and leaves nothing of the file behind.
	// The file is read twice, and written in one transaction: on SQLite other
	// writers wait for it.
	Stop OnError = "stop"
	// Skip takes the good lines, some hundred in a transaction, and reports
	// the bad ones. What was taken when the program is stopped stays; importing
	// again goes on from there.
	Skip OnError = "skip"
)

// Options say how a file is imported.
type Options struct {
	// OwnerOrg is the organisation whose listings they become.
	OwnerOrg string
	// Source names the collection; a record is known again by owner, source
	// and id. "" is DefaultSource.
	Source string
	// Publish publishes them at once.
	Publish bool
	OnError OnError
	// Harvest says that the records are another platform's; nil for one's own.
	Harvest *Harvesting
	// Progress, if set, is called now and then, and at the end.
	Progress func(Progress)
	// Rejected, if set, is called for each line that was not taken, in the
	// order of the file.
	Rejected func(Rejection)
	// Unknown, if set, is told once of the columns that mean nothing here: what
	// stands in them is left out.
	Unknown func(columns []string)
}

// DefaultSource is the collection of files that name none.
const DefaultSource = "import"

// Progress is how far an import is.
type Progress struct {
	// Bytes and Total are of the file as it lies there; Total is 0 if unknown.
	Bytes, Total int64
	Report       Report
}

// Report counts what became of the records; Read is the sum of the others,
// but for an import that stopped: it read so far and took nothing.
type Report struct {
	Read, Created, Updated, Unchanged, Rejected int64
	// Vanished is how many records of a harvest's source it has no more.
	Vanished int64
}

// Rejection is a line that was not taken, and why.
type Rejection struct {
	// Line counts from 1; of CSV it is the one on which the record begins.
	Line int64
	// ID is the record's, where it could be read.
	ID string
	// Faults are the reasons; a line that cannot be read at all has one
	// without a path.
	Faults []errs.Field
}

// ErrStopped ends an import with Stop at a bad line; nothing was written.
var ErrStopped = errs.New(errs.Invalid, "import_stopped")

// Target lists records; *listing.Service is one.
type Target[C any] interface {
	Import(ctx context.Context, actor policy.Actor, b listing.Batch[C]) ([]listing.Imported, error)
}

// Importer imports files of one kind of listing.
type Importer[C any] struct {
	kind    string
	target  Target[C]
	tx      journal.Transactor
	mapping *Mapping
	shape   shape
	people  People
}

// Achievements imports achievements.
func Achievements(target Target[catalog.AchievementContent], tx journal.Transactor, m *Mapping) *Importer[catalog.AchievementContent] {
	return newImporter(catalog.AchievementKind, target, tx, m)
}

// Packages imports packages.
func Packages(target Target[catalog.PackageContent], tx journal.Transactor, m *Mapping) *Importer[catalog.PackageContent] {
	return newImporter(catalog.PackageKind, target, tx, m)
}

// Needs imports needs.
func Needs(target Target[need.Content], tx journal.Transactor, m *Mapping) *Importer[need.Content] {
	return newImporter(need.Kind, target, tx, m)
}

func newImporter[C any](kind string, target Target[C], tx journal.Transactor, m *Mapping) *Importer[C] {
	return &Importer[C]{kind: kind, target: target, tx: tx, mapping: m, shape: shapes[kind]}
}

// Naming lets contributors be given by name alone.
func (i *Importer[C]) Naming(p People) *Importer[C] {
	i.people = p
	return i
}

// batchSize is how many records are handed over at a time.
const batchSize = 500

// Run imports a file and says what became of it. Errors: ErrStopped after the
// rejection was reported; errs.Malformed for a file that cannot be read on,
// with what had been taken in the report; those of policy and of the store.
func (i *Importer[C]) Run(ctx context.Context, actor policy.Actor, f File, o Options) (Report, error) {
	if o.Source == "" {
		o.Source = DefaultSource
	}
	if o.Progress == nil {
		o.Progress = func(Progress) {}
	}
	if o.Rejected == nil {
		o.Rejected = func(Rejection) {}
	}
	if o.Unknown == nil {
		o.Unknown = func([]string) {}
	}
	if o.OnError == Skip {
		r := &run[C]{importer: i, actor: actor, options: o, file: f}
		err := r.all(ctx, true)
		return r.report, err
	}
	// First a look at every line, without holding up other writers.
	look := &run[C]{importer: i, actor: actor, options: o, file: f, stop: true}
	if err := look.all(ctx, false); err != nil {
		return look.report, err
	}
	var r *run[C]
	var bad []Rejection
	heldBack := o
	heldBack.Unknown = func([]string) {}
	heldBack.Rejected = func(x Rejection) { bad = append(bad, x) }
	err := i.tx.InTx(ctx, func(ctx context.Context) error { // may run again: begins anew each time
		bad = nil
		r = &run[C]{importer: i, actor: actor, options: heldBack, file: f, stop: true}
		return r.all(ctx, true)
	})
	for _, x := range bad {
		o.Rejected(x)
	}
	if err != nil { // what had been taken is undone
		r.report = Report{Read: r.report.Read, Rejected: r.report.Rejected}
	}
	return r.report, err
}

// run is one pass over a file.
type run[C any] struct {
	importer *Importer[C]
	actor    policy.Actor
	options  Options
	file     File
	stop     bool

	bytes  atomic.Int64
	report Report
	seen   map[[16]byte]bool
	batch  []pending[C]

	columns reading
	// nameless: a row had no id that could be read.
	nameless bool
}

// pending is a record that waits for its batch, or a bad line among them.
type pending[C any] struct {
	line int64
	mapped[C]
	faults []errs.Field
}

// all reads the file; with write the records go to the target.
func (r *run[C]) all(ctx context.Context, write bool) error {
	open, err := r.file.Open()
	if err != nil {
		return errs.Wrap(errs.NotFound, "file_not_found", err)
	}
	defer open.Close()
	table, err := OpenTable(counted{open, &r.bytes}, r.file.Name(), 0)
	if err != nil {
		return err
	}
	defer table.Close()
	r.seen = map[[16]byte]bool{}
	r.columns = reading{m: r.importer.mapping, kind: r.importer.kind}
	if h := r.options.Harvest; h != nil {
		r.columns.m = h.Harvest.mapping
	}
	// Those of JSON Lines come with the rows.
	defer func() { r.options.Unknown(r.columns.m.unknown(r.importer.kind, table.Columns())) }()
	for {
		row, err := table.Next()
		var bad *RowFault
		switch {
		case errors.Is(err, io.EOF):
			if err := r.flush(ctx, write); err != nil {
				return err
			}
			if err := r.vanish(ctx, write); err != nil {
				return err
			}
			r.progress()
			return nil
		case errors.As(err, &bad):
			r.batch = append(r.batch, pending[C]{line: bad.Line, faults: []errs.Field{bad.Field}})
		case err != nil:
			return errors.Join(r.flushed(ctx, write), fileError(err, "file_unreadable"))
		case r.importer.mapping.example(table.Columns(), row):
			continue
		default:
			r.batch = append(r.batch, r.record(table.Columns(), r.columns.m.spread(table.Columns(), row)))
		}
		r.report.Read++
		if len(r.batch) == batchSize {
			if err := r.flush(ctx, write); err != nil {
				return err
			}
			r.progress()
		}
	}
}

// flushed hands over what was read before the file broke off, unless the file
// counts as a whole.
func (r *run[C]) flushed(ctx context.Context, write bool) error {
	if r.stop {
		return nil
	}
	return r.flush(ctx, write)
}

// record maps one record.
func (r *run[C]) record(columns []string, row Row) pending[C] {
	l := r.columns.line(columns, row)
	m := contentOf[C](l, r.importer.shape)
	if m.id != "" {
		sum := sha256.Sum256([]byte(m.id))
		key := [16]byte(sum[:16])
		if r.seen[key] {
			l.fault("source_id", "duplicate")
		}
		r.seen[key] = true
	}
	return pending[C]{row.Line, m, l.faults}
}

// reject reports a line; with Stop it is the last.
func (r *run[C]) reject(x Rejection) error {
	r.report.Rejected++
	r.nameless = r.nameless || x.ID == ""
	r.options.Rejected(x)
	if r.stop {
		r.progress()
		return ErrStopped
	}
	return nil
}

func (r *run[C]) progress() {
	r.options.Progress(Progress{Bytes: r.bytes.Load(), Total: r.file.Size(), Report: r.report})
}

// flush hands the batch over; without write it only looks for bad lines.
func (r *run[C]) flush(ctx context.Context, write bool) error {
	batch := slices.Clone(r.batch)
	r.batch = r.batch[:0]
	b := listing.Batch[C]{OwnerOrg: r.options.OwnerOrg, Source: r.options.Source, Publish: r.options.Publish}
	names := newNaming(r.importer.people, r.actor, r.options.OwnerOrg, write)
	for i := range batch {
		p := &batch[i]
		if len(p.faults) > 0 {
			continue
		}
		var err error
		if p.faults, err = names.resolve(ctx, &p.content); err != nil {
			return err
		}
		if len(p.faults) == 0 {
			b.Records = append(b.Records, listing.SourceRecord[C]{ID: p.id, Version: p.version, Content: p.content})
		}
	}
	var done []listing.Imported
	if write && (len(b.Records) > 0 || r.options.Harvest != nil) {
		var err error
		if done, err = r.take(ctx, b, batch); err != nil {
			return err
		}
	}
	for _, p := range batch {
		if len(p.faults) == 0 && write {
			p.faults = r.count(done[0])
			done = done[1:]
		}
		if len(p.faults) > 0 {
			if err := r.reject(Rejection{Line: p.line, ID: p.id, Faults: p.faults}); err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}

// count takes an outcome into the report; a rejection's reasons come back.
func (r *run[C]) count(d listing.Imported) []errs.Field {
	switch d.Outcome {
	case listing.Created:
		r.report.Created++
	case listing.Updated:
		r.report.Updated++
	case listing.Unchanged:
		r.report.Unchanged++
	default:
		return d.Faults
	}
	return nil
}
