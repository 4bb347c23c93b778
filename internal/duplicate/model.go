package duplicate

import (
	"bytes"
	"fmt"
	"math"

	"go.yaml.in/yaml/v3"
)

// ModelFile is the shipped model among the files of config.
const ModelFile = "duplicate.yaml"

// Model is how alike two listings must be to be suspected: thresholds and
// weights, all of them data.
type Model struct {
	// Version is stored with what was found by it.
	Version string      `yaml:"version"`
	Sketch  SketchModel `yaml:"sketch"`
	// LargestBucket is how many listings may share a key before it counts as
	// a common phrase that tells nothing.
	LargestBucket int `yaml:"largest_bucket"`
	// SharedKeys is how many keys of phrases two listings must share to be
	// compared; one of an identifier suffices.
	SharedKeys int `yaml:"shared_keys"`
	// LargestFamily bounds the pairs found for one listing, best first.
	LargestFamily int                 `yaml:"largest_family"`
	Bias          float64             `yaml:"bias"`
	Weights       map[Feature]float64 `yaml:"weights"`
	// Possible and Likely are the scores from which a pair is suspected, and
	// suspected strongly.
	Possible float64 `yaml:"possible"`
	Likely   float64 `yaml:"likely"`
	// Reopen is by how much the score of a pair that was kept apart must rise
	// for it to be suspected again.
	Reopen float64 `yaml:"reopen"`
	// Generic are words that two texts may exchange without speaking of
	// something else.
	Generic []string `yaml:"generic"`
}

// SketchModel says how texts are cut.
type SketchModel struct {
	// HanPhrase and WordPhrase are the length of a phrase of the running text
	// in Han characters and in words; the title's are shorter.
	HanPhrase       int `yaml:"han_phrase"`
	WordPhrase      int `yaml:"word_phrase"`
	HanTitlePhrase  int `yaml:"han_title_phrase"`
	WordTitlePhrase int `yaml:"word_title_phrase"`
	// TitleKeys and BodyKeys are how many phrases of a text become keys.
	TitleKeys int `yaml:"title_keys"`
	BodyKeys  int `yaml:"body_keys"`
	// LeastPhrases is how many phrases a running text must have to be compared.
	LeastPhrases int `yaml:"least_phrases"`
}

// Feature is one thing that speaks for or against a pair, from 0 to 1.
type Feature string

// The features.
const (
	TitleAlike     Feature = "title"
	BodyShared     Feature = "body"
	TitleAlone     Feature = "title_alone" // the title where a running text is absent
	SamePatent     Feature = "patent"
	SameNumber     Feature = "registration_number"
	SameRecord     Feature = "record"
	SameDOI        Feature = "doi"
	SameReport     Feature = "report_number"
	SameFunding    Feature = "funding"
	SamePeople     Feature = "people"
	SameYear       Feature = "year"
	NumbersDiffer  Feature = "numbers_differ"
	SubjectsDiffer Feature = "subjects_differ"
	FiguresDiffer  Feature = "figures_differ"
)

var features = []Feature{
	TitleAlike, BodyShared, TitleAlone, SamePatent, SameNumber, SameRecord, SameDOI, SameReport, SameFunding, SamePeople,
	SameYear, NumbersDiffer, SubjectsDiffer, FiguresDiffer,
}

// ParseModel reads a model and refuses one that is incomplete, has unknown
// keys, or whose numbers cannot be.
func ParseModel(raw []byte) (Model, error) {
	var m Model
	d := yaml.NewDecoder(bytes.NewReader(raw))
	d.KnownFields(true)
	if err := d.Decode(&m); err != nil {
		return Model{}, fmt.Errorf("duplicate model: %w", err)
	}
	return m, m.validate()
}

func (m Model) validate() error {
	s := m.Sketch
	switch {
	case m.Version == "":
		return fmt.Errorf("duplicate model: version is missing")
	case min(s.HanPhrase, s.WordPhrase, s.HanTitlePhrase, s.WordTitlePhrase, s.TitleKeys, s.BodyKeys, s.LeastPhrases) < 1:
		return fmt.Errorf("duplicate model: the numbers of sketch must be 1 or more")
	case m.LargestBucket < 2 || m.LargestFamily < 1 || m.SharedKeys < 1:
		return fmt.Errorf("duplicate model: largest_bucket must be 2 or more, largest_family and shared_keys 1 or more")
	case !(0 < m.Possible && m.Possible < m.Likely && m.Likely < 1) || m.Reopen <= 0:
		return fmt.Errorf("duplicate model: 0 < possible < likely < 1 and reopen > 0")
	}
	for _, f := range features {
		if w, ok := m.Weights[f]; !ok || math.IsNaN(w) || math.IsInf(w, 0) {
			return fmt.Errorf("duplicate model: weight of %s is missing or not a number", f)
		}
	}
	for _, f := range []Feature{NumbersDiffer, SubjectsDiffer, FiguresDiffer} {
		if m.Weights[f] > 0 {
			return fmt.Errorf("duplicate model: %s speaks against a pair and has a positive weight", f)
		}
	}
	if len(m.Weights) != len(features) {
		return fmt.Errorf("duplicate model: weights other than %v", features)
	}
	return nil
}

// score is the probability-like sum of what speaks for and against.
func (m Model) score(f map[Feature]float64) float64 {
	z := m.Bias
	for _, name := range features {
		z += m.Weights[name] * f[name]
	}
	return 1 / (1 + math.Exp(-z))
}

// Band is how strongly a pair is suspected.
type Band string

// The bands.
const (
	Likely   Band = "likely"
	Possible Band = "possible"
)

// BandOf is the band of a score that is suspected at all.
func (m Model) BandOf(score float64) Band {
	if score >= m.Likely {
		return Likely
	}
	return Possible
}
