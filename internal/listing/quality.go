package listing

import (
	"fmt"
	"io/fs"
	"slices"

	"go.yaml.in/yaml/v3"

	"chengqiao/internal/errs"
)

// FullQuality is the score of a content of which nothing is left to say.
const FullQuality = 100

// Ungraded is the quality of what nobody has graded.
const Ungraded = -1

// Quality is how much a content says of what its readers look for: 0 to
// FullQuality, with all that is left to gain. Score and the points of the
// gains sum to FullQuality.
type Quality struct {
	Score int
	Gains []Gain
}

// Gain is one thing that would raise the score, and by how much.
type Gain struct {
	// Path is the field that it is about: "claims[1].proof_file_id".
	Path string
	// Code says what to do; clients translate it.
	Code   string
	Points int
}

// Weights are the points of a kind's criteria by their code.
type Weights map[string]int

// QualityFile is where the weights of all kinds stand in the program's data files.
const QualityFile = "quality.yaml"

// LoadWeights reads the weights by kind. The error names all that is wrong: a
// kind whose points do not sum to FullQuality, a negative weight.
func LoadWeights(files fs.FS) (map[string]Weights, error) {
	raw, err := fs.ReadFile(files, QualityFile)
	if err != nil {
		return nil, fmt.Errorf("quality: %w", err)
	}
	var out map[string]Weights
	if err := yaml.Unmarshal(raw, &out); err != nil {
		return nil, fmt.Errorf("quality: %s: %w", QualityFile, err)
	}
	for kind, weights := range out {
		sum := 0
		for code, points := range weights {
			if points < 0 {
				return nil, fmt.Errorf("quality: %s.%s is negative", kind, code)
			}
			sum += points
		}
		if sum != FullQuality {
			return nil, fmt.Errorf("quality: the points of %s sum to %d, not to %d", kind, sum, FullQuality)
		}
	}
	return out, nil
}

// Grade is a content under grading. Make it by Weights.Grade.
type Grade struct {
	weights Weights
	gains   []Gain
	asked   []string
}

// Grade begins to grade a content.
func (w Weights) Grade() *Grade { return &Grade{weights: w} }

// Criterion asks one thing of the content.
func (g *Grade) Criterion(code, path string, met bool) {
	g.asked = append(g.asked, code)
	g.lack(path, code, g.weights[code], met)
}

// Each asks the same of every one of n items and divides the points among
// them, to the point; without any item there is one gain of all of them.
func (g *Grade) Each(code, list string, n int, met func(i int) (path string, ok bool)) {
	g.asked = append(g.asked, code)
	all := g.weights[code]
	if n == 0 {
		g.lack(list, code, all, false)
		return
	}
	for i := range n {
		path, ok := met(i)
		g.lack(path, code, all*(i+1)/n-all*i/n, ok)
	}
}

func (g *Grade) lack(path, code string, points int, met bool) {
	if !met && points > 0 {
		g.gains = append(g.gains, Gain{Path: path, Code: code, Points: points})
	}
}

// Quality is the result, the largest gain first. It panics when the criteria
// asked are not those of the weights: a programmer's mistake.
func (g *Grade) Quality() Quality {
	if len(g.weights) == 0 {
		return Quality{Score: Ungraded}
	}
	for code := range g.weights {
		if !slices.Contains(g.asked, code) {
			panic("listing: no criterion " + code)
		}
	}
	q := Quality{Score: FullQuality, Gains: g.gains}
	for _, gain := range g.gains {
		q.Score -= gain.Points
	}
	slices.SortStableFunc(q.Gains, func(a, b Gain) int { return b.Points - a.Points })
	return q
}

// Marks are the scores below which a submission is spoken of.
type Marks struct {
	// WarnBelow: the owner is warned; RefuseBelow: it cannot be submitted.
	WarnBelow, RefuseBelow int
}

// refuse is the fault of a content that is not good enough to be submitted.
func (m Marks) refuse(q Quality) []errs.Field {
	if q.Score == Ungraded || q.Score >= m.RefuseBelow {
		return nil
	}
	return []errs.Field{{Path: "quality", Code: "quality_below_mark", Params: errs.Params{"score": q.Score, "mark": m.RefuseBelow}}}
}
