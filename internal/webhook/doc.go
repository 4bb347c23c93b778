// Package webhook owns telling an organisation's own programs of what happens
// to its listings, introductions and deals: the endpoints it names, the
// messages signed in the form of Standard Webhooks (standardwebhooks.com), and
// the log of every attempt. It follows the events of the other domains and
// decides nothing in them.
//
// A message is delivered at least once, in no promised order: a receiver knows
// a repetition by its webhook-id, and an old state by the listing's version. It
// carries ids, states and what anybody may read, never a field of a narrower
// tier. Queues are the outbox's; how a request leaves the machine, and to which
// addresses, is outward's.
package webhook
