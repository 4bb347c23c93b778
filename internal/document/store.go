package document

import (
	"context"
	"io"
	"time"

	"chengqiao/internal/lifecycle"
	"chengqiao/internal/policy"
)

// Store keeps the rows of files. Writes join the transaction in ctx.
type Store interface {
	// BeginUpload notes that bytes are about to be kept under a key. KeepUpload
	// forgets that, with the row of their file; errs.Stale "stale_version" when
	// they were given up meanwhile.
	BeginUpload(ctx context.Context, key string, at time.Time) error
	KeepUpload(ctx context.Context, key string) error
	// UnkeptUploads are the keys of those that were begun before an instant,
	// oldest first.
	UnkeptUploads(ctx context.Context, before time.Time, limit int) ([]string, error)
	// GiveUpUpload lets no file take the bytes any more; false when one has.
	// ForgetUpload follows when the bytes are gone.
	GiveUpUpload(ctx context.Context, key string) (bool, error)
	ForgetUpload(ctx context.Context, key string) error

	InsertFile(ctx context.Context, f File) error
	// File is one by its id; errs.NotFound.
	File(ctx context.Context, id string) (File, error)
	// Files of a subject, oldest first.
	Files(ctx context.Context, subjectKind, subjectID string, limit int) ([]File, error)
	// Versions are the files of a document, oldest first.
	Versions(ctx context.Context, documentID string, limit int) ([]File, error)
	// CountFiles of a subject.
	CountFiles(ctx context.Context, subjectKind, subjectID string) (int, error)

	InsertRead(ctx context.Context, r Read) error
	// ReadSince tells whether an account was given a file in this form for an
	// organisation since an instant.
	ReadSince(ctx context.Context, r Read, since time.Time) (bool, error)
	// Reads are who was given any version of a document, newest first, before
	// the read of an id ("" begins at the newest).
	Reads(ctx context.Context, documentID, before string, limit int) ([]Read, error)

	// InsertRequest keeps a new one. Error: errs.Conflict "request_exists" when
	// one of the same organisation for the document waits.
	InsertRequest(ctx context.Context, r Request) error
	// Request is one by its id; errs.NotFound.
	Request(ctx context.Context, id string) (Request, error)
	// SaveRequest stores the state and the decision of the row that still has
	// the version before; errs.Stale "stale_version" otherwise.
	SaveRequest(ctx context.Context, r Request) error
	Requests(ctx context.Context, f RequestFilter) ([]Request, error)
	// LatestRequests are an organisation's last request for each document of a
	// subject, by document.
	LatestRequests(ctx context.Context, subjectKind, subjectID, askerOrg string) (map[string]Request, error)
}

// Read is the record that somebody was given a file's bytes.
type Read struct {
	ID     string
	FileID string
	// Number is the version that FileID is.
	Number    int64
	AccountID string
	OrgID     string
	At        time.Time
	// Marked: with a watermark that names the reader.
	Marked bool
}

// RequestFilter chooses requests of one organisation, newest first.
type RequestFilter struct {
	OrgID string
	Box   Box
	State lifecycle.State // "" for every state
	// Before is the id of the last one already seen; "" begins at the newest.
	Before string
	Limit  int
}

// Subject is what a file is attached to, as its domain tells.
type Subject struct {
	// Read is the action that reads the subject: who may do it reads its files.
	// Attach is the one that attaches a file to it.
	Read, Attach policy.Action
	// Facts decide who may read and attach. Where both parties of a contract
	// are to read every tier, its Facts name them in NDAWith.
	Facts policy.Facts
	// ReviewedAt, for a subject whose content is reviewed before others see it,
	// is when the live version was submitted: files attached later wait for the
	// next review. Zero where nothing is reviewed.
	ReviewedAt time.Time
	// Marked: those who stand outside of the subject read what is above the
	// members' tier, or was granted, with a watermark.
	Marked bool
}

// Subjects knows what files can be attached to, by a kind of SubjectKinds.
// Error: errs.NotFound.
type Subjects interface {
	Subject(ctx context.Context, kind, id string) (Subject, error)
}

// Mark is what a watermark says, line by line.
type Mark []MarkLine

// MarkLine is one line, in any script, and what stands for it where no font
// has its signs.
type MarkLine struct{ Text, Latin string }

// Marker draws watermarks.
type Marker interface {
	// Marks tells whether files of a media type can be marked, and the type of
	// what comes out.
	Marks(contentType string) (into string, ok bool)
	// Mark gives the file's content with the mark over every page. Errors:
	// errs.Invalid "file_cannot_be_marked" for a content that is broken or
	// larger than what is worked on; errs.Unavailable "marking_busy".
	Mark(ctx context.Context, contentType string, content io.Reader, mark Mark) ([]byte, error)
}

// Viewer is who reads, as a watermark names them.
type Viewer struct {
	// Name and Organisation are as people know them; empty where there is none.
	Name, Organisation string
	// Account and Code name the same in Latin letters: an address, a credit code.
	Account, Code string
}

// Viewers knows people.
type Viewers interface {
	Viewer(ctx context.Context, actor policy.Actor) (Viewer, error)
}

// Stored describes bytes that Blobs has taken in.
type Stored struct {
	Key         string
	Size        int64
	SHA256      string
	ContentType string
}

// Blobs keeps bytes. Put measures and sniffs while it reads, and refuses what
// is larger than maxBytes or of another media type than types with an
// *errs.Error; nothing is kept then. It tells announce the key before anything is
// kept, and keeps nothing when that fails.
type Blobs interface {
	Put(ctx context.Context, upload io.Reader, maxBytes int64, types []string,
		announce func(ctx context.Context, key string) error) (Stored, error)
	Open(ctx context.Context, key string) (io.ReadSeekCloser, error)
	// Delete forgets bytes; absent ones are no error.
	Delete(ctx context.Context, key string) error
}
