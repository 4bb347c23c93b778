// Package listing owns what achievements, packages and needs have in common:
// how a text becomes public and stays true. It knows nothing of what a listing
// says; catalog and need describe that by Kind and build on Service.
//
// # Two lives
//
// A listing has two kinds of lives, each a state machine of its own, so that
// editing something published never touches what readers see:
//
//   - The listing itself: draft until its first publication, then published,
//     suspended, expired, withdrawn (a need: published, matched, closed). Its
//     step number changes exactly when what readers see changes; indexes use
//     it as the version of their documents.
//   - Each revision of its content: draft → in_review → published, back from
//     review as returned, or discarded. At most one revision is open; it is
//     the working copy. A published revision bears the next number and never
//     changes again: the published revisions are the kept versions, the last
//     of them is live.
//
// A listing that was never published is shown by the state of its working
// copy. Autosave changes the row of the working copy and nothing else: no
// step, no audit, no event. Every write carries the version last read and is
// refused as errs.Stale "stale_version" when it is not the stored one.
//
// # Disclosure
//
// Each field of a content stands in a tier, by its owner's choice or by the
// kind's default; the whole listing has an audience. A reader's copy is built
// from the stored content by leaving out every field of a tier the reader
// lacks; a field that the kind's defaults forgot counts as the narrowest tier.
// What was shown above the public tier is logged for the owner.
package listing
