package catalog

import (
	"context"
	"slices"

	"chengqiao/internal/listing"
	"chengqiao/internal/policy"
)

// FileCopies attaches files to a copy.
type FileCopies interface {
	// Copy attaches those of the files that belong to one subject to another one
	// of the same kind, and gives their new ids by the old ones.
	Copy(ctx context.Context, actor policy.Actor, kind, from, to string, fileIDs []string) (map[string]string, error)
}

// Copy begins a new draft with what an achievement of one's own says. What
// belongs to that one result stays with it: its registration number, where it
// was imported from, and what contributors have confirmed. The files that
// claims and levels name are attached to the copy too. Errors: those of
// Create, errs.NotFound.
func (a *Achievements) Copy(ctx context.Context, actor policy.Actor, id string) (listing.WorkingCopy[AchievementContent], error) {
	var none listing.WorkingCopy[AchievementContent]
	content, err := a.Source(ctx, actor, id)
	if err != nil {
		return none, err
	}
	named := content.files()
	content.Title = listing.CopyTitle(content.Title, maxTitle)
	content.RegistrationNumber, content.Source = "", ""
	made, err := a.Create(ctx, actor, content.withFiles(nil))
	if err != nil || len(named) == 0 {
		return made, err
	}
	// Bytes are not copied inside a transaction: until they are there, the draft
	// names no file.
	copied, err := a.deps.Copies.Copy(ctx, actor, AchievementKind, id, made.Head.ID, named)
	if err != nil {
		return none, err
	}
	return a.Save(ctx, actor, made.Head.ID, made.Head.Version, content.withFiles(copied))
}

// files are the files that the content names, each once.
func (c AchievementContent) files() []string {
	var out []string
	for _, claim := range c.Claims {
		out = append(out, claim.ProofFileID)
	}
	for _, e := range c.TRLEvidence {
		out = append(out, e.FileID)
	}
	slices.Sort(out)
	return slices.DeleteFunc(slices.Compact(out), func(id string) bool { return id == "" })
}

// withFiles is the content that names other files in the place of its own, and
// none where there is no other one.
func (c AchievementContent) withFiles(other map[string]string) AchievementContent {
	c.Claims, c.TRLEvidence = slices.Clone(c.Claims), slices.Clone(c.TRLEvidence)
	for i := range c.Claims {
		c.Claims[i].ProofFileID = other[c.Claims[i].ProofFileID]
	}
	for i := range c.TRLEvidence {
		c.TRLEvidence[i].FileID = other[c.TRLEvidence[i].FileID]
	}
	return c
}

// Copy begins a new draft with what a package of one's own says. Other owners
// are asked anew when it is submitted: what they agreed to was the other one.
// Errors: those of Create, errs.NotFound.
func (p *Packages) Copy(ctx context.Context, actor policy.Actor, id string) (listing.WorkingCopy[PackageContent], error) {
	content, err := p.Source(ctx, actor, id)
	if err != nil {
		return listing.WorkingCopy[PackageContent]{}, err
	}
	content.Title = listing.CopyTitle(content.Title, maxTitle)
	return p.Create(ctx, actor, content)
}
