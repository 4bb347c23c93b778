package analysis

import "strings"

// formsOf are words whose forms the Snowball algorithm takes apart, or whose stem it
// gives to other words too: each form stands for the first of its line.
var formsOf = func() map[string]string {
	forms := map[string]string{}
	for line := range strings.Lines(`
		lens lenses
		gas gases
		bus buses
		matrix matrices
		index indices
		vortex vortices
		vertex vertices
		helix helices
		cortex cortices
		appendix appendices
		synthesis syntheses
		hypothesis hypotheses
		prosthesis prostheses
		bacteria bacterium
		spectrum spectra
		fungus fungi
		nucleus nuclei
		radius radii
		stimulus stimuli
		criterion criteria
		phenomenon phenomena
		mitochondria mitochondrion
		automaton automata
		leaf leaves
		calf calves
		knife knives
		shelf shelves
		tooth teeth
		mouse mice
		goose geese
		child children
		woman women
		propeller propellers
		propellant propellants
		transmitter transmitters
		transmittance transmittances
		radiator radiators
		elevator elevators
		police`) {
		words := strings.Fields(line)
		for _, w := range words {
			forms[w] = words[0]
		}
	}
	return forms
}()

// british brings parts of words as they are spelt in Britain, and in much of the world,
// to the American spelling. What they stand in besides is spelt the same on both sides.
var british = strings.NewReplacer(
	"aluminium", "aluminum", "fibre", "fiber", "sulph", "sulf", "mould", "mold", "plough", "plow",
	"colour", "color", "behaviour", "behavior", "vapour", "vapor", "odour", "odor", "flavour", "flavor", "favour", "favor", "harbour", "harbor",
	"labour", "labor", "tumour", "tumor", "neighbour", "neighbor", "vigour", "vigor", "armour", "armor",
	"haem", "hem", "aemi", "emi", "oedem", "edem", "oestr", "estr", "oesoph", "esoph", "anaesth", "anesth", "paediatr", "pediatr", "orthopaed", "orthoped",
	"fuell", "fuel", "dialled", "dialed", "dialling", "dialing", "dialler", "dialer", "jewellery", "jewelry", "greyscale", "grayscale", "greywater", "graywater",
	"foetus", "fetus", "foetal", "fetal", "faec", "fec", "diarrhoea", "diarrhea", "caesium", "cesium",
	"manoeuv", "maneuv", "artefact", "artifact", "defence", "defense", "licence", "license", "isation", "ization",
)

// britishEnds are ends of words that would mean something else inside them: metre, and
// not symmetrel.
var britishEnds = map[string]string{
	"metre": "meter", "litre": "liter", "centre": "center", "calibre": "caliber", "titre": "titer", "theatre": "theater", "grey": "gray", "tyre": "tire",
	"programme": "program", "catalogue": "catalog", "analogue": "analog", "dialogue": "dialog",
}

// notOfIze are the beginnings of words that are spelt with ise everywhere.
var notOfIze = func() map[string]bool {
	words := map[string]bool{}
	for _, w := range strings.Fields(`enterpr exerc superv improv otherw likew edgew expert merchand parad comprom advert telev circumc disgu
		appra turquo tortoi porpoi excis equipo mala`) {
		words[w] = true
	}
	return words
}()

// ofIze are those of one vowel that are not.
var ofIze = map[string]bool{"real": true, "ion": true, "crystall": true}

// american is a folded English word as it is spelt in America: fiber for fibre, modernize
// for modernise. Listings and those who look for them write either.
func american(word string) string {
	word = british.Replace(word)
	for _, plural := range []string{"", "s"} {
		if singular, ok := strings.CutSuffix(word, plural); ok {
			for _, n := range [...]int{9, 8, 7, 6, 5, 4} { // the lengths of britishEnds
				if len(singular) < n {
					continue
				}
				if end, known := britishEnds[singular[len(singular)-n:]]; known {
					return singular[:len(singular)-n] + end + plural
				}
			}
		}
	}
	for _, end := range [...]string{"e", "es", "ed", "er", "ers", "ing"} {
		rest, ok := strings.CutSuffix(word, end)
		if !ok {
			continue
		}
		if root, ok := strings.CutSuffix(rest, "is"); ok && (ofIze[root] || vowelGroups(root) > 1 && !notOfIze[root]) {
			return root + "iz" + end
		}
		if root, ok := strings.CutSuffix(rest, "lys"); ok && end != "es" && len(root) > 1 { // analyses are of analysis
			return root + "lyz" + end
		}
	}
	return word
}

// vowelGroups counts the vowels of a word, those side by side once.
func vowelGroups(word string) int {
	n, before := 0, false
	for _, r := range word {
		vowel := strings.ContainsRune("aeiouy", r)
		if vowel && !before {
			n++
		}
		before = vowel
	}
	return n
}
