/** What a state asks of the reader: nothing, patience, attention, or that it went wrong. */
export type Tone = 'neutral' | 'waiting' | 'active' | 'live' | 'stopped'

const tones: Record<string, Tone> = {
  draft: 'neutral',
  in_review: 'waiting',
  returned: 'stopped',
  published: 'live',
  suspended: 'waiting',
  expired: 'neutral',
  withdrawn: 'neutral',
  matched: 'active',
  closed: 'neutral',
}

/** The tone of a listing's state; a state this page does not know is neutral. */
export function toneOfState(state: string): Tone {
  return tones[state] ?? 'neutral'
}
