package match

import (
	"testing"

	"chengqiao/config"
)

// ShippedModel is the model in config/.
func ShippedModel(t testing.TB) Model {
	t.Helper()
	m, err := LoadModel(config.Files)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// Judge gives the verdicts of a need's requirements on a result.
func Judge(analyse Analyser, need, result *View) []Verdict {
	return newJudge(analyse).verdicts(need, result)
}

// WorthNaming tells whether a reason may name an expression.
func WorthNaming(s string) bool { return worthNaming(s) }

// Shared are the expressions that texts share, each term telling as much.
func Shared(analyse Analyser, own, other []string) []string {
	passages := func(texts []string) []passage {
		return passagesOf(&View{Texts: map[Field][]string{Body: texts}}, func(Field) Analyser { return analyse })
	}
	first, terms := wordingOf(passages(own))
	var words wording
	words.cutIn(terms, passages(other))
	var second concordance
	second.tell(&words, len(terms))
	return shared(first, &second, naming{
		tells: func(int32) float64 { return 1 }, stranger: func(string) float64 { return 1 }, bond: func(string) (float64, int32) { return 0, 0 },
	})
}

// CutSought cuts texts of a need as a model does.
func CutSought(m TermModel, analyse Analyser) Analyser {
	return newAsker(analyse, m).seeker.Cut
}
