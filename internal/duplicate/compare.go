package duplicate

import (
	"math"
	"slices"
	"strings"
)

// Code names a reason; the web app has its words.
type Code string

// The reasons, with their parameters.
const (
	ReasonPatent       Code = "same_patent"              // numbers
	ReasonRegistration Code = "same_registration_number" // number
	ReasonRecord       Code = "same_record"              // record
	ReasonDOI          Code = "same_doi"                 // doi
	ReasonReport       Code = "same_report_number"       // number
	ReasonFunding      Code = "same_funding"             // numbers
	ReasonTitle        Code = "title_alike"              // percent
	ReasonBody         Code = "text_shared"              // percent
	ReasonPeople       Code = "same_people"              // count
	ReasonYear         Code = "same_year"                // year

	AgainstNumbers  Code = "numbers_differ"  // first, second
	AgainstSubjects Code = "subjects_differ" // first, second
	AgainstFigures  Code = "figures_differ"  // percent
	AgainstYear     Code = "years_differ"    // first, second
)

// Reason is one thing that speaks for a pair, or against it.
type Reason struct {
	Code    Code
	Against bool
	Params  map[string]any
}

// Likeness is how alike two views are and why.
type Likeness struct {
	// Score lies between 0 and 1; a pair is suspected from Model.Possible.
	Score float64
	// Reasons say all that speaks for the pair; what speaks against it is
	// left out where the former alone does not suffice.
	Reasons []Reason
}

// Compare weighs two sketches of the same kind of listing. It is symmetric but
// for which side a reason calls the first.
func (f *Finder) Compare(a, b *Sketch) Likeness {
	c := comparison{finder: f, a: a, b: b, features: map[Feature]float64{}}
	c.identifiers()
	c.texts()
	c.people()
	// Differences only lower the score: most candidates are done before them.
	if f.model.score(c.features) >= f.model.Possible {
		c.differences()
	}
	return Likeness{Score: f.model.score(c.features), Reasons: c.reasons}
}

// comparison gathers features and reasons of two sketches.
type comparison struct {
	finder   *Finder
	a, b     *Sketch
	features map[Feature]float64
	reasons  []Reason
}

func (c *comparison) add(code Code, params map[string]any) {
	c.reasons = append(c.reasons, Reason{Code: code, Params: params})
}

func (c *comparison) against(code Code, params map[string]any) {
	c.reasons = append(c.reasons, Reason{Code: code, Against: true, Params: params})
}

func (c *comparison) identifiers() {
	for _, i := range []struct {
		kind    IdentifierKind
		feature Feature
		code    Code
		param   string
	}{
		{PatentNumber, SamePatent, ReasonPatent, "numbers"},
		{RegistrationNumber, SameNumber, ReasonRegistration, "number"},
		{SourceRecord, SameRecord, ReasonRecord, "record"},
		{DOI, SameDOI, ReasonDOI, "doi"},
		{ReportNumber, SameReport, ReasonReport, "number"},
		{FundingNumber, SameFunding, ReasonFunding, "numbers"},
	} {
		both, fewer := shared(c.a.view.Identifiers, c.b.view.Identifiers, i.kind)
		if len(both) == 0 {
			continue
		}
		c.features[i.feature] = float64(len(both)) / float64(fewer)
		c.add(i.code, map[string]any{i.param: strings.Join(both, ", ")})
	}
}

// Similarities below these say nothing to a person.
const (
	telling    = 0.5
	tellingAll = 0.3
)

func (c *comparison) texts() {
	title, body, comparable := 0.0, 0.0, false
	for i := range c.a.titles {
		title = max(title, dice(c.a.titles[i].grams, c.b.titles[i].grams))
		first, second := c.a.bodies[i].phrases, c.b.bodies[i].phrases
		if fewer := min(len(first), len(second)); fewer >= c.finder.model.Sketch.LeastPhrases {
			comparable = true
			body = max(body, float64(common(first, second))/float64(fewer))
		}
	}
	if title >= telling {
		c.add(ReasonTitle, map[string]any{"percent": percent(title)})
	}
	if !comparable {
		c.features[TitleAlone] = title
		return
	}
	c.features[TitleAlike], c.features[BodyShared] = title, body
	if body >= tellingAll {
		c.add(ReasonBody, map[string]any{"percent": percent(body)})
	}
}

// dice is twice what two sorted sets share by what they have together.
func dice(a, b []uint64) float64 {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	return 2 * float64(common(a, b)) / float64(len(a)+len(b))
}

func percent(share float64) int { return int(math.Floor(share * 100)) }

func (c *comparison) people() {
	n := 0
	for _, p := range c.a.view.Persons {
		if slices.Contains(c.b.view.Persons, p) {
			n++
		}
	}
	if n > 0 {
		c.features[SamePeople] = float64(n) / float64(min(len(c.a.view.Persons), len(c.b.view.Persons)))
		c.add(ReasonPeople, map[string]any{"count": n})
	}
	first, second := c.a.view.Year, c.b.view.Year
	switch {
	case first == 0 || second == 0:
	case first == second:
		c.features[SameYear] = 1
		c.add(ReasonYear, map[string]any{"year": first})
	default:
		c.against(AgainstYear, map[string]any{"first": first, "second": second})
	}
}

func (c *comparison) differences() {
	for i := range c.a.titles {
		first, second := c.a.titles[i], c.b.titles[i]
		if len(first.grams) == 0 || len(second.grams) == 0 {
			continue
		}
		c.numbers(first, second)
		c.subjects(first.subject, second.subject)
	}
	c.figures()
}

// numbers: two titles with other numerals are parts of a series, or one thing
// at two temperatures. A number that only one has may be a slip, unless it
// says which part of a series it is.
func (c *comparison) numbers(first, second titleSketch) {
	both := common(first.numbers, second.numbers)
	if both == len(first.numbers) && both == len(second.numbers) {
		return
	}
	differ := 1.0
	if both == min(len(first.numbers), len(second.numbers)) && first.part == second.part {
		differ = 0.5
	}
	if differ > c.features[NumbersDiffer] {
		c.features[NumbersDiffer] = differ
		c.against(AgainstNumbers, map[string]any{
			"first": strings.Join(first.numbers, ", "), "second": strings.Join(second.numbers, ", ")})
	}
}

// repeated is how often a text names its subject, title included.
const repeated = 3

// subjects: each side's title names, and its text repeats, what the other
// never says: another crop, another alloy in the same sentences.
func (c *comparison) subjects(first, second []string) {
	ofFirst, ofSecond := c.foreign(first, c.a, c.b), c.foreign(second, c.b, c.a)
	if len(ofFirst) == 0 || len(ofSecond) == 0 || c.features[SubjectsDiffer] > 0 {
		return
	}
	c.features[SubjectsDiffer] = 1
	c.against(AgainstSubjects, map[string]any{"first": strings.Join(ofFirst, " "), "second": strings.Join(ofSecond, " ")})
}

// foreign are the words of a title that its own text repeats and the other
// never says.
func (c *comparison) foreign(title []string, own, other *Sketch) []string {
	var out []string
	for _, word := range title {
		if own.says[word] >= repeated && other.says[word] == 0 && !c.finder.generic[word] && !slices.Contains(out, word) {
			out = append(out, word)
		}
	}
	return out
}

// What makes two sets of figures comparable, and different.
const (
	fewestFigures = 3
	figuresAgree  = 0.5
)

// figures: the same phrases around other measured values are another
// experiment. A text cut short has fewer of the same.
func (c *comparison) figures() {
	for i := range c.a.bodies {
		first, second := c.a.bodies[i].figures, c.b.bodies[i].figures
		fewer := min(len(first), len(second))
		if fewer < fewestFigures {
			continue
		}
		agree := float64(common(first, second)) / float64(fewer)
		if agree < figuresAgree && 1-agree > c.features[FiguresDiffer] {
			c.features[FiguresDiffer] = 1 - agree
			c.against(AgainstFigures, map[string]any{"percent": percent(1 - agree)})
		}
	}
}
