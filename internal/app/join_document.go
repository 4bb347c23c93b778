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

func (j fileBlobs) Put(ctx context.Context, upload io.Reader, maxBytes int64, types []string) (document.Stored, error) {
	info, err := j.blobs.Put(ctx, upload, blob.Rule{MaxBytes: maxBytes, Types: types})
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
		return listed(j.achievements.Standing(ctx, id))
	case "package":
		return listed(j.packages.Standing(ctx, id))
	case "need":
		return listed(j.needs.Standing(ctx, id))
	case "contract":
		c, err := j.contracts.Of(ctx, id)
		parties := []string{c.Seller.ID, c.Buyer.ID}
		return document.Subject{Facts: policy.Facts{OwnerOrg: c.Seller.ID, Parties: parties, NDAWith: parties}}, err
	case "plan":
		p, err := j.rewards.Plan(ctx, id)
		var persons []string
		for _, c := range p.Contributors {
			persons = append(persons, c.ID)
		}
		return document.Subject{Facts: policy.Facts{OwnerOrg: p.OwnerOrg, Persons: persons}}, err
	case "distribution":
		d, err := j.rewards.Distribution(ctx, id)
		return document.Subject{Facts: policy.Facts{OwnerOrg: d.OwnerOrg}}, err
	case "organisation":
		_, err := j.organisations.Organisation(ctx, id)
		return document.Subject{Facts: policy.Facts{OwnerOrg: id}}, err
	}
	return document.Subject{}, errs.New(errs.NotFound, "not_found")
}

func listed(s listing.Standing, err error) (document.Subject, error) {
	return document.Subject{Facts: s.Facts, ReviewedAt: s.SubmittedAt}, err
}
