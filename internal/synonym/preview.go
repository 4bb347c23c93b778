package synonym

import (
	"context"
	"strings"
	"unicode/utf8"

	"chengqiao/internal/errs"
	"chengqiao/internal/policy"
)

// Counter tells how many listings an expression finds for a reader: as search
// answers now, or by its own letters alone.
type Counter interface {
	Count(ctx context.Context, actor policy.Actor, expression string, alone bool) (int, error)
}

// Found is what an expression finds.
type Found struct {
	Expression string
	// With is how many listings search finds for it now; Alone is how many hold
	// the expression itself.
	With, Alone int
}

// Preview tells what expressions find now. Errors: those of policy for
// synonym.read; errs.Invalid "invalid_fields"; those of search.
func (s *Service) Preview(ctx context.Context, actor policy.Actor, expressions []string) ([]Found, error) {
	if err := s.check(actor, policy.SynonymRead); err != nil {
		return nil, err
	}
	if len(expressions) > MaxExpressions {
		return nil, errs.InvalidFields([]errs.Field{{Path: "expressions", Code: "too_many", Params: errs.Params{"max": MaxExpressions}}})
	}
	out := []Found{}
	for _, e := range expressions {
		e = strings.TrimSpace(e)
		if e == "" || utf8.RuneCountInString(e) > MaxExpression {
			continue
		}
		f := Found{Expression: e}
		var err error
		if f.With, err = s.deps.Counter.Count(ctx, actor, e, false); err != nil {
			return nil, err
		}
		if f.Alone, err = s.deps.Counter.Count(ctx, actor, e, true); err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}
