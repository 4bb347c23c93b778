package document

import (
	"context"
	"slices"

	"chengqiao/internal/clock"
	"chengqiao/internal/policy"
)

// View is a document as one reader may know it.
type View struct {
	// File is the version that the reader reads. Of a withheld document it has
	// the ids, the tier and OnRequest alone.
	File
	// Withheld: it stands in a tier that the reader lacks; not even its name
	// is told.
	Withheld bool
	// Readable: its content is given to the reader; Original: as it is,
	// without a watermark.
	Readable, Original bool
	// Markable: its type bears a watermark.
	Markable bool
	// Earlier are the versions before it that the reader may still read,
	// newest first: all for those inside, for a grant those since it was asked.
	Earlier []File
	// Request is the last one that the reader's organisation made for it.
	Request *RequestView
	// Asks: the reader can ask its owner for access.
	Asks bool
}

// document is the versions of one document, oldest first.
type document []File

// access is what one reader may have of a document.
type access struct {
	// versions are those that can be read, oldest first; the last is current.
	versions []File
	// current is known of; the zero File where the reader does not know it at all.
	current            File
	withheld, original bool
}

// accessTo weighs a document for an actor. granted is the actor's
// organisation's grant in force, if there is one.
func accessTo(actor policy.Actor, subject Subject, d document, granted *Request) access {
	if !policy.Check(actor, subject.Read, subject.Facts).Allowed() {
		return access{}
	}
	inside := stands(actor, subject)
	if !inside {
		d = reviewed(subject, d)
	}
	if len(d) == 0 {
		return access{}
	}
	out := access{current: d[len(d)-1]}
	tier := slices.Contains(policy.TiersOf(actor, subject.Facts), out.current.Tier)
	switch {
	case inside, !subject.Marked && tier:
		out.versions, out.original = d, true
	case granted != nil:
		out.versions = slices.DeleteFunc(slices.Clone(d), func(f File) bool { return f.Number < granted.FromNumber && f.ID != out.current.ID })
		out.original = granted.Original
	case tier && !out.current.OnRequest:
		out.versions = []File{out.current}
		out.original = out.current.Tier != policy.TierNDA
	case !tier:
		out.withheld = true
	}
	return out
}

// reviewed are the versions that the subject's last review has seen: what
// others read of it.
func reviewed(subject Subject, d document) document {
	if subject.ReviewedAt.IsZero() {
		return d
	}
	return slices.DeleteFunc(slices.Clone(d), func(f File) bool { return f.UploadedAt.After(subject.ReviewedAt) })
}

// stands tells whether the actor stands inside of the subject: reads it though
// it were not published.
func stands(actor policy.Actor, subject Subject) bool {
	unpublished := subject.Facts
	unpublished.Published = false
	return policy.Check(actor, subject.Read, unpublished).Allowed()
}

// view is what the reader is told of it.
func (a access) view(actor policy.Actor, subject Subject, last *RequestView) View {
	v := View{File: a.current, Withheld: a.withheld, Readable: len(a.versions) > 0, Original: a.original, Request: last}
	for _, f := range slices.Backward(a.versions) {
		if f.ID != a.current.ID {
			v.Earlier = append(v.Earlier, f)
		}
	}
	if a.withheld {
		v.File = File{ID: a.current.ID, DocumentID: a.current.DocumentID, SubjectKind: a.current.SubjectKind,
			SubjectID: a.current.SubjectID, Tier: a.current.Tier, OnRequest: a.current.OnRequest}
	}
	waits := last != nil && last.Position.State == Asked
	v.Asks = subject.Marked && !a.original && !waits &&
		policy.Check(actor, policy.FileRequestAsk, subject.Facts).Allowed()
	return v
}

// documentsOf sorts files, oldest first, into their documents, in the order of
// the first versions.
func documentsOf(files []File) []document {
	var out []document
	place := map[string]int{}
	for _, f := range files {
		i, known := place[f.DocumentID]
		if !known {
			i = len(out)
			place[f.DocumentID] = i
			out = append(out, nil)
		}
		out[i] = append(out[i], f)
	}
	for _, d := range out {
		slices.SortFunc(d, func(a, b File) int { return int(a.Number - b.Number) })
	}
	return out
}

// weigh is accessTo with the grant that the store knows of.
func (s *Service) weigh(ctx context.Context, actor policy.Actor, f File) (Subject, access, error) {
	subject, err := s.deps.Subjects.Subject(ctx, f.SubjectKind, f.SubjectID)
	if err != nil {
		return subject, access{}, err
	}
	versions, err := s.deps.Store.Versions(ctx, f.DocumentID, MaxFiles)
	if err != nil {
		return subject, access{}, err
	}
	requests, err := s.requestsOf(ctx, actor, f.SubjectKind, f.SubjectID)
	return subject, accessTo(actor, subject, versions, s.inForce(requests[f.DocumentID])), err
}

// requestsOf are the last requests of the actor's organisation for the
// documents of a subject.
func (s *Service) requestsOf(ctx context.Context, actor policy.Actor, kind, id string) (map[string]Request, error) {
	if actor.OrgID == "" {
		return nil, nil
	}
	return s.deps.Store.LatestRequests(ctx, kind, id, actor.OrgID)
}

// inForce is the request if it is a grant that holds today.
func (s *Service) inForce(r Request) *Request {
	if r.Position.State != Granted || r.Until < clock.DateOf(s.deps.Clock.Now()) {
		return nil
	}
	return &r
}
