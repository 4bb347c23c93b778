package document

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/ident"
	"chengqiao/internal/journal"
	"chengqiao/internal/policy"
)

// DefaultMaxBytes is the largest file that is taken in unless an operator says
// otherwise: a scanned contract of some hundred pages.
const DefaultMaxBytes = 50 << 20

// MaxFiles is how many files one subject can have.
const MaxFiles = 200

// Deps are what the service works with.
type Deps struct {
	Tx       journal.Transactor
	Store    Store
	Journal  journal.Journal
	Subjects Subjects
	Blobs    Blobs
	Marker   Marker
	Viewers  Viewers
	Clock    clock.Clock
	Log      *slog.Logger
	// MaxBytes is the largest file; 0 is DefaultMaxBytes.
	MaxBytes int64
	// Types are the media types taken in, each of Types(); empty is all.
	Types []string
}

// Service is the use cases of files. Every error is an *errs.Error or the
// upload's own; what an actor may not know of is errs.NotFound.
type Service struct{ deps Deps }

// NewService makes the service. The error names a type that is not known.
func NewService(deps Deps) (*Service, error) {
	if deps.MaxBytes <= 0 {
		deps.MaxBytes = DefaultMaxBytes
	}
	for _, t := range deps.Types {
		if _, known := extensions[t]; !known {
			return nil, fmt.Errorf("document.types: %s is not taken in; known are %s", t, strings.Join(Types(), ", "))
		}
	}
	if len(deps.Types) == 0 {
		deps.Types = Types()
	}
	return &Service{deps: deps}, nil
}

// Upload is a file on its way in.
type Upload struct {
	SubjectKind, SubjectID string
	Tier                   policy.Tier
	// OnRequest: to be granted to each reader.
	OnRequest bool
	// Replaces is any version of the document of which this is the next; empty
	// for a document of its own.
	Replaces string
	// Name is what the uploader calls it.
	Name string
	Body io.Reader
}

// Upload attaches a file to a subject, as a document or as the next version of
// one. Errors: errs.NotFound or errs.Forbidden by the subject; errs.Invalid
// "unknown_value" at "replaces" for a file of another subject; errs.Invalid for kind and tier; "file_too_large",
// "file_empty", "file_type_not_accepted"; errs.Conflict "too_many_files".
// Nothing is kept after an error, unless it is errs.Unavailable: then DropUnkept
// finds out.
func (s *Service) Upload(ctx context.Context, actor policy.Actor, u Upload) (File, error) {
	if err := u.check(); err != nil {
		return File{}, err
	}
	// Asked before the bytes are read, so that nobody fills the disk for nothing.
	if err := s.mayAttach(ctx, actor, u); err != nil {
		return File{}, err
	}
	stored, err := s.deps.Blobs.Put(ctx, u.Body, s.deps.MaxBytes, s.deps.Types, func(ctx context.Context, key string) error {
		return s.deps.Store.BeginUpload(ctx, key, s.deps.Clock.Now())
	})
	if err != nil {
		return File{}, err
	}
	f := File{
		ID: ident.NewID(), SubjectKind: u.SubjectKind, SubjectID: u.SubjectID, Key: stored.Key,
		Name: cleanName(u.Name, stored.ContentType), Size: stored.Size, ContentType: stored.ContentType,
		SHA256: stored.SHA256, Tier: u.Tier, OnRequest: u.OnRequest, UploadedBy: actor.AccountID, OrgID: actor.OrgID,
	}
	err = s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		// Asked again: the subject may have changed while the bytes came in.
		if err := s.mayAttach(ctx, actor, u); err != nil {
			return err
		}
		n, err := s.deps.Store.CountFiles(ctx, u.SubjectKind, u.SubjectID)
		if err != nil {
			return err
		}
		if n >= MaxFiles {
			return errs.Newp(errs.Conflict, "too_many_files", errs.Params{"max": MaxFiles})
		}
		if err := s.place(ctx, &f, u.Replaces); err != nil {
			return err
		}
		f.UploadedAt = s.deps.Clock.Now()
		if err := s.deps.Store.KeepUpload(ctx, f.Key); err != nil {
			return err
		}
		if err := s.deps.Store.InsertFile(ctx, f); err != nil {
			return err
		}
		return s.deps.Journal.Write(ctx, journal.Entry{
			Actor: actor, Action: policy.FileUpload, Kind: Kind, Subject: f.ID, Version: 1, At: f.UploadedAt,
			Detail: map[string]any{"subject_kind": f.SubjectKind, "subject_id": f.SubjectID,
				"document_id": f.DocumentID, "number": f.Number, "on_request": f.OnRequest, "tier": string(f.Tier), "size": f.Size, "sha256": f.SHA256},
		})
	})
	if errs.KindOf(err) == errs.Unavailable {
		// Of a commit that was cut off nobody knows yet whether it took place: were
		// the bytes to go now, the file might be there without them.
		return File{}, err
	}
	if err != nil {
		// The request may be over; the bytes are still to go.
		if lost := s.drop(context.WithoutCancel(ctx), stored.Key); lost != nil {
			s.deps.Log.WarnContext(ctx, "bytes of a refused upload are left for now", "key", stored.Key, "error", lost)
		}
		return File{}, err
	}
	return f, nil
}

func (u Upload) check() error {
	var fields []errs.Field
	if !slices.Contains(SubjectKinds, u.SubjectKind) {
		fields = append(fields, errs.Field{Path: "kind", Code: "unknown_value"})
	}
	if u.SubjectID == "" {
		fields = append(fields, errs.Field{Path: "subject_id", Code: "required"})
	}
	if !u.Tier.Valid() {
		fields = append(fields, errs.Field{Path: "tier", Code: "unknown_value"})
	}
	return errs.InvalidFields(fields)
}

func (s *Service) mayAttach(ctx context.Context, actor policy.Actor, u Upload) error {
	subject, err := s.deps.Subjects.Subject(ctx, u.SubjectKind, u.SubjectID)
	if err != nil {
		return err
	}
	return policy.Check(actor, subject.Attach, subject.Facts).Err()
}

// place makes a file the first of its document, or the next version of one.
func (s *Service) place(ctx context.Context, f *File, replaces string) error {
	f.DocumentID, f.Number = f.ID, 1
	if replaces == "" {
		return nil
	}
	unknown := errs.InvalidFields([]errs.Field{{Path: "replaces", Code: "unknown_value"}})
	before, err := s.deps.Store.File(ctx, replaces)
	if errs.KindOf(err) == errs.NotFound {
		return unknown
	}
	if err != nil {
		return err
	}
	if before.SubjectKind != f.SubjectKind || before.SubjectID != f.SubjectID {
		return unknown
	}
	versions, err := s.deps.Store.Versions(ctx, before.DocumentID, MaxFiles)
	if err != nil {
		return err
	}
	f.DocumentID, f.Number = before.DocumentID, versions[len(versions)-1].Number+1
	return nil
}

// List is the documents of a subject that the actor may know of, oldest first.
// Errors: errs.NotFound by the subject, errs.Invalid for the kind.
func (s *Service) List(ctx context.Context, actor policy.Actor, subjectKind, subjectID string) ([]View, error) {
	if !slices.Contains(SubjectKinds, subjectKind) {
		return nil, errs.InvalidFields([]errs.Field{{Path: "kind", Code: "unknown_value"}})
	}
	subject, err := s.deps.Subjects.Subject(ctx, subjectKind, subjectID)
	if err != nil {
		return nil, err
	}
	if err := policy.Check(actor, subject.Read, subject.Facts).Err(); err != nil {
		return nil, err
	}
	files, err := s.deps.Store.Files(ctx, subjectKind, subjectID, MaxFiles)
	if err != nil {
		return nil, err
	}
	requests, err := s.requestsOf(ctx, actor, subjectKind, subjectID)
	if err != nil {
		return nil, err
	}
	var out []View
	for _, d := range documentsOf(files) {
		var last *RequestView
		if r, asked := requests[d[0].DocumentID]; asked {
			told := s.viewRequest(actor, r)
			last = &told
		}
		open := accessTo(actor, subject, d, s.inForce(requests[d[0].DocumentID]))
		if open.current.ID == "" || open.withheld && !subject.Marked {
			continue
		}
		v := open.view(actor, subject, last)
		_, v.Markable = s.deps.Marker.Marks(mediaType(v.ContentType))
		out = append(out, v)
	}
	return out, nil
}

// Attached tells which of the files belong to a subject, for domains that take
// a file's id as proof: a file of another subject proves nothing about this
// one, and naming it would tell that it exists.
func (s *Service) Attached(ctx context.Context, subjectKind, subjectID string, fileIDs []string) (map[string]bool, error) {
	files, err := s.deps.Store.Files(ctx, subjectKind, subjectID, MaxFiles)
	if err != nil {
		return nil, err
	}
	out := make(map[string]bool, len(fileIDs))
	for _, f := range files {
		if slices.Contains(fileIDs, f.ID) {
			out[f.ID] = true
		}
	}
	return out, nil
}
