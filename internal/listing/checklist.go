package listing

import (
	"fmt"
	"io/fs"
	"slices"

	"go.yaml.in/yaml/v3"

	"chengqiao/internal/errs"
	"chengqiao/internal/text"
)

// CheckPoint is one thing that a reviewer looks at.
type CheckPoint struct {
	Code string
	Name text.Text
	// Fields are the fields of the content that it is about.
	Fields []string
}

// CheckAnswer is what the reviewer found at one point.
type CheckAnswer struct {
	Code string `json:"code"`
	OK   bool   `json:"ok"`
	// Reason is why it is not right.
	Reason string `json:"reason,omitempty"`
}

// Checklists are the reviewer's points by kind. A kind without any is
// published without.
type Checklists map[string][]CheckPoint

// ChecklistFile is where they stand in the program's data files.
const ChecklistFile = "review.yaml"

// LoadChecklists reads the points of all kinds. The error names what is wrong.
func LoadChecklists(files fs.FS) (Checklists, error) {
	raw, err := fs.ReadFile(files, ChecklistFile)
	if err != nil {
		return nil, fmt.Errorf("checklists: %w", err)
	}
	var wire map[string][]struct {
		Code   string   `yaml:"code"`
		Zh     string   `yaml:"zh"`
		En     string   `yaml:"en"`
		Fields []string `yaml:"fields"`
	}
	if err := yaml.Unmarshal(raw, &wire); err != nil {
		return nil, fmt.Errorf("checklists: %s: %w", ChecklistFile, err)
	}
	out := Checklists{}
	for kind, points := range wire {
		for _, p := range points {
			if p.Code == "" || p.Zh == "" || p.En == "" {
				return nil, fmt.Errorf("checklists: %s: a point lacks its code or a name: %+v", kind, p)
			}
			if slices.ContainsFunc(out[kind], func(c CheckPoint) bool { return c.Code == p.Code }) {
				return nil, fmt.Errorf("checklists: %s: %s stands twice", kind, p.Code)
			}
			out[kind] = append(out[kind], CheckPoint{Code: p.Code, Name: text.Text{Zh: p.Zh, En: p.En}, Fields: p.Fields})
		}
	}
	return out, nil
}

// check holds a reviewer's answers against the points: what is published has
// every point right; what is returned may have been read as far as its first fault.
func (l Checklists) check(kind, verb string, answers []CheckAnswer) error {
	var f Faults
	points := l[kind]
	seen := map[string]bool{}
	for i, a := range answers {
		at := func(field string) string { return At("checklist", i, field) }
		switch {
		case !slices.ContainsFunc(points, func(p CheckPoint) bool { return p.Code == a.Code }):
			f.Add(at("code"), "unknown_value")
		case seen[a.Code]:
			f.Add(at("code"), "duplicate")
		case !a.OK && verb == Publish:
			f.Add(at("ok"), "check_failed")
		case !a.OK:
			f.Required(at("reason"), a.Reason != "")
		}
		f.String(at("reason"), a.Reason, maxReason)
		seen[a.Code] = true
	}
	if verb == Publish {
		for _, p := range points {
			if !seen[p.Code] {
				f.Add("checklist", "check_missing", errs.Params{"code": p.Code})
			}
		}
	}
	return f.Err()
}
