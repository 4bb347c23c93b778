// Package indexing keeps the search index and the matching index true to the
// listings. It makes their documents from live listings, each text in the tier
// in which its owner discloses it, and brings every change that was committed:
//
//   - An index that all replicas share (Meilisearch) is told by a consumer of
//     the outbox: Search.Handle.
//   - An index inside each replica (the embedded engine, the matching index)
//     follows the feed of events in commit order with a position that it keeps
//     together with its content: Search.Follow, Matching.Follow.
//
// Either way an event says only that a listing changed; the listing is loaded
// afresh, so events bear repetition and late arrival. What an index missed for
// longer than the feed remembers it makes up by a rebuild; Reconcile proves
// that it holds what the store holds, and mends it.
package indexing
