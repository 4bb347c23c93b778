package document

import (
	"context"
	"slices"

	"chengqiao/internal/policy"
)

// Copy attaches files of one subject to another one of the same kind, in the
// same tier, and gives their new ids by the old ones. Those that are not of
// the first subject are passed over. Both subjects must be the actor's to
// attach to. Errors: those of Upload; what was copied before one stays.
func (s *Service) Copy(ctx context.Context, actor policy.Actor, subjectKind, from, to string, fileIDs []string) (map[string]string, error) {
	if err := s.mayAttach(ctx, actor, Upload{SubjectKind: subjectKind, SubjectID: from}); err != nil {
		return nil, err
	}
	files, err := s.deps.Store.Files(ctx, subjectKind, from, MaxFiles)
	if err != nil {
		return nil, err
	}
	out := make(map[string]string, len(fileIDs))
	for _, f := range files {
		if !slices.Contains(fileIDs, f.ID) {
			continue
		}
		if out[f.ID], err = s.copyOne(ctx, actor, f, to); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (s *Service) copyOne(ctx context.Context, actor policy.Actor, f File, to string) (string, error) {
	body, err := s.deps.Blobs.Open(ctx, f.Key)
	if err != nil {
		return "", err
	}
	defer body.Close()
	copied, err := s.Upload(ctx, actor, Upload{SubjectKind: f.SubjectKind, SubjectID: to, Tier: f.Tier, OnRequest: f.OnRequest, Name: f.Name, Body: body})
	return copied.ID, err
}
