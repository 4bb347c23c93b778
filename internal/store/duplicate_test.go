package store_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"chengqiao/config"
	"chengqiao/internal/catalog"
	"chengqiao/internal/duplicate"
	"chengqiao/internal/errs"
	"chengqiao/internal/indexing"
	"chengqiao/internal/need"
	"chengqiao/internal/policy"
	"chengqiao/internal/sqldb"
	"chengqiao/internal/store"
	"chengqiao/internal/store/storetest"
	"chengqiao/internal/text"
)

// finders is a market with the finder of duplicates over a real store.
type finders struct {
	*market
	rows    *store.Duplicate
	service *duplicate.Service
	model   duplicate.Model
	log     *bytes.Buffer
}

// serviceOf finds by a model what is in the store.
func (f *finders) serviceOf(model duplicate.Model) *duplicate.Service {
	return duplicate.NewService(duplicate.Deps{
		Tx: f.db, Store: f.rows, Listings: indexing.NewDuplicates(f.achievements, f.packages, f.needs, f.rows),
		Journal: f.journal, History: f.journal, Clock: f.clock, Finder: duplicate.NewFinder(model),
		Log: slog.New(slog.NewTextHandler(f.log, nil)),
	})
}

func forEachFinder(t *testing.T, fn func(t *testing.T, f *finders)) {
	t.Helper()
	forEachFinderOf(t, func(*duplicate.Model) {}, fn)
}

// forEachFinderOf is forEachFinder with an altered model.
func forEachFinderOf(t *testing.T, alter func(*duplicate.Model), fn func(t *testing.T, f *finders)) {
	t.Helper()
	raw, err := config.Files.ReadFile(duplicate.ModelFile)
	if err != nil {
		t.Fatal(err)
	}
	model, err := duplicate.ParseModel(raw)
	if err != nil {
		t.Fatal(err)
	}
	alter(&model)
	machines := append(append(catalog.Machines(), need.Machines()...), duplicate.Machine)
	storetest.ForEachEngine(t, func(t *testing.T, db *sqldb.DB) {
		m := newMarket(t, db)
		f := &finders{market: m, rows: store.NewDuplicate(m.db), log: &bytes.Buffer{}}
		f.model = model
		f.service = f.serviceOf(model)
		fn(t, f)
	}, machines...)
}

var sameText = text.Zh("针对干旱区灌溉用水效率低的问题，研究膜下滴灌水肥一体化技术，建立基于土壤含水率的灌溉制度，节水百分之四十，增产百分之十二。")

// drafted is a draft of the institute.
func (f *finders) drafted(t *testing.T, title string) string {
	t.Helper()
	made, err := f.achievements.Create(t.Context(), labOfficer, catalog.AchievementContent{Title: text.Zh(title), Abstract: sameText})
	if err != nil {
		t.Fatal(err)
	}
	return made.Head.ID
}

func (f *finders) suspected(t *testing.T, actor policy.Actor) []duplicate.Shown {
	t.Helper()
	page, err := f.service.List(t.Context(), actor, duplicate.ListFilter{})
	if err != nil {
		t.Fatal(err)
	}
	return page.Items
}

func TestAPassFindsPairsOnceAndFollowsChanges(t *testing.T) {
	forEachFinder(t, func(t *testing.T, f *finders) {
		ctx := t.Context()
		a, b := f.drafted(t, "棉花膜下滴灌水肥一体化技术"), f.drafted(t, "棉花膜下滴灌水肥一体化技术研究")
		f.drafted(t, "石化装置先进控制软件（一期）")
		n, err := f.service.Scan(ctx, nil)
		if err != nil || n != 3 {
			t.Fatalf("%d looked at, %v", n, err)
		}
		found := f.suspected(t, labOfficer)
		if len(found) != 1 || found[0].First != a || found[0].Second != b || found[0].Band != duplicate.Likely {
			t.Fatalf("%+v", found)
		}
		if n, err := f.service.Scan(ctx, nil); err != nil || n != 0 {
			t.Errorf("a second pass looks at %d: %v", n, err)
		}

		// Another subject now: the pair is cleared, and found again when it comes back.
		draft, err := f.achievements.Draft(ctx, labOfficer, b)
		if err != nil {
			t.Fatal(err)
		}
		content := draft.Content
		content.Title, content.Abstract = text.Zh("桥梁拉索索力测量"), text.Zh("传统加速度计测索力需高空安装，效率低。本方法利用微波干涉雷达同时获取多根拉索的振动位移。")
		saved, err := f.achievements.Save(ctx, labOfficer, b, draft.Head.Version, content)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := f.service.LookAtChanged(ctx, 10); err != nil || n != 1 {
			t.Errorf("%d looked at: %v", n, err)
		}
		if found := f.suspected(t, labOfficer); len(found) != 0 {
			t.Errorf("no longer alike, and suspected: %+v", found)
		}
		if _, err := f.achievements.Save(ctx, labOfficer, b, saved.Head.Version, draft.Content); err != nil {
			t.Fatal(err)
		}
		if err := f.service.LookAtTold(ctx, []duplicate.Ref{{Kind: catalog.AchievementKind, ID: b}}); err != nil {
			t.Fatal(err)
		}
		if n, err := f.service.LookAtChanged(ctx, 10); err != nil || n != 0 {
			t.Errorf("what was told of is looked at again: %d, %v", n, err)
		}
		if found := f.suspected(t, labOfficer); len(found) != 1 {
			t.Errorf("alike again, and not suspected: %+v", found)
		}
	})
}

func TestAPassGoesOnWhereItsLastBatchEnded(t *testing.T) {
	forEachFinder(t, func(t *testing.T, f *finders) {
		ctx := t.Context()
		first := f.drafted(t, "棉花膜下滴灌水肥一体化技术")
		for _, title := range []string{"风电叶片除冰", "牛乳快速检测", "矿井水回用", "光伏组件清洗"} {
			f.drafted(t, title)
		}
		batch := func(want int) {
			t.Helper()
			if n, err := f.service.LookAtChanged(ctx, 2); err != nil || n != want {
				t.Fatalf("%d looked at, not %d: %v", n, want, err)
			}
		}
		batch(2)
		f.clock.Advance(time.Minute)
		// One that the pass has gone by changes, and stands at its end again.
		draft, err := f.achievements.Draft(ctx, labOfficer, first)
		if err != nil {
			t.Fatal(err)
		}
		draft.Content.Title = text.Zh("棉花膜下滴灌水肥一体化技术研究")
		if _, err := f.achievements.Save(ctx, labOfficer, first, draft.Head.Version, draft.Content); err != nil {
			t.Fatal(err)
		}
		batch(2)
		batch(2)
		batch(0)
		f.drafted(t, "蒸馏塔节能")
		batch(1)
		batch(0)
	})
}

func TestAListingOverWhichTheSearchForDuplicatesStumblesIsPassedOver(t *testing.T) {
	// By no model that ships: this one cannot read what is not in Chinese.
	stumbling := func(m *duplicate.Model) { m.Sketch.WordPhrase = -1 }
	forEachFinderOf(t, stumbling, func(t *testing.T, f *finders) {
		ctx := t.Context()
		bad, err := f.achievements.Create(ctx, labOfficer, catalog.AchievementContent{
			Title: text.Zh("棉花膜下滴灌水肥一体化技术"), Abstract: text.Text{En: "Drip irrigation under mulch for cotton, with fertiliser."}})
		if err != nil {
			t.Fatal(err)
		}
		a, b := f.drafted(t, "棉花膜下滴灌水肥一体化技术"), f.drafted(t, "棉花膜下滴灌水肥一体化技术研究")
		if n, err := f.service.LookAtChanged(ctx, 10); err != nil || n != 3 {
			t.Fatalf("%d looked at, %v", n, err)
		}
		if found := f.suspected(t, labOfficer); len(found) != 1 || found[0].First != a || found[0].Second != b {
			t.Errorf("suspected are %+v", found)
		}
		if told := f.log.String(); strings.Count(told, "passed over") != 1 || !strings.Contains(told, bad.Head.ID) || !strings.Contains(told, "panic") {
			t.Errorf("the log says %s", told)
		}
		if n, err := f.service.LookAtChanged(ctx, 10); err != nil || n != 0 {
			t.Errorf("%d are looked at again, %v", n, err)
		}
		// Once it can be read it is compared like any other.
		bad.Content.Abstract = sameText
		if _, err := f.achievements.Save(ctx, labOfficer, bad.Head.ID, bad.Head.Version, bad.Content); err != nil {
			t.Fatal(err)
		}
		if n, err := f.service.LookAtChanged(ctx, 10); err != nil || n != 1 {
			t.Fatalf("%d looked at, %v", n, err)
		}
		if found := f.suspected(t, labOfficer); len(found) != 3 {
			t.Errorf("suspected are %+v", found)
		}
	})
}

// One pair must not keep the list of all others from its readers.
func TestAPairIsShownWithoutReasonsWhereTheProgramStumblesOverOneOfIt(t *testing.T) {
	forEachFinder(t, func(t *testing.T, f *finders) {
		a, b := f.drafted(t, "棉花膜下滴灌水肥一体化技术"), f.drafted(t, "棉花膜下滴灌水肥一体化技术研究")
		if _, err := f.service.Scan(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		if found := f.suspected(t, labOfficer); len(found) != 1 || len(found[0].Reasons) == 0 || found[0].First != a || found[0].Second != b {
			t.Fatalf("suspected are %+v", found)
		}
		model := f.model
		model.Sketch.HanPhrase = -1
		f.service = f.serviceOf(model)
		if found := f.suspected(t, labOfficer); len(found) != 1 || len(found[0].Reasons) != 0 {
			t.Errorf("suspected are %+v", found)
		}
	})
}

// Who has looked at both decides, whatever the program makes of them.
func TestAPairIsKeptApartWhereTheProgramStumblesOverOneOfIt(t *testing.T) {
	forEachFinder(t, func(t *testing.T, f *finders) {
		f.drafted(t, "棉花膜下滴灌水肥一体化技术")
		alike := f.drafted(t, "棉花膜下滴灌水肥一体化技术研究")
		if _, err := f.service.Scan(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		pair := f.suspected(t, labOfficer)[0]
		model := f.model
		model.Sketch.HanPhrase = -1
		f.service = f.serviceOf(model)
		apart, err := f.service.Decide(t.Context(), labOfficer, pair.ID, duplicate.Decision{Action: duplicate.Keep, Version: pair.Version})
		if err != nil || apart.Position.State != duplicate.Apart {
			t.Errorf("it is %q, %v", apart.Position.State, err)
		}
		hints, err := f.service.SuspectsOf(t.Context(), labOfficer, duplicate.Ref{Kind: catalog.AchievementKind, ID: alike})
		if err != nil || len(hints) != 0 {
			t.Errorf("the form is told of %+v, %v", hints, err)
		}
	})
}

func TestADraftIsMergedAndComesBackAsItWas(t *testing.T) {
	forEachFinder(t, func(t *testing.T, f *finders) {
		ctx := t.Context()
		a, b := f.drafted(t, "棉花膜下滴灌水肥一体化技术"), f.drafted(t, "棉花膜下滴灌水肥一体化技术研究")
		if _, err := f.service.Scan(ctx, nil); err != nil {
			t.Fatal(err)
		}
		pair := f.suspected(t, labOfficer)[0]
		before, err := f.achievements.Draft(ctx, labOfficer, b)
		if err != nil {
			t.Fatal(err)
		}
		into, err := f.achievements.Draft(ctx, labOfficer, a)
		if err != nil {
			t.Fatal(err)
		}
		merge := duplicate.Decision{Action: duplicate.Merge, Version: pair.Version, Survivor: a,
			SurvivorVersion: into.Head.Version, OtherVersion: before.Head.Version, Carry: []duplicate.Choice{{Field: "title"}}}
		stale := merge
		stale.OtherVersion--
		if _, err := f.service.Decide(ctx, labOfficer, pair.ID, stale); !errors.Is(err, errs.New(errs.Stale, "stale_version")) {
			t.Errorf("a listing that changed since was merged: %v", err)
		}
		merged, err := f.service.Decide(ctx, labOfficer, pair.ID, merge)
		if err != nil || merged.Survivor != a || !slices.Equal(merged.Actions, []string{duplicate.Undo}) {
			t.Fatalf("%+v %v", merged, err)
		}
		if _, err := f.service.Decide(ctx, labOfficer, pair.ID, merge); !errors.Is(err, errs.New(errs.Stale, "stale_version")) {
			t.Errorf("merged twice: %v", err)
		}
		if carried, err := f.achievements.Draft(ctx, labOfficer, a); err != nil || carried.Content.Title != before.Content.Title {
			t.Errorf("%+v %v", carried.Content, err)
		}
		if _, err := f.achievements.Save(ctx, labOfficer, b, before.Head.Version+1, before.Content); errs.CodeOf(err) != "illegal_step" {
			t.Errorf("a merged listing was edited: %v", err)
		}
		if _, err := f.service.Decide(ctx, labOfficer, pair.ID, duplicate.Decision{Action: duplicate.Undo, Version: merged.Version}); err != nil {
			t.Fatal(err)
		}
		for id, was := range map[string]catalog.AchievementContent{a: into.Content, b: before.Content} {
			if now, err := f.achievements.Draft(ctx, labOfficer, id); err != nil || now.Content.Title != was.Title || now.Head.State != "draft" {
				t.Errorf("%s came back as %+v %v", id, now.Head, err)
			}
		}
	})
}

func TestWhoLooksAtAListingBesideAnotherBeginsAnew(t *testing.T) {
	forEachFinder(t, func(t *testing.T, f *finders) {
		if f.db.Driver() == sqldb.SQLite {
			return // one writes after the other
		}
		id := f.drafted(t, "膜下滴灌水肥一体化")
		looks := func(ctx context.Context, keys ...int64) error {
			return f.db.InTx(ctx, func(ctx context.Context) error {
				return f.rows.SetKeys(ctx, []duplicate.Print{{Ref: duplicate.Ref{ID: id}, Keys: keys}})
			})
		}
		kept := func(ctx context.Context) ([]int64, error) {
			return sqldb.All(ctx, f.db, sqldb.Scalar[int64], `SELECT key FROM duplicate_keys WHERE listing_id = $1 ORDER BY key`, id)
		}
		attempts := 0
		err := f.db.InTx(t.Context(), func(ctx context.Context) error {
			if _, err := kept(ctx); err != nil { // from now on it sees what there is now
				return err
			}
			if attempts++; attempts == 1 {
				if err := looks(t.Context(), 1, 2); err != nil {
					return err
				}
			}
			return looks(ctx, 2, 3)
		})
		if err != nil || attempts != 2 {
			t.Errorf("after %d attempts: %v", attempts, err)
		}
		if keys, err := kept(t.Context()); err != nil || !slices.Equal(keys, []int64{2, 3}) {
			t.Errorf("kept are %v, want those of the last (%v)", keys, err)
		}
	})
}

func TestKeysThatManyShareFindNobody(t *testing.T) {
	forEachFinder(t, func(t *testing.T, f *finders) {
		ctx := t.Context()
		var prints []duplicate.Print
		var ids []string
		for _, title := range []string{"甲甲甲甲", "乙乙乙乙", "丙丙丙丙"} {
			id := f.drafted(t, title)
			ids = append(ids, id)
			prints = append(prints, duplicate.Print{Ref: duplicate.Ref{Kind: catalog.AchievementKind, ID: id}, Keys: []int64{1, int64(10 + len(ids)/2)}})
		}
		if err := f.rows.SetKeys(ctx, prints); err != nil {
			t.Fatal(err)
		}
		sharing, err := f.rows.Sharing(ctx, ids, 1, 2)
		if err != nil || len(sharing) != 2 || !slices.Equal(sharing[ids[1]], []string{ids[2]}) {
			t.Errorf("%v %v", sharing, err)
		}
		if sharing, err := f.rows.Sharing(ctx, ids, 2, 9); err != nil || len(sharing) != 2 {
			t.Errorf("of two shared keys: %v %v", sharing, err)
		}
		having, err := f.rows.Having(ctx, labOfficer.OrgID, []int64{1, 10}, 1, 2, 5)
		if err != nil || !slices.Equal(having, ids[:1]) {
			t.Errorf("%v %v", having, err)
		}
	})
}
