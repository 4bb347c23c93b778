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
}

function percent(part: bigint, whole: bigint): number {
  return whole === 0n ? 0 : Number((part * 10000n) / whole) / 100
}

/** Places the steps. The largest total spans the track. */
export function waterfall(steps: WaterfallStep[]): WaterfallBar[] {
  const fens = steps.map((step) => parseFen(step.amount) ?? 0n)
  const size = (fen: bigint) => (fen < 0n ? -fen : fen)
  const whole = fens.reduce((most, fen, index) => {
    return steps[index]?.kind === 'total' && size(fen) > most ? size(fen) : most
  }, 0n)
  let level = 0n
  return steps.map((step, index) => {
    const amount = size(fens[index] ?? 0n)
    if (step.kind === 'total') {
      level = amount
      return { ...step, start: '0%', width: `${percent(amount, whole)}%` }
    }
    const start = level > amount ? level - amount : 0n
    level = start
    return { ...step, start: `${percent(start, whole)}%`, width: `${percent(amount, whole)}%` }
  })
}
