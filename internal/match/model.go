package match

import (
	"bytes"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"math"

	"go.yaml.in/yaml/v3"

	"chengqiao/internal/gazetteer"
	"chengqiao/internal/search/analysis"
)

// ModelFile is the model's place among the program's configuration files.
const ModelFile = "match_model.yaml"

// Model is the ranking model: all its numbers are data.
type Model struct {
	// Version names the model in each match that it made.
	Version string
	Terms   TermModel
	// Candidates is how many listings the index hands to scoring.
	Candidates int
	// Shown is how many matches a reader gets.
	Shown int
	// Texts weigh the features of texts, and Facts those of facts.
	Texts TextWeights
	Facts map[Feature]float64
	Bands Bands
	// Meaning counts where an embedding service is used.
	Meaning MeaningModel
	// Evaluation tells what Texts are worth; its zero value is of weights that
	// were not learnt.
	Evaluation Evaluation
}

// TextWeights are two sets of weights whose scores are of the same size.
type TextWeights struct {
	// Learnt counts where the index has learnt a space, Alone where it has
	// not: in a market of few listings.
	Learnt, Alone map[Feature]float64
}

// TermModel says how a text becomes weighted terms.
type TermModel struct {
	// Strength is how strongly a listing is about a term, and Mention how surely
	// it speaks of it at all: saturated sooner, and discounted less by length.
	Strength, Mention Saturation
	// Rarity is the exponent of the inverse document frequency.
	Rarity float64
	// Background is how many listings are imagined beside those that there
	// are: in a small market what two listings share is still rare. A term is
	// held to be at least as common as it is among them.
	Background float64
	// Common are the terms of the imagined listings.
	Common analysis.Common
	// Asking tells what a need seeks from what stands beside it.
	Asking analysis.AskingModel
	// Places are names that say where something is wanted.
	Places gazetteer.Names
	// SingleHan is the weight of a single Han character beside a pair.
	SingleHan float64
	// Synonym is the weight of a group of synonyms beside the words themselves.
	Synonym float64
	// SynonymAbroad is how many times as much it counts between two texts of which neither
	// is written in the other's language: there groups are all that they can share.
	SynonymAbroad float64
	// MaxTerms bounds how many terms of a listing look for candidates.
	MaxTerms int
	// WholeTerms is how many of a need's heaviest terms make the whole of which
	// coverage is a share: nobody's result speaks of every word of a long text.
	WholeTerms int
	Fields     [fieldCount]FieldModel
	Lead       Lead
	Brief      Brief
	Space      SpaceModel
}

// Saturation turns the counts of a term into a share of 1, as BM25 does.
type Saturation struct {
	// Counts is how many a term has that comes to a half (k1).
	Counts float64
	// LengthNorm is how much long texts are discounted, 0-1 (b).
	LengthNorm float64
}

// counts discounts a count in a text of a length, 1 being the usual one.
func (s Saturation) counts(n, length float64) float64 {
	return n / (1 - s.LengthNorm + s.LengthNorm*length)
}

func (s Saturation) saturated(counts float64) float64 { return counts / (counts + s.Counts) }

// Brief is how many different terms a need has from which on it is long rather than
// brief, in pairs of Han characters and in words: the same is said in fewer words
// than pairs. What is said in both languages is not longer for it.
type Brief struct {
	Pairs, Words float64
}

// Lead is the beginning of a need's text: words in it count so many times. Han
// counts once everywhere.
type Lead struct {
	// Letters is its length; shorter texts have none.
	Letters int
	Times   int
}

// end is the place in bytes where the lead of a text ends; 0 for a text that
// has none.
func (l Lead) end(text string) int {
	n := 0
	for i := range text {
		if n == l.Letters {
			return i
		}
		n++
	}
	return 0
}

// FieldModel weighs one field.
type FieldModel struct {
	Weight float64
	// HanLength and WordLength are the usual lengths in pairs of Han
	// characters and in words. They are given and not measured, so that a
	// listing's weights do not depend on which others came before it.
	HanLength, WordLength float64
}

// Bands are the least scores of the bands; below Possible nothing is shown.
type Bands struct {
	Strong, Good, Possible float64
}

// Band is a match's strength as people read it.
type Band string

// The bands. None is not shown.
const (
	Strong   Band = "strong"
	Good     Band = "good"
	Possible Band = "possible"
	None     Band = ""
)

// Of is the band of a score.
func (b Bands) Of(score float64) Band {
	switch {
	case score >= b.Strong:
		return Strong
	case score >= b.Good:
		return Good
	case score >= b.Possible:
		return Possible
	}
	return None
}

type wireSaturation struct {
	Counts     float64 `yaml:"counts"`
	LengthNorm float64 `yaml:"length_norm"`
}

type wireModel struct {
	Version string `yaml:"version"`
	Terms   struct {
		Strength   wireSaturation `yaml:"strength"`
		Mention    wireSaturation `yaml:"mention"`
		Rarity     float64        `yaml:"rarity"`
		Background float64        `yaml:"background"`
		SingleHan  float64        `yaml:"single_han"`
		Synonym    float64        `yaml:"synonym"`
		Abroad     float64        `yaml:"synonym_abroad"`
		MaxTerms   int            `yaml:"max_terms"`
		WholeTerms int            `yaml:"whole_terms"`
		Fields     map[string]struct {
			Weight     float64 `yaml:"weight"`
			HanLength  float64 `yaml:"han_length"`
			WordLength float64 `yaml:"word_length"`
		} `yaml:"fields"`
		Lead struct {
			Letters int `yaml:"letters"`
			Times   int `yaml:"times"`
		} `yaml:"lead"`
		Brief struct {
			Pairs float64 `yaml:"pairs"`
			Words float64 `yaml:"words"`
		} `yaml:"brief"`
	} `yaml:"terms"`
	Space struct {
		Dims       int `yaml:"dims"`
		PerDim     int `yaml:"per_dim"`
		Least      int `yaml:"least"`
		Sample     int `yaml:"sample"`
		OfEach     int `yaml:"of_each"`
		Terms      int `yaml:"terms"`
		Candidates int `yaml:"candidates"`
		Pairs      struct {
			Exponent float64 `yaml:"exponent"`
			Even     float64 `yaml:"even"`
		} `yaml:"pairs"`
	} `yaml:"space"`
	Asking struct {
		UnknownHan  float64 `yaml:"unknown_han"`
		UnknownWord float64 `yaml:"unknown_word"`
		Most        float64 `yaml:"most"`
		Within      float64 `yaml:"within"`
		Clause      float64 `yaml:"clause"`
		Sentence    float64 `yaml:"sentence"`
	} `yaml:"asking"`
	Candidates int `yaml:"candidates"`
	Shown      int `yaml:"shown"`
	Texts      struct {
		Learnt map[Feature]float64 `yaml:"learnt"`
		Alone  map[Feature]float64 `yaml:"alone"`
	} `yaml:"texts"`
	Facts   map[Feature]float64 `yaml:"facts"`
	Meaning struct {
		Share      float64 `yaml:"share"`
		Scale      float64 `yaml:"scale"`
		Usual      float64 `yaml:"usual"`
		Imagined   float64 `yaml:"imagined"`
		Candidates int     `yaml:"candidates"`
		Telling    float64 `yaml:"telling"`
		Alike      float64 `yaml:"alike"`
	} `yaml:"meaning"`
	Bands struct {
		Strong   float64 `yaml:"strong"`
		Good     float64 `yaml:"good"`
		Possible float64 `yaml:"possible"`
	} `yaml:"bands"`
	Evaluation Evaluation `yaml:"evaluation"`
}

// LoadModel reads the model, and the common terms, the sentences of askers and the names
// of places that belong to it, from the program's configuration files.
func LoadModel(files fs.FS) (Model, error) {
	raw, err := fs.ReadFile(files, ModelFile)
	if err != nil {
		return Model{}, err
	}
	m, err := ParseModel(raw)
	if err != nil {
		return Model{}, err
	}
	if raw, err = fs.ReadFile(files, analysis.CommonFile); err != nil {
		return Model{}, err
	}
	if m.Terms.Common, err = analysis.ParseCommon(raw); err != nil {
		return Model{}, err
	}
	if raw, err = fs.ReadFile(files, analysis.AskingFile); err != nil {
		return Model{}, err
	}
	if m.Terms.Asking.Sentences, err = analysis.ParseAsking(raw); err != nil {
		return Model{}, err
	}
	m.Terms.Places, err = gazetteer.Load(files)
	return m, err
}

// ParseModel reads a model without its common terms and sentences, and refuses one
// that is incomplete, has unknown keys, or whose numbers cannot be.
func ParseModel(raw []byte) (Model, error) {
	var w wireModel
	d := yaml.NewDecoder(bytes.NewReader(raw))
	d.KnownFields(true)
	if err := d.Decode(&w); err != nil {
		return Model{}, fmt.Errorf("match model: %w", err)
	}
	m := Model{
		Version: w.Version, Candidates: w.Candidates, Shown: w.Shown,
		Texts: TextWeights(w.Texts), Facts: w.Facts, Bands: Bands(w.Bands), Meaning: MeaningModel(w.Meaning), Evaluation: w.Evaluation,
		Terms: TermModel{
			Strength: Saturation(w.Terms.Strength), Mention: Saturation(w.Terms.Mention), Rarity: w.Terms.Rarity,
			Background: w.Terms.Background, SingleHan: w.Terms.SingleHan,
			Synonym: w.Terms.Synonym, SynonymAbroad: w.Terms.Abroad, MaxTerms: w.Terms.MaxTerms, WholeTerms: w.Terms.WholeTerms,
			Lead: Lead(w.Terms.Lead), Brief: Brief(w.Terms.Brief),
			Asking: analysis.AskingModel{
				UnknownHan: w.Asking.UnknownHan, UnknownWord: w.Asking.UnknownWord, Most: w.Asking.Most,
				Within: w.Asking.Within, Clause: w.Asking.Clause, Sentence: w.Asking.Sentence,
			},
			Space: SpaceModel{
				Dims: w.Space.Dims, PerDim: w.Space.PerDim, Least: w.Space.Least, Sample: w.Space.Sample, OfEach: w.Space.OfEach,
				Terms: w.Space.Terms, Candidates: w.Space.Candidates, Pairs: Contrast(w.Space.Pairs),
			},
		},
	}
	for f, name := range fieldNames {
		wf, ok := w.Terms.Fields[name]
		if !ok {
			return Model{}, fmt.Errorf("match model: field %s is missing", name)
		}
		m.Terms.Fields[f] = FieldModel(wf)
	}
	if len(w.Terms.Fields) != len(fieldNames) {
		return Model{}, fmt.Errorf("match model: fields other than %v", fieldNames)
	}
	return m, m.validate()
}

func (m Model) validate() error {
	t := m.Terms
	switch {
	case m.Version == "":
		return fmt.Errorf("match model: version is missing")
	case t.Strength.Counts <= 0 || t.Mention.Counts <= 0 || t.Rarity < 0 || t.Background < 0 || t.SingleHan < 0 || t.Synonym < 0 || t.SynonymAbroad < 1 || t.MaxTerms < 1 || t.WholeTerms < 1:
		return fmt.Errorf("match model: counts, rarity, background, single_han, synonym, max_terms and whole_terms must be positive, synonym_abroad 1 at least")
	case min(t.Strength.LengthNorm, t.Mention.LengthNorm) < 0 || max(t.Strength.LengthNorm, t.Mention.LengthNorm) > 1:
		return fmt.Errorf("match model: length_norm must lie between 0 and 1")
	case m.Candidates < 1 || m.Shown < 1 || m.Shown > m.Candidates:
		return fmt.Errorf("match model: shown must lie between 1 and candidates")
	case !(m.Bands.Strong > m.Bands.Good && m.Bands.Good > m.Bands.Possible):
		return fmt.Errorf("match model: bands must fall from strong to possible")
	}
	for f, field := range t.Fields {
		if field.Weight < 0 || field.HanLength <= 0 || field.WordLength <= 0 {
			return fmt.Errorf("match model: field %s has an impossible number", fieldNames[f])
		}
	}
	switch s := t.Space; {
	case min(t.Brief.Pairs, t.Brief.Words) <= 0 || t.Lead.Letters < 0 || t.Lead.Times < 1:
		return fmt.Errorf("match model: brief.pairs, brief.words, lead.letters and lead.times must be positive")
	case s.Dims < 0 || s.Dims > maxDims:
		return fmt.Errorf("match model: space.dims must lie between 0 and %d", maxDims)
	case s.PerDim < 1 || s.Least < 0 || s.Sample < max(s.Least, s.OfEach) || s.OfEach < 0 || s.Terms < 1 || s.Candidates < 0:
		return fmt.Errorf("match model: space.per_dim, least, sample, terms and candidates must be positive, and sample not below least nor of_each")
	}
	if p := t.Space.Pairs; p.Exponent <= 0 || p.Even <= 0 {
		return fmt.Errorf("match model: space.pairs.exponent and even must be positive")
	}
	return errors.Join(
		m.Meaning.validate(), t.Asking.Validate(),
		weightsOf("texts.learnt", m.Texts.Learnt, textFeatures), weightsOf("texts.alone", m.Texts.Alone, textFeatures),
		weightsOf("facts", m.Facts, factFeatures),
	)
}

// weightsOf checks that there is a weight for each of the features, and no other.
func weightsOf(name string, weights map[Feature]float64, of []Feature) error {
	for _, f := range of {
		if w, ok := weights[f]; !ok || math.IsNaN(w) || math.IsInf(w, 0) {
			return fmt.Errorf("match model: %s: weight of %s is missing or not a number", name, f)
		}
	}
	if len(weights) != len(of) {
		return fmt.Errorf("match model: %s: weights other than %v", name, of)
	}
	return nil
}

// imagined is how many of the imagined listings have a term.
func (t TermModel) imagined(term string) int32 {
	return int32(math.Round(t.Background * t.Common.Share(term)))
}

// fingerprint tells models apart whose indexes differ.
func (t TermModel) fingerprint() uint64 {
	h := fnv.New64a()
	fmt.Fprintf(h, "%v %v %v %v %v %v %v %v %v", t.Strength, t.Mention, t.Fields, t.Lead, t.Space, t.Background, t.Common.Digest(), t.Asking, t.Places.All())
	return h.Sum64()
}
