/** Hundredths of a percent in a whole. */
const whole = 10_000

/** Hundredths of a percent as text; what is little is not nothing. */
function percentText(hundredths: number, some: boolean): string {
  if (hundredths === 0) return some ? '<0.01%' : '0%'
  return `${(hundredths / 100).toFixed(2).replace(/\.?0+$/, '')}%`
}

/** A weight's share of the sum of all in percent, at most two decimals, for where it stands alone. */
export function sharePercent(weight: number, sum: number): string {
  if (sum <= 0 || weight <= 0) return '0%'
  return percentText(Math.round((weight / sum) * whole), true)
}

/**
 * The shares of weights that stand beside each other, which together are 100%: what is left when all are cut to two
 * decimals goes to those who lost most by it, of equal ones to the first. For showing: money is split by the server
 * in whole fen.
 */
export function sharePercents(weights: number[]): string[] {
  const sum = weights.reduce((total, each) => total + Math.max(0, each), 0)
  if (sum === 0) return weights.map(() => '0%')
  const exact = weights.map((each) => (Math.max(0, each) / sum) * whole)
  const shown = exact.map(Math.floor)
  const left = whole - shown.reduce((total, each) => total + each, 0)
  const lost = (index: number) => (exact[index] ?? 0) - (shown[index] ?? 0)
  const byLoss = weights.map((_, index) => index).sort((a, b) => lost(b) - lost(a) || a - b)
  for (const index of byLoss.slice(0, left)) shown[index] = (shown[index] ?? 0) + 1
  return shown.map((each, index) => percentText(each, (weights[index] ?? 0) > 0))
}
