package document_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"chengqiao/internal/blob"
	"chengqiao/internal/clock"
	"chengqiao/internal/document"
	"chengqiao/internal/errs"
	"chengqiao/internal/policy"
	"chengqiao/internal/sqldb"
	"chengqiao/internal/store"
	"chengqiao/internal/store/storetest"
)

// world is the service on a real store and a real folder of bytes.
type world struct {
	*document.Service
	t        *testing.T
	rows     *store.Document
	tx       *answering
	clock    *clock.Manual
	subjects map[string]document.Subject
	blobs    *folder
}

// folder is blob.Store as the service wants it, counting what it holds.
type folder struct {
	*blob.Store
	held map[string]bool
	// stuck is a key whose bytes cannot be removed.
	stuck string
}

func (f *folder) Put(ctx context.Context, upload io.Reader, maxBytes int64, types []string,
	announce func(ctx context.Context, key string) error) (document.Stored, error) {
	info, err := f.Store.Put(ctx, upload, blob.Rule{MaxBytes: maxBytes, Types: types}, announce)
	if err == nil {
		f.held[info.Key] = true
	}
	return document.Stored(info), err
}

func (f *folder) Open(ctx context.Context, key string) (io.ReadSeekCloser, error) {
	return f.Store.Open(ctx, key)
}

func (f *folder) Delete(ctx context.Context, key string) error {
	if key == f.stuck {
		return errs.New(errs.Unavailable, "file_store_unavailable")
	}
	delete(f.held, key)
	return f.Store.Delete(ctx, key)
}

// answering is the database, whose answer to a commit may be lost on the way.
type answering struct {
	*sqldb.DB
	lost error
}

func (d *answering) InTx(ctx context.Context, fn func(ctx context.Context) error) error {
	if err := d.DB.InTx(ctx, fn); err != nil {
		return err
	}
	return d.lost
}

type subjects map[string]document.Subject

func (s subjects) Subject(_ context.Context, kind, id string) (document.Subject, error) {
	found, ok := s[kind+"/"+id]
	if !ok {
		return found, errs.New(errs.NotFound, "not_found")
	}
	return found, nil
}

var (
	officer  = member("org-owner", policy.Institute, policy.Officer)
	partner  = member("org-partner", policy.Enterprise, policy.Manager)
	stranger = member("org-stranger", policy.Enterprise, policy.Manager)
	reviewer = member("org-platform", policy.Platform, policy.Reviewer)
	visitor  = policy.Actor{}
)

func member(org string, kind policy.OrgKind, role policy.Role) policy.Actor {
	return policy.Actor{AccountID: "account-" + org, PersonID: "person-" + org, OrgID: org, OrgKind: kind,
		OrgVerified: true, Roles: []policy.Role{role}}
}

func forEachWorld(t *testing.T, fn func(w *world)) {
	t.Helper()
	storetest.ForEachEngine(t, func(t *testing.T, db *sqldb.DB) {
		dir := t.TempDir()
		bucket, err := blob.OpenFolder(dir + "/files")
		if err != nil {
			t.Fatal(err)
		}
		bytesStore, err := blob.NewStore(bucket, dir+"/spool")
		if err != nil {
			t.Fatal(err)
		}
		owned := policy.Facts{OwnerOrg: officer.OrgID}
		public := policy.Facts{OwnerOrg: officer.OrgID, Published: true, Audience: policy.TierPublic, NDAWith: []string{partner.OrgID}}
		w := &world{t: t, rows: store.NewDocument(db), tx: &answering{db, nil}, blobs: &folder{Store: bytesStore, held: map[string]bool{}},
			clock: clock.NewManual(time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)),
			subjects: map[string]document.Subject{
				"achievement/draft":  {Read: policy.AchievementRead, Attach: policy.FileUpload, Facts: owned},
				"achievement/live":   {Read: policy.AchievementRead, Attach: policy.FileUpload, Facts: public},
				"achievement/listed": {Read: policy.AchievementRead, Attach: policy.FileUpload, Facts: public, Marked: true},
				"contract/C": {Read: policy.ContractRead, Attach: policy.RecordAttach, Facts: policy.Facts{OwnerOrg: officer.OrgID,
					Parties: []string{officer.OrgID, partner.OrgID}, NDAWith: []string{officer.OrgID, partner.OrgID}}},
			},
		}
		w.on(w.rows)
		fn(w)
	}, document.RequestMachine)
}

// on makes the service on a store of rows.
func (w *world) on(rows document.Store) {
	w.t.Helper()
	var err error
	w.Service, err = document.NewService(document.Deps{
		Tx: w.tx, Store: rows, Journal: store.NewJournal(w.tx.DB, nil, nil), Subjects: subjects(w.subjects), Blobs: w.blobs,
		Marker: stamp{}, Viewers: stamp{}, Clock: w.clock, Log: slog.New(slog.DiscardHandler), MaxBytes: 4096,
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// stamp writes who reads before the text of a PDF.
type stamp struct{}

func (stamp) Marks(contentType string) (string, bool) {
	return contentType, contentType == "application/pdf"
}

func (stamp) Mark(_ context.Context, _ string, content io.Reader, mark document.Mark) ([]byte, error) {
	raw, err := io.ReadAll(content)
	return append([]byte(mark[0].Text+"|"+mark[1].Text+"|"+mark[2].Text+"|"), raw...), err
}

func (stamp) Viewer(_ context.Context, actor policy.Actor) (document.Viewer, error) {
	return document.Viewer{Name: actor.AccountID, Organisation: actor.OrgID}, nil
}

func (w *world) attach(actor policy.Actor, kind, id string, tier policy.Tier, content string) document.File {
	w.t.Helper()
	f, err := w.Upload(w.t.Context(), actor, document.Upload{
		SubjectKind: kind, SubjectID: id, Tier: tier, Name: string(tier) + ".txt", Body: strings.NewReader(content)})
	if err != nil {
		w.t.Fatalf("attach: %v", err)
	}
	return f
}

func TestAFileComesBackAsItWasGiven(t *testing.T) {
	forEachWorld(t, func(w *world) {
		ctx := w.t.Context()
		f, err := w.Upload(ctx, officer, document.Upload{SubjectKind: "contract", SubjectID: "C", Tier: policy.TierNDA,
			Name: "../合同.pdf", Body: strings.NewReader("%PDF-1.7\n合同正文")})
		if err != nil {
			w.t.Fatal(err)
		}
		if f.Name != "合同.pdf" || f.ContentType != "application/pdf" || f.Size != 21 || len(f.SHA256) != 64 ||
			f.UploadedBy != officer.AccountID || !f.UploadedAt.Equal(w.clock.Now()) {
			w.t.Errorf("the file is %+v", f)
		}
		got, err := w.Open(ctx, partner, f.ID)
		if err != nil {
			w.t.Fatal(err)
		}
		defer got.Body.Close()
		content, err := io.ReadAll(got.Body)
		if err != nil || string(content) != "%PDF-1.7\n合同正文" || got.File != f || got.Marked {
			w.t.Errorf("came back as %q, %+v (%v)", content, got, err)
		}
		reads, err := w.rows.Reads(ctx, f.ID, "", 10)
		if err != nil || len(reads) != 1 || reads[0].AccountID != partner.AccountID || reads[0].OrgID != partner.OrgID {
			w.t.Errorf("the record of reads is %+v (%v)", reads, err)
		}
		for subject, want := range map[[2]string]map[string]bool{
			{"contract", "C"}: {f.ID: true},
			{"contract", "D"}: {},
			{"plan", "C"}:     {},
		} {
			if attached, err := w.Attached(ctx, subject[0], subject[1], []string{"nothing", f.ID}); err != nil || !maps.Equal(attached, want) {
				w.t.Errorf("%v has %v (%v), want %v", subject, attached, err, want)
			}
		}
	})
}

func TestAnUploadIsRefusedAndLeavesNothing(t *testing.T) {
	var archive bytes.Buffer
	zipped := zip.NewWriter(&archive)
	if _, err := zipped.Create("run.exe"); err != nil {
		t.Fatal(err)
	}
	if err := zipped.Close(); err != nil {
		t.Fatal(err)
	}
	forEachWorld(t, func(w *world) {
		for _, c := range []struct {
			name   string
			actor  policy.Actor
			upload document.Upload
			code   string
		}{
			{"a page", officer, document.Upload{Body: strings.NewReader("<!DOCTYPE html><script>alert(1)</script>")}, "file_type_not_accepted"},
			{"a drawing with a script", officer, document.Upload{Body: strings.NewReader(`<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>`)}, "file_type_not_accepted"},
			{"a program", officer, document.Upload{Body: strings.NewReader("MZ\x90\x00\x03\x00\x00\x00")}, "file_type_not_accepted"},
			{"an archive", officer, document.Upload{Body: bytes.NewReader(archive.Bytes())}, "file_type_not_accepted"},
			{"nothing", officer, document.Upload{Body: strings.NewReader("")}, "file_empty"},
			{"too much", officer, document.Upload{Body: strings.NewReader(strings.Repeat("多", 1366))}, "file_too_large"},
			{"a stranger's", stranger, document.Upload{}, "not_found"},
			{"a visitor's", visitor, document.Upload{}, "not_found"},
			{"to an unknown subject", officer, document.Upload{SubjectID: "nothing"}, "not_found"},
			{"to an unknown kind", officer, document.Upload{SubjectKind: "deal"}, "invalid_fields"},
			{"of an unknown tier", officer, document.Upload{Tier: "SECRET"}, "invalid_fields"},
		} {
			u := c.upload
			u.Name = "附件.txt"
			if u.SubjectKind == "" {
				u.SubjectKind = "achievement"
			}
			if u.SubjectID == "" {
				u.SubjectID = "draft"
			}
			if u.Tier == "" {
				u.Tier = policy.TierPublic
			}
			if u.Body == nil {
				u.Body = strings.NewReader("一段文字")
			}
			if _, err := w.Upload(w.t.Context(), c.actor, u); errs.CodeOf(err) != c.code {
				w.t.Errorf("%s: %v, want %s", c.name, err, c.code)
			}
		}
		files, err := w.List(w.t.Context(), officer, "achievement", "draft")
		if err != nil || len(files) != 0 || len(w.blobs.held) != 0 {
			w.t.Errorf("%d rows and %d blobs are left (%v)", len(files), len(w.blobs.held), err)
		}
	})
}

// failing refuses the bytes' row after they have come in.
type failing struct {
	document.Store
	with error
}

var errFull = errors.New("the store is full")

func (f failing) InsertFile(context.Context, document.File) error { return f.with }

func TestBytesGoWhenTheirRowCannotBeKept(t *testing.T) {
	db := storetest.SQLite(t)
	bucket, err := blob.OpenFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	bytesStore, err := blob.NewStore(bucket, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	blobs := &folder{Store: bytesStore, held: map[string]bool{}}
	s, err := document.NewService(document.Deps{
		Tx: db, Store: failing{store.NewDocument(db), errFull}, Journal: store.NewJournal(db, nil, nil), Blobs: blobs,
		Subjects: subjects{"achievement/draft": {Read: policy.AchievementRead, Attach: policy.FileUpload, Facts: policy.Facts{OwnerOrg: officer.OrgID}}},
		Marker:   stamp{}, Viewers: stamp{}, Clock: clock.System{}, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Upload(t.Context(), officer, document.Upload{SubjectKind: "achievement", SubjectID: "draft",
		Tier: policy.TierPublic, Name: "a.txt", Body: strings.NewReader("一段文字")})
	if !errors.Is(err, errFull) || len(blobs.held) != 0 {
		t.Errorf("%v, and %d blobs are left", err, len(blobs.held))
	}
}

// A server that dies in the midst of a commit does not say whether it took place.
func TestBytesStayUntilItIsKnownWhetherTheyHaveAFile(t *testing.T) {
	forEachWorld(t, func(w *world) {
		ctx := w.t.Context()
		upload := func(name string) error {
			_, err := w.Upload(ctx, officer, document.Upload{SubjectKind: "contract", SubjectID: "C",
				Tier: policy.TierNDA, Name: name, Body: strings.NewReader("附件")})
			return err
		}
		away := errs.New(errs.Unavailable, "store_unavailable")
		w.tx.lost = away
		if err := upload("kept.txt"); !errors.Is(err, away) {
			w.t.Fatalf("who is not answered is told %v", err)
		}
		w.tx.lost = nil
		w.on(failing{w.rows, away})
		if err := upload("lost.txt"); !errors.Is(err, away) || len(w.blobs.held) != 2 {
			w.t.Fatalf("%v, and the bytes of %d uploads are there, want both", err, len(w.blobs.held))
		}
		w.on(w.rows)
		for _, c := range []struct {
			later         time.Duration
			dropped, left int
		}{{time.Hour, 0, 2}, {24 * time.Hour, 1, 1}, {time.Hour, 0, 1}} {
			w.clock.Advance(c.later)
			if n, err := w.DropUnkept(ctx, 10); err != nil || n != c.dropped || len(w.blobs.held) != c.left {
				w.t.Errorf("%s later %d are dropped (%v) and %d left, want %d and %d", c.later, n, err, len(w.blobs.held), c.dropped, c.left)
			}
		}
		files, err := w.List(ctx, officer, "contract", "C")
		if err != nil || len(files) != 1 || files[0].Name != "kept.txt" {
			w.t.Fatalf("%+v (%v)", files, err)
		}
		got, err := w.Open(ctx, officer, files[0].ID)
		if err != nil {
			w.t.Fatal(err)
		}
		_ = got.Body.Close()
	})
}

func TestBytesThatCannotBeRemovedAreInNobodysWay(t *testing.T) {
	forEachWorld(t, func(w *world) {
		ctx := w.t.Context()
		for _, key := range []string{"stuck", "next"} {
			if err := w.rows.BeginUpload(ctx, key, w.clock.Now()); err != nil {
				w.t.Fatal(err)
			}
			w.clock.Advance(time.Minute)
		}
		w.blobs.stuck = "stuck"
		w.clock.Advance(25 * time.Hour)
		if n, err := w.DropUnkept(ctx, 10); n != 1 || errs.KindOf(err) != errs.Unavailable {
			w.t.Errorf("%d are removed, %v", n, err)
		}
		w.blobs.stuck = ""
		if n, err := w.DropUnkept(ctx, 10); n != 1 || err != nil {
			w.t.Errorf("%d are removed once they can be, %v", n, err)
		}
	})
}

// What removes the bytes of an upload and what gives them a file may meet.
func TestBytesThatWereGivenUpAreTakenByNoFile(t *testing.T) {
	forEachWorld(t, func(w *world) {
		ctx := w.t.Context()
		if err := w.rows.BeginUpload(ctx, "late", w.clock.Now()); err != nil {
			w.t.Fatal(err)
		}
		if given, err := w.rows.GiveUpUpload(ctx, "late"); err != nil || !given {
			w.t.Errorf("given up: %t, %v", given, err)
		}
		if err := w.rows.KeepUpload(ctx, "late"); errs.KindOf(err) != errs.Stale {
			w.t.Errorf("a file takes them after that: %v", err)
		}
		if err := w.rows.BeginUpload(ctx, "early", w.clock.Now()); err != nil {
			w.t.Fatal(err)
		}
		if err := w.rows.KeepUpload(ctx, "early"); err != nil {
			w.t.Fatal(err)
		}
		if given, err := w.rows.GiveUpUpload(ctx, "early"); err != nil || given {
			w.t.Errorf("given up though a file has them: %t, %v", given, err)
		}
	})
}

func TestEachReaderSeesTheFilesOfTheirTiers(t *testing.T) {
	forEachWorld(t, func(w *world) {
		ctx := w.t.Context()
		byTier := map[policy.Tier]document.File{}
		for _, tier := range policy.AllTiers {
			byTier[tier] = w.attach(officer, "achievement", "live", tier, "内容 "+string(tier))
		}
		for _, c := range []struct {
			name   string
			reader policy.Actor
			want   []policy.Tier
		}{
			{"a visitor", visitor, []policy.Tier{policy.TierPublic}},
			{"a member of a verified organisation", stranger, []policy.Tier{policy.TierPublic, policy.TierMembers}},
			{"a counterparty with an NDA", partner, policy.AllTiers},
			{"the owner", officer, policy.AllTiers},
			{"the reviewer", reviewer, policy.AllTiers},
		} {
			files, err := w.List(ctx, c.reader, "achievement", "live")
			var tiers []policy.Tier
			for _, f := range files {
				tiers = append(tiers, f.Tier)
			}
			if err != nil || !slices.Equal(tiers, c.want) {
				w.t.Errorf("%s lists %v (%v), want %v", c.name, tiers, err, c.want)
			}
			for tier, f := range byTier {
				given, err := w.Open(ctx, c.reader, f.ID)
				if err == nil {
					_ = given.Body.Close()
				}
				if may := slices.Contains(c.want, tier); may != (err == nil) {
					w.t.Errorf("%s opening the %s file: %v", c.name, tier, err)
				} else if !may && errs.KindOf(err) != errs.NotFound {
					w.t.Errorf("%s is told %v of a file that is not theirs to know", c.name, err)
				}
			}
		}
		if _, err := w.List(ctx, stranger, "achievement", "draft"); errs.KindOf(err) != errs.NotFound {
			w.t.Errorf("a draft's files: %v", err)
		}
	})
}

func TestARecordsFilesAreReadByThoseWhoReadTheRecord(t *testing.T) {
	forEachWorld(t, func(w *world) {
		f := w.attach(officer, "contract", "C", policy.TierNDA, "合同正文")
		inventor, engineer := officer, partner
		inventor.Roles, engineer.Roles = []policy.Role{policy.Inventor}, []policy.Role{policy.Engineer}
		for name, c := range map[string]struct {
			actor policy.Actor
			reads bool
		}{
			"a party's officer":      {officer, true},
			"the other side":         {engineer, true},
			"a party's inventor":     {inventor, false},
			"the platform":           {reviewer, false},
			"another organisation":   {stranger, false},
			"whoever finds the link": {visitor, false},
		} {
			given, err := w.Open(w.t.Context(), c.actor, f.ID)
			if err == nil {
				_ = given.Body.Close()
			}
			if c.reads != (err == nil) {
				w.t.Errorf("%s: %v", name, err)
			}
		}
		_, err := w.Upload(w.t.Context(), inventor, document.Upload{SubjectKind: "contract", SubjectID: "C",
			Tier: policy.TierNDA, Name: "a.txt", Body: strings.NewReader("附件")})
		if errs.KindOf(err) != errs.Forbidden {
			w.t.Errorf("an inventor attaches to a contract: %v", err)
		}
	})
}

func TestAFileAttachedAfterTheReviewWaitsForTheNext(t *testing.T) {
	forEachWorld(t, func(w *world) {
		reviewed := w.attach(officer, "achievement", "live", policy.TierPublic, "审核过的")
		live := w.subjects["achievement/live"]
		live.ReviewedAt = w.clock.Now()
		w.subjects["achievement/live"] = live
		w.clock.Advance(time.Minute)
		fresh := w.attach(officer, "achievement", "live", policy.TierPublic, "未审核的")

		listed := func(actor policy.Actor) []string {
			files, err := w.List(w.t.Context(), actor, "achievement", "live")
			if err != nil {
				w.t.Fatal(err)
			}
			var ids []string
			for _, f := range files {
				ids = append(ids, f.ID)
			}
			return ids
		}
		for _, outside := range []policy.Actor{visitor, stranger, partner} {
			if got := listed(outside); !slices.Equal(got, []string{reviewed.ID}) {
				w.t.Errorf("%s sees %v", outside.OrgID, got)
			}
			if _, err := w.Open(w.t.Context(), outside, fresh.ID); errs.KindOf(err) != errs.NotFound {
				w.t.Errorf("%s opens what nobody has reviewed: %v", outside.OrgID, err)
			}
		}
		for _, inside := range []policy.Actor{officer, reviewer} {
			if got := listed(inside); !slices.Equal(got, []string{reviewed.ID, fresh.ID}) {
				w.t.Errorf("%s sees %v", inside.OrgID, got)
			}
		}
	})
}

func TestASubjectHoldsABoundedNumberOfFiles(t *testing.T) {
	forEachWorld(t, func(w *world) {
		for range document.MaxFiles {
			w.attach(officer, "contract", "C", policy.TierNDA, "附件")
		}
		held := len(w.blobs.held)
		_, err := w.Upload(w.t.Context(), partner, document.Upload{SubjectKind: "contract", SubjectID: "C",
			Tier: policy.TierNDA, Name: "a.txt", Body: strings.NewReader("再来一个")})
		if errs.CodeOf(err) != "too_many_files" || len(w.blobs.held) != held {
			w.t.Errorf("one too many: %v, %d blobs more", err, len(w.blobs.held)-held)
		}
	})
}
