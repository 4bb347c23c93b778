package store_test

import (
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"chengqiao/internal/catalog"
	"chengqiao/internal/embedding"
	"chengqiao/internal/embedding/embeddingtest"
	"chengqiao/internal/embedding/openai"
	"chengqiao/internal/event"
	"chengqiao/internal/indexing"
	"chengqiao/internal/match"
	"chengqiao/internal/need"
	"chengqiao/internal/policy"
	"chengqiao/internal/store"
	"chengqiao/internal/text"
)

// embedded is the market with an embedding service beside it.
type embedded struct {
	*matchMarket
	service *embeddingtest.Service
	rows    *store.Embedding
	keeper  *embedding.Keeper
}

const testModel = "test-model@0"

func forEachEmbedded(t *testing.T, members bool, fn func(t *testing.T, m *embedded)) {
	t.Helper()
	forEachMatchMarket(t, func(t *testing.T, mm *matchMarket) {
		m := &embedded{matchMarket: mm, service: embeddingtest.Start(t), rows: store.NewEmbedding(mm.db)}
		mm.listed.Embed(indexing.Embedded{Directions: m.rows, Model: testModel, Members: members, Letters: 2000})
		m.start(testModel)
		fn(t, m)
	})
}

// start makes the keeper of a program that has just started.
func (m *embedded) start(model string) {
	client := openai.New(openai.Options{
		URL: m.service.URL, Key: embeddingtest.Key, Model: model, Timeout: time.Minute, Batch: 8, Concurrency: 2,
	})
	guard := embedding.NewGuard(client, "listings", m.clock, slog.New(slog.DiscardHandler))
	m.keeper = embedding.NewKeeper(embedding.Deps{
		Embedder: guard, Store: m.rows, Texts: indexing.EmbeddingTexts{Listings: m.listed}, Tx: m.db, Journal: m.journal, Clock: m.clock,
		Log: slog.New(slog.DiscardHandler), Model: model, Sweep: model,
	})
}

// work does all that there is to do.
func (m *embedded) work() {
	m.t.Helper()
	for {
		n, err := m.keeper.Work(m.ctx)
		if err != nil {
			m.t.Fatal(err)
		}
		if n == 0 {
			return
		}
	}
}

func (m *embedded) note(kind, id string) {
	m.t.Helper()
	if err := m.keeper.Note(m.ctx, []embedding.Ref{{Kind: kind, ID: id}}); err != nil {
		m.t.Fatal(err)
	}
}

func (m *embedded) kept(model, id string) []embedding.Kept {
	m.t.Helper()
	kept, err := m.rows.Of(m.ctx, model, []string{id})
	if err != nil {
		m.t.Fatal(err)
	}
	return kept
}

// lithium says in English what coldNeed asks for in Chinese: not a word in common.
func lithium() catalog.AchievementContent {
	c := battery()
	c.Title, c.ValueLine = text.Text{En: "Lithium battery for cold regions"}, text.Text{En: "Works in freezing weather"}
	c.Abstract, c.Details, c.KeywordsZh, c.KeywordsEn = text.Text{En: "A lithium battery that starts when it is freezing"}, text.Text{}, nil, []string{"lithium battery"}
	return c
}

func coldNeed() need.Content {
	return need.Content{Title: text.Zh("严寒地区用储能电芯"), Problem: text.Zh("储能电芯在严寒中无法启动"), TechnicalField: "new_energy", KeywordsZh: []string{"储能电芯"}}
}

func (m *embedded) matches(needID string) []match.Item {
	m.t.Helper()
	list, err := m.matchMarket.service.ForNeed(m.ctx, plantManager, needID, match.Standing)
	if err != nil {
		m.t.Fatal(err)
	}
	return list.Items
}

func TestWhatSaysTheSameInOtherWordsIsMatchedOnceTheServiceHasTold(t *testing.T) {
	forEachEmbedded(t, false, func(t *testing.T, m *embedded) {
		achievementID, needID := m.published(lithium()).ID, m.publishedNeed(coldNeed()).ID
		refs := []match.Ref{{Kind: match.Need, ID: needID}, {Kind: match.Achievement, ID: achievementID}}
		m.indexed(refs...)
		if items := m.matches(needID); len(items) != 0 {
			t.Fatalf("without a word in common they match already: %+v", items)
		}
		m.work()
		m.indexed(refs...)
		items := m.matches(needID)
		if len(items) != 1 || items[0].Other.ID != achievementID {
			t.Fatalf("matches %+v", items)
		}
		if !slices.ContainsFunc(items[0].Reasons, func(r match.Reason) bool { return r.Code == match.AlikeInMeaning }) {
			t.Errorf("reasons %+v", items[0].Reasons)
		}
	})
}

func TestARestartAsksNothingAgain(t *testing.T) {
	forEachEmbedded(t, false, func(t *testing.T, m *embedded) {
		id := m.published(battery()).ID
		m.work()
		asked := m.service.Asked()
		if asked == 0 || len(m.kept(testModel, id)) != 1 {
			t.Fatalf("%d requests, kept %v", asked, m.kept(testModel, id))
		}
		m.start(testModel)
		m.work()
		if err := m.keeper.Again(m.ctx); err != nil {
			t.Fatal(err)
		}
		m.work()
		m.note(catalog.AchievementKind, id)
		m.work()
		if m.service.Asked() != asked {
			t.Errorf("it was asked %d times more", m.service.Asked()-asked)
		}
	})
}

func TestWhatWaitsForAServiceThatIsAwayIsDoneWhenItIsBack(t *testing.T) {
	forEachEmbedded(t, false, func(t *testing.T, m *embedded) {
		id := m.published(battery()).ID
		m.service.Status(401) // fails at once, where 503 is tried again
		for range 3 {
			if _, err := m.keeper.Work(m.ctx); err != nil && !errors.Is(err, embedding.ErrUnavailable) {
				t.Fatal(err)
			}
		}
		for range 3 {
			_, _ = m.keeper.Work(m.ctx)
		}
		if asked := m.service.Asked(); asked != 3 {
			t.Fatalf("it was asked %d times", asked)
		}
		if n, err := m.keeper.Waiting(m.ctx); n != 1 || err != nil {
			t.Errorf("%d wait, %v", n, err)
		}
		m.service.Instead(nil)
		m.clock.Advance(time.Hour)
		m.work()
		if len(m.kept(testModel, id)) != 1 {
			t.Errorf("kept %v", m.kept(testModel, id))
		}
	})
}

func TestATextThatTheServiceRefusesHoldsUpNoOther(t *testing.T) {
	forEachEmbedded(t, false, func(t *testing.T, m *embedded) {
		bad := battery()
		bad.Title = text.Zh("无法处理的标题")
		good, refused := m.published(battery()).ID, m.published(bad).ID
		m.service.Refuse("无法处理的标题")
		m.work()
		if kept := m.kept(testModel, good); len(kept) != 1 || len(kept[0].Direction) == 0 {
			t.Errorf("the other has %v", kept)
		}
		if kept := m.kept(testModel, refused); len(kept) != 1 || len(kept[0].Direction) != 0 {
			t.Errorf("the refused one has %v", kept)
		}
		asked := m.service.Asked()
		m.note(catalog.AchievementKind, refused)
		m.work()
		if m.service.Asked() != asked {
			t.Error("what was refused is asked about again")
		}
	})
}

func TestAChangedTextAndAnotherModelGetVectorsOfTheirOwn(t *testing.T) {
	forEachEmbedded(t, false, func(t *testing.T, m *embedded) {
		h := m.published(battery())
		m.work()
		before := m.kept(testModel, h.ID)
		m.start("another-model@0")
		m.work()
		if after := m.kept("another-model@0", h.ID); len(after) != 1 || after[0].Hash != before[0].Hash {
			t.Errorf("kept %v", after)
		}
		if old := m.kept(testModel, h.ID); len(old) != 0 {
			t.Errorf("of the old model %v are left", old)
		}
	})
}

// secretive says something else to the public, to members and under an NDA.
func secretive() catalog.AchievementContent {
	c := battery()
	c.Abstract, c.Details = text.Zh("仅会员可见的工艺甲"), text.Text{}
	c.Claims, c.FundingProject = []catalog.Claim{{Metric: text.Of("保密指标乙"), Value: "85", Unit: "%"}}, "保密项目丙"
	c.Tiers = map[string]policy.Tier{"abstract": policy.TierMembers, "funding_project": policy.TierNDA, "claims": policy.TierNDA}
	return c
}

func TestNothingIsSentThatThePublicMayNotReadUnlessTheOperatorAllowsIt(t *testing.T) {
	for _, members := range []bool{false, true} {
		forEachEmbedded(t, members, func(t *testing.T, m *embedded) {
			h := m.published(secretive())
			anonymous := coldNeed()
			anonymous.Anonymous = true
			m.publishedNeed(anonymous)
			m.work()
			sent := strings.Join(m.service.Texts(), "\n")
			if !strings.Contains(sent, battery().Title.Zh) {
				t.Fatalf("sent was %q", sent)
			}
			if got := strings.Contains(sent, "工艺甲"); got != members {
				t.Errorf("members' texts allowed %t, sent %t", members, got)
			}
			for _, never := range []string{"保密指标乙", "保密项目丙", "单位", "lab", "plant"} {
				if strings.Contains(sent, never) {
					t.Errorf("%s was sent: %q", never, sent)
				}
			}
			want := 1
			if members {
				want = 2
			}
			if kept := m.kept(testModel, h.ID); len(kept) != want {
				t.Errorf("kept %v", kept)
			}
		})
	}
}

func TestWhatWasSentIsOnRecordAndToldToTheIndexes(t *testing.T) {
	forEachEmbedded(t, false, func(t *testing.T, m *embedded) {
		id := m.published(battery()).ID
		m.work()
		lines, err := m.journal.Audit(m.ctx, store.AuditFilter{Kind: "embedding", Limit: 10})
		if err != nil || len(lines) != 1 || lines[0].Entry.Action != policy.EmbeddingKeep {
			t.Fatalf("%+v, %v", lines, err)
		}
		if _, err := store.NewOutbox(m.db).Dispatch(m.ctx, 1000); err != nil {
			t.Fatal(err)
		}
		events, err := store.NewOutbox(m.db).After(m.ctx, 0, 1000)
		if err != nil {
			t.Fatal(err)
		}
		last := events[len(events)-1].Event
		if last.Name != event.EmbeddingKept || !slices.Equal(embedding.Told(last), []embedding.Ref{{Kind: catalog.AchievementKind, ID: id}}) {
			t.Errorf("%+v", last)
		}
	})
}
