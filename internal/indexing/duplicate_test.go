package indexing_test

import (
	"bytes"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"chengqiao/config"
	"chengqiao/internal/catalog"
	"chengqiao/internal/clock"
	"chengqiao/internal/duplicate"
	"chengqiao/internal/indexing"
	"chengqiao/internal/listing"
	"chengqiao/internal/store"
	"chengqiao/internal/text"
)

func TestAnAchievementIsComparedByAllItsIdentifiers(t *testing.T) {
	c := catalog.AchievementContent{
		Abstract:           text.Zh("见 doi:10.1234/abcd。"),
		IPItems:            []catalog.IPItem{{Number: "ZL 2017 1060 1862.3"}, {Title: text.Zh("技术秘密")}},
		RegistrationNumber: "6502021y0123", FundingProject: "重点研发计划 2021B0101001", ReportNumber: "400017297--2021A0001/01",
	}
	want := []duplicate.Identifier{
		{Kind: duplicate.PatentNumber, Value: "201710601862.3"},
		{Kind: duplicate.RegistrationNumber, Value: "6502021Y0123"},
		{Kind: duplicate.ReportNumber, Value: "4000172972021A000101"},
		{Kind: duplicate.FundingNumber, Value: "2021B0101001"},
		{Kind: duplicate.DOI, Value: "10.1234/abcd"},
	}
	if got := indexing.AchievementView(c).Identifiers; !slices.Equal(got, want) {
		t.Errorf("it is known by %v, want %v", got, want)
	}
}

// Whatever the program stumbles over in a text (here by a reader of the test's
// own), the pairs of all others are shown and decided, and that one's as well.
func TestAListingWhoseTextsCannotBeReadKeepsNoPairFromItsReaders(t *testing.T) {
	ctx, w := t.Context(), newWorld(t)
	raw, err := config.Files.ReadFile(duplicate.ModelFile)
	if err != nil {
		t.Fatal(err)
	}
	model, err := duplicate.ParseModel(raw)
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	rows := store.NewDuplicate(w.db)
	listings := indexing.NewDuplicates(w.achievements, w.packages, w.needs, rows)
	service := duplicate.NewService(duplicate.Deps{
		Tx: w.db, Store: rows, Listings: listings, Journal: w.journal, History: w.journal, Clock: clock.System{},
		Finder: duplicate.NewFinder(model), Log: slog.New(slog.NewTextHandler(&log, nil)),
	})
	suspected := func() []duplicate.Shown {
		t.Helper()
		page, err := service.List(ctx, officer, duplicate.ListFilter{})
		if err != nil {
			t.Fatal(err)
		}
		return page.Items
	}
	var ids []string
	var bad listing.WorkingCopy[catalog.AchievementContent]
	for _, title := range []string{"棉花膜下滴灌水肥一体化技术", "棉花膜下滴灌水肥一体化技术研究", "棉花膜下滴灌水肥一体化"} {
		c := electrolyte()
		c.Title = text.Zh(title)
		if bad, err = w.achievements.Create(ctx, officer, c); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, bad.Head.ID)
	}
	if _, err := service.Scan(ctx, nil); err != nil || len(suspected()) != 3 {
		t.Fatalf("%d pairs of three alike, %v", len(suspected()), err)
	}
	listings.ReadAchievementsBy(func(c catalog.AchievementContent) duplicate.View {
		if c.Title == bad.Content.Title {
			panic("stumbled")
		}
		return indexing.AchievementView(c)
	})

	var decided int
	for _, pair := range suspected() {
		ofBad := pair.Other(pair.First) == bad.Head.ID || pair.Other(pair.Second) == bad.Head.ID
		if ofBad != (len(pair.Reasons) == 0) {
			t.Errorf("the pair of %s and %s is shown for %v", pair.First, pair.Second, pair.Reasons)
		}
		if !ofBad || decided > 0 {
			continue
		}
		decided++
		apart, err := service.Decide(ctx, officer, pair.ID, duplicate.Decision{Action: duplicate.Keep, Version: pair.Version})
		if err != nil || apart.Position.State != duplicate.Apart {
			t.Errorf("kept apart it is %q, %v", apart.Position.State, err)
		}
	}
	if decided != 1 {
		t.Fatal("no pair of what cannot be read is shown")
	}
	for id, others := range map[string]int{ids[0]: 1, ids[1]: 1, bad.Head.ID: 0} {
		hints, err := service.SuspectsOf(ctx, officer, duplicate.Ref{Kind: catalog.AchievementKind, ID: id})
		if err != nil || len(hints) != others {
			t.Errorf("%s is like %+v, %v", id, hints, err)
		}
	}
	log.Reset()
	if err := service.Look(ctx, []duplicate.Ref{{Kind: catalog.AchievementKind, ID: ids[0]}, {Kind: catalog.AchievementKind, ID: bad.Head.ID}}); err != nil {
		t.Fatal(err)
	}
	if told := log.String(); strings.Count(told, "passed over") != 1 || !strings.Contains(told, bad.Head.ID) || !strings.Contains(told, "stumbled") {
		t.Errorf("the log says %s", told)
	}
	if left := suspected(); len(left) != 1 || left[0].Other(ids[0]) != ids[1] {
		t.Errorf("suspected are %+v", left)
	}
}
