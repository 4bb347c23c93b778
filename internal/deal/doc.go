// Package deal owns how two organisations begin to talk and what they agree
// to talk under: introductions with their response clock, the deals that
// accepted introductions open, the messages of a deal, and the record of its
// NDA. It does not own what is talked about (catalog, need), nor what comes
// out of it (contract).
//
// The owner of the package is the seller; the owner of the need, or who asks
// for a package without naming a need, is the buyer.
package deal
