package store_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"chengqiao/internal/errs"
	"chengqiao/internal/ident"
	"chengqiao/internal/match"
	"chengqiao/internal/policy"
	"chengqiao/internal/sqldb"
	"chengqiao/internal/store"
	"chengqiao/internal/text"
)

// judgedMarket has a need and three results that fit it, of which two are of
// one kind.
type judgedMarket struct {
	*matchMarket
	need                   string
	salts, salt2, additive string
}

func forEachJudgedMarket(t *testing.T, fn func(t *testing.T, m *judgedMarket)) {
	t.Helper()
	forEachMatchMarket(t, func(t *testing.T, m *matchMarket) {
		j := &judgedMarket{matchMarket: m}
		publish := func(title, value string, keywords ...string) string {
			c := battery()
			c.Title, c.ValueLine, c.KeywordsZh, c.Details = text.Zh(title), text.Zh(value), keywords, text.Text{}
			return m.published(c).ID
		}
		j.salts = publish("低温电池电解液双氟磺酰亚胺锂盐", "双氟磺酰亚胺锂盐提高低温电池电解液电导率", "双氟磺酰亚胺锂盐", "低温")
		j.salt2 = publish("双氟磺酰亚胺锂盐的提纯与低温电解液应用", "双氟磺酰亚胺锂盐纯度99.9%，用于低温电池电解液", "双氟磺酰亚胺锂盐", "电池")
		j.additive = publish("低温动力电池电解液成膜剂", "碳酸亚乙烯酯成膜剂改善磷酸铁锂电池低温容量保持率", "成膜剂", "电池")
		j.need = m.publishedNeed(soughtElectrolyte()).ID
		m.indexed(match.Ref{Kind: match.Need, ID: j.need}, result(j.salts), result(j.salt2), result(j.additive))
		fn(t, j)
	})
}

func result(id string) match.Ref { return match.Ref{Kind: match.Achievement, ID: id} }

func (m *judgedMarket) list(actor policy.Actor, which match.Which) match.List {
	m.t.Helper()
	list, err := m.service.ForNeed(m.ctx, actor, m.need, which)
	if err != nil {
		m.t.Fatal(err)
	}
	return list
}

func place(list match.List, id string) int {
	return slices.IndexFunc(list.Items, func(i match.Item) bool { return i.Other.ID == id })
}

func (m *judgedMarket) say(of string, say match.Say) string {
	m.t.Helper()
	list := m.list(plantManager, match.Standing)
	at := place(list, of)
	if at < 0 {
		m.t.Fatalf("%s is not among %+v", of, list.Items)
	}
	id := list.Items[at].MatchID
	if err := m.service.Feedback(m.ctx, plantManager, id, say); err != nil {
		m.t.Fatal(err)
	}
	return id
}

func TestAnIrrelevantMatchLeavesTheListAndComesBackWhenItIsTakenBack(t *testing.T) {
	forEachJudgedMarket(t, func(t *testing.T, m *judgedMarket) {
		before := m.list(plantManager, match.Standing)
		if len(before.Items) != 3 || before.Irrelevant+before.Relevant+before.Moved != 0 {
			t.Fatalf("%+v", before)
		}
		said := match.Say{Opinion: match.Irrelevant, Code: "wrong_route", Reason: "我们不用锂盐"}
		id := m.say(m.salts, said)
		after := m.list(plantManager, match.Standing)
		if place(after, m.salts) >= 0 || after.Irrelevant != 1 {
			t.Fatalf("%+v", after)
		}
		hidden := m.list(plantManager, match.Hidden)
		if len(hidden.Items) != 1 || hidden.Items[0].MatchID != id || hidden.Items[0].Said != said || hidden.Items[0].Band == match.None {
			t.Fatalf("hidden %+v", hidden)
		}
		for range 2 {
			if err := m.service.TakeBack(m.ctx, plantManager, id); err != nil {
				t.Fatal(err)
			}
		}
		again := m.list(plantManager, match.Standing)
		if len(again.Items) != 3 || again.Irrelevant != 0 || again.Moved != 0 || place(again, m.salts) != place(before, m.salts) {
			t.Errorf("%+v", again)
		}
		written, err := sqldb.One(m.ctx, m.db, sqldb.Scalar[int64], `SELECT count(*) FROM audit WHERE action = 'match.feedback'`)
		if err != nil || written != 2 {
			t.Errorf("%d lines of audit, %v", written, err)
		}
	})
}

func TestWhatResemblesAnIrrelevantMatchSinksForItsOrganisationAndSaysWhy(t *testing.T) {
	forEachJudgedMarket(t, func(t *testing.T, m *judgedMarket) {
		back := func() match.List {
			list, err := m.service.ForNeed(m.ctx, reviewer, m.need, match.Standing)
			if err != nil {
				t.Fatal(err)
			}
			return list
		}
		others := back()
		m.say(m.salts, match.Say{Opinion: match.Irrelevant})
		list := m.list(plantManager, match.Standing)
		if place(list, m.additive) > place(list, m.salt2) || list.Moved == 0 {
			t.Fatalf("what resembles the irrelevant stands before: %+v", list)
		}
		i := slices.IndexFunc(list.Items[place(list, m.salt2)].Reasons, func(r match.Reason) bool { return r.Code == match.LikeIrrelevant })
		if i < 0 || list.Items[place(list, m.salt2)].Reasons[i].Params["title"].(text.Text).Zh != "低温电池电解液双氟磺酰亚胺锂盐" {
			t.Errorf("no reason why it sank: %+v", list.Items[place(list, m.salt2)].Reasons)
		}
		if now := back(); place(now, m.salts) != place(others, m.salts) || place(now, m.salt2) != place(others, m.salt2) || now.Moved != 0 {
			t.Errorf("another organisation's list moved: %+v", now)
		}
	})
}

func TestWhatIsFoundRelevantIsNotMovedByItself(t *testing.T) {
	forEachJudgedMarket(t, func(t *testing.T, m *judgedMarket) {
		m.say(m.salts, match.Say{Opinion: match.Relevant})
		list := m.list(plantManager, match.Standing)
		var raised []string
		for _, item := range list.Items {
			if slices.ContainsFunc(item.Reasons, func(r match.Reason) bool { return r.Code == match.LikeRelevant }) {
				raised = append(raised, item.Other.ID)
			}
		}
		if !slices.Contains(raised, m.salt2) || slices.Contains(raised, m.salts) || list.Moved != len(raised) {
			t.Errorf("%d are counted as moved, and %v say why", list.Moved, raised)
		}
	})
}

// Somebody who keeps one and refuses its like has said what to think of each.
func TestWhatIsFoundRelevantDoesNotSinkWithItsLike(t *testing.T) {
	forEachJudgedMarket(t, func(t *testing.T, m *judgedMarket) {
		m.say(m.salt2, match.Say{Opinion: match.Relevant})
		m.say(m.salts, match.Say{Opinion: match.Irrelevant})
		list := m.list(plantManager, match.Standing)
		kept := list.Items[place(list, m.salt2)]
		if slices.ContainsFunc(kept.Reasons, func(r match.Reason) bool { return r.Code == match.LikeIrrelevant }) {
			t.Errorf("%+v", list.Items)
		}
	})
}

func TestAReasonThatIsNotOfTheSubjectLeavesSimilarListingsWhereTheyAre(t *testing.T) {
	forEachJudgedMarket(t, func(t *testing.T, m *judgedMarket) {
		m.say(m.salts, match.Say{Opinion: match.Irrelevant, Code: "already_contacted"})
		if list := m.list(plantManager, match.Standing); list.Moved != 0 || len(list.Items) != 2 {
			t.Errorf("%+v", list)
		}
	})
}

func TestAnOpinionIsItsOrganisationsAndMayChange(t *testing.T) {
	forEachJudgedMarket(t, func(t *testing.T, m *judgedMarket) {
		id := m.say(m.additive, match.Say{Opinion: match.Relevant, Reason: "试过了"})
		if list := m.list(plantManager, match.Standing); list.Relevant != 1 || list.Items[place(list, m.additive)].Said.Opinion != match.Relevant {
			t.Errorf("%+v", list)
		}
		if err := m.service.Feedback(m.ctx, labOfficer, id, match.Say{Opinion: match.Irrelevant, Code: "budget_too_low"}); err != nil {
			t.Errorf("the result's owner: %v", err)
		}
		if list := m.list(plantManager, match.Standing); place(list, m.additive) < 0 {
			t.Errorf("the other side's opinion moves the list")
		}
		for _, say := range []match.Say{{Opinion: "perhaps"}, {Opinion: match.Relevant, Code: "wrong_route"}, {Opinion: match.Irrelevant, Code: "hearsay"}} {
			wantCode(t, m.service.Feedback(m.ctx, plantManager, id, say), errs.Invalid, "invalid_fields")
		}
		wantCode(t, m.service.Feedback(m.ctx, newcomer, id, match.Say{Opinion: match.Relevant}), errs.NotFound, "not_found")
		wantCode(t, m.service.TakeBack(m.ctx, newcomer, id), errs.NotFound, "not_found")
		wantCode(t, m.service.TakeBack(m.ctx, plantManager, ident.NewID()), errs.NotFound, "not_found")
	})
}

func TestAnErasedAccountLeavesItsOpinionsWithTheOrganisation(t *testing.T) {
	forEachJudgedMarket(t, func(t *testing.T, m *judgedMarket) {
		m.say(m.additive, match.Say{Opinion: match.Relevant, Reason: "试过了"})
		personal := store.NewPersonal(m.db)
		given, err := personal.Opinions(m.ctx, plantManager.AccountID, "", 10)
		if err != nil || len(given) != 1 || given[0].Reason != "试过了" || given[0].OrgID != "plant" {
			t.Fatalf("%+v %v", given, err)
		}
		if err := m.rows.ForgetGiver(m.ctx, plantManager.AccountID); err != nil {
			t.Fatal(err)
		}
		if given, err = personal.Opinions(m.ctx, plantManager.AccountID, "", 10); err != nil || len(given) != 0 {
			t.Errorf("%+v %v", given, err)
		}
		if list := m.list(plantManager, match.Standing); list.Relevant != 1 {
			t.Errorf("the organisation's opinion went along: %+v", list)
		}
	})
}

func TestWhatAModelShowedSurvivesALaterModel(t *testing.T) {
	forEachJudgedMarket(t, func(t *testing.T, m *judgedMarket) {
		m.say(m.additive, match.Say{Opinion: match.Relevant})
		first, err := m.rows.Tallies(m.ctx)
		if err != nil || len(first.Shown) != 1 || first.Shown[0].Pairs != 3 || len(first.Judged) != 1 || first.Judged[0].Relevant != 1 {
			t.Fatalf("%+v %v", first, err)
		}
		older := first.Shown[0].Model
		later := m.model
		later.Version = "later"
		m.clock.Advance(time.Hour)
		m.serve(later)
		if err := m.service.Follow(m.ctx, 0, 1, []match.Ref{{Kind: match.Need, ID: m.need}}); err != nil {
			t.Fatal(err)
		}
		m.list(plantManager, match.Standing)
		m.say(m.salts, match.Say{Opinion: match.Irrelevant})
		m.say(m.additive, match.Say{Opinion: match.Irrelevant}) // a change of mind on what the first showed
		both, err := m.rows.Tallies(m.ctx)
		if err != nil || len(both.Shown) != 2 || both.Shown[0].Pairs != 3 || both.Shown[1].Pairs != 3 {
			t.Fatalf("%+v %v", both, err)
		}
		judged := map[string]int{}
		for _, j := range both.Judged {
			judged[j.Model] += j.Judged
			if j.Relevant != 0 {
				t.Errorf("%+v", j)
			}
		}
		if judged[older] != 1 || judged["later"] != 1 {
			t.Errorf("judged %v", judged)
		}
	})
}

func TestWhatBecomesOfAPairIsTheSameInAnyOrderAndTwice(t *testing.T) {
	forEachMatchMarket(t, func(t *testing.T, m *matchMarket) {
		needID, achievementID := m.pair()
		pair := match.Pair{NeedID: needID, Subject: match.Ref{Kind: match.Package, ID: m.packaged(achievementID)}}
		day := func(n int) time.Time { return m.clock.Now().AddDate(0, 0, n) }
		happened := []match.Happening{
			{Pair: pair, Fate: match.Signed, At: day(9)},
			{Pair: pair, Fate: match.Introduced, At: day(1)},
			{Pair: pair, Fate: match.Declined, At: day(2), Code: "not_mature"},
			{Pair: pair, Fate: match.Introduced, At: day(3)},
			{Pair: pair, Fate: match.Accepted, At: day(4)},
			{Pair: pair, Fate: match.Declined, At: day(11), Code: "other"},
		}
		for range 2 {
			slices.Reverse(happened)
			if err := m.service.Happened(m.ctx, happened); err != nil {
				t.Fatal(err)
			}
		}
		rows, err := m.rows.OfNeed(m.ctx, needID, []match.Ref{pair.Subject})
		if err != nil || len(rows) != 1 || rows[0].Origin != match.Introduction || rows[0].Band == match.None || rows[0].SubjectOrg != "lab" {
			t.Fatalf("%+v %v", rows, err)
		}
		got, err := m.rows.Outcomes(m.ctx, rows[0].ID)
		if err != nil || len(got) != 4 {
			t.Fatalf("%+v %v", got, err)
		}
		for i, want := range []match.Outcome{
			{Fate: match.Introduced, At: day(1)}, {Fate: match.Declined, At: day(2), Code: "not_mature"},
			{Fate: match.Accepted, At: day(4)}, {Fate: match.Signed, At: day(9)},
		} {
			if got[i].Fate != want.Fate || !got[i].At.Equal(want.At) || got[i].Code != want.Code {
				t.Errorf("%d: %+v, want %+v", i, got[i], want)
			}
		}
		if furthest := match.Furthest(got); furthest.Fate != match.Signed {
			t.Errorf("it came to %+v", furthest)
		}
	})
}

func TestAnIntroductionCountsForTheModelThatHadShownThePair(t *testing.T) {
	forEachMatchMarket(t, func(t *testing.T, m *matchMarket) {
		needID, achievementID := m.pair()
		pack := match.Ref{Kind: match.Package, ID: m.packaged(achievementID)}
		m.indexed(pack)
		if _, err := m.service.ForNeed(m.ctx, plantManager, needID, match.Standing); err != nil {
			t.Fatal(err)
		}
		m.clock.Advance(time.Minute)
		happened := []match.Happening{{Pair: match.Pair{NeedID: needID, Subject: pack}, Fate: match.Introduced, At: m.clock.Now()}}
		if err := m.service.Happened(m.ctx, happened); err != nil {
			t.Fatal(err)
		}
		tallies, err := m.rows.Tallies(m.ctx)
		if err != nil || len(tallies.Fates) != 1 || tallies.Fates[0].Model != m.model.Version || tallies.Fates[0].Pairs != 1 {
			t.Errorf("%+v %v", tallies.Fates, err)
		}
	})
}

func TestTheLedgerTestifiesWhatWasSaidOfAShownPairAndWhatBecameOfIt(t *testing.T) {
	forEachJudgedMarket(t, func(t *testing.T, m *judgedMarket) {
		m.say(m.additive, match.Say{Opinion: match.Relevant})
		m.clock.Advance(time.Minute)
		m.say(m.salts, match.Say{Opinion: match.Irrelevant, Code: "wrong_route", Reason: "我们不用锂盐"})
		pair := match.Pair{NeedID: m.need, Subject: result(m.additive)}
		unseen := match.Pair{NeedID: m.need, Subject: match.Ref{Kind: match.Package, ID: m.packaged(m.salt2)}}
		m.clock.Advance(time.Minute)
		for _, p := range []match.Pair{pair, unseen} {
			if err := m.service.Happened(m.ctx, []match.Happening{{Pair: p, Fate: match.Introduced, At: m.clock.Now()}}); err != nil {
				t.Fatal(err)
			}
		}
		told, err := m.rows.Testimonies(m.ctx, 10)
		if err != nil || len(told) != 3 { // nobody was shown the package
			t.Fatalf("%+v %v", told, err)
		}
		if told[0].Fate != match.Introduced || told[1].Code != "wrong_route" || told[2].Opinion != match.Relevant || told[0].MatchID != told[2].MatchID {
			t.Errorf("%+v", told)
		}
		for _, each := range told {
			if each.NeedID != m.need || each.Asker != "plant" || len(each.Features) == 0 || !each.Features.Comparable() {
				t.Errorf("%+v", each)
			}
		}
		if latest, err := m.rows.Testimonies(m.ctx, 1); err != nil || len(latest) != 1 || latest[0].Fate != match.Introduced {
			t.Errorf("%+v %v", latest, err)
		}
	})
}

// full has no room for showings.
type full struct{ *store.Match }

func (full) Show(context.Context, []match.Showing) error { return errors.New("no room") }

func TestWhatCannotBeKeptAsShownLeavesNoMatches(t *testing.T) {
	forEachMatchMarket(t, func(t *testing.T, m *matchMarket) {
		needID, achievementID := m.pair()
		working := m.service
		m.serveFrom(full{m.rows}, m.listed, m.model)
		if _, err := m.service.ForNeed(m.ctx, plantManager, needID, match.Standing); err == nil {
			t.Fatal("the list is given although nothing says what was shown")
		}
		pair := match.Pair{NeedID: needID, Subject: result(achievementID)}
		if ids, err := m.rows.IDs(m.ctx, []match.Pair{pair}); err != nil || len(ids) != 0 {
			t.Errorf("rows are left: %v (%v)", ids, err)
		}
		if list, err := working.ForNeed(m.ctx, plantManager, needID, match.Standing); err != nil || len(list.Items) != 1 {
			t.Errorf("and nobody gets the list again: %+v (%v)", list, err)
		}
	})
}
