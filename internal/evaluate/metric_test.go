package evaluate_test

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"chengqiao/internal/evaluate"
)

// The expected values are worked by hand; log2(3) = 1.5849625, log2(5) =
// 2.3219281, log2(6) = 2.5849625.
func TestMetricsOfSmallRankings(t *testing.T) {
	grades := map[string]int{"a": 3, "b": 2, "c": 1, "d": 0}
	// ideal: 7/1 + 3/1.5849625 + 1/2 = 9.3927893
	for _, c := range []struct {
		ranking            string
		ndcg10, recall2, r float64
	}{
		{"a b c", 1, 2.0 / 3, 1},
		{"a b c d x y", 1, 2.0 / 3, 1},
		// 3/1 + 7/1.5849625 + 1/2 = 7.9165083
		{"b a c", 0.8428283, 2.0 / 3, 1},
		// 0 + 1/1.5849625 + 0 + 7/2.3219281 + 3/2.5849625 = 4.8062241
		{"d c x a b", 0.5116930, 1.0 / 3, 0.5},
		// 1/2 = 0.5 at rank 3
		{"x y c", 0.0532323, 0, 1.0 / 3},
		{"x y z", 0, 0, 0},
		{"d", 0, 0, 0},
		{"", 0, 0, 0},
	} {
		ranking := strings.Fields(c.ranking)
		near(t, "nDCG@10 of "+c.ranking, evaluate.NDCG(ranking, grades, 10), c.ndcg10)
		near(t, "Recall@2 of "+c.ranking, evaluate.Recall(ranking, grades, 2), c.recall2)
		near(t, "reciprocal rank of "+c.ranking, evaluate.ReciprocalRank(ranking, grades), c.r)
	}
}

func TestMetricsLookNoDeeperThanTheyShould(t *testing.T) {
	grades := map[string]int{"a": 1}
	deep := strings.Fields("1 2 3 4 5 6 7 8 9 10 a")
	near(t, "nDCG@10 of the eleventh", evaluate.NDCG(deep, grades, 10), 0)
	near(t, "Recall@10 of the eleventh", evaluate.Recall(deep, grades, 10), 0)
	near(t, "Recall@11 of the eleventh", evaluate.Recall(deep, grades, 11), 1)
	near(t, "reciprocal rank of the eleventh", evaluate.ReciprocalRank(deep, grades), 1.0/11)
	// With more relevant documents than places the ideal is cut too.
	many := map[string]int{"a": 2, "b": 2, "c": 2}
	near(t, "nDCG@2 of two of three", evaluate.NDCG([]string{"c", "a"}, many, 2), 1)
	near(t, "nDCG of nothing relevant", evaluate.NDCG([]string{"a"}, map[string]int{"a": 0}, 10), 0)
	near(t, "recall of nothing relevant", evaluate.Recall([]string{"a"}, nil, 10), 0)
}

func TestMovingARelevantDocumentUpNeverLowersAFigure(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ranking := rapid.SliceOfNDistinct(rapid.StringMatching(`[a-z]`), 2, 20, rapid.ID).Draw(t, "ranking")
		grades := map[string]int{}
		for _, id := range ranking {
			grades[id] = rapid.IntRange(0, 3).Draw(t, "grade")
		}
		i := rapid.IntRange(1, len(ranking)-1).Draw(t, "place")
		if grades[ranking[i]] < grades[ranking[i-1]] {
			return
		}
		before := evaluate.NDCG(ranking, grades, 10)
		reciprocal := evaluate.ReciprocalRank(ranking, grades)
		ranking[i], ranking[i-1] = ranking[i-1], ranking[i]
		if after := evaluate.NDCG(ranking, grades, 10); after < before-1e-12 || after > 1+1e-12 {
			t.Fatalf("nDCG from %v to %v", before, after)
		}
		if after := evaluate.ReciprocalRank(ranking, grades); after < reciprocal {
			t.Fatalf("reciprocal rank from %v to %v", reciprocal, after)
		}
	})
}

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-6 {
		t.Errorf("%s is %.7f, want %.7f", what, got, want)
	}
}
