package catalog

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"chengqiao/config"
	"chengqiao/internal/listing"
	"chengqiao/internal/text"
)

func graded(t testing.TB) *achievements {
	t.Helper()
	weights, err := listing.LoadWeights(config.Files)
	if err != nil {
		t.Fatal(err)
	}
	k := kind(t)
	k.weights = weights[AchievementKind]
	return k
}

// long says enough to count.
var long = strings.Repeat("长", tellingAbstract)

// randomly is an achievement that says some of what can be said.
func randomly(t *rapid.T) AchievementContent {
	yes := func(what string) bool { return rapid.Bool().Draw(t, what) }
	c := AchievementContent{Title: text.Zh("标题"), TRL: rapid.IntRange(0, 9).Draw(t, "trl")}
	if yes("english") {
		c.Title.En, c.Abstract.En = "title", "abstract"
	}
	if yes("value") {
		c.ValueLine.Zh = long
	}
	for range rapid.IntRange(0, 5).Draw(t, "claims") {
		claim := Claim{Metric: text.Of("效率"), Value: "9"}
		if yes("context") {
			claim.Baseline, claim.Conditions = text.Zh("旧"), text.Zh("室温")
		}
		if yes("proof") {
			claim.ProofKind, claim.ProofFileID = Document, "report"
		}
		c.Claims = append(c.Claims, claim)
	}
	for level := range c.TRL {
		if yes("evidence") {
			c.TRLEvidence = append(c.TRLEvidence, LevelEvidence{Level: level + 1, FileID: "report"})
		}
	}
	for range rapid.IntRange(0, 3).Draw(t, "rights") {
		item := IPItem{Kind: "know_how"}
		if yes("titled") {
			item.Title = text.Zh("配方")
		}
		c.IPItems = append(c.IPItems, item)
	}
	return c
}

func TestWhatIsLeftToGainIsExactlyWhatIsLacking(t *testing.T) {
	k := graded(t)
	rapid.Check(t, func(t *rapid.T) {
		q := k.Quality(randomly(t))
		sum := q.Score
		for i, g := range q.Gains {
			sum += g.Points
			if g.Points <= 0 || i > 0 && g.Points > q.Gains[i-1].Points {
				t.Fatalf("gains %+v", q.Gains)
			}
		}
		if q.Score < 0 || sum != listing.FullQuality {
			t.Fatalf("score %d and its gains make %d", q.Score, sum)
		}
	})
}

// TestDoingWhatIsAskedRaisesTheScoreByWhatIsPromised does for each claim and
// each level what the gain about it asks.
func TestDoingWhatIsAskedRaisesTheScoreByWhatIsPromised(t *testing.T) {
	k := graded(t)
	rapid.Check(t, func(t *rapid.T) {
		c := randomly(t)
		before := k.Quality(c)
		for _, g := range before.Gains {
			after := c
			after.Claims = append([]Claim(nil), c.Claims...)
			after.TRLEvidence = append([]LevelEvidence(nil), c.TRLEvidence...)
			done := false
			for i := range after.Claims {
				switch g.Path {
				case listing.At("claims", i, "proof_file_id"):
					after.Claims[i].ProofKind, after.Claims[i].ProofFileID, done = ThirdParty, "report", true
				case listing.At("claims", i, ""):
					after.Claims[i].Baseline, after.Claims[i].Conditions, done = text.Zh("旧"), text.Zh("室温"), true
				}
			}
			for level := 1; level <= c.TRL; level++ {
				if g.Path == "trl_evidence."+levelName(level) {
					after.TRLEvidence, done = append(after.TRLEvidence, LevelEvidence{Level: level, Text: text.Zh(long)}), true
				}
			}
			if got := k.Quality(after).Score - before.Score; done && got != g.Points {
				t.Fatalf("%s promises %d and gives %d", g.Path, g.Points, got)
			}
		}
	})
}

func TestAWholeAchievementHasNothingLeftToGain(t *testing.T) {
	c := whole()
	c.Title.En, c.ValueLine, c.Abstract = "title", text.Text{Zh: long, En: "better"}, text.Zh(long)
	c.KeywordsZh = []string{"一", "二", "三"}
	c.Claims = []Claim{{Metric: text.Of("效率"), Value: "9", Baseline: text.Of("旧"), Conditions: text.Of("室温"), ProofKind: Document, ProofFileID: "report"}}
	c.TRL, c.TRLEvidence = 1, []LevelEvidence{{Level: 1, FileID: "report"}}
	c.IPItems = []IPItem{{Kind: "none"}}
	c.Industry, c.Region, c.Form, c.FundingProject = "C26", "650100", "process", "科技计划"
	c.Cooperation, c.PriceMode = []string{"service"}, "agreement"
	if q := graded(t).Quality(c); q.Score != listing.FullQuality || len(q.Gains) > 0 {
		t.Errorf("it scores %d and lacks %+v", q.Score, q.Gains)
	}
	if q := kind(t).Quality(c); q.Score != listing.Ungraded {
		t.Errorf("without weights it scores %d", q.Score)
	}
}
