package synonym

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"chengqiao/internal/errs"
	"chengqiao/internal/search/analysis"
)

// The bounds of the list.
const (
	// MaxRows is how many groups operators may add, change and switch off: a
	// list of its own for each technical field, and room beside.
	MaxRows = 3000
	// MaxExpressions is how many a group has.
	MaxExpressions = 20
	// MaxExpression is how many characters an expression has.
	MaxExpression = 80
)

// Form is what an operator says of a group.
type Form struct {
	Field       string
	Expressions []string
	// Disabled switches a shipped group off.
	Disabled bool
}

// complete trims a form and leaves out what is said twice. Error: errs.Invalid
// "invalid_fields".
func (s *Service) complete(f Form) (Form, error) {
	var faults []errs.Field
	if !slices.Contains(s.deps.Fields, f.Field) {
		faults = append(faults, errs.Field{Path: "field", Code: "unknown_value"})
	}
	var kept []string
	seen := map[string]bool{}
	for i, expression := range f.Expressions {
		expression = strings.Join(strings.Fields(expression), " ")
		spelling := analysis.Spelling(expression)
		path := fmt.Sprintf("expressions[%d]", i)
		switch {
		case spelling == "":
			faults = append(faults, errs.Field{Path: path, Code: "nothing_to_search"})
		case utf8.RuneCountInString(expression) > MaxExpression:
			faults = append(faults, errs.Field{Path: path, Code: "too_long", Params: errs.Params{"max": MaxExpression}})
		case !slices.Contains(kept, expression):
			seen[spelling] = true
			kept = append(kept, expression)
		}
	}
	switch {
	case len(faults) > 0:
	case len(seen) < 2:
		faults = append(faults, errs.Field{Path: "expressions", Code: "two_expressions"})
	case len(kept) > MaxExpressions:
		faults = append(faults, errs.Field{Path: "expressions", Code: "too_many", Params: errs.Params{"max": MaxExpressions}})
	}
	f.Expressions = kept
	return f, errs.InvalidFields(faults)
}

// Shared is an expression of a group that stands in another one too: a query
// for it finds what the first of both holds.
type Shared struct {
	Expression string
	GroupID    string
	// First names the other group.
	First string
}

// shared are the expressions of a group that stand in others of the list.
func shared(list []Group, g Group) []Shared {
	mine := map[string]string{}
	for _, e := range g.Expressions {
		mine[analysis.Spelling(e)] = e
	}
	out := []Shared{}
	for _, other := range list {
		if other.ID == g.ID || other.State == Disabled {
			continue
		}
		for _, e := range other.Expressions {
			if expression, ok := mine[analysis.Spelling(e)]; ok {
				out = append(out, Shared{Expression: expression, GroupID: other.ID, First: other.Expressions[0]})
			}
		}
	}
	return out
}
