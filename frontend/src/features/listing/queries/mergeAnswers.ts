import { mergeLists, type MergedList } from './mergeLists'

/** What a form says, answer by answer, as it is sent. */
export type Answers = Record<string, unknown>

export type Side = 'mine' | 'theirs'

export interface Merged {
  answers: Answers
  /** What they changed and I did not: it is in the answers. */
  joined: string[]
  /** What both changed, and not to the same. */
  disputed: string[]
}

/** Of what both changed, when it is a list. One without items is no answer at all. */
function listOf(base: unknown, mine: unknown, theirs: unknown, preferred: Side): MergedList | null {
  const [before, ours, others] = [base ?? [], mine ?? [], theirs ?? []]
  return Array.isArray(before) && Array.isArray(ours) && Array.isArray(others) ? mergeLists(before, ours, others, preferred) : null
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

/**
 * Puts together what two have made of one draft since it said `base`: each answer is that of who changed it, and of
 * what both changed that of the preferred side. Of a list that both changed this holds item by item.
 */
export function mergeAnswers(base: Answers, mine: Answers, theirs: Answers, preferred: Side): Merged {
  const merged: Merged = { answers: {}, joined: [], disputed: [] }
  for (const name of new Set([...Object.keys(theirs), ...Object.keys(mine)])) {
    const unchanged = same(theirs[name], base[name]) || same(theirs[name], mine[name])
    const both = !unchanged && !same(mine[name], base[name])
    const list = both ? listOf(base[name], mine[name], theirs[name], preferred) : null
    const disputed = list ? list.disputed : both
    if (disputed) merged.disputed.push(name)
    else if (!unchanged) merged.joined.push(name)
    const whole = unchanged || (disputed && preferred === 'mine') ? mine[name] : theirs[name]
    const value = list ? (list.items.length ? list.items : undefined) : whole
    if (value !== undefined) merged.answers[name] = value
  }
  return merged
}
