package listing

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"chengqiao/internal/lifecycle"
	"chengqiao/internal/policy"
	"chengqiao/internal/text"
)

func TestACursorComesBackAsThePlaceItWasMadeOf(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := Mark{At: time.UnixMicro(rapid.Int64Range(1, 1<<52).Draw(t, "at")).UTC(), ID: rapid.StringMatching(`[0-9a-f-]{1,36}`).Draw(t, "id")}
		back, err := parseMark(m.cursor())
		if err != nil || back != m {
			t.Fatalf("%+v came back as %+v, %v", m, back, err)
		}
	})
}

func TestACursorThatNobodyMadeIsRefused(t *testing.T) {
	for _, cursor := range []string{"x", "!.id", "12", "zzzzzzzzzzzzzzzzzzzz.id"} {
		if _, err := parseMark(cursor); err == nil {
			t.Errorf("%q was taken", cursor)
		}
	}
}

// reach are the states that steps lead to from one, itself included.
func reach(m lifecycle.Machine, from lifecycle.State) map[lifecycle.State]bool {
	seen := map[lifecycle.State]bool{from: true}
	for again := true; again; {
		again = false
		for _, e := range m.Edges {
			if seen[e.From] && !seen[e.To] {
				seen[e.To], again = true, true
			}
		}
	}
	return seen
}

func TestEveryStepHasItsRuleAndEveryLifeCanEnd(t *testing.T) {
	for _, c := range []struct {
		life, review lifecycle.Machine
		end          lifecycle.State
	}{
		{OfferMachine("achievement"), ReviewMachine("achievement", Withdraw), Withdrawn},
		{OfferMachine("package"), ReviewMachine("package", Withdraw), Withdrawn},
		{WishMachine("need"), ReviewMachine("need", Close), Closed},
	} {
		for _, m := range []lifecycle.Machine{c.life, c.review} {
			m.Validate()
			for _, e := range m.Edges {
				if !slices.Contains(policy.Actions(), policy.Action(e.Action)) {
					t.Errorf("%s: nobody may %s", m.Kind, e.Action)
				}
			}
		}
		for _, e := range c.life.Edges {
			if !reach(c.life, e.To)[c.end] {
				t.Errorf("%s: %s never ends", c.life.Kind, e.To)
			}
		}
		for _, state := range OpenStates {
			if to := reach(c.review, state); !to[Published] || !to[Discarded] {
				t.Errorf("%s: from %s it cannot be both published and discarded", c.review.Kind, state)
			}
		}
		for _, final := range []lifecycle.State{Published, Discarded} {
			if len(c.review.Actions(final)) > 0 {
				t.Errorf("%s: a %s revision still moves", c.review.Kind, final)
			}
		}
	}
}

func TestTheNarrowerOfTwoTiersIsReadByFewer(t *testing.T) {
	for _, c := range []struct{ a, b, want policy.Tier }{
		{policy.TierPublic, policy.TierMembers, policy.TierMembers},
		{policy.TierNDA, policy.TierMembers, policy.TierNDA},
		{policy.TierPublic, policy.TierPublic, policy.TierPublic},
	} {
		if got := narrower(c.a, c.b); got != c.want {
			t.Errorf("of %s and %s it is %s", c.a, c.b, got)
		}
	}
}

func TestRepeatedKeywordsAreKeptOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := CleanWords(rapid.SliceOf(rapid.StringMatching(`[ aAＡb电]{0,3}`)).Draw(t, "words"))
		seen := map[string]bool{}
		for _, w := range words {
			if f := text.Fold(w); f == "" || seen[f] {
				t.Fatalf("%q among %q", w, words)
			}
			seen[text.Fold(w)] = true
		}
	})
}

func TestAPathNamesItsField(t *testing.T) {
	if got := At("components", 1, "weight_bps"); got != "components[1].weight_bps" {
		t.Error(got)
	}
	if got := At("cooperation", 0, ""); got != "cooperation[0]" {
		t.Error(got)
	}
}
