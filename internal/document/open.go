package document

import (
	"bytes"
	"context"
	"io"
	"mime"
	"slices"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/ident"
	"chengqiao/internal/policy"
)

// Content is a file's bytes as one reader is given them.
type Content struct {
	File File
	// Type is the media type of Body, which for a marked image may be another
	// than the file's.
	Type string
	Body io.ReadSeekCloser
	// Marked: every page bears who reads and when.
	Marked bool
}

// readAgain is how long a reading lasts: a client that fetches a file in parts
// reads once.
const readAgain = 10 * time.Minute

// Open gives a file's bytes to read, and keeps that the actor got them: as
// they are or, where the reader may have no original, with a watermark that
// names the reader. The caller closes the body. Errors: errs.NotFound for a
// file that is absent or that the actor may not read; errs.Forbidden
// "file_cannot_be_shown" for a type that bears no watermark, and the marker's.
func (s *Service) Open(ctx context.Context, actor policy.Actor, id string) (Content, error) {
	f, err := s.deps.Store.File(ctx, id)
	if err != nil {
		return Content{}, err
	}
	_, open, err := s.weigh(ctx, actor, f)
	if err != nil {
		return Content{}, err
	}
	if !slices.ContainsFunc(open.versions, func(v File) bool { return v.ID == id }) {
		return Content{}, errs.New(errs.NotFound, "not_found")
	}
	into, marks := s.deps.Marker.Marks(mediaType(f.ContentType))
	if !open.original && !marks {
		return Content{}, errs.Newp(errs.Forbidden, "file_cannot_be_shown", errs.Params{"content_type": mediaType(f.ContentType)})
	}
	body, err := s.deps.Blobs.Open(ctx, f.Key)
	if err != nil {
		return Content{}, err
	}
	c := Content{File: f, Type: f.ContentType, Body: body}
	if !open.original {
		c, err = s.marked(ctx, actor, c, into)
		if err != nil {
			return Content{}, err
		}
	}
	if err := s.record(ctx, actor, c); err != nil {
		_ = c.Body.Close()
		return Content{}, err
	}
	return c, nil
}

// marked takes the place of the original.
func (s *Service) marked(ctx context.Context, actor policy.Actor, c Content, into string) (Content, error) {
	defer c.Body.Close()
	viewer, err := s.deps.Viewers.Viewer(ctx, actor)
	if err != nil {
		return c, err
	}
	made, err := s.deps.Marker.Mark(ctx, mediaType(c.File.ContentType), c.Body, markOf(viewer, s.deps.Clock.Now()))
	if err != nil {
		return c, err
	}
	return Content{File: c.File, Type: into, Body: nothingToClose{bytes.NewReader(made)}, Marked: true}, nil
}

type nothingToClose struct{ *bytes.Reader }

func (nothingToClose) Close() error { return nil }

// markOf says who reads, for whom, and when: the hour in which most readers live.
func markOf(v Viewer, at time.Time) Mark {
	when := at.In(clock.Shanghai).Format("2006-01-02 15:04 UTC+8")
	return Mark{{v.Name, v.Account}, {v.Organisation, v.Code}, {when, when}}
}

func mediaType(contentType string) string {
	base, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		return contentType
	}
	return base
}

// record keeps who read what. A visitor can read the public tier alone, and
// there is nobody to name.
func (s *Service) record(ctx context.Context, actor policy.Actor, c Content) error {
	if !actor.SignedIn() {
		return nil
	}
	r := Read{ID: ident.NewID(), FileID: c.File.ID, AccountID: actor.AccountID, OrgID: actor.OrgID, At: s.deps.Clock.Now(), Marked: c.Marked}
	known, err := s.deps.Store.ReadSince(ctx, r, r.At.Add(-readAgain))
	if err != nil || known {
		return err
	}
	return s.deps.Store.InsertRead(ctx, r)
}

// Reads are who was given any version of a file's document, newest first, for
// its owner. Errors: errs.NotFound; errs.Forbidden; errs.Malformed "malformed_cursor".
func (s *Service) Reads(ctx context.Context, actor policy.Actor, id, cursor string, limit int) (Page[Read], error) {
	var out Page[Read]
	f, err := s.deps.Store.File(ctx, id)
	if err != nil {
		return out, err
	}
	subject, open, err := s.weigh(ctx, actor, f)
	if err != nil {
		return out, err
	}
	if open.current.ID == "" {
		return out, errs.New(errs.NotFound, "not_found")
	}
	if err := policy.Check(actor, policy.FileLog, subject.Facts).Err(); err != nil {
		return out, err
	}
	if err := ident.CheckCursor(cursor); err != nil {
		return out, err
	}
	limit = bounded(limit)
	found, err := s.deps.Store.Reads(ctx, f.DocumentID, cursor, limit+1)
	if err != nil {
		return out, err
	}
	if len(found) > limit {
		found = found[:limit]
		out.Next = found[limit-1].ID
	}
	out.Items = found
	return out, nil
}
