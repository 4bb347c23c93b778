// Package quantity owns how people write how much: "不低于 95 %", "-40℃~85℃",
// "1.2×10⁵ 次", and the units from which one can be converted into another. It knows
// numbers, bounds and units, and nothing of who says them.
package quantity
