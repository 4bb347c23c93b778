package finding

import (
	"context"

	"chengqiao/internal/policy"
	"chengqiao/internal/search"
)

// Count is how many listings hold every word of a text, or a synonym of it; as
// they are written, if literally. Errors: those of Find.
func (f *Finder) Count(ctx context.Context, actor policy.Actor, text string, literally bool) (int, error) {
	if err := policy.Check(actor, policy.SearchRun, policy.Facts{}).Err(); err != nil {
		return 0, err
	}
	reader, err := f.readerOf(ctx, actor)
	if err != nil {
		return 0, err
	}
	result, err := f.searcher.Search(ctx, search.Query{Reader: reader, Text: text, Match: search.MatchAll, Literal: literally})
	return result.Total, err
}
