package match

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"chengqiao/internal/policy"
	"chengqiao/internal/text"
)

// shelf has listings to be read, and counts how many were asked for.
type shelf struct {
	Listings
	listings map[Ref]Listing

	mu    sync.Mutex
	asked int
}

func (s *shelf) LiveToShow(_ context.Context, refs []Ref) ([]Listing, error) {
	s.mu.Lock()
	s.asked += len(refs)
	s.mu.Unlock()
	return s.there(refs), nil
}

func (s *shelf) there(refs []Ref) []Listing {
	var out []Listing
	for _, ref := range refs {
		if l, ok := s.listings[ref]; ok {
			out = append(out, l)
		}
	}
	return out
}

// stocked is a service over an index of so many results, and the shelf with
// those of them that are still there: some are packages around others, and most
// have a claim.
func stocked(t *testing.T, results int, random *rand.Rand) (*Service, *shelf, func(words int) *View) {
	x, _, says := market(t, 0)
	sh := &shelf{listings: map[Ref]Listing{}}
	for i := range results {
		v := says(10 + random.IntN(60))
		v.Claims = []Claim{{Metric: text.Of("容量保持率"), Value: fmt.Sprint(random.IntN(100)), Unit: "%"}}
		l := Listing{Ref: Ref{Achievement, fmt.Sprintf("r%03d", i)}, OrgID: "lab", Public: v, Members: v, Full: v}
		if i%5 == 4 {
			l.Kind = Package
			v.Contains = []string{fmt.Sprintf("r%03d", random.IntN(results)), fmt.Sprintf("r%03d", random.IntN(results))}
		}
		x.Upsert(l)
		if random.IntN(6) > 0 {
			sh.listings[l.Ref] = l
		}
	}
	return NewService(Deps{Index: func() *Index { return x }, Model: ShippedModel(t), Listings: sh}), sh, says
}

// A list is what it would be if everything that was compared had been read, and
// a package takes its parts out of the lists alone in which it stands itself.
func TestAListReadsNoMoreThanItNeedsAndShowsTheSame(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	read := 0
	for round := range 120 {
		s, sh, says := stocked(t, 30+random.IntN(150), random)
		s.model.Shown = 1 + random.IntN(20)
		asked := says(5 + random.IntN(80))
		if round%2 == 1 && len(sh.listings) < 2*s.model.Shown { // all of them are read then, if need be
			asked.Requirements = []Requirement{{Metric: text.Of("容量保持率"), Operator: ">=", Threshold: "50", Unit: "%", Must: true}}
		}
		need := Listing{Ref: Ref{Need, "n"}, OrgID: "plant", Public: asked, Members: asked, Full: asked}
		q := question{asked: need, own: asked, tiers: []policy.Tier{policy.TierPublic, policy.TierMembers}, least: s.model.Bands.Possible}
		ranked := s.index().Rank(s.model, Ask{View: asked, Of: Need, Tiers: q.tiers, ExceptOrg: "plant"})
		if len(ranked) > 0 { // what was said of one moves others
			q.judged = []Judgement{{Ref: ranked[random.IntN(len(ranked))].Ref, Opinion: Relevant}}
		}
		ranked, pulls := s.preferring(q.judged, ranked, q.tiers)
		all := s.findings(q, ranked, pulls, byRef(sh.there(refsOf(ranked))))
		slices.SortFunc(all, finding.order)
		want := firstWhole(all, s.model.Shown)

		sh.asked = 0
		got, err := s.find(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.EqualFunc(got, want, func(a, b finding) bool { return a.other.Ref == b.other.Ref && a.match.Score == b.match.Score }) {
			t.Fatalf("round %d: %d shown of %d, %d of them read: not the same as of all", round, len(got), len(all), sh.asked)
		}
		if len(ranked) > 3*s.model.Shown+20 && sh.asked == len(ranked) {
			t.Errorf("round %d: all of %d were read to show %d", round, sh.asked, s.model.Shown)
		}
		read += sh.asked
	}
	if read == 0 {
		t.Error("nothing was read")
	}
}

// What comes later may score more than what comes next, and be moved by what was
// said of others.
func TestWhatIsLeftReachesAsFarAsTheBestOfIt(t *testing.T) {
	refs := []Ref{{Achievement, "a"}, {Achievement, "b"}, {Achievement, "c"}, {Achievement, "d"}}
	var ranked []Ranked
	for _, ref := range refs {
		ranked = append(ranked, Ranked{Ref: ref})
	}
	may := map[Ref]float64{refs[0]: 0.5, refs[1]: 0.2, refs[2]: 0.4, refs[3]: 0.3}
	pulls := map[Ref]Pull{refs[2]: {Factor: 0.5}, refs[3]: {Factor: 1.2}}
	want := []float64{500_000, 360_000, 360_000, 360_000, 0}
	if got := reachOf(ranked, pulls, may); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestAPackageBehindTheListLeavesItsPartsInIt(t *testing.T) {
	found := []finding{
		{other: Listing{Ref: Ref{Achievement, "part"}}, result: &View{}},
		{other: Listing{Ref: Ref{Achievement, "another"}}, result: &View{}},
		{other: Listing{Ref: Ref{Package, "pack"}}, result: &View{Contains: []string{"part"}}},
	}
	ids := func(list []finding) (out []string) {
		for _, f := range list {
			out = append(out, f.other.ID)
		}
		return out
	}
	if got := ids(firstWhole(found, 2)); !slices.Equal(got, []string{"part", "another"}) {
		t.Errorf("of two: %v", got)
	}
	if got := ids(firstWhole(found, 3)); !slices.Equal(got, []string{"another", "pack"}) {
		t.Errorf("of all: %v", got)
	}
}
