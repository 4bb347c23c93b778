package need

import (
	"chengqiao/internal/listing"
	"chengqiao/internal/text"
)

// How long a text has to be to say something, in characters, and how many
// keywords find it.
const (
	tellingText     = 40
	tellingGoal     = 15
	tellingKeywords = 2
)

// TechnicalField implements listing.Kind.
func (k *needs) TechnicalField(c Content) string { return c.TechnicalField }

// Quality implements listing.Kind: who could solve it looks for requirements
// that can be measured.
func (k *needs) Quality(c Content) listing.Quality {
	g := k.weights.Grade()
	g.Criterion("problem", "problem", telling(c.Problem, tellingText))
	g.Criterion("technical_key", "technical_key", telling(c.TechnicalKey, tellingGoal))
	g.Criterion("expected_goal", "expected_goal", telling(c.ExpectedGoal, tellingGoal))
	g.Criterion("requirements", "requirements", len(c.Requirements) > 0)
	g.Each("requirement_measured", "requirements", len(c.Requirements), func(i int) (string, bool) {
		return listing.At("requirements", i, ""), c.Requirements[i].measured()
	})
	g.Criterion("keywords", "keywords_zh", len(c.KeywordsZh)+len(c.KeywordsEn) >= tellingKeywords)
	g.Criterion("industry", "industry", len(c.Industry) > 1)
	g.Criterion("region", "region", c.Region != "")
	g.Criterion("budget", "budget_max", c.BudgetMin != nil || c.BudgetMax != nil)
	g.Criterion("cooperation", "cooperation", len(c.Cooperation) > 0)
	g.Criterion("deadline", "deadline", c.Deadline != "")
	return g.Quality()
}

// measured tells whether an offer's figure decides the requirement.
func (r Requirement) measured() bool {
	return !r.Metric.IsZero() && r.Operator != "" && r.Threshold != ""
}

func telling(t text.Text, least int) bool {
	return text.Length(t.Zh) >= least || text.Length(t.En) >= least
}
