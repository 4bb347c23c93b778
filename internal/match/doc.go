// Package match owns the matching of technology needs with achievements and
// packages: which of them fit, how well, why, and what has to be asked.
//
// Matching is not a search call. A need is a long text with typed
// requirements; so matching keeps an inverted index of its own over the
// weighted terms of live listings (Index), finds candidates in it, scores them
// by a model whose weights are data (Model), and explains each pair to its
// reader (Explain). Scores of a pair are the same in both directions.
//
// What a reader may not see does not take part: a Listing brings one View for
// each tier, and every step works on the view that the reader has. Fields
// under a confidentiality agreement never enter the index.
//
// The package owns the ledger of matches and of the feedback on them. It does
// not own the listings: they come through the Listings interface.
package match
