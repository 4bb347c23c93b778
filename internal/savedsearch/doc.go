// Package savedsearch owns the queries that people keep: under a name, with an
// alert when something new answers them (at once, daily, weekly) and with a
// feed at an address that nobody guesses.
//
// Finding and telling are two steps. A publication is held against all kept
// queries with an alert, whatever their owners may read; what answers is noted
// in a ledger, at most once for each query and listing. When it is told, each
// entry is held against the query once more, as its owner reads at that moment,
// and what the owner may not find is dropped. So nothing is told twice, nothing
// is told that is no longer to be read, and two replicas may work at once.
//
// How a query finds is search's; letters and notifications are notify's.
package savedsearch
