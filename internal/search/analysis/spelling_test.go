package analysis_test

import (
	"testing"

	"chengqiao/internal/search/analysis"
)

func TestWordsAreTheSameInBritishAndInAmericanSpelling(t *testing.T) {
	a := analysis.New(nil)
	for query, text := range map[string]string{
		"carbon fibre":              "a carbon fiber",
		"nanofibres":                "nanofiber mats",
		"aluminium":                 "Aluminum alloys",
		"desulphurisation":          "desulfurization",
		"colour vision":             "color vision",
		"water vapour":              "water vapor",
		"moulding":                  "injection molding",
		"optimise":                  "an optimized route",
		"polymerised":               "polymerize",
		"miniaturisation":           "miniaturization",
		"ionising":                  "ionizing radiation",
		"crystallised":              "crystallizes",
		"analysers":                 "gas analyzers",
		"millimetre waves":          "millimeter wave radar",
		"data centres":              "a data center",
		"haemoglobin":               "hemoglobin",
		"anaemia":                   "anemia",
		"computer programmes":       "a computer program",
		"fault catalogue":           "a catalog of faults",
		"dual-fuelled engines":      "a dual fueled engine",
		"dialling":                  "dialing",
		"jewellery":                 "jewelry",
		"radially":                  "radial flow",
		"greyscale images":          "grayscale imaging",
		"grey iron":                 "gray irons",
		"exercise":                  "exercises",
		"enterprise":                "enterprises",
		"precise":                   "precision",
		"supervised":                "supervise",
		"analyses":                  "analyses",
		"noise of the wind turbine": "wind turbines and their noises",
	} {
		if !finds(a, query, text) {
			t.Errorf("%q does not find %q", query, text)
		}
	}
}

func TestFormsOfAWordFindEachOtherAndNoOtherWord(t *testing.T) {
	a := analysis.New(nil)
	for _, c := range []struct {
		query, text string
		want        bool
	}{
		{"lens", "progressive lenses", true}, {"lenses", "a lens", true},
		{"natural gas", "natural gases", true}, {"electric buses", "an electric bus", true},
		{"matrix", "matrices", true}, {"vortex", "vortices", true}, {"spectra", "spectrum", true},
		{"leaf", "leaves", true}, {"bacterium", "bacteria", true}, {"engines", "an engine", true},
		{"propeller", "solid propellants", false}, {"transmittance", "a transmitter", false},
		{"elevator", "elevation", false}, {"radiator", "radiation", false}, {"police", "policies", false}, {"index", "indicates", false},
	} {
		if finds(a, c.query, c.text) != c.want {
			t.Errorf("%q finds %q: %v", c.query, c.text, !c.want)
		}
	}
}
