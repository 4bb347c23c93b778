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

// What tests of the package's inside parts look at.
var (
	ParseUnit     = parseUnit
	ParseQuantity = parseQuantity
	Judge         = judge
)

// WorthNaming tells whether a reason may name an expression.
func WorthNaming(s string) bool { return worthNaming(s) }

// Shared are the expressions that texts share, each term telling as much.
func Shared(analyse Analyser, own, other []string) []string {
	first, terms := wordingOf(analyse, own)
	var words wording
	words.cutIn(terms, analyse, other)
	var second concordance
	second.tell(&words, len(terms))
	return shared(first, &second, func(int32) float64 { return 1 }, 0)
}
