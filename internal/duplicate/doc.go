// Package duplicate owns near-duplicates among listings: how two of them are
// found to say the same, what speaks for it, and what people decided.
//
// # Finding
//
// A listing is seen as a View: its title and running text in both languages,
// identifiers, people, year. A view is cut into a Sketch, and a sketch gives a
// few keys: its identifiers and the smallest hashes of its phrases. Two
// listings that share a rare key are compared, so a pass over n listings costs
// about n comparisons and not n². Compare weighs what agrees and what differs
// by a Model, which is data, into a score with reasons a person can follow.
//
// # Who learns what
//
// Listings of one owner are compared as their owner has them, drafts included.
// Those of two owners are compared as anybody has them: by public fields of
// published versions alone, on both sides. Reasons are never stored; they are
// made for each reader from what that reader may see of both.
//
// # Deciding
//
// A pair is suspected until somebody merges it or keeps it apart; both can be
// undone. It knows nothing of what a listing says beyond its views: it changes
// listings through the interface Listings.
package duplicate
