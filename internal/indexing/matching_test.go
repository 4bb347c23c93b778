package indexing_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"chengqiao/internal/catalog"
	"chengqiao/internal/errs"
	"chengqiao/internal/ident"
	"chengqiao/internal/listing"
	"chengqiao/internal/match"
	"chengqiao/internal/need"
	"chengqiao/internal/policy"
	"chengqiao/internal/rights"
	"chengqiao/internal/search/analysis"
	"chengqiao/internal/text"
)

func seeks(s string) need.Content {
	return need.Content{Title: text.Zh(s), Problem: text.Zh(s), TechnicalField: "new_energy"}
}

// answers are the results that the matching index gives for a text.
func answers(t *testing.T, x *match.Index, s string) []string {
	t.Helper()
	var ids []string
	for _, r := range x.Rank(model(t), match.Ask{
		View: &match.View{Texts: map[match.Field][]string{match.Body: {s}}}, Of: match.Need, Tiers: []policy.Tier{policy.TierPublic},
	}) {
		ids = append(ids, r.Ref.ID)
	}
	return ids
}

func TestMatchingFollowsAndGoesOnFromItsSnapshot(t *testing.T) {
	w := newWorld(t)
	matching := w.matching(t)
	if err := matching.Fill(t.Context()); err != nil {
		t.Fatal(err)
	}
	first := w.publish(t, electrolyte())
	w.caughtUp(t, matching.Position(), matching.Apply)
	if got := answers(t, matching.Index(), "低温电解液"); !slices.Equal(got, []string{first.ID}) {
		t.Fatalf("got %v", got)
	}
	if err := matching.Save(); err != nil {
		t.Fatal(err)
	}
	w.step(t, first, officer, listing.Withdraw)
	second := w.publish(t, electrolyte())

	again := w.matching(t)
	if err := again.Fill(t.Context()); err != nil {
		t.Fatal(err)
	}
	if again.Position() != matching.Position() {
		t.Fatalf("the snapshot stands at %d, was saved at %d", again.Position(), matching.Position())
	}
	w.caughtUp(t, again.Position(), again.Apply)
	if got := answers(t, again.Index(), "低温电解液"); !slices.Equal(got, []string{second.ID}) {
		t.Errorf("got %v, want %s alone", got, second.ID)
	}
	if d, err := again.Verify(t.Context()); err != nil || len(d.Missing)+len(d.Extra) != 0 {
		t.Errorf("%+v %v", d, err)
	}
}

func TestReadersHaveTheViewsOfTheirTiers(t *testing.T) {
	w := newWorld(t)
	open := electrolyte()
	open.Details, open.Contributors = text.Text{}, nil
	tiered := electrolyte() // its details are for members
	closed := electrolyte()
	closed.Audience = policy.TierNDA
	inside := electrolyte()
	inside.Audience = policy.TierMembers
	views := func(c catalog.AchievementContent) match.Listing {
		t.Helper()
		done, err := w.achievements.Import(t.Context(), operator, listing.Batch[catalog.AchievementContent]{OwnerOrg: "lab", Source: t.Name(),
			Publish: true, Records: []listing.SourceRecord[catalog.AchievementContent]{{ID: ident.NewID(), Content: c}}})
		if err != nil || done[0].Outcome != listing.Created {
			t.Fatalf("%+v %v", done, err)
		}
		found, err := w.listings.Live(t.Context(), []match.Ref{{Kind: match.Achievement, ID: done[0].ListingID}})
		if err != nil || len(found) != 1 {
			t.Fatalf("%+v %v", found, err)
		}
		return found[0]
	}
	says := func(v *match.View) bool {
		return v != nil && slices.Contains(v.Texts[match.Body], "配方含有特种溶剂")
	}
	if l := views(open); l.Public == nil || l.Members != l.Public || l.Full != l.Public {
		t.Errorf("open to all, and views differ: %+v", l)
	}
	if l := views(tiered); l.Public == nil || says(l.Public) || !says(l.Members) || !says(l.Full) {
		t.Errorf("details are not for members alone: %+v", l)
	}
	if l := views(inside); l.Public != nil || l.Members == nil || l.Full == nil {
		t.Errorf("for members alone: %+v", l)
	}
	if l := views(closed); l.Public != nil || l.Members != nil || l.Full == nil {
		t.Errorf("under an NDA: %+v", l)
	}
}

// The amounts that are asked for are among the requirements, and not among the words.
func TestANeedIsMatchedByWhatItAsksForAndNotByHowMuch(t *testing.T) {
	w := newWorld(t)
	content := seeks("毫米波天线")
	content.Requirements = []need.Requirement{{Criterion: text.Of("增益不低于 25 dBi"), Metric: text.Of("增益"), Operator: ">=", Threshold: "25", Unit: "dBi", Level: need.Must}}
	id := w.publishNeed(t, content).ID
	live, err := w.listings.Live(t.Context(), []match.Ref{{Kind: match.Need, ID: id}})
	if err != nil || len(live) != 1 {
		t.Fatalf("%+v %v", live, err)
	}
	if v := live[0].Public; !slices.Equal(v.Texts[match.Points], []string{"增益 增益"}) || v.Requirements[0].Threshold != "25" {
		t.Errorf("%q, %+v", v.Texts[match.Points], v.Requirements)
	}
}

// Both languages are heard, each by itself; what stands in one alone is said once.
func TestClaimsAndRequirementsAreMatchedInBothLanguages(t *testing.T) {
	w := newWorld(t)
	wish := seeks("毫米波天线")
	wish.Requirements = []need.Requirement{
		{Criterion: text.Text{Zh: "增益不低于 25 dBi", En: "Gain of at least 25 dBi"}, Metric: text.Text{Zh: "增益", En: "Gain"}, Operator: ">=", Threshold: "25", Unit: "dBi", Level: need.Must},
		{Criterion: text.En("IP67"), Level: need.Should},
	}
	offer := electrolyte()
	offer.Claims = []catalog.Claim{
		{Metric: text.Text{Zh: "循环寿命", En: "Cycle life"}, Value: "4000", Conditions: text.Text{Zh: "室温", En: "at room temperature"}},
		{Metric: text.En("COP"), Value: "3", Conditions: text.Zh("环境温度 7 度")},
		{Metric: text.Zh("亩产"), Value: "980", Conditions: text.Text{Zh: "滴灌", En: "drip irrigation"}},
	}
	refs := []match.Ref{{Kind: match.Need, ID: w.publishNeed(t, wish).ID}, {Kind: match.Achievement, ID: w.publish(t, offer).ID}}
	live, err := w.listings.Live(t.Context(), refs)
	if err != nil || len(live) != 2 {
		t.Fatalf("%+v %v", live, err)
	}
	for _, l := range live {
		want := []string{"增益 增益", "Gain of Gain", "IP67"}
		if l.Kind == match.Achievement {
			want = []string{"零下40度容量保持率高", "循环寿命 4000 室温", "Cycle life 4000 at room temperature", "COP 3 环境温度 7 度", "亩产 980 滴灌", "亩产 980 drip irrigation"}
		}
		if got := l.Public.Texts[match.Points]; !slices.Equal(got, want) {
			t.Errorf("%s: %q", l.Kind, got)
		}
	}
}

func TestADamagedSnapshotIsBuiltAnew(t *testing.T) {
	w := newWorld(t)
	if err := os.WriteFile(filepath.Join(w.dir, "matching.idx"), []byte("not an index"), 0o600); err != nil {
		t.Fatal(err)
	}
	id := w.publish(t, electrolyte()).ID
	matching := w.matching(t)
	if err := matching.Fill(t.Context()); err != nil || !matching.Index().Has(match.Ref{Kind: match.Achievement, ID: id}) {
		t.Errorf("not built anew: %v", err)
	}
}

func TestMatchingIsReadyWhenItIsFilled(t *testing.T) {
	w := newWorld(t)
	w.publish(t, electrolyte())
	matching := w.matching(t)
	if err := matching.Save(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(w.dir, "matching.idx")); !os.IsNotExist(err) {
		t.Errorf("an index that was never filled was saved: %v", err)
	}
	if err := matching.Ready(t.Context()); errs.CodeOf(err) != "matching_not_ready" || errs.KindOf(err) != errs.Unavailable {
		t.Errorf("not filled: %v", err)
	}
	if err := matching.Fill(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := matching.Ready(t.Context()); err != nil || matching.Index().Size() != 1 {
		t.Errorf("filled: %v, %d listings", err, matching.Index().Size())
	}
}

func TestVerifyMendsTheMatchingIndex(t *testing.T) {
	w := newWorld(t)
	matching := w.matching(t)
	id := w.publish(t, electrolyte()).ID
	stray := match.Ref{Kind: match.Need, ID: "stray"}
	matching.Index().Upsert(match.Listing{Ref: stray, Public: &match.View{Texts: map[match.Field][]string{match.Title: {"x"}}}})
	d, err := matching.Verify(t.Context())
	if err != nil || !slices.Equal(d.Missing, []match.Ref{{Kind: match.Achievement, ID: id}}) || !slices.Equal(d.Extra, []match.Ref{stray}) {
		t.Fatalf("%+v %v", d, err)
	}
	if d, err = matching.Verify(t.Context()); err != nil || len(d.Missing)+len(d.Extra) != 0 {
		t.Errorf("not mended: %+v %v", d, err)
	}
}

func TestAChangeOfAnAchievementReachesItsPackage(t *testing.T) {
	w := newWorld(t)
	matching := w.matching(t)
	h := w.publish(t, electrolyte())
	made, err := w.packages.Create(t.Context(), officer, catalog.PackageContent{
		Title: text.Zh("成套技术"), ValueLine: text.Zh("一套"), TechnicalField: "new_energy", PriceMode: "agreement",
		Components: []catalog.Component{{Kind: catalog.OfAchievement, AchievementID: h.ID, WeightBps: 10_000,
			Rights: catalog.Rights{Offer: rights.KnowHow, Exclusivity: "NON_EXCLUSIVE"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	head := made.Head
	for _, by := range []struct {
		actor policy.Actor
		verb  string
	}{{officer, listing.Submit}, {reviewer, listing.Publish}} {
		if head, err = w.packages.Step(t.Context(), by.actor, head.ID, listing.StepRequest{Action: by.verb, Version: head.Version}); err != nil {
			t.Fatalf("%s: %v", by.verb, err)
		}
	}
	at := w.caughtUp(t, 0, matching.Apply)
	if got := answers(t, matching.Index(), "磷酸铁锂"); !slices.Contains(got, head.ID) {
		t.Fatalf("the package does not speak with its achievement: %v", got)
	}
	copied, err := w.achievements.Draft(t.Context(), officer, h.ID)
	if err != nil {
		t.Fatal(err)
	}
	c := electrolyte()
	c.Abstract = text.Zh("改用钠离子体系")
	saved, err := w.achievements.Save(t.Context(), officer, h.ID, copied.Head.Version, c)
	if err != nil {
		t.Fatal(err)
	}
	w.step(t, w.step(t, saved.Head, officer, listing.Submit), reviewer, listing.Publish)
	w.caughtUp(t, at, matching.Apply)
	if got := answers(t, matching.Index(), "磷酸铁锂"); slices.Contains(got, head.ID) {
		t.Errorf("the package still speaks of what its achievement no longer says: %v", got)
	}
	if got := answers(t, matching.Index(), "钠离子体系"); !slices.Contains(got, head.ID) {
		t.Errorf("the package does not know the change: %v", got)
	}
}

// ledger remembers what it was asked to write.
type ledger struct {
	position int64
	seen     map[match.Ref]int
	index    *match.Index
	missing  []match.Ref
}

func (l *ledger) Cursor(context.Context) (int64, error) { return l.position, nil }

func (l *ledger) Follow(_ context.Context, from, to int64, changed []match.Ref) error {
	if from != l.position {
		return errs.New(errs.Stale, "stale_version")
	}
	for _, r := range changed {
		l.seen[r]++
		if !l.index.Has(r) {
			l.missing = append(l.missing, r)
		}
	}
	l.position = to
	return nil
}

func TestTheLedgerIsWrittenInOrderAndNeverAheadOfTheIndex(t *testing.T) {
	w := newWorld(t)
	matching := w.matching(t)
	result := match.Ref{Kind: match.Achievement, ID: w.publish(t, electrolyte()).ID}
	wish := match.Ref{Kind: match.Need, ID: w.publishNeed(t, seeks("低温电解液")).ID}
	if _, err := w.queue.Dispatch(t.Context(), 100); err != nil {
		t.Fatal(err)
	}
	l := &ledger{seen: map[match.Ref]int{}, index: matching.Index()}
	if more, err := matching.WriteLedger(t.Context(), l, l); err != nil || more || l.position != 0 {
		t.Fatalf("written to %d before the index was there: %v %v", l.position, more, err)
	}
	w.caughtUp(t, 0, matching.Apply)
	for {
		more, err := matching.WriteLedger(t.Context(), l, l)
		if err != nil {
			t.Fatal(err)
		}
		if !more {
			break
		}
	}
	if l.position != matching.Position() || l.seen[result] == 0 || l.seen[wish] == 0 || len(l.missing) != 0 {
		t.Errorf("ledger at %d of %d, saw %v, missing %v", l.position, matching.Position(), l.seen, l.missing)
	}
}

// Whoever is served holds the ledger up, and does not keep it from being written.
func TestTheLedgerIsWrittenWhilePeopleAreServed(t *testing.T) {
	w := newWorld(t)
	matching := w.matching(t)
	const published = 30 // more than one batch
	for range published {
		w.publish(t, electrolyte())
	}
	w.caughtUp(t, 0, matching.Apply)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	rests := 0
	l := &ledger{seen: map[match.Ref]int{}, index: matching.Index()}
	matching.KeepLedger(ctx, l, l, func() bool {
		rests++
		if l.position == matching.Position() {
			cancel()
		}
		return true
	}, time.Minute)
	if len(l.seen) != published || rests < 2 {
		t.Errorf("%d of %d listings are in the ledger, after %d rests", len(l.seen), published, rests)
	}
}

// synonymous is an analysis with one group.
func synonymous(t *testing.T, group ...string) *analysis.Analyzer {
	t.Helper()
	synonyms, err := analysis.NewSynonyms([][]string{group})
	if err != nil {
		t.Fatal(err)
	}
	return analysis.New(synonyms)
}

func TestANewListOfSynonymsIsUsedBehindTheOldIndex(t *testing.T) {
	w := newWorld(t)
	matching := w.matching(t)
	if matching.Outdated() {
		t.Error("an index that is not filled is outdated")
	}
	if err := matching.Fill(t.Context()); err != nil {
		t.Fatal(err)
	}
	first := w.publish(t, electrolyte())
	w.caughtUp(t, matching.Position(), matching.Apply)
	before := matching.Index()
	if got := answers(t, before, "低温电解质溶液"); !slices.Equal(got, []string{first.ID}) {
		t.Fatalf("got %v", got)
	}

	matching.Use(synonymous(t, "电解液", "zzqqx"))
	if !matching.Outdated() || matching.Index() != before {
		t.Error("a new list is not wanted, or took the index away at once")
	}
	if got := answers(t, matching.Index(), "zzqqx"); len(got) > 0 {
		t.Errorf("before it is made anew it finds %v", got)
	}
	second := w.publish(t, electrolyte()) // not yet in the old index, whose position the new one must not lose
	if err := matching.Renew(t.Context()); err != nil {
		t.Fatal(err)
	}
	if matching.Outdated() || matching.Index() == before {
		t.Error("made anew, it is outdated still")
	}
	w.caughtUp(t, matching.Position(), matching.Apply)
	both := []string{first.ID, second.ID}
	got := answers(t, matching.Index(), "zzqqx")
	slices.Sort(both)
	slices.Sort(got)
	if !slices.Equal(got, both) {
		t.Errorf("made anew, it finds %v, want %v", got, both)
	}

	// A start goes on from the snapshot with the synonyms that it was made with.
	if err := matching.Save(); err != nil {
		t.Fatal(err)
	}
	again := w.matching(t)
	if err := again.Fill(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := answers(t, again.Index(), "zzqqx"); len(got) != 2 || again.Position() != matching.Position() {
		t.Errorf("from its snapshot it finds %v at %d", got, again.Position())
	}
	if !again.Outdated() {
		t.Error("the snapshot of another list is not outdated")
	}
}
