// Package reward owns what the contributors of an achievement get when it
// earns money 收益分配: the rules with their legal floors, the arithmetic of
// cash, equity and royalty to the fen, and the life of a reward plan from
// draft to paid. Amounts are integer fen, shares of equity integers, rates
// basis points. It does not keep receipts (contract does) nor move money.
package reward
