package exchange

import (
	"context"
	"errors"
	"io"
	"path"
	"strings"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/ident"
	"chengqiao/internal/journal"
	"chengqiao/internal/policy"
)

// The bounds of a file, and how long its preview lives.
const (
	MaxBytes = 20 << 20
	MaxRows  = 5000
	Lifetime = 72 * time.Hour
	// MaxPreviews is how many an organisation can have at once.
	MaxPreviews = 20
	// MaxPage is how many rows are read, or mended, at once.
	MaxPage = 200
	// maxCell bounds what a cell is mended to, in characters.
	maxCell = 20_000
	// maxCells bounds what stands in all cells together, in bytes: a spreadsheet
	// keeps a text once that stands in many of them.
	maxCells = 64 << 20
	// maxName bounds a file's name, in characters.
	maxName = 200
	// checkSize is how many rows are checked or taken at a time.
	checkSize = 250
)

// Deps are what the service works with.
type Deps struct {
	Tx       journal.Transactor
	Store    Store
	Journal  journal.Journal
	Records  Records
	Progress Progress
	Clock    clock.Clock
}

// Service is the use cases of imports by preview. Every error is an
// *errs.Error; another organisation's preview is errs.NotFound.
type Service struct{ deps Deps }

// NewService makes the service.
func NewService(deps Deps) *Service { return &Service{deps} }

// Upload is a file on its way in.
type Upload struct {
	// Listing is the kind of listings that the rows become.
	Listing string
	Name    string
	Body    io.Reader
}

// Upload reads a file into a preview. Errors: those of policy; errs.Invalid for
// the kind; errs.Conflict "too_many_imports"; errs.TooLarge "file_too_large",
// "too_many_rows", "unzipped_too_large"; those of Records.Open; errs.Invalid "file_empty",
// Nothing is kept after an error.
func (s *Service) Upload(ctx context.Context, actor policy.Actor, u Upload) (Preview, error) {
	if err := may(actor, actor.OrgID); err != nil {
		return Preview{}, err
	}
	if !s.deps.Records.Takes(u.Listing) {
		return Preview{}, errs.InvalidFields([]errs.Field{{Path: "kind", Code: "unknown_value"}})
	}
	waiting, err := s.deps.Store.OfOrg(ctx, actor.OrgID, MaxPreviews)
	if err != nil {
		return Preview{}, err
	}
	if len(waiting) >= MaxPreviews {
		return Preview{}, errs.Newp(errs.Conflict, "too_many_imports", errs.Params{"max": MaxPreviews})
	}
	table, err := s.deps.Records.Open(&sized{r: u.Body, left: MaxBytes}, u.Name)
	if err != nil {
		return Preview{}, err
	}
	defer table.Close()
	now := s.deps.Clock.Now()
	p := Preview{
		ID: ident.NewID(), Listing: u.Listing, OrgID: actor.OrgID, AccountID: actor.AccountID, FileName: called(u.Name),
		State: Open, Version: 1, CreatedAt: now, ExpiresAt: now.Add(Lifetime),
	}
	rows, err := s.read(&p, table)
	if err != nil {
		return Preview{}, err
	}
	if err := s.checkAll(ctx, actor, p, rows); err != nil {
		return Preview{}, err
	}
	err = s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		if err := s.deps.Store.Insert(ctx, p); err != nil {
			return err
		}
		if err := s.deps.Store.PutRows(ctx, p.ID, rows); err != nil {
			return err
		}
		if p, err = s.deps.Store.Count(ctx, p); err != nil {
			return err
		}
		p.Version++
		if err := s.deps.Store.Save(ctx, p); err != nil {
			return err
		}
		return s.journal(ctx, actor, p, map[string]any{"rows": p.Rows})
	})
	return p, err
}

// sized ends a body that is too large.
type sized struct {
	r    io.Reader
	left int64
}

// Read implements io.Reader.
func (s *sized) Read(b []byte) (int, error) {
	if s.left <= 0 {
		// A body of exactly the limit ends here.
		var one [1]byte
		if n, err := s.r.Read(one[:]); n == 0 {
			return 0, err
		}
		return 0, errs.Newp(errs.TooLarge, "file_too_large", errs.Params{"limit_bytes": MaxBytes})
	}
	n, err := s.r.Read(b[:min(int64(len(b)), s.left)])
	s.left -= int64(n)
	return n, err
}

// called is a file's name without its path.
func called(name string) string {
	name = path.Base(strings.ReplaceAll(strings.ToValidUTF8(name, ""), `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if r < ' ' {
			return -1
		}
		return r
	}, name)
	if r := []rune(name); len(r) > maxName {
		name = string(r[:maxName])
	}
	return name
}

// read takes a file's rows and recognises its columns.
func (s *Service) read(p *Preview, table Table) ([]Row, error) {
	var rows []Row
	size := 0
	for {
		line, cells, unreadable, err := table.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if len(rows) == MaxRows {
			return nil, errs.Newp(errs.TooLarge, "too_many_rows", errs.Params{"max": MaxRows})
		}
		for i := range cells {
			if size += len(cells[i]); size > maxCells {
				return nil, errs.Newp(errs.TooLarge, "unzipped_too_large", errs.Params{"max_bytes": maxCells})
			}
			cells[i] = strings.ReplaceAll(cells[i], "\x00", "")
		}
		rows = append(rows, Row{Number: int64(len(rows) + 1), Line: line, Cells: cells, Unreadable: unreadable})
	}
	if len(rows) == 0 {
		return nil, errs.New(errs.Invalid, "file_empty")
	}
	headings := table.Columns()
	for i, property := range s.deps.Records.Recognise(p.Listing, headings) {
		p.Columns = append(p.Columns, Column{Header: strings.ReplaceAll(headings[i], "\x00", ""), Property: property})
	}
	if len(p.Columns) == 0 {
		return nil, errs.New(errs.Invalid, "file_empty")
	}
	return rows, nil
}

// Preview is a preview of the acting organisation, with how many rows a commit
// that is under way has taken. Error: errs.NotFound.
func (s *Service) Preview(ctx context.Context, actor policy.Actor, id string) (p Preview, taken int64, err error) {
	if p, err = s.load(ctx, actor, id); err == nil && p.State == Committing {
		taken = s.deps.Progress.Get(ctx, id)
	}
	return p, taken, err
}

// Previews are those of the acting organisation, newest first.
func (s *Service) Previews(ctx context.Context, actor policy.Actor) ([]Preview, error) {
	if err := may(actor, actor.OrgID); err != nil {
		return nil, err
	}
	return s.deps.Store.OfOrg(ctx, actor.OrgID, MaxPreviews)
}

// Rows are rows of a preview. Error: errs.NotFound.
func (s *Service) Rows(ctx context.Context, actor policy.Actor, id string, f RowFilter) ([]Row, error) {
	if _, err := s.load(ctx, actor, id); err != nil {
		return nil, err
	}
	if f.Limit < 1 || f.Limit > MaxPage {
		f.Limit = MaxPage
	}
	return s.deps.Store.Rows(ctx, id, f)
}

// Properties are the meanings that columns of a preview can be given.
func (s *Service) Properties(p Preview) []Property { return s.deps.Records.Properties(p.Listing) }

// Discard forgets a preview. Errors: errs.NotFound; errs.Conflict
// "import_under_way".
func (s *Service) Discard(ctx context.Context, actor policy.Actor, id string) error {
	return s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		p, err := s.load(ctx, actor, id)
		if err != nil {
			return err
		}
		if p.State == Committing {
			return errs.New(errs.Conflict, "import_under_way")
		}
		return s.deps.Store.Delete(ctx, id)
	})
}

// Prune forgets previews whose life is over, up to limit, and says how many.
func (s *Service) Prune(ctx context.Context, limit int) (int, error) {
	ids, err := s.deps.Store.Expired(ctx, s.deps.Clock.Now(), limit)
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		if err := s.deps.Tx.InTx(ctx, func(ctx context.Context) error { return s.deps.Store.Delete(ctx, id) }); err != nil {
			return 0, err
		}
	}
	return len(ids), nil
}

func may(actor policy.Actor, org string) error {
	if !actor.SignedIn() {
		return errs.New(errs.Unauthenticated, "sign_in_required")
	}
	return policy.Check(actor, policy.ListingImport, policy.Facts{OwnerOrg: org}).Err()
}

func (s *Service) load(ctx context.Context, actor policy.Actor, id string) (Preview, error) {
	p, err := s.deps.Store.Load(ctx, id)
	if err != nil {
		return Preview{}, err
	}
	if err := may(actor, p.OrgID); err != nil {
		return Preview{}, err
	}
	if p.State != Committing && p.ExpiresAt.Before(s.deps.Clock.Now()) {
		return Preview{}, errs.New(errs.NotFound, "not_found")
	}
	return p, nil
}

// open is load for a change. Errors: errs.Stale "stale_version"; errs.Conflict
// "import_under_way", "import_done".
func (s *Service) open(ctx context.Context, actor policy.Actor, id string, version int64) (Preview, error) {
	p, err := s.load(ctx, actor, id)
	switch {
	case err != nil:
		return p, err
	case p.State == Committing:
		return p, errs.New(errs.Conflict, "import_under_way")
	case p.State == Done:
		return p, errs.New(errs.Conflict, "import_done")
	case p.Version != version:
		return p, errs.New(errs.Stale, "stale_version")
	}
	return p, nil
}

func (s *Service) journal(ctx context.Context, actor policy.Actor, p Preview, detail map[string]any) error {
	return s.deps.Journal.Write(ctx, journal.Entry{
		Actor: actor, Action: policy.ListingImport, Kind: Kind, Subject: p.ID, Version: p.Version,
		At: s.deps.Clock.Now(), Detail: detail,
	})
}

// saved counts the rows anew and keeps the preview with its next version.
func (s *Service) saved(ctx context.Context, p Preview) (Preview, error) {
	p, err := s.deps.Store.Count(ctx, p)
	if err != nil {
		return p, err
	}
	p.Version++
	return p, s.deps.Store.Save(ctx, p)
}
