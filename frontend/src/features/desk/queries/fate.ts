import type { Schema } from '@/api/client'
import type { Tone } from '@/ui/display/tone'

type Fate = Schema<'MatchOutcome'>['fate']

/** What can become of a pair, each further than the one before. */
const tones: Record<Fate, Tone> = {
  introduced: 'waiting',
  taken_back: 'neutral',
  lapsed: 'stopped',
  declined: 'stopped',
  accepted: 'active',
  broken_off: 'stopped',
  drafted: 'active',
  signed: 'live',
}
const order = Object.keys(tones)

/** The furthest that a pair has come to: a late "no" takes nothing from a contract. */
export function furthest(outcomes: Schema<'MatchOutcome'>[]): { fate: Fate; tone: Tone } | undefined {
  const [last] = [...outcomes].sort((a, b) => order.indexOf(b.fate) - order.indexOf(a.fate))
  return last && { fate: last.fate, tone: tones[last.fate] }
}
