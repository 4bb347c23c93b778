package app

import (
	"context"
	"io"

	"chengqiao/internal/account"
	"chengqiao/internal/blob"
	"chengqiao/internal/catalog"
	"chengqiao/internal/contract"
	"chengqiao/internal/document"
	"chengqiao/internal/errs"
	"chengqiao/internal/listing"
	"chengqiao/internal/need"
	"chengqiao/internal/policy"
	"chengqiao/internal/reward"
	"chengqiao/internal/store"
)

// fileBlobs lets documents keep bytes.
type fileBlobs struct{ blobs *blob.Store }

var _ document.Blobs = fileBlobs{}

func (j fileBlobs) Put(ctx context.Context, upload io.Reader, maxBytes int64, types []string,
	announce func(ctx context.Context, key string) error) (document.Stored, error) {
	info, err := j.blobs.Put(ctx, upload, blob.Rule{MaxBytes: maxBytes, Types: types}, announce)
	return document.Stored(info), err
}

func (j fileBlobs) Open(ctx context.Context, key string) (io.ReadSeekCloser, error) {
	return j.blobs.Open(ctx, key)
}

func (j fileBlobs) Delete(ctx context.Context, key string) error { return j.blobs.Delete(ctx, key) }

// attachedFiles tells domains whether the file that they are given as proof is
// one of the subject's. Documents ask those domains in turn, so they are
// reached through the platform, which has them by the time of the first call.
type attachedFiles struct{ p *platform }

var (
	_ catalog.Files  = attachedFiles{}
	_ contract.Files = attachedFiles{}
	_ reward.Files   = attachedFiles{}
)

func (j attachedFiles) Attached(ctx context.Context, kind, subject string, fileIDs []string) (map[string]bool, error) {
	return j.p.documents.Attached(ctx, kind, subject, fileIDs)
}

// fileSubjects tells documents who stands how to what files are attached to.
type fileSubjects struct {
	achievements  *catalog.Achievements
	packages      *catalog.Packages
	needs         *need.Needs
	contracts     *contract.Service
	rewards       *store.Reward
	organisations account.OrganisationStore
}

var _ document.Subjects = fileSubjects{}

func (j fileSubjects) Subject(ctx context.Context, kind, id string) (document.Subject, error) {
	switch kind {
	case "achievement":
		return listed(policy.AchievementRead)(j.achievements.Standing(ctx, id))
	case "package":
		return listed(policy.PackageRead)(j.packages.Standing(ctx, id))
	case "need":
		return listed(policy.NeedRead)(j.needs.Standing(ctx, id))
	case "contract":
		c, err := j.contracts.Of(ctx, id)
		facts := c.Facts()
		facts.NDAWith = facts.Parties
		return document.Subject{Read: policy.ContractRead, Attach: policy.RecordAttach, Facts: facts}, err
	case "plan":
		p, err := j.rewards.Plan(ctx, id)
		return document.Subject{Read: policy.PlanRead, Attach: policy.RecordAttach, Facts: p.Facts()}, err
	case "distribution":
		d, err := j.rewards.Distribution(ctx, id)
		return document.Subject{Read: policy.RewardRead, Attach: policy.RecordAttach, Facts: d.Facts()}, err
	case "organisation":
		_, err := j.organisations.Organisation(ctx, id)
		return document.Subject{
			Read: policy.OrganisationReadPrivate, Attach: policy.RecordAttach, Facts: policy.Facts{OwnerOrg: id},
		}, err
	}
	return document.Subject{}, errs.New(errs.NotFound, "not_found")
}

// listed makes a subject of a listing that is read by an action.
func listed(read policy.Action) func(listing.Standing, error) (document.Subject, error) {
	return func(s listing.Standing, err error) (document.Subject, error) {
		return document.Subject{Read: read, Attach: policy.FileUpload, Facts: s.Facts, ReviewedAt: s.SubmittedAt, Marked: true}, err
	}
}
