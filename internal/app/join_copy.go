package app

import (
	"context"

	"chengqiao/internal/catalog"
	"chengqiao/internal/policy"
)

// fileCopies attaches files to copies of listings. Documents ask listings in
// turn, so they are reached through the platform, which has them by the time
// of the first call.
type fileCopies struct{ p *platform }

var _ catalog.FileCopies = fileCopies{}

func (j fileCopies) Copy(ctx context.Context, actor policy.Actor, kind, from, to string, fileIDs []string) (map[string]string, error) {
	return j.p.documents.Copy(ctx, actor, kind, from, to, fileIDs)
}
