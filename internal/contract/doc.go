// Package contract owns technology contracts 技术合同: their terms, the parties
// and components as they stood when the contract was drafted, the signatures
// of both sides, and the money that really moved on them (receipts and
// refunds). It does not own the negotiation before it (deal) nor what the
// contributors get of the money (reward).
package contract
