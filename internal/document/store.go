package document

import (
	"context"
	"io"
	"time"

	"chengqiao/internal/policy"
)

// Store keeps the rows of files. Writes join the transaction in ctx.
type Store interface {
	InsertFile(ctx context.Context, f File) error
	// File is one by its id; errs.NotFound.
	File(ctx context.Context, id string) (File, error)
	// Files of a subject, oldest first.
	Files(ctx context.Context, subjectKind, subjectID string, limit int) ([]File, error)
	// CountFiles of a subject.
	CountFiles(ctx context.Context, subjectKind, subjectID string) (int, error)
	InsertRead(ctx context.Context, r Read) error
}

// Read is the record that somebody was given a file's bytes.
type Read struct {
	ID        string
	FileID    string
	AccountID string
	OrgID     string
	At        time.Time
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
}

// Subjects knows what files can be attached to, by a kind of SubjectKinds.
// Error: errs.NotFound.
type Subjects interface {
	Subject(ctx context.Context, kind, id string) (Subject, error)
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
// *errs.Error; nothing is kept then.
type Blobs interface {
	Put(ctx context.Context, upload io.Reader, maxBytes int64, types []string) (Stored, error)
	Open(ctx context.Context, key string) (io.ReadSeekCloser, error)
	// Delete forgets bytes; absent ones are no error.
	Delete(ctx context.Context, key string) error
}
