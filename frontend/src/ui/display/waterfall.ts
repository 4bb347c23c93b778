import { parseFen } from '@/ui/format/money'

/**
 * One line of a waterfall. A `total` is drawn from zero and sets the level;
 * `out` (deducted, kept by the institution) and `person` (paid to someone)
 * take from the level; amounts are decimal strings and may be negative.
 */
export interface WaterfallStep {
  key: string
  label: string
  amount: string
  kind: 'total' | 'out' | 'person'
}

/** A step with its place on a track of 100 %. */
export interface WaterfallBar extends WaterfallStep {
  start: string
  width: string
  /** It goes against the money: what somebody bears where the others get, or the reverse. */
  against: boolean
}

/** The steps placed, and where zero stands on their track. */
export interface Waterfall {
  bars: WaterfallBar[]
  zero: string
}

/**
 * Places the steps. A track reaches from the lowest level to the highest; what goes against the money, like a loss of
 * the institution, stands below zero. What goes back after a refund is drawn as it once came.
 */
export function waterfall(steps: WaterfallStep[]): Waterfall {
  const fens = steps.map((step) => parseFen(step.amount) ?? 0n)
  const sign = fens.find((fen, index) => steps[index]?.kind === 'total' && fen !== 0n) ?? 0n
  let level = 0n
  const spans = steps.map((step, index) => {
    const fen = (fens[index] ?? 0n) * (sign < 0n ? -1n : 1n)
    const [from, to] = step.kind === 'total' ? [0n, fen] : [level - fen, level]
    level = step.kind === 'total' ? to : from
    return { low: from < to ? from : to, high: from < to ? to : from, against: fen < 0n }
  })
  const least = spans.reduce((low, span) => (span.low < low ? span.low : low), 0n)
  const most = spans.reduce((high, span) => (span.high > high ? span.high : high), 0n)
  const percent = (part: bigint) => (most === least ? '0%' : `${Number((part * 10000n) / (most - least)) / 100}%`)
  return {
    bars: steps.map((step, index) => {
      const { low, high, against } = spans[index] ?? { low: 0n, high: 0n, against: false }
      return { ...step, start: percent(low - least), width: percent(high - low), against }
    }),
    zero: percent(-least),
  }
}
