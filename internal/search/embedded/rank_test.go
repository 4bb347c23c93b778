package embedded

import (
	"fmt"
	"testing"

	"chengqiao/internal/policy"
	"chengqiao/internal/search"
	"chengqiao/internal/search/analysis"
)

// What only some readers of a field may read is weighed by how common its words are
// in what everybody reads, not as if nobody said them.
func TestOnesOwnHiddenTextIsNoRarerThanWhatOthersSay(t *testing.T) {
	e, err := Open(t.Context(), t.TempDir(), analysis.New(nil))
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	said := func(id, owner string, tier policy.Tier, published int64) search.Document {
		return search.Document{
			ID: id, Kind: search.KindAchievement, Owner: owner, PublishedAt: published,
			Texts: []search.Text{{Tier: policy.TierPublic, Title: "device"}, {Tier: tier, Abstract: "a pump for brine"}},
		}
	}
	b := search.Batch{Upsert: []search.Document{said("own", "reader", policy.TierNDA, 1)}}
	for i := range 20 {
		b.Upsert = append(b.Upsert, said(fmt.Sprintf("d%d", i), "other", policy.TierPublic, int64(2+i)))
	}
	if err := e.Apply(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"pump", "pumps brine"} {
		r, err := e.Search(t.Context(), search.Query{Text: text, Reader: search.Reader{Tiers: []policy.Tier{policy.TierPublic}, Organisation: "reader"}, Limit: 30})
		if err != nil || len(r.Hits) != 21 {
			t.Fatalf("%q finds %d, %v", text, len(r.Hits), err)
		}
		scores := map[string]float64{}
		for _, h := range r.Hits {
			scores[h.ID] = h.Score
		}
		if scores["own"] > 1.2*scores["d0"] {
			t.Errorf("by %q one's own counts %.2f, and others that say the same %.2f", text, scores["own"], scores["d0"])
		}
	}
}
